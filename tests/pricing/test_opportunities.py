"""凑单 by example: what is hinted at for each kind of rule, worked out by hand, and in words."""

from __future__ import annotations

from datetime import UTC, datetime
from inspect import signature

import pytest

from ordercore import (
    Cart,
    CartLine,
    Money,
    Product,
    Promotion,
    PromotionBook,
    Shopper,
    price,
    recipes,
)
from ordercore.calendars import Schedule, Window
from ordercore.errors import CurrencyMismatch, InvalidType, InvalidValue, LimitExceeded
from ordercore.pricing import AddAmount, AddUnits, Opportunity, opportunities, opportunities_of
from ordercore.promotions import (
    AddOnDeal,
    AmountOff,
    BuyXGetY,
    Category,
    CheapestOff,
    Code,
    Coupon,
    CustomerInGroup,
    DistinctProducts,
    EarnPoints,
    Every,
    FeeOff,
    Gift,
    GrantCoupon,
    HasCode,
    LineAtLeast,
    NotCondition,
    NthItemOff,
    PercentOff,
    PickN,
    PointsRedemption,
    PricedBetween,
    ShippingOff,
    Sku,
    Threshold,
    Tier,
    Tiers,
)
from ordercore.tariffs import CostPlus, FixedListPrice, OffListPrice, PriceList, Tariff

AT = datetime(2026, 11, 11, tzinfo=UTC)
CART = [("shirt", "129.00", 2), ("scarf", "45.00", 1)]  # 303.00
SOCKS, CAP, TIE = "9.90", "25.00", "4.00"
SHELF = [
    CartLine.of("socks", Product("socks", categories=["small"]), 9, SOCKS, "CNY"),
    CartLine.of("cap", Product("cap", name="帽子", categories=["hats"]), 2, CAP, "CNY"),
    CartLine.of("tie", Product("tie", categories=["small"]), 3, TIE, "CNY"),
]


def found(*promotions: Promotion, items=CART, **more: object) -> tuple[Opportunity, ...]:
    shipping = "12.00"
    cart = Cart.of("CNY", items, shipping=shipping)
    return opportunities(cart, PromotionBook("CNY", promotions), at=AT, **more)


def only(*promotions: Promotion, **more: object) -> Opportunity:
    (opportunity,) = found(*promotions, **more)
    return opportunity


def promotion(benefit, when=None, **more) -> Promotion:
    return Promotion(id="p", benefits=benefit, **({} if when is None else {"when": when}), **more)


TIERS = Tiers(
    (
        Tier("300", benefit=AmountOff("30")),
        Tier("400", benefit=AmountOff("60")),
        Tier("500", benefit=AmountOff("99")),
    )
)

TAKEN = CartLine.of("1", "cap", 1, CAP, "CNY")

CASES = {
    "满减": (
        recipes.spend_and_save("p", spend="350", save="40"),
        "再买 ¥47.00 可减 ¥40.00",
        "Add CN¥47.00 more to save CN¥40.00",
    ),
    "more than an amount": (
        promotion(AmountOff("40"), Threshold("303", above=True)),
        "再买 ¥0.01 可减 ¥40.00",
        "Add CN¥0.01 more to save CN¥40.00",
    ),
    "满减 of some goods": (
        promotion(AmountOff("20"), Threshold("50", target=Sku("scarf"))),
        "再买 ¥5.00 适用商品 可减 ¥20.00",
        "Add CN¥5.00 more of eligible items to save CN¥20.00",
    ),
    "每满减, the next multiple": (
        recipes.save_per_spend("p", spend="100", save="7"),
        "再买 ¥97.00 可多减 ¥7.00",
        "Add CN¥97.00 more to save CN¥7.00 more",
    ),
    "阶梯, the next tier and no further one": (
        promotion(TIERS),
        "再买 ¥97.00 可多减 ¥30.00",
        "Add CN¥97.00 more to save CN¥30.00 more",
    ),
    "满折": (
        recipes.spend_and_discount("p", spend="400", percent="10"),
        "再买 ¥97.00 可减 ¥40.00",
        "Add CN¥97.00 more to save CN¥40.00",
    ),
    "满件减, of the cheapest line": (
        promotion(AmountOff("20"), Threshold(quantity=5)),
        "再买 2 件 scarf 可减 ¥20.00",
        "Add 2 more of scarf to save CN¥20.00",
    ),
    "单品满件": (
        promotion(AmountOff("20"), LineAtLeast(quantity=3)),
        "再买 2 件 scarf 可减 ¥20.00",  # 90.00, where one more shirt is 129.00
        "Add 2 more of scarf to save CN¥20.00",
    ),
    "单品满额": (
        promotion(AmountOff("20"), LineAtLeast("300")),
        "再买 1 件 shirt 可减 ¥20.00",
        "Add 1 more of shirt to save CN¥20.00",
    ),
    "第二件半价": (
        promotion(NthItemOff(2, "50")),
        "再买 1 件 scarf 可多减 ¥22.50",
        "Add 1 more of scarf to save CN¥22.50 more",
    ),
    "第二件半价 of the same article": (
        promotion(NthItemOff(2, "50", Sku("scarf"), per_line=True)),
        "再买 1 件 scarf 可减 ¥22.50",
        "Add 1 more of scarf to save CN¥22.50",
    ),
    "买二送一": (
        promotion(BuyXGetY(2, 1, "100", Sku("scarf"), Sku("scarf"))),
        "再买 2 件 scarf 可减 ¥45.00",
        "Add 2 more of scarf to save CN¥45.00",
    ),
    "买赠, once more": (
        promotion(BuyXGetY(2, 1, "100", Sku("shirt"), Sku("scarf"))),
        "再买 2 件 shirt、1 件 scarf 可多减 ¥45.00",
        "Add 2 more of shirt, 1 more of scarf to save CN¥45.00 more",
    ),
    "任选3件99元": (
        promotion(PickN(3, "99", Sku("scarf"))),
        "再买 2 件 scarf 可减 ¥36.00",
        "Add 2 more of scarf to save CN¥36.00",
    ),
    "套餐": (
        recipes.bundle_price("p", [(Sku("shirt"), 2), (Sku("scarf"), 2)], "300"),
        "再买 1 件 scarf 可减 ¥48.00",
        "Add 1 more of scarf to save CN¥48.00",
    ),
    "最低价免单": (
        promotion(CheapestOff(1, "100", every=4)),
        "再买 1 件 scarf 可减 ¥45.00",
        "Add 1 more of scarf to save CN¥45.00",
    ),
    "加价购": (
        promotion(AddOnDeal(Sku("scarf"), "20", 2), Threshold("200", target=Sku("shirt"))),
        "再买 1 件 scarf 可多减 ¥25.00",
        "Add 1 more of scarf to save CN¥25.00 more",
    ),
    "满赠": (
        recipes.gift_from("p", "mug", spend="320"),
        "再买 ¥17.00 可得赠品 mug × 1",
        "Add CN¥17.00 more to get gift mug × 1",
    ),
    "每满赠": (
        promotion(Gift("mug", 2, every=Every("200"))),
        "再买 ¥97.00 可得赠品 mug × 2",
        "Add CN¥97.00 more to get gift mug × 2",
    ),
    "包邮": (
        recipes.free_shipping("p", spend="320"),
        "再买 ¥17.00 可包邮",
        "Add CN¥17.00 more to get free shipping",
    ),
    "运费减免": (
        promotion(ShippingOff(amount="5"), Threshold("320")),
        "再买 ¥17.00 可减运费 ¥5.00",
        "Add CN¥17.00 more to save CN¥5.00 on shipping",
    ),
    "送积分和券": (
        promotion((EarnPoints(50), GrantCoupon("ten", 2)), Threshold("320")),
        "再买 ¥17.00 可得 50 积分、得优惠券 ten × 2",
        "Add CN¥17.00 more to earn 50 points, get coupon ten × 2",
    ),
    "满减又包邮又送": (
        promotion((AmountOff("9"), ShippingOff("100"), Gift("mug")), Threshold("320")),
        "再买 ¥17.00 可减 ¥9.00、包邮、得赠品 mug × 1",
        "Add CN¥17.00 more to save CN¥9.00, get free shipping, get gift mug × 1",
    ),
    "all of two conditions: the larger gap closes both": (
        promotion(AmountOff("40"), Threshold("350") & Threshold("320")),
        "再买 ¥47.00 可减 ¥40.00",
        "Add CN¥47.00 more to save CN¥40.00",
    ),
    "any of two: the cheaper way": (
        promotion(AmountOff("40"), Threshold("400") | Threshold(quantity=4)),
        "再买 1 件 scarf 可减 ¥40.00",
        "Add 1 more of scarf to save CN¥40.00",
    ),
    "units and an amount: units first, then what is left": (
        promotion(AmountOff("40"), Threshold("400") & Threshold(quantity=5)),
        "再买 2 件 scarf、¥7.00 可减 ¥40.00",
        "Add 2 more of scarf, CN¥7.00 more to save CN¥40.00",
    ),
    "by buying, where a fact would do too": (
        promotion(AmountOff("40"), Threshold("350") | CustomerInGroup("gold")),
        "再买 ¥47.00 可减 ¥40.00",
        "Add CN¥47.00 more to save CN¥40.00",
    ),
    "a coupon that takes all or nothing": (
        promotion(AmountOff("60", Sku("scarf"), excess="refuse")),
        "再买 ¥15.00 适用商品 可减 ¥60.00",
        "Add CN¥15.00 more of eligible items to save CN¥60.00",
    ),
}


class TestWithoutGoods:
    @pytest.mark.parametrize(("rule", "chinese", "english"), CASES.values(), ids=CASES)
    def test_each_kind_of_rule_tells_what_is_missing_and_what_it_brings(
        self, rule: Promotion, chinese: str, english: str
    ) -> None:
        opportunity = only(rule)
        assert opportunity.told("zh_CN") == chinese
        assert opportunity.told() == english

    def test_an_opportunity_carries_its_witness_and_what_is_to_be_paid(self) -> None:
        opportunity = only(recipes.spend_and_save("p", spend="350", save="40"))
        assert opportunity.promotion == "p"
        assert opportunity.adds == (AddAmount(cny("47.00"), "more", "shirt", anything=True),)
        assert (opportunity.gap, opportunity.cost) == (cny("47.00"), cny("47.00"))
        assert opportunity.unlocks
        assert opportunity.gain.amount == opportunity.gain.in_all == cny("40.00")
        assert (opportunity.before, opportunity.payable) == (cny("315.00"), cny("322.00"))
        line = opportunity.witness.line("more")
        assert (line.product.sku, line.quantity, str(line.unit_price)) == ("shirt", 1, "CNY 47.00")

    def test_a_line_that_is_called_more_is_no_obstacle(self) -> None:
        cart = Cart("CNY", [CartLine.of("more", "shirt", 1, "80.00", "CNY")])
        book = PromotionBook("CNY", [recipes.spend_and_save("p", spend="100", save="5")])
        (opportunity,) = opportunities(cart, book, at=AT)
        assert [each.line for each in opportunity.adds] == ["more-2"]

    def test_what_an_earlier_discount_takes_is_bought_on_top(self) -> None:
        tenth = recipes.percent_off("tenth", "10")
        rule = recipes.spend_and_save("p", spend="300", save="40")
        (opportunity,) = found(tenth, rule)
        assert opportunity.gap == cny("27.30")  # 303.00 less a tenth is 272.70
        (added,) = opportunity.adds
        assert added.amount == cny("30.33")  # of which nine tenths are 27.30
        assert opportunity.quote.outcome("p").amount_minor == 4000

    def test_of_what_several_discounts_move_the_smallest_amount_is_told(self) -> None:
        rules = (
            recipes.bundle_price("set", [(Sku("shirt"), 1), (Sku("lamp"), 1)], "280"),
            recipes.spend_and_save("save", spend="400", save="60"),
            recipes.percent_off("ten", "10", trigger=Coupon("ten"), layer="coupon"),
            recipes.free_shipping("free", spend="350"),
        )
        items = [("shirt", "129", 2), ("lamp", "180", 1)]
        shopper = Shopper(coupons=["ten"])
        free, lamp = found(*rules, items=items, shopper=shopper)
        assert free.told("zh_CN") == "再买 ¥39.89 可包邮"
        assert free.gap == cny("35.90")  # what shipping counts is short by
        assert lamp.adds == (AddUnits("2", "lamp", "lamp", 1, new=False),)
        for less, kind in (("39.88", "not_eligible"), ("39.89", "applied")):
            cart = Cart.of("CNY", [*items, ("shirt", less, 1)], shipping="12.00")
            book = PromotionBook("CNY", rules)
            assert price(cart, book, at=AT, shopper=shopper).outcome("free").kind == kind

    def test_where_pricings_run_out_what_is_found_is_told_though_less_would_do(self) -> None:
        rules = (
            recipes.bundle_price("set", [(Sku("shirt"), 1), (Sku("lamp"), 1)], "280"),
            recipes.spend_and_save("save", spend="400", save="60"),
            recipes.percent_off("ten", "10", layer="coupon"),
            recipes.free_shipping("free", spend="350"),
        )
        items = [("shirt", "129", 2), ("lamp", "180", 1)]
        amounts = [
            next(hint.cost for hint in found(*rules, items=items, limit=limit))
            for limit in (2, 4, 8, 50)
        ]
        assert amounts == sorted(amounts, reverse=True)
        assert (amounts[0], amounts[-1]) == (cny("40.51"), cny("39.89"))

    def test_where_no_amount_can_stand_for_it_more_units_are_told(self) -> None:
        dear = PricedBetween("100", None)  # a line worth just the gap would not count
        opportunity = only(promotion(AmountOff("20"), Threshold("300", target=dear)))
        assert opportunity.adds == (AddUnits("1", "shirt", "shirt", 1, new=False),)

    def test_an_amount_is_told_at_the_prices_that_hold_for_the_shopper(self) -> None:
        tariff = Tariff("CNY", [PriceList(id="m", rules=[OffListPrice("50")], groups="gold")])
        gold = {"shopper": Shopper(groups=["gold"]), "tariff": tariff}
        rule = promotion(AmountOff("20"), Threshold("190", target=Sku("shirt")))
        opportunity = only(rule, **gold)  # two shirts are 129.00 for members
        assert opportunity.adds == (AddAmount(cny("61.00"), "more", "shirt", anything=False),)
        assert (opportunity.gap, opportunity.cost) == (cny("61.00"), cny("61.00"))
        assert opportunity.payable == cny("204.50")

    @pytest.mark.parametrize(
        ("rules", "more"),
        [
            ((), "18.00"),
            ([OffListPrice("5")], "32.10"),  # of 282.00
            ([FixedListPrice("shirt", "130"), FixedListPrice("gum", "1.80")], "38.20"),
            ([FixedListPrice("shirt", "40"), FixedListPrice("gum", "1.80")], "218.20"),
            ([FixedListPrice("shirt", "100", min_quantity=3), OffListPrice("5")], "32.10"),
            ([CostPlus("shirt", "100", "40"), OffListPrice("5", "gum")], "18.10"),
        ],
    )
    @pytest.mark.parametrize("choice", ["best", "priority"])
    def test_an_amount_is_told_whatever_a_price_list_sets(self, rules, more, choice) -> None:
        lists = [PriceList(id="member", rules=rules)]
        tariff = Tariff("CNY", lists, choice=choice)
        items = [("shirt", "140.00", 2), ("gum", "2.00", 1)]
        rule = recipes.spend_and_save("p", spend="300", save="50")
        opportunity = only(rule, items=items, tariff=tariff)
        assert opportunity.told("zh_CN") == f"再买 ¥{more} 可减 ¥50.00"
        assert opportunity.cost == opportunity.gap == cny(more)
        assert opportunity.payable == opportunity.before + cny(more) - cny("50.00")

    def test_of_goods_named_by_sku_that_a_price_list_names_too_units_are_told(self) -> None:
        tariff = Tariff("CNY", [PriceList(id="m", rules=[FixedListPrice("shirt", "50")])])
        rule = promotion(AmountOff("20"), Threshold("190", target=Sku("shirt")))
        opportunity = only(rule, tariff=tariff)  # at 50.00 each, none is worth another 90.00
        assert opportunity.adds == (AddUnits("1", "shirt", "shirt", 2, new=False),)
        assert opportunity.cost == cny("100.00")

    def test_what_costs_nothing_is_no_purchase(self) -> None:
        rule = promotion(AmountOff("20"), Threshold(quantity=3))
        assert found(rule, items=[("leaflet", "0.00", 1)]) == ()
        opportunity = only(rule, items=[("leaflet", "0.00", 1), ("tea", "30.00", 1)])
        assert opportunity.adds == (AddUnits("2", "tea", "tea", 1, new=False),)

    @pytest.mark.parametrize(
        "rule",
        [
            promotion(AmountOff("20"), Threshold("100")),  # it applies already
            promotion(PercentOff("10")),  # it has no steps
            promotion(AmountOff("20"), CustomerInGroup("gold")),
            promotion(AmountOff("20"), Threshold("350") & CustomerInGroup("gold")),
            promotion(AmountOff("20"), NotCondition(Threshold("200"))),  # less, not more
            promotion(AmountOff("20"), DistinctProducts(3)),  # of what, nobody knows
            promotion(AmountOff("20"), Threshold("20", target=Category("hats"))),
            promotion(AmountOff("20", every=Every("100", max_times=2))),
            promotion(Tiers((Tier("100", benefit=AmountOff("9")),))),
            promotion(AmountOff("20"), Threshold("350"), trigger=Code("SECRET")),
            promotion(AmountOff("20"), Threshold("350"), trigger=Coupon("ten-off")),
            promotion(AmountOff("20"), Threshold("350") & HasCode("SECRET")),
            promotion(AmountOff("20"), Threshold("350"), schedule=Schedule(Window(None, AT))),
            promotion(FeeOff("packaging", "100"), Threshold("350")),  # there is no such fee
            promotion(PointsRedemption("100"), Threshold("350")),
        ],
    )
    def test_where_nothing_is_to_be_won_nothing_is_told(self, rule: Promotion) -> None:
        assert found(rule, shopper=Shopper(points=10_000)) == ()

    def test_a_code_or_coupon_that_was_given_is_spoken_of(self) -> None:
        by_code = promotion(AmountOff("20"), Threshold("350"), trigger=Code("SECRET"))
        assert only(by_code, codes=["SECRET"]).gap == cny("47.00")
        by_coupon = promotion(AmountOff("20"), Threshold("350"), trigger=Coupon("ten-off"))
        assert only(by_coupon, shopper=Shopper(coupons=["ten-off"])).gap == cny("47.00")

    def test_a_code_that_would_do_too_is_not_given_away(self) -> None:
        rule = promotion(AmountOff("20"), Threshold("350") | HasCode("SECRET"))
        opportunity = only(rule)
        assert opportunity.gap == cny("47.00")
        assert "SECRET" not in opportunity.told()


class TestOthers:
    def test_what_gives_way_for_it_is_counted_against_it(self) -> None:
        low = recipes.spend_and_save("low", spend="300", save="30", group="save")
        high = recipes.spend_and_save("high", spend="350", save="50", group="save", priority=1)
        (opportunity,) = found(low, high)
        assert opportunity.promotion == "high"
        assert (opportunity.gain.amount, opportunity.gain.in_all) == (cny("50.00"), cny("20.00"))
        assert opportunity.gain.saving == cny("20.00")
        assert opportunity.told("zh_CN") == "再买 ¥47.00 可多减 ¥20.00"
        assert opportunity.payable == cny("312.00")

    def test_what_would_lose_more_than_it_brings_is_not_told(self) -> None:
        low = recipes.spend_and_save("low", spend="300", save="60", group="save")
        high = recipes.spend_and_save("high", spend="350", save="50", group="save", priority=1)
        assert found(low, high) == ()

    def test_what_stands_alone_leaves_nothing_to_hint_at(self) -> None:
        alone = recipes.spend_and_save("alone", spend="300", save="60", exclusive="book")
        assert found(alone, recipes.spend_and_save("p", spend="350", save="50")) == ()

    def test_the_cheapest_change_comes_first(self) -> None:
        rules = [
            recipes.spend_and_save("far", spend="390", save="5", layer="coupon", basis="list"),
            recipes.spend_and_save("near", spend="310", save="5"),
            recipes.free_shipping("ship", spend="320", basis="list"),
        ]
        costs = [(each.promotion, str(each.cost)) for each in found(*rules)]
        assert costs == [("near", "CNY 7.00"), ("ship", "CNY 17.00"), ("far", "CNY 87.00")]

    def test_the_nearest_are_looked_at_first_where_pricings_are_limited(self) -> None:
        rules = [
            recipes.spend_and_save("near", spend="310", save="5"),
            recipes.free_shipping("ship", spend="320", basis="list"),
        ]
        assert [each.promotion for each in found(*rules, limit=1)] == ["near"]
        assert found(*rules, limit=0) == ()

    def test_it_takes_whatever_a_price_depends_on(self) -> None:
        asked, more = (signature(each).parameters for each in (price, opportunities))
        assert [*more] == [*asked, "goods", "limit"]
        assert all(more[name].annotation == asked[name].annotation for name in asked)

    def test_a_quote_that_was_priced_before_is_enough(self) -> None:
        first = only(recipes.spend_and_save("p", spend="350", save="40"))
        (again,) = opportunities_of(price_of(first))
        assert again == first


class TestWithGoods:
    def test_the_cheapest_goods_that_reach_an_amount_are_told(self) -> None:
        opportunity = only(recipes.spend_and_save("p", spend="310", save="40"), goods=SHELF)
        assert opportunity.adds == (AddUnits("tie", "tie", "tie", 2, new=True),)
        assert (opportunity.gap, opportunity.cost) == (cny("7.00"), cny("8.00"))
        assert opportunity.told("zh_CN") == "再买 2 件 tie 可减 ¥40.00"
        assert opportunity.told() == "Add tie × 2 to save CN¥40.00"

    def test_no_more_of_them_than_there_are(self) -> None:
        opportunity = only(recipes.spend_and_save("p", spend="320", save="40"), goods=SHELF)
        assert opportunity.adds == (AddUnits("socks", "socks", "socks", 2, new=True),)

    def test_lines_of_the_cart_are_among_what_may_be_added(self) -> None:
        opportunity = only(recipes.spend_and_save("p", spend="345", save="40"), goods=SHELF[2:])
        assert opportunity.adds == (AddUnits("2", "scarf", "scarf", 1, new=False),)

    def test_goods_that_the_cart_has_nothing_of_bring_promotions_of_their_own(self) -> None:
        rule = promotion(AmountOff("20"), Threshold("30", target=Category("hats")))
        opportunity = only(rule, goods=SHELF)
        assert opportunity.adds == (AddUnits("cap", "cap", "帽子", 2, new=True),)
        assert opportunity.told("zh_CN") == "再买 2 件 帽子 可减 ¥20.00"

    def test_a_reward_that_is_not_in_the_cart_yet_is_told(self) -> None:
        opportunity = only(promotion(BuyXGetY(2, 1, "100", Sku("shirt"), Sku("cap"))), goods=SHELF)
        assert opportunity.told("zh_CN") == "再买 1 件 帽子 可减 ¥25.00"
        assert opportunity.payable == opportunity.before

    def test_an_add_on_that_is_not_in_the_cart_yet_is_told(self) -> None:
        rule = promotion(AddOnDeal(Sku("cap"), "9.90"), Threshold("200", target=Sku("shirt")))
        assert only(rule, goods=SHELF).told("zh_CN") == "再买 1 件 帽子 可减 ¥15.10"

    def test_different_products_are_found_one_by_one(self) -> None:
        opportunity = only(promotion(AmountOff("20"), DistinctProducts(4)), goods=SHELF)
        assert [each.line for each in opportunity.adds] == ["socks", "tie"]
        assert opportunity.gap == 2

    def test_an_empty_cart_may_begin_with_them(self) -> None:
        rule = recipes.spend_and_save("p", spend="20", save="5")
        opportunity = only(rule, items=[], goods=SHELF)
        assert opportunity.adds == (AddUnits("cap", "cap", "帽子", 1, new=True),)

    def test_with_no_goods_at_all_there_are_the_lines_of_the_cart(self) -> None:
        opportunity = only(recipes.spend_and_save("p", spend="310", save="40"), goods=[])
        assert opportunity.adds == (AddUnits("2", "scarf", "scarf", 1, new=False),)


class TestFaults:
    @pytest.mark.parametrize(
        ("given", "error", "path"),
        [
            ({"goods": 3}, InvalidType, ("goods",)),
            ({"goods": ["cap"]}, InvalidType, ("goods", 0)),
            ({"goods": [SHELF[0], SHELF[0]]}, InvalidValue, ("goods", 1, "id")),
            (
                {"goods": [CartLine.of("1", "cap", 1, CAP, "CNY")]},
                InvalidValue,
                ("goods", 0, "id"),
            ),
            (
                {"goods": [CartLine.of("cap", "cap", 1, CAP, "USD")]},
                CurrencyMismatch,
                ("goods", 0, "unit_price"),
            ),
            ({"limit": -1}, InvalidValue, ("limit",)),
            ({"limit": True}, InvalidType, ("limit",)),
            ({"limit": 10_001}, LimitExceeded, ("limit",)),
        ],
    )
    def test_what_cannot_be_is_refused_with_its_place(self, given, error, path) -> None:
        with pytest.raises(error) as caught:
            found(recipes.amount_off("p", "1"), **given)
        assert caught.value.path == path

    def test_only_a_quote_has_opportunities(self) -> None:
        with pytest.raises(InvalidType):
            opportunities_of(Cart.of("CNY", CART))  # type: ignore[arg-type]

    def test_there_are_no_words_in_other_languages(self) -> None:
        with pytest.raises(InvalidValue):
            only(recipes.spend_and_save("p", spend="350", save="40")).told("xx")

    def test_a_cart_that_can_be_no_larger_has_none(self) -> None:
        items = [("gold", "9999999999980.00", 1)]
        rule = recipes.spend_and_save("p", spend="10000000000000", save="1")
        assert found(rule, items=items) == ()


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def price_of(opportunity: Opportunity):
    """Price the cart that an opportunity was found for."""
    quote = opportunity.quote
    cart = Cart.of("CNY", CART, shipping="12.00")
    return price(cart, quote.book, at=quote.context.at)
