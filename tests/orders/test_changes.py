"""Changes of orders: what each edit does, what forbids one, consent, and the law F17.

- F17: the preview of a change is exactly its result.
- F13: cancelled + shipped + open = ordered, and what was shipped or given back stays.
- What was given back is not made cheaper; and it is the same whether units go back before a
  change or after it.
- To propose a change is no event of the order.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from making import (
    AT,
    BOOK,
    CART,
    DETAILS,
    HOME,
    QUOTE,
    SERVICES,
    SITE,
    counters,
    drafted,
    in_state,
    moved,
)

from ordercore import (
    Cart,
    CartLine,
    Money,
    PromotionBook,
    QuoteRecord,
    Tariff,
    dumps,
    loads,
    price,
)
from ordercore.calendars import Window
from ordercore.errors import (
    CurrencyMismatch,
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
    VersionConflict,
)
from ordercore.events import Actor, AggregateId, Recorded, record, replay
from ordercore.lifecycle import TransitionRefused
from ordercore.money import UnitPrice
from ordercore.orders import (
    MAX_EDITS,
    ORDER_CHANGE,
    AddLine,
    ChangeAddress,
    ChangeCancelled,
    ChangeConfirmed,
    ChangeContact,
    ChangeDeclined,
    ChangeProposed,
    ChangeQuantity,
    ChangeRemarks,
    ChangeService,
    ChangeState,
    Edit,
    LineUnits,
    Order,
    OrderChange,
    OrderChanged,
    OrderState,
    OverridePrice,
    QuotedUnits,
    RefundParts,
    RemoveLine,
    ServiceWish,
    anonymise,
    apply,
    apply_change,
    approve_refund,
    cancel,
    cancel_change,
    cancel_refund,
    capture_payment,
    changed_cart,
    confirm,
    confirm_change,
    confirm_proposed,
    decline_change,
    draft,
    fail_refund,
    hold,
    move_units,
    owed_refund,
    place,
    preview_change,
    propose_change,
    proposed_refund,
    rebuild,
    replace_units,
    request_payment,
    request_refund,
    submit_refund,
    succeed_refund,
)
from ordercore.parties import Contact
from ordercore.tariffs import PayableRounding, Taxes, TaxRate

DRAFT, PLACED, CONFIRMED, COMPLETED, CANCELLED = OrderState

HAT = CartLine.of("4", "hat", 2, "9.00", "CNY")
LATER = ServiceWish(appointment=Window(AT + timedelta(days=1), AT + timedelta(days=2)))
NO_OFFERS = PromotionBook("CNY", [])


def priced(cart):
    return price(cart, BOOK, at=AT)


def changed(order, *edits, quote=priced):
    return confirm_change(order, preview_change(order, edits, quote))[0]


def unmet(order, *edits, quote=priced):
    found = preview_change(order, edits, quote)
    assert found.after is None
    assert found.is_allowed is (not found.unmet)
    return {each.guard: dict(each.details) for each in found.unmet}


def faults_of(call):
    with pytest.raises(InvalidDocument) as caught:
        call()
    return [(fault.path, fault.reason) for fault in caught.value.faults]


def paid(order, amount):
    order, _ = request_payment(order, amount, id="p-1", method="card")
    return capture_payment(order, "p-1", reference="c-1")[0]


def refunded(order, units):
    parts = proposed_refund(order, units)
    return request_refund(order, parts, id=f"r-{order.version}", reason="broken")[0]


# What each edit does


@pytest.mark.parametrize("state", [DRAFT, PLACED, CONFIRMED])
def test_a_line_is_added_with_its_own_share_of_the_new_price(state):
    order = changed(in_state(state), AddLine(HAT))
    assert [line.id for line in order.lines] == ["1", "2", "3", "4"]
    assert counters(order, "4") == {"ordered": 2}
    assert order.line("4").quoted == QuotedUnits("4")
    assert order.state is state
    assert order.payable == priced(order.quote.cart).payable


def test_a_service_may_be_added():
    visit = CartLine.of("v", "visit", 1, "80.00", "CNY")
    order = changed(in_state(PLACED), AddLine(visit, LATER))
    assert order.line("v").service == LATER


def test_a_line_is_removed():
    order = changed(in_state(CONFIRMED), RemoveLine("2"))
    assert [line.id for line in order.lines] == ["1", "3"]
    assert [line.id for line in order.quote.cart.lines] == ["1", "3"]


@pytest.mark.parametrize("quantity", [1, 2, 3, 7])
def test_a_line_keeps_as_many_units_as_are_asked_for(quantity):
    order = changed(in_state(CONFIRMED), ChangeQuantity("1", quantity))
    assert counters(order, "1") == {"ordered": quantity}
    assert order.quote.cart.line("1").quantity == quantity


def test_units_that_are_taken_away_give_their_allocations_free_but_for_those_that_are_open():
    order = moved(in_state(CONFIRMED), "allocate", units={"1": 2, "2": 1})
    preview = preview_change(order, [ChangeQuantity("1", 1), RemoveLine("2")], priced)
    assert preview.freed == (LineUnits("1", 1), LineUnits("2", 1))
    order, (event,) = confirm_change(order, preview)
    assert event.freed == preview.freed
    assert counters(order, "1") == {"ordered": 1, "allocated": 1}


def test_cancelled_units_stay_in_the_books_and_in_the_price():
    order = cancel(in_state(CONFIRMED), "sold_out", {"1": 1})[0]
    order = changed(order, ChangeQuantity("1", 4))
    assert counters(order, "1") == {"ordered": 5, "cancelled": 1}
    assert order.quote.cart.line("1").quantity == 5
    order = changed(order, RemoveLine("1"))
    assert counters(order, "1") == {"ordered": 1, "cancelled": 1}


def test_a_price_is_overridden_and_promotions_look_at_the_new_one():
    given = OverridePrice("1", UnitPrice.of("50.00", "CNY"), "价保")
    order, (event,) = confirm_change(
        in_state(PLACED), preview_change(in_state(PLACED), [given], priced)
    )
    assert order.quote.cart.line("1").unit_price == given.unit_price
    assert str(order.payable) == "CNY 275.00"  # under 300: no promotion any more
    assert event.edits == (given,)


def test_a_quantity_and_a_price_of_one_line_change_together():
    cheap = OverridePrice("1", UnitPrice.of("0.00", "CNY"), "gift")
    order = changed(in_state(PLACED), ChangeQuantity("1", 1), cheap)
    assert str(order.quote.cart.line("1").unit_price) == "CNY 0.00"
    assert counters(order, "1") == {"ordered": 1}


def test_where_to_whom_to_ask_and_remarks_need_no_new_price():
    order = in_state(CONFIRMED)
    edits = [
        ChangeAddress(SITE),
        ChangeContact(Contact("另一人")),
        ChangeRemarks("放门口"),
        ChangeService("3", LATER),
    ]
    preview = preview_change(order, edits)
    assert preview.difference.is_zero
    after = preview.after
    assert after.details == evolve(
        DETAILS, delivery=SITE, contact=Contact("另一人"), remarks="放门口"
    )
    assert after.line("3").service == LATER
    assert (after.quote, after.ledgers) == (order.quote, order.ledgers)


def test_another_address_may_come_with_another_price_of_shipping():
    edits = [ChangeAddress(SITE)]
    order = in_state(PLACED)
    cart = evolve(changed_cart(order, edits), shipping=Money.of("12.00", "CNY"))
    preview = preview_change(order, edits, priced(cart))
    assert str(preview.difference) == "CNY 12.00"
    assert preview_change(order, edits, QuoteRecord.of(priced(cart))).after == preview.after


@pytest.mark.parametrize(
    ("edits", "difference"),
    [
        ([AddLine(HAT)], "CNY 18.00"),
        ([RemoveLine("2")], "CNY -45.00"),
        ([ChangeQuantity("1", 1)], "CNY -208.00"),  # 125 + 129 is less than 300
        ([ChangeRemarks("x")], "CNY 0.00"),
    ],
)
def test_the_difference_says_what_is_to_be_paid_more_or_given_back(edits, difference):
    assert str(preview_change(in_state(PLACED), edits, priced).difference) == difference


# The price


def test_the_cart_that_would_be_has_the_lines_of_the_order_under_their_ids():
    order = cancel(in_state(CONFIRMED), "sold_out", {"1": 1})[0]
    cart = changed_cart(order, [AddLine(HAT), RemoveLine("2")])
    assert [(line.id, line.quantity) for line in cart.lines] == [("1", 3), ("3", 1), ("4", 2)]
    assert cart.shipping == order.quote.cart.shipping


def test_what_was_changed_may_be_changed_again():
    order = changed(in_state(PLACED), AddLine(HAT), ChangeQuantity("1", 2))
    order = changed(order, ChangeQuantity("1", 3), RemoveLine("4"))
    assert order == evolve(in_state(PLACED), version=4)


@pytest.mark.parametrize(
    ("quote", "details"),
    [
        (None, {"quote": "missing"}),
        (priced(Cart("CNY", [])), {"1": "not priced", "2": "not priced", "3": "not priced"}),
        (
            lambda cart: priced(evolve(cart, lines=[*cart.lines[1:], HAT])),
            {"1": "not priced", "4": "not wanted"},
        ),
        (
            lambda cart: priced(
                evolve(
                    cart,
                    lines=[
                        evolve(cart.lines[0], quantity=9, unit_price=HAT.unit_price),
                        *cart.lines[1:],
                    ],
                )
            ),
            {"1": "quantity, unit_price"},
        ),
    ],
)
def test_the_price_is_of_the_cart_that_would_be_and_of_no_other(quote, details):
    assert unmet(in_state(PLACED), ChangeQuantity("1", 2), quote=quote) == {"priced": details}


def test_a_draft_without_a_price_takes_what_needs_none():
    order = drafted(what=Cart.of("CNY", [("cap", "45", 1)]), services={})
    assert changed(order, ChangeAddress(SITE), quote=None).details.delivery == SITE
    for edit in (ChangeQuantity("1", 2), AddLine(HAT), OverridePrice("1", HAT.unit_price, "x")):
        assert "priced" in unmet(order, edit, quote=None)
        assert "priced" in unmet(order, edit, quote=priced(Cart("CNY", [HAT])))
        with pytest.raises(InvalidValue) as caught:
            changed_cart(order, [edit])
        assert caught.value.reason == "unpriced"


# What forbids a change


def test_what_was_shipped_is_not_taken_away():
    order = moved(in_state(CONFIRMED), "allocate", "ship", units={"1": 2, "2": 1})
    expected = {"units_open": {"1": "2 shipped", "2": "1 shipped"}}
    assert unmet(order, ChangeQuantity("1", 1), RemoveLine("2")) == expected
    assert counters(changed(order, ChangeQuantity("1", 2)), "1") == {"ordered": 2, "shipped": 2}


def test_where_to_comes_too_late_when_nothing_is_open():
    order = moved(in_state(CONFIRMED), "allocate", "ship", units={"1": 3, "2": 1})
    assert unmet(order, ChangeAddress(SITE)) == {"units_open": {"delivery": "nothing open"}}
    assert changed(order, ChangeService("3", LATER)).line("3").service == LATER
    order = moved(order, "allocate", "ship", units={"3": 1})
    assert unmet(order, ChangeService("3", LATER)) == {"units_open": {"3": "nothing open"}}


def test_a_service_without_a_site_is_done_at_the_address_and_keeps_it_open():
    order = changed(in_state(CONFIRMED), ChangeService("3", LATER))
    order = moved(order, "allocate", "ship", units={"1": 3, "2": 1})
    assert changed(order, ChangeAddress(SITE)).details.delivery == SITE


def test_something_is_left_of_an_order_that_is_placed():
    edits = [RemoveLine(name) for name in "123"]
    assert unmet(in_state(PLACED), *edits) == {"units_left": {}}
    assert changed(in_state(DRAFT), *edits).lines == ()


def test_goods_that_are_added_need_an_address():
    services = dict.fromkeys("123", SERVICES["3"])
    order = drafted(details=evolve(DETAILS, delivery=None), services=services)
    assert unmet(place(order)[0], AddLine(HAT)) == {"place_known": {"4": "goods"}}
    visit = AddLine(HAT, LATER)
    assert unmet(place(order)[0], visit) == {"place_known": {"4": "service"}}
    assert changed(place(order)[0], visit, ChangeAddress(HOME)).details.delivery == HOME
    assert changed(order, AddLine(HAT)).state is DRAFT


@pytest.mark.parametrize("state", [COMPLETED, CANCELLED])
def test_an_order_that_is_over_is_not_changed(state):
    order = in_state(state)
    for edit in (ChangeRemarks("x"), AddLine(HAT)):
        assert unmet(order, edit)["order_going_on"] == {"state": state.value}
        with pytest.raises(TransitionRefused):
            changed(order, edit)
        with pytest.raises(InvalidValue):
            apply(order, OrderChanged([edit], QuoteRecord.of(priced(changed_cart(order, [edit])))))


def test_every_reason_is_told_at_once():
    order = moved(in_state(CONFIRMED), "allocate", "ship", "deliver")
    edits = [RemoveLine("1"), ChangeService("3", LATER), ChangeAddress(SITE)]
    assert unmet(order, *edits, quote=None) == {
        "units_open": {"1": "3 shipped", "3": "nothing open", "delivery": "nothing open"},
        "priced": {"quote": "missing"},
    }
    edits = [RemoveLine("1"), RemoveLine("2"), ChangeQuantity("3", 9)]
    assert unmet(order, *edits, quote=priced(Cart("CNY", [HAT]))) == {
        "units_open": {"1": "3 shipped", "2": "1 shipped"},
        "priced": {"3": "not priced", "4": "not wanted"},
    }


def one_given_back(given):
    """Make an order of which one shirt was given back: 129.00, less its share of 50."""
    order = moved(in_state(CONFIRMED), "allocate", "ship", "deliver", units={"1": 2})
    if given == "refunded":
        return refunded(paid(order, "462"), {"1": 1})
    quote = price(Cart.of("CNY", [("shirt", "0", 1)]), NO_OFFERS, at=AT)
    return replace_units(order, {"1": 1}, quote, case="r-1", id="o-2", number="2")[0][0]


@pytest.mark.parametrize("given", ["refunded", "replaced"])
def test_what_was_given_back_is_not_made_cheaper(given):
    order = one_given_back(given)
    told = {"given_back_stands": {"1": "1 given back at CNY 116.40, now CNY 115.19"}}
    assert unmet(order, RemoveLine("2")) == told

    edits = [RemoveLine("2"), OverridePrice("1", UnitPrice.of("116.40", "CNY"), "as paid")]
    after = changed(order, *edits, quote=lambda cart: price(cart, NO_OFFERS, at=AT))
    assert str(after.quote.line("1", 0, 1).payable) == "CNY 116.40"


@pytest.mark.parametrize("given", ["refunded", "replaced"])
def test_what_was_given_back_may_become_dearer(given):
    """A line more bears a part of the 50.00, and all others bear less of it."""
    order = one_given_back(given)
    preview = preview_change(order, [AddLine(HAT)], priced)
    assert str(preview.difference) == "CNY 18.00"
    assert str(preview.after.quote.line("1", 0, 1).payable) == "CNY 116.83"


def test_the_tax_of_what_was_given_back_is_not_made_less():
    vat = [
        Tariff("CNY", taxes=Taxes([TaxRate("vat", percent)], included=True))
        for percent in ("13", "9")
    ]
    first = price(CART, NO_OFFERS, at=AT, tariff=vat[0])
    order = confirm(place(drafted(what=first))[0], payment_policy_met=True)[0]
    order = moved(order, "allocate", "ship", "deliver", units={"1": 2})
    order = refunded(paid(order, order.payable), {"1": 1})
    cart = evolve(CART, lines=[*CART.lines, HAT])
    same, other = (price(cart, NO_OFFERS, at=AT, tariff=tariff) for tariff in vat)
    assert same.payable == other.payable
    assert changed(order, AddLine(HAT), quote=same).payable == same.payable
    told = {"given_back_stands": {"1": "1 given back, with more tax than now"}}
    assert unmet(order, AddLine(HAT), quote=other) == told


def test_tax_on_top_counts_as_given_back():
    vat = Tariff("CNY", taxes=Taxes([TaxRate("vat", "10")], included=False))

    def taxed(cart):
        return price(cart, BOOK, at=AT, tariff=vat)

    order = confirm(place(drafted(what=taxed(CART)))[0], payment_policy_met=True)[0]
    order = cancel(paid(order, order.payable), "sold_out", {"1": 1})[0]
    order = request_refund(order, owed_refund(order), id="r-1", reason="sold_out")[0]
    assert str(order.refunds[0].amount) == "CNY 128.03"
    told = {"given_back_stands": {"1": "1 given back at CNY 128.03, now CNY 126.71"}}
    assert unmet(order, RemoveLine("2"), quote=taxed) == told


def settled(order):
    """Pay what is due, and request the refund that is owed."""
    if not order.balance.unpaid.is_zero:
        name = f"p-{order.version}"
        order = request_payment(order, order.balance.unpaid, id=name, method="card")[0]
        order = capture_payment(order, name, reference="c")[0]
    owed = owed_refund(order)
    if owed is None:
        return order
    return request_refund(order, owed, id=f"r-{order.version}", reason="owed")[0]


def kept_by_shop(order):
    balance = order.balance
    return balance.captured - balance.refunded - balance.refunding


@given(
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    back=st.integers(1, 4),
    returned=st.booleans(),
    added=st.integers(1, 3),
    pennies=st.integers(0, 20000),
)
def test_it_is_the_same_whether_units_go_back_before_a_change_or_after_it(
    counts, back, returned, added, pennies
):
    lines = [(f"sku-{i}", PRICES[str(i + 1)], units) for i, units in enumerate(counts)]
    whole = drafted(what=priced(Cart.of("CNY", lines)), services={})
    order = settled(confirm(place(whole)[0], payment_policy_met=True)[0])
    if sum(counts) <= min(back, counts[0]):
        return

    def going_back(order):
        units = {"1": min(back, counts[0])}
        if not returned:
            return settled(cancel(order, "x", units)[0])
        return settled(refunded(moved(order, "allocate", "ship", "deliver", units=units), units))

    hats = CartLine.of("9", "hat", added, Money(pennies, "CNY"), "CNY")
    preview = preview_change(going_back(order), [AddLine(hats)], priced)
    spend = order.quote.cart.subtotal.minor
    unlocks = spend < 30000 <= spend + added * pennies
    assert preview.is_allowed is not unlocks  # else it makes nothing cheaper that is there
    if unlocks:
        return
    one = settled(confirm_change(preview.before, preview)[0])
    other = going_back(settled(changed(order, AddLine(hats))))
    assert kept_by_shop(one) == kept_by_shop(other)
    assert one.balance.unpaid.is_zero
    rest = {line.id: line.quantities.open for line in one.lines if line.quantities.open}
    if returned:
        one = moved(one, "allocate", "ship", "deliver", units=rest)
        one = settled(refunded(one, rest))
    else:
        one = settled(cancel(one, "x")[0])
    assert kept_by_shop(one).is_zero  # F16


TENTHS = Tariff("CNY", rounding=PayableRounding("0.1"))


@given(
    units=st.lists(st.integers(1, 4), min_size=2, max_size=3),
    prices=st.lists(st.sampled_from(["9.99", "33.33", "45.00"]), min_size=3, max_size=3),
    back=st.integers(1, 4),
    other=st.integers(0, 20000),
    policy=st.sampled_from(["reprice", "keep_shares"]),
)
@settings(max_examples=100)
def test_a_full_return_gives_all_back_though_a_change_rounds_otherwise(
    units, prices, back, other, policy
):
    """F16: what rounding waived of a refund before may be more than it waives in the end."""

    def rounded(cart):
        return price(cart, NO_OFFERS, at=AT, tariff=TENTHS)

    def returned(order, these):
        order = moved(order, "allocate", "ship", "deliver", units=these)
        parts = proposed_refund(order, these, policy)
        return settled(request_refund(order, parts, id=f"r-{order.version}", reason="x")[0])

    lines = [(f"sku-{i}", prices[i], count) for i, count in enumerate(units)]
    whole = drafted(what=rounded(Cart.of("CNY", lines)), services={})
    order = settled(confirm(place(whole)[0], payment_policy_met=True)[0])
    order = returned(order, {"1": min(back, units[0])})
    dearer = OverridePrice("2", UnitPrice.of(Money(other, "CNY"), "CNY"), "error")
    order = settled(changed(order, dearer, quote=rounded))
    assert order.balance.unpaid.is_zero
    rest = {line.id: line.quantities.open for line in order.lines if line.quantities.open}
    order = returned(order, rest)
    assert kept_by_shop(order).is_zero
    order.check()


def test_what_rounding_waived_of_a_refund_that_was_given_up_goes_to_nobody():
    cart = Cart.of("CNY", [("a", "5.02", 1), ("b", "5.02", 1)])
    whole = drafted(what=price(cart, NO_OFFERS, at=AT, tariff=TENTHS), services={})
    order = settled(confirm(place(whole)[0], payment_policy_met=True)[0])
    assert str(order.quote.rounding) == "CNY -0.04"
    order = cancel(order, "x")[0]
    for name in ("r-1", "r-2"):
        order = request_refund(order, owed_refund(order), id=name, reason="x")[0]
        order = cancel_refund(order, name)[0]
    more = RefundParts(rounding=Money(4, "CNY"))
    with pytest.raises(InvalidDocument) as caught:
        request_refund(order, more, id="r-3", reason="x")
    assert "at most CNY 0.00" in str(caught.value)


def test_what_a_failed_refund_may_still_give_back_stands_until_it_is_cancelled():
    order = cancel(paid(in_state(CONFIRMED), "462"), "sold_out", {"1": 1})[0]
    order = request_refund(order, owed_refund(order), id="r-1", reason="sold_out")[0]
    order = submit_refund(approve_refund(order, "r-1")[0], "r-1")[0]
    order = fail_refund(order, "r-1", "timeout")[0]
    cheaper = OverridePrice("1", UnitPrice.of("99", "CNY"), "damaged box")
    (share,) = [line.amount for line in order.refunds[0].parts.lines]
    now = priced(changed_cart(order, [cheaper])).line("1", 0, 1).payable
    assert now < share
    told = {"given_back_stands": {"refunds.lines.1": f"at most {now}"}}
    assert unmet(order, cheaper) == told
    dearer = changed(order, OverridePrice("1", UnitPrice.of("199", "CNY"), "error"))
    assert succeed_refund(dearer, "r-1")[0].balance.refunded == share
    given_up = cancel_refund(order, "r-1")[0]
    assert changed(given_up, cheaper).quote.line("1", 0, 1).payable == now


def test_shipping_that_was_given_back_is_not_made_cheaper():
    edits = [ChangeAddress(SITE)]

    def ship_for(amount):
        return priced(evolve(QUOTE.cart, shipping=Money.of(amount, "CNY")))

    order = confirm(place(drafted(what=ship_for("8")))[0], payment_policy_met=True)[0]
    order = paid(order, order.payable)
    parts = RefundParts(shipping=Money.of("5", "CNY"))
    order = request_refund(order, parts, id="r-1", reason="late")[0]
    told = unmet(order, *edits, quote=ship_for("4.99"))
    assert told == {"given_back_stands": {"refunds.shipping": "at most CNY 4.99"}}
    assert changed(order, *edits, quote=ship_for("5.00")).payable == ship_for("5").payable


# Confirming


def test_a_change_is_confirmed_on_the_version_that_was_previewed():
    order = in_state(PLACED)
    preview = preview_change(order, [AddLine(HAT)], priced)
    later = hold(order, "fraud_check")[0]
    before = dumps(later)
    with pytest.raises(VersionConflict) as caught:
        confirm_change(later, preview)
    assert (caught.value.expected, caught.value.found) == (order.version, later.version)
    assert dumps(later) == before
    with pytest.raises(InvalidValue) as caught:
        confirm_change(evolve(order, id="o-9"), preview)
    assert caught.value.reason == "other_aggregate"


def test_a_change_that_is_forbidden_is_refused_with_every_reason():
    preview = preview_change(in_state(COMPLETED), [RemoveLine("1")])
    for command in (
        lambda: confirm_change(in_state(COMPLETED), preview),
        lambda: propose_change(preview, id="ch-1"),
    ):
        with pytest.raises(TransitionRefused) as caught:
            command()
        assert caught.value.refused.unmet == preview.unmet
        assert (preview.freed, preview.payable, preview.difference) == ((), None, None)
        assert caught.value.guards == ("order_going_on", "units_open", "priced")


def test_the_order_as_changed_is_what_its_events_come_to():
    order, events = draft(
        priced(in_state(PLACED).quote.cart), id="o-1", number="1", details=DETAILS
    )
    edits = [AddLine(HAT, LATER), ChangeAddress(SITE), ChangeContact(Contact("秘密人"))]
    edits += [ChangeRemarks("秘密"), OverridePrice("1", HAT.unit_price, "x")]
    order, more = confirm_change(order, preview_change(order, edits, priced))
    events += more
    recorded = record(
        events,
        aggregate=AggregateId("order", "o-1"),
        after=0,
        ids=["e-1", "e-2"],
        at=AT,
        actor=Actor("staff"),
        cause="c-1",
    )
    kept = [loads(Recorded, dumps(each)) for each in recorded]
    assert replay(apply, None, kept) == rebuild(events) == order
    assert loads(Order, dumps(order)) == order
    assert anonymise(order) == rebuild(map(anonymise, events))
    assert "秘密" not in dumps(anonymise(more[0]))


def test_what_was_overpaid_and_given_back_stands_in_no_way_of_a_dearer_order():
    order = paid(in_state(PLACED), in_state(PLACED).payable)
    order = confirm_change(order, preview_change(order, [RemoveLine("2")], priced))[0]
    order = request_refund(order, owed_refund(order), id="r-1", reason="less")[0]
    assert order.balance.unpaid.is_zero
    preview = preview_change(order, [AddLine(HAT)], priced)
    assert preview.is_allowed
    assert preview.after.balance.unpaid == preview.difference


def test_what_went_back_later_for_units_of_before_pays_for_nothing_that_is_added():
    """First there is nothing to give back for the cancelled shirt: it is not paid for yet."""
    order = paid(in_state(PLACED), "100")
    order = refunded(cancel(order, "sold_out", {"1": 1})[0], {"1": 1})
    order = request_payment(order, "362", id="p-2", method="card")[0]
    order = capture_payment(order, "p-2", reference="c-2")[0]
    order = request_refund(order, owed_refund(order), id="r-2", reason="sold_out")[0]
    assert [str(each.amount) for each in order.refunds] == ["CNY 0.00", "CNY 116.40"]
    assert order.balance.paid == order.balance.due
    preview = preview_change(order, [AddLine(HAT)], priced)
    assert kept_by_shop(preview.after) + preview.after.balance.unpaid == preview.after.balance.due


# Consent


def test_to_propose_a_change_makes_nothing_stale():
    order = in_state(PLACED)
    first, proposed = propose_change(preview_change(order, [AddLine(HAT)], priced), id="ch-1")
    second, _ = propose_change(preview_change(order, [RemoveLine("2")], priced), id="ch-2")
    assert proposed == (ChangeProposed(first),)
    assert (first.order, first.base, str(first.difference)) == ("o-1", 2, "CNY 18.00")
    (order, made), (first, settled) = confirm_proposed(order, first)
    assert made[0].change == "ch-1"
    assert settled == (ChangeConfirmed(),)
    assert (first.state, first.version) == (ChangeState.CONFIRMED, 2)
    assert order.payable == in_state(PLACED).payable + first.difference
    with pytest.raises(VersionConflict):
        confirm_proposed(order, second)


def test_a_proposal_comes_to_what_its_preview_said():
    preview = preview_change(in_state(PLACED), [ChangeQuantity("1", 5)], priced)
    change, events = propose_change(preview, id="ch-1")
    change = loads(OrderChange, dumps(change))
    (order, made), (_, more) = confirm_proposed(in_state(PLACED), change, by="customer")
    assert order == preview.after == apply(in_state(PLACED), made[0])
    with pytest.raises(InvalidValue):
        confirm_proposed(in_state(PLACED), change, by="nobody")
    state = None
    for event in (*events, *more):
        state = apply_change(state, event)
    assert state.state is ChangeState.CONFIRMED


@pytest.mark.parametrize(
    ("command", "state", "event"),
    [
        (decline_change, ChangeState.DECLINED, ChangeDeclined("too_dear")),
        (cancel_change, ChangeState.CANCELLED, ChangeCancelled("too_dear")),
    ],
)
def test_a_proposal_is_declined_or_withdrawn_and_then_it_is_over(command, state, event):
    order = in_state(PLACED)
    change, _ = propose_change(preview_change(order, [RemoveLine("2")], priced), id="ch-1")
    change, events = command(change, "too_dear")
    assert (change.state, events) == (state, (event,))
    for again in (
        lambda: decline_change(change, "x"),
        lambda: cancel_change(change, "x"),
        lambda: confirm_proposed(order, change),
        lambda: apply_change(change, ChangeConfirmed()),
    ):
        with pytest.raises(IllegalTransition) as caught:
            again()
        assert caught.value.allowed == ()


def test_a_proposal_forgets_who_somebody_is():
    edits = [ChangeContact(Contact("秘密人")), ChangeAddress(HOME), ChangeRemarks("秘密")]
    change, events = propose_change(preview_change(in_state(PLACED), edits), id="ch-1")
    assert "秘密" not in dumps(change.anonymised())
    assert "秘密" not in repr(change)
    assert apply_change(None, *map(anonymise, events)) == change.anonymised()


@pytest.mark.parametrize(
    ("change", "event", "kind"),
    [
        (None, ChangeConfirmed(), InvalidValue),
        (None, None, InvalidValue),
        (OrderChange(id="a", order="b", base=1, edits=[RemoveLine("1")]), None, InvalidType),
    ],
)
def test_an_event_that_is_none_of_a_proposal_is_refused(change, event, kind):
    with pytest.raises(kind):
        apply_change(change, event)


def test_a_proposal_is_of_its_own_order():
    change = OrderChange(id="a", order="o-9", base=2, edits=[RemoveLine("1")])
    with pytest.raises(InvalidValue) as caught:
        confirm_proposed(in_state(PLACED), change)
    assert caught.value.reason == "other_aggregate"
    with pytest.raises(InvalidValue) as caught:
        ChangeProposed(evolve(change, version=2))
    assert caught.value.reason == "wrong_state"


def test_the_machine_is_that_agreed():
    rows = {(row.state, row.event, row.target) for row in ORDER_CHANGE.transitions}
    assert rows == {
        ("proposed", "confirm", "confirmed"),
        ("proposed", "decline", "declined"),
        ("proposed", "cancel", "cancelled"),
    }
    assert ORDER_CHANGE.transitions[0].guards == ORDER_CHANGE.guards


# What is no edit, or contradicts another


DOLLAR = UnitPrice.of("1", "USD")


@pytest.mark.parametrize(
    ("edits", "faults"),
    [
        (
            [ChangeQuantity("9", 1), RemoveLine("8"), OverridePrice("7", DOLLAR, "x")],
            [
                (("edits", 0, "line"), "not_found"),
                (("edits", 1, "line"), "not_found"),
                (("edits", 2, "line"), "not_found"),
                (("edits", 2, "unit_price"), "currency_mismatch"),
            ],
        ),
        (
            [AddLine(evolve(HAT, id="1", unit_price=DOLLAR)), ChangeService("1", LATER)],
            [
                (("edits", 0, "line", "id"), "duplicate_id"),
                (("edits", 0, "line", "unit_price"), "currency_mismatch"),
                (("edits", 1, "line"), "no_service"),
                (("edits", 1), "double_edit"),
            ],
        ),
        (
            [ChangeQuantity("1", 1), RemoveLine("1"), ChangeQuantity("1", 2), RemoveLine("2")],
            [(("edits", 1), "double_edit"), (("edits", 2), "double_edit")],
        ),
        (
            [AddLine(HAT), AddLine(HAT), ChangeRemarks("a"), ChangeRemarks("b")],
            [(("edits", 1), "double_edit"), (("edits", 3), "double_edit")],
        ),
        ([ChangeAddress(HOME), ChangeAddress(SITE)], [(("edits", 1), "double_edit")]),
    ],
)
@pytest.mark.parametrize("state", [PLACED, COMPLETED])
def test_edits_that_do_not_fit_are_refused_all_at_once_and_nothing_is_done(edits, faults, state):
    order = in_state(state)
    before = dumps(order)
    assert faults_of(lambda: preview_change(order, edits, priced)) == faults
    assert faults_of(lambda: changed_cart(order, edits)) == faults
    assert dumps(order) == before


def test_a_line_has_no_more_units_than_lines_may_have_those_cancelled_too():
    order = cancel(in_state(CONFIRMED), "sold_out", {"1": 1})[0]
    for call in (preview_change, changed_cart):
        with pytest.raises(LimitExceeded) as caught:
            call(order, [ChangeRemarks("x"), ChangeQuantity("1", 10**9)])
        assert caught.value.path == ("edits", 1, "quantity")


def test_what_gives_no_lawful_order_is_refused_with_its_faults():
    nothing = QuoteRecord.of(priced(Cart("CNY", [])))
    found = faults_of(lambda: apply(in_state(PLACED), OrderChanged([ChangeRemarks("x")], nothing)))
    assert found == [(("lines", i, "quoted", "line"), "unquoted") for i in range(3)]


@pytest.mark.parametrize(
    ("edits", "kind"),
    [
        ([], InvalidValue),
        ("1", InvalidType),
        (None, InvalidType),
        ([None], InvalidType),
        ([RemoveLine("1"), "2"], InvalidType),
        ([Edit()], InvalidType),
        ([ChangeRemarks("x")] * (MAX_EDITS + 1), LimitExceeded),
    ],
)
def test_edits_are_a_collection_of_edits_that_is_not_empty(edits, kind):
    for call in (preview_change, changed_cart):
        with pytest.raises(kind) as caught:
            call(in_state(PLACED), edits)
        assert caught.value.path[0] == "edits"


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: ChangeQuantity("1", 0), "quantity"),
        (lambda: ChangeQuantity("1", True), "quantity"),
        (lambda: ChangeQuantity("1", 1.0), "quantity"),
        (lambda: ChangeQuantity("1", -1), "quantity"),
        (lambda: ChangeQuantity(1, 1), "line"),
        (lambda: RemoveLine(""), "line"),
        (lambda: OverridePrice("1", "9.00", "x"), "unit_price"),
        (lambda: OverridePrice("1", HAT.unit_price, ""), "reason"),
        (lambda: AddLine("hat"), "line"),
        (lambda: AddLine(HAT, "tomorrow"), "service"),
        (lambda: ChangeService("1", None), "service"),
        (lambda: ChangeAddress("深圳"), "delivery"),
        (lambda: ChangeContact("王"), "contact"),
        (lambda: ChangeRemarks("x" * 1001), "remarks"),
    ],
)
def test_an_edit_is_valid_at_birth(call, place):
    with pytest.raises(InvalidInput) as caught:
        call()
    assert caught.value.path == (place,)


@pytest.mark.parametrize(
    ("quote", "kind"),
    [
        (Money.of("1", "CNY"), InvalidType),
        (lambda cart: None if cart.currency == "USD" else "9.00", InvalidType),
        (price(Cart("USD", []), PromotionBook("USD", []), at=AT), CurrencyMismatch),
    ],
)
def test_a_quote_is_one_and_in_the_currency_of_the_order(quote, kind):
    with pytest.raises(kind) as caught:
        preview_change(in_state(PLACED), [RemoveLine("2")], quote)
    assert caught.value.path == ("quote",)


def test_no_order_and_no_preview_are_refused():
    with pytest.raises(InvalidType):
        preview_change(None, [RemoveLine("2")])
    for call in (
        lambda: confirm_change(in_state(PLACED), None),
        lambda: propose_change(None, id="x"),
        lambda: confirm_proposed(in_state(PLACED), None),
    ):
        with pytest.raises(InvalidType):
            call()


def test_an_event_that_does_not_fit_the_order_is_refused():
    order = moved(in_state(CONFIRMED), "allocate", "ship", units={"1": 2})
    for edits in ([ChangeQuantity("1", 1)], [RemoveLine("9")]):
        with pytest.raises(InvalidDocument):
            apply(order, OrderChanged(edits))
    with pytest.raises(NotFound):
        order.line("9")


# Any edits in any order of things, against a dumb model

IDS = ("1", "2", "3", "4", "5")
PRICES = {"1": "129.00", "2": "45.00", "3": "80.00", "4": "9.90", "5": "0.00"}
MOVES = {
    "allocate": {"allocated": 1},
    "ship": {"allocated": -1, "shipped": 1},
    "deliver": {"delivered": 1},
    "refund": {"refunded": 1},
}
some_ids = st.sampled_from(IDS)
some_edits = st.lists(
    st.one_of(
        st.tuples(st.just("add"), some_ids, st.integers(1, 4)),
        st.tuples(st.just("remove"), some_ids, st.just(0)),
        st.tuples(st.just("quantity"), some_ids, st.integers(1, 4)),
        st.tuples(st.just("price"), some_ids, st.sampled_from([0, 1000, 12345])),
    ),
    min_size=1,
    max_size=3,
)


def edit_of(told):
    kind, name, number = told
    if kind == "add":
        return AddLine(CartLine.of(name, f"sku-{name}", number, PRICES[name], "CNY"))
    if kind == "remove":
        return RemoveLine(name)
    if kind == "quantity":
        return ChangeQuantity(name, number)
    return OverridePrice(name, UnitPrice.of(Money(number, "CNY"), "CNY"), "x")


class ChangedOrder(RuleBasedStateMachine):
    """One order that is changed, shipped, cancelled and refunded; a model of dicts."""

    @initialize(units=st.dictionaries(st.sampled_from(IDS[:3]), st.integers(1, 4), min_size=1))
    def begin(self, units):
        self.lines = {
            name: dict.fromkeys(("cancelled", "allocated", "shipped", "delivered", "refunded"), 0)
            | {"ordered": count, "price": Money.of(PRICES[name], "CNY").minor}
            for name, count in units.items()
        }
        self.quote = self.price(self.lines)
        order, events = draft(self.quote, id="o-1", number="1", details=DETAILS)
        self.order, self.events = order, [*events]
        for step in (
            place,
            lambda o: confirm(o, payment_policy_met=True),
            lambda o: request_payment(o, "99999", id="p-1", method="card"),
            lambda o: capture_payment(o, "p-1", reference="c-1"),
        ):
            self.order, more = step(self.order)
            self.events += more

    def price(self, lines):
        cart = Cart(
            "CNY",
            [
                CartLine.of(n, f"sku-{n}", line["ordered"], Money(line["price"], "CNY"), "CNY")
                for n, line in lines.items()
            ],
        )
        return priced(cart)

    def after(self, told):
        """Change the model's lines; None: the edits are none of this order."""
        now, seen = {n: dict(line) for n, line in self.lines.items()}, set()
        for kind, name, number in told:
            aspects = (
                {(name, kind)}
                if kind in ("quantity", "price")
                else {(name, "quantity"), (name, "price")}
            )
            if (name in self.lines) is (kind == "add") or seen & aspects:
                return None
            seen |= aspects
            if kind == "add":
                price = Money.of(PRICES[name], "CNY").minor
                empty = dict.fromkeys(self.lines[min(self.lines)], 0)
                now[name] = {**empty, "ordered": number, "price": price}
            elif kind == "price":
                now[name]["price"] = number
            else:
                now[name]["ordered"] = number + now[name]["cancelled"]
        return now

    def forbidden(self, now, quote):
        kept = {n: line["ordered"] - line["cancelled"] for n, line in now.items()}
        if not any(kept.values()) or any(kept[n] < line["shipped"] for n, line in now.items()):
            return True
        back = {n: line["refunded"] for n, line in self.lines.items() if line["refunded"]}
        return any(
            self.quote.line(n, 0, units).payable > quote.line(n, 0, units).payable
            for n, units in back.items()
        )

    @rule(told=some_edits)
    def change(self, told):
        edits, before = [*map(edit_of, told)], dumps(self.order)
        now = self.after(told)
        if now is None:
            with pytest.raises(InvalidDocument):
                preview_change(self.order, edits, priced)
            return
        now = {n: line for n, line in now.items() if line["ordered"]}
        quote = self.price(now)
        preview = preview_change(self.order, edits, priced)
        if self.forbidden(
            {
                **{n: dict(line, ordered=line["cancelled"]) for n, line in self.lines.items()},
                **now,
            },
            quote,
        ):
            assert preview.unmet
            with pytest.raises(TransitionRefused):
                confirm_change(self.order, preview)
        else:
            self.confirm(preview, now, quote)
        assert dumps(self.order) == before or not preview.unmet

    def confirm(self, preview, now, quote):
        order, events = confirm_change(self.order, preview)
        assert order == preview.after  # F17
        assert preview.difference == quote.payable - self.quote.payable
        for line in now.values():
            left = line["ordered"] - line["cancelled"] - line["shipped"]
            line["allocated"] = min(line["allocated"], left)
        gone = {
            n: line["allocated"] - now.get(n, {"allocated": 0})["allocated"]
            for n, line in self.lines.items()
        }
        assert {part.line: part.quantity for part in preview.freed} == {
            n: units for n, units in gone.items() if units
        }
        self.order, self.lines, self.quote = order, now, quote
        self.events += events

    @rule(move=st.sampled_from(sorted(MOVES)), name=some_ids, units=st.integers(1, 3))
    def move(self, move, name, units):
        line = dict(self.lines.get(name, {}))
        for counter, sign in MOVES[move].items():
            line[counter] = line.get(counter, 0) + sign * units
        if name not in self.lines or not self.lawful(line):
            with pytest.raises(InvalidDocument):
                self.made(move, {name: units})
            return
        self.order, events = self.made(move, {name: units})
        self.lines[name] = line
        self.events += events

    def made(self, move, units):
        if move != "refund":
            return move_units(self.order, move, units)
        parts = proposed_refund(self.order, units)
        return request_refund(self.order, parts, id=f"r-{self.order.version}", reason="x")

    @rule(name=some_ids, units=st.integers(1, 2))
    def cancel(self, name, units):
        line = dict(self.lines.get(name, {}))
        kept = sum(each["ordered"] - each["cancelled"] for each in self.lines.values())
        if not line or kept <= units:
            return
        line["cancelled"] += units
        left = line["ordered"] - line["cancelled"] - line["shipped"]
        line["allocated"] = min(line["allocated"], left)
        if not self.lawful(line):
            with pytest.raises(InvalidDocument):
                cancel(self.order, "x", {name: units})
            return
        self.order, events = cancel(self.order, "x", {name: units})
        self.lines[name] = line
        self.events += events

    def lawful(self, line):
        left = line["ordered"] - line["cancelled"] - line["shipped"]
        return (
            0 <= line["allocated"] <= left
            and line["delivered"] <= line["shipped"]
            and line["refunded"] <= line["cancelled"] + line["delivered"]
        )

    @invariant()
    def is_as_the_model(self):
        told = {
            line.id: {
                name: getattr(line.quantities, name)
                for name in self.lines[line.id]
                if name != "price"
            }
            for line in self.order.lines
        }
        expected = {
            n: {name: units for name, units in line.items() if name != "price"}
            for n, line in self.lines.items()
        }
        assert told == expected
        assert self.order.quote == QuoteRecord.of(self.quote)
        assert self.order.payable == self.quote.payable

    @invariant()
    def conserves_units(self):
        for one in self.order.ledgers:
            assert one.cancelled + one.shipped + one.open == one.ordered  # F13

    @invariant()
    def is_what_has_happened(self):
        assert rebuild(self.events) == self.order  # F8


def test_any_changes_of_an_order_between_whatever_else_happens_to_it():
    run_state_machine_as_test(ChangedOrder)
