"""最优组合: the best combination of a run of layers, and how good it is by proof.

What the first layer of the run can do is listed as options that exclude each other or add up.
What the later layers can then add at most, given how much has been taken, is bounded: by what
a promotion would take of the untouched run, where it is known never to take more of less, else
by what the goods that it reaches cost. The best set of options under that bound is tried in
earnest, the later layers being settled the same
way. If it comes to the bound, no combination is better. If not, further sets are tried by
falling bound, until the bound is no better than the best that was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ordercore.money import Money
from ordercore.pricing.resolvers.account import Account, Entry, Kind
from ordercore.pricing.resolvers.bounds import steps_after
from ordercore.pricing.resolvers.branching import bits
from ordercore.pricing.resolvers.by_priority import beside, by_priority
from ordercore.pricing.resolvers.certificate import Certificate
from ordercore.pricing.resolvers.contenders import Contenders
from ordercore.pricing.resolvers.options import Options, Trials
from ordercore.pricing.resolvers.search import falling, listed, search
from ordercore.pricing.resolvers.worth import Worth, preference
from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import GiftGrant
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.stacking import Criterion, Optimal
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import EVER

__all__ = ["optimal"]


class _Solution(NamedTuple):
    """How a run of layers is settled, and how well."""

    worth: int
    bound: int
    """No combination is worth more."""
    layers: list[list[Entry]]
    """What became of the promotions of each layer."""


class _GiftsFound(Exception):
    """Raised where a gift turns up that was not weighed."""


def optimal(
    state: LayerState,
    layers: Sequence[Sequence[Plan]],
    prospects: Mapping[int, Prospect],
    resolver: Optimal,
    account: Account,
) -> Certificate:
    """Let the best combination of a run of layers apply.

    Args:
        state: The state after the layers before the run; it is moved on.
        layers: The candidates of each layer of the run.
        prospects: What is known of each promotion.
        resolver: What is best, and how much is looked at.
        account: Gets an entry for each candidate.
    """
    if account:
        state.next_layer()
    try:
        solver = _Solver(prospects, resolver, Worth.by(resolver.objective, gifts=False))
        solution = solver.solve(state, layers)
    except _GiftsFound:
        solver = _Solver(prospects, resolver, Worth.by(resolver.objective, gifts=True))
        solution = solver.solve(state, layers)
    if solution.worth < solution.bound:  # not proved: no worse than by priority all the same
        usual = _by_priority(state, layers, solver.worth)
        if usual.worth > solution.worth:
            solution = usual._replace(bound=solution.bound)
    plans = {plan.seq: plan for layer in layers for plan in layer}
    _replay(state, plans, solution.layers)
    for entries in solution.layers:
        account += entries
    gap = solver.worth.money_of(solution.bound) - solver.worth.money_of(solution.worth)
    used = resolver.nodes - max(solver.nodes, 0)
    return Certificate(resolver.layers, Money(gap, state.cart.currency), used)


def _replay(
    state: LayerState, plans: Mapping[int, Plan], layers: Sequence[Sequence[Entry]]
) -> None:
    """Let those apply in earnest that were found to."""
    for i, entries in enumerate(layers):
        if i:
            state.next_layer()
        for entry in entries:
            if entry[1] is Kind.APPLIED:
                state.take(entry[3])
                state.claim(entry[3])
                coupon = plans[entry[0]].coupon
                if coupon is not None:
                    state.use_coupon(coupon, entry[0])


def _by_priority(state: LayerState, layers: Sequence[Sequence[Plan]], worth: Worth) -> _Solution:
    """Settle the run by priority alone."""
    then = state.fork()
    told: list[list[Entry]] = []
    for i, plans in enumerate(layers):
        if i:
            then.next_layer()
        entries: list[Entry] = []
        by_priority(then, plans, entries)
        told.append(entries)
    applied = [entry for entries in told for entry in entries if entry[1] is Kind.APPLIED]
    total = sum([worth.of(entry[3]) for entry in applied])
    return _Solution(total, total, told)


class _Solver:
    """One search, with the nodes that are left of it."""

    def __init__(self, prospects: Mapping[int, Prospect], resolver: Optimal, worth: Worth) -> None:
        self.prospects, self.objective, self.worth = prospects, resolver.objective, worth
        self.nodes = resolver.nodes

    def solve(self, state: LayerState, layers: Sequence[Sequence[Plan]]) -> _Solution:
        """Settle the first of the layers, and with it all that follow."""
        contenders = Contenders.of(state, layers[0], self.prospects)
        self._weigh(contenders)
        trials = Trials(
            state, contenders, self.prospects, self.worth,
            last=len(layers) == 1, nodes=self.nodes,
        )  # fmt: skip
        able = trials.options()
        self.nodes = trials.nodes
        steps = steps_after(state, contenders, layers[1:], self.prospects, self.worth)
        layer = _Layer(self, state, contenders, able, layers[1:])
        worths = [option.worth for option in able.options]
        prefer = _Preference(contenders, able, self.objective)
        relaxed = search(worths, able.conflicts, steps, prefer, max(1, self.nodes))
        self.nodes -= relaxed.nodes
        best = layer.settle(relaxed.chosen)
        if best.worth < relaxed.bound:
            sets = listed(worths, able.conflicts, max(1, self.nodes))
            if sets is None:
                best = best._replace(bound=max(relaxed.bound, best.bound))
            else:
                best = layer.settle_further(best, falling(sets, len(worths), steps))
        if not able.rest:
            return best
        known = [0 if able.partial >> o & 1 else worth for o, worth in enumerate(worths)]
        extra = max([extra for _, extra in steps], default=0)
        loose = search(known, able.conflicts, (), prefer, max(1, self.nodes)).bound
        return best._replace(bound=max(best.bound, loose + able.rest + extra))

    def _weigh(self, contenders: Contenders) -> None:
        """Begin anew with gifts in the scale, should there be any."""
        if self.worth.gifts or Criterion.GIFT_VALUE not in self.objective:
            return
        for entry in contenders.entries:
            if entry[3][5] and any([isinstance(g, GiftGrant) for g in entry[3][5]]):
                raise _GiftsFound


class _Layer(NamedTuple):
    """One layer of the run, with what it can do; later ones are settled after each try."""

    solver: _Solver
    state: LayerState
    contenders: Contenders
    able: Options
    later: Sequence[Sequence[Plan]]

    def settle(self, chosen: int) -> _Solution:
        """Do what a set of options says, and settle what follows; tell what it really comes to."""
        state = self.state.fork()
        entries = self._apply(state, chosen)
        worth = sum([self.solver.worth.of(entry[3]) for entry in entries])
        rows, plans = len(state.rows.every), sum([len(layer) for layer in self.later])
        self.solver.nodes -= 1 + plans * (1 + rows // 8)
        if not self.later:
            return _Solution(worth, worth, [_told(self.contenders, entries, ())])
        state.next_layer()
        rest = self.solver.solve(state, self.later)
        after = [e[0] for told in rest.layers for e in told if e[1] is Kind.APPLIED]
        after = [seq for seq in after if self.solver.prospects[seq].least] or after
        told = [_told(self.contenders, entries, after), *rest.layers]
        return _Solution(worth + rest.worth, worth + rest.bound, told)

    def settle_further(self, best: _Solution, sets: Iterable[tuple[int, int]]) -> _Solution:
        """Try further sets of options, by falling bound, until none can be better."""
        reached = best.bound
        for total, chosen in sets:
            if total <= best.worth:
                break
            if self.solver.nodes <= 0:
                reached = max(total, reached)
                break
            found = self.settle(chosen)
            reached = max(reached, found.bound)
            if found.worth > best.worth:
                best = found
        return best._replace(bound=max(best.worth, reached))

    def _apply(self, state: LayerState, chosen: int) -> list[Entry]:
        """Let the promotions of a set of options apply, in order."""
        plans, looked, _, near, *_ = self.contenders
        options = [self.able.options[o] for o in bits(chosen)]
        members = sum([option.members for option in options])
        winners: list[Plan] = []
        entries: list[Entry] = []
        for i, times in [move for option in options for move in option.moves]:
            plan, (_, kind, verdict, proposal, _) = plans[i], looked[i]
            if near[i] & members or times != EVER or kind is not Kind.APPLIED:
                state.most_times = times
                moved = beside(plan, state, winners, entries)
                state.most_times = EVER
                if moved is None:
                    continue
                proposal = moved
            state.take(proposal)
            state.claim(proposal)
            if plan.coupon is not None:
                state.use_coupon(plan.coupon, plan.seq)
            winners.append(plan)
            entries.append((plan.seq, Kind.APPLIED, verdict, proposal, ()))
        return entries


class _Preference:
    """The key of a set of options among those that are worth the same."""

    def __init__(
        self, contenders: Contenders, able: Options, objective: Sequence[Criterion]
    ) -> None:
        self._contenders, self._options, self._objective = contenders, able.options, objective

    def __call__(self, chosen: int) -> tuple[object, ...]:
        """The least key is preferred; ids decide last."""
        plans = self._contenders.plans
        members = [i for o in bits(chosen) for i in bits(self._options[o].members)]
        orders = [self._options[o].moves for o in bits(chosen)]
        return *preference([plans[i] for i in members], self._objective), orders


def _told(contenders: Contenders, applied: list[Entry], after: Sequence[int]) -> list[Entry]:
    """Tell what became of everybody in a layer; ``after``: who in later layers prevails.

    Those are the ones whose threshold could be lost, if there are any, else all that apply.
    """
    seqs = {entry[0] for entry in applied}
    at = {plan.seq: i for i, plan in enumerate(contenders.plans)}
    entries = [*contenders.others, *applied]
    for i, entry in enumerate(contenders.entries):
        seq, kind, verdict, proposal, _ = entry
        if seq in seqs:
            continue
        if kind is not Kind.APPLIED:
            entries.append(entry)
            continue
        excluding, around = contenders.excluding[i], contenders.hostile[i] | contenders.near[i]
        by = [s for s in seqs if excluding >> at[s] & 1]
        if by:
            entries.append((seq, Kind.EXCLUDED, verdict, proposal, tuple(sorted(by))))
            continue
        rivals = [s for s in seqs if around >> at[s] & 1] or [*after] or [*seqs]
        entries.append((seq, Kind.BEATEN, verdict, proposal, tuple(sorted(rivals))))
    return entries
