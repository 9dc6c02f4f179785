"""What the later layers of a run can add at most, given how much was taken before them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from ordercore.pricing.resolvers.contenders import Contenders
from ordercore.pricing.resolvers.search import Closer, Step
from ordercore.pricing.resolvers.worth import Worth, promised
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis

__all__ = ["Ahead"]

_ANY: Final = 10**60
"""However much was taken."""

GRID: Final = 16
"""In how many steps a bound falls where sets are too many to be listed."""

CLOSE: Final = 512
"""In how many steps it falls, at most, where they are listed."""

_Most = tuple[int, int, int, "int | None", Plan]
"""(cap, goods, other, dust, who): what a promotion of a later layer can do at most.

It applies only while at most ``cap`` was taken off goods. ``goods`` is what it takes off them,
with the gifts that it may give, ``other`` what it takes off shipping and fees. ``dust`` is what
it leaves of all goods to others of its layer; None: not known.
"""


class Ahead:
    """The later layers of a run, and what they can add at most.

    A promotion that takes no more of less takes no more than it would take now, any other no
    more than what it reaches costs now. One that asks for an amount of all goods cannot apply
    once too much is taken; one that takes a percentage takes it of what is left.

    Attributes:
        steps: (cap on what this layer takes, what the later ones then add at most).
        closer: Tells steps that are close just for what is taken; None: there are none.
    """

    __slots__ = ("_everything", "_layers", "_parts", "_slack", "_total", "closer", "steps")

    closer: Closer | None
    steps: Sequence[Step]

    def __init__(
        self,
        state: LayerState,
        contenders: Contenders,
        layers: Sequence[Sequence[Plan]],
        prospects: Mapping[int, Prospect],
        worth: Worth,
    ) -> None:
        bounded = all([prospects[plan.seq].on_goods for plan in contenders.plans])
        self._total = total = state.entry_total
        self._layers = [
            [
                (
                    _cap(prospects[plan.seq], total, worth) if bounded else _ANY,
                    *_most(plan, prospects[plan.seq], state, worth),
                    plan,
                )
                for plan in layer
            ]
            for layer in layers
        ]
        givers = sum([prospects[plan.seq].gives for layer in layers for plan in layer])
        charges = state.shipping + sum(state.fees)
        self._everything = worth.at_most(total + charges, givers)
        self._slack = 1 + len(state.rows.every)  # each row rounds for itself, and so does the part
        caps = {each[0] for layer in self._layers for each in layer if each[1] or each[2]}
        steps = sorted([cap for cap in caps if cap >= 0])
        self._parts = [_parts(layer, prospects) for layer in layers] if bounded else []
        if worth == (1, 0) and any(self._parts):
            self.steps, self.closer = self._graded(steps), self._steps_at
        else:
            self.steps, self.closer = [(cap, self._added(cap)) for cap in steps], None

    def _steps_at(self, taken: Iterable[int]) -> Sequence[Step]:
        """Let the bound fall just where so much is taken."""
        every = sorted({*taken})
        size = 1 + len(every) // CLOSE
        return [
            (every[min(i + size, len(every)) - 1], self._falling(every[i]))
            for i in range(0, len(every), size)
        ]

    def _graded(self, caps: Sequence[int]) -> list[Step]:
        """Let the bound fall in even steps, each as high as where it begins."""
        grid = [self._total * i // GRID for i in range(1, GRID + 1)]
        ends = sorted({*caps, *[each for each in grid if caps and each < caps[-1]]})
        return [(cap, self._falling(before + 1)) for before, cap in pairwise([-1, *ends])]

    def _added(self, taken: int) -> int:
        """Bound what the later layers add, whatever they take it of."""
        added = 0
        for layer in self._layers:
            added += _together(
                [
                    (goods + other, dust, plan)
                    for cap, goods, other, dust, plan in layer
                    if cap >= taken
                ]
            )
        return min(added, self._everything)

    def _falling(self, taken: int) -> int:
        """Bound what the later layers add of what is left when so much was taken off goods.

        What a layer takes, at most all that is left, never grows by more than that does: so
        whoever takes less leaves the next layers no more to take than it leaves itself.
        """
        added, left = 0, self._total - taken
        for layer, parts in zip(self._layers, self._parts, strict=True):
            able = [each for each in layer if each[0] >= taken]
            mosts = [
                (
                    min(goods, int(parts[plan.seq] * left) + self._slack)
                    if plan.seq in parts
                    else goods,
                    dust,
                    plan,
                )
                for _, goods, _, dust, plan in able
            ]
            goods = min(_together(mosts), left)
            added += goods + _together([(other, None, plan) for _, _, other, _, plan in able])
            left -= goods
        return min(added, self._everything - taken)


def _parts(layer: Sequence[Plan], prospects: Mapping[int, Prospect]) -> dict[int, Fraction]:
    """Tell who takes at most what part of the goods."""
    parts = {plan.seq: prospects[plan.seq].part for plan in layer}
    return {seq: part for seq, part in parts.items() if part is not None}


def _together(able: Sequence[tuple[int, int | None, Plan]]) -> int:
    """Add up what promotions of one layer may take: (at most, what it leaves, who).

    Of each group at most one applies; and after one that leaves next to nothing, others like it
    find no more than that.
    """
    rest, alone, swept = 0, 0, 0
    groups: dict[str, int] = {}
    sweeping: list[tuple[int, int]] = []
    for most, dust, plan in able:
        group = plan.promotion.group
        if plan.promotion.exclusive is not Exclusive.NO:
            alone = max(alone, most)
        elif group is not None:
            groups[group] = max(groups.get(group, 0), most)
        elif dust is not None:
            sweeping.append((most, dust))
        else:
            rest += most
    if sweeping:
        every = sum([most for most, _ in sweeping])
        swept = max([most + min(every - most, dust) for most, dust in sweeping])
    return max(alone, rest + swept + sum(groups.values()))


def _most(
    plan: Plan, prospect: Prospect, state: LayerState, worth: Worth
) -> tuple[int, int, int | None]:
    """What a promotion can do in any state to come: see `_Most`."""
    if prospect.falls and plan.test is not None and not plan.test(state)[0]:
        return 0, 0, None
    if not (prospect.monotone or (prospect.shrinks and state.floors is None)):
        reached = state.total(prospect.reach(state), Basis.ENTRY)
        charges = 0 if prospect.on_goods else state.shipping + sum(state.fees)
        return worth.at_most(reached, prospect.gives), worth.at_most(charges, 0), None
    proposal = plan.propose(state)
    if proposal is None:
        return 0, 0, None
    goods, dust = proposal[0] * worth.money, None
    if prospect.dust is not None and state.floors is None and worth == (1, 0):
        dust = len(state.rows.every) * prospect.dust(state.entry_total)
    return goods, worth.of(promised(proposal)) - goods, dust


def _cap(prospect: Prospect, total: int, worth: Worth) -> int:
    """What may be taken off goods, at most, for a promotion to be still eligible."""
    if not prospect.least:
        return _ANY
    left = total - prospect.least
    return (left + 1) * worth.money - 1
