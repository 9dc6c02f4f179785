"""The state in which a promotion was tried, and what it would take there, did nothing cut it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.resolvers.by_priority import beside
from ordercore.promotions.benefits import Benefit
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.plan import Plan, compile_plan
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.proposals import total_of
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = ["entered_by", "lacking", "withheld"]

_UNCUT = 0, ()
_TRIED = Kind.APPLIED, Kind.NO_EFFECT


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


def withheld(quote: Quote, entry: Entry) -> tuple[int, tuple[str, ...]]:
    """Tell how much more a promotion would take, in minor units, and what cuts it.

    It applies, or its condition holds and it has no effect. It is tried anew where it was tried,
    with and without what may cut it. Should that not come to what it took (a search may apply it
    less often), nothing is told.
    """
    plan = quote.book.plans[entry[0]]
    limits = plan.promotion.limits
    own = {"cap": limits.cap, "budget": limits.budget}
    cutting = [name for name, limit in own.items() if limit is not None]
    floors = _floors(quote)
    if entry[1] not in _TRIED or not (cutting or floors):
        return _UNCUT
    taken = total_of(entry[3])  # of one without effect nothing
    if _tried(quote, entry, cutting, floors.get("discount_cap", floors.get("floor"))) != taken:
        return _UNCUT
    full = _tried(quote, entry, (), None)
    if full <= taken:
        return _UNCUT
    reasons = [name for name in cutting if _tried(quote, entry, [name], None) < full]
    reached = full
    for name, least in floors.items():
        with_floors = _tried(quote, entry, (), least)
        if with_floors < reached:
            reasons.append(name)
        reached = with_floors
    return full - taken, tuple(reasons or (*cutting, *floors))


def lacking(quote: Quote, entry: Entry) -> Verdict | None:
    """Tell what a promotion without effect has too little of; None: nobody can tell."""
    benefits = quote.book.plans[entry[0]].promotion.benefits
    if all([type(each).lacking is Benefit.lacking for each in benefits]):
        return None
    state = _where_tried(quote, entry)[0]
    found = (each.lacking(state) for each in benefits)
    return next((verdict for verdict in found if verdict is not None), None)


def _floors(quote: Quote) -> dict[str, tuple[int, ...]]:
    """List the floors of the rows: floor prices, then those and the book's discount caps."""
    bare = LayerState(quote.cart, quote.context, quote.base_amounts).floors
    found = {} if bare is None else {"floor": bare}
    every = quote.book.begin(quote.cart, quote.context, quote.base_amounts).floors
    if every is not None and every != bare:
        found["discount_cap"] = every
    return found


def _tried(
    quote: Quote, entry: Entry, limits: list[str] | tuple[()], floors: tuple[int, ...] | None
) -> int:
    """Try a promotion where it applied, under some of its limits and some floors."""
    plan = quote.book.plans[entry[0]]
    state, winners, before = _where_tried(quote, entry)
    state.floors = floors
    proposal = beside(_limited(plan, quote, limits), state, winners, before)
    return 0 if proposal is None else total_of(proposal)


def _where_tried(quote: Quote, entry: Entry) -> tuple[LayerState, list[Plan], list[Entry]]:
    """Make the state in which a promotion applied, with who applied before it in its layer."""
    plans, layer = quote.book.plans, quote.book.plans[entry[0]].layer
    state = entered_by(quote, plans[entry[0]])
    before: list[Entry] = []
    for other in quote.account:
        if other[0] == entry[0]:
            break
        if other[1] is Kind.APPLIED and plans[other[0]].layer == layer:
            state.take(other[3])
            state.claim(other[3])
            before.append(other)
    return state, [plans[other[0]] for other in before], before


def _limited(plan: Plan, quote: Quote, kept: list[str] | tuple[()]) -> Plan:
    """Make the plan of a promotion that has only some of its limits on money."""
    limits = plan.promotion.limits
    cap = limits.cap if "cap" in kept else None
    budget = limits.budget if "budget" in kept else None
    if (cap, budget) == (limits.cap, limits.budget):
        return plan
    freed = evolve(plan.promotion, limits=evolve(limits, cap=cap, budget=budget))
    return compile_plan(freed, plan.seq, plan.layer, Terms(quote.currency))
