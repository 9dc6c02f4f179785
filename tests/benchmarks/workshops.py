"""Assign the jobs of an instance to workshops through the public API.

    python tests/benchmarks/workshops.py INSTANCE.json

An instance has by shop its ``skills``, its ``capacity`` and its ``load``, and ``jobs``, each
with the ``skill`` that it needs and by shop its ``hours`` and its ``cost``. Both questions are
answered: least cost, and under ``even`` the least share of capacity at the busiest shop. Where
not all jobs fit, ``cost`` and ``share`` are null, and ``left`` tells which do not and why; it is
``certified`` then that no plan leaves fewer. CPU time. One JSON object goes to standard output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import process_time
from typing import Any

from ordercore.sourcing import Network, Site
from ordercore.sourcing.workshops import (
    EVEN_LOAD,
    LEAST_COST,
    Goal,
    Job,
    Workload,
    WorkshopPlan,
    assign,
)

CURRENCY = "JPY"
"""Instances count in whole numbers, and so does this currency."""


def question(plain: dict[str, Any]) -> tuple[Workload, Network]:
    """Build the jobs and the shops of an instance."""
    shops = [
        Site(
            id=f"shop-{i:03}",
            kind="workshop",
            skills=[f"skill-{skill}" for skill in skills],
            capacity=capacity,
            load=load,
        )
        for i, (skills, capacity, load) in enumerate(
            zip(plain["skills"], plain["capacity"], plain["load"], strict=True)
        )
    ]
    jobs = [
        Job(
            id=f"job-{i:04}",
            skills=f"skill-{job['skill']}",
            efforts={
                shop.id: (hours, str(cost))
                for shop, hours, cost in zip(shops, job["hours"], job["cost"], strict=True)
            },
        )
        for i, job in enumerate(plain["jobs"])
    ]
    return Workload(CURRENCY, jobs), Network(CURRENCY, shops)


def answer(plain: dict[str, Any]) -> dict[str, Any]:
    """Answer both questions."""
    least, even = solved(plain, LEAST_COST), solved(plain, EVEN_LOAD)
    return {**least, "even": even}


def solved(plain: dict[str, Any], goals: tuple[Goal, ...]) -> dict[str, Any]:
    """Answer one question."""
    workload, network = question(plain)
    start = process_time()
    plan = assign(workload, network, goals)
    return told(plan, len(plain["jobs"]), goals) | {"cpu_s": process_time() - start}


def told(plan: WorkshopPlan, jobs: int, goals: tuple[Goal, ...]) -> dict[str, Any]:
    """Write a plan by the positions of jobs and shops."""
    left, first = plan.proof(Goal.LEFT), plan.proof(goals[0])
    choice = {int(job[4:]): int(shop[5:]) for job, shop in plan.choice.items()}
    return {
        "cost": plan.cost.minor if plan.ok else None,
        "share": [plan.share.numerator, plan.share.denominator] if plan.ok else None,
        "certified": left.exact and (first.exact or not plan.ok),
        "lower_bound": [first.lower_bound, first.per] if plan.ok else None,
        "choice": [choice.get(job) for job in range(jobs)],
        "left": [
            {
                "job": int(row.job[4:]),
                "why": row.why.value,
                "together": [int(job[4:]) for job in row.together],
                "needed": row.needed,
                "free": row.free,
            }
            for row in plan.left
        ],
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(json.dumps(answer(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
