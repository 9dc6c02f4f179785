"""What is held of things that are made, finished or in parts, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from ordercore.errors import InvalidDocument, InvalidValue
from ordercore.stock import BillBook, Shortage
from ordercore.stock.materials import net
from ordercore.stock.materials.plan import MaterialPlan
from ordercore.workflows.keeping.desk import Desk, Pile, Renewing, spend
from ordercore.workflows.keeping.held import Missing
from ordercore.workflows.stock import Wanted

__all__ = ["Made"]

_NONE: Final[Mapping[str, int]] = MappingProxyType({})


class Made:
    """Things that are made: finished units, and whatever goes into the rest.

    Parts are shared: lots are made once for all lines, and what is rounded up is rounded
    once. So all made lines of an order hold them together. Of what they hold, units that stay
    keep what they need, netted anew; all else goes with the others.
    """

    def __init__(self, desk: Desk, wanted: tuple[Wanted, ...], bills: BillBook | None) -> None:
        self._desk = desk
        self._wanted = wanted
        self._bills = bills
        self._kept = tuple(each for each in desk.task.kept if desk.makes(each))

    def _piles(self) -> list[Pile]:
        """List what the made lines hold, the oldest first; of those that go before others."""
        if not self._wanted or self._bills is None:
            return []
        task, made = self._desk.task, (*self._wanted, *self._kept)
        skus = {step.part.sku for step in self._bills.below({each.sku for each in made})}
        others = [each for each in (*task.wanted, *task.kept) if each not in made]
        goods = {each.line for each in others if not each.is_gift}
        gifts = {each.sku for each in others if each.is_gift}

        def is_own(pile: Pile) -> bool:
            if pile.found.line in self._desk.lines:
                return pile.found.line not in goods
            return pile.sku not in gifts

        return [pile for pile in self._desk.piles(skus) if is_own(pile)]

    def _net(self, lines: Iterable[Wanted], units: Mapping[str, int]) -> MaterialPlan:
        """Net lines against so many units of what there is."""
        basket: Counter[str] = Counter()
        for line in lines:
            basket[line.sku] += line.quantity
        if self._bills is None or not basket:
            return MaterialPlan(())
        return net(self._bills, basket, units)

    def _needs(self, lines: Iterable[Wanted], units: Mapping[str, int]) -> Mapping[str, int]:
        """Tell what lines need of so many units."""
        return {part.sku: part.taken for part in self._net(lines, units).taken}

    def firm(self) -> Missing:
        """Keep it; where some has expired or is lost, free all and let it be netted anew."""
        piles = self._piles()
        expired = any(pile.found.has_expired(self._desk.task.at) for pile in piles)
        if piles and not expired and self._are_enough(piles):
            for pile in piles:
                self._desk.firm(pile)
            return []
        return self._anew(piles)

    def leave(self, sites: Collection[str]) -> Missing:
        """Where some of it stands at sites or is lost, free all and let it be netted anew."""
        piles = self._piles()
        if any(pile.site in sites for pile in piles) or not self._are_enough(piles):
            return self._anew(piles)
        return []

    def _are_enough(self, piles: Iterable[Pile]) -> bool:
        return self._net(self._wanted, _units(piles)).ok

    def _anew(self, piles: Iterable[Pile]) -> Missing:
        """Free what is held, and ask for all of it anew."""
        for pile in piles:
            self._desk.free(pile, pile.found.outstanding)
        return [(each, each.quantity) for each in self._wanted]

    def free(self) -> None:
        """Free what the units that stay do not need, the newest first."""
        self._part(self._desk.free)

    def hand_over(self) -> None:
        """Hand over what the units that stay do not need, the newest first."""
        lines = {wanted.line for wanted in self._wanted}

        def give(pile: Pile, units: int) -> None:
            line = pile.found.line if pile.found.line in lines else min(lines)
            self._desk.hand_over(pile, units, line)

        self._part(give)

    def _part(self, act: Callable[[Pile, int], None]) -> None:
        piles = self._piles()
        stays = self._needs(self._kept, _units(piles))
        for sku, units in _units(piles).items():
            newest = (pile for pile in reversed(piles) if pile.sku == sku)
            spend(units - stays.get(sku, 0), newest, act)

    def consume(self) -> Iterable[Shortage]:
        """Let go what the units need, the oldest first; with the last ones all that is left.

        What a lot gives beyond them is good stock, and is set aside as far as it is needed.
        """
        piles = self._piles()
        held = Counter(_units(piles))
        flow = self._flow(self._wanted, held, held)
        if flow is None or self._spend(flow.goes if self._kept else held, piles):
            yield from self._short()
            return
        like = _first_of(piles, flow.goes)
        self._take_in([(self._wanted[0].line, flow.comes)], flow.comes, like)

    def _flow(
        self,
        lines: Sequence[Wanted],
        supply: Mapping[str, int],
        held: Counter[str],
        gives: Mapping[str, int] = _NONE,
    ) -> _Flow | None:
        """Tell what goes and what comes when units are made; None: they cannot be.

        What is rounded up for several units together may be too little for each of them alone.
        So what the rest needs stays, where all together have enough.

        Args:
            lines: What is made.
            supply: Of what it may be made.
            held: What is held.
            gives: What of it stays with the order; none: it leaves.
        """
        plan = self._net(lines, supply)
        if not plan.ok or not plan.taken:
            return None
        goes = Counter({part.sku: part.taken for part in plan.taken})
        comes = Counter({part.sku: part.surplus for part in plan.made if part.surplus})
        comes += Counter(gives)
        whole = self._net(self._kept if gives else (*lines, *self._kept), held)
        if whole.ok:
            due = Counter({part.sku: part.made for part in whole.made})
            if Counter(gives) <= due:  # then it is rounding alone by which it is too little
                for part in self._net(self._kept, held - goes + comes).short:
                    goes[part.sku] -= min(goes[part.sku], part.short)
            if gives and not self._net(self._kept, held - goes + comes).ok:
                return None  # it would take what other units need
        return _Flow(goes, comes)

    def _spend(self, goes: Mapping[str, int], piles: Sequence[Pile]) -> int:
        """Let units leave, the oldest first; tell how many are not there."""
        return sum(
            spend(units, [pile for pile in piles if pile.sku == sku], self._desk.consume)
            for sku, units in goes.items()
        )

    def _short(self) -> Iterator[Shortage]:
        for wanted in self._wanted:
            if not wanted.is_gift:
                yield wanted.short(0, "not_set_aside")

    def produce(self) -> Iterable[Shortage]:
        """Make units of their parts: these leave, and what is made is set aside in their place.

        What a lot gives beyond the need is good stock, and is set aside as far as the order
        needs it. All lines are summed up first, so that each pile is spent once.

        Raises:
            InvalidDocument: It is asked of lines that are not made.
        """
        self._check_made()
        at = self._desk.task.at
        piles = [pile for pile in self._piles() if not pile.found.has_expired(at)]
        held = Counter(_units(piles))
        goes: Counter[str] = Counter()
        made: list[tuple[str, Counter[str]]] = []
        for wanted in self._wanted:
            parts = {sku: units for sku, units in held.items() if sku != wanted.sku}
            flow = self._flow([wanted], parts, held, {wanted.sku: wanted.quantity})
            if flow is None:
                yield wanted.short(0, "not_set_aside")
                continue
            made.append((wanted.line, flow.comes))
            held = held - flow.goes + flow.comes
            goes += flow.goes
        comes = sum((units for _, units in made), Counter[str]())
        leaves = goes & Counter(_units(piles))  # the rest was made of what was made just now
        if self._spend(leaves, piles):
            yield from self._short()
        elif made:
            self._take_in(made, comes - (goes - leaves), _first_of(piles, goes))

    def _check_made(self) -> None:
        """Refuse to make units of goods and of services."""
        faults = [
            InvalidValue("a line that is made", each.sku, path=("units", each.line))
            for each in self._desk.task.wanted
            if not self._desk.makes(each)
        ]
        if faults:
            raise InvalidDocument(faults)

    def _take_in(
        self,
        made: Iterable[tuple[str, Counter[str]]],
        comes: Counter[str],
        like: Pile,
    ) -> None:
        """Take in what is made, and set aside of it what is needed.

        Args:
            made: What was made for which line.
            comes: What of all that is left to be taken in.
            like: Of what it was made: it stands there, and is held on these terms.
        """
        held = Counter(_units(self._piles()))
        aside = Counter(self._needs(self._kept, held + comes)) - held
        if like.found.has_expired(self._desk.task.at):
            aside.clear()
        left = Counter(comes)
        for line, units in made:
            for sku in units & left:
                some = min(units[sku], left[sku])
                kept = min(some, aside[sku])
                self._desk.take_in(sku, some, kept, like=like, line=line)
                left[sku] -= some
                aside[sku] -= kept

    def renew(self, until: Renewing) -> Iterable[Shortage]:
        """Keep it a while longer, all of it or, by what is told, none."""
        piles = self._piles()
        kept = [pile for pile in piles if self._desk.renew(pile, until)]
        lines = [wanted for wanted in self._wanted if not wanted.is_gift]
        if len(kept) == len(piles) and self._net(lines, _units(kept)).ok:
            return
        reason = "not_set_aside" if len(kept) == len(piles) else "not_renewable"
        for wanted in lines:
            yield wanted.short(0, reason)


class _Flow(NamedTuple):
    """What goes and what comes when units are made."""

    goes: Counter[str]
    comes: Counter[str]
    """What stays of what is made: all of it, or what lots give beyond units that leave."""


def _first_of(piles: Sequence[Pile], goes: Counter[str]) -> Pile:
    """Find the oldest pile of which units go."""
    return next((pile for pile in piles if goes[pile.sku]), piles[0])


def _units(piles: Iterable[Pile]) -> Mapping[str, int]:
    """Tell how many units are held of which sku."""
    held: Counter[str] = Counter()
    for pile in piles:
        held[pile.sku] += pile.found.outstanding
    return held
