"""From what was found or is proposed to who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, get_args

from ordercore.data.checks import Named, aware, each, instance, tuple_of
from ordercore.notices.happened import low_stock_matter, orders_by_id
from ordercore.notices.kinds import URGENCIES, NoticeKind, Urgency
from ordercore.notices.notice import Matter, Notice, NoticeUnits, Subject, addressed
from ordercore.notices.order_events import holder_subject, order_subject
from ordercore.notices.policy import NoticePolicy
from ordercore.orders import Order
from ordercore.stock import (
    MAX_ANSWERS,
    BringForward,
    LateReservation,
    LowStock,
    OverdueReceipt,
    ProductionProposal,
    PurchaseProposal,
    Shortage,
    StockCheck,
    SupplyKind,
)
from ordercore.stock.resources import Lack, LackReason, Overload

__all__ = ["Finding", "notices_for"]

Finding = (
    LowStock
    | OverdueReceipt
    | LateReservation
    | PurchaseProposal
    | ProductionProposal
    | BringForward
    | Shortage
    | StockCheck
    | Overload
)
"""What notices are made for: a finding, a proposal, or the answer of stock."""

_Orders = Mapping[str, Order]
_REASONS: Final = frozenset(reason.value for reason in LackReason)


def notices_for(
    found: Finding | Iterable[Finding],
    *,
    at: datetime,
    order: Order | Iterable[Order] = (),
    policy: NoticePolicy | None = None,
) -> tuple[Notice, ...]:
    """Tell what was found, or is proposed, to those who should know.

    The same finding twice is told once, here and by its `Notice.key`; what is late by now is
    another notice, and more urgent. Shortages that are given by themselves are those of one
    basket, and one notice.

    Args:
        found: Findings and proposals, one or several.
        at: Now: what should have been ordered or begun by then is late.
        order: The order that shortages and overloads are of; or several, of which it is one
            that a late reservation is for.
        policy: Who is told; None: the usual ones.

    Returns:
        The notices in the order of the findings, then of the audiences.

    Raises:
        InvalidType: Something is no finding.
        InvalidDocument: An order is given twice.
        InvalidInput: Something is not as said.
    """
    several = (found,) if isinstance(found, Finding) else tuple_of(found)
    each(instance(*get_args(Finding)), most=MAX_ANSWERS)(None, Named("found"), several)
    aware(None, Named("at"), at)
    orders = orders_by_id(order)
    who = NoticePolicy() if policy is None else policy
    instance(NoticePolicy)(None, Named("policy"), who)
    told: dict[str, Notice] = {}
    for matter in _matters(several, at, orders):
        for notice in addressed(matter, who):
            told.setdefault(notice.key, notice)
    return tuple(told.values())


def _matters(found: tuple[Finding, ...], at: datetime, orders: _Orders) -> Iterator[Matter]:
    """Tell of each finding; shortages by themselves are told together, in place of the first."""
    alone = tuple(dict.fromkeys(one for one in found if isinstance(one, Shortage)))
    for one in found:
        if isinstance(one, StockCheck):
            yield from _short(one.shortages, orders)
        elif isinstance(one, Shortage):
            yield from _short(alone, orders)
            alone = ()
        else:
            yield _TELLERS[type(one)](one, at, orders)


def _matter(kind: NoticeKind, *subjects: Subject, **content: Any) -> Matter:
    return Matter(about=kind, **{"urgency": URGENCIES[kind], "subjects": subjects, **content})


def _only(orders: _Orders) -> tuple[Subject, ...]:
    """Name the order, if it is clear which."""
    return tuple(map(order_subject, orders.values())) if len(orders) == 1 else ()


def _title(orders: _Orders, line: str | None, default: str) -> str:
    """Tell what people call the product of a line, if it is clear of which order it is."""
    (order,) = orders.values() if len(orders) == 1 else (None,)
    lines = () if order is None else order.lines
    return next((each.product.title for each in lines if each.id == line), default)


# Stock


def _low(found: LowStock, _at: datetime, _orders: _Orders) -> Matter:
    return low_stock_matter(found)


def _place(found: OverdueReceipt | LateReservation) -> tuple[Subject, Subject]:
    return Subject("sku", found.sku), Subject("site", found.site)


_OVERDUE: Final[Mapping[SupplyKind, NoticeKind]] = MappingProxyType(
    {
        SupplyKind.PURCHASE: NoticeKind.PURCHASE_OVERDUE,
        SupplyKind.PRODUCTION: NoticeKind.PRODUCTION_OVERDUE,
        SupplyKind.TRANSFER: NoticeKind.TRANSFER_OVERDUE,
    }
)


def _overdue(found: OverdueReceipt, _at: datetime, _orders: _Orders) -> Matter:
    incoming = found.incoming
    units = NoticeUnits(id=found.sku, title=found.sku, quantity=incoming.quantity)
    return _matter(
        _OVERDUE[incoming.kind],
        *_place(found),
        Subject("receipt", incoming.id),
        units=[units],
        expected_at=incoming.expected_at,
    )


def _late(found: LateReservation, _at: datetime, orders: _Orders) -> Matter:
    promised, own = found.reservation, orders.get(found.reservation.holder)
    units = NoticeUnits(
        id=promised.line or found.sku,
        title=_title({} if own is None else {own.id: own}, promised.line, found.sku),
        quantity=found.short,
        wanted=promised.outstanding,
    )
    return _matter(
        NoticeKind.PROMISE_LATE,
        *_place(found),
        Subject("reservation", promised.id),
        holder_subject(promised.holder, orders),
        units=[units],
        needed_by=promised.due,
        expected_at=found.enough_from,
    )


def _short(found: tuple[Shortage, ...], orders: _Orders) -> Iterator[Matter]:
    """Tell everything that is short of a basket, at once."""
    if not found:
        return
    units = tuple(
        NoticeUnits(
            id=each.line,
            title=_title(orders, each.line, each.sku),
            quantity=each.missing,
            wanted=each.wanted,
            available=each.available,
            enough_from=each.enough_from,
            reasons=each.reasons,
            elsewhere=each.elsewhere,
            parts=each.parts,
        )
        for each in found
    )
    known = [each.enough_from for each in found if each.enough_from is not None]
    all_known = len(known) == len(found)
    latest = max(known) if all_known else None
    lacks = tuple(lack for each in found for lack in _lacks(each))
    yield _matter(
        NoticeKind.SHORTAGE, *_only(orders), units=units, lacks=lacks, expected_at=latest
    )


def _lacks(found: Shortage) -> Iterator[Lack]:
    """Tell which roles of a service are missing; of a host's own reasons there are no words."""
    for role in found.roles:
        if role.reason in _REASONS:
            reason = LackReason(role.reason)
            yield Lack(site=role.site, role=role.role, reason=reason, free_from=role.free_from)


# Proposals


def _bought(found: PurchaseProposal, at: datetime, _orders: _Orders) -> Matter:
    return _new(NoticeKind.PURCHASE_PROPOSED, found, found.order_by, late=found.is_late(at))


def _made(found: ProductionProposal, at: datetime, _orders: _Orders) -> Matter:
    return _new(NoticeKind.PRODUCTION_PROPOSED, found, found.start_by, late=found.is_late(at))


def _new(
    kind: NoticeKind,
    found: PurchaseProposal | ProductionProposal,
    act_by: datetime | None,
    *,
    late: bool,
) -> Matter:
    return _matter(
        kind,
        Subject("sku", found.sku),
        units=[NoticeUnits(id=found.sku, title=found.sku, quantity=found.units)],
        needed_by=found.needed_by,
        act_by=act_by,
        causes=found.causes,
        urgency=Urgency.NOW if late else Urgency.SOON,
    )


_SOONER: Final[Mapping[SupplyKind, NoticeKind]] = MappingProxyType(
    {
        SupplyKind.PURCHASE: NoticeKind.PURCHASE_SOONER,
        SupplyKind.PRODUCTION: NoticeKind.PRODUCTION_SOONER,
        SupplyKind.TRANSFER: NoticeKind.TRANSFER_SOONER,
    }
)


def _sooner(found: BringForward, at: datetime, _orders: _Orders) -> Matter:
    named = (Subject("receipt", found.order),) if found.order else ()
    return _matter(
        _SOONER[found.kind],
        Subject("sku", found.sku),
        *named,
        units=[NoticeUnits(id=found.sku, title=found.sku, quantity=found.units)],
        needed_by=found.needed_by,
        expected_at=found.expected_at,
        urgency=Urgency.NOW if found.needed_by < at else Urgency.SOON,
    )


# Services


def _overload(found: Overload, _at: datetime, orders: _Orders) -> Matter:
    named = found.requirement
    return _matter(
        NoticeKind.OVERLOAD,
        Subject("requirement", named, _title(orders, named, "")),
        *_only(orders),
        lacks=found.lacks,
        expected_at=found.free_from,
    )


_TELLERS: Final[Mapping[type, Callable[[Any, datetime, _Orders], Matter]]] = MappingProxyType(
    {
        BringForward: _sooner,
        LateReservation: _late,
        LowStock: _low,
        OverdueReceipt: _overdue,
        Overload: _overload,
        ProductionProposal: _made,
        PurchaseProposal: _bought,
    }
)
"""How each finding is told."""
