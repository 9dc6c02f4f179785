"""Plan sourcing instances through the public API.

    python tests/benchmarks/sourcing.py INSTANCE.json [--effort N] [--seed N]
    python tests/benchmarks/sourcing.py --single INSTANCE.json
    python tests/benchmarks/sourcing.py --workshop INSTANCE.json

An instance of many orders has ``orders``, each with ``lines`` of [product, units] and its
distance to each site (``dist``), by site the ``stock`` as [product, units], and what a
``parcel`` from there costs; each unit costs as much as its way is long. The timed region begins
with built requests and a built network and ends when all takes, the cost and the certificate
have been read. Beside it stands the time of a plain greedy rule in this process, which plans
order by order, and always from the site with the least cost per unit. CPU time, the shortest
of the runs.

A single order has ``need`` by product, ``stock`` by site and product, and by site what it costs
once, ``fixed``, and each ``unit``. Workshops: see ``workshops.py``. One JSON object goes to
standard output.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from ordercore.parties import GeoPoint
from ordercore.sourcing import Network, Request, Site, SiteCosts, allocate, cheapest
from ordercore.sourcing.batch import BatchPlan, allocate_batch
from ordercore.stock import Demand, DemandLine

AT = datetime(2026, 11, 26, tzinfo=UTC)
CURRENCY = "JPY"
"""Instances count in whole numbers, and so does this currency."""

T = TypeVar("T")


def timed(work: Callable[[], T], runs: int) -> tuple[float, T]:
    """Do work so many times; tell the shortest CPU time, and what came out."""
    best, result = float("inf"), None
    for _ in range(runs):
        start = process_time()
        result = work()
        best = min(best, process_time() - start)
    assert result is not None
    return best, result


# Many orders


class Table:
    """Distances that are known: a site and a customer are numbers, written as a longitude."""

    def __init__(self, orders: list[dict[str, Any]]) -> None:
        self.rows = [order["dist"] for order in orders]

    def metres(self, start: GeoPoint, end: GeoPoint) -> int:
        """One unit of distance is a kilometre."""
        return 1000 * self.rows[number(end)][number(start)]


def place(which: int) -> GeoPoint:
    """Write a number as a place."""
    return GeoPoint("0", f"{which // 1000}.{which % 1000:03}")


def number(point: GeoPoint) -> int:
    """Read it again."""
    return int(point.longitude * 1000)


def sku(product: int) -> str:
    """Name a product."""
    return f"sku-{product:04}"


def network_of(plain: dict[str, Any]) -> Network:
    """Build the sites of an instance of many orders."""
    return Network(
        CURRENCY,
        [
            Site(
                id=f"site-{i:04}",
                place=place(i),
                stock=[(sku(product), units) for product, units in stock],
                costs=SiteCosts(parcel=str(parcel), unit_per_km="1"),
            )
            for i, (stock, parcel) in enumerate(zip(plain["stock"], plain["parcel"], strict=True))
        ],
    )


def orders_of(plain: dict[str, Any]) -> list[tuple[str, Request]]:
    """Build the orders of an instance."""
    return [
        (
            f"order-{i:05}",
            Request(Demand.of([(sku(product), n) for product, n in order["lines"]]), AT, place(i)),
        )
        for i, order in enumerate(plain["orders"])
    ]


def many(plain: dict[str, Any], effort: int, seed: int = 0, runs: int = 1) -> dict[str, Any]:
    """Plan an instance of many orders."""
    orders, network, table = orders_of(plain), network_of(plain), Table(plain["orders"])

    def work() -> tuple[BatchPlan, int, int]:
        plan = allocate_batch(
            orders, network, cheapest(), effort=effort, seed=seed, distance=table
        )
        assert len(plan.takes) >= 0
        return plan, plan.cost.minor, plan.certificate.lower_bound

    greedy_s, _ = timed(lambda: greedy(plain), runs)
    cpu_s, (plan, cost, bound) = timed(work, runs)
    return {
        "cost": cost,
        "lower_bound": bound or None,
        "left": plan.certificate.missing,
        "effort": effort,
        "cpu_s": cpu_s,
        "greedy_cpu_s": greedy_s,
        "plan": [
            [int(take.order[6:]), int(take.sku[4:]), int(take.site[5:]), take.units]
            for take in plan.takes
        ],
    }


def greedy(plain: dict[str, Any]) -> list[list[int]]:
    """Plan order by order; from the site with the least cost per unit, again and again."""
    held = [dict(map(tuple, stock)) for stock in plain["stock"]]
    plan = []
    for number_, order in enumerate(plain["orders"]):
        need = dict(map(tuple, order["lines"]))
        while need:
            cheapest_, chosen, given = None, -1, []
            for site, stock in enumerate(held):
                could = [(p, min(n, stock[p])) for p, n in need.items() if stock.get(p)]
                units = sum(n for _, n in could)
                if units:
                    each = (plain["parcel"][site] + order["dist"][site] * units) / units
                    if cheapest_ is None or each < cheapest_:
                        cheapest_, chosen, given = each, site, could
            if chosen < 0:
                break
            for product, units in given:
                plan.append([number_, product, chosen, units])
                held[chosen][product] -= units
                need[product] -= units
                if not need[product]:
                    del need[product]
    return plan


def cost_of(plain: dict[str, Any], plan: list[list[int]]) -> int:
    """Cost a plan again, from the instance alone; nothing may be taken that is not there."""
    left = {(w, p): n for w, stock in enumerate(plain["stock"]) for p, n in stock}
    for order, product, site, units in plan:
        assert 0 < units <= left[site, product], (order, product, site, units)
        left[site, product] -= units
    ways = sum(plain["orders"][order]["dist"][site] * units for order, _, site, units in plan)
    return ways + sum(plain["parcel"][w] for _, w in {(row[0], row[2]) for row in plan})


# One order


def single_order(plain: dict[str, Any]) -> tuple[Request, Network]:
    """Build a single order, and the sites before it."""
    sites = [
        Site(
            id=f"site-{i:04}",
            stock=[(sku(product), units) for product, units in enumerate(stock)],
            costs=SiteCosts(parcel=str(fixed), unit=str(unit)),
        )
        for i, (stock, fixed, unit) in enumerate(
            zip(plain["stock"], plain["fixed"], plain["unit"], strict=True)
        )
    ]
    lines = [
        DemandLine(id=f"{int(product):04}", sku=sku(int(product)), quantity=units)
        for product, units in plain["need"].items()
    ]
    return Request(Demand(lines), AT), Network(CURRENCY, sites)


def single(plain: dict[str, Any]) -> dict[str, Any]:
    """Plan a single order."""
    request, network = single_order(plain)
    cpu_s, plan = timed(lambda: allocate(request, network, cheapest()), 1)
    proof = plan.certificate
    assert proof is not None
    return {
        "cost": plan.cost.minor,
        "certified": proof.exact,
        "lower_bound": proof.lower_bound,
        "left": proof.missing,
        "cpu_s": cpu_s,
        "plan": [
            [int(row.sku[4:]), int(shipment.site[5:]), row.units]
            for shipment in plan.shipments
            for row in shipment.given
        ],
    }


def main() -> dict[str, Any]:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Plan a sourcing instance.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--single", action="store_true", help="one order")
    kind.add_argument("--workshop", action="store_true", help="jobs and workshops")
    parser.add_argument("instance", type=Path)
    parser.add_argument("--effort", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    plain = json.loads(told.instance.read_text(encoding="utf-8"))
    if told.single:
        return single(plain)
    if told.workshop:
        import workshops  # noqa: PLC0415 - the others do without

        return workshops.answer(plain)
    return many(plain, told.effort, told.seed)


if __name__ == "__main__":
    print(json.dumps(main()))
