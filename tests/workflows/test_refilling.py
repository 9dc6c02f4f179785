"""What the stock room has lost of an order is set aside anew, as soon as it can be."""

from __future__ import annotations

import pytest
from casebook import everything
from mixed import (
    DAY,
    HOLD,
    LATE,
    agenda_of,
    ask,
    buying,
    check_promises,
    did,
    doing,
    held_of,
    level_of,
    on_level,
    sweeping,
    visits_of,
)

from ordercore.storage import MemoryStore
from ordercore.workflows import (
    Confirm,
    Count,
    Damage,
    MoveUnits,
    Receive,
    Refill,
    Reroute,
    Updated,
)

CONFIRMED = doing("ok", Confirm("on_account"))


def mugs(store: MemoryStore) -> dict[str, int]:
    """Tell how many mugs are kept for the order at each site."""
    sites = {site: level_of(store, "mug", site) for site in ("east", "west")}
    return {
        site: sum(each.outstanding for each in level.held_for("o-1"))
        for site, level in sites.items()
    }


def lost() -> MemoryStore:
    """Four mugs are ordered; two of the three in the east are not there when it is counted."""
    store = did(buying(1, mug=4), CONFIRMED)
    assert mugs(store) == {"east": 3, "west": 1}
    return did(on_level("count", "mug", "east", Count(1)), store=store)


def test_what_is_lost_is_set_aside_anew_and_what_is_there_stays() -> None:
    store = lost()
    assert mugs(store) == {"east": 1, "west": 1}
    (short,) = ask(doing("ship", MoveUnits("ship", {"1": 4})), store)
    assert (short.available, short.reasons) == (2, ("not_set_aside",))
    assert isinstance(ask(doing("again", Refill()), store), Updated)
    assert mugs(store) == {"east": 1, "west": 3}
    check_promises(store)
    assert isinstance(ask(doing("ship-4", MoveUnits("ship", {"1": 4})), store), Updated)


def test_where_too_little_is_there_nothing_changes_until_more_comes() -> None:
    store = did(on_level("broken", "mug", "west", Damage(2)), store=lost())
    before = everything(store)
    (short,) = ask(doing("again", Refill()), store)
    assert (short.line, short.wanted, short.missing) == ("1", 4, 2)
    assert everything(store) == before
    did(on_level("come", "mug", "east", Receive(2)), store=store)
    assert isinstance(ask(doing("once-more", Refill()), store), Updated)
    assert sum(mugs(store).values()) == 4
    check_promises(store)


def test_what_lacks_nothing_is_left_as_it_is() -> None:
    store = did(buying(1, mug=4, sofa=2, assembly=1))
    before = held_of(store, "o-1")
    did(doing("again", Refill()), store=store)
    assert held_of(store, "o-1") == before
    assert {each.expires_at for each in level_of(store, "mug", "east").reservations} == {LATE}


def test_who_reroutes_has_what_is_lost_as_well() -> None:
    store = did(on_level("come", "mug", "west", Receive(4)), store=lost())
    did(doing("out", Reroute("east")), store=store)
    assert mugs(store) == {"east": 0, "west": 4}


def test_lost_parts_are_had_anew_with_all_that_they_go_into() -> None:
    store = did(buying(1, sofa=3), CONFIRMED)
    assert held_of(store, "o-1")["2", "frame"] == 2
    did(on_level("count", "frame", "west", Count(0)), store=store)
    assert isinstance(ask(doing("again", Refill()), store), Updated)
    assert held_of(store, "o-1") == {("2", "sofa"): 1, ("2", "cloth"): 24, ("2", "beech"): 16}
    check_promises(store)


def test_what_was_set_aside_for_a_while_is_so_again() -> None:
    store = did(buying(1, mug=4), on_level("count", "mug", "east", Count(1)))
    at = LATE - HOLD / 2
    did(doing("again", Refill(), at=at), store=store)
    kept = {each.expires_at for each in level_of(store, "mug", "west").held_for("o-1")}
    assert kept == {LATE, at + HOLD}


def test_visits_that_were_forgotten_are_booked_anew() -> None:
    store = did(buying(1, assembly=2))
    late = LATE + 100 * DAY
    did(sweeping(store, at=late, forget_before=late), store=store)
    assert visits_of(store, "o-1") == {}
    assert isinstance(ask(doing("again", Refill(), at=late), store), Updated)
    assert [len(parts) for parts in visits_of(store, "o-1").values()] == [2, 2]
    check_promises(store)


@pytest.mark.parametrize("act", [Refill(), Reroute("east")], ids=["refill", "reroute"])
def test_people_and_equipment_stay_booked(act: object) -> None:
    store = did(buying(1, assembly=2), CONFIRMED)
    before = visits_of(store, "o-1")
    did(doing("again", act), store=store)
    assert visits_of(store, "o-1") == before
    assert len(agenda_of(store, "van").held_for("o-1", "3")) == 2
