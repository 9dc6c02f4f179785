"""What a search may know of a promotion without trying it: worked out once, with the book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import attrs

from ordercore.promotions.benefits import AmountOff, Benefit, Excess, PercentOff, Tiers
from ordercore.promotions.conditions import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    ContextAttribute,
    CustomerInGroup,
    DistinctProducts,
    During,
    HasCode,
    HoldsCoupon,
    InRegion,
    LineAtLeast,
    OrderNumber,
    Threshold,
    ViaChannel,
)
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.selectors import (
    AllOfSelectors,
    AllUnits,
    AnyOfSelectors,
    AtListPrice,
    Brand,
    Category,
    HasAttribute,
    NotSelected,
    PricedBetween,
    Select,
    Selector,
    Seller,
    Sku,
)
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms

__all__ = ["Prospect"]

_FALLING: Final = (
    Always, ContextAttribute, CustomerInGroup, DistinctProducts, During, HasCode, HoldsCoupon,
    InRegion, LineAtLeast, OrderNumber, Threshold, ViaChannel,
)  # fmt: skip
"""Conditions that look at the context alone, or ask for at least so much."""

_STATIC: Final = (
    AllUnits, AtListPrice, Brand, Category, HasAttribute, PricedBetween, Seller, Sku,
)  # fmt: skip
"""Selectors that promotions cannot change what they select."""


class Prospect(NamedTuple):
    """What holds of a promotion in any cart."""

    reach: Select
    """The rows of which it may ever use units."""
    repeats: bool
    """Whether it may apply more than once."""
    monotone: bool
    """Whether it never takes more where goods cost less, or units are in use."""
    falls: bool
    """Whether its condition, once it does not hold, cannot hold where goods cost less."""
    least: int
    """What all goods must cost when its layer begins, at least, in minor units; 0: anything."""

    @classmethod
    def of(cls, promotion: Promotion, terms: Terms) -> Prospect:
        """Work it out; the promotion is one that compiles under the terms."""
        benefits = promotion.benefits
        return cls(
            _reach(benefits, terms),
            any([_repeats(benefit) for benefit in benefits]),
            len(benefits) == 1
            and terms.overflow == "redistribute"
            and _are_static(benefits)
            and _is_monotone(benefits[0]),
            _falls(promotion.when) and _are_static(promotion.when),
            max([_least(each, promotion, terms) for each in _required(promotion.when)]),
        )


def _reach(benefits: tuple[Benefit, ...], terms: Terms) -> Select:
    """Select what any selector within the benefits selects; a benefit without one: all rows."""
    selectors: list[Selector] = []
    for benefit in benefits:
        found = list(_selectors(benefit))
        selectors += found or [AllUnits()]
    if any([isinstance(each, AllUnits) or not _is_static(each) for each in selectors]):
        return lambda state: state.rows.every
    selects = [selector.compile(terms) for selector in selectors]
    if len(selects) == 1:
        return selects[0]

    def reach(state: LayerState) -> tuple[int, ...]:
        return tuple(sorted({row for select in selects for row in select(state)}))

    return reach


def _selectors(value: Any) -> Iterator[Selector]:
    """Go through a benefit and whatever it is made of."""
    if isinstance(value, Selector):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _selectors(each)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _selectors(getattr(value, field.name))


def _repeats(benefit: Benefit) -> bool:
    if isinstance(benefit, Tiers):
        return any([_repeats(tier.benefit) for tier in benefit.tiers])
    if getattr(benefit, "every", None) is not None:
        return True
    return hasattr(benefit, "max_times") and benefit.max_times != 1


def _is_monotone(benefit: Benefit) -> bool:
    """Whether it never takes more of less; tiers only if the higher one always takes more."""
    if isinstance(benefit, AmountOff) and benefit.every is not None:
        return benefit.excess is Excess.CAP and benefit.overflow != "forfeit"
    if not isinstance(benefit, Tiers):
        return benefit.monotone and getattr(benefit, "overflow", None) != "forfeit"
    steps: list[Any] = [tier.benefit for tier in benefit.tiers]
    if not all([_is_monotone(each) for each in steps]):
        return False
    if all([isinstance(each, AmountOff) and each.excess is Excess.CAP for each in steps]):
        return _rising([each.amount for each in steps], steps, "amount")
    if all([isinstance(each, PercentOff) for each in steps]):
        return _rising([each.percent for each in steps], steps, "percent")
    return False


def _are_static(value: Any) -> bool:
    """Whether the selectors within select the same, whatever promotions take."""
    return all([_is_static(selector) for selector in _selectors(value)])


def _is_static(selector: Selector) -> bool:
    if isinstance(selector, AllOfSelectors | AnyOfSelectors):
        return all([_is_static(member) for member in selector.members])
    if isinstance(selector, NotSelected):
        return _is_static(selector.member)
    return isinstance(selector, _STATIC)


def _rising(values: list[Any], steps: list[Any], name: str) -> bool:
    """Whether values rise and the steps differ in nothing else."""
    alike = {attrs.evolve(each, **{name: values[0]}) for each in steps}
    return len(alike) == 1 and values == sorted(values)


def _falls(condition: Condition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return all([_falls(member) for member in condition.members])
    return isinstance(condition, _FALLING)


def _required(condition: Condition) -> tuple[Condition, ...]:
    return condition.members if isinstance(condition, AllOf) else (condition,)


def _least(condition: Condition, promotion: Promotion, terms: Terms) -> int:
    if (
        not isinstance(condition, Threshold)
        or condition.amount is None
        or not isinstance(condition.target, AllUnits)
        or (condition.basis or promotion.basis) is not Basis.ENTRY
    ):
        return 0
    return terms.minor(condition.amount) + condition.above
