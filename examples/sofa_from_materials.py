"""Can the sofas be made? Net them against material stock; say what to buy, and from when on.

    python examples/sofa_from_materials.py
    python examples/sofa_from_materials.py --sofas 2

A furniture maker has an order for custom sofas. Some frames stand ready, some are planned, and
there is wood, fabric and foam. The example prints the netting level by level, what it proposes
and why, and the earliest date that can be promised. Then the order is placed: parts are set
aside with it in one commit, or all that is short is told with what to buy for it; that is
bought, and the order placed again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ordercore import Cart, PromotionBook, price
from ordercore.errors import OrderCoreError
from ordercore.orders import OrderDetails
from ordercore.parties import Address
from ordercore.stock import (
    Bill,
    BillBook,
    BringForward,
    Component,
    Incoming,
    Lot,
    Material,
    Part,
    ProductionProposal,
    PurchaseProposal,
    propose,
)
from ordercore.stock.materials import MaterialPlan, Receipt, earliest, max_producible, net
from ordercore.stock.proposals import Cause, CauseKind, Proposal
from ordercore.stock.watching import LowStock
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    Expect,
    Placed,
    PlaceOrder,
    Receive,
    Shop,
    StockAct,
    StockKeeper,
    UpdateStock,
    run,
)

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WANTED = NOW + 21 * DAY

FABRIC = Component(
    "fabric-grey", "12.5", "m", scrap="0.04", substitutes=Material("fabric-slate", 13, "m")
)
BOOK = BillBook(
    [
        Part(
            "sofa",
            Bill([Component("frame", 1), FABRIC, Component("cushion", 3)]),
            lead_time=4 * DAY,
        ),
        Part(
            "frame",
            Bill([Component("beech", "7.5", "m"), Component("screw", 24)]),
            lead_time=3 * DAY,
            lot=Lot(multiple=2),
        ),
        Part("cushion", Bill([Component("foam", "1/8", "m3")]), lead_time=1 * DAY),
        Part("beech", unit="cm", lot=Lot(minimum=3000, multiple=300), lead_time=9 * DAY),
        Part("fabric-grey", unit="cm", lead_time=14 * DAY),
        Part("fabric-slate", unit="cm", lead_time=14 * DAY),
        Part("foam", unit="l", lot=Lot(multiple=500), lead_time=5 * DAY),
        Part("screw", lot=Lot(multiple=1000), lead_time=2 * DAY),
    ]
)
STOCK = {
    "frame": 1,
    "beech": 900,
    "fabric-grey": 3000,
    "fabric-slate": 4000,
    "foam": 600,
    "cushion": 4,
    "screw": 150,
}
RECEIPTS = [Receipt("frame", 1, NOW + 18 * DAY, "mo-31", kind="production")]
LOW = [LowStock(sku="screw", site="workshop", position=150, point=200, order=850)]

KEEPER = StockKeeper(sites="workshop", hold_for=DAY, bills=BOOK, make_within=WANTED - NOW)
SHOP = Shop(book=PromotionBook("CNY", []), stock=KEEPER)
HOME = Address(country="CN", city="佛山", lines=["季华路 1 号"])


def day(at: datetime | None) -> str:
    """Write a date, or nothing."""
    return "" if at is None else f"{at:%Y-%m-%d}"


def netting(plan: MaterialPlan) -> Iterator[str]:
    """Lay a plan out in columns, level by level."""
    yield f"{'level':<6}{'part':<14}{'needed':>7}{'taken':>7}{'made':>6}{'short':>7}  start by"
    for part in plan.parts:
        numbers = f"{part.needed:>7}{part.taken:>7}{part.made:>6}{part.short:>7}"
        yield f"{part.level:<6}{part.sku:<14}{numbers}  {day(part.start_by)}".rstrip()


def why(cause: Cause, unit: str) -> str:
    """Tell one cause of a proposal."""
    if cause.kind is CauseKind.LOW_STOCK:
        return f"{cause.units} {unit} to fill up {cause.subjects[0]}"
    return f"{cause.units} {unit} short for {' and '.join(cause.subjects) or 'the order'}"


def dated(verb: str, start: datetime | None) -> str:
    """Tell until when something is to be begun, if anybody has said when it is needed."""
    if start is None:
        return ""
    late = f", {(NOW - start).days} days late" if start < NOW else ""
    return f", {verb} by {day(start)}{late}"


def new(verb: str, proposal: PurchaseProposal | ProductionProposal, dates: str) -> str:
    """Tell what is to be bought or made, until when, and why."""
    unit = BOOK.part(proposal.sku).unit
    reasons = "; ".join(why(cause, unit) for cause in proposal.causes)
    return f"{verb} {proposal.units} {unit} of {proposal.sku}{dates}: {reasons}"


def proposed(proposal: Proposal) -> str:
    """Tell one proposal, with its reasons."""
    match proposal:
        case PurchaseProposal():
            return new("buy", proposal, dated("order", proposal.order_by))
        case ProductionProposal():
            return new("make", proposal, dated("begin", proposal.start_by))
        case BringForward():
            sooner = f"from {day(proposal.expected_at)} to {day(proposal.needed_by)}"
            return f"bring {proposal.order} forward {sooner}: {proposal.units} {proposal.sku}"
    return repr(proposal)


def lines(sofas: int) -> Iterator[str]:
    """Answer for an order of so many sofas."""
    basket = {"sofa": sofas}
    yield f"ordered: {sofas} × sofa by {day(WANTED)}"
    yield ""
    yield from netting(net(BOOK, basket, STOCK, by=WANTED, receipts=RECEIPTS))
    yield ""
    supply = propose(BOOK, basket, STOCK, by=WANTED, receipts=RECEIPTS, low=LOW)
    yield from map(proposed, supply.proposals)
    yield ""
    most = max_producible(BOOK, "sofa", STOCK)
    yield f"from stock alone: {most.units}; one more is short of {', '.join(most.limited_by)}"
    for told, buying in (("with what is on its way", False), ("with what is bought", True)):
        found = earliest(BOOK, basket, STOCK, at=NOW, receipts=RECEIPTS, buying=buying)
        yield f"{told}: {'never' if found is None else day(found.at)}"


# Placing it


def stocked() -> MemoryStore:
    """Keep the same stock in a store, as levels."""
    store = MemoryStore()
    coming = [
        Incoming(id=each.order, quantity=each.units, expected_at=each.at, kind=each.kind)
        for each in RECEIPTS
    ]
    acts: list[tuple[str, StockAct]] = [(sku, Receive(units)) for sku, units in STOCK.items()]
    acts += [(each.sku, Expect(found)) for each, found in zip(RECEIPTS, coming, strict=True)]
    for number, (sku, act) in enumerate(acts):
        do(store, f"open-{number}", sku, act)
    return store


def do(store: MemoryStore, key: str, sku: str, act: StockAct) -> None:
    """Do something with the stock of a part."""
    run(SHOP.does(UpdateStock(key=key, sku=sku, site="workshop", act=act, at=NOW)), store)


def placing(sofas: int) -> Iterator[str]:
    """Place an order of so many sofas; if it cannot be, buy what is proposed and try again."""
    store = stocked()
    quote = price(Cart.of("CNY", [("sofa", "6999.00", sofas)]), SHOP.book, at=NOW)
    details = OrderDetails(delivery=HOME)
    order = PlaceOrder(
        key="place", order_id="o-1", number="SO1", quote=quote, details=details, at=NOW
    )
    told = run(SHOP.does(order), store)
    if not isinstance(told, Placed):
        yield "not placed: " + " ".join(told.told("en", zone="UTC"))
        for number, each in enumerate(told.proposals):
            yield f"  {proposed(each)}"
            if isinstance(each, PurchaseProposal):
                bought = Incoming(
                    id=f"po-{number}", quantity=each.units, expected_at=each.needed_by or NOW
                )
                do(store, f"buy-{number}", each.sku, Expect(bought))
        told = run(SHOP.does(order), store)
    if isinstance(told, Placed):
        parts = ", ".join(f"{each.units} {each.sku}" for each in told.taken)
        yield f"placed, and set aside: {parts}"
        yield from (f"  {proposed(each)}" for each in told.production)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the example; return the exit status."""
    parser = argparse.ArgumentParser(description="Make sofas from materials.")
    parser.add_argument("--sofas", type=int, default=4, help="how many are ordered")
    asked = parser.parse_args(argv)
    try:
        print(*lines(asked.sofas), "", *placing(asked.sofas), sep="\n")
    except OrderCoreError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
