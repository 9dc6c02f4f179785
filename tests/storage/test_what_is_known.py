"""What the kit finds out of a store by itself: undeclared transactions, and how quick it is."""

from __future__ import annotations

from typing import Any

import pytest

from ordercore.storage import MemoryStore
from ordercore.testing import validate
from ordercore.testing.contract.hands import Hand
from ordercore.testing.contract.patience import Patience

ROLLED_BACK = "a_key_is_free_when_its_transaction_was_rolled_back"


class Undeclared(MemoryStore):
    capabilities = ()


class WithoutEnd(MemoryStore):
    """Begins something that nobody can commit."""

    capabilities = ()

    def bind(self, transaction: Any) -> Any:
        raise NotImplementedError


def test_transactions_that_nobody_declared_are_checked_and_told() -> None:
    report = validate(Undeclared, only=[ROLLED_BACK])
    assert [result.status for result in report.results] == ["passed"]
    assert (report.capabilities, report.undeclared) == ((), ("transactions",))
    assert "not declared, and checked all the same" in report.summary
    assert report.plain()["undeclared"] == ["transactions"]


def test_what_cannot_be_bound_is_left_alone() -> None:
    report = validate(WithoutEnd, only=[ROLLED_BACK])
    assert [result.status for result in report.results] == ["skipped"]
    assert report.undeclared == ()


def test_what_is_declared_is_not_told_again() -> None:
    report = validate(MemoryStore, only=[ROLLED_BACK])
    assert (report.capabilities, report.undeclared) == (("transactions",), ())


# How long it may take


def test_a_store_is_given_as_much_time_as_it_has_shown_to_need() -> None:
    patience = Patience()
    patience.has_waited()
    assert patience.grace == pytest.approx(0.05)
    for _ in range(3):
        patience.has_taken(0.2)
    assert patience.grace > 0.5


def test_what_takes_long_once_gives_no_more_time() -> None:
    patience = Patience()
    for seconds in (0.001, 0.001, 9.0, 0.001):
        patience.has_taken(seconds)
    patience.has_waited()
    assert patience.grace == pytest.approx(0.05)


def test_a_store_that_was_held_to_wait_and_was_slow_is_given_time_again() -> None:
    patience = Patience()
    patience.has_waited()
    patience.has_been_slow(0.3)
    assert patience.was_wrong
    assert patience.grace > 1


def test_an_answer_that_is_there_is_not_waited_for() -> None:
    hand = Hand("a test")
    pending = hand.start(lambda: 3)
    assert Patience().waits_for(pending, 60)
    assert (pending.answer(), pending.has_failed) == (3, False)
    hand.stop()
