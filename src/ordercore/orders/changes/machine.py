"""The life of a proposed change as a table; what must hold for it to be confirmed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from ordercore.lifecycle import Machine, Transition
from ordercore.orders.machine import ROLES

__all__ = ["ORDER_CHANGE", "ChangeState", "ChangeStep"]


class ChangeState(StrEnum):
    """In which state a proposed change is."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class ChangeStep(StrEnum):
    """What ends a proposal."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    CANCEL = "cancel"


ORDER_CHANGE: Final = Machine(
    name="order_change",
    states={
        ChangeState.PROPOSED: ("待确认", "proposed"),
        ChangeState.CONFIRMED: ("已确认", "confirmed"),
        ChangeState.DECLINED: ("已拒绝", "declined"),
        ChangeState.CANCELLED: ("已撤回", "withdrawn"),
    },
    events={
        ChangeStep.CONFIRM: ("确认", "confirm"),
        ChangeStep.DECLINE: ("拒绝", "decline"),
        ChangeStep.CANCEL: ("撤回", "withdraw"),
    },
    initial=ChangeState.PROPOSED,
    terminal=[ChangeState.CONFIRMED, ChangeState.DECLINED, ChangeState.CANCELLED],
    guards={
        "base_current": ("订单版本未变", "order not changed since"),
        "order_going_on": ("订单未结束", "order goes on"),
        "units_open": ("所减数量未发货", "what is taken away is not shipped"),
        "units_left": ("仍有商品", "something is left"),
        "place_known": ("有收货地址或服务地点", "address or service site known"),
        "priced": ("已按变更后计价", "priced as changed"),
        "given_back_stands": ("已退已补部分不降价", "what was given back stands"),
    },
    roles=ROLES,
    transitions=[
        Transition(
            ChangeState.PROPOSED,
            ChangeStep.CONFIRM,
            ChangeState.CONFIRMED,
            guards=(
                "base_current",
                "order_going_on",
                "units_open",
                "units_left",
                "place_known",
                "priced",
                "given_back_stands",
            ),
        ),
        Transition(ChangeState.PROPOSED, ChangeStep.DECLINE, ChangeState.DECLINED),
        Transition(ChangeState.PROPOSED, ChangeStep.CANCEL, ChangeState.CANCELLED),
    ],
)
"""The machine of changes."""
