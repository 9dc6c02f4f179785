"""What searches take for granted of promotions, without trying them: law P20 rests on it.

A bound that is too low would make a certificate false, so each is tried on any state that
promotions before it could leave: rows that cost less, units that are in use.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from attrs import evolve
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ordercore import Cart, Context, Promotion, PromotionBook, Shopper
from ordercore.pricing.resolvers.account import Account, Kind
from ordercore.pricing.resolvers.bounds import Ahead
from ordercore.pricing.resolvers.by_priority import by_priority
from ordercore.pricing.resolvers.contenders import Contenders
from ordercore.pricing.resolvers.worth import Worth
from ordercore.promotions import (
    AllUnits,
    Always,
    AmountOff,
    BundlePrice,
    CheapestOff,
    NthItemOff,
    PercentOff,
    PickN,
    PointsRedemption,
    Sku,
    Threshold,
)
from ordercore.promotions.plan import Plan, compile_plan, terms_of
from ordercore.promotions.proposals import total_of
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms
from ordercore.testing.strategies import carts, contexts, promotions


class Case(NamedTuple):
    """A promotion, on goods as they were, and on what others left of them."""

    plan: Plan
    prospect: Prospect
    before: LayerState
    after: LayerState


NOW = datetime(2026, 6, 18, tzinfo=UTC)
SKUS = st.sampled_from(["a", "b", "c", "d"])
TARGETS = st.sampled_from([AllUnits(), AllUnits(), Sku("a"), Sku(("a", "b"))])
PERCENTS = st.sampled_from(["0.5", "3", "12.5", "50", "99", "100"])
TIMES = st.sampled_from([None, 1, 2])
YEN = st.one_of(st.integers(1, 4), st.integers(1, 60)).map(str)
RANKED = st.one_of(
    st.builds(NthItemOff, st.integers(1, 3), PERCENTS, TARGETS, TIMES, per_line=st.booleans()),
    st.builds(CheapestOff, st.just(1), PERCENTS, target=TARGETS, every=st.integers(1, 3),
              max_times=TIMES, pick=st.sampled_from(["cheapest", "dearest"])),
    st.builds(CheapestOff, st.integers(1, 2), PERCENTS, target=TARGETS, pick=st.just("dearest")),
    st.builds(PickN, st.integers(1, 3), YEN, TARGETS, TIMES),
    st.builds(BundlePrice, st.sampled_from([
        [(Sku("a"), 1), (Sku("b"), 1)], [(Sku(("a", "b")), 2), (AllUnits(), 1)],
        [(Sku(("a", "c")), 1), (Sku(("b", "c")), 1)],
    ]), YEN, TIMES),
)  # fmt: skip
PAYING = st.builds(
    PointsRedemption,
    st.sampled_from(["1", "3", "0.5"]),
    TARGETS,
    max_percent=st.one_of(st.none(), PERCENTS),
    max_percent_of=st.sampled_from(["goods", "payable"]),
    max_amount=st.one_of(st.none(), YEN),
    min_points=st.integers(1, 9),
    step=st.integers(1, 5),
    keep=st.one_of(st.none(), YEN),
)
SHARING = {"combines_with": "*"}
SWEEPING = st.one_of(st.builds(AmountOff, YEN), st.builds(PercentOff, PERCENTS))


@st.composite
def cheap_carts(draw: st.DrawFn) -> Cart:
    """Draw a cart of a few yen, in which a rounding may turn anything."""
    prices = st.integers(1, draw(st.sampled_from([3, 12, 60])))
    lines = [
        (sku, str(draw(prices)), draw(st.sampled_from([1, 1, 2, 2, 3])))
        for sku in draw(st.lists(SKUS, min_size=1, max_size=4, unique=True))
    ]
    cart = Cart.of("JPY", lines, shipping=str(draw(st.sampled_from([0, 0, 9]))))
    floored = draw(st.sampled_from([(), (), (0,), (0, 1)]))  # of the lines
    kept = [
        evolve(line, floor_price=line.unit_price) if i in floored else line
        for i, line in enumerate(cart.lines)
    ]
    return evolve(cart, lines=kept)


@st.composite
def discounts(draw: st.DrawFn, state: LayerState) -> tuple[int, ...]:
    """Draw what others take off each row, at most down to its floor."""
    floors = state.floors or (0,) * len(state.now)
    room = [amount - floor for amount, floor in zip(state.now, floors, strict=True)]
    return tuple(draw(st.integers(0, each)) for each in room)


@st.composite
def made(
    draw: st.DrawFn, id_: str, benefits: st.SearchStrategy[Any], layer: str = "order"
) -> Promotion:
    """Draw a promotion of one benefit."""
    how = draw(st.sampled_from([{}, {}, {"group": "g"}, {"exclusive": "layer"}, SHARING]))
    return Promotion(
        id=id_,
        benefits=draw(benefits),
        when=draw(st.sampled_from([Always(), Threshold("20"), Threshold("70")])),
        layer=layer,
        **how,
        rounding=draw(st.sampled_from(["per_promotion", "per_promotion", "per_line"])),
    )


@st.composite
def cases(draw: st.DrawFn, benefits: st.SearchStrategy[Any] | None = None) -> Case:
    """Draw a promotion and two states, the second of which holds no more than the first."""
    if benefits is None:
        cart, context = draw(carts(max_lines=4, max_quantity=5)), draw(contexts())
        cart = evolve(cart, lines=[evolve(line, floor_price=None) for line in cart.lines])
        promotion = draw(promotions(str(cart.currency)))
    else:
        cart = draw(cheap_carts())
        buyer = Shopper(points=draw(st.one_of(st.none(), st.integers(1, 300))))
        context = evolve(draw(contexts()), shopper=buyer)
        promotion = draw(made("it", benefits))
    return _case(draw, cart, context, promotion)


def _case(draw: st.DrawFn, cart: Cart, context: Context, promotion: Promotion) -> Case:
    usual = Terms(cart.currency)
    plan = compile_plan(promotion, 0, 0, usual)
    prospect = Prospect.of(promotion, terms_of(promotion, usual))
    before, after = LayerState(cart, context), LayerState(cart, context)
    rows = cart.rows.every
    taken = draw(discounts(after))
    off = draw(st.integers(0, after.shipping))
    after.take((sum(taken), rows, taken, (), off, ()))
    after.next_layer()
    used = [draw(st.integers(0, units)) for units in cart.rows.quantities]
    if draw(st.booleans()):
        after.claim((0, rows, (), used, 0, ()))
    return Case(plan, prospect, before, after)


@st.composite
def runs(draw: st.DrawFn) -> tuple[PromotionBook, LayerState, LayerState, int]:
    """Draw two layers to come, a state, and one in which so much was taken off goods."""
    cart, buyer = draw(cheap_carts()), Shopper(points=draw(st.integers(1, 300)))
    kinds = draw(st.sampled_from([SWEEPING, st.one_of(SWEEPING, RANKED, PAYING), RANKED]))
    names = [("order", "a"), ("order", "b"), ("order", "c"), ("points", "d"), ("points", "e")]
    several = draw(st.lists(st.sampled_from(names), min_size=2, unique=True))
    book = PromotionBook("JPY", [draw(made(id_, kinds, layer)) for layer, id_ in several])
    before = LayerState(cart, Context(NOW, shopper=buyer))
    after = before.fork()
    taken = draw(discounts(after))
    after.take((sum(taken), cart.rows.every, taken, (), 0, ()))
    after.next_layer()
    return book, before, after, sum(taken)


def worth(plan: Plan, state: LayerState) -> int:
    """What a promotion takes of a state."""
    proposal = plan.propose(state)
    return 0 if proposal is None else total_of(proposal)


def taking_no_more_of_less(case: Case) -> None:
    """What is monotone, and without floors what shrinks, takes no more of less."""
    shrinks = case.prospect.shrinks and case.before.floors is None
    if case.prospect.monotone or shrinks:
        taken = worth(case.plan, case.after)
        event(f"{type(case.plan.promotion.benefits[0]).__name__} takes {bool(taken)}")
        assert taken <= worth(case.plan, case.before)


@given(st.one_of(cases(RANKED), cases(RANKED), cases(PAYING)))
@settings(max_examples=600)
def test_p20_what_shrinks_takes_no_more_of_less(case):
    taking_no_more_of_less(case)


@given(cases())
def test_p20_whatever_is_monotone_takes_no_more_of_less(case):
    taking_no_more_of_less(case)


@given(st.one_of(cases(PAYING), cases(SWEEPING)))
@settings(max_examples=200)
def test_p20_a_part_of_the_goods_is_no_more_than_that_part(case):
    if case.prospect.part is None:
        return
    proposal = case.plan.propose(case.after)
    most = int(case.prospect.part * case.after.entry_total) + len(case.after.rows.every)
    event(str(case.prospect.part))
    assert proposal is None or proposal[0] <= most


@given(cases(SWEEPING))
@settings(max_examples=500)
def test_p20_who_takes_something_off_every_row_leaves_no_more_than_dust(case):
    plan, prospect, _, state = case
    proposal = plan.propose(state)
    if prospect.dust is None or proposal is None or state.floors is not None:
        return
    before = state.entry_total
    state.take(proposal)
    state.claim(proposal)
    rows, _, amounts, scale, _ = state.offer(state.rows.every)
    event(f"leaves {len(rows)} rows")
    assert all(amount <= prospect.dust(before) * scale for amount in amounts)
    assert state.total(state.rows.every, Basis.ENTRY) == before


@given(st.one_of(cases(), cases(RANKED), cases(PAYING), cases(SWEEPING)))
def test_p20_who_acts_on_goods_takes_nothing_else(case):
    proposal = case.plan.propose(case.after)
    if case.prospect.on_goods and proposal is not None:
        assert (proposal[4], proposal[5]) == (0, ())


def ahead_of(before: LayerState, book: PromotionBook) -> tuple[list[Plan], Ahead]:
    """All candidates of a book as layers to come, and what they are thought to add at most."""
    prospects = {
        plan.seq: Prospect.of(plan.promotion, terms_of(plan.promotion, Terms(book.currency)))
        for plan in book.plans
    }
    candidates = book.candidates(before.cart, before.context)
    layers = [[*several] for _, several in groupby(candidates, key=lambda plan: plan.layer)]
    nobody = Contenders.of(before, [], prospects)
    return candidates, Ahead(before, nobody, layers, prospects, Worth(1, 0))


@given(runs(), st.randoms(use_true_random=False))
@settings(max_examples=700)
def test_p20_later_layers_add_no_more_than_is_reckoned_with(run, shuffle):
    book, before, after, taken = run
    candidates, ahead = ahead_of(before, book)
    shuffle.shuffle(candidates)  # any may be left out, in any order: a combination is no more
    for count in range(1, len(candidates) + 1):
        plans = sorted(candidates[:count], key=lambda plan: plan.layer)
        entries: Account = []
        by_priority(after.fork(), plans, entries)
        gained = sum(total_of(entry[3]) for entry in entries if entry[1] is Kind.APPLIED)
        for steps in (ahead.steps, ahead.closer([taken]) if ahead.closer else ahead.steps):
            assert gained <= next((extra for cap, extra in steps if taken <= cap), 0)


def test_ranked_units_made_whole_row_by_row_may_take_more_of_less():
    cart = Cart.of("JPY", [("a", "1", 4), ("b", "1", 1)])
    every_second = Promotion(id="it", benefits=NthItemOff(2, "50"), rounding="per_line")
    terms = terms_of(every_second, Terms(cart.currency))
    plan, state = compile_plan(every_second, 0, 0, terms), LayerState(cart, Context(NOW))
    assert worth(plan, state) == 1  # half of two of a
    state.claim((0, (0,), (), (1,), 0, ()))
    assert worth(plan, state) == 2  # half of one of each, both made whole
    assert not Prospect.of(every_second, terms).shrinks
    assert Prospect.of(evolve(every_second, rounding="per_promotion"), Terms("JPY")).shrinks


def test_rows_too_cheap_for_a_share_are_dust():
    cart = Cart.of("JPY", [("a", "6", 1), ("b", "6", 1), ("c", "6", 1)])
    eighth = Promotion(id="it", benefits=PercentOff("12.5"))
    terms = terms_of(eighth, Terms(cart.currency))
    plan, state = compile_plan(eighth, 0, 0, terms), LayerState(cart, Context(NOW))
    assert plan.propose(state)[:3] == (2, (0, 1), (1, 1))
    assert Prospect.of(eighth, terms).dust(18) >= 6  # the last one is left to others


def test_a_floor_may_hold_back_what_is_taken_of_cheaper_goods():
    floored, free = Cart.of("JPY", [("a", "50", 1), ("b", "60", 1)]).lines
    cart = Cart("JPY", [evolve(floored, floor_price=floored.unit_price), free])
    book = PromotionBook("JPY", Promotion(id="half", benefits=NthItemOff(2, "50")))
    before = LayerState(cart, Context(NOW))
    candidates, ahead = ahead_of(before, book)
    assert worth(candidates[0], before) == 0  # the cheaper one is a, at its floor
    after = before.fork()
    after.take((20, (1,), (20,), (1,), 0, ()))
    after.next_layer()
    assert worth(candidates[0], after) == 20
    assert ahead.steps[0][1] >= 20
