"""The sourcing benchmark says what is true: its plans can be carried out and cost what it says.

How long anything takes is not asserted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import sourcing_instances as instances  # noqa: E402
import sourcing_table  # noqa: E402

import sourcing as benchmark  # noqa: E402

SMALL = instances.many(20, 50, 30, seed=1)


@pytest.mark.parametrize("effort", [0, 1, 15])
def test_a_batch_is_served_and_costs_what_is_said(effort: int) -> None:
    told = benchmark.many(SMALL, effort)
    assert benchmark.cost_of(SMALL, told["plan"]) == told["cost"] >= (told["lower_bound"] or 0)
    served: dict[tuple[int, int], int] = {}
    for order, product, _, units in told["plan"]:
        served[order, product] = served.get((order, product), 0) + units
    assert told["left"] == 0
    assert served == {
        (i, product): units
        for i, order in enumerate(SMALL["orders"])
        for product, units in order["lines"]
    }


def test_more_effort_costs_less_and_is_bounded() -> None:
    first, more = (benchmark.many(SMALL, effort) for effort in (0, 15))
    assert (first["lower_bound"], more["cost"] < first["cost"]) == (None, True)
    assert 0.95 * more["cost"] < more["lower_bound"] <= more["cost"]


def test_a_batch_is_no_dearer_than_the_greedy_rule_leaves_it() -> None:
    greedy = benchmark.cost_of(SMALL, benchmark.greedy(SMALL))
    assert benchmark.many(SMALL, 1)["cost"] < greedy


def test_the_greedy_rule_stops_where_nothing_is_left() -> None:
    plain = {"parcel": [5], "orders": [{"lines": [[0, 3]], "dist": [1]}], "stock": [[[0, 2]]]}
    assert benchmark.greedy(plain) == [[0, 0, 0, 2]]
    told = benchmark.many(plain, 1)
    assert (told["left"], told["plan"], told["cost"]) == (1, [[0, 0, 0, 2]], 7)


@pytest.mark.parametrize("regime", ["scarce", "ample"])
def test_a_single_order_is_certified(regime: str) -> None:
    plain = instances.single(regime, 10, 8, 3)
    told = benchmark.single(plain)
    assert told["certified"]
    assert told["lower_bound"] == told["cost"]
    opened = {site for _, site, _ in told["plan"]}
    units = sum(plain["unit"][site] * n for _, site, n in told["plan"])
    assert told["cost"] == units + sum(plain["fixed"][site] for site in opened)
    assert all(n <= plain["stock"][site][product] for product, site, n in told["plan"])


def run(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, str(BENCHMARKS / "sourcing.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_command_prints_one_object(tmp_path: Path) -> None:
    file = tmp_path / "batch.json"
    file.write_text(json.dumps(SMALL), encoding="utf-8")
    told = run(str(file), "--effort", "2")
    assert {"cost", "lower_bound", "cpu_s", "greedy_cpu_s", "plan"} <= told.keys()
    assert told["cost"] == benchmark.many(SMALL, 2)["cost"]
    file.write_text(json.dumps(instances.single("ample", 5, 4, 0)), encoding="utf-8")
    assert {"cost", "certified", "plan"} <= run("--single", str(file)).keys()


def test_instances_are_always_the_same() -> None:
    assert instances.many(20, 50, 30, seed=1) == SMALL
    assert instances.many(20, 50, 30, seed=2) != SMALL


def test_the_table_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert sourcing_table.main(quick=True) == 0
    told = capsys.readouterr().out
    for row in ("| first come, first served", "| effort 40", "| ample, 10 sites × 10 lines"):
        assert row in told


def test_the_table_does_without_highs() -> None:
    size = sourcing_table.QUICK._replace(batches=1, seeds=1, singles=((5, 4),))
    table = sourcing_table.Table(size, with_highs=False)
    rows = [*table.batches(), *table.singles()]
    assert "above our own bound" in rows[0]
    assert table.wrong == 0


def test_a_wrong_answer_is_counted() -> None:
    table = sourcing_table.Table(sourcing_table.QUICK, with_highs=False)
    table.check(right=False)
    table.check(right=True)
    assert table.wrong == 1
