"""What is held of goods and of things that are made, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from ordercore.stock import BillBook, ReservationState, Shortage
from ordercore.stock.materials import net
from ordercore.stock.materials.plan import MaterialPlan
from ordercore.workflows.keeping.desk import Desk, Pile, by_id, spend
from ordercore.workflows.stock import Wanted

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Goods", "Held", "Made", "Missing"]

Missing = list[tuple[Wanted, int]]
"""What is to be set aside anew, and how many units of it."""


class Held(Protocol):
    """What is held for the lines of one kind."""

    def firm(self) -> Missing:
        """Keep it for good; tell what has expired or is not there, and must be had anew."""
        ...

    def free(self) -> None:
        """Give it free; what stays, stays enough for the units that stay."""
        ...

    def hand_over(self) -> None:
        """Let another order have it."""
        ...

    def consume(self) -> Iterable[Shortage]:
        """Let it go; tell of what was not set aside."""
        ...

    def renew(self, until: Callable[[datetime | None], datetime | None]) -> Iterable[Shortage]:
        """Keep it a while longer; tell of what cannot be kept.

        Args:
            until: The next end of what may be renewed until an instant; None: it may not.
        """
        ...


def _firm(desk: Desk, pile: Pile) -> None:
    if pile.found.state is not ReservationState.FIRM:
        desk.firm(pile)


def _renewed(desk: Desk, pile: Pile, until: Callable[[datetime | None], datetime | None]) -> bool:
    """Renew a pile that is not firm; tell whether its units are kept by now."""
    if pile.found.state is ReservationState.FIRM or pile.found.expires_at is None:
        return True
    end = until(pile.found.renewable_until)
    if end is not None and end > pile.found.expires_at:
        return desk.renew(pile, end)
    return not pile.found.has_expired(desk.task.at)


class Goods:
    """Goods on hand: units of the line's own sku."""

    def __init__(self, desk: Desk, wanted: tuple[Wanted, ...]) -> None:
        self._desk = desk
        self._wanted = wanted
        everything = (*desk.task.wanted, *desk.task.kept)
        self._lines = {each.line for each in everything if not each.is_gift}

    def _piles(self, wanted: Wanted) -> list[Pile]:
        """List what is held, the oldest first; of a gift, whatever it was called by then."""
        if not wanted.is_gift:
            return self._desk.piles({wanted.sku}, wanted.line)
        piles = self._desk.piles({wanted.sku})
        return [pile for pile in piles if pile.found.line not in self._lines]

    def firm(self) -> Missing:
        """Keep what has not expired, and free what has."""
        missing: Missing = []
        for wanted in self._wanted:
            left, expired = wanted.quantity, 0
            for pile in self._piles(wanted):
                if pile.found.has_expired(self._desk.task.at):
                    expired += pile.found.outstanding
                    self._desk.free(pile, pile.found.outstanding)
                    continue
                left -= pile.found.outstanding
                _firm(self._desk, pile)
            left = min(left, expired) if wanted.is_gift else left
            if left > 0:
                missing.append((wanted, left))
        return missing

    def free(self) -> None:
        """Give units free, the newest first."""
        for wanted in self._wanted:
            spend(wanted.quantity, reversed(self._piles(wanted)), self._desk.free)

    def hand_over(self) -> None:
        """Hand units over, the newest first."""
        for wanted in self._wanted:
            give = partial(self._desk.hand_over, line=wanted.line)
            spend(wanted.quantity, reversed(self._piles(wanted)), give)

    def consume(self) -> Iterable[Shortage]:
        """Let units leave, the oldest first."""
        for wanted in self._wanted:
            left = spend(wanted.quantity, self._piles(wanted), self._desk.consume)
            if left and not wanted.is_gift:
                yield wanted.short(wanted.quantity - left, "not_set_aside")

    def renew(self, until: Callable[[datetime | None], datetime | None]) -> Iterable[Shortage]:
        """Keep units a while longer."""
        for wanted in self._wanted:
            piles = self._piles(wanted)
            lost = sum(
                pile.found.outstanding for pile in piles if not _renewed(self._desk, pile, until)
            )
            if lost and not wanted.is_gift:
                yield wanted.short(max(0, wanted.quantity - lost), "not_renewable")


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
        self._kept = tuple(each for each in desk.task.kept if desk.keeper.makes(each))

    def _piles(self) -> list[Pile]:
        """List what the made lines hold, the oldest first; of those that go before others."""
        if not self._wanted or self._bills is None:
            return []
        task, made = self._desk.task, (*self._wanted, *self._kept)
        skus = {step.part.sku for step in self._bills.below({each.sku for each in made})}
        others = [each for each in (*task.wanted, *task.kept) if each not in made]
        lines, goods = by_id(made), by_id(others)
        gifts = {each.sku for each in others if each.is_gift}
        return [
            pile
            for pile in self._desk.piles(skus)
            if pile.found.line in lines or not (pile.found.line in goods or pile.sku in gifts)
        ]

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
        if piles and not expired and self._net(self._wanted, _units(piles)).ok:
            for pile in piles:
                _firm(self._desk, pile)
            return []
        for pile in piles:
            self._desk.free(pile, pile.found.outstanding)
        return [(each, each.quantity) for each in self._wanted if piles or not each.is_gift]

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
        """Let go what the units need, the oldest first; with the last ones all that is left."""
        piles = self._piles()
        held = _units(piles)
        plan = self._net(self._wanted, held)
        goes = self._needs(self._wanted, held) if self._kept else held
        if not plan.ok or self._spend(goes, piles):
            yield from self._short()

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
        needs it.
        """
        for wanted in self._wanted:
            at, piles = self._desk.task.at, self._piles()
            piles = [
                pile for pile in piles if pile.sku != wanted.sku and not pile.found.has_expired(at)
            ]
            plan = self._net([wanted], _units(piles))
            goes = {part.sku: part.taken for part in plan.taken}
            if not plan.ok or not goes or self._spend(goes, piles):
                yield wanted.short(0, "not_set_aside")
                continue
            first = next(pile for pile in piles if pile.sku in goes)
            made = {part.sku: part.surplus for part in plan.made if part.surplus}
            made[wanted.sku] = made.get(wanted.sku, 0) + wanted.quantity
            held = Counter(_units(self._piles()))
            needs = self._needs(self._kept, held + Counter(made))
            for sku, units in made.items():
                aside = min(units, max(0, needs.get(sku, 0) - held[sku]))
                self._desk.take_in(sku, units, aside, like=first, line=wanted.line)

    def renew(self, until: Callable[[datetime | None], datetime | None]) -> Iterable[Shortage]:
        """Keep it a while longer, all of it or, by what is told, none."""
        kept = [_renewed(self._desk, pile, until) for pile in self._piles()]
        for wanted in self._wanted:
            if not all(kept) and not wanted.is_gift:
                yield wanted.short(0, "not_renewable")


def _units(piles: Iterable[Pile]) -> Mapping[str, int]:
    """Tell how many units are held of which sku."""
    held: Counter[str] = Counter()
    for pile in piles:
        held[pile.sku] += pile.found.outstanding
    return held
