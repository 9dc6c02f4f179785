"""What is asked of stock: lines, each of so many units of one sku, from where and until when.

`check` and `reserve` take the same demand. How a line is served, from goods on hand, by making
them, or by people and equipment, is a member of the family `Supply`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from attrs import field, frozen

from ordercore.data import document, variant
from ordercore.data.checks import (
    aware,
    duplicates,
    each,
    identifier,
    instance,
    names_of,
    optional,
    quantity,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, all_faults
from ordercore.stock.goods import goods_offered, goods_short

if TYPE_CHECKING:
    from ordercore.stock.answer import Offer, Shortage
    from ordercore.stock.pool import Pool

__all__ = ["MAX_DEMAND_LINES", "MAX_SITES", "Demand", "DemandLine", "FromStock", "Supply"]

MAX_SITES: Final = 1000
"""The most sites that a line may name, and that a snapshot may know."""

MAX_DEMAND_LINES: Final = 1000
"""The most lines of one demand."""


class Supply:
    """How a line is served.

    To add a way is to write one frozen class, a `variant` of this family, with three
    functions of a line and of the pool that all lines of a basket share. What a line takes
    from the pool is there for no other line. A function may try things on a copy of the pool,
    and changes nothing else.
    """

    __slots__ = ()

    turn: ClassVar[int] = 0
    """When lines served so have their turn: those of a lower number first. What can be had in
    several ways comes after what can be had in one."""

    def offers(self, line: DemandLine, pool: Pool) -> tuple[Offer, ...]:
        """Tell what could be had where and when, before any line has taken something."""
        raise NotImplementedError

    def serve(self, line: DemandLine, pool: Pool) -> int:
        """Take from the pool what the line needs, or as much of it as there is.

        Returns:
            How many units of the line are served.
        """
        raise NotImplementedError

    def explain(self, line: DemandLine, missing: int, pool: Pool) -> Shortage:
        """Say why so many units of the line are short, and when there would be enough.

        It is asked once all lines were served, of the lines that are short, in turn. The pool
        is a copy: what the missing units of this line are to have later is taken from it, so
        that it is not promised to the next line, too.
        """
        raise NotImplementedError


@variant(Supply, "from_stock")
@frozen
class FromStock(Supply):
    """From goods on hand, goods that are on their way, or units that may be sold short."""

    def offers(self, line: DemandLine, pool: Pool) -> tuple[Offer, ...]:
        """Tell how many units each site could give, and from when on."""
        return goods_offered(line, pool)

    def serve(self, line: DemandLine, pool: Pool) -> int:
        """Take units of the line's sku at its sites."""
        return pool.take(line.id, line.sku, line.quantity, line.sites, line.due(pool.at))

    def explain(self, line: DemandLine, missing: int, pool: Pool) -> Shortage:
        """Say from when on there would be enough, and which other sites have some."""
        return goods_short(line, missing, pool)


@frozen(kw_only=True)
class DemandLine:
    """So many units of one sku.

    Args:
        id: Of the line; unique in its demand.
        sku: Of what.
        quantity: How many units, 1 to 10^9.
        sites: From which sites, one or several; none named: from any. Each once; their order
            means nothing.
        not_before: Not to leave, or be performed, earlier; None: as soon as may be.
        needed_by: The latest instant at which the units must be there: ready to leave, where
            stock is asked; with the customer, where sourcing knows the way. None: stock is
            asked for at once, or for ``not_before``.
        supply: How it is served.
        line: For which line of the holder it is set aside; None: for that of its id. Several
            lines of a demand may be for one, as where each site is to give a part of it.

    Raises:
        InvalidInput: A field is not as said.
        InvalidDocument: A site is named twice, or the two instants are in the wrong order.

    >>> DemandLine(id="1", sku="mug", quantity=2, sites="east").sites
    ('east',)
    """

    id: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    quantity: int = field(validator=quantity)
    sites: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=MAX_SITES)
    )
    not_before: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    needed_by: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    supply: Supply = field(factory=FromStock, validator=instance(Supply))
    line: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "sites", tuple(sorted(self.sites)))

    def _faults(self) -> Iterator[InvalidInput]:
        yield from duplicates(self.sites, "sites", what="a site named once")
        start, end = self.not_before, self.needed_by
        if start is not None and end is not None and end < start:
            expected = f"an instant not before {start.isoformat()}"
            yield InvalidValue(
                expected, end.isoformat(), path=("needed_by",), reason="empty_window"
            )

    def due(self, at: datetime) -> datetime:
        """Tell when its units must be there: by ``needed_by``, else at its earliest instant."""
        return self.start(at) if self.needed_by is None else self.needed_by

    def start(self, at: datetime) -> datetime:
        """Tell the earliest instant at which it may be served, asked at ``at``."""
        return at if self.not_before is None else max(at, self.not_before)


def _lines(given: Iterable[DemandLine]) -> tuple[DemandLine, ...]:
    return tuple_of(given)


@document("stock_demand")
@frozen
class Demand:
    """What is wanted, all lines at once; a sku may stand in several.

    Args:
        lines: At least one, with unique ids. Goods are served before things that are made,
            and these before services; each of them in the order of their ids: what is scarce
            goes to the first.

    Raises:
        InvalidDocument: With every id that is used twice.

    >>> demand = Demand.of([("mug", 2), ("cap", 1)], sites="east")
    >>> [(line.id, line.sku) for line in demand.lines]
    [('0001', 'mug'), ('0002', 'cap')]
    """

    lines: tuple[DemandLine, ...] = field(
        converter=_lines, validator=each(instance(DemandLine), least=1, most=MAX_DEMAND_LINES)
    )

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([line.id for line in self.lines], "lines", then="id"))
        if faults:
            raise InvalidDocument(faults)

    @classmethod
    def of(
        cls,
        goods: Iterable[tuple[str, int]],
        *,
        sites: str | Iterable[str] = (),
        needed_by: datetime | None = None,
    ) -> Demand:
        """Make a demand of (sku, quantity) pairs; the ids of its lines are their positions.

        Args:
            goods: Of what, how many.
            sites: From which sites, all lines; none named: from any.
            needed_by: As `DemandLine` says, all lines.

        Raises:
            InvalidDocument: With every fault of every line.
        """
        named = names_of(sites)
        lines: list[DemandLine] = []
        faults: list[InvalidInput] = []
        for i, (sku, units) in enumerate(goods):
            try:
                lines.append(
                    DemandLine(
                        id=f"{i + 1:04}", sku=sku, quantity=units, sites=named, needed_by=needed_by
                    )
                )
            except (InvalidInput, InvalidDocument) as error:
                faults += all_faults(error, "lines", i)
        if faults:
            raise InvalidDocument(faults)
        return cls(lines)

    @property
    def in_turn(self) -> tuple[DemandLine, ...]:
        """The lines in the order in which they are served: see ``lines``."""
        return tuple(sorted(self.lines, key=lambda line: (line.supply.turn, line.id)))
