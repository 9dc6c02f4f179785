"""Law P16: 100 % off goods, shipping and fees leaves nothing to pay, tax included.

Whatever came before, however it is all taken off, and whatever tax and rounding come after.
"""

from __future__ import annotations

import pytest
from attrs import evolve
from drawing import Case, cases
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Context, Money, Promotion, PromotionBook, Shopper
from ordercore.cart import Wishes
from ordercore.pricing import price_in
from ordercore.promotions import (
    AddOnDeal,
    AllUnits,
    AmountOff,
    AmountOffEach,
    Basis,
    Benefit,
    BundlePrice,
    CheapestOff,
    Deposit,
    Exclusive,
    FeeOff,
    FixedPrice,
    Gift,
    NthItemOff,
    PercentOff,
    PickN,
    PointsRedemption,
    RoundingMode,
    ShippingOff,
    Split,
    Tier,
    Tiers,
)
from ordercore.tariffs import Tariff, TaxedPart, Taxes, TaxRate
from ordercore.testing.strategies import INSTANT, taxes

EVERYTHING = "9999999"
"""More than any cart costs that is drawn here."""
ALL = AllUnits()
MANY = 10**9

FREE_GOODS = st.one_of(
    st.builds(
        PercentOff,
        st.just("100"),
        maximum=st.sampled_from((None, EVERYTHING)),
        basis=st.sampled_from((None, Basis.BASE, Basis.ENTRY)),
        max_units_per_line=st.sampled_from((None, MANY)),
        split=st.sampled_from(Split),
        overflow=st.sampled_from(("redistribute", "forfeit")),
    ),
    st.builds(
        AmountOff,
        st.just(EVERYTHING),
        split=st.sampled_from(Split),
        overflow=st.just("redistribute"),
    ),
    st.sampled_from(
        (
            AmountOff(EVERYTHING, split=Split.CURRENT, overflow="forfeit"),
            AmountOffEach(EVERYTHING),
            FixedPrice("0"),
            FixedPrice("0", max_units_per_line=MANY),
            PickN(1, "0"),
            BundlePrice([(ALL, 1)], "0"),
            AddOnDeal(ALL, "0", MANY),
            NthItemOff(1, "100"),
            NthItemOff(1, "100", per_line=True),
            CheapestOff(MANY, "100"),
            CheapestOff(MANY, "100", pick="dearest"),
            CheapestOff(1, "100", every=1),
            CheapestOff(MANY, amount=EVERYTHING),
            Deposit("1", save=EVERYTHING),
            Deposit("1", worth=EVERYTHING, per_unit=False),
        )
    ),
)
"""Every kind of benefit that can take all off the goods, but points: these know a currency."""

FREE_SHIPPING = st.sampled_from(
    (ShippingOff("100"), ShippingOff(amount=EVERYTHING), ShippingOff(fixed="0"))
)


def free_fee(fee: str) -> st.SearchStrategy[Benefit]:
    return st.sampled_from((FeeOff(fee, "100"), FeeOff(fee, amount=EVERYTHING)))


@st.composite
def giving_all(draw: st.DrawFn, cart: Cart) -> list[Benefit]:
    """Draw benefits that take all off goods, shipping and fees, and a gift that costs nothing."""
    points = st.just(PointsRedemption(str(10**cart.currency.digits)))  # one is worth a minor unit
    goods = draw(FREE_GOODS | points)
    if draw(st.booleans()):
        goods = Tiers([Tier(quantity=1, benefit=goods)])
    fees = [draw(free_fee(fee.id)) for fee in cart.fees]
    return draw(st.permutations([goods, draw(FREE_SHIPPING), Gift("mug", value="5"), *fees]))


def able_to_pay_with_points(context: Context) -> Context:
    shopper, wishes = context.shopper or Shopper(), context.wishes or Wishes()
    return evolve(
        context, shopper=evolve(shopper, points=10**15), wishes=evolve(wishes, points=None)
    )


def with_all_off(case: Case, benefits: list[Benefit], rounding: str, *, at_once: bool) -> Case:
    """Add promotions to the last layer that take off what is left then; no price has a floor."""
    cart, book, context, tariff = case
    lines = [evolve(line, floor_price=None) for line in cart.lines]
    parts = [tuple(benefits)] if at_once else [(benefit,) for benefit in benefits]
    free = [
        Promotion(id=f"free-{i}", benefits=part, layer="points", rounding=rounding)
        for i, part in enumerate(parts)
    ]
    promotions = [*book.promotions, *free]
    return (
        evolve(cart, lines=lines),
        evolve(book, promotions=promotions, discount_caps=()),
        able_to_pay_with_points(context),
        tariff,
    )


@given(cases(exclusive=Exclusive.NO), st.sampled_from(RoundingMode), st.booleans(), st.data())
def test_p16_all_off_goods_shipping_and_fees_leaves_nothing_to_pay(case, rounding, at_once, data):
    benefits = data.draw(giving_all(case[0]))
    check_nothing_to_pay(with_all_off(case, benefits, rounding, at_once=at_once))


def check_nothing_to_pay(case: Case) -> None:
    quote = price_in(*case)
    nothing = Money(0, quote.currency)
    assert quote.payable == quote.tax == quote.rounding == nothing
    assert quote.deposit == quote.balance == nothing
    assert quote.goods == quote.shipping == nothing
    assert all(amount == nothing for _, amount in quote.fees)
    assert all(tax.taxable == tax.tax == nothing for tax in quote.taxes)
    for line in quote.lines:
        assert line.payable == nothing
        assert line.taxes == ()


EVERYWHERE = st.sampled_from(("13", "8.875", "0.1", "1000")).map(
    lambda percent: TaxRate("vat", percent, ("ordinary", "reduced", "exempt"), on=tuple(TaxedPart))
)


@given(
    cases(exclusive=Exclusive.NO), taxes(rates=st.tuples(EVERYWHERE), exempt_groups=()), st.data()
)
def test_p16_tax_on_everything_is_nothing_of_nothing(case, taxes: Taxes, data):
    cart, book, context, tariff = with_all_off(
        case, data.draw(giving_all(case[0])), "per_promotion", at_once=True
    )
    tariff = evolve(tariff, taxes=taxes) if tariff else Tariff(cart.currency, taxes=taxes)
    check_nothing_to_pay((cart, book, context, tariff))


@pytest.mark.parametrize("price", ["0.01", "0.005", "33.333", "99999999.99"])
def test_p16_a_free_order_has_no_dust_whatever_came_before(price):
    cart = Cart.of("CNY", [("shirt", price, 3), ("scarf", "0.07", 7)], shipping="8")
    promotions_before = [
        Promotion(id=f"p{n}", benefits=PercentOff("33.33"), layer=layer)
        for n, layer in enumerate(("unit", "order", "coupon"))
    ]
    free = Promotion(id="free", benefits=(PercentOff("100"), ShippingOff("100")), layer="points")
    quote = price_in(cart, PromotionBook("CNY", [*promotions_before, free]), Context(INSTANT))
    assert quote.payable.is_zero
