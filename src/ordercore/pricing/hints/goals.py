"""What is missing until a promotion gives more: goals that a larger cart may reach.

A promotion is read as a ladder. At its foot its condition does not hold. Above that, each
benefit with steps (每满, 阶梯, sets of units) stands on some level. `standing` tells where a
promotion stands, and the ways to its next level: of each way all goals must be reached.

Goals are estimates, made of what the promotion's layer began with. Whether reaching them gives
anything, only pricing the changed cart tells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice, product
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from attrs import frozen

from ordercore.money import Money
from ordercore.pricing.misses import Miss, Needed
from ordercore.promotions.benefits import (
    AddOnDeal,
    AmountOff,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    Every,
    Excess,
    Gift,
    GiftChoice,
    NthItemOff,
    PickN,
    Tiers,
)
from ordercore.promotions.benefits.sharing import caps_of
from ordercore.promotions.conditions import DistinctProducts, LineAtLeast
from ordercore.promotions.plan import Plan
from ordercore.promotions.selectors import AllUnits, AnyOfSelectors, Select, Selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms

__all__ = ["Counted", "Goal", "Standing", "Way", "standing"]

_WAYS: Final = 8
"""The most ways to the next level that are looked at, the nearest first."""

"""More times than anything applies."""


class Counted(StrEnum):
    """What a goal counts."""

    AMOUNT = "amount"
    """Minor units."""
    UNITS = "units"
    PRODUCTS = "products"
    """Different skus."""


class Goal(NamedTuple):
    """So much more of what a promotion counts."""

    counted: Counted
    missing: int
    select: Select
    """What counts, in the state of any cart."""
    rows: tuple[int, ...]
    """Rows of the cart, more of which counts."""
    basis: Basis
    """By which amounts."""
    anything: bool = True
    """Whether whatever is bought counts."""
    single: bool = False
    """Whether one row must reach it by itself."""
    fresh: bool = True
    """Whether goods that are not in the cart yet count."""


Way = tuple[Goal, ...]
"""Goals that must all be reached."""


class Standing(NamedTuple):
    """Where a promotion stands on a cart."""

    holds: bool
    """Whether its schedule and condition hold."""
    levels: tuple[tuple[int, ...], ...]
    """Of each benefit, how often it is given or which tier; empty where it has no steps."""
    ways: tuple[Way, ...]
    """How it may come to the next level, unless no way is known."""


class _Rung(NamedTuple):
    """Where one benefit stands."""

    level: tuple[int, ...]
    ways: tuple[Way, ...]


_FLAT: Final = _Rung((), ())
"""A benefit without steps."""


def standing(plan: Plan, state: LayerState) -> Standing:
    """Tell where a promotion stands on the state with which its layer began."""
    promotion, currency = plan.promotion, state.cart.currency
    terms = Terms(currency, promotion.basis, applications=promotion.limits.applications)
    reader = _Reader(state, terms)
    verdict = None if plan.test is None else plan.test(state)
    if verdict is not None and not verdict.holds:
        return Standing(False, (), tuple(_closing(Miss.of(verdict, currency), reader)))
    rungs = [_rung(benefit, reader) for benefit in promotion.benefits]
    ways = chain.from_iterable(rung.ways for rung in rungs)
    return Standing(True, tuple(rung.level for rung in rungs), tuple(ways))


@frozen
class _Reader:
    """What rules need in order to be read on a state."""

    state: LayerState
    terms: Terms

    def rows(self, target: Selector) -> tuple[int, ...]:
        """List the rows that a selector selects."""
        return target.compile(self.terms)(self.state)

    def reached(self, target: Selector, counted: Counted, basis: Basis) -> int:
        """Tell how much there is of what is counted."""
        rows = self.rows(target)
        if counted is Counted.UNITS:
            return self.state.count(rows)
        return self.state.total(rows, basis)

    def goal(
        self, target: Selector, counted: Counted, missing: int, basis: Basis | None = None
    ) -> Goal:
        """Make the goal of so much more of what a selector selects."""
        select = target.compile(self.terms)
        return Goal(
            counted, missing, select, select(self.state), basis or self.terms.basis,
            isinstance(target, AllUnits),
        )  # fmt: skip

    def row_ways(self, goal: Goal, missing: Sequence[int]) -> tuple[Way, ...]:
        """List the ways where one row must reach a goal: a row of the cart, or a new one.

        Args:
            goal: What a new row would have to reach.
            missing: What each row of the cart is short of, in the order of ``goal.rows``.
        """
        nearest = sorted(zip(missing, goal.rows, strict=True))[: _WAYS - 1]
        single = goal._replace(single=True)
        ways = [(single._replace(missing=n, rows=(row,), fresh=False),) for n, row in nearest]
        return (*ways, (single._replace(rows=()),))


# Conditions


def _closing(miss: Miss, reader: _Reader) -> list[Way]:
    """List the ways out of a miss by buying more; none if there is no such way."""
    if miss.needed is None:
        return _single(miss, reader) if not miss.parts else []
    each = [_closing(part, reader) for part in miss.parts]
    if miss.needed is Needed.ANY:
        return [way for ways in each for way in ways][:_WAYS]
    joined = (tuple(chain.from_iterable(ways)) for ways in product(*each))
    return [*islice(joined, _WAYS)]


def _single(miss: Miss, reader: _Reader) -> list[Way]:
    condition, gap = miss.condition, miss.gap
    if gap is None:
        return []
    target, basis = getattr(condition, "target", None), getattr(condition, "basis", None)
    if not isinstance(target, Selector):
        target = AllUnits()
    if isinstance(gap, Money):
        goal = reader.goal(target, Counted.AMOUNT, gap.minor, basis)
    elif isinstance(condition, DistinctProducts):
        goal = reader.goal(target, Counted.PRODUCTS, gap)
    else:
        goal = reader.goal(target, Counted.UNITS, gap)
    if isinstance(condition, LineAtLeast):
        return [*_one_line(miss, goal, reader)]
    return [(goal,)]


def _one_line(miss: Miss, goal: Goal, reader: _Reader) -> tuple[Way, ...]:
    """List the ways to a line that is large enough."""
    asked = miss.required
    least = asked.minor if isinstance(asked, Money) else int(str(asked))
    state = reader.state
    by_units = goal.counted is Counted.UNITS
    column = state.rows.quantities if by_units else state.amounts(goal.basis)
    short = [least - column[row] for row in goal.rows]
    return reader.row_ways(goal._replace(missing=least), short)


# Benefits


def _rung(benefit: Benefit, reader: _Reader) -> _Rung:
    """Tell where a benefit stands; one that is not known here has no steps."""
    read = _RUNGS.get(type(benefit))
    return _FLAT if read is None else read(benefit, reader)


def _amount_off(benefit: AmountOff, reader: _Reader) -> _Rung:
    """Count multiples, or tell what a coupon that takes all or nothing is short of."""
    if benefit.every is not None:
        return _multiples(benefit.every, benefit.target, reader)
    if benefit.excess is not Excess.REFUSE:
        return _FLAT
    wanted = reader.terms.minor(benefit.amount)
    missing = wanted - sum(caps_of(reader.state.offer(reader.rows(benefit.target))))
    if missing <= 0:
        return _Rung((1,), ())
    goal = reader.goal(benefit.target, Counted.AMOUNT, missing, Basis.ENTRY)
    return _Rung((0,), ((goal,),))


def _gift(benefit: Gift | GiftChoice, reader: _Reader) -> _Rung:
    return _FLAT if benefit.every is None else _multiples(benefit.every, benefit.target, reader)


def _multiples(every: Every, target: Selector, reader: _Reader) -> _Rung:
    """Count whole multiples of a step."""
    counted, step = _least(every, reader.terms)
    basis, most = every.basis or reader.terms.basis, reader.terms.times(every.max_times)
    reached = reader.reached(target, counted, basis)
    times = min(reached // step, most)
    if times == most:
        return _Rung((times,), ())
    goal = reader.goal(target, counted, (times + 1) * step - reached, basis)
    return _Rung((times,), ((goal,),))


def _least(step: Any, terms: Terms) -> tuple[Counted, int]:
    """Read where a tier begins, or what a multiple is."""
    if step.amount is None:
        return Counted.UNITS, step.quantity
    return Counted.AMOUNT, terms.minor(step.amount)


def _tiers(benefit: Tiers, reader: _Reader) -> _Rung:
    """Tell which tier is reached, and where its own benefit stands."""
    steps = [_least(tier, reader.terms) for tier in benefit.tiers]
    counted, basis = steps[0][0], benefit.basis or reader.terms.basis
    begins = [least for _, least in steps]
    reached = reader.reached(benefit.target, counted, basis)
    tier = bisect_right(begins, reached)
    inner = _rung(benefit.tiers[tier - 1].benefit, reader) if tier else _FLAT
    if tier == len(begins):
        return _Rung((tier, *inner.level), inner.ways)
    goal = reader.goal(benefit.target, counted, begins[tier] - reached, basis)
    return _Rung((tier, *inner.level), ((goal,), *inner.ways))


def _nth(benefit: NthItemOff, reader: _Reader) -> _Rung:
    if not benefit.per_line:
        return _sets([(benefit.target, benefit.nth)], benefit.max_times, reader)
    nth, most = benefit.nth, reader.terms.times(benefit.max_times)
    goal = reader.goal(benefit.target, Counted.UNITS, nth)
    units = [reader.state.rows.quantities[row] for row in goal.rows]
    times = sum([each // nth for each in units])
    if times >= most:
        return _Rung((most,), ())
    return _Rung((times,), reader.row_ways(goal, [nth - each % nth for each in units]))


def _cheapest(benefit: CheapestOff, reader: _Reader) -> _Rung:
    if benefit.every is None:
        return _FLAT
    return _sets([(benefit.target, benefit.every)], benefit.max_times, reader)


def _sets(parts: Sequence[tuple[Selector, int]], most: int | None, reader: _Reader) -> _Rung:
    """Count sets of so many units of each part, where no unit serves twice.

    So many sets can be made if, for each combination of parts, as many units fit one of these as
    they ask for (Hall's theorem). What is missing is told for the smallest combinations first.
    """
    asked: dict[Selector, int] = {}
    for target, units in parts:
        asked[target] = asked.get(target, 0) + units
    parts, there = [*asked.items()], _fitting([*asked], reader)
    combinations = [_Combination(bits, parts, there) for bits in range(1, 1 << len(parts))]
    times = min(each.times for each in combinations)
    if times >= (limit := reader.terms.times(most)):
        return _Rung((limit,), ())
    short = [each for each in combinations if each.times == times]
    size = min(len(each.targets) for each in short)
    way = [
        reader.goal(each.target, Counted.UNITS, (times + 1) * each.asked - each.there)
        for each in short
        if len(each.targets) == size
    ]
    return _Rung((times,), (tuple(way),))


def _fitting(targets: Sequence[Selector], reader: _Reader) -> Mapping[int, int]:
    """Count the units that fit the same parts; bit i stands for part i."""
    fits: dict[int, int] = {}
    for i, target in enumerate(targets):
        for row in reader.rows(target):
            fits[row] = fits.get(row, 0) | 1 << i
    there: dict[int, int] = {}
    for row, bits in fits.items():
        there[bits] = there.get(bits, 0) + reader.state.rows.quantities[row]
    return there


class _Combination:
    """Some parts of a set: what one set asks of them together, and what is there."""

    __slots__ = ("asked", "targets", "there", "times")

    def __init__(
        self, bits: int, parts: Sequence[tuple[Selector, int]], there: Mapping[int, int]
    ) -> None:
        chosen = [part for i, part in enumerate(parts) if bits >> i & 1]
        self.targets = [target for target, _ in chosen]
        self.asked = sum([units for _, units in chosen])
        self.there = sum([units for fit, units in there.items() if fit & bits])
        self.times = self.there // self.asked

    @property
    def target(self) -> Selector:
        """What fits any of the parts."""
        return self.targets[0] if len(self.targets) == 1 else AnyOfSelectors(self.targets)


def _bought(benefit: BuyXGetY, reader: _Reader) -> _Rung:
    parts = [(benefit.buy, benefit.buy_quantity), (benefit.get, benefit.get_quantity)]
    return _sets(parts, benefit.max_times, reader)


def _bundle(benefit: BundlePrice, reader: _Reader) -> _Rung:
    parts = [(part.target, part.quantity) for part in benefit.parts]
    return _sets(parts, benefit.max_times, reader)


def _picked(benefit: PickN, reader: _Reader) -> _Rung:
    return _sets([(benefit.target, benefit.quantity)], benefit.max_times, reader)


def _add_on(benefit: AddOnDeal, reader: _Reader) -> _Rung:
    return _sets([(benefit.target, 1)], benefit.quantity, reader)


_RUNGS: Final[Mapping[type, Callable[[Any, _Reader], _Rung]]] = MappingProxyType(
    {
        AddOnDeal: _add_on,
        AmountOff: _amount_off,
        BundlePrice: _bundle,
        BuyXGetY: _bought,
        CheapestOff: _cheapest,
        Gift: _gift,
        GiftChoice: _gift,
        NthItemOff: _nth,
        PickN: _picked,
        Tiers: _tiers,
    }
)
