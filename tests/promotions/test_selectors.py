"""Selectors of prices: what no price list makes cheaper, and what no promotion has reduced."""

from __future__ import annotations

import pytest
from hypothesis import given

from ordercore import Cart, Promotion, PromotionBook, dump, load, price, recipes
from ordercore.pricing import Kind, price_in
from ordercore.promotions import AmountOff, AtListPrice, PercentOff, Sku, Threshold, Undiscounted
from ordercore.tariffs import FixedListPrice, OffListPrice, PriceList, Tariff
from ordercore.testing.strategies import INSTANT, pricings_by_tariff

CART = Cart.of("CNY", [("cup", "40.00", 1), ("tea", "10.00", 4)])


def flash(price_of_tea: str, **options: object) -> PriceList:
    return PriceList(id="flash", rules=[FixedListPrice("tea", price_of_tea)], **options)


def reduced(target, *lists, choice="best", earlier=()) -> list[str]:
    """Tell which skus a promotion reduces."""
    offer = Promotion(id="p", benefits=PercentOff("50", target))
    book = PromotionBook("CNY", [offer, *earlier])
    quote = price(CART, book, at=INSTANT, tariff=Tariff("CNY", lists, choice))
    return [
        line.line.product.sku
        for line in quote.lines
        if any(each.promotion == "p" for each in line.adjustments)
    ]


@pytest.mark.parametrize(
    ("lists", "choice", "expected"),
    [
        ([], "best", ["cup", "tea"]),
        ([flash("5.00")], "best", ["cup"]),
        ([flash("9.99")], "best", ["cup"]),
        ([flash("10.00")], "priority", ["cup", "tea"]),
        ([flash("12.00")], "priority", ["cup", "tea"]),
        ([flash("12.00")], "best", ["cup", "tea"]),
        ([flash("5.00", purchase_limit=2)], "best", ["cup"]),
        ([flash("5.00", groups=["gold"])], "best", ["cup", "tea"]),
        ([PriceList(id="all", rules=[OffListPrice("5")])], "best", []),
    ],
)
def test_what_no_price_list_makes_cheaper_is_at_its_list_price(lists, choice, expected):
    assert reduced(AtListPrice(), *lists, choice=choice) == expected
    others = [sku for sku in ("cup", "tea") if sku not in expected]
    assert reduced(~AtListPrice(), *lists, choice=choice) == others


def test_what_promotions_took_before_plays_no_part():
    ten = recipes.percent_off("ten", "10", Sku("cup"))
    assert reduced(AtListPrice(), flash("5.00"), earlier=[ten]) == ["cup"]
    assert reduced(Undiscounted(), flash("5.00"), earlier=[ten]) == ["tea"]


def test_flash_goods_neither_count_to_a_threshold_nor_bear_a_part_of_it():
    def quoted(spend):
        save = recipes.spend_and_save("save", spend=spend, save="10", target=AtListPrice())
        tariff = Tariff("CNY", [flash("5.00")])
        return price(CART, PromotionBook("CNY", [save]), at=INSTANT, tariff=tariff)

    assert [line.discount.minor for line in quoted("40").lines] == [10_00, 0]
    assert quoted("40.01").outcome("save").kind is Kind.NOT_ELIGIBLE


def test_it_is_plain_data():
    offer = Promotion(
        id="p", when=Threshold("1", target=AtListPrice()), benefits=AmountOff("1", AtListPrice())
    )
    assert dump(offer)["benefits"][0]["target"] == {"type": "at_list_price"}
    assert load(Promotion, dump(offer)) == offer


@given(pricings_by_tariff())
def test_a_row_is_at_its_list_price_or_cheaper_and_never_both(case):
    cart, _, context, tariff = case
    halves = [
        Promotion(id=name, layer=layer, benefits=PercentOff("50", target))
        for name, layer, target in (
            ("at", "unit", AtListPrice()),
            ("below", "set", ~AtListPrice()),
        )
    ]
    quote = price_in(cart, PromotionBook(cart.currency, halves), context, tariff)
    for line in quote.lines:
        row = cart.rows.places[line.line.id][1]
        cheaper = quote.base_amounts[row] < cart.rows.amounts[row]
        names = {each.promotion for each in line.adjustments}
        assert names <= {"below" if cheaper else "at"}
