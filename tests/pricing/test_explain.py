"""A quote in words: the text, the table and the plain data, and that they add up."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Clamped, Inexact, Rounded, localcontext

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Money, Product, Promotion, PromotionBook, Quote, Shopper
from ordercore.calendars import Recurrence, Schedule, Window
from ordercore.errors import InvalidType, InvalidValue
from ordercore.pricing import Kind, price
from ordercore.pricing.explain import Explanation, MissKind, Row, RowKind, explain
from ordercore.pricing.refusals import Teller, refusal
from ordercore.pricing.tables import cells_of, shortened
from ordercore.promotions import (
    AmountOff,
    CustomerInGroup,
    InRegion,
    LineAtLeast,
    OrderNumber,
    Sku,
    Threshold,
    ViaChannel,
    recipes,
)
from ordercore.promotions.conditions import Condition, Test, Verdict
from ordercore.promotions.promotion import Exclusive, Label
from ordercore.promotions.terms import Terms
from ordercore.wording import Words

AT = datetime(2026, 6, 1, 10, tzinfo=timezone(timedelta(hours=8)))
LOCALES = ("zh_CN", "en")

SHIRT = Product("shirt", name="纯棉衬衫")
SCARF = Product("scarf", name="Wool scarf")


def real_quote() -> Quote:
    cart = Cart.of("CNY", [(SHIRT, "129.00", 3), (SCARF, "45.00", 1)], shipping="10.00")
    book = PromotionBook(
        "CNY",
        [
            recipes.spend_and_save("summer", spend="300", save="50"),
            recipes.second_half_price("half", Sku(("shirt",))),
            recipes.gift_from("mug", "mug-blue", spend="200", value="19.90"),
            recipes.free_shipping("ship", spend="99"),
            recipes.spend_and_save("big", spend="387.50", save="100"),
        ],
        version="2026-06",
    )
    return price(cart, book, at=AT, codes=["TENN"], gift_stock={"mug-blue": 5})


def quote_of(
    *promotions: Promotion, items: tuple[tuple[str, str, int], ...] = (("tea", "30.00", 2),),
    shopper: Shopper | None = None, gift_stock: dict[str, int] | None = None, shipping: str = "0",
) -> Quote:  # fmt: skip
    cart = Cart.of("CNY", items, shipping=shipping)
    book = PromotionBook("CNY", promotions)
    return price(cart, book, at=AT, shopper=shopper, gift_stock=gift_stock)


def refused(quote: Quote, locale: str) -> list[str]:
    return [row.words for row in explain(quote, locale).not_applied]


TEXT_ZH = """\
第二件半价 −¥64.50
满200送赠品：mug-blue × 1
满300减50 −¥50.00
满99包邮 −¥10.00

纯棉衬衫 × 3 ¥278.62（原价 ¥387.00）
  第二件半价 −¥64.50
  满300减50 −¥43.88
Wool scarf × 1 ¥38.88（原价 ¥45.00）
  满300减50 −¥6.12
运费 ¥0.00（原价 ¥10.00）
  满99包邮 −¥10.00
赠品 mug-blue × 1（每件价值 ¥19.90）

商品原价 ¥432.00
商品优惠 −¥114.50
运费 ¥10.00
运费优惠 −¥10.00
应付 ¥317.50

未享受的优惠：
满387.50减100：还差 ¥20.00
优惠码 TENN 不存在

计价时间 2026年6月1日 10:00:00 (Asia/Shanghai)"""

TEXT_EN = """\
2nd item half price −CN¥64.50
Spend CN¥200, get a gift: mug-blue × 1
Spend CN¥300, save CN¥50 −CN¥50.00
Free shipping from CN¥99 −CN¥10.00

纯棉衬衫 × 3 CN¥278.62 (instead of CN¥387.00)
  2nd item half price −CN¥64.50
  Spend CN¥300, save CN¥50 −CN¥43.88
Wool scarf × 1 CN¥38.88 (instead of CN¥45.00)
  Spend CN¥300, save CN¥50 −CN¥6.12
Shipping CN¥0.00 (instead of CN¥10.00)
  Free shipping from CN¥99 −CN¥10.00
Gift mug-blue × 1 (worth CN¥19.90 each)

Items CN¥432.00
Discounts −CN¥114.50
Shipping fee CN¥10.00
Shipping discounts −CN¥10.00
To pay CN¥317.50

Not applied:
Spend CN¥387.50, save CN¥100: CN¥20.00 short
Code TENN is not known

Priced at Jun 1, 2026, 10:00:00\u202fAM (UTC+08:00)"""

TABLE_ZH = """\
商品           数量     原价      优惠     应付
-----------------------------------------------
纯棉衬衫          3  ¥387.00  −¥108.38  ¥278.62
Wool scarf        1   ¥45.00    −¥6.12   ¥38.88
赠品 mug-blue     1                       ¥0.00
运费                  ¥10.00   −¥10.00    ¥0.00
-----------------------------------------------
合计                 ¥442.00  −¥124.50  ¥317.50"""

TABLE_EN = """\
Item           Qty  List price   Discounts     To pay
-----------------------------------------------------
纯棉衬衫         3   CN¥387.00  −CN¥108.38  CN¥278.62
Wool scarf       1    CN¥45.00    −CN¥6.12   CN¥38.88
Gift mug-blue    1                            CN¥0.00
Shipping              CN¥10.00   −CN¥10.00    CN¥0.00
-----------------------------------------------------
Total                CN¥442.00  −CN¥124.50  CN¥317.50"""


class TestViews:
    @pytest.mark.parametrize(
        ("locale", "zone", "text"),
        [("zh_CN", "Asia/Shanghai", TEXT_ZH), ("en", None, TEXT_EN)],
    )
    def test_the_text_tells_a_real_cart_from_promotions_to_what_was_missed(
        self, locale: str, zone: str | None, text: str
    ) -> None:
        assert str(explain(real_quote(), locale, zone=zone)) == text

    @pytest.mark.parametrize(("locale", "table"), [("zh_CN", TABLE_ZH), ("en", TABLE_EN)])
    def test_the_table_shows_every_amount_of_a_real_cart(self, locale: str, table: str) -> None:
        assert explain(real_quote(), locale).table() == table

    def test_the_promotion_of_the_first_hour_is_its_first_line(self) -> None:
        quote = quote_of(
            recipes.spend_and_save("summer", spend="300", save="50"),
            items=(("shirt", "129.00", 2), ("scarf", "45.00", 1)),
        )
        assert str(explain(quote, locale="zh_CN")).splitlines()[0] == "满300减50 −¥50.00"

    def test_a_cart_without_promotions_says_so(self) -> None:
        assert str(explain(quote_of(), "en")).splitlines() == [
            "No promotion applies",
            "",
            "tea × 2 CN¥60.00",
            "",
            "Items CN¥60.00",
            "To pay CN¥60.00",
            "",
            "Priced at Jun 1, 2026, 10:00:00\u202fAM (UTC+08:00)",
        ]

    @pytest.mark.parametrize("locale", LOCALES)
    def test_an_empty_cart_is_explained_too(self, locale: str) -> None:
        explanation = explain(quote_of(items=()), locale)
        assert explanation.lines == ()
        assert str(explanation)
        assert len(explanation.table().splitlines()) == 4

    def test_a_promotion_that_reduces_and_gives_tells_both(self) -> None:
        mug = recipes.gift_from("mug", "mug", spend="1").benefits[0]
        both = Promotion(id="both", benefits=(AmountOff("5"), mug), name="Both")
        told = str(explain(quote_of(both), "en")).splitlines()
        assert told[0] == "Both −CN¥5.00: mug × 1"
        assert "Gift mug × 1" in told  # its value was not said

    @pytest.mark.parametrize(
        ("currency", "price_of_one", "off", "locale", "line"),
        [
            ("KWD", "1.500", "0.250", "en", "KWD\u00a00.250 off −KWD\u00a00.250"),
            ("KWD", "1.500", "1", "zh_CN", "立减KWD\u00a01 −KWD\u00a01.000"),
            ("JPY", "1500", "200", "en", "¥200 off −¥200"),
            ("JPY", "1500", "200", "zh_CN", "立减JP¥200 −JP¥200"),
        ],
    )
    def test_currencies_keep_their_own_decimals(
        self, currency: str, price_of_one: str, off: str, locale: str, line: str
    ) -> None:
        cart = Cart.of(currency, [("tea", price_of_one, 1)])
        quote = price(cart, PromotionBook(currency, [recipes.amount_off("off", off)]), at=AT)
        assert str(explain(quote, locale)).splitlines()[0] == line

    def test_columns_stand_under_one_another_however_wide_the_characters(self) -> None:
        names = ("e\u0301clair", "衬衫", "Ｗｉｄｅ", "x" * 200, "中" * 200, "👕", "")
        items = [(Product(f"s{i}", name=name), "1.00", 1) for i, name in enumerate(names)]
        quote = price(Cart.of("CNY", items), PromotionBook("CNY"), at=AT)
        for locale in LOCALES:
            told = explain(quote, locale).table().splitlines()
            assert {cells_of(line) for line in told} == {cells_of(told[1])}
            assert cells_of(told[1]) < 100

    def test_a_name_of_wide_characters_is_cut_between_them(self) -> None:
        assert shortened("中文名字", 6) == "中文…"
        assert shortened("中文名字", 7) == "中文名…"
        assert shortened("中文名字", 8) == "中文名字"


class TestPlainData:
    def test_it_is_json_with_numbers_and_display_strings(self) -> None:
        plain = explain(real_quote(), "zh_CN", zone="Asia/Shanghai").to_plain()
        assert json.loads(json.dumps(plain)) == plain
        assert {name: plain[name] for name in ("schema", "kind", "locale")} == {
            "schema": 1,
            "kind": "explanation",
            "locale": "zh_CN",
        }
        assert (plain["currency"], plain["digits"]) == ("CNY", 2)
        assert plain["book_version"] == "2026-06"
        assert plain["at"] == {
            "instant": "2026-06-01T10:00:00+08:00",
            "text": "2026年6月1日 10:00:00 (Asia/Shanghai)",
        }

    def test_a_promotion_a_line_and_a_gift_look_like_this(self) -> None:
        plain = explain(real_quote(), "zh_CN").to_plain()
        assert plain["promotions"][2] == {
            "kind": "applied",
            "subject": "summer",
            "words": "满300减50",
            "amount": {"minor": -5000, "text": "−¥50.00"},
            "parts": [
                {
                    "kind": "share",
                    "subject": "1",
                    "words": "纯棉衬衫",
                    "amount": {"minor": -4388, "text": "−¥43.88"},
                },
                {
                    "kind": "share",
                    "subject": "2",
                    "words": "Wool scarf",
                    "amount": {"minor": -612, "text": "−¥6.12"},
                },
            ],
        }
        assert plain["lines"][1] == {
            "kind": "line",
            "subject": "2",
            "words": "Wool scarf",
            "amount": {"minor": 3888, "text": "¥38.88"},
            "count": 1,
            "sku": "scarf",
            "parts": [
                {
                    "kind": "list_price",
                    "subject": "2",
                    "words": "原价",
                    "amount": {"minor": 4500, "text": "¥45.00"},
                },
                {
                    "kind": "share",
                    "subject": "summer",
                    "words": "满300减50",
                    "amount": {"minor": -612, "text": "−¥6.12"},
                },
            ],
        }
        assert plain["gifts"] == [
            {
                "kind": "gift",
                "subject": "mug-blue",
                "words": "赠品 mug-blue",
                "count": 1,
                "sku": "mug-blue",
                "value": {"minor": 1990, "text": "¥19.90"},
                "because": ["mug"],
            }
        ]

    def test_a_refusal_tells_what_is_missing(self) -> None:
        plain = explain(real_quote(), "en").to_plain()
        gap = {"minor": 2000, "text": "CN¥20.00"}
        assert plain["not_applied"] == [
            {
                "kind": "not_eligible",
                "subject": "big",
                "words": "Spend CN¥387.50, save CN¥100: CN¥20.00 short",
                "gap": gap,
                "parts": [
                    {
                        "kind": "amount",
                        "subject": "",
                        "words": "CN¥20.00 short of CN¥387.50",
                        "gap": gap,
                    }
                ],
            },
            {"kind": "unknown_code", "subject": "TENN", "words": "Code TENN is not known"},
        ]

    def test_numbers_and_codes_are_the_same_in_every_locale(self) -> None:
        def bare(plain: object) -> object:
            if isinstance(plain, dict):
                skipped = ("words", "text", "locale")
                return {key: bare(each) for key, each in plain.items() if key not in skipped}
            return [bare(each) for each in plain] if isinstance(plain, list) else plain

        english, chinese = (bare(explain(real_quote(), each).to_plain()) for each in LOCALES)
        assert english == chinese


class TestExplanation:
    def test_equal_quotes_have_equal_explanations(self) -> None:
        one, two = explain(real_quote(), "zh"), explain(real_quote(), "zh-Hans-CN")
        assert one == two
        assert pickle.loads(pickle.dumps(one)) == one

    def test_it_knows_its_locale_and_its_rows_in_the_order_of_telling(self) -> None:
        explanation = explain(real_quote(), "en-gb")
        assert explanation.locale == "en_GB"
        assert [row.kind for row in explanation.rows] == [
            *[Kind.APPLIED] * 4,
            *[RowKind.LINE] * 2,
            RowKind.SHIPPING,
            RowKind.GIFT,
            RowKind.PAYABLE,
            Kind.NOT_ELIGIBLE,
            Kind.UNKNOWN_CODE,
        ]

    def test_a_locale_without_words_is_refused(self) -> None:
        with pytest.raises(InvalidValue) as caught:
            explain(real_quote(), "tlh")
        assert caught.value.reason == "unknown_locale"

    def test_a_zone_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(InvalidValue) as caught:
            explain(real_quote(), "en", zone="Mars/Base")
        assert caught.value.reason == "unknown_zone"

    def test_only_a_quote_is_explained(self) -> None:
        with pytest.raises(InvalidType):
            explain("CNY 253.00")  # type: ignore[arg-type]

    @pytest.mark.parametrize("locale", LOCALES)
    def test_no_decimal_context_changes_a_word(self, locale: str) -> None:
        quote = real_quote()
        plain = explain(quote, locale)
        text, table, data = str(plain), plain.table(), plain.to_plain()
        with localcontext(prec=3, Emax=5, Emin=-5) as hostile:
            hostile.traps[Inexact] = hostile.traps[Rounded] = hostile.traps[Clamped] = True
            again = explain(quote, locale)
            assert (str(again), again.table(), again.to_plain()) == (text, table, data)

    def test_a_gift_nobody_looked_for_is_marked(self) -> None:
        quote = quote_of(recipes.gift_from("mug", "mug-blue", spend="1"))
        assert [row.kind for row in explain(quote).gifts] == [RowKind.GIFT_UNCHECKED]


class TestNames:
    @pytest.mark.parametrize(
        ("name", "locale", "told"),
        [
            ("Double 11", "zh_CN", "Double 11"),
            ({"zh_CN": "双11", "en": "Double 11"}, "zh_CN", "双11"),
            ({"zh_CN": "双11", "en": "Double 11"}, "en", "Double 11"),
            ({"zh": "双11"}, "zh_CN", "双11"),
            ({"zh-CN": "双11"}, "zh_CN", "双11"),
            ({"en": "Sale", "en_GB": "Sales"}, "en_GB", "Sales"),
            ({"en": "Sale", "en_GB": "Sales"}, "en_US", "Sale"),
            ({"en": "Sale", "*": "SALE"}, "zh_CN", "SALE"),
            ({"en": "Sale"}, "zh_CN", "立减5"),  # no name in that language: its label
            ({"*": ""}, "zh_CN", "立减5"),
        ],
    )
    def test_a_promotion_is_called_by_its_name_for_the_locale(
        self, name: str | dict[str, str], locale: str, told: str
    ) -> None:
        quote = quote_of(recipes.amount_off("off", "5", name=name))
        assert [row.words for row in explain(quote, locale).promotions] == [told]

    @pytest.mark.parametrize(
        "label",
        [
            None,
            Label("golden_hour", {"x": "1"}),
            Label("amount_off"),
            Label("amount_off", {"amount": "?"}),
        ],
    )
    @pytest.mark.parametrize("locale", LOCALES)
    def test_a_promotion_without_words_is_called_by_its_id(
        self, label: Label | None, locale: str
    ) -> None:
        quote = quote_of(Promotion(id="P-17", benefits=AmountOff("5"), label=label))
        assert explain(quote, locale).promotions[0].words == "P-17"

    def test_a_hostile_name_is_not_read_as_a_template(self) -> None:
        name = "{promotion.__class__} {0} %(x)s \\n"
        quote = quote_of(recipes.amount_off("off", "5", name=name), items=((name, "9.00", 1),))
        assert name in str(explain(quote, "en"))


@frozen
class Raining(Condition):
    """What only one shop looks at: it never holds."""

    def compile(self, terms: Terms) -> Test:
        return lambda _state: Verdict(False, self, "rain", "sunshine")


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
    (OrderNumber(1), "P：仅限第一单", "P: only for the 1st order"),
    (
        Threshold("100") & Threshold(quantity=3),
        "P：需满 ¥100.00，还差 ¥40.00；需满 3 件，还差 1 件",
        "P: CN¥40.00 short of CN¥100.00; 1 item short of 3",
    ),
    (~Threshold("10"), "P：不适用于本单", "P: does not go with this order"),
]


class TestRefusals:
    @pytest.mark.parametrize(("when", "chinese", "english"), REFUSALS)
    def test_what_is_missing_is_told(self, when: object, chinese: str, english: str) -> None:
        promotion = Promotion(id="P", benefits=AmountOff("5"), when=when)  # type: ignore[arg-type]
        quote = quote_of(promotion)
        assert refused(quote, "zh_CN") == [chinese]
        assert refused(quote, "en") == [english]

    @pytest.mark.parametrize(
        ("when", "kind", "chinese", "english"),
        [
            (CustomerInGroup(("gold", "vip")), MissKind.CUSTOMER_GROUP,
             "P：仅限客户群 gold、vip", "P: only for customers of gold, vip"),
            (InRegion("SH"), MissKind.REGION,
             "P：仅限配送至 SH", "P: only for delivery to SH"),
            (ViaChannel("app"), MissKind.CHANNEL, "P：仅限渠道 app", "P: only through app"),
        ],
    )  # fmt: skip
    def test_a_promotion_asked_for_by_id_is_told_as_well(
        self, when: object, kind: MissKind, chinese: str, english: str
    ) -> None:
        quote = quote_of(Promotion(id="P", benefits=AmountOff("5"), when=when))  # type: ignore[arg-type]
        for locale, told in (("zh_CN", chinese), ("en", english)):
            row = refusal(quote.outcome("P"), Teller(Words(locale), None, str))
            assert row.words == told
            assert [part.kind for part in row.parts] == [kind]

    def test_a_code_that_was_not_typed_is_not_given_away(self) -> None:
        quote = quote_of(recipes.amount_off("P", "5", code="SECRET9"))
        for locale in LOCALES:
            row = refusal(quote.outcome("P"), Teller(Words(locale), None, str))
            assert [part.kind for part in row.parts] == [MissKind.CODE]
            assert "SECRET9" not in repr(row)

    @pytest.mark.parametrize(
        ("schedule", "kind", "chinese"),
        [
            (
                Schedule(Window(start=datetime(2026, 6, 18, tzinfo=UTC))),
                MissKind.NOT_YET,
                "P：2026年6月18日 08:00:00 (Asia/Shanghai) 开始",
            ),
            (
                Schedule(Window(end=AT)),
                MissKind.ENDED,
                "P：已于 2026年6月1日 10:00:00 (Asia/Shanghai) 结束",
            ),
            (
                Schedule(recurrence=Recurrence("FREQ=DAILY", "Asia/Shanghai", time(18), time(22))),
                MissKind.OFF_HOURS,
                "P：不在活动时段内",
            ),
        ],
    )
    def test_a_schedule_tells_when(self, schedule: Schedule, kind: MissKind, chinese: str) -> None:
        promotion = Promotion(id="P", benefits=AmountOff("5"), schedule=schedule)
        (row,) = explain(quote_of(promotion), "zh", zone="Asia/Shanghai").not_applied
        assert row.words == chinese
        assert [part.kind for part in row.parts] == [kind]

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

    def test_a_promotion_without_effect_says_so(self) -> None:
        quote = quote_of(recipes.free_shipping("ship", name="Ship"))
        assert refused(quote, "zh_CN") == ["Ship：没有可优惠的内容"]
        assert refused(quote, "en") == ["Ship: there is nothing for it to reduce"]

    def test_a_gift_that_is_gone_is_named(self) -> None:
        gift = recipes.gift_from("mug", "mug-blue", spend="1", name="Mug")
        quote = quote_of(gift, gift_stock={"mug-blue": 0})
        assert refused(quote, "zh_CN") == ["Mug：赠品已赠完（mug-blue）"]
        assert refused(quote, "en") == ["Mug: out of stock: mug-blue"]

    def test_every_candidate_and_every_unknown_code_is_told_once(self) -> None:
        quote = real_quote()
        explanation = explain(quote)
        told = [row.subject for row in (*explanation.promotions, *explanation.not_applied)]
        assert sorted(told) == sorted([*[each.promotion for each in quote.outcomes], "TENN"])

    def test_a_condition_of_a_team_s_own_has_words_too(self) -> None:
        quote = quote_of(Promotion(id="P", benefits=AmountOff("5"), when=Raining()))
        (row,) = explain(quote, "en").not_applied
        assert row.words == "P: its conditions do not hold"
        assert [part.kind for part in row.parts] == [MissKind.CONDITION]

    def test_an_amount_that_a_team_s_own_condition_misses_is_told(self) -> None:
        quote = quote_of(Promotion(id="P", benefits=AmountOff("5"), when=Deposited()))
        (row,) = explain(quote, "en").not_applied
        assert row.words == "P: CN¥20.00 short of CN¥50.00"
        assert row.gap == Money.of("20.00", "CNY")


def descend(row: Row) -> Iterator[Row]:
    yield row
    for part in row.parts:
        yield from descend(part)


def total(rows: tuple[Row, ...]) -> int:
    return sum(row.amount.minor for row in rows if row.amount is not None)


SKUS = ("tea", "mug", "pot", "tin")

LINES = st.lists(
    st.tuples(st.sampled_from(SKUS), st.integers(1, 20_000), st.integers(1, 5)), max_size=6
)

PROMOTIONS = st.lists(
    st.sampled_from(
        [
            recipes.percent_off("off33", "33.33", Sku(("tea", "mug"))),
            recipes.second_half_price("half", Sku(("pot",))),
            recipes.spend_and_save("s100", spend="100", save="30"),
            recipes.save_per_spend("per", spend="50", save="7.77", target=Sku(("tin", "tea"))),
            recipes.spend_and_discount("d200", spend="200", percent="12.5", layer="platform"),
            recipes.free_shipping("ship", spend="80"),
            recipes.gift_from("gift", "pin", spend="60", value="3.00"),
            recipes.buy_and_get("b2g1", buy=2, get=1, target=Sku(("mug",))),
        ]
    ),
    unique_by=lambda promotion: promotion.id,
)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    lines = [
        CartLine.of(f"l{i}", sku, units, Money(minor, "CNY"), "CNY")
        for i, (sku, minor, units) in enumerate(draw(LINES))
    ]
    cart = Cart("CNY", lines, Money(draw(st.integers(0, 2000)), "CNY"))
    return price(cart, PromotionBook("CNY", draw(PROMOTIONS)), at=AT)


class TestSums:
    def test_a_charge_without_an_amount_is_no_charge(self) -> None:
        told = explain(real_quote())
        broken = evolve(told, shipping=evolve(told.shipping, amount=None))
        with pytest.raises(InvalidValue):
            broken.table()

    @given(quote=quotes(), locale=st.sampled_from(LOCALES))
    def test_the_parts_of_a_row_add_up_to_it(self, quote: Quote, locale: str) -> None:
        for row in explain(quote, locale).rows:
            for each in descend(row):
                if each.amount is not None and each.parts:
                    assert total(each.parts) == each.amount.minor

    @given(quote=quotes())
    def test_the_rows_add_up_to_the_totals_of_the_quote(self, quote: Quote) -> None:
        explanation = explain(quote)
        assert total(explanation.lines) == quote.goods.minor
        assert total((*explanation.lines, explanation.shipping)) == quote.payable_minor
        assert explanation.payable.amount == quote.payable
        full = quote.subtotal + quote.cart.shipping
        assert full.minor + total(explanation.promotions) == quote.payable_minor
        assert [row.amount for row in explanation.lines] == [each.payable for each in quote.lines]

    @given(quote=quotes())
    def test_shares_are_the_same_by_line_and_by_promotion(self, quote: Quote) -> None:
        explanation = explain(quote)
        by_line = {
            (part.subject, row.subject): part.amount
            for row in (*explanation.lines, explanation.shipping)
            for part in row.parts
            if part.kind is RowKind.SHARE
        }
        by_promotion = {
            (row.subject, part.subject): part.amount
            for row in explanation.promotions
            for part in row.parts
            if part.kind is RowKind.SHARE
        }
        assert by_line == by_promotion

    @given(quote=quotes(), locale=st.sampled_from(LOCALES))
    def test_the_columns_of_the_table_add_up(self, quote: Quote, locale: str) -> None:
        told = explain(quote, locale).table().splitlines()
        rows = [[minor_of(cell) for cell in line.split()[-3:]] for line in charged(told, quote)]
        for full, discounts, payable in rows:
            assert full + discounts == payable
        *body, foot = rows
        assert [sum(column) for column in zip(*body, strict=True)] == (foot if body else [])
        assert foot[2] == quote.payable_minor
        assert foot[1] == -(quote.discount + quote.shipping_discount).minor

    @given(quote=quotes())
    def test_what_is_told_again_is_told_the_same(self, quote: Quote) -> None:
        explanation = explain(quote, "zh_CN")
        assert isinstance(explanation, Explanation)
        again = explain(quote, "zh_CN")
        assert (str(again), again.table()) == (str(explanation), explanation.table())


def charged(table: list[str], quote: Quote) -> list[str]:
    """Take the lines, the shipping and the total out of a table; gifts have no price."""
    lines = len(quote.cart.lines)
    body, foot = table[2:-2], table[-1]
    return [*body[:lines], *body[lines + len(quote.gifts) :], foot]


def minor_of(cell: str) -> int:
    digits = int("".join(each for each in cell if each.isdigit()))
    return -digits if cell.startswith("−") else digits
