"""When a promotion applies: conditions that answer with evidence, or with what is missing.

A condition is data; ``a & b``, ``a | b`` and ``~a`` read as they compose. Compiled, it is a
function from a layer's frozen state to a `Verdict`. What it asks of a cart so that it can
hold at all, `Condition.needs` tells the index.
"""

from ordercore.promotions.conditions.amounts import LineAtLeast, Threshold
from ordercore.promotions.conditions.circumstances import (
    ContextAttribute,
    During,
    HasCode,
    InRegion,
    ViaChannel,
)
from ordercore.promotions.conditions.composition import DistinctProducts
from ordercore.promotions.conditions.condition import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    NotCondition,
    Test,
    Verdict,
    check_condition,
)
from ordercore.promotions.conditions.shopper import CustomerInGroup, HoldsCoupon, OrderNumber

__all__ = [
    "AllOf",
    "Always",
    "AnyOf",
    "Condition",
    "ContextAttribute",
    "CustomerInGroup",
    "DistinctProducts",
    "During",
    "HasCode",
    "HoldsCoupon",
    "InRegion",
    "LineAtLeast",
    "NotCondition",
    "OrderNumber",
    "Test",
    "Threshold",
    "Verdict",
    "ViaChannel",
    "check_condition",
]
