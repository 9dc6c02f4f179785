"""What another engine says that a cart costs, to be compared with a quote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from ordercore.data.checks import Named, identifier
from ordercore.errors import InvalidInput, InvalidType, InvalidValue
from ordercore.money import Currency, Money

__all__ = ["OutsideQuote"]

_AmountText = Money | Decimal | str
_Amounts = Mapping[str, _AmountText] | Iterable[tuple[str, _AmountText]]


def _as_given(amount: _AmountText | None) -> Money | None:
    """Leave an amount to be read once the currency is known."""
    return amount  # type: ignore[return-value]


def _payable(amount: _AmountText) -> Money:
    return amount  # type: ignore[return-value]


def _by_id(amounts: _Amounts | None) -> tuple[tuple[str, Money], ...] | None:
    """Leave amounts to be read once the currency is known."""
    return amounts  # type: ignore[return-value]


@frozen
class OutsideQuote:
    """What another engine says that a cart costs: only what is known need be told.

    A field that is None claims nothing. One that is told is told whole: a line, fee or
    promotion that is not among it is one that the other engine does not have.

    Args:
        currency: ISO 4217.
        payable: What is to be paid in all: Money or decimal text. It may be below zero, as may
            all that follows: other engines have faults.
        lines: Line id → what is to be paid for it, tax on top apart; a mapping or pairs. None:
            it does not say.
        shipping: What is to be paid for shipping.
        fees: Fee id → what is to be paid for it.
        tax: Tax that comes on top.
        rounding: What the rounding of the payable adds.
        promotions: Promotion id → what it takes off, of those that applied.

    Raises:
        InvalidType, InvalidValue, CurrencyMismatch: With the place of what cannot be read.

    >>> OutsideQuote("CNY", "253.00", lines={"1": "215.34", "2": "37.66"}, shipping="0").lines
    (('1', Money.of('215.34', 'CNY')), ('2', Money.of('37.66', 'CNY')))
    """

    currency: Currency = field(converter=Currency)
    payable: Money = field(converter=_payable)
    lines: tuple[tuple[str, Money], ...] | None = field(
        default=None, converter=_by_id, kw_only=True
    )
    shipping: Money | None = field(default=None, converter=_as_given, kw_only=True)
    fees: tuple[tuple[str, Money], ...] | None = field(
        default=None, converter=_by_id, kw_only=True
    )
    tax: Money | None = field(default=None, converter=_as_given, kw_only=True)
    rounding: Money | None = field(default=None, converter=_as_given, kw_only=True)
    promotions: tuple[tuple[str, Money], ...] | None = field(
        default=None, converter=_by_id, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        for name in ("payable", "shipping", "tax", "rounding"):
            given: Any = getattr(self, name)
            if given is not None or name == "payable":
                object.__setattr__(self, name, _amount(given, self.currency, name))
        for name in ("lines", "fees", "promotions"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, _pairs(given, self.currency, name))


def _amount(amount: _AmountText, currency: str, *place: str) -> Money:
    try:
        return Money.of(amount, currency)
    except InvalidInput as error:
        raise error.at(*place) from None


def _pairs(given: Any, currency: str, name: str) -> tuple[tuple[str, Money], ...]:
    """Read amounts by the ids of what they are for, in the order of the ids."""
    pairs = given.items() if isinstance(given, Mapping) else given
    if isinstance(pairs, str) or not isinstance(pairs, Iterable):
        raise InvalidType("a mapping of ids to amounts", given, path=(name,))
    amounts: dict[str, Money] = {}
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InvalidType("a pair of an id and an amount", pair, path=(name,))
        each, amount = pair
        identifier(None, Named(name), each)
        if each in amounts:
            raise InvalidValue("each id once", each, path=(name,), reason="duplicate_id")
        amounts[each] = _amount(amount, currency, name, each)
    return tuple(sorted(amounts.items(), key=lambda pair: pair[0]))
