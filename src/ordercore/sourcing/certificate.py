"""What a search for the best plan can say of what it found."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import boolean, integer, member, member_of, optional
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue

__all__ = ["Certificate", "Objective"]

_count = integer(least=0, most=10**30)


class Objective(StrEnum):
    """What is to be as little as possible, once as few units as possible are left."""

    COST = "cost"
    """What the plan costs, in minor units."""
    PARCELS = "parcels"
    """From how many sites it comes; of equal ones, what costs least."""
    TIME = "time"
    """How many seconds until the last unit is there; of equal ones, what costs least."""
    BALANCE = "balance"
    """How busy the busiest site becomes."""


def _objective(given: Objective | str) -> Objective:
    return member_of(Objective, given)


@document("sourcing_certificate")
@frozen(kw_only=True)
class Certificate:
    """How good a plan is, by proof, among all plans that it is compared with.

    Args:
        objective: What was to be as little as possible.
        value: What it is in the plan, in the objective's own measure.
        lower_bound: Less than that it is in no plan that leaves ``missing_least`` units.
        missing: How many units the plan leaves to nobody.
        missing_least: No plan leaves fewer.
        nodes: How much was looked at.
        parcels_max: Compared are only plans of at most so many parcels; None: of any number.
        ruled: Whether only plans are compared that take from sites that rules let in; with the
            objective ``time`` also whether some were left out, as nobody knows when it would be
            there.
        others_kept: Whether only plans are compared that leave the other orders of a batch what
            they get.

    Raises:
        InvalidDocument: It proves what the plan itself shows otherwise: that more units must be
            missing than are, or that no plan is better than one that is worse than this.
    """

    objective: Objective = field(converter=_objective, validator=member(Objective))
    value: int = field(validator=_count)
    lower_bound: int = field(validator=_count)
    missing: int = field(default=0, validator=_count)
    missing_least: int = field(default=0, validator=_count)
    nodes: int = field(default=0, validator=_count)
    parcels_max: int | None = field(default=None, validator=optional(_count))
    ruled: bool = field(default=False, validator=boolean)
    others_kept: bool = field(default=False, validator=boolean)

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)

    def _faults(self) -> Iterator[InvalidInput]:
        told = [("missing_least", self.missing_least, self.missing)]
        if self.missing_least == self.missing:
            told.append(("lower_bound", self.lower_bound, self.value))
        for name, least, found in told:
            if least > found:
                yield InvalidValue(
                    f"at most {found}", least, path=(name,), reason="fields_disagree"
                )

    @property
    def gap(self) -> int:
        """By how much, at most, another plan may be better; zero: none is, if it is `exact`."""
        return max(0, self.value - self.lower_bound)

    @property
    def exact(self) -> bool:
        """Whether no plan leaves fewer units, or as many and is better."""
        return self.missing == self.missing_least and not self.gap
