"""Recipes: each makes a plain promotion that can be written out, and does what it is called."""

import inspect

import pytest

from ordercore import Cart, Promotion, PromotionBook, Shopper, dump, load, price
from ordercore.cart import Fee, Wishes
from ordercore.errors import InvalidInput, InvalidType
from ordercore.money import Money
from ordercore.promotions import Category, OrderNumber, Sku, Threshold, recipes
from ordercore.testing.strategies import INSTANT

FEE = Fee("packaging", Money.of("2.00", "CNY"))
CART = Cart.of(
    "CNY",
    [("a", "60.00", 3), ("b", "40.00", 2), ("bag", "39.00", 1)],
    shipping="10.00",
    fees=[FEE],
)  # 180 + 80 + 39 = 299
MEMBER = Shopper(groups=["gold"], points=5_000)

RECIPES = {
    "percent_off": (recipes.percent_off("p", "10"), {"goods": 29_90}),
    "fixed_price": (recipes.fixed_price("p", "50", Sku("a")), {"goods": 30_00}),
    "member_discount": (recipes.member_discount("p", "10", ["gold", "black"]), {"goods": 29_90}),
    "first_order_discount": (
        recipes.first_order_discount("p", save="20", spend="299"),
        {"goods": 20_00},
    ),
    "amount_off": (recipes.amount_off("p", "20"), {"goods": 20_00}),
    "spend_and_save": (recipes.spend_and_save("p", spend="299", save="50"), {"goods": 50_00}),
    "save_per_spend": (
        recipes.save_per_spend("p", spend="100", save="10"),
        {"goods": 20_00},
    ),
    "spend_and_save_tiers": (
        recipes.spend_and_save_tiers("p", [("100", "10"), ("200", "30"), ("300", "60")]),
        {"goods": 30_00},
    ),
    "spend_and_discount": (
        recipes.spend_and_discount("p", spend="200", percent="20", maximum="40"),
        {"goods": 40_00},
    ),
    "buy_and_discount": (
        recipes.buy_and_discount("p", buy=3, percent="50", target=Sku("a")),
        {"goods": 90_00},
    ),
    "buy_and_discount_tiers": (
        recipes.buy_and_discount_tiers("p", [(2, "10"), (6, "20"), (7, "30")]),
        {"goods": 59_80},
    ),
    "second_half_price": (
        recipes.second_half_price("p", Sku(("a", "b")), same_line=True),
        {"goods": 30_00 + 20_00},
    ),
    "buy_and_get": (recipes.buy_and_get("p", buy=2, get=1, target=Sku("a")), {"goods": 60_00}),
    "cheapest_free": (recipes.cheapest_free("p", buy=3), {"goods": 60_00 + 39_00}),
    "pick_n": (recipes.pick_n("p", 2, "70", max_times=2), {"goods": 50_00 + 30_00}),
    "bundle_price": (
        recipes.bundle_price("p", [(Sku("a"), 1), (Sku("b"), 1)], "75"),
        {"goods": 50_00},
    ),
    "add_on_deal": (
        recipes.add_on_deal("p", Sku("bag"), "9.90", spend="260"),
        {"goods": 29_10},
    ),
    "gift_from": (recipes.gift_from("p", "mug", spend="299"), {"gift": "mug"}),
    "gift_choice": (recipes.gift_choice("p", ["mug", "cup"], spend="299"), {"gift": "cup"}),
    "gift_tiers": (recipes.gift_tiers("p", [("100", "mug"), ("200", "pan")]), {"gift": "pan"}),
    "free_shipping": (recipes.free_shipping("p", spend="299"), {"shipping": 10_00}),
    "shipping_off": (recipes.shipping_off("p", fixed="4"), {"shipping": 6_00}),
    "fee_off": (recipes.fee_off("p", "packaging", percent="50"), {"fees": 1_00}),
    "points_redemption": (
        recipes.points_redemption("p", "100", max_percent="10"),
        {"goods": 29_90, "redeemed": 2_990},
    ),
    "earn_points": (recipes.earn_points("p", 1, per="10"), {"earned": 29}),
    "coupon_from": (recipes.coupon_from("p", "ten-off", spend="299"), {"coupon": "ten-off"}),
    "presale_deposit": (
        recipes.presale_deposit("p", "10", Sku("a"), save="20"),
        {"goods": 60_00, "deposit": 30_00},
    ),
}


def given(promotion, cart=CART, **context):
    """Tell what a promotion gives to a member whose first order this is."""
    told = {"shopper": MEMBER, "wishes": Wishes(gifts={"p": "cup"}), **context}
    quote = price(cart, PromotionBook("CNY", [promotion]), at=INSTANT, **told)
    found = {
        "goods": quote.discount.minor,
        "shipping": quote.shipping_discount.minor,
        "fees": sum(fee.amount.minor for fee in cart.fees) - sum(m.minor for _, m in quote.fees),
        "gift": next((gift.sku for gift in quote.gifts), None),
        "redeemed": getattr(quote.outcome("p"), "points_redeemed", 0),
        "earned": quote.points_earned,
        "coupon": next((kind for kind, _ in quote.coupons_granted), None),
        "deposit": quote.deposit.minor,
    }
    return {name: value for name, value in found.items() if value}


def test_every_recipe_is_tried_here():
    public = {name for name in recipes.__all__ if inspect.isfunction(getattr(recipes, name))}
    assert public == set(RECIPES)


@pytest.mark.parametrize(("promotion", "expected"), RECIPES.values(), ids=RECIPES)
def test_a_recipe_does_what_it_is_called(promotion, expected):
    assert given(promotion) == expected


@pytest.mark.parametrize("promotion", [made for made, _ in RECIPES.values()], ids=RECIPES)
def test_a_recipe_makes_plain_data(promotion):
    assert load(Promotion, dump(promotion)) == promotion


BARELY = Cart.of("CNY", [("a", "98.99", 1), ("bag", "39.00", 1)])


@pytest.mark.parametrize(
    "promotion",
    [
        recipes.add_on_deal("p", Sku("bag"), "9.90", spend="99"),  # the bag itself does not count
        recipes.add_on_deal("p", Sku("bag"), "9.90", buy=Sku("b")),
        recipes.gift_tiers("p", [("200", "mug")]),
        recipes.gift_choice("p", ["mug"], spend="200"),
        recipes.coupon_from("p", "ten-off", spend="200"),
        recipes.buy_and_discount("p", buy=3, percent="50"),
        recipes.first_order_discount("p", save="20", spend="200"),
        recipes.member_discount("p", "5", "black"),
        recipes.shipping_off("p", percent="50", spend="200"),
        recipes.fee_off("p", "packaging", spend="200"),
    ],
    ids=lambda promotion: str(promotion.benefits),
)
def test_a_recipe_whose_condition_does_not_hold_gives_nothing(promotion):
    assert given(promotion, BARELY) == {}


def test_an_add_on_alone_is_no_deal():
    deal = recipes.add_on_deal("p", Sku("bag"), "9.90")
    assert given(deal, Cart.of("CNY", [("bag", "39.00", 2)])) == {}
    assert given(deal, BARELY) == {"goods": 29_10}


def test_a_condition_of_the_caller_holds_in_addition():
    promotion = recipes.pick_n("p", 2, "70", when=Threshold("500"))
    assert given(promotion) == {}
    gift = recipes.gift_tiers("p", [("100", "mug")], when=OrderNumber(2))
    assert given(gift) == {}
    assert given(gift, shopper=Shopper(orders_before=1)) == {"gift": "mug"}


def test_options_go_to_the_promotion():
    promotion = recipes.earn_points("p", 1, priority=5, layer="platform", code="MORE")
    assert (promotion.priority, promotion.layer, promotion.trigger.code) == (5, "platform", "MORE")
    assert recipes.pick_n("p", 2, "70", Category("x"), name="两件70").name["*"] == "两件70"


TIERED = {
    "spend_and_save_tiers": (recipes.spend_and_save_tiers, ("100", "10"), "spend and save"),
    "buy_and_discount_tiers": (recipes.buy_and_discount_tiers, (2, "10"), "units and percent"),
    "gift_tiers": (recipes.gift_tiers, ("100", "mug"), "spend and sku"),
}


@pytest.mark.parametrize(("recipe", "good", "what"), TIERED.values(), ids=TIERED)
@pytest.mark.parametrize("tiers", [None, 5, "ab", {("100", "10")}], ids=repr)
def test_tiers_that_are_no_list_are_refused_with_their_place(recipe, good, what, tiers):
    with pytest.raises(InvalidType) as caught:
        recipe("p", tiers)
    assert (caught.value.path, caught.value.expected) == (("tiers",), f"a list of pairs of {what}")


@pytest.mark.parametrize(("recipe", "good", "what"), TIERED.values(), ids=TIERED)
@pytest.mark.parametrize("tier", [None, 5, "ab", ("100",), ("100", "10", "1"), ()], ids=repr)
def test_a_tier_that_is_no_pair_is_refused_with_its_place(recipe, good, what, tier):
    with pytest.raises(InvalidType) as caught:
        recipe("p", [good, tier])
    assert (caught.value.path, caught.value.expected) == (("tiers", 1), f"a pair of {what}")


@pytest.mark.parametrize(("recipe", "good", "what"), TIERED.values(), ids=TIERED)
def test_a_fault_within_a_tier_says_in_which(recipe, good, what):
    with pytest.raises(InvalidInput) as caught:
        recipe("p", [good, (good[0], 5.5)])
    assert caught.value.path[:2] == ("tiers", 1)
    with pytest.raises(InvalidInput) as caught:
        recipe("p", [])
    assert caught.value.path == ("tiers",)


@pytest.mark.parametrize(("recipe", "good", "what"), TIERED.values(), ids=TIERED)
def test_tiers_may_be_lists_and_come_one_by_one(recipe, good, what):
    assert recipe("p", iter([list(good)])) == recipe("p", [good])


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: recipes.gift_choice("p", None, spend="1"), "options"),
        (lambda: recipes.bundle_price("p", None, "75"), "parts"),
        (lambda: recipes.bundle_price("p", [None], "75"), "parts"),
    ],
)
def test_lists_of_a_recipe_that_are_none_are_refused_with_their_field(make, field):
    with pytest.raises(InvalidType) as caught:
        make()
    assert caught.value.path[0] == field
