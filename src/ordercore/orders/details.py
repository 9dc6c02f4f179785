"""What an order says beside its goods: who, where to, the invoice, remarks, appointments.

What says who somebody is or where they live is private, as in `ordercore.parties`: ``repr``
masks it and faults do not show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from ordercore.calendars import Window
from ordercore.data.attributes import (
    NO_ATTRIBUTES,
    Attributes,
    attributes_if_valid,
    is_attributes,
)
from ordercore.data.checks import (
    Check,
    each,
    identifier,
    instance,
    member,
    member_of,
    names_of,
    optional,
    text,
)
from ordercore.data.private import PRIVATE, private
from ordercore.errors import InvalidInput, InvalidValue
from ordercore.parties import Address, Contact, Customer

__all__ = ["InvoiceKind", "InvoiceWish", "OrderDetails", "Origin", "ServiceWish", "masked"]

_MASK = "•"


def masked(value: object) -> str:
    """Show whether there is something, and not what."""
    return repr(_MASK if value else value)


def _hidden_attributes(held: Attributes) -> str:
    return masked(held or None)


class Origin(StrEnum):
    """Where an order comes from."""

    NORMAL = "normal"
    REPLACEMENT = "replacement"


class InvoiceKind(StrEnum):
    """Which invoice is asked for."""

    ORDINARY = "ordinary"
    SPECIAL = "special"


def _kind(given: InvoiceKind | str) -> InvoiceKind:
    return member_of(InvoiceKind, given)


def _check_email(_instance: object, attribute: Any, value: Any) -> None:
    """Accept what is an e-mail address to a `Contact`."""
    try:
        Contact(email=value)
    except InvalidInput as error:
        fault = type(error)(error.expected, path=(attribute.name,), reason=error.reason)
    else:
        return
    raise fault


_title: Check = text(most=200, least=1)


@frozen(kw_only=True)
class InvoiceWish:
    """What invoice the customer wants.

    Args:
        title: In whose name: a person's or a firm's.
        kind: Ordinary, or special: of which the tax may be deducted.
        tax_id: The tax number; a special invoice asks for it.
        email: Where to send it.

    Raises:
        InvalidValue: A special invoice has no tax number.

    >>> InvoiceWish(title="深圳某某科技有限公司", kind="special", tax_id="91440300MA5EXAMPLE")
    InvoiceWish(title='•', kind=<InvoiceKind.SPECIAL: 'special'>, tax_id='•', email=None)
    """

    title: str = field(validator=private(_title), repr=masked, metadata=PRIVATE)
    kind: InvoiceKind = field(
        default=InvoiceKind.ORDINARY, converter=_kind, validator=member(InvoiceKind)
    )
    tax_id: str | None = field(
        default=None, validator=private(optional(identifier)), repr=masked, metadata=PRIVATE
    )
    email: str | None = field(
        default=None, validator=private(optional(_check_email)), repr=masked, metadata=PRIVATE
    )

    def __attrs_post_init__(self) -> None:
        if self.kind is InvoiceKind.SPECIAL and self.tax_id is None:
            expected = "a tax number for a special invoice"
            raise InvalidValue(expected, path=("tax_id",), reason="fields_disagree")

    def anonymised(self) -> InvoiceWish:
        """Keep the kind; a number that is asked for becomes one that says nothing."""
        special = self.kind is InvoiceKind.SPECIAL
        return InvoiceWish(title=_MASK, kind=self.kind, tax_id="-" if special else None)


@frozen(kw_only=True)
class ServiceWish:
    """Where and when a service is wished for.

    Args:
        site: Where it is done; None: at the address of delivery.
        appointment: When the customer would like it; None: that is open.
        note: For who comes; up to 500 characters, private.
    """

    site: Address | None = field(
        default=None, validator=private(optional(instance(Address))), metadata=PRIVATE
    )
    appointment: Window | None = field(default=None, validator=optional(instance(Window)))
    note: str = field(default="", validator=private(text(most=500)), repr=masked, metadata=PRIVATE)

    def anonymised(self) -> ServiceWish:
        """Keep the country and the region of the site, and the appointment."""
        site = None if self.site is None else self.site.anonymised()
        return ServiceWish(site=site, appointment=self.appointment)


def _tags(given: str | Iterable[str]) -> tuple[str, ...]:
    """Put tags in order and drop repeats; what is no tag stays, to be refused."""
    names: Any = names_of(given)
    if isinstance(names, tuple) and all(isinstance(name, str) for name in names):
        return tuple(sorted(set(names)))
    return names  # type: ignore[no-any-return]


@frozen(kw_only=True)
class OrderDetails:
    """What an order says beside its goods.

    Args:
        customer: Who orders; None: somebody who left no account.
        contact: Whom to ask about this order; None: the customer.
        delivery: Where goods go, and where services are done that name no site of their own.
        billing: Where the invoice goes; None: as the goods.
        channel: Where the order comes from: ``app``, ``store``, ``phone``.
        remarks: What the customer wrote; up to 1000 characters, private.
        invoice: What invoice is wanted; None: none.
        tags: The shop's own; order and repeats are dropped.
        attributes: Whatever else the host keeps; private.

    >>> OrderDetails(contact=Contact("王小明"), remarks="放门卫")  # doctest: +ELLIPSIS
    OrderDetails(customer=None, contact=Contact(name='王•', phone=None, email=None), ...
    """

    customer: Customer | None = field(
        default=None, validator=private(optional(instance(Customer))), metadata=PRIVATE
    )
    contact: Contact | None = field(
        default=None, validator=private(optional(instance(Contact))), metadata=PRIVATE
    )
    delivery: Address | None = field(
        default=None, validator=private(optional(instance(Address))), metadata=PRIVATE
    )
    billing: Address | None = field(
        default=None, validator=private(optional(instance(Address))), metadata=PRIVATE
    )
    channel: str | None = field(default=None, validator=optional(identifier))
    remarks: str = field(
        default="", validator=private(text(most=1000)), repr=masked, metadata=PRIVATE
    )
    invoice: InvoiceWish | None = field(default=None, validator=optional(instance(InvoiceWish)))
    tags: tuple[str, ...] = field(
        default=(), converter=_tags, validator=each(text(most=64, least=1), most=100)
    )
    attributes: Attributes = field(
        default=NO_ATTRIBUTES,
        converter=attributes_if_valid,
        validator=private(is_attributes),
        repr=_hidden_attributes,
        metadata=PRIVATE,
    )

    def anonymised(self) -> OrderDetails:
        """Keep the customer's id, countries and regions, the channel and the tags."""
        return OrderDetails(
            customer=None if self.customer is None else self.customer.anonymised(),
            contact=None if self.contact is None else self.contact.anonymised(),
            delivery=None if self.delivery is None else self.delivery.anonymised(),
            billing=None if self.billing is None else self.billing.anonymised(),
            channel=self.channel,
            invoice=None if self.invoice is None else self.invoice.anonymised(),
            tags=self.tags,
        )
