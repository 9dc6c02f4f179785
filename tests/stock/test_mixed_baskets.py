"""Goods, things that are made and services in one basket, against a count by hand; and bugs.

- F4: `check(...).ok` holds just where `reserve` succeeds, and just where the basket can be
  served: goods from any site, what is made of what is left, each service at the first hours.
- F20: what several lines share is there once. F22: nobody is booked twice.

Each bug that other systems had is planted in each of the three ways, and has to be noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from mixed_baskets import a_mixed_basket_is_served_as_by_hand, mixed_baskets
from test_planted_stock_bugs import TAKE, breaks, min_of_asked_and_available

from ordercore.stock import FromStock, MadeToOrder, Performed, performing, pool
from ordercore.stock.materials import netting as materials
from ordercore.stock.netting import Netting
from ordercore.stock.pool import Pool


@given(mixed_baskets())
def test_a_basket_of_all_kinds_is_served_as_by_hand(basket):
    a_mixed_basket_is_served_as_by_hand(basket)


# Planted bugs

Plant = Callable[[pytest.MonkeyPatch], None]

BOOK, SERVE, SUPPLY, TAKE_OF_POOL = performing._book, Performed.serve, Pool.supply, Pool.take


def sites_give_what_they_have(patch):
    """vendure#4030: each site gives what is asked or what it has, not what is left to give."""
    patch.setattr(Netting, "take", min_of_asked_and_available)


def sites_hand_out_what_they_have(patch):
    """The same of the parts of what is made."""

    def handed_out(units, there):
        return [(site, min(units, left)) for site, left in there]

    patch.setattr(pool, "_handed_out", handed_out)


def sites_perform_what_they_can(patch):
    """The same of services: each site performs all units that are asked for."""

    def serve(self, line, basket):
        for site in line.sites or ("shop", "works"):
            SERVE(self, performing.evolve(line, sites=site), basket)
        return min(line.quantity, sum(each.line == line.id for each in basket.appointments))

    patch.setattr(Performed, "serve", serve)


def goods_see_the_same_number(patch):
    """medusa#16502: each line is checked against what there was before the others took theirs."""

    def take(self, owner, units, sites, due):
        TAKE(self, owner, units, sites, due)
        return TAKE(Netting(self._profiles), owner, units, sites, due)

    patch.setattr(Netting, "take", take)


def makers_see_the_same_number(patch):
    patch.setattr(Pool, "supply", lambda self, *asked: SUPPLY(self.anew(), *asked))


def services_see_the_same_agendas(patch):
    def book(line, slot, pool):
        before = dict(pool.agendas)
        BOOK(line, slot, pool)
        pool.agendas.update(before)

    patch.setattr(performing, "_book", book)


def goods_of_a_sku_replace_each_other(patch):
    """vendure#1028: a second line of the same sku takes the place of the first."""

    def take(self, owner, units, sites, due):
        for other in list(self._claims):
            self.release(other)
        return TAKE(self, owner, units, sites, due)

    patch.setattr(Netting, "take", take)


def what_is_made_replaces_what_was(patch):
    def alone(self, wanted, supply=None):
        known = self.supply if supply is None else supply
        return materials.Netting(self.book, known, self.chooser, self.calendar).run(wanted)

    patch.setattr(materials.Netting, "besides", alone)


def services_replace_each_other(patch):
    def serve(self, line, basket):
        basket.appointments, basket.agendas = (), dict(basket.anew().agendas)
        return SERVE(self, line, basket)

    patch.setattr(Performed, "serve", serve)


def parts_are_needed_once(patch):
    """erpnext#37785, #47942: a component that two assemblies share is counted for one of them."""
    patch.setattr(
        materials.Netting,
        "_need",
        lambda self, sku, peg, grains: (
            self._needs_of(sku).setdefault(peg, grains) if len(self._needs_of(sku)) < 1 else None
        ),
    )


def lifts_are_needed_once(patch):
    """The same of services: what two roles share, or two jobs, is booked for one of them."""
    true = performing.bookings_of

    def persons_alone(appointment, name):
        return [pair for pair in true(appointment, name) if not pair[0].startswith("lift")]

    patch.setattr(performing, "bookings_of", persons_alone)


def somebody_else_s_sites(patch):
    """Lines are served from sites that they do not name."""
    patch.setattr(
        Pool,
        "take",
        lambda self, line, sku, units, _sites, due: TAKE_OF_POOL(self, line, sku, units, (), due),
    )
    patch.setattr(Pool, "supply", lambda self, sku, _sites: SUPPLY(self, sku, ()))


def services_anywhere(patch):
    true = performing._asked

    def asked(supply, line, pool):
        return true(supply, performing.evolve(line, sites=()), pool)

    patch.setattr(performing, "_asked", asked)


PLANTED: list[tuple[type, Plant]] = [
    (FromStock, sites_give_what_they_have),
    (MadeToOrder, sites_hand_out_what_they_have),
    (Performed, sites_perform_what_they_can),
    (FromStock, goods_see_the_same_number),
    (MadeToOrder, makers_see_the_same_number),
    (Performed, services_see_the_same_agendas),
    (FromStock, goods_of_a_sku_replace_each_other),
    (MadeToOrder, what_is_made_replaces_what_was),
    (Performed, services_replace_each_other),
    (MadeToOrder, parts_are_needed_once),
    (Performed, lifts_are_needed_once),
    (MadeToOrder, somebody_else_s_sites),
    (Performed, services_anywhere),
]


@pytest.mark.parametrize(
    ("kind", "planted"), PLANTED, ids=[f"{k.__name__}-{p.__name__}" for k, p in PLANTED]
)
def test_a_bug_is_noticed_in_each_way_of_serving(
    monkeypatch: pytest.MonkeyPatch, kind: Any, planted: Plant
) -> None:
    planted(monkeypatch)
    assert breaks(a_mixed_basket_is_served_as_by_hand, basket=mixed_baskets((kind,)))
