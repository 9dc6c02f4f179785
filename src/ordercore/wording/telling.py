"""Labels in words: within what one promotion is called, amounts are written in one manner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ordercore.wording.amounts import unscaled
from ordercore.wording.labels import Argument, Label, ReadLabel, percent_in, read_labels

if TYPE_CHECKING:
    from ordercore.wording.words import Words

__all__ = ["labels_told"]

_MOST = 3
"""How many of several labels are told."""


def labels_told(words: Words, labels: Sequence[Label], currency: str, digits: int) -> str | None:
    """Write labels one after the other; None if there are no words for one of them.

    Whole amounts are written without decimals where all of them are whole.
    """
    read = read_labels(labels, currency, digits)
    if read is None:
        return None
    short = all(minor % 10**digits == 0 for label in read for minor in label.amounts())
    return _Writer(words, currency, digits, short).joined(read)


@frozen
class _Writer:
    """How the amounts of some labels are written."""

    words: Words
    currency: str
    digits: int
    short: bool

    def joined(self, labels: Sequence[ReadLabel]) -> str:
        """Write labels one after the other."""
        return self.words.say("labels").join(map(self.label, labels))

    def some(self, labels: Sequence[ReadLabel]) -> str:
        """Do the same, and leave out what would be too many."""
        told = self.joined(labels[:_MOST])
        return f"{told}…" if len(labels) > _MOST else told

    def label(self, label: ReadLabel) -> str:
        """Write one label."""
        told = {name: _WRITTEN[kind](self, value) for name, (kind, value) in label.values.items()}
        return self.words.say(f"label.{_variant(label)}", **told)

    def amount(self, minor: int) -> str:
        """Write an amount, in the language's home currency without a symbol."""
        if self.currency != self.words.catalogue.plain_currency:
            return self.words.amount_minor(minor, self.currency, self.digits, short=self.short)
        if self.short:
            return str(minor // 10**self.digits)
        return f"{unscaled(minor, self.digits):f}"

    def price(self, minor: int) -> str:
        """Write an amount that stands for a price: 99元."""
        if self.currency != self.words.catalogue.plain_currency:
            return self.amount(minor)
        return self.words.say("price", amount=self.amount(minor))


def _variant(label: ReadLabel) -> str:
    """Tell which message a label is: what is free is not called a discount."""
    if label.message == "buy_and_get" and percent_in(label.values["percent"][1]) == 100:
        return "buy_and_get.free"
    return label.message


_WRITTEN: Final[Mapping[Argument, Callable[[_Writer, Any], str | int]]] = MappingProxyType(
    {
        Argument.AMOUNT: _Writer.amount,
        Argument.PRICE: _Writer.price,
        Argument.COUNT: lambda _writer, count: count,
        Argument.NTH: lambda writer, number: writer.words.ordinal(number),
        Argument.RATE: lambda writer, percent: writer.words.rate(percent),
        Argument.DISCOUNT: lambda writer, percent: writer.words.discount(percent),
        Argument.NAME: lambda _writer, name: name,
        Argument.LABELS: _Writer.some,
    }
)
