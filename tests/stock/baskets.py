"""Baskets and snapshots to draw from, and who can be served by trying every way there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import strategies as st
from stock_by_hand import LAST, Promise, Shelf, hour

from ordercore.stock import (
    Demand,
    DemandLine,
    Incoming,
    Preorder,
    Reservation,
    StockLevel,
    StockPolicy,
    StockSnapshot,
)

SITES = ["east", "north", "west"]
SKUS = ["cap", "mug"]
NOW = 10


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """Draw what is at one site, some of it promised, perhaps until it expires."""
    shelf = Shelf(
        on_hand=draw(st.integers(0, 6)),
        safety=draw(st.sampled_from([0, 0, 1])),
        backorder=draw(st.sampled_from([0, 0, 2])),
        preorder=draw(st.none() | st.tuples(st.integers(1, 3), st.integers(8, 30))),
    )
    for i in range(draw(st.integers(0, 2))):
        shelf.incoming[f"i{i}"] = (draw(st.integers(1, 4)), draw(st.integers(5, 30)))
    for i in range(draw(st.integers(0, 2))):
        units = draw(st.integers(1, 3))
        ends = draw(st.none() | st.sampled_from([9, 10, 11]))
        promise = Promise("o-0", 0, units, draw(st.integers(0, 25)), ends, None)
        if shelf.kept + units <= shelf.most():
            shelf.promises[f"r{i}"] = promise
    return shelf


def level_of(sku: str, site: str, shelf: Shelf) -> StockLevel:
    """Make the level that a shelf is by hand."""
    policy = StockPolicy(
        safety=shelf.safety,
        backorder=shelf.backorder,
        preorder=Preorder(shelf.preorder[0], hour(shelf.preorder[1])) if shelf.preorder else None,
    )
    return StockLevel(
        sku=sku,
        site=site,
        on_hand=shelf.on_hand,
        policy=policy,
        incoming=[
            Incoming(id=name, quantity=units, expected_at=hour(when))
            for name, (units, when) in shelf.incoming.items()
        ],
        reservations=[
            Reservation(
                id=name,
                holder=p.holder,
                quantity=p.units,
                at=hour(p.made),
                due=hour(p.due),
                expires_at=None if p.ends is None else hour(p.ends),
            )
            for name, p in shelf.promises.items()
        ],
    )


Kept = dict[tuple[str, str], Shelf]


@st.composite
def stocks(draw: st.DrawFn) -> Kept:
    """Draw what is where; not every site keeps every sku."""
    keys = [key for key in product(SKUS, SITES) if draw(st.integers(0, 3))]
    return {key: draw(shelves()) for key in keys}


def snapshot_of(stock: Kept) -> StockSnapshot:
    levels = [level_of(sku, site, shelf) for (sku, site), shelf in stock.items()]
    return StockSnapshot(levels=levels, sites=SITES)


@st.composite
def demands(draw: st.DrawFn, most: int = 4) -> Demand:
    """Draw a mixed basket: skus on several lines, sites of all kinds, now or later."""
    count = draw(st.integers(1, most))
    return Demand(
        [
            DemandLine(
                id=f"{i}",
                sku=draw(st.sampled_from(SKUS)),
                quantity=draw(st.integers(1, 5)),
                sites=draw(st.lists(st.sampled_from(SITES), unique=True, max_size=3)),
                needed_by=draw(st.none() | st.integers(9, 32).map(hour)),
            )
            for i in range(count)
        ]
    )


def hours_of(due) -> int:
    return int((due - hour(0)).total_seconds() // 3600)


Claims = list[tuple[str, int, list[str], int]]


def claims_of(demand: Demand) -> Claims:
    """Tell what each line claims: (sku, units, sites, hour), in the order of the ids."""
    return [
        (
            line.sku,
            line.quantity,
            list(line.sites) or SITES,
            NOW if line.needed_by is None else hours_of(line.needed_by),
        )
        for line in sorted(demand.lines, key=lambda line: line.id)
    ]


def fits(stock: Kept, taken: list[tuple[str, str, int, int]]) -> bool:
    """Whether so much can be taken together: (sku, site, units, hour), at every hour."""
    for key in {(sku, site) for sku, site, _, _ in taken}:
        here = [(units, due) for sku, site, units, due in taken if (sku, site) == key]
        first = min(due for _, due in here)
        if first < NOW or key not in stock:
            return False
        for tau in range(first, LAST + 1):
            left = stock[key].left(tau, NOW, short=True)
            # what is promised for later takes from now on, so the least that follows counts
            least = min(stock[key].left(t, NOW, short=True) for t in range(tau, LAST + 1))
            assert least <= left
            if sum(units for units, due in here if due <= tau) > least:
                return False
    return True


def ways(units: int, sites: list[str]) -> Iterator[dict[str, int]]:
    """List every way to split units over sites."""
    if not sites:
        if not units:
            yield {}
        return
    for here in range(units + 1):
        for rest in ways(units - here, sites[1:]):
            yield {sites[0]: here, **rest} if here else rest


def can_all_be_served(stock: Kept, claims: Claims) -> bool:
    """Try every way."""

    def serve(i: int, taken: list[tuple[str, str, int, int]]) -> bool:
        if i == len(claims):
            return True
        sku, units, sites, due = claims[i]
        for way in ways(units, sites):
            now = taken + [(sku, site, count, due) for site, count in way.items()]
            if fits(stock, now) and serve(i + 1, now):
                return True
        return False

    return serve(0, [])


def served_in_turn(stock: Kept, claims: Claims) -> list[int]:
    """Tell how many units each line can have, if those before it have all that they can."""
    so_far: Claims = []
    for sku, units, sites, due in claims:
        best = next(
            n
            for n in range(units, -1, -1)
            if can_all_be_served(stock, [*so_far, (sku, n, sites, due)])
        )
        so_far.append((sku, best, sites, due))
    return [units for _, units, _, _ in so_far]
