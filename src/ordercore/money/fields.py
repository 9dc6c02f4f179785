"""How the fields of rules take amounts, prices and percentages.

A converter reads decimal text and leaves what it cannot read to the check, which knows the
field and refuses it in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from ordercore.data.checks import Check
from ordercore.data.keywords import stating
from ordercore.data.registry import phrase
from ordercore.errors import InvalidInput, InvalidType, InvalidValue
from ordercore.money.amounts import Money
from ordercore.money.numbers import BARE_KEYWORDS, decimal_of
from ordercore.money.prices import UnitPrice

__all__ = [
    "CHARGE_FIELD",
    "PRICE_FIELD",
    "Amount",
    "AmountText",
    "amount_of",
    "amount_or_none",
    "as_given",
    "check_amount",
    "check_percent",
    "check_price",
    "percent_of",
    "percent_or_none",
    "percentage",
    "price_of",
]

Amount = Money | Decimal
"""An amount in a rule: Money, or a decimal number in the currency of the book."""

phrase(Amount, "an amount as text, such as '129.00' (or with its currency, 'CNY 129.00')")
phrase(UnitPrice | Decimal, "a price as text, such as '0.125' (or with its currency, 'CNY 0.125')")

AmountText = Amount | str
"""What fields for an amount take: an `Amount`, or decimal text."""


def amount_of(value: AmountText) -> Amount:
    """Read decimal text; what is no amount is left for `check_amount` to refuse in its place."""
    return value if isinstance(value, Money) else percent_of(value)


def amount_or_none(value: AmountText | None) -> Amount | None:
    """Do the same for a field that may be left out."""
    return None if value is None else amount_of(value)


def as_given(value: Amount | UnitPrice) -> Decimal | str:
    """Tell what was given as a fault shows it: a number as it is, an amount with its currency."""
    return str(value) if isinstance(value, Money | UnitPrice) else value


_POSITIVE = r"^(?:[A-Z]{3} )?0*(?:[1-9][0-9]{0,30}(?:\.|$)|\.0{0,29}[1-9])"
_NOTHING = r"^(?:[A-Z]{3} )?-?0+(?:\.0{1,30})?$"


PRICE_FIELD: Final[Mapping[str, Any]] = MappingProxyType({"short": BARE_KEYWORDS})
"""The metadata of a price that a document may give without its currency."""

CHARGE_FIELD: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "short": BARE_KEYWORDS,
        "keywords": {"pattern": r"^(?:[A-Z]{3} )?(?:[0-9]|-0+(?:\.0+)?$)"},
    }
)
"""The metadata of such an amount that is not negative."""


@stating(pattern=_POSITIVE)
def check_amount(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept an `Amount` above zero."""
    number = _number(attribute, value)
    if number <= 0:
        raise InvalidValue("an amount above zero", as_given(value), path=(attribute.name,))


def percent_of(value: Decimal | str) -> Decimal:
    """Read decimal text; what is no number is left for `check_percent` to refuse in its place."""
    try:
        return decimal_of(value)
    except InvalidInput:
        return value  # type: ignore[return-value]


def percent_or_none(value: Decimal | str | None) -> Decimal | None:
    """Do the same for a field that may be left out."""
    return None if value is None else percent_of(value)


def _up_to(most: int) -> str:
    """Write the pattern of numbers from 0 to a power of ten; for others, of as many digits."""
    digits, highest = len(str(most)), ""
    if most == 10 ** (digits - 1):
        digits, highest = digits - 1, rf"|^{most}(?:\.0+)?$"
    whole = rf"[1-9][0-9]{{0,{digits - 1}}}(?:\.[0-9]+)?"
    return rf"^(?:{whole}|0\.0{{0,29}}[1-9][0-9]*)$|{_NOTHING}{highest}"


def percentage(*, most: int = 100) -> Check:
    """Accept an exact percentage from 0 to ``most``."""

    @stating(pattern=_up_to(most))
    def check(_instance: object, attribute: Any, value: object) -> None:
        if isinstance(value, Money | UnitPrice):
            raise InvalidType("a number, not an amount", str(value), path=(attribute.name,))
        number = _number(attribute, value)
        if not 0 <= number <= most:
            expected = f"a percentage from 0 to {most}"
            raise InvalidValue(expected, number, path=(attribute.name,), reason="invalid_percent")

    return check


check_percent: Check = percentage()
"""Accept an exact percentage from 0 to 100."""


def price_of(value: UnitPrice | Decimal | str) -> UnitPrice | Decimal:
    """Read decimal text; what is no price is left for `check_price` to refuse in its place."""
    return value if isinstance(value, UnitPrice) else percent_of(value)


@stating(pattern=f"{_POSITIVE}|{_NOTHING}")
def check_price(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept a price that is not negative: a UnitPrice, or a number."""
    if _number(attribute, value) < 0:
        raise InvalidValue("a price that is not negative", as_given(value), path=(attribute.name,))


def _number(attribute: Any, value: Any) -> Decimal:
    """Take the number of an amount; raise what `decimal_of` has against it in its place."""
    try:
        return value.decimal if isinstance(value, Money | UnitPrice) else decimal_of(value)
    except InvalidInput as error:
        raise error.at(attribute.name) from None
