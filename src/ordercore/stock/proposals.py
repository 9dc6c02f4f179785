"""What is proposed to those who buy and make: purchases, production, and orders to bring forward.

A shortage is a fact, a proposal is an opinion of a policy. Before anything new is proposed,
orders that would bring the units, but too late, are asked to come sooner; the basket is netted
again as if they did, for what comes needs no components. Of one part there is one proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from attrs import evolve, field, frozen

from ordercore.calendars import WorkingTime
from ordercore.data import variant
from ordercore.data.checks import (
    aware,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    optional,
    text,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidValue
from ordercore.stock.levels import SupplyKind
from ordercore.stock.materials.book import BillBook
from ordercore.stock.materials.demands import Basket, Receipt, Stock, receipts_of, wanted_of
from ordercore.stock.materials.parts import Part
from ordercore.stock.materials.plan import MAX_NEED, MaterialPlan, PartPlan
from ordercore.stock.materials.planning import net
from ordercore.stock.watching import LowStock

__all__ = [
    "BringForward",
    "Cause",
    "CauseKind",
    "ProductionProposal",
    "Proposal",
    "ProposalPolicy",
    "ProposedSupply",
    "PurchaseProposal",
    "propose",
]

_units = integer(least=1, most=2 * MAX_NEED)
_instant = optional(aware)
_unit = optional(text(most=32, least=1))


class CauseKind(StrEnum):
    """Why something is proposed."""

    SHORTAGE = "shortage"
    LOW_STOCK = "low_stock"


def _cause_kind(given: CauseKind | str) -> CauseKind:
    return member_of(CauseKind, given)


def _supply_kind(given: SupplyKind | str) -> SupplyKind:
    return member_of(SupplyKind, given)


@frozen
class Cause:
    """Why so many units are proposed.

    Args:
        kind: Whether a basket is short of them, or a site's stock is low.
        units: How many of the proposal, before lots are filled.
        subjects: What the units go into, if anything; or the site.
    """

    kind: CauseKind = field(converter=_cause_kind, validator=member(CauseKind))
    units: int = field(validator=_units)
    subjects: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=10_000)
    )


class Proposal:
    """The family of proposals; each is of one part."""

    __slots__ = ()
    sku: str


def _causes(given: Iterable[Cause]) -> tuple[Cause, ...]:
    return tuple_of(given)


_several_causes = each(instance(Cause), least=1, most=10_000)


@variant(Proposal, "purchase")
@frozen(kw_only=True)
class PurchaseProposal(Proposal):
    """Buy units of a part.

    Args:
        sku: Of what.
        units: How many, in whole lots.
        needed_by: When they must be there; None: nobody has said.
        order_by: When they must be ordered for that.
        lead_time: How long they take to come; None: not known.
        causes: Why.
        unit: In what it is counted, by the book; None: nobody says.
    """

    sku: str = field(validator=identifier)
    units: int = field(validator=_units)
    needed_by: datetime | None = field(default=None, converter=pinned, validator=_instant)
    order_by: datetime | None = field(default=None, converter=pinned, validator=_instant)
    lead_time: timedelta | None = field(default=None, validator=optional(instance(timedelta)))
    causes: tuple[Cause, ...] = field(converter=_causes, validator=_several_causes)
    unit: str | None = field(default=None, validator=_unit)

    def is_late(self, at: datetime) -> bool:
        """Whether it should have been ordered by now."""
        return self.order_by is not None and self.order_by < at


@variant(Proposal, "production")
@frozen(kw_only=True)
class ProductionProposal(Proposal):
    """Make units of a part.

    Args:
        sku: Of what.
        units: How many, in whole lots.
        needed_by: When they must be done; None: nobody has said.
        start_by: When they must be begun for that.
        lead_time: How long a lot takes.
        causes: Why.
        unit: In what it is counted, by the book; None: nobody says.
    """

    sku: str = field(validator=identifier)
    units: int = field(validator=_units)
    needed_by: datetime | None = field(default=None, converter=pinned, validator=_instant)
    start_by: datetime | None = field(default=None, converter=pinned, validator=_instant)
    lead_time: timedelta = field(validator=instance(timedelta))
    causes: tuple[Cause, ...] = field(converter=_causes, validator=_several_causes)
    unit: str | None = field(default=None, validator=_unit)

    def is_late(self, at: datetime) -> bool:
        """Whether it should have been begun by now."""
        return self.start_by is not None and self.start_by < at


@variant(Proposal, "bring_forward")
@frozen(kw_only=True)
class BringForward(Proposal):
    """Move an order forward that brings units of a part too late.

    Args:
        sku: Of what.
        order: The order.
        kind: Whether it buys or makes them.
        units: How many of its units are needed.
        expected_at: When they come as it stands.
        needed_by: When they are needed.
        unit: In what they are counted, by the book; None: nobody says.
    """

    sku: str = field(validator=identifier)
    order: str = field(validator=text(most=64))
    kind: SupplyKind = field(converter=_supply_kind, validator=member(SupplyKind))
    units: int = field(validator=_units)
    expected_at: datetime = field(converter=pinned, validator=aware)
    needed_by: datetime = field(converter=pinned, validator=aware)
    unit: str | None = field(default=None, validator=_unit)


def _kinds(given: Iterable[SupplyKind | str]) -> tuple[SupplyKind, ...]:
    return tuple(member_of(SupplyKind, kind) for kind in names_of(given))


def _margin(_instance: object, attribute: Any, value: object) -> None:
    instance(timedelta)(None, attribute, value)
    if value < timedelta():  # type: ignore[operator]
        raise InvalidValue("a duration that is not negative", value, path=(attribute.name,))


@frozen(kw_only=True)
class ProposalPolicy:
    """How shortages and low stock become proposals.

    Args:
        bring_forward: Which kinds of orders may be asked to come sooner; none: none.
        margin: How much earlier than they are needed units are asked for.
    """

    bring_forward: tuple[SupplyKind, ...] = field(
        default=(SupplyKind.PRODUCTION,),
        converter=_kinds,
        validator=each(member(SupplyKind), most=len(SupplyKind)),
    )
    margin: timedelta = field(default=timedelta(), validator=_margin)


@frozen
class ProposedSupply:
    """What is proposed for a basket, and the plan that holds if it is done.

    Args:
        proposals: What comes sooner first, then what is made and what is bought; each in the
            order of the skus.
        plan: The plan, with the orders brought forward.
    """

    proposals: tuple[Proposal, ...] = field(validator=each(instance(Proposal), most=100_000))
    plan: MaterialPlan = field(validator=instance(MaterialPlan))


def propose(  # noqa: PLR0913 - what a proposal depends on
    book: BillBook,
    basket: Basket,
    stock: Stock,
    *,
    by: datetime | None = None,
    at: datetime | None = None,
    receipts: Iterable[Receipt] = (),
    low: Iterable[LowStock] = (),
    calendar: WorkingTime | None = None,
    policy: ProposalPolicy | None = None,
) -> ProposedSupply:
    """Propose what to bring forward, to make and to buy, so that a basket can be served.

    What is made to fill up low stock is not netted itself: ask for it as a basket of its own
    once it is decided.

    With substitutes or several bills, what is short is bought by preference; or, where it is
    known what time it is and that would be late, the way that comes in time, as `net` says.

    Args:
        book: The bills; of what it does not know, no lots and no lead times are known.
        basket: What is wanted; empty: nothing, only low stock is looked at.
        stock: By sku, how many whole units are there.
        by: When the lines are wanted that do not say so.
        at: Now, if what can no more be bought in time gives way to what can.
        receipts: What is on its way.
        low: Levels that have reached their reorder point, see `ordercore.stock.low_stock`.
        calendar: In which working time passes, if a lead time is counted in it.
        policy: How; None: the usual one.

    Raises:
        InvalidDocument: With every fault of basket, stock and receipts.
    """
    how = policy or ProposalPolicy()
    wanted, coming = wanted_of(book, basket, by), receipts_of(receipts)
    moves: list[BringForward] = []

    def planned() -> MaterialPlan:
        return net(book, wanted, stock, receipts=coming, calendar=calendar)

    plan = planned()
    while moved := _moves(plan, coming, how):
        before, coming = coming, tuple(_moved(each, moved.get(i)) for i, each in enumerate(coming))
        sooner = planned()
        if _left(sooner, moved) >= _left(plan, moved):  # they came in time for others
            coming = before
            break
        moves += moved.values()
        plan = sooner
    if at is not None and not plan.ok:
        plan = net(book, wanted, stock, at=at, receipts=coming, calendar=calendar)
    moves.sort(key=lambda each: (each.sku, each.expected_at, each.order))
    return ProposedSupply((*moves, *_new(plan, low, book, how)), plan)


def _new(
    plan: MaterialPlan, low: Iterable[LowStock], book: BillBook, policy: ProposalPolicy
) -> tuple[Proposal, ...]:
    """Propose what is to be made, then what is to be bought."""
    low_by_sku: dict[str, list[LowStock]] = {}
    for found in sorted(low, key=lambda each: (each.sku, each.site)):
        if found.order > 0:
            low_by_sku.setdefault(found.sku, []).append(found)
    parts = {part.sku: part for part in plan.parts if part.made or part.short}
    new = [
        _proposal(sku, parts.get(sku), low_by_sku.get(sku, []), book, policy)
        for sku in sorted(parts.keys() | low_by_sku.keys())
    ]
    made = [each for each in new if isinstance(each, ProductionProposal)]
    return (*made, *(each for each in new if isinstance(each, PurchaseProposal)))


def _left(plan: MaterialPlan, moves: Mapping[int, BringForward]) -> int:
    """Tell how many units of the parts that orders bring are not there."""
    moved = {move.sku for move in moves.values()}
    return sum(part.needed - part.taken for part in plan.parts if part.sku in moved)


def _moved(receipt: Receipt, move: BringForward | None) -> Receipt:
    return receipt if move is None else evolve(receipt, at=move.needed_by)


def _moves(
    plan: MaterialPlan, receipts: tuple[Receipt, ...], policy: ProposalPolicy
) -> Mapping[int, BringForward]:
    """Find the orders that come too late for the parts of the topmost level that has any.

    Only there, for what they bring decides what is needed further down.
    """
    late: dict[str, list[int]] = {}
    for i, receipt in enumerate(receipts):
        if receipt.order and receipt.kind in policy.bring_forward:
            late.setdefault(receipt.sku, []).append(i)
    moved: dict[int, BringForward] = {}
    level = None
    for part in plan.parts:
        left = part.needed - part.taken
        if not left or part.needed_by is None or (moved and part.level != level):
            continue
        level = part.level
        for i in sorted(late.get(part.sku, ()), key=lambda i: (receipts[i].at, receipts[i].order)):
            if left > 0 and receipts[i].at > part.needed_by:
                moved[i] = _move(receipts[i], left, part.needed_by, part.unit)
                left -= receipts[i].units
    return moved


def _move(receipt: Receipt, left: int, needed_by: datetime, unit: str | None) -> BringForward:
    return BringForward(
        sku=receipt.sku,
        order=receipt.order,
        kind=receipt.kind,
        units=min(left, receipt.units),
        expected_at=receipt.at,
        needed_by=needed_by,
        unit=unit,
    )


def _proposal(
    sku: str,
    part: PartPlan | None,
    low: list[LowStock],
    book: BillBook,
    policy: ProposalPolicy,
) -> Proposal:
    """Merge all that asks for a part into one proposal, in whole lots."""
    known: Part | None = book.part(sku) if sku in book else None
    causes = [Cause(CauseKind.LOW_STOCK, found.order, (found.site,)) for found in low]
    needed_by = start_by = None
    if part is not None:
        parents = tuple(need.parent for need in part.needs if need.parent is not None)
        causes = [Cause(CauseKind.SHORTAGE, part.needed - part.taken, parents), *causes]
        needed_by, start_by = _earlier(part.needed_by, policy), _earlier(part.start_by, policy)
    units = sum(cause.units for cause in causes)
    if known is None:
        return PurchaseProposal(sku=sku, units=units, causes=causes)
    told: dict[str, Any] = {
        "sku": sku,
        "units": known.lot.rounded(units),
        "needed_by": needed_by,
        "lead_time": known.lead_time,
        "causes": causes,
        "unit": known.unit,
    }
    if known.is_made:
        return ProductionProposal(start_by=start_by, **told)
    return PurchaseProposal(order_by=start_by, **told)


def _earlier(at: datetime | None, policy: ProposalPolicy) -> datetime | None:
    return None if at is None else at - policy.margin
