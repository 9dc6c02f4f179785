"""Print how good and how fast jobs are assigned to workshops, beside HiGHS.

    python tests/benchmarks/workshops_table.py [--quick]

By size and question: how many plans are certified, and CPU time; with HiGHS (extra ``solver``),
how many are as good as it says. The status is 1 if a plan is not valid, a certified plan is not
the best, or HiGHS says of one with jobs left that all fit. ``--quick`` tries few.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Iterator
from fractions import Fraction
from importlib.util import find_spec
from time import process_time
from typing import Any, NamedTuple

from workshops import solved

from ordercore.sourcing.workshops import EVEN_LOAD, LEAST_COST

KINDS = 4
QUESTIONS = {"least cost": LEAST_COST, "most even load": EVEN_LOAD}


def made(shops: int, jobs: int, seed: int) -> dict[str, Any]:
    """Make an instance: about as much room as work, so that some have no answer."""
    rng = random.Random(f"workshops/{shops}/{jobs}/{seed}")
    skills = [[k for k in range(KINDS) if rng.random() < 0.6] for _ in range(shops)]
    for kind in range(KINDS):
        if not any(kind in has for has in skills):
            skills[rng.randrange(shops)].append(kind)
    capacity = [round(jobs / shops * rng.uniform(20, 30)) for _ in range(shops)]
    return {
        "skills": skills,
        "capacity": capacity,
        "load": [rng.randint(0, size * 3 // 10) for size in capacity],
        "jobs": [
            {
                "skill": rng.randrange(KINDS),
                "hours": [rng.randint(5, 25) for _ in range(shops)],
                "cost": [rng.randint(10, 50) for _ in range(shops)],
            }
            for _ in range(jobs)
        ],
    }


def valid(plain: dict[str, Any], told: dict[str, Any]) -> bool:
    """Whether an answer is what the instance allows, and comes to what it says."""
    ends, cost = list(plain["load"]), 0
    for job, shop in zip(plain["jobs"], told["choice"], strict=True):
        if shop is not None:
            if job["skill"] not in plain["skills"][shop]:
                return False
            ends[shop] += job["hours"][shop]
            cost += job["cost"][shop]
    left = [i for i, shop in enumerate(told["choice"]) if shop is None]
    share = max(Fraction(end, size) for end, size in zip(ends, plain["capacity"], strict=True))
    sums_up = bool(left) or (told["cost"], Fraction(*told["share"])) == (cost, share)
    return share <= 1 and sums_up and [row["job"] for row in told["left"]] == left


class Best(NamedTuple):
    """What HiGHS says: the value, None if not all jobs fit, and its CPU time."""

    value: float | None
    seconds: float


def best(plain: dict[str, Any], *, even: bool) -> Best:
    """Ask HiGHS."""
    import highspy  # noqa: PLC0415 - it need not be there

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 1e-7)
    share = model.addVariable(lb=0, ub=1, obj=float(even))
    used: list[list[Any]] = [[] for _ in plain["capacity"]]
    for job in plain["jobs"]:
        ways = [i for i, has in enumerate(plain["skills"]) if job["skill"] in has]
        chosen = [model.addBinary(obj=0 if even else job["cost"][i]) for i in ways]
        model.addConstr(sum(chosen[1:], chosen[0]) == 1)
        for i, variable in zip(ways, chosen, strict=True):
            used[i].append(job["hours"][i] * variable)
    for terms, size, load in zip(used, plain["capacity"], plain["load"], strict=True):
        if terms:
            work = sum(terms[1:], terms[0])
            model.addConstr(work - size * share <= -load if even else work <= size - load)
        elif even:
            model.addConstr(size * share >= load)
    start = process_time()
    model.minimize()
    seconds = process_time() - start
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return Best(None, seconds)
    return Best(model.getInfo().objective_function_value, seconds)


class Row:
    """What came out for one size and one question."""

    def __init__(self, question: str, shops: int, jobs: int) -> None:
        self.question, self.shops, self.jobs = question, shops, jobs
        self.certified = self.same = self.left = self.wrong = 0
        self.ours: list[float] = []
        self.theirs: list[float] = []

    def run(self, seed: int, *, with_highs: bool) -> None:
        """Answer one instance, and hold it against HiGHS."""
        goals = QUESTIONS[self.question]
        plain = made(self.shops, self.jobs, seed)
        told = solved(plain, goals)
        self.ours.append(1000 * told["cpu_s"])
        self.certified += told["certified"]
        self.left += bool(told["left"])
        self.wrong += not valid(plain, told)
        if with_highs:
            self.compare(told, best(plain, even=goals is EVEN_LOAD))

    def compare(self, told: dict[str, Any], highs: Best) -> None:
        """Count whether HiGHS says the same."""
        self.theirs.append(1000 * highs.seconds)
        if highs.value is None or told["left"]:
            same = highs.value is None and bool(told["left"])
        else:
            ours = told["cost"] if self.question == "least cost" else Fraction(*told["share"])
            same = abs(float(ours) - highs.value) < 1e-6
        self.same += same
        self.wrong += told["certified"] and not same

    def told(self, seeds: int) -> str:
        """Write the row."""
        size = f"{self.question}, {self.shops} shops × {self.jobs} jobs"
        same = f"{self.same} of {seeds}" if self.theirs else ""
        highs = _times(self.theirs) if self.theirs else ""
        return (
            f"| {size} | {self.certified} of {seeds} | {self.left} | {same} "
            f"| {_times(self.ours)} | {highs} |"
        )


def _times(milliseconds: list[float]) -> str:
    return f"{statistics.median(milliseconds):.1f} / {max(milliseconds):.0f} ms"


def rows(*, quick: bool, with_highs: bool) -> Iterator[tuple[str, int]]:
    """Write one row after the other, each with how many of its answers are wrong."""
    for shops, jobs, seeds in ((3, 8, 5), (5, 20, 3)) if quick else ((5, 20, 100), (8, 40, 30)):
        for question in QUESTIONS:
            row = Row(question, shops, jobs)
            for seed in range(seeds):
                row.run(seed, with_highs=with_highs)
            yield row.told(seeds), row.wrong


def main(*, quick: bool) -> int:
    """Print the table; tell the status."""
    wrong = 0
    print("| workshops | certified | jobs left | as HiGHS says | median / longest | HiGHS |")
    print("| --- | --: | --: | --: | --: | --: |")
    for told, errors in rows(quick=quick, with_highs=find_spec("highspy") is not None):
        print(told, flush=True)
        wrong += errors
    print(f"\n{wrong} answers were wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--quick"]):
        raise SystemExit(__doc__)
    raise SystemExit(main(quick="--quick" in sys.argv))
