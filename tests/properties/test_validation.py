"""Law P17: what is invalid is refused in its place; what is valid is read back as written.

- A percentage is from 0 to 100; thresholds and tiers begin above zero; caps, steps, counts and
  amounts are not negative; tiers are at least one and rise; a window ends after it starts.
- What a promotion, book, context or tariff is written as meets the published schema, and is
  read back equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import attrs
import pytest
from attrs import evolve
from drawing import cases, drawn_rules
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ordercore import Money, Promotion, dump, dumps, load, loads
from ordercore.calendars import Schedule, Window
from ordercore.data import variants
from ordercore.errors import InvalidDocument, InvalidInput
from ordercore.promotions import (
    AddOnDeal,
    Benefit,
    BundlePart,
    BundlePrice,
    Condition,
    Every,
    FixedPrice,
    Funding,
    Limits,
    PickN,
    Selector,
    ShippingOff,
    Threshold,
    Tier,
    Tiers,
)
from ordercore.testing.strategies import currencies, promotions

# What is written is read back


@cache
def published(kind: str) -> Draft202012Validator:
    """The schema of a kind of document as it is shipped, such as ``promotion.2``."""
    told = files("ordercore").joinpath("schemas", f"{kind}.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(told))


def check_read_back(value: Any) -> None:
    plain = dump(value)
    published(f"{plain['kind']}.{plain['schema']}").validate(plain)
    assert load(type(value), plain) == value
    assert loads(type(value), dumps(value)) == value
    assert dumps(load(type(value), plain)) == dumps(value)


TOLD = {
    "name": st.sampled_from(("", "双十一", {"zh_CN": "夏日", "en": "Summer"})),
    "version": st.integers(1, 10**9),
}


@given(currencies().flatmap(lambda currency: promotions(str(currency), **TOLD)))
def test_p17_a_promotion_is_read_back_as_it_was_written(promotion):
    check_read_back(promotion)


@given(cases(min_promotions=2, max_promotions=2, max_lines=1))
def test_p17_a_book_and_what_it_is_asked_of_are_read_back_as_they_were_written(case):
    for value in case:
        if value is not None:
            check_read_back(value)


# What is invalid is refused, wherever it stands

KINDS = {
    **{
        f"{family.__name__} {tag}": kind
        for family in (Selector, Condition, Benefit)
        for tag, kind in variants(family).items()
        if kind.__module__.startswith("ordercore.")
    },
    **{kind.__name__: kind for kind in (BundlePart, Every, Funding, Limits, Tier)},
}


def numbers_of(rule: Any) -> Iterator[tuple[str, Any]]:
    """List the numbers and amounts that a rule names itself: (field, value)."""
    for field in attrs.fields(type(rule)):
        value = getattr(rule, field.name)
        if type(value) is int or isinstance(value, Decimal | Money):
            yield field.name, value


COUNTED = {
    name: kind
    for name, kind in KINDS.items()
    if any(re.search(r"\b(int|Amount|Decimal)\b", str(f.type)) for f in attrs.fields(kind))
}
"""The kinds that name a number."""


def like(value: Any, number: int) -> Any:
    """Make a number of the type of a value, in its finest unit."""
    if isinstance(value, Money):
        return Money(number, value.currency)
    return Decimal(number).scaleb(-2) if isinstance(value, Decimal) else number


FREE_OF_CHARGE = {(kind, "amount") for kind in (FixedPrice, PickN, BundlePrice, AddOnDeal)} | {
    (ShippingOff, "fixed")
}
"""Prices, which may be zero."""


def may_be_zero(rule: Any, name: str) -> bool:
    more_than_nothing = isinstance(rule, Threshold) and rule.above
    return "percent" in name or (type(rule), name) in FREE_OF_CHARGE or more_than_nothing


def check_refused(rule: Any, name: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        evolve(rule, **{name: value})
    assert caught.value.path[0] == name


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("kind", COUNTED.values(), ids=COUNTED)
@given(data=st.data())
def test_p17_no_number_of_a_rule_is_negative_nor_zero_where_that_says_nothing(kind, data):
    rule = data.draw(st.sampled_from(drawn_rules()[kind]))
    for name, value in numbers_of(rule):
        check_refused(rule, name, like(value, -data.draw(st.integers(1, 10**9))))
        if may_be_zero(rule, name):
            evolve(rule, **{name: like(value, 0)})
        else:
            check_refused(rule, name, like(value, 0))


BEYOND = st.decimals("100.0001", 10**6, places=4) | st.decimals(-(10**6), "-0.0001", places=4)
OF_PERCENT = {
    name: kind
    for name, kind in KINDS.items()
    if any("percent" in field.name for field in attrs.fields(kind))
}


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("kind", OF_PERCENT.values(), ids=OF_PERCENT)
@given(data=st.data(), percent=BEYOND)
def test_p17_a_percentage_is_from_0_to_100(kind, data, percent):
    rule = data.draw(st.sampled_from(drawn_rules()[kind]))
    name = next(field.name for field in attrs.fields(kind) if "percent" in field.name)
    assume(getattr(rule, name) is not None)
    for told in (percent, f"{percent:f}"):
        check_refused(rule, name, told)


@pytest.mark.usefixtures("drawn")
@given(st.data())
def test_p17_tiers_are_at_least_one_and_rise(data):
    tiers = data.draw(st.sampled_from(drawn_rules()[Tiers]))
    for unordered in ((), tiers.tiers[::-1] if len(tiers.tiers) > 1 else (), tiers.tiers * 2):
        check_refused(tiers, "tiers", unordered)
    by_other = {"amount": "1"} if tiers.tiers[0].quantity else {"quantity": 1}
    other = Tier(**by_other, benefit=tiers.tiers[0].benefit)
    check_refused(tiers, "tiers", (*tiers.tiers, other))


INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda told: told.replace(tzinfo=UTC)
)


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=400)))
def test_p17_a_window_ends_after_it_starts(end, more):
    with pytest.raises(InvalidInput) as caught:
        Window(end + more, end)
    assert caught.value.path == ("end",)
    assert Window(end, end + more + timedelta(microseconds=1)).start == end


# The same in documents


def spots(plain: Any, *path: str | int) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """List the places of a document and what stands there."""
    items = plain.items() if isinstance(plain, dict) else enumerate(plain)
    for key, value in items:
        yield (*path, key), value
        if isinstance(value, dict | list):
            yield from spots(value, *path, key)


def spoilt(path: tuple[str | int, ...], value: Any) -> list[Any]:
    """List what may not stand at a place of a promotion's document."""
    key = path[-1]
    if value is None or key in ("priority", "schema"):
        return []
    if "percent" in str(key):
        return ["100.01", "-0.01", "-100"]
    if key == "tiers":
        return [[], value * 2]
    if key == "window" and value.get("start") and value.get("end"):
        return [{**value, "end": value["start"]}]
    if type(value) is int:
        return [-1]
    amounts = ("amount", "maximum", "cap", "budget", "keep", "worth", "save", "per", "fixed")
    if key in amounts or str(key).startswith("max_"):
        return ["-1", "-0.01"]
    return []


@given(promotions(), st.data())
def test_p17_what_is_invalid_in_a_document_is_refused_in_its_place(promotion, data):
    promotion = evolve(promotion, schedule=data.draw(SCHEDULES))
    plain = dump(promotion)
    places = [(path, bad) for path, value in spots(plain) for bad in spoilt(path, value)]
    path, bad = data.draw(st.sampled_from(places))
    within = plain
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = bad
    with pytest.raises(InvalidDocument) as caught:
        load(Promotion, plain)
    assert any(fault.path[: len(path)] == path for fault in caught.value.faults)


SCHEDULES = INSTANTS.map(lambda at: Schedule(Window(at, at + timedelta(days=1))))
