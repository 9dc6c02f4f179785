"""Which kitchen cooks? A restaurant chain chooses one for a delivery, and says why.

    python examples/kitchen_for_a_delivery.py
    python examples/kitchen_for_a_delivery.py --to 深圳 --at 2026-11-26T18:30 --locale en
    python examples/kitchen_for_a_delivery.py --map kitchens.svg

The chain has kitchens in seven cities of the Pearl River Delta, at the real coordinates of the
cities (examples/data/cn_cities.csv), and delivers dinners between them. A dinner is there when
the orders before it are cooked, it is cooked itself, and it was driven over. A kitchen that
closes before it is ready does not take it. Three ways to choose are compared; the last one is
proved to be the fastest.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.errors import OrderCoreError
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Exact,
    GreatCircle,
    Network,
    Objective,
    Ranked,
    Request,
    Site,
    SiteCosts,
    SteadySpeed,
    Strategy,
    allocate,
)
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.rules import (
    HasSkills,
    Nearest,
    ReadyBeforeClosing,
    ShortestWait,
    WithinReach,
)
from ordercore.stock import Demand

CITIES = Path(__file__).parent / "data" / "cn_cities.csv"
ZONE = "Asia/Shanghai"
ROADS = GreatCircle(detour_percent=25)
DRIVING = SteadySpeed(km_per_hour=60, distance=ROADS)


class Kitchen(NamedTuple):
    """How one kitchen is doing."""

    opens: str
    load: int
    pace: int
    preparation: int
    skills: tuple[str, ...]


KITCHENS = {
    "广州": Kitchen("10:00-22:00", 9, 6, 25, ("roast goose", "dim sum")),
    "佛山": Kitchen("10:00-20:30", 2, 6, 25, ("roast goose",)),
    "东莞": Kitchen("11:00-21:00", 1, 6, 25, ("roast goose", "dim sum")),
    "深圳": Kitchen("10:00-23:00", 4, 6, 20, ("dim sum",)),
    "中山": Kitchen("10:00-21:30", 0, 6, 30, ("roast goose",)),
    "珠海": Kitchen("10:00-21:30", 3, 6, 25, ("dim sum",)),
    "惠州": Kitchen("10:00-21:00", 0, 6, 25, ("roast goose",)),
}
"""Opening hours, dinners before, minutes for each of them and for one's own, and what it cooks."""


def read_cities() -> Mapping[str, GeoPoint]:
    """Read where the cities are."""
    with CITIES.open(encoding="utf-8", newline="") as source:
        return {row["name_zh"]: GeoPoint(row["lat"], row["lon"]) for row in csv.DictReader(source)}


def id_of(city: str) -> str:
    """Make an id of a city: ids are plain ASCII, and people read names."""
    return f"kitchen-{list(KITCHENS).index(city) + 1}"


NAMES = {id_of(city): city for city in KITCHENS} | {"dinner": "烧鹅晚宴", "roast goose": "烧鹅"}


def network(cities: Mapping[str, GeoPoint]) -> Network:
    """Make the chain of its kitchens."""
    sites = [
        Site(
            id=id_of(city),
            kind="kitchen",
            place=cities[city],
            makes=["dinner"],
            skills=kitchen.skills,
            capacity=12,
            load=kitchen.load,
            hours=WorkingTime(WorkingHours.of(ZONE, {"MO-SU": kitchen.opens})),
            preparation=timedelta(minutes=kitchen.preparation),
            pace=timedelta(minutes=kitchen.pace),
            costs=SiteCosts(parcel="20.00", per_km="2.50"),
        )
        for city, kitchen in KITCHENS.items()
    ]
    return Network("CNY", sites)


def strategies() -> Mapping[str, Strategy]:
    """Make three ways to choose one kitchen."""
    may = HasSkills("roast goose") & WithinReach(120_000) & ReadyBeforeClosing()
    return {
        "nearest": Strategy(where=may, choose=Ranked(Nearest()), parcels_max=1),
        "nearest 50 km, then least busy": Strategy(
            where=may, choose=Ranked(Nearest(50_000).then(ShortestWait())), parcels_max=1
        ),
        "fastest": Strategy(where=may, choose=Exact(Objective.TIME), parcels_max=1),
    }


def chosen(plan: AllocationPlan) -> str | None:
    """Tell the kitchen of a plan, if there is one."""
    return plan.shipments[0].site if plan.shipments else None


# The map


def map_of(cities: Mapping[str, GeoPoint], to: str, plan: AllocationPlan, width: int = 640) -> str:
    """Draw the kitchens, the customer and the way as SVG, north up."""
    shown = {*KITCHENS, to}
    longitudes = [float(cities[city].longitude) for city in shown]
    latitudes = [float(cities[city].latitude) for city in shown]
    west, north = min(longitudes) - 0.35, max(latitudes) + 0.25
    scale = width / (max(longitudes) + 0.35 - west)
    height = round((north - min(latitudes) + 0.25) * scale * 1.085)  # at 22.7° north

    def place(city: str) -> tuple[float, float]:
        east = (float(cities[city].longitude) - west) * scale
        return round(east, 1), round((north - float(cities[city].latitude)) * scale * 1.085, 1)

    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    ground = f'<rect width="{width}" height="{height}" fill="#f4f1ea"/>'
    head = f'<svg {box} font-family="sans-serif" font-size="14">'
    return "\n".join([head, ground, *drawn(plan, to, place), "</svg>"])


def drawn(
    plan: AllocationPlan, to: str, place: Callable[[str], tuple[float, float]]
) -> Iterator[str]:
    """Draw the way first, then the places over it."""
    taken = chosen(plan)
    (x, y) = place(to)
    if taken is not None:
        (a, b) = place(NAMES[taken])
        yield f'<line x1="{a}" y1="{b}" x2="{x}" y2="{y}" stroke="#c0392b" stroke-width="3"/>'
    for city in KITCHENS:
        (a, b) = place(city)
        fill = "#c0392b" if id_of(city) == taken else "#7f8c8d"
        yield f'<circle cx="{a}" cy="{b}" r="7" fill="{fill}"/>'
        yield f'<text x="{a + 11}" y="{b + 5}">{escape(city)}</text>'
    yield f'<rect x="{x - 10}" y="{y - 10}" width="20" height="20" fill="none" stroke="#2c3e50"/>'
    if to not in KITCHENS:
        yield f'<text x="{x + 14}" y="{y + 5}">{escape(to)}</text>'


# The command


def report(request: Request, chain: Network, locale: str) -> Iterator[str]:
    """Tell what each way of choosing finds, and why the fastest is the fastest."""
    plan = None
    for name, strategy in strategies().items():
        plan = allocate(request, chain, strategy, distance=ROADS, travel=DRIVING)
        kitchen = chosen(plan)
        if kitchen is None or plan.arrives_at is None:
            yield f"{name}: nobody"
            continue
        there = plan.arrives_at.astimezone(ZoneInfo(ZONE))
        yield f"{name}: {NAMES[kitchen]}, {plan.shipments[0].metres} m, there at {there:%H:%M}"
    if plan is not None:
        yield ""
        yield str(explain_plan(plan, locale, zone=ZONE, names=NAMES))


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--to", default="清远", help="a city of the table, in Chinese")
    parser.add_argument("--at", default="2026-11-26T19:50", help="when, in Chinese time")
    parser.add_argument("--locale", default="zh_CN")
    parser.add_argument("--map", type=Path, help="a file to draw the map into, as SVG")
    return parser.parse_args(given)


def main(given: Sequence[str]) -> int:
    """Choose, tell and draw."""
    asked = arguments(given)
    cities = read_cities()
    try:
        at = datetime.fromisoformat(asked.at).replace(tzinfo=ZoneInfo(ZONE))
        request = Request(Demand.of([("dinner", 2)]), at, cities[asked.to])
        chain = network(cities)
        sys.stdout.write("\n".join(report(request, chain, asked.locale)) + "\n")
        if asked.map is not None:
            fastest = strategies()["fastest"]
            plan = allocate(request, chain, fastest, distance=ROADS, travel=DRIVING)
            asked.map.write_text(map_of(cities, asked.to, plan), encoding="utf-8")
    except KeyError:
        sys.stderr.write(f"no such city: {asked.to}\n")
        return 2
    except (OrderCoreError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
