"""The tariff: everything besides promotions that makes a price, as one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import each, instance, member, member_of, optional, text, tuple_of
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.money import Currency, Money, Rounding
from ordercore.money.fields import amount_of, check_amount
from ordercore.tariffs.lists import PriceList, PriceOf
from ordercore.tariffs.taxes import Taxes

__all__ = [
    "MAX_LISTS",
    "MAX_LISTS_AT_ONCE",
    "PayableRounding",
    "PriceChoice",
    "PriceTable",
    "Tariff",
]

MAX_LISTS: Final = 1000
"""The most price lists of one tariff."""

MAX_LISTS_AT_ONCE: Final = 50
"""The most of them that may hold for one customer in one place at one time."""


class PriceChoice(StrEnum):
    """Which of several prices holds."""

    BEST = "best"
    """The lowest, the cart's own price among them."""
    PRIORITY = "priority"
    """That of the list with the highest priority, lower than the cart's own or not."""


def _mode_of(value: Rounding | str) -> Rounding:
    return member_of(Rounding, value)


@frozen
class PayableRounding:
    """抹零: the payable is made a multiple of a step, such as 0.1 CNY or 0.05 CHF in cash.

    The step may be larger than the payable, which ``down`` then waives altogether.

    Args:
        step: The smallest amount that can be paid.
        mode: ``down`` waives what is below the step, ``half_up`` rounds.

    >>> PayableRounding("0.1").mode
    <Rounding.DOWN: 'down'>
    """

    step: Money | Decimal = field(converter=amount_of, validator=check_amount)
    mode: Rounding = field(default=Rounding.DOWN, converter=_mode_of, validator=member(Rounding))


def _lists(lists: PriceList | Iterable[PriceList]) -> tuple[PriceList, ...]:
    return (lists,) if isinstance(lists, PriceList) else tuple_of(lists)


def _choice(choice: PriceChoice | str) -> PriceChoice:
    return member_of(PriceChoice, choice)


PriceTable = Mapping[str | None, tuple[tuple[int, PriceOf], ...]]
"""The compiled rules of one list by sku (None: for every sku), each with the units that it
asks for, those for most units first."""


@document("tariff")
@frozen
class Tariff:
    """Price lists, taxes and the rounding of the payable, in one currency.

    Args:
        currency: ISO 4217; decimal numbers in lists and steps are in it.
        price_lists: At most `MAX_LISTS`, with unique ids; their order does not matter.
        choice: Which of several prices holds.
        taxes: None: prices say nothing of tax.
        rounding: None: the payable stays as it is.
        version: What the shop calls this edition; it is kept on every quote.

    Raises:
        InvalidDocument: With every fault: double ids, prices that do not fit the currency.
    """

    currency: Currency = field(converter=Currency)
    price_lists: tuple[PriceList, ...] = field(
        default=(), converter=_lists, validator=each(instance(PriceList), most=MAX_LISTS)
    )
    choice: PriceChoice = field(
        default=PriceChoice.BEST, converter=_choice, validator=member(PriceChoice)
    )
    taxes: Taxes | None = field(default=None, validator=optional(instance(Taxes)))
    rounding: PayableRounding | None = field(
        default=None, validator=optional(instance(PayableRounding))
    )
    version: str = field(default="", validator=text(most=64))
    tables: tuple[tuple[PriceList, PriceTable], ...] = field(init=False, eq=False, repr=False)
    step_minor: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults: list[InvalidInput] = []
        tables = _tables(self, faults)
        step = _step(self, faults)
        if faults:
            raise InvalidDocument(faults)
        tables.sort(key=lambda pair: (-pair[0].priority, pair[0].id))
        object.__setattr__(self, "tables", tuple(tables))
        object.__setattr__(self, "step_minor", step)

    def __reduce__(self) -> tuple[Any, ...]:
        return Tariff, (
            self.currency, self.price_lists, self.choice, self.taxes, self.rounding, self.version,
        )  # fmt: skip

    def price_list(self, list_id: str) -> PriceList:
        """Find a price list by its id, or raise `NotFound`."""
        for each_list in self.price_lists:
            if each_list.id == list_id:
                return each_list
        raise NotFound("the id of a price list of this tariff", list_id)


def _tables(tariff: Tariff, faults: list[InvalidInput]) -> list[tuple[PriceList, PriceTable]]:
    """Compile every list; what is wrong with them goes to the faults."""
    tables: list[tuple[PriceList, PriceTable]] = []
    seen: set[str] = set()
    for i, each_list in enumerate(tariff.price_lists):
        place = "price_lists", i
        if each_list.id in seen:
            expected, path = "an id used once", (*place, "id")
            faults.append(InvalidValue(expected, each_list.id, path=path, reason="duplicate_id"))
        seen.add(each_list.id)
        tables.append((each_list, _table(each_list, tariff.currency, faults, *place)))
    return tables


def _table(
    each_list: PriceList, currency: Currency, faults: list[InvalidInput], *place: str | int
) -> PriceTable:
    """Compile the rules of one list."""
    table: dict[str | None, list[tuple[int, PriceOf]]] = {}
    seen: set[tuple[str | None, int]] = set()
    for i, rule in enumerate(each_list.rules):
        key = rule.sku, rule.min_quantity
        if key in seen:
            expected, path = "one rule for a sku and a quantity", (*place, "rules", i)
            faults.append(InvalidValue(expected, path=path, reason="duplicate_rule"))
        seen.add(key)
        try:
            table.setdefault(rule.sku, []).append((rule.min_quantity, rule.compile(currency)))
        except InvalidInput as error:
            faults.append(error.at(*place, "rules", i))
    for steps in table.values():
        steps.sort(key=lambda step: -step[0])
    return MappingProxyType({sku: tuple(steps) for sku, steps in table.items()})


def _step(tariff: Tariff, faults: list[InvalidInput]) -> int:
    """Read the step of the payable's rounding in minor units; 1 where there is none."""
    if tariff.rounding is None:
        return 1
    try:
        return Money.of(tariff.rounding.step, tariff.currency).minor
    except InvalidInput as error:
        faults.append(error.at("rounding", "step"))
        return 1
