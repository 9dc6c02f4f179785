"""The strategies leave nothing out: every kind of rule and every choice of it is drawn.

A rule is no use to a law that never meets it. So each registered kind is looked for among
drawn promotions, and each field of it must be seen with several values. And what is drawn
meets carts: every outcome comes about.
"""

from functools import cache
from typing import Any

import attrs
import pytest
from drawing import drawn_rules
from hypothesis import HealthCheck, Phase, given, settings

from ordercore.data import variants
from ordercore.pricing import Kind, price_in
from ordercore.promotions import (
    Benefit,
    Condition,
    ContextAttribute,
    HasAttribute,
    Promotion,
    Selector,
    Trigger,
)
from ordercore.testing import strategies
from ordercore.testing.strategies import pricings

KINDS = {
    f"{family.__name__} {tag}": kind
    for family in (Selector, Condition, Benefit, Trigger)
    for tag, kind in variants(family).items()
    if kind.__module__.startswith("ordercore.")
}

OF_ONE_VALUE = {(HasAttribute, "name"), (ContextAttribute, "name")}
"""Fields that are drawn with one value: there is one such attribute."""


def values_of(kind: type, name: str) -> set[str]:
    return {repr(getattr(rule, name)) for rule in drawn_rules()[kind]}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_rule_is_drawn_with_several_values_of_every_field(kind: Any) -> None:
    assert kind in drawn_rules()
    for field in attrs.fields(kind):
        if field.init and (kind, field.name) not in OF_ONE_VALUE:
            assert len(values_of(kind, field.name)) > 1, field.name


UNTOLD = {"name", "version"}
"""Fields of a promotion that no price depends on."""


def test_every_option_of_a_promotion_is_drawn_in_several_ways() -> None:
    for field in attrs.fields(Promotion):
        if field.init and field.name not in UNTOLD:
            assert len(values_of(Promotion, field.name)) > 1, field.name


NEVER = {Kind.UNKNOWN_CODE, Kind.UNKNOWN_COUPON}
"""What becomes of no promotion."""


@cache
def kinds_met() -> set[Kind]:
    """Price many drawn carts, the same ones each time: what becomes of promotions."""
    met: set[Kind] = set()

    @settings(
        max_examples=200,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(pricings(min_promotions=3))
    def collect(case: Any) -> None:
        met.update(outcome.kind for outcome in price_in(*case).outcomes)

    collect()
    return met


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in NEVER])
def test_every_kind_of_outcome_is_met(kind: Kind) -> None:
    assert kind in kinds_met()


MADE = sorted(name for name in strategies.__all__ if name.islower() and name != "amounts")


@pytest.mark.parametrize("name", MADE)
def test_a_strategy_is_told_in_few_words(name: str) -> None:
    """Hypothesis tells of a strategy whenever a filter is in vain; it may not take gigabytes."""
    assert len(repr(getattr(strategies, name)())) < 10_000
