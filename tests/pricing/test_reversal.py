"""Refunds by hand: small orders, what comes back, and every fen of what is given back."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from itertools import combinations, permutations

import pytest
from attrs import evolve

from ordercore import (
    Cart,
    Fee,
    InvalidDocument,
    Money,
    Product,
    PromotionBook,
    Quote,
    Shopper,
    UnitPrice,
    dump,
    dumps,
    explain,
    load,
    loads,
    price,
    recipes,
    reverse,
)
from ordercore.data import UnsupportedType
from ordercore.errors import InvalidType, InvalidValue, LimitExceeded, NotFound, NotReproducible
from ordercore.pricing import PartedSet, QuoteRecord, Reversal, ReversalRecord
from ordercore.pricing.statement import statement
from ordercore.promotions import (
    AddOnDeal,
    AmountOff,
    BundlePrice,
    BuyXGetY,
    Category,
    CheapestOff,
    Coupon,
    EarnPoints,
    Funding,
    Gift,
    GrantCoupon,
    NthItemOff,
    PercentOff,
    PickN,
    PointsRedemption,
    Promotion,
    Sku,
    Threshold,
    Tier,
    Tiers,
)
from ordercore.tariffs import (
    FixedListPrice,
    OffListPrice,
    PayableRounding,
    PriceList,
    PriceRule,
    Tariff,
    Taxes,
    TaxRate,
)

AT = datetime(2026, 11, 11, tzinfo=UTC)
ALL_POLICIES = ("keep_shares", "reprice", "forbid_partial")

SUMMER = recipes.spend_and_save("summer", spend="300", save="50")


def quote_of(items, *promotions: Promotion, tariff=None, shopper=None, **cart: object) -> Quote:
    """Price a cart in CNY; its lines are called 1, 2, …"""
    book = PromotionBook("CNY", promotions)
    return price(Cart.of("CNY", items, **cart), book, at=AT, tariff=tariff, shopper=shopper)


def two() -> Quote:
    """A at 200 and B at 100, 满300减50: 250 are paid."""
    return quote_of([("A", "200.00", 1), ("B", "100.00", 1)], SUMMER)


def told(amount: Money) -> str:
    return f"{amount.decimal:f}"


def refunds(quote: Quote, policy: str, *parts: dict[str, int], **options: object) -> list[str]:
    """Return one part after the other, and tell what each gives back."""
    found, before = [], ()
    for part in parts:
        reversal = reverse(quote, before, part, policy, **options)
        found.append(told(reversal.amount))
        before = reversal.returned
    return found


class TestPartsOfAnOrder:
    @pytest.mark.parametrize(
        ("policy", "parts", "expected"),
        [
            ("keep_shares", [{"2": 1}], ["83.33"]),
            ("keep_shares", [{"1": 1}], ["166.67"]),
            ("keep_shares", [{"2": 1}, {"1": 1}], ["83.33", "166.67"]),
            ("keep_shares", [{"1": 1}, {"2": 1}], ["166.67", "83.33"]),
            ("keep_shares", [{"1": 1, "2": 1}], ["250.00"]),
            ("reprice", [{"2": 1}], ["50.00"]),
            ("reprice", [{"1": 1}], ["150.00"]),
            ("reprice", [{"2": 1}, {"1": 1}], ["50.00", "200.00"]),
            ("reprice", [{"1": 1}, {"2": 1}], ["150.00", "100.00"]),
            ("reprice", [{"1": 1, "2": 1}], ["250.00"]),
            ("forbid_partial", [{"2": 1}, {"1": 1}], ["83.33", "166.67"]),
        ],
    )
    def test_two_lines_under_a_threshold(self, policy, parts, expected) -> None:
        assert refunds(two(), policy, *parts) == expected

    @pytest.mark.parametrize(
        ("policy", "back", "expected"),
        [
            ("keep_shares", 5, "225.00"),  # 5 of 6 units that cost 45 each
            ("reprice", 5, "220.00"),  # 270 were paid, and one unit alone costs 50
            ("reprice", 1, "20.00"),  # five cost 250
            ("reprice", 6, "270.00"),
        ],
    )
    def test_six_at_50_with_10_percent_from_300(self, policy, back, expected) -> None:
        tenth = recipes.percent_off("tenth", "10", when=Threshold("300"))
        quote = quote_of([("cup", "50.00", 6)], tenth)
        assert told(quote.payable) == "270.00"
        assert refunds(quote, policy, {"1": back}) == [expected]

    def test_a_remainder_comes_back_unit_by_unit(self) -> None:
        quote = quote_of([("pen", "1.00", 3)], recipes.amount_off("off", "1"))
        assert refunds(quote, "keep_shares", {"1": 1}, {"1": 1}, {"1": 1}) == [
            "0.66",
            "0.67",
            "0.67",
        ]
        assert refunds(quote, "keep_shares", {"1": 2}, {"1": 1}) == ["1.33", "0.67"]

    def test_equal_lines_give_back_their_own_units(self) -> None:
        items = [("pen", "1.00", 1), ("pen", "1.00", 2)]
        quote = quote_of(items, recipes.amount_off("off", "1"))
        paid = [told(line.payable) for line in quote.lines]
        assert refunds(quote, "keep_shares", {"2": 2}, {"1": 1}) == paid[::-1]

    def test_prices_finer_than_money_sum_up_all_the_same(self) -> None:
        items = [("nail", UnitPrice.of("0.333", "CNY"), 7)]
        quote = quote_of(items, recipes.percent_off("off", "10"))
        done = refunds(quote, "keep_shares", *[{"1": 1}] * 7)
        assert sum(round(100 * float(each)) for each in done) == quote.payable_minor == 210

    @pytest.mark.parametrize("included", [True, False])
    def test_units_of_equal_lines_have_the_shares_and_taxes_that_the_quote_tells(
        self, included
    ) -> None:
        taxes = Taxes([TaxRate("state", "6.5"), TaxRate("county", "2.25")], included=included)
        items = [("pen", "1.11", 3), ("pen", "1.11", 2), ("ink", "5", 1), ("pen", "1.11", 4)]
        offers = [recipes.amount_off("a", "1"), recipes.percent_off("b", "7", layer="coupon")]
        quote = quote_of(items, *offers, tariff=Tariff("CNY", taxes=taxes))
        for line in quote.cart.lines:
            for start, stop in combinations(range(line.quantity + 1), 2):
                (run,) = reverse(quote, {line.id: start}, {line.id: stop - start}).lines
                own = quote.line(line.id, start, stop)
                assert (run.base, run.goods, run.tax) == (own.base, own.payable, own.tax)
                assert (run.adjustments, run.taxes) == (own.adjustments, own.taxes)

    def test_what_takes_nothing_off_a_unit_is_not_told_of_it(self) -> None:
        offers = [recipes.amount_off(x, "0.01", layer=x) for x in ("unit", "order")]
        reversal = reverse(quote_of([("pen", "1.00", 3)], *offers), {}, {"1": 1})
        assert [each.promotion for each in reversal.lines[0].adjustments] == ["unit"]

    def test_a_reversal_tells_each_line_with_its_shares(self) -> None:
        reversal = reverse(two(), {}, {"2": 1})
        (line,) = reversal.lines
        assert (line.line.id, line.start, line.stop, line.units) == ("2", 0, 1, 1)
        assert (told(line.base), told(line.goods), told(line.refund)) == (
            "100.00",
            "83.33",
            "83.33",
        )
        assert [(each.promotion, each.minor) for each in line.adjustments] == [("summer", 1667)]
        assert told(reversal.remaining) == "166.67"

    def test_a_later_return_takes_the_next_units(self) -> None:
        quote = quote_of([("pen", "1.00", 5)])
        (line,) = reverse(quote, {"1": 2}, {"1": 2}).lines
        assert (line.start, line.stop) == (2, 4)

    def test_repricing_tells_what_kept_lines_lose(self) -> None:
        reversal = reverse(two(), {}, {"2": 1}, "reprice")
        kept, back = reversal.lines
        assert (kept.line.id, kept.units, told(kept.goods)) == ("1", 0, "-33.33")
        assert (back.line.id, back.units, told(back.goods)) == ("2", 1, "83.33")
        assert [(each.promotion, each.minor) for each in kept.adjustments] == [("summer", 3333)]


class TestShortfall:
    """A at 100, B at 10 and C at 1 under 满101减50: 61 are paid."""

    def quote(self) -> Quote:
        offer = recipes.spend_and_save("offer", spend="101", save="50")
        return quote_of([("A", "100", 1), ("B", "10", 1), ("C", "1", 1)], offer)

    def test_what_is_kept_may_cost_more_than_was_paid_and_nobody_collects_it(self) -> None:
        reversal = reverse(self.quote(), {}, {"2": 1, "3": 1}, "reprice")
        assert told(reversal.amount) == "0.00"
        assert told(reversal.shortfall) == "39.00"
        assert told(reversal.waived) == "39.00"
        assert told(reversal.goods) == "-39.00"

    def test_the_running_total_is_the_largest_so_far(self) -> None:
        quote = self.quote()
        assert refunds(quote, "reprice", {"2": 1}, {"3": 1}, {"1": 1}) == [
            "10.00",
            "0.00",
            "51.00",
        ]
        assert refunds(quote, "reprice", {"3": 1}, {"2": 1}, {"1": 1}) == [
            "1.00",
            "0.00",
            "60.00",
        ]

    def test_it_is_told_as_it_stands_after_each_return(self) -> None:
        first = reverse(self.quote(), {}, {"2": 1}, "reprice")
        second = reverse(self.quote(), first.returned, {"3": 1}, "reprice")
        third = reverse(self.quote(), second.returned, {"1": 1}, "reprice")
        assert [told(each.shortfall) for each in (first, second, third)] == [
            "0.00",
            "49.00",  # A costs 100, and 51 remain paid
            "0.00",
        ]
        assert [told(each.waived) for each in (first, second, third)] == [
            "0.00",
            "49.00",
            "-49.00",
        ]

    @pytest.mark.parametrize("order", list(permutations("123")))
    def test_all_together_is_what_was_paid(self, order) -> None:
        done = refunds(self.quote(), "reprice", *[{line: 1} for line in order])
        assert sum(round(100 * float(each)) for each in done) == 61_00


class TestCharges:
    def quote(self, **tariff: object) -> Quote:
        fees = [Fee("box", Money.of("2.00", "CNY"))]
        return quote_of(
            [("tea", "30.00", 2)],
            shipping="8.00",
            fees=fees,
            tariff=Tariff("CNY", **tariff) if tariff else None,
        )

    @pytest.mark.parametrize("policy", ALL_POLICIES)
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({}, ["30.00", "40.00"]),
            ({"shipping": "never"}, ["30.00", "32.00"]),
            ({"fees": "never"}, ["30.00", "38.00"]),
            ({"shipping": "never", "fees": "never"}, ["30.00", "30.00"]),
        ],
    )
    def test_they_come_back_with_the_last_unit_or_never(self, policy, options, expected) -> None:
        assert refunds(self.quote(), policy, {"1": 1}, {"1": 1}, **options) == expected

    def test_tax_on_top_comes_back_with_what_it_lies_on(self) -> None:
        quote = self.quote(taxes=Taxes([TaxRate("vat", "10")], included=False))
        assert told(quote.payable) == "77.00"
        first = reverse(quote, {}, {"1": 1})
        assert [told(x) for x in (first.amount, first.goods, first.tax_on_top)] == [
            "33.00",
            "30.00",
            "3.00",
        ]
        assert told(first.lines[0].refund) == "33.00"
        last = reverse(quote, first.returned, {"1": 1})
        assert [told(x) for x in (last.amount, last.shipping, last.tax_on_top)] == [
            "44.00",
            "8.00",
            "4.00",
        ]
        assert [(fee, told(amount)) for fee, amount in last.fees] == [("box", "2.00")]
        assert refunds(quote, "keep_shares", {"1": 2}, shipping="never") == ["68.20"]

    def test_tax_that_prices_contain_is_told_and_not_added(self) -> None:
        quote = self.quote(taxes=Taxes([TaxRate("vat", "20")], included=True))
        first = reverse(quote, {}, {"1": 1})
        assert [told(x) for x in (first.amount, first.tax, first.tax_on_top)] == [
            "30.00",
            "5.00",
            "0.00",
        ]
        assert [(each.rate, each.minor) for each in first.taxes] == [("vat", 500)]

    def test_a_return_may_lose_free_shipping(self) -> None:
        free = recipes.free_shipping("free", spend="50")
        quote = quote_of([("tea", "30.00", 2)], free, shipping="8.00")
        assert refunds(quote, "keep_shares", {"1": 1}, {"1": 1}) == ["30.00", "30.00"]
        first = reverse(quote, {}, {"1": 1}, "reprice")
        assert (told(first.amount), told(first.shipping)) == ("22.00", "-8.00")
        assert refunds(quote, "reprice", {"1": 1}, {"1": 1}) == ["22.00", "38.00"]

    def test_shipping_that_becomes_cheaper_by_a_return_is_not_refunded_before_the_last(
        self,
    ) -> None:
        small = Promotion(
            id="small",
            benefits=recipes.free_shipping("x").benefits,
            when=~Threshold("50"),
            layer="shipping",
        )
        quote = quote_of([("tea", "30.00", 2)], small, shipping="8.00")
        assert refunds(quote, "reprice", {"1": 1}, {"1": 1}) == ["30.00", "38.00"]


class TestRounding:
    def quote(self, items, step: str, mode: str = "down", **cart: object) -> Quote:
        return quote_of(items, tariff=Tariff("CNY", rounding=PayableRounding(step, mode)), **cart)

    @pytest.mark.parametrize("policy", ALL_POLICIES)
    def test_what_was_waived_is_missing_from_the_last_refund(self, policy) -> None:
        quote = self.quote([("tea", "3.33", 3)], "0.1")
        assert told(quote.payable) == "9.90"
        by_shares = ["3.33", "3.33", "3.24"]
        repriced = ["3.30", "3.30", "3.30"]  # two alone cost 6.60, one 3.30
        expected = repriced if policy == "reprice" else by_shares
        assert refunds(quote, policy, *[{"1": 1}] * 3) == expected

    def test_what_was_added_comes_with_the_last_refund(self) -> None:
        quote = self.quote([("tea", "3.33", 2)], "1", "half_up")
        assert refunds(quote, "keep_shares", {"1": 1}, {"1": 1}) == ["3.33", "3.67"]

    def test_no_refund_falls_below_zero_where_the_last_unit_costs_less_than_was_waived(
        self,
    ) -> None:
        quote = self.quote([("tea", "8.00", 1), ("bag", "0.50", 1), ("tag", "0.30", 1)], "1")
        assert told(quote.payable) == "8.00"
        tea, bag, tag = {"1": 1}, {"2": 1}, {"3": 1}
        assert refunds(quote, "keep_shares", tea, bag, tag) == ["8.00", "0.00", "0.00"]
        assert refunds(quote, "keep_shares", {**tea, **bag}, tag) == ["8.00", "0.00"]
        assert refunds(quote, "keep_shares", bag, tea, tag) == ["0.50", "7.50", "0.00"]
        assert refunds(quote, "keep_shares", tag, bag, tea) == ["0.30", "0.50", "7.20"]

    def test_charges_that_are_never_refunded_are_kept_in_full(self) -> None:
        quote = self.quote([("tea", "8.00", 1)], "1", shipping="2.70")
        assert told(quote.payable) == "10.00"
        assert refunds(quote, "keep_shares", {"1": 1}, shipping="never") == ["7.30"]

    @pytest.mark.parametrize("policy", ALL_POLICIES)
    def test_nothing_comes_back_where_more_was_waived_than_the_goods_cost(self, policy) -> None:
        quote = self.quote([("tag", "0.10", 1)], "1", shipping="0.30")
        assert quote.payable.is_zero
        reversal = reverse(quote, {}, {"1": 1}, policy, shipping="never")
        assert (told(reversal.amount), told(reversal.refunded)) == ("0.00", "0.00")
        assert (told(reversal.shortfall), told(reversal.waived)) == ("0.00", "0.00")


class TestPriceLists:
    def test_repricing_asks_the_list_again_with_fewer_units(self) -> None:
        rules: list[PriceRule] = [
            FixedListPrice("tea", "8.00", 10),
            FixedListPrice("tea", "9.00", 5),
        ]
        quote = quote_of(
            [("tea", "10.00", 10)],
            tariff=Tariff("CNY", price_lists=[PriceList(id="bulk", rules=rules)]),
        )
        assert told(quote.payable) == "80.00"
        assert refunds(quote, "keep_shares", {"1": 4}) == ["32.00"]
        assert refunds(quote, "reprice", {"1": 4}) == ["26.00"]  # six cost 54
        assert refunds(quote, "reprice", {"1": 1}) == ["0.00"]  # nine cost 81: one short


class TestGiftsPointsCoupons:
    def entries(self, reversal: Reversal) -> list[tuple[str, str, int]]:
        return [(str(each.kind), each.what, each.quantity) for each in reversal.entries]

    def parts(self, quote: Quote, policy: str, *parts: dict[str, int]) -> list[object]:
        found, before = [], ()
        for part in parts:
            reversal = reverse(quote, before, part, policy)
            found.append(self.entries(reversal))
            before = reversal.returned
        return found

    def test_gifts_are_returned_in_proportion_to_what_was_paid(self) -> None:
        gift = Promotion(id="gift", benefits=Gift("mug", 4, "9.90"))
        quote = quote_of([("A", "100", 1), ("B", "50", 2)], gift)
        assert self.parts(quote, "keep_shares", {"2": 1}, {"2": 1}, {"1": 1}) == [
            [("gift", "mug", 1)],
            [("gift", "mug", 1)],
            [("gift", "mug", 2)],
        ]
        (returned,) = reverse(quote, {}, {"1": 1}).gifts
        assert (returned.promotion, returned.sku, returned.quantity) == ("gift", "mug", 2)
        assert told(returned.value) == "9.90"

    def test_a_single_gift_is_asked_for_when_nothing_of_what_it_came_for_is_kept(self) -> None:
        gift = Promotion(
            id="gift", benefits=Gift("mug"), when=Threshold("100", target=Category("toys"))
        )
        toy, book = Product("toy", categories=["toys"]), Product("book")
        quote = quote_of([(toy, "60", 2), (book, "60", 1)], gift)
        assert self.parts(quote, "keep_shares", {"1": 1}, {"1": 1}, {"2": 1}) == [
            [],
            [("gift", "mug", 1)],
            [],
        ]

    def test_a_condition_on_some_goods_does_not_say_which_goods_earn_points(self) -> None:
        earn = Promotion(
            id="earn", benefits=EarnPoints(1, "10"), when=Threshold("50", target=Sku("A"))
        )
        quote = quote_of([("A", "60", 1), ("B", "40", 1)], earn)
        assert self.parts(quote, "keep_shares", {"2": 1}, {"1": 1}) == [
            [("points_earned", "", 4)],
            [("points_earned", "", 6)],
        ]

    def test_a_gift_is_asked_for_once_though_what_is_kept_may_bring_it_again(self) -> None:
        when = Threshold("200") | ~Threshold("100")
        gift = Promotion(id="gift", benefits=Gift("mug"), when=when)
        quote = quote_of([("A", "100", 1), ("B", "100", 1), ("C", "50", 1)], gift)
        assert self.parts(quote, "reprice", {"1": 1}, {"2": 1}, {"3": 1}) == [
            [("gift", "mug", 1)],
            [],
            [],
        ]

    def test_repricing_asks_for_gifts_that_the_kept_goods_do_not_bring(self) -> None:
        tiers = [Tier("100", benefit=Gift("cup")), Tier("200", benefit=Gift("mug"))]
        quote = quote_of(
            [("A", "100", 1), ("B", "100", 1)], Promotion(id="g", benefits=Tiers(tiers))
        )
        assert self.parts(quote, "reprice", {"2": 1}, {"1": 1}) == [[("gift", "mug", 1)], []]

    def test_points_are_taken_back_from_the_goods_that_earned_them(self) -> None:
        earn = Promotion(id="earn", benefits=EarnPoints(1, "10", Sku("kettle")))
        quote = quote_of([("kettle", "200", 1), ("tea", "40", 1)], earn)
        assert self.parts(quote, "keep_shares", {"2": 1}, {"1": 1}) == [
            [],
            [("points_earned", "", 20)],
        ]

    def test_points_are_rounded_for_the_shopper_and_sum_up(self) -> None:
        earn = Promotion(id="earn", benefits=EarnPoints(10))
        quote = quote_of([("pen", "1", 3)], earn)
        done, before = [], ()
        for _ in range(3):
            reversal = reverse(quote, before, {"1": 1})
            before = reversal.returned
            done.append(reversal.points_taken_back)
        assert done == [3, 3, 4]

    def test_points_that_paid_are_given_back_with_their_discount(self) -> None:
        redeem = Promotion(id="pay", benefits=PointsRedemption("100", max_amount="30"))
        quote = quote_of([("A", "200", 1), ("B", "100", 1)], redeem, shopper=Shopper(points=5000))
        first = reverse(quote, {}, {"2": 1})
        assert (told(first.amount), first.points_given_back) == ("90.00", 1000)
        last = reverse(quote, first.returned, {"1": 1})
        assert (told(last.amount), last.points_given_back) == ("180.00", 2000)

    def coupon_quote(self) -> Quote:
        offer = recipes.spend_and_save("ten", spend="100", save="10", trigger=Coupon("ten-off"))
        thanks = Promotion(id="thanks", benefits=GrantCoupon("next", 2), layer="points")
        shopper = Shopper(coupons=["ten-off"])
        return quote_of([("A", "60", 1), ("B", "60", 1)], offer, thanks, shopper=shopper)

    def test_a_coupon_is_given_back_with_the_last_return(self) -> None:
        quote = self.coupon_quote()
        first = reverse(quote, {}, {"1": 1})
        assert (first.coupons_given_back, first.coupons_taken_back) == ((), (("next", 1),))
        last = reverse(quote, first.returned, {"2": 1})
        assert last.coupons_given_back == (("ten-off", 1),)
        assert last.coupons_taken_back == (("next", 1),)

    def test_repricing_gives_a_coupon_back_when_the_kept_goods_do_not_use_it(self) -> None:
        first = reverse(self.coupon_quote(), {}, {"1": 1}, "reprice")
        assert (told(first.amount), first.coupons_given_back) == ("50.00", (("ten-off", 1),))
        assert first.coupons_taken_back == ()
        last = reverse(self.coupon_quote(), first.returned, {"2": 1}, "reprice")
        assert (last.coupons_given_back, last.coupons_taken_back) == ((), (("next", 2),))

    def test_where_nothing_was_paid_units_are_counted(self) -> None:
        free = Promotion(id="free", benefits=(PercentOff("100"), Gift("mug", 2)))
        quote = quote_of([("A", "60", 1), ("B", "0", 1)], free)
        assert self.parts(quote, "keep_shares", {"2": 1}, {"1": 1}) == [
            [("gift", "mug", 1)],
            [("gift", "mug", 1)],
        ]


MEAL = BundlePrice([(Sku("cola"), 1), (Sku("bread"), 2)], "10")


class TestSets:
    def quote(self, benefit, colas: int, breads: int, **more: object) -> Quote:
        items = [("cola", "4", colas), ("bread", "6", breads), ("soap", "9", 1)]
        return quote_of(items, Promotion(id="deal", benefits=benefit, **more), SUMMER)

    @pytest.mark.parametrize(
        ("benefit", "bought", "back", "allowed"),
        [
            (MEAL, (1, 2), (1, 2), True),
            (MEAL, (1, 2), (1, 0), False),
            (MEAL, (1, 2), (0, 2), False),
            (MEAL, (1, 2), (0, 0), True),
            (MEAL, (2, 4), (1, 2), True),  # one of two sets
            (MEAL, (2, 4), (1, 1), False),
            (MEAL, (2, 4), (1, 3), False),
            (MEAL, (3, 2), (2, 0), True),  # two colas are in no set
            (MEAL, (3, 2), (3, 0), False),
            (PickN(3, "12", Sku("bread")), (0, 6), (0, 3), True),
            (PickN(3, "12", Sku("bread")), (0, 6), (0, 4), False),
            (PickN(3, "12", Sku("bread")), (0, 7), (0, 4), True),
            (CheapestOff(1, "100", target=Sku("bread"), every=2), (0, 4), (0, 2), True),
            (CheapestOff(1, "100", target=Sku("bread"), every=2), (0, 4), (0, 1), False),
            (Tiers([Tier("1", benefit=MEAL)]), (1, 2), (1, 0), False),
            (AmountOff("5"), (1, 2), (1, 0), True),  # sells no set
            (AddOnDeal(Sku("bread"), "1", 2), (0, 2), (0, 1), False),
            (AddOnDeal(Sku("bread"), "1", 2), (0, 3), (0, 1), True),
            (BuyXGetY(1, 1, "100", Sku("cola"), Sku("bread")), (2, 2), (1, 1), True),
            (BuyXGetY(1, 1, "100", Sku("cola"), Sku("bread")), (2, 2), (1, 0), False),
            (NthItemOff(2, "50", Sku("bread")), (0, 5), (0, 3), True),
            (NthItemOff(2, "50", Sku("bread")), (0, 5), (0, 2), True),  # a set, not the odd one
            (NthItemOff(2, "50", Sku("bread")), (0, 4), (0, 1), False),
            (BuyXGetY(1, 1, "100", Sku("cola"), Sku("bread")), (3, 1), (1, 1), True),
            (BuyXGetY(1, 1, "100", Sku("cola"), Sku("bread")), (3, 1), (2, 0), True),
            (BuyXGetY(1, 1, "100", Sku("cola"), Sku("bread")), (3, 1), (0, 1), False),
            # nobody can say how large a set of two benefits is: all of it goes together
            ((PickN(2, "9", Sku("bread")), PercentOff("10")), (0, 4), (0, 2), False),
            ((PickN(2, "9", Sku("bread")), PercentOff("10")), (0, 4), (0, 4), True),
        ],
    )
    def test_what_was_sold_as_a_set_comes_back_as_a_set(
        self, benefit, bought, back, allowed
    ) -> None:
        items = [("cola", "4", bought[0]), ("bread", "6", bought[1])]
        lines = [(*item, str(i)) for i, item in enumerate(items) if item[2]]
        quote = quote_of([line[:3] for line in lines], Promotion(id="deal", benefits=benefit))
        ids = {line[3]: str(n) for n, line in enumerate(lines, 1)}
        units = {ids[str(i)]: n for i, n in enumerate(back) if n}
        reversal = reverse(quote, {}, units, "forbid_partial")
        assert (reversal.refused == ()) == allowed
        assert told(reversal.amount) == (
            told(reverse(quote, {}, units).amount) if allowed else "0.00"
        )

    def test_a_refusal_says_why_and_changes_nothing(self) -> None:
        quote = self.quote(MEAL, 1, 2)
        reversal = reverse(quote, {"3": 1}, {"2": 1}, "forbid_partial")
        assert reversal.refused == (PartedSet("deal", ("1", "2"), 3, 1, 1),)
        assert reversal.amount.is_zero
        assert reversal.returned == ({"3": 1},)
        assert told(reversal.refunded) == "9.00"

    @pytest.mark.parametrize(
        ("back", "allowed"),
        [
            ({"2": 3}, True),
            ({"1": 1, "2": 2}, True),
            ({"1": 1, "2": 5}, True),
            ({"2": 2}, False),
            ({"1": 1, "2": 3}, False),
        ],
    )
    @pytest.mark.parametrize(
        "benefit",
        [
            PickN(3, "10", Sku(("cola", "bread"))),
            NthItemOff(3, "50", Sku(("cola", "bread"))),
            CheapestOff(1, "100", target=Sku(("cola", "bread")), every=3),
            BuyXGetY(2, 1, "100", Sku(("cola", "bread")), Sku(("cola", "bread"))),
            BundlePrice([(Sku(("cola", "bread")), 3)], "10"),
        ],
        ids=lambda benefit: type(benefit).__name__,
    )
    def test_where_any_units_make_a_set_a_set_is_any_so_many_of_them(
        self, benefit, back, allowed
    ) -> None:
        quote = self.quote(benefit, 1, 5)
        refused = reverse(quote, {}, back, "forbid_partial").refused
        told = PartedSet("deal", ("1", "2"), 6, sum(back.values()), 2)
        assert refused == (() if allowed else (told,))

    def test_units_beside_the_sets_make_more_readings(self) -> None:
        quote = self.quote(PickN(3, "10", Sku(("cola", "bread"))), 2, 5)  # 7 units, 2 sets
        assert reverse(quote, {}, {"1": 2}, "forbid_partial").refused != ()
        assert reverse(quote, {}, {"1": 1, "2": 2}, "forbid_partial").refused == ()

    def test_sets_that_are_not_equal_are_told_as_one(self) -> None:
        deal = BundlePrice([(Sku(("cola", "soap")), 1), (Sku("bread"), 2)], "10")
        quote = self.quote(deal, 2, 6)
        (parted,) = reverse(quote, {}, {"2": 2}, "forbid_partial").refused
        assert parted == PartedSet("deal", ("1", "2", "3"), 9, 2, 1)

    def test_a_set_that_is_parted_already_stops_no_other_return(self) -> None:
        quote = self.quote(MEAL, 1, 2)
        assert refunds(quote, "forbid_partial", {"3": 1}) == ["9.00"]
        assert reverse(quote, {"1": 1}, {"3": 1}, "forbid_partial").refused == ()
        assert reverse(quote, {"1": 1}, {"2": 2}, "forbid_partial").refused == ()

    def test_any_promotion_may_be_named_to_go_together(self) -> None:
        quote = two()
        assert reverse(quote, {}, {"1": 1}, "forbid_partial").refused == ()
        refused = reverse(quote, {}, {"1": 1}, "forbid_partial", together="summer").refused
        assert [each.promotion for each in refused] == ["summer"]
        whole = reverse(quote, {}, {"1": 1, "2": 1}, "forbid_partial", together=["summer"])
        assert told(whole.amount) == "250.00"


class TestFaults:
    @pytest.mark.parametrize(
        ("before", "now", "kind", "place", "given"),
        [
            ({}, {"9": 1}, NotFound, ("returned_now", "9"), "9"),
            ({}, {"1": 2}, InvalidValue, ("returned_now", "1"), 2),
            ({"1": 1}, {"1": 1}, InvalidValue, ("returned_now", "1"), 1),
            ([{"1": 1}, {"1": 1}], {}, InvalidValue, ("returned_before", 1, "1"), 1),
            ({}, {"1": -1}, InvalidValue, ("returned_now", "1"), -1),
            ({}, {"1": True}, InvalidType, ("returned_now", "1"), True),
            ({}, {"1": 1.0}, InvalidType, ("returned_now", "1"), 1.0),
            ({}, {"1": "1"}, InvalidType, ("returned_now", "1"), "1"),
            ({}, {"1": None}, InvalidType, ("returned_now", "1"), None),
            ({}, {1: 1}, InvalidType, ("returned_now",), 1),
            ({}, [("1", 1)], InvalidType, ("returned_now",), [("1", 1)]),
            ({}, None, InvalidType, ("returned_now",), None),
            (None, {}, InvalidType, ("returned_before",), None),
            ("1", {}, InvalidType, ("returned_before",), "1"),
            ([None], {}, InvalidType, ("returned_before", 0), None),
            ({"1": 2}, {}, InvalidValue, ("returned_before", "1"), 2),
            ([{}] * 1001, {}, LimitExceeded, ("returned_before",), 1001),
            (
                {},
                dict.fromkeys(map(str, range(10_001)), 0),
                LimitExceeded,
                ("returned_now",),
                10_001,
            ),
        ],
    )
    def test_each_names_its_place(self, before, now, kind, place, given) -> None:
        with pytest.raises(InvalidDocument) as caught:
            reverse(two(), before, now)
        (fault,) = caught.value.faults
        assert (type(fault), fault.path, fault.given) == (kind, place, given)

    def test_more_units_than_are_left_has_a_reason_of_its_own(self) -> None:
        with pytest.raises(InvalidDocument, match="at most 0, which are left") as caught:
            reverse(two(), {"1": 1}, {"1": 1})
        assert caught.value.faults[0].reason == "too_many_units"

    def test_all_are_told_at_once(self) -> None:
        with pytest.raises(InvalidDocument) as caught:
            reverse(
                two(), {"1": 7}, {"9": 1, "2": -1}, "keep", shipping="later", fees=1, together="x"
            )
        assert [fault.path for fault in caught.value.faults] == [
            ("returned_before", "1"),
            ("returned_now", "9"),
            ("returned_now", "2"),
            ("policy",),
            ("shipping",),
            ("fees",),
            ("together",),
            ("together", 0),
        ]

    @pytest.mark.parametrize(
        ("together", "kind", "place"),
        [
            (["summer", "winter"], NotFound, ("together", 1)),
            ([1], InvalidType, ("together", 0)),
            (1, InvalidType, ("together",)),
        ],
    )
    def test_what_goes_together_is_named_by_ids(self, together, kind, place) -> None:
        with pytest.raises(InvalidDocument) as caught:
            reverse(two(), {}, {}, "forbid_partial", together=together)
        assert [(type(fault), fault.path) for fault in caught.value.faults] == [(kind, place)]

    @pytest.mark.parametrize("quote", [None, 1, "quote"])
    def test_only_a_quote_can_be_read_backwards(self, quote) -> None:
        with pytest.raises(InvalidType, match="a Quote"):
            reverse(quote, {}, {})


class TestEdges:
    @pytest.mark.parametrize("policy", ALL_POLICIES)
    def test_an_empty_cart_gives_nothing_back(self, policy) -> None:
        reversal = reverse(quote_of([], shipping="8.00"), {}, {}, policy)
        assert reversal.amount.is_zero
        assert told(reversal.remaining) == "8.00"

    @pytest.mark.parametrize("policy", ALL_POLICIES)
    def test_nothing_returned_is_an_empty_reversal(self, policy) -> None:
        reversal = reverse(two(), {"1": 1}, {"2": 0}, policy)
        assert (reversal.amount.minor, reversal.lines, reversal.refused) == (0, (), ())
        assert reversal.returned == ({"1": 1}, {})

    def test_a_line_of_a_billion_units_takes_no_longer_than_one_of_two(self) -> None:
        quote = quote_of([("grain", "0.01", 10**9)], recipes.percent_off("off", "33.33"))
        first = reverse(quote, {}, {"1": 333_333_333})
        last = reverse(quote, first.returned, {"1": 666_666_667})
        assert first.amount + last.amount == quote.payable

    def test_a_reversal_is_a_value(self) -> None:
        one, other = reverse(two(), {}, {"2": 1}), reverse(two(), {}, {"2": 1})
        assert one == other
        assert hash(one) == hash(other)
        assert pickle.loads(pickle.dumps(one)) == one
        assert one != reverse(two(), {}, {"1": 1})
        assert repr(one) == "<Reversal by keep_shares: CNY 83.33, 1 lines>"


STATEMENTS = {
    ("keep_shares", "zh_CN"): """\
退款 ¥83.33
B × 1 ¥83.33（优惠前 ¥100.00）
  满300减50 −¥16.67
累计退款 ¥83.33，剩余 ¥166.67""",
    ("reprice", "en"): """\
Refund CN¥50.00
What is kept is priced anew, as if bought alone:
  Spend CN¥300, save CN¥50 is lost: CN¥33.33 less off
A (kept) now costs CN¥33.33 more, taken off the refund
  Spend CN¥300, save CN¥50: CN¥33.33 less off
B × 1 CN¥83.33 (CN¥100.00 before promotions)
  Spend CN¥300, save CN¥50 −CN¥16.67
Refunded so far CN¥50.00, remaining CN¥200.00""",
    ("reprice", "zh_CN"): """\
退款 ¥50.00
未退商品按单独购买重新计价：
  不再享受“满300减50”，少优惠 ¥33.33
A（未退）因此多付 ¥33.33，从退款中扣除
  满300减50 少优惠 ¥33.33
B × 1 ¥83.33（优惠前 ¥100.00）
  满300减50 −¥16.67
累计退款 ¥50.00，剩余 ¥200.00""",
}

TIERED = """\
退款 ¥183.00
未退商品按单独购买重新计价：
  “满200减20、满400减60”少优惠 ¥10.56
  不再享受“满300减30”，少优惠 ¥15.29
  “立减5”多优惠 ¥5.00
  不再享受“满300包邮”，少优惠 ¥8.00
shirt（未退）因此多付 ¥20.38，从退款中扣除
  满200减20、满400减60 少优惠 ¥10.33
  满300减30 少优惠 ¥14.94
  立减5 多优惠 ¥4.89
coat × 1 ¥206.89（优惠前 ¥250.00）
  满200减20、满400减60 −¥28.74
  满300减30 −¥14.37
tea × 2 ¥4.49（优惠前 ¥6.00）
  满200减20、满400减60 −¥0.93
  满300减30 −¥0.69
  立减5 多优惠 ¥0.11
运费 −¥8.00
累计退款 ¥183.00，剩余 ¥249.00"""


def tiered() -> Quote:
    """Tiers, free shipping and two coupons, of which one holds below 300 alone."""
    tiers = [Tier("200", benefit=AmountOff("20")), Tier("400", benefit=AmountOff("60"))]
    return quote_of(
        [("shirt", "130", 2), ("coat", "250", 1), ("tea", "3", 4)],
        Promotion(id="tiers", benefits=Tiers(tiers)),
        recipes.free_shipping("free", spend="300"),
        recipes.spend_and_save("coupon", spend="300", save="30", layer="coupon"),
        Promotion(id="small", layer="coupon", when=~Threshold("300"), benefits=AmountOff("5")),
        shipping="8",
    )


class TestStatement:
    @pytest.mark.parametrize(("policy", "locale"), STATEMENTS)
    def test_a_refund_tells_of_what_it_is_made(self, policy, locale) -> None:
        reversal = reverse(two(), {}, {"2": 1}, policy)
        assert statement(reversal, locale) == STATEMENTS[policy, locale]

    def test_repricing_says_which_promotions_are_lost_and_which_take_less(self) -> None:
        reversal = reverse(tiered(), {}, {"2": 1, "3": 2}, "reprice")
        lost = [(each.promotion, told(each.amount), each.holds) for each in reversal.lost]
        assert lost == [
            ("tiers", "10.56", True),
            ("coupon", "15.29", False),
            ("small", "-5.00", True),
            ("free", "8.00", False),
        ]
        assert statement(reversal, "zh_CN") == TIERED
        assert statement(reverse(tiered(), reversal, {"1": 1}, "reprice")).splitlines()[1:4] == [
            "What is kept is priced anew, as if bought alone:",
            ("  Spend CN¥200, save CN¥20; Spend CN¥400, save CN¥60 is lost: CN¥10.22 less off"),
            "  CN¥5 off: CN¥2.44 more off",
        ]

    def test_what_goes_back_with_its_discount_is_not_called_lost(self) -> None:
        tenth = recipes.percent_off("tenth", "10", target=Sku("B"))
        quote = quote_of([("A", "100", 1), ("B", "100", 1)], tenth)
        assert reverse(quote, {}, {"2": 1}, "reprice").lost == ()

    @pytest.mark.parametrize("policy", ["keep_shares", "forbid_partial"])
    def test_by_shares_nothing_is_lost(self, policy) -> None:
        assert reverse(two(), {}, {"2": 1}, policy).lost == ()

    def test_it_says_where_a_kept_line_becomes_dearer_or_cheaper_before_promotions(self) -> None:
        rules: list[PriceRule] = [FixedListPrice("tea", "8.00", 10)]
        lists = [PriceList(id="bulk", rules=rules)]
        quote = quote_of(
            [("tea", "10.00", 5), ("tea", "10.00", 5)], tariff=Tariff("CNY", price_lists=lists)
        )
        lines = statement(reverse(quote, {}, {"1": 5}, "reprice"), "zh_CN").splitlines()
        assert lines[2:4] == [
            "tea（未退）因此多付 ¥10.00，从退款中扣除",
            "  优惠前的价格高 ¥10.00",
        ]

    @pytest.mark.parametrize(
        ("locale", "line", "head"),
        [
            ("zh_CN", "pot × 1 ¥104.77（优惠前 ¥114.00）", "优惠前"),
            ("en", "pot × 1 CN¥104.77 (CN¥114.00 before promotions)", "Before promotions"),
        ],
    )
    def test_a_member_price_is_called_what_it_is_and_no_list_price(
        self, locale, line, head
    ) -> None:
        lists = [PriceList(id="gold", kind="member", rules=[OffListPrice("5")])]
        tariff = Tariff("CNY", price_lists=lists)
        off = recipes.amount_off("a", "10")
        quote = quote_of([("pot", "120", 1), ("cup", "10", 1)], off, tariff=tariff)
        reversal = reverse(quote, {}, {"1": 1})
        assert statement(reversal, locale).splitlines()[1] == line
        assert head in explain(reversal, locale).table()

    def full(self) -> Reversal:
        redeem = Promotion(id="pay", benefits=PointsRedemption("100", max_amount="1"))
        bring = Promotion(
            id="bring",
            benefits=(Gift("mug", 2), EarnPoints(5), GrantCoupon("next")),
            trigger=Coupon("vip"),
            layer="points",
        )
        quote = quote_of(
            [("tea", "10.00", 1)],
            redeem,
            bring,
            shipping="8.00",
            fees=[Fee("box", Money.of("2.00", "CNY"), "Box")],
            shopper=Shopper(points=900, coupons=["vip"]),
            tariff=Tariff(
                "CNY",
                taxes=Taxes([TaxRate("vat", "13")], included=False),
                rounding=PayableRounding("1"),
            ),
        )
        return reverse(quote, {}, {"1": 1})

    def test_it_tells_everything_in_english(self) -> None:
        assert statement(self.full(), "en").splitlines()[3:] == [
            "Shipping CN¥8.00",
            "Box CN¥2.00",
            "vat (13%) CN¥2.47",
            "Rounding −CN¥0.47",
            "100 redeemed points given back",
            "Gift to return: mug × 2",
            "5 earned points taken back",
            "Coupon taken back: next × 1",
            "Coupon given back: vip × 1",
            "Refunded so far CN¥21.00, remaining CN¥0.00",
        ]

    def test_it_tells_everything_in_chinese(self) -> None:
        assert statement(self.full(), "zh_CN").splitlines()[3:] == [
            "运费 ¥8.00",
            "Box ¥2.00",
            "vat（13%） ¥2.47",
            "抹零 −¥0.47",
            "退还已使用的 100 积分",
            "需退回赠品 mug × 2",
            "扣回已获得的 5 积分",
            "收回优惠券 next × 1",
            "退还优惠券 vip × 1",
            "累计退款 ¥21.00，剩余 ¥0.00",
        ]

    def test_it_tells_tax_that_prices_contain_as_contained(self) -> None:
        tariff = Tariff("CNY", taxes=Taxes([TaxRate("vat", "13")], included=True))
        quote = quote_of([("tea", "11.30", 2)], tariff=tariff)
        assert "其中 vat（13%） ¥1.30" in statement(reverse(quote, {}, {"1": 1}), "zh_CN")

    def test_it_tells_a_shortfall(self) -> None:
        reversal = reverse(TestShortfall().quote(), {}, {"2": 1, "3": 1}, "reprice")
        assert "免收差额 ¥39.00" in statement(reversal, "zh_CN")
        assert "未退商品比已付多 ¥39.00，不追收" in statement(reversal, "zh_CN")
        assert "Not collected CN¥39.00" in statement(reversal, "en")

    @pytest.mark.parametrize(
        ("colas", "breads", "locale", "expected"),
        [
            (1, 2, "zh_CN", "deal：共 3 件须整套退，此次将退至 1 件"),
            (2, 4, "zh_CN", "deal：共 6 件为 2 套，须整套退，此次将退至 1 件"),
            (1, 2, "en", "deal: its 3 units come back together; 1 of them would be back"),
            (
                2,
                4,
                "en",
                (
                    "deal: its 6 units are 2 sets, which come back as sets;"
                    " 1 of the units would be back"
                ),
            ),
        ],
    )
    def test_a_refusal_says_which_sets(self, colas, breads, locale, expected) -> None:
        quote = TestSets().quote(MEAL, colas, breads, name="deal")
        reversal = reverse(quote, {}, {"1": 1}, "forbid_partial")
        head, reason = statement(reversal, locale).splitlines()
        assert head == {"zh_CN": "不能这样退货", "en": "This return is refused"}[locale]
        assert reason == expected

    def test_only_a_reversal_has_one(self) -> None:
        with pytest.raises(InvalidType, match="a Reversal"):
            statement(two())
        with pytest.raises(InvalidValue):
            statement(reverse(two(), {}, {}), "xx")


class TestContributions:
    """A at 200 by s-1, B at 100 by s-2 and C at 100 by nobody, 40 off, and two mugs at 9.99."""

    THIRDS = (Funding("platform", "30"), Funding("supplier", "20"), Funding("seller", "50"))

    def quote(self, *funding: Funding, **more: object) -> Quote:
        offer = Promotion(
            id="offer",
            benefits=(AmountOff("40"), Gift("mug", 2, "9.99")),
            when=Threshold("300"),
            funding=funding,
        )
        items = [
            (Product("A", seller="s-1"), "200", 1),
            (Product("B", seller="s-2"), "100", 1),
            ("C", "100", 1),
        ]
        return quote_of(items, offer, **more)

    def told(self, contributions) -> list[tuple[str, str, str, str]]:
        return [(each[0], each[1], told(each[2]), told(each[3])) for each in contributions]

    def test_each_bearer_gets_back_its_part_of_what_lay_on_the_units(self) -> None:
        quote = self.quote(*self.THIRDS)
        first = reverse(quote, {}, {"1": 1})
        assert self.told(first.contributions) == [
            ("offer", "platform", "6.00", "3.00"),
            ("offer", "s-1", "10.00", "0.00"),
            ("offer", "shop", "0.00", "4.99"),
            ("offer", "supplier", "4.00", "2.00"),
        ]
        last = reverse(quote, first, {"2": 1, "3": 1})
        assert self.told(last.contributions) == [
            ("offer", "platform", "6.00", "2.99"),
            ("offer", "s-2", "5.00", "0.00"),
            ("offer", "shop", "5.00", "5.00"),
            ("offer", "supplier", "4.00", "2.00"),
        ]

    def test_who_is_not_named_is_the_shop(self) -> None:
        reversal = reverse(self.quote(), {}, {"2": 1})
        assert self.told(reversal.contributions) == [("offer", "shop", "10.00", "0.00")]

    def test_repricing_gives_back_what_the_kept_goods_no_longer_take(self) -> None:
        reversal = reverse(self.quote(*self.THIRDS), {}, {"1": 1}, "reprice")
        assert self.told(reversal.contributions) == self.told(
            self.quote(*self.THIRDS).contributions
        )

    def test_a_kept_promotion_that_others_bear_costs_them_more(self) -> None:
        small = Promotion(
            id="small", layer="coupon", when=~Threshold("250"), benefits=AmountOff("5"),
            funding=[Funding("supplier", "100")],
        )  # fmt: skip
        quote = quote_of([("A", "200", 1), ("B", "100", 1)], SUMMER, small)
        reversal = reverse(quote, {}, {"2": 1}, "reprice")
        assert self.told(reversal.contributions) == [
            ("small", "supplier", "-5.00", "0.00"),
            ("summer", "shop", "50.00", "0.00"),
        ]

    def test_what_was_taken_off_shipping_comes_back_with_shipping_or_never(self) -> None:
        free = recipes.free_shipping("free", spend="50", funding=[Funding("platform", "100")])
        quote = quote_of([("tea", "30.00", 2)], free, shipping="8.00")
        first = reverse(quote, {}, {"1": 1})
        assert first.contributions == ()
        last = reverse(quote, first, {"1": 1})
        assert self.told(last.contributions) == [("free", "platform", "8.00", "0.00")]
        assert reverse(quote, {}, {"1": 2}, shipping="never").contributions == ()

    def test_a_return_that_is_refused_gives_nobody_anything_back(self) -> None:
        refused = reverse(self.quote(), {}, {"1": 1}, "forbid_partial", together="offer")
        assert refused.refused != ()
        assert refused.contributions == ()

    def test_a_gift_that_is_paid_for_gives_its_worth_back_too(self) -> None:
        quote = self.quote(*self.THIRDS)
        whole = {"1": 1, "2": 1, "3": 1}
        kept = reverse(quote, {}, whole, gifts_kept="offer")
        assert kept.contributions == reverse(quote, {}, whole).contributions


class TestChoices:
    def coupon_quote(self) -> Quote:
        offer = recipes.spend_and_save("ten", spend="100", save="10", trigger=Coupon("ten-off"))
        redeem = Promotion(
            id="pay", benefits=PointsRedemption("100", max_amount="30"), layer="points"
        )
        shopper = Shopper(coupons=["ten-off"], points=9000)
        return quote_of([("A", "60", 1), ("B", "60", 1)], offer, redeem, shopper=shopper)

    @pytest.mark.parametrize("policy", ALL_POLICIES)
    @pytest.mark.parametrize(
        ("options", "coupons", "points"),
        [
            ({}, (("ten-off", 1),), 3000),
            ({"coupons": "never"}, (), 3000),
            ({"points": "never"}, (("ten-off", 1),), 0),
            ({"coupons": "never", "points": "never"}, (), 0),
        ],
    )
    def test_coupons_and_points_come_back_or_never(self, policy, options, coupons, points) -> None:
        quote, done = self.coupon_quote(), []
        for line in "12":
            done.append(reverse(quote, done[-1] if done else {}, {line: 1}, policy, **options))
        assert sum((each.coupons_given_back for each in done), ()) == coupons
        assert sum(each.points_given_back for each in done) == points
        assert done[-1].refunded == quote.payable

    def mugs(self) -> Quote:
        gift = Promotion(id="gift", benefits=Gift("mug", 2, "9.90"))
        other = Promotion(id="other", benefits=Gift("cup", 1, "5"))
        return quote_of([("A", "100", 1), ("B", "50", 2)], gift, other)

    def test_a_gift_that_is_kept_is_taken_off_the_refund_at_its_worth(self) -> None:
        first = reverse(self.mugs(), {}, {"1": 1}, gifts_kept="gift")
        assert (told(first.amount), told(first.withheld), first.gifts) == ("90.10", "-9.90", ())
        assert [(str(each.kind), each.what, each.quantity) for each in first.entries] == [
            ("gift_kept", "mug", 1)
        ]
        last = reverse(self.mugs(), first, {"2": 2}, gifts_kept="gift")
        assert (told(last.amount), told(last.withheld)) == ("90.10", "-9.90")
        assert [(gift.sku, gift.quantity) for gift in last.gifts] == [("cup", 1)]
        assert told(last.remaining) == "19.80"

    def test_a_gift_that_is_worth_more_than_the_refund_leaves_a_shortfall(self) -> None:
        gift = Promotion(id="gift", benefits=Gift("watch", 1, "500"))
        quote = quote_of([("A", "100", 1), ("B", "50", 1)], gift)
        first = reverse(quote, {}, {"1": 1}, gifts_kept="gift")
        last = reverse(quote, first, {"2": 1}, gifts_kept="gift")
        assert [told(each.amount) for each in (first, last)] == ["100.00", "0.00"]
        assert (told(last.withheld), told(last.waived)) == ("-500.00", "450.00")
        assert told(last.shortfall) == "450.00"

    def test_repricing_lets_a_gift_stay_that_the_kept_goods_bring_anyway(self) -> None:
        tiers = [Tier("100", benefit=Gift("cup", 1, "5")), Tier("200", benefit=Gift("mug"))]
        quote = quote_of(
            [("A", "100", 1), ("B", "50", 1)], Promotion(id="g", benefits=Tiers(tiers))
        )
        first = reverse(quote, {}, {"2": 1}, "reprice", gifts_kept="g")
        last = reverse(quote, first, {"1": 1}, "reprice", gifts_kept="g")
        assert [told(each.amount) for each in (first, last)] == ["50.00", "95.00"]

    def presale(self) -> Quote:
        return quote_of(
            [("phone", "1000", 1), ("case", "50", 1)],
            recipes.presale_deposit("presale", "100", Sku("phone")),
        )

    @pytest.mark.parametrize("policy", ALL_POLICIES)
    def test_a_deposit_that_is_not_refunded_is_kept_back_last_of_all(self, policy) -> None:
        assert told(self.presale().deposit) == "100.00"
        parts = [{"2": 1}, {"1": 1}]
        assert refunds(self.presale(), policy, *parts) == ["50.00", "1000.00"]
        assert refunds(self.presale(), policy, *parts, deposit="never") == ["50.00", "900.00"]
        assert refunds(self.presale(), policy, *parts[::-1], deposit="never") == [
            "950.00",
            "0.00",
        ]

    def test_it_is_told_as_kept_back(self) -> None:
        reversal = reverse(self.presale(), {}, {"1": 1, "2": 1}, deposit="never")
        assert (told(reversal.goods), told(reversal.withheld)) == ("1050.00", "-100.00")
        assert "扣除（定金或留下的赠品） −¥100.00" in statement(reversal, "zh_CN")
        assert "Kept back (deposit or gifts kept) −CN¥100.00" in statement(reversal)
        kept = reverse(self.mugs(), {}, {"1": 1}, gifts_kept="gift")
        assert "Gift kept, its value taken off the refund: mug × 1" in statement(kept)
        assert "赠品留下，按价值扣除 mug × 1" in statement(kept, "zh_CN")

    @pytest.mark.parametrize(
        ("options", "kind", "place"),
        [
            ({"coupons": "later"}, InvalidValue, ("coupons",)),
            ({"points": "with_last"}, InvalidValue, ("points",)),
            ({"deposit": None}, InvalidValue, ("deposit",)),
            ({"gifts_kept": 1}, InvalidType, ("gifts_kept",)),
            ({"gifts_kept": None}, InvalidType, ("gifts_kept",)),
            ({"gifts_kept": ["summer", "winter"]}, NotFound, ("gifts_kept", 1)),
        ],
    )
    def test_what_is_no_choice_is_named(self, options, kind, place) -> None:
        with pytest.raises(InvalidDocument) as caught:
            reverse(two(), {}, {}, **options)
        assert [(type(fault), fault.path) for fault in caught.value.faults] == [(kind, place)]


class TestWhatIsPassedOn:
    @pytest.mark.parametrize("policy", ALL_POLICIES)
    def test_the_reversal_itself_its_history_and_its_record_say_what_came_back(
        self, policy
    ) -> None:
        first = reverse(two(), {}, {"2": 1}, policy)
        last = reverse(two(), first.returned, {"1": 1}, policy)
        for before in (first, first.history, ReversalRecord.of(first), [{"2": 1}]):
            assert reverse(two(), before, {"1": 1}, policy) == last
        assert last.returned == ({"2": 1}, {"1": 1})
        assert tuple(map(dict, last.history)) == last.returned

    def test_a_refused_return_did_not_come_back(self) -> None:
        quote = TestSets().quote(MEAL, 1, 2)
        refused = reverse(quote, {"3": 1}, {"2": 1}, "forbid_partial")
        assert dict(refused.returned_now) == {"2": 1}
        for before in (refused, ReversalRecord.of(refused)):
            later = reverse(quote, before, {"1": 1, "2": 2}, "forbid_partial")
            assert later.returned == ({"3": 1}, {"1": 1, "2": 2})

    def test_a_reversal_of_another_quote_is_refused(self) -> None:
        first = reverse(quote_of([("A", "1.00", 1), ("B", "1.00", 1)]), {}, {"1": 1})
        with pytest.raises(InvalidDocument, match="a reversal of this quote") as caught:
            reverse(two(), first, {"2": 1})
        assert [fault.path for fault in caught.value.faults] == [("returned_before",)]

    def test_other_choices_than_before_are_refused(self) -> None:
        first = reverse(two(), {}, {"2": 1}, "reprice", gifts_kept="summer")
        for before in (first, ReversalRecord.of(first)):
            with pytest.raises(InvalidDocument, match="reprice, as for the returns") as caught:
                reverse(two(), before, {"1": 1}, shipping="never")
            assert [(fault.path, fault.reason) for fault in caught.value.faults] == [
                (("policy",), "fields_disagree"),
                (("shipping",), "fields_disagree"),
                (("gifts_kept",), "fields_disagree"),
            ]


class TestRecord:
    def reversals(self) -> list[Reversal]:
        gifts = TestChoices().mugs()
        parted = TestSets().quote(MEAL, 1, 2)
        return [
            TestStatement().full(),
            reverse(two(), {}, {"2": 1}),
            reverse(tiered(), [{"3": 1}], {"2": 1, "3": 2}, "reprice", shipping="never"),
            reverse(gifts, {}, {"1": 1}, gifts_kept="gift"),
            reverse(parted, {"3": 1}, {"1": 1}, "forbid_partial", together="deal"),
        ]

    def test_it_is_kept_as_json_and_reckoned_again(self) -> None:
        for reversal in self.reversals():
            record = ReversalRecord.of(reversal)
            again = loads(ReversalRecord, dumps(record))
            assert again == record
            assert again.reversal(reversal.quote) == reversal

    def test_who_has_no_ordercore_reads_what_was_given_back(self) -> None:
        quote = TestContributions().quote(*TestContributions.THIRDS)
        plain = dump(ReversalRecord.of(reverse(quote, [{"2": 1}], {"1": 1})))
        told = ("returned_before", "returned_now", "amount", "refunded", "remaining", "lines")
        assert {key: plain[key] for key in told} == {
            "returned_before": [{"2": 1}],
            "returned_now": {"1": 1},
            "amount": "CNY 180.00",
            "refunded": "CNY 270.00",
            "remaining": "CNY 90.00",
            "lines": [
                {
                    "id": "1",
                    "start": 0,
                    "stop": 1,
                    "base": "CNY 200.00",
                    "goods": "CNY 180.00",
                    "shares": [{"id": "offer", "amount": "CNY 20.00"}],
                }
            ],
        }
        assert plain["contributions"][0] == {
            "promotion": "offer",
            "bearer": "platform",
            "amount": "CNY 6.00",
            "gifts": "CNY 3.00",
        }
        assert plain["entries"] == [
            {
                "kind": "gift",
                "promotion": "offer",
                "quantity": 1,
                "what": "mug",
                "value": "CNY 9.99",
            }
        ]

    def test_a_reversal_itself_is_no_document_and_says_what_is(self) -> None:
        with pytest.raises(UnsupportedType, match=r"ReversalRecord\.of"):
            dumps(reverse(two(), {}, {}))

    def test_what_comes_out_otherwise_is_told(self) -> None:
        record = ReversalRecord.of(reverse(two(), {}, {"2": 1}))
        cheaper = quote_of([("A", "200.00", 1), ("B", "100.00", 1)])
        with pytest.raises(NotReproducible) as caught:
            record.reversal(cheaper)
        told = {fault.path: (fault.expected, fault.given) for fault in caught.value.faults}
        assert told["amount",] == ("CNY 83.33, as recorded", "CNY 100.00")
        assert set(told) == {
            ("amount",), ("refunded",), ("remaining",), ("lines",), ("contributions",),
        }  # fmt: skip

    def test_a_quote_that_it_does_not_fit_is_a_fault(self) -> None:
        record = ReversalRecord.of(reverse(two(), {}, {"2": 1}))
        with pytest.raises(InvalidDocument) as caught:
            record.reversal(quote_of([("A", "1", 1)]))
        assert [fault.path for fault in caught.value.faults] == [("returned_now", "2")]

    def test_only_a_quote_is_reckoned_from(self) -> None:
        with pytest.raises(InvalidType, match="a Quote"):
            ReversalRecord.of(reverse(two(), {}, {"2": 1})).reversal(None)


class TestARecordThatIsNotReproduced:
    def record(self) -> QuoteRecord:
        """A record whose promotion takes 60 off by the numbers, and 50 by the rules of today."""
        plain = dump(QuoteRecord.of(two()))
        plain["payable"] = "CNY 240.00"
        plain["lines"][0]["payable"], plain["lines"][1]["payable"] = "CNY 160.00", "CNY 80.00"
        for share, amount in zip(plain["promotions"][0]["shares"], ("40", "20"), strict=True):
            share["amount"] = f"CNY {amount}.00"
        return load(QuoteRecord, plain)

    def test_it_still_tells_what_was_paid_for_units(self) -> None:
        with pytest.raises(NotReproducible):
            self.record().quote()
        unit = self.record().line("2")
        assert (told(unit.base), told(unit.payable)) == ("100.00", "80.00")
        assert [(each.promotion, each.minor) for each in unit.adjustments] == [("summer", 2000)]

    @pytest.mark.parametrize(
        ("asked", "kind"),
        [
            (("9",), NotFound),
            (("1", 0, 2), InvalidValue),
            (("1", 1, 0), InvalidValue),
            (("1", 0.0), InvalidType),
        ],
    )
    def test_units_that_are_not_there_are_refused(self, asked, kind) -> None:
        with pytest.raises(kind):
            self.record().line(*asked)

    def test_a_line_that_is_not_recorded_is_not_found(self) -> None:
        record = evolve(self.record(), lines=())
        with pytest.raises(NotFound, match="a recorded line"):
            record.line("1")
