"""Hypothesis strategies for rules: selectors, conditions, benefits and schedules of any kind.

What is public is a composite: it prints as its own name, and not as the millions of
characters of all that it is made of.
"""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from ordercore.calendars import Recurrence, Schedule, Window
from ordercore.money import Currency, Money
from ordercore.promotions import (
    AddOnDeal,
    AllOf,
    AllOfSelectors,
    AllUnits,
    Always,
    AmountOff,
    AmountOffEach,
    AnyOf,
    AnyOfSelectors,
    AtListPrice,
    Benefit,
    Brand,
    BundlePrice,
    BuyXGetY,
    Category,
    CheapestOff,
    Condition,
    ContextAttribute,
    CustomerInGroup,
    Deposit,
    DistinctProducts,
    During,
    EarnPoints,
    Every,
    Excess,
    FeeOff,
    FixedPrice,
    Gift,
    GiftChoice,
    GrantCoupon,
    HasAttribute,
    HasCode,
    HoldsCoupon,
    InRegion,
    Limits,
    LineAtLeast,
    NotCondition,
    NotSelected,
    NthItemOff,
    OrderNumber,
    PercentOf,
    PercentOff,
    Pick,
    PickN,
    PointsRedemption,
    PricedBetween,
    Selector,
    Seller,
    ShippingOff,
    Sku,
    Split,
    Threshold,
    Tier,
    Tiers,
    Undiscounted,
    ViaChannel,
)
from ordercore.testing.alphabets import (
    BASES,
    BRANDS,
    CAMPAIGNS,
    CATEGORIES,
    CHANNELS,
    CODES,
    COLOURS,
    COUPONS,
    FAR,
    FEES,
    GIFTS,
    GROUPS,
    IDS,
    INSTANT,
    MAX_TIMES,
    NEAR,
    PERCENTS,
    REGIONS,
    SELLERS,
    SKUS,
    SMALL,
    amounts,
    maybe,
    mostly,
    rule_amounts,
    some_of,
)

__all__ = ["benefits", "conditions", "limits", "schedules", "selectors"]


@st.composite
def selectors(draw: st.DrawFn, /, currency: str = "CNY") -> Selector:
    """Draw a selector of any kind, composed at most twice with ``&``, ``|`` and ``~``."""
    return draw(_selectors(currency))


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
        st.one_of(
            st.builds(PricedBetween, amount, st.none()),
            st.builds(PricedBetween, st.none(), amount),
            st.builds(_between, amounts(currency), amounts(currency)),
        ),
        st.just(Undiscounted()),
        st.just(AtListPrice()),
    )
    return _composed(_composed(single, _SELECTORS), _SELECTORS)


def _between(one: Money, other: Money) -> PricedBetween:
    return PricedBetween(min(one, other), max(one, other))


@cache
def _conditions(currency: str) -> st.SearchStrategy[Condition]:
    amount, target = rule_amounts(currency), selectors(currency)
    count = st.integers(1, 8)
    single: st.SearchStrategy[Condition] = st.one_of(
        st.just(Always()),
        *_thresholds(amount, count, target),
        st.builds(LineAtLeast, amount, target, BASES)
        | st.builds(LineAtLeast, target=target, quantity=count),
        st.builds(DistinctProducts, SMALL, target),
        st.builds(CustomerInGroup, some_of(GROUPS)),
        st.builds(HoldsCoupon, some_of(COUPONS)),
        st.builds(HasCode, some_of(CODES)),
        st.builds(OrderNumber, SMALL)
        | st.builds(OrderNumber, at_least=SMALL)
        | st.builds(OrderNumber, at_most=SMALL)
        | st.just(OrderNumber(at_least=2, at_most=3)),
        st.builds(InRegion, some_of(REGIONS)),
        st.builds(ViaChannel, some_of(CHANNELS)),
        st.builds(ContextAttribute, st.just("campaign"), some_of(CAMPAIGNS)),
        st.builds(During, _scheduled()),
    )
    return _composed(_composed(single, _CONDITIONS), _CONDITIONS)


def _thresholds(
    amount: st.SearchStrategy[Any], count: st.SearchStrategy[int], target: st.SearchStrategy[Any]
) -> list[st.SearchStrategy[Threshold]]:
    """List thresholds by amount and by units; more than nothing is one too."""
    above, more = st.booleans(), st.just(True)
    return [
        st.builds(Threshold, amount, target=target, basis=BASES, above=above)
        | st.builds(Threshold, st.just(Decimal(0)), target=target, basis=BASES, above=more),
        st.builds(Threshold, quantity=count, target=target, above=above)
        | st.builds(Threshold, quantity=st.just(0), target=target, above=more),
    ]


@st.composite
def conditions(draw: st.DrawFn, /, currency: str = "CNY") -> Condition:
    """Draw a condition of any kind, composed at most twice with ``&``, ``|`` and ``~``."""
    return draw(_conditions(currency))


_SELECTORS: Final = (AllOfSelectors, AnyOfSelectors, NotSelected)
_CONDITIONS: Final = (AllOf, AnyOf, NotCondition)


def _composed(single: st.SearchStrategy[Any], kinds: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Draw what is given, else two of it joined or one negated."""
    every, any_, not_ = kinds
    pair = st.tuples(single, single)
    return st.one_of(
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
    return st.one_of(
        *_amounts_off(currency), *_prices(currency), *_picks(currency), *_extras(currency)
    )


Benefits = list[st.SearchStrategy[Any]]
OVERFLOWS: Final = st.sampled_from((None, "redistribute", "forfeit"))


def _amounts_off(currency: str) -> Benefits:
    """List benefits that take amounts or percentages off whatever is selected."""
    amount, target = rule_amounts(currency), selectors(currency)
    return [
        st.builds(
            PercentOff,
            PERCENTS,
            target,
            maybe(amount),
            BASES,
            max_units_per_line=maybe(SMALL),
            split=maybe(st.sampled_from(Split)),
            overflow=OVERFLOWS,
        ),
        st.builds(
            AmountOff,
            amount,
            target,
            maybe(_everies(currency)),
            excess=st.sampled_from(Excess),
            split=maybe(st.sampled_from(Split)),
            overflow=OVERFLOWS,
        ),
        st.builds(AmountOffEach, amount, target, maybe(SMALL)),
        st.one_of(
            st.builds(ShippingOff, PERCENTS),
            st.builds(ShippingOff, amount=amount),
            st.builds(ShippingOff, fixed=amount),
        ),
        st.builds(FeeOff, st.sampled_from(FEES), PERCENTS)
        | st.builds(FeeOff, st.sampled_from(FEES), amount=amount),
        st.builds(
            PointsRedemption,
            st.sampled_from(("100", "1", "33.3")),
            target,
            max_percent=maybe(PERCENTS),
            max_percent_of=st.sampled_from(PercentOf),
            max_amount=maybe(amount),
            min_points=st.sampled_from((1, 100)),
            step=st.sampled_from((1, 50)),
            keep=maybe(amount),
        ),
    ]


def _prices(currency: str) -> Benefits:
    """List benefits that set a price."""
    amount, target = rule_amounts(currency) | st.just(Decimal(0)), selectors(currency)
    part = st.tuples(target, SMALL)
    return [
        st.builds(FixedPrice, amount, target, maybe(SMALL)),
        st.builds(PickN, SMALL, amount, target, MAX_TIMES),
        st.builds(BundlePrice, st.lists(part, min_size=1, max_size=3), amount, MAX_TIMES),
        st.builds(AddOnDeal, target, amount, SMALL),
    ]


def _picks(currency: str) -> Benefits:
    """List benefits that reduce some units for others."""
    amount, target = rule_amounts(currency), selectors(currency)
    pick, limit = st.sampled_from(Pick), MAX_TIMES
    sets = {"every": st.integers(3, 5), "max_times": limit, "pick": pick, "target": target}
    return [
        st.builds(NthItemOff, SMALL, PERCENTS, target, limit, per_line=st.booleans()),
        st.builds(BuyXGetY, SMALL, SMALL, PERCENTS, target, target, limit, pick),
        st.one_of(
            st.builds(CheapestOff, SMALL, PERCENTS, target=target, pick=pick),
            st.builds(CheapestOff, SMALL, amount=amount, target=target, pick=pick),
            st.builds(CheapestOff, SMALL, PERCENTS, **sets),
            st.builds(CheapestOff, SMALL, amount=amount, **sets),
        ),
    ]


def _extras(currency: str) -> Benefits:
    """List benefits that give something on top, or for later."""
    amount, target = rule_amounts(currency), selectors(currency)
    worth, every = maybe(amount), maybe(_everies(currency))
    gift, lesser = st.sampled_from(GIFTS), st.sampled_from(("skip", "grant_alternative", "block"))
    units, choice = {"value": worth, "every": every, "target": target}, st.sampled_from(IDS[:3])
    return [
        st.builds(Gift, gift, SMALL, **units, out_of_stock=lesser)
        | st.builds(
            Gift, gift, SMALL, out_of_stock=st.just("substitute"), substitutes=some_of(GIFTS)
        ),
        st.builds(GiftChoice, some_of(GIFTS), choice, SMALL, **units, out_of_stock=lesser)
        | st.builds(_with_default, some_of(GIFTS), choice, SMALL),
        st.builds(EarnPoints, SMALL, maybe(amount), target, basis=BASES, maximum=maybe(SMALL)),
        st.builds(GrantCoupon, st.sampled_from(COUPONS), SMALL),
        st.builds(Deposit, amount, save=worth, target=target, per_unit=st.booleans())
        | st.builds(_worth, amounts(currency), amounts(currency), target, per_unit=st.booleans()),
    ]


def _with_default(options: tuple[str, ...], choice: str, quantity: int) -> GiftChoice:
    return GiftChoice(
        options,
        choice,
        quantity,
        default=options[-1],
        out_of_stock="substitute" if quantity > 1 else "skip",
        substitutes="cup" if quantity > 1 else (),
    )


def _worth(paid: Money, more: Money, target: Selector, *, per_unit: bool) -> Deposit:
    return Deposit(paid.decimal, (paid + more).decimal, target=target, per_unit=per_unit)


@st.composite
def _tiers(draw: st.DrawFn, currency: str) -> Tiers:
    benefit, by_amount = _single_benefits(currency), draw(st.booleans())
    tiers: tuple[Tier, ...] = ()
    for step in sorted(draw(_STEPS)):
        least: dict[str, Any] = {"quantity": step}
        if by_amount:
            least = {"amount": Money(2500 * step, Currency(currency)).decimal}
        tiers += (Tier(**least, benefit=draw(benefit)),)
    return Tiers(tiers, draw(selectors(currency)), draw(BASES))


_STEPS: Final = st.sets(st.integers(1, 8), min_size=1, max_size=3)


@cache
def _benefits(currency: str) -> st.SearchStrategy[Benefit]:
    single = _single_benefits(currency)
    return single | _tiers(currency)


@st.composite
def benefits(draw: st.DrawFn, /, currency: str = "CNY") -> Benefit:
    """Draw a benefit of any kind."""
    return draw(_benefits(currency))


@st.composite
def limits(draw: st.DrawFn, /, currency: str = "CNY") -> Limits:
    """Draw limits of a promotion: most often none."""
    return draw(_limits(currency))


@cache
def _limits(currency: str) -> st.SearchStrategy[Limits]:
    amount, none = rule_amounts(currency), st.just(Limits())
    single = st.one_of(
        st.builds(Limits, applications=SMALL),
        st.builds(Limits, uses=SMALL),
        st.builds(Limits, uses_per_customer=SMALL),
        st.builds(Limits, budget=amount),
        st.builds(Limits, cap=amount),
    )
    several = st.builds(
        Limits, applications=maybe(SMALL), uses=SMALL, budget=amount, cap=maybe(amount)
    )
    return mostly(none, single | several)


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
    return mostly(st.just(Schedule()), _scheduled())


@cache
def _scheduled() -> st.SearchStrategy[Schedule]:
    start, end = maybe(st.sampled_from((*NEAR, FAR[0]))), maybe(st.just(FAR[1]))
    opening = st.builds(Window, start, end)
    closing = st.builds(Window, st.just(FAR[0]), st.sampled_from(NEAR))
    recurrence = st.sampled_from((None, _WEDNESDAYS, _EVERY_OTHER_DAY))
    return st.builds(Schedule, opening | closing, recurrence)
