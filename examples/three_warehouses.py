"""From which warehouses? Split an order over three of them at the least cost, and prove it.

    python examples/three_warehouses.py
    python examples/three_warehouses.py --to 成都 --locale zh_CN

No warehouse has all that is ordered. Each parcel costs a base and the way, each unit its
handling. The example compares the usual rules of thumb with the exact answer, shows its
certificate and why the others were left out, and plans anew when a warehouse drops out. The
cities are where they are (examples/data/cn_cities.csv).
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ordercore.errors import OrderCoreError
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Certificate,
    Exact,
    Network,
    Ranked,
    Request,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    cheapest,
    fewest_parcels,
    nearest_capable,
    priority_list,
    reroute,
)
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.rules import Cheapest
from ordercore.stock import Demand

CITIES = Path(__file__).parent / "data" / "cn_cities.csv"
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
NAMES = {"beijing": "北京", "guangzhou": "广州", "shanghai": "上海"}
GOODS = [("lamp", 3), ("rug", 1), ("shelf", 2), ("vase", 4)]
STOCK = {
    "beijing": [("lamp", 3), ("rug", 1), ("vase", 1)],
    "guangzhou": [("shelf", 2), ("vase", 4)],
    "shanghai": [("lamp", 2), ("rug", 1), ("shelf", 1), ("vase", 3)],
}


def read_cities() -> Mapping[str, GeoPoint]:
    """Read where the cities are."""
    with CITIES.open(encoding="utf-8", newline="") as source:
        return {row["name_zh"]: GeoPoint(row["lat"], row["lon"]) for row in csv.DictReader(source)}


def network(cities: Mapping[str, GeoPoint]) -> Network:
    """Make the three warehouses."""
    return Network(
        "CNY",
        [
            Site(
                id=name,
                place=cities[NAMES[name]],
                stock=stock,
                costs=SiteCosts(
                    parcel="6.00", per_km="0.01", unit="0.80", units=[("rug", "3.50")]
                ),
            )
            for name, stock in STOCK.items()
        ],
    )


def rules() -> Mapping[str, Strategy]:
    """Make the usual rules of thumb, and the exact ways."""
    return {
        "priority list": priority_list(["beijing", "shanghai", "guangzhou"]),
        "nearest first": nearest_capable(),
        "cheapest per unit first": Strategy(choose=Ranked(Cheapest())),
        "fewest parcels, proved": fewest_parcels(),
        "least cost, proved": cheapest(),
    }


def told(plan: AllocationPlan) -> str:
    """Tell a plan in one line."""
    parcels = " + ".join(f"{row.site} {row.units}" for row in plan.shipments)
    left = "" if plan.ok else f", {sum(line.missing for line in plan.left)} left"
    return f"{plan.cost} ({parcels}{left})"


def proof(certificate: Certificate | None) -> str:
    """Tell what a certificate says, as numbers."""
    if certificate is None:
        return "no certificate"
    return (
        f"certificate: exact {certificate.exact}, {certificate.objective} {certificate.value}, "
        f"at least {certificate.lower_bound}, {certificate.nodes} nodes"
    )


def report(request: Request, warehouses: Network, locale: str) -> Iterator[str]:
    """Compare the rules, explain the best plan, and plan anew without one of its warehouses."""
    for name, strategy in rules().items():
        yield f"{name}: {told(allocate(request, warehouses, strategy))}"
    exact = Strategy(choose=Exact(compare=True))
    plan = allocate(request, warehouses, exact)
    yield ""
    yield proof(plan.certificate)
    yield ""
    yield str(explain_plan(plan, locale, names=NAMES if locale.startswith("zh") else {}))
    lost = plan.shipments[-1].site
    again = reroute(plan, [lost], request, warehouses, exact)
    yield ""
    yield f"without {lost}: {told(again)}"
    for line in again.left:
        yield f"  {line.missing} of {line.wanted} {line.sku}: nobody has them"


def main(given: Sequence[str]) -> int:
    """Read the command line and tell."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--to", default="武汉", help="a city of the table, in Chinese")
    parser.add_argument("--locale", default="en")
    asked = parser.parse_args(given)
    cities = read_cities()
    if asked.to not in cities:
        sys.stderr.write(f"no such city: {asked.to}\n")
        return 2
    request = Request(Demand.of(GOODS), NOW, cities[asked.to])
    try:
        sys.stdout.write("\n".join(report(request, network(cities), asked.locale)) + "\n")
    except OrderCoreError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
