"""What edits change, as data: of each, what was agreed before and what is from now on.

It holds nothing that says who somebody is or where they live: of an address the country and
the region are told; of a contact, of remarks and of notes that they are others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from ordercore.calendars import Window
from ordercore.data import tag_of
from ordercore.money import UnitPrice
from ordercore.orders.changes.edits import (
    AddLine,
    ChangeAddress,
    ChangeContact,
    ChangeQuantity,
    ChangeRemarks,
    ChangeService,
    Edit,
    OverridePrice,
    RemoveLine,
)
from ordercore.orders.details import ServiceWish
from ordercore.orders.lines import OrderLine
from ordercore.orders.order import Order
from ordercore.parties import Address

__all__ = ["Agreed", "EditDetail", "edit_details"]

_NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})


@frozen(kw_only=True)
class Agreed:
    """What an edit is about, as it is agreed on one side; only what it may change is told.

    Attributes:
        quantity: How many units of the line are kept.
        unit_price: What a unit costs before promotions, by the cart; None: there is no price.
        appointment: When a service is wished for; None: that is open.
        place: Of an address, the country and the region.
    """

    quantity: int | None = None
    unit_price: UnitPrice | None = None
    appointment: Window | None = None
    place: str = ""


@frozen(kw_only=True)
class EditDetail:
    """What one edit changes.

    Attributes:
        kind: The tag of the edit: ``change_quantity``.
        line: The id of the line; empty: it is about the order as a whole.
        title: What people call the product.
        before: As it was agreed; None: there was none, or nobody says.
        after: As it is agreed from now on; None: there is none, or it is private.
        reason: Why, of a price.
    """

    kind: str
    line: str = ""
    title: str = ""
    before: Agreed | None = None
    after: Agreed | None = None
    reason: str = ""


def edit_details(
    order: Order | None, edits: Iterable[Edit], titles: Mapping[str, str] = _NO_TITLES
) -> tuple[EditDetail, ...]:
    """Tell what each edit changes.

    Args:
        order: As it was before; None: nobody knows, and only what is from now on is told.
        edits: They fit the order.
        titles: What people call the products of lines, where the order does not say.
    """
    lines = {} if order is None else {line.id: line for line in order.lines}
    known = {**titles, **{name: line.product.title for name, line in lines.items()}}
    found = []
    for edit in edits:
        name = edit.about or ""
        line = lines.get(name)
        told = _TOLD[type(edit)](edit, order, line)
        title = known.get(name, name)
        found.append(EditDetail(kind=tag_of(edit), line=name, **{"title": title, **told}))
    return tuple(found)


# What each kind of edit tells


_Told = dict[str, Any]


def _added(edit: AddLine, _order: Order | None, _line: OrderLine | None) -> _Told:
    line = edit.line
    after = Agreed(
        quantity=line.quantity,
        unit_price=line.unit_price,
        appointment=None if edit.service is None else edit.service.appointment,
    )
    return {"title": line.product.title, "after": after}


def _removed(_edit: RemoveLine, order: Order | None, line: OrderLine | None) -> _Told:
    return {"before": _of_line(order, line, "quantity", "unit_price")}


def _counted(edit: ChangeQuantity, order: Order | None, line: OrderLine | None) -> _Told:
    before = _of_line(order, line, "quantity")
    return {"before": before, "after": Agreed(quantity=edit.quantity)}


def _overridden(edit: OverridePrice, order: Order | None, line: OrderLine | None) -> _Told:
    before = _of_line(order, line, "unit_price")
    return {
        "before": before,
        "after": Agreed(unit_price=edit.unit_price),
        "reason": edit.reason,
    }


def _served(edit: ChangeService, _order: Order | None, line: OrderLine | None) -> _Told:
    before = None if line is None or line.service is None else _wished(line.service)
    return {"before": before, "after": _wished(edit.service)}


def _addressed(edit: ChangeAddress, order: Order | None, _line: OrderLine | None) -> _Told:
    before = None if order is None else order.details.delivery
    return {
        "before": None if before is None else Agreed(place=_place(before)),
        "after": Agreed(place=_place(edit.delivery)),
    }


def _private(_edit: Edit, _order: Order | None, _line: OrderLine | None) -> _Told:
    return {}


def _of_line(order: Order | None, line: OrderLine | None, *names: str) -> Agreed | None:
    """Read some of what is agreed of a line."""
    if order is None or line is None:
        return None
    found: _Told = {"quantity": line.quantities.kept, "unit_price": None}
    if order.quote is not None and line.quoted is not None:
        found["unit_price"] = order.quote.cart.line(line.quoted.line).unit_price
    return Agreed(**{name: found[name] for name in names})


def _wished(service: ServiceWish) -> Agreed:
    place = "" if service.site is None else _place(service.site)
    return Agreed(appointment=service.appointment, place=place)


def _place(address: Address) -> str:
    return " ".join(filter(None, (address.country, address.region)))


_TOLD: Final[Mapping[type[Edit], Callable[[Any, Order | None, OrderLine | None], _Told]]] = (
    MappingProxyType(
        {
            AddLine: _added,
            ChangeAddress: _addressed,
            ChangeContact: _private,
            ChangeQuantity: _counted,
            ChangeRemarks: _private,
            ChangeService: _served,
            OverridePrice: _overridden,
            RemoveLine: _removed,
        }
    )
)
"""What each kind of edit tells."""
