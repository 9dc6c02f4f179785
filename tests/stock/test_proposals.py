"""Proposals: what to bring forward, to make and to buy.

Laws:
    - If all that is proposed is done in time, the basket can be served.
    - Of one part there is one proposal, in whole lots, and as early as the earliest need.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bills import books, stocks
from hypothesis import given
from hypothesis import strategies as st

from ordercore.data import dump, load
from ordercore.errors import InvalidDocument, InvalidInput
from ordercore.stock import (
    Bill,
    BillBook,
    BringForward,
    Component,
    Lot,
    Part,
    ProductionProposal,
    ProposalPolicy,
    PurchaseProposal,
    propose,
)
from ordercore.stock.levels import SupplyKind
from ordercore.stock.materials import Receipt, Wanted, net
from ordercore.stock.proposals import Cause, CauseKind, Proposal
from ordercore.stock.watching import LowStock

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)

BOOK = BillBook(
    [
        Part("sofa", Bill([Component("frame", 1), Component("cloth", 13)]), lead_time=3 * DAY),
        Part("frame", Bill(Component("wood", 7)), lead_time=2 * DAY, lot=Lot(1, 2)),
        Part("cloth", unit="m", lot=Lot(50, 10), lead_time=10 * DAY),
        Part("wood", lead_time=7 * DAY),
    ]
)


def low(sku: str, site: str, order: int) -> LowStock:
    return LowStock(sku=sku, site=site, position=3, point=3, order=order)


@given(books(choices=True), st.integers(1, 3), stocks())
def test_what_is_proposed_serves_the_basket(book, units, stock):
    proposed = propose(book, {"a": units}, stock)
    bought = dict(stock)
    for proposal in proposed.proposals:
        if isinstance(proposal, PurchaseProposal):
            bought[proposal.sku] = bought.get(proposal.sku, 0) + proposal.units
    assert net(book, {"a": units}, bought).ok
    skus = [proposal.sku for proposal in proposed.proposals]
    assert len(skus) == len(set(skus))


def test_shortages_become_proposals_in_whole_lots_with_their_dates():
    proposed = propose(BOOK, {"sofa": 4}, {"cloth": 10, "frame": 1}, by=NOON)
    assert proposed.proposals == (
        ProductionProposal(
            sku="frame",
            units=4,
            needed_by=NOON - 3 * DAY,
            start_by=NOON - 5 * DAY,
            lead_time=2 * DAY,
            causes=[Cause("shortage", 3, "sofa")],
            unit="piece",
        ),
        ProductionProposal(
            sku="sofa",
            units=4,
            needed_by=NOON,
            start_by=NOON - 3 * DAY,
            lead_time=3 * DAY,
            causes=[Cause("shortage", 4)],
            unit="piece",
        ),
        PurchaseProposal(
            sku="cloth",
            units=50,
            needed_by=NOON - 3 * DAY,
            order_by=NOON - 13 * DAY,
            lead_time=10 * DAY,
            causes=[Cause("shortage", 42, "sofa")],
            unit="m",
        ),
        PurchaseProposal(
            sku="wood",
            units=28,
            needed_by=NOON - 5 * DAY,
            order_by=NOON - 12 * DAY,
            lead_time=7 * DAY,
            causes=[Cause("shortage", 28, "frame")],
            unit="piece",
        ),
    )
    late = [proposal.is_late(NOON - 5 * DAY) for proposal in proposed.proposals]
    assert late == [False, False, True, True]


def test_low_stock_and_shortages_of_a_part_are_one_proposal():
    found = [low("cloth", "west", 30), low("cloth", "east", 12), low("lamp", "east", 5)]
    proposed = propose(BOOK, {"sofa": 1}, {"frame": 1}, low=found, by=NOON)
    _, cloth, lamp = proposed.proposals
    assert isinstance(cloth, PurchaseProposal)
    assert cloth.units == 60
    assert cloth.causes == (
        Cause(CauseKind.SHORTAGE, 13, ("sofa",)),
        Cause(CauseKind.LOW_STOCK, 12, ("east",)),
        Cause(CauseKind.LOW_STOCK, 30, ("west",)),
    )
    assert lamp == PurchaseProposal(
        sku="lamp", units=5, causes=[Cause(CauseKind.LOW_STOCK, 5, "east")]
    )


def test_low_stock_alone_asks_for_no_date():
    (proposal,) = propose(BOOK, {}, {}, low=[low("frame", "east", 3)]).proposals
    assert isinstance(proposal, ProductionProposal)
    assert (proposal.units, proposal.needed_by) == (4, None)
    assert not proposal.is_late(NOON)


def test_production_that_comes_too_late_is_brought_forward_and_needs_no_parts():
    planned = Receipt("frame", 2, NOON + DAY, "mo-7", kind="production")
    proposed = propose(BOOK, {"sofa": 2}, {"cloth": 26}, by=NOON, receipts=[planned])
    assert proposed.proposals == (
        BringForward(
            sku="frame",
            order="mo-7",
            kind=SupplyKind.PRODUCTION,
            units=2,
            expected_at=NOON + DAY,
            needed_by=NOON - 3 * DAY,
            unit="piece",
        ),
        ProductionProposal(
            sku="sofa",
            units=2,
            needed_by=NOON,
            start_by=NOON - 3 * DAY,
            lead_time=3 * DAY,
            causes=[Cause("shortage", 2)],
            unit="piece",
        ),
    )
    assert proposed.plan.ok


@pytest.mark.parametrize(
    ("receipt", "moves"),
    [
        (Receipt("wood", 30, NOON, "po-1"), True),
        (Receipt("wood", 30, NOON - 5 * DAY, "po-1"), False),  # it comes in time
        (Receipt("cloth", 30, NOON, "po-1"), False),  # nothing is short of it
        (Receipt("wood", 30, NOON, "to-1", kind="transfer"), False),
    ],
)
def test_only_what_is_too_late_and_of_use_is_brought_forward(receipt, moves):
    policy = ProposalPolicy(bring_forward=["production", "purchase"])
    stock = {"cloth": 13}
    proposed = propose(BOOK, {"sofa": 1}, stock, by=NOON, receipts=[receipt], policy=policy)
    assert any(isinstance(each, BringForward) for each in proposed.proposals) == moves
    none = propose(
        BOOK,
        {"sofa": 1},
        stock,
        by=NOON,
        receipts=[receipt],
        policy=ProposalPolicy(bring_forward=()),
    )
    assert not any(isinstance(each, BringForward) for each in none.proposals)


def test_an_order_that_serves_others_in_time_stays():
    lines = [Wanted("wood", 3, NOON), Wanted("wood", 3, NOON + 5 * DAY)]
    coming = [Receipt("wood", 2, NOON + 2 * DAY, "mo-1", kind="production")]
    proposed = propose(BOOK, lines, {}, receipts=coming)
    (proposal,) = proposed.proposals
    assert isinstance(proposal, PurchaseProposal)
    assert (proposal.units, proposal.needed_by) == (4, NOON)


def test_a_margin_asks_for_everything_earlier():
    policy = ProposalPolicy(margin=2 * DAY)
    (proposal,) = propose(BOOK, {"wood": 1}, {}, by=NOON, policy=policy).proposals
    assert isinstance(proposal, PurchaseProposal)
    assert (proposal.needed_by, proposal.order_by) == (NOON - 2 * DAY, NOON - 9 * DAY)


def test_proposals_are_data():
    planned = Receipt("frame", 2, NOON + DAY, "mo-7", kind="production")
    for proposal in propose(BOOK, {"sofa": 3}, {}, by=NOON, receipts=[planned]).proposals:
        assert load(Proposal, dump(proposal)) == proposal


def test_what_no_policy_can_be_is_refused():
    with pytest.raises(InvalidInput):
        ProposalPolicy(margin=-DAY)
    with pytest.raises(InvalidInput):
        ProposalPolicy(bring_forward=["magic"])
    with pytest.raises(InvalidInput):
        PurchaseProposal(sku="x", units=0, causes=[Cause("shortage", 1)])
    with pytest.raises(InvalidDocument):
        propose(BOOK, {"bed": 1}, {"wood": -1})


def test_what_comes_by_no_order_cannot_be_brought_forward() -> None:
    cloth = BillBook([Part("cloth", lead_time=DAY)])
    coming = [Receipt("cloth", 3, NOON + DAY, kind="production")]
    proposed = propose(cloth, {"cloth": 3}, {}, by=NOON, receipts=coming)
    assert [type(each) for each in proposed.proposals] == [PurchaseProposal]
