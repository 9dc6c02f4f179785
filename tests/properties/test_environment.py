"""Laws of time and place: a price depends on what is given and on nothing else.

- P15: no hash seed, locale, time zone or decimal context changes a result (and pricing ends:
  see `test_sizes`).
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
from by_hand import check_the_same_without, told
from drawing import Case, cases
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ordercore import (
    Cart,
    Money,
    Promotion,
    PromotionBook,
    Quote,
    dump,
    dumps,
    load,
    price,
)
from ordercore.calendars import Schedule, Window
from ordercore.pricing import Kind, price_in
from ordercore.promotions import (
    AmountOff,
    During,
    Every,
    PercentOff,
    PricedBetween,
    ShippingOff,
)
from ordercore.tariffs import Tariff
from ordercore.testing.strategies import INSTANT

MICROSECOND = timedelta(microseconds=1)


# P15: where and how it runs


CHILD = """
import json, sys
from ordercore import Cart, Context, PromotionBook, load
from ordercore.pricing import price_in
from ordercore.tariffs import Tariff

for line in sys.stdin.buffer:
    cart, book, context, *tariff = json.loads(line)
    quote = price_in(
        load(Cart, cart),
        load(PromotionBook, book),
        load(Context, context),
        *[load(Tariff, each) for each in tariff],
    )
    print(ascii((quote.columns, quote.lines, quote.outcomes, quote.gifts, quote.taxes)))
"""


def written(case: Case) -> str:
    """Write a case as one line of JSON."""
    return json.dumps([dump(value) for value in case if value is not None])


def drawn(count: int) -> list[Case]:
    """Draw some cases, the same ones each time."""
    made: list[Case] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(min_promotions=2, min_lines=2))
    def draw(case: Case) -> None:
        made.append(case)

    draw()
    return made


CHINESE, GERMAN = ({"LC_ALL": name, "LANG": name} for name in ("zh_CN.UTF-8", "de_DE.UTF-8"))
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
SURROUNDINGS = {
    "hash seed 1, chinese, zone of odd minutes": {"TZ": "Asia/Kathmandu", **CHINESE},
    "hash seed 2, german, zone of summer time": {"TZ": "America/New_York", **GERMAN},
    "hash seed 3, ascii only, no assertions": {"PYTHONOPTIMIZE": "2", **ASCII},
}


def test_p15_no_result_depends_on_the_process_that_computes_it():
    given_ = "\n".join(map(written, drawn(60))).encode()

    def digest(surroundings: dict[str, str]) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC", **surroundings}
        done = subprocess.run(
            [sys.executable, "-c", CHILD],
            input=given_,
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


def made_anew(case: Case) -> object:
    """Make what is priced anew, price it, and write everything down."""
    cart, book, context, tariff = case
    cart = Cart(cart.currency, cart.lines, cart.shipping, cart.rounding, cart.fees)
    book = evolve(book)
    if tariff is not None:
        tariff = Tariff(tariff.currency, tariff.price_lists, tariff.choice, tariff.taxes)
    quote = price_in(cart, book, context, tariff)
    answers = told(quote), quote.columns
    return answers, repr(answers), dumps(cart), dumps(book)


@given(cases(min_promotions=1))
def test_p15_no_result_depends_on_the_decimal_context(case):
    expected = made_anew(case)
    for name, hostile in HOSTILE.items():
        with decimal.localcontext(hostile):
            found = made_anew(case)
        assert found == expected, name


@given(cases(min_promotions=1))
def test_p15_no_document_depends_on_the_decimal_context(case):
    values = [value for value in case if value is not None]
    for hostile in HOSTILE.values():
        with decimal.localcontext(hostile):
            read = [load(type(value), dump(value)) for value in values]
        assert read == values


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


@given(cases(min_promotions=1, schedule=Schedule()), st.data())
def test_p18_a_promotion_of_any_kind_holds_from_its_start_up_to_its_end(case, data):
    cart, book, context, tariff = case
    chosen = data.draw(st.sampled_from(book.promotions))
    by_condition = data.draw(st.booleans())
    others = [promotion for promotion in book.promotions if promotion is not chosen]

    def priced(window: Window) -> Quote:
        timed = evolve(chosen, schedule=Schedule(window))
        if by_condition:
            timed = evolve(chosen, when=During(Schedule(window)) & chosen.when)
        return price_in(cart, evolve(book, promotions=[*others, timed]), context, tariff)

    at, after = context.at, context.at + MICROSECOND
    always, never = price_in(*case), price_in(cart, evolve(book, promotions=others), *case[2:])
    for window in (Window(at, after), Window(at), Window(None, after)):
        check_the_same_without(priced(window), always, {chosen.id})
        kind = priced(window).outcome(chosen.id).kind
        assert kind is always.outcome(chosen.id).kind
    for window in (Window(None, at), Window(after)):
        check_the_same_without(priced(window), never, {chosen.id})
        assert priced(window).outcome(chosen.id).kind is not Kind.APPLIED


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


@given(cases(min_promotions=1), ZONES)
def test_p18_the_same_instant_in_another_zone_gives_the_same_quote(case, zone):
    cart, book, context, tariff = case
    quote = price_in(*case)
    moved = evolve(context, at=context.at.astimezone(zone))
    check_the_same_without(price_in(cart, book, moved, tariff), quote, set())


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize("fold", [0, 1])
def test_p18_an_hour_that_comes_twice_is_two_hours(fold):
    told = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=fold)
    second = datetime(2026, 11, 1, 6, tzinfo=UTC)
    cart, book = Cart.of("CNY", [("shirt", "100", 1)]), scheduled(Window(start=second))
    kinds = {price(cart, book, at=at).outcome("p").kind for at in (told, told.astimezone(UTC))}
    assert kinds == {Kind.APPLIED if fold else Kind.NOT_ELIGIBLE}
