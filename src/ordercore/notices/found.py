"""From what was found or is proposed to who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, get_args

from ordercore.data.checks import Named, aware, instance
from ordercore.notices.happened import orders_by_id
from ordercore.notices.kinds import URGENCIES, NoticeKind, Urgency
from ordercore.notices.notice import Matter, Notice, NoticeUnits, Subject, addressed
from ordercore.notices.order_events import order_subject
from ordercore.notices.policy import NoticePolicy
from ordercore.notices.stock_events import late_matter, low_stock_matter
from ordercore.orders import Order, OrderState
from ordercore.stock import (
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
from ordercore.stock.explaining import several_of
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
        order: The order that shortages and overloads are of, and that lets be made what is to
            be made; or several, of which it is one that a late reservation is for.
        policy: Who is told; None: the usual ones.

    Returns:
        The notices in the order of the findings, then of the audiences.

    Raises:
        InvalidType: Something is no finding.
        InvalidDocument: An order is given twice.
        InvalidInput: Something is not as said.
    """
    several = several_of(get_args(Finding), found)
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
        Subject("sku", found.sku),
        Subject("site", found.site),
        Subject("receipt", incoming.id),
        units=[units],
        expected_at=incoming.expected_at,
    )


def _late(found: LateReservation, _at: datetime, orders: _Orders) -> Matter:
    return late_matter(found.sku, found.site, found.promise, orders)


def _short(found: tuple[Shortage, ...], orders: _Orders) -> Iterator[Matter]:
    """Tell all goods that are short of a basket at once, and all services."""
    services = tuple(each for each in found if each.is_service)
    goods = tuple(each for each in found if not each.is_service)
    if goods:
        yield _matter(NoticeKind.SHORTAGE, *_only(orders), **_missing(goods, orders))
    if services:
        named = (
            Subject("requirement", each.line, _title(orders, each.line, each.sku))
            for each in services
        )
        told = _missing(services, orders)
        yield _matter(NoticeKind.OVERLOAD, *named, *_only(orders), **told)


def _missing(found: tuple[Shortage, ...], orders: _Orders) -> dict[str, Any]:
    """Tell what is missing of which line, and when there would be all of it."""
    known = [each.enough_from for each in found if each.enough_from is not None]
    return {
        "units": tuple(
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
                unit=each.unit,
            )
            for each in found
        ),
        "lacks": tuple(lack for each in found for lack in _lacks(each)),
        "expected_at": max(known) if len(known) == len(found) else None,
    }


def _lacks(found: Shortage) -> Iterator[Lack]:
    """Tell which roles of a service are missing; of a host's own reasons there are no words."""
    for role in found.roles:
        if role.reason in _REASONS:
            reason = LackReason(role.reason)
            yield Lack(site=role.site, role=role.role, reason=reason, free_from=role.free_from)


# Proposals


def _bought(found: PurchaseProposal, at: datetime, orders: _Orders) -> Matter:
    late = found.is_late(at)
    return _new(NoticeKind.PURCHASE_PROPOSED, found, found.order_by, orders, late=late)


def _made(found: ProductionProposal, at: datetime, orders: _Orders) -> Matter:
    """Tell what is to be made; for an order that is placed it is agreed, else it is proposed."""
    agreed = [order for order in orders.values() if order.state is not OrderState.DRAFT]
    is_agreed = len(orders) == len(agreed) == 1
    kind = NoticeKind.PRODUCTION_PLANNED if is_agreed else NoticeKind.PRODUCTION_PROPOSED
    return _new(kind, found, found.start_by, orders, late=found.is_late(at))


def _new(
    kind: NoticeKind,
    found: PurchaseProposal | ProductionProposal,
    act_by: datetime | None,
    orders: _Orders,
    *,
    late: bool,
) -> Matter:
    return _matter(
        kind,
        Subject("sku", found.sku),
        *_only(orders),
        units=[_proposed(found)],
        needed_by=found.needed_by,
        act_by=act_by,
        causes=found.causes,
        urgency=Urgency.NOW if late else Urgency.SOON,
    )


def _proposed(found: PurchaseProposal | ProductionProposal | BringForward) -> NoticeUnits:
    return NoticeUnits(id=found.sku, title=found.sku, quantity=found.units, unit=found.unit)


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
        units=[_proposed(found)],
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
