"""The timeline of an order, and what people call statuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve, frozen
from making import AT, BOOK, DETAILS, QUOTE, drafted, in_state

from ordercore import CartLine, Money, dumps, price
from ordercore.data import variant, variants
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, OutOfSequence
from ordercore.events import Actor, AggregateId, Event, Noted, record
from ordercore.orders import (
    ORDER,
    AddLine,
    ChangeAddress,
    ChangeContact,
    ChangeRemarks,
    ChangeState,
    Edit,
    EntryKind,
    FulfilmentStatus,
    Move,
    OrderState,
    OrderStep,
    Origin,
    PaymentStatus,
    RemoveLine,
    ReturnStatus,
    TimelineUnits,
    cancel,
    capture_payment,
    confirm,
    confirm_change,
    decline_change,
    draft,
    fail_payment,
    hold,
    merge,
    move_units,
    note,
    owed_refund,
    place,
    preview_change,
    propose_change,
    release,
    replace_units,
    reprice,
    request_payment,
    request_refund,
    split,
    status_label,
    timeline,
)
from ordercore.orders.changes.machine import ChangeStep
from ordercore.parties import Contact
from ordercore.wording import CATALOGUES

HAT = CartLine.of("4", "hat", 2, "9.00", "CNY")
LOCALES = ("zh_CN", "en")


def recorded(order, events, after=0, actor=Actor("staff", "u-7")):  # noqa: B008 - frozen
    return record(
        events,
        aggregate=AggregateId("order", order.id),
        after=after,
        ids=[f"e-{after + n}" for n in range(len(events))],
        at=AT + timedelta(hours=after),
        actor=actor,
        cause=f"c-{after}",
    )


def lived(*commands, order=None):
    """Run commands one after the other and record what they tell."""
    order, events = draft(QUOTE, id="o-1", number="1", details=DETAILS) if order is None else order
    told = [*recorded(order, events)]
    for command in commands:
        after = order.version
        order, more = command(order)
        told += recorded(order, more, after)
    return order, told


def told(*commands):
    return timeline(*lived(*commands))


def last(*commands):
    return told(*commands).of(EntryKind.HAPPENED)[-1]


# What has happened


def test_everything_that_has_happened_is_told_in_order_with_instant_and_actor():
    entries = told(place, lambda o: confirm(o, payment_policy_met=True)).of(EntryKind.HAPPENED)
    assert [each.code for each in entries] == ["order_drafted", "order_placed", "order_confirmed"]
    assert [each.sequence for each in entries] == [1, 2, 3]
    assert [each.at - AT for each in entries] == [timedelta(hours=n) for n in (0, 1, 2)]
    assert {each.actor for each in entries} == {Actor("staff", "u-7")}
    first = entries[0]
    assert first.amount == QUOTE.payable
    assert first.units == (
        TimelineUnits("1", "衬衫", 3),
        TimelineUnits("2", "scarf", 1),
        TimelineUnits("3", "上门安装", 1),
    )


def changing(order):
    quote = lambda cart: price(cart, BOOK, at=AT)  # noqa: E731
    edits = [RemoveLine("2"), AddLine(HAT), ChangeRemarks("秘密")]
    return confirm_change(order, preview_change(order, edits, quote))


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ([lambda o: reprice(o, QUOTE)], {"code": "order_priced", "amount": QUOTE.payable}),
        ([place, lambda o: hold(o, "fraud")], {"code": "order_held", "reason": "fraud"}),
        (
            [place, lambda o: hold(o, "fraud"), lambda o: release(o, "fraud")],
            {"code": "order_released", "reason": "fraud"},
        ),
        (
            [place, lambda o: cancel(o, "sold_out", {"2": 1})],
            {
                "code": "units_cancelled",
                "reason": "sold_out",
                "units": (TimelineUnits("2", "scarf", 1),),
            },
        ),
        (
            [place, lambda o: move_units(o, "allocate", {"1": 2})],
            {"code": "units_moved.allocate", "units": (TimelineUnits("1", "衬衫", 2),)},
        ),
        (
            [place, changing],
            {
                "code": "order_changed",
                "edits": ("remove_line", "add_line", "change_remarks"),
                "amount": QUOTE.payable + Money.of("-27", "CNY"),
            },
        ),
        (
            [place, lambda o: request_payment(o, "462", id="p-1", method="card")],
            {"code": "payment_requested", "subject": "p-1", "amount": QUOTE.payable},
        ),
        (
            [
                place,
                lambda o: request_payment(o, "462", id="p-1", method="card"),
                lambda o: fail_payment(o, "p-1", "declined"),
            ],
            {"code": "payment_failed", "subject": "p-1", "reason": "declined"},
        ),
        (
            [place, lambda o: split(o, {"1": 1}, id="o-2", number="2")[0]],
            {
                "code": "order_split",
                "subject": "o-2",
                "units": (TimelineUnits("1", "衬衫", 1),),
            },
        ),
        ([lambda o: note(o, "秘密")], {"code": "noted"}),
    ],
)
def test_an_entry_has_its_numbers_and_codes(commands, expected):
    entry = last(*commands)
    empty = {"subject": "", "reason": "", "units": (), "amount": None, "edits": ()}
    found = {name: getattr(entry, name) for name in (*empty, "code")}
    assert found == {**empty, **expected}


def test_lines_that_are_gone_still_have_their_titles():
    entry = told(place, changing, lambda o: cancel(o, "x", {"4": 1})).of(EntryKind.HAPPENED)[-1]
    assert entry.units == (TimelineUnits("4", "hat", 1),)
    first = told(place, changing).entries[0]
    assert TimelineUnits("2", "scarf", 1) in first.units


def test_lines_that_came_with_another_order_and_are_gone_have_their_titles():
    one, _ = lived(place)
    (one, _), (two, _) = split(one, {"2": 1}, id="o-2", number="2")
    whole, into = merge(one, two)[0]
    quote = lambda cart: price(cart, BOOK, at=AT)  # noqa: E731
    order, gone = confirm_change(whole, preview_change(whole, [RemoveLine("2")], quote))
    events = recorded(order, (*into, *gone), one.version)
    assert TimelineUnits("2", "scarf", 1) in timeline(order, events).entries[0].units


def test_parts_of_an_order_tell_of_each_other():
    one = place(drafted())[0]
    (one, _), (two, begun) = split(one, {"1": 1}, id="o-2", number="2")
    (entry, *_) = timeline(two, recorded(two, begun)).entries
    assert (entry.code, entry.subject, entry.amount) == ("order_split_off", "o-1", two.payable)
    (whole, into), (gone, over) = merge(one, two)
    (entry, *_) = timeline(whole, recorded(whole, into, whole.version - 1)).entries
    assert (entry.code, entry.subject) == ("order_merged", "o-2")
    (entry, *_) = timeline(gone, recorded(gone, over, 1)).entries
    assert (entry.code, entry.subject) == ("order_merged_into", "o-1")


def test_a_replacement_is_told_with_its_order():
    order = in_state(OrderState.COMPLETED)
    (order, events), _ = replace_units(order, {"1": 1}, QUOTE, case="r-1", id="o-2", number="2")
    (entry, *_) = timeline(order, recorded(order, events, order.version - 1)).entries
    assert (entry.code, entry.subject) == ("units_replaced", "o-2")


def test_nothing_private_is_told():
    edits = [
        ChangeRemarks("秘密"),
        ChangeContact(Contact("秘密人")),
        ChangeAddress(DETAILS.billing),
    ]

    def change(order):
        return confirm_change(order, preview_change(order, edits))

    found = told(place, change, lambda o: note(o, "秘密"))
    for locale in LOCALES:
        assert "秘密" not in "".join(found.told(locale))
    assert "秘密" not in dumps(found)


# What is awaited, and what may come


def awaited(order, **more):
    return [
        (each.code, each.subject or each.reason, "" if each.amount is None else str(each.amount))
        for each in timeline(order, (), **more).of(EntryKind.AWAITED)
    ]


def test_what_is_to_be_paid_is_awaited_until_it_is():
    order = place(drafted())[0]
    assert awaited(drafted()) == []
    assert awaited(order) == [("payment_due", "", "CNY 462.00")]
    order, _ = request_payment(order, "462", id="p-1", method="card")
    order, _ = capture_payment(order, "p-1", "400", reference="c-1")
    assert awaited(order) == [("payment_due", "", "CNY 62.00")]
    order, _ = capture_payment(order, "p-1", "62", reference="c-2")
    assert awaited(order) == []


def test_holds_and_refunds_are_awaited():
    order = hold(place(drafted())[0], "fraud")[0]
    order, _ = request_payment(order, "462", id="p-1", method="card")
    order, _ = capture_payment(order, "p-1", reference="c-1")
    order, _ = cancel(order, "sold_out", {"2": 1})
    order, _ = request_refund(order, owed_refund(order), id="r-1", reason="sold_out")
    amount = str(order.refunds[0].amount)
    assert awaited(order) == [("held", "fraud", ""), ("refund_due", "r-1", amount)]


def test_a_proposed_change_is_awaited_until_it_is_stale_or_over():
    order = place(drafted())[0]
    preview = preview_change(order, [RemoveLine("2")], lambda cart: price(cart, BOOK, at=AT))
    change, _ = propose_change(preview, id="ch-1")
    due = ("payment_due", "", "CNY 462.00")
    assert awaited(order, changes=[change]) == [due, ("change_proposed", "ch-1", "CNY -45.00")]
    later = note(order, "x")[0]
    assert awaited(later, changes=[change]) == [due, ("change_stale", "ch-1", "CNY -45.00")]
    assert awaited(order, changes=[decline_change(change, "no")[0]]) == [due]


@pytest.mark.parametrize("state", OrderState)
def test_the_next_steps_are_those_that_the_machine_allows(state):
    entries = timeline(in_state(state), ()).of(EntryKind.NEXT)
    assert tuple(each.code for each in entries) == ORDER.allowed(state)


def test_what_is_in_the_way_of_a_step_is_told():
    order = hold(place(drafted())[0], "fraud")[0]
    found = timeline(order, (), payment_policy_met={"paid": "0"}).of(EntryKind.NEXT)
    unmet = {each.code: [told.guard for told in each.unmet] for each in found}
    assert unmet == {"confirm": ["no_holds", "payment_policy_met"], "cancel": []}


# In words


def test_a_timeline_reads_in_both_languages():
    def paid(order):
        order, one = request_payment(order, "462", id="p-1", method="card")
        order, two = capture_payment(order, "p-1", reference="c-1")
        return order, (*one, *two)

    order, events = lived(place, paid, lambda o: hold(o, "fraud"), changing)
    found = timeline(order, events)
    at = "2026年11月11日 08:00:00 (Asia/Shanghai)"
    assert found.told("zh_CN", zone="Asia/Shanghai")[:2] == (
        f"{at} 创建订单：衬衫 × 3、scarf × 1、上门安装 × 1，应付 ¥462.00（员工）",
        "2026年11月11日 09:00:00 (Asia/Shanghai) 提交订单（员工）",
    )
    chinese = found.told("zh_CN")
    assert [line.partition(") ")[2] for line in chinese[2:6]] == [
        "发起支付 p-1：¥462.00（员工）",
        "支付 p-1 已收款 ¥462.00（员工）",
        "挂起（fraud）（员工）",
        "变更订单：移除商品、新增商品、修改备注，应付 ¥435.00（员工）",
    ]
    assert chinese[6:] == (
        "待处理：挂起原因 fraud",
        "下一步：确认（须先满足：无挂起原因）",
        "下一步：取消",
    )
    assert found.told("en")[-3:] == (
        "Awaited: held for fraud",
        "Next: confirm (first: no holds)",
        "Next: cancel",
    )


def test_a_role_without_a_label_is_told_as_it_is():
    order, events = draft(QUOTE, id="o-1", number="1")
    line = timeline(order, recorded(order, events, actor=Actor("carrier"))).told("zh")[0]
    assert line.endswith("（carrier）")


@variant(Event, "gift_wrapped")
@frozen
class GiftWrapped(Event):
    """An event of a host's own."""


def test_an_event_of_a_hosts_own_is_told_by_its_tag():
    order = drafted()
    found = timeline(order, recorded(order, [GiftWrapped()]))
    assert found.entries[0].code == "gift_wrapped"
    assert found.told()[0].endswith("gift_wrapped (staff)")


def test_every_event_of_orders_has_words():
    codes = {
        tag
        for tag, cls in variants(Event).items()
        if cls.__module__.startswith("ordercore.orders.") and not tag.startswith("change_")
    }
    codes = (codes - {"units_moved"}) | {f"units_moved.{move}" for move in Move} | {"noted"}
    codes |= {f"edit.{tag}" for tag in variants(Edit)}
    for locale in LOCALES:
        known = CATALOGUES[locale].messages
        assert sorted(code for code in codes if f"timeline.{code}" not in known) == []


# What is refused


def test_events_of_another_order_or_out_of_order_are_refused():
    order, events = lived(place)
    with pytest.raises(InvalidValue) as caught:
        timeline(evolve(order, id="o-9"), events)
    assert (caught.value.path, caught.value.reason) == (
        ("recorded", 0, "aggregate"),
        "other_aggregate",
    )
    assert len(timeline(order, events[1:]).of(EntryKind.HAPPENED)) == 1
    for wrong in (events[::-1], [events[0], events[0]]):
        with pytest.raises(OutOfSequence):
            timeline(order, wrong)
    with pytest.raises(OutOfSequence):
        timeline(drafted(), events)


def test_proposals_of_another_order_are_refused():
    order = place(drafted())[0]
    change, _ = propose_change(preview_change(order, [ChangeRemarks("x")]), id="ch-1")
    with pytest.raises(InvalidValue) as caught:
        timeline(evolve(order, id="o-9"), (), changes=[change])
    assert caught.value.path == ("changes", 0, "order")


@pytest.mark.parametrize(
    "call",
    [
        lambda: timeline(None, ()),
        lambda: timeline(drafted(), None),
        lambda: timeline(drafted(), [Noted("x")]),
        lambda: timeline(drafted(), (), changes=["x"]),
        lambda: timeline(place(drafted())[0], (), payment_policy_met="yes"),
        lambda: timeline(drafted(), ()).told("fr"),
        lambda: timeline(*lived()).told("en", zone="Mars/Phobos"),
    ],
)
def test_what_is_no_order_and_no_event_is_refused(call):
    with pytest.raises(InvalidInput):
        call()


# What people call statuses


@pytest.mark.parametrize(
    ("status", "chinese", "english"),
    [
        (OrderState.PLACED, "已下单", "placed"),
        (OrderStep.CANCEL, "取消", "cancel"),
        (ChangeState.PROPOSED, "待确认", "proposed"),
        (ChangeStep.DECLINE, "拒绝", "decline"),
        (FulfilmentStatus.NONE, "无需发货", "nothing to ship"),
        (FulfilmentStatus.UNSHIPPED, "未发货", "not shipped"),
        (FulfilmentStatus.PARTIALLY_SHIPPED, "部分发货", "partially shipped"),
        (FulfilmentStatus.SHIPPED, "已发货", "shipped"),
        (FulfilmentStatus.DELIVERED, "已送达", "delivered"),
        (ReturnStatus.NONE, "无退货", "no returns"),
        (ReturnStatus.RETURNED, "已退货", "returned"),
        (PaymentStatus.PARTIALLY_PAID, "部分付款", "partially paid"),
        (Origin.REPLACEMENT, "换货补发", "replacement"),
    ],
)
def test_a_status_is_called_as_people_do(status, chinese, english):
    assert [status_label(status, locale) for locale in ("zh-CN", "en_GB")] == [chinese, english]
    assert status_label(status) == english


@pytest.mark.parametrize(
    "kind",
    [
        OrderState,
        OrderStep,
        ChangeState,
        ChangeStep,
        FulfilmentStatus,
        ReturnStatus,
        PaymentStatus,
        Origin,
    ],
)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_member_has_a_label_of_its_own(kind, locale):
    assert len({status_label(member, locale) for member in kind}) == len(kind)


@pytest.mark.parametrize("status", ["placed", None, EntryKind.NEXT, OrderState])
def test_what_is_no_status_has_no_label(status):
    with pytest.raises(InvalidType):
        status_label(status)


def test_a_status_has_no_label_in_a_language_without_words():
    for status in (OrderState.PLACED, ReturnStatus.NONE):
        with pytest.raises(InvalidValue):
            status_label(status, "fr")
