"""The preview of a change in words: edits, money, what is in the way; in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from making import AT, BOOK, DETAILS, HOME, SITE, drafted, in_state, moved, paid, refunded

from ordercore import Cart, CartLine, Money, UnitPrice, price
from ordercore.calendars import Window
from ordercore.cart import Fee
from ordercore.errors import InvalidType, InvalidValue
from ordercore.orders import (
    AddLine,
    Agreed,
    ChangeAddress,
    ChangeContact,
    ChangeQuantity,
    ChangeRemarks,
    ChangeService,
    EditDetail,
    OrderState,
    OverridePrice,
    RefundParts,
    RemoveLine,
    ServiceWish,
    cancel,
    confirm,
    explain_change,
    owed_refund,
    place,
    preview_change,
    request_refund,
    split,
)
from ordercore.parties import Contact
from ordercore.tariffs import Tariff, Taxes, TaxRate

DRAFT, PLACED, CONFIRMED, COMPLETED, _ = OrderState
HAT = CartLine.of("4", "hat", 2, "9.00", "CNY")
CHEAPER = OverridePrice("1", UnitPrice.of("119.00", "CNY"), "价保")
EDITS = [ChangeQuantity("1", 1), CHEAPER, RemoveLine("2"), AddLine(HAT)]
VAT = Tariff("CNY", taxes=Taxes([TaxRate("vat", "10")], included=False))


def priced(cart):
    return price(cart, BOOK, at=AT)


def told(order, *edits, quote=priced, locale="en"):
    return str(explain_change(preview_change(order, edits, quote), locale)).splitlines()


# What is told of a change that may be made


def test_a_preview_says_what_changes_what_it_costs_and_what_is_given_back():
    page = explain_change(preview_change(paid(in_state(PLACED)), EDITS, priced), "zh_CN")
    assert str(page) == (
        "订单 SO1 可以变更\n"
        "  衬衫 数量 3 → 1\n"
        "  衬衫 单价 ¥129.00 → ¥119.00（价保）\n"
        "  移除 scarf 1 × ¥45.00\n"
        "  新增 hat 2 × ¥9.00\n"
        "应付：¥462.00 → ¥217.00（−¥245.00）\n"
        "衬衫：¥349.21 → ¥119.00（−¥230.21）\n"
        "scarf：¥40.60 → —（−¥40.60）\n"
        "上门安装：¥72.19 → ¥80.00（+¥7.81）\n"
        "hat：— → ¥18.00（+¥18.00）\n"
        "满300减50：−¥50.00 → 未满足条件\n"
        "  满300减50：还差 ¥83.00\n"
        "变更后待退 ¥245.00"
    )
    assert [table.name for table in page.tables] == ["edits", "amounts", "others"]
    assert [notes.name for notes in page.notes] == ["settlement"]
    edits = page.to_plain()["tables"][0]
    assert edits["rows"][1] == {
        "kind": "override_price",
        "subject": "1",
        "cells": {
            "edit": {"text": "改价"},
            "item": {"text": "衬衫"},
            "before": {"text": "¥129.00"},
            "after": {"text": "¥119.00"},
            "reason": {"text": "价保"},
        },
    }
    assert page.kind == page.to_plain()["kind"] == "change"
    assert "改价" in page.table()
    assert page.html().startswith('<section class="ordercore-change" lang="zh-CN"')


def test_it_says_the_same_in_english():
    assert told(in_state(PLACED), *EDITS)[:6] == [
        "Order SO1 may be changed",
        "  衬衫: quantity 3 → 1",
        "  衬衫: unit price CN¥129.00 → CN¥119.00 (价保)",
        "  scarf removed: 1 × CN¥45.00",
        "  hat added: 2 × CN¥9.00",
        "To pay: CN¥462.00 → CN¥217.00 (−CN¥245.00)",
    ]
    assert told(in_state(PLACED), *EDITS)[-1] == "Then CN¥217.00 to be paid"


@pytest.mark.parametrize(
    ("order", "edits", "last"),
    [
        (paid(in_state(PLACED)), [AddLine(HAT)], ["变更后待付 ¥18.00"]),
        (paid(in_state(PLACED)), [RemoveLine("2")], ["变更后待退 ¥45.00"]),
        (paid(in_state(PLACED)), [ChangeRemarks("x")], ["价格不变", "变更后无需付款或退款"]),
        (in_state(PLACED), [ChangeRemarks("x")], ["价格不变", "变更后待付 ¥462.00"]),
    ],
)
def test_it_says_what_is_then_to_be_paid_or_given_back(order, edits, last):
    quote = None if isinstance(edits[0], ChangeRemarks) else priced
    assert told(order, *edits, quote=quote, locale="zh_CN")[-len(last) :] == last


def test_an_order_without_a_price_says_so():
    order = drafted(what=Cart.of("CNY", [("cap", "45", 1)]), services={})
    assert told(order, ChangeRemarks("x"), quote=None)[-1] == "The order has no price yet"


def test_what_is_due_is_data_first():
    order = paid(in_state(PLACED))
    dearer, cheaper, refused = (
        preview_change(order, [edit], quote)
        for edit, quote in ((AddLine(HAT), priced), (RemoveLine("2"), priced), (CHEAPER, None))
    )
    zero = Money.zero("CNY")
    assert (dearer.to_pay, dearer.to_give_back) == (dearer.difference, zero)
    assert (cheaper.to_pay, cheaper.to_give_back) == (zero, -cheaper.difference)
    assert (refused.to_pay, refused.to_give_back) == (None, None)
    assert cheaper.to_give_back == owed_refund(cheaper.after).amount
    assert cheaper.details == (
        EditDetail(
            kind="remove_line",
            line="2",
            title="scarf",
            before=Agreed(quantity=1, unit_price=UnitPrice.of("45.00", "CNY")),
        ),
    )


def test_nothing_private_is_told():
    edits = [
        ChangeRemarks("秘密"),
        ChangeContact(Contact("秘密人")),
        ChangeAddress(SITE),
        ChangeService("3", ServiceWish(site=HOME, note="秘密", appointment=Window(AT, None))),
    ]
    preview = preview_change(in_state(CONFIRMED), edits)
    page = explain_change(preview, "zh_CN", zone="Asia/Shanghai")
    assert "地址 CN 广东省 • → CN 上海市 •" in str(page)
    assert "→ 2026年11月11日 08:00:00 (Asia/Shanghai) 至 … CN 广东省 •" in str(page)
    shown = str(page) + page.html() + page.table() + repr(preview.details) + repr(preview)
    assert "秘密" not in shown


def test_a_service_may_be_left_open():
    line = told(in_state(CONFIRMED), ChangeService("3", ServiceWish()), quote=None)[1]
    assert line.endswith("→ open")


# Where two quotes cannot be compared


def test_of_a_part_of_an_order_the_amounts_on_record_are_compared():
    (order, _), _ = split(in_state(CONFIRMED), {"1": 1}, id="o-2", number="2")
    found = told(order, RemoveLine("2"), AddLine(HAT), locale="zh_CN")
    assert found[3:8] == [
        "应付：¥345.59 → ¥306.00（−¥39.59）",
        "衬衫：¥232.80 → ¥221.76（−¥11.04）",
        "scarf：¥40.60 → —（−¥40.60）",
        "上门安装：¥72.19 → ¥68.77（−¥3.42）",
        "hat：— → ¥15.47（+¥15.47）",
    ]


def test_of_a_price_that_comes_out_otherwise_the_amounts_on_record_are_compared():
    def quote(cart):
        fees = [Fee("box", Money.of("3.00", "CNY"), "包装")]
        return price(evolve(cart, fees=fees), BOOK, at=AT, tariff=VAT)

    order = in_state(PLACED)
    order = evolve(order, quote=evolve(order.quote, points_earned=7))
    found = told(order, ChangeQuantity("1", 4), quote=quote)
    assert found[2:] == [
        "To pay: CN¥462.00 → CN¥653.41 (+CN¥191.41)",
        "衬衫: CN¥349.21 → CN¥523.33 (+CN¥174.12)",
        "scarf: CN¥40.60 → CN¥45.64 (+CN¥5.04)",
        "上门安装: CN¥72.19 → CN¥81.14 (+CN¥8.95)",
        "包装: — → CN¥3.00 (+CN¥3.00)",
        "Tax on top: CN¥0.00 → CN¥0.30 (+CN¥0.30)",
        "Then CN¥653.41 to be paid",
    ]


# What is in the way


def one_refunded():
    order = moved(in_state(CONFIRMED), "allocate", "ship", "deliver", units={"1": 2})
    return refunded(paid(order), {"1": 1})


CHEAPER_NOW = "by the new price; what was given back is not made cheaper"
SHIPPED = moved(in_state(CONFIRMED), "allocate", "ship", units={"1": 2, "3": 1})
GONE = moved(in_state(CONFIRMED), "allocate", "ship")
LATER = ChangeService("3", ServiceWish(appointment=Window(AT, AT + timedelta(days=1))))
NOWHERE = place(
    drafted(
        details=evolve(DETAILS, delivery=None),
        services=dict.fromkeys("123", ServiceWish(site=SITE)),
    )
)[0]
UNPRICED = drafted(what=Cart.of("CNY", [("cap", "45", 1)]), services={})


@pytest.mark.parametrize(
    ("order", "edits", "quote", "chinese", "english"),
    [
        (
            SHIPPED,
            [ChangeQuantity("1", 1), LATER],
            priced,
            ["衬衫 已发货 2 件，不能再少", "上门安装 已没有待完成的部分"],
            [
                "衬衫: 2 are shipped already; no fewer can be kept",
                "上门安装: nothing of it is open any more",
            ],
        ),
        (
            GONE,
            [ChangeAddress(SITE)],
            None,
            ["已没有待配送的商品，不能再改地址"],
            ["nothing is left to be delivered to another address"],
        ),
        (
            in_state(PLACED),
            [RemoveLine("1"), RemoveLine("2"), RemoveLine("3")],
            priced,
            ["变更后没有任何商品，请改为取消订单"],
            ["nothing would be left of the order: cancel it instead"],
        ),
        (
            in_state(COMPLETED),
            [ChangeRemarks("x")],
            None,
            ["订单已结束：已完成"],
            ["the order is over: completed"],
        ),
        (
            NOWHERE,
            [AddLine(HAT)],
            priced,
            ["hat 没有收货地址或服务地点，请补充"],
            ["hat: nobody knows where to: give an address"],
        ),
        (
            in_state(PLACED),
            [AddLine(HAT)],
            None,
            ["尚未计价，请按变更后的购物车计价"],
            ["it is not priced: give the quote of the changed cart"],
        ),
        (
            UNPRICED,
            [AddLine(HAT)],
            priced(Cart("CNY", [HAT])),
            ["草稿订单尚未计价，请先整单计价"],
            ["the draft has no price yet: price all of it"],
        ),
        (
            in_state(PLACED),
            [AddLine(HAT)],
            priced(in_state(PLACED).quote.cart),
            ["hat 的计价内容与变更后的订单不符"],
            ["hat: what was priced is not what would be ordered"],
        ),
        (
            one_refunded(),
            [RemoveLine("2")],
            priced,
            [
                "衬衫 已退已补 1 件，当时价 ¥116.40，变更后价 ¥115.19；已退已补部分不能降价",
                "可改为：新增商品另下订单；不要的商品用取消",
            ],
            [
                f"衬衫: 1 given back at CN¥116.40, and CN¥115.19 {CHEAPER_NOW}",
                "instead: place another order for what is added; cancel units that are not wanted",
            ],
        ),
    ],
)
def test_what_is_in_the_way_is_told_line_by_line(order, edits, quote, chinese, english):
    for locale, expected in (("zh_CN", chinese), ("en", english)):
        page = explain_change(preview_change(order, edits, quote), locale)
        (obstacles,) = page.notes
        assert (obstacles.name, obstacles.items) == ("obstacles", tuple(expected))
        assert str(page).splitlines()[-len(expected) :] == expected
        assert "SO1" in str(page).splitlines()[0]


def test_less_tax_on_what_was_given_back_is_told_as_such():
    nine, ten = (
        Tariff("CNY", taxes=Taxes([TaxRate("vat", rate)], included=True)) for rate in ("9", "10")
    )
    first = price(in_state(PLACED).quote.cart, BOOK, at=AT, tariff=ten)
    order = paid(confirm(place(drafted(what=first))[0], payment_policy_met=True)[0])
    order = cancel(order, "sold_out", {"1": 1})[0]
    order = request_refund(order, owed_refund(order), id="r-1", reason="x")[0]
    other = price(first.cart, BOOK, at=AT, tariff=nine)
    found = told(order, ChangeQuantity("1", 2), quote=other)
    assert found[-2] == "衬衫: 1 given back at CN¥116.40, with more tax than by the new price"


@pytest.mark.parametrize(
    ("given", "cart", "what"),
    [
        ({"shipping": "5.00"}, {"shipping": Money.of("4.99", "CNY")}, "运费"),
        (
            {"fees": {"box": "2.00"}},
            {"fees": [Fee("box", Money.of("1.99", "CNY"), "包装")]},
            "包装",
        ),
    ],
)
def test_a_charge_of_which_more_was_given_back_is_named(given, cart, what):
    dear = {"shipping": Money.of("8", "CNY"), "fees": [Fee("box", Money.of("3", "CNY"), "包装")]}
    whole = evolve(in_state(PLACED).quote.cart, **dear)
    order = paid(confirm(place(drafted(what=priced(whole)))[0], payment_policy_met=True)[0])
    parts = RefundParts(
        **{
            name: {each: Money.of(amount, "CNY") for each, amount in told.items()}
            if isinstance(told, dict)
            else Money.of(told, "CNY")
            for name, told in given.items()
        }
    )
    order = request_refund(order, parts, id="r-1", reason="late")[0]
    found = told(order, ChangeAddress(SITE), quote=priced(evolve(whole, **cart)), locale="zh_CN")
    assert found[-2:] == [
        f"{what}：已退金额超过变更后的价格",
        "可改为：新增商品另下订单；不要的商品用取消",
    ]


def test_what_people_wrote_is_no_markup_on_a_page():
    edits = [
        OverridePrice("1", UnitPrice.of("1.00", "CNY"), "<script>"),
        AddLine(CartLine.of("4", "<b>hat</b>", 1, "9.00", "CNY")),
    ]
    for quote in (priced, None):
        html = explain_change(preview_change(in_state(PLACED), edits, quote)).html()
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "<b>" not in html


# What people see of it in a terminal, and what is refused


def test_a_preview_shows_itself_in_one_short_line():
    order = in_state(PLACED)
    assert repr(preview_change(order, EDITS, priced)) == (
        "<ChangePreview of order o-1, version 2: change_quantity 1, override_price 1,"
        " remove_line 2 and 1 more; CNY -245.00>"
    )
    assert repr(preview_change(order, [ChangeRemarks("秘密"), AddLine(HAT)])) == (
        "<ChangePreview of order o-1, version 2: change_remarks, add_line 4; refused by priced>"
    )
    assert repr(preview_change(UNPRICED, [ChangeRemarks("x")])) == (
        "<ChangePreview of order o-1, version 1: change_remarks; no price>"
    )


def test_what_is_no_preview_and_what_has_no_words_is_refused():
    preview = preview_change(in_state(PLACED), [ChangeRemarks("x")])
    with pytest.raises(InvalidType) as caught:
        explain_change(in_state(PLACED))
    assert caught.value.path == ("preview",)
    with pytest.raises(InvalidValue):
        explain_change(preview, "fr")
