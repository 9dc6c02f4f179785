"""What people call statuses, in Chinese and in English.

States of machines have their labels in the machine. Statuses that are told of quantities or
money, and the origins of orders, have theirs here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ordercore.errors import InvalidType
from ordercore.lifecycle import Label, Machine
from ordercore.orders.changes.machine import ORDER_CHANGE
from ordercore.orders.details import Origin
from ordercore.orders.machine import ORDER
from ordercore.orders.payments.balance import PaymentStatus
from ordercore.orders.payments.payment import PAYMENT
from ordercore.orders.payments.refund import REFUND
from ordercore.orders.statuses import FulfilmentStatus, ReturnStatus

__all__ = ["status_label"]

_STATUSES: Final[tuple[tuple[StrEnum, str, str], ...]] = (
    (FulfilmentStatus.NONE, "无需发货", "nothing to ship"),
    (FulfilmentStatus.UNSHIPPED, "未发货", "not shipped"),
    (FulfilmentStatus.PARTIALLY_SHIPPED, "部分发货", "partially shipped"),
    (FulfilmentStatus.SHIPPED, "已发货", "shipped"),
    (FulfilmentStatus.DELIVERED, "已送达", "delivered"),
    (FulfilmentStatus.LOST, "丢失", "lost"),
    (FulfilmentStatus.REFUSED, "拒收", "refused"),
    (ReturnStatus.NONE, "无退货", "no returns"),
    (ReturnStatus.RETURNING, "退货中", "on the way back"),
    (ReturnStatus.PARTIALLY_RETURNED, "部分退货", "partially returned"),
    (ReturnStatus.RETURNED, "已退货", "returned"),
    (PaymentStatus.UNPAID, "未付款", "unpaid"),
    (PaymentStatus.AUTHORIZED, "已授权", "authorized"),
    (PaymentStatus.PARTIALLY_PAID, "部分付款", "partially paid"),
    (PaymentStatus.PAID, "已付款", "paid"),
    (PaymentStatus.OVERPAID, "多付", "overpaid"),
    (PaymentStatus.PARTIALLY_REFUNDED, "部分退款", "partially refunded"),
    (PaymentStatus.REFUNDED, "已退款", "refunded"),
    (Origin.NORMAL, "普通订单", "ordinary order"),
    (Origin.REPLACEMENT, "换货补发", "replacement"),
)
_LABELS: Final[Mapping[type[StrEnum], Mapping[StrEnum, Label]]] = MappingProxyType(
    {
        kind: {name: Label(zh, en) for name, zh, en in _STATUSES if type(name) is kind}
        for kind in {type(name) for name, _, _ in _STATUSES}
    }
)
"""By their kind: members of two kinds that have one value are equal to Python."""

_MACHINES: Final[Mapping[type[StrEnum], Machine[Any, Any]]] = MappingProxyType(
    {
        type(name): machine
        for machine in (ORDER, ORDER_CHANGE, PAYMENT, REFUND)
        for name in (machine.initial, machine.events[0])
    }
)
"""By the kind of their states, and of their steps."""


def status_label(status: StrEnum, locale: str = "en") -> str:
    """Tell what people call a status, a state or a step of an order.

    Args:
        status: A member of `FulfilmentStatus`, `ReturnStatus`, `PaymentStatus` or `Origin`, or
            a state or a step of the machines of orders, payments, refunds and changes.
        locale: Such as ``zh_CN`` or ``en``.

    Raises:
        InvalidType: It is no such member.
        InvalidValue: There are no words in that language.

    >>> from ordercore.orders import FulfilmentStatus, OrderState
    >>> [status_label(FulfilmentStatus.PARTIALLY_SHIPPED, each) for each in ("zh_CN", "en")]
    ['部分发货', 'partially shipped']
    >>> status_label(OrderState.PLACED, "zh_CN")
    '已下单'
    """
    told: Any = status
    machine = _MACHINES.get(type(told))
    if machine is not None:
        return machine.label(told, locale)
    labels = _LABELS.get(type(told))
    if labels is None:
        raise InvalidType("a status, state or step of an order", status, path=("status",))
    return labels[told].told(locale)
