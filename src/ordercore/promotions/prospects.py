"""What a search may know of a promotion without trying it: worked out once, with the book."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import Any, Final, NamedTuple

import attrs

from ordercore.promotions.benefits import (
    AddOnDeal,
    AmountOff,
    AmountOffEach,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    Deposit,
    EarnPoints,
    Excess,
    FeeOff,
    FixedPrice,
    Gift,
    GiftChoice,
    GrantCoupon,
    NthItemOff,
    PercentOf,
    PercentOff,
    Pick,
    PickN,
    PointsRedemption,
    ShippingOff,
    Tiers,
)
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
from ordercore.promotions.limits import NO_LIMITS
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
from ordercore.promotions.terms import Basis, RoundingMode, Split, Terms

__all__ = ["Prospect"]

_FALLING: Final = (
    Always, ContextAttribute, CustomerInGroup, DistinctProducts, During, HasCode, HoldsCoupon,
    InRegion, LineAtLeast, OrderNumber, Threshold, ViaChannel,
)  # fmt: skip
"""Conditions that look at the context alone, or ask for at least so much."""

_ON_GOODS: Final = (
    AddOnDeal, AmountOff, AmountOffEach, BundlePrice, BuyXGetY, CheapestOff, FixedPrice,
    NthItemOff, PercentOff, PickN,
)  # fmt: skip
"""Benefits that take amounts off goods and do nothing else."""

_WITHOUT_GIFTS: Final = (
    Deposit, EarnPoints, FeeOff, GrantCoupon, PointsRedemption, ShippingOff,
)  # fmt: skip

_QUICK: Final = (
    *_WITHOUT_GIFTS, AmountOff, AmountOffEach, FixedPrice, Gift, GiftChoice, PercentOff,
)  # fmt: skip
"""Benefits that look at rows; others pick units by their price."""

_PICKING: Final = 7
"""How many times as long that takes, less one."""

_APART: Final = (EarnPoints, FeeOff, Gift, GiftChoice, GrantCoupon, ShippingOff)
"""Benefits that look at goods, but use no unit and take nothing off any."""

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
    """Whether it never takes more, nor promises more gifts, where goods cost less, or units are
    in use."""
    shrinks: bool
    """Whether it does so as long as no floor holds back what it takes."""
    falls: bool
    """Whether its condition, once it does not hold, cannot hold where goods cost less."""
    least: int
    """What all goods must cost when its layer begins, at least, in minor units; 0: anything."""
    undivided: bool
    """Whether it takes all that it would take alone, or nothing where any unit is in use."""
    on_goods: bool
    """Whether it takes amounts off goods and does nothing else."""
    gives: bool
    """Whether it may give gifts."""
    dust: Callable[[int], int] | None
    """How much of a row it leaves to others of its layer at most, where goods cost so much in
    all and no floor holds anything back; None: not known."""
    part: Fraction | None
    """The part of what goods cost when its layer begins that it takes at most, roundings
    apart; None: not known, or what it takes may be unevenly more."""
    effort: int
    """How many times as long as a percentage off it takes to look at, less one."""

    @classmethod
    def of(cls, promotion: Promotion, terms: Terms) -> Prospect:
        """Work it out; the promotion is one that compiles under the terms."""
        benefits, when = promotion.benefits, promotion.when
        repeats = any([_repeats(benefit) for benefit in benefits])
        alone = len(benefits) == 1 and terms.overflow == "redistribute" and _are_static(benefits)
        monotone = alone and _is_monotone(benefits[0])
        per_promotion = terms.rounding is RoundingMode.PER_PROMOTION
        return cls(
            reach=_reach(benefits, terms),
            repeats=repeats,
            monotone=monotone,
            shrinks=monotone or (alone and per_promotion and _shrinks(benefits[0])),
            falls=_falls(when) and _are_static(when),
            least=max([_least(each, promotion, terms) for each in _required(when)]),
            undivided=promotion.whole and monotone and not repeats,
            on_goods=_are_all(benefits, _ON_GOODS),
            gives=not _are_all(benefits, (*_ON_GOODS, *_WITHOUT_GIFTS)),
            dust=_dust(promotion, terms),
            part=_part(benefits, terms),
            effort=len(benefits) - 1 + sum(map(_effort, benefits)),
        )


def _reach(benefits: tuple[Benefit, ...], terms: Terms) -> Select:
    """Select what any selector within the benefits selects; a benefit without one: all rows."""
    if _are_all(benefits, _APART):
        return lambda _state: ()
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


def _effort(benefit: Benefit) -> int:
    """Tell how much longer it takes where units are picked by their price."""
    if isinstance(benefit, Tiers):
        return max([_effort(tier.benefit) for tier in benefit.tiers])
    return 0 if type(benefit) in _QUICK else _PICKING


def _dust(promotion: Promotion, terms: Terms) -> Callable[[int], int] | None:
    """Tell what one that takes something off every row leaves: rows too cheap for a share."""
    benefit = promotion.benefits[0]
    if (
        len(promotion.benefits) > 1
        or promotion.combines_with
        or promotion.limits is not NO_LIMITS
        or not isinstance(benefit, AmountOff | PercentOff)
        or not isinstance(benefit.target, AllUnits)
        or (benefit.split or terms.split) is not Split.CURRENT
        or (benefit.overflow or terms.overflow) != "redistribute"
    ):
        return None
    if isinstance(benefit, AmountOff):
        amount = terms.minor(benefit.amount)
        return lambda goods: goods // amount + 1
    if benefit.maximum is not None or (benefit.basis or terms.basis) is not Basis.ENTRY:
        return None
    if not benefit.percent or benefit.max_units_per_line is not None:
        return None
    each = ceil(200 / Fraction(benefit.percent))  # what is rounded on the sum may take half
    return lambda _goods: each


def _part(benefits: Sequence[Benefit], terms: Terms) -> Fraction | None:
    """Tell what part of the goods a single benefit takes at most."""
    benefit = benefits[0]
    if len(benefits) > 1:
        return None
    if type(benefit) is PercentOff and (benefit.basis or terms.basis) is Basis.ENTRY:
        return Fraction(benefit.percent) / 100
    if type(benefit) is PointsRedemption:
        of_goods = benefit.max_percent_of is PercentOf.GOODS  # else of shipping and fees too
        percent = benefit.max_percent if of_goods else None
        return Fraction(1) if percent is None else Fraction(percent) / 100
    return None


def _are_all(benefits: Iterable[Benefit], kinds: tuple[type, ...]) -> bool:
    """Whether all are of some kinds, those of tiers too; one of a kind of a shop's own is not."""
    for benefit in benefits:
        of_tiers = [tier.benefit for tier in benefit.tiers] if type(benefit) is Tiers else ()
        if not (_are_all(of_tiers, kinds) if of_tiers else type(benefit) in kinds):
            return False
    return True


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


def _shrinks(benefit: Benefit) -> bool:
    """Whether it reduces units by their rank in price, the dearest first, or whole sets of them.

    What ranks n-th of fewer or cheaper units costs no more than what ranked n-th before.
    """
    if isinstance(benefit, CheapestOff):
        ranked = benefit.every is not None or benefit.pick is Pick.DEAREST
        return ranked and benefit.percent is not None
    return isinstance(benefit, BundlePrice | NthItemOff | PickN)


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
