"""What a layer could do, as options that exclude each other or add up.

A promotion with which nobody interferes is an option by itself. Those that look at units of
the same rows, or draw on one shipping fee, stock or balance, change what the others find: what
such a component can do is tried move by move, on real states of the layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.resolvers.branching import bits, component_of
from ordercore.pricing.resolvers.by_priority import beside
from ordercore.pricing.resolvers.contenders import Contenders
from ordercore.pricing.resolvers.worth import Worth, promised
from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import Proposal, total_of
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import EVER, Basis

__all__ = ["Move", "Option", "Options", "Trials"]

MOST_TIMES: Final = 64
"""Up to how often a repeating promotion is tried to apply, besides as often as it can."""

Move = tuple[int, int]
"""(who applies, by position among the contenders; how often at most)."""


class Option(NamedTuple):
    """Something that a layer can do."""

    worth: int
    members: int
    """Who takes part, as a bitmask."""
    moves: tuple[Move, ...]
    """Who applies, in this order."""
    giving: int = 0
    """Who of them takes no amount, as a bitmask."""


class Options(NamedTuple):
    """All that a layer can do, with the conflicts."""

    options: list[Option]
    conflicts: list[int]
    """Of each option, the bitmask of those that exclude it."""
    partial: int = 0
    """The options of components that were not tried to the end."""
    rest: int = 0
    """What those components may be worth, at most."""


class _Trial(NamedTuple):
    """A state of the layer, who applied in it, and what that is worth."""

    state: LayerState
    entries: list[Entry]
    done: Option


class Trials:
    """Tries what the contenders of one layer can do, within a number of nodes."""

    nodes: int
    """How many nodes are left."""

    def __init__(
        self,
        state: LayerState,
        contenders: Contenders,
        prospects: Mapping[int, Prospect],
        worth: Worth,
        *,
        last: bool,
        nodes: int,
    ) -> None:
        self._state, self._contenders, self._worth = state, contenders, worth
        self._prospects = prospects
        self._last = last
        self._costs = _costs(state, [prospects[plan.seq] for plan in contenders.plans])
        self._order: list[int] = []
        self._left_out = False
        self.nodes = nodes

    def options(self) -> Options:
        """List what each component can do."""
        near = self._contenders.near
        if not any(near) and not any(map(self._may_vary, range(len(near)))):
            single = [self._single(i) for i in range(len(near))]
            return Options(single, self._contenders.hostile)
        options: list[Option] = []
        owners: list[int] = []
        left, partial, rest, number = (1 << len(near)) - 1, 0, 0, 0
        while left:
            component = left & -left
            if near[component.bit_length() - 1]:
                component = component_of(component, near)
            left ^= component
            listed, complete = self._component(component)
            if not complete:
                partial |= ((1 << len(listed)) - 1) << len(options)
                rest += self._most(component)
            options += listed
            owners += [number] * len(listed)
            number += 1
        return Options(options, self._conflicts(options, owners), partial, rest)

    def _single(self, i: int) -> Option:
        proposal = self._contenders.entries[i][3]
        giving = 0 if proposal[0] or total_of(proposal) else 1 << i
        return Option(self._worth.of(proposal), 1 << i, ((i, EVER),), giving)

    def _may_vary(self, i: int) -> bool:
        """Whether it may do something else than what it does alone, with nobody near."""
        entry, plan = self._contenders.entries[i], self._contenders.plans[i]
        return self._prospects[plan.seq].repeats or entry[1] is not Kind.APPLIED

    def _component(self, component: int) -> tuple[list[Option], bool]:
        """List what one component can do; tell whether nothing was left out."""
        first = component.bit_length() - 1
        if component == 1 << first and not self._may_vary(first):
            return [self._single(first)], True
        return self._tried(component)

    def _most(self, component: int) -> int:
        """What a component may be worth, at most: its promotions alone, or all that they reach."""
        state = self._state
        plans = [self._contenders.plans[i] for i in bits(component)]
        prospects = [self._prospects[plan.seq] for plan in plans]
        rows = {row for prospect in prospects for row in prospect.reach(state)}
        reached = state.total(sorted(rows), Basis.ENTRY) + state.shipping + sum(state.fees)
        most = self._worth.at_most(reached, sum([prospect.gives for prospect in prospects]))
        if all([prospect.monotone for prospect in prospects]):
            looked = self._contenders.entries
            alone = [self._worth.of(promised(looked[i][3])) for i in bits(component)]
            return min(most, sum(alone))
        return most

    def _tried(self, component: int) -> tuple[list[Option], bool]:
        """Try every order of moves in a component; tell whether nothing was left out."""
        self._order = self._order or _by_value(self._contenders, self._worth)
        found: dict[object, Option] = {}
        start = _Trial(self._state, [], Option(0, 0, ()))
        stack = [(start, self._moves(start, component))]
        self._left_out = False
        while stack:
            trial, moves = stack[-1]
            move = next(moves, None)
            if move is None:
                stack.pop()
                continue
            then = self._after(trial, *move)
            key = self._key(then)
            if key not in found or found[key].worth < then.done.worth:
                found[key] = then.done
            stack.append((then, self._moves(then, component)))
        if not self._left_out:
            return [*found.values()], True
        given = range(len(self._order))
        return [
            *found.values(),
            *[self._in_turn(o, component) for o in (self._order, given)],
        ], False

    def _in_turn(self, order: Sequence[int], component: int) -> Option:
        """Let whoever of a component still can apply, one after the other."""
        plans, hostile = self._contenders.plans, self._contenders.hostile
        trial = _Trial(self._state, [], Option(0, 0, ()))
        winners: list[Plan] = []
        for i in order:
            if component >> i & 1 and not hostile[i] & trial.done.members:
                proposal = beside(plans[i], trial.state, winners, trial.entries)
                if proposal is not None:
                    trial = self._after(trial, i, EVER, proposal)
                    winners.append(plans[i])
        return trial.done

    def _after(self, trial: _Trial, i: int, times: int, proposal: Proposal) -> _Trial:
        """Let one more promotion apply."""
        plan, done = self._contenders.plans[i], trial.done
        state = trial.state.fork()
        state.take(proposal)
        state.claim(proposal)
        if plan.coupon is not None:
            state.use_coupon(plan.coupon, plan.seq)
        entry: Entry = (plan.seq, Kind.APPLIED, None, proposal, ())
        giving = 0 if proposal[0] or total_of(proposal) else 1 << i
        more = Option(
            done.worth + self._worth.of(proposal),
            done.members | 1 << i,
            (*done.moves, (i, times)),
            done.giving | giving,
        )
        return _Trial(state, [*trial.entries, entry], more)

    def _key(self, trial: _Trial) -> object:
        """What makes an option different: in the last layer only who takes part, else all."""
        if self._last:
            return trial.done.members
        state = trial.state
        left = tuple(state.now), state.shipping, state.fees, state.points
        return trial.done.members, left, tuple(sorted(state.gifts.items()))

    def _moves(self, trial: _Trial, component: int) -> Iterator[tuple[int, int, Proposal]]:
        """Propose what could come next; of moves that change nothing for each other, one order."""
        plans, near, hostile = (
            self._contenders.plans, self._contenders.near, self._contenders.hostile
        )  # fmt: skip
        state, entries, done = trial
        winners = [plans[i] for i, _ in done.moves]
        last = done.moves[-1][0] if done.moves else -1
        for i in self._order:
            if not (component & ~done.members) >> i & 1:
                continue
            if hostile[i] & done.members or (i < last and not near[i] >> last & 1):
                continue
            if self._spent(i):
                return
            proposal = beside(plans[i], state, winners, entries)
            if proposal is not None:
                yield i, EVER, proposal
            if self._prospects[plans[i].seq].repeats:
                yield from self._fewer(i, proposal, trial, winners)

    def _fewer(
        self, i: int, full: Proposal | None, trial: _Trial, winners: Sequence[Plan]
    ) -> Iterator[tuple[int, int, Proposal]]:
        """Propose to apply less often than possible."""
        state = trial.state
        for times in range(1, MOST_TIMES + 1):
            if self._spent(i):
                return
            state.most_times = times
            fewer = beside(self._contenders.plans[i], state, winners, trial.entries)
            state.most_times = EVER
            if fewer == full:  # as often as it can, or once too often
                return
            if fewer is not None:
                yield i, times, fewer
        self._left_out = True

    def _spent(self, i: int) -> bool:
        """Count one proposal; tell whether no more may be asked for."""
        self.nodes -= self._costs[i]
        if self.nodes < 0:
            self._left_out = True
        return self.nodes < 0

    def _conflicts(self, options: Sequence[Option], owners: Sequence[int]) -> list[int]:
        """Tell which options exclude each other: of one component, or by their members."""
        hostile = self._contenders.hostile
        against = [0] * len(options)
        of_component: dict[int, int] = {}
        of_member: dict[int, int] = {}
        for o, option in enumerate(options):
            of_component[owners[o]] = of_component.get(owners[o], 0) | 1 << o
            for i in bits(option.members):
                of_member[i] = of_member.get(i, 0) | 1 << o
        for o, option in enumerate(options):
            mask = of_component[owners[o]]
            for i in bits(option.members):
                for j in bits(hostile[i]):
                    mask |= of_member.get(j, 0)
            against[o] = mask & ~(1 << o)
        return against


def _costs(state: LayerState, prospects: Sequence[Prospect]) -> list[int]:
    """Tell for how many nodes a proposal of each counts: for the longer, the more."""
    cost = 1 + len(state.rows.every) // 8
    return [
        cost + each.effort * len(each.reach(state)) // 8 if each.effort else cost
        for each in prospects
    ]


def _by_value(contenders: Contenders, worth: Worth) -> list[int]:
    """Order contenders by what they save for each unit that they use, the best first."""

    def value(i: int) -> Fraction:
        proposal = contenders.entries[i][3]
        return Fraction(worth.of(proposal), sum(proposal[3]) or 1)

    return sorted(range(len(contenders.plans)), key=value, reverse=True)
