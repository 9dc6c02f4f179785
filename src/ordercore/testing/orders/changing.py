"""What is agreed otherwise, at once or after consent, one edit at a time or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from ordercore.calendars import Window
from ordercore.cart import Cart, CartLine
from ordercore.money import UnitPrice
from ordercore.orders import (
    AddLine,
    ChangeAddress,
    ChangeContact,
    ChangePreview,
    ChangeQuantity,
    ChangeRemarks,
    ChangeService,
    ChangeState,
    Edit,
    Order,
    OrderChange,
    OrderLine,
    OverridePrice,
    RemoveLine,
    ServiceWish,
    cancel_change,
    confirm_change,
    confirm_proposed,
    decline_change,
    preview_change,
    propose_change,
)
from ordercore.orders.changes.commands import ChangeResult
from ordercore.parties import Address, Contact
from ordercore.pricing import Quote, price_in
from ordercore.testing.alphabets import INSTANT
from ordercore.testing.orders.histories import OrderHistory, proposed
from ordercore.testing.orders.steps import Step, Told

__all__ = ["CHANGES"]

_ELSEWHERE: Final = Address(country="CN", region="上海市", lines=["南京路 2 号"])
_ANOTHER: Final = ServiceWish(site=_ELSEWHERE, appointment=Window(INSTANT, None))

Made = Callable[[OrderHistory, Step], Edit | None]
"""Makes an edit; None: there is nothing that it might be about."""


# Edits


def _line(history: OrderHistory, how: Step, *, service: bool = False) -> OrderLine | None:
    lines = [each for each in history.order.lines if each.is_service or not service]
    return lines[how.pick(len(lines))] if lines else None


def _price(history: OrderHistory, how: Step) -> UnitPrice:
    price = ("9", "0", "1000", "1")[how.share]
    return UnitPrice.of(price, history.order.currency)


def _added(history: OrderHistory, how: Step) -> Edit:
    line = CartLine.of(
        history.name("l"),
        "scarf",
        1 + how.place,
        _price(history, how).decimal,
        history.order.currency,
    )
    return AddLine(line, _ANOTHER if how.place % 2 else None)


def _removed(history: OrderHistory, how: Step) -> Edit | None:
    line = _line(history, how)
    return None if line is None else RemoveLine(line.id)


def _counted(history: OrderHistory, how: Step) -> Edit | None:
    line = _line(history, how)
    if line is None:
        return None
    kept = line.quantities.kept
    return ChangeQuantity(line.id, (kept + 1, 1, max(1, kept - 1), kept + 3)[how.share])


def _overridden(history: OrderHistory, how: Step) -> Edit | None:
    line = _line(history, how)
    return None if line is None else OverridePrice(line.id, _price(history, how), "damaged box")


def _served_otherwise(history: OrderHistory, how: Step) -> Edit | None:
    line = _line(history, how, service=True)
    return None if line is None else ChangeService(line.id, _ANOTHER)


EDITS: Final[Mapping[str, Made]] = MappingProxyType(
    {
        "change_address": lambda *_: ChangeAddress(_ELSEWHERE),
        "change_contact": lambda *_: ChangeContact(Contact("李")),
        "change_remarks": lambda *_: ChangeRemarks("先打电话"),
        "change_quantity": _counted,
        "change_service": _served_otherwise,
        "override_price": _overridden,
        "add_line": _added,
        "remove_line": _removed,
    }
)
"""Edits, by name."""


# Changes


def _preview(history: OrderHistory, edits: list[Edit | None]) -> ChangePreview | None:
    """Preview what there is to edit; None: nothing, or it is not allowed."""
    order, asked = history.order, [each for each in edits if each is not None]
    priced = any(each.is_priced for each in asked)
    if not asked or (priced and order.quote is None):
        return None
    preview = preview_change(order, asked, _pricing(order) if priced else None)
    return preview if preview.is_allowed else None


def _pricing(order: Order) -> Callable[[Cart], Quote] | None:
    """Price a changed cart as the order was priced."""
    record = order.quote
    if record is None:
        return None
    return lambda cart: price_in(cart, record.book, record.context, record.tariff)


def _edits(names: tuple[str, ...], history: OrderHistory, how: Step) -> list[Edit | None]:
    return [EDITS[name](history, how) for name in names]


def _changed(*names: str) -> Told:
    """Make the step that makes edits at once."""

    def step(history: OrderHistory, how: Step) -> OrderHistory | None:
        preview = _preview(history, _edits(names, history, how))
        return None if preview is None else history.then(confirm_change(history.order, preview))

    return step


def _proposed(*names: str) -> Told:
    """Make the step that proposes edits."""

    def step(history: OrderHistory, how: Step) -> OrderHistory | None:
        preview = _preview(history, _edits(names, history, how))
        if preview is None:
            return None
        name = f"{history.name('ch')}-{len(history.changes)}"
        change = proposed(propose_change(preview, id=name))
        return history.proposing(change)

    return step


def _awaiting(history: OrderHistory, how: Step, *, current: bool) -> OrderHistory | None:
    """Go on where a proposal awaits an answer; where none does, propose something before."""
    if _open_changes(history, current=current):
        return history
    return _proposed("change_quantity", "change_address")(history, how)


def _open_changes(history: OrderHistory, *, current: bool) -> list[int]:
    return [
        number
        for number, each in enumerate(history.changes)
        if each.value.state is ChangeState.PROPOSED
        and (not current or each.value.base == history.order.version)
    ]


def _consented(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Confirm a proposal that is of this version."""
    asked = _awaiting(history, how, current=True)
    if asked is None:
        return None
    number = _open_changes(asked, current=True)[0]
    change = asked.changes[number]
    made, settled = confirm_proposed(asked.order, change.value)
    return asked.then(made).changed(number, change.then(settled))


def _ended(end: Callable[[OrderChange, str], ChangeResult]) -> Told:
    """Make the step that ends a proposal without a change."""

    def step(history: OrderHistory, how: Step) -> OrderHistory | None:
        asked = _awaiting(history, how, current=False)
        if asked is None:
            return None
        number = _open_changes(asked, current=False)[0]
        change = asked.changes[number]
        return asked.changed(number, change.then(end(change.value, "too_dear")))

    return step


CHANGES: Final[Mapping[str, Told]] = MappingProxyType(
    {
        **{name: _changed(name) for name in EDITS},
        "change_more": _changed("change_quantity", "add_line", "change_contact"),
        "propose_contact": _proposed("change_contact"),
        "propose_more": _proposed("change_quantity", "change_address"),
        "confirm_change": _consented,
        "decline_change": _ended(decline_change),
        "cancel_change": _ended(cancel_change),
    }
)
"""What is agreed otherwise, by name."""
