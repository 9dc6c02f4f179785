"""Coupons held, and who bears what promotions give."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import (
    Cart,
    InvalidDocument,
    Money,
    Product,
    PromotionBook,
    Shopper,
    explain,
    price,
    recipes,
)
from ordercore.errors import InvalidValue
from ordercore.pricing import (
    Applied,
    GiftOutOfStock,
    NotEligible,
    ShortGift,
    UnknownCoupon,
)
from ordercore.promotions import (
    AmountOff,
    Coupon,
    Funding,
    Gift,
    HasCode,
    Promotion,
    ShippingOff,
    Sku,
)

AT = datetime(2026, 11, 11, tzinfo=UTC)
HALVES = (Funding("platform", "60"), Funding("seller", "40"))


def cart_of_two_sellers() -> Cart:
    lamp = Product("lamp", seller="north")
    rug, bowl = Product("rug", seller="south"), Product("bowl")
    return Cart.of(
        "CNY", [(lamp, "120.00", 1), (rug, "60.00", 2), (bowl, "60.00", 1)], shipping="10.00"
    )


def quote_of(promotion: Promotion, **more: object):
    return price(cart_of_two_sellers(), PromotionBook("CNY", [promotion]), at=AT, **more)


def borne(quote) -> dict[str, str]:
    return {each.bearer: f"{each.amount.decimal:f}" for each in quote.contributions}


class TestCoupons:
    def test_a_coupon_applies_for_who_holds_it(self) -> None:
        offer = recipes.amount_off("ten", "10", trigger=Coupon("ten-off"))
        assert quote_of(offer, shopper=Shopper(coupons=["ten-off"])).discount.minor == 1000

    @pytest.mark.parametrize("shopper", [None, Shopper(), Shopper(coupons=["other"])])
    def test_nobody_else_gets_it_and_the_answer_names_the_coupon(self, shopper) -> None:
        offer = recipes.amount_off("ten", "10", trigger=Coupon("ten-off"))
        quote = quote_of(offer, shopper=shopper)
        assert quote.outcomes == ()
        outcome = quote.outcome("ten")
        assert isinstance(outcome, NotEligible)
        assert outcome.misses[0].condition == Coupon("ten-off")
        assert outcome.misses[0].required == ("ten-off",)

    def test_codes_that_no_promotion_can_have_are_unknown_and_never_a_fault(self) -> None:
        offer = recipes.amount_off("ten", "10", code="TEN")
        quote = quote_of(offer, codes=["TEN", "", "x" * 65, "a\u200eb", "NOPE"])
        assert quote.discount.minor == 1000
        assert quote.unknown_codes == ("NOPE",)
        assert quote.outcome(code="").kind.value == "unknown_code"

    def test_a_code_that_is_no_trigger_is_unknown_though_a_condition_asks_for_it(self) -> None:
        offer = recipes.amount_off("ten", "10", when=HasCode("PRESS"))
        quote = quote_of(offer, codes=["PRESS"])
        assert quote.discount.minor == 1000
        assert quote.unknown_codes == ("PRESS",)
        assert quote.outcome(code="PRESS").kind.value == "unknown_code"


class TestFunding:
    def test_a_promotion_that_names_nobody_is_borne_by_the_shop(self) -> None:
        assert borne(quote_of(recipes.amount_off("ten", "10"))) == {"shop": "10.00"}

    def test_the_sellers_part_is_shared_by_what_is_taken_off_their_lines(self) -> None:
        offer = recipes.spend_and_save("cross", spend="300", save="50", funding=HALVES)
        # 50 over 120, 120, 60: 20, 20, 10; the sellers bear 40 % of it
        assert borne(quote_of(offer)) == {
            "platform": "30.00", "north": "8.00", "south": "8.00", "shop": "4.00",
        }  # fmt: skip

    def test_shipping_has_no_seller(self) -> None:
        offer = Promotion(id="ship", benefits=ShippingOff("100"), funding=HALVES)
        assert borne(quote_of(offer)) == {"platform": "6.00", "shop": "4.00"}

    @pytest.mark.parametrize(
        ("funding", "expected"),
        [
            ((), {"shop": "58.00"}),
            ([Funding("maker", "100")], {"maker": "58.00"}),
            (
                [Funding("platform", "33"), Funding("maker", "67")],
                {"platform": "19.14", "maker": "38.86"},
            ),
            (HALVES, {"platform": "34.80", "shop": "23.20"}),  # a gift has no seller
        ],
    )
    def test_what_gifts_are_worth_is_borne_by_the_same_funding(self, funding, expected) -> None:
        offer = Promotion(id="m", benefits=Gift("mug", 2, "29.00"), funding=funding)
        told = quote_of(offer).contributions
        assert {each.bearer: f"{each.gifts.decimal:f}" for each in told} == expected
        assert all(each.amount.is_zero for each in told)

    def test_gifts_stand_beside_what_the_promotion_takes_off(self) -> None:
        offer = Promotion(
            id="m", benefits=[AmountOff("10", Sku("lamp")), Gift("mug", 1, "5.00")], funding=HALVES
        )
        assert [
            (e.bearer, str(e.amount), str(e.gifts)) for e in quote_of(offer).contributions
        ] == [
            ("north", "CNY 4.00", "CNY 0.00"),
            ("platform", "CNY 6.00", "CNY 3.00"),
            ("shop", "CNY 0.00", "CNY 2.00"),
        ]

    def test_only_gifts_that_are_given_are_borne(self) -> None:
        gift = Gift("mug", 3, "10", out_of_stock="grant_alternative")
        offer = Promotion(id="m", benefits=[AmountOff("1"), gift])
        for stock, worth in ((9, 30_00), (2, 20_00), (0, 0)):
            (told,) = quote_of(offer, gift_stock={"mug": stock}).contributions
            assert (told.amount.minor, told.gifts.minor) == (1_00, worth)

    def test_a_gift_of_unknown_worth_is_owed_by_nobody(self) -> None:
        assert quote_of(Promotion(id="m", benefits=Gift("mug"))).contributions == ()

    def test_the_odd_fen_goes_by_the_bearers_name_and_not_by_place(self) -> None:
        shares = [Funding("maker", "50"), Funding("agent", "50")]
        for funding in (shares, shares[::-1]):
            offer = recipes.amount_off("odd", "0.01", funding=funding)
            assert borne(quote_of(offer)) == {"agent": "0.01"}

    @pytest.mark.parametrize(
        "funding",
        [
            [Funding("a", "60"), Funding("b", "39.99")],
            [Funding("a", "50"), Funding("a", "50")],
            [Funding("a", "100"), Funding("b", "0.01")],
        ],
    )
    def test_shares_must_come_to_a_hundred_percent_each_bearer_once(self, funding) -> None:
        with pytest.raises(InvalidValue) as caught:
            recipes.amount_off("ten", "10", funding=funding)
        assert caught.value.path == ("funding",)

    def test_the_sum_of_shares_does_not_depend_on_the_decimal_context(self) -> None:
        with localcontext(prec=1):
            recipes.amount_off("x", "1", funding=[Funding("a", "33.33"), Funding("b", "66.67")])

    @given(
        st.lists(st.integers(1, 50_000), min_size=1, max_size=5),
        st.integers(1, 40_000),
        st.integers(0, 100),
    )
    def test_what_the_bearers_owe_is_what_the_promotion_gives(self, prices, save, percent) -> None:
        items = [
            (Product(f"p{i}", seller=f"s{i % 2}" if i % 3 else None), Money(minor, "CNY"), i + 1)
            for i, minor in enumerate(prices)
        ]
        funding = [Funding("platform", str(percent)), Funding("seller", str(100 - percent))]
        offers = [
            recipes.amount_off("a", Money(save, "CNY"), funding=funding),
            recipes.free_shipping("b", funding=funding),
            Promotion(id="c", benefits=Gift("mug", 3, "7.77"), funding=funding),
        ]
        quote = price(Cart.of("CNY", items, shipping="9.99"), PromotionBook("CNY", offers), at=AT)
        for outcome in quote.outcomes:
            assert isinstance(outcome, Applied)
            owed = [c for c in quote.contributions if c.promotion == outcome.promotion]
            assert sum(each.amount.minor for each in owed) == outcome.amount_minor
            given = sum(gift.value.minor * gift.quantity for gift in outcome.gifts)
            assert sum(each.gifts.minor for each in owed) == given
            assert min(each.amount.minor + each.gifts.minor for each in owed) > 0


def test_every_fault_of_a_short_cart_is_told_with_its_place() -> None:
    with pytest.raises(InvalidDocument) as caught:
        Cart.of("CNY", [("tea", "88.00"), ("cup", 12, 1), ("pot", "9.999999999", 1)])
    places = [fault.path for fault in caught.value.faults]
    assert places == [("lines", 0), ("lines", 1, "unit_price"), ("lines", 2, "unit_price")]


class TestCouponsAreUsedUp:
    def offers(self) -> list[Promotion]:
        coupon = Coupon("ten")
        return [
            recipes.amount_off("a", "10", Sku("lamp"), trigger=coupon),
            recipes.amount_off("b", "10", Sku("rug"), trigger=coupon),
            recipes.amount_off("c", "10", trigger=coupon, layer="coupon"),
        ]

    @pytest.mark.parametrize(("held", "discount"), [(0, 0), (1, 10), (2, 20), (3, 30), (4, 30)])
    def test_as_many_promotions_apply_as_coupons_are_held(self, held: int, discount: int) -> None:
        book = PromotionBook("CNY", self.offers())
        shopper = Shopper(coupons=["ten"] * held)
        quote = price(cart_of_two_sellers(), book, at=AT, shopper=shopper)
        assert quote.discount.minor == 100 * discount
        assert quote.coupons_used == ("ten",) * min(held, 3)

    def test_a_coupon_is_answered_whether_it_is_held_or_not(self) -> None:
        book = PromotionBook("CNY", self.offers())
        without = price(cart_of_two_sellers(), book, at=AT)
        assert isinstance(without.outcome(coupon="ten"), NotEligible)
        shopper = Shopper(coupons=["ten", "other"])
        quote = price(cart_of_two_sellers(), book, at=AT, shopper=shopper)
        assert quote.outcome(coupon="ten").promotion == "a"
        assert quote.outcome(coupon="other") == UnknownCoupon(coupon="other")
        assert quote.unknown_coupons == ("other",)
        assert without.unknown_coupons == ()

    @pytest.mark.parametrize("asked", [{}, {"code": "A", "coupon": "ten"}])
    def test_it_is_asked_for_one_thing(self, asked: dict[str, str]) -> None:
        quote = price(cart_of_two_sellers(), PromotionBook("CNY", self.offers()), at=AT)
        with pytest.raises(InvalidValue):
            quote.outcome(**asked)

    def test_who_comes_too_late_is_told_who_used_the_coupon(self) -> None:
        book = PromotionBook("CNY", self.offers())
        quote = price(cart_of_two_sellers(), book, at=AT, shopper=Shopper(coupons=["ten"]))
        assert [outcome.kind.value for outcome in quote.outcomes] == [
            "applied", "excluded", "excluded",
        ]  # fmt: skip
        assert quote.outcome("c").by == ("a",)


def test_a_gift_that_is_out_of_stock_is_told_with_the_promotion() -> None:
    offer = Promotion(id="m", benefits=[AmountOff("5"), Gift("mug", 2)])
    quote = quote_of(offer, gift_stock={"mug": 1})
    applied = quote.outcome("m")
    assert isinstance(applied, Applied)
    assert applied.gifts == ()
    assert applied.gifts_out_of_stock == ("mug",)
    assert applied.short_gifts == (ShortGift("mug", promised=2, given=0, left=1),)
    assert "赠品 mug 仅余 1 件，不足 2 件" in str(explain(quote, locale="zh_CN"))
    assert "of gift mug only 1 left, of 2" in str(explain(quote, locale="en"))


def test_a_gift_of_which_none_is_left_is_told_as_such() -> None:
    offer = Promotion(id="m", benefits=[AmountOff("5"), Gift("mug", 2)])
    quote = quote_of(offer, gift_stock={"mug": 0})
    assert "赠品 mug 已赠完" in str(explain(quote, locale="zh_CN"))
    assert "gift mug is out of stock" in str(explain(quote, locale="en"))


def test_a_gift_of_which_fewer_are_given_tells_how_many() -> None:
    offer = Promotion(id="m", benefits=Gift("mug", 3, out_of_stock="grant_alternative"))
    quote = quote_of(offer, gift_stock={"mug": 1})
    applied = quote.outcome("m")
    assert isinstance(applied, Applied)
    assert applied.short_gifts == (ShortGift("mug", promised=3, given=1, left=0),)
    for locale, words in (
        ("zh_CN", "赠品 mug 应赠 3 件，仅余 1 件"),
        ("en", "1 of 3 of gift mug, as no more are left"),
    ):
        told = str(explain(quote, locale=locale))
        assert words in told
        assert "已赠完" not in told
        assert "out of stock" not in told


def test_a_gift_that_blocks_its_promotion_tells_how_many_are_left() -> None:
    offer = Promotion(id="m", benefits=[AmountOff("5"), Gift("mug", 2, out_of_stock="block")])
    quote = quote_of(offer, gift_stock={"mug": 1})
    blocked = quote.outcome("m")
    assert isinstance(blocked, GiftOutOfStock)
    assert blocked.short_gifts == (ShortGift("mug", promised=2, given=0, left=1),)
    for locale, words in (
        ("zh_CN", "立减5、送 mug × 2：赠品 mug 仅余 1 件，不足 2 件"),
        ("en", "CN¥5 off; Gift: mug × 2: of gift mug only 1 left, of 2"),
    ):
        (row,) = explain(quote, locale=locale).not_applied
        assert row.words == words
