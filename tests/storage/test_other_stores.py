"""Stores that are right in another way than the one in memory: the kit lets them pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import kept_in_bytes
import pytest
import stores

from ordercore.testing import validate
from ordercore.testing.contract.running import all_checks

KINDS: dict[str, Callable[[], Any]] = {
    "keeps nothing but text": stores.TextStore,
    "has small pages, and cursors of its own": stores.SmallPages,
    "is awaited": stores.async_harness,
    "finds out at the end who was faster": stores.Optimistic,
    "refuses at once while somebody is at it": stores.Refusing,
    "holds events back while somebody is at it": stores.HoldsBack,
    "is killed, and is what its log of bytes comes to": kept_in_bytes.Logged,
}
PATIENT: dict[str, Callable[[], Any]] = {
    "lets in one at a time": stores.OneAtATime,
    "takes its time": stores.SlowStore,
    "takes its time at the end": stores.SlowAtTheEnd,
}
SLOW: dict[str, Callable[[], Any]] = {
    "takes 20 to 50 milliseconds for whatever it does": stores.TwentyToFifty,
}
SOME: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "locks rows": (stores.RowLocks, ("C-10", "C-24", "C-25", "C-26", "C-27", "C-42")),
    "begins each walk with an empty page": (
        stores.EmptyFirst,
        ("C-04", "C-06", "C-20", "C-33", "C-44"),
    ),
    "refuses at the end if anything has changed": (
        stores.Coarse,
        ("C-20", "C-24", "C-25", "C-26", "C-27"),
    ),
    "gives places at the write, and lists no further than what is open": (
        stores.PlacesAtTheWrite,
        ("C-20", "C-21", "C-25"),
    ),
    "awaits in the middle, and lets in one task at a time": (
        stores.AwaitsMeanwhile,
        ("C-10", "C-12", "C-34", "C-46"),
    ),
    "refuses a second task": (stores.RefusesMeanwhile, ("C-10", "C-12", "C-34", "C-46")),
}
"""Each with the checks that are about it; the others are made where there is time."""
STORIES = "the_store_shows_what_the_model_shows"
LONG = (
    STORIES,
    "a_long_life_is_kept",
    "a_decision_of_many_parts_is_stored",
    "many_replies_are_forgotten_at_once",
    "replies_are_kept_however_many_come_after",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_of_another_kind_passes(kind: str) -> None:
    checks = [each.name for each in all_checks() if not each.name.startswith(LONG)]
    report = validate(KINDS[kind], only=checks)
    assert report.results
    assert report.failed == (), str(report)


@pytest.mark.parametrize("kind", PATIENT)
def test_a_store_that_takes_time_passes(kind: str) -> None:
    some = [
        "versions_go_on",
        "pages_hold_each_key_once",
        "acknowledging_what_was_read_disturbs_no_page_within_a_transaction",
        "a_key_in_an_open_transaction_is_in_progress",
        "a_key_in_two_transactions_is_used_once",
        "nobody_else_sees_what_is_not_committed",
        "a_reply_of_after_the_forgetting_is_kept",
        "no_update_is_lost_between_transactions",
        "a_transaction_reads_all_of_a_commit_or_nothing",
        "to_end_a_transaction_again_changes_nothing",
    ]
    report = validate(PATIENT[kind], only=some)
    assert report.results
    assert report.failed == (), str(report)


@pytest.mark.parametrize("kind", SOME)
def test_a_store_passes_where_it_differs(kind: str) -> None:
    factory, clauses = SOME[kind]
    report = validate(factory, only=clauses)
    assert report.results
    assert report.failed == (), str(report)


def test_stories_of_a_store_of_another_kind_pass() -> None:
    report = validate(stores.HoldsBack, only=[STORIES])
    assert [each.status for each in report.results] == ["passed"], str(report)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, *PATIENT, *SLOW, *SOME, *kept_in_bytes.KINDS])
def test_a_store_of_another_kind_is_conformant(kind: str) -> None:
    some = {each: factory for each, (factory, _) in SOME.items()}
    report = validate((KINDS | PATIENT | SLOW | some | kept_in_bytes.KINDS)[kind])
    assert report.conformant, str(report)
