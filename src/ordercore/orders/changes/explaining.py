"""The preview of a change in words: what changes, what it costs, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from ordercore.data.checks import Named, instance
from ordercore.errors import NotReproducible
from ordercore.layout.blocks import Cell, Notes, Table, TableRow, columns
from ordercore.layout.page import Page
from ordercore.money import Money
from ordercore.orders.changes.obstacles import obstacles_told
from ordercore.orders.changes.preview import ChangePreview
from ordercore.orders.changes.words import agreed_told, detail_told
from ordercore.orders.order import Order
from ordercore.orders.payments.parts import Component
from ordercore.orders.prices import charges_of, price_of
from ordercore.pricing import Difference, OutsideQuote, Part, diff
from ordercore.pricing.explain import explain
from ordercore.wording import Words

__all__ = ["explain_change"]


def explain_change(preview: ChangePreview, locale: str = "en", *, zone: str | None = None) -> Page:
    """Put the preview of a change into words, as text, as tables, as HTML and as plain data.

    It has the edits; what makes the new price another, with what becomes of promotions, as
    `ordercore.diff` tells it; what is then to be paid or given back; and all that is in the
    way. Where this version prices the order otherwise, or the order has only a part of what
    was priced, the difference is that of the amounts on record.

    Args:
        preview: What `preview_change` has made. Of a proposal, make it again:
            ``preview_change(order, change.edits, change.quote)``.
        locale: ``zh_CN`` or ``en``, or a region of these.
        zone: In which time zone instants are told; None: each by its own offset.

    Raises:
        InvalidType: It is no preview.
        InvalidValue: There are no words in that language, or no such zone.
    """
    instance(ChangePreview)(None, Named("preview"), preview)
    return _Telling(preview, Words(locale), zone).page()


@frozen
class _Telling:
    """Tells one preview in one language."""

    preview: ChangePreview
    words: Words
    zone: str | None

    def page(self) -> Page:
        price = self.price()
        notes = [*self.settlement(), *self.obstacles()]
        return Page(
            kind="change",
            locale=self.words.locale,
            text="\n".join(self.lines(price, notes)),
            blocks=(self.edits(), *([] if price is None else price.blocks), *notes),
        )

    def lines(self, price: Page | None, notes: list[Notes]) -> Iterator[str]:
        key = "change.possible" if self.preview.is_allowed else "change.impossible"
        yield self.words.say(key, number=self.preview.before.number)
        for detail in self.preview.details:
            yield f"  {detail_told(detail, self.words, self.zone)}"
        if price is not None:
            yield price.text
        for each in notes:
            yield from each.items

    def edits(self) -> Table:
        return Table(
            name="edits",
            title=self.words.say("page.edits"),
            columns=columns(self.words, "edit", "item", "before", "after", "reason"),
            rows=tuple(self.rows()),
        )

    def rows(self) -> Iterator[TableRow]:
        for each in self.preview.details:
            sides = [
                agreed_told(each.kind, side, self.words, self.zone)
                for side in (each.before, each.after)
            ]
            kind = self.words.say(f"edit.kind.{each.kind}")
            texts = (kind, each.title, *sides, each.reason)
            yield TableRow(kind=each.kind, subject=each.line, cells=tuple(map(Cell, texts)))

    # Money

    def price(self) -> Page | None:
        """Tell what makes the new price another; None: it is the same, or there is none."""
        after = self.preview.after
        if after is None or self.preview.quote is None:
            return None
        return explain(_compared(self.preview.before, after), self.words.locale, zone=self.zone)

    def settlement(self) -> Iterator[Notes]:
        if self.preview.is_allowed:
            title = self.words.say("page.settlement")
            yield Notes(name="settlement", title=title, items=tuple(self.due()))

    def due(self) -> Iterator[str]:
        say, preview = self.words.say, self.preview
        if preview.payable is None:
            yield say("change.no_price")
            return
        if preview.quote is None:
            yield say("change.same_price")
        due = {"to_pay": preview.to_pay, "to_give_back": preview.to_give_back}
        told = [
            say(f"change.{name}", amount=self.amount(amount))
            for name, amount in due.items()
            if amount is not None and not amount.is_zero
        ]
        yield from told or [say("change.nothing_due")]

    def amount(self, amount: Money) -> str:
        return self.words.amount_minor(amount.minor, amount.currency, amount.currency.digits)

    # What is in the way

    def obstacles(self) -> Iterator[Notes]:
        items = tuple(obstacles_told(self.preview, self.words))
        if items:
            yield Notes(name="obstacles", title=self.words.say("page.obstacles"), items=items)


# The difference


def _compared(before: Order, after: Order) -> Difference:
    """Compare two prices of record: as quotes where that can be, or else by their amounts."""
    if before.quote is not None and after.quote is not None and _is_whole(before):
        try:
            return diff(before.quote.quote(), after.quote.quote())
        except NotReproducible:
            pass
    found = diff(_recorded(before), _recorded(after))
    titles = {**_titles(after), **_titles(before)}
    changes = [
        evolve(each, title=titles.get((each.part, each.id), each.title)) for each in found.changes
    ]
    return evolve(found, changes=tuple(changes))


def _titles(order: Order) -> dict[tuple[Part, str], str]:
    """Tell what people call lines and fees."""
    fees = () if order.quote is None else order.quote.cart.fees
    lines = {(Part.LINE, line.id): line.product.title for line in order.lines}
    return {**lines, **{(Part.FEE, fee.id): fee.title for fee in fees}}


def _is_whole(order: Order) -> bool:
    """Tell whether an order is what its quote is of, line by line under the same ids."""
    names = (None if line.quoted is None else line.quoted.line for line in order.lines)
    return order.part is None and all(
        line.id == name for line, name in zip(order.lines, names, strict=True)
    )


def _recorded(order: Order) -> OutsideQuote:
    """Read off the record what an order comes to; tax on top of its lines is with them."""

    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    charges = charges_of(order)
    lines = {
        line.id: money(price_of(order, line, line.quantities.ordered)) for line in order.lines
    }
    fees = {name: money(minor) for (kind, name), minor in charges.items() if kind is Component.FEE}
    shipping, tax, rounding = (
        money(charges[kind, ""])
        for kind in (Component.SHIPPING, Component.TAX, Component.ROUNDING)
    )
    return OutsideQuote(
        order.currency,
        order.balance.payable,
        lines=lines,
        shipping=shipping,
        fees=fees,
        tax=tax,
        rounding=rounding,
    )
