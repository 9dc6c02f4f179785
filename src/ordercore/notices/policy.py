"""Who is told of what: a table that a host may replace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.data.checks import (
    boolean,
    duplicates,
    each,
    identifier,
    instance,
    member,
    member_of,
    names_of,
    tuple_of,
)
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.notices.kinds import FOR_CUSTOMERS, NoticeKind, Voice

__all__ = ["USUAL_ROUTES", "Audience", "NoticePolicy", "Route", "kind_of"]


class Audience(StrEnum):
    """Who is told by the usual table. A host's own audiences are names beside these."""

    PURCHASING = "purchasing"
    PRODUCTION = "production"
    STAFF = "staff"
    CUSTOMER = "customer"


def kind_of(given: NoticeKind | str) -> NoticeKind:
    """Turn the code of a kind into the kind."""
    return member_of(NoticeKind, given)


def _names(given: str | Iterable[str]) -> tuple[str, ...]:
    """Take audiences as plain names."""
    names: Any = names_of(given)
    if not isinstance(names, tuple):
        return names  # type: ignore[no-any-return]
    return tuple(str(name) if isinstance(name, StrEnum) else name for name in names)


_audiences = each(identifier, most=100)


@frozen
class Route:
    """To whom notices of one kind go.

    Args:
        kind: Of which kind.
        audiences: To whom, each once; none: to nobody.

    Raises:
        InvalidDocument: An audience is named twice.
    """

    kind: NoticeKind = field(converter=kind_of, validator=member(NoticeKind))
    audiences: tuple[str, ...] = field(default=(), converter=_names, validator=_audiences)

    def __attrs_post_init__(self) -> None:
        faults = list(_repeated(self.audiences, "audiences"))
        if faults:
            raise InvalidDocument(faults)


def _repeated(
    names: Iterable[str], place: str, *, then: str | None = None
) -> Iterator[InvalidInput]:
    """Tell of every name that stands more than once, at its later places."""
    return duplicates(names, place, then=then, what="a name used once")


_PURCHASING, _PRODUCTION = Audience.PURCHASING, Audience.PRODUCTION
_STAFF, _CUSTOMER = Audience.STAFF, Audience.CUSTOMER
_USUAL: Final[Mapping[NoticeKind, tuple[Audience, ...]]] = {
    NoticeKind.LOW_STOCK: (_PURCHASING,),
    NoticeKind.PURCHASE_OVERDUE: (_PURCHASING,),
    NoticeKind.PRODUCTION_OVERDUE: (_PRODUCTION,),
    NoticeKind.TRANSFER_OVERDUE: (_STAFF,),
    NoticeKind.RECEIPT_MOVED: (_STAFF,),
    NoticeKind.RECEIPT_CANCELLED: (_PURCHASING, _STAFF),
    NoticeKind.PROMISE_LATE: (_STAFF, _CUSTOMER),
    NoticeKind.PARTS_LATE: (_PRODUCTION, _STAFF),
    NoticeKind.PROMISE_LOST: (_STAFF,),
    NoticeKind.STOCK_MISSING: (_PURCHASING,),
    NoticeKind.BACKORDER_COVERED: (_STAFF,),
    NoticeKind.PROMISE_COVERED: (_CUSTOMER,),
    NoticeKind.SHORTAGE: (_STAFF, _CUSTOMER),
    NoticeKind.OVERLOAD: (_STAFF, _CUSTOMER),
    NoticeKind.BOOKING_CONFLICT: (_STAFF,),
    NoticeKind.PURCHASE_PROPOSED: (_PURCHASING,),
    NoticeKind.PRODUCTION_PROPOSED: (_PRODUCTION,),
    NoticeKind.PRODUCTION_PLANNED: (_PRODUCTION,),
    NoticeKind.PURCHASE_SOONER: (_PURCHASING,),
    NoticeKind.PRODUCTION_SOONER: (_PRODUCTION,),
    NoticeKind.TRANSFER_SOONER: (_STAFF,),
    NoticeKind.ORDER_PLACED: (_STAFF, _CUSTOMER),
    NoticeKind.ORDER_CONFIRMED: (_CUSTOMER,),
    NoticeKind.ORDER_HELD: (_STAFF, _CUSTOMER),
    NoticeKind.ORDER_RELEASED: (_STAFF, _CUSTOMER),
    NoticeKind.ORDER_CHANGED: (_STAFF, _CUSTOMER),
    NoticeKind.ORDER_SPLIT: (_CUSTOMER,),
    NoticeKind.ORDER_MERGED: (_CUSTOMER,),
    NoticeKind.ORDER_CANCELLED: (_STAFF, _CUSTOMER),
    NoticeKind.ORDER_COMPLETED: (),  # that it has arrived was told already
    NoticeKind.APPOINTMENT_SET: (_CUSTOMER,),
    NoticeKind.UNITS_CANCELLED: (_STAFF, _CUSTOMER),
    NoticeKind.UNITS_SHIPPED: (_CUSTOMER,),
    NoticeKind.UNITS_PERFORMED: (_CUSTOMER,),
    NoticeKind.UNITS_DELIVERED: (_CUSTOMER,),
    NoticeKind.UNITS_ACCEPTED: (_STAFF,),
    NoticeKind.UNITS_LOST: (_STAFF, _CUSTOMER),
    NoticeKind.UNITS_REFUSED: (_STAFF, _CUSTOMER),
    NoticeKind.UNITS_REPLACED: (_CUSTOMER,),
    NoticeKind.RETURN_OPENED: (_STAFF, _CUSTOMER),
    NoticeKind.RETURN_CLOSED: (_STAFF, _CUSTOMER),
    NoticeKind.RETURN_RECEIVED: (_CUSTOMER,),
    NoticeKind.PAYMENT_REQUESTED: (_CUSTOMER,),
    NoticeKind.PAYMENT_RECEIVED: (_CUSTOMER,),
    NoticeKind.PAYMENT_FAILED: (_CUSTOMER,),
    NoticeKind.REFUND_REQUESTED: (_STAFF, _CUSTOMER),
    NoticeKind.REFUND_SUCCEEDED: (_CUSTOMER,),
    NoticeKind.REFUND_FAILED: (_STAFF, _CUSTOMER),
    NoticeKind.REFUND_CANCELLED: (_CUSTOMER,),
    NoticeKind.CHANGE_PROPOSED: (_CUSTOMER,),
    NoticeKind.CHANGE_REQUESTED: (_STAFF,),
    NoticeKind.CHANGE_DECLINED: (_STAFF, _CUSTOMER),
    NoticeKind.CHANGE_CANCELLED: (_STAFF, _CUSTOMER),
}

USUAL_ROUTES: Final = tuple(Route(kind, audiences) for kind, audiences in _USUAL.items())
"""Who is told of what, unless a host says otherwise."""


def _routes(
    given: Mapping[NoticeKind, str | Iterable[str]] | Iterable[Route],
) -> tuple[Route, ...]:
    if isinstance(given, Mapping):
        return tuple(Route(kind, audiences) for kind, audiences in given.items())
    return tuple_of(given)


@frozen(kw_only=True)
class NoticePolicy:
    """Who is told of what, and how they are spoken to.

    Args:
        routes: To whom each kind goes, a mapping or rows, each kind once; of a kind that is
            not there nobody is told.
        customers: Which audiences are spoken to as customers. No kind that is the shop's own
            business may go to them.
        on_account: Whether orders are paid later: then an order that is placed or changed
            asks nobody to pay, only a payment that is asked for does.

    Raises:
        InvalidDocument: With every kind that stands twice, and every one that would tell a
            customer what is none of their business.

    >>> policy = NoticePolicy().with_route("low_stock", "purchasing", "night_shift")
    >>> policy.audiences(NoticeKind.LOW_STOCK)
    ('purchasing', 'night_shift')
    """

    routes: tuple[Route, ...] = field(
        default=USUAL_ROUTES,
        converter=_routes,
        validator=each(instance(Route), most=len(NoticeKind)),
    )
    customers: tuple[str, ...] = field(
        default=(str(Audience.CUSTOMER),), converter=_names, validator=_audiences
    )
    on_account: bool = field(default=False, validator=boolean)

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)

    def _faults(self) -> Iterator[InvalidInput]:
        yield from _repeated((route.kind for route in self.routes), "routes", then="kind")
        for i, route in enumerate(self.routes):
            for j, name in enumerate(route.audiences):
                if name in self.customers and route.kind not in FOR_CUSTOMERS:
                    expected = f"an audience within the shop: {route.kind} is not for customers"
                    path = ("routes", i, "audiences", j)
                    yield InvalidValue(expected, name, path=path, reason="fields_disagree")

    def audiences(self, kind: NoticeKind) -> tuple[str, ...]:
        """List who is told of a kind, in the order of the table."""
        for route in self.routes:
            if route.kind is kind:
                return route.audiences
        return ()

    def voice(self, audience: str) -> Voice:
        """Tell how an audience is spoken to."""
        return Voice.CUSTOMER if audience in self.customers else Voice.STAFF

    def with_route(self, kind: NoticeKind | str, *audiences: str) -> NoticePolicy:
        """Make the policy by which a kind goes to these audiences, and to no others."""
        route = Route(kind_of(kind), audiences)
        others = (each for each in self.routes if each.kind is not route.kind)
        return evolve(self, routes=(*others, route))
