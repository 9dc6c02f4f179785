"""Of what a refund is made: units of lines, shipping, fees, charges; and from which payments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ordercore.cart import MAX_LINES
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    each,
    identifier,
    instance,
    integer,
    optional,
    tuple_of,
)
from ordercore.errors import CurrencyMismatch, InvalidDocument, InvalidInput, InvalidValue, Path
from ordercore.money import Currency, Money
from ordercore.pricing import RecordedAmount, ReversalOptions

__all__ = ["Component", "Key", "RefundLine", "RefundParts"]

_MOST: Final = 100
_money = instance(Money)
_count: Check = integer(least=0, most=MAX_QUANTITY)


class Component(StrEnum):
    """What money of an order is for; each has a ceiling of its own."""

    ORDER = "order"
    """All of it."""
    PAYMENT = "payments"
    """What one payment brought."""
    LINE = "lines"
    """Units of one line, with tax that comes on top."""
    SHIPPING = "shipping"
    FEE = "fees"
    """One other fee."""
    TAX = "tax"
    """Tax that comes on top of shipping and fees."""
    ROUNDING = "rounding"
    """What the rounding of the payable added."""
    OVERPAID = "overpaid"
    """What was paid beyond the price of record."""


Key = tuple[Component, str]
"""A component, and the id of the line, fee or payment; empty for the others."""


@frozen(kw_only=True)
class RefundLine:
    """What is given back for a line.

    Args:
        line: Its id.
        amount: How much, with tax that comes on top; not negative.
        units: For how many units the money is given back: they count as refunded. 0 where
            units are only made cheaper, or where more is given back for units of before.
        cancelled: How many of these units had been cancelled; the others were delivered, lost
            or refused.
        replaced: How many of these units had been replaced; the refund needs an override.
        waived: How many further units are made cheaper and stay with the customer, whatever
            has become of them so far.

    Raises:
        InvalidDocument: The amount is negative, nothing is given back, or there are not so many
            units.
    """

    line: str = field(validator=identifier)
    amount: Money = field(validator=_money)
    units: int = field(default=0, validator=_count)
    cancelled: int = field(default=0, validator=_count)
    replaced: int = field(default=0, validator=_count)
    waived: int = field(default=0, validator=_count)

    def __attrs_post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise InvalidDocument(faults)

    def faults(self) -> Iterator[InvalidInput]:
        """List what is wrong with its fields together."""
        if self.amount.minor < 0:
            yield _negative(self.amount).at("amount")
        if not (self.amount.minor or self.units or self.waived):
            expected = "an amount, or units: nothing is given back for the line"
            yield InvalidValue(expected, str(self.amount), path=("amount",))
        for name in ("cancelled", "replaced"):
            count = getattr(self, name)
            if count > self.units:
                expected = f"at most {self.units}, the units"
                yield InvalidValue(expected, count, path=(name,), reason="fields_disagree")

    @property
    def settled(self) -> int:
        """Units that had been delivered, lost or refused."""
        return self.units - self.cancelled


def _lines(given: Iterable[RefundLine]) -> tuple[RefundLine, ...]:
    return tuple_of(given)


def _amounts(
    given: Iterable[RecordedAmount] | Mapping[str, Money],
) -> tuple[RecordedAmount, ...]:
    """Take amounts by their ids; what is none is left for the check."""
    if isinstance(given, Mapping):
        return tuple(RecordedAmount(name, amount) for name, amount in given.items())
    return tuple_of(given)


_several: Check = each(instance(RecordedAmount), most=_MOST)
_some_money: Check = optional(_money)


@frozen(kw_only=True)
class RefundParts:
    """Of what a refund is made. The parts sum to its amount exactly.

    Args:
        lines: What is given back for lines.
        shipping: What is given back of shipping; tax on top of it is apart.
        fees: The same of each other fee, by its id.
        tax: What is given back of the tax on top of shipping and fees.
        rounding: What is given back of the rounding of the payable; below zero where that
            had waived something.
        overpaid: What is given back of what was paid beyond the price of record.
        charges: What is kept back, each below zero, by a code of the shop:
            ``return_shipping``, say. ``withheld`` is what `ordercore.pricing.reverse` keeps
            back: a deposit, gifts that stay.
        payments: From which payments it is taken, by their ids. Empty: that is still open,
            and `request_refund` takes the newest payments first.
        reckoned: What pricing reckons for its units, with what comes back beside them, before
            charges and whatever was agreed otherwise: the next proposal goes on from there.
            None: what was paid for its units, if any.
        options: By which policy and choices `ordercore.pricing.reverse` reckoned it; None: it
            was made by hand, such as a reduction for damage.

    Raises:
        InvalidDocument: There is no part, an amount has the wrong sign or another currency,
            an id comes twice, charges are more than what they are taken off, or payments do
            not sum to the amount; all of it is told.

    >>> parts = RefundParts(
    ...     lines=[RefundLine(line="1", amount=Money.of("40", "CNY"), units=1)],
    ...     charges={"return_shipping": Money.of("-8", "CNY")},
    ... )
    >>> str(parts.amount)
    'CNY 32.00'
    """

    lines: tuple[RefundLine, ...] = field(
        default=(), converter=_lines, validator=each(instance(RefundLine), most=MAX_LINES)
    )
    shipping: Money | None = field(default=None, validator=_some_money)
    fees: tuple[RecordedAmount, ...] = field(default=(), converter=_amounts, validator=_several)
    tax: Money | None = field(default=None, validator=_some_money)
    rounding: Money | None = field(default=None, validator=_some_money)
    overpaid: Money | None = field(default=None, validator=_some_money)
    charges: tuple[RecordedAmount, ...] = field(default=(), converter=_amounts, validator=_several)
    payments: tuple[RecordedAmount, ...] = field(
        default=(), converter=_amounts, validator=_several
    )
    reckoned: Money | None = field(default=None, validator=_some_money)
    options: ReversalOptions | None = field(
        default=None, validator=optional(instance(ReversalOptions))
    )

    def __attrs_post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise InvalidDocument(faults)

    def faults(self) -> Iterator[InvalidInput]:
        """List what is wrong with its parts together."""
        alone = list(_currency_faults(self)) or [*_sign_faults(self), *_id_faults(self)]
        yield from alone or _sum_faults(self)

    @property
    def currency(self) -> Currency:
        """The currency of all parts."""
        return next(amount.currency for _, amount in _placed(self))

    @property
    def amount(self) -> Money:
        """What is given back in all."""
        beside = ("payments", "reckoned")
        parts = (amount for path, amount in _placed(self) if path[0] not in beside)
        return Money.sum(parts, self.currency)

    @property
    def components(self) -> dict[Key, int]:
        """What is given back of each component that has a ceiling, in minor units."""
        found: dict[Key, int] = {(Component.ORDER, ""): self.amount.minor}
        found |= {(Component.LINE, one.line): one.amount.minor for one in self.lines}
        found |= {(Component.FEE, one.id): one.amount.minor for one in self.fees}
        found |= {(Component.PAYMENT, one.id): one.amount.minor for one in self.payments}
        for kind in _SINGLE:
            amount: Money | None = getattr(self, kind.value)
            if amount is not None and amount.minor > 0:
                found[kind, ""] = amount.minor
        return found

    def charged(self, name: str) -> int:
        """Tell what one charge keeps back, in minor units: below zero, or nothing."""
        return sum(one.amount.minor for one in self.charges if one.id == name)


_SINGLE: Final = (Component.SHIPPING, Component.TAX, Component.ROUNDING, Component.OVERPAID)
_NAMED: Final = ("fees", "charges", "payments")


def _placed(parts: RefundParts) -> Iterator[tuple[Path, Money]]:
    """List every amount with its place."""
    for i, line in enumerate(parts.lines):
        yield ("lines", i, "amount"), line.amount
    for kind in _SINGLE:
        amount: Money | None = getattr(parts, kind.value)
        if amount is not None:
            yield (kind.value,), amount
    for name in _NAMED:
        for i, part in enumerate(getattr(parts, name)):
            yield (name, i, "amount"), part.amount
    if parts.reckoned is not None:
        yield ("reckoned",), parts.reckoned


def _currency_faults(parts: RefundParts) -> Iterator[InvalidInput]:
    currency: Currency | None = None
    for path, amount in _placed(parts):
        currency = currency or amount.currency
        if amount.currency != currency:
            yield CurrencyMismatch(f"an amount in {currency}", str(amount), path=path)
    if currency is None:
        yield InvalidValue("at least one part")


def _sign_faults(parts: RefundParts) -> Iterator[InvalidInput]:
    for path, amount in _placed(parts):
        if path[0] == "charges":
            if amount.minor >= 0:
                yield InvalidValue("an amount below zero", str(amount), path=path)
        elif amount.minor < 0 and path[0] != "rounding":
            yield _negative(amount).at(*path)


def _negative(amount: Money) -> InvalidValue:
    return InvalidValue("an amount that is not negative", str(amount))


def _id_faults(parts: RefundParts) -> Iterator[InvalidInput]:
    ids: list[tuple[str, Any, str]] = [("lines", [one.line for one in parts.lines], "line")]
    ids += [(name, [one.id for one in getattr(parts, name)], "id") for name in _NAMED]
    for name, several, told in ids:
        seen: set[Any] = set()
        for i, one in enumerate(several):
            if one in seen:
                path = (name, i, told)
                yield InvalidValue("an id used once", one, path=path, reason="duplicate_id")
            seen.add(one)


def _sum_faults(parts: RefundParts) -> Iterator[InvalidInput]:
    if parts.amount.minor < 0:
        expected = "charges that are at most what they are taken off"
        yield InvalidValue(expected, str(parts.amount), path=("charges",))
    if parts.payments:
        total = Money.sum((one.amount for one in parts.payments), parts.currency)
        if total != parts.amount:
            expected = f"amounts that sum to {parts.amount}"
            path = ("payments",)
            yield InvalidValue(expected, str(total), path=path, reason="unequal_sum")
