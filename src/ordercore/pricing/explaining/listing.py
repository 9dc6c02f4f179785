"""Which refusals an explanation lists, by one rule that asks no index.

Listed is every code typed that gave nothing; what was beaten or excluded by others, has reached
a limit or ran out of gifts; and what the shopper could change by buying more. What fails on
facts, such as who is buying or when, is not: nobody can do anything about it. To the account,
which stays complete, the listing adds what was no candidate because the cart has nothing of what
it asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ordercore.calendars import Schedule
from ordercore.pricing.explaining.naming import Teller
from ordercore.pricing.explaining.refusals import refusal
from ordercore.pricing.explaining.rows import Row
from ordercore.pricing.misses import Miss
from ordercore.pricing.outcomes import Outcome, UnknownCode, outcome_of
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.uses import used_up
from ordercore.promotions.conditions import (
    AllOf,
    AnyOf,
    Condition,
    HasCode,
    NotCondition,
    Verdict,
)
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Automatic, Exclusive
from ordercore.promotions.proposals import NOTHING
from ordercore.promotions.state import LayerState

__all__ = ["MOST", "codes", "refusals"]

MOST: Final = 20
"""The most refusals that are told; of further ones the number is."""

_PREVAILED = (Kind.BEATEN, Kind.EXCLUDED, Kind.GIFT_OUT_OF_STOCK, Kind.LIMIT_REACHED)


def codes(quote: Quote, tell: Teller) -> tuple[Row, ...]:
    """Tell what became of each code typed."""
    return tuple([_code(quote, code, tell) for code in quote.context.codes])


def _code(quote: Quote, code: str, tell: Teller) -> Row:
    answers = _answers(quote, code)
    if not answers:
        words = tell.words.say("code", code=code)
        return Row(kind=Kind.UNKNOWN_CODE, subject=code, words=words)
    applied = [answer for answer in answers if answer.kind is Kind.APPLIED]
    first = (applied or answers)[0]
    words, ids = tell.code(code, first.promotion), [answer.promotion for answer in answers]
    return Row(kind=first.kind, subject=code, words=words, because=tuple(ids))


def _answers(quote: Quote, code: str) -> list[Outcome]:
    """Look at all that a code is for: promotions triggered by it, else those that ask for it."""
    book = quote.book
    plans = book.by_code(code) or [
        plan for plan in book.plans if _asks_for(plan.promotion.when, code)
    ]
    return [quote.outcome(plan.promotion.id) for plan in plans]


def _asks_for(condition: Condition, code: str) -> bool:
    if isinstance(condition, HasCode):
        return code in condition.codes
    if isinstance(condition, NotCondition):
        return _asks_for(condition.member, code)
    members = condition.members if isinstance(condition, AllOf | AnyOf) else ()
    return any([_asks_for(member, code) for member in members])


def refusals(quote: Quote, tell: Teller) -> tuple[tuple[Row, ...], int]:
    """Tell what is listed, the most pressing first, and how many further ones there are.

    Codes come first, then what others prevailed over, then what is in reach, the nearest first.
    """
    typed = [*_typed(quote)]
    told = {outcome.promotion for outcome, _ in typed}
    prevailed = [(each, "") for each in _prevailed(quote) if each.promotion not in told]
    near = [(each, "") for each in _in_reach(quote) if each.promotion not in told]
    every = [*typed, *prevailed, *near]
    rows = tuple([refusal(outcome, tell, code) for outcome, code in every[:MOST]])
    return rows, len(every) - len(rows)


def _typed(quote: Quote) -> Iterator[tuple[Outcome, str]]:
    """List the codes that gave nothing, with each promotion that they stand for."""
    for code in quote.context.codes:
        answers = _answers(quote, code)
        if not answers:
            yield UnknownCode(code=code), code
        elif all(answer.kind is not Kind.APPLIED for answer in answers):
            yield from [(answer, code) for answer in answers]


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
