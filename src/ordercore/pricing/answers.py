"""What became of a promotion, a code or a coupon that a quote is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordercore.errors import InvalidType, InvalidValue
from ordercore.pricing.entered import entered_by
from ordercore.pricing.outcomes import Outcome, UnknownCode, UnknownCoupon, outcome_of
from ordercore.pricing.resolvers.account import Kind
from ordercore.pricing.resolvers.by_priority import alone
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Code, Coupon
from ordercore.promotions.proposals import NOTHING

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = ["asked", "unknown_coupons"]


def asked(quote: Quote, promotion: str | None, code: str | None, coupon: str | None) -> Outcome:
    """Answer for a promotion, for a code, or for a kind of coupon: see `Quote.outcome`."""
    given = [each for each in (promotion, code, coupon) if each is not None]
    if len(given) != 1:
        raise InvalidValue("one of a promotion's id, a code and a coupon")
    if not isinstance(given[0], str):
        raise InvalidType("text", given[0])
    if promotion is not None:
        return _answer(quote, quote.book.plan(promotion))
    if code is not None:
        return _first(quote, quote.book.by_code(code)) or UnknownCode(code=code)
    plans = tuple([plan for plan in quote.book.plans if plan.coupon == coupon])
    return _first(quote, plans) or UnknownCoupon(coupon=given[0])


def unknown_coupons(quote: Quote) -> tuple[str, ...]:
    """List the kinds of coupons held that no promotion of the book has as its trigger."""
    held = dict.fromkeys(quote.context.carried("coupon"))
    if not held:
        return ()
    known = {plan.coupon for plan in quote.book.plans}
    return tuple(kind for kind in held if kind not in known)


def _first(quote: Quote, plans: tuple[Plan, ...]) -> Outcome | None:
    """Answer for the first promotion that applied, else for the first."""
    answers = [_answer(quote, plan) for plan in plans]
    applied = [answer for answer in answers if answer.kind is Kind.APPLIED]
    return next(iter(applied or answers), None)


def _answer(quote: Quote, plan: Plan) -> Outcome:
    """Read a promotion's outcome off the account, or look now at what was no candidate."""
    for entry in quote.account:
        if entry[0] == plan.seq:
            return outcome_of(quote, entry)
    trigger = plan.promotion.trigger
    if isinstance(trigger, Code | Coupon) and plan.key is not None:
        facet, wanted = plan.key
        held = quote.context.carried(facet)
        if wanted.isdisjoint(held):
            verdict = Verdict(False, trigger, tuple(wanted), held)
            return outcome_of(quote, (plan.seq, Kind.NOT_ELIGIBLE, verdict, NOTHING, ()))
    return outcome_of(quote, alone(plan, entered_by(quote, plan)))
