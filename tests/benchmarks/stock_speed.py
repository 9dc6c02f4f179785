"""Print how long questions of stock take, and how that grows with what is asked.

    python tests/benchmarks/stock_speed.py [--quick]

Each row is one question at the size that its name tells, and at a tenth of that: CPU time, the
shortest of the rounds, both in turn within this process. What grows in proportion takes ten
times as long. The table goes to standard output in Markdown; the status is 1 if an answer is
not the expected one. ``--quick`` takes seconds: what is told is a tenth and a hundredth then.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from timing import Meter, Work

from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.stock import (
    Bill,
    BillBook,
    Component,
    Demand,
    DemandLine,
    Incoming,
    MadeToOrder,
    Material,
    Part,
    Performed,
    Reserved,
    StockCheck,
    StockLevel,
    StockSnapshot,
    check,
    reserve,
)
from ordercore.stock.materials import max_producible, net
from ordercore.stock.resources import Agenda, Booking, Requirement, Resource, Slot, earliest_slot

NOW = datetime(2026, 11, 11, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-FR": "09:00-12:00 13:00-18:00"}))


class Question(NamedTuple):
    """Something to ask, and whether the answer is right."""

    ask: Work
    is_right: Callable[[], bool]


def goods(lines: int, sites: int = 20, receipts: int = 3) -> tuple[Demand, StockSnapshot]:
    """Make lines that may come from any site, of what there is just enough, due at all hours."""
    coming = [
        Incoming(id=f"i{n}", quantity=1, expected_at=NOW + n * HOUR)
        for n in range(1, receipts + 1)
    ]
    units = -(-lines // sites)
    levels = [
        StockLevel(sku="mug", site=f"s{i:02}", on_hand=units, incoming=coming)
        for i in range(sites)
    ]
    wanted = [
        DemandLine(id=f"{i:04}", sku="mug", quantity=1, needed_by=NOW + i % 97 * HOUR)
        for i in range(lines)
    ]
    return Demand(wanted), StockSnapshot(levels=levels)


def assorted(lines: int, units: int, sites: int = 20) -> tuple[Demand, StockSnapshot]:
    """Make lines that each want another sku, of which any site has three."""
    levels = [
        StockLevel(sku=f"s{i}", site=f"s{j:02}", on_hand=3)
        for i in range(lines)
        for j in range(sites)
    ]
    return Demand.of([(f"s{i}", units) for i in range(lines)]), StockSnapshot(levels=levels)


def made(lines: int, dues: int) -> tuple[Demand, StockSnapshot]:
    """Make things of three levels that share their parts."""
    raw = [Part(f"p{i:02}") for i in range(40)]
    middle = [
        Part(f"a{i:02}", Bill([Component(f"p{(7 * i + k) % 40:02}", 1 + k % 3) for k in range(5)]))
        for i in range(20)
    ]
    tops = [
        Part(f"x{i:02}", Bill([Component(f"a{i:02}", 1), Component(f"a{(i + 3) % 20:02}", 2)]))
        for i in range(20)
    ]
    levels = [StockLevel(sku=part.sku, site="works", on_hand=10**6) for part in raw]
    wanted = [
        DemandLine(
            id=f"{i:04}",
            sku=f"x{i % 20:02}",
            quantity=1 + i % 4,
            sites="works",
            needed_by=NOW + i % dues * HOUR,
            supply=MadeToOrder(),
        )
        for i in range(lines)
    ]
    return Demand(wanted), StockSnapshot(levels=levels, bills=BillBook([*raw, *middle, *tops]))


def chosen(lines: int) -> tuple[Demand, StockSnapshot]:
    """Make things of oak or ash, each by its own bill; of three in four there is enough."""
    frame = [Component("oak", 1, substitutes=Material("ash", 1)), Component("wood", "1.2", "m")]
    frames = [Part(f"a{i}", Bill(frame), lead_time=DAY) for i in range(20)]
    tops = [
        Part(f"x{i}", Bill([Component(f"a{i % 20}", 1), Component("bolt", 4)]))
        for i in range(lines)
    ]
    raw = [Part("oak"), Part("ash"), Part("wood", unit="cm"), Part("bolt")]
    stock = {"oak": lines // 2, "ash": lines // 4, "wood": 10**6, "bolt": 10**6}
    levels = [StockLevel(sku=sku, site="works", on_hand=n) for sku, n in stock.items()]
    wanted = [
        DemandLine(
            id=f"{i:04}", sku=f"x{i}", quantity=1, supply=MadeToOrder(), needed_by=NOW + 10 * DAY
        )
        for i in range(lines)
    ]
    return Demand(wanted), StockSnapshot(levels=levels, bills=BillBook([*tops, *frames, *raw]))


def garage(bookings: int, people: int = 50) -> list[Agenda]:
    """Make people who are booked two hours in three, all through."""
    return [
        Agenda(
            resource=Resource(
                id=f"m{i:02}", kind="person", site="north", hours=WEEK, skills={"brakes": 1}
            ),
            bookings=[
                Booking(id=f"b{n}", window=Window(NOW + 3 * n * HOUR, NOW + (3 * n + 2) * HOUR))
                for n in range(bookings)
            ],
        )
        for i in range(people)
    ]


WORK = Requirement(id="job", roles={"mechanic": {"brakes": 1}}, duration=timedelta(minutes=50))


def served(answer: StockCheck | Reserved) -> bool:
    return isinstance(answer, Reserved) or answer.ok


def of_basket(demand: Demand, snapshot: StockSnapshot, *, sets_aside: bool = False) -> Question:
    def ask() -> StockCheck | Reserved:
        if sets_aside:
            return reserve(demand, snapshot, NOW, command="c-1", holder="o-1")
        return check(demand, snapshot, NOW)

    return Question(ask, lambda: served(ask()))


def of_short(demand: Demand, snapshot: StockSnapshot, short: int) -> Question:
    """Ask for a basket of which so many lines are short, and say of each why."""
    return Question(
        lambda: check(demand, snapshot, NOW),
        lambda: len(check(demand, snapshot, NOW).shortages) == short,
    )


def of_services(lines: int) -> Question:
    supply = Performed(WORK)
    wanted = [DemandLine(id=f"{i:03}", sku="job", quantity=1, supply=supply) for i in range(lines)]
    return of_basket(Demand(wanted), StockSnapshot(agendas=garage(100)))


def of_slot(bookings: int) -> Question:
    agendas = garage(bookings)

    def ask() -> object:
        return earliest_slot(WORK, agendas, NOW, NOW + 365 * DAY)

    return Question(ask, lambda: isinstance(ask(), Slot))


def deep(parts: int) -> tuple[BillBook, dict[str, int]]:
    """Make a book of ten levels, each part of which goes into several of the level above."""
    wide = max(2, parts // 10)
    book = BillBook(
        Part(
            f"{level}-{i}",
            ()
            if level == 9
            else Bill(
                [Component(f"{level + 1}-{(3 * i + k) % wide}", 1) for k in range(min(5, wide))]
            ),
        )
        for level in range(10)
        for i in range(wide)
    )
    return book, {f"{level}-{i}": 7 * level + i % 11 for level in range(10) for i in range(wide)}


def of_bills(parts: int) -> Question:
    book, stock = deep(parts)
    basket = {f"0-{i}": 1 for i in range(max(2, parts // 10))}

    def ask() -> object:
        return net(book, basket, stock)

    def is_right() -> bool:
        plans = {part.sku: part for part in net(book, basket, stock).parts}
        needed = Counter(basket)
        for part in book.parts:
            for component in part.bills[0].components if part.sku in plans and part.bills else ():
                needed[component.sku] += plans[part.sku].made
        return +needed == {sku: plan.needed for sku, plan in plans.items()} and all(
            plan.needed - min(plan.needed, stock[sku]) == plan.made + plan.short
            for sku, plan in plans.items()
        )

    return Question(ask, is_right)


def of_most(parts: int) -> Question:
    book, stock = deep(parts)

    def ask() -> object:
        return max_producible(book, "0-0", stock)

    return Question(ask, lambda: max_producible(book, "0-0", stock).is_proven)


ROWS: dict[str, tuple[int, Callable[[int], Question]]] = {
    "check, 1,000 lines of one sku × 20 sites": (1000, lambda n: of_basket(*goods(n))),
    "the same with 200 receipts at each site": (
        1000,
        lambda n: of_basket(*goods(n, receipts=200)),
    ),
    "reserve, 1,000 lines of one sku × 20 sites": (
        1000,
        lambda n: of_basket(*goods(n), sets_aside=True),
    ),
    "check, 1,000 lines of 1,000 skus × 20 sites": (1000, lambda n: of_basket(*assorted(n, 1))),
    "the same, all short": (1000, lambda n: of_short(*assorted(n, 61), n)),
    "check, 1,000 lines made to order": (1000, lambda n: of_basket(*made(n, 1))),
    "the same, each due at another hour": (1000, lambda n: of_basket(*made(n, 1000))),
    "check, 200 lines made of oak or ash, 50 short": (
        200,
        lambda n: of_short(*chosen(n), n - n // 2 - n // 4),
    ),
    "check, 100 services, 50 people": (100, of_services),
    "earliest slot, 50 people × 1,000 bookings": (1000, of_slot),
    "net, 5,000 parts in 10 levels": (5000, of_bills),
    "max_producible, 5,000 parts": (5000, of_most),
}
"""What is asked, how large, and the question of a size."""


class Row(NamedTuple):
    """Milliseconds at a size, how many times as many as at a tenth of it, and if all is right."""

    name: str
    milliseconds: float
    growth: float
    is_right: bool


def rows(meter: Meter, share: int = 1) -> Iterator[Row]:
    """Measure row by row, all sizes divided by a share."""
    for name, (size, make) in ROWS.items():
        large, small = make(size // share), make(max(1, size // share // 10))
        times = meter.minima(large.ask, small.ask)
        is_right = large.is_right() and small.is_right()
        yield Row(name, times[0] / 1000, times[0] / times[1], is_right)


def main(arguments: list[str]) -> int:
    """Print the table."""
    quick = "--quick" in arguments
    told = [*rows(Meter(1, 0) if quick else Meter(3, 0.2), 10 if quick else 1)]
    print("| question | ms | × a tenth |\n|--|--:|--:|")
    for row in told:
        print(f"| {row.name} | {row.milliseconds:.1f} | {row.growth:.1f} |")
    return not all(row.is_right for row in told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
