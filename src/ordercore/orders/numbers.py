"""The numbers that people call orders by; who counts them is the host's affair."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from attrs import field, frozen

from ordercore.data.checks import Check, Named, aware, integer, text
from ordercore.errors import InvalidValue

__all__ = ["DatedNumbers", "NumberStrategy"]

_MOST: Final = 10**18
_sequence: Check = integer(least=1, most=_MOST)


class NumberStrategy(Protocol):
    """Makes the number of an order. It is pure: who calls it brings time and sequence."""

    def number(self, sequence: int, at: datetime) -> str:
        """Make a number.

        Args:
            sequence: A positive integer, each given once; from a database's sequence, say.
            at: When the order is made.
        """
        ...


def _readable(_instance: object, attribute: object, value: str) -> None:
    if value and (not value.isascii() or not value.isalnum()):
        place = (str(getattr(attribute, "name", "")),)
        raise InvalidValue("ASCII letters and digits", value, path=place)


@frozen
class DatedNumbers:
    """Numbers of the day and a sequence: ``SO20261111000042``.

    They are different as long as sequences are, also where one has more digits than asked
    for. The day is that of the offset which the instant is given with.

    Args:
        prefix: What they begin with: up to 16 letters and digits.
        digits: How many digits the sequence has at least, 1 to 18.

    >>> at = datetime.fromisoformat("2026-11-11T00:30:00+08:00")
    >>> DatedNumbers("SO").number(42, at)
    'SO20261111000042'
    """

    prefix: str = field(default="", validator=[text(most=16), _readable])
    digits: int = field(default=6, validator=integer(least=1, most=18))

    def number(self, sequence: int, at: datetime) -> str:
        """Make a number.

        Raises:
            InvalidInput: The sequence is no positive integer up to 10^18, or the instant has
                no time zone.
        """
        _sequence(None, Named("sequence"), sequence)
        aware(None, Named("at"), at)
        day = f"{at.year:04}{at.month:02}{at.day:02}"
        return f"{self.prefix}{day}{sequence:0{self.digits}}"
