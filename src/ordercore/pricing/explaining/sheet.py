"""An explanation as a table of text: whose columns add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordercore.money import Money
from ordercore.pricing.explaining.rows import Row, RowKind
from ordercore.pricing.explaining.tables import aligned
from ordercore.pricing.explaining.text import charges, cost_of

if TYPE_CHECKING:
    from ordercore.pricing.explaining.explanation import Explanation

__all__ = ["sheet"]

_COLUMNS = ("item", "quantity", "list_price", "discounts", "payable")

_Charge = tuple[Row, Money, Money]
"""What is charged for, its full price, and what is to be paid for it."""


def sheet(told: Explanation) -> str:
    """Write all that is charged for, gifts among it, and the total."""
    say, lines, others = told.words.say, _lines(told), _others(told)
    gifts = [
        (gift.words, _units(told, gift), "", "", told.told(Money(0, told.currency)))
        for gift in told.gifts
    ]
    every = [*lines, *others]
    full = Money.sum([each[1] for each in every], told.currency)
    return aligned(
        [say(f"table.{column}") for column in _COLUMNS],
        [
            *[_cells(told, each) for each in lines],
            *gifts,
            *[_cells(told, each) for each in others],
        ],
        (say("table.total"), "", *_amounts(told, full, cost_of(told.payable))),
        [_beside(told, row) for row in (*told.taxes, *told.grants) if row.amount is None],
    )


def _lines(told: Explanation) -> list[_Charge]:
    return [(row, cost_of(row.parts[0]), cost_of(row)) for row in told.lines]


def _others(told: Explanation) -> list[_Charge]:
    """List shipping, fees, tax on top, and the rounding, which is no price but a discount."""
    found = [(row, cost_of(row.parts[0]), cost_of(row)) for row in charges(told)]
    found += [(row, row.amount, row.amount) for row in told.taxes if row.amount is not None]
    if told.rounding is not None and not cost_of(told.rounding).is_zero:
        found.append((told.rounding, Money(0, told.currency), cost_of(told.rounding)))
    return found


def _cells(told: Explanation, charge: _Charge) -> tuple[str, ...]:
    row, full, payable = charge
    return row.words, _units(told, row), *_amounts(told, full, payable)


def _beside(told: Explanation, row: Row) -> tuple[str, ...]:
    """Show what adds nothing: tax that prices contain, points, coupons, the deposit."""
    value = "" if row.value is None else told.told(row.value)
    units = _units(told, row) if row.kind is RowKind.COUPON else ""
    return row.words, units, "", "", value


def _units(told: Explanation, row: Row) -> str:
    return "" if row.count is None else told.words.number(row.count)


def _amounts(told: Explanation, full: Money, payable: Money) -> tuple[str, ...]:
    return told.told(full), told.told(payable - full), told.told(payable)
