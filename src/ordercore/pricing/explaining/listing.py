"""Which refusals an explanation lists, by one rule that asks no index.

Listed is every code typed and every coupon held that gave nothing; what was beaten or excluded
by others, has reached a limit or ran out of gifts; what floors leave nothing to take, or the
shopper has too few points for; and what the shopper could change by buying
more. What fails on facts, such as who is buying or when, is not: nobody can do anything about
it. To the account, which stays complete, the listing adds what was no candidate because the cart
has nothing of what it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ordercore.calendars import Schedule
from ordercore.pricing.explaining.naming import Teller, Ticket
from ordercore.pricing.explaining.refusals import refusal
from ordercore.pricing.explaining.rows import Row
from ordercore.pricing.explaining.tickets import Presented
from ordercore.pricing.misses import Miss
from ordercore.pricing.outcomes import NoEffect, Outcome, outcome_of
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.uses import used_up
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Automatic, Exclusive
from ordercore.promotions.proposals import NOTHING
from ordercore.promotions.state import LayerState

__all__ = ["MOST", "refusals"]

MOST: Final = 20
"""The most refusals that are told; of further ones the number is."""

_PREVAILED = (Kind.BEATEN, Kind.EXCLUDED, Kind.GIFT_OUT_OF_STOCK, Kind.LIMIT_REACHED)


def refusals(
    quote: Quote, typed: Iterable[Presented], held: Iterable[Presented], tell: Teller
) -> tuple[tuple[Row, ...], int]:
    """Tell what is listed, the most pressing first, and how many further ones there are.

    Codes and coupons come first, then what others prevailed over, then what has no effect and
    can say why, then what is in reach, the nearest first; coupons that nobody knows come last.
    """
    given = [*_fruitless(typed), *[pair for pair in _fruitless(held) if pair[0].promotion]]
    told = {outcome.promotion for outcome, _ in given}
    prevailed = [(each, None) for each in _prevailed(quote) if each.promotion not in told]
    fruitless = [(each, None) for each in _for_nothing(quote) if each.promotion not in told]
    near = [(each, None) for each in _in_reach(quote) if each.promotion not in told]
    unknown = [pair for pair in _fruitless(held) if not pair[0].promotion]
    every = [*given, *prevailed, *fruitless, *near, *unknown]
    rows = tuple([refusal(outcome, tell, ticket) for outcome, ticket in every[:MOST]])
    return rows, len(every) - len(rows)


def _fruitless(presented: Iterable[Presented]) -> Iterator[tuple[Outcome, Ticket]]:
    """List the codes or coupons that gave nothing, with each promotion that they stand for."""
    for given in presented:
        if given.gave_nothing:
            yield from [(answer, given.ticket) for answer in given.answers or (given.first,)]


def _prevailed(quote: Quote) -> Iterator[Outcome]:
    """List what others prevailed over, in the order of application."""
    state: LayerState | None = None
    for entry in quote.account:
        if entry[1] not in _PREVAILED:
            continue
        plan = quote.book.plans[entry[0]]
        if entry[1] is Kind.EXCLUDED and entry[2] is None and plan.test is not None:
            if state is None:  # nobody tested it
                state = _begun(quote)
            if not plan.test(state).holds:
                continue
        yield outcome_of(quote, entry)


def _for_nothing(quote: Quote) -> Iterator[Outcome]:
    """List what has no effect and can say why, in the order of application."""
    for entry in quote.account:
        if entry[1] is Kind.NO_EFFECT:
            outcome = NoEffect(quote, entry)
            if outcome.miss is not None or outcome.withheld_by:
                yield outcome


def _in_reach(quote: Quote) -> list[Outcome]:
    """List what buying more would change, the nearest first."""
    found: list[tuple[Miss, Entry]] = []
    for entry in (*quote.account, *_no_candidates(quote)):
        verdict = entry[2]
        if entry[1] is not Kind.NOT_ELIGIBLE or verdict is None:
            continue
        miss = Miss.of(verdict, quote.currency)
        if miss.within_reach and not used_up(quote, quote.book.plans[entry[0]]):
            found.append((miss, entry))
    found.sort(key=lambda pair: (pair[0].distance, pair[1][0]))
    return [outcome_of(quote, entry) for _, entry in found]


def _no_candidates(quote: Quote) -> Iterator[Entry]:
    """Look at automatic promotions that were no candidates, unless one stands alone anyway."""
    plans = quote.book.plans
    dealt_with = {entry[0]: entry[1] for entry in quote.account}
    if any(_stands_alone(plans[seq], kind) for seq, kind in dealt_with.items()):
        return
    state = _begun(quote)
    for plan in plans:
        automatic = isinstance(plan.promotion.trigger, Automatic)
        if plan.seq in dealt_with or not automatic or plan.test is None:
            continue
        verdict: Verdict = plan.test(state)
        if not verdict.holds and not isinstance(verdict.condition, Schedule):
            yield plan.seq, Kind.NOT_ELIGIBLE, verdict, NOTHING, ()


def _stands_alone(plan: Plan, kind: Kind) -> bool:
    return kind is Kind.APPLIED and plan.promotion.exclusive is Exclusive.BOOK


def _begun(quote: Quote) -> LayerState:
    """Make the state that the first layer sees."""
    return quote.book.begin(quote.cart, quote.context, quote.base_amounts)
