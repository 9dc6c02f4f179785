"""Laws of limits: what a promotion may take at most, and what counts as a use.

- P2: no promotion takes more than its cap, nor than what is left of its budget; all together
  take no more than the discount caps of the book allow, and leave each floor price.
- P7: a repeating benefit applies at most as often as the limit says, and as if it said so
  itself.
- P12: who has reached a limit blocks nobody.
- P14: what is counted is what applied, and nothing else.
"""

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from ordercore import Context, Money, Promotion, PromotionBook, Quote, Usage
from ordercore.money.fields import Amount
from ordercore.pricing import Applied, Kind, LimitReached, Use, price_in
from ordercore.promotions import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    Code,
    Coupon,
    DiscountCap,
    Every,
    Gift,
    Limits,
    NthItemOff,
    PickN,
    PointsRedemption,
)
from ordercore.promotions.benefits import Propose
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms
from ordercore.testing.strategies import (
    INSTANT,
    amounts,
    carts,
    pricings,
    pricings_by_tariff,
    selectors,
)

SMALL = st.integers(1, 3)
NOW = Context(INSTANT)


def applied(quote: Quote) -> Iterator[tuple[Promotion, Applied]]:
    for outcome in quote.outcomes:
        if isinstance(outcome, Applied):
            yield quote.book.plan(outcome.promotion).promotion, outcome


def taken(outcome: Applied) -> int:
    """What a promotion takes off goods, shipping and fees, in minor units."""
    fees = sum(amount.minor for _, amount in outcome.fees)
    return outcome.goods_minor + outcome.shipping_minor + fees


def minor(amount: Amount | str, quote: Quote) -> int:
    return Money.of(amount, quote.currency).minor


def spent(quote: Quote, promotion: str) -> int:
    usage = quote.context.usage
    return 0 if usage is None else minor(usage.spent.get(promotion, "0"), quote)


# P2: caps, budgets, discount caps


@given(pricings(min_promotions=2) | pricings_by_tariff(book={"min_promotions": 2}))
def test_p2_no_promotion_takes_more_than_its_cap_and_what_is_left_of_its_budget(case):
    quote = price_in(*case)
    for promotion, outcome in applied(quote):
        cap, budget = promotion.limits.cap, promotion.limits.budget
        assert cap is None or taken(outcome) <= minor(cap, quote)
        if budget is not None:
            assert taken(outcome) + spent(quote, promotion.id) <= minor(budget, quote)


@given(pricings(min_promotions=1, max_promotions=1, limits=Limits()), amounts())
def test_p2_a_cap_takes_just_as_much_as_it_allows_of_what_would_be_taken(case, allowed):
    cart, book, context = case
    (promotion,) = book.promotions
    assume(len(promotion.benefits) == 1)
    assume(not isinstance(promotion.benefits[0], PointsRedemption))  # whole steps of points
    limits = Limits(cap=Money(allowed.minor, cart.currency))
    capped = evolve(book, promotions=[evolve(promotion, limits=limits)])
    before = price_in(cart, book, context).outcome(promotion.id)
    after = price_in(cart, capped, context).outcome(promotion.id)
    assert before.kind is after.kind
    if isinstance(before, Applied) and isinstance(after, Applied):
        assert taken(after) == min(taken(before), allowed.minor)
        assert after.goods_minor == min(before.goods_minor, allowed.minor)
        uncut = dict(before.shares)
        assert all(share <= uncut[line] for line, share in after.shares)


CAPS = st.lists(st.builds(DiscountCap, st.integers(0, 100).map(str), selectors()), max_size=3)


@given(pricings() | pricings_by_tariff(), CAPS)
def test_p2_all_promotions_together_keep_to_the_discount_caps_and_the_floors(case, caps):
    cart, book, *rest = case
    assume(cart.currency == "CNY")
    quote = price_in(cart, evolve(book, discount_caps=caps), *rest)
    begun = LayerState(cart, quote.context, quote.base_amounts)
    for cap in caps:
        for row in cap.target.compile(Terms(cart.currency))(begun):
            base, left = quote.base_amounts[row], quote.row_amounts[row]
            assert base - left <= Fraction(cap.percent) / 100 * base
    for floor, left in zip(begun.floors or (), quote.row_amounts, strict=bool(begun.floors)):
        assert left >= floor


@given(pricings(), st.lists(st.just(DiscountCap("100")), max_size=2))
def test_p2_a_cap_of_everything_changes_nothing(case, caps):
    cart, book, context = case
    book = evolve(book, discount_caps=[])
    quote = price_in(cart, evolve(book, discount_caps=caps), context)
    assert quote.columns == price_in(cart, book, context).columns


# P7: applications


@st.composite
def steps(draw: st.DrawFn) -> Every:
    most = draw(st.none() | SMALL)
    if draw(st.booleans()):
        return Every(draw(amounts()).decimal, max_times=most)
    return Every(quantity=draw(SMALL), max_times=most)


@st.composite
def repeating(draw: st.DrawFn) -> Benefit:
    """Draw a benefit of any kind that may apply several times."""
    target, amount, most = draw(selectors()), draw(amounts()).decimal, draw(st.none() | SMALL)
    units, more = draw(SMALL), draw(SMALL)
    percent = draw(st.sampled_from(("100", "50", "33.33")))
    return draw(
        st.sampled_from(
            (
                AmountOff(amount, target, draw(steps())),
                BundlePrice([(target, units), (draw(selectors()), more)], amount, most),
                BuyXGetY(units, more, percent, target, draw(selectors()), most),
                CheapestOff(units, percent, target=target, every=units + more, max_times=most),
                Gift("mug", units, every=draw(steps()), target=target),
                NthItemOff(units, percent, target, most, per_line=draw(st.booleans())),
                PickN(units, amount, target, most),
            )
        )
    )


def limited(benefit: Benefit, most: int) -> Benefit:
    """Write a limit into the benefit itself."""
    if isinstance(benefit, AmountOff | Gift):
        every = benefit.every
        assert every is not None
        return evolve(benefit, every=evolve(every, max_times=min(most, every.max_times or most)))
    own = getattr(benefit, "max_times")  # noqa: B009 - of several classes
    return evolve(benefit, max_times=min(most, own or most))


@given(carts(), repeating(), SMALL)
def test_p7_the_limit_of_a_promotion_holds_like_the_benefits_own(cart, benefit, most):
    def quote(benefit: Benefit, limits: Limits) -> Quote:
        book = PromotionBook("CNY", [Promotion(id="p", benefits=benefit, limits=limits)])
        return price_in(cart, book, NOW)

    one = quote(benefit, Limits(applications=most)).outcomes
    other = quote(limited(benefit, most), Limits()).outcomes
    assert one == other


@given(carts(), repeating(), SMALL)
def test_p7_so_does_the_number_of_times_that_a_state_asks_for(cart, benefit, most):
    def proposed(propose: Propose, times: int) -> object:
        state = LayerState(cart, NOW)
        state.most_times = times
        proposal = propose(state)
        return proposal and tuple(map(_plain, proposal))

    terms = Terms(cart.currency)
    own = proposed(limited(benefit, most).compile(terms), 10**18)
    assert proposed(benefit.compile(terms), most) == own


def _plain(part: object) -> object:
    return tuple(part) if isinstance(part, list) else part


@given(carts(), repeating(), SMALL)
def test_p7_no_more_units_are_used_than_so_many_applications_need(cart, benefit, most):
    limits = Limits(applications=most)
    book = PromotionBook("CNY", [Promotion(id="p", benefits=benefit, limits=limits)])
    outcome = price_in(cart, book, NOW).outcome("p")
    if not isinstance(outcome, Applied):
        return
    used = sum(claim.units for claim in outcome.claims)
    if isinstance(benefit, AmountOff):
        assert outcome.goods_minor <= most * Money.of(benefit.amount, "CNY").minor
    elif isinstance(benefit, Gift):
        assert sum(gift.quantity for gift in outcome.gifts) <= most * benefit.quantity
    elif isinstance(benefit, BundlePrice):
        assert used <= most * sum(part.quantity for part in benefit.parts)
    elif isinstance(benefit, BuyXGetY):
        assert used <= most * (benefit.buy_quantity + benefit.get_quantity)
    elif isinstance(benefit, NthItemOff):
        assert used <= most * benefit.nth
    elif isinstance(benefit, CheapestOff):
        assert used <= most * (benefit.every or 0)
    elif isinstance(benefit, PickN):
        assert used <= most * benefit.quantity


# P12, P14: limits that are reached, and what is counted


REACHED = (
    Limits(uses=2),
    Limits(uses_per_customer=1),
    Limits(budget="5", cap="1"),
    Limits(uses=1, applications=1),
)
"""Limits that two uses and an amount of 5 reach."""


@given(pricings(min_promotions=2), st.data())
def test_p12_who_has_reached_a_limit_blocks_nobody(case, data):
    cart, book, context = case
    spent_out = data.draw(st.sampled_from(book.promotions))
    limits = data.draw(st.sampled_from(REACHED))
    used = {spent_out.id: 2}
    context = evolve(context, usage=Usage(used, used, {spent_out.id: "5"}))
    others = [each for each in book.promotions if each is not spent_out]
    with_it = evolve(book, promotions=[*others, evolve(spent_out, limits=limits)])
    quote, without = (
        price_in(cart, each, context) for each in (with_it, evolve(book, promotions=others))
    )
    assert quote.outcome(spent_out.id).kind is not Kind.APPLIED
    assert quote.row_amounts == without.row_amounts
    assert quote.usage == without.usage
    for promotion in others:
        mine, theirs = quote.outcome(promotion.id), without.outcome(promotion.id)
        assert mine == theirs


@given(pricings(min_promotions=2) | pricings_by_tariff(book={"min_promotions": 2}))
def test_p14_what_is_counted_is_what_applied_with_its_amount(case):
    quote = price_in(*case)
    shopper = quote.context.shopper
    expected = []
    for promotion, outcome in applied(quote):
        trigger = promotion.trigger
        expected.append(
            Use(
                promotion.id,
                trigger.code if isinstance(trigger, Code) else None,
                trigger.kind if isinstance(trigger, Coupon) else None,
                None if shopper is None else shopper.id,
                Money(taken(outcome), quote.currency),
            )
        )
    assert quote.usage == tuple(expected)


@given(pricings(min_promotions=2))
def test_p14_a_limit_is_reached_by_what_the_snapshot_says_and_by_nothing_else(case):
    quote = price_in(*case)
    usage = quote.context.usage
    for outcome in quote.outcomes:
        limits = quote.book.plan(outcome.promotion).promotion.limits
        known = Usage() if usage is None else usage
        counts = {
            "uses": (limits.uses, known.uses.get(outcome.promotion, 0)),
            "uses_per_customer": (
                limits.uses_per_customer, known.uses_by_customer.get(outcome.promotion, 0)
            ),
            "budget": (
                None if limits.budget is None else Money.of(limits.budget, quote.currency),
                Money(spent(quote, outcome.promotion), quote.currency),
            ),
        }  # fmt: skip
        reached = [
            (name, most, used) for name, (most, used) in counts.items()
            if most is not None and used >= most
        ]  # fmt: skip
        if isinstance(outcome, LimitReached):
            assert (outcome.limit, outcome.allowed, outcome.used) == reached[0]
        elif outcome.kind is Kind.APPLIED:
            assert reached == []


@given(pricings(min_promotions=2))
def test_p10_counting_what_was_used_changes_nothing_but_what_is_limited(case):
    cart, book, context = case
    free = evolve(
        book,
        promotions=[
            evolve(each, limits=Limits(applications=each.limits.applications, cap=each.limits.cap))
            for each in book.promotions
        ],
    )
    told, untold = (
        price_in(cart, free, evolve(context, usage=usage)) for usage in (Usage({"p1": 9}), None)
    )
    assert told.columns == untold.columns
    assert told.usage == untold.usage
