"""Bugs that other systems had, planted here: the laws must notice each of them.

A law that cannot fail proves nothing. So each law is held against a copy of the bug that it is
there for, and has to break.
"""

from __future__ import annotations

import pytest
from attrs import evolve
from baskets import demands, stocks
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from laws_of_stock import (
    a_late_firm_needs_free_units,
    check_agrees_with_reserve,
    reserve_never_oversells,
    units_come_and_go_once,
)

from ordercore.errors import OrderCoreError
from ordercore.stock import Reservation, StockLevel, applying, reservations, reserving
from ordercore.stock.netting import Netting
from ordercore.stock.profile import Profile

BASKETS = {"stock": stocks(), "demand": demands()}


def breaks(law, **drawn) -> bool:
    """Whether a law breaks on something that is drawn."""

    @settings(phases=[Phase.generate], database=None, report_multiple_bugs=False, max_examples=200)
    @given(**drawn)
    def tried(**values):
        law(**values)

    try:
        tried()
    except (AssertionError, OrderCoreError):
        return True
    return False


# Baskets

TAKE = Netting.take


def min_of_asked_and_available(self, owner, units, sites, due):
    """vendure#4030: each site gives what is asked or what it has, not what is left to give."""
    got = 0
    for site in sites or self._profiles:
        if site in self._profiles:
            got += TAKE(self, owner, min(units, self.free(site, due)), (site,), due)
    return min(got, units)


def the_same_number_for_every_line(self, owner, units, sites, due):
    """medusa#16502: each line is checked against what there was before the others took theirs."""
    TAKE(self, owner, units, sites, due)
    return TAKE(Netting(self._profiles), owner, units, sites, due)


def one_line_of_each_sku(self, owner, units, sites, due):
    """vendure#1028: a second line of the same sku takes the place of the first."""
    for other in list(self._claims):
        self.release(other)
    return TAKE(self, owner, units, sites, due)


def first_come_first_served_in_full(self, owner, units, sites, due):
    """The first line never moves to another site of its own: others are short in vain."""
    asked = sites or self._profiles
    return sum(
        TAKE(self, owner, units, (site,), due)
        for site in [next((s for s in asked if s in self._profiles), "")]
    )


def whatever_comes_counts_at_once(self, owner, units, sites, due):
    """Receipts that are still on their way are promised for now."""
    return TAKE(
        self, owner, units, sites, max([due, *(p.times[-1] for p in self._profiles.values())])
    )


@pytest.mark.parametrize(
    "planted",
    [
        min_of_asked_and_available,
        the_same_number_for_every_line,
        one_line_of_each_sku,
        first_come_first_served_in_full,
        whatever_comes_counts_at_once,
    ],
)
def test_the_law_of_baskets_notices(monkeypatch, planted):
    monkeypatch.setattr(Netting, "take", planted)
    assert breaks(check_agrees_with_reserve, **BASKETS)


def test_that_nothing_is_oversold_notices_sites_that_give_too_much(monkeypatch):
    monkeypatch.setattr(Netting, "take", min_of_asked_and_available)
    assert breaks(reserve_never_oversells, **BASKETS)


def test_the_law_of_baskets_notices_what_is_promised_for_later(monkeypatch):
    true = Profile.of

    def now_alone(now, changes, at):
        """What is promised for later takes nothing from now."""
        return true(now, [(when, units) for when, units in changes if units > 0 or when <= at], at)

    monkeypatch.setattr(Profile, "of", now_alone)
    assert breaks(check_agrees_with_reserve, **BASKETS)


# One reservation

STEPS = st.lists(
    st.tuples(st.sampled_from(["consume", "release"]), st.integers(1, 7), st.booleans()),
    max_size=6,
)
GOING = {
    "on_hand": st.integers(8, 9),
    "units": st.integers(1, 8),
    "is_firm": st.booleans(),
    "steps": STEPS,
}


def test_that_units_go_once_notices_more_than_is_outstanding(monkeypatch):
    for module in (reserving, reservations, applying):
        monkeypatch.setattr(module, "check_units", lambda *_: None)
    monkeypatch.setattr(Reservation, "faults", lambda _: ())
    assert breaks(units_come_and_go_once, **GOING)


def test_that_units_go_once_notices_a_command_that_counts_twice(monkeypatch):
    monkeypatch.setattr(Reservation, "has_seen", lambda *_: False)
    assert breaks(units_come_and_go_once, **GOING)


def test_that_units_go_once_notices_released_units_that_come_in_again(monkeypatch):
    """magento/inventory#1026: what is given free is added to what is there."""
    true = applying._CHANGES[applying.UnitsReleased]

    def added(level, event):
        return evolve(true(level, event), on_hand=level.on_hand + event.units)

    changes = {**applying._CHANGES, applying.UnitsReleased: added}
    monkeypatch.setattr(applying, "_CHANGES", changes)
    assert breaks(units_come_and_go_once, **GOING)


LATE = {"on_hand": st.just(8), "first": st.integers(1, 8), "second": st.integers(1, 8)}


def test_the_law_of_late_firms_notices_units_that_somebody_else_has(monkeypatch):
    monkeypatch.setattr(reserving, "_covered", lambda *_: True)
    monkeypatch.setattr(StockLevel, "faults", lambda _: ())
    assert breaks(a_late_firm_needs_free_units, **LATE)


def test_the_law_of_late_firms_notices_expired_units_that_are_kept(monkeypatch):
    monkeypatch.setattr(Reservation, "units", lambda self, _at: self.outstanding)
    assert breaks(a_late_firm_needs_free_units, **LATE)


def test_the_law_of_late_firms_notices_clocks_that_bring_units_back(monkeypatch):
    """What has expired is not written down where its units are used again."""
    monkeypatch.setattr(reserving, "swept", lambda *_: ())
    monkeypatch.setattr(StockLevel, "faults", lambda _: ())
    assert breaks(a_late_firm_needs_free_units, **LATE)
