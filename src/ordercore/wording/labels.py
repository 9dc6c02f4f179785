"""What the labels of promotions insert, and how the text of their arguments is read.

A label is a message and arguments that are text, so that it can stand in a document. Which
messages there are, and what each argument is, this table says; a label that does not fit it
has no words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ordercore.errors import InvalidValue
from ordercore.wording.amounts import plain_number

__all__ = ["LABELS", "Argument", "amount_in", "count_in", "percent_in"]

_COUNT = re.compile(r"[0-9]{1,10}")


class Argument(StrEnum):
    """What an argument of a label is."""

    AMOUNT = "amount"
    """``300``, in the currency of the book, or ``CNY 300.00``."""
    COUNT = "count"
    """A whole number."""
    NTH = "nth"
    """A whole number, read as an ordinal."""
    RATE = "rate"
    """A percentage off, read as a rate: 九折, 10%."""
    DISCOUNT = "discount"
    """A percentage off, read as what becomes of a price: 半价, half price."""


_AMOUNT, _COUNTED, _NTH = Argument.AMOUNT, Argument.COUNT, Argument.NTH
_RATE, _DISCOUNT = Argument.RATE, Argument.DISCOUNT

LABELS: Final[Mapping[str, Mapping[str, Argument]]] = MappingProxyType(
    {
        message: MappingProxyType(arguments)
        for message, arguments in {
            "amount_off": {"amount": _AMOUNT},
            "buy_and_get": {"buy": _COUNTED, "get": _COUNTED, "percent": _DISCOUNT},
            "free_shipping": {},
            "free_shipping_from": {"spend": _AMOUNT},
            "gift_from": {"spend": _AMOUNT},
            "nth_item_off": {"nth": _NTH, "percent": _DISCOUNT},
            "percent_off": {"percent": _RATE},
            "save_per_spend": {"spend": _AMOUNT, "save": _AMOUNT},
            "spend_and_discount": {"spend": _AMOUNT, "percent": _RATE},
            "spend_and_save": {"spend": _AMOUNT, "save": _AMOUNT},
            "spend_and_save_tiers": {"spend": _AMOUNT, "tiers": _COUNTED},
        }.items()
    }
)
"""Message → argument → what it is."""


def amount_in(told: str, currency: str) -> Decimal:
    """Read the text of an amount; one that names its currency must name this one.

    >>> amount_in("300", "CNY") == amount_in("CNY 300.00", "CNY")
    True
    """
    return plain_number(told.removeprefix(f"{currency} "))


def count_in(told: str) -> int:
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
