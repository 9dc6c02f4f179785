"""English: what a change of an order changes, and what is in its way."""

from ordercore.wording.messages import Message, plurals

__all__ = ["CHANGES"]

_EDITS: dict[str, Message] = {
    "edit.add_line": "{title} added: {after}",
    "edit.remove_line": "{title} removed: {before}",
    "edit.remove_line.to": "{title} removed",
    "edit.change_quantity": "{title}: quantity {before} → {after}",
    "edit.change_quantity.to": "{title}: quantity now {after}",
    "edit.override_price": "{title}: unit price {before} → {after} ({reason})",
    "edit.override_price.to": "{title}: unit price now {after} ({reason})",
    "edit.change_service": "{title}: appointment {before} → {after}",
    "edit.change_service.to": "{title}: appointment now {after}",
    "edit.change_address": "address {before} → {after}",
    "edit.change_address.to": "address now {after}",
    "edit.change_contact": "contact changed",
    "edit.change_remarks": "remarks changed",
    "edit.at": "{count} × {price}",
    "edit.open": "open",
    "edit.place": "{place} •",
    "edit.window": "{start} – {end}",
}
"""What an edit changes, by its tag; ``.to`` where nobody knows what was before."""

_KINDS: dict[str, Message] = {
    "edit.kind.add_line": "item added",
    "edit.kind.remove_line": "item removed",
    "edit.kind.change_quantity": "quantity changed",
    "edit.kind.override_price": "price changed",
    "edit.kind.change_service": "appointment changed",
    "edit.kind.change_address": "address changed",
    "edit.kind.change_contact": "contact changed",
    "edit.kind.change_remarks": "remarks changed",
}
"""What an edit is called, by its tag."""

_OBSTACLES: dict[str, Message] = {
    "change.unmet.base_current": "the order has changed since: preview the change anew",
    "change.unmet.order_going_on": "the order is over: {state}",
    "change.unmet.units_open.line": plurals(
        "count",
        one="{title}: {count} is shipped already; no fewer can be kept",
        other="{title}: {count} are shipped already; no fewer can be kept",
    ),
    "change.unmet.units_open.service": "{title}: nothing of it is open any more",
    "change.unmet.units_open.delivery": "nothing is left to be delivered to another address",
    "change.unmet.units_left": "nothing would be left of the order: cancel it instead",
    "change.unmet.place_known": "{title}: nobody knows where to: give an address",
    "change.unmet.priced.missing": "it is not priced: give the quote of the changed cart",
    "change.unmet.priced.draft": "the draft has no price yet: price all of it",
    "change.unmet.priced.line": "{title}: what was priced is not what would be ordered",
    "change.unmet.given_back_stands.line": (
        "{title}: {units} given back at {before}, and {after} by the new price; what was given"
        " back is not made cheaper"
    ),
    "change.unmet.given_back_stands.taxed": (
        "{title}: {units} given back at {before}, with more tax than by the new price"
    ),
    "change.unmet.given_back_stands.beyond": (
        "{what}: more was given back than the new price says"
    ),
    "change.unmet.given_back_stands.advice": (
        "instead: place another order for what is added; cancel units that are not wanted"
    ),
}
"""What is in the way of a change, by the guard that does not hold."""

CHANGES: dict[str, Message] = {
    **_EDITS,
    **_KINDS,
    **_OBSTACLES,
    "table.edit": "Edit",
    "table.reason": "Reason",
    "page.edits": "What changes",
    "page.settlement": "What is to be paid or given back",
    "page.obstacles": "In the way",
    "change.possible": "Order {number} may be changed",
    "change.impossible": "Order {number} cannot be changed so",
    "change.same_price": "The price stays as it is",
    "change.no_price": "The order has no price yet",
    "change.to_pay": "Then {amount} to be paid",
    "change.to_give_back": "Then {amount} to be refunded",
    "change.nothing_due": "Then nothing to be paid or refunded",
}
"""What is told of a change."""
