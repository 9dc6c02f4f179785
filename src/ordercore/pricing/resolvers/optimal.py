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
from typing import Final, NamedTuple

from ordercore.money import Money
from ordercore.pricing.resolvers.account import Account, Entry, Kind
from ordercore.pricing.resolvers.bounds import Ahead
from ordercore.pricing.resolvers.branching import bits
from ordercore.pricing.resolvers.by_priority import beside, by_priority
from ordercore.pricing.resolvers.certificate import Certificate
from ordercore.pricing.resolvers.contenders import Contenders
from ordercore.pricing.resolvers.options import Option, Options, Trials
from ordercore.pricing.resolvers.search import falling, listed, search
from ordercore.pricing.resolvers.worth import Part, Worth, preference
from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import total_of
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.stacking import Criterion, Optimal
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import EVER

__all__ = ["optimal"]


KEPT: Final = 8
"""Which part of the nodes a layer keeps for those that follow it."""


class _Solution(NamedTuple):
    """How a run of layers is settled, and how well."""

    worth: int
    bound: int
    """No combination is worth more."""
    layers: list[list[Entry]]
    """What became of the promotions of each layer."""


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
    plans = {plan.seq: plan for layer in layers for plan in layer}
    giving = [plan for seq, plan in plans.items() if prospects[seq].gives]
    gifts = any([_may_give(plan, prospects[plan.seq], state) for plan in giving])
    solver = _Solver(plans, prospects, resolver, Worth.by(resolver.objective, gifts=gifts))
    solution = solver.solve(state, layers)
    if solution.worth < solution.bound:  # not proved: no worse than by priority all the same
        usual = _by_priority(state, layers, solver.worth)
        if usual.worth > solution.worth:
            solution = usual._replace(bound=solution.bound)
    most = state.entry_total + state.shipping + sum(state.fees)
    _replay(state, plans, solution.layers)
    for entries in solution.layers:
        account += entries
    gap = solver.worth.gap(solution.worth, solution.bound, most)
    used = resolver.nodes - max(solver.nodes, 0)
    return Certificate(resolver.layers, Money(gap, state.cart.currency), used)


def _may_give(plan: Plan, prospect: Prospect, state: LayerState) -> bool:
    """Whether one that gives gifts may come to give any in the run: then they are weighed."""
    return not prospect.falls or plan.test is None or plan.test(state)[0]


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

    def __init__(
        self,
        plans: Mapping[int, Plan],
        prospects: Mapping[int, Prospect],
        resolver: Optimal,
        worth: Worth,
    ) -> None:
        self.plans, self.prospects = plans, prospects
        self.objective, self.nodes, self.worth = resolver.objective, resolver.nodes, worth

    def solve(
        self,
        state: LayerState,
        layers: Sequence[Sequence[Plan]],
        before: tuple[Part, ...] = (),
    ) -> _Solution:
        """Settle the first of the layers, and with it all that follow; ``before``: who applies."""
        contenders = Contenders.of(state, layers[0], self.prospects)
        kept = self.nodes // KEPT if len(layers) > 1 and self.nodes > 0 else 0
        trials = Trials(
            state, contenders, self.prospects, self.worth,
            last=len(layers) == 1, nodes=self.nodes - kept,
        )  # fmt: skip
        able = trials.options()
        self.nodes = trials.nodes
        later = layers[1:]
        ahead = Ahead(state, contenders, later, self.prospects, self.worth) if later else None
        steps, closer = (ahead.steps, ahead.closer) if ahead else ((), None)
        layer = _Layer(self, state, contenders, able, later, before)
        worths = [option.worth for option in able.options]
        prefer = _Preference(contenders, able, self.objective, before)
        relaxed = search(worths, able.conflicts, steps, prefer, max(1, self.nodes), closer)
        self.nodes += kept - relaxed.nodes
        best = layer.settle(relaxed.chosen)
        if best.worth < relaxed.bound:
            sets = listed(worths, able.conflicts, max(1, self.nodes))
            if sets is None:
                best = best._replace(bound=max(relaxed.bound, best.bound))
            else:
                best = layer.settle_further(best, falling(sets, len(worths), steps, closer))
        elif later and relaxed.tied:
            others = [(relaxed.total, tied) for tied in relaxed.tied if tied != relaxed.chosen]
            best = layer.settle_further(best, others)
        if not able.rest:
            return best
        known = [0 if able.partial >> o & 1 else worth for o, worth in enumerate(worths)]
        extra = max([extra for _, extra in steps], default=0)
        loose = search(known, able.conflicts, (), prefer, max(1, self.nodes)).bound
        return best._replace(bound=max(best.bound, loose + able.rest + extra))


class _Layer(NamedTuple):
    """One layer of the run, with what it can do; later ones are settled after each try."""

    solver: _Solver
    state: LayerState
    contenders: Contenders
    able: Options
    later: Sequence[Sequence[Plan]]
    before: tuple[Part, ...]

    def settle(self, chosen: int) -> _Solution:
        """Do what a set of options says, and settle what follows; tell what it really comes to."""
        state = self.state.fork()
        entries, who = self._apply(state, chosen)
        worth = sum([self.solver.worth.of(entry[3]) for entry in entries])
        rows, plans = len(state.rows.every), sum([len(layer) for layer in self.later])
        self.solver.nodes -= 1 + plans * (1 + rows // 8)
        if not self.later:
            return _Solution(worth, worth, [_told(self.contenders, entries, who, ())])
        state.next_layer()
        rest = self.solver.solve(state, self.later, (*self.before, *self._parts(entries)))
        after = [e[0] for told in rest.layers for e in told if e[1] is Kind.APPLIED]
        after = [seq for seq in after if self.solver.prospects[seq].least] or after
        told = [_told(self.contenders, entries, who, after), *rest.layers]
        return _Solution(worth + rest.worth, worth + rest.bound, told)

    def settle_further(self, best: _Solution, sets: Iterable[tuple[int, int]]) -> _Solution:
        """Try further sets of options, by falling bound, until none can be as good."""
        reached = best.bound
        for total, chosen in sets:
            if total < best.worth:
                break
            if self.solver.nodes <= 0:
                reached = max(total, reached)
                break
            found = self.settle(chosen)
            reached = max(reached, found.bound)
            if found.worth > best.worth or (
                found.worth == best.worth and self._key(found) < self._key(best)
            ):
                best = found
        return best._replace(bound=max(best.worth, reached))

    def _key(self, solution: _Solution) -> tuple[object, ...]:
        """The key of who applies, in the layers before too; the least is preferred."""
        applied = [e for told in solution.layers for e in told if e[1] is Kind.APPLIED]
        return preference([*self.before, *self._parts(applied)], self.solver.objective)

    def _parts(self, applied: Sequence[Entry]) -> list[Part]:
        plans = self.solver.plans
        return [(plans[entry[0]], total_of(entry[3]) > 0) for entry in applied]

    def _apply(self, state: LayerState, chosen: int) -> tuple[list[Entry], int]:
        """Let the promotions of a set of options apply, in order; tell who they are, too."""
        plans, looked, _, near, *_ = self.contenders
        options = [self.able.options[o] for o in bits(chosen)]
        members = sum([option.members for option in options])
        giving = sum([option.giving for option in options])
        if giving:
            options.sort(key=_only_gives)  # what is earned is earned by what is left
        winners: list[Plan] = []
        entries: list[Entry] = []
        who = 0
        for i, times in [move for option in options for move in option.moves]:
            plan, (_, kind, verdict, proposal, _) = plans[i], looked[i]
            alone = not near[i] & members and times == EVER and not giving >> i & 1
            if not alone or kind is not Kind.APPLIED:
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
            who |= 1 << i
        return entries, who


def _only_gives(option: Option) -> bool:
    """Whether all who take part take no amount."""
    return option.giving == option.members


class _Preference:
    """The key of a set of options among those that are worth the same."""

    def __init__(
        self,
        contenders: Contenders,
        able: Options,
        objective: Sequence[Criterion],
        before: tuple[Part, ...],
    ) -> None:
        self._contenders, self._options, self._objective = contenders, able.options, objective
        self._before = before

    def __call__(self, chosen: int) -> tuple[object, ...]:
        """The least key is preferred; ids decide last."""
        plans, options = self._contenders.plans, [self._options[o] for o in bits(chosen)]
        parts = [
            (plans[i], not option.giving >> i & 1)
            for option in options
            for i in bits(option.members)
        ]
        orders = [[(i, -times) for i, times in option.moves] for option in options]
        return *preference([*self._before, *parts], self._objective), orders


def _told(
    contenders: Contenders, applied: list[Entry], who: int, after: Sequence[int]
) -> list[Entry]:
    """Tell what became of everybody in a layer.

    Args:
        contenders: All who could apply.
        applied: The entries of those who do.
        who: Who they are, as a bitmask.
        after: Who in later layers prevails: the ones whose threshold could be lost, if there are
            any, else all that apply.
    """
    plans, looked, others, near, hostile, excluding = contenders
    entries = [*others, *applied]
    for i, entry in enumerate(looked):
        if who >> i & 1:
            continue
        seq, kind, verdict, proposal, _ = entry
        if kind is not Kind.APPLIED:
            entries.append(entry)
            continue
        kind, by = Kind.EXCLUDED, excluding[i] & who
        if not by:
            kind, by = Kind.BEATEN, (hostile[i] | near[i]) & who
        rivals = [plans[j].seq for j in bits(by)] or after or [plans[j].seq for j in bits(who)]
        entries.append((seq, kind, verdict, proposal, tuple(sorted(rivals))))
    return entries
