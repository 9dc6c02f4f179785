"""The life of an order as a table: in which state what may happen, on what terms, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ordercore.lifecycle import Machine, Transition

__all__ = ["ORDER", "ROLES", "OrderState", "OrderStep"]


class OrderState(StrEnum):
    """In which state an order is. "Partial" is none of them: quantities say that."""

    DRAFT = "draft"
    PLACED = "placed"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class OrderStep(StrEnum):
    """What moves an order from one state to the next."""

    PLACE = "place"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    COMPLETE = "complete"


ROLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "customer": ("顾客", "customer"),
        "staff": ("员工", "staff"),
        "system": ("系统", "system"),
    }
)
"""Who may bring something about, in orders and in their changes."""

_CANCELLABLE = (OrderState.DRAFT, OrderState.PLACED, OrderState.CONFIRMED)

ORDER: Final = Machine(
    name="order",
    states={
        OrderState.DRAFT: ("草稿", "draft"),
        OrderState.PLACED: ("已下单", "placed"),
        OrderState.CONFIRMED: ("已确认", "confirmed"),
        OrderState.COMPLETED: ("已完成", "completed"),
        OrderState.CANCELLED: ("已取消", "cancelled"),
    },
    events={
        OrderStep.PLACE: ("下单", "place"),
        OrderStep.CONFIRM: ("确认", "confirm"),
        OrderStep.CANCEL: ("取消", "cancel"),
        OrderStep.COMPLETE: ("完成", "complete"),
    },
    initial=OrderState.DRAFT,
    terminal=[OrderState.COMPLETED, OrderState.CANCELLED],
    guards={
        "has_lines": ("至少一行", "has a line"),
        "priced": ("已计价", "priced"),
        "place_known": ("有收货地址或服务地点", "address or service site known"),
        "no_holds": ("无挂起原因", "no holds"),
        "payment_policy_met": ("满足付款要求", "payment policy met"),
        "nothing_shipped": ("未发货", "nothing shipped"),
        "no_stage_started": ("服务未开始", "no stage started"),
        "nothing_open": ("无待发数量", "nothing open"),
        "no_open_parcel": ("无在途包裹", "no open parcel"),
        "services_accepted": ("服务已验收", "services accepted"),
    },
    roles=ROLES,
    transitions=[
        Transition(
            OrderState.DRAFT,
            OrderStep.PLACE,
            OrderState.PLACED,
            guards=("has_lines", "priced", "place_known"),
            by="customer",
        ),
        Transition(
            OrderState.PLACED,
            OrderStep.CONFIRM,
            OrderState.CONFIRMED,
            guards=("no_holds", "payment_policy_met"),
            by=("system", "staff"),
        ),
        *(
            Transition(
                state,
                OrderStep.CANCEL,
                OrderState.CANCELLED,
                guards=("nothing_shipped", "no_stage_started"),
            )
            for state in _CANCELLABLE
        ),
        Transition(
            OrderState.CONFIRMED,
            OrderStep.COMPLETE,
            OrderState.COMPLETED,
            guards=("nothing_open", "no_open_parcel", "services_accepted"),
        ),
    ],
)
"""The machine of orders."""
