"""Laws of combinations.

- P20: within its span `Optimal` is no worse than any order of application, and equals trying
  every combination. What it cannot prove, it states as a gap.
- P13: adding a promotion to the span of one exact `Optimal` never raises the payable.
"""

from datetime import UTC, datetime
from itertools import combinations, permutations, product

from attrs import evolve
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from ordercore import Cart, Context, Promotion, PromotionBook
from ordercore.calendars import Schedule
from ordercore.pricing import Kind, price_in
from ordercore.promotions import (
    Always,
    AmountOff,
    Automatic,
    BestOf,
    Criterion,
    Exclusive,
    Optimal,
    PercentOff,
    Sku,
    Threshold,
    Tiers,
)
from ordercore.testing.strategies import pricings

RUN = ("set", "order")
NOW = Context(datetime(2026, 6, 18, tzinfo=UTC))
CONTENDING = {
    "layer": st.sampled_from(["set", "set", "order"]),
    "when": Always(),
    "schedule": Schedule(),
    "trigger": Automatic(),
}


def payable(quote):
    return sum(quote.row_amounts) + quote.shipping_minor + sum(quote.fee_amounts)


def with_promotions(book, promotions, resolvers=()):
    return evolve(book, promotions=promotions, resolvers=resolvers)


def in_layers_only(book):
    """Let who would stand alone in the book stand alone in its layer."""
    made = [
        evolve(each, exclusive=Exclusive.LAYER) if each.exclusive is Exclusive.BOOK else each
        for each in book.promotions
    ]
    return evolve(book, promotions=made)


def repeats(benefit):
    if isinstance(benefit, Tiers):
        return any(repeats(tier.benefit) for tier in benefit.tiers)
    return getattr(benefit, "every", None) is not None or getattr(benefit, "max_times", 1) != 1


def ways(promotion, most):
    """The promotion as it is, and limited to fewer applications."""
    yield promotion
    if any(repeats(benefit) for benefit in promotion.benefits):
        for times in range(1, most + 1):
            limits = promotion.limits
            fewer = min(times, limits.applications or times)
            yield evolve(promotion, limits=evolve(limits, applications=fewer))


def every_order(book, most=0):
    """Books of some of the promotions, in every order, each as often as it can or less."""
    for count in range(len(book.promotions) + 1):
        for order in permutations(book.promotions, count):
            for chosen in product(*[list(ways(each, most)) for each in order]):
                ranked = [evolve(each, priority=-i) for i, each in enumerate(chosen)]
                yield with_promotions(book, ranked)


@settings(max_examples=60)
@given(pricings(min_promotions=2, max_promotions=3, max_lines=3, **CONTENDING))
def test_p20_the_optimum_is_what_trying_everything_finds(case):
    cart, book, context = case
    book = in_layers_only(book)
    quote = price_in(cart, evolve(book, resolvers=[Optimal(RUN)]), context)
    least = min(payable(price_in(cart, each, context)) for each in every_order(book, most=3))
    gap = sum(told.gap.minor for told in quote.certificates)
    assert payable(quote) - gap <= least
    if not gap:
        assert payable(quote) <= least
    if all(line.quantity <= 4 for line in cart.lines):  # else there are more than three times
        assert payable(quote) >= least
    event("better than by priority" if payable(quote) < payable_by_priority(case) else "the same")


def payable_by_priority(case):
    cart, book, context = case
    return payable(price_in(cart, in_layers_only(book), context))


@settings(max_examples=60)
@given(pricings(min_promotions=2, max_promotions=4, **CONTENDING), st.integers(1, 40))
def test_p20_a_search_cut_short_is_no_worse_than_by_priority(case, nodes):
    cart, book, context = case
    book = in_layers_only(book)
    quote = price_in(cart, evolve(book, resolvers=[Optimal(RUN, nodes=nodes)]), context)
    assert payable(quote) <= payable_by_priority(case)
    gap = sum(told.gap.minor for told in quote.certificates)
    least = min(payable(price_in(cart, each, context)) for each in every_order(book))
    assert payable(quote) - gap <= least


@st.composite
def small_change(draw, most=9, promotions=4):
    """Draw a cart of a few yen, whole offers on some of its lines, and what follows them.

    Amounts are up to ``most``: the fewer there are, the more combinations save alike.
    """
    skus = ["a", "b", "c"]
    prices = st.integers(1, 4 * most + 4)
    cart = Cart.of("JPY", [(sku, str(draw(prices)), 1) for sku in skus])
    offers = [
        Promotion(
            id=f"offer{i}",
            benefits=AmountOff(str(draw(st.integers(1, most))), Sku(tuple(draw(some_of(skus))))),
            layer="set",
            group=draw(st.sampled_from([None, None, "g"])),
            whole=True,
        )
        for i in range(draw(st.integers(2, promotions)))
    ]
    later = [
        Promotion(
            id=f"later{i}",
            when=draw(
                st.sampled_from(
                    [Always(), Threshold(str(draw(st.integers(2 * most + 2, 8 * most + 8))))]
                )
            ),
            benefits=draw(
                st.sampled_from(
                    [AmountOff(str(draw(st.integers(1, most)))), PercentOff(str(10 * (i + 1)))]
                )
            ),
            group=draw(st.sampled_from([None, "tiers"])),
        )
        for i in range(draw(st.integers(1, promotions - 1)))
    ]
    return cart, offers, later


def some_of(names):
    return st.lists(st.sampled_from(names), min_size=1, unique=True)


@settings(max_examples=150)
@given(small_change())
def test_p20_not_a_yen_is_missed(case):
    """Against trying every choice of offers, and after it every order of what follows."""
    cart, offers, later = case
    book = PromotionBook("JPY", [*offers, *later], resolvers=[Optimal(RUN)])
    quote = price_in(cart, book, NOW)
    assert all(told.exact for told in quote.certificates)
    choices = [
        PromotionBook("JPY", [*chosen, *[evolve(p, priority=-i) for i, p in enumerate(order)]])
        for count in range(len(offers) + 1)
        for chosen in combinations(offers, count)
        for fewer in range(len(later) + 1)
        for order in permutations(later, fewer)
    ]
    assert payable(quote) == min(payable(price_in(cart, each, NOW)) for each in choices)


PRIORITIES = st.lists(st.integers(-1, 1), min_size=7, max_size=7)
OBJECTIVES = [("payable",), ("payable", "priority"), ("payable", "fewer"), tuple(Criterion)]


def standing(quote, objective, priorities):
    """What an objective sees in a quote of promotions that all take amounts."""
    names = sorted(each.promotion for each in quote.outcomes if each.kind is Kind.APPLIED)
    seen = {
        "payable": payable(quote),
        "gift_value": 0,
        "priority": [*sorted(-priorities[name] for name in names), -BEYOND],
        "fewer": len(names),
    }
    return [*[seen[criterion] for criterion in objective], names]


BEYOND = 99
"""Above all priorities: who has none left stands best."""


@settings(max_examples=60)
@given(small_change(most=2, promotions=3), PRIORITIES, st.sampled_from(OBJECTIVES))
def test_p20_of_combinations_that_save_alike_the_objective_decides(case, drawn, objective):
    """Over all layers of the run together, against trying every choice."""
    cart, offers, later = case
    priorities = {each.id: drawn[i] for i, each in enumerate([*offers, *later])}
    made = [evolve(each, priority=priorities[each.id]) for each in [*offers, *later]]
    search = Optimal(RUN, objective=objective)
    quote = price_in(cart, PromotionBook("JPY", made, resolvers=[search]), NOW)
    choices = [
        PromotionBook("JPY", [*chosen, *[evolve(p, priority=-i) for i, p in enumerate(order)]])
        for count in range(len(offers) + 1)
        for chosen in combinations(offers, count)
        for fewer in range(len(later) + 1)
        for order in permutations(later, fewer)
    ]
    found = [standing(price_in(cart, each, NOW), objective, priorities) for each in choices]
    assert standing(quote, objective, priorities) == min(found)


@given(pricings(min_promotions=2, max_promotions=5, **CONTENDING), st.data())
def test_p13_adding_a_promotion_to_an_exact_span_never_raises_the_payable(case, data):
    cart, book, context = case
    book = evolve(in_layers_only(book), resolvers=[Optimal(RUN)])
    less = data.draw(st.sampled_from(book.promotions), label="without")
    fewer = evolve(book, promotions=[each for each in book.promotions if each is not less])
    more, before = price_in(cart, book, context), price_in(cart, fewer, context)
    assume(all(told.exact for told in more.certificates))
    assert payable(more) <= payable(before)


@given(
    pricings(min_promotions=1, max_promotions=5),
    st.sampled_from(
        [
            [Optimal(("unit", "set", "order", "platform"))],
            [Optimal(RUN), BestOf("coupon")],
            [Optimal(("set",)), Optimal(("order",)), BestOf("unit")],
            [BestOf(layer) for layer in ("unit", "set", "order")],
            [BestOf(group="g"), BestOf(group="h"), Optimal(("platform",))],
        ]
    ),
    st.randoms(use_true_random=False),
)
def test_resolvers_keep_the_laws_of_every_quote(case, resolvers, shuffle):
    """P1, P3, P7, P8, P21 for quotes in which promotions compete otherwise than by priority."""
    cart, book, context = case
    if BestOf(group="g") in resolvers:  # whose groups stand in no layer that a search settles
        kept = [each for each in book.promotions if each.layer != "platform" or not each.group]
        book = evolve(book, promotions=kept)
    book = evolve(book, resolvers=resolvers)
    quote = price_in(cart, book, context)
    assert min([0, *quote.row_amounts, quote.shipping_minor, *quote.fee_amounts]) == 0
    applied = [entry for entry in quote.account if entry[1] is Kind.APPLIED]
    off = sum(entry[3][0] for entry in applied)
    assert off == sum(quote.base_amounts) - sum(quote.row_amounts)
    assert sum(sum(parts) for _, _, parts in quote.columns.shares) == off
    assert sum(entry[3][4] for entry in applied) == cart.shipping.minor - quote.shipping_minor
    seqs = [entry[0] for entry in quote.account]
    assert len(seqs) == len(set(seqs))
    assert set(seqs) == {plan.seq for plan in book.candidates(cart, context)}
    used: dict[tuple[int, int], int] = {}
    for seq, _, _, proposal, _ in applied:
        plan = book.plans[seq]
        if not plan.sociable:
            for row, units in zip(proposal[1], proposal[3], strict=True):
                used[plan.layer, row] = used.get((plan.layer, row), 0) + units
    assert all(units <= cart.rows.quantities[row] for (_, row), units in used.items())
    shuffled = list(book.promotions)
    shuffle.shuffle(shuffled)
    again = price_in(cart, evolve(book, promotions=shuffled), context)
    assert (again.columns, again.certificates) == (quote.columns, quote.certificates)


@given(pricings(min_promotions=2, max_promotions=4, layer="set", exclusive="no"))
def test_the_best_of_a_layer_saves_as_much_as_anybody_alone(case):
    cart, book, context = case
    quote = price_in(cart, evolve(book, resolvers=[BestOf("set")]), context)
    alone = [
        payable(price_in(cart, with_promotions(book, [each]), context)) for each in book.promotions
    ]
    assert payable(quote) == min(alone)
    assert sum(outcome.kind is Kind.APPLIED for outcome in quote.outcomes) <= 1


@given(pricings(min_promotions=1, max_promotions=4, exclusive=st.sampled_from(["no", "book"])))
def test_who_stands_alone_competes_with_all_the_others_under_optimal(case):
    cart, book, context = case
    searched = evolve(book, resolvers=[Optimal(book.layers)])
    quote = price_in(cart, searched, context)
    assume(all(told.exact for told in quote.certificates))
    choices = [
        price_in(cart, evolve(searched, promotions=[each]), context)
        for each in book.promotions
        if each.exclusive is Exclusive.BOOK
    ]
    others = [each for each in book.promotions if each.exclusive is not Exclusive.BOOK]
    choices.append(price_in(cart, evolve(searched, promotions=others), context))
    if all(told.exact for choice in choices for told in choice.certificates):
        assert payable(quote) == min(map(payable, choices))
