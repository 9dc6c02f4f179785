"""Law P15: pricing ends, however many units there are, however much, however deep.

The cases are as large as may be: an answer that lists units, loops over applications or walks
through the combinations of a rule would not come.
"""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import Any

import attrs
import pytest
from attrs import evolve
from by_hand import found, holds, rows_at
from drawing import OPEN, Case, cases, drawn_rules
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Context, Money, Product, Promotion, PromotionBook, Quote, Shopper
from ordercore.data import variants
from ordercore.data.checks import MAX_QUANTITY
from ordercore.errors import InvalidInput, LimitExceeded
from ordercore.money import MAX_MINOR
from ordercore.pricing import Applied, Kind, price_in
from ordercore.promotions import (
    AddOnDeal,
    AllOf,
    AllOfSelectors,
    AllUnits,
    Always,
    AmountOff,
    AmountOffEach,
    AnyOf,
    AnyOfSelectors,
    Benefit,
    BundlePrice,
    BuyXGetY,
    Category,
    CheapestOff,
    Condition,
    Every,
    FixedPrice,
    Gift,
    NotCondition,
    NotSelected,
    NthItemOff,
    PercentOff,
    PickN,
    Selector,
    Threshold,
    Tier,
    Tiers,
)
from ordercore.promotions.size import MAX_NESTING, MAX_NODES
from ordercore.testing.strategies import INSTANT, conditions, selectors

RICH = Context(INSTANT, Shopper(points=10**15))
MILLIARD = 10**9


def check_an_answer(quote: Quote) -> None:
    """Check that a quote is whole: sums, claims that there are units for, units in the middle."""
    columns = quote.columns
    fees = sum(quote.fee_amounts)
    taxes = None if quote.tariff is None else quote.tariff.taxes
    added = quote.rounding.minor
    added += 0 if taxes is None or taxes.included else quote.tax.minor
    assert columns.payable == sum(columns.lines) + columns.shipping + fees + added
    units = {line.id: line.quantity for line in quote.cart.lines}
    for _, outcome in found(quote):
        if isinstance(outcome, Applied):
            for claim in outcome.claims:
                assert 0 < claim.units <= sum(units[line] for line in claim.lines)
            assert all(gift.quantity <= MAX_QUANTITY for gift in outcome.gifts)
    for told in quote.lines:
        name, middle = told.line.id, told.line.quantity // 2
        runs = [quote.line(name, 0, middle), quote.line(name, middle)]
        runs[1:] = [quote.line(name, middle, middle + 1), quote.line(name, middle + 1)]
        assert sum(run.payable_minor for run in runs) == told.payable_minor


# Units


def in_masses(case: Case, counts: list[int]) -> Case:
    """The same with as many units of each line, and nothing that keeps promotions from them."""
    cart, *others = case
    lines = [evolve(line, quantity=count) for line, count in zip(cart.lines, counts, strict=False)]
    return evolve(cart, lines=lines), *others


COUNTS = st.lists(
    st.sampled_from((MILLIARD, MILLIARD - 1, 999_999_937, 7)), min_size=5, max_size=5
)


@given(cases(min_promotions=2, **OPEN), COUNTS)
def test_p15_milliards_of_units_are_counted_and_not_listed(case, counts):
    check_an_answer(price_in(*in_masses(case, counts)))


BENEFITS = {
    "percent": PercentOff("33.33", maximum="1000000"),
    "amount": AmountOff("1", every=Every("0.01")),
    "amount each": AmountOffEach("0.01", max_units_per_line=999_999_999),
    "nth": NthItemOff(2, "50"),
    "buy and get": BuyXGetY(1, 2, "100"),
    "gift": Gift("mug", every=Every(quantity=1)),
    "tiers": Tiers((Tier(quantity=10**9, benefit=NthItemOff(3, "100")),)),
}


@pytest.mark.parametrize("benefit", BENEFITS.values(), ids=BENEFITS)
def test_p15_each_of_a_milliard_applications_is_counted(benefit):
    items = [("screw", "0.005", 10**9), ("nut", "0.01", 10**9), ("washer", "0", 10**9)]
    cart = Cart.of("CNY", items)
    quote = price_in(cart, PromotionBook("CNY", [Promotion(id="p", benefits=benefit)]), RICH)
    assert quote.outcome("p").kind is Kind.APPLIED
    check_an_answer(quote)


# Amounts and counts, as large as they may be

WORTH_ALL = Cart.of("CNY", [(sku, "3333.33", MILLIARD) for sku in ("shirt", "scarf", "socks")])
MOST = Decimal(MAX_MINOR).scaleb(-2)


def enlarged(rule: Any) -> Any:
    """Make every count and amount of a rule as large as it may be, wherever it stands."""
    if isinstance(rule, tuple):
        return tuple(map(enlarged, rule))
    if not attrs.has(type(rule)) or isinstance(rule, Money):
        return rule
    for field in [each for each in attrs.fields(type(rule)) if each.init]:
        value = getattr(rule, field.name)
        if type(value) is int:
            large: Any = MILLIARD
        elif isinstance(value, Decimal | Money) and "percent" not in field.name:
            large = MOST
        else:
            large = enlarged(value)
        try:
            rule = evolve(rule, **{field.name: large})
        except InvalidInput:
            continue  # not beside the others
    return rule


KINDS = {
    tag: kind
    for tag, kind in variants(Benefit).items()
    if kind.__module__.startswith("ordercore.")
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_p15_the_largest_rules_on_the_largest_cart_have_an_answer(kind):
    assert MAX_MINOR - WORTH_ALL.subtotal.minor <= MILLIARD
    for drawn in drawn_rules()[kind][:8]:
        for benefit in (drawn, enlarged(drawn)):
            promotion = Promotion(id="p", benefits=benefit)
            check_an_answer(price_in(WORTH_ALL, PromotionBook("CNY", [promotion]), RICH))


# Many rows of unlike quantities


SETS = tuple(f"set-{i}" for i in range(10))
MANY_ROWS = Cart.of(
    "CNY",
    [
        (
            Product(f"sku-{i}", categories=[each for n, each in enumerate(SETS) if i >> n & 1]),
            f"{i * 7919 % 997 + 1}.{i % 100:02d}",
            i * 104_729 % 9973 + 1,
        )
        for i in range(1, 1024)
    ],
)
SOME_USED = Promotion(id="before", priority=1, benefits=NthItemOff(7, "10", max_times=3000))

OF_MANY = {
    "percent": PercentOff("33.33", max_units_per_line=7),
    "fixed": FixedPrice("100", max_units_per_line=7),
    "nth": NthItemOff(3, "33.33"),
    "cheapest": CheapestOff(2, "33.33", every=5),
    "pick": PickN(7, "1000"),
    "bundle of ten parts that overlap": BundlePrice([(Category(each), 3) for each in SETS], "100"),
    "buy and get of both": BuyXGetY(2, 3, "50", Category(SETS[:6]), Category(SETS[4:])),
    "add-on": AddOnDeal(AllUnits(), "1", MILLIARD),
}


@pytest.mark.parametrize("benefit", OF_MANY.values(), ids=OF_MANY)
def test_p15_a_thousand_rows_of_unlike_quantities_have_an_answer(benefit):
    after = Promotion(id="after", benefits=benefit)
    quote = price_in(MANY_ROWS, PromotionBook("CNY", [SOME_USED, after]), RICH)
    assert quote.outcome("before").kind is Kind.APPLIED
    assert quote.outcome("after").kind is Kind.APPLIED
    assert quote.columns.payable == sum(quote.columns.lines)


# Rules as deep and as wide as they may be


def wrapped(rule: Any, kinds: list[Any]) -> Any:
    """Put a rule into compositions of one member, one around the other."""
    return reduce(
        lambda inner, kind: kind(inner) if kind in NEGATIONS else kind((inner,)), kinds, rule
    )


NEGATIONS = (NotCondition, NotSelected)


def deep(all_: Any, any_: Any, not_: Any, levels: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from((all_, any_, not_)), min_size=levels, max_size=levels)


def depth(rule: Any) -> int:
    """How deep a rule is nested."""
    members = rule if isinstance(rule, tuple) else ()
    if attrs.has(type(rule)) and not isinstance(rule, Money):
        own = [getattr(rule, field.name) for field in attrs.fields(type(rule))]
        return 1 + max(map(depth, own), default=0)
    return max(map(depth, members), default=0)


def test_p15_a_rule_that_says_nothing_hides_none_that_is_nested_beside_it():
    when = reduce(lambda inner, _: AllOf((Always(), inner)), range(MAX_NESTING), Threshold("1"))
    target = reduce(lambda inner, _: AllUnits() & ~inner, range(MAX_NESTING), Category("sale"))
    for rules in ({"when": when}, {"benefits": PercentOff("10", target)}):
        with pytest.raises(LimitExceeded):
            Promotion(id="p", **{"benefits": PercentOff("10"), **rules})


@given(cases(min_promotions=1, max_promotions=1), st.data())
def test_p15_conditions_at_the_limit_of_nesting_are_tested(case, data):
    cart, book, *others = case
    inner: Condition = data.draw(conditions(str(cart.currency)))
    kinds = data.draw(deep(AllOf, AnyOf, NotCondition, MAX_NESTING - depth(inner)))
    when = wrapped(inner, kinds)
    promotion = Promotion(id="deep", when=when, benefits=PercentOff("10"))
    quote = price_in(cart, evolve(book, promotions=[promotion]), *others)
    expected = holds(inner, rows_at(quote, promotion), promotion.basis, quote)
    expected ^= kinds.count(NotCondition) % 2 == 1
    assert (quote.outcome("deep").kind is not Kind.NOT_ELIGIBLE) is expected
    with pytest.raises(LimitExceeded):
        evolve(promotion, when=~when)


@given(cases(min_promotions=1, max_promotions=1), st.data())
def test_p15_selectors_at_the_limit_of_nesting_select(case, data):
    cart, book, *others = case
    inner: Selector = data.draw(selectors(str(cart.currency)))
    levels = MAX_NESTING - 1 - depth(inner)  # the benefit is one too
    kinds = data.draw(deep(AllOfSelectors, AnyOfSelectors, NotSelected, levels))
    if kinds.count(NotSelected) % 2:
        kinds[kinds.index(NotSelected)] = AllOfSelectors
    target = wrapped(inner, kinds)
    quotes = [
        price_in(
            cart,
            evolve(book, promotions=[Promotion(id="p", benefits=PercentOff("10", each))]),
            *others,
        )
        for each in (inner, target)
    ]
    assert quotes[0].lines == quotes[1].lines
    with pytest.raises(LimitExceeded):
        Promotion(id="p", benefits=PercentOff("10", ~target))


def test_p15_rules_at_the_limit_of_their_number_are_tested():
    groups = [
        AnyOf([Threshold(quantity=MILLIARD, target=Category(each)) for _ in range(49)])
        for each in SETS
    ]
    holding = [AnyOf([*group.members[:-1], Threshold("0.01")]) for group in groups]
    # ten groups of 49 thresholds, each with a target; and a benefit with its own
    assert MAX_NODES > 1 + 10 * (1 + 2 * 49) + 2
    for members, kind in ((groups, Kind.NOT_ELIGIBLE), (holding, Kind.APPLIED)):
        promotion = Promotion(id="wide", when=AllOf(members), benefits=PercentOff("10"))
        quote = price_in(MANY_ROWS, PromotionBook("CNY", [promotion]), RICH)
        assert quote.outcome("wide").kind is kind
    with pytest.raises(LimitExceeded):
        evolve(promotion, when=AllOf([*groups, *groups]))
