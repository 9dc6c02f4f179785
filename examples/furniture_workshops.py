"""A furniture maker's week: which workshop does what, and why not another one.

    python examples/furniture_workshops.py
    python examples/furniture_workshops.py --locale en --goal share

Four workshops saw, upholster and paint. Each has skills, hours in the week, and some of them
taken already. The example places the jobs of a week at least cost or as evenly as can be,
prints where each goes with the reasons and the proof, and plans anew twice: when a workshop
drops out while some jobs have begun, so that as little as possible moves; and when too much is
ordered, so that it has to say which jobs do not fit, and with which others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from ordercore.errors import OrderCoreError
from ordercore.sourcing import Network, Site
from ordercore.sourcing.workshops import (
    EARLIEST_FINISH,
    EVEN_LOAD,
    LEAST_COST,
    Goal,
    Job,
    Workload,
    WorkshopPlan,
    assign,
    explain_workshops,
    replan,
)

SKILLS: Final = ("cutting", "painting", "upholstery")

SHOPS: Final = Network(
    "CNY",
    [
        Site(id="canal", kind="workshop", skills=["cutting", "painting"], capacity=44, load=20),
        Site(id="hill", kind="workshop", skills=["cutting", "upholstery"], capacity=40, load=16),
        Site(id="old", kind="workshop", skills=["upholstery"], capacity=36, load=18),
        Site(id="yard", kind="workshop", skills=SKILLS, capacity=60, load=33),
    ],
)

JOBS: Final = Workload(
    "CNY",
    [
        Job(
            id="bed-frame",
            skills="cutting",
            efforts={"canal": (8, "560.00"), "hill": (7, "630.00"), "yard": (6, "720.00")},
        ),
        Job(
            id="bench",
            skills="upholstery",
            efforts={"hill": (5, "400.00"), "old": (6, "330.00"), "yard": (5, "450.00")},
        ),
        Job(
            id="cabinet",
            skills="painting",
            efforts={"canal": (9, "540.00"), "yard": (7, "700.00")},
        ),
        Job(
            id="chairs",
            skills=["cutting", "upholstery"],
            efforts={"hill": (12, "960.00"), "yard": (10, "1100.00")},
        ),
        Job(
            id="shelf",
            skills="cutting",
            efforts={"canal": (6, "420.00"), "hill": (5, "450.00"), "yard": (4, "480.00")},
        ),
        Job(
            id="sofa",
            skills="upholstery",
            efforts={"hill": (10, "800.00"), "old": (11, "605.00"), "yard": (9, "810.00")},
        ),
        Job(
            id="table",
            skills=["cutting", "painting"],
            efforts={"canal": (11, "770.00"), "yard": (9, "990.00")},
        ),
    ],
    skills=SKILLS,
)

RUSH: Final = [
    Job(
        id=f"hotel-{i}", skills="painting", efforts={"canal": (9, "500.00"), "yard": (8, "640.00")}
    )
    for i in range(1, 6)
]

GOALS: Final[Mapping[str, tuple[Goal, ...]]] = {
    "cost": LEAST_COST,
    "share": EVEN_LOAD,
    "finish": EARLIEST_FINISH,
}

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "zh_CN": {
        "canal": "运河车间", "hill": "山前车间", "old": "老车间", "yard": "大院车间",
        "bed-frame": "床架", "bench": "长凳", "cabinet": "柜子", "chairs": "椅子",
        "shelf": "书架", "sofa": "沙发", "table": "餐桌",
        "cutting": "裁切", "painting": "喷漆", "upholstery": "软包",
        "hotel-1": "酒店柜1", "hotel-2": "酒店柜2", "hotel-3": "酒店柜3",
        "hotel-4": "酒店柜4", "hotel-5": "酒店柜5",
    },
    "en": {},
}  # fmt: skip
UNITS: Final = {"zh_CN": "小时", "en": "h"}


def told(plan: WorkshopPlan, locale: str, *, table: bool = False) -> str:
    """Write a plan with its reasons, and first as tables if so wished."""
    page = explain_workshops(plan, locale, unit=UNITS[locale], names=NAMES[locale])
    return f"{page.table()}\n\n{page}" if table else str(page)


def week(goals: tuple[Goal, ...], locale: str) -> None:
    """Plan the week, and twice more when something comes between."""
    plan = assign(JOBS, SHOPS, goals)
    print("1. The week")
    print(told(plan, locale, table=True))

    print("\n2. The hill workshop drops out; the bench and the table have begun")
    begun = [job for job in ("bench", "table") if plan.choice[job] != "hill"]
    lost = replan(plan, JOBS, SHOPS.without("hill"), begun=begun)
    print(told(lost, locale))

    print("\n3. A hotel wants five cabinets besides")
    print(told(assign(Workload("CNY", [*JOBS.jobs, *RUSH]), SHOPS, goals), locale))


def main(arguments: Sequence[str]) -> int:
    """Read what is asked for, plan, and print the plans."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--locale", choices=sorted(NAMES), default="zh_CN")
    parser.add_argument("--goal", choices=sorted(GOALS), default="cost")
    asked = parser.parse_args(arguments)
    try:
        week(GOALS[asked.goal], asked.locale)
    except OrderCoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
