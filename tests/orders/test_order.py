"""The order itself: born valid, kept as JSON, checked all over again, forgotten in part."""

from __future__ import annotations

import pickle

import pytest
from attrs import evolve
from making import AT, BOOK, CART, DETAILS, QUOTE, SERVICES, SHIRT, drafted, in_state

from ordercore import Cart, Product, QuoteRecord, dumps, loads, price
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.orders import (
    DatedNumbers,
    InvoiceWish,
    Order,
    OrderDetails,
    OrderDrafted,
    OrderLine,
    OrderState,
    Origin,
    Quantities,
    QuotedUnits,
    anonymise,
    draft,
    guards_of,
    note,
)


def faults_of(call):
    with pytest.raises(InvalidDocument) as caught:
        call()
    return [(fault.path, fault.reason) for fault in caught.value.faults]


# Creation


def test_an_order_of_a_quote_has_its_lines_units_and_price():
    order, events = draft(QUOTE, id="o-1", number="SO1", details=DETAILS, services=SERVICES)
    assert events == (OrderDrafted(order),)
    assert (order.state, order.version, order.holds) == (OrderState.DRAFT, 1, ())
    assert order.payable == QUOTE.payable
    assert [line.product for line in order.lines] == [line.product for line in CART.lines]
    assert order.line("1").product.specification["size"] == "M"
    assert order.line("1").quantities == Quantities(ordered=3)
    assert order.line("1").quoted == QuotedUnits("1")
    assert [line.is_service for line in order.lines] == [False, False, True]


def test_each_unit_of_an_order_leads_to_its_share_of_the_quote():
    order = drafted()
    quote = order.quote.quote()
    first = order.line("1")
    start = first.quoted.start
    shares = [
        quote.line(first.quoted.line, start + unit, start + unit + 1).payable.minor
        for unit in range(first.quantities.ordered)
    ]
    assert sum(shares) == quote.line("1").payable.minor


def test_an_order_is_drafted_of_a_record_as_of_the_quote():
    assert drafted(what=QuoteRecord.of(QUOTE)) == drafted()


def test_a_draft_of_a_cart_has_no_price_yet():
    order = drafted(what=CART)
    assert order.quote is None
    assert order.payable is None
    assert order.line("1").quoted is None
    assert guards_of(order)["priced"] is False


def test_a_service_must_be_a_line_of_the_cart():
    with pytest.raises(NotFound) as caught:
        drafted(services={"9": SERVICES["3"]})
    assert caught.value.path == ("services",)


@pytest.mark.parametrize(
    ("but", "kind", "path"),
    [
        ({"what": "shirt"}, InvalidType, ("what",)),
        ({"id": ""}, InvalidValue, ("id",)),
        ({"number": "№ 1"}, InvalidValue, ("number",)),
        ({"details": CART}, InvalidType, ("details",)),
        ({"services": ["3"]}, InvalidType, ("services",)),
        ({"origin": "gift"}, InvalidValue, ("origin",)),
        ({"parent": "o 0\n"}, InvalidValue, ("parent",)),
    ],
)
def test_what_an_order_cannot_be_made_of_is_refused_in_its_place(but, kind, path):
    with pytest.raises(kind) as caught:
        drafted(**but)
    assert caught.value.path == path


def test_a_replacement_names_parent_and_case():
    order = drafted(origin="replacement", parent="o-0", case="r-1")
    assert (order.origin, order.parent, order.case) == (Origin.REPLACEMENT, "o-0", "r-1")


@pytest.mark.parametrize(
    ("but", "places"),
    [
        ({"origin": "replacement"}, ["parent", "case"]),
        ({"origin": "replacement", "parent": "o-0"}, ["case"]),
        ({"origin": "replacement", "parent": "o-1", "case": "r-1"}, ["parent"]),
        ({"parent": "o-0", "case": "r-1"}, ["parent", "case"]),
    ],
)
def test_only_a_replacement_and_every_replacement_says_of_what(but, places):
    assert faults_of(lambda: drafted(**but)) == [((p,), "fields_disagree") for p in places]


def test_a_special_invoice_needs_a_tax_number():
    with pytest.raises(InvalidValue) as caught:
        InvoiceWish(title="公司", kind="special")
    assert (caught.value.path, caught.value.reason) == (("tax_id",), "fields_disagree")
    assert InvoiceWish(title="公司").tax_id is None


@pytest.mark.parametrize("email", ["nobody", "a@b@c", 7])
def test_a_faulty_e_mail_address_is_refused_without_showing_it(email):
    with pytest.raises(InvalidInput) as caught:
        InvoiceWish(title="公司", email=email)
    assert caught.value.path == ("email",)
    assert str(email) not in str(caught.value)
    assert caught.value.__context__ is None


def test_tags_and_holds_are_sets_in_order():
    assert DETAILS.tags == ("rush", "vip")
    assert evolve(drafted(), holds=["b", "a", "b"]).holds == ("a", "b")


@pytest.mark.parametrize("given", [7, [1], None, "x" * 65])
def test_what_is_no_tag_and_no_hold_is_refused(given):
    with pytest.raises(InvalidInput):
        OrderDetails(tags=given)
    with pytest.raises(InvalidInput):
        evolve(drafted(), holds=given)


def test_a_line_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        drafted().line("9")


# Laws of the order as a whole


def line(name, units, start=0, product=SHIRT, of="1"):
    return OrderLine(
        id=name,
        product=product,
        quantities=Quantities(ordered=units),
        quoted=QuotedUnits(of, start),
    )


def test_lines_may_be_of_different_units_of_one_line_of_the_quote():
    order = evolve(drafted(), lines=[line("b", 1, 2), line("a", 2), *drafted().lines[1:]])
    assert [each.id for each in order.lines] == ["b", "a", "2", "3"]


def test_an_order_of_the_whole_quote_has_all_units_that_were_priced():
    assert faults_of(lambda: evolve(drafted(), lines=drafted().lines[1:])) == [
        (("lines",), "unquoted")
    ]


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([line("a", 1), line("a", 1, 1)], [(("lines", 1, "id"), "duplicate_id")]),
        ([line("a", 1, of="9")], [(("lines", 0, "quoted", "line"), "unquoted")]),
        ([line("a", 4)], [(("lines", 0, "quoted", "start"), "unquoted")]),
        ([line("a", 1, 3)], [(("lines", 0, "quoted", "start"), "unquoted")]),
        ([line("a", 1, product=Product("shirt"))], [(("lines", 0, "product"), "unquoted")]),
        (
            [line("a", 2), line("b", 2, 1)],
            [(("lines", 1, "quoted", "start"), "invalid_value")],
        ),
        (
            [evolve(line("a", 1), quoted=None)],
            [(("lines", 0, "quoted"), "fields_disagree")],
        ),
    ],
)
def test_lines_are_of_the_units_that_were_priced_each_once(lines, faults):
    assert faults_of(lambda: evolve(drafted(), lines=lines)) == faults


def test_units_within_a_longer_line_overlap_with_it():
    lines = [line("a", 3), line("b", 1, 1), line("c", 1, 2)]
    places = [place for place, _ in faults_of(lambda: evolve(drafted(), lines=lines))]
    assert [place[1] for place in places] == [1, 2]


def test_a_quote_in_another_currency_is_refused():
    with pytest.raises(InvalidDocument) as caught:
        evolve(drafted(), currency="USD")
    assert [type(fault) for fault in caught.value.faults] == [CurrencyMismatch]


def counted(state, **counters):
    order = in_state(OrderState.CONFIRMED)
    first, *others = order.lines
    first = evolve(first, quantities=Quantities(ordered=3, **counters))
    return evolve(order, lines=(first, *others), state=state)


@pytest.mark.parametrize(
    ("state", "counters", "name"),
    [
        ("draft", {"cancelled": 1}, "cancelled"),
        ("draft", {"allocated": 1}, "allocated"),
        ("draft", {"shipped": 1}, "shipped"),
        ("placed", {"shipped": 1}, "shipped"),
        ("completed", {}, "open"),
        ("completed", {"shipped": 3}, "in_transit"),
        ("cancelled", {}, "kept"),
    ],
)
def test_a_state_goes_with_its_quantities(state, counters, name):
    faults = faults_of(lambda: counted(state, **counters))
    assert faults[0] == (("lines", 0, "quantities", name), "wrong_state")


@pytest.mark.parametrize("state", ["placed", "confirmed", "completed"])
def test_an_order_that_was_placed_keeps_a_price_and_units(state):
    empty = {"id": "o", "number": "1", "currency": "CNY", "lines": ()}
    expected = [(("lines",), "wrong_state"), (("quote",), "wrong_state")]
    assert faults_of(lambda: Order(**empty, state=state)) == expected
    assert Order(**empty, state="cancelled").payable is None


@pytest.mark.parametrize("state", [OrderState.COMPLETED, OrderState.CANCELLED])
def test_an_order_that_is_over_waits_for_nothing(state):
    faults = faults_of(lambda: evolve(in_state(state), holds=["fraud"]))
    assert faults == [(("holds",), "wrong_state")]


def test_there_is_a_limit_to_lines_and_holds():
    with pytest.raises(LimitExceeded):
        evolve(drafted(), holds=[f"h{n}" for n in range(101)])


# Checked all over again


@pytest.mark.parametrize("state", OrderState)
def test_a_sound_order_passes_its_check(state):
    assert in_state(state).check() is None


def tampered(part, name, value):
    object.__setattr__(part, name, value)


@pytest.mark.parametrize(
    ("tamper", "places"),
    [
        (lambda o: tampered(o, "version", 0), [("version",)]),
        (lambda o: tampered(o, "lines", None), [("lines",)]),
        (
            lambda o: (tampered(o, "id", ""), tampered(o, "state", "lost")),
            [("id",), ("state",)],
        ),
        (lambda o: tampered(o, "state", OrderState.COMPLETED), [("lines", 0), ("lines", 1)]),
        (
            lambda o: tampered(o.lines[1].quantities, "shipped", 9),
            [("lines", 1, "quantities", "cancelled")],
        ),
        (
            lambda o: tampered(o.lines[1].quantities, "lost", -1),
            [("lines", 1, "quantities", "lost")],
        ),
        (lambda o: tampered(o.lines[0], "quantities", None), [("lines", 0, "quantities")]),
        (lambda o: tampered(o.lines[0], "id", "2"), [("lines", 1, "id")]),
    ],
)
def test_what_was_made_past_the_constructors_is_found_by_the_check(tamper, places):
    order = pickle.loads(pickle.dumps(in_state(OrderState.CONFIRMED)))
    tamper(order)
    with pytest.raises(InvalidDocument) as caught:
        order.check()
    found = [fault.path for fault in caught.value.faults]
    assert [path[: len(place)] for path, place in zip(found, places, strict=False)] == places


# As JSON, and without persons


@pytest.mark.parametrize("state", OrderState)
def test_an_order_is_kept_as_json_without_loss(state):
    order = in_state(state)
    assert loads(Order, dumps(order)) == order
    assert hash(loads(Order, dumps(order))) == hash(order)


SECRETS = ("秘密", "secret", "SECRET", "138 0013", "深圳", "2 号")


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_private_is_shown_by_repr_or_left_when_forgotten(secret):
    order, events = draft(QUOTE, id="o-1", number="SO1", details=DETAILS, services=SERVICES)
    assert secret in dumps(order)
    assert secret not in repr(order)
    assert secret not in repr(events)
    assert secret not in dumps(anonymise(order))
    assert secret not in dumps(anonymise(events[0]))


@pytest.mark.parametrize("state", OrderState)
def test_forgetting_persons_keeps_money_quantities_and_laws(state):
    order = in_state(state)
    forgotten = anonymise(order)
    forgotten.check()
    assert forgotten.quote == order.quote
    assert forgotten.ledgers == order.ledgers
    assert (forgotten.state, forgotten.version) == (order.state, order.version)
    assert forgotten.details.delivery.region == "广东省"
    assert forgotten.line("3").service.appointment == order.line("3").service.appointment
    assert anonymise(forgotten) == forgotten


def test_a_remark_is_forgotten_and_other_events_stay_as_they_are():
    noted = note(drafted(), "秘密")[1][0]
    assert "秘密" not in repr(anonymise(noted))
    with pytest.raises(InvalidType):
        anonymise("秘密")


# Numbers


@pytest.mark.parametrize(
    ("numbers", "sequence", "told"),
    [
        (DatedNumbers(), 1, "20261111000001"),
        (DatedNumbers("SO", digits=3), 42, "SO20261111042"),
        (DatedNumbers("SO", digits=3), 1000, "SO202611111000"),
    ],
)
def test_a_dated_number_is_prefix_day_and_sequence(numbers, sequence, told):
    assert numbers.number(sequence, AT) == told
    assert drafted(number=told).number == told


@pytest.mark.parametrize(
    "call",
    [
        lambda: DatedNumbers("SO-"),
        lambda: DatedNumbers("单"),
        lambda: DatedNumbers("x" * 17),
        lambda: DatedNumbers(digits=0),
        lambda: DatedNumbers().number(0, AT),
        lambda: DatedNumbers().number(True, AT),
        lambda: DatedNumbers().number(1, AT.replace(tzinfo=None)),
    ],
)
def test_a_number_of_nothing_sensible_is_refused(call):
    with pytest.raises(InvalidInput):
        call()


def test_a_draft_may_have_no_lines_yet():
    order = drafted(what=price(Cart("CNY", []), BOOK, at=AT), services={})
    assert guards_of(order)["has_lines"] is False
