"""Stores that are right in another way than the one in memory: the kit lets them pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stores

from ordercore.testing import validate
from ordercore.testing.contract.running import all_checks

KINDS: dict[str, Callable[[], Any]] = {
    "keeps nothing but text": stores.TextStore,
    "has small pages, and cursors of its own": stores.SmallPages,
    "is awaited": stores.async_harness,
    "finds out at the end who was faster": stores.Optimistic,
    "locks rows": stores.RowLocks,
}
PATIENT: dict[str, Callable[[], Any]] = {
    "lets in one at a time": stores.OneAtATime,
    "takes its time": stores.SlowStore,
}
STORIES = "the_store_shows_what_the_model_shows"


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_of_another_kind_passes(kind: str) -> None:
    checks = [each.name for each in all_checks() if each.name != STORIES]
    report = validate(KINDS[kind], only=checks)
    assert report.results
    assert report.failed == (), str(report)


@pytest.mark.parametrize("kind", PATIENT)
def test_a_store_that_takes_time_passes(kind: str) -> None:
    some = [
        "C-02",
        "C-06",
        "C-15",
        "C-20",
        "C-23",
        "C-27",
        "no_update_is_lost_between_transactions",
    ]
    report = validate(PATIENT[kind], only=some)
    assert report.results
    assert report.failed == (), str(report)


def test_stories_of_a_store_that_gives_way_at_the_end_pass() -> None:
    report = validate(stores.Optimistic, only=[STORIES])
    assert [each.status for each in report.results] == ["passed"], str(report)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, *PATIENT])
def test_a_store_of_another_kind_is_conformant(kind: str) -> None:
    report = validate((KINDS | PATIENT)[kind])
    assert report.conformant, str(report)
