"""The benchmark of workshops counts what is wrong, and with HiGHS at hand, nothing is."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import workshops
import workshops_table as table

HIGHS = find_spec("highspy") is not None


@pytest.mark.parametrize("question", table.QUESTIONS)
def test_small_instances_are_certified_and_as_good_as_highs_says(question):
    row = table.Row(question, 3, 8)
    for seed in range(6):
        row.run(seed, with_highs=HIGHS)
    assert (row.certified, row.wrong) == (6, 0)
    assert 0 < row.left < 6
    assert row.same == (6 if HIGHS else 0)


def test_an_instance_gets_both_answers():
    told = workshops.answer(table.made(3, 8, 2))
    assert told["certified"]
    assert told["even"]["certified"]
    assert told["even"]["cost"] >= told["cost"] == told["lower_bound"][0]


@pytest.mark.parametrize("wrong", ["cost", "choice"])
def test_a_wrong_answer_is_counted(wrong):
    plain = table.made(3, 8, 2)
    told = workshops.answer(plain)
    assert table.valid(plain, told)
    told[wrong] = told["cost"] + 1 if wrong == "cost" else [0] * 8
    assert not table.valid(plain, told)
