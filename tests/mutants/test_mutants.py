"""The kit is tested itself: it finds every broken store out, and the true one conformant."""

from __future__ import annotations

import late_and_refused  # noqa: F401 - it enters its mutants
import on_file
import pytest
import said_and_awaited  # noqa: F401 - it enters its mutants
import spoilt_data  # noqa: F401 - it enters its mutants
import torn_and_nested  # noqa: F401 - it enters its mutants
from hooked import Hooked

from mutants import MUTANTS
from ordercore.storage import MemoryStore
from ordercore.testing import CLAUSES, validate


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_store_is_found_out_at_its_clause(name: str) -> None:
    factory, clause = MUTANTS[name]
    # a busy machine tells fewer stories in its time, and counts less far; some mutants need many
    time_limit = 120 if clause in {"C-31", "C-41"} else 20
    report = validate(factory, only=[clause], until_failure=True, time_limit=time_limit)
    assert [each.clause for each in report.failed] == [clause], CLAUSES[clause]


WAITING = {"KeysOfTheDeadStayTaken"}
"""What they do wrong shows after some seconds in which nothing happens."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if name in WAITING else ())
        for name in on_file.MUTANTS
    ],
)
def test_a_broken_store_on_a_file_is_found_out_at_its_clause(name: str) -> None:
    factory, clause = on_file.MUTANTS[name]
    report = validate(factory, only=[clause], until_failure=True, time_limit=20)
    assert [each.clause for each in report.failed] == [clause], CLAUSES[clause]


def test_every_clause_has_a_mutant() -> None:
    found = {clause for _, clause in (*MUTANTS.values(), *on_file.MUTANTS.values())}
    assert found == set(CLAUSES)


def test_the_store_that_mutants_are_made_of_is_conformant() -> None:
    report = validate(Hooked)
    assert report.conformant, str(report)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_the_true_store_is_conformant_a_hundred_times(seed: int) -> None:
    report = validate(MemoryStore, seed=seed)
    assert report.conformant, str(report)
