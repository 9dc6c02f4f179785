"""Which site may give which line how many units, and what speaks against the others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ordercore.sourcing.cases import Candidate, Case
from ordercore.sourcing.problem import Problem, Take
from ordercore.sourcing.reasons import Reason, ReasonCode
from ordercore.sourcing.rules.answers import Reasons
from ordercore.sourcing.rules.filters import Anywhere, Filter, against_of, lacking, late
from ordercore.stock import DemandLine

__all__ = ["Board", "Chosen"]


class Board:
    """A case under a filter. Sites and lines are named by their positions in the case.

    Attributes:
        case: What was asked.
        against: By site and line, why the site may not serve the line; nothing: it may.
        units: By site and line, how many units the site could give the line.
        ruled: Whether there are rules at all.
        opened: Sites that send a parcel anyway; a limit on parcels counts them.
    """

    def __init__(self, case: Case, where: Filter) -> None:
        self.case: Case = case
        self.opened: frozenset[int] = frozenset(
            i for i, candidate in enumerate(case.candidates) if candidate.parcel is not None
        )
        self.ruled: bool = not isinstance(where, Anywhere)
        self.against: list[list[Reasons]] = [
            [_against(candidate, line, where) for line in case.lines]
            for candidate in case.candidates
        ]
        self.units: list[list[int]] = [
            [
                0 if why else min(candidate.units(line), case.wanted[line.sku])
                for line, why in zip(case.lines, row, strict=True)
            ]
            for candidate, row in zip(case.candidates, self.against, strict=True)
        ]

    def problem(self, most: int | None) -> Problem:
        """Make the problem of serving all lines at the least cost."""
        case = self.case
        return Problem(
            need=tuple(line.quantity for line in case.lines),
            stock=tuple(map(tuple, self.units)),
            opening=tuple(self.opening),
            unit=tuple(tuple(map(site.unit_cost, case.lines)) for site in case.candidates),
            room=tuple(site.site.room for site in case.candidates),
            goods=case.goods,
            most=most,
        )

    @cached_property
    def opening(self) -> list[int]:
        """What each site costs once; nothing, if it could give nothing."""
        return [
            candidate.opening_cost if any(row) else 0
            for candidate, row in zip(self.case.candidates, self.units, strict=True)
        ]

    def capable(self, site: int) -> bool:
        """Whether a site could give anything."""
        return any(self.units[site])

    def reasons(self, site: int) -> Reasons:
        """Tell all that speaks against a site that could give nothing."""
        return tuple(dict.fromkeys(why for row in self.against[site] for why in row))

    # What a site could give of what is left

    def offer(self, site: int, left: list[int]) -> Iterator[Take]:
        """Tell what a site that has given nothing yet could give of what is left."""
        room = self.case.candidates[site].site.room
        given: dict[int, int] = {}
        total = 0
        for line, wanted in enumerate(left):
            good = self.case.goods[line]
            units = min(wanted, self.units[site][line] - given.get(good, 0))
            if room is not None:
                units = min(units, room - total)
            if units > 0:
                given[good] = given.get(good, 0) + units
                total += units
                yield line, site, units


def _against(candidate: Candidate, line: DemandLine, where: Filter) -> Reasons:
    """Tell what the rules, and the nature of things, have against a site."""
    found: list[Reason] = []
    if not candidate.named_by(line):
        found.append(Reason(code=ReasonCode.NOT_NAMED))
    if not candidate.units(line):
        found.append(lacking(candidate, line))
    if candidate.site.room == 0:
        found.append(Reason(code=ReasonCode.NO_ROOM, value=0, limit=1))
    found += [*late(candidate, line), *_late_besides(candidate)]
    return tuple(dict.fromkeys((*found, *against_of(where, candidate, line))))


def _late_besides(candidate: Candidate) -> Iterator[Reason]:
    """Say of what a site sends anyway that it would come too late with more in the parcel."""
    if candidate.parcel is not None:
        for held in candidate.parcel.lines:
            yield from late(candidate, held)


class Chosen:
    """What was chosen, and why.

    Attributes:
        takes: Which line gets how many units from which site.
        reasons: By site that could give something, why it does, or why not.
    """

    def __init__(self, takes: tuple[Take, ...], reasons: dict[int, Reasons]) -> None:
        self.takes: tuple[Take, ...] = tuple(sorted(takes))
        self.reasons: dict[int, Reasons] = reasons
