"""Baskets of all kinds at once, and how they are served, by hand.

Goods and what is made share the units of a few parts; services share people and lifts. Times
are whole hours, so that looking at every hour finds what there is to find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from attrs import evolve
from baskets import NOW, ways
from bills import SKUS, books, can_be_served
from hypothesis import strategies as st
from laws_of_stock import AT, set_aside
from stock_by_hand import hour

from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.stock import (
    BillBook,
    Demand,
    DemandLine,
    FromStock,
    MadeToOrder,
    Performed,
    Reserved,
    StockLevel,
    StockSnapshot,
    check,
)
from ordercore.stock.materials import net
from ordercore.stock.resources import Agenda, Booking, Requirement, Resource

PLACES = ["shop", "works"]
AHEAD = 30
"""For so many hours services are looked for."""

Kept = dict[tuple[str, str], int]


class Worker(NamedTuple):
    """Somebody, or some lifts that are alike."""

    name: str
    site: str
    skill: str
    level: int
    pieces: int
    opens: int
    closes: int
    booked: tuple[int, ...]


class Basket(NamedTuple):
    """All that a question is about."""

    book: BillBook
    kept: Kept
    workers: tuple[Worker, ...]
    demand: Demand

    @property
    def snapshot(self) -> StockSnapshot:
        levels = [StockLevel(sku=s, site=site, on_hand=n) for (s, site), n in self.kept.items()]
        agendas = [agenda_of(worker) for worker in self.workers]
        return StockSnapshot(levels=levels, sites=PLACES, bills=self.book, agendas=agendas)


def agenda_of(worker: Worker) -> Agenda:
    hours = f"{worker.opens:02}:00-{worker.closes:02}:00"
    resource = Resource(
        id=worker.name,
        kind="person" if worker.skill == "brakes" else "equipment",
        site=worker.site,
        hours=WorkingTime(WorkingHours.of("UTC", {"MO-SU": hours})),
        skills={worker.skill: worker.level},
        capacity=worker.pieces,
    )
    bookings = [
        Booking(id=f"b{n}", window=Window(hour(n), hour(n + 1)), units=worker.pieces)
        for n in worker.booked
    ]
    return Agenda(resource=resource, bookings=bookings)


@st.composite
def workers(draw: st.DrawFn) -> tuple[Worker, ...]:
    found = []
    for site in PLACES:
        for i in range(draw(st.integers(0, 2))):
            level, opens = draw(st.integers(1, 2)), draw(st.integers(6, 12))
            booked = draw(st.lists(st.integers(NOW - 1, 18), max_size=2, unique=True))
            closes = draw(st.integers(opens + 1, 20))
            name = f"mechanic-{site}-{i}"
            found.append(Worker(name, site, "brakes", level, 1, opens, closes, tuple(booked)))
        pieces = draw(st.integers(1, 2))
        found.append(Worker(f"lift-{site}", site, "lift", 1, pieces, 0, 24, ()))
    return tuple(draw(st.permutations(found)))


@st.composite
def lines(draw: st.DrawFn, name: str, kind: type, skus: list[str], made: dict) -> DemandLine:
    units = draw(st.integers(1, 3))
    if kind is Performed:
        level = draw(st.integers(1, 2))
        roles = {"mechanic": {"brakes": level}, "lift": {"lift": 1}}
        wanted = Requirement(
            id="job", roles=roles, duration=hour(draw(st.integers(1, 3))) - hour(0)
        )
        supply = Performed(wanted, ahead=hour(AHEAD) - hour(0))
        sites = draw(st.sampled_from([(), "shop", "works"]))
        by = draw(st.none() | st.integers(NOW + 1, 36).map(hour))
        return DemandLine(
            id=name, sku="repair", quantity=units, sites=sites, needed_by=by, supply=supply
        )
    line = DemandLine(id=name, sku=draw(st.sampled_from(skus)), quantity=units)
    if kind is FromStock:
        return line
    by = hour(NOW + draw(st.integers(0, made["hours"])))
    return evolve(line, sites=made["sites"], needed_by=by, supply=MadeToOrder())


@st.composite
def mixed_baskets(
    draw: st.DrawFn, kinds: tuple[type, ...] = (FromStock, MadeToOrder, Performed)
) -> Basket:
    """Draw a basket of some kinds.

    What is made for several hours is made by itself for each: so lots and fractions, which
    are filled up once, are for baskets in which all is made for one.
    """
    several_hours = draw(st.booleans())
    made = {"sites": draw(st.sampled_from([(), ("works",)])), "hours": int(several_hours)}
    book = draw(books(plain=several_hours))
    skus = [part.sku for part in book.parts][: draw(st.integers(1, 3))]
    keys = [key for key in product(SKUS, PLACES) if draw(st.integers(0, 3))]
    kept = {key: draw(st.integers(0, 6)) for key in keys}
    wanted = [
        draw(lines(f"{i}", draw(st.sampled_from(kinds)), skus, made))
        for i in range(draw(st.integers(1, 4)))
    ]
    return Basket(book, kept, draw(workers()), Demand(wanted))


# By hand


def things_can_be_had(basket: Basket) -> bool:
    """Try every way of taking goods; is enough left to make the rest?"""
    things = [line for line in basket.demand.lines if not isinstance(line.supply, Performed)]
    made = [line for line in things if isinstance(line.supply, MadeToOrder)]
    goods = [line for line in things if line not in made]
    needs: Counter[str] = Counter()
    sites: tuple[str, ...] = ()
    for line in made:
        needs[line.sku] += line.quantity
        sites = line.sites
    for split in product(*(list(ways(line.quantity, PLACES)) for line in goods)):
        left = Counter(basket.kept)
        for line, way in zip(goods, split, strict=True):
            left.subtract({(line.sku, site): units for site, units in way.items()})
        here: Counter[str] = Counter()
        for (sku, site), units in left.items():
            here[sku] += units if site in (sites or PLACES) else 0
        if min(left.values(), default=0) >= 0 and can_be_served(basket.book, needs, here):
            return True
    return False


Job = tuple[int, str, str, str]
"""When, where, by whom and on which lift."""


def jobs_by_hand(basket: Basket) -> dict[str, list[Job]]:
    """Give each unit of each service, in turn, the first hours at which all are free."""
    used: Counter[tuple[str, int]] = Counter()
    for worker in basket.workers:
        used.update({(worker.name, n): worker.pieces for n in worker.booked})
    found: dict[str, list[Job]] = {}
    for line in sorted(basket.demand.lines, key=lambda line: line.id):
        if isinstance(line.supply, Performed):
            found[line.id] = []
            for _ in range(line.quantity):
                job = min(_ways_of(line, basket.workers, used), default=None)
                if job is None:
                    break
                found[line.id].append(job)
                used.update((name, n) for name in job[2:] for n in _hours(line, job[0]))
    return found


def _hours(line: DemandLine, start: int) -> range:
    return range(start, start + (line.supply.requirement.duration // (hour(1) - hour(0))))


def _ways_of(
    line: DemandLine, workers: tuple[Worker, ...], used: Counter[tuple[str, int]]
) -> Iterator[Job]:
    last = (
        NOW + AHEAD
        if line.needed_by is None
        else (line.needed_by - hour(0)) // (hour(1) - hour(0))
    )
    level = line.supply.requirement.roles[0].skills[0].level
    for start in range(NOW, last):
        hours = _hours(line, start)
        free = [
            worker
            for worker in workers
            if hours[-1] < last
            and worker.site in (line.sites or PLACES)
            and all(worker.opens <= n % 24 < worker.closes for n in hours)
            and all(used[worker.name, n] < worker.pieces for n in hours)
        ]
        for one, other in product(free, free):
            fits = (one.skill, other.skill, one.site) == ("brakes", "lift", other.site)
            if fits and one.level >= level:
                yield start, one.site, one.name, other.name


def parts_taken(basket: Basket, taken: Counter[tuple[str, str]]) -> Counter[str]:
    """Count what is taken of each part, whatever for."""
    sums: Counter[str] = Counter()
    for (sku, _), units in taken.items():
        sums[sku] += units
    return sums


def parts_needed(basket: Basket, taken: Counter[tuple[str, str]]) -> Counter[str]:
    """Count what must be taken of each: goods, and what netting takes for what is made.

    It is known where all is made for one hour.
    """
    goods = [line for line in basket.demand.lines if isinstance(line.supply, FromStock)]
    made = [line for line in basket.demand.lines if isinstance(line.supply, MadeToOrder)]
    if len({line.needed_by for line in made}) > 1 or (goods and made):
        return parts_taken(basket, taken)
    sums: Counter[str] = Counter()
    for line in goods:
        sums[line.sku] += line.quantity
    here: Counter[str] = Counter()
    for (sku, site), units in basket.kept.items():
        here[sku] += units if not made or site in (made[0].sites or PLACES) else 0
    for part in net(basket.book, [(line.sku, line.quantity) for line in made], here).taken:
        sums[part.sku] += part.taken
    return sums


# The law


def a_mixed_basket_is_served_as_by_hand(basket: Basket) -> None:
    """F4, F20, F22: ok just where it can be reserved, and just where there is a way by hand."""
    snapshot = basket.snapshot
    answer, done = check(basket.demand, snapshot, AT), set_aside(basket.demand, snapshot)
    jobs = jobs_by_hand(basket)
    in_time = all(len(jobs[e.id]) == e.quantity for e in basket.demand.lines if e.id in jobs)
    assert answer.ok == isinstance(done, Reserved)
    assert answer.ok == (things_can_be_had(basket) and in_time)
    for line in answer.lines:
        told = [
            (one.window.start, one.site, *(each.resource for each in one.assigned))
            for one in line.appointments
        ]
        assert told == [(hour(job[0]), *job[1:]) for job in jobs.get(line.id, [])]
    short = {each.line: each.missing for each in answer.shortages}
    for line in basket.demand.lines:
        if isinstance(line.supply, FromStock):
            (told,) = (each.taken for each in answer.lines if each.id == line.id)
            assert sum(part.units for part in told) == line.quantity - short.get(line.id, 0)
    taken: Counter[tuple[str, str]] = Counter()
    for line in answer.lines:
        for part in line.taken:
            taken[part.sku, part.site] += part.units
    assert all(units <= basket.kept[key] for key, units in taken.items())
    if isinstance(done, Reserved):
        assert parts_taken(basket, taken) == parts_needed(basket, taken)
        reserved = {(c.level.sku, c.level.site): c.level.reserved(AT) for c in done.changes}
        assert reserved == dict(taken)
        booked = sum(len(change.events) for change in done.agendas)
        assert booked == sum(2 * len(several) for several in jobs.values())
