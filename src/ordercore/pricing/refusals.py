"""Why a promotion did not apply, as rows of an explanation: with what is missing, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from ordercore.calendars import Schedule, Window
from ordercore.money import Money
from ordercore.pricing.explanation import MissKind, Row
from ordercore.pricing.outcomes import (
    Beaten,
    Excluded,
    GiftOutOfStock,
    Miss,
    NotEligible,
    Outcome,
    UnknownCode,
)
from ordercore.promotions.conditions import (
    CustomerInGroup,
    InRegion,
    LineAtLeast,
    NotCondition,
    OrderNumber,
    Threshold,
    ViaChannel,
)
from ordercore.promotions.promotion import Code
from ordercore.promotions.selectors import AllUnits
from ordercore.wording import Words

__all__ = ["Teller", "refusal"]


@frozen
class Teller:
    """What words for outcomes need: a locale, a zone, and the names of promotions.

    Attributes:
        words: The locale's.
        zone: In which zone instants are told; None: by their own offsets.
        name: What a promotion is called, by its id.
    """

    words: Words
    zone: str | None
    name: Callable[[str], str]

    def amount(self, amount: Money) -> str:
        """Write an amount."""
        return self.words.amount_minor(amount.minor, amount.currency, amount.currency.digits)

    def names(self, ids: tuple[str, ...]) -> str:
        """List promotions by their names."""
        return self.words.joined(map(self.name, ids))


def refusal(outcome: Outcome, tell: Teller) -> Row:
    """Explain the outcome of a promotion that did not apply."""
    return _REFUSALS.get(type(outcome), _plain)(outcome, tell)


def _plain(outcome: Outcome, tell: Teller, **more: str) -> Row:
    words = tell.words.say(
        f"outcome.{outcome.kind}", promotion=tell.name(outcome.promotion), **more
    )
    return Row(kind=outcome.kind, subject=outcome.promotion, words=words)


def _beaten(outcome: Beaten, tell: Teller) -> Row:
    key, more = "outcome.beaten", {"by": tell.names(outcome.by)}
    if outcome.difference.minor > 0:
        key, more = f"{key}.saving", {**more, "difference": tell.amount(outcome.difference)}
    words = tell.words.say(key, promotion=tell.name(outcome.promotion), **more)
    return Row(kind=outcome.kind, subject=outcome.promotion, words=words, because=outcome.by)


def _excluded(outcome: Excluded, tell: Teller) -> Row:
    row = _plain(outcome, tell, by=tell.names(outcome.by))
    return Row(kind=row.kind, subject=row.subject, words=row.words, because=outcome.by)


def _out_of_stock(outcome: GiftOutOfStock, tell: Teller) -> Row:
    return _plain(outcome, tell, skus=tell.words.joined(outcome.skus))


def _unknown(outcome: UnknownCode, tell: Teller) -> Row:
    words = tell.words.say("outcome.unknown_code", code=outcome.code)
    return Row(kind=outcome.kind, subject=outcome.code, words=words)


def _not_eligible(outcome: NotEligible, tell: Teller) -> Row:
    parts = tuple([_miss(miss, tell) for miss in outcome.misses])
    gap = parts[0].gap if len(parts) == 1 else None
    words = _short_by(outcome, tell) or tell.words.say(
        "outcome.not_eligible",
        promotion=tell.name(outcome.promotion),
        reasons=tell.words.say("reasons").join([part.words for part in parts]),
    )
    return Row(kind=outcome.kind, subject=outcome.promotion, words=words, gap=gap, parts=parts)


def _short_by(outcome: NotEligible, tell: Teller) -> str | None:
    """Say what more to buy, where a threshold alone stands in the way."""
    misses = outcome.misses
    if len(misses) != 1 or not isinstance(misses[0].condition, Threshold):
        return None
    miss, name = misses[0], tell.name(outcome.promotion)
    some = "" if isinstance(misses[0].condition.target, AllUnits) else ".some"
    if isinstance(miss.gap, Money):
        key = f"outcome.not_eligible.amount{some}"
        return tell.words.say(key, gap=tell.amount(miss.gap), promotion=name)
    if miss.gap is not None:
        key = f"outcome.not_eligible.units{some}"
        return tell.words.say(key, count=miss.gap, promotion=name)
    return None


# Single conditions

_Answer = tuple[MissKind, dict[str, str | int]]


def _miss(miss: Miss, tell: Teller) -> Row:
    kind, inserted = _MISSES.get(type(miss.condition), _other)(miss, tell)
    gap = miss.gap if kind in _WITH_GAP else None
    return Row(kind=kind, words=tell.words.say(f"miss.{kind}", **inserted), gap=gap)


def _threshold(miss: Miss, tell: Teller) -> _Answer:
    if isinstance(miss.gap, Money):
        return MissKind.AMOUNT, _amounts(miss, tell)
    return MissKind.UNITS, {"count": _count(miss.gap), "required": _count(miss.required)}


def _other(miss: Miss, tell: Teller) -> _Answer:
    """Tell of a condition that is not ours, by the amounts it asks for if it does."""
    if isinstance(miss.gap, Money):
        return MissKind.AMOUNT, _amounts(miss, tell)
    return MissKind.CONDITION, {}


def _line(miss: Miss, tell: Teller) -> _Answer:
    return MissKind.LINE_AMOUNT, _amounts(miss, tell)


def _amounts(miss: Miss, tell: Teller) -> dict[str, str | int]:
    sides = {"gap": miss.gap, "required": miss.required}
    return {name: tell.amount(side) for name, side in sides.items() if isinstance(side, Money)}


def _count(value: object) -> int:
    return value if type(value) is int else 0


def _order_number(miss: Miss, tell: Teller) -> _Answer:
    return MissKind.ORDER_NUMBER, {"nth": tell.words.ordinal(_count(miss.required))}


def _naming(kind: MissKind) -> Callable[[Miss, Teller], _Answer]:
    def named(miss: Miss, tell: Teller) -> _Answer:
        required = miss.required if isinstance(miss.required, tuple) else ()
        return kind, {"required": tell.words.joined(map(str, required))}

    return named


def _schedule(miss: Miss, tell: Teller) -> _Answer:
    at: Any = miss.actual
    window: Window = miss.condition.window  # type: ignore[attr-defined]
    start, end = window.start, window.end
    if start is not None and at < start:
        return MissKind.NOT_YET, {"at": tell.words.instant(start, tell.zone)}
    if end is not None and at >= end:
        return MissKind.ENDED, {"at": tell.words.instant(end, tell.zone)}
    return MissKind.OFF_HOURS, {}


_WITH_GAP = (MissKind.AMOUNT, MissKind.UNITS, MissKind.LINE_AMOUNT)

_MISSES: Final[Mapping[type, Callable[[Miss, Teller], _Answer]]] = MappingProxyType(
    {
        Threshold: _threshold,
        LineAtLeast: _line,
        CustomerInGroup: _naming(MissKind.CUSTOMER_GROUP),
        OrderNumber: _order_number,
        InRegion: _naming(MissKind.REGION),
        ViaChannel: _naming(MissKind.CHANNEL),
        Schedule: _schedule,
        Code: lambda _miss, _tell: (MissKind.CODE, {}),  # the code itself is not given away
        NotCondition: lambda _miss, _tell: (MissKind.NEGATED, {}),
    }
)

_REFUSALS: Final[Mapping[type, Callable[[Any, Teller], Row]]] = MappingProxyType(
    {
        NotEligible: _not_eligible,
        Beaten: _beaten,
        Excluded: _excluded,
        GiftOutOfStock: _out_of_stock,
        UnknownCode: _unknown,
    }
)
