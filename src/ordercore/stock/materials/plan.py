"""What netting answers: of each part, what is needed, taken from stock, made, and short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import (
    aware,
    boolean,
    each,
    identifier,
    instance,
    integer,
    optional,
    text,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.stock.materials.parts import MAX_BILLS

__all__ = ["MAX_NEED", "MaterialPlan", "Need", "PartPlan", "Run"]

MAX_NEED: Final = 10**18
"""The most units of one part that a plan may need."""

_units = integer(least=0, most=MAX_NEED)
_MANY: Final = 100_000


@frozen
class Need:
    """How much of a part something takes.

    Args:
        quantity: How much, exactly, in the unit in which the part is stocked.
        parent: What it goes into; None: it is wanted itself.
    """

    quantity: Fraction = field(validator=instance(Fraction))
    parent: str | None = field(default=None, validator=optional(identifier))


@frozen
class Run:
    """So many units of a part, made by one of its bills."""

    bill: str = field(validator=text(most=64))
    units: int = field(validator=_units)


@frozen(kw_only=True)
class PartPlan:
    """What becomes of the need of one part, over the whole basket.

    Args:
        sku: Which part.
        level: Its level in the book.
        needed: How many units are needed, in whole units.
        taken: Of them, from stock and receipts.
        made: How many are made, in whole lots: what is needed and not there, or more.
        short: How many must be bought, as they are neither there nor can be made.
        needs: What needs it; rounded up together, they are what is needed.
        runs: By which bills it is made.
        needed_by: When the first of the units that are made or short must be there.
        start_by: When they must be begun or ordered for that: earlier by the lead time.
        lead_time: The lead time of the part.
        unit: In what it is stocked; None: nobody says.
    """

    sku: str = field(validator=identifier)
    level: int = field(validator=integer(least=0, most=1000))
    needed: int = field(validator=_units)
    taken: int = field(validator=_units)
    made: int = field(default=0, validator=_units)
    short: int = field(default=0, validator=_units)
    needs: tuple[Need, ...] = field(default=(), validator=each(instance(Need), most=_MANY))
    runs: tuple[Run, ...] = field(default=(), validator=each(instance(Run), most=MAX_BILLS))
    needed_by: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    start_by: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    lead_time: timedelta = field(default=timedelta(), validator=instance(timedelta))
    unit: str | None = field(default=None, validator=optional(text(most=32, least=1)))

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)

    def _faults(self) -> Iterator[InvalidInput]:
        if self.taken > self.needed:
            yield InvalidValue(f"at most {self.needed}", self.taken, path=("taken",))
        if self.surplus < 0:
            expected = "taken + made + short to be what is needed, or more"
            yield InvalidValue(expected, self.surplus, path=("needed",), reason="fields_disagree")

    @property
    def surplus(self) -> int:
        """Units that are made beyond the need, to fill a lot."""
        return self.taken + self.made + self.short - self.needed


@document("material_plan")
@frozen
class MaterialPlan:
    """How a basket is served from stock, by making, and by what must be bought.

    Args:
        parts: What becomes of each part that is needed, level by level, then by sku.
        is_proven: Whether it is certain that nothing has to be short; with substitutes, or
            several bills, the search for a way is bounded.
    """

    parts: tuple[PartPlan, ...] = field(validator=each(instance(PartPlan), most=_MANY))
    is_proven: bool = field(default=True, validator=boolean)

    @property
    def ok(self) -> bool:
        """Whether nothing is short."""
        return not self.short

    @property
    def taken(self) -> tuple[PartPlan, ...]:
        """The parts of which units are taken from stock, from the product down."""
        return tuple(part for part in self.parts if part.taken)

    @property
    def made(self) -> tuple[PartPlan, ...]:
        """The parts that are to be made: the planned production."""
        return tuple(part for part in self.parts if part.made)

    @property
    def short(self) -> tuple[PartPlan, ...]:
        """The parts that have to be bought."""
        return tuple(part for part in self.parts if part.short)

    @property
    def start_by(self) -> datetime | None:
        """When the first thing must be made or ordered; None: nothing, or nobody said when."""
        starts = [part.start_by for part in self.parts if part.start_by is not None]
        return min(starts, default=None)

    def part(self, sku: str) -> PartPlan:
        """Find what becomes of a part, or raise `NotFound`: it is not needed."""
        for part in self.parts:
            if part.sku == sku:
                return part
        raise NotFound("a part that is needed", sku, path=("sku",))
