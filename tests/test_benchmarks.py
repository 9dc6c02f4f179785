"""The benchmarks compare like with like: the floor and ordercore find the same totals.

How long anything takes is not asserted. The floor shares no code with the package, so this is
also a second opinion on what carts cost.
"""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import best  # noqa: E402
import floor  # noqa: E402
import price as ours  # noqa: E402
import stock_speed  # noqa: E402
import table  # noqa: E402
import workloads  # noqa: E402
from timing import Meter  # noqa: E402

from ordercore.pricing import price  # noqa: E402

MADE = workloads.make(quick=True)
PRICED = [name for name in MADE if not name.startswith("w5")]
ONCE = Meter(rounds=1, seconds=0)


@pytest.mark.parametrize("name", PRICED)
def test_the_floor_and_ordercore_find_the_expected_totals(name: str) -> None:
    data = MADE[name]
    book, index = ours.book_of(data["promotions"]), floor.index_of(data["promotions"])
    for plain, expected in zip(data["carts"], data["expected"], strict=True):
        quote = floor.price_cart(floor.cart_of(plain), index)
        told = [quote.list_amount - quote.payable, quote.payable, quote.shipping]
        assert told == list(expected)
        assert ours.is_exact(price(ours.cart_of(plain), book, at=ours.AT), expected)


@pytest.mark.parametrize("name", PRICED)
def test_the_floor_and_ordercore_let_each_promotion_take_the_same(name: str) -> None:
    data = MADE[name]
    book, index = ours.book_of(data["promotions"]), floor.index_of(data["promotions"])
    for plain in data["carts"]:
        priced = floor.price_cart(floor.cart_of(plain), index)
        expected: dict[str, int] = {}
        for reduction in sum((line.reductions for line in priced.lines), priced.reductions):
            expected.setdefault(reduction.promotion, 0)
            expected[reduction.promotion] += reduction.amount
        quote = price(ours.cart_of(plain), book, at=ours.AT)
        taken = {each.promotion: each.amount_minor for each in quote.outcomes if each.amount_minor}
        assert taken == expected


@pytest.mark.parametrize("name", PRICED)
def test_the_floor_accounts_for_all_that_it_takes_off(name: str) -> None:
    data = MADE[name]
    index = floor.index_of(data["promotions"])
    for plain in data["carts"]:
        quote = floor.price_cart(floor.cart_of(plain), index)
        assert sum(line.payable for line in quote.lines) == quote.payable
        for place, line in enumerate(quote.lines):
            assert line.list_amount - line.payable == sum(each.amount for each in line.reductions)
            assert {each.line for each in line.reductions} <= {place}


@pytest.mark.parametrize("plain", MADE["w5"], ids=range(len(MADE["w5"])))
def test_the_search_finds_what_trying_every_set_finds(plain: dict[str, Any]) -> None:
    saved, offers = floor.best_set(plain)
    assert saved == plain["optimum"] > 0
    chosen = [each for each in plain["offers"] if each["id"] in offers]
    assert not any(floor.clash(one, two) for one in chosen for two in chosen if one is not two)
    assert best.search(*best.instance(plain), plain) == best.Found(saved, 0, True, True)


EMPTY = {"lines": [], "offers": [], "tiers": []}


@pytest.mark.parametrize("plain", [EMPTY, [{**EMPTY, "lines": [{"sku": "a"}]}], {}, [], [3], "x"])
def test_a_file_without_instances_is_refused_in_one_line(tmp_path: Path, plain: Any) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    if plain == EMPTY:  # nothing is for sale, and nothing is the best that can be saved
        assert best.main(str(path), 1)["certified"] == 1
        return
    with pytest.raises(SystemExit) as caught:
        best.main(str(path), 1)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_file_that_is_not_json_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.json"
    with pytest.raises(SystemExit):
        best.main(str(path), 1)  # there is none
    path.write_bytes(content)
    with pytest.raises(SystemExit) as caught:
        best.main(str(path), 1)
    assert "cannot be read" in str(caught.value)


def test_workloads_are_always_the_same() -> None:
    assert workloads.make(quick=True) == MADE


@pytest.mark.parametrize(
    ("name", "promotions"), [("w3_n10", 12), ("w3_n100", 100), ("w3_n1000", 1000), ("w3", 10_000)]
)
def test_twelve_promotions_concern_the_cart_of_w3(name: str, promotions: int) -> None:
    data = MADE[name]
    (cart,) = data["carts"]
    concerned = [
        promotion
        for promotion in data["promotions"]
        if any(workloads.concerns(promotion, line) for line in cart["lines"])
    ]
    assert (len(data["promotions"]), len(concerned)) == (promotions, 12)
    assert data["expected"] == MADE["w3"]["expected"]


def test_one_command_prints_the_table(tmp_path: Path) -> None:
    few = {"w3": MADE["w3_n100"], "w5": MADE["w5"][:3], "w5_n123": MADE["w5_n33"]}
    for name, data in (MADE | few).items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    command = [sys.executable, BENCHMARKS / "table.py", tmp_path, "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = done.stdout
    for row in (*table.PRICED.values(), "building a cart", "W5, optima", "the lowest price"):
        assert f"| {row}" in told
    assert "| 3 of 3 |" in told
    assert "| compiling 100 built promotions" in told


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_wrong_total_is_counted(tmp_path: Path, part: int) -> None:
    data = deepcopy(MADE["w2"])
    data["expected"][7][part] += 1
    told = table.Table(tmp_path, ONCE)
    told.check_totals(data, ours.book_of(data["promotions"]))
    assert told.checked - told.right == 2  # the floor's and ours
    assert told.verdict().startswith("38 of 40 totals")


@pytest.mark.parametrize("name", stock_speed.ROWS)
def test_the_questions_of_stock_are_answered_rightly(name: str) -> None:
    size, make = stock_speed.ROWS[name]
    assert make(size // 20).is_right()
