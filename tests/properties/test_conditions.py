"""Law P11: conditions are tested once, on the state in which their layer began."""

import pytest
from attrs import evolve
from by_hand import asked, counted, found, holds, rows_at
from drawing import cases, drawn_rules
from hypothesis import example, given
from hypothesis import strategies as st

from ordercore import Cart, Context, Money, Promotion, PromotionBook
from ordercore.calendars import Schedule
from ordercore.data import variants
from ordercore.pricing import Applied, Kind, NotEligible, price_in
from ordercore.promotions import (
    AllUnits,
    Basis,
    Condition,
    Exclusive,
    GrantCoupon,
    PercentOff,
    ShippingOff,
    Sku,
    Threshold,
)
from ordercore.testing.strategies import INSTANT, SKUS

NOW = Context(INSTANT)
TARGETS = st.one_of(
    st.just(AllUnits()),
    st.sampled_from(SKUS).map(Sku),
    st.sampled_from(SKUS).map(lambda sku: ~Sku(sku)),
)
LAYERED = st.sampled_from(("order", "order", "unit"))
CONDITIONS = [
    kind for kind in variants(Condition).values() if kind.__module__.startswith("ordercore.")
]


@pytest.mark.usefixtures("drawn")
@given(cases(st.just("CNY"), min_promotions=2, exclusive=Exclusive.NO), st.data())
def test_p11_a_condition_of_any_kind_holds_as_it_says(case, data):
    cart, book, *others = case
    for kind in CONDITIONS:
        when, basis = data.draw(st.sampled_from(drawn_rules()[kind])), data.draw(BASES)
        last = Promotion(
            id="last", layer="points", when=when, basis=basis, benefits=GrantCoupon("next")
        )
        quote = price_in(cart, evolve(book, promotions=[*book.promotions, last]), *others)
        eligible = holds(when, rows_at(quote, last), basis, quote)
        assert (quote.outcome("last").kind is not Kind.NOT_ELIGIBLE) is eligible


BASES = st.sampled_from(Basis)


@given(cases(min_promotions=2))
def test_p11_conditions_are_tested_on_the_state_in_which_their_layer_began(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if outcome.kind is Kind.EXCLUDED:
            continue  # who is excluded from the whole book is not tested
        rows = rows_at(quote, promotion)
        eligible = promotion.schedule.is_open(quote.context.at) and holds(
            promotion.when, rows, promotion.basis, quote
        )
        assert eligible is (outcome.kind is not Kind.NOT_ELIGIBLE)


THRESHOLDS = st.builds(
    Threshold,
    st.sampled_from(("1", "2", "3", "10", "20")),
    target=TARGETS,
    basis=st.none() | st.sampled_from(Basis),
)
PAIR = Cart.of("CNY", [("shirt", "1.00", 2), ("scarf", "1.00", 1)], shipping="8")
FROM_2 = Promotion(id="p2", when=Threshold("2", target=Sku("shirt")), benefits=ShippingOff("100"))
HALF_BEFORE = Promotion(id="p1", benefits=PercentOff("50"), priority=1)


@given(cases(min_promotions=2, layer=LAYERED, schedule=Schedule(), when=THRESHOLDS))
@example((PAIR, PromotionBook("CNY", [FROM_2]), NOW, None))
@example((PAIR, PromotionBook("CNY", [FROM_2, HALF_BEFORE]), NOW, None))
def test_p11_the_account_keeps_what_a_threshold_asked_and_found(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if outcome.kind is Kind.EXCLUDED or not isinstance(promotion.when, Threshold):
            continue
        required = asked(promotion.when, quote)
        actual = counted(promotion.when, rows_at(quote, promotion), promotion.basis)
        assert (actual >= required) is (outcome.kind is not Kind.NOT_ELIGIBLE)
        if isinstance(outcome, Applied):
            assert outcome.evidence.holds
            assert outcome.evidence[1:4] == (promotion.when, required, actual)
        if isinstance(outcome, NotEligible):
            assert outcome.gap == Money(required - actual, quote.currency)
