"""Codes typed and coupons held, and the promotions that they are for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ordercore.pricing.explaining.naming import Teller, Ticket
from ordercore.pricing.explaining.rows import Row
from ordercore.pricing.outcomes import Outcome, UnknownCode, UnknownCoupon
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.account import Kind
from ordercore.promotions.conditions import (
    AllOf,
    AnyOf,
    Condition,
    HasCode,
    HoldsCoupon,
    NotCondition,
)
from ordercore.promotions.plan import Plan

__all__ = ["Presented", "codes", "coupons", "ticket_row"]


class Presented(NamedTuple):
    """A code or a kind of coupon, and what became of all that it is for."""

    ticket: Ticket
    answers: tuple[Outcome, ...]

    @property
    def gave_nothing(self) -> bool:
        """Whether none of what it is for applies."""
        return all([answer.kind is not Kind.APPLIED for answer in self.answers])

    @property
    def first(self) -> Outcome:
        """What stands for it: what applies, else the first; or that nobody knows it."""
        applied = [answer for answer in self.answers if answer.kind is Kind.APPLIED]
        if self.answers:
            return (applied or self.answers)[0]
        word, id_ = self.ticket
        return UnknownCode(code=id_) if word == "code" else UnknownCoupon(coupon=id_)


def codes(quote: Quote) -> tuple[Presented, ...]:
    """List every code typed."""
    typed = quote.context.codes
    triggered = {code: quote.book.by_code(code) for code in typed}
    return _presented(quote, "code", triggered, _codes_of)


def coupons(quote: Quote) -> tuple[Presented, ...]:
    """List every kind of coupon that is held."""
    held: dict[str, list[Plan]] = {kind: [] for kind in quote.context.carried("coupon")}
    if held:
        for plan in quote.book.plans:
            if plan.coupon in held:
                held[plan.coupon].append(plan)
    triggered = {kind: tuple(plans) for kind, plans in held.items()}
    return _presented(quote, "coupon", triggered, _coupons_of)


def ticket_row(given: Presented, tell: Teller) -> Row:
    """Tell what became of a code or a coupon."""
    ticket, first = given.ticket, given.first
    ids = tuple([answer.promotion for answer in given.answers])
    words = tell.ticket(ticket, first.promotion)
    return Row(kind=first.kind, subject=ticket.id, words=words, because=ids)


def _presented(
    quote: Quote,
    word: str,
    triggered: dict[str, tuple[Plan, ...]],
    named: Callable[[Condition], tuple[str, ...]],
) -> tuple[Presented, ...]:
    """Look at all that they are for: promotions triggered by it, else those that ask for it."""
    asking: dict[str, list[Plan]] = {id_: [] for id_, plans in triggered.items() if not plans}
    for plan in quote.book.plans if asking else ():
        for id_ in set(_asked_for(plan.promotion.when, named)) & asking.keys():
            asking[id_].append(plan)
    return tuple(
        [
            Presented(Ticket(word, id_), _outcomes(quote, plans or asking[id_]))
            for id_, plans in triggered.items()
        ]
    )


def _outcomes(quote: Quote, plans: tuple[Plan, ...] | list[Plan]) -> tuple[Outcome, ...]:
    return tuple([quote.outcome(plan.promotion.id) for plan in plans])


def _asked_for(
    condition: Condition, named: Callable[[Condition], tuple[str, ...]]
) -> tuple[str, ...]:
    """List what a condition asks for, wherever in it that stands."""
    if isinstance(condition, NotCondition):
        return _asked_for(condition.member, named)
    members = condition.members if isinstance(condition, AllOf | AnyOf) else ()
    return (*named(condition), *[id_ for each in members for id_ in _asked_for(each, named)])


def _codes_of(condition: Condition) -> tuple[str, ...]:
    return condition.codes if isinstance(condition, HasCode) else ()


def _coupons_of(condition: Condition) -> tuple[str, ...]:
    return condition.coupons if isinstance(condition, HoldsCoupon) else ()
