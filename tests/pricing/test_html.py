"""Quotes, differences, refunds and hints as text, table, HTML and data, whatever they are called.

The laws, for everything that `explain` takes:

- HTML is well-formed, and each thing that is told stands in it once, as text and nothing else.
- HTML, table and data show the same cells; the last column adds up, and so do parts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Money, Product, Promotion, PromotionBook, Quote
from ordercore.cart import Fee
from ordercore.errors import InvalidType, InvalidValue
from ordercore.pricing import (
    Difference,
    Opportunity,
    OutsideQuote,
    Reversal,
    diff,
    opportunities_of,
    price,
    price_in,
    reverse,
)
from ordercore.pricing.explain import (
    Cell,
    Column,
    Explanation,
    Notes,
    Page,
    Table,
    TableRow,
    explain,
)
from ordercore.pricing.explaining.sheet import blocks_of
from ordercore.pricing.statement import statement
from ordercore.promotions import AmountOff, ContextAttribute, Sku, recipes
from ordercore.promotions.promotion import Code
from ordercore.tariffs import FixedListPrice, PriceList, Tariff, Taxes, TaxRate
from ordercore.testing.strategies import pricings, pricings_by_tariff

AT = datetime(2026, 6, 18, tzinfo=UTC)
LOCALES = ("zh_CN", "en")

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
ENTITY = "&amp;&#60;b&lt;"
RTL = "عرض שלום 50%"
LONG = "很长" * 100
HOSTILE = (
    SCRIPT, IMAGE, ENTITY, RTL, LONG, "'\" onmouseover='x", "</td></table></section>",
    "<!-- -->", "{title} %s", "]]>", "<bdi>", "javascript:x", " ",
)  # fmt: skip


# Reading HTML back


class ReadRow(NamedTuple):
    part: bool
    subject: str
    cells: tuple[str, ...]


class ReadTable(NamedTuple):
    caption: str
    heads: tuple[str, ...]
    rows: list[ReadRow]


class Reader(HTMLParser):
    """Reads what `html` writes; it takes nothing that is not exactly as it should be."""

    PARENTS: ClassVar = {
        "section": {""}, "table": {"section"}, "caption": {"table"}, "thead": {"table"},
        "tbody": {"table"}, "tfoot": {"table"}, "tr": {"thead", "tbody", "tfoot"},
        "th": {"tr"}, "td": {"tr"}, "bdi": {"th"}, "div": {"section"}, "p": {"div"},
        "ul": {"div"}, "li": {"ul"},
    }  # fmt: skip

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path: list[str] = [""]
        self.again: list[str] = []
        self.texts: list[str] = []
        self.tables: list[ReadTable] = []
        self.notes: list[str] = []
        self.attributes: dict[str, str] = {}
        self.feed(html)
        self.close()
        assert self.path == [""]
        assert "".join(self.again) == html  # so nothing was passed over or guessed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert self.path[-1] in self.PARENTS[tag]
        self.path.append(tag)
        told = {name: value or "" for name, value in attrs}
        written = [f' {name}="{escape(value)}"' for name, value in told.items()]
        self.again.append(f"<{tag}{''.join(written)}>")
        assert told.keys() <= {"class", "lang", "dir", "scope", "data-subject"}
        classes = told.get("class", "ordercore-").split(" ")
        assert all(each.startswith("ordercore-") for each in classes)
        self.texts.append("")
        if tag == "section":
            self.attributes = told
        elif tag == "table":
            self.tables.append(ReadTable("", (), []))
        elif tag == "tr":
            part = "ordercore-part" in classes
            self.row = ReadRow(part, told.get("data-subject", ""), ())
        elif tag == "th":
            assert told["scope"] == ("col" if self.path[-3] == "thead" else "row")

    def handle_endtag(self, tag: str) -> None:
        assert self.path.pop() == tag
        self.again.append(f"</{tag}>")
        text = self.texts.pop()
        if tag == "bdi":
            self.texts[-1] += text
        elif tag in ("th", "td"):
            self.row = self.row._replace(cells=(*self.row.cells, text))
        elif tag == "caption":
            assert text
            self.tables[-1] = self.tables[-1]._replace(caption=text)
        elif tag == "tr" and self.path[-1] == "thead":
            self.tables[-1] = self.tables[-1]._replace(heads=self.row.cells)
        elif tag == "tr":
            assert len(self.row.cells) == len(self.tables[-1].heads)
            self.tables[-1].rows.append(self.row)
        elif tag in ("p", "li"):
            self.notes.append(text)

    def handle_data(self, data: str) -> None:
        self.again.append(escape(data))
        if self.path[-1] in ("th", "td", "bdi", "caption", "p", "li"):
            self.texts[-1] += data
        else:
            assert data == "\n"

    def refuse(self, *given: object) -> None:
        raise AssertionError(given)

    handle_startendtag = refuse  # type: ignore[assignment]
    handle_comment = refuse  # type: ignore[assignment]
    handle_decl = refuse  # type: ignore[assignment]
    handle_pi = refuse  # type: ignore[assignment]
    unknown_decl = refuse  # type: ignore[assignment]

    def row_of(self, subject: str, table: int) -> ReadRow:
        (found,) = [
            row for row in self.tables[table].rows if row.subject == subject and not row.part
        ]
        return found


def blocks(told: Explanation | Page) -> Sequence[Table | Notes]:
    return told.blocks if isinstance(told, Page) else blocks_of(told)


def rows_of(table: Table) -> list[ReadRow]:
    foot = () if table.foot is None else (table.foot,)
    found: list[ReadRow] = []
    for row in (*table.rows, *foot, *table.beside):
        found.append(read(row, part=False))
        found += [read(part, part=True) for part in row.parts]
    return found


def read(row: TableRow, *, part: bool) -> ReadRow:
    return ReadRow(part, row.subject, tuple(cell.text for cell in row.cells))


# What is explained


def quote_called(name: str, code: str = "</td>", line: str = "<li>") -> Quote:
    """Price a cart in which everything has a name of somebody's choice."""
    product = Product("tea", name=name)
    cart = Cart(
        "CNY",
        [
            CartLine.of(line, product, 3, "100.00", "CNY"),
            CartLine.of("&amp;", Product("cup", name=name), 1, "50.00", "CNY"),
        ],
        shipping=Money.of("8.00", "CNY"),
        fees=[Fee("'\"", Money.of("2.00", "CNY"), name=name)],
    )
    book = PromotionBook(
        "CNY",
        [
            Promotion(id="<p>", benefits=AmountOff("30"), name=name),
            Promotion(
                id="<app>", benefits=AmountOff("5"), name=name, trigger=Code("APP"),
                when=ContextAttribute("<how>", [name]),
            ),
            recipes.spend_and_save("big", spend="900", save="90", name=name, layer="coupon"),
            recipes.spend_and_save("more", spend="380", save="40", layer="platform"),
            recipes.gift_from("<gift>", "<mug>", spend="1"),
        ],
    )  # fmt: skip
    lists = [PriceList(id="<list>", name=name, rules=[FixedListPrice("tea", "90.00")])]
    rates = [TaxRate("<vat>", "13")]
    return price(
        cart, book, at=AT, codes=[code, "APP"],
        tariff=Tariff("CNY", price_lists=lists, taxes=Taxes(rates=rates)),
    )  # fmt: skip


def all_of(quote: Quote) -> list[Any]:
    """List all that can be explained of a quote."""
    cart = quote.cart
    other = price_in(
        Cart(quote.currency, cart.lines[1:], shipping=Money.of("1", quote.currency)),
        PromotionBook("CNY"),
        quote.context,
    )
    return [
        quote,
        diff(quote, other),
        diff(other, quote),
        diff(quote, OutsideQuote("CNY", "1.00", lines={cart.lines[0].id: "1.00"})),
        diff(quote, quote),
        reverse(quote, {}, {cart.lines[0].id: 1}),
        reverse(quote, {}, {cart.lines[0].id: 2}, "reprice"),
        opportunities_of(quote),
        (),
    ]


def real_quote() -> Quote:
    shirt = Product("shirt", name="衬衫")
    cart = Cart.of("CNY", [(shirt, "140.00", 2), ("scarf", "45.00", 1)], shipping="8.00")
    book = PromotionBook(
        "CNY",
        [
            recipes.spend_and_save("summer", spend="300", save="50"),
            recipes.gift_from("mug", "mug", spend="200"),
            recipes.spend_and_save("big", spend="500", save="90"),
        ],
    )
    return price(cart, book, at=AT)


def real_difference() -> Difference:
    quote = real_quote()
    less = Cart("CNY", quote.cart.lines[1:], shipping=quote.cart.shipping)
    return diff(quote, price_in(less, quote.book, quote.context))


def real_hints() -> tuple[Opportunity, ...]:
    return opportunities_of(real_quote())


def real_refusal() -> Reversal:
    meal = recipes.bundle_price("meal", [(Sku("cola"), 1), (Sku("bread"), 2)], "10")
    cart = Cart.of("CNY", [("cola", "4.00", 2), ("bread", "6.00", 4)])
    quote = price(cart, PromotionBook("CNY", [meal]), at=AT)
    return reverse(quote, {}, {"1": 1}, "forbid_partial")


def names() -> st.SearchStrategy[str]:
    """Draw any text that may be a name, much of it markup."""
    refused = (
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
    )
    letters = st.characters(
        exclude_categories=("Cc", "Cs", "Co", "Cn"), exclude_characters=refused
    )
    pieces = st.sampled_from([*HOSTILE[:4], *"<>&\"'/=;#! ", "&lt", "</bdi>"])
    text = st.lists(pieces | letters, min_size=1, max_size=30).map("".join)
    return text.map(lambda told: told[:200])


def codes() -> st.SearchStrategy[str]:
    return names().map(lambda told: told[:64])


IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)
REASONABLE = IDS.filter(lambda each: each != "&amp;")


# Tests


class TestHostileNames:
    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_page_shows_them_as_they_are(self, name: str, locale: str) -> None:
        for what in all_of(quote_called(name, name[:64])):
            told = explain(what, locale)
            page = Reader(told.html())
            shown = [block for block in blocks(told) if isinstance(block, Table)]
            assert [table.rows for table in page.tables] == [rows_of(each) for each in shown]
            assert json.loads(json.dumps(told.to_plain())) == told.to_plain()
            for line in told.table().splitlines():
                assert line.isprintable()

    @given(names(), codes(), REASONABLE)
    def test_a_quote_shows_exactly_the_names_that_were_given(
        self, name: str, code: str, line: str
    ) -> None:
        quote = quote_called(name, code, line)
        explanation = explain(quote, "en")
        page = Reader(explanation.html())
        promotions, charges = 0, 1
        assert page.row_of("<p>", promotions).cells[0] == name
        assert page.row_of(line, charges).cells[0] == name
        assert page.row_of("'\"", charges).cells[0] == name
        assert page.row_of("<vat>", charges).cells[0] == "Included: <vat> (13%)"
        assert page.row_of("<mug>", charges).cells[0] == "Gift <mug>"
        assert f"Code {code} is not known" in page.notes
        assert f"Code APP ({name}): only where <how> is {name}" in page.notes
        assert f"{name} −CN¥30.00" in str(explanation)

    @given(names(), codes(), REASONABLE)
    def test_a_difference_shows_exactly_the_names_that_were_given(
        self, name: str, code: str, line: str
    ) -> None:
        quote = quote_called(name, code, line)
        page = Reader(
            explain(diff(quote, price_in(quote.cart, PromotionBook("CNY"), quote.context))).html()
        )
        amounts, others = 0, 1
        assert page.row_of(line, amounts).cells[0] == name
        assert page.row_of("<p>", others).cells == (name, "−CN¥30.00", "—")
        assert page.row_of("<mug>", others).cells == ("Gift <mug>", "1", "0")

    @given(names(), REASONABLE)
    def test_a_refund_shows_exactly_the_names_that_were_given(self, name: str, line: str) -> None:
        quote = quote_called(name, line=line)
        page = Reader(explain(reverse(quote, {}, {line: 3, "&amp;": 1})).html())
        assert page.row_of(line, 0).cells[0] == name
        assert page.row_of("'\"", 0).cells[0] == name
        assert page.row_of("<mug>", 0).cells[:2] == ("Gift to return: <mug>", "1")
        assert [row.cells[0] for row in page.tables[0].rows if row.subject == "<p>"] == [name] * 2

    @given(names())
    def test_hints_show_exactly_the_names_that_were_given(self, name: str) -> None:
        cart = Cart.of("CNY", [(Product("tea", name=name), "10.00", 1)])
        rules = [
            recipes.second_half_price("<half>"),
            recipes.gift_from("<gift>", "<mug>", spend="25", layer="platform"),
        ]
        quote = price(cart, PromotionBook("CNY", rules), at=AT)
        page = Reader(explain(opportunities_of(quote)).html())
        assert page.row_of("<half>", 0).cells == (
            f"1 more of {name}", "save CN¥5.00", "CN¥10.00", "CN¥15.00",
        )  # fmt: skip
        assert page.row_of("<gift>", 0).cells[1] == "get gift <mug> × 1"

    def test_characters_that_no_name_may_have_are_not_passed_on_either(self) -> None:
        row = TableRow(kind="\"'><x", subject='\x00"', cells=(Cell("\u202e<\x1b\ud800>\u2066"),))
        table = Table(name='"><', title="\x7f", columns=(Column('">', "\x85"),), rows=(row,))
        notes = Notes(name="n", items=("\u200f\udfff",))
        html = Page(kind='">', locale="en", text="", blocks=(table, notes)).html()
        (shown,) = Reader(html).tables
        assert (shown.caption, shown.heads) == ("\ufffd", ("\ufffd",))
        assert shown.rows == [ReadRow(False, '\ufffd"', ("\ufffd<\ufffd\ufffd>\ufffd",))]
        assert Reader(html).notes == ["\ufffd\ufffd"]
        assert html.encode("utf-8")


class TestHtml:
    def test_a_quote_is_a_section_of_tables_and_notes(self) -> None:
        told = explain(real_quote(), "zh_CN", zone="Asia/Shanghai")
        page = Reader(told.html())
        assert page.attributes == {"class": "ordercore-explanation", "lang": "zh-CN", "dir": "ltr"}
        promotions, charges = page.tables
        assert promotions == (
            "已享优惠",
            ("活动", "优惠"),
            [
                ReadRow(False, "mug", ("满200送 mug × 1", "")),
                ReadRow(False, "summer", ("满300减50", "−¥50.00")),
            ],
        )
        assert (charges.caption, charges.heads) == (
            "费用明细", ("商品", "数量", "原价", "优惠", "应付"),
        )  # fmt: skip
        assert charges.rows == [
            ReadRow(False, "1", ("衬衫", "2", "¥280.00", "−¥43.08", "¥236.92")),
            ReadRow(True, "summer", ("满300减50", "", "", "−¥43.08", "")),
            ReadRow(False, "2", ("scarf", "1", "¥45.00", "−¥6.92", "¥38.08")),
            ReadRow(True, "summer", ("满300减50", "", "", "−¥6.92", "")),
            ReadRow(False, "mug", ("赠品 mug", "1", "", "", "¥0.00")),
            ReadRow(False, "", ("运费", "", "¥8.00", "¥0.00", "¥8.00")),
            ReadRow(False, "", ("合计", "", "¥333.00", "−¥50.00", "¥283.00")),
        ]
        assert page.notes == [
            "未享受的优惠：",
            "满500减90：还差 ¥175.00",
            "计价时间 2026年6月18日 08:00:00 (Asia/Shanghai)",
        ]

    def test_a_cart_without_promotions_says_so(self) -> None:
        quote = price(Cart.of("CNY", [("tea", "1.00", 1)]), PromotionBook("CNY"), at=AT)
        page = Reader(explain(quote, "en").html())
        assert page.notes == [
            "No promotion applies",
            "Priced at Jun 18, 2026, 12:00:00\u202fAM (UTC)",
        ]
        assert [table.caption for table in page.tables] == ["What it costs"]

    def test_prices_by_lists_stand_below_their_line(self) -> None:
        lists = [PriceList(id="vip", kind="member", rules=[FixedListPrice("tea", "9.90")])]
        quote = price(
            Cart.of("CNY", [("tea", "12.00", 3)]), PromotionBook("CNY"), at=AT,
            tariff=Tariff("CNY", price_lists=lists),
        )  # fmt: skip
        page = Reader(explain(quote, "zh_CN").html())
        assert page.tables[0].rows[:3] == [
            ReadRow(False, "1", ("tea", "3", "¥36.00", "−¥6.30", "¥29.70")),
            ReadRow(True, "vip", ("会员价 ¥9.90（原价 ¥12.00）", "", "", "", "")),
            ReadRow(True, "", ("会员价", "", "", "−¥6.30", "")),
        ]

    @pytest.mark.parametrize(
        ("locale", "language"), [("zh", "zh-CN"), ("en", "en"), ("en_GB", "en-GB")]
    )
    def test_a_page_knows_its_language(self, locale: str, language: str) -> None:
        for what in all_of(real_quote()):
            assert Reader(explain(what, locale).html()).attributes["lang"] == language

    def test_notebooks_show_it(self) -> None:
        for what in all_of(real_quote()):
            told = explain(what)
            assert told._repr_html_() == told.html()


DIFFERENCE = """\
项目      之前    之后      差额
--------------------------------
衬衫   ¥236.92       —  −¥236.92
scarf   ¥38.08  ¥45.00    +¥6.92
--------------------------------
应付   ¥283.00  ¥53.00  −¥230.00

项目                之前        之后
------------------------------------
满200送 mug × 1   已享受  未满足条件
满300减50        −¥50.00  未满足条件
赠品 mug               1           0"""

REFUND = """\
商品      数量   优惠前     优惠     退款
-----------------------------------------
衬衫         1  ¥140.00  −¥21.54  ¥118.46
scarf        1   ¥45.00   −¥6.92   ¥38.08
-----------------------------------------
合计                              ¥156.54
-----------------------------------------
累计退款                          ¥156.54
剩余                              ¥126.46"""

WHOLE_REFUND = """\
商品               数量   优惠前     优惠     退款
--------------------------------------------------
茶                    3  ¥270.00  −¥25.31  ¥244.69
茶                    1   ¥50.00   −¥4.69   ¥45.31
运费                                         ¥8.00
茶                                           ¥2.00
--------------------------------------------------
合计                                       ¥300.00
--------------------------------------------------
其中 <vat>（13%）                           ¥34.51
需退回赠品 <mug>      1
累计退款                                   ¥300.00
剩余                                         ¥0.00"""

SHORT_REFUND = """\
商品                      数量   优惠前     优惠      退款
----------------------------------------------------------
coat（未退）                                      −¥100.00
hat                          1  ¥100.00  −¥50.00    ¥50.00
免收差额                                            ¥50.00
----------------------------------------------------------
合计                                                 ¥0.00
----------------------------------------------------------
未退商品超出已付，不追收                            ¥50.00
累计退款                                             ¥0.00
剩余                                               ¥150.00"""

HINTS = """\
再买            可享  加购金额     应付
---------------------------------------
¥175.00  多减 ¥40.00   ¥175.00  ¥418.00"""

NO_DIFFERENCE = """\
What       Before      After  Difference
----------------------------------------
----------------------------------------
To pay  CN¥283.00  CN¥283.00     CN¥0.00"""

REFUSAL = """\
Promotion      Units  Sets  Would be back
-----------------------------------------
Set for CN¥10      6     2              1"""


class TestPages:
    def test_a_difference_as_tables(self) -> None:
        told = explain(real_difference(), "zh_CN").table()
        assert told == DIFFERENCE

    def test_why_a_promotion_is_lost_is_a_part_of_it(self) -> None:
        page = Reader(explain(real_difference(), "en").html())
        lost = page.tables[1].rows[2:4]
        assert lost == [
            ReadRow(False, "summer", ("Spend CN¥300, save CN¥50", "−CN¥50.00", "not eligible")),
            ReadRow(True, "", ("Spend CN¥300, save CN¥50: CN¥255.00 short", "", "")),
        ]

    def test_no_difference_is_said_and_shown(self) -> None:
        told = explain(diff(real_quote(), real_quote()), "en")
        assert str(told) == "No difference"
        assert Reader(told.html()).notes == ["No difference"]
        assert told.table() == NO_DIFFERENCE

    def test_a_refund_as_a_table(self) -> None:
        told = explain(reverse(real_quote(), {}, {"1": 1, "2": 1}), "zh_CN").table()
        assert told == REFUND

    def test_a_refund_with_all_that_may_be_in_it(self) -> None:
        quote = quote_called("茶")
        told = explain(reverse(quote, {}, {"<li>": 3, "&amp;": 1}), "zh_CN").table()
        assert told == WHOLE_REFUND

    def test_kept_units_and_what_is_short_are_told(self) -> None:
        cart = Cart.of("CNY", [("coat", "200.00", 1), ("hat", "100.00", 1)])
        book = PromotionBook("CNY", [recipes.spend_and_save("p", spend="300", save="150")])
        reversal = reverse(price(cart, book, at=AT), {}, {"2": 1}, "reprice")
        told = explain(reversal, "zh_CN").table()
        assert told == SHORT_REFUND

    def test_a_refusal_as_a_table(self) -> None:
        told = explain(real_refusal(), "en")
        assert told.table() == REFUSAL
        assert Reader(told.html()).tables[0].caption == "This return is refused"

    def test_hints_as_a_table(self) -> None:
        told = explain(real_hints(), "zh_CN").table()
        assert told == HINTS

    def test_where_there_are_no_hints_that_is_said(self) -> None:
        told = explain([], "zh_CN")
        assert str(told) == told.table() == "暂无可凑单的优惠"
        assert Reader(told.html()).notes == ["暂无可凑单的优惠"]
        assert told.to_plain()["tables"] == []

    def test_plain_data_have_numbers_beside_the_words(self) -> None:
        plain = explain(reverse(real_quote(), {}, {"1": 1, "2": 1}), "zh_CN").to_plain()
        assert {name: plain[name] for name in ("schema", "kind", "locale")} == {
            "schema": 1, "kind": "refund", "locale": "zh_CN",
        }  # fmt: skip
        assert plain["text"].startswith("退款 ¥")
        (table,) = plain["tables"]
        assert table["columns"][0] == {"name": "item", "title": "商品"}
        assert table["rows"][1] == {
            "kind": "line",
            "subject": "2",
            "cells": {
                "item": {"text": "scarf"},
                "quantity": {"text": "1", "count": 1},
                "base": {"text": "¥45.00", "minor": 4500, "currency": "CNY"},
                "discounts": {"text": "−¥6.92", "minor": -692, "currency": "CNY"},
                "refund": {"text": "¥38.08", "minor": 3808, "currency": "CNY"},
            },
            "parts": [
                {
                    "kind": "share",
                    "subject": "summer",
                    "cells": {
                        "item": {"text": "满300减50"},
                        "discounts": {"text": "−¥6.92", "minor": -692, "currency": "CNY"},
                    },
                }
            ],
        }
        assert table["foot"] == {
            "kind": "total",
            "subject": "",
            "cells": {
                "item": {"text": "合计"},
                "refund": {"text": "¥156.54", "minor": 15654, "currency": "CNY"},
            },
        }
        assert [row["kind"] for row in table["beside"]] == ["refunded", "remaining"]


class TestWhatIsExplained:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_the_short_ways_to_the_text_say_the_same(self, locale: str) -> None:
        difference, hints = real_difference(), real_hints()
        assert str(explain(difference, locale)) == difference.told(locale)
        assert str(explain(hints, locale)) == "\n".join([hint.told(locale) for hint in hints])
        for reversal in (real_refusal(), reverse(real_quote(), {}, {"1": 1})):
            assert str(explain(reversal, locale)) == statement(reversal, locale)

    def test_one_opportunity_is_explained_like_several(self) -> None:
        first, *_ = real_hints()
        assert explain(first) == explain([first]) == explain((first,))

    @pytest.mark.parametrize(
        "what", ["CNY 1.00", "", b"", None, {}, 3, Money.of("1", "CNY"), iter(())]
    )
    def test_nothing_else_is_explained(self, what: Any) -> None:
        with pytest.raises(InvalidType):
            explain(what)

    def test_what_is_no_opportunity_among_them_is_refused_with_its_place(self) -> None:
        first, *_ = real_hints()
        with pytest.raises(InvalidType) as caught:
            explain([first, "hint"])  # type: ignore[list-item]
        assert caught.value.path == (1,)

    def test_a_locale_without_words_is_refused(self) -> None:
        for what in all_of(real_quote()):
            with pytest.raises(InvalidValue) as caught:
                explain(what, "tlh")
            assert caught.value.reason == "unknown_locale"

    def test_pricing_loads_no_words(self) -> None:
        code = (
            "import sys; from ordercore import diff, opportunities, price, reverse;"
            "print([name for name in sys.modules if 'wording' in name or 'explaining' in name])"
        )
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert told.stdout.strip() == b"[]"


class TestSums:
    @given(pricings(), pricings_by_tariff(), st.data())
    def test_all_views_of_any_price_show_the_same_cells_and_these_add_up(
        self, one: tuple[Any, ...], other: tuple[Any, ...], data: st.DataObject
    ) -> None:
        quote = price_in(*data.draw(st.sampled_from((one, other))))
        units = {line.id: data.draw(st.integers(0, line.quantity)) for line in quote.cart.lines}
        policy = data.draw(st.sampled_from(("keep_shares", "reprice")))
        changed = price_in(quote.cart, PromotionBook(quote.currency), quote.context)
        for what in (quote, diff(quote, changed), reverse(quote, {}, units, policy)):
            told = explain(what, data.draw(st.sampled_from(LOCALES)))
            tables = [block for block in blocks(told) if isinstance(block, Table)]
            assert [each.rows for each in Reader(told.html()).tables] == list(map(rows_of, tables))
            for table in tables:
                check_sums(table)


def check_sums(table: Table) -> None:
    """The last column adds up to its foot, prices with discounts along rows, parts in rows."""
    if table.foot is not None:
        rows = [amount_of(row.cells[-1]) for row in table.rows]
        assert sum(rows) == amount_of(table.foot.cells[-1])
    if len(table.columns) != 5:
        return
    for row in table.rows:
        _, _, full, off, last = row.cells
        if full.text:
            assert amount_of(full) + amount_of(off) == amount_of(last)
            parts = [amount_of(part.cells[3]) for part in row.parts]
            assert sum(parts) == amount_of(off) or not parts


def amount_of(cell: Cell) -> int:
    if not cell.text:
        return 0
    assert isinstance(cell.value, Money)
    return cell.value.minor
