"""Law P13: more of an item never lowers the discount of a promotion that is monotone.

What is not monotone, and why, says `is_monotone`. Without floors, which hold back what would
fall on them, and at prices in whole minor units: a row that costs a fraction is made whole.

Of the number of promotions nothing of the kind holds: an earlier discount can cost a later
threshold.
"""

from __future__ import annotations

from typing import Any

from attrs import evolve
from by_hand import parts
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Context, Money, Promotion, PromotionBook
from ordercore.calendars import Schedule
from ordercore.pricing import price_in
from ordercore.promotions import (
    AddOnDeal,
    AmountOff,
    Automatic,
    BuyXGetY,
    CheapestOff,
    Excess,
    FixedPrice,
    NotCondition,
    NthItemOff,
    PercentOff,
    Pick,
    PickN,
    Selector,
    Tier,
    Tiers,
    Undiscounted,
)
from ordercore.testing.strategies import (
    amounts,
    carts,
    contexts,
    currencies,
    promotions,
    selectors,
)


def is_monotone(promotion: Promotion) -> bool:
    """Tell whether more of an item can do a promotion no harm, by what its rules say."""
    return not any(map(may_lose, parts(promotion)))


def may_lose(rule: Any) -> bool:
    """Tell whether a rule alone may give less where there is more."""
    match rule:
        case BuyXGetY() | CheapestOff(every=None):
            return rule.pick is Pick.CHEAPEST  # a cheaper unit takes the reward
        case AddOnDeal():
            return True  # the units are taken in the order of their lines, a cheaper one first
        case NotCondition():
            return True  # an upper bound
        case Tiers():
            return True  # a higher tier may give less; those that rise are below
        case AmountOff(excess=Excess.REFUSE):
            return rule.every is not None  # it is worth more, and then more than there is
        case Undiscounted():
            return True  # of undiscounted goods, an earlier benefit leaves fewer
    return getattr(rule, "overflow", None) == "forfeit"  # what a full row cannot take is lost


PLAIN = {
    "id": "p",
    "schedule": Schedule(),
    "trigger": Automatic(),
    "overflow": "redistribute",
}


@st.composite
def growing(draw: st.DrawFn, **carts_of: Any) -> tuple[Cart, Cart]:
    """Draw a cart, and the same with more of an item, on its line or on one of its own."""
    cart = draw(carts(draw(currencies()), min_lines=1, finer=False, floors=False, **carts_of))
    line, more = draw(st.sampled_from(cart.lines)), draw(st.integers(1, 3))
    if draw(st.booleans()):
        lines = [*cart.lines, evolve(line, id="more", quantity=more)]
    else:
        lines = [grown(each, more) if each is line else each for each in cart.lines]
    return cart, evolve(cart, lines=lines)


def grown(line: CartLine, more: int) -> CartLine:
    return evolve(line, quantity=line.quantity + more)


def discount(cart: Cart, promotion: Promotion, context: Context) -> int:
    """What a promotion takes off by itself, in minor units."""
    quote = price_in(cart, PromotionBook(cart.currency, [promotion]), context)
    return quote.outcome(promotion.id).amount_minor


@given(growing(), contexts(), st.data())
def test_p13_more_of_an_item_never_lowers_the_discount(pair, context, data):
    less, more = pair
    promotion = data.draw(promotions(str(less.currency), **PLAIN).filter(is_monotone))
    assert discount(more, promotion, context) >= discount(less, promotion, context)


@st.composite
def rising(draw: st.DrawFn, currency: str) -> Tiers:
    """Draw tiers that give more the higher they are, by amount or by units."""
    target: Selector = draw(selectors(currency).filter(lambda each: not may_lose_by(each)))
    steps = sorted(draw(st.sets(st.integers(1, 8), min_size=1, max_size=3)))
    percents = sorted(draw(st.lists(st.integers(1, 100), min_size=3, max_size=3)))
    offs = sorted(draw(st.lists(amounts(currency), min_size=3, max_size=3)))
    gives = [
        [PercentOff(str(percent), target) for percent in percents],
        [AmountOff(off, target) for off in offs],
        [NthItemOff(2, str(percent), target) for percent in percents],
        [FixedPrice(off, target) for off in reversed(offs)],
        [PickN(2, off, target) for off in reversed(offs)],
    ]
    chosen, by_amount = draw(st.sampled_from(gives)), draw(st.booleans())
    least = [
        {"amount": Money(2500 * step, currency)} if by_amount else {"quantity": step}
        for step in steps
    ]
    return Tiers(
        [Tier(**each, benefit=benefit) for each, benefit in zip(least, chosen, strict=False)],
        target,
    )


def may_lose_by(selector: Selector) -> bool:
    return any(map(may_lose, parts(selector)))


@given(growing(), contexts(), st.data())
def test_p13_tiers_that_rise_never_give_less_for_more(pair, context, data):
    less, more = pair
    promotion = Promotion(id="p", benefits=data.draw(rising(str(less.currency))))
    assert discount(more, promotion, context) >= discount(less, promotion, context)
