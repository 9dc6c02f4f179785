"""Events in their envelopes: numbered without a gap, kept as JSON, folded into a state.

- What is recorded is read back whole, and what is no envelope is refused with its place.
- Replaying events, all at once or the rest of them later, comes to the same state.
- A fingerprint tells what a command says, and nothing else.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs
import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from ordercore.data import UnsupportedType, document, dump, dumps, load, loads, tag_of, variant
from ordercore.data.attributes import NO_ATTRIBUTES, Attributes
from ordercore.data.checks import passes, quantity, text
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    OutOfSequence,
)
from ordercore.events import (
    MAX_SEQUENCE,
    Actor,
    AggregateId,
    Command,
    Event,
    Noted,
    Recorded,
    canonical,
    fingerprint,
    record,
    replay,
)

AT = datetime(2026, 11, 11, 9, tzinfo=timezone(timedelta(hours=8)))
SHELF = AggregateId("shelf", "s-1")


@variant(Event, "test_boxes_stored")
@frozen
class BoxesStored(Event):
    """Boxes came in."""

    quantity: int = field(validator=quantity)


@variant(Event, "test_boxes_taken")
@frozen
class BoxesTaken(Event):
    """Boxes went out."""

    quantity: int = field(validator=quantity)
    reason: str = ""


@frozen
class Unregistered(Event):
    """An event that no document knows."""


@variant(Command, "test_store_boxes")
@frozen(kw_only=True)
class StoreBoxes(Command):
    """Store boxes."""

    id: str
    quantity: int
    at: datetime = AT
    weight: Decimal | None = None
    labels: Attributes = NO_ATTRIBUTES


@variant(Command, "test_take_boxes")
@frozen(kw_only=True)
class TakeBoxes(Command):
    """Take boxes."""

    id: str
    quantity: int


@document("test_delivery_note")
@frozen
class DeliveryNote:
    """A document that is no command."""

    boxes: int


def shelf(so_far, event):
    """Count the boxes on a shelf, and keep how it came about."""
    count, story = so_far
    change = {BoxesStored: 1, BoxesTaken: -1, Noted: 0}[type(event)]
    told = event.text if type(event) is Noted else event.quantity
    return count + change * getattr(event, "quantity", 0), (*story, told)


def on_shelf(events, **but):
    given = {
        "aggregate": SHELF,
        "after": 0,
        "ids": [f"e-{n}" for n in range(len(events or ()))],
        "at": AT,
        "actor": Actor("staff", "u-7"),
        "cause": "c-1",
    }
    return record(events, **{**given, **but})


ids = st.text("abcxyz0189-_.:", min_size=1, max_size=64)
remarks = st.text(min_size=1, max_size=50).filter(lambda told: passes(text(most=1000), told))
counts = st.integers(1, 10**9)
happenings = st.one_of(
    st.builds(BoxesStored, counts),
    st.builds(BoxesTaken, counts, st.sampled_from(["", "sold", "broken"])),
    st.builds(Noted, remarks),
)
zones = st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30)), ZoneInfo("Asia/Tokyo")])
envelopes = st.builds(
    Recorded,
    aggregate=st.builds(AggregateId, ids, ids),
    sequence=st.integers(1, MAX_SEQUENCE),
    id=ids,
    at=st.datetimes(
        min_value=datetime(1970, 1, 2), max_value=datetime(9998, 1, 1), timezones=zones
    ),
    actor=st.builds(Actor, ids, st.none() | ids),
    cause=ids,
    correlation=st.none() | ids,
    event=happenings,
)


# The envelope


def test_an_envelope_is_written_as_plain_json():
    (told,) = on_shelf([BoxesTaken(2, "sold")], after=4, correlation="visit-3")
    assert dump(told) == {
        "schema": 1,
        "kind": "event",
        "aggregate": {"kind": "shelf", "id": "s-1"},
        "sequence": 5,
        "id": "e-0",
        "at": "2026-11-11T09:00:00+08:00",
        "actor": {"role": "staff", "id": "u-7"},
        "cause": "c-1",
        "correlation": "visit-3",
        "event": {"type": "test_boxes_taken", "quantity": 2, "reason": "sold"},
    }


@given(envelopes)
def test_an_envelope_is_read_back_whole(told):
    assert load(Recorded, dump(told)) == told
    assert loads(Recorded, dumps(told)) == told
    assert dumps(loads(Recorded, dumps(told))) == dumps(told)
    assert pickle.loads(pickle.dumps(told)) == told
    assert hash(loads(Recorded, dumps(told))) == hash(told)


PLAIN = dump(on_shelf([BoxesStored(3)])[0])


@pytest.mark.parametrize(
    ("changed", "path", "reason"),
    [
        ({"schema": 2}, ("schema",), "unknown_schema"),
        ({"kind": "order"}, ("kind",), "unknown_kind"),
        ({"sequence": 0}, ("sequence",), "invalid_value"),
        ({"sequence": MAX_SEQUENCE + 1}, ("sequence",), "limit_exceeded"),
        ({"sequence": "1"}, ("sequence",), "invalid_type"),
        ({"sequence": True}, ("sequence",), "invalid_type"),
        ({"id": ""}, ("id",), "invalid_identifier"),
        ({"id": None}, ("id",), "invalid_type"),
        ({"at": "2026-11-11T09:00:00"}, ("at",), "invalid_value"),
        ({"cause": "买"}, ("cause",), "invalid_identifier"),
        ({"correlation": 3}, ("correlation",), "invalid_type"),
        ({"actor": {"id": "u-7"}}, ("actor", "role"), "missing_field"),
        ({"aggregate": "shelf s-1"}, ("aggregate",), "invalid_type"),
        ({"aggregate": {"kind": "shelf", "id": ""}}, ("aggregate", "id"), "invalid_identifier"),
        ({"event": {"quantity": 3}}, ("event", "type"), "missing_field"),
        ({"event": {"type": "vanished"}}, ("event", "type"), "unknown_tag"),
        (
            {"event": {"type": "test_boxes_stored", "quantity": 0}},
            ("event", "quantity"),
            "invalid_value",
        ),
        (
            {"event": {"type": "test_boxes_stored", "quantity": 1, "colour": "red"}},
            ("event", "colour"),
            "unknown_field",
        ),
        ({"version": 3}, ("version",), "unknown_field"),
    ],
)
def test_what_is_no_envelope_is_refused_with_its_place(changed, path, reason):
    with pytest.raises(InvalidDocument) as caught:
        load(Recorded, {**PLAIN, **changed})
    assert [(fault.path, fault.reason) for fault in caught.value.faults] == [(path, reason)]


@pytest.mark.parametrize("missing", [key for key in PLAIN if key not in {"schema", "kind"}])
def test_every_part_of_an_envelope_is_needed(missing):
    with pytest.raises(InvalidDocument) as caught:
        load(Recorded, {key: told for key, told in PLAIN.items() if key != missing})
    assert [(f.path, f.reason) for f in caught.value.faults] == [((missing,), "missing_field")]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"event": Unregistered()}, InvalidType),
        ({"event": BoxesStored}, InvalidType),
        ({"event": StoreBoxes(id="c", quantity=1)}, InvalidType),
        ({"event": None}, InvalidType),
        ({"aggregate": ("shelf", "s-1")}, InvalidType),
        ({"actor": "staff"}, InvalidType),
        ({"at": datetime(2026, 11, 11)}, InvalidValue),
        ({"at": AT.isoformat()}, InvalidType),
        ({"sequence": 2.0}, InvalidType),
        ({"sequence": 0}, InvalidValue),
        ({"sequence": MAX_SEQUENCE + 1}, LimitExceeded),
    ],
)
def test_an_envelope_is_valid_at_birth(changed, kind):
    told = on_shelf([BoxesStored(3)])[0]
    with pytest.raises(kind) as caught:
        evolve(told, **changed)
    assert caught.value.path == tuple(changed)


@pytest.mark.parametrize("remark", ["", "x" * 1001, "a\x00b", 3, "a\u202eb"])
def test_a_remark_is_readable_text(remark):
    with pytest.raises(InvalidInput) as caught:
        Noted(remark)
    assert caught.value.path == ("text",)


def test_the_time_keeps_its_offset_and_forgets_the_name_of_its_zone():
    (told,) = on_shelf([BoxesStored(3)], at=AT.astimezone(ZoneInfo("Europe/Paris")))
    assert told.at.isoformat() == "2026-11-11T02:00:00+01:00"
    assert type(told.at.tzinfo) is timezone


# Recording


def test_events_of_one_command_are_numbered_on():
    told = on_shelf([BoxesStored(3), BoxesTaken(1)], after=7, ids=iter(["a", "b"]))
    assert [(each.sequence, each.id, each.event) for each in told] == [
        (8, "a", BoxesStored(3)),
        (9, "b", BoxesTaken(1)),
    ]
    assert {each.cause for each in told} == {"c-1"}
    assert on_shelf([]) == ()


@pytest.mark.parametrize(
    ("but", "kind", "path", "reason"),
    [
        ({"ids": ["a"]}, InvalidValue, ("ids",), "fields_disagree"),
        ({"ids": ["a", "b", "c"]}, InvalidValue, ("ids",), "fields_disagree"),
        ({"ids": ["a", "a"]}, InvalidValue, ("ids",), "duplicate_id"),
        ({"ids": "ab"}, InvalidType, ("ids",), "invalid_type"),
        ({"ids": None}, InvalidType, ("ids",), "invalid_type"),
        ({"ids": ["a", ""]}, InvalidValue, ("id",), "invalid_identifier"),
        ({"ids": [["a"], ["b"]]}, InvalidType, ("id",), "invalid_type"),
        ({"events": None}, InvalidType, ("events",), "invalid_type"),
        ({"events": [BoxesStored(1), "x"]}, InvalidType, ("event",), "invalid_type"),
        ({"after": -1}, InvalidValue, ("after",), "invalid_value"),
        ({"after": 0.0}, InvalidType, ("after",), "invalid_type"),
        ({"after": MAX_SEQUENCE - 1}, LimitExceeded, ("sequence",), "limit_exceeded"),
    ],
)
def test_what_cannot_be_recorded_is_refused(but, kind, path, reason):
    given = {"events": [BoxesStored(1), BoxesStored(2)], **but}
    with pytest.raises(kind) as caught:
        on_shelf(given.pop("events"), **{"ids": ["a", "b"], **given})
    assert caught.value.path == path
    assert caught.value.reason == reason


# Replaying

stories = st.lists(happenings, max_size=12)


@given(stories, st.data())
def test_the_rest_of_the_events_leads_from_any_point_to_the_same_state(events, data):
    told = on_shelf(events)
    whole = replay(shelf, (0, ()), told)
    cut = data.draw(st.integers(0, len(told)))
    part = replay(shelf, (0, ()), told[:cut])
    assert part[1] == whole[1][:cut]
    assert replay(shelf, part, told[cut:], after=cut) == whole
    assert replay(shelf, (0, ()), iter(told)) == whole
    stored = [loads(Recorded, dumps(each)) for each in told]
    assert replay(shelf, (0, ()), stored) == whole


@given(st.lists(happenings, min_size=2, max_size=8), st.data())
def test_events_in_any_other_order_or_number_are_refused_where_they_stray(events, data):
    told = on_shelf(events)
    taken = data.draw(st.lists(st.sampled_from(told), max_size=9))
    right = 0
    while right < len(taken) and taken[right].sequence == right + 1:
        right += 1
    seen = []
    if right == len(taken):
        replay(lambda _, event: seen.append(event), None, taken)
    else:
        with pytest.raises(OutOfSequence) as caught:
            replay(lambda _, event: seen.append(event), None, taken)
        assert caught.value.path == ("events", right, "sequence")
        assert caught.value.given == taken[right].sequence
        assert caught.value.code == "out_of_sequence"
    assert seen == [each.event for each in taken[:right]]


def test_an_event_that_is_missing_is_named():
    told = on_shelf([BoxesStored(1), BoxesStored(2), BoxesStored(3)])
    with pytest.raises(OutOfSequence) as caught:
        replay(shelf, (0, ()), [told[0], told[2]])
    assert str(caught.value) == "events[1].sequence: expected event 2 of shelf s-1, got 3"


def test_an_event_of_another_aggregate_is_refused():
    told = on_shelf([BoxesStored(1), BoxesStored(2)])
    stranger = evolve(told[1], aggregate=AggregateId("shelf", "s-2"))
    with pytest.raises(InvalidValue) as caught:
        replay(shelf, (0, ()), [told[0], stranger])
    assert caught.value.path == ("events", 1, "aggregate")
    assert caught.value.reason == "other_aggregate"


@pytest.mark.parametrize("events", [[BoxesStored(1)], [None], [PLAIN]])
def test_only_recorded_events_are_replayed(events):
    with pytest.raises(InvalidType) as caught:
        replay(shelf, (0, ()), events)
    assert caught.value.path == ("events", 0)


@pytest.mark.parametrize(("after", "kind"), [(-1, InvalidValue), ("0", InvalidType)])
def test_the_events_before_are_counted_by_an_integer(after, kind):
    with pytest.raises(kind) as caught:
        replay(shelf, (0, ()), [], after=after)
    assert caught.value.path == ("after",)


# Fingerprints

COMMAND = StoreBoxes(id="c-1", quantity=3, weight=Decimal("1.50"))


def test_a_canonical_text_has_its_keys_in_order_and_no_blanks():
    told = StoreBoxes(id="c-1", quantity=3, labels=Attributes({"b": "乙", "a": "1"}))
    assert canonical(told) == (
        '{"id":"c-1","labels":{"a":"1","b":"乙"},"quantity":3,"type":"test_store_boxes"}'
    )
    assert json.loads(canonical(told)) == dump(told)


@given(envelopes)
def test_the_canonical_text_of_what_is_read_back_is_the_same(told):
    assert canonical(loads(Recorded, canonical(told))) == canonical(told)
    assert json.loads(canonical(told)) == dump(told)


@pytest.mark.parametrize(
    "other",
    [
        evolve(COMMAND, id="c-2"),
        evolve(COMMAND, quantity=4),
        evolve(COMMAND, at=AT + timedelta(microseconds=1)),
        evolve(COMMAND, at=AT.astimezone(UTC)),
        evolve(COMMAND, weight=Decimal("1.5")),
        evolve(COMMAND, weight=None),
        evolve(COMMAND, labels=Attributes({"a": "1"})),
    ],
)
def test_another_content_has_another_fingerprint(other):
    assert fingerprint(other) != fingerprint(COMMAND)


def test_a_fingerprint_tells_commands_of_the_same_fields_apart():
    store, take = StoreBoxes(id="c-1", quantity=3), TakeBoxes(id="c-1", quantity=3)
    assert fingerprint(store) != fingerprint(take)
    assert fingerprint(DeliveryNote(3)) != fingerprint(DeliveryNote(4))


def test_the_same_content_has_the_same_fingerprint_however_it_came():
    again = load(StoreBoxes, dict(reversed(dump(COMMAND).items())))
    assert fingerprint(again) == fingerprint(COMMAND)
    assert fingerprint(load(Command, dump(COMMAND))) == fingerprint(COMMAND)
    assert fingerprint(COMMAND) == (
        "e000e8447363d31cae602d1a9b394ff34f2d96eb6d949e5dc8a9688f6d32abed"
    )


@pytest.mark.parametrize("left_out", ["at", "quantity", "labels"])
def test_fields_that_do_not_matter_are_left_out(left_out):
    values = {"at": AT + timedelta(1), "quantity": 9, "labels": Attributes({"a": "1"})}
    other = evolve(COMMAND, **{left_out: values[left_out]})
    assert fingerprint(other, but=[left_out]) == fingerprint(COMMAND, but=[left_out])
    rest = [name for name in values if name != left_out]
    assert fingerprint(other, but=rest) != fingerprint(COMMAND, but=rest)


@pytest.mark.parametrize("but", [["when"], ["quantity", ""], ["type"]])
def test_a_field_that_the_command_does_not_have_cannot_be_left_out(but):
    with pytest.raises(InvalidValue) as caught:
        fingerprint(COMMAND, but=but)
    assert caught.value.reason == "unknown_field"
    assert caught.value.path[0] == "but"


@pytest.mark.parametrize("value", [Unregistered(), Actor("staff"), "text", None, StoreBoxes])
def test_what_has_no_name_in_documents_has_no_fingerprint(value):
    with pytest.raises(UnsupportedType):
        fingerprint(value)


def test_what_a_document_cannot_hold_has_no_fingerprint():
    with pytest.raises(InvalidInput) as caught:
        fingerprint(StoreBoxes(id="c-1", quantity=1.5))
    assert caught.value.path == ("quantity",)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_fingerprint_is_the_same_in_every_process(seed):
    code = (
        "from ordercore.events import Noted, fingerprint; print(fingerprint(Noted('已联系客户')))"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": seed},
    )
    assert run.stdout.strip() == fingerprint(Noted("已联系客户"))


def test_events_and_commands_are_told_by_their_tags():
    assert tag_of(Noted) == "noted"
    assert load(Event, {"type": "noted", "text": "x"}) == Noted("x")
    with pytest.raises(InvalidDocument):
        load(Event, dump(COMMAND))
    assert attrs.has(type(load(Command, dump(COMMAND))))
