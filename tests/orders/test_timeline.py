"""The timeline of an order, and what people call statuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve, frozen
from making import AT, BOOK, DETAILS, QUOTE, SERVICES, SITE, drafted, in_state, paid

from ordercore import CartLine, Money, UnitPrice, dumps, price
from ordercore.calendars import Window
from ordercore.data import variant, variants
from ordercore.errors import (
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotReproducible,
    OutOfSequence,
)
from ordercore.events import Actor, AggregateId, Event, Noted, record
from ordercore.orders import (
    ORDER,
    AddLine,
    Agreed,
    ChangeAddress,
    ChangeContact,
    ChangeQuantity,
    ChangeRemarks,
    ChangeService,
    ChangeState,
    Edit,
    EditDetail,
    EntryKind,
    FulfilmentStatus,
    Move,
    OrderState,
    OrderStep,
    Origin,
    OverridePrice,
    PaymentStatus,
    RemoveLine,
    ReturnStatus,
    ServiceWish,
    TimelineUnits,
    approve_refund,
    cancel,
    capture_payment,
    confirm,
    confirm_change,
    decline_change,
    draft,
    fail_payment,
    fail_refund,
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
    submit_refund,
    succeed_refund,
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
                "details": (
                    EditDetail(
                        kind="remove_line",
                        line="2",
                        title="scarf",
                        before=Agreed(quantity=1, unit_price=UnitPrice.of("45.00", "CNY")),
                    ),
                    EditDetail(
                        kind="add_line",
                        line="4",
                        title="hat",
                        after=Agreed(quantity=2, unit_price=HAT.unit_price),
                    ),
                    EditDetail(kind="change_remarks"),
                ),
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
    empty = {"subject": "", "reason": "", "units": (), "amount": None, "edits": (), "details": ()}
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


# What a change has changed


def changing_all(order):
    edits = [
        ChangeQuantity("1", 5),
        OverridePrice("1", UnitPrice.of("119.00", "CNY"), "价保"),
        ChangeService("3", ServiceWish(appointment=Window(AT, None))),
        ChangeAddress(SITE),
        ChangeContact(Contact("秘密人")),
    ]
    return confirm_change(order, preview_change(order, edits, lambda c: price(c, BOOK, at=AT)))


def with_services():
    return draft(QUOTE, id="o-1", number="1", details=DETAILS, services=SERVICES)


def test_what_a_change_has_changed_is_told_line_by_line_from_what_to_what():
    found = timeline(*lived(place, changing_all, order=with_services()))
    assert found.of(EntryKind.HAPPENED)[-1].details == (
        EditDetail(
            kind="change_quantity",
            line="1",
            title="衬衫",
            before=Agreed(quantity=3),
            after=Agreed(quantity=5),
        ),
        EditDetail(
            kind="override_price",
            line="1",
            title="衬衫",
            before=Agreed(unit_price=UnitPrice.of("129.00", "CNY")),
            after=Agreed(unit_price=UnitPrice.of("119.00", "CNY")),
            reason="价保",
        ),
        EditDetail(
            kind="change_service",
            line="3",
            title="上门安装",
            before=Agreed(appointment=SERVICES["3"].appointment, place="CN 上海市"),
            after=Agreed(appointment=Window(AT, None)),
        ),
        EditDetail(
            kind="change_address",
            before=Agreed(place="CN 广东省"),
            after=Agreed(place="CN 上海市"),
        ),
        EditDetail(kind="change_contact"),
    )
    at, later = "2026年11月11日 00:00:00 (UTC)", "2026年11月11日 02:00:00 (UTC)"
    assert found.told("zh_CN")[2].partition(") ")[2] == (
        "变更订单：衬衫 数量 3 → 5；衬衫 单价 ¥129.00 → ¥119.00（价保）；"
        f"上门安装 预约 {at} 至 {later} CN 上海市 • → {at} 至 …；"
        "地址 CN 广东省 • → CN 上海市 •；修改联系人，应付 ¥670.00（员工）"
    )
    assert "秘密" not in dumps(found) + "".join(found.told("zh_CN"))


def test_the_units_that_were_kept_before_a_change_are_those_of_then():
    commands = [place, lambda o: cancel(o, "x", {"1": 1}), changing_all]
    entries = timeline(*lived(*commands, order=with_services())).of(EntryKind.HAPPENED)
    assert entries[-1].details[0].before == Agreed(quantity=2)


def test_where_events_are_left_out_a_change_tells_only_what_is_from_now_on():
    order, events = lived(place, changing_all, order=with_services())
    for some in (events[1:], events[:1] + events[2:]):
        page = timeline(order, some)
        (entry,) = (each for each in page.entries if each.code == "order_changed")
        assert [each.before for each in entry.details] == [None] * 5
        assert entry.details[0].after == Agreed(quantity=5)
        (line,) = (line for line in page.told("en") if "Order changed" in line)
        told = "衬衫: quantity now 5; 衬衫: unit price now CN¥119.00 (价保); 上门安装: appointment"
        assert told in line


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


def test_what_is_asked_for_beyond_what_is_due_is_told():
    order = place(drafted())[0]
    for name in ("p-1", "p-2"):
        order, _ = request_payment(order, "400", id=name, method="card")
    due = ("payment_due", "", "CNY 462.00")
    assert awaited(order) == [due, ("payment_excess", "", "CNY 338.00")]
    excess = timeline(order, ())
    assert "Awaited: CN¥338.00 more asked for than is due" in excess.told("en")
    assert "待处理：请求收款超出应付 ¥338.00" in excess.told("zh_CN")


def test_money_that_is_owed_to_the_customer_is_awaited_until_a_refund_is_asked_for():
    order = paid(place(drafted())[0])
    some = cancel(order, "sold_out", {"2": 1})[0]
    assert awaited(some) == [("refund_owed", "", "CNY 40.60")]
    assert awaited(cancel(order, "sold_out")[0]) == [("refund_owed", "", "CNY 462.00")]
    page = timeline(some, ())
    assert "Awaited: CN¥40.60 to be refunded" in page.told("en")
    assert "待处理：待退 ¥40.60" in page.told("zh_CN")
    some, _ = request_refund(some, owed_refund(some), id="r-1", reason="sold_out")
    assert awaited(some) == [("refund_due", "r-1", "CNY 40.60")]
    for step in (approve_refund, submit_refund, succeed_refund):
        some, _ = step(some, "r-1")
    assert awaited(some) == []


def test_money_that_a_failed_refund_may_still_give_back_is_awaited_once():
    order = cancel(paid(place(drafted())[0]), "sold_out", {"2": 1})[0]
    order, _ = request_refund(order, owed_refund(order), id="r-1", reason="sold_out")
    for step in (approve_refund, submit_refund, lambda o, name: fail_refund(o, name, "bank")):
        order, _ = step(order, "r-1")
    due = ("refund_due", "r-1", "CNY 40.60")
    assert awaited(order) == [due]
    more = cancel(order, "sold_out", {"1": 1})[0]
    assert awaited(more) == [("refund_owed", "", "CNY 116.40"), due]


def test_what_was_paid_too_much_is_awaited():
    order = paid(place(drafted())[0], "500")
    assert awaited(order) == [("refund_owed", "", "CNY 38.00")]


def test_what_is_owed_is_told_by_shares_where_the_price_comes_out_otherwise_by_now():
    order = cancel(paid(place(drafted())[0]), "sold_out", {"2": 1})[0]
    parts = owed_refund(order, "reprice")
    order = request_refund(order, parts, id="r-1", reason="sold_out")[0]
    order = cancel(order, "sold_out", {"1": 1})[0]
    order = evolve(order, quote=evolve(order.quote, points_earned=7))
    with pytest.raises(NotReproducible):
        owed_refund(order)
    shares = owed_refund(order, "keep_shares").amount
    assert ("refund_owed", "", str(shares)) in awaited(order)


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
        "变更订单：移除 scarf 1 × ¥45.00；新增 hat 2 × ¥9.00；修改备注，应付 ¥435.00（员工）",
    ]
    assert chinese[6:] == (
        "待处理：挂起原因 fraud",
        "待处理：待退 ¥27.00",
        "下一步：确认（须先满足：无挂起原因）",
        "下一步：取消",
    )
    assert found.told("en")[-4:] == (
        "Awaited: held for fraud",
        "Awaited: CN¥27.00 to be refunded",
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
    keys = {f"timeline.{code}" for code in codes}
    keys |= {f"edit.{each}" for tag in variants(Edit) for each in (tag, f"kind.{tag}")}
    for locale in LOCALES:
        assert keys - CATALOGUES[locale].messages.keys() == set()


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
