"""What nobody should ask or write down, and what comes of it: typed, bounded, all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from laws_of_stock import AT

from ordercore import loads
from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.errors import InvalidDocument, LimitExceeded
from ordercore.stock import (
    MAX_SERVICES,
    Bill,
    BillBook,
    Component,
    Demand,
    DemandLine,
    MadeToOrder,
    Part,
    Performed,
    StockLevel,
    StockSnapshot,
    check,
)
from ordercore.stock.resources import Agenda, Requirement, Resource

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEVER = WorkingTime(WorkingHours("UTC", ()))
ALWAYS = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "00:00-24:00"}))
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def garage(hours: WorkingTime) -> StockSnapshot:
    resource = Resource(id="m", kind="person", site="north", hours=hours, skills={"brakes": 1})
    return StockSnapshot(agendas=[Agenda(resource=resource)])


def service(units: int = 1, **more) -> Demand:
    wanted = Requirement(id="job", roles={"mechanic": {"brakes": 1}}, duration=HOUR)
    return Demand(
        [DemandLine(id="1", sku="job", quantity=units, supply=Performed(wanted), **more)]
    )


def chair(**part) -> tuple[Demand, StockSnapshot]:
    book = BillBook([Part("chair", Bill(Component("leg", 4)), **part), Part("leg")])
    level = StockLevel(sku="leg", site="works", on_hand=8)
    demand = Demand([DemandLine(id="1", sku="chair", quantity=1, supply=MadeToOrder())])
    return demand, StockSnapshot(levels=[level], bills=book, calendar=NEVER)


def test_who_is_never_at_work_is_missing_for_ever():
    (short,) = check(service(3), garage(NEVER), AT).shortages
    assert (short.available, short.enough_from) == (0, None)
    assert [(role.role, role.reason) for role in short.roles] == [("mechanic", "off_duty")]


def test_a_lead_time_in_working_time_that_never_passes_is_refused_and_not_waited_for():
    demand, snapshot = chair(lead_time=HOUR, in_working_time=True)
    with pytest.raises(LimitExceeded):
        check(demand, snapshot, AT)


def test_no_basket_has_more_units_of_services_than_can_be_told():
    with pytest.raises(LimitExceeded) as caught:
        check(service(MAX_SERVICES + 1), garage(ALWAYS), AT)
    assert caught.value.path == ("demand", "lines")
    with pytest.raises(LimitExceeded):
        check(service(10**9), garage(ALWAYS), AT)


@pytest.mark.parametrize("at", [LAST, LAST - HOUR, LAST - 20 * DAY])
def test_what_is_asked_at_the_end_of_time_is_short(at):
    assert not check(service(), garage(ALWAYS), at).ok
    demand, snapshot = chair(lead_time=DAY)
    assert check(demand, snapshot, at).shortages[0].enough_from is None


def test_what_would_have_begun_before_all_time_is_refused():
    demand, snapshot = chair(lead_time=DAY)
    with pytest.raises(LimitExceeded):
        check(demand, snapshot, FIRST)


DEMAND = """{"schema": 1, "kind": "stock_demand", "lines": [
  {"id": "1", "sku": "mug", "quantity": -1, "sites": ["east", "east"]},
  {"id": "", "sku": "mug", "quantity": 2.5, "needed_by": "2026-11-11T00:00:00"},
  {"id": "3", "sku": "mug", "quantity": 1, "supply": {"type": "magic"}, "colour": "red"}
]}"""
LEVEL = """{"schema": 1, "kind": "stock_level", "sku": "mug", "site": "east",
  "on_hand": -5, "damaged": true, "policy": {"backorder": -1, "reorder": {"point": 9}},
  "incoming": [{"id": "a", "quantity": 0, "expected_at": "soon"}]
}"""
AGENDA = """{"schema": 1, "kind": "agenda", "resource": {"id": "m", "kind": "robot",
  "site": "north", "capacity": 0, "skills": [{"name": "brakes", "level": 0}],
  "hours": {"hours": {"type": "weekly", "zone": "Moon/Base", "week": []}}},
  "bookings": [
    {"id": "b", "window": {"start": "2026-11-11T09:00:00Z", "end": "2026-11-11T09:00:00Z"}}
  ]
}"""
BOOK = """{"schema": 1, "kind": "bill_book", "parts": [
  {"sku": "a", "bills": [{"components": [{"sku": "b", "quantity": "1"}]}]},
  {"sku": "b", "bills": [{"components": [{"sku": "a", "quantity": "1"}]}]},
  {"sku": "a"},
  {"sku": "c", "bills": [{"components": [{"sku": "q", "quantity": "1", "unit": "parsec"}]}]}
]}"""


@pytest.mark.parametrize(
    ("cls", "told", "places"),
    [
        (
            Demand,
            DEMAND,
            {
                "lines[0].quantity",
                "lines[1].id",
                "lines[1].quantity",
                "lines[1].needed_by",
                "lines[2].supply.type",
                "lines[2].colour",
            },
        ),
        (
            StockLevel,
            LEVEL,
            {
                "on_hand",
                "damaged",
                "policy.backorder",
                "policy.reorder.target",
                "incoming[0].quantity",
                "incoming[0].expected_at",
            },
        ),
        (
            Agenda,
            AGENDA,
            {
                "resource.kind",
                "resource.capacity",
                "resource.skills[0].level",
                "bookings[0].window.end",
            },
        ),
        (
            BillBook,
            BOOK,
            {
                "parts[2].sku",
                "parts[0].bills",
                "parts[3].bills[0].components[0].sku",
                "parts[3].bills[0].components[0].unit",
            },
        ),
    ],
    ids=["demand", "level", "agenda", "book"],
)
def test_all_faults_of_a_document_are_told_with_their_places(cls, told, places):
    with pytest.raises(InvalidDocument) as caught:
        loads(cls, told)
    text = str(caught.value)
    assert {place for place in places if f"  {place}: " in text} == places


def test_a_cycle_of_bills_is_named():
    with pytest.raises(InvalidDocument, match="a → b → a"):
        loads(BillBook, BOOK)
