"""What the labels of promotions insert, and how the text of their arguments is read.

A label is the key of a message, and arguments that are text or labels themselves: from which
amount on (``满100享…``), for each (``每满100…``), at most (``…，最多3次``). Which messages there
are, and what each argument is, this table says; a label that does not fit it has no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ordercore.errors import InvalidInput, InvalidValue, LimitExceeded
from ordercore.wording.amounts import minor_of, plain_number

__all__ = ["LABELS", "Argument", "Label", "ReadLabel", "percent_in", "read_labels"]

Label = tuple[str, Mapping[str, "str | Sequence[Label]"]]
"""The key of a message, without ``label.``, and what it inserts."""

_COUNT = re.compile(r"[0-9]{1,16}")
_DEEPEST = 8
"""How deep labels may stand within labels."""

_LONGEST = 200
"""The most characters of a name in a label."""


class Argument(StrEnum):
    """What an argument of a label is."""

    AMOUNT = "amount"
    """``300``, in the currency of the book, or ``CNY 300.00``."""
    PRICE = "price"
    """The same, where it stands for a price: 99元."""
    COUNT = "count"
    """A whole number."""
    NTH = "nth"
    """A whole number, read as an ordinal."""
    RATE = "rate"
    """A percentage off, read as a rate: 九折, 10%."""
    DISCOUNT = "discount"
    """A percentage off, read as what becomes of a price: 半价, half price."""
    NAME = "name"
    """Text that is shown as it is: a sku, a coupon, a fee."""
    LABELS = "labels"
    """One label or several."""


_AMOUNT, _PRICE, _COUNTED, _NTH = (
    Argument.AMOUNT, Argument.PRICE, Argument.COUNT, Argument.NTH,
)  # fmt: skip
_RATE, _DISCOUNT, _NAME, _WHAT = (
    Argument.RATE, Argument.DISCOUNT, Argument.NAME, Argument.LABELS,
)  # fmt: skip

LABELS: Final[Mapping[str, Mapping[str, Argument]]] = MappingProxyType(
    {
        message: MappingProxyType(arguments)
        for message, arguments in {
            # Amounts and percentages off
            "amount_off": {"amount": _AMOUNT},
            "amount_off_each": {"amount": _AMOUNT},
            "percent_off": {"percent": _RATE},
            "save": {"amount": _AMOUNT},
            "spend_and_discount": {"spend": _AMOUNT, "percent": _RATE},
            "spend_and_save": {"spend": _AMOUNT, "save": _AMOUNT},
            # Some units, and prices
            "add_on_price": {"amount": _PRICE},
            "bundle_price": {"quantity": _COUNTED, "amount": _PRICE},
            "buy_and_get": {"buy": _COUNTED, "get": _COUNTED, "percent": _DISCOUNT},
            "cheapest_amount_off": {"quantity": _COUNTED, "amount": _AMOUNT},
            "cheapest_off": {"quantity": _COUNTED, "percent": _DISCOUNT},
            "dearest_off": {"quantity": _COUNTED, "percent": _DISCOUNT},
            "fixed_price": {"amount": _PRICE},
            "nth_item_off": {"nth": _NTH, "percent": _DISCOUNT},
            "set_price": {"amount": _PRICE},
            # Shipping and fees
            "fee_off": {"fee": _NAME, "percent": _DISCOUNT},
            "free_shipping": {},
            "free_shipping_from": {"spend": _AMOUNT},
            "shipping_off": {"amount": _AMOUNT},
            "shipping_percent": {"percent": _DISCOUNT},
            "shipping_price": {"amount": _PRICE},
            # Gifts, points, coupons, deposits
            "deposit": {"deposit": _AMOUNT, "worth": _AMOUNT},
            "deposit_alone": {"deposit": _AMOUNT},
            "deposit_save": {"deposit": _AMOUNT, "save": _AMOUNT},
            "fee_less": {"fee": _NAME, "amount": _AMOUNT},
            "gift_choice": {"quantity": _COUNTED},
            "gift_choice_from": {"spend": _AMOUNT, "quantity": _COUNTED},
            "earn_points": {"points": _COUNTED},
            "gift": {"sku": _NAME, "quantity": _COUNTED},
            "gift_from": {"spend": _AMOUNT, "sku": _NAME, "quantity": _COUNTED},
            "grant_coupon": {"coupon": _NAME},
            "redeem_points": {},
            # What stands around others
            "capped": {"what": _WHAT, "maximum": _AMOUNT},
            "from_spend": {"spend": _AMOUNT, "what": _WHAT},
            "from_units": {"quantity": _COUNTED, "what": _WHAT},
            "limited": {"what": _WHAT, "times": _COUNTED},
            "limited_units": {"what": _WHAT, "quantity": _COUNTED},
            "per_spend": {"spend": _AMOUNT, "what": _WHAT},
            "per_units": {"quantity": _COUNTED, "what": _WHAT},
            "tiers": {"tiers": _WHAT},
        }.items()
    }
)
"""Message → argument → what it is."""


class ReadLabel(NamedTuple):
    """A label whose arguments have been read: amounts are integers of minor units."""

    message: str
    values: Mapping[str, tuple[Argument, Any]]

    def amounts(self) -> Iterator[int]:
        """List every amount in it, in minor units."""
        for kind, value in self.values.values():
            if kind in (Argument.AMOUNT, Argument.PRICE):
                yield value
            elif kind is Argument.LABELS:
                for each in value:
                    yield from each.amounts()


def read_labels(
    labels: Sequence[Label], currency: str, digits: int
) -> tuple[ReadLabel, ...] | None:
    """Read labels by the table; None if there is one that does not fit it.

    >>> (label,) = read_labels([("amount_off", {"amount": "49.5"})], "CNY", 2)
    >>> [*label.amounts()]
    [4950]
    """
    try:
        return _several(labels, currency, digits, _DEEPEST)
    except InvalidInput:  # a label from elsewhere
        return None


def _several(labels: Any, currency: str, digits: int, depth: int) -> tuple[ReadLabel, ...]:
    if isinstance(labels, str) or not isinstance(labels, Sequence) or not labels:
        raise InvalidValue("labels", labels)
    if not depth:
        raise LimitExceeded(f"labels at most {_DEEPEST} deep")
    return tuple([_one(label, currency, digits, depth) for label in labels])


def _one(label: Any, currency: str, digits: int, depth: int) -> ReadLabel:
    if not isinstance(label, tuple) or len(label) != 2 or not isinstance(label[1], Mapping):
        raise InvalidValue("a message and its arguments", label)
    message, arguments = label
    kinds = LABELS.get(message) if isinstance(message, str) else None
    if kinds is None or kinds.keys() != arguments.keys():
        raise InvalidValue("a label with words", message)
    values = {
        name: (kind, _value(kind, arguments[name], currency, digits, depth))
        for name, kind in kinds.items()
    }
    return ReadLabel(message, values)


def _value(kind: Argument, told: Any, currency: str, digits: int, depth: int) -> object:
    """Read one argument."""
    if kind is Argument.LABELS:
        return _several(told, currency, digits, depth - 1)
    if not isinstance(told, str) or len(told) > _LONGEST:
        raise InvalidValue("short text", told)
    if kind in (Argument.AMOUNT, Argument.PRICE):
        return minor_of(_amount_in(told, currency), digits)
    if kind in (Argument.COUNT, Argument.NTH):
        return _count_in(told)
    if kind in (Argument.RATE, Argument.DISCOUNT):
        percent_in(told)
    return told


def _amount_in(told: str, currency: str) -> Decimal:
    """Read the text of an amount; one that names its currency must name this one.

    >>> _amount_in("300", "CNY") == _amount_in("CNY 300.00", "CNY")
    True
    """
    return plain_number(told.removeprefix(f"{currency} "))


def _count_in(told: str) -> int:
    """Read the text of a whole number."""
    if not _COUNT.fullmatch(told):
        raise InvalidValue("a whole number", told)
    return int(told)


def percent_in(told: str) -> Decimal:
    """Read the text of a percentage from 0 to 100."""
    percent = plain_number(told)
    if percent > 100:
        raise InvalidValue("a percentage from 0 to 100", told, reason="invalid_percent")
    return percent
