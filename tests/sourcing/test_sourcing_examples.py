"""The examples of sourcing run as a newcomer runs them, and say what they promise."""

from __future__ import annotations

import csv
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from functools import partial
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from ordercore.parties import GeoPoint

EXAMPLES = Path(__file__).parents[2] / "examples"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def example(name: str, *arguments: object) -> Done:
    """Run the command of an example."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = import_module(name).main([*map(str, arguments)])
    return Done(status, out.getvalue(), err.getvalue())


warehouses = partial(example, "three_warehouses")
kitchens = partial(example, "kitchen_for_a_delivery")


WAREHOUSES = """\
priority list: CNY 54.51 (beijing 5 + guangzhou 1 + shanghai 4)
nearest first: CNY 54.51 (beijing 1 + guangzhou 2 + shanghai 7)
cheapest per unit first: CNY 54.51 (beijing 1 + guangzhou 2 + shanghai 7)
fewest parcels, proved: CNY 41.61 (beijing 5 + guangzhou 5)
least cost, proved: CNY 41.61 (beijing 5 + guangzhou 5)
"""


def test_two_warehouses_do_what_rules_of_thumb_ask_three_for() -> None:
    done = warehouses()
    assert (done.returncode, done.stderr) == (0, "")
    head, proof, told, lost = done.stdout.split("\n\n", 2)[:2] + _ends(done.stdout)
    assert head == WAREHOUSES.rstrip()
    assert proof.startswith("certificate: exact True, cost 4161, at least 4161, ")
    assert "shanghai: not taken, would save CN¥0.00 at most, and costs CN¥12.90 once" in told
    assert lost.splitlines() == [
        "without guangzhou: CNY 39.35 (beijing 5 + shanghai 4, 1 left)",
        "  1 of 2 shelf: nobody has them",
    ]


def _ends(told: str) -> list[str]:
    middle, _, end = told.partition("\n\n")[2].partition("\n\n")[2].rpartition("\n\n")
    return [middle, end]


@pytest.mark.parametrize("name", ["three_warehouses", "kitchen_for_a_delivery"])
def test_an_example_runs_in_a_process_of_its_own_and_says_the_same(name: str) -> None:
    command = [sys.executable, "-X", "utf8", EXAMPLES / f"{name}.py"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == example(name).stdout


def test_the_warehouses_are_told_in_chinese() -> None:
    told = warehouses("--to", "成都", "--locale", "zh_CN").stdout
    assert "北京：选中" in told
    assert "已证明：没有成本更低的方案" in told


def test_the_nearest_kitchen_is_not_the_fastest() -> None:
    done = kitchens("--locale", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:3] == [
        "nearest: 广州, 85660 m, there at 22:34",
        "nearest 50 km, then least busy: 佛山, 94408 m, there at 22:01",
        "fastest: 佛山, 94408 m, there at 22:01",
    ]
    assert "深圳: not taken, lacks the skill 烧鹅" in done.stdout
    assert "No plan is there sooner: proved" in done.stdout


def test_a_kitchen_that_closes_too_soon_is_left_out() -> None:
    told = kitchens("--locale", "en", "--at", "2026-11-26T20:05").stdout
    assert "fastest: 广州" in told
    assert "佛山: not taken, closes before the order would be ready" in told


def test_in_the_middle_of_the_night_nobody_cooks() -> None:
    told = kitchens("--locale", "zh_CN", "--at", "2026-11-26T03:00").stdout
    assert told.startswith("nearest: nobody")
    assert "未营业" in told
    assert "无处可发" in told


def test_the_map_shows_every_kitchen_and_the_way(tmp_path: Path) -> None:
    file = tmp_path / "kitchens.svg"
    assert kitchens("--map", file).returncode == 0
    drawing = ET.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314 - our own
    texts = [each.text for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["广州", "佛山", "东莞", "深圳", "中山", "珠海", "惠州", "清远"]
    assert len(list(drawing.iter("{http://www.w3.org/2000/svg}line"))) == 1


@pytest.mark.parametrize("arguments", [["--to", "Atlantis"], ["--at", "noon"]])
def test_what_is_no_city_or_no_time_ends_with_status_2(arguments: list[str]) -> None:
    done = kitchens(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


DISTANCES = [
    ("北京", "上海", "1068.3"),
    ("广州", "深圳", "105.2"),
    ("北京", "广州", "1890.4"),
    ("乌鲁木齐", "上海", "3267.6"),
]


@pytest.mark.parametrize(("start", "end", "km"), DISTANCES)
def test_the_cities_are_where_they_are(start: str, end: str, km: str) -> None:
    with (EXAMPLES / "data" / "cn_cities.csv").open(encoding="utf-8", newline="") as source:
        rows = {row["name_zh"]: row for row in csv.DictReader(source)}
    assert len(rows) == 297
    one, other = (GeoPoint(rows[city]["lat"], rows[city]["lon"]) for city in (start, end))
    assert round(one.distance_km(other), 1) == Decimal(km)
