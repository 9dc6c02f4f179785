"""A quote in words: the text, the table and the plain data, and that they add up."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Clamped, Inexact, Rounded, localcontext

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from ordercore import (
    Cart,
    CartLine,
    Money,
    Product,
    Promotion,
    PromotionBook,
    Quote,
    Shopper,
)
from ordercore.cart import Fee, Wishes
from ordercore.errors import InvalidType, InvalidValue
from ordercore.layout.tables import cells_of, shortened
from ordercore.pricing import Kind, price
from ordercore.pricing.explain import Explanation, Row, RowKind, explain
from ordercore.promotions import (
    AmountOff,
    Benefit,
    Deposit,
    EarnPoints,
    FeeOff,
    GrantCoupon,
    PercentOff,
    PointsRedemption,
    Sku,
    Threshold,
    recipes,
)
from ordercore.promotions.benefits.benefit import Label, Propose
from ordercore.promotions.terms import Terms
from ordercore.tariffs import (
    FixedListPrice,
    OffListPrice,
    PayableRounding,
    PriceList,
    Tariff,
    Taxes,
    TaxRate,
)

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
    codes: tuple[str, ...] = (),
) -> Quote:  # fmt: skip
    cart = Cart.of("CNY", items, shipping=shipping)
    book = PromotionBook("CNY", promotions)
    return price(cart, book, at=AT, shopper=shopper, gift_stock=gift_stock, codes=codes)


def refused(quote: Quote, locale: str) -> list[str]:
    return [row.words for row in explain(quote, locale).not_applied]


TEXT_ZH = """\
第二件半价 −¥64.50
满200送 mug-blue × 1
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
优惠码 TENN 不存在
满387.50减100.00：还差 ¥20.00

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
Code TENN is not known
Spend CN¥387.50, save CN¥100.00: CN¥20.00 short

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
            "unit_price": {"units": 4500, "scale": 2, "text": "¥45.00"},
            "base": {"minor": 4500, "text": "¥45.00"},
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
            {"kind": "unknown_code", "subject": "TENN", "words": "Code TENN is not known"},
            {
                "kind": "not_eligible",
                "subject": "big",
                "words": "Spend CN¥387.50, save CN¥100.00: CN¥20.00 short",
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
        ]
        assert plain["not_applied_more"] == 0
        assert plain["codes"] == [
            {"kind": "unknown_code", "subject": "TENN", "words": "Code TENN"}
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
            Kind.UNKNOWN_CODE,
            Kind.NOT_ELIGIBLE,
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
        ("label", "chinese", "english"),
        [
            (None, "P-17", "P-17"),
            (("golden_hour", {"x": "1"}), "P-17", "P-17"),  # a message nobody has
            (("amount_off", {}), "P-17", "P-17"),
            (("amount_off", {"amount": "?"}), "P-17", "P-17"),
            (("amount_off", {"amount": "5"}), "满20享立减5", "Spend CN¥20: CN¥5 off"),
            (("free_shipping", {}), "满20享包邮", "Spend CN¥20: Free shipping"),
        ],
    )
    def test_a_team_s_own_benefit_is_called_as_it_says_or_by_its_id(
        self, label: Label | None, chinese: str, english: str
    ) -> None:
        own = Promotion(id="P-17", benefits=Sparkling(label), when=Threshold("20"))
        for locale, told in (("zh_CN", chinese), ("en", english)):
            assert explain(quote_of(own), locale).promotions[0].words == told

    def test_a_hostile_name_is_not_read_as_a_template(self) -> None:
        name = "{promotion.__class__} {0} %(x)s \\n"
        quote = quote_of(recipes.amount_off("off", "5", name=name), items=((name, "9.00", 1),))
        assert name in str(explain(quote, "en"))


@frozen
class Sparkling(Benefit):
    """A benefit that only one shop has: it gives one unit of shine."""

    told: Label | None

    def compile(self, terms: Terms) -> Propose:
        return AmountOff("0.01").compile(terms)

    def label(self, spend: object) -> Label | None:
        return self.told


def yuan(amount: str) -> Money:
    return Money.of(amount, "CNY")


MEMBERS = PriceList(
    id="vip-2026", kind="member", rules=[FixedListPrice("tea", "9.90")], groups=["gold"]
)
FLASH = PriceList(
    id="flash-1", kind="flash", name="618秒杀", rules=[FixedListPrice("tea", "5.00")],
    purchase_limit=2,
)  # fmt: skip
FEES = (Fee("bag", yuan("1.00"), "环保袋"), Fee("slot", yuan("4.00")))


def full_quote(*, included: bool = False) -> Quote:
    """Price a cart with all that a quote can have."""
    cart = Cart.of(
        "CNY", [(Product("tea", name="茶"), "12.00", 3), ("mug", "20.00", 1)],
        shipping="8.00", fees=FEES,
    )  # fmt: skip
    book = PromotionBook(
        "CNY",
        [
            recipes.percent_off("five", "5", Sku("mug"), name="九五折"),
            Promotion(id="slot", benefits=FeeOff("slot", "50"), name="时段半价"),
            Promotion(
                id="points", layer="points", name="会员积分",
                benefits=(PointsRedemption("100"), EarnPoints(30), GrantCoupon("NEW", 2)),
            ),
            Promotion(
                id="deposit", benefits=Deposit("10", per_unit=False), layer="platform", name="定金"
            ),
        ],
    )  # fmt: skip
    tariff = Tariff(
        "CNY",
        price_lists=[MEMBERS],
        taxes=Taxes([TaxRate("vat-13", "13")], included=included),
        rounding=PayableRounding("0.1"),
        version="t-1",
    )
    return price(
        cart, book, at=AT, tariff=tariff, wishes=Wishes(points=150),
        shopper=Shopper("c", groups=["gold"], points=150),
    )  # fmt: skip


FULL_ZH = """九五折 −¥1.00
时段半价 −¥2.00
定金
会员积分 −¥1.50

茶 × 3 ¥28.79（原价 ¥36.00）
  会员价 ¥9.90（原价 ¥12.00）
  会员积分 −¥0.91
mug × 1 ¥18.41（原价 ¥20.00）
  九五折 −¥1.00
  会员积分 −¥0.59
运费 ¥8.00
环保袋 ¥1.00
slot ¥2.00（原价 ¥4.00）
  时段半价 −¥2.00

商品原价 ¥56.00
价目表 −¥6.30
商品优惠 −¥2.50
运费 ¥8.00
其他费用 ¥5.00
费用优惠 −¥2.00
vat-13（13%） ¥7.56
抹零 −¥0.06
应付 ¥65.70

可得 30 积分
使用 150 积分
获赠优惠券 NEW × 2
定金 ¥10.00
尾款 ¥55.70

计价时间 2026年6月1日 10:00:00 (UTC+08:00)"""


class TestTariffs:
    """Price lists, fees, taxes, rounding, points, coupons and deposits are told."""

    def test_the_text_tells_all_that_a_quote_has(self) -> None:
        assert str(explain(full_quote(), "zh")) == FULL_ZH

    def test_the_table_tells_all_and_adds_up(self) -> None:
        quote = full_quote()
        table = explain(quote, "zh").table().split("\n" + "-" * 3)
        head, body, foot, below = ["\n".join(part.lstrip("-").split("\n")) for part in table]
        rows = [line.split() for line in body.strip().splitlines()]
        assert [row[0] for row in rows] == [
            "茶", "mug", "运费", "环保袋", "slot", "vat-13（13%）", "抹零",
        ]  # fmt: skip
        assert sum(minor_of(row[-1]) for row in rows) == quote.payable_minor
        assert minor_of(foot.split()[-1]) == quote.payable_minor
        assert [line.split()[0] for line in below.strip().splitlines()] == [
            "可得", "使用", "获赠优惠券", "定金", "尾款",
        ]  # fmt: skip
        assert "¥55.70" in below
        assert head.split() == ["商品", "数量", "原价", "优惠", "应付"]

    def test_the_data_tell_all(self) -> None:
        plain = explain(full_quote(), "zh").to_plain()
        assert plain["tariff_version"] == "t-1"
        assert plain["lines"][0]["unit_price"] == {"units": 1200, "scale": 2, "text": "¥12.00"}
        assert plain["lines"][0]["base"] == {"minor": 2970, "text": "¥29.70"}
        assert plain["lines"][0]["parts"][1:3] == [
            {
                "kind": "price_list",
                "subject": "",
                "words": "会员价",
                "amount": {"minor": -630, "text": "−¥6.30"},
                "because": ["vip-2026"],
            },
            {
                "kind": "price",
                "subject": "vip-2026",
                "words": "会员价",
                "count": 3,
                "unit_price": {"units": 990, "scale": 2, "text": "¥9.90"},
            },
        ]
        assert [(fee["subject"], fee["amount"]["minor"]) for fee in plain["fees"]] == [
            ("bag", 100),
            ("slot", 200),
        ]
        assert plain["taxes"] == [
            {
                "kind": "tax",
                "subject": "vat-13",
                "words": "vat-13（13%）",
                "amount": {"minor": 756, "text": "¥7.56"},
                "base": {"minor": 5820, "text": "¥58.20"},
                "percent": "13",
            }
        ]
        assert plain["rounding"]["amount"] == {"minor": -6, "text": "−¥0.06"}
        assert [(row["kind"], row.get("count"), row.get("value")) for row in plain["grants"]] == [
            ("points_earned", 30, None),
            ("points_redeemed", 150, None),
            ("coupon", 2, None),
            ("deposit", None, {"minor": 1000, "text": "¥10.00"}),
            ("balance", None, {"minor": 5570, "text": "¥55.70"}),
        ]
        assert json.loads(json.dumps(plain)) == plain

    def test_tax_that_prices_contain_is_told_and_adds_nothing(self) -> None:
        quote = full_quote(included=True)
        explanation = explain(quote, "en")
        (tax,) = explanation.taxes
        assert (tax.kind, tax.amount, tax.value) == (RowKind.TAX_INCLUDED, None, quote.tax)
        assert f"Included: vat-13 (13%) {explanation.told(quote.tax)}" in str(explanation)
        *_, below = explanation.table().split("---\n")
        assert below.splitlines()[0].split() == [
            "Included:", "vat-13", "(13%)", explanation.told(quote.tax),
        ]  # fmt: skip

    def test_a_price_list_is_called_by_its_name_or_its_kind(self) -> None:
        def told(**given: str) -> str:
            tariff = Tariff("CNY", price_lists=[evolve(MEMBERS, groups=(), **given)])
            cart = Cart.of("CNY", [("tea", "12.00", 1)])
            quote = price(cart, PromotionBook("CNY"), at=AT, tariff=tariff)
            return str(explain(quote, "zh")).splitlines()[3]

        assert told() == "  会员价 ¥9.90（原价 ¥12.00）"
        assert told(kind="flash") == "  秒杀价 ¥9.90（原价 ¥12.00）"
        assert told(kind="contract") == "  协议价 ¥9.90（原价 ¥12.00）"
        assert told(kind="list") == "  现价 ¥9.90（原价 ¥12.00）"
        assert told(kind="staff") == "  staff ¥9.90（原价 ¥12.00）"
        assert told(name="老客价") == "  老客价 ¥9.90（原价 ¥12.00）"

    def test_units_beyond_a_purchase_limit_are_told_apart(self) -> None:
        cart = Cart.of("CNY", [("tea", "12.00", 5)])
        quote = price(
            cart, PromotionBook("CNY"), at=AT, tariff=Tariff("CNY", price_lists=[FLASH, MEMBERS]),
            shopper=Shopper(groups=["gold"]),
        )  # fmt: skip
        assert str(explain(quote, "zh")).splitlines()[2:5] == [
            "tea × 5 ¥39.70（原价 ¥60.00）",
            "  618秒杀 ¥5.00（原价 ¥12.00） × 2",
            "  会员价 ¥9.90（原价 ¥12.00） × 3",
        ]

    def test_a_unit_price_finer_than_the_minor_unit_is_told_in_full(self) -> None:
        tariff = Tariff(
            "CNY", price_lists=[PriceList(id="p", rules=[FixedListPrice("s", "0.125")])]
        )
        cart = Cart.of("CNY", [("s", "0.2", 4)])
        told = explain(price(cart, PromotionBook("CNY"), at=AT, tariff=tariff), "en")
        assert "  Our price CN¥0.125 (instead of CN¥0.20)" in str(told).splitlines()

    def test_without_a_tariff_none_of_this_is_told(self) -> None:
        explanation = explain(real_quote())
        assert (explanation.fees, explanation.taxes, explanation.grants) == ((), (), ())
        assert explanation.rounding is None


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
            Promotion(id="slot", benefits=FeeOff("slot", "33.33"), layer="shipping"),
            Promotion(id="both", benefits=(PercentOff("1"), EarnPoints(5), FeeOff("bag", "100"))),
            Promotion(id="down", benefits=Deposit("2", save="1"), layer="coupon"),
        ]
    ),
    unique_by=lambda promotion: promotion.id,
)


LISTS = st.lists(
    st.sampled_from(
        [
            PriceList(id="off", rules=[OffListPrice("12.5")]),
            PriceList(id="tea", kind="member", rules=[FixedListPrice("tea", "3.333")]),
            PriceList(id="mug", rules=[FixedListPrice("mug", "1.00")], purchase_limit=2),
            PriceList(id="dear", rules=[FixedListPrice("pot", "999.00")], priority=1),
        ]
    ),
    unique_by=lambda each: each.id,
)
RATES = st.lists(
    st.sampled_from(
        [TaxRate("vat", "13"), TaxRate("city", "8.875"), TaxRate("ship", "5", on=["shipping"])]
    ),
    unique_by=lambda rate: rate.id,
)
TAXES = st.builds(Taxes, RATES, st.booleans(), st.sampled_from(["line", "order"]))
TARIFFS = st.builds(
    Tariff,
    st.just("CNY"),
    LISTS,
    st.sampled_from(["best", "priority"]),
    st.none() | TAXES,
    st.none() | st.builds(PayableRounding, st.sampled_from(["0.1", "1"])),
)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    lines = [
        CartLine.of(f"l{i}", sku, units, Money(minor, "CNY"), "CNY")
        for i, (sku, minor, units) in enumerate(draw(LINES))
    ]
    fees = draw(st.sampled_from([(), FEES]))
    cart = Cart("CNY", lines, Money(draw(st.integers(0, 2000)), "CNY"), fees=fees)
    book = PromotionBook("CNY", draw(PROMOTIONS))
    return price(cart, book, at=AT, tariff=draw(st.none() | TARIFFS))


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
        charged = (*explanation.lines, explanation.shipping, *explanation.fees)
        rounding = () if explanation.rounding is None else (explanation.rounding,)
        assert total((*charged, *explanation.taxes, *rounding)) == quote.payable_minor
        assert explanation.payable.amount == quote.payable
        before = quote.base + quote.cart.shipping
        before = Money.sum([before, *[fee.amount for fee in quote.cart.fees]], "CNY")
        added = total((*explanation.taxes, *rounding))
        assert before.minor + total(explanation.promotions) + added == quote.payable_minor
        assert [row.amount for row in explanation.lines] == [each.payable for each in quote.lines]
        assert [row.base for row in explanation.lines] == [each.base for each in quote.lines]

    @given(quote=quotes())
    def test_shares_are_the_same_by_line_and_by_promotion(self, quote: Quote) -> None:
        explanation = explain(quote)
        by_line = {
            (part.subject, row.subject): part.amount
            for row in (*explanation.lines, explanation.shipping, *explanation.fees)
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
        body, foot = charged(explain(quote, locale))
        for full, discounts, payable in (*body, foot):
            assert full + discounts == payable
        sums = [sum(column) for column in zip(*body, strict=True)]
        assert (sums or [0, 0, 0]) == foot
        assert foot[2] == quote.payable_minor

    @given(quote=quotes())
    def test_what_is_told_again_is_told_the_same(self, quote: Quote) -> None:
        explanation = explain(quote, "zh_CN")
        assert isinstance(explanation, Explanation)
        again = explain(quote, "zh_CN")
        assert (str(again), again.table()) == (str(explanation), explanation.table())


def charged(explanation: Explanation) -> tuple[list[list[int]], list[int]]:
    """Read the amounts of all that is charged for, and of the total; gifts have no price."""
    _, *blocks = re.split(r"^-+\n", explanation.table(), flags=re.MULTILINE)
    beside = [row for row in (*explanation.taxes, *explanation.grants) if row.amount is None]
    assert len(blocks) == (3 if beside else 2)
    rows, (foot,) = blocks[0].splitlines(), blocks[1].splitlines()
    lines, gifts = len(explanation.lines), len(explanation.gifts)
    rows = [*rows[:lines], *rows[lines + gifts :]]
    return [amounts_of(row) for row in rows], amounts_of(foot)


def amounts_of(line: str) -> list[int]:
    return [minor_of(cell) for cell in line.split()[-3:]]


def minor_of(cell: str) -> int:
    digits = int("".join(each for each in cell if each.isdigit()))
    return -digits if cell.startswith("−") else digits
