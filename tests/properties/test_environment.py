"""Laws of time and place: a price depends on what is given and on nothing else.

- P15: pricing ends however many units there are, and no hash seed, locale, time zone or
  decimal context changes a result.
- P18: windows are half-open on aware instants; the same instant told in another time zone
  gives the same quote.
"""

import decimal
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ordercore import (
    Cart,
    Context,
    Money,
    Promotion,
    PromotionBook,
    dump,
    dumps,
    load,
    price,
)
from ordercore.calendars import Schedule, Window
from ordercore.pricing import Kind, price_in
from ordercore.promotions import (
    AmountOff,
    AmountOffEach,
    BuyXGetY,
    Every,
    Gift,
    NthItemOff,
    PercentOff,
    PricedBetween,
    ShippingOff,
    Tier,
    Tiers,
)
from ordercore.testing.strategies import INSTANT, pricings

Case = tuple[Cart, PromotionBook, Context]

MICROSECOND = timedelta(microseconds=1)


# P15: many units


BENEFITS = {
    "percent": PercentOff("33.33", maximum="1000000"),
    "amount": AmountOff("1", every=Every("0.01")),
    "amount each": AmountOffEach("0.01", max_units_per_line=999_999_999),
    "nth": NthItemOff(2, "50"),
    "buy and get": BuyXGetY(1, 2, "100"),
    "gift": Gift("mug", every=Every(quantity=1)),
    "tiers": Tiers((Tier(quantity=10**9, benefit=NthItemOff(3, "100")),)),
}


@pytest.mark.parametrize("benefit", BENEFITS.values(), ids=BENEFITS)
def test_p15_a_milliard_units_are_counted_and_not_listed(benefit):
    items = [("screw", "0.005", 10**9), ("nut", "0.01", 10**9), ("washer", "0", 10**9)]
    cart = Cart.of("CNY", items)
    quote = price(cart, PromotionBook("CNY", [Promotion(id="p", benefits=benefit)]), at=INSTANT)
    assert quote.outcome("p").kind is Kind.APPLIED
    middle = quote.line("1", 500_000_000, 500_000_001)
    rest = quote.line("1", 0, 500_000_000), quote.line("1", 500_000_001)
    assert sum(part.payable_minor for part in (middle, *rest)) == quote.line("1").payable_minor


# P15: where and how it runs


CHILD = """
import json, sys
from ordercore import Cart, Context, PromotionBook, load
from ordercore.pricing import price_in

for line in sys.stdin.buffer:
    told = json.loads(line)
    cart, book = load(Cart, told["cart"]), load(PromotionBook, told["book"])
    quote = price_in(cart, book, load(Context, told["context"]))
    print(ascii((quote.columns, quote.lines, quote.outcomes, quote.gifts)))
"""


def written(case: Case) -> str:
    """Write a case as one line of JSON."""
    cart, book, context = map(dump, case)
    return json.dumps({"cart": cart, "book": book, "context": context})


def drawn(count: int) -> list[Case]:
    """Draw some cases, the same ones each time."""
    cases: list[Case] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(pricings(min_promotions=2, min_lines=2))
    def draw(case: Case) -> None:
        cases.append(case)

    draw()
    return cases


CHINESE, GERMAN = ({"LC_ALL": name, "LANG": name} for name in ("zh_CN.UTF-8", "de_DE.UTF-8"))
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
SURROUNDINGS = {
    "hash seed 1, chinese, zone of odd minutes": {"TZ": "Asia/Kathmandu", **CHINESE},
    "hash seed 2, german, zone of summer time": {"TZ": "America/New_York", **GERMAN},
    "hash seed 3, ascii only, no assertions": {"PYTHONOPTIMIZE": "2", **ASCII},
}


def test_p15_no_result_depends_on_the_process_that_computes_it():
    cases = "\n".join(map(written, drawn(60))).encode()

    def digest(surroundings: dict[str, str]) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC", **surroundings}
        done = subprocess.run(
            [sys.executable, "-c", CHILD],
            input=cases,
            env=environment,
            capture_output=True,
            check=True,
        )
        assert done.stdout.count(b"\n") == 60
        return hashlib.sha256(done.stdout).hexdigest()

    expected = digest({})
    for seed, (name, surroundings) in enumerate(SURROUNDINGS.items(), 1):
        assert digest({"PYTHONHASHSEED": str(seed), **surroundings}) == expected, name


TRAPS = [decimal.Inexact, decimal.Rounded, decimal.Subnormal, decimal.FloatOperation]

HOSTILE = {
    "one digit, up": decimal.Context(prec=1, rounding=decimal.ROUND_UP, traps=[]),
    "one digit, down": decimal.Context(prec=1, rounding=decimal.ROUND_FLOOR, traps=[]),
    "every signal raises": decimal.Context(prec=1, traps=[*decimal.Context().flags, *TRAPS]),
    "no exponents": decimal.Context(prec=2, Emin=0, Emax=0, clamp=1, traps=TRAPS),
}


def told_by(case: Case) -> object:
    """Make cart and book anew, price them, and write everything down."""
    cart, book, context = case
    cart = Cart(cart.currency, cart.lines, cart.shipping, cart.rounding, cart.fees)
    book = PromotionBook(book.currency, book.promotions)
    quote = price_in(cart, book, context)
    answers = quote.columns, quote.lines, quote.outcomes, quote.gifts
    return answers, repr(answers), dumps(cart), dumps(book)


@given(pricings(min_promotions=1))
def test_p15_no_result_depends_on_the_decimal_context(case):
    expected = told_by(case)
    for name, hostile in HOSTILE.items():
        with decimal.localcontext(hostile):
            found = told_by(case)
        assert found == expected, name


@given(pricings(min_promotions=1))
def test_p15_no_document_depends_on_the_decimal_context(case):
    cart, book, _ = case
    for hostile in HOSTILE.values():
        with decimal.localcontext(hostile):
            read = load(Cart, dump(cart)), load(PromotionBook, dump(book))
        assert read == (cart, book)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_p15_amounts_are_read_alike_in_any_decimal_context(hostile):
    def read() -> object:
        cart = Cart.of("CNY", [("shirt", "129.99", 2), ("screw", "0.125", 1234)], shipping="8.00")
        book = PromotionBook(
            "CNY",
            [
                Promotion(id="a", benefits=PercentOff("33.33", PricedBetween("0.1249", "129.99"))),
                Promotion(
                    id="b", benefits=AmountOff("12.34", every=Every("99.99")), layer="coupon"
                ),
                Promotion(id="c", benefits=ShippingOff("12.5"), layer="coupon"),
            ],
        )
        quote = price(cart, book, at=INSTANT)
        assert quote.outcome("a").kind is Kind.APPLIED
        return quote.columns, str(quote.payable), repr(quote.payable), quote.payable.decimal

    expected = read()
    with decimal.localcontext(hostile):
        found = read()
    assert found == expected


# P18


def scheduled(window: Window) -> PromotionBook:
    promotion = Promotion(id="p", benefits=PercentOff("10"), schedule=Schedule(window))
    return PromotionBook("CNY", [promotion])


INSTANTS = st.datetimes(
    datetime(1971, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.sampled_from(("UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu")).map(
        ZoneInfo
    ),
)


@given(INSTANTS, st.timedeltas(MICROSECOND, timedelta(days=400)))
def test_p18_a_window_holds_its_start_and_not_its_end(start, length):
    start = start.astimezone(UTC)
    end = start + length
    cart, book = Cart.of("CNY", [("shirt", "100", 1)]), scheduled(Window(start, end))

    def applies(at: datetime) -> bool:
        return price(cart, book, at=at).payable == Money.of("90", "CNY")

    assert not applies(start - MICROSECOND)
    assert applies(start)
    assert applies(end - MICROSECOND)
    assert not applies(end)


ZONES = st.sampled_from(
    (
        UTC,
        ZoneInfo("Asia/Shanghai"),
        ZoneInfo("America/New_York"),
        ZoneInfo("Australia/Lord_Howe"),
        timezone(timedelta(hours=14)),
        timezone(timedelta(hours=-11, minutes=-59, seconds=-59)),
    )
)


@given(pricings(min_promotions=1), ZONES)
def test_p18_the_same_instant_in_another_zone_gives_the_same_quote(case, zone):
    cart, book, context = case
    quote = price_in(cart, book, context)
    other = price_in(cart, book, evolve(context, at=context.at.astimezone(zone)))
    assert other.columns == quote.columns
    assert other.lines == quote.lines
    assert [o.kind for o in other.outcomes] == [o.kind for o in quote.outcomes]


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize("fold", [0, 1])
def test_p18_an_hour_that_comes_twice_is_two_hours(fold):
    told = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=fold)
    second = datetime(2026, 11, 1, 6, tzinfo=UTC)
    cart, book = Cart.of("CNY", [("shirt", "100", 1)]), scheduled(Window(start=second))
    kinds = {price(cart, book, at=at).outcome("p").kind for at in (told, told.astimezone(UTC))}
    assert kinds == {Kind.APPLIED if fold else Kind.NOT_ELIGIBLE}
