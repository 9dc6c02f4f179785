"""What edits make of an order's terms: its details, and of each line how many units are kept.

Nothing is priced here. The terms as edited give the cart that is to be priced, and with its
price the next lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, frozen

from ordercore.cart import Cart, CartLine
from ordercore.catalog import Product
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    NotFound,
    all_faults,
)
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
from ordercore.orders.details import OrderDetails, ServiceWish
from ordercore.orders.ledger import Quantities
from ordercore.orders.lines import OrderLine, QuotedUnits
from ordercore.orders.order import Order
from ordercore.pricing.record import QuoteRecord

__all__ = ["LineTerms", "Terms", "changed", "check_edits", "edited", "expected_cart"]


@frozen
class LineTerms:
    """What is wanted of a line.

    Attributes:
        product: Of what it is.
        kept: How many units are wanted; 0 where the line is removed.
        priced: The line of a cart that is to be priced: with it, all units ordered. None: the
            order has no price yet.
        service: Where and when, of a service.
        before: The line of the order; None: it is new.
    """

    product: Product
    kept: int
    priced: CartLine | None
    service: ServiceWish | None
    before: OrderLine | None = None

    @property
    def cancelled(self) -> int:
        """Units that were given up before: they stay in the books, and in the price."""
        return 0 if self.before is None else self.before.quantities.cancelled

    @property
    def shipped(self) -> int:
        """Units that are not to be taken away any more."""
        return 0 if self.before is None else self.before.quantities.shipped

    @property
    def ordered(self) -> int:
        """Units in the books from now on."""
        return self.kept + self.cancelled


@frozen
class Terms:
    """Details, and what is wanted of each line, by its id."""

    details: OrderDetails
    lines: Mapping[str, LineTerms]


def edited(order: Order, edits: Sequence[Edit]) -> Terms:
    """Make the terms that edits ask for, whether the order allows them or not.

    Raises:
        InvalidDocument: With every edit that speaks of a line that is not there, or of one
            that already is, is in another currency, or contradicts another one.
    """
    check_edits(order, edits)
    terms = Terms(order.details, {line.id: _terms_of(order, line) for line in order.lines})
    for position, edit in enumerate(edits):
        try:
            terms = _EDITED[type(edit)](terms, edit)
        except InvalidInput as error:  # with those that were cancelled, too many units
            raise error.at("edits", position) from None
    return terms


def _terms_of(order: Order, line: OrderLine) -> LineTerms:
    priced = None
    if order.quote is not None and line.quoted is not None:
        priced = evolve(
            order.quote.cart.line(line.quoted.line), id=line.id, quantity=line.quantities.ordered
        )
    return LineTerms(line.product, line.quantities.kept, priced, line.service, line)


def check_edits(order: Order, edits: Sequence[Edit]) -> None:
    """Refuse edits that do not fit the order, or each other; all of them are told."""
    faults = [
        fault.at("edits", position)
        for position, edit in enumerate(edits)
        for fault in _edit_faults(order, edit)
    ]
    faults += _double(edits)
    if faults:
        raise InvalidDocument(faults)


def _edit_faults(order: Order, edit: Edit) -> Iterator[InvalidInput]:
    wishes = dict(order.wishes)
    there = edit.about in wishes
    if isinstance(edit, AddLine):
        if there:
            expected = "an id that no line of this order has"
            yield InvalidValue(expected, edit.about, path=("line", "id"), reason="duplicate_id")
        yield from _price_faults(order, edit.line.unit_price, "line", "unit_price")
    elif edit.about is not None and not there:
        yield NotFound("the id of a line of this order", edit.about, path=("line",))
    elif isinstance(edit, ChangeService) and wishes[edit.line] is None:
        expected = "the id of a line that is a service"
        yield InvalidValue(expected, edit.line, path=("line",), reason="no_service")
    if isinstance(edit, OverridePrice):
        yield from _price_faults(order, edit.unit_price, "unit_price")


def _price_faults(order: Order, price: UnitPrice, *place: str) -> Iterator[InvalidInput]:
    if price.currency != order.currency:
        yield CurrencyMismatch(f"a price in {order.currency}", str(price), path=place)


def _double(edits: Sequence[Edit]) -> Iterator[InvalidInput]:
    """Tell of edits that change what one before them changes."""
    seen: dict[tuple[str | None, str], int] = {}
    for position, edit in enumerate(edits):
        before = [seen[edit.about, each] for each in edit.aspects if (edit.about, each) in seen]
        if before:
            expected = f"one edit of this: edit {min(before)} changes it, too"
            yield InvalidValue(expected, path=("edits", position), reason="double_edit")
        seen.update({(edit.about, each): position for each in edit.aspects})


# What each kind of edit does


def _with_line(terms: Terms, name: str, line: LineTerms) -> Terms:
    return evolve(terms, lines={**terms.lines, name: line})


def _added(terms: Terms, edit: AddLine) -> Terms:
    line = LineTerms(edit.line.product, edit.line.quantity, edit.line, edit.service)
    return _with_line(terms, edit.about, line)


def _counted(terms: Terms, name: str, kept: int) -> Terms:
    line = evolve(terms.lines[name], kept=kept)
    if line.priced is not None and line.ordered:
        line = evolve(line, priced=evolve(line.priced, quantity=line.ordered))
    return _with_line(terms, name, line)


def _removed(terms: Terms, edit: RemoveLine) -> Terms:
    return _counted(terms, edit.line, 0)


def _quantity_changed(terms: Terms, edit: ChangeQuantity) -> Terms:
    return _counted(terms, edit.line, edit.quantity)


def _overridden(terms: Terms, edit: OverridePrice) -> Terms:
    line = terms.lines[edit.line]
    if line.priced is None:
        return terms
    priced = evolve(line.priced, unit_price=edit.unit_price)
    return _with_line(terms, edit.line, evolve(line, priced=priced))


def _service_changed(terms: Terms, edit: ChangeService) -> Terms:
    line = evolve(terms.lines[edit.line], service=edit.service)
    return _with_line(terms, edit.line, line)


def _address_changed(terms: Terms, edit: ChangeAddress) -> Terms:
    return evolve(terms, details=evolve(terms.details, delivery=edit.delivery))


def _contact_changed(terms: Terms, edit: ChangeContact) -> Terms:
    return evolve(terms, details=evolve(terms.details, contact=edit.contact))


def _remarks_changed(terms: Terms, edit: ChangeRemarks) -> Terms:
    return evolve(terms, details=evolve(terms.details, remarks=edit.remarks))


_EDITED: Final[Mapping[type[Edit], Callable[[Terms, Any], Terms]]] = MappingProxyType(
    {
        AddLine: _added,
        ChangeAddress: _address_changed,
        ChangeContact: _contact_changed,
        ChangeQuantity: _quantity_changed,
        ChangeRemarks: _remarks_changed,
        ChangeService: _service_changed,
        OverridePrice: _overridden,
        RemoveLine: _removed,
    }
)
"""What each edit does."""


# What comes of it


def expected_cart(order: Order, terms: Terms) -> Cart:
    """Make the cart that is to be priced: all units ordered, at the prices agreed before.

    Units that were cancelled before are in it, for they keep their share of the price.

    Raises:
        InvalidValue: The order has no price yet.
        InvalidInput: The cart is larger or dearer than carts may be.
    """
    if order.quote is None:
        raise InvalidValue("an order that has a price", path=("quote",), reason="unpriced")
    lines = [each.priced for each in terms.lines.values() if each.priced and each.ordered]
    return evolve(order.quote.cart, lines=lines, **_charges(order, order.quote.cart))


def _charges(order: Order, cart: Cart) -> dict[str, Any]:
    """Tell the charges of the cart: of a part of an order that was split, what it bears."""
    if order.part is None:
        return {}
    borne = {fee.id: fee.amount for fee in order.part.fees}
    fees = [evolve(fee, amount=borne[fee.id]) for fee in cart.fees]
    return {"shipping": order.part.shipping, "fees": fees}


def changed(order: Order, edits: Sequence[Edit], quote: QuoteRecord | None) -> Order:
    """Make the order that edits and another price of record give.

    Args:
        order: Before.
        edits: What is to be otherwise.
        quote: The price of record from now on; None: as before.

    Raises:
        InvalidDocument: They do not fit the order, or what they give is no lawful order.
    """
    terms = edited(order, edits)
    lines: list[OrderLine] = []
    faults: list[InvalidInput] = []
    for name, each in terms.lines.items():
        try:
            lines += [_next_line(name, each, new_price=quote is not None)] if each.ordered else []
        except (InvalidInput, InvalidDocument) as error:
            faults += all_faults(error, "lines", name)
    if faults:
        raise InvalidDocument(faults)
    price: dict[str, Any] = {} if quote is None else {"quote": quote, "part": None}
    return evolve(order, details=terms.details, lines=lines, **price)


def _next_line(name: str, terms: LineTerms, *, new_price: bool) -> OrderLine:
    before = terms.before
    quoted = QuotedUnits(name) if new_price or before is None else before.quoted
    units = Quantities(ordered=terms.ordered) if before is None else _units(terms, before)
    return OrderLine(
        id=name, product=terms.product, quantities=units, quoted=quoted, service=terms.service
    )


def _units(terms: LineTerms, before: OrderLine) -> Quantities:
    """Count the units of a line that was there before; what is not open is not allocated."""
    allocated = min(before.quantities.allocated, max(0, terms.kept - terms.shipped))
    return evolve(before.quantities, ordered=terms.ordered, allocated=allocated)
