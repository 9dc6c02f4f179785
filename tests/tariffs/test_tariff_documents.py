"""A tariff as a document: written, read back, and refused with every fault in its place."""

from __future__ import annotations

import json
import pickle
import re
from copy import deepcopy
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore.calendars import Recurrence, Schedule, Window
from ordercore.data import dump, dumps, load, loads
from ordercore.errors import CurrencyMismatch, InvalidDocument, InvalidInput, OrderCoreError
from ordercore.money import Money, UnitPrice
from ordercore.tariffs import (
    MAX_LISTS,
    MAX_RATES,
    MAX_RULES,
    CostPlus,
    FixedListPrice,
    OffListPrice,
    PayableRounding,
    PriceList,
    Tariff,
    Taxes,
    TaxRate,
)

FULL = Tariff(
    "CNY",
    [
        PriceList(
            id="gold",
            rules=[
                OffListPrice("5"),
                FixedListPrice("screw", UnitPrice.of("0.125", "CNY"), 100),
                CostPlus("tea", "3.20", "40", decimals=1, rounding="up"),
            ],
            kind="member",
            name="金卡会员价",
            groups=["gold"],
            channels=["app"],
            regions=["CN-31"],
        ),
        PriceList(
            id="flash",
            rules=[FixedListPrice("tea", "5.00")],
            kind="flash",
            schedule=Schedule(
                Window(datetime(2026, 11, 11, tzinfo=UTC)),
                Recurrence("FREQ=DAILY", "Asia/Shanghai", time(10), time(12)),
            ),
            priority=5,
            purchase_limit=2,
        ),
    ],
    choice="priority",
    taxes=Taxes(
        [TaxRate("vat", "13"), TaxRate("books", "9", "books", "CN-31", ["goods", "fees"])],
        included=False,
        level="order",
        rounding="half_even",
        shipping_class="freight",
        exempt_groups=["embassy"],
    ),
    rounding=PayableRounding("0.1"),
    version="2026-11",
)

SHORT: dict[str, Any] = {
    "schema": 1,
    "kind": "tariff",
    "currency": "CNY",
    "price_lists": [
        {
            "id": "gold",
            "rules": [
                {"type": "off_list_price", "percent": "5"},
                {"type": "fixed_price", "sku": "screw", "price": "0.125", "min_quantity": 100},
                {"type": "cost_plus", "sku": "tea", "cost": "3.20", "percent": "40"},
            ],
            "groups": ["gold"],
        }
    ],
    "taxes": {"rates": [{"id": "vat", "percent": "13"}]},
    "rounding": {"step": "0.1"},
}


def test_a_tariff_is_read_back_as_it_was_written():
    assert load(Tariff, dump(FULL)) == FULL
    assert loads(Tariff, dumps(FULL)) == FULL
    assert dumps(loads(Tariff, dumps(FULL))) == dumps(FULL)
    assert pickle.loads(pickle.dumps(FULL)) == FULL
    assert deepcopy(FULL) == FULL


def test_a_tariff_is_plain_data_with_its_defaults_left_out():
    tariff = load(Tariff, SHORT)
    assert dump(tariff) == SHORT
    assert tariff.price_lists[0].rules[1] == FixedListPrice("screw", "0.125", 100)
    assert tariff.taxes == Taxes([TaxRate("vat", "13")])
    assert load(Tariff, {"schema": 1, "kind": "tariff", "currency": "JPY"}) == Tariff("JPY")


def faults_of(plain: object) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        load(Tariff, plain)
    return [str(fault) for fault in caught.value.faults]


def test_ten_faults_give_ten_messages_each_with_its_place():
    plain = {
        "schema": 1,
        "kind": "tariff",
        "currency": "CNY",
        "choice": "cheapest",
        "price_lists": [
            {"id": "a", "rules": [{"type": "off_list_price", "percent": "101"}]},
            {"id": "é", "rules": [{"type": "fixed_price", "sku": "tea", "price": "-1"}]},
            {"id": "b", "rules": [{"type": "half_price"}], "purchase_limit": 0},
            {"id": "c", "rules": [{"type": "cost_plus", "sku": "tea", "percent": "10"}]},
        ],
        "taxes": {"rates": [{"id": "vat", "percent": "13", "on": ["gifts"]}], "level": "cart"},
        "rounding": {"step": "0"},
    }
    assert [fault.split(": ")[0] for fault in faults_of(plain)] == [
        "choice",
        "price_lists[0].rules[0].percent",
        "price_lists[1].id",
        "price_lists[1].rules[0].price",
        "price_lists[2].rules[0].type",
        "price_lists[2].purchase_limit",
        "price_lists[3].rules[0].cost",
        "taxes.rates[0].on[0]",
        "taxes.level",
        "rounding.step",
    ]


def test_faults_between_fields_are_told_all_at_once():
    rules = [
        FixedListPrice("tea", "0.123456789"),
        FixedListPrice("tea", "5.00"),
        OffListPrice("5", "tea"),
        CostPlus("cup", UnitPrice.of("1", "USD"), "10"),
        CostPlus("pot", "9999999999999", "100000"),
    ]
    lists = [PriceList(id="a", rules=rules), PriceList(id="a", rules=[])]
    with pytest.raises(InvalidDocument) as caught:
        Tariff("CNY", lists, rounding=PayableRounding(Money.of("5", "JPY")))
    told = [re.sub("got [0-9]+$", "got ...", str(fault)) for fault in caught.value.faults]
    assert told == [
        "price_lists[0].rules[0].price: expected at most 8 decimals, got 0.123456789",
        "price_lists[0].rules[1]: expected one rule for a sku and a quantity",
        "price_lists[0].rules[2]: expected one rule for a sku and a quantity",
        "price_lists[0].rules[3].cost: expected a price in CNY, got 'USD 1.00'",
        "price_lists[0].rules[4].cost: expected a price up to 10^15 minor units, got ...",
        "price_lists[1].id: expected an id used once, got 'a'",
        "rounding.step: expected an amount in CNY, got 'JPY 5'",
    ]
    assert caught.value.faults[3].code == CurrencyMismatch.code


def test_every_rate_whose_id_is_taken_is_told():
    rates = [TaxRate("a", "1"), TaxRate("b", "1"), TaxRate("a", "2"), TaxRate("b", "3")]
    with pytest.raises(InvalidDocument) as caught:
        Taxes(rates)
    assert [fault.path for fault in caught.value.faults] == [
        ("rates", 2, "id"),
        ("rates", 3, "id"),
    ]
    assert {fault.reason for fault in caught.value.faults} == {"duplicate_id"}


REFUSED = [
    (lambda: FixedListPrice("", "1"), "sku"),
    (lambda: FixedListPrice("tea", 1), "price"),
    (lambda: FixedListPrice("tea", 1.5), "price"),
    (lambda: FixedListPrice("tea", True), "price"),
    (lambda: FixedListPrice("tea", "１"), "price"),
    (lambda: FixedListPrice("tea", "1e2"), "price"),
    (lambda: FixedListPrice("tea", "NaN"), "price"),
    (lambda: FixedListPrice("tea", "-0.01"), "price"),
    (lambda: FixedListPrice("tea", "1", 0), "min_quantity"),
    (lambda: FixedListPrice("tea", "1", True), "min_quantity"),
    (lambda: FixedListPrice("tea", "1", 10**9 + 1), "min_quantity"),
    (lambda: CostPlus("tea", "1", "100000.01"), "percent"),
    (lambda: CostPlus("tea", "1", "-1"), "percent"),
    (lambda: CostPlus("tea", "1", "5", decimals=9), "decimals"),
    (lambda: CostPlus("tea", "1", "5", rounding="nearest"), "rounding"),
    (lambda: OffListPrice("100.1"), "percent"),
    (lambda: OffListPrice(5), "percent"),
    (lambda: OffListPrice("5", decimals=-1), "decimals"),
    (lambda: OffListPrice("5", decimals=True), "decimals"),
    (lambda: PriceList(id="a", rules=[1]), "rules[0]"),
    (lambda: PriceList(id="a", rules="x"), "rules"),
    (lambda: PriceList(id="a" * 65, rules=[]), "id"),
    (lambda: PriceList(id="a", rules=[], groups=[""]), "groups[0]"),
    (lambda: PriceList(id="a", rules=[], regions=3), "regions"),
    (lambda: PriceList(id="a", rules=[], kind="a\nb"), "kind"),
    (lambda: PriceList(id="a", rules=[], name="\u202egnp"), "name"),
    (lambda: PriceList(id="a", rules=[], schedule=None), "schedule"),
    (lambda: PriceList(id="a", rules=[], priority=10**9 + 1), "priority"),
    (lambda: PriceList(id="a", rules=[], purchase_limit=0), "purchase_limit"),
    (lambda: PriceList(id="a", rules=[], purchase_limit="2"), "purchase_limit"),
    (lambda: TaxRate("vat", "1000.01"), "percent"),
    (lambda: TaxRate("vat", "-1"), "percent"),
    (lambda: TaxRate("vat", 13), "percent"),
    (lambda: TaxRate("vat", "13", ()), "tax_classes"),
    (lambda: TaxRate("vat", "13", on=()), "on"),
    (lambda: TaxRate("vat", "13", on=["goods", "gifts"]), "on[1]"),
    (lambda: TaxRate("vat", "13", regions=[None]), "regions[0]"),
    (lambda: Taxes(["vat"]), "rates[0]"),
    (lambda: Taxes([], included=1), "included"),
    (lambda: Taxes([], level="cart"), "level"),
    (lambda: Taxes([], rounding="nearest"), "rounding"),
    (lambda: Taxes([], shipping_class=""), "shipping_class"),
    (lambda: Taxes([], exempt_groups=[""]), "exempt_groups[0]"),
    (lambda: Tariff("CNY", [1]), "price_lists[0]"),
    (lambda: Tariff("CNY", choice="worst"), "choice"),
    (lambda: Tariff("CNY", taxes=[]), "taxes"),
    (lambda: Tariff("CNY", rounding="0.1"), "rounding"),
    (lambda: Tariff("CNY", version="v" * 65), "version"),
    (lambda: PriceList(id="a", rules=[OffListPrice("5")] * (MAX_RULES + 1)), "rules"),
    (lambda: Tariff("CNY", [PriceList(id="a", rules=[])] * (MAX_LISTS + 1)), "price_lists"),
    (lambda: Taxes([TaxRate("vat", "13")] * (MAX_RATES + 1)), "rates"),
]


@pytest.mark.parametrize(("make", "place"), REFUSED)
def test_what_is_no_tariff_is_refused_in_its_place(make, place):
    with pytest.raises(InvalidInput) as caught:
        make()
    assert str(caught.value).startswith(f"{place}: expected ")


HOSTILE = [
    None, True, 0, -1, 2.9, float("nan"), 10**40, "", " ", "NaN", "1e400", "１２", "CNY 1",
    "USD 1", "CNY 1.005", "-0", "\x00", "\ud800", "x" * 1000, [], {}, [[]], [{}],
    {"type": "fixed_price"}, {"type": []}, {1: 2}, ["gold"], "half_up", "goods", object,
]  # fmt: skip


def spots(plain: object) -> list[tuple[Any, Any]]:
    """List every place of a document: its container and its key there."""
    found: list[tuple[Any, Any]] = []
    if isinstance(plain, dict | list):
        for key in plain if isinstance(plain, dict) else range(len(plain)):
            found.append((plain, key))
            found += spots(plain[key])
    return found


def answer(plain: object) -> Tariff | tuple[InvalidInput, ...]:
    """Read a document, or tell the faults that it is refused for."""
    try:
        return load(Tariff, plain)
    except InvalidDocument as error:
        return error.faults


def check(plain: object) -> None:
    """A document is read back as it is written, or it has faults that can be told."""
    told = answer(plain)
    if isinstance(told, Tariff):
        assert load(Tariff, dump(told)) == told
    else:
        assert told
        assert all(str(fault).isprintable() for fault in told)


@pytest.mark.parametrize("place", range(len(spots(dump(FULL)))))
def test_any_part_may_be_missing_or_anything(place):
    for value in HOSTILE:
        plain = deepcopy(dump(FULL))
        container, key = spots(plain)[place]
        container[key] = value
        check(plain)
    plain = deepcopy(dump(FULL))
    container, key = spots(plain)[place]
    del container[key]
    check(plain)


@given(st.data())
def test_torn_text_is_refused(data):
    text = dumps(FULL)
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(InvalidDocument):
        loads(Tariff, text[:cut])


@pytest.mark.parametrize("field", ["tables", "step_minor", "rules", "x"])
def test_a_field_that_nobody_knows_is_refused(field):
    (told,) = faults_of({**SHORT, field: []})
    assert told.startswith(f"{field}: expected ")


def test_numbers_in_json_are_text():
    text = json.dumps(SHORT).replace('"13"', "13")
    with pytest.raises(OrderCoreError) as caught:
        loads(Tariff, text)
    assert "taxes.rates[0].percent: " in str(caught.value)
