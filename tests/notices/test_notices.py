"""Who is told of what, and in which words.

Laws:
    - Each event of the package is told, or is named as one that tells nobody; each once.
    - Each kind of notice is made by something, and has words in both languages.
    - The same event or finding is one message to each audience, whenever it is told.
    - No notice, as data or in words, says who somebody is or where they live.
    - What is told is never markup.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import ClassVar
from xml.dom.minidom import parseString

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from making import AT, QUOTE, drafted, in_state, moved, paid
from telling import (
    CUSTOMER,
    DAY,
    EVERYBODY,
    FOUND,
    LATE,
    LOST,
    LOW,
    ON_ITS_WAY,
    PLACED,
    PURCHASE,
    RESERVED,
    SHORT,
    STAFF,
    STOCK_EVENTS,
    asking,
    changing,
    confirming,
    did,
    gallery,
    kinds,
    moving,
    recorded,
    told,
)

import ordercore
from ordercore import Cart, Money, Product, PromotionBook, dump, dumps, load, loads, price
from ordercore.data import variants
from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, InvalidValue
from ordercore.events import Event, Noted
from ordercore.notices import (
    FOR_CUSTOMERS,
    NOBODY,
    USUAL_ROUTES,
    Audience,
    CustomerAction,
    Notice,
    NoticeKind,
    NoticePolicy,
    Route,
    Urgency,
    Voice,
    notices_for,
    notices_of,
)
from ordercore.notices.happened import OF_OTHERS
from ordercore.notices.order_events import MOVES, OF_CHANGES, OF_ORDERS
from ordercore.notices.words import told as put_into_words
from ordercore.orders import (
    Move,
    OrderState,
    cancel,
    capture_payment,
    complete,
    confirm_change,
    decline_change,
    draft,
    fail_payment,
    hold,
    note,
    owed_refund,
    place,
    propose_change,
    release,
    request_refund,
    split,
)
from ordercore.stock import (
    Demand,
    LateReservation,
    LostPromise,
    LowStock,
    ProductionProposal,
    PromisesLost,
    ReorderPointReached,
    Shortage,
    StockLevel,
    StockSnapshot,
    check,
    tell_shortages,
)
from ordercore.stock.answer import PartShort, RoleShort
from ordercore.stock.resources import LackReason
from ordercore.wording import CATALOGUES, Words
from ordercore.wording.messages import placeholders

LOCALES = ("zh_CN", "en")
TABLES = (OF_ORDERS, OF_CHANGES, OF_OTHERS, NOBODY)
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "notices.md"


def events_of_the_package():
    for module in walk_packages(ordercore.__path__, "ordercore."):
        if not module.name.startswith("ordercore.testing"):
            import_module(module.name)
    return {
        cls
        for cls in variants(Event).values()
        if cls.__module__.startswith("ordercore.")
        and not cls.__module__.startswith("ordercore.testing")
    }


# Everything is decided, and has words


def test_each_event_is_told_or_tells_nobody():
    undecided = events_of_the_package() - {cls for table in TABLES for cls in table}
    assert undecided == set(), "put it in a table of ordercore.notices, or in NOBODY"


def test_no_event_is_decided_twice():
    assert sum(map(len, TABLES)) == len({cls for table in TABLES for cls in table})


def test_each_move_of_units_is_decided():
    assert set(MOVES) == set(Move)


def test_each_kind_of_notice_is_made_by_something():
    assert {each.kind for each in gallery()} == set(NoticeKind)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_each_kind_has_words_and_words_for_customers_where_it_may_go_to_them(kind, locale):
    messages = CATALOGUES[locale].messages
    assert f"notice.{kind}" in messages
    assert (f"notice.{kind}.customer" in messages) == (kind in FOR_CUSTOMERS)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("action", CustomerAction)
def test_each_action_has_words(action, locale):
    assert f"notice.action.{action}" in CATALOGUES[locale].messages


class Listening(Words):
    """Words that remember which messages were said."""

    said: ClassVar[set[str]] = set()

    def say(self, key, **arguments):
        self.said.add(key)
        return super().say(key, **arguments)


@pytest.mark.parametrize("locale", LOCALES)
def test_all_words_of_notices_are_used(locale):
    words = Listening(locale)
    words.said.clear()
    for notice in (*gallery(), *unusual()):
        put_into_words(notice, words, None)
    ours = {key for key in CATALOGUES[locale].messages if key.startswith("notice.")}
    rare = {key for key in ours if key.startswith(("notice.short.", "notice.lack."))}
    assert ours - words.said - rare == set()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("reason", LackReason)
def test_each_reason_of_an_overload_has_words(reason, locale):
    assert f"notice.lack.{reason}" in CATALOGUES[locale].messages


@pytest.mark.parametrize("locale", LOCALES)
def test_each_reason_of_a_shortage_has_words(locale):
    reasons = re.findall(r"^ *``(\w+)``  ", Shortage.__doc__, re.MULTILINE)
    assert "too_few" in reasons
    missing = [r for r in reasons if f"notice.short.{r}" not in CATALOGUES[locale].messages]
    assert missing == []


def test_staff_are_told_which_parts_are_short_and_customers_are_not():
    parts = [PartShort(sku="cloth", level=1, needed=13, short=9)]
    short = Shortage(line="1", sku="sofa", wanted=1, reasons="missing_parts", parts=parts)
    staff, customer = notices_for(short, at=AT)
    assert "parts are missing; cloth: 9 short" in staff.told("en").body
    assert "cloth" not in customer.told("en").body


def unusual():
    """Make notices of what seldom happens."""
    late = LateReservation(sku="shirt", site="east", reservation=RESERVED, short=2)
    overload = evolve(FOUND[-1], free_from=None, lacks=())
    change, proposed = propose_change(changing(PLACED), id="ch-1")
    yield from notices_for([late, overload], at=AT, policy=EVERYBODY)
    stale = recorded("order_change", "ch-1", proposed)
    yield from notices_of(stale, order=note(PLACED, "x")[0], policy=EVERYBODY)
    dearer = evolve(change, difference=-change.difference)
    for actor in (STAFF, CUSTOMER):
        more = recorded("order_change", "ch-1", [type(proposed[0])(dearer)], 0, actor)
        yield from notices_of(more, order=PLACED, policy=EVERYBODY)
    on_account = evolve(EVERYBODY, on_account=True)
    for order, command in ((drafted(), place), (PLACED, agreeing)):
        yield from told(order, command, policy=on_account)
    yield from failed_though_paid()
    (waits, _) = LATE.late
    dateless = evolve(LATE, late=[evolve(waits, enough_from=None)])
    happened = recorded("stock_level", "east/mug", [dateless])
    yield from notices_of(happened, order=PLACED, policy=EVERYBODY)
    (made,) = (each for each in FOUND if isinstance(each, ProductionProposal))
    yield from notices_for(made, at=AT, order=drafted(), policy=EVERYBODY)
    free = evolve(PURCHASE, causes=[evolve(each, subjects=()) for each in PURCHASE.causes])
    yield from notices_for(free, at=AT + 2 * DAY, policy=EVERYBODY)


def agreeing(order):
    return confirm_change(order, changing(order))


def failed_though_paid():
    """A second payment fails of an order that another one paid in the meantime."""
    order = asking(PLACED)[0]
    order, failed = did(order, lambda o: fail_payment(o, "p-1", "declined"))
    return notices_of(failed, order=paid(order, payment="p-2"), policy=EVERYBODY)


def test_staff_are_told_who_is_missing_for_a_service_and_customers_are_not():
    roles = [RoleShort(site="north", role="fitter", reason="overloaded", free_from=AT + DAY)]
    short = Shortage(line="1", sku="repair", wanted=1, reasons=["missing_roles"], roles=roles)
    own = evolve(short, line="2", roles=[RoleShort(role="fitter", reason="on_strike")])
    staff, customer = notices_for([short, own], at=AT)
    assert [(lack.site, lack.role) for lack in staff.lacks] == [("north", "fitter")]
    assert "fitter" in str(staff.told("en"))
    assert "fitter" not in str(customer.told("en"))


@pytest.mark.parametrize("locale", LOCALES)
def test_customers_are_told_no_code_of_the_shop_and_no_place_of_it(locale):
    inside = {
        "reason", "site", "stock_level", "reservation", "holder", "receipt", "point", "resource",
    }  # fmt: skip
    for key, message in CATALOGUES[locale].messages.items():
        if key.startswith("notice.") and ".customer" in key:
            assert placeholders(message).isdisjoint(inside), key


# To whom


def test_the_usual_table_decides_each_kind_once():
    assert [route.kind for route in USUAL_ROUTES] == list(
        dict.fromkeys(route.kind for route in USUAL_ROUTES)
    )
    assert {route.kind for route in USUAL_ROUTES} == set(NoticeKind)


def test_the_reference_shows_the_usual_table():
    page = REFERENCE.read_text("utf-8")
    table = page.partition("## To whom")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([\w, –]+) \|", table, re.MULTILINE)
    shown = {kind: () if to == "–" else tuple(to.split(", ")) for kind, to in rows}
    assert shown == {route.kind.value: route.audiences for route in USUAL_ROUTES}


def test_the_four_audiences_are_all_told_of_something():
    assert {name for route in USUAL_ROUTES for name in route.audiences} == set(Audience)


def test_a_host_adds_an_audience_of_its_own():
    policy = NoticePolicy().with_route("low_stock", "purchasing", "night_shift")
    notices = notices_for(LOW, at=AT, policy=policy)
    assert kinds(notices) == [("low_stock", "purchasing"), ("low_stock", "night_shift")]
    assert {each.voice for each in notices} == {Voice.STAFF}
    assert len({each.key for each in notices}) == 2


def test_an_audience_of_customers_is_spoken_to_as_customers():
    policy = NoticePolicy(routes={"order_held": ("subscriber", "staff")}, customers="subscriber")
    one, two = told(PLACED, lambda o: hold(o, "fraud"), policy=policy)
    assert (one.voice, two.voice) == (Voice.CUSTOMER, Voice.STAFF)
    assert "fraud" not in str(one.told("en"))
    assert "fraud" in str(two.told("en"))


def test_of_a_kind_that_goes_to_nobody_nobody_is_told():
    assert told(PLACED, confirming, policy=NoticePolicy(routes={})) == ()
    assert notices_for(FOUND, at=AT, policy=NoticePolicy(routes=())) == ()


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - FOR_CUSTOMERS))
def test_what_is_the_shops_own_business_cannot_go_to_customers(kind):
    with pytest.raises(InvalidDocument) as caught:
        NoticePolicy(routes={kind: ("staff", "customer")})
    (fault,) = caught.value.faults
    assert (fault.path, fault.reason) == (("routes", 0, "audiences", 1), "fields_disagree")


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Route("gossip", "staff"), InvalidValue),
        (lambda: Route("low_stock", ["staff", "staff"]), InvalidDocument),
        (lambda: Route("low_stock", 7), InvalidType),
        (lambda: Route("low_stock", "王"), InvalidValue),
        (lambda: NoticePolicy(routes=[Route("low_stock"), Route("low_stock")]), InvalidDocument),
        (lambda: NoticePolicy(routes=["low_stock"]), InvalidType),
        (lambda: NoticePolicy(on_account=1), InvalidType),
        (lambda: NoticePolicy().with_route("gossip"), InvalidValue),
    ],
)
def test_a_table_that_is_none_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_a_policy_is_data():
    policy = NoticePolicy().with_route("order_completed", "customer")
    assert load(NoticePolicy, dump(policy)) == policy


# What is told of an order


@pytest.mark.parametrize(
    ("order", "command", "expected"),
    [
        (drafted(), place, [("order_placed", "staff"), ("order_placed", "customer")]),
        (PLACED, confirming, [("order_confirmed", "customer")]),
        (
            PLACED,
            lambda o: hold(o, "fraud"),
            [("order_held", "staff"), ("order_held", "customer")],
        ),
        (PLACED, lambda o: note(o, "秘密"), []),
        (ON_ITS_WAY, moving(Move.DELIVER), [("units_delivered", "customer")]),
        (PLACED, moving(Move.ALLOCATE), []),
        (
            moved(in_state(OrderState.CONFIRMED), "allocate"),
            moving(Move.SHIP, {"1": 1, "3": 1}),
            [("units_shipped", "customer"), ("units_performed", "customer")],
        ),
        (moved(in_state(OrderState.CONFIRMED), "allocate", "ship", "deliver"), complete, []),
    ],
)
def test_the_usual_ones_are_told(order, command, expected):
    assert kinds(told(order, command, policy=None)) == expected


def customers(notices):
    (found,) = [each for each in notices if each.audience == "customer"]
    return found


@pytest.mark.parametrize(
    ("paid_before", "policy", "due", "action"),
    [
        (None, EVERYBODY, "462", "pay"),
        ("400", EVERYBODY, "62", "pay"),
        ("462", EVERYBODY, None, None),
        (None, evolve(EVERYBODY, on_account=True), "462", None),
    ],
)
def test_who_has_placed_an_order_is_asked_to_pay_what_is_due(paid_before, policy, due, action):
    order, happened = did(drafted(), place)
    if paid_before:
        order = paid(order, Money.of(paid_before, "CNY"))
    notice = customers(notices_of(happened, order=order, policy=policy))
    assert notice.amount == QUOTE.payable
    assert notice.due == (None if due is None else Money.of(due, "CNY"))
    assert notice.action == action
    asked = "Please pay" in str(notice.told("en"))
    assert asked == (action is not None)


def test_a_payment_that_was_made_meanwhile_is_not_asked_for():
    order, asked = did(PLACED, asking)
    assert customers(notices_of(asked, order=order)).action is CustomerAction.PAY
    order, _ = capture_payment(order, "p-1", reference="c-1")
    later = customers(notices_of(asked, order=order))
    assert (later.action, later.due, later.amount) == (None, None, QUOTE.payable)


def test_a_failed_payment_is_asked_for_once_more_while_it_is_due():
    notice = customers(told(asking(PLACED)[0], lambda o: fail_payment(o, "p-1", "declined")))
    assert (notice.action, notice.due) == (CustomerAction.PAY_AGAIN, QUOTE.payable)
    assert "declined" not in str(notice.told("en"))
    assert customers(failed_though_paid()).action is None


def test_what_goes_back_is_told_until_a_refund_gives_it_back():
    order, happened = did(paid(PLACED), lambda o: cancel(o, "sold_out", {"2": 1}))
    owed = owed_refund(order)
    assert customers(notices_of(happened, order=order)).amount == owed.amount
    order, _ = request_refund(order, owed, id="r-1", reason="sold_out")
    assert customers(notices_of(happened, order=order)).amount is None


def test_an_order_goes_on_once_nothing_holds_it():
    held = hold(hold(PLACED, "fraud")[0], "stock")[0]
    assert told(held, lambda o: release(o, "fraud")) == ()
    last = told(held, lambda o: release(o, "fraud"), lambda o: release(o, "stock"))
    assert kinds(last) == [("order_released", "staff"), ("order_released", "customer")]


def proposing(actor, order=PLACED):
    change, events = propose_change(changing(PLACED), id="ch-1")
    return change, notices_of(recorded("order_change", "ch-1", events, 0, actor), order=order)


def test_the_other_side_is_asked_to_agree_to_a_change():
    change, (theirs,) = proposing(STAFF)
    assert (theirs.kind, theirs.audience) == ("change_proposed", "customer")
    assert (theirs.action, theirs.amount) == (CustomerAction.CONSENT, change.difference)
    assert theirs.edits == ("remove_line", "change_remarks", "change_contact", "change_address")
    _, (ours,) = proposing(CUSTOMER)
    assert (ours.kind, ours.audience, ours.action) == ("change_requested", "staff", None)


def test_nobody_is_asked_to_agree_to_a_change_that_is_stale():
    _, (notice,) = proposing(STAFF, note(PLACED, "x")[0])
    assert notice.action is None
    assert "whether you agree" not in str(notice.told("en"))


def test_who_opens_a_return_is_asked_to_send_it_back():
    done = in_state(OrderState.COMPLETED)
    notices = told(done, moving(Move.OPEN_RETURN))
    assert customers(notices).action is CustomerAction.SEND_BACK
    assert [each.told("en").lines[-1] for each in notices] == [
        "衬衫 × 1",
        "Please send the items back to us.",
    ]


def test_another_order_is_named_by_its_number_where_it_is_known():
    (one, happened), (two, begun) = split(PLACED, {"1": 3}, id="o-2", number="SO2")
    happened = recorded("order", "o-1", happened, PLACED.version)
    (notice,) = notices_of(happened, order=one)
    assert notice.told("en").body.startswith("As order o-2: 1 × 3")
    (notice,) = notices_of([*happened, *recorded("order", "o-2", begun)], order=[one, two])
    assert notice.told("en").body.startswith("As order SO2: 衬衫 × 3")


# What is found


def test_what_is_late_by_now_is_more_urgent():
    (now,) = notices_for(PURCHASE, at=AT)
    (later,) = notices_for(PURCHASE, at=AT + 2 * DAY)
    assert (now.urgency, later.urgency) == (Urgency.SOON, Urgency.NOW)
    assert now.key != later.key
    assert now.topic == later.topic


def test_low_stock_is_more_urgent_once_nothing_is_left_to_promise():
    urgencies = [
        notices_for(evolve(LOW, position=left, order=30 - left), at=AT)[0].urgency
        for left in (1, 0, -2)
    ]
    assert urgencies == [Urgency.SOON, Urgency.NOW, Urgency.NOW]


def test_shortages_of_a_basket_are_one_notice():
    staff, customer = notices_for(SHORT, at=AT, order=PLACED)
    assert (staff.kind, customer.kind) == ("shortage", "shortage")
    assert [(each.id, each.title, each.quantity) for each in staff.units] == [
        ("1", "衬衫", 2),
        ("2", "scarf", 1),
    ]
    assert staff.expected_at is None  # of one line nobody knows
    assert notices_for(SHORT[0], at=AT)[0].expected_at == AT + DAY
    assert notices_for([*SHORT, *SHORT], at=AT, order=PLACED) == (staff, customer)


@pytest.mark.parametrize("locale", LOCALES)
def test_shortages_are_told_to_staff_in_the_words_of_stock(locale):
    several = [*SHORT, Shortage(line="3", sku="mug", wanted=2, reasons=["not_set_aside"])]
    staff, _ = notices_for(several, at=AT)
    told = staff.told(locale)
    assert set(tell_shortages(several, locale)) <= set(told.lines)
    assert "not_set_aside" not in str(told)


def test_the_answer_of_stock_is_told_if_something_is_short():
    levels = StockSnapshot(levels=[StockLevel(sku="mug", site="east", on_hand=5)])
    fine, short = (check(Demand.of([("mug", n)]), levels, AT) for n in (5, 7))
    assert notices_for(fine, at=AT) == ()
    assert notices_for(short, at=AT) == notices_for(short.shortages, at=AT)
    assert kinds(notices_for(short, at=AT)) == [("shortage", "staff"), ("shortage", "customer")]


def test_a_late_promise_is_told_with_the_order_that_it_is_for():
    late = LateReservation(sku="shirt", site="east", reservation=RESERVED, short=2)
    other = draft(QUOTE, id="o-9", number="SO9")[0]
    known, _ = notices_for(late, at=AT, order=[other, PLACED])
    assert ("order", "o-1", "SO1") in [(s.kind, s.id, s.name) for s in known.subjects]
    assert known.units[0].title == "衬衫"
    unknown, _ = notices_for(late, at=AT, order=other)
    assert ("holder", "o-1", "") in [(s.kind, s.id, s.name) for s in unknown.subjects]
    assert unknown.units[0].title == "shirt"


def test_only_promises_that_were_lost_are_told_of_released_units():
    assert [each.kind.value for each in notices_of(STOCK_EVENTS, policy=EVERYBODY)] == [
        "receipt_moved",
        "receipt_cancelled",
        "promise_lost",
        "backorder_covered",
        "low_stock",
    ]


def about(notice):
    """Tell for whom a notice is, what it names, and which units."""
    subjects = [(each.kind, each.id, each.name) for each in notice.subjects]
    units = [(each.id, each.title, each.quantity) for each in notice.units]
    return notice.kind.value, notice.audience, subjects[1:], units


PLACE = [("sku", "mug", ""), ("site", "east", "")]


def test_of_lost_promises_purchasing_is_told_at_once_and_staff_of_each_order():
    holder, order = ("holder", "c-3", ""), ("order", "o-1", "SO1")
    told_of = [about(each) for each in notices_of(LOST, order=PLACED)]
    assert told_of == [
        (
            "stock_missing",
            "purchasing",
            [*PLACE, holder, order],
            [("c-3", "c-3", 2), ("o-1", "SO1", 3)],
        ),
        ("promise_lost", "staff", [*PLACE, holder], [("mug", "mug", 2)]),
        (
            "promise_lost",
            "staff",
            [*PLACE, order],
            [("2", "mug", 1), ("1", "mug", 2)],
        ),
    ]
    assert {each.urgency for each in notices_of(LOST)} == {Urgency.NOW}


@pytest.mark.parametrize(("sku", "title"), [("shirt", "衬衫"), ("cloth", "cloth")])
def test_what_was_promised_is_called_by_its_name_and_parts_of_it_by_theirs(sku, title):
    lost = LostPromise(reservation="v-1", holder="o-1", line="1", units=2)
    happened = recorded("stock_level", f"east/{sku}", [PromisesLost(sku, "east", [lost])])
    _, called = notices_of(happened, order=PLACED)
    assert [(each.title, each.quantity) for each in called.units] == [(title, 2)]


def test_whose_promises_were_lost_is_told_without_the_orders_too():
    bought, _, called = notices_of(LOST)
    assert [(each.id, each.title) for each in bought.units] == [("c-3", "c-3"), ("o-1", "o-1")]
    assert about(called)[2:] == (
        [*PLACE, ("holder", "o-1", "")],
        [("2", "mug", 1), ("1", "mug", 2)],
    )


def test_each_order_that_has_lost_units_is_a_message_of_its_own():
    known, unknown = ({each.key for each in notices_of(LOST, order=o)} for o in (PLACED, ()))
    assert known == unknown
    assert len(known) == 3
    assert notices_of([*LOST, *LOST]) == notices_of(LOST)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "zh_CN",
            [
                "已预占的库存缺失：east 的 mug × 5",
                "须为以下各方补足：c-3 × 2、SO1 × 3",
                "已预占的库存不足：mug × 2",
                "预占方 c-3",
                "库存：east 的 mug",
                "已预占的库存不足：mug × 1、mug × 2",
                "订单 SO1",
                "库存：east 的 mug",
            ],
        ),
        (
            "en",
            [
                "Promised units are missing: mug × 5 at east",
                "They are missing for: c-3 × 2, SO1 × 3",
                "Promised units are not there any more: mug × 2",
                "Promised to c-3",
                "Stock: mug at east",
                "Promised units are not there any more: mug × 1, mug × 2",
                "Order SO1",
                "Stock: mug at east",
            ],
        ),
    ],
)
def test_lost_promises_are_told_in_both_languages(locale, expected):
    notices = notices_of(LOST, order=PLACED)
    assert [line for each in notices for line in str(each.told(locale)).splitlines()] == expected


def test_however_many_orders_have_lost_units_all_are_named():
    lost = [LostPromise(reservation=f"v{i}", holder=f"o{i}", units=1) for i in range(2000)]
    happened = recorded("stock_level", "east/mug", [PromisesLost("mug", "east", lost)])
    bought, *called = notices_of(happened)
    assert len({each.id for each in bought.subjects}) == 2000 + 3
    assert len({each.key for each in called}) == len(called) == 2000


def test_that_the_reorder_point_is_reached_is_told_as_low_stock_is():
    happened = recorded("stock_level", "east/mug", [ReorderPointReached("mug", "east", 2, 3, 8)])
    (of_event,) = notices_of(happened)
    assert of_event.at == AT
    low = LowStock(sku="mug", site="east", position=2, point=3, order=8)
    (of_finding,) = notices_for(low, at=AT)
    assert str(of_event.told("zh_CN")) == str(of_finding.told("zh_CN"))
    assert (of_event.urgency, of_event.topic) == (of_finding.urgency, of_finding.topic)


# Once


def test_the_same_event_is_told_once_whenever_it_is_told():
    order, happened = did(drafted(), place)
    first = notices_of(happened, order=order)
    assert notices_of([*happened, *happened], order=order) == first
    later = notices_of(happened, order=hold(paid(order), "fraud")[0])
    assert [each.key for each in later] == [each.key for each in first]
    assert later != first
    assert len({each.key for each in first}) == len(first)


def test_two_events_are_two_messages():
    order, one = did(PLACED, lambda o: hold(o, "fraud"))
    order, two = did(release(order, "fraud")[0], lambda o: hold(o, "fraud"))
    keys = [each.key for each in notices_of([*one, *two], order=order)]
    assert len(set(keys)) == 4


@given(
    position=st.integers(-5, 8),
    order=st.integers(0, 30),
    again=st.integers(1, 3),
    other=st.booleans(),
)
def test_the_same_finding_is_told_once(position, order, again, other):
    found = LowStock(sku="mug", site="east", position=position, point=8, order=order)
    changed = evolve(found, order=order + other)
    notices = notices_for([*[found] * again, changed], at=AT)
    assert len(notices) == 1 + other
    assert len({each.topic for each in notices}) == 1
    assert notices_for(found, at=AT)[0] == notices[0]
    assert notices_for(evolve(found, site="west"), at=AT)[0].topic != notices[0].topic


def test_what_is_found_in_another_order_is_told_all_the_same():
    one, two = (set(notices_for(found, at=AT)) for found in (FOUND, FOUND[::-1]))
    assert two - one == set(notices_for(SHORT[::-1], at=AT))  # lines are told as they come


def test_of_which_orders_first_makes_no_difference():
    order, happened = did(drafted(), place)
    other = draft(QUOTE, id="o-9", number="SO9")[0]
    assert notices_of(happened, order=[order, other]) == notices_of(happened, order=[other, order])


# As data


def test_notices_are_data():
    for notice in gallery():
        assert loads(Notice, dumps(notice)) == load(Notice, dump(notice)) == notice
        assert hash(notice) == hash(evolve(notice))


@pytest.mark.parametrize(
    "change",
    [
        {"about": "gossip"},
        {"urgency": "never"},
        {"audience": "王"},
        {"voice": "loud"},
        {"key": ""},
        {"subjects": ["o-1"]},
        {"amount": "462"},
        {"action": "sing"},
        {"at": AT.replace(tzinfo=None)},
    ],
)
def test_what_is_no_notice_is_refused(change):
    with pytest.raises(InvalidInput):
        evolve(gallery()[0], **change)


SECRETS = (
    "秘密",
    "secret",
    "138 0013",
    "example.org",
    "广东",
    "深圳",
    "上海",
    "门铃",
    "c-7",
    "u-7",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_notice_says_who_somebody_is_or_where_they_live(secret):
    for notice in gallery():
        texts = [dumps(notice), repr(notice)]
        for locale in LOCALES:
            words = notice.told(locale)
            texts += [str(words), words.html(), repr(words)]
        assert secret not in "\n".join(texts).lower()


# In words


CHINESE = """\
库存偏低：east 的 mug
现有及在途未占用 7 件，补货点 8 件，建议补货 23 件至 30 件。

建议采购 cloth × 60
用于订单 SO1
需在 2026年11月20日 08:00:00 (Asia/Shanghai) 前到货。
最晚 2026年11月12日 08:00:00 (Asia/Shanghai) 下单。
下单时限已过，请立即下单。
需要 50 件，用于 sofa
库存偏低 10 件，仓 east

库存不足
订单 SO1
衬衫：需要 3 件，可供 1 件（所选仓数量不足；稍后到货；west 有 4 件；2026年11月12日 08:00:00 (Asia/Shanghai) 起可足量供应）
scarf：需要 1 件，可供 0 件（of_our_own；尚不知何时可足量供应）

部分商品暂时缺货
订单 SO1
很抱歉，以下商品目前数量不足：
衬衫：需要 3 件，现有 1 件，缺 2 件；预计 2026年11月12日 08:00:00 (Asia/Shanghai) 备齐
scarf：需要 1 件，现有 0 件，缺 1 件；何时补齐尚不确定

无法安排 上门安装
订单 SO1
2026年11月12日 08:00:00 (Asia/Shanghai) 起有空档。
north，fitter：已被预约，2026年11月12日 08:00:00 (Asia/Shanghai) 起有空
全部同时：没有同时空闲的时间

暂时无法安排您的预约
订单 SO1
很抱歉，上门安装 无法在所选时间内安排。
最早可为您安排在 2026年11月12日 08:00:00 (Asia/Shanghai)。"""  # noqa: E501 - lines as people read them

ENGLISH = """\
Low stock: mug at east
There and on its way, not promised: 7. Reorder point: 8. Proposed order: 23, up to 30.

Buy cloth × 60
For order SO1
Needed by 20 Nov 2026, 00:00:00 (UTC).
To be ordered by 12 Nov 2026, 00:00:00 (UTC).
That is over: order at once.
Needed: 50, for sofa
Low stock: 10, at east

Not enough stock
Order SO1
衬衫: 3 wanted, 1 available (these sites have fewer; more will come; west: 4; enough from 12 Nov 2026, 00:00:00 (UTC) on)
scarf: 1 wanted, 0 available (of_our_own; nobody knows when there will be enough)

Some items are short at the moment
Order SO1
We are sorry that we do not have all of these right now:
衬衫: 1 of 3 ready, 2 short; we expect to have all of them on 12 Nov 2026, 00:00:00 (UTC)
scarf: 0 of 1 ready, 1 short; we do not know yet when we will have more

No free time for 上门安装
Order SO1
Free from 12 Nov 2026, 00:00:00 (UTC) on.
north, fitter: booked, free from 12 Nov 2026, 00:00:00 (UTC) on
all together: never free at the same time

We could not find a time for your appointment
Order SO1
We are sorry: there is no free time for 上门安装.
The earliest we can offer is 12 Nov 2026, 00:00:00 (UTC)."""  # noqa: E501 - lines as people read them


@pytest.mark.parametrize(
    ("locale", "zone", "expected"),
    [("zh_CN", "Asia/Shanghai", CHINESE), ("en_GB", None, ENGLISH)],
)
def test_staff_and_customers_are_told_in_both_languages(locale, zone, expected):
    findings = [LOW, PURCHASE, *SHORT, FOUND[-1]]
    notices = notices_for(findings, at=AT + 2 * DAY, order=PLACED, policy=EVERYBODY)
    assert "\n\n".join(str(each.told(locale, zone=zone)) for each in notices) == expected


@pytest.mark.parametrize(
    ("order", "command", "chinese", "english"),
    [
        (
            drafted(),
            place,
            [
                "已收到您的订单 SO1",
                "衬衫 × 3、scarf × 1、上门安装 × 1",
                "应付 ¥462.00",
                "请支付 ¥462.00。",
            ],
            [
                "We have received your order SO1",
                "衬衫 × 3, scarf × 1, 上门安装 × 1",
                "Total: CN¥462.00",
                "Please pay CN¥462.00.",
            ],
        ),
        (
            PLACED,
            lambda o: hold(o, "fraud"),
            [
                "您的订单 SO1 需要多一点时间",
                "订单正在核对，核对完成后会继续处理并通知您。",
                "您无需任何操作。",
            ],
            [
                "Your order SO1 takes a little longer",
                "We are checking something before it goes on, and will tell you when it does.",
                "There is nothing you need to do.",
            ],
        ),
        (
            asking(PLACED)[0],
            lambda o: capture_payment(o, "p-1", "400", reference="c-1"),
            ["已收到您为订单 SO1 支付的款项", "已收 ¥400.00，谢谢。", "待支付 ¥62.00"],
            [
                "We have received your payment for order SO1",
                "Received: CN¥400.00. Thank you.",
                "Still to be paid: CN¥62.00",
            ],
        ),
        (
            ON_ITS_WAY,
            moving(Move.LOSE),
            [
                "您的订单 SO1 有商品在途中丢失",
                "非常抱歉：衬衫 × 1",
                "您无需任何操作，我们会与您联系处理。",
            ],
            [
                "Part of your order SO1 was lost on the way",
                "We are sorry: 衬衫 × 1",
                "There is nothing you need to do; we will come back to you about it.",
            ],
        ),
    ],
)
def test_a_customer_is_told_what_to_do_if_anything(order, command, chinese, english):
    notice = customers(told(order, command))
    assert str(notice.told("zh_CN")).splitlines() == chinese
    assert str(notice.told("en")).splitlines() == english


def test_a_change_says_what_it_costs():
    _, (notice,) = proposing(STAFF)
    assert str(notice.told("en")).splitlines() == [
        "We propose to change your order SO1",
        "To be changed: item removed, remarks changed, contact changed, address changed",
        "You would pay CN¥45.00 less.",
        "Please tell us whether you agree.",
    ]


def test_every_notice_reads_as_title_and_body_and_never_empty():
    for notice in gallery():
        for locale in LOCALES:
            words = notice.told(locale)
            assert words.title
            assert all(words.lines)
            assert str(words).splitlines() == [words.title, *words.body.splitlines()]
            assert not re.search(r"[{}]|None|  |× 0\b", str(words)), words


def test_an_unknown_language_or_zone_is_refused():
    notice = customers(notices_for(SHORT, at=AT))
    for asked in ({"locale": "de"}, {"zone": "Mars/Base"}):
        with pytest.raises(InvalidValue):
            notice.told(**asked)


HOSTILE = "<script>alert(1)</script> & {order} \"'"


def hostile():
    cart = Cart.of("CNY", [(Product("x", name=HOSTILE), "1.00", 1)])
    quote = price(cart, PromotionBook("CNY", []), at=AT)
    order = draft(quote, id="o-1", number="<b>1</b>")[0]
    (line,) = order.lines
    shortage = Shortage(line=line.id, sku="x", wanted=1)
    return (*notices_for(shortage, at=AT, order=order), *gallery())


def test_hostile_names_are_told_as_they_are_and_never_markup():
    for notice in hostile():
        for locale in LOCALES:
            words = notice.told(locale)
            parsed = parseString(words.html())  # noqa: S318 - our own
            assert {each.tagName for each in parsed.getElementsByTagName("*")} <= {
                "section", "div", "p", "ul", "li",
            }  # fmt: skip
            shown = "\n".join(
                "".join(child.data for child in each.childNodes)
                for tag in ("p", "li")
                for each in parsed.getElementsByTagName(tag)
            )
            assert shown == str(words)
    assert HOSTILE in str(hostile()[0].told("en"))


# What cannot be told


def test_an_event_of_an_order_that_is_not_given_is_refused():
    _, happened = did(PLACED, lambda o: hold(o, "fraud"))
    other = draft(QUOTE, id="o-9", number="SO9")[0]
    for orders in ((), other):
        with pytest.raises(InvalidValue) as caught:
            notices_of(happened, order=orders)
        assert caught.value.path == ("recorded", 0, "aggregate")
        assert caught.value.reason == "other_aggregate"


def test_of_which_order_a_proposal_was_must_be_clear():
    change, _ = propose_change(changing(PLACED), id="ch-1")
    over = recorded("order_change", "ch-1", decline_change(change, "no")[1], 1)
    other = draft(QUOTE, id="o-9", number="SO9")[0]
    with pytest.raises(InvalidValue):
        notices_of(over, order=[PLACED, other])


def test_what_tells_nobody_asks_for_no_order():
    assert notices_of(recorded("order", "o-1", [Noted("秘密")])) == ()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: notices_of(["placed"]), InvalidType),
        (lambda: notices_of([], order=["o-1"]), InvalidType),
        (lambda: notices_of([], order=[PLACED, PLACED]), InvalidDocument),
        (lambda: notices_of([], policy="all"), InvalidType),
        (lambda: notices_for(["low"], at=AT), InvalidType),
        (lambda: notices_for([], at=AT.replace(tzinfo=None)), InvalidValue),
        (lambda: notices_for([], at=AT, order=[PLACED, PLACED]), InvalidDocument),
        (lambda: notices_for([], at=AT, policy="all"), InvalidType),
    ],
)
def test_what_is_no_event_and_no_finding_is_refused(call, error):
    with pytest.raises(error):
        call()
