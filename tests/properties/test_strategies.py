"""The strategies leave nothing out: every registered kind of rule is drawn, and meets a cart."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, find, settings

from ordercore.data import variants
from ordercore.pricing import Kind, price_in
from ordercore.promotions import Benefit, Condition, Promotion, Selector, Trigger
from ordercore.testing.strategies import pricings, promotions

SEARCH = settings(
    max_examples=5000,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

KINDS = {
    f"{family.__name__} {tag}": kind
    for family in (Selector, Condition, Benefit, Trigger)
    for tag, kind in variants(family).items()
    if kind.__module__.startswith("ordercore.")
}


def parts(rule: Any) -> Iterator[type]:
    """List the kinds of a rule and of everything in it."""
    yield type(rule)
    members = rule if isinstance(rule, tuple) else ()
    if attrs.has(type(rule)):
        members = [getattr(rule, field.name) for field in attrs.fields(type(rule))]
    for member in members:
        yield from parts(member)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_rule_is_drawn(kind):
    found = find(promotions(), lambda promotion: kind in parts(promotion), settings=SEARCH)
    assert isinstance(found, Promotion)


DECIDING = ["exclusive", "group", "combines_with", "basis", "rounding", "split", "overflow"]
DECIDING += ["when", "schedule", "trigger", "layer", "priority"]


@pytest.mark.parametrize("option", DECIDING)
def test_every_option_of_a_promotion_is_drawn_in_several_ways(option):
    plain = find(promotions(), lambda _: True, settings=SEARCH)
    usual = getattr(plain, option)
    found = find(promotions(), lambda other: getattr(other, option) != usual, settings=SEARCH)
    assert getattr(found, option) != usual


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.UNKNOWN_CODE])
def test_every_kind_of_outcome_is_met(kind):
    case = find(
        pricings(min_promotions=3),
        lambda case: any(outcome.kind is kind for outcome in price_in(*case).outcomes),
        settings=SEARCH,
    )
    assert price_in(*case).outcomes
