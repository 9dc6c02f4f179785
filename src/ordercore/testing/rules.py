"""Hypothesis strategies for rules: selectors, conditions, benefits and schedules of any kind."""

from __future__ import annotations

from datetime import time
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from ordercore.calendars import Recurrence, Schedule, Window
from ordercore.money import Currency, Money
from ordercore.promotions import (
    AllOf,
    AllOfSelectors,
    AllUnits,
    Always,
    AmountOff,
    AmountOffEach,
    AnyOf,
    AnyOfSelectors,
    Benefit,
    Brand,
    BuyXGetY,
    Category,
    Condition,
    CustomerInGroup,
    Every,
    Gift,
    HasAttribute,
    InRegion,
    LineAtLeast,
    NotCondition,
    NotSelected,
    NthItemOff,
    OrderNumber,
    PercentOff,
    Pick,
    PricedBetween,
    Selector,
    Seller,
    ShippingOff,
    Sku,
    Threshold,
    Tier,
    Tiers,
    Undiscounted,
    ViaChannel,
)
from ordercore.testing.alphabets import (
    BASES,
    BRANDS,
    CATEGORIES,
    CHANNELS,
    COLOURS,
    FAR,
    GIFTS,
    GROUPS,
    INSTANT,
    MAX_TIMES,
    NEAR,
    PERCENTS,
    REGIONS,
    SELLERS,
    SKUS,
    SMALL,
    maybe,
    rule_amounts,
    some_of,
)

__all__ = ["benefits", "conditions", "schedules", "selectors"]


def selectors(currency: str = "CNY") -> st.SearchStrategy[Selector]:
    """Draw a selector of any kind, composed at most twice with ``&``, ``|`` and ``~``."""
    return _selectors(currency)


@cache
def _selectors(currency: str) -> st.SearchStrategy[Selector]:
    amount = rule_amounts(currency)
    single: st.SearchStrategy[Selector] = st.one_of(
        st.just(AllUnits()),
        st.builds(Sku, some_of(SKUS)),
        st.builds(Category, some_of(CATEGORIES)),
        st.builds(Brand, some_of(BRANDS)),
        st.builds(Seller, some_of(SELLERS)),
        st.builds(HasAttribute, st.just("colour"), st.sampled_from(COLOURS)),
        st.builds(PricedBetween, amount, st.none()) | st.builds(PricedBetween, st.none(), amount),
        st.just(Undiscounted()),
    )
    return _composed(_composed(single, _SELECTORS), _SELECTORS)


@cache
def _conditions(currency: str) -> st.SearchStrategy[Condition]:
    amount, target = rule_amounts(currency), _selectors(currency)
    single: st.SearchStrategy[Condition] = st.one_of(
        st.just(Always()),
        st.builds(Threshold, amount, target=target, basis=BASES),
        st.builds(Threshold, quantity=st.integers(1, 8), target=target),
        st.builds(LineAtLeast, amount, target, BASES),
        st.builds(CustomerInGroup, some_of(GROUPS)),
        st.builds(OrderNumber, st.integers(1, 3)),
        st.builds(InRegion, some_of(REGIONS)),
        st.builds(ViaChannel, some_of(CHANNELS)),
    )
    return _composed(_composed(single, _CONDITIONS), _CONDITIONS)


def conditions(currency: str = "CNY") -> st.SearchStrategy[Condition]:
    """Draw a condition of any kind, composed at most twice with ``&``, ``|`` and ``~``."""
    return _conditions(currency)


_SELECTORS: Final = (AllOfSelectors, AnyOfSelectors, NotSelected)
_CONDITIONS: Final = (AllOf, AnyOf, NotCondition)


def _composed(single: st.SearchStrategy[Any], kinds: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Draw most often what is given, else two of it joined or one negated."""
    every, any_, not_ = kinds
    pair = st.tuples(single, single)
    return st.one_of(
        single,
        single,
        single,
        st.builds(every, pair),
        st.builds(any_, pair),
        st.builds(not_, single),
    )


@cache
def _everies(currency: str) -> st.SearchStrategy[Every]:
    limits = {"max_times": MAX_TIMES, "basis": BASES}
    by_amount = st.builds(Every, rule_amounts(currency), **limits)
    return by_amount | st.builds(Every, quantity=SMALL, **limits)


@cache
def _single_benefits(currency: str) -> st.SearchStrategy[Benefit]:
    amount, target = rule_amounts(currency), _selectors(currency)
    every = maybe(_everies(currency))
    return st.one_of(
        st.builds(PercentOff, PERCENTS, target, maybe(amount), BASES),
        st.builds(AmountOff, amount, target, every),
        st.builds(AmountOffEach, amount, target, maybe(SMALL)),
        st.builds(NthItemOff, SMALL, PERCENTS, target, MAX_TIMES),
        st.builds(
            BuyXGetY, SMALL, SMALL, PERCENTS, target, target, MAX_TIMES, st.sampled_from(Pick)
        ),
        st.builds(Gift, st.sampled_from(GIFTS), SMALL, maybe(amount), every, target),
        st.builds(ShippingOff, PERCENTS) | st.builds(ShippingOff, amount=amount),
    )


@st.composite
def _tiers(draw: st.DrawFn, currency: str) -> Tiers:
    benefit, by_amount = _single_benefits(currency), draw(st.booleans())
    tiers: tuple[Tier, ...] = ()
    for step in sorted(draw(_STEPS)):
        least: dict[str, Any] = {"quantity": step}
        if by_amount:
            least = {"amount": Money(2500 * step, Currency(currency)).decimal}
        tiers += (Tier(**least, benefit=draw(benefit)),)
    return Tiers(tiers, draw(_selectors(currency)), draw(BASES))


_STEPS: Final = st.sets(st.integers(1, 8), min_size=1, max_size=3)


@cache
def _benefits(currency: str) -> st.SearchStrategy[Benefit]:
    single = _single_benefits(currency)
    return st.one_of(single, single, single, _tiers(currency))


def benefits(currency: str = "CNY") -> st.SearchStrategy[Benefit]:
    """Draw a benefit of any kind."""
    return _benefits(currency)


_WEDNESDAYS: Final = Recurrence(
    "FREQ=WEEKLY;BYDAY=WE", "Asia/Shanghai", time(10), time(10, 0, 0, 1)
)
_EVERY_OTHER_DAY: Final = Recurrence(
    "FREQ=DAILY;INTERVAL=2", "UTC", time(23), time(3), INSTANT.date()
)


def schedules() -> st.SearchStrategy[Schedule]:
    """Draw a schedule: none, or one that begins or ends near `INSTANT`, or recurs."""
    return _schedules()


@cache
def _schedules() -> st.SearchStrategy[Schedule]:
    start, end = maybe(st.sampled_from((*NEAR, FAR[0]))), maybe(st.just(FAR[1]))
    opening = st.builds(Window, start, end)
    closing = st.builds(Window, st.just(FAR[0]), st.sampled_from(NEAR))
    recurrence = st.sampled_from((None, _WEDNESDAYS, _EVERY_OTHER_DAY))
    scheduled = st.builds(Schedule, opening | closing, recurrence)
    return st.one_of(st.just(Schedule()), st.just(Schedule()), st.just(Schedule()), scheduled)
