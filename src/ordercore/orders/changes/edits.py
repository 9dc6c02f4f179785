"""Edits: what is to be other than agreed, as data.

Each is about something (`Edit.about`) and about one aspect of it or all of it, so that two
edits of one change that contradict each other are found.
"""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.cart import CartLine
from ordercore.data import variant, variants
from ordercore.data.checks import Check, each, identifier, instance, optional, quantity, text
from ordercore.data.private import PRIVATE, private
from ordercore.errors import InvalidType
from ordercore.money import UnitPrice
from ordercore.money.fields import PRICE_FIELD
from ordercore.orders.details import ServiceWish, masked
from ordercore.parties import Address, Contact

__all__ = [
    "MAX_EDITS",
    "AddLine",
    "ChangeAddress",
    "ChangeContact",
    "ChangeQuantity",
    "ChangeRemarks",
    "ChangeService",
    "Edit",
    "OverridePrice",
    "RemoveLine",
    "are_edits",
]

MAX_EDITS: Final = 1000
"""The most edits of one change."""

_QUANTITY, _PRICE, _SERVICE = "quantity", "price", "service"
_WHOLE: Final = frozenset({_QUANTITY, _PRICE, _SERVICE})


class Edit:
    """The family of edits of an order."""

    __slots__ = ()

    @property
    def about(self) -> str | None:
        """The id of the line that it is about; None: it is about the order as a whole."""
        return None

    @property
    def aspects(self) -> frozenset[str]:
        """What of that it changes."""
        raise NotImplementedError

    @property
    def is_priced(self) -> bool:
        """Whether the order needs another price of record for it."""
        return not self.aspects.isdisjoint((_QUANTITY, _PRICE))

    def anonymised(self) -> Edit:
        """Forget what says who somebody is or where they live."""
        return self


@variant(Edit, "add_line")
@frozen
class AddLine(Edit):
    """A further line.

    Args:
        line: What is bought, at which unit price; its id is that of the new line, and new.
        service: Where and when, of a service; None: these are goods.
    """

    line: CartLine = field(validator=instance(CartLine))
    service: ServiceWish | None = field(default=None, validator=optional(instance(ServiceWish)))

    @property
    def about(self) -> str:
        """The id of the new line."""
        return self.line.id

    @property
    def aspects(self) -> frozenset[str]:
        """All of the line."""
        return _WHOLE

    def anonymised(self) -> AddLine:
        """Forget where exactly the service is done."""
        return self if self.service is None else evolve(self, service=self.service.anonymised())


@variant(Edit, "remove_line")
@frozen
class RemoveLine(Edit):
    """No unit of a line is wanted any more.

    Args:
        line: The id of the line in the order.
    """

    line: str = field(validator=identifier)

    @property
    def about(self) -> str:
        """The id of the line."""
        return self.line

    @property
    def aspects(self) -> frozenset[str]:
        """All of the line."""
        return _WHOLE


@variant(Edit, "change_quantity")
@frozen
class ChangeQuantity(Edit):
    """A line has more units, or fewer.

    Args:
        line: The id of the line in the order.
        quantity: How many units are kept: shipped ones count, cancelled ones do not.
    """

    line: str = field(validator=identifier)
    quantity: int = field(validator=quantity)

    @property
    def about(self) -> str:
        """The id of the line."""
        return self.line

    @property
    def aspects(self) -> frozenset[str]:
        """How many units there are."""
        return frozenset({_QUANTITY})


@variant(Edit, "override_price")
@frozen
class OverridePrice(Edit):
    """A line has another unit price than the shop's, before promotions.

    Args:
        line: The id of the line in the order.
        unit_price: What a unit costs.
        reason: Why, for those who read the order later; 1 to 200 characters.
    """

    line: str = field(validator=identifier)
    unit_price: UnitPrice = field(validator=instance(UnitPrice), metadata=PRICE_FIELD)
    reason: str = field(validator=text(most=200, least=1))

    @property
    def about(self) -> str:
        """The id of the line."""
        return self.line

    @property
    def aspects(self) -> frozenset[str]:
        """What a unit costs."""
        return frozenset({_PRICE})


@variant(Edit, "change_service")
@frozen
class ChangeService(Edit):
    """A service is wished for at another time or place.

    Args:
        line: The id of the line in the order.
        service: Where and when from now on, as a whole.
    """

    line: str = field(validator=identifier)
    service: ServiceWish = field(validator=instance(ServiceWish))

    @property
    def about(self) -> str:
        """The id of the line."""
        return self.line

    @property
    def aspects(self) -> frozenset[str]:
        """Where and when."""
        return frozenset({_SERVICE})

    def anonymised(self) -> ChangeService:
        """Forget where exactly the service is done."""
        return evolve(self, service=self.service.anonymised())


@variant(Edit, "change_address")
@frozen
class ChangeAddress(Edit):
    """Goods go elsewhere, and so do services that name no site of their own.

    Args:
        delivery: Where to; private.
    """

    delivery: Address = field(validator=private(instance(Address)), metadata=PRIVATE)

    @property
    def aspects(self) -> frozenset[str]:
        """The address of delivery."""
        return frozenset({"delivery"})

    def anonymised(self) -> ChangeAddress:
        """Keep the country and the region."""
        return ChangeAddress(self.delivery.anonymised())


@variant(Edit, "change_contact")
@frozen
class ChangeContact(Edit):
    """Somebody else is to be asked about the order.

    Args:
        contact: Who; private.
    """

    contact: Contact = field(validator=private(instance(Contact)), metadata=PRIVATE)

    @property
    def aspects(self) -> frozenset[str]:
        """The contact."""
        return frozenset({"contact"})

    def anonymised(self) -> ChangeContact:
        """Forget who it is."""
        return ChangeContact(self.contact.anonymised())


@variant(Edit, "change_remarks")
@frozen
class ChangeRemarks(Edit):
    """The customer's remarks read otherwise.

    Args:
        remarks: As from now on; up to 1000 characters, private.
    """

    remarks: str = field(validator=private(text(most=1000)), repr=masked, metadata=PRIVATE)

    @property
    def aspects(self) -> frozenset[str]:
        """The remarks."""
        return frozenset({"remarks"})

    def anonymised(self) -> ChangeRemarks:
        """Forget what was written."""
        return ChangeRemarks("")


def _is_edit(_instance: object, attribute: Any, value: Any) -> None:
    """Accept an edit of a kind that this module has."""
    if type(value) not in variants(Edit).values():
        raise InvalidType("an edit, such as AddLine", value, path=(attribute.name,))


are_edits: Check = each(_is_edit, least=1, most=MAX_EDITS)
"""Accept the edits of one change."""
