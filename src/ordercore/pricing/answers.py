"""What became of a promotion that a quote is asked about, candidate or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordercore.pricing.outcomes import Outcome, outcome_of
from ordercore.pricing.resolvers.account import Kind
from ordercore.pricing.resolvers.by_priority import alone
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Code, Coupon, Exclusive
from ordercore.promotions.proposals import NOTHING
from ordercore.promotions.state import LayerState

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = ["answer", "entered_by"]


def answer(quote: Quote, plan: Plan) -> Outcome:
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


def entered_by(quote: Quote, plan: Plan) -> LayerState:
    """Make the state on which a promotion was tested, as it was when its layer began."""
    state = quote.book.begin(quote.cart, quote.context, quote.base_amounts)
    solitary = plan.promotion.exclusive is Exclusive.BOOK  # tried before the first layer
    layer, plans = 0 if solitary else plan.layer, quote.book.plans
    for seq, kind, _, taken, _ in quote.account:
        if kind is Kind.APPLIED and plans[seq].layer < layer:
            state.take(taken)
    state.next_layer()
    return state
