"""Gifts: what is given when too few are at hand, and what the shopper chose."""

import pytest
from attrs import evolve

from ordercore import Cart, PromotionBook, price
from ordercore.cart import Wishes
from ordercore.errors import InvalidValue
from ordercore.pricing import Kind
from ordercore.promotions import (
    AmountOff,
    Every,
    Gift,
    GiftChoice,
    OutOfStock,
    Promotion,
    recipes,
)
from ordercore.testing.strategies import INSTANT

CART = Cart.of("CNY", [("a", "100.00", 3)])


def priced(*benefits, **context):
    promotions = [Promotion(id="p", benefits=benefits)]
    return price(CART, PromotionBook("CNY", promotions), at=INSTANT, **context)


def given(quote):
    return {gift.sku: gift.quantity for gift in quote.gifts}


SUBSTITUTES = {"out_of_stock": "substitute", "substitutes": ("cup", "pen")}


@pytest.mark.parametrize(
    ("options", "stock", "expected"),
    [
        ({}, {"mug": 2}, {"mug": 2}),
        ({}, {"mug": 1}, {}),
        ({}, {}, {}),
        ({"out_of_stock": "grant_alternative"}, {"mug": 1}, {"mug": 1}),
        ({"out_of_stock": "grant_alternative"}, {"mug": 9}, {"mug": 2}),
        ({"out_of_stock": "grant_alternative"}, {"mug": 0}, {}),
        (SUBSTITUTES, {"mug": 2, "cup": 9}, {"mug": 2}),
        (SUBSTITUTES, {"mug": 1, "cup": 2, "pen": 9}, {"cup": 2}),
        (SUBSTITUTES, {"mug": 1, "cup": 1, "pen": 2}, {"pen": 2}),
        (SUBSTITUTES, {"mug": 1, "cup": 1, "pen": 1}, {}),
        (SUBSTITUTES, None, {"mug": 2}),
    ],
)
def test_what_is_given_when_too_few_are_at_hand(options, stock, expected):
    quote = priced(Gift("mug", 2, **options), gift_stock=stock)
    assert given(quote) == expected
    assert quote.outcome("p").kind is (Kind.APPLIED if expected else Kind.GIFT_OUT_OF_STOCK)


def test_the_rest_of_a_promotion_stays_when_its_gift_is_skipped():
    quote = priced(AmountOff("5"), Gift("mug"), gift_stock={})
    assert quote.discount.minor == 5_00
    assert given(quote) == {}


@pytest.mark.parametrize("position", [0, 1])
def test_a_promotion_does_not_apply_at_all_where_its_gift_blocks_it(position):
    benefits = [AmountOff("5")]
    benefits.insert(position, Gift("mug", 2, out_of_stock="block"))
    blocked = priced(*benefits, gift_stock={"mug": 1})
    assert blocked.outcome("p").kind is Kind.GIFT_OUT_OF_STOCK
    assert blocked.discount.is_zero
    full = priced(*benefits, gift_stock={"mug": 2})
    assert (full.discount.minor, given(full)) == (5_00, {"mug": 2})


def test_gifts_given_before_are_no_longer_at_hand():
    options = {"out_of_stock": "grant_alternative"}
    quote = priced(Gift("mug", 2, **options), Gift("mug", 2, **options), gift_stock={"mug": 3})
    assert given(quote) == {"mug": 1}
    assert [gift.quantity for gift in quote.gifts] == [2, 1]


def test_a_gift_tells_whether_stock_was_looked_at():
    assert [gift.checked for gift in priced(Gift("mug")).gifts] == [False]
    assert [gift.checked for gift in priced(Gift("mug"), gift_stock={"mug": 1}).gifts] == [True]


@pytest.mark.parametrize(
    "options",
    [
        {"out_of_stock": "substitute"},
        {"substitutes": "cup"},
        {"out_of_stock": "skip", "substitutes": "cup"},
        {"out_of_stock": "hope"},
    ],
)
def test_substitutes_go_with_their_policy(options):
    with pytest.raises(InvalidValue):
        Gift("mug", **options)


def test_every_policy_has_a_row_in_the_docstring():
    assert all(f"``{policy}``" in (Gift.__doc__ or "") for policy in OutOfStock)


# 可选赠品


def chosen(benefit, wish=None, stock=None, key="summer"):
    wishes = None if wish is None else Wishes(gifts={key: wish})
    return given(priced(benefit, wishes=wishes, gift_stock=stock))


CHOICE = GiftChoice(["mug", "cup", "pen"], "summer")
WITH_DEFAULT = GiftChoice(["mug", "cup", "pen"], "summer", default="pen")


@pytest.mark.parametrize(
    ("benefit", "wish", "stock", "expected"),
    [
        (CHOICE, None, None, "mug"),
        (CHOICE, "cup", None, "cup"),
        (CHOICE, "car", None, "mug"),
        (CHOICE, "cup", {"mug": 1, "cup": 1}, "cup"),
        (CHOICE, "cup", {"mug": 1}, "mug"),
        (CHOICE, None, {"pen": 1}, "pen"),
        (WITH_DEFAULT, None, None, "pen"),
        (WITH_DEFAULT, "cup", None, "cup"),
        (WITH_DEFAULT, "cup", {"mug": 1, "pen": 1}, "pen"),
        (WITH_DEFAULT, None, {"cup": 1}, "cup"),
    ],
)
def test_the_gift_chosen_is_given_or_else_the_next_at_hand(benefit, wish, stock, expected):
    assert chosen(benefit, wish, stock) == {expected: 1}


def test_a_choice_counts_only_under_its_own_key():
    assert chosen(CHOICE, "cup", key="winter") == {"mug": 1}


def test_no_option_at_hand_is_out_of_stock():
    quote = priced(CHOICE, gift_stock={})
    assert quote.outcome("p").kind is Kind.GIFT_OUT_OF_STOCK


def test_a_choice_may_be_given_for_each_step():
    choice = GiftChoice(["mug", "cup"], "summer", 2, every=Every("100", max_times=2))
    assert chosen(choice, "cup") == {"cup": 4}


def test_a_default_must_be_one_of_the_options():
    with pytest.raises(InvalidValue):
        GiftChoice(["mug"], "summer", default="cup")


POLICIES = {"out_of_stock": "substitute", "substitutes": ("cap", "bag")}


@pytest.mark.parametrize(
    ("options", "wish", "stock", "expected"),
    [
        ({}, "cup", {"cup": 1, "mug": 1}, {}),
        ({"out_of_stock": "grant_alternative"}, "cup", {"cup": 1, "mug": 1}, {"cup": 1}),
        ({"out_of_stock": "grant_alternative"}, "cup", {"mug": 1}, {"mug": 1}),
        ({"out_of_stock": "grant_alternative"}, "cup", {"cup": 1, "mug": 2}, {"mug": 2}),
        ({"out_of_stock": "grant_alternative"}, "cup", {}, {}),
        (POLICIES, "cup", {"cup": 1, "mug": 1, "cap": 1, "bag": 2}, {"bag": 2}),
        (POLICIES, "cup", {"cup": 1, "mug": 2, "cap": 9}, {"mug": 2}),
        (POLICIES, "cap", {"mug": 2, "cap": 9}, {"mug": 2}),
        (POLICIES, None, {"cap": 1}, {}),
        (POLICIES, "cup", None, {"cup": 2}),
    ],
)
def test_what_is_given_when_no_option_is_at_hand_in_full(options, wish, stock, expected):
    choice = GiftChoice(["mug", "cup"], "summer", 2, **options)
    assert chosen(choice, wish, stock) == expected


@pytest.mark.parametrize("stock", [{"mug": 1, "cup": 1}, {"mug": 1, "cup": 2}])
def test_a_choice_may_block_the_whole_promotion(stock):
    choice = GiftChoice(["mug", "cup"], "summer", 2, out_of_stock="block")
    quote = priced(AmountOff("5"), choice, gift_stock=stock)
    given_at_all = stock["cup"] == 2
    assert quote.outcome("p").kind is (Kind.APPLIED if given_at_all else Kind.GIFT_OUT_OF_STOCK)
    assert quote.discount.minor == (5_00 if given_at_all else 0)


@pytest.mark.parametrize(
    ("wish", "stock", "told"),
    [
        (None, {}, [("mug", 0), ("cup", 0), ("pen", 0)]),
        ("pen", {"mug": 1}, [("pen", 0), ("mug", 1), ("cup", 0)]),
    ],
)
def test_of_a_choice_of_which_nothing_can_be_given_every_option_is_named(wish, stock, told):
    choice = GiftChoice(
        ["mug", "cup", "pen"], "p", 2, out_of_stock="substitute", substitutes="bag"
    )
    wishes = None if wish is None else Wishes(gifts={"p": wish})
    names = tuple(sku for sku, _ in told)
    gone = priced(choice, gift_stock=stock, wishes=wishes).outcome("p")
    assert (gone.kind, gone.skus) == (Kind.GIFT_OUT_OF_STOCK, names)
    applied = priced(AmountOff("5"), choice, gift_stock=stock, wishes=wishes).outcome("p")
    assert applied.gifts_out_of_stock == names
    for outcome in (gone, applied):
        assert [(each.sku, each.left) for each in outcome.short_gifts] == told
        assert {(each.promised, each.given) for each in outcome.short_gifts} == {(2, 0)}


@pytest.mark.parametrize(
    "options",
    [{"out_of_stock": "substitute"}, {"substitutes": "cap"}, {"out_of_stock": "hope"}],
)
def test_substitutes_of_a_choice_go_with_their_policy(options):
    with pytest.raises(InvalidValue):
        GiftChoice(["mug"], "summer", **options)


def test_every_policy_has_a_row_in_the_docstring_of_a_choice():
    assert all(f"``{policy}``" in (GiftChoice.__doc__ or "") for policy in OutOfStock)


@pytest.mark.parametrize(
    "offer",
    [
        recipes.gift_choice("g", ["mug", "cup"], spend="1", out_of_stock="block"),
        recipes.gift_tiers("g", [("1", "mug")], out_of_stock="block"),
        recipes.gift_from("g", "mug", spend="1", out_of_stock="block"),
    ],
)
def test_recipes_of_gifts_take_the_policy(offer):
    both = evolve(offer, benefits=(AmountOff("5"), *offer.benefits))
    quote = price(CART, PromotionBook("CNY", [both]), at=INSTANT, gift_stock={})
    assert quote.outcome("g").kind is Kind.GIFT_OUT_OF_STOCK
    assert quote.discount.is_zero


@pytest.mark.parametrize(
    "offer",
    [
        recipes.gift_choice("g", "mug", spend="1", **POLICIES),
        recipes.gift_tiers("g", [("1", "mug")], **POLICIES),
        recipes.gift_from("g", "mug", spend="1", **POLICIES),
    ],
)
def test_recipes_of_gifts_take_substitutes(offer):
    quote = price(CART, PromotionBook("CNY", [offer]), at=INSTANT, gift_stock={"bag": 1})
    assert given(quote) == {"bag": 1}
