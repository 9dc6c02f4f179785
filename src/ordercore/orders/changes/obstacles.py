"""What is in the way of a change in words, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from ordercore.lifecycle import Unmet
from ordercore.money import Money
from ordercore.orders.changes.edits import AddLine
from ordercore.orders.changes.given_back import cheapened
from ordercore.orders.changes.preview import ChangePreview
from ordercore.orders.labels import status_label
from ordercore.wording import Words

__all__ = ["obstacles_told"]


def obstacles_told(preview: ChangePreview, words: Words) -> Iterator[str]:
    """Say of each guard that does not hold what is in the way: line by line."""
    telling = _Telling(preview, words)
    for unmet in preview.unmet:
        yield from _TOLD.get(unmet.guard, _Telling.plain)(telling, unmet)


@frozen
class _Telling:
    """Tells what is in the way of one change in one language."""

    preview: ChangePreview
    words: Words

    def say(self, key: str, **arguments: str | int) -> str:
        return self.words.say(f"change.unmet.{key}", **arguments)

    def title(self, line: str) -> str:
        """Say what people call a line of the order, or one that is to be added."""
        found = {each.id: each.product.title for each in self.preview.before.lines}
        for edit in self.preview.edits:
            if isinstance(edit, AddLine):
                found.setdefault(edit.about, edit.line.product.title)
        return found.get(line, line)

    def money(self, amount: Money) -> str:
        return self.words.amount_minor(amount.minor, amount.currency, amount.currency.digits)

    # By guard

    def plain(self, unmet: Unmet) -> Iterator[str]:
        yield self.say(unmet.guard)

    def over(self, unmet: Unmet) -> Iterator[str]:
        state = status_label(self.preview.before.state, self.words.locale)
        yield self.say(unmet.guard, state=state)

    def not_open(self, unmet: Unmet) -> Iterator[str]:
        shipped = {line.id: line.quantities.shipped for line in self.preview.before.lines}
        for name, why in unmet.details.items():
            if why != "nothing open":
                count, title = shipped[name], self.title(name)
                yield self.say("units_open.line", title=title, count=count)
            elif name in shipped:
                yield self.say("units_open.service", title=self.title(name))
            else:
                yield self.say("units_open.delivery")

    def no_place(self, unmet: Unmet) -> Iterator[str]:
        for name in unmet.details:
            yield self.say("place_known", title=self.title(name))

    def unpriced(self, unmet: Unmet) -> Iterator[str]:
        if self.preview.quote is None:
            yield self.say("priced.missing")
        elif self.preview.before.quote is None:
            yield self.say("priced.draft")
        else:
            for name in unmet.details:
                yield self.say("priced.line", title=self.title(name))

    def given_back(self, unmet: Unmet) -> Iterator[str]:
        """Say which units would be cheaper, of what more was given back, and what to do."""
        told = list(cheapened(self.preview.before, self.preview.quote))
        for each in told:
            key = "taxed" if each.before == each.after else "line"
            yield self.say(
                f"given_back_stands.{key}",
                title=self.title(each.line),
                units=each.units,
                before=self.money(each.before),
                after=self.money(each.after),
            )
        for name in () if told else unmet.details:
            yield self.say("given_back_stands.beyond", what=self.component(name))
        yield self.say("given_back_stands.advice")

    def component(self, place: str) -> str:
        """Say of what more was given back: a line, a fee, shipping, tax or rounding."""
        _, kind, name = [*place.split(".", 2), "", ""][:3]
        order = self.preview.before
        fees = () if order.quote is None else order.quote.cart.fees
        if kind == "lines":
            return self.title(name)
        if kind == "fees":
            return {fee.id: fee.title for fee in fees}.get(name, name)
        key = f"row.{kind}"
        if key in self.words.catalogue.messages:
            return self.words.say(key)
        return self.title(place.rpartition(".")[2])


_TOLD: Final[Mapping[str, Callable[[_Telling, Unmet], Iterator[str]]]] = MappingProxyType(
    {
        "order_going_on": _Telling.over,
        "units_open": _Telling.not_open,
        "place_known": _Telling.no_place,
        "priced": _Telling.unpriced,
        "given_back_stands": _Telling.given_back,
    }
)
"""How each guard is told; the others are told as they are."""
