"""An explanation as blocks: the table whose columns add up, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ordercore.layout.blocks import (
    EMPTY,
    Cell,
    Notes,
    Table,
    TableRow,
    amount,
    columns,
    count,
)
from ordercore.money import Money
from ordercore.pricing.explaining.rows import Row, RowKind
from ordercore.pricing.explaining.text import charges, cost_of, prices, refusals, with_gifts

if TYPE_CHECKING:
    from ordercore.pricing.explaining.explanation import Explanation

__all__ = ["blocks_of", "charged"]


def blocks_of(told: Explanation) -> tuple[Table | Notes, ...]:
    """Tell what applied, what is charged for, what did not apply, and when it was priced."""
    priced = Notes(name="priced", items=(told.words.say("row.priced_at", at=told.at_words),))
    return (_promotions(told), charged(told), *_not_applied(told), priced)


def _promotions(told: Explanation) -> Table | Notes:
    say, name = told.words.say, "promotions"
    if not told.promotions:
        return Notes(name=name, items=(say("row.none"),))
    rows = [
        _row(row, Cell(with_gifts(told, row, row.words)), _saving(told, row))
        for row in told.promotions
    ]
    heads = columns(told.words, "promotion", "saving")
    return Table(name=name, title=say("page.promotions"), columns=heads, rows=tuple(rows))


def _saving(told: Explanation, row: Row) -> Cell:
    saving = cost_of(row)
    return EMPTY if saving.is_zero else amount(told.words, saving)


def _not_applied(told: Explanation) -> Iterator[Notes]:
    title, *items = refusals(told) or [""]
    if items:
        yield Notes(name="not_applied", title=title, items=tuple(items))


# What is charged for


def charged(told: Explanation) -> Table:
    """Tell all that is charged for, gifts among it, and the total."""
    words, every = told.words, [*_lines(told), *_others(told)]
    of_lines = len(told.lines)
    full = Money.sum([each[1] for each in every], told.currency)
    rows = [_charge(told, *each) for each in every]
    gifts = [_gift(told, gift) for gift in told.gifts]
    total = Cell(words.say("table.total"))
    return Table(
        name="charges",
        title=words.say("page.charges"),
        columns=columns(words, "item", "quantity", "list_price", "discounts", "payable"),
        rows=(*rows[:of_lines], *gifts, *rows[of_lines:]),
        foot=TableRow(
            kind="total", cells=(total, EMPTY, *_amounts(told, full, cost_of(told.payable)))
        ),
        beside=tuple(
            [
                _beside(told, row)
                for row in (*told.taxes, *told.grants, *told.proofs)
                if row.amount is None
            ]
        ),
    )


_Charge = tuple[Row, Money, Money]
"""What is charged for, its full price, and what is to be paid for it."""


def _lines(told: Explanation) -> list[_Charge]:
    return [(row, cost_of(row.parts[0]), cost_of(row)) for row in told.lines]


def _others(told: Explanation) -> list[_Charge]:
    """List shipping, fees, tax on top, and the rounding, which is no price but a discount."""
    found = [(row, cost_of(row.parts[0]), cost_of(row)) for row in charges(told)]
    found += [(row, row.amount, row.amount) for row in told.taxes if row.amount is not None]
    if told.rounding is not None and not cost_of(told.rounding).is_zero:
        found.append((told.rounding, Money(0, told.currency), cost_of(told.rounding)))
    return found


def _charge(told: Explanation, row: Row, full: Money, payable: Money) -> TableRow:
    cells = (Cell(row.words), count(told.words, row.count), *_amounts(told, full, payable))
    return _row(row, *cells, parts=tuple(_parts(told, row)))


def _parts(told: Explanation, charge: Row) -> Iterator[TableRow]:
    """Tell by which prices a line is priced, and of what its discounts are made."""
    for price, words in prices(told, charge):
        yield _row(price, Cell(words), EMPTY, EMPTY, EMPTY, EMPTY)
    for part in charge.parts[1:]:
        if part.amount is not None:
            cell = amount(told.words, part.amount)
            yield _row(part, Cell(part.words), EMPTY, EMPTY, cell, EMPTY)


def _gift(told: Explanation, gift: Row) -> TableRow:
    free = amount(told.words, Money(0, told.currency))
    return _row(gift, Cell(gift.words), count(told.words, gift.count), EMPTY, EMPTY, free)


def _beside(told: Explanation, row: Row) -> TableRow:
    """Show what adds nothing: tax that prices contain, points, coupons, the deposit, proofs."""
    value = EMPTY if row.value is None else amount(told.words, row.value)
    units = count(told.words, row.count) if row.kind is RowKind.COUPON else EMPTY
    return _row(row, Cell(row.words), units, EMPTY, EMPTY, value)


def _amounts(told: Explanation, full: Money, payable: Money) -> tuple[Cell, ...]:
    return tuple([amount(told.words, each) for each in (full, payable - full, payable)])


def _row(row: Row, *cells: Cell, parts: tuple[TableRow, ...] = ()) -> TableRow:
    return TableRow(kind=row.kind, subject=row.subject, cells=cells, parts=parts)
