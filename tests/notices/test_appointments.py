"""Who is told of appointments, and of those that their people do not keep any more.

Laws:
    - An appointment that is firm is told its customer once, however many resources take part
      and in whatever order their events come, and so is each other time that it gets.
    - Nobody else is told: of what may still expire, is for a basket, or given up meanwhile.
    - Of a changed resource, staff are told once for each order that it hits, with all reasons.
"""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from attrs import evolve
from making import AT, QUOTE, drafted
from mixed import HOUR, LATE, MORNING, TEAM, VAN, buying, did, doing, sweeping
from telling import EVERYBODY, PLACED, recorded

from ordercore import dumps, loads
from ordercore.calendars import ClosedDays, Window
from ordercore.notices import Notice, NoticePolicy, Urgency, notices_of
from ordercore.orders import cancel, draft, place
from ordercore.stock.resources import (
    Booking,
    BookingCancelled,
    BookingConflict,
    BookingEnd,
    BookingFirmed,
    BookingMade,
    BookingMoved,
    ConflictReason,
    ResourceChanged,
)
from ordercore.storage import Key
from ordercore.workflows import (
    CancelOrder,
    ChangeResource,
    Confirm,
    Reschedule,
    UpdateAgenda,
)

EVENING = Window(MORNING.start + 8 * HOUR, MORNING.start + 10 * HOUR)
OK = doing("ok", Confirm("on_account"))


def window(start, length=2):
    return Window(AT + start * HOUR, AT + (start + length) * HOUR)


def visit(name="b-1", start=9, **but):
    return Booking(**{"id": name, "window": window(start), "purpose": "3", "holder": "o-1", **but})


def happened(*events, agenda="fitter-1", after=1, cause="c-1"):
    return [evolve(each, cause=cause) for each in recorded("agenda", agenda, events, after)]


def told(*recorded, order=PLACED, **but):
    return [
        (each.audience, each.expected_at, [(it.id, it.title, it.quantity) for it in each.units])
        for each in notices_of(recorded, order=order, **but)
    ]


def at(start):
    return ("customer", AT + start * HOUR, [("3", "上门安装", 1)])


# What is told the customer


def events_of(booking):
    """Make the events by which an appointment is firm at a time."""
    return [
        BookingMade(booking),
        BookingMoved(booking.id, booking.window, evolve(booking, first=window(0))),
        BookingFirmed(booking.id, booking),
    ]


@pytest.mark.parametrize("event", events_of(visit()), ids=lambda event: type(event).__name__)
def test_the_customer_is_told_when_a_firm_appointment_is(event):
    assert told(*happened(event)) == [at(9)]
    (notice,) = notices_of(happened(event), order=PLACED)
    assert (notice.kind.value, notice.urgency) == ("appointment_set", Urgency.ROUTINE)
    assert [(each.kind, each.name) for each in notice.subjects] == [("order", "SO1")]
    assert loads(Notice, dumps(notice)) == notice


@pytest.mark.parametrize("event", range(3))
def test_the_customer_is_told_when_the_service_begins_and_not_the_setup(event):
    booking = visit(service=window(9.5, 1))
    assert told(*happened(events_of(booking)[event])) == [at(9.5)]


@pytest.mark.parametrize("event", range(3))
@pytest.mark.parametrize(
    "resources", list(permutations(["fitter-1", "fitter-2", "van"])), ids=" ".join
)
def test_an_appointment_is_told_once_whoever_takes_part(event, resources):
    event = events_of(visit(units=1))[event]
    all_of_it = [each for name in resources for each in happened(event, agenda=name)]
    assert told(*all_of_it) == [at(9)]
    keys = {
        each.key for one in all_of_it for each in notices_of([one], order=PLACED, policy=EVERYBODY)
    }
    assert len(keys) == 2  # staff and the customer


def test_two_appointments_at_the_same_time_are_two_messages():
    assert told(*happened(BookingMade(visit()), BookingMade(visit("b-2")))) == [at(9), at(9)]


def test_an_id_that_is_used_in_two_agendas_for_two_lines_is_two_messages():
    one, other = BookingMade(visit()), BookingMade(visit(purpose="1"))
    assert len(told(*happened(one), *happened(other, agenda="van"))) == 2


def test_of_two_times_that_one_command_gives_both_are_told():
    moves = [BookingMoved("b-1", window(start), visit(start=start)) for start in (12, 9)]
    assert told(*happened(*moves)) == [at(12), at(9)]


def test_what_is_moved_there_and_back_is_told_each_time():
    there = BookingMoved("b-1", window(12), visit(start=12))
    back = BookingMoved("b-1", window(9), visit())
    again = [
        *happened(BookingMade(visit()), there, cause="c-1"),
        *happened(back, after=3, cause="c-2"),
        *happened(there, after=4, cause="c-3"),
    ]
    assert told(*again) == [at(9), at(12), at(9), at(12)]


@pytest.mark.parametrize(
    ("event", "order"),
    [
        (BookingMade(visit(expires_at=AT)), PLACED),
        (BookingMoved("b-1", window(9), visit(expires_at=AT)), PLACED),
        (BookingMoved("b-1", window(9)), PLACED),
        (BookingFirmed("b-1"), PLACED),
        (BookingCancelled("b-1"), PLACED),
        (BookingMade(visit(holder=None)), PLACED),
        (BookingMade(visit(holder="c-3")), PLACED),
        (BookingMade(visit()), ()),
        (BookingMade(visit()), draft(QUOTE, id="o-9", number="SO9")[0]),
        (BookingMade(visit()), drafted()),
        (BookingMade(visit(purpose="9")), PLACED),
        (BookingMade(visit(purpose=None)), PLACED),
        (BookingMade(visit()), cancel(PLACED, "sold_out")[0]),
        (BookingMade(visit()), cancel(PLACED, "sold_out", {"3": 1})[0]),
    ],
)
def test_nobody_is_told_what_is_no_appointment_of_a_living_order(event, order):
    assert told(*happened(event), order=order, policy=EVERYBODY) == []


def test_each_customer_is_told_of_their_own():
    other = place(drafted(id="o-2", number="SO2"), by="customer")[0]
    both = notices_of(
        happened(BookingMade(visit()), BookingMade(visit("b-2", holder="o-2"))),
        order=[PLACED, other],
    )
    assert [each.subjects[0].name for each in both] == ["SO1", "SO2"]


IN_CHINESE = """\
您的订单 SO1 已预约时间
上门安装
开始时间：2026年11月11日 17:00:00 (Asia/Shanghai)

订单 SO1 预约：上门安装
开始时间：2026年11月11日 17:00:00 (Asia/Shanghai)"""
IN_ENGLISH = """\
Your appointment for order SO1
上门安装
It begins on Nov 11, 2026, 5:00:00 PM (Asia/Shanghai).

Order SO1: appointment for 上门安装
It begins on Nov 11, 2026, 5:00:00 PM (Asia/Shanghai)."""


def read(notice, locale):
    return str(notice.told(locale, zone="Asia/Shanghai")).replace("\u202f", " ")


@pytest.mark.parametrize(("locale", "expected"), [("zh_CN", IN_CHINESE), ("en", IN_ENGLISH)])
def test_an_appointment_is_told_in_both_languages(locale, expected):
    both = notices_of(happened(BookingMade(visit())), order=PLACED, policy=EVERYBODY)
    assert sorted(each.audience for each in both) == ["customer", "staff"]
    in_turn = sorted(both, key=lambda each: each.audience)
    assert "\n\n".join(read(each, locale) for each in in_turn) == expected


# From the use cases


def said(store, sent, kind="appointment_set"):
    """Send what is new to the outbox, in any order; tell whom, and which times."""
    told = list(store.outbox(limit=1000).members)
    Random(len(told)).shuffle(told)
    found = {each.aggregate.id for each in told if each.aggregate.kind == "order"}
    orders = [store._kept.aggregates[Key("order", name)].value for name in sorted(found)]
    ours = [each for each in told if each.aggregate.kind == "agenda"]
    fresh = [e for e in notices_of(ours, order=orders) if e.key not in sent and e.kind == kind]
    sent.update(each.key for each in fresh)
    return sorted((each.audience, each.expected_at) for each in fresh)


def twice(time):
    return [("customer", time.start)] * 2


def test_of_two_visits_each_is_told_once_it_is_firm_and_at_each_new_time():
    store, sent = did(buying(1, visit=MORNING, assembly=2)), set()
    assert said(store, sent) == []  # it may still expire
    did(OK, store=store)
    assert said(store, sent) == twice(MORNING)
    for key, wish in (("a", EVENING), ("b", MORNING), ("c", EVENING)):
        did(doing(key, Reschedule("3", wish)), store=store)
        assert said(store, sent) == twice(wish)
    did(CancelOrder(key="no", order_id="o-1", reason="ill", at=AT), store=store)
    assert said(store, sent) == []


def test_a_late_confirmation_tells_the_time_that_is_left():
    store, sent = did(buying(1, visit=Window(MORNING.start, EVENING.end), assembly=2)), set()
    did(sweeping(store), buying(2, at=LATE, visit=MORNING, assembly=2), store=store)
    did(doing("ok2", Confirm("on_account"), "o-2", LATE), store=store)
    assert said(store, sent) == twice(MORNING)
    did(doing("ok", Confirm("on_account"), at=LATE), store=store)
    assert said(store, sent) == [("customer", MORNING.end)] * 2


# What is told staff of a resource that is not what it was


OFF, FEW, SKILL, SITE = ConflictReason
HIT = [
    BookingConflict(booking=visit("b-1", 9), reasons=[OFF, FEW]),
    BookingConflict(booking=visit("b-5", 10, holder="c-3", purpose="7"), reasons=[OFF]),
    BookingConflict(booking=visit("b-2", 12, purpose="1"), reasons=[SKILL, SITE]),
    BookingConflict(booking=visit("b-6", 13, holder=None, purpose=None), reasons=[SITE]),
    BookingConflict(
        booking=visit("b-3", 14, expires_at=AT, ended=BookingEnd.EXPIRED), reasons=[OFF]
    ),
    BookingConflict(booking=visit("b-7", 15, holder=None, purpose="oil"), reasons=[OFF]),
]
CHANGED = happened(ResourceChanged(VAN, HIT), agenda="van")


def test_of_a_changed_resource_staff_are_told_of_each_order_that_it_hits():
    found = [
        (
            each.kind.value,
            each.audience,
            each.urgency,
            [(it.kind, it.id, it.name) for it in each.subjects],
            [(it.id, it.title, it.quantity) for it in each.units],
            [it.booking.id for it in each.conflicts],
        )
        for each in notices_of(CHANGED, order=PLACED)
    ]
    kind, van = ("booking_conflict", "staff", Urgency.NOW), ("resource", "van", "")
    assert found == [
        (
            *kind,
            [van, ("order", "o-1", "SO1")],
            [("3", "上门安装", 2), ("1", "衬衫", 1)],
            ["b-1", "b-2", "b-3"],
        ),
        (*kind, [van, ("holder", "c-3", "")], [("7", "7", 1)], ["b-5"]),
        (*kind, [van], [("b-6", "b-6", 1), ("oil", "oil", 1)], ["b-6", "b-7"]),
    ]
    for notice in notices_of(CHANGED, order=PLACED):
        assert loads(Notice, dumps(notice)) == notice


HIT_IN_CHINESE = """\
van 已变更，无法继续履行 3 个预约
订单 SO1
上门安装：2026年11月11日 17:00:00 (Asia/Shanghai) 至 2026年11月11日 19:00:00 (Asia/Shanghai)\
（不在班；数量不足）
衬衫：2026年11月11日 20:00:00 (Asia/Shanghai) 至 2026年11月11日 22:00:00 (Asia/Shanghai)\
（技能不足；已在其他地点）
上门安装：2026年11月11日 22:00:00 (Asia/Shanghai) 至 2026年11月12日 00:00:00 (Asia/Shanghai)\
（不在班；预约已过期，仍可能被确认）
请改期或取消。"""
HIT_IN_ENGLISH = """\
van has changed and cannot keep 3 bookings
Order SO1
上门安装: Nov 11, 2026, 5:00:00 PM (Asia/Shanghai) to Nov 11, 2026, 7:00:00 PM (Asia/Shanghai) \
(off duty; too few)
衬衫: Nov 11, 2026, 8:00:00 PM (Asia/Shanghai) to Nov 11, 2026, 10:00:00 PM (Asia/Shanghai) \
(without the skills; at another site)
上门安装: Nov 11, 2026, 10:00:00 PM (Asia/Shanghai) to Nov 12, 2026, 12:00:00 AM (Asia/Shanghai) \
(off duty; it has expired, but may still be confirmed)
Move them or cancel them."""


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh_CN", HIT_IN_CHINESE), ("en", HIT_IN_ENGLISH)]
)
def test_staff_read_which_visits_are_hit_and_why(locale, expected):
    notice, *_ = notices_of(CHANGED, order=PLACED)
    assert read(notice, locale) == expected


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_of_one_who_is_not_known_the_id_is_told(locale):
    _, basket, nobody = (str(each.told(locale)) for each in notices_of(CHANGED))
    assert "c-3" in basket
    assert "oil" in nobody


def test_a_change_that_hits_nothing_tells_nobody():
    assert notices_of(happened(ResourceChanged(VAN)), order=PLACED, policy=EVERYBODY) == ()


def test_each_order_that_is_hit_is_a_message_of_its_own_whatever_is_known_of_it():
    known, unknown = ([e.key for e in notices_of(CHANGED, order=o)] for o in (PLACED, ()))
    assert known == unknown
    assert len(set(known)) == 3
    assert notices_of([*CHANGED, *CHANGED]) == notices_of(CHANGED)


def test_no_customer_can_be_told_of_the_shops_people():
    with pytest.raises(Exception, match="within the shop"):
        NoticePolicy().with_route("booking_conflict", "customer")


def test_however_many_bookings_are_hit_all_are_told():
    hit = [
        BookingConflict(booking=visit(f"b{i}", i, holder=None, purpose=f"p{i}"), reasons=[OFF])
        for i in range(2000)
    ]
    (notice,) = notices_of(happened(ResourceChanged(VAN, hit)))
    assert len(notice.conflicts) == len(notice.units) == 2000


def test_leave_of_a_fitter_is_told_with_the_orders_that_it_hits():
    store = did(buying(1, visit=MORNING, assembly=1), buying(2, visit=MORNING, assembly=1))
    ill = evolve(TEAM[0].hours, exceptions=[ClosedDays(MORNING.start.date(), name="ill")])
    act = ChangeResource(evolve(TEAM[0], hours=ill))
    did(UpdateAgenda(key="ill", resource="fitter-1", act=act, at=AT), store=store)
    found = [each for each in store.outbox(limit=1000).members if each.cause == "ill"]
    orders = [store._kept.aggregates[Key("order", name)].value for name in ("o-1", "o-2")]
    (notice,) = notices_of(found, order=orders)
    (hit,) = notice.conflicts
    assert notice.subjects[1].id == hit.booking.holder
    assert hit.booking.window.start == MORNING.start
