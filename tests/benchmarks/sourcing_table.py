"""Print how good and how fast sourcing is, beside HiGHS and a plain greedy rule.

    python tests/benchmarks/sourcing_table.py [--quick]

Batches: 100 orders before 200 sites, eight instances; by effort, how much their plans cost
above the optimum that HiGHS proves, how far below it the lower bound is, and CPU time beside
the greedy rule's. Single orders: in how many the plan is certified and costs what HiGHS says.
Without HiGHS (extra ``solver``) costs are told above our own bound, and say so. The status is 1
if a plan is not valid, a certified plan is not the best, or a bound is wrong. ``--quick`` takes
smaller instances, and few of them.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, NamedTuple

import sourcing_instances as instances

import sourcing
from ordercore.sourcing import allocate, cheapest
from ordercore.sourcing.batch import allocate_batch
from ordercore.sourcing.outside import highs, highs_batch
from sourcing import many, single, timed

EFFORTS = (0, 1, 15, 40)


class Size(NamedTuple):
    """How much is tried."""

    orders: int = 100
    sites: int = 200
    products: int = 120
    batches: int = 8
    singles: tuple[tuple[int, int], ...] = ((5, 4), (10, 10), (20, 15))
    seeds: int = 40


QUICK = Size(20, 50, 30, batches=2, singles=((5, 4), (10, 10)), seeds=3)


class Table:
    """Plans instances, and counts what is wrong."""

    def __init__(self, size: Size, *, with_highs: bool) -> None:
        self.size = size
        self.with_highs = with_highs
        self.wrong = 0

    def check(self, *, right: bool) -> None:
        """Count what is wrong."""
        self.wrong += not right

    # Batches

    def batches(self) -> Iterator[str]:
        """Tell of each effort how good and how fast it is."""
        size = self.size
        plains = [
            instances.many(size.orders, size.sites, size.products, seed)
            for seed in range(size.batches)
        ]
        best = [self.best_batch(plain) for plain in plains]
        above = "above the optimum" if self.with_highs else "above our own bound"
        title = f"{size.orders} orders × {size.sites} sites"
        yield f"| {title} | {above} | bound below | CPU / greedy |"
        yield "| --- | --: | --: | --: |"
        if self.with_highs:
            ratio = statistics.mean(seconds / greedy for _, seconds, greedy in best)
            yield f"| HiGHS, to the proof | 0.00 % | 0.00 % | {ratio:.0f} |"
        for effort in EFFORTS:
            yield self.effort(effort, plains, [cost for cost, _, _ in best])

    def best_batch(self, plain: dict[str, Any]) -> tuple[int, float, float]:
        """Tell the optimum, or our best bound, with the CPU time of it and of the greedy rule."""
        greedy_s, _ = timed(lambda: sourcing.greedy(plain), 1)
        if not self.with_highs:
            return many(plain, max(EFFORTS))["lower_bound"], 0.0, greedy_s
        orders, network = sourcing.orders_of(plain), sourcing.network_of(plain)
        table = sourcing.Table(plain["orders"])
        seconds, plan = timed(
            lambda: allocate_batch(
                orders, network, cheapest(), distance=table, solver=highs_batch
            ),
            1,
        )
        self.check(right=plan.certificate.exact)
        return plan.cost.minor, seconds, greedy_s

    def effort(self, effort: int, plains: list[dict[str, Any]], best: list[int]) -> str:
        """Plan all batches with an effort."""
        above, below, ratios = [], [], []
        for plain, least in zip(plains, best, strict=True):
            told = many(plain, effort, runs=2)
            bound = told["lower_bound"]
            self.check(right=sourcing.cost_of(plain, told["plan"]) == told["cost"])
            self.check(right=not told["left"] and (bound or 0) <= told["cost"])
            if self.with_highs:
                self.check(right=(bound or 0) <= least <= told["cost"])
            above.append(100 * (told["cost"] / least - 1))
            below.append(100 * (1 - bound / least) if bound else None)
            ratios.append(told["cpu_s"] / told["greedy_cpu_s"])
        proved = [each for each in below if each is not None]
        bound_told = f"{statistics.mean(proved):.2f} %" if len(proved) == len(below) else ""
        title = "first come, first served" if not effort else f"effort {effort}"
        mean = f"{statistics.mean(above):.2f} %"
        return f"| {title} | {mean} | {bound_told} | {statistics.mean(ratios):.1f} |"

    # Single orders

    def singles(self) -> Iterator[str]:
        """Tell how many single orders are certified, and how long they take."""
        yield "| one order | certified | as HiGHS says | median | longest | HiGHS, median |"
        yield "| --- | --: | --: | --: | --: | --: |"
        for regime in ("scarce", "ample"):
            for sites, lines in self.size.singles:
                yield self.single_row(regime, sites, lines)

    def single_row(self, regime: str, sites: int, lines: int) -> str:
        """Plan single orders of one size."""
        certified = same = 0
        ours, theirs = [], []
        for seed in range(self.size.seeds):
            plain = instances.single(regime, sites, lines, seed)
            told = single(plain)
            ours.append(1000 * told["cpu_s"])
            certified += told["certified"]
            if self.with_highs:
                seconds, best = timed(lambda: self.best_single(plain), 1)  # noqa: B023
                theirs.append(1000 * seconds)
                self.check(right=best == (told["left"], told["cost"]))
                same += best == (told["left"], told["cost"])
        of = self.size.seeds
        self.check(right=certified == of)
        told_same = f"{same} of {of}" if self.with_highs else ""
        median = f"{statistics.median(theirs):.1f} ms" if theirs else ""
        return (
            f"| {regime}, {sites} sites × {lines} lines | {certified} of {of} | {told_same} "
            f"| {statistics.median(ours):.1f} ms | {max(ours):.1f} ms | {median} |"
        )

    def best_single(self, plain: dict[str, Any]) -> tuple[int, int]:
        """Ask HiGHS the same question; tell what is left, and the cost."""
        request, network = sourcing.single_order(plain)
        plan = allocate(request, network, cheapest(), solver=highs)
        proof = plan.certificate
        assert proof is not None
        self.check(right=proof.exact)
        return proof.missing, plan.cost.minor


def main(*, quick: bool) -> int:
    """Print the tables; tell the status."""
    table = Table(QUICK if quick else Size(), with_highs=find_spec("highspy") is not None)
    for rows in (table.batches, table.singles):
        for row in rows():
            print(row, flush=True)
        print()
    print(f"{table.wrong} answers were wrong.")
    return 1 if table.wrong else 0


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--quick"]):
        raise SystemExit(__doc__)
    raise SystemExit(main(quick="--quick" in sys.argv))
