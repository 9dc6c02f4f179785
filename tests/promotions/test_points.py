"""Points, coupons for later, and deposits: what is paid otherwise, later, or for later."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Money, PromotionBook, Shopper, price
from ordercore.cart import CartLine, Fee, Wishes
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.pricing import Kind
from ordercore.promotions import (
    AmountOff,
    Deposit,
    EarnPoints,
    GrantCoupon,
    PercentOff,
    PointsRedemption,
    Promotion,
    Sku,
    Threshold,
    recipes,
)
from ordercore.tariffs import FixedListPrice, PriceList, Tariff
from ordercore.testing.strategies import INSTANT

CART = Cart.of("CNY", [("a", "100.00", 1), ("b", "50.00", 1)], shipping="10.00")
POOR, RICH, UNCHECKED = Shopper(points=2_000), Shopper(points=10**9), Shopper()


def priced(*promotions, cart=CART, **context):
    return price(cart, PromotionBook("CNY", promotions), at=INSTANT, **context)


def redeeming(benefit, shopper=RICH, wish=None, cart=CART):
    wishes = None if wish is None else Wishes(points=wish)
    promotion = Promotion(id="p", benefits=benefit, layer="points")
    quote = priced(promotion, cart=cart, shopper=shopper, wishes=wishes)
    outcome = quote.outcome("p")
    return quote.discount.minor, getattr(outcome, "points_redeemed", 0)


# 积分抵扣


@pytest.mark.parametrize(
    ("options", "shopper", "wish", "amount", "points"),
    [
        ({}, RICH, None, 150_00, 15_000),
        ({}, UNCHECKED, None, 150_00, 15_000),
        ({}, POOR, None, 20_00, 2_000),
        ({}, None, None, 0, 0),
        ({}, Shopper(points=0), None, 0, 0),
        ({}, POOR, 500, 5_00, 500),
        ({}, POOR, 5_000, 20_00, 2_000),
        ({}, POOR, 0, 0, 0),
        ({"max_percent": "30"}, RICH, None, 45_00, 4_500),
        ({"max_percent": "0"}, RICH, None, 0, 0),
        ({"max_amount": "12.34"}, RICH, None, 12_34, 1_234),
        ({"max_percent": "30", "max_amount": "12.34"}, RICH, None, 12_34, 1_234),
        ({"min_points": 2_001}, POOR, None, 0, 0),
        ({"min_points": 2_000}, POOR, None, 20_00, 2_000),
        ({"min_points": 300}, POOR, 299, 0, 0),
        ({"step": 300}, POOR, None, 18_00, 1_800),
        ({"step": 300, "min_points": 1_000}, POOR, 1_100, 0, 0),
        ({"step": 300, "min_points": 1_000}, POOR, 1_200, 12_00, 1_200),
        ({"target": Sku("b")}, RICH, None, 50_00, 5_000),
        ({"target": Sku("c")}, RICH, None, 0, 0),
    ],
)
def test_points_pay_what_the_shopper_wishes_has_and_may(options, shopper, wish, amount, points):
    assert redeeming(PointsRedemption("100", **options), shopper, wish) == (amount, points)


@pytest.mark.parametrize(
    ("shipping", "keep", "amount"),
    [
        ("10.00", None, 150_00),
        ("10.00", "10", 150_00),
        ("10.00", "12", 148_00),
        ("0", "0.01", 149_99),
    ],
)
def test_points_leave_payable_what_must_be_kept(shipping, keep, amount):
    cart = Cart.of("CNY", [("a", "150.00", 1)], shipping=shipping)
    assert redeeming(PointsRedemption("100", keep=keep), cart=cart)[0] == amount


@pytest.mark.parametrize(
    ("part", "shipping", "payable"),
    [
        ("goods", "20.00", "90.00"),
        ("payable", "20.00", "84.00"),  # 30 % of 120.00 are 36.00
        ("payable", "0", "70.00"),
        ("payable", "900.00", "900.00"),  # goods alone are paid with points
    ],
)
def test_a_part_of_the_goods_or_of_the_whole_payable_is_paid_with_points(part, shipping, payable):
    cart = Cart.of("CNY", [("a", "100.00", 1)], shipping=shipping)
    offer = recipes.points_redemption("p", "100", max_percent="30", max_percent_of=part)
    assert priced(offer, cart=cart, shopper=RICH).payable == Money.of(payable, "CNY")


def test_of_the_payable_fees_are_a_part_and_what_others_took_is_none():
    fees = [Fee("bag", Money.of("10.00", "CNY"))]
    cart = Cart.of("CNY", [("a", "100.00", 1), ("b", "50.00", 1)], shipping="20.00", fees=fees)
    free = recipes.free_shipping("free", spend="100")
    off = recipes.amount_off("off", "10")
    offer = recipes.points_redemption(
        "p", "100", Sku("b"), max_percent="10", max_percent_of="payable"
    )
    quote = priced(free, off, offer, cart=cart, shopper=RICH)
    assert quote.outcome("p").points_redeemed == 1_500  # of 90 + 50 + 10 after 10 and shipping


def test_what_must_be_kept_may_be_more_than_is_payable():
    assert redeeming(PointsRedemption("100", keep="1000")) == (0, 0)


def test_fees_count_to_what_remains_payable():
    cart = Cart.of("CNY", [("a", "1.00", 1)], fees=[Fee("bag", Money.of("0.50", "CNY"))])
    assert redeeming(PointsRedemption("100", keep="0.50"), cart=cart)[0] == 1_00


@pytest.mark.parametrize(
    ("per_unit", "balance", "amount", "points"),
    [
        ("10000", 12_345, 1_23, 12_300),  # 45 points are not worth a fen
        ("0.5", 3, 6_00, 3),
        ("3", 16, 5_33, 16),
        ("1", 1_000, 150_00, 150),
    ],
)
def test_no_more_points_are_used_than_the_amount_takes(per_unit, balance, amount, points):
    assert redeeming(PointsRedemption(per_unit), Shopper(points=balance)) == (amount, points)


@given(
    st.sampled_from(("100", "7", "0.3", "1234.5")),
    st.integers(0, 40_000),
    st.integers(1, 60),
    st.integers(1, 200),
    st.none() | st.integers(0, 20_000),
)
def test_points_are_whole_steps_within_the_balance_and_worth_the_amount(
    per_unit, balance, step, least, wish
):
    benefit = PointsRedemption(per_unit, step=step, min_points=least, max_percent="60")
    amount, points = redeeming(benefit, Shopper(points=balance), wish)
    assert amount <= 90_00
    assert points % step == 0
    assert points <= balance
    assert wish is None or points <= wish
    assert (amount > 0) is (points > 0)
    assert amount <= Fraction(100 * points) / Fraction(Decimal(per_unit))
    assert not points or amount > Fraction(100 * (points - step)) / Fraction(Decimal(per_unit))
    assert not points or points >= least


@pytest.mark.parametrize(
    ("least", "amount", "points"),
    [
        (12_300, 1_23, 12_300),
        (12_301, 0, 0),  # 1.23 takes 12 300 points: no more are used, and fewer are not redeemed
        (12_345, 0, 0),
    ],
)
def test_a_least_number_of_points_never_takes_more_than_the_amount_is_worth(least, amount, points):
    benefit = PointsRedemption("10000", min_points=least)
    assert redeeming(benefit, Shopper(points=12_345)) == (amount, points)


@pytest.mark.parametrize(
    ("options", "amount", "points"),
    [
        ({}, 50_00, 5_000),
        ({"min_points": 5_000}, 50_00, 5_000),
        ({"min_points": 5_001}, 0, 0),
        ({"step": 300}, 48_00, 4_800),
    ],
)
def test_points_pay_only_for_rows_that_have_a_weight(options, amount, points):
    cart = Cart.of("CNY", [("b", "50.00", 1), ("dear", "0.00", 1)])
    tariff = Tariff(
        "CNY",
        [PriceList(id="contract", rules=[FixedListPrice("dear", "100.00")], priority=1)],
        "priority",
    )
    offer = Promotion(
        id="p", layer="points", split="list", benefits=PointsRedemption("100", **options)
    )
    quote = priced(offer, cart=cart, shopper=RICH, tariff=tariff)
    assert quote.base.minor == 150_00
    assert quote.discount.minor == amount
    assert getattr(quote.outcome("p"), "points_redeemed", 0) == points


def test_points_redeemed_before_are_gone():
    first, second = (
        Promotion(
            id=name, layer=layer, benefits=PointsRedemption("100", Sku(sku), max_percent="20")
        )
        for name, layer, sku in (("1", "coupon", "a"), ("2", "points", "b"))
    )
    quote = priced(first, second, shopper=Shopper(points=2_300))
    assert quote.outcome("1").points_redeemed == 2_000
    assert quote.outcome("2").points_redeemed == 300
    assert quote.points_redeemed == 2_300


def test_points_come_after_everything_else_and_see_what_is_left():
    quote = priced(
        recipes.points_redemption("points", "100", max_percent="50"),
        recipes.spend_and_save("summer", spend="150", save="50"),
        shopper=RICH,
    )
    assert quote.outcome("points").points_redeemed == 5_000


@pytest.mark.parametrize(
    "options",
    [
        {"points_per_unit": "0"},
        {"points_per_unit": "-1"},
        {"points_per_unit": Money.of("1", "CNY")},
        {"points_per_unit": 100},
        {"points_per_unit": "100", "step": 0},
        {"points_per_unit": "100", "max_percent": "101"},
        {"points_per_unit": "100", "max_percent": "50", "max_percent_of": "shipping"},
        {"points_per_unit": "100", "keep": "0"},
    ],
)
def test_redemptions_that_make_no_sense_are_refused(options):
    with pytest.raises(InvalidInput):
        PointsRedemption(**options)


# 赠送积分、送券


@pytest.mark.parametrize(
    ("benefit", "points"),
    [
        (EarnPoints(7), 7),
        (EarnPoints(1, "10"), 15),
        (EarnPoints(2, "40"), 6),
        (EarnPoints(2, "40", maximum=5), 5),
        (EarnPoints(1, "1000"), 0),
        (EarnPoints(1, "1", Sku("b")), 50),
        (EarnPoints(1, target=Sku("c")), 0),
    ],
)
def test_an_order_earns_points_for_what_is_paid(benefit, points):
    quote = priced(Promotion(id="p", benefits=benefit))
    assert quote.points_earned == points
    assert quote.outcome("p").kind is (Kind.APPLIED if points else Kind.NO_EFFECT)
    assert quote.discount.is_zero


def test_what_points_pay_earns_no_points():
    redemption = recipes.points_redemption("z", "100", max_amount="30")
    earning = recipes.earn_points("a", 1, per="10")
    assert priced(redemption, earning, shopper=RICH).points_earned == 12
    assert priced(earning, shopper=RICH).points_earned == 15


def test_points_may_be_earned_by_list_prices():
    earning = Promotion(id="p", layer="points", benefits=EarnPoints(1, "10", basis="list"))
    half = Promotion(id="half", layer="unit", benefits=PercentOff("50"))
    assert priced(half, earning).points_earned == 15


def test_units_in_use_by_others_earn_points_all_the_same():
    half = Promotion(id="a", layer="points", benefits=PercentOff("50"))
    earning = Promotion(id="b", layer="points", benefits=EarnPoints(1, "10"))
    assert priced(half, earning).points_earned == 7


def test_coupons_are_granted_from_an_amount_on():
    granting = recipes.coupon_from("thanks", "ten-off", spend="150", quantity=2)
    assert priced(granting).coupons_granted == (("ten-off", 2),)
    assert priced(recipes.coupon_from("thanks", "ten-off", spend="150.01")).coupons_granted == ()


@pytest.mark.parametrize("benefit", [GrantCoupon("ten-off"), EarnPoints(1), Deposit("1")])
def test_an_empty_cart_brings_nothing(benefit):
    quote = priced(Promotion(id="p", benefits=benefit), cart=Cart.of("CNY", []))
    assert quote.outcome("p").kind is Kind.NO_EFFECT


# 定金


PRESALE = Cart.of("CNY", [("phone", "200.00", 1)])


@pytest.mark.parametrize(
    ("benefit", "payable", "balance"),
    [
        (Deposit("10", save="20"), "180.00", "170.00"),  # 付定10立减20
        (Deposit("10", worth="20"), "190.00", "180.00"),  # 定金10抵20
        (Deposit("10"), "200.00", "190.00"),
    ],
)
def test_a_deposit_is_a_part_of_what_is_to_pay(benefit, payable, balance):
    quote = priced(Promotion(id="p", layer="unit", benefits=benefit), cart=PRESALE)
    assert str(quote.payable.decimal) == payable
    assert str(quote.balance.decimal) == balance
    assert str(quote.deposit.decimal) == "10.00"


@pytest.mark.parametrize(("spend", "kind"), [("180", Kind.APPLIED), ("180.01", Kind.NOT_ELIGIBLE)])
def test_a_later_threshold_counts_the_price_less_what_the_deposit_saves(spend, kind):
    later = Promotion(id="later", when=Threshold(spend), benefits=AmountOff("5"))
    quote = priced(recipes.presale_deposit("p", "10", save="20"), later, cart=PRESALE)
    assert quote.outcome("later").kind is kind


@pytest.mark.parametrize(
    ("per_unit", "deposit", "discount"), [(True, 30_00, 60_00), (False, 10_00, 20_00)]
)
def test_a_deposit_is_for_each_unit_or_for_all_of_them(per_unit, deposit, discount):
    benefit = Deposit("10", save="20", target=Sku("phone"), per_unit=per_unit)
    cart = Cart.of("CNY", [("phone", "200.00", 3), ("case", "20.00", 1)])
    quote = priced(Promotion(id="p", benefits=benefit), cart=cart)
    assert (quote.deposit.minor, quote.discount.minor) == (deposit, discount)


def test_a_deposit_never_saves_more_than_a_unit_costs():
    cart = Cart.of("CNY", [("case", "15.00", 2), ("phone", "200.00", 1)])
    quote = priced(Promotion(id="p", benefits=Deposit("1", save="20")), cart=cart)
    assert [line.discount.minor for line in quote.lines] == [30_00, 20_00]


@pytest.mark.parametrize(
    ("amount", "worth"),
    [("10", "9.99"), (Money.of("10", "CNY"), Money.of("9.99", "CNY"))],
)
def test_a_deposit_is_worth_what_it_is_at_least(amount, worth):
    with pytest.raises(InvalidValue) as caught:
        Deposit(amount, worth=worth)
    assert caught.value.path == ("worth",)
    assert str(caught.value.given).endswith("9.99")
    assert Deposit(amount, worth=amount).worth == Deposit(amount).amount


@pytest.mark.parametrize(
    ("amount", "worth"),
    [("10", Money.of("9.99", "CNY")), (Money.of("10", "CNY"), "9.99")],
)
def test_where_only_the_book_knows_the_currency_it_compares_deposit_and_worth(amount, worth):
    with pytest.raises(InvalidDocument) as caught:
        PromotionBook("CNY", [Promotion(id="p", benefits=Deposit(amount, worth=worth))])
    (fault,) = caught.value.faults
    assert fault.path == ("promotions", 0, "benefits", 0, "worth")


def test_a_worth_in_another_currency_is_told_as_that():
    benefit = Deposit(Money.of("10", "CNY"), worth=Money.of("9", "USD"))
    with pytest.raises(InvalidDocument) as caught:
        PromotionBook("CNY", [Promotion(id="p", benefits=benefit)])
    assert [fault.code for fault in caught.value.faults] == ["currency_mismatch"]


PLAIN = [Deposit("10"), Deposit("10", worth="10"), Deposit("10", per_unit=False)]


@pytest.mark.parametrize("benefit", PLAIN)
@pytest.mark.parametrize("priority", [-1, 1])
def test_a_deposit_that_saves_nothing_does_not_mind_who_uses_the_units(benefit, priority):
    cart = Cart.of("CNY", [("phone", "200.00", 3)])
    user = Promotion(id="user", layer="unit", benefits=AmountOff("100"))
    asking = Promotion(id="p", layer="unit", priority=priority, benefits=benefit)
    quote = priced(user, asking, cart=cart)
    assert [quote.outcome(name).kind for name in ("user", "p")] == [Kind.APPLIED] * 2
    assert quote.deposit.minor == (30_00 if benefit.per_unit else 10_00)
    assert quote.outcome("p").claims == ()


@pytest.mark.parametrize("per_unit", [True, False])
def test_a_deposit_that_saves_is_beaten_where_all_units_are_in_use(per_unit):
    user = Promotion(id="user", layer="unit", priority=1, benefits=AmountOff("100"))
    benefit = Deposit("10", save="20", per_unit=per_unit)
    quote = priced(user, Promotion(id="p", layer="unit", benefits=benefit), cart=PRESALE)
    assert quote.outcome("p").kind is Kind.BEATEN
    assert quote.outcome("p").by == ("user",)
    assert quote.deposit.is_zero


def test_a_deposit_that_saves_claims_what_it_is_for_even_where_a_floor_keeps_the_price():
    floor = Money.of("200", "CNY")
    line = CartLine.of("1", "phone", 2, "200.00", "CNY", floor_price=floor)
    benefit = Deposit("10", save="20")
    quote = priced(Promotion(id="p", benefits=benefit), cart=Cart("CNY", [line]))
    assert (quote.deposit.minor, quote.discount.minor) == (20_00, 0)
    assert [claim.units for claim in quote.outcome("p").claims] == [2]


@pytest.mark.parametrize("options", [{}, {"save": "20"}, {"worth": "30"}])
@pytest.mark.parametrize("per_unit", [True, False])
def test_what_costs_nothing_asks_for_no_deposit(options, per_unit):
    benefit = Deposit("10", target=Sku("phone"), per_unit=per_unit, **options)
    cart = Cart.of("CNY", [("phone", "0.00", 2), ("case", "20.00", 1)])
    quote = priced(Promotion(id="p", benefits=benefit), cart=cart)
    assert quote.outcome("p").kind is Kind.NO_EFFECT
    assert quote.deposit.is_zero


@pytest.mark.parametrize(
    ("benefit", "deposit"),
    [
        (Deposit("50", target=Sku("case")), 40_00),
        (Deposit("50", target=Sku("case"), per_unit=False), 40_00),
        (Deposit("15", target=Sku("case"), per_unit=False), 15_00),
        (Deposit("15", save="8", target=Sku("case")), 24_00),
        (Deposit("50", save="8", target=Sku("case"), per_unit=False), 32_00),
        (Deposit("1", save="20", target=Sku("case")), 0),
    ],
)
def test_a_deposit_is_never_more_than_what_is_to_pay_for_the_units(benefit, deposit):
    cart = Cart.of("CNY", [("case", "20.00", 2), ("phone", "200.00", 1)])
    assert priced(Promotion(id="p", benefits=benefit), cart=cart).deposit.minor == deposit


def test_a_deposit_says_its_worth_in_one_way():
    with pytest.raises(InvalidInput):
        Deposit("10", worth="20", save="10")
