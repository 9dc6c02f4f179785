"""Why a promotion did not apply, as rows of an explanation: with what is missing, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve

from ordercore.money import Money
from ordercore.pricing.explaining.naming import Teller, Ticket
from ordercore.pricing.explaining.reasons import reason, withheld_rows
from ordercore.pricing.explaining.rows import Row
from ordercore.pricing.misses import Miss
from ordercore.pricing.outcomes import (
    Beaten,
    Excluded,
    GiftOutOfStock,
    LimitReached,
    NoEffect,
    NotEligible,
    Outcome,
    UnknownCode,
    UnknownCoupon,
)
from ordercore.promotions.conditions import Threshold
from ordercore.promotions.selectors import AllUnits

__all__ = ["refusal"]


def refusal(outcome: Outcome, tell: Teller, ticket: Ticket | None = None) -> Row:
    """Explain the outcome of a promotion that did not apply.

    Args:
        outcome: What became of it.
        tell: How it is told.
        ticket: The code that was typed for it or the coupon that is held, if any; then the
            refusal speaks of that.
    """
    if isinstance(outcome, UnknownCode):
        words = tell.words.say("outcome.unknown_code", code=outcome.code)
        return Row(kind=outcome.kind, subject=outcome.code, words=words)
    if isinstance(outcome, UnknownCoupon):
        words = tell.words.say("outcome.unknown_coupon", coupon=outcome.coupon)
        return Row(kind=outcome.kind, subject=outcome.coupon, words=words)
    promotion = outcome.promotion
    name = tell.name(promotion) if ticket is None else tell.ticket(ticket, promotion)
    row = _REFUSALS.get(type(outcome), _plain)(outcome, name, tell)
    if ticket is None:
        return evolve(row, subject=promotion)
    return evolve(row, subject=ticket.id, promotion=promotion)


def _plain(outcome: Outcome, name: str, tell: Teller, **more: str) -> Row:
    key = f"outcome.{outcome.kind}"
    known = key in tell.words.catalogue.messages
    words = tell.words.say(key if known else "outcome.other", promotion=name, **more)
    return Row(kind=outcome.kind, words=words)


def _beaten(outcome: Beaten, name: str, tell: Teller) -> Row:
    key, more = "outcome.beaten", {"by": tell.names(outcome.by, outcome.promotion)}
    if not outcome.on_units:
        key = f"{key}.chosen"
    if outcome.in_its_place and outcome.difference.minor > 0:
        key, more = f"{key}.saving", {**more, "difference": tell.amount(outcome.difference)}
    words = tell.words.say(key, promotion=name, **more)
    return Row(kind=outcome.kind, words=words, because=outcome.by)


def _excluded(outcome: Excluded, name: str, tell: Teller) -> Row:
    row = _plain(outcome, name, tell, by=tell.names(outcome.by, outcome.promotion))
    return evolve(row, because=outcome.by)


def _out_of_stock(outcome: GiftOutOfStock, name: str, tell: Teller) -> Row:
    short = outcome.short_gifts
    if not any([gift.left or gift.given for gift in short]):
        return _plain(outcome, name, tell, skus=tell.words.joined(outcome.skus))
    return Row(
        kind=outcome.kind,
        words=tell.words.say(
            "outcome.gift_out_of_stock.short", promotion=name, gifts=tell.short(short)
        ),
    )


def _limit_reached(outcome: LimitReached, name: str, tell: Teller) -> Row:
    key = f"outcome.{outcome.kind}"
    if outcome.limit != "uses":
        key = f"{key}.{outcome.limit}"
    if isinstance(outcome.allowed, Money):
        words = tell.words.say(key, promotion=name, allowed=tell.amount(outcome.allowed))
    else:
        words = tell.words.say(key, promotion=name, count=outcome.allowed)
    return Row(kind=outcome.kind, words=words)


def _not_eligible(outcome: NotEligible, name: str, tell: Teller) -> Row:
    miss = outcome.miss
    part = reason(miss, tell)
    words = _short_by(miss, name, tell) or tell.words.say(
        "outcome.not_eligible", promotion=name, reasons=part.words
    )
    return Row(kind=outcome.kind, words=words, gap=miss.gap, parts=(part,))


def _short_by(miss: Miss, name: str, tell: Teller) -> str | None:
    """Say by how much it falls short, where a threshold alone stands in the way."""
    condition = miss.condition
    if not isinstance(condition, Threshold) or miss.gap is None:
        return None
    some = "" if isinstance(condition.target, AllUnits) else ".some"
    if isinstance(miss.gap, Money):
        key = f"outcome.not_eligible.amount{some}"
        return tell.words.say(key, gap=tell.amount(miss.gap), promotion=name)
    return tell.words.say(f"outcome.not_eligible.units{some}", count=miss.gap, promotion=name)


def _without_effect(outcome: NoEffect, name: str, tell: Teller) -> Row:
    """Say what there is too little of, or what leaves nothing to take, where it can be told."""
    miss = outcome.miss
    if miss is not None:
        part = reason(miss, tell)
        words = tell.words.say("outcome.not_eligible", promotion=name, reasons=part.words)
        return Row(kind=outcome.kind, words=words, gap=miss.gap, parts=(part,))
    cuts = withheld_rows(outcome, tell)
    if not cuts:
        return _plain(outcome, name, tell)
    words = tell.words.say("outcome.no_effect.withheld", promotion=name, reasons=cuts[0].words)
    return Row(kind=outcome.kind, words=words, parts=cuts)


_REFUSALS: Final[Mapping[type, Callable[[Any, str, Teller], Row]]] = MappingProxyType(
    {
        NotEligible: _not_eligible,
        Beaten: _beaten,
        Excluded: _excluded,
        GiftOutOfStock: _out_of_stock,
        LimitReached: _limit_reached,
        NoEffect: _without_effect,
    }
)
