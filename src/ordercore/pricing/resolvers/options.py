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
from ordercore.pricing.resolvers.branching import bits
from ordercore.pricing.resolvers.by_priority import beside
from ordercore.pricing.resolvers.contenders import Contenders
from ordercore.pricing.resolvers.worth import Worth
from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import EVER

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


class Options(NamedTuple):
    """All that a layer can do, with the conflicts."""

    options: list[Option]
    conflicts: list[int]
    """Of each option, the bitmask of those that exclude it."""
    slack: int
    """By how much the options may fall short, where a component was not tried to the end."""


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
        self._cost = 1 + len(state.rows.every) // 32
        self._order: list[int] = []
        self._left_out = False
        self.nodes = nodes

    def options(self) -> Options:
        """List what each component can do."""
        near, found = self._contenders.near, Options([], [], 0)
        if not any(near) and not any(map(self._may_do_less, range(len(near)))):
            single = [self._single(i) for i in range(len(near))]
            return Options(single, self._contenders.hostile, 0)
        components: list[int] = []
        owners: list[int] = []
        rest = (1 << len(near)) - 1
        slack = 0
        while rest:
            component = rest & -rest
            if near[component.bit_length() - 1]:
                component = _grown(component, near)
            rest ^= component
            listed, short = self._component(component)
            slack += short
            found.options.extend(listed)
            owners += [len(components)] * len(listed)
            components.append(component)
        return Options(found.options, self._conflicts(found.options, owners), slack)

    def _single(self, i: int) -> Option:
        return Option(self._worth.of(self._contenders.entries[i][3]), 1 << i, ((i, EVER),))

    def _may_do_less(self, i: int) -> bool:
        """Whether to apply less often than it can may be of use, with nobody near."""
        plan = self._contenders.plans[i]
        if self._last and len(plan.promotion.benefits) == 1:
            return False
        return self._prospects[plan.seq].repeats

    def _component(self, component: int) -> tuple[list[Option], int]:
        """List what one component can do, and by how much that may fall short."""
        first = component.bit_length() - 1
        if component == 1 << first and not self._may_do_less(first):
            return [self._single(first)], 0
        listed, complete = self._tried(component)
        if complete:
            return listed, 0
        most = sum([self._single(i).worth for i in bits(component)])
        return listed, max(0, most - max([option.worth for option in listed], default=0))

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
            if self.nodes <= 0:
                return [*found.values()], False
            self.nodes -= self._cost
            then = self._after(trial, *move)
            key = self._key(then)
            if key not in found or found[key].worth < then.done.worth:
                found[key] = then.done
            stack.append((then, self._moves(then, component)))
        return [*found.values()], not self._left_out

    def _after(self, trial: _Trial, i: int, times: int, proposal: Proposal) -> _Trial:
        """Let one more promotion apply."""
        plan, done = self._contenders.plans[i], trial.done
        state = trial.state.fork()
        state.take(proposal)
        state.claim(proposal)
        if plan.coupon is not None:
            state.use_coupon(plan.coupon, plan.seq)
        entry: Entry = (plan.seq, Kind.APPLIED, None, proposal, ())
        more = Option(
            done.worth + self._worth.of(proposal), done.members | 1 << i, (*done.moves, (i, times))
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
            proposal = beside(plans[i], state, winners, entries)
            if proposal is None:
                continue
            yield i, EVER, proposal
            if self._prospects[plans[i].seq].repeats:
                yield from self._fewer(i, proposal, trial, winners)

    def _fewer(
        self, i: int, full: Proposal, trial: _Trial, winners: Sequence[Plan]
    ) -> Iterator[tuple[int, int, Proposal]]:
        """Propose to apply less often than possible."""
        state = trial.state
        for times in range(1, MOST_TIMES + 1):
            state.most_times = times
            fewer = beside(self._contenders.plans[i], state, winners, trial.entries)
            state.most_times = EVER
            if fewer == full:
                return
            if fewer is not None:
                yield i, times, fewer
        self._left_out = True

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


def _by_value(contenders: Contenders, worth: Worth) -> list[int]:
    """Order contenders by what they save for each unit that they use, the best first."""

    def value(i: int) -> Fraction:
        proposal = contenders.entries[i][3]
        return Fraction(worth.of(proposal), sum(proposal[3]) or 1)

    return sorted(range(len(contenders.plans)), key=value, reverse=True)


def _grown(member: int, near: Sequence[int]) -> int:
    """Find all that hang together with a member."""
    component = grown = member
    while grown:
        more = 0
        for i in bits(grown):
            more |= near[i]
        grown = more & ~component
        component |= grown
    return component
