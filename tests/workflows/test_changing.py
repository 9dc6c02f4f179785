"""Changing, splitting, merging: units, reservations and uses go along, and none twice."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from casebook import (
    AS_PLACED,
    BOOK,
    PAID,
    PLACED,
    SHOP,
    STAFF,
    cancelling,
    changing,
    check,
    doing,
    edited,
    everything,
    merging,
    prepared,
    proposing,
    settling,
    splitting,
)
from making import SHIRT, SITE

from ordercore import CartLine, PromotionBook, price, recipes
from ordercore.errors import (
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    NotFound,
)
from ordercore.money import UnitPrice
from ordercore.orders import (
    AddLine,
    ChangeAddress,
    ChangeQuantity,
    ChangeState,
    Order,
    OrderChange,
    OrderState,
    OverridePrice,
    RemoveLine,
    changed_cart,
    preview_change,
)
from ordercore.pricing import price_in
from ordercore.promotions import Limits
from ordercore.storage import Counter, Key, MemoryStore
from ordercore.workflows import (
    Changed,
    Complete,
    Confirm,
    MoveUnits,
    NotChanged,
    Remark,
    SettleChange,
    Shop,
    run,
)


def stored(store: MemoryStore, order_id: str = "o-1") -> Order:
    key = Key("order", order_id)
    return store.read([key]).value(key, Order)


def reserved(store: MemoryStore, sku: str) -> dict[str, int]:
    return dict(store._kept.aggregates[Key("test_shelf", sku)].value.reserved)


def more_shirts(units: int, line: str = "4") -> AddLine:
    return AddLine(CartLine(line, SHIRT, units, unit_price=UnitPrice.of("99.00", "CNY")))


# At once


def test_the_change_is_that_of_the_preview_and_what_is_new_is_set_aside() -> None:
    said = edited(ChangeQuantity("1", 2), more_shirts(4))
    preview = preview_change(AS_PLACED, said["edits"], said["quote"])
    reply = run(SHOP.does(changing(**said)), store := prepared(PLACED))
    order = stored(store)
    assert reply == Changed(order_id="o-1", payable=preview.payable, version=order.version)
    assert order.quote == preview.after.quote
    assert [line.quantities.ordered for line in order.lines] == [
        line.quantities.ordered for line in preview.after.lines
    ]
    assert reserved(store, "shirt") == {"o-1": 6}
    check(store)


def test_one_shelf_serves_the_line_that_shrinks_before_the_one_that_grows() -> None:
    """All shirts but those of the order are gone; those that it gives up, it may have again."""
    store = prepared(PLACED)
    shelf = Key("test_shelf", "shirt")
    found = store._kept.aggregates[shelf]
    store._kept.aggregates[shelf] = evolve(found, value=evolve(found.value, on_hand=3))
    said = edited(ChangeQuantity("1", 1), more_shirts(2))
    assert isinstance(run(SHOP.does(changing(**said)), store), Changed)
    told = [each for each in store.outbox(limit=1000).members if each.aggregate == shelf]
    assert [each.event.purpose for each in told[-2:]] == ["free", "reserve"]
    assert [each.sequence for each in told] == [1, 2, 3, 4]
    check(store)


def test_what_is_not_there_refuses_the_change() -> None:
    store = prepared(PLACED)
    before = everything(store)
    told = run(SHOP.does(changing(**edited(more_shirts(28)))), store)
    assert [(each.line, each.available) for each in told.shortages] == [("4", 27)]
    assert everything(store) == before


def test_a_promotion_that_a_change_loses_is_given_back() -> None:
    store = prepared(PLACED)
    cheap = OverridePrice("1", UnitPrice.of("20.00", "CNY"), "damaged box")
    run(SHOP.does(changing(**edited(cheap))), store)
    assert "tea" not in [each.promotion for each in stored(store).quote.gifts]
    assert store.read([Counter("uses", "tea")]).used(Counter("uses", "tea")) == 0
    assert reserved(store, "tea-sampler") == {}
    check(store)


def test_a_promotion_that_a_change_wins_is_counted_within_its_limit() -> None:
    store = prepared(PLACED)
    store._kept.used[Counter("uses", "big")] = 5
    said, shop = with_big()
    told = run(shop.does(changing(**said)), store)
    assert told == NotChanged(used_up=(Counter("uses", "big"),))
    store._kept.used[Counter("uses", "big")] = 4
    run(shop.does(changing(**said)), store)
    assert store._kept.used[Counter("uses", "big")] == 5


def test_shortages_and_counters_that_are_used_up_are_told_together() -> None:
    store = prepared(PLACED)
    store._kept.used[Counter("uses", "big")] = 5
    said, shop = with_big(units=99)
    told = run(shop.does(changing(**said)), store)
    assert [each.line for each in told.shortages] == ["1"]
    assert told.used_up == (Counter("uses", "big"),)


def with_big(units: int = 10) -> tuple[dict[str, Any], Shop]:
    """Preview a change by which a promotion for large orders comes in."""
    big = recipes.spend_and_save(
        "big", spend="1000", save="50", limits=Limits(uses=5), layer="points"
    )
    book = PromotionBook("CNY", [*BOOK.promotions, big])
    edits = (ChangeQuantity("1", units),)
    quote = price_in(changed_cart(AS_PLACED, edits), book, AS_PLACED.quote.context)
    return {"base": 3, "edits": edits, "quote": quote}, evolve(SHOP, book=book)


def test_a_change_of_another_version_is_refused_and_says_so() -> None:
    store = prepared([*PLACED, doing("r", Remark("meanwhile"))])
    told = run(SHOP.does(changing(**edited(ChangeAddress(SITE)))), store)
    (unmet,) = told.refused.unmet
    assert (unmet.guard, dict(unmet.details)) == ("base_current", {"base": "3", "now": "4"})


def test_guards_are_told_as_in_the_preview() -> None:
    store = prepared([*PLACED, cancelling(units={"2": 1})])
    order = stored(store)
    everything_gone = edited(
        *(RemoveLine(line.id) for line in order.lines if line.quantities.kept),
        base=4,
        order=order,
    )
    told = run(SHOP.does(changing(**everything_gone)), store)
    preview = preview_change(order, everything_gone["edits"], everything_gone["quote"])
    assert "units_left" in [each.guard for each in told.refused.unmet]
    assert told.refused.unmet == preview.unmet


def test_an_address_needs_no_price() -> None:
    store = prepared(PLACED)
    run(SHOP.does(changing(**edited(ChangeAddress(SITE)))), store)
    order = stored(store)
    assert (order.details.delivery, order.quote) == (SITE, AS_PLACED.quote)


def test_a_mistaken_edit_is_an_error() -> None:
    store = prepared(PLACED)
    before = everything(store)
    edits = (ChangeQuantity("9", 1),)
    with pytest.raises(InvalidDocument):
        run(SHOP.does(changing(base=3, edits=edits, quote=AS_PLACED.quote)), store)
    with pytest.raises(NotFound):
        run(SHOP.does(changing(order_id="o-9", base=3, edits=edits)), store)
    assert everything(store) == before


# Proposed


PROPOSED = (*PLACED, proposing(**edited(ChangeQuantity("1", 5))))


def proposal(store: MemoryStore) -> OrderChange:
    key = Key("order_change", "ch-1")
    return store.read([key]).value(key, OrderChange)


def test_a_proposal_leaves_the_order_as_it_is() -> None:
    store = prepared(PROPOSED)
    assert stored(store) == AS_PLACED
    assert proposal(store).state is ChangeState.PROPOSED
    assert reserved(store, "shirt") == {"o-1": 3}


def test_a_confirmed_proposal_is_the_change_at_once() -> None:
    once, store = prepared(PLACED), prepared(PROPOSED)
    run(SHOP.does(changing(**edited(ChangeQuantity("1", 5)))), once)
    reply = run(SHOP.does(settling("confirm")), store)
    assert (reply.state, reply.difference) == (
        ChangeState.CONFIRMED,
        stored(once).payable - AS_PLACED.payable,
    )
    assert stored(store) == stored(once)
    assert reserved(store, "shirt") == {"o-1": 5}
    check(store)


@pytest.mark.parametrize("step", ["decline", "cancel"])
def test_a_proposal_that_is_over_is_not_confirmed(step: str) -> None:
    store = prepared([*PROPOSED, settling(step, "too_dear")])
    before = everything(store)
    for again in (settling("confirm", key="s-2"), settling("cancel", "why", key="s-3")):
        with pytest.raises(IllegalTransition):
            run(SHOP.does(again), store)
    assert everything(store) == before
    assert stored(store) == AS_PLACED


def test_of_two_proposals_of_one_version_one_is_confirmed() -> None:
    other = proposing("propose-2", "ch-2", **edited(ChangeQuantity("1", 4)))
    store = prepared([*PROPOSED, other])
    run(SHOP.does(settling("confirm")), store)
    told = run(SHOP.does(evolve(settling("confirm", key="s-2"), change_id="ch-2")), store)
    assert [each.guard for each in told.refused.unmet] == ["base_current"]
    assert stored(store).line("1").quantities.ordered == 5


def test_a_proposal_that_stock_cannot_serve_any_more_stays_open() -> None:
    store = prepared([*PLACED, proposing(**edited(ChangeQuantity("1", 31)))])
    told = run(SHOP.does(settling("confirm")), store)
    assert [each.available for each in told.shortages] == [27]
    assert proposal(store).state is ChangeState.PROPOSED


def test_a_proposal_is_of_its_order() -> None:
    store = prepared([*PROPOSED, splitting({"1": 1})])
    with pytest.raises(InvalidValue) as told:
        run(SHOP.does(evolve(settling("confirm"), order_id="o-2")), store)
    assert told.value.reason == "other_aggregate"


def test_what_cannot_be_proposed() -> None:
    store = prepared(PROPOSED)
    before = everything(store)
    with pytest.raises(InvalidValue) as told:
        run(SHOP.does(proposing("again", **edited(ChangeAddress(SITE)))), store)
    assert told.value.path == ("change_id",)
    stale = run(SHOP.does(proposing("p-3", "ch-3", **edited(ChangeAddress(SITE), base=2))), store)
    assert [each.guard for each in stale.refused.unmet] == ["base_current"]
    with pytest.raises(NotFound):
        run(SHOP.does(evolve(settling("confirm"), change_id="ch-9")), store)
    assert everything(store) == before


@pytest.mark.parametrize(("step", "reason"), [("confirm", "why"), ("decline", None), ("x", "y")])
def test_a_reason_is_given_where_it_is_not_confirmed(step: Any, reason: Any) -> None:
    with pytest.raises(InvalidInput):
        SettleChange(
            key="k",
            order_id="o-1",
            change_id="ch-1",
            at=AS_PLACED.quote.context.at,
            actor=STAFF,
            step=step,
            reason=reason,
        )


# Split and merged


def test_what_is_set_aside_goes_along_with_the_units() -> None:
    store = prepared([*PLACED, splitting({"1": 2})])
    assert reserved(store, "shirt") == {"o-1": 1, "o-2": 2}
    assert reserved(store, "tea-sampler") == {"o-1": 1}
    assert stored(store).payable + stored(store, "o-2").payable == AS_PLACED.payable
    check(store)


@pytest.mark.parametrize(("goes_on", "gone"), [("o-1", "o-2"), ("o-2", "o-1")])
def test_a_merger_brings_everything_together_again(goes_on: str, gone: str) -> None:
    store = prepared([*PLACED, splitting({"1": 2}), merging("m", goes_on, gone)])
    assert stored(store, gone).state is OrderState.CANCELLED
    assert stored(store, goes_on).payable == AS_PLACED.payable
    assert reserved(store, "shirt") == {goes_on: 3}
    assert reserved(store, "tea-sampler") == {goes_on: 1}
    check(store)


@pytest.mark.parametrize("order", [("o-1", "o-2"), ("o-2", "o-1")])
def test_each_part_gives_back_what_it_bears_when_it_is_cancelled(order: tuple[str, str]) -> None:
    store = prepared([*PLACED, splitting({"1": 2})])
    for name in order:
        run(SHOP.does(cancelling(f"c-{name}", name)), store)
        check(store)
    assert not any(store._kept.used.values())
    assert reserved(store, "shirt") == reserved(store, "tea-sampler") == {}


def test_parts_are_shipped_and_completed_each_by_itself() -> None:
    store = prepared([*PAID, doing("confirm", Confirm()), splitting({"1": 2})])
    units = {"o-1": {"1": 1, "2": 1, "3": 1}, "o-2": {"1": 2}}
    for order_id, of in units.items():
        for i, act in enumerate((MoveUnits("ship", of), MoveUnits("deliver", of), Complete())):
            run(SHOP.does(doing(f"{order_id}-{i}", act, order_id)), store)
        assert stored(store, order_id).state is OrderState.COMPLETED
    assert reserved(store, "shirt") == reserved(store, "tea-sampler") == {}
    check(store)


def test_the_id_of_a_part_is_given_once() -> None:
    store = prepared([*PLACED, splitting({"1": 1})])
    before = everything(store)
    with pytest.raises(InvalidValue) as told:
        run(SHOP.does(splitting({"1": 1}, "split-2")), store)
    assert told.value.path == ("new_id",)
    assert everything(store) == before


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (splitting({"1": 9}), InvalidDocument),
        (splitting({"9": 1}), InvalidDocument),
        (evolve(splitting({"1": 1}), order_id="o-9"), NotFound),
        (merging(), NotFound),
        (merging(other_id="o-1"), InvalidInput),
    ],
)
def test_a_mistaken_split_or_merger_is_an_error(command: Any, error: type[Exception]) -> None:
    store = prepared(PLACED)
    before = everything(store)
    with pytest.raises(error):
        run(SHOP.does(command), store)
    assert everything(store) == before


def test_a_quote_may_be_given_as_it_is_or_as_its_record() -> None:
    said = edited(ChangeQuantity("1", 2))
    record = changing(**said).quote
    assert changing(**{**said, "quote": record}) == changing(**said)
    assert price(record.cart, BOOK, at=AS_PLACED.quote.context.at).base == record.quote().base
