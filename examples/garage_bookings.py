"""A garage takes bookings: who works on which car, on which lift, when; and why not sooner.

    python examples/garage_bookings.py
    python examples/garage_bookings.py --until 2026-12-04T18:00:00+08:00

Three mechanics and two lifts, in the week before a public holiday; the Saturday is worked as a
Monday. Cars come with what they need. First all of them are placed at once, so that nobody is
booked twice; then a customer moves, one gives up, and one who comes late is told why she has
to wait. In the end two customers order at the counter, pads and the fitting of them in one
order: it is placed with the bookings in one commit, or all that stands in the way is told.
Then the mechanic falls ill: it is told whom that hits, and the customer takes another day.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from attrs import evolve

from ordercore import Cart, PromotionBook, price
from ordercore.calendars import (
    ClosedDays,
    Holiday,
    MakeUpDay,
    Recurrence,
    Shifts,
    Window,
    WorkingHours,
    WorkingTime,
)
from ordercore.errors import OrderCoreError
from ordercore.orders import OrderDetails, ServiceWish
from ordercore.parties import Address
from ordercore.stock.resources import (
    Agenda,
    AgendaResult,
    Clash,
    Overload,
    Requirement,
    Resource,
    Role,
    Slot,
    book,
    cancel,
    earliest_slot,
    earliest_slots,
    move,
    open_agenda,
)
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    CancelOrder,
    ChangeResource,
    OpenAgenda,
    Placed,
    PlaceOrder,
    Receive,
    Reschedule,
    Shop,
    StockKeeper,
    UpdateAgenda,
    Updated,
    UpdateOrder,
    UpdateStock,
    run,
)

ZONE = "Asia/Shanghai"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime.fromisoformat("2026-11-26T09:40:00+08:00")  # a Thursday

HOLIDAYS = [Holiday(date(2026, 12, 1), "店庆")]
MAKE_UP = MakeUpDay(date(2026, 11, 28), "MO", "调休")

OPEN = WorkingTime(
    WorkingHours.of(ZONE, {"MO-FR": "08:30-12:00 13:00-18:00"}), HOLIDAYS, [MAKE_UP]
)
EARLY = WorkingTime(
    Shifts([Recurrence("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ZONE, time(7), time(15))]),
    HOLIDAYS,
    [MAKE_UP, ClosedDays(date(2026, 11, 27), name="leave")],
)

RESOURCES = [
    Resource(
        id="mechanic-1", kind="person", site="north", hours=OPEN, skills={"brakes": 3, "engine": 2}
    ),
    Resource(
        id="mechanic-2", kind="person", site="north", hours=EARLY, skills={"brakes": 2, "tyres": 2}
    ),
    Resource(id="mechanic-3", kind="person", site="north", hours=OPEN, skills={"tyres": 1}),
    Resource(
        id="lifts", kind="equipment", site="north", hours=OPEN, skills={"lift": 1}, capacity=2
    ),
]

LIFT = Role("lift", {"lift": 1})
CARS = [
    Requirement(
        id="A12 brakes",
        roles=[Role("mechanic", {"brakes": 2}), LIFT],
        duration=2 * HOUR,
        before=HOUR / 4,
        after=HOUR / 4,
    ),
    Requirement(
        id="B34 engine",
        roles=[Role("mechanic", {"engine": 2}), LIFT],
        duration=12 * HOUR,
        in_working_time=True,
    ),
    Requirement(
        id="C56 tyres",
        roles=[Role("fitter", {"tyres": 1}), LIFT],
        duration=HOUR,
        preferred=Window(NOW.replace(hour=16, minute=0), NOW.replace(hour=18, minute=0)),
    ),
    Requirement(
        id="D78 brakes",
        roles=[Role("mechanic", {"brakes": 3}), LIFT],
        duration=3 * HOUR,
        needed_by=NOW.replace(hour=18, minute=0),
    ),
    Requirement(id="E90 paint", roles=[Role("painter", {"paint": 1})], duration=HOUR),
]


def shown(at: datetime | None) -> str:
    """Write an instant as people of the garage read it."""
    return "never, by what is known" if at is None else f"{at:%a %d %b %H:%M}"


def told(answer: Slot | Overload) -> Iterator[str]:
    """Tell a slot, or why there is none."""
    if isinstance(answer, Slot):
        who = ", ".join(f"{one.role} {one.resource}" for one in answer.chosen)
        times = f"{shown(answer.window.start)} to {shown(answer.window.end)}"
        yield f"  {answer.requirement}: {times}, {who}"
        if answer.occupied != answer.window:
            yield f"    kept from {shown(answer.occupied.start)} to {shown(answer.occupied.end)}"
        return
    yield f"  {answer.requirement}: no slot; possible from: {shown(answer.free_from)}"
    for lack in answer.lacks:
        yield f"    {lack.role or 'all at once'}: {lack.reason}"


def days() -> Iterator[str]:
    """Tell the days that are not as usual, and why."""
    for number in range(8):
        on = OPEN.on(NOW.date() + timedelta(days=number))
        if on.cause is not None:
            hours = " ".join(f"{w.start:%H:%M}-{w.end:%H:%M}" for w in on.windows) or "closed"
            yield f"  {on.day:%a %d %b}: {hours}, {on.cause.name}"  # type: ignore[union-attr]


def done(what: str, answer: AgendaResult | Clash) -> Iterator[str]:
    """Tell what a command comes to."""
    if isinstance(answer, Clash):
        yield f"  {what}: refused, {answer}"
        return
    happened = [type(event).__name__ for event in answer[1]]
    yield f"  {what}: {', '.join(happened) or 'nothing new'}"


def changes(agendas: Mapping[str, Agenda]) -> Iterator[str]:
    """Move a booking, then try it where somebody else is; give one up, twice."""
    third, first = agendas["mechanic-3"], agendas["mechanic-1"]
    evening = Window(NOW.replace(hour=17, minute=0), NOW.replace(hour=18, minute=0))
    moved = move(third, "C56 tyres", evening)
    yield from done("C56 an hour later", moved)
    yield from done("B34 to now", move(first, "B34 engine", Window(NOW, NOW + 4 * HOUR)))
    once, _ = cancel(first, "D78 brakes")
    yield from done("D78 is given up", cancel(first, "D78 brakes"))
    yield from done("D78 is given up", cancel(once, "D78 brakes"))


# At the counter

SHOP = Shop(
    book=PromotionBook("CNY", []),
    stock=StockKeeper(
        sites="north",
        hold_for=HOUR,
        services={"fit-brakes": CARS[0]},
        resources=[resource.id for resource in RESOURCES],
    ),
)
COUNTER = OrderDetails(delivery=Address(country="CN", city="上海", lines=["汶水路 1 号"]))
AFTERNOON = Window(NOW.replace(hour=13, minute=0), NOW.replace(hour=16, minute=0))


def opened() -> MemoryStore:
    """Keep the same people and lifts in a store, and two sets of pads."""
    store = MemoryStore()
    for resource in RESOURCES:
        run(SHOP.does(OpenAgenda(key=f"open-{resource.id}", resource=resource, at=NOW)), store)
    pads = UpdateStock(key="open-pads", sku="brake-pads", site="north", act=Receive(2), at=NOW)
    run(SHOP.does(pads), store)
    return store


def ordered(number: int, sets: int) -> PlaceOrder:
    """Order pads, and have them fitted in the afternoon."""
    cart = Cart.of("CNY", [("brake-pads", "320.00", sets), ("fit-brakes", "280.00", 1)])
    return PlaceOrder(
        key=f"counter-{number}",
        order_id=f"o-{number}",
        number=f"SO-{number}",
        quote=price(cart, SHOP.book, at=NOW),
        details=COUNTER,
        services={"2": ServiceWish(appointment=AFTERNOON)},
        at=NOW,
    )


def placed(store: MemoryStore, order: PlaceOrder) -> Iterator[str]:
    """Place an order; tell with whom and when, or all that stands in the way."""
    told = run(SHOP.does(order), store)
    if not isinstance(told, Placed):
        yield f"  {order.number}: not placed"
        yield from (f"    {line}" for line in told.told("en"))
        return
    for visit in told.appointments:
        who = ", ".join(f"{one.role} {one.resource}" for one in visit.assigned)
        yield f"  {told.number}: {shown(visit.window.start)}, {who}"


def ill(store: MemoryStore, who: Resource) -> Iterator[str]:
    """Let somebody be ill today; tell whom that hits."""
    today = ClosedDays(NOW.date(), name="ill")
    hours = evolve(who.hours, exceptions=[*who.hours.exceptions, today])
    act = ChangeResource(evolve(who, hours=hours))
    told = run(SHOP.does(UpdateAgenda(key="ill", resource=who.id, act=act, at=NOW)), store)
    yield f"  {who.id} is ill today:"
    for hit in told.conflicts:
        why = ", ".join(hit.reasons)
        yield f"    {hit.booking.holder}, line {hit.booking.purpose}: {why}"


def moved(store: MemoryStore, key: str, wish: Window | None = None) -> Iterator[str]:
    """Look for others who can come, or for another time; tell what comes of it."""
    act = Reschedule("2", wish)
    told = run(SHOP.does(UpdateOrder(key=key, order_id="o-2", act=act, at=NOW)), store)
    if not isinstance(told, Updated):
        yield "  SO-2: nobody else can come"
        return
    for visit in told.appointments:
        who = ", ".join(f"{one.role} {one.resource}" for one in visit.assigned)
        yield f"  SO-2: now {shown(visit.window.start)}, {who}"


def counter() -> Iterator[str]:
    """Let two customers order; the first one gives up, and the second one has it then.

    Then a mechanic falls ill, and the second one comes another day.
    """
    store, first, second = opened(), ordered(1, 1), ordered(2, 2)
    yield from placed(store, first)
    yield from placed(store, second)
    run(SHOP.does(CancelOrder(key="no", order_id="o-1", reason="changed_mind", at=NOW)), store)
    yield f"  {first.number}: given up"
    yield from placed(store, second)
    yield from ill(store, RESOURCES[0])
    yield from moved(store, "others")
    yield from moved(store, "another-day", Window(AFTERNOON.start + DAY, AFTERNOON.end + DAY))


def garage(until: datetime) -> Iterator[str]:
    """Run the garage."""
    yield "Days that are not as usual:"
    yield from days()
    opened = [open_agenda(resource)[0] for resource in RESOURCES]
    plan = earliest_slots(CARS, opened, NOW, until)
    yield "\nPlaced, what is needed first before all others:"
    answers: list[Slot | Overload] = [*plan.slots, *plan.overloads]
    for answer in answers:
        yield from told(answer)
    yield "\nChanges:"
    agendas = {agenda.id: agenda for agenda in plan.agendas}
    yield from changes(agendas)
    yield "\nF11 wants her engine done by tomorrow evening:"
    late = Requirement(
        id="F11 engine",
        roles=[Role("mechanic", {"engine": 1}), LIFT],
        duration=3 * HOUR,
        needed_by=NOW.replace(hour=18, minute=0) + timedelta(days=1),
    )
    yield from told(earliest_slot(late, plan.agendas, NOW, until))
    yield "\nF11 takes what there is, on the half hour:"
    patient = evolve(late, needed_by=None)
    start = NOW.replace(hour=10, minute=0)
    found = earliest_slot(patient, plan.agendas, start, until, step=HOUR / 2)
    yield from told(found)
    if isinstance(found, Slot):
        for name, booking in found.bookings("F11 engine").items():
            yield from done(f"book {name}", book(agendas[name], booking))
    yield "\nAt the counter, for this afternoon:"
    yield from counter()


def main(arguments: Sequence[str]) -> int:
    """Run the garage up to an instant."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--until", default="2026-12-10T18:00:00+08:00", help="plan up to then")
    chosen = parser.parse_args(arguments)
    try:
        sys.stdout.write("\n".join(garage(datetime.fromisoformat(chosen.until))) + "\n")
    except (OrderCoreError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
