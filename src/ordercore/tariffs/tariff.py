"""The tariff: everything besides promotions that makes a price, as one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import each, instance, member, member_of, optional, text, tuple_of
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.money import Currency, Money, Rounding, UnitPrice
from ordercore.money.fields import amount_of, check_amount
from ordercore.tariffs.lists import FixedListPrice, PriceList, PriceRule
from ordercore.tariffs.taxes import Taxes

__all__ = ["MAX_LISTS", "PayableRounding", "PriceChoice", "Tariff"]

MAX_LISTS: Final = 1000
"""The most price lists of one tariff."""


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

    Args:
        step: The smallest amount that can be paid.
        mode: ``down`` waives what is below the step, ``half_up`` rounds.

    >>> PayableRounding("0.1").mode
    <Rounding.DOWN: 'down'>
    """

    step: Money | Decimal = field(converter=amount_of, validator=check_amount)
    mode: Rounding = field(default=Rounding.DOWN, converter=_mode_of, validator=member(Rounding))


def _lists(lists: Iterable[PriceList]) -> tuple[PriceList, ...]:
    return tuple_of(lists)


def _choice(choice: PriceChoice | str) -> PriceChoice:
    return member_of(PriceChoice, choice)


Rules = Mapping[str | None, tuple[PriceRule, ...]]
"""The rules of one list by sku (None: for every sku), those for most units first."""


@document("tariff")
@frozen
class Tariff:
    """Price lists, taxes and the rounding of the payable, in one currency.

    Args:
        currency: ISO 4217; decimal numbers in lists and steps are in it.
        price_lists: At most `MAX_LISTS`, with unique ids.
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
    rules: tuple[tuple[PriceList, Rules], ...] = field(init=False, eq=False, repr=False)
    step_minor: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise InvalidDocument(faults)
        lists = sorted(self.price_lists, key=lambda each: (-each.priority, each.id))
        put = object.__setattr__
        put(self, "rules", tuple((each, _by_sku(each.rules)) for each in lists))
        step = 1 if self.rounding is None else Money.of(self.rounding.step, self.currency).minor
        put(self, "step_minor", step)

    def __reduce__(self) -> tuple[Any, ...]:
        return Tariff, (
            self.currency, self.price_lists, self.choice, self.taxes, self.rounding, self.version,
        )  # fmt: skip


def _by_sku(rules: Iterable[PriceRule]) -> Rules:
    table: dict[str | None, list[PriceRule]] = {}
    for rule in rules:
        table.setdefault(rule.sku, []).append(rule)
    return MappingProxyType(
        {
            sku: tuple(sorted(several, key=lambda rule: -rule.min_quantity))
            for sku, several in table.items()
        }
    )


def _faults(tariff: Tariff) -> Iterator[InvalidInput]:
    currency = tariff.currency
    seen: set[str] = set()
    for i, each_list in enumerate(tariff.price_lists):
        place = "price_lists", i
        if each_list.id in seen:
            path = (*place, "id")
            yield InvalidValue("an id used once", each_list.id, path=path, reason="duplicate_id")
        seen.add(each_list.id)
        keys: set[tuple[str | None, int]] = set()
        for j, rule in enumerate(each_list.rules):
            key = rule.sku, rule.min_quantity
            if key in keys:
                expected, where = "one rule for each sku and quantity", (*place, "rules", j)
                yield InvalidValue(expected, key, path=where)
            keys.add(key)
            yield from _unfit(rule, currency, *place, "rules", j)
    if tariff.rounding is not None:
        try:
            Money.of(tariff.rounding.step, currency)
        except InvalidInput as error:
            yield error.at("rounding", "step")


def _unfit(rule: PriceRule, currency: Currency, *place: str | int) -> Iterator[InvalidInput]:
    """Find out whether a rule's own amounts fit the currency."""
    name = "price" if isinstance(rule, FixedListPrice) else "cost"
    amount = getattr(rule, name, None)
    if amount is not None:
        try:
            UnitPrice.of(amount, currency)
        except InvalidInput as error:
            yield error.at(*place, name)
