"""Goods that are not there yet are promised, if they come in time to leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, everything
from mixed import (
    DAY,
    KEEPER,
    SHOP,
    ask,
    buying,
    did,
    doing,
    level_of,
    on_level,
    stocked,
)

from ordercore.sourcing import Network, Site, cheapest
from ordercore.stock import (
    BringForward,
    Incoming,
    Preorder,
    ProposalPolicy,
    PurchaseProposal,
    StockPolicy,
)
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    ChangePolicy,
    Confirm,
    Expect,
    MoveUnits,
    NotPlaced,
    Placed,
    Receive,
    Shop,
    Sourcing,
    Updated,
)


def within(days: int, **but: Any) -> Shop:
    return evolve(SHOP, stock=evolve(KEEPER, ship_within=timedelta(days=days), **but))


def coming(days: int = 2, units: int = 4, **policy: Any) -> MemoryStore:
    """One mug is there, and more are on their way."""
    order = Expect(Incoming(id="po-1", quantity=units, expected_at=AT + days * DAY))
    store = stocked({("mug", "east"): 1}, team=())
    did(on_level("po", "mug", "east", order), store=store)
    if policy:
        did(on_level("policy", "mug", "east", ChangePolicy(StockPolicy(**policy))), store=store)
    return store


SOURCED = {"sourcing": Sourcing(network=Network("CNY", [Site(id="east")]), strategy=cheapest())}


@pytest.mark.parametrize("but", [{}, SOURCED], ids=["by the keeper", "by a strategy"])
@pytest.mark.parametrize(("days", "units"), [(1, 1), (2, 5), (9, 5)])
def test_what_comes_within_the_time_is_promised_and_no_more(
    days: int, units: int, but: dict[str, Any]
) -> None:
    store, shop = coming(), within(days, **but)
    before = everything(store)
    assert isinstance(ask(buying(1, mug=units + 1), store, shop), NotPlaced)
    assert everything(store) == before
    told = ask(buying(1, mug=units), store, shop)
    assert isinstance(told, Placed)
    assert [(each.units, each.due) for each in told.taken] == [(units, AT + days * DAY)]
    assert isinstance(ask(buying(2, mug=1), store, shop), NotPlaced)


def test_it_is_shipped_once_it_is_there() -> None:
    store, shop = coming(), within(3)
    did(buying(1, mug=5), doing("ok", Confirm("on_account")), store=store, shop=shop)
    (short,) = ask(doing("early", MoveUnits("ship", {"1": 5})), store, shop)
    assert (short.line, short.reasons) == ("1", ("not_set_aside",))
    did(on_level("come", "mug", "east", Receive(4, "po-1")), store=store)
    assert isinstance(ask(doing("ship", MoveUnits("ship", {"1": 5})), store, shop), Updated)
    assert level_of(store, "mug", "east").on_hand == 0


@pytest.mark.parametrize(("days", "answer"), [(20, NotPlaced), (21, Placed)])
def test_preorders_are_taken_where_they_may_leave_in_time(days: int, answer: type) -> None:
    store = coming(units=1, preorder=Preorder(most=10, since=AT + 21 * DAY))
    assert type(ask(buying(1, mug=8), store, within(days))) is answer


def test_purchases_may_be_asked_to_come_sooner() -> None:
    policy = ProposalPolicy(bring_forward=["purchase"])
    told = ask(buying(1, mug=7), coming(), within(1, proposal_policy=policy))
    assert isinstance(told, NotPlaced)
    sooner, more = told.proposals
    assert isinstance(sooner, BringForward)
    assert isinstance(more, PurchaseProposal)
    assert (sooner.order, sooner.units, sooner.needed_by) == ("po-1", 4, AT + DAY)
    assert (more.units, more.needed_by, more.order_by, more.lead_time) == (2, AT + DAY, None, None)
