"""Amounts, percentages and prices off goods, shipping and fees: by example."""

import pytest

from ordercore import Cart, CartLine, InvalidDocument, Money, PromotionBook, price
from ordercore.cart import Fee
from ordercore.errors import InvalidInput, InvalidValue
from ordercore.pricing import Applied, Kind
from ordercore.promotions import (
    AddOnDeal,
    AmountOff,
    BuyXGetY,
    FeeOff,
    FixedPrice,
    PercentOff,
    Promotion,
    ShippingOff,
    Sku,
)
from ordercore.testing.strategies import INSTANT


def priced(cart, *promotions):
    return price(cart, PromotionBook(cart.currency, promotions), at=INSTANT)


def with_benefits(cart, *benefits, **options):
    return priced(cart, Promotion(id="p", benefits=benefits, **options))


def paid(quote):
    return [str(line.payable.decimal) for line in quote.lines]


CART = Cart.of("CNY", [("a", "100.00", 1), ("b", "50.00", 2)], shipping="12.00")


# 一口价、加价购


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("60.00", ["60.00", "100.00"]),
        ("30.00", ["30.00", "60.00"]),
        ("0", ["0.00", "0.00"]),
        ("100.00", ["100.00", "100.00"]),
    ],
)
def test_a_fixed_price_lowers_what_costs_more_and_raises_nothing(amount, expected):
    assert paid(with_benefits(CART, FixedPrice(amount))) == expected


def test_a_fixed_price_for_some_units_of_a_row_leaves_the_others():
    assert paid(with_benefits(CART, FixedPrice("9.90", Sku("b"), 1))) == ["100.00", "59.90"]


def test_a_fixed_price_respects_a_floor_price():
    line = CartLine.of("1", "a", 1, "100.00", "CNY", floor_price="80.00")
    cart = Cart("CNY", [line], Money.zero("CNY"))
    assert paid(with_benefits(cart, FixedPrice("10"))) == ["80.00"]


ADD_ONS = Cart.of("CNY", [("pen", "5.00", 1), ("bag", "39.00", 1), ("bag", "49.00", 2)])


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (1, ["5.00", "9.90", "98.00"]),
        (2, ["5.00", "9.90", "58.90"]),
        (9, ["5.00", "9.90", "19.80"]),
    ],
)
def test_add_ons_get_their_price_row_after_row(quantity, expected):
    assert paid(with_benefits(ADD_ONS, AddOnDeal(Sku("bag"), "9.90", quantity))) == expected


def test_an_add_on_that_is_cheap_already_does_not_use_up_the_deal():
    deal = AddOnDeal(Sku(("pen", "bag")), "9.90")
    assert paid(with_benefits(ADD_ONS, deal)) == ["5.00", "9.90", "98.00"]


# A coupon that is worth more than there is


@pytest.mark.parametrize(
    ("amount", "excess", "payable"),
    [
        ("200.00", "refuse", "0.00"),
        ("200.01", "refuse", "200.00"),
        ("200.01", "cap", "0.00"),
    ],
)
def test_an_amount_beyond_what_there_is_is_capped_or_refused(amount, excess, payable):
    quote = with_benefits(CART, AmountOff(amount, excess=excess))
    assert str(quote.goods.decimal) == payable


def test_a_refused_amount_has_no_effect_and_leaves_the_units_to_others():
    coupon = Promotion(id="a", benefits=AmountOff("300", excess="refuse"), priority=1)
    quote = priced(CART, coupon, Promotion(id="b", benefits=AmountOff("10")))
    assert quote.outcome("a").kind is Kind.NO_EFFECT
    assert quote.outcome("b").amount_minor == 10_00


def test_a_refused_amount_counts_floor_prices():
    line = CartLine.of("1", "a", 1, "100.00", "CNY", floor_price="80.00")
    cart = Cart("CNY", [line], Money.zero("CNY"))
    quote = with_benefits(cart, AmountOff("30", excess="refuse"))
    assert quote.discount.is_zero


# Sharing that a benefit decides for itself


def test_a_benefit_may_share_its_amount_in_another_way_than_its_promotion():
    quote = with_benefits(CART, AmountOff("30"), AmountOff("30", split="equal"), split="quantity")
    assert [line.discount.minor for line in quote.lines] == [10_00 + 15_00, 20_00 + 15_00]


def test_a_maximum_may_be_shared_in_another_way_than_its_promotion_shares():
    quote = with_benefits(CART, PercentOff("50", maximum="30", split="quantity"))
    assert [line.discount.minor for line in quote.lines] == [10_00, 20_00]


def test_what_a_capped_row_cannot_take_moves_or_is_lost_as_the_benefit_says():
    floored = CartLine.of("1", "a", 1, "100.00", "CNY", floor_price="90.00")
    cart = Cart("CNY", [floored, CartLine.of("2", "b", 1, "100.00", "CNY")], Money.zero("CNY"))
    moved = with_benefits(cart, AmountOff("60", overflow="redistribute"), overflow="forfeit")
    lost = with_benefits(cart, AmountOff("60", overflow="forfeit"))
    assert [line.discount.minor for line in moved.lines] == [10_00, 50_00]
    assert [line.discount.minor for line in lost.lines] == [10_00, 30_00]


def test_a_maximum_is_borne_by_no_unit_beyond_those_that_are_reduced():
    cart = Cart.of("CNY", [("a", "0.01", 9), ("b", "200.00", 1)])
    off = PercentOff("45", maximum="0.89", max_units_per_line=3, split="quantity")
    quote = with_benefits(cart, off)
    assert paid(quote) == ["0.06", "199.14"]
    assert [claim.units for claim in quote.outcome("p").claims] == [3, 1]


def test_what_gets_no_share_of_an_amount_stays_free_for_others():
    cart = Cart.of("CNY", [("bag", "0", 1), ("lamp", "40", 1), ("shirt", "60", 1)])
    quote = priced(
        cart,
        Promotion(id="off", benefits=AmountOff("10", Sku(("bag", "shirt"))), priority=1),
        Promotion(id="deal", benefits=BuyXGetY(1, 1, "50", buy=Sku("bag"), get=Sku("lamp"))),
    )
    assert paid(quote) == ["0.00", "20.00", "50.00"]
    assert [claim.lines for claim in quote.outcome("off").claims] == [("3",)]


def test_units_of_a_row_too_cheap_for_a_share_stay_free_and_others_are_counted():
    cart = Cart.of("CNY", [("pin", "0.01", 5), ("coat", "100", 1), ("hat", "50", 2)])
    quote = with_benefits(cart, AmountOff("10"))
    (applied,) = quote.outcomes
    told = [(claim.lines, claim.units) for claim in applied.claims]
    assert told == [(("2",), 1), (("3",), 2)]


@pytest.mark.parametrize(
    "at",
    [
        INSTANT.replace(tzinfo=None),
        INSTANT.date(),
        INSTANT.isoformat(),
        INSTANT.timestamp(),
        None,
    ],
)
def test_the_instant_of_a_price_is_an_aware_datetime(at):
    with pytest.raises(InvalidInput) as caught:
        price(CART, PromotionBook("CNY"), at=at)
    assert caught.value.path == ("at",)


def test_the_columns_count_what_is_taken_off_fees():
    cart = Cart("CNY", CART.lines, fees=[Fee("packing", Money.of("5", "CNY"))])
    quote = with_benefits(cart, AmountOff("10"), FeeOff("packing", percent="100"))
    assert quote.columns.outcomes == (("p", Kind.APPLIED, 1500),)
    assert quote.outcome("p").amount_minor == 1500


def test_a_maximum_falls_on_the_units_that_are_reduced():
    cart = Cart.of("CNY", [("a", "10.00", 10), ("b", "100.00", 1)])
    quote = with_benefits(cart, PercentOff("50", maximum="22", max_units_per_line=1))
    assert [line.discount.minor for line in quote.lines] == [2_00, 20_00]


# Shipping and fees


@pytest.mark.parametrize(
    ("benefit", "shipping"),
    [
        (ShippingOff(fixed="5"), "5.00"),
        (ShippingOff(fixed="0"), "0.00"),
        (ShippingOff(fixed="12"), "12.00"),
        (ShippingOff(fixed="20"), "12.00"),
    ],
)
def test_shipping_costs_a_fixed_price_where_that_is_less(benefit, shipping):
    assert str(with_benefits(CART, benefit).shipping.decimal) == shipping


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_what_two_promotions_take_off_shipping_adds_up_in_any_order(ids):
    quote = priced(
        CART,
        Promotion(id=ids[0], layer="shipping", benefits=ShippingOff(fixed="8")),
        Promotion(id=ids[1], layer="shipping", benefits=ShippingOff(amount="3")),
    )
    assert str(quote.shipping.decimal) == "5.00"


FEES = [Fee("packaging", Money.of("2.00", "CNY")), Fee("slot", Money.of("5.00", "CNY"))]
WITH_FEES = Cart.of("CNY", [("a", "100.00", 1)], fees=FEES)


@pytest.mark.parametrize(
    ("benefit", "slot"),
    [
        (FeeOff("slot", "100"), "0.00"),
        (FeeOff("slot", "33.33"), "3.33"),
        (FeeOff("slot", amount="1.50"), "3.50"),
        (FeeOff("slot", amount="9"), "0.00"),
    ],
)
def test_a_fee_is_lowered_and_the_others_are_not(benefit, slot):
    quote = with_benefits(WITH_FEES, benefit)
    fees = [(fee, str(money.decimal)) for fee, money in quote.fees]
    assert fees == [("packaging", "2.00"), ("slot", slot)]
    assert quote.payable.minor == 100_00 + sum(money.minor for _, money in quote.fees)
    assert isinstance(quote.outcome("p"), Applied)


def test_a_fee_that_the_cart_has_not_gives_nothing():
    assert with_benefits(WITH_FEES, FeeOff("service", "100")).outcome("p").kind is Kind.NO_EFFECT


def test_a_hundred_percent_off_everything_leaves_nothing_to_pay():
    cart = Cart.of("CNY", [("a", "0.37", 3)], shipping="1.00", fees=FEES)
    benefits = PercentOff("100"), ShippingOff("100"), FeeOff("slot", "100")
    quote = with_benefits(cart, *benefits, FeeOff("packaging", "50"), FeeOff("packaging", "100"))
    assert quote.payable.is_zero


@pytest.mark.parametrize(
    "make",
    [
        ShippingOff,
        lambda: ShippingOff("10", fixed="5"),
        lambda: FeeOff("slot"),
        lambda: FeeOff("slot", "10", amount="1"),
        lambda: FixedPrice("-1"),
        lambda: AmountOff("1", excess="ignore"),
        lambda: AmountOff("1", overflow="ignore"),
        lambda: AmountOff("1", split="ignore"),
    ],
)
def test_benefits_that_make_no_sense_are_refused(make):
    with pytest.raises(InvalidValue):
        make()


def test_a_price_that_does_not_fit_the_currency_is_reported_in_its_place():
    promotion = Promotion(id="p", benefits=FixedPrice("0.5"))
    with pytest.raises(InvalidDocument) as caught:
        PromotionBook("JPY", [promotion])
    (fault,) = caught.value.faults
    assert fault.path == ("promotions", 0, "benefits", 0, "amount")
