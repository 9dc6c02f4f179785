"""What cuts a promotion is told: by how much, and by what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ordercore import (
    Cart,
    CartLine,
    Money,
    Product,
    Promotion,
    PromotionBook,
    Quote,
    UnitPrice,
    Usage,
    explain,
    price,
    recipes,
)
from ordercore.pricing import Applied, price_in
from ordercore.pricing.explain import RowKind
from ordercore.promotions import DiscountCap, Limits, Optimal, PercentOff, Sku
from ordercore.testing.strategies import pricings

AT = datetime(2026, 6, 18, tzinfo=UTC)
PLAIN = Cart.of("CNY", [("shirt", "129.00", 2), ("lamp", "180.00", 1)])  # 438.00
SAVE = recipes.spend_and_save("save", spend="200", save="100")


def with_floor(least: str) -> Cart:
    lamp = CartLine.of("1", Product("lamp"), 1, "180.00", "CNY")
    return Cart("CNY", [evolve(lamp, floor_price=UnitPrice.of(least, "CNY"))])


def quote_of(
    *promotions: Promotion, cart: Cart = PLAIN, usage: Usage | None = None, **book: Any
) -> Quote:
    return price(cart, PromotionBook("CNY", promotions, **book), at=AT, usage=usage)


def limited(**limits: Any) -> Promotion:
    return evolve(SAVE, limits=Limits(**limits))


def cut(quote: Quote, promotion: str = "save") -> tuple[str, str, tuple[str, ...]]:
    outcome = quote.outcome(promotion)
    assert isinstance(outcome, Applied)
    taken = Money(outcome.amount_minor, quote.currency)
    return str(taken), str(outcome.withheld), outcome.withheld_by


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        (quote_of(SAVE), ("CNY 100.00", "CNY 0.00", ())),
        (quote_of(limited(cap="150")), ("CNY 100.00", "CNY 0.00", ())),
        (quote_of(limited(cap="30")), ("CNY 30.00", "CNY 70.00", ("cap",))),
        (
            quote_of(limited(budget="500"), usage=Usage(spent={"save": "488"})),
            ("CNY 12.00", "CNY 88.00", ("budget",)),
        ),
        (
            quote_of(limited(cap="30", budget="500"), usage=Usage(spent={"save": "488"})),
            ("CNY 12.00", "CNY 88.00", ("cap", "budget")),
        ),
        (
            quote_of(SAVE, discount_caps=[DiscountCap("10")]),
            ("CNY 43.80", "CNY 56.20", ("discount_cap",)),
        ),
        (
            quote_of(recipes.amount_off("save", "100"), cart=with_floor("150.00")),
            ("CNY 30.00", "CNY 70.00", ("floor",)),
        ),
        (  # the lower of the two alone holds
            quote_of(
                recipes.amount_off("save", "100"), cart=with_floor("150.00"),
                discount_caps=[DiscountCap("50")],
            ),
            ("CNY 30.00", "CNY 70.00", ("floor",)),
        ),
        (
            quote_of(
                recipes.amount_off("save", "100"), cart=with_floor("150.00"),
                discount_caps=[DiscountCap("10")],
            ),
            ("CNY 18.00", "CNY 82.00", ("floor", "discount_cap")),
        ),
    ],
)  # fmt: skip
def test_what_cuts_a_discount_is_told(
    quote: Quote, told: tuple[str, str, tuple[str, ...]]
) -> None:
    assert cut(quote) == told


def test_what_goods_cost_cuts_nothing() -> None:
    lamp = Cart.of("CNY", [("lamp", "80.00", 1)])
    quote = quote_of(recipes.amount_off("save", "100", limits=Limits(cap="90")), cart=lamp)
    assert cut(quote) == ("CNY 80.00", "CNY 0.00", ())


def test_what_promotions_before_it_took_is_taken_into_account() -> None:
    early = recipes.percent_off("early", "8")
    shirts = recipes.amount_off("shirts", "9", Sku("shirt"), priority=1)
    rest = recipes.amount_off("rest", "100", Sku("lamp"))
    quote = quote_of(early, shirts, rest, discount_caps=[DiscountCap("10")])
    assert cut(quote, "early")[1:] == ("CNY 0.00", ())
    assert cut(quote, "shirts") == ("CNY 5.16", "CNY 3.84", ("discount_cap",))
    assert cut(quote, "rest") == ("CNY 3.60", "CNY 96.40", ("discount_cap",))


def test_a_search_that_holds_a_promotion_back_withholds_nothing() -> None:
    often = recipes.save_per_spend("often", spend="100", save="8", limits=Limits(cap="999"))
    half = Promotion(id="half", benefits=PercentOff("50", Sku("lamp")), layer="order")
    for resolvers in ((), (Optimal("order"),)):
        quote = quote_of(often, half, resolvers=resolvers)
        for outcome in quote.outcomes:
            if isinstance(outcome, Applied):
                assert (outcome.withheld.minor, outcome.withheld_by) == (0, ())


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh_CN", "满200减100（已达总优惠上限，少减 ¥56.20） −¥43.80"),
        (
            "en",
            "Spend CN¥200, save CN¥100 (cut by CN¥56.20: the limit on all discounts) −CN¥43.80",
        ),
    ],
)
def test_an_explanation_says_what_cuts_it(locale: str, words: str) -> None:
    explanation = explain(quote_of(SAVE, discount_caps=[DiscountCap("10")]), locale)
    assert str(explanation).splitlines()[0] == words
    cuts = [part for part in explanation.promotions[0].parts if part.kind is RowKind.WITHHELD]
    assert [(part.subject, str(part.value)) for part in cuts] == [("discount_cap", "CNY 56.20")]


@given(pricings(min_promotions=1, max_promotions=1), st.integers(0, 100))
def test_freed_of_all_it_would_take_what_is_withheld_too(asked: Any, percent: int) -> None:
    cart, book, context = asked
    (promotion,) = book.promotions
    lines = [evolve(line, floor_price=None) for line in cart.lines]  # by which rows are told apart
    capped = evolve(book, resolvers=(), discount_caps=[DiscountCap(str(percent))])
    limits = evolve(promotion.limits, cap=None, budget=None)
    free = [evolve(promotion, limits=limits)]
    quote = price_in(evolve(cart, lines=lines), capped, context)
    freed = price_in(quote.cart, evolve(capped, promotions=free, discount_caps=()), context)
    outcome, most = quote.outcome(promotion.id), freed.outcome(promotion.id)
    if isinstance(outcome, Applied):
        assert outcome.withheld.minor == max(0, most.amount_minor - outcome.amount_minor)
        assert bool(outcome.withheld_by) is (outcome.withheld.minor > 0)


@given(pricings(min_promotions=1))
def test_nothing_is_withheld_below_zero_or_without_a_reason(asked: Any) -> None:
    quote = price_in(*asked)
    capped = {"floor"} if quote.cart.rows.floors else set()
    capped |= {"discount_cap"} if quote.book.discount_caps else set()
    for outcome in quote.outcomes:
        if isinstance(outcome, Applied):
            limits = quote.book.plan(outcome.promotion).promotion.limits
            own = {name for name in ("cap", "budget") if getattr(limits, name) is not None}
            assert outcome.withheld.minor >= 0
            assert set(outcome.withheld_by) <= own | capped
            assert bool(outcome.withheld_by) is (outcome.withheld.minor > 0)
