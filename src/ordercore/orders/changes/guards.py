"""What must hold for a change to be confirmed: the guards of its machine, answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from ordercore.cart import CartLine
from ordercore.lifecycle import Answer
from ordercore.orders.changes.edits import ChangeAddress, ChangeService, Edit
from ordercore.orders.changes.given_back import cheapened
from ordercore.orders.changes.terms import Terms
from ordercore.orders.commands import none_of
from ordercore.orders.lines import without_place
from ordercore.orders.machine import ORDER, OrderState
from ordercore.orders.order import Order
from ordercore.pricing.record import QuoteRecord

__all__ = ["Asked", "change_guards"]


@frozen(kw_only=True)
class Asked:
    """A change that somebody asks for: of which order, its edits, and what comes of them."""

    order: Order
    edits: Sequence[Edit]
    terms: Terms
    quote: QuoteRecord | None


def change_guards(asked: Asked, base: int) -> dict[str, Answer]:
    """Answer every guard of `ORDER_CHANGE`.

    Args:
        asked: The change.
        base: The version of the order that it was asked of.
    """
    order, lines = asked.order, asked.terms.lines
    current = {"base": str(base), "now": str(order.version)}
    placed = order.state is not OrderState.DRAFT
    wanted = {name: line.service for name, line in lines.items() if line.kept}
    return {
        "base_current": order.version == base or current,
        "order_going_on": order.state not in ORDER.terminal or {"state": order.state.value},
        "units_open": none_of(_not_open(asked)),
        "units_left": bool(wanted) or not placed,
        "place_known": none_of(
            without_place(asked.terms.details, wanted.items()) if placed else ()
        ),
        "priced": none_of(_unpriced(asked)),
        "given_back_stands": none_of(
            (each.line, str(each)) for each in cheapened(order, asked.quote)
        ),
    }


def _not_open(asked: Asked) -> Iterator[tuple[str, str]]:
    """List lines of which shipped units would be taken away, and what comes too late."""
    for name, line in asked.terms.lines.items():
        if line.kept < line.shipped:
            yield name, f"{line.shipped} shipped"
    for edit in asked.edits:
        if isinstance(edit, ChangeAddress) and not _delivers(asked.terms):
            yield "delivery", "nothing open"
        if isinstance(edit, ChangeService) and not asked.order.line(edit.line).quantities.open:
            yield edit.line, "nothing open"


def _delivers(terms: Terms) -> bool:
    """Tell whether something is still to be brought, or done, at the address of delivery."""
    return any(
        line.kept > line.shipped
        for line in terms.lines.values()
        if line.service is None or line.service.site is None
    )


# The price


def _unpriced(asked: Asked) -> Iterator[tuple[str, str]]:
    """List the lines that the price of record would not be of."""
    if asked.quote is None:
        if any(edit.is_priced for edit in asked.edits):
            yield "quote", "missing"
        return
    if asked.order.quote is None:
        yield "quote", "not asked for: a draft without a price is priced as a whole"
        return
    priced = {line.id: line for line in asked.quote.cart.lines}
    wanted = {name: line.priced for name, line in asked.terms.lines.items() if line.ordered}
    for name in {**wanted, **priced}:
        if wanted.get(name) != priced.get(name):
            yield name, _difference(wanted.get(name), priced.get(name))


def _difference(wanted: CartLine | None, priced: CartLine | None) -> str:
    if wanted is None:
        return "not wanted"
    if priced is None:
        return "not priced"
    names = ("product", "quantity", "unit_price", "floor_price")
    return ", ".join(name for name in names if getattr(wanted, name) != getattr(priced, name))
