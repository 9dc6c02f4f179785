"""Why a promotion does not apply: misses as rows, composed as the conditions are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from ordercore.calendars import Schedule, Window
from ordercore.money import Money
from ordercore.pricing.explaining.naming import Teller
from ordercore.pricing.explaining.rows import MissKind, Row, RowKind
from ordercore.pricing.misses import Miss, Needed
from ordercore.pricing.outcomes import Applied, NoEffect
from ordercore.promotions.benefits import PointsRedemption
from ordercore.promotions.conditions import (
    ContextAttribute,
    CustomerInGroup,
    DistinctProducts,
    During,
    HasCode,
    HoldsCoupon,
    InRegion,
    LineAtLeast,
    OrderNumber,
    Threshold,
    ViaChannel,
)
from ordercore.promotions.promotion import Code, Coupon

__all__ = ["reason", "withheld_rows"]


def reason(miss: Miss, tell: Teller) -> Row:
    """Explain what stands in the way."""
    if miss.parts:
        return _composed(miss, tell)
    return _negated(miss, tell) if miss.negated else _single(miss, tell)


def withheld_rows(outcome: Applied | NoEffect, tell: Teller) -> tuple[Row, ...]:
    """Tell in one row how much more a promotion would take, and what cuts it, if anything."""
    cutting = outcome.withheld_by
    if not cutting:
        return ()
    words = tell.words.joined([tell.words.say(f"withheld.{each}") for each in cutting])
    subject = ",".join(cutting)
    row = Row(kind=RowKind.WITHHELD, subject=subject, words=words, value=outcome.withheld)
    return (row,)


def _composed(miss: Miss, tell: Teller) -> Row:
    """Say of several reasons whether all must go or any."""
    parts = tuple([reason(part, tell) for part in miss.parts])
    kind, joint = _COMPOSED[miss.needed]
    told = [
        tell.words.say("miss.inner", reasons=row.words) if part.parts else row.words
        for part, row in zip(miss.parts, parts, strict=True)
    ]
    return Row(kind=kind, words=tell.words.say(joint).join(told), gap=miss.gap, parts=parts)


def _single(miss: Miss, tell: Teller) -> Row:
    kind, key, inserted = _answer(miss, tell)
    return Row(kind=kind, words=tell.words.say(f"miss.{key}", **inserted), gap=miss.gap)


def _negated(miss: Miss, tell: Teller) -> Row:
    """Say what must not be."""
    kind, key, inserted = _answer(miss, tell)
    about = Row(kind=kind, words=tell.words.say(f"about.{key}", **inserted))
    words = tell.words.say("miss.negated", what=about.words)
    return Row(kind=MissKind.NEGATED, words=words, parts=(about,))


# Single conditions

_Answer = tuple[MissKind, str, dict[str, str | int]]
"""A kind, the message that tells it, and what that inserts."""


def _answer(miss: Miss, tell: Teller) -> _Answer:
    return _MISSES.get(type(miss.condition), _other)(miss, tell)


def _threshold(miss: Miss, tell: Teller) -> _Answer:
    return _measured(miss, tell, MissKind.AMOUNT, MissKind.UNITS)


def _line(miss: Miss, tell: Teller) -> _Answer:
    return _measured(miss, tell, MissKind.LINE_AMOUNT, MissKind.LINE_UNITS)


def _measured(miss: Miss, tell: Teller, amount: MissKind, units: MissKind) -> _Answer:
    if isinstance(miss.required, Money):
        return amount, amount, _amounts(miss, tell)
    return units, units, _counts(miss)


def _products(miss: Miss, _tell: Teller) -> _Answer:
    return MissKind.PRODUCTS, MissKind.PRODUCTS, _counts(miss)


def _points(miss: Miss, _tell: Teller) -> _Answer:
    return MissKind.POINTS, MissKind.POINTS, _counts(miss)


def _other(miss: Miss, tell: Teller) -> _Answer:
    """Tell of a condition that is not ours, by what it asks for if that is measured."""
    if isinstance(miss.gap, Money):
        return MissKind.AMOUNT, "amount", _amounts(miss, tell)
    if miss.gap is not None:
        return MissKind.CONDITION, "condition.count", _counts(miss)
    return MissKind.CONDITION, "condition", {}


def _amounts(miss: Miss, tell: Teller) -> dict[str, str | int]:
    sides = {"gap": miss.gap, "required": miss.required}
    return {name: tell.amount(side) for name, side in sides.items() if isinstance(side, Money)}


def _counts(miss: Miss) -> dict[str, str | int]:
    sides = {"count": miss.gap, "required": miss.required}
    return {name: side for name, side in sides.items() if type(side) is int}


def _order_number(miss: Miss, tell: Teller) -> _Answer:
    asked: OrderNumber = miss.condition  # type: ignore[assignment]
    bounds = {"nth": asked.number, "first": asked.at_least, "last": asked.at_most}
    told: dict[str, str | int] = {
        name: tell.words.ordinal(number) for name, number in bounds.items() if number is not None
    }
    key = ".".join(["order_number", *[name for name in told if name != "nth"]])
    return MissKind.ORDER_NUMBER, key, told


def _attribute(miss: Miss, tell: Teller) -> _Answer:
    asked: ContextAttribute = miss.condition  # type: ignore[assignment]
    inserted: dict[str, str | int] = {
        "name": asked.name,
        "required": tell.words.joined(asked.values),
    }
    return MissKind.ATTRIBUTE, MissKind.ATTRIBUTE, inserted


def _naming(kind: MissKind) -> Callable[[Miss, Teller], _Answer]:
    def named(miss: Miss, tell: Teller) -> _Answer:
        required = miss.required if isinstance(miss.required, tuple) else ()
        return kind, kind, {"required": tell.words.joined(map(str, required))}

    return named


def _code(_miss: Miss, _tell: Teller) -> _Answer:
    return MissKind.CODE, MissKind.CODE, {}  # the code itself is not given away


def _during(_miss: Miss, _tell: Teller) -> _Answer:
    return MissKind.OFF_HOURS, MissKind.OFF_HOURS, {}


def _schedule(miss: Miss, tell: Teller) -> _Answer:
    """Tell when a schedule is on: not yet, no longer, or at other times."""
    at: Any = miss.actual
    window: Window = miss.condition.window  # type: ignore[attr-defined]
    opens = miss.opens
    if window.start is not None and at < window.start:
        kind, when = MissKind.NOT_YET, opens or window.start
    elif window.end is not None and at >= window.end:
        kind, when = MissKind.ENDED, window.end
    elif opens is not None:
        return MissKind.OFF_HOURS, "off_hours.again", _at(opens, tell)
    else:
        return MissKind.OFF_HOURS, MissKind.OFF_HOURS, {}
    return kind, kind, _at(when, tell)


def _at(instant: datetime, tell: Teller) -> dict[str, str | int]:
    return {"at": tell.words.instant(instant, tell.zone)}


_MISSES: Final[Mapping[type, Callable[[Miss, Teller], _Answer]]] = MappingProxyType(
    {
        Threshold: _threshold,
        LineAtLeast: _line,
        PointsRedemption: _points,
        DistinctProducts: _products,
        CustomerInGroup: _naming(MissKind.CUSTOMER_GROUP),
        OrderNumber: _order_number,
        InRegion: _naming(MissKind.REGION),
        ViaChannel: _naming(MissKind.CHANNEL),
        ContextAttribute: _attribute,
        HoldsCoupon: _naming(MissKind.COUPON),
        Coupon: _naming(MissKind.COUPON),
        HasCode: _code,
        Code: _code,
        During: _during,
        Schedule: _schedule,
    }
)

_COMPOSED: Final[Mapping[Needed | None, tuple[MissKind, str]]] = MappingProxyType(
    {
        Needed.ALL: (MissKind.ALL_OF, "miss.all_of"),
        Needed.ANY: (MissKind.ANY_OF, "miss.any_of"),
        None: (MissKind.CONDITION, "reasons"),
    }
)
"""How reasons are joined; None: only the condition itself knows."""
