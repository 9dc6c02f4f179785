"""Why promotions do not apply: the tree of misses, its words, and what an explanation lists."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given

from ordercore import (
    Cart,
    CartLine,
    Context,
    Money,
    Promotion,
    PromotionBook,
    Quote,
    Shopper,
)
from ordercore.calendars import Recurrence, Schedule, Window
from ordercore.pricing import Kind, NoEffect, NotEligible, price, price_in
from ordercore.pricing.explain import MissKind, Row, explain
from ordercore.pricing.explaining.listing import MOST
from ordercore.pricing.explaining.naming import Teller
from ordercore.pricing.explaining.refusals import refusal
from ordercore.pricing.misses import Miss, Needed
from ordercore.promotions import (
    Always,
    AmountOff,
    Benefit,
    ContextAttribute,
    Coupon,
    CustomerInGroup,
    DistinctProducts,
    During,
    HasAttribute,
    HasCode,
    HoldsCoupon,
    InRegion,
    LineAtLeast,
    OrderNumber,
    Sku,
    Threshold,
    ViaChannel,
    recipes,
)
from ordercore.promotions.benefits.benefit import Label, Propose
from ordercore.promotions.conditions import Condition, Test, Verdict
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms
from ordercore.testing.strategies import pricings
from ordercore.wording import Words

AT = datetime(2026, 6, 1, 10, tzinfo=timezone(timedelta(hours=8)))
LOCALES = ("zh_CN", "en")


def quote_of(
    *promotions: Promotion, items: tuple[tuple[str, str, int], ...] = (("tea", "30.00", 2),),
    shopper: Shopper | None = None, gift_stock: dict[str, int] | None = None, shipping: str = "0",
    codes: tuple[str, ...] = (),
) -> Quote:  # fmt: skip
    cart = Cart.of("CNY", items, shipping=shipping)
    book = PromotionBook("CNY", promotions)
    return price(cart, book, at=AT, shopper=shopper, gift_stock=gift_stock, codes=codes)


def refused(quote: Quote, locale: str) -> list[str]:
    return [row.words for row in explain(quote, locale).not_applied]


@frozen
class Sparkling(Benefit):
    """A benefit that only one shop has: it gives one unit of shine."""

    told: Label | None

    def compile(self, terms: Terms) -> Propose:
        return AmountOff("0.01").compile(terms)

    def label(self, spend: object) -> Label | None:
        return self.told


@frozen
class Raining(Condition):
    """What only one shop looks at: it never holds."""

    def compile(self, terms: Terms) -> Test:
        return lambda _state: Verdict(False, self, "rain", "sunshine")


@frozen
class Stamped(Condition):
    """A condition of counts that are not units."""

    measure = "count"

    def compile(self, terms: Terms) -> Test:
        return lambda _state: Verdict(False, self, 10, 7)


@frozen
class TwoOf(Condition):
    """A composition that is neither all nor any."""

    members: tuple[Condition, ...]

    def compile(self, terms: Terms) -> Test:
        tests = [member.compile(terms) for member in self.members]

        def test(state: LayerState) -> Verdict:
            parts = tuple([each(state) for each in tests])
            return Verdict(sum([part.holds for part in parts]) >= 2, self, parts=parts)

        return test


@frozen
class Deposited(Condition):
    """A condition of amounts that is no threshold."""

    measure = "amount"

    def compile(self, terms: Terms) -> Test:
        return lambda _state: Verdict(False, self, 5000, 3000)


REFUSALS = [
    (Threshold("100"), "P：还差 ¥40.00", "P: CN¥40.00 short"),
    (
        Threshold("70", target=Sku(("tea",))),
        "P：适用商品还差 ¥10.00",
        "P: CN¥10.00 of eligible items short",
    ),
    (Threshold(quantity=3), "P：还差 1 件", "P: 1 item short"),
    (
        Threshold(quantity=4, target=Sku(("tea",))),
        "P：适用商品还差 2 件",
        "P: 2 eligible items short",
    ),
    (
        LineAtLeast("80"),
        "P：单个商品需满 ¥80.00，还差 ¥20.00",
        "P: CN¥20.00 short of CN¥80.00 for a single item",
    ),
    (
        LineAtLeast(quantity=3),
        "P：单个商品需满 3 件，还差 1 件",
        "P: 1 item short of 3 of a kind",
    ),
    (DistinctProducts(3), "P：需满 3 种商品，还差 2 种", "P: 2 products short of 3"),
    (
        Threshold("100") & Threshold(quantity=3),
        "P：需满 ¥100.00，还差 ¥40.00；且需满 3 件，还差 1 件",
        "P: CN¥40.00 short of CN¥100.00 and 1 item short of 3",
    ),
    (
        Threshold("100") | Threshold(quantity=3),
        "P：需满 ¥100.00，还差 ¥40.00；或需满 3 件，还差 1 件",
        "P: CN¥40.00 short of CN¥100.00 or 1 item short of 3",
    ),
    (
        Threshold("100") & (Threshold(quantity=3) | LineAtLeast("80")),
        (
            "P：需满 ¥100.00，还差 ¥40.00；"
            "且（需满 3 件，还差 1 件；或单个商品需满 ¥80.00，还差 ¥20.00）"
        ),
        (
            "P: CN¥40.00 short of CN¥100.00 and "
            "(1 item short of 3 or CN¥20.00 short of CN¥80.00 for a single item)"
        ),
    ),
    (
        Threshold("100") | CustomerInGroup("gold"),
        "P：需满 ¥100.00，还差 ¥40.00；或仅限客户群 gold",
        "P: CN¥40.00 short of CN¥100.00 or only for customers of gold",
    ),
]

FACTS = [
    (CustomerInGroup(("gold", "vip")), MissKind.CUSTOMER_GROUP,
     "P：仅限客户群 gold、vip", "P: only for customers of gold, vip"),
    (InRegion("SH"), MissKind.REGION, "P：仅限配送至 SH", "P: only for delivery to SH"),
    (ViaChannel("app"), MissKind.CHANNEL, "P：仅限渠道 app", "P: only through app"),
    (ContextAttribute("store", ("a", "b")), MissKind.ATTRIBUTE,
     "P：仅限 store 为 a、b", "P: only where store is a, b"),
    (HoldsCoupon("NEW"), MissKind.COUPON, "P：需持有优惠券 NEW", "P: needs coupon NEW"),
    (HasCode("SECRET9"), MissKind.CODE, "P：需要输入优惠码", "P: needs its code"),
    (OrderNumber(1), MissKind.ORDER_NUMBER, "P：仅限第一单", "P: only for the 1st order"),
    (OrderNumber(at_least=2), MissKind.ORDER_NUMBER,
     "P：仅限第二单起", "P: only from the 2nd order on"),
    (OrderNumber(at_most=3), MissKind.ORDER_NUMBER,
     "P：仅限第三单及以前", "P: only up to the 3rd order"),
    (OrderNumber(at_least=2, at_most=3), MissKind.ORDER_NUMBER,
     "P：仅限第二单至第三单", "P: only from the 2nd to the 3rd order"),
]  # fmt: skip

SHOPPER = Shopper(groups=("gold",), coupons=("NEW",))
NEGATED = [
    (Threshold("10"), "满 ¥10.00 的订单", "orders of CN¥10.00 or more"),
    (Threshold(quantity=1), "满 1 件的订单", "orders of 1 item or more"),
    (
        LineAtLeast("10"),
        "单个商品满 ¥10.00 的订单",
        "orders with CN¥10.00 or more of a single item",
    ),
    (LineAtLeast(quantity=2), "单个商品满 2 件的订单", "orders with 2 items or more of a kind"),
    (DistinctProducts(1), "满 1 种商品的订单", "orders of 1 product or more"),
    (CustomerInGroup("gold"), "客户群 gold", "customers of gold"),
    (HoldsCoupon("NEW"), "持有优惠券 NEW 的订单", "orders with coupon NEW"),
    (OrderNumber(1), "第一单", "the 1st order"),
    (OrderNumber(at_least=1), "第一单起的订单", "orders from the 1st on"),
    (OrderNumber(at_most=2), "第二单及以前的订单", "orders up to the 2nd"),
    (OrderNumber(at_least=1, at_most=2), "第一单至第二单", "orders from the 1st to the 2nd"),
    (InRegion("SH"), "配送至 SH 的订单", "delivery to SH"),
    (ViaChannel("app"), "渠道 app 的订单", "orders through app"),
    (ContextAttribute("store", "a"), "store 为 a 的订单", "orders where store is a"),
    (HasCode("X"), "所输入的优惠码", "orders with the code typed"),
    (During(Schedule()), "本时段", "this time"),
    (Always(), "本单", "this order"),
]


def rule(when: Condition, **more: Any) -> Promotion:
    return Promotion(id="P", benefits=AmountOff("5"), when=when, name="P", **more)


def miss_of(quote: Quote) -> Miss:
    outcome = quote.outcome("P")
    assert isinstance(outcome, NotEligible)
    return outcome.miss


def told_of(quote: Quote, locale: str) -> Row:
    """Explain one outcome, listed or not."""
    return refusal(quote.outcome("P"), Teller(Words(locale), None, str))


class TestReasons:
    @pytest.mark.parametrize(("when", "chinese", "english"), REFUSALS)
    def test_what_is_missing_is_told(self, when: Condition, chinese: str, english: str) -> None:
        quote = quote_of(rule(when))
        assert refused(quote, "zh_CN") == [chinese]
        assert refused(quote, "en") == [english]

    @pytest.mark.parametrize(("when", "kind", "chinese", "english"), FACTS)
    def test_facts_are_told_to_who_asks_and_not_listed(
        self, when: Condition, kind: MissKind, chinese: str, english: str
    ) -> None:
        quote = quote_of(rule(when))
        for locale, told in (("zh_CN", chinese), ("en", english)):
            row = told_of(quote, locale)
            assert (row.words, row.gap) == (told, None)
            assert [part.kind for part in row.parts] == [kind]
            assert refused(quote, locale) == []

    @pytest.mark.parametrize(("when", "chinese", "english"), NEGATED)
    def test_what_must_not_be_is_told(self, when: Condition, chinese: str, english: str) -> None:
        cart = Cart.of("CNY", [("tea", "30.00", 2)])
        typed = ["X"] if isinstance(when, HasCode) else []
        asked = Context(
            AT, SHOPPER, codes=typed, region="SH", channel="app", attributes={"store": "a"}
        )
        quote = price_in(cart, PromotionBook("CNY", [rule(~when)]), asked)
        for locale, told in (("zh_CN", f"P：不适用于{chinese}"), ("en", f"P: not for {english}")):
            row = told_of(quote, locale)
            assert (row.words, row.gap) == (told, None)
            assert [part.kind for part in row.parts] == [MissKind.NEGATED]
            assert len(refused(quote, locale)) == len(typed) + 1  # and the coupon that is held
        (miss,) = quote.outcome("P").misses  # type: ignore[attr-defined]
        assert (miss.condition, miss.negated) == (when, True)

    @pytest.mark.parametrize(
        ("when", "english"),
        [
            # not (a and b): one of them must go; not (a or b): what holds of them must
            (~(Threshold("10") & Threshold(quantity=2)),
             "not for orders of CN¥10.00 or more or not for orders of 2 items or more"),
            (~(Threshold("10") | Threshold(quantity=2)),
             "not for orders of CN¥10.00 or more and not for orders of 2 items or more"),
            (~(Threshold("10") | Threshold(quantity=9)), "not for orders of CN¥10.00 or more"),
            # not (not a): a
            (~~Threshold("100"), "CN¥40.00 short"),
            (~(~Threshold("100") | Threshold("999")), "CN¥40.00 short"),
        ],
    )  # fmt: skip
    def test_a_negated_composition_turns_round(self, when: Condition, english: str) -> None:
        assert told_of(quote_of(rule(when)), "en").words == f"P: {english}"

    def test_a_code_that_was_not_typed_is_not_given_away(self) -> None:
        quote = quote_of(recipes.amount_off("P", "5", code="SECRET9"))
        for locale in LOCALES:
            row = told_of(quote, locale)
            assert [part.kind for part in row.parts] == [MissKind.CODE]
            assert "SECRET9" not in repr(row)

    def test_a_coupon_that_is_not_held_is_named(self) -> None:
        quote = quote_of(rule(Always(), trigger=Coupon("NEW")))
        assert told_of(quote, "en").words == "P: needs coupon NEW"

    @pytest.mark.parametrize(
        ("schedule", "kind", "chinese"),
        [
            (
                Schedule(Window(start=datetime(2026, 6, 18, tzinfo=UTC))),
                MissKind.NOT_YET,
                "P：2026年6月18日 08:00:00 (Asia/Shanghai) 开始",
            ),
            (
                Schedule(
                    Window(start=datetime(2026, 6, 18, tzinfo=UTC)),
                    Recurrence("FREQ=WEEKLY;BYDAY=SA", "Asia/Shanghai", time(18), time(22)),
                ),
                MissKind.NOT_YET,
                "P：2026年6月20日 18:00:00 (Asia/Shanghai) 开始",
            ),
            (
                Schedule(Window(end=AT)),
                MissKind.ENDED,
                "P：已于 2026年6月1日 10:00:00 (Asia/Shanghai) 结束",
            ),
            (
                Schedule(recurrence=Recurrence("FREQ=DAILY", "Asia/Shanghai", time(18), time(22))),
                MissKind.OFF_HOURS,
                "P：不在活动时段内，2026年6月1日 18:00:00 (Asia/Shanghai) 再次开始",
            ),
            (
                Schedule(
                    Window(end=datetime(2026, 6, 1, 9, tzinfo=UTC)),
                    Recurrence("FREQ=DAILY", "Asia/Shanghai", time(18), time(22)),
                ),
                MissKind.OFF_HOURS,
                "P：不在活动时段内",  # it is over before it opens again
            ),
        ],
    )
    def test_a_schedule_tells_when(self, schedule: Schedule, kind: MissKind, chinese: str) -> None:
        for promotion in (rule(Always(), schedule=schedule), rule(During(schedule))):
            quote = quote_of(promotion)
            row = refusal(quote.outcome("P"), Teller(Words("zh"), "Asia/Shanghai", str))
            assert row.words == chinese
            assert [part.kind for part in row.parts] == [kind]
            assert refused(quote, "zh") == []

    def test_a_schedule_that_opens_at_the_end_of_the_calendar_is_told_too(self) -> None:
        last = datetime(9998, 12, 30, tzinfo=UTC)
        schedule = Schedule(Window(start=last), Recurrence("FREQ=DAILY", "UTC", time(1), time(2)))
        assert miss_of(quote_of(rule(Always(), schedule=schedule))).opens == last.replace(hour=1)

    def test_who_is_beaten_learns_by_whom(self) -> None:
        first = recipes.amount_off("first", "5", Sku(("tea",)), priority=1, name="First")
        quote = quote_of(first, recipes.amount_off("second", "3", Sku(("tea",)), name="Second"))
        assert quote.outcome("second").kind is Kind.BEATEN
        assert refused(quote, "zh_CN") == ["Second：适用商品已用于 First，多省 ¥2.00"]
        assert refused(quote, "en") == [
            "Second: its items are used by First, which saves CN¥2.00 more"
        ]
        assert explain(quote).not_applied[0].because == ("first",)

    def test_who_is_beaten_by_less_is_not_told_of_a_saving(self) -> None:
        first = recipes.amount_off("first", "3", Sku(("tea",)), priority=1, name="First")
        quote = quote_of(first, recipes.amount_off("second", "5", Sku(("tea",)), name="Second"))
        assert refused(quote, "en") == ["Second: its items are used by First"]

    def test_who_is_excluded_learns_by_whom(self) -> None:
        alone = recipes.amount_off("a", "5", exclusive=Exclusive.BOOK, name="A")
        quote = quote_of(alone, recipes.amount_off("b", "3", name="B"))
        assert refused(quote, "zh_CN") == ["B：不能与 A 同享"]
        assert refused(quote, "en") == ["B: cannot be combined with A"]
        assert explain(quote).not_applied[0].because == ("a",)

    def test_a_code_without_effect_says_so(self) -> None:
        quote = quote_of(recipes.free_shipping("ship", name="Ship", code="FREE"), codes=("FREE",))
        assert refused(quote, "zh_CN") == ["优惠码 FREE（Ship）：没有可优惠的内容"]
        assert refused(quote, "en") == ["Code FREE (Ship): there is nothing for it to reduce"]

    def test_of_a_choice_that_is_gone_every_option_is_named(self) -> None:
        gift = recipes.gift_choice("g", ["cup", "bag"], spend="1", name="Gift")
        assert refused(quote_of(gift, gift_stock={}), "zh_CN") == ["Gift：赠品已赠完（cup、bag）"]

    def test_of_one_name_the_others_are_told_apart_by_their_ids(self) -> None:
        save = [recipes.spend_and_save(f"x{n}", spend="50", save=str(n)) for n in (1, 1, 2)]
        twice = [save[0], evolve(save[1], id="y1", priority=1), evolve(save[2], priority=-1)]
        assert refused(quote_of(*twice), "zh_CN") == [
            "满50减1：适用商品已用于 满50减1（y1）",
            "满50减2：适用商品已用于 满50减1",
        ]
        alone = [evolve(each, exclusive="layer") for each in twice[:2]]
        assert refused(quote_of(*alone), "en") == [
            "Spend CN¥50, save CN¥1: cannot be combined with Spend CN¥50, save CN¥1 (y1)"
        ]

    def test_a_gift_that_is_gone_is_named(self) -> None:
        gift = recipes.gift_from("mug", "mug-blue", spend="1", name="Mug")
        quote = quote_of(gift, gift_stock={"mug-blue": 0})
        assert refused(quote, "zh_CN") == ["Mug：赠品已赠完（mug-blue）"]
        assert refused(quote, "en") == ["Mug: out of stock: mug-blue"]

    def test_a_condition_of_a_team_s_own_has_words_too(self) -> None:
        row = told_of(quote_of(rule(Raining())), "en")
        assert row.words == "P: its conditions do not hold"
        assert [part.kind for part in row.parts] == [MissKind.CONDITION]

    def test_an_amount_that_a_team_s_own_condition_misses_is_told(self) -> None:
        (row,) = explain(quote_of(rule(Deposited())), "en").not_applied
        assert row.words == "P: CN¥20.00 short of CN¥50.00"
        assert row.gap == Money.of("20.00", "CNY")

    def test_a_count_that_a_team_s_own_condition_misses_is_told(self) -> None:
        (row,) = explain(quote_of(rule(Stamped())), "en").not_applied
        assert (row.words, row.gap) == ("P: its conditions do not hold: 3 short", 3)

    def test_how_a_team_s_own_composition_is_met_is_not_guessed(self) -> None:
        when = TwoOf((Threshold("100"), Threshold(quantity=9), Threshold("30")))
        quote = quote_of(rule(when))
        miss = miss_of(quote)
        assert (miss.needed, miss.gap, len(miss.parts)) == (None, None, 2)
        assert refused(quote, "en") == []
        told = "P: CN¥40.00 short of CN¥100.00; 7 items short of 9"
        assert told_of(quote, "en").words == told


def yuan(amount: str) -> Money:
    return Money.of(amount, "CNY")


TEA, MUG = Sku("tea"), Sku("mug")


class TestMisses:
    """On 2 × 266.00, which is 532.00."""

    ITEMS = (("tea", "266.00", 2),)

    @pytest.mark.parametrize(
        ("when", "gap"),
        [
            (Threshold("1000"), yuan("468.00")),
            (Threshold(quantity=5), 3),
            # any of several: the cheapest
            (Threshold("1000") | Threshold("700"), yuan("168.00")),
            (Threshold(quantity=9) | Threshold(quantity=4) | Threshold(quantity=6), 2),
            (Threshold("1000") | Threshold("700", target=TEA), yuan("168.00")),
            (Threshold("1000") | LineAtLeast("600"), yuan("68.00")),
            (Threshold("1000") | CustomerInGroup("gold"), yuan("468.00")),
            (Threshold("1000") | ~Threshold("10"), yuan("468.00")),
            (Threshold("1000") | (Threshold("600") & CustomerInGroup("gold")), yuan("468.00")),
            (Threshold("1000") | (Threshold("700") & Threshold("600")), yuan("168.00")),
            # alternatives that nobody can compare
            (Threshold("1000") | Threshold(quantity=9), None),
            (Threshold(quantity=3) | DistinctProducts(2), None),
            (Threshold("1000") | (Threshold("600") & Threshold(quantity=3)), None),
            # all of several: the largest, where they count the same
            (Threshold("1000") & Threshold("700"), yuan("468.00")),
            (Threshold("1000") & Threshold("500"), yuan("468.00")),
            (Threshold(quantity=3) & Threshold(quantity=4), 2),
            (Threshold("1000") & Threshold("700", target=TEA), None),
            (Threshold("1000") & Threshold("700", basis="list"), None),
            (Threshold("1000") & Threshold(quantity=9), None),
            (Threshold("1000") & LineAtLeast("700"), None),
            (Threshold("1000") & CustomerInGroup("gold"), None),
            # what buying more does not change
            (CustomerInGroup("gold"), None),
            (OrderNumber(3), None),
            (~Threshold("10"), None),
            (CustomerInGroup("gold") | OrderNumber(3), None),
        ],
    )
    def test_the_gap_is_what_must_be_bought_by_the_cheapest_way(
        self, when: Condition, gap: Money | int | None
    ) -> None:
        quote = quote_of(rule(when), items=self.ITEMS, shopper=Shopper("c"))
        assert quote.outcome("P").gap == gap  # type: ignore[attr-defined]

    def test_the_tree_says_whether_all_or_any_is_needed(self) -> None:
        a, b, c = Threshold("1000"), Threshold(quantity=9), CustomerInGroup("gold")
        miss = miss_of(quote_of(rule(a & (b | c)), items=self.ITEMS))
        assert miss.needed is Needed.ALL
        first, second = miss.parts
        assert (first.condition, first.needed, first.parts) == (a, None, ())
        assert second.needed is Needed.ANY
        assert [part.condition for part in second.parts] == [b, c]

    def test_the_flat_misses_are_the_leaves_of_the_tree(self) -> None:
        when = Threshold("1000") & (Threshold(quantity=9) | CustomerInGroup("gold"))
        outcome = quote_of(rule(when), items=self.ITEMS).outcome("P")
        assert isinstance(outcome, NotEligible)
        names = [type(miss.condition).__name__ for miss in outcome.misses]
        assert names == ["Threshold", "Threshold", "CustomerInGroup"]
        assert outcome.misses == outcome.miss.singles

    def test_what_holds_is_no_part_of_a_miss(self) -> None:
        miss = miss_of(quote_of(rule(Threshold("1000") & Threshold("10")), items=self.ITEMS))
        assert (miss.condition, miss.needed) == (Threshold("1000"), None)

    def test_all_and_any_are_told_apart_in_data(self) -> None:
        a, b = Threshold("1000"), Threshold(quantity=9)
        for when, kind in ((a & b, MissKind.ALL_OF), (a | b, MissKind.ANY_OF)):
            (row,) = explain(quote_of(rule(when), items=self.ITEMS)).not_applied
            (part,) = row.parts
            assert part.kind is kind
            assert [each.kind for each in part.parts] == [MissKind.AMOUNT, MissKind.UNITS]


class TestListing:
    """What an explanation lists of all that did not apply."""

    @pytest.mark.parametrize("target", [Sku("mug"), HasAttribute("colour", "red")])
    def test_what_the_cart_has_nothing_of_is_listed_whether_indexed_or_not(
        self, target: Any
    ) -> None:
        quote = quote_of(rule(Threshold("50", target=target)))
        assert refused(quote, "en") == ["P: CN¥50.00 of eligible items short"]

    @pytest.mark.parametrize("when", [OrderNumber(1), CustomerInGroup("gold"), InRegion("SH")])
    def test_what_fails_on_facts_is_not_listed_whether_indexed_or_not(
        self, when: Condition
    ) -> None:
        assert refused(quote_of(rule(when & Threshold("50"))), "en") == []
        assert refused(quote_of(rule(when & Threshold("500"))), "en") == []

    def test_what_fails_on_facts_is_told_where_its_code_was_typed(self) -> None:
        promotion = recipes.amount_off("P", "5", code="VIP", when=CustomerInGroup("gold"))
        assert refused(quote_of(promotion), "en") == []
        assert refused(quote_of(promotion, codes=("VIP",)), "en") == [
            "Code VIP (CN¥5 off): only for customers of gold"
        ]

    def test_a_code_is_told_by_itself_and_not_by_an_id(self) -> None:
        own = Promotion(
            id="internal-7", benefits=Sparkling(None), when=Threshold("100"), trigger=code("VIP")
        )
        (row,) = explain(quote_of(own, codes=("VIP",)), "zh").not_applied
        assert (row.words, row.subject) == ("优惠码 VIP：还差 ¥40.00", "VIP")
        assert row.promotion == "internal-7"

    def test_every_code_typed_is_in_the_data_with_what_became_of_it(self) -> None:
        quote = quote_of(
            recipes.amount_off("a", "5", code="FIVE"),
            recipes.spend_and_save("b", spend="100", save="9", code="NINE"),
            codes=("NINE", "NONE", "FIVE"),
        )
        plain = explain(quote).to_plain()
        told = [(row["subject"], row["kind"], row.get("because")) for row in plain["codes"]]
        assert told == [
            ("FIVE", "applied", ["a"]),
            ("NINE", "not_eligible", ["b"]),
            ("NONE", "unknown_code", None),
        ]
        assert [row["subject"] for row in plain["not_applied"]] == ["NINE", "NONE"]
        assert plain["not_applied"][0]["promotion"] == "b"

    def test_a_code_that_only_a_condition_asks_for_is_known(self) -> None:
        met = rule(Threshold("100") | HasCode("VIP"))
        explanation = explain(quote_of(met, codes=("VIP",)), "en")
        assert [(row.kind, row.words) for row in explanation.codes] == [(Kind.APPLIED, "Code VIP")]
        assert explanation.not_applied == ()
        missed = rule(Threshold("100") & ~HasCode("GO") & HasCode("VIP"))
        assert refused(quote_of(missed, codes=("VIP",)), "en") == ["Code VIP: CN¥40.00 short"]

    def test_a_coupon_that_is_held_and_gives_nothing_says_why(self) -> None:
        far = recipes.amount_off(
            "far", "20", trigger=Coupon("c20"), layer="coupon", when=InRegion("CN-31")
        )
        quote = quote_of(far, shopper=Shopper(coupons=["c20", "c20"]))
        assert refused(quote, "zh_CN") == ["优惠券 c20（立减20）：仅限配送至 CN-31"]
        assert refused(quote, "en") == ["Coupon c20 (CN¥20 off): only for delivery to CN-31"]
        (row,) = explain(quote).not_applied
        assert (row.kind, row.subject, row.promotion) == (Kind.NOT_ELIGIBLE, "c20", "far")
        for view in (str(explain(quote)), explain(quote).html()):
            assert view.count("Coupon c20 (CN¥20 off): only for delivery to CN-31") == 1

    def test_a_coupon_that_the_book_does_not_know_is_told_last(self) -> None:
        near = recipes.spend_and_save("near", spend="100", save="5")
        quote = quote_of(near, shopper=Shopper(coupons=["other"]))
        assert quote.unknown_coupons == ("other",)
        assert refused(quote, "zh_CN")[1:] == ["优惠券 other 在此不可用"]
        assert refused(quote, "en")[1:] == ["Coupon other cannot be used here"]
        assert explain(quote).to_plain()["not_applied"][1] == {
            "kind": "unknown_coupon",
            "subject": "other",
            "words": "Coupon other cannot be used here",
        }

    def test_every_kind_of_coupon_held_is_in_the_data_with_what_became_of_it(self) -> None:
        quote = quote_of(
            recipes.amount_off("a", "5", trigger=Coupon("five"), layer="coupon"),
            recipes.spend_and_save("b", spend="100", save="9", trigger=Coupon("nine")),
            shopper=Shopper(coupons=["nine", "five", "none", "five"]),
        )
        explanation = explain(quote, "zh_CN")
        told = [(row["subject"], row["kind"]) for row in explanation.to_plain()["coupons"]]
        assert told == [
            ("five", "applied"),
            ("nine", "not_eligible"),
            ("none", "unknown_coupon"),
        ]
        assert [row.words for row in explanation.coupons] == [
            "优惠券 five（立减5）", "优惠券 nine（满100减9）", "优惠券 none",
        ]  # fmt: skip
        assert [row.because for row in explanation.coupons] == [("a",), ("b",), ()]
        assert [row.subject for row in explanation.not_applied] == ["nine", "none"]

    def test_a_coupon_that_only_a_condition_asks_for_is_known(self) -> None:
        missed = rule(Threshold("100") & HoldsCoupon("VIP"))
        assert refused(quote_of(missed, shopper=Shopper(coupons=["VIP"])), "en") == [
            "Coupon VIP: CN¥40.00 short"
        ]
        met = rule(Threshold("10") & HoldsCoupon("VIP"))
        assert refused(quote_of(met, shopper=Shopper(coupons=["VIP"])), "en") == []

    def test_each_promotion_of_a_code_that_gave_nothing_is_told(self) -> None:
        quote = quote_of(
            recipes.spend_and_save("a", spend="100", save="5", code="X"),
            recipes.amount_off("b", "5", code="X", when=OrderNumber(9)),
            codes=("X",),
        )
        rows = explain(quote, "en").not_applied
        assert [(row.subject, row.promotion) for row in rows] == [("X", "a"), ("X", "b")]

    def test_of_a_code_that_gave_something_the_rest_is_told_by_the_common_rule(self) -> None:
        quote = quote_of(
            recipes.amount_off("a", "5", code="X"),
            recipes.spend_and_save("b", spend="100", save="5", code="X"),
            recipes.amount_off("c", "5", code="X", when=OrderNumber(9)),
            codes=("X",),
        )
        assert [row.subject for row in explain(quote, "en").not_applied] == ["b"]

    def test_codes_come_first_then_what_others_prevailed_over_then_the_nearest(self) -> None:
        quote = quote_of(
            recipes.amount_off("first", "5", TEA, priority=1),
            recipes.amount_off("second", "3", TEA),
            recipes.spend_and_save("far", spend="500", save="9", layer="platform", priority=5),
            recipes.spend_and_save("near", spend="61", save="9", layer="platform"),
            Promotion(id="half", benefits=AmountOff("1"), when=Threshold(quantity=4)),
            codes=("NONE",),
        )
        subjects = [row.subject for row in explain(quote).not_applied]
        assert subjects == ["NONE", "second", "near", "half", "far"]

    def test_under_one_that_stands_alone_only_what_it_excludes_is_listed(self) -> None:
        alone = recipes.amount_off("alone", "5", exclusive="book", name="Alone")
        quote = quote_of(
            alone,
            recipes.amount_off("any", "5", name="Any"),
            recipes.amount_off("first", "5", when=OrderNumber(1), name="First"),
            recipes.spend_and_save("more", spend="100", save="5", name="More"),
            recipes.spend_and_save("mug", spend="100", save="5", target=MUG, name="Mug"),
        )
        assert refused(quote, "en") == ["Any: cannot be combined with Alone"]

    def test_what_has_no_effect_is_not_listed(self) -> None:
        quote = quote_of(recipes.free_shipping("ship"), recipes.percent_off("none", "0"))
        assert [outcome.kind for outcome in quote.outcomes] == [Kind.NO_EFFECT] * 2
        assert refused(quote, "en") == []

    @pytest.mark.parametrize(
        ("options", "points", "chinese", "english"),
        [
            (
                {"min_points": 500},
                100,
                "P：至少需 500 积分，还差 400 积分",
                "P: 400 points short of 500",
            ),
            (
                {"min_points": 500},
                499,
                "P：至少需 500 积分，还差 1 积分",
                "P: 1 point short of 500",
            ),
            ({"step": 200}, 150, "P：至少需 200 积分，还差 50 积分", "P: 50 points short of 200"),
            ({"min_points": 500}, 500, None, None),
            ({"min_points": 500}, 0, None, None),
            ({"min_points": 500}, None, None, None),
        ],
    )
    def test_what_the_shopper_has_too_few_points_for_is_listed(
        self, options, points, chinese, english
    ) -> None:
        offer = recipes.points_redemption("pay", "100", name="P", **options)
        shopper = Shopper(points=points) if points is not None else None
        cart = Cart.of("CNY", [("a", "100", 1)])
        quote = price(cart, PromotionBook("CNY", [offer]), at=AT, shopper=shopper)
        assert refused(quote, "zh_CN") == ([] if chinese is None else [chinese])
        assert refused(quote, "en") == ([] if english is None else [english])

    def test_what_lowest_prices_leave_nothing_to_is_listed(self) -> None:
        cart = Cart("CNY", [CartLine.of("1", "a", 1, "100", "CNY", floor_price="95")])
        book = PromotionBook(
            "CNY",
            [
                recipes.spend_and_save("save", spend="100", save="20"),
                recipes.percent_off("late", "10", layer="platform", name="Late"),
                recipes.free_shipping("ship"),
            ],
        )
        quote = price(cart, book, at=AT)
        late = quote.outcome("late")
        assert isinstance(late, NoEffect)
        assert (str(late.withheld), late.withheld_by, late.gap) == ("CNY 9.50", ("floor",), None)
        assert refused(quote, "zh_CN") == ["Late：没有可减金额（部分商品已达最低价）"]
        assert refused(quote, "en") == [
            "Late: nothing is left for it to reduce (goods at their lowest price)"
        ]
        (row,) = explain(quote).not_applied
        assert [(part.kind, part.subject) for part in row.parts] == [("withheld", "floor")]

    @pytest.mark.parametrize(("count", "more"), [(MOST, 0), (MOST + 1, 1), (MOST + 30, 30)])
    def test_only_so_many_are_listed_and_the_rest_is_counted(self, count: int, more: int) -> None:
        book = [recipes.spend_and_save(f"p{n}", spend="100", save="5") for n in range(count)]
        explanation = explain(quote_of(*book), "en")
        assert len(explanation.not_applied) == MOST
        assert explanation.not_applied_more == explanation.to_plain()["not_applied_more"] == more
        assert (f"… and {more} more" in str(explanation).splitlines()) == (more > 0)
        assert ("…… 另有" in str(explain(quote_of(*book), "zh"))) == (more > 0)

    def test_the_account_of_the_quote_stays_complete(self) -> None:
        quote = quote_of(rule(OrderNumber(1)), recipes.free_shipping("ship"))
        assert {outcome.promotion for outcome in quote.outcomes} == {"P", "ship"}

    @given(asked=pricings())
    def test_the_listing_is_the_rule_over_the_whole_book(self, asked: Any) -> None:
        """Without codes and coupons, and with nobody who stands alone."""
        cart, book, context = asked
        shopper = context.shopper and evolve(context.shopper, coupons=())
        quote = price_in(cart, book, evolve(context, codes=(), shopper=shopper))
        kinds = {each.id: quote.outcome(each.id) for each in book.promotions}
        if any(
            kinds[each.id].kind is Kind.APPLIED and each.exclusive is Exclusive.BOOK
            for each in book.promotions
        ):
            return
        prevailed = {each.promotion for each in quote.outcomes if each.kind in PREVAILED}
        prevailed |= {
            each.promotion
            for each in quote.outcomes
            if isinstance(each, NoEffect) and (each.withheld_by or each.miss)
        }
        near = {
            name
            for name, outcome in kinds.items()
            if isinstance(outcome, NotEligible) and outcome.miss.within_reach
        }
        assert {row.subject for row in explain(quote).not_applied} == prevailed | near


PREVAILED = (Kind.BEATEN, Kind.EXCLUDED, Kind.GIFT_OUT_OF_STOCK)


def code(typed: str) -> Any:
    return recipes.amount_off("x", "1", code=typed).trigger
