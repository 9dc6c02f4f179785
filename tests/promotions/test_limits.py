"""Limits of promotions: how often, for how much money, and how much all take together."""

from decimal import Decimal

import pytest
from attrs import evolve

from ordercore import (
    Cart,
    CartLine,
    Context,
    Currency,
    InvalidDocument,
    Money,
    Promotion,
    PromotionBook,
    QuoteRecord,
    Shopper,
    Usage,
    dump,
    explain,
    load,
    opportunities,
    price,
    recipes,
)
from ordercore.cart import Fee
from ordercore.cart.usage import Spent
from ordercore.data.attributes import Attributes
from ordercore.errors import CurrencyMismatch, InvalidInput, InvalidType, InvalidValue
from ordercore.pricing import Applied, Kind, LimitReached, Use
from ordercore.pricing.explaining.labels import label_of
from ordercore.promotions import (
    AmountOff,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    Coupon,
    DiscountCap,
    Every,
    Exclusive,
    FeeOff,
    Gift,
    GrantCoupon,
    Limits,
    NthItemOff,
    PercentOff,
    PickN,
    PointsRedemption,
    PricedBetween,
    ShippingOff,
    Sku,
    Tier,
    Tiers,
    Undiscounted,
)
from ordercore.tariffs import FixedListPrice, PriceList, Tariff
from ordercore.testing.strategies import INSTANT
from ordercore.wording import Words

CART = Cart.of("CNY", [("a", "100.00", 1), ("b", "50.00", 2)], shipping="12.00")


def priced(cart, *promotions, discount_caps=(), **context):
    book = PromotionBook(cart.currency, promotions, discount_caps=discount_caps)
    return price(cart, book, at=INSTANT, **context)


def promotion(*benefits, limits, **options):
    return Promotion(id="p", benefits=benefits, limits=limits, **options)


def limited(*benefits, cart=CART, usage=None, **limits):
    return priced(cart, promotion(*benefits, limits=Limits(**limits)), usage=usage)


def paid(quote):
    return [str(line.payable.decimal) for line in quote.lines]


# Applications in one order

SEVEN = Cart.of("CNY", [("a", "10.00", 7)])
REPEATING = [
    (NthItemOff(2, "50"), "15.00"),
    (NthItemOff(2, "50", per_line=True), "15.00"),
    (NthItemOff(2, "50", max_times=1), "5.00"),
    (BuyXGetY(1, 1, "100"), "30.00"),
    (BuyXGetY(1, 1, "100", max_times=5), "30.00"),
    (PickN(2, "15"), "15.00"),
    (BundlePrice([(Sku("a"), 2)], "15"), "15.00"),
    (CheapestOff(1, "100", every=2), "30.00"),
    (AmountOff("3", every=Every("20")), "9.00"),
    (AmountOff("3", every=Every(quantity=2)), "9.00"),
    (AmountOff("3", every=Every("20", max_times=2)), "6.00"),
    (Tiers([Tier("20", benefit=AmountOff("3", every=Every("20")))]), "9.00"),
]


@pytest.mark.parametrize(("benefit", "expected"), REPEATING)
def test_three_applications_are_made_where_there_is_no_lower_limit(benefit, expected):
    assert str(limited(benefit, cart=SEVEN).discount.decimal) == expected
    assert str(limited(benefit, cart=SEVEN, applications=3).discount.decimal) == expected


@pytest.mark.parametrize("benefit", [benefit for benefit, _ in REPEATING])
def test_one_application_is_that_of_the_first_time(benefit):
    two = evolve(SEVEN, lines=[evolve(SEVEN.lines[0], quantity=3)])
    once = limited(benefit, cart=two).discount
    assert limited(benefit, cart=SEVEN, applications=1).discount == once
    assert not once.is_zero


def test_gifts_for_each_step_keep_to_the_limit_too():
    gift = Gift("mug", every=Every("20"))
    assert [each.quantity for each in limited(gift, cart=SEVEN).gifts] == [3]
    assert [each.quantity for each in limited(gift, cart=SEVEN, applications=2).gifts] == [2]


def test_each_benefit_of_a_promotion_applies_as_often_as_the_limit_says():
    benefits = AmountOff("3", every=Every("20")), Gift("mug", every=Every("20"))
    quote = limited(*benefits, cart=SEVEN, applications=2)
    assert (quote.discount.minor, quote.gifts[0].quantity) == (6_00, 2)


def test_what_applies_once_applies_once():
    assert limited(AmountOff("3"), cart=SEVEN, applications=2).discount.minor == 3_00


def test_a_unit_that_no_application_needs_is_left_to_others():
    pairs = promotion(NthItemOff(2, "50"), limits=Limits(applications=1), priority=1)
    other = Promotion(id="q", benefits=PercentOff("10"))
    assert priced(SEVEN, pairs, other).discount.minor == 5_00 + 5_00


# The cap of one order


@pytest.mark.parametrize(
    ("benefits", "cap", "off", "shipping"),
    [
        ([AmountOff("30")], "40", ["15.00", "15.00"], "12.00"),
        ([AmountOff("30")], "30", ["15.00", "15.00"], "12.00"),
        ([AmountOff("30")], "20.01", ["10.01", "10.00"], "12.00"),
        ([AmountOff("30")], "0.01", ["0.01", "0.00"], "12.00"),
        ([PercentOff("50", Sku("b"))], "10", ["0.00", "10.00"], "12.00"),
        ([ShippingOff("100")], "5", ["0.00", "0.00"], "7.00"),
        ([AmountOff("30"), ShippingOff("100")], "35", ["15.00", "15.00"], "7.00"),
        ([AmountOff("30"), ShippingOff("100")], "20", ["10.00", "10.00"], "12.00"),
        ([ShippingOff("100"), AmountOff("30")], "20", ["4.00", "4.00"], "0.00"),
        ([AmountOff("30"), AmountOff("30")], "50", ["25.00", "25.00"], "12.00"),
    ],
)
def test_what_exceeds_the_cap_is_cut(benefits, cap, off, shipping):
    quote = limited(*benefits, cap=cap)
    assert [str(line.discount.decimal) for line in quote.lines] == off
    assert str(quote.shipping.decimal) == shipping


def test_a_cap_cuts_fees_too():
    fees = Fee("bag", Money.of("3", "CNY")), Fee("service", Money.of("8", "CNY"))
    cart = evolve(CART, fees=fees)
    quote = limited(FeeOff("bag", "100"), FeeOff("service", "100"), cart=cart, cap="5")
    assert [str(amount.decimal) for _, amount in quote.fees] == ["0.00", "6.00"]
    assert quote.usage[0].amount == Money.of("5", "CNY")


def test_what_is_cut_to_nothing_claims_no_unit():
    capped = promotion(
        ShippingOff("100"), AmountOff("30", Sku("a")), limits=Limits(cap="12"), priority=1
    )
    quote = priced(CART, capped, Promotion(id="q", benefits=AmountOff("10", Sku("a"))))
    assert quote.outcome("p").claims == ()
    assert quote.outcome("q").goods == Money.of("10", "CNY")


def test_gifts_stay_when_amounts_are_cut():
    quote = limited(AmountOff("30"), Gift("mug", value="50"), cap="10")
    assert (quote.discount.minor, len(quote.gifts)) == (10_00, 1)


def test_points_pay_no_more_than_the_cap_and_are_as_many_as_pay_for_it():
    rule = promotion(PointsRedemption("100", step=50), limits=Limits(cap="7.30"))
    outcome = priced(CART, rule, shopper=Shopper(points=10_000)).outcome("p")
    assert (outcome.points_redeemed, str(outcome.goods.decimal)) == (700, "7.00")


def test_later_benefits_work_on_what_the_cut_ones_left():
    quote = limited(AmountOff("100"), PercentOff("10"), cap="40")
    assert quote.discount.minor == 40_00
    quote = limited(AmountOff("100"), PercentOff("10", Sku("a")), cap="102")
    assert [str(line.discount.decimal) for line in quote.lines] == ["52.00", "50.00"]


# Uses and budgets over all orders


@pytest.mark.parametrize(
    ("limits", "usage", "expected"),
    [
        ({"uses": 3}, {"uses": {"p": 2}}, None),
        ({"uses": 3}, {"uses": {"q": 9}}, None),
        ({"uses": 3}, {"uses": {"p": 3}}, ("uses", 3, 3)),
        ({"uses": 3}, {"uses": {"p": 7}}, ("uses", 3, 7)),
        ({"uses": 3}, {"uses_by_customer": {"p": 7}}, None),
        ({"uses_per_customer": 1}, {"uses": {"p": 7}}, None),
        ({"uses_per_customer": 1}, {"uses_by_customer": {"p": 1}}, ("uses_per_customer", 1, 1)),
        ({"uses": 1, "uses_per_customer": 1, "budget": "9"}, {"uses": {"p": 1}}, ("uses", 1, 1)),
        ({"budget": "50"}, {"spent": {"p": "19.99"}}, None),
        ({"budget": "50"}, {"spent": {"p": "50"}}, ("budget", "CNY 50.00", "CNY 50.00")),
        ({"budget": "50"}, {"spent": {"p": "50.01"}}, ("budget", "CNY 50.00", "CNY 50.01")),
        ({"applications": 1, "cap": "90"}, {"uses": {"p": 99}, "spent": {"p": "999"}}, None),
    ],
)
def test_a_limit_is_reached_by_what_was_used_before(limits, usage, expected):
    outcome = limited(AmountOff("30"), usage=Usage(**usage), **limits).outcome("p")
    if expected is None:
        assert outcome.kind is Kind.APPLIED
        return
    assert isinstance(outcome, LimitReached)
    told = outcome.limit, outcome.allowed, outcome.used
    assert tuple(each if isinstance(each, int) else str(each) for each in told) == expected


@pytest.mark.parametrize(
    ("spent", "discount"),
    [("0", "30.00"), ("20", "30.00"), ("20.01", "29.99"), ("49.99", "0.01"), ("50", "0.00")],
)
def test_what_is_left_of_a_budget_is_given(spent, discount):
    usage = Usage(spent={"p": spent})
    assert str(limited(AmountOff("30"), usage=usage, budget="50").discount.decimal) == discount


def test_the_cap_holds_beside_the_budget():
    usage = Usage(spent={"p": Money.of("35", "CNY")})
    for cap, discount in (("10", 10_00), ("20", 15_00)):
        quote = limited(AmountOff("30"), usage=usage, budget="50", cap=cap)
        assert quote.discount.minor == discount


def test_without_a_snapshot_nothing_is_limited_and_the_outcome_says_so():
    quote = limited(AmountOff("30"), uses=1, budget="50")
    assert quote.outcome("p").unchecked == ("usage",)
    assert limited(AmountOff("60"), budget="50").discount.minor == 50_00


def test_what_was_not_checked_is_told():
    rule = promotion(
        Gift("mug"), PointsRedemption("100"), limits=Limits(uses_per_customer=1, uses=5)
    )
    told = priced(CART, rule, shopper=Shopper()).outcome("p").unchecked
    assert told == ("usage", "customer", "gift_stock", "points")
    shopper = Shopper("ann", points=100)
    known = {"shopper": shopper, "usage": Usage(), "gift_stock": {"mug": 1}}
    assert priced(CART, rule, **known).outcome("p").unchecked == ()
    assert limited(AmountOff("5"), cap="9", applications=1).outcome("p").unchecked == ()


def test_who_has_reached_its_limit_blocks_nobody():
    alone = {"exclusive": "layer", "priority": 9}
    rule = promotion(AmountOff("30"), limits=Limits(uses=1), **alone)
    other = Promotion(id="q", benefits=AmountOff("10"))
    quote = priced(CART, rule, other, usage=Usage({"p": 1}))
    assert quote.outcome("q").kind is Kind.APPLIED
    assert quote.outcome("p").kind is Kind.LIMIT_REACHED


def test_who_would_stand_alone_in_the_book_lets_others_in():
    rule = promotion(AmountOff("30"), limits=Limits(uses=1), exclusive=Exclusive.BOOK)
    other = Promotion(id="q", benefits=AmountOff("10"))
    quote = priced(CART, rule, other, usage=Usage({"p": 1}))
    assert [each.kind for each in quote.outcomes] == [Kind.LIMIT_REACHED, Kind.APPLIED]


def test_what_is_asked_of_no_candidate_is_answered_with_its_limit():
    rule = Promotion(id="p", benefits=AmountOff("5", Sku("z")), limits=Limits(uses=1))
    assert priced(CART, rule, usage=Usage({"p": 1})).outcome("p").kind is Kind.LIMIT_REACHED


def test_an_amount_spent_in_another_currency_is_refused_in_its_place():
    usage = Usage(spent={"p": Money.of("3", "USD")})
    with pytest.raises(CurrencyMismatch) as caught:
        limited(AmountOff("30"), usage=usage, budget="50")
    assert caught.value.path == ("usage", "spent", "p")
    assert limited(AmountOff("30"), usage=usage, uses=5).discount.minor == 30_00


# What is to be counted


def test_each_applied_promotion_is_one_use():
    rules = [
        recipes.amount_off("auto", "10", layer="unit"),
        recipes.amount_off("typed", "10", code="TEN", layer="set"),
        Promotion(
            id="held", benefits=[AmountOff("5"), ShippingOff("100")], trigger=Coupon("birthday")
        ),
        Promotion(id="later", benefits=GrantCoupon("next"), layer="coupon"),
        Promotion(id="nothing", benefits=FeeOff("bag", "100"), layer="coupon"),
        recipes.amount_off("gone", "10", limits=Limits(uses=1), layer="coupon"),
    ]
    shopper = Shopper("ann", coupons=("birthday",))
    quote = priced(CART, *rules, shopper=shopper, codes="TEN", usage=Usage({"gone": 1}))
    cny = {each: Money.of(each, "CNY") for each in ("0", "10", "17")}
    assert quote.usage == (
        Use("auto", None, None, "ann", cny["10"]),
        Use("typed", "TEN", None, "ann", cny["10"]),
        Use("held", None, "birthday", "ann", cny["17"]),
        Use("later", None, None, "ann", cny["0"]),
    )
    assert priced(CART, rules[0]).usage == (Use("auto", None, None, None, cny["10"]),)


# In words and in documents


@pytest.mark.parametrize(
    ("limits", "usage", "zh", "en"),
    [
        ({"uses": 3}, {"uses": {"p": 3}}, "限用 3 次，已用完", "used up after 3 uses"),
        (
            {"uses_per_customer": 1},
            {"uses_by_customer": {"p": 1}},
            "每人限用 1 次，您已用完",
            "used up; it is limited to 1 use per customer",
        ),
        (
            {"budget": "50"},
            {"spent": {"p": "50"}},
            "¥50.00 预算已用完",
            "its budget of CN¥50.00 is used up",
        ),
    ],
)
def test_a_reached_limit_is_explained(limits, usage, zh, en):
    rule = promotion(AmountOff("30"), limits=Limits(**limits), name="夏促")
    quote = priced(CART, rule, usage=Usage(**usage))
    assert f"夏促：{zh}" in str(explain(quote, locale="zh_CN"))
    assert f"夏促: {en}" in str(explain(quote, locale="en"))


@pytest.mark.parametrize(
    ("benefit", "limits", "zh"),
    [
        (AmountOff("50"), {"cap": "30"}, "立减50，最多减30"),
        (AmountOff("50"), {"uses": 3, "budget": "30"}, "立减50"),
        (AmountOff("50", every=Every("300")), {"applications": 2}, "每满300减50，最多2次"),
        (AmountOff("5", every=Every("3", max_times=1)), {"applications": 2}, "每满3减5，最多1次"),
        (NthItemOff(2, "50"), {"applications": 1}, "第二件半价，最多1次"),
        (AmountOff("50"), {"applications": 2}, "立减50"),
    ],
)
def test_a_promotion_without_a_name_is_called_by_its_limits_too(benefit, limits, zh):
    rule = promotion(benefit, limits=Limits(**limits))
    assert label_of(rule, Words("zh_CN"), Currency("CNY")) == zh


def test_a_reached_limit_is_not_mentioned_where_the_condition_does_not_hold():
    rule = recipes.spend_and_save("p", spend="999", save="50", limits=Limits(uses=1), name="夏促")
    assert "夏促" not in str(explain(priced(CART, rule, usage=Usage({"p": 1})), locale="en"))


def test_no_more_is_suggested_of_what_has_reached_its_limit():
    rule = recipes.save_per_spend("p", spend="150", save="50", limits=Limits(uses=1))
    book = PromotionBook("CNY", [rule])
    assert len(opportunities(CART, book, at=INSTANT, usage=Usage({"q": 1}))) == 1
    assert opportunities(CART, book, at=INSTANT, usage=Usage({"p": 1})) == ()


def test_no_more_is_suggested_than_the_applications_allow():
    rule = recipes.save_per_spend("p", spend="150", save="50", limits=Limits(applications=1))
    assert opportunities(CART, PromotionBook("CNY", [rule]), at=INSTANT) == ()


def test_limits_are_plain_data():
    rule = promotion(
        AmountOff("30"),
        limits=Limits(
            applications=2, uses=3, uses_per_customer=1, budget="50", cap=Money.of("9", "CNY")
        ),
    )
    told = dump(rule)["limits"]
    assert told == {
        "applications": 2, "uses": 3, "uses_per_customer": 1, "budget": "50", "cap": "CNY 9.00"
    }  # fmt: skip
    assert load(Promotion, dump(rule)) == rule
    assert "limits" not in dump(promotion(AmountOff("30"), limits=Limits()))


def test_a_quote_with_a_snapshot_of_usage_is_recorded_and_comes_back():
    rule = promotion(AmountOff("30"), limits=Limits(budget="50"))
    caps = [DiscountCap("10")]
    quote = priced(CART, rule, discount_caps=caps, usage=Usage(spent={"p": "25.5"}))
    assert load(QuoteRecord, dump(QuoteRecord.of(quote))).quote() == quote


# What is refused


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"applications": 0}, "applications"),
        ({"uses": -1}, "uses"),
        ({"uses": True}, "uses"),
        ({"uses_per_customer": 10**9 + 1}, "uses_per_customer"),
        ({"budget": "0"}, "budget"),
        ({"budget": 5}, "budget"),
        ({"cap": "-1"}, "cap"),
        ({"cap": "much"}, "cap"),
    ],
)
def test_limits_that_are_none_are_refused(limits, field):
    with pytest.raises(InvalidInput) as caught:
        Limits(**limits)
    assert caught.value.path == (field,)


@pytest.mark.parametrize("limits", [{"cap": "0.001"}, {"budget": "USD 5.00"}, {"budget": "1E-3"}])
def test_amounts_that_do_not_fit_the_currency_are_refused_by_the_book(limits):
    amounts = {name: _amount(text) for name, text in limits.items()}
    with pytest.raises(InvalidDocument) as caught:
        PromotionBook("CNY", [promotion(AmountOff("30"), limits=Limits(**amounts))])
    assert [fault.path for fault in caught.value.faults] == [("promotions", 0, "limits", *limits)]


def _amount(text):
    return Money.of(text[4:], text[:3]) if " " in text else Decimal(text)


@pytest.mark.parametrize(
    ("spent", "error"),
    [
        ({"p": "-1"}, InvalidValue),
        ({"p": "some"}, InvalidValue),
        ({"p": "USD 1.005"}, InvalidValue),
        ({"p": Decimal(10) ** 30}, InvalidValue),
        ({"p": 5}, InvalidType),
        ({"": "5"}, InvalidValue),
        ({5: "5"}, InvalidType),
        ([("p", "1"), ("p", "2")], InvalidValue),
        ("p", InvalidType),
        (None, InvalidType),
    ],
)
def test_what_was_spent_is_amounts_by_promotion(spent, error):
    with pytest.raises(error) as caught:
        Usage(spent=spent)
    assert caught.value.path[0] == "spent"


def test_amounts_spent_are_kept_as_text_in_the_order_of_ids():
    spent = Spent({"q": Money.of("3", "CNY"), "p": Decimal("1E+2"), "a": "CNY 4.00"})
    assert list(spent.items()) == [("a", "CNY 4.00"), ("p", "100"), ("q", "CNY 3.00")]
    assert spent == Spent(list(spent.items()))
    assert hash(spent) == hash(Spent(dict(spent)))
    context = Context(INSTANT, usage=Usage({"q": 1}, spent=spent))
    assert load(Context, dump(context)) == context


# A cap on all discounts together

STACK = [
    recipes.amount_off("one", "30", layer="order"),
    recipes.percent_off("two", "20", layer="platform"),
    recipes.amount_off("three", "100", layer="coupon"),
]


@pytest.mark.parametrize(
    ("caps", "expected"),
    [
        ([], ["18.00", "18.00"]),
        ([DiscountCap("100")], ["18.00", "18.00"]),
        ([DiscountCap("30")], ["70.00", "70.00"]),
        ([DiscountCap("33.333")], ["66.67", "66.67"]),
        ([DiscountCap("0")], ["100.00", "100.00"]),
        ([DiscountCap("30", Sku("a"))], ["70.00", "0.00"]),
        ([DiscountCap("30"), DiscountCap("10", Sku("b"))], ["70.00", "90.00"]),
        ([DiscountCap("10", Sku("b")), DiscountCap("30")], ["70.00", "90.00"]),
        ([DiscountCap("20", Undiscounted())], ["80.00", "80.00"]),
    ],
)
def test_all_promotions_together_take_no_more_than_the_lowest_cap(caps, expected):
    assert paid(priced(CART, *STACK, discount_caps=caps)) == expected


def test_a_floor_price_above_the_cap_holds():
    line = CartLine.of("1", "a", 1, "100.00", "CNY", floor_price="80.00")
    cart = Cart("CNY", [line, CartLine.of("2", "b", 1, "100.00", "CNY")])
    assert paid(priced(cart, *STACK, discount_caps=[DiscountCap("50")])) == ["80.00", "50.00"]


def test_a_cap_counts_from_the_base_price():
    tariff = Tariff("CNY", [PriceList(id="flash", rules=[FixedListPrice("a", "60")])])
    quote = priced(CART, *STACK, discount_caps=[DiscountCap("50", Sku("a"))], tariff=tariff)
    assert quote.lines[0].payable.minor == 30_00


def test_a_cap_leaves_shipping_alone():
    quote = priced(CART, recipes.free_shipping("free"), discount_caps=DiscountCap("0"))
    assert quote.shipping.is_zero


def test_what_was_no_candidate_is_looked_at_under_the_cap():
    rule = Promotion(id="p", benefits=AmountOff("30"), trigger=Coupon("none"))
    quote = priced(CART, *STACK, rule, discount_caps=[DiscountCap("0")])
    assert quote.outcome("one").kind is Kind.NO_EFFECT
    assert isinstance(quote.outcome("p").promotion, str)


def test_discount_caps_are_part_of_the_book():
    book = PromotionBook("CNY", STACK, discount_caps=DiscountCap("30", Sku("a")))
    assert dump(book)["discount_caps"] == [
        {"percent": "30", "target": {"type": "sku", "values": ["a"]}}
    ]
    assert load(PromotionBook, dump(book)) == book
    assert book != PromotionBook("CNY", STACK)


def test_a_cap_of_no_percentage_is_refused():
    with pytest.raises(InvalidValue):
        DiscountCap("101")


def test_a_cap_on_prices_in_another_currency_is_refused_in_its_place():
    cap = DiscountCap("30", PricedBetween(Money.of("5", "USD")))
    with pytest.raises(InvalidDocument) as caught:
        PromotionBook("CNY", STACK, discount_caps=[cap])
    assert caught.value.faults[0].path[:3] == ("discount_caps", 0, "target")


def test_an_applied_outcome_is_what_it_says():
    quote = limited(AmountOff("30"), cap="10")
    assert isinstance(quote.outcome("p"), Applied)
    assert quote.outcome("p") != limited(AmountOff("30"), cap="10", uses=5).outcome("p")


def test_mappings_of_different_kinds_are_unequal_whatever_they_hold():
    assert Spent({"a": "1"}) == Spent([("a", "1")])
    assert Spent({"a": "1"}) != Attributes({"a": "1"})
    assert Spent({"a": "1"}) != {"a": "1"}
