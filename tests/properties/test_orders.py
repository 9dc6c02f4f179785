"""Laws of orders, against a model that is a dict of counters and a set of inequalities.

- F10: the inequalities of the ledger hold after any sequence of moves, and a move is refused
  exactly when it would break one; then nothing changes.
- F11: statuses follow from quantities alone.
- F12: a terminal state takes no step, and every state can reach a terminal one.
- F13: cancelled + shipped + open = ordered.
- F8: replaying what has happened gives the order; an order is its JSON.

F14 to F17 are of money and of changes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import asdict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ordercore import Cart, PromotionBook, dumps, loads, price, recipes
from ordercore.errors import IllegalTransition, InvalidDocument, InvalidValue, NotFound
from ordercore.events import Event
from ordercore.lifecycle import TransitionRefused
from ordercore.orders import (
    ORDER,
    Move,
    Order,
    OrderDetails,
    OrderState,
    Quantities,
    anonymise,
    apply,
    cancel,
    complete,
    confirm,
    draft,
    hold,
    move_units,
    note,
    place,
    rebuild,
    release,
)
from ordercore.orders import ledger as ledgers
from ordercore.orders.statuses import fulfilment_status, return_status
from ordercore.parties import Address
from ordercore.pricing import price_in
from ordercore.testing.strategies import pricings_by_tariff

COUNTERS = (
    "ordered", "cancelled", "allocated", "shipped", "delivered", "lost", "refused",
    "return_open", "returned", "restocked", "scrapped", "refunded", "replaced",
)  # fmt: skip

DELTAS = {
    "cancel": {"cancelled": 1},
    "allocate": {"allocated": 1},
    "deallocate": {"allocated": -1},
    "ship": {"allocated": -1, "shipped": 1},
    "deliver": {"delivered": 1},
    "lose": {"lost": 1},
    "refuse": {"refused": 1},
    "open_return": {"return_open": 1},
    "close_return": {"return_open": -1},
    "receive_return": {"return_open": -1, "returned": 1},
    "restock": {"restocked": 1},
    "scrap": {"scrapped": 1},
    "refund": {"refunded": 1},
    "undo_refund": {"refunded": -1},
    "replace": {"replaced": 1},
}


def lawful(c):
    """Whether counters obey every inequality, as the books of an order must."""
    left = c["ordered"] - c["cancelled"] - c["shipped"]
    return (
        min(c.values()) >= 0
        and c["allocated"] <= left
        and c["delivered"] + c["lost"] + c["refused"] <= c["shipped"]
        and c["return_open"] + c["returned"] <= c["delivered"] + c["refused"]
        and c["restocked"] + c["scrapped"] <= c["returned"]
        and c["refunded"] + c["replaced"]
        <= c["cancelled"] + c["delivered"] + c["lost"] + c["refused"]
    )


def after(counters, move, units):
    """Make a move with counters, whether lawful or not."""
    now = dict(counters)
    for name, sign in DELTAS[move].items():
        now[name] += sign * units
    if move == "cancel":
        left = now["ordered"] - now["cancelled"] - now["shipped"]
        now["allocated"] = min(now["allocated"], left)
    return now


def fresh(ordered):
    return dict.fromkeys(COUNTERS, 0) | {"ordered": ordered}


@given(st.fixed_dictionaries({name: st.integers(0, 4) for name in COUNTERS}))
def test_a_ledger_is_born_exactly_when_its_counters_are_lawful(counters):
    if counters["ordered"] and lawful(counters):
        assert asdict(Quantities(**counters)) == counters
    else:
        with pytest.raises((InvalidDocument, InvalidValue)):
            Quantities(**counters)


class Ledger(RuleBasedStateMachine):
    """One line: any move, of any number of units."""

    @initialize(ordered=st.integers(1, 12))
    def begin(self, ordered):
        self.ledger = Quantities(ordered=ordered)
        self.model = fresh(ordered)

    @rule(move=st.sampled_from(sorted(DELTAS)), units=st.integers(1, 5))
    def make(self, move, units):
        now = after(self.model, move, units)
        function = getattr(ledgers, move)
        if lawful(now):
            before = self.ledger
            self.ledger, self.model = function(before, units), now
            if move == "cancel":
                gone = before.allocated - self.ledger.allocated
                assert gone == ledgers.freed(before, units)
        else:
            with pytest.raises(InvalidValue) as caught:
                function(self.ledger, units)
            assert caught.value.reason == "too_many_units"

    @invariant()
    def is_as_the_model(self):
        assert asdict(self.ledger) == self.model

    @invariant()
    def conserves_units(self):
        one = self.ledger
        assert one.cancelled + one.shipped + one.open == one.ordered
        assert one.delivered + one.lost + one.refused + one.in_transit == one.shipped


def test_a_ledger_is_as_a_dict_of_counters_after_any_moves():
    run_state_machine_as_test(Ledger)


# An order

IDS = ("1", "2", "3")
QUOTE = price(
    Cart.of("CNY", [("shirt", "129.00", 3), ("scarf", "45.00", 1), ("cap", "20.00", 2)]),
    PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")]),
    at=datetime(2026, 11, 11, tzinfo=UTC),
)
ORDERED = {"1": 3, "2": 1, "3": 2}
DETAILS = OrderDetails(delivery=Address(country="CN", lines=["1"]))

OPEN_STATES = {"draft", "placed", "confirmed"}
MOVES_OF = {
    ("allocate", "deallocate"): {"placed", "confirmed"},
    ("ship", "deliver", "lose", "refuse"): {"confirmed"},
    ("open_return", "close_return", "receive_return", "restock", "scrap"): {
        "confirmed",
        "completed",
    },
}
STATES_OF = {move: states for moves, states in MOVES_OF.items() for move in moves}
REFUSALS = (IllegalTransition, InvalidDocument, InvalidValue, NotFound, TransitionRefused)

some_units = st.dictionaries(st.sampled_from(IDS), st.integers(1, 3), min_size=1)


class OneOrder(RuleBasedStateMachine):
    """One order: any command in any state, most of them refused."""

    def __init__(self):
        super().__init__()
        self.order, events = draft(QUOTE, id="o-1", number="1", details=DETAILS)
        self.events: list[Event] = [*events]
        self.state = "draft"
        self.holds: set[str] = set()
        self.lines = {name: fresh(units) for name, units in ORDERED.items()}

    def tried(self, command, *, allowed):
        """Try a command: it is done if allowed, and else changes nothing."""
        before = dumps(self.order)
        if allowed:
            now, events = command(self.order)
            assert len(events) == 1
            assert apply(self.order, events[0]) == now
            assert dumps(self.order) == before
            self.order = now
            self.events += events
        else:
            with pytest.raises(REFUSALS):
                command(self.order)
            assert dumps(self.order) == before

    def total(self, name):
        return sum(line[name] for line in self.lines.values())

    def kept(self, line):
        return line["ordered"] - line["cancelled"]

    def moved(self, move, units):
        """Make a move of the model's lines; None: it would break a law."""
        now = {name: after(self.lines[name], move, count) for name, count in units.items()}
        return {**self.lines, **now} if all(map(lawful, now.values())) else None

    @rule()
    def place(self):
        allowed = self.state == "draft"
        self.tried(place, allowed=allowed)
        self.state = "placed" if allowed else self.state

    @rule(paid=st.booleans())
    def confirm(self, paid):
        allowed = self.state == "placed" and paid and not self.holds
        self.tried(lambda order: confirm(order, payment_policy_met=paid), allowed=allowed)
        self.state = "confirmed" if allowed else self.state

    @precondition(lambda self: len(self.events) > 12)
    @rule()
    def cancel(self):
        allowed = self.state in OPEN_STATES and not self.total("shipped")
        self.tried(lambda order: cancel(order, "x"), allowed=allowed)
        if allowed:
            units = {n: self.kept(line) for n, line in self.lines.items() if self.kept(line)}
            self.lines = self.moved("cancel", units)
            self.state, self.holds = "cancelled", set()

    @rule(units=some_units)
    def cancel_some(self, units):
        now = self.moved("cancel", units)
        rest = now and any(map(self.kept, now.values()))
        known = {"placed", "confirmed"} if rest else OPEN_STATES
        allowed = now is not None and self.state in known
        self.tried(lambda order: cancel(order, "x", units), allowed=allowed)
        if allowed:
            self.lines = now
            if not rest:
                self.state, self.holds = "cancelled", set()

    @rule(move=st.sampled_from(list(Move)), units=some_units)
    def move(self, move, units):
        now = self.moved(move, units)
        allowed = now is not None and self.state in STATES_OF[move]
        self.tried(lambda order: move_units(order, move, units), allowed=allowed)
        self.lines = now if allowed else self.lines

    @precondition(lambda self: self.state in OPEN_STATES)
    @rule()
    def go_on(self):
        """Take a short way to the next state, so that the later ones are reached as well."""
        if self.state == "draft":
            self.place()
        elif self.state == "placed":
            for reason in sorted(self.holds):
                self.release(reason)
            self.confirm(paid=True)
        else:
            self.ship_and_deliver_all()
            self.complete()

    def ship_and_deliver_all(self):
        for name, line in self.lines.items():
            missing = self.kept(line) - line["shipped"] - line["allocated"]
            self.move_all("allocate", name, missing)
            self.move_all("ship", name, self.lines[name]["allocated"])
            now = self.lines[name]
            known = now["delivered"] + now["lost"] + now["refused"]
            self.move_all("deliver", name, now["shipped"] - known)

    def move_all(self, move, name, units):
        if units:
            self.move(Move(move), {name: units})

    @rule()
    def complete(self):
        final = all(
            line["delivered"] + line["lost"] + line["refused"] == self.kept(line)
            for line in self.lines.values()
        )
        allowed = self.state == "confirmed" and final
        self.tried(complete, allowed=allowed)
        if allowed:
            self.state, self.holds = "completed", set()

    @rule(reason=st.sampled_from("ab"))
    def hold(self, reason):
        allowed = self.state in OPEN_STATES and reason not in self.holds
        self.tried(lambda order: hold(order, reason), allowed=allowed)
        self.holds |= {reason} if allowed else set()

    @rule(reason=st.sampled_from("ab"))
    def release(self, reason):
        allowed = self.state in OPEN_STATES and reason in self.holds
        self.tried(lambda order: release(order, reason), allowed=allowed)
        self.holds -= {reason} if allowed else set()

    @rule()
    def note(self):
        self.tried(lambda order: note(order, "x"), allowed=True)

    @invariant()
    def is_as_the_model(self):
        assert {line.id: asdict(line.quantities) for line in self.order.lines} == self.lines
        assert self.order.state == self.state
        assert set(self.order.holds) == self.holds
        assert self.order.version == len(self.events)

    @invariant()
    def has_statuses_of_its_quantities(self):
        n, shipped = self.total("ordered") - self.total("cancelled"), self.total("shipped")
        final = self.total("delivered") + self.total("lost") + self.total("refused")
        if not n:
            expected = {"none"}
        elif shipped < n:
            expected = {"partially_shipped" if shipped else "unshipped"}
        else:
            expected = {"delivered", "lost", "refused"} if final == n else {"shipped"}
        assert self.order.fulfilment_status in expected
        back = self.order.return_status != "none"
        assert back == bool(self.total("return_open") + self.total("returned"))

    @invariant()
    def takes_no_step_when_it_is_over(self):
        over = self.state in {"completed", "cancelled"}
        assert (ORDER.allowed(self.order.state) == ()) == over

    def teardown(self):
        self.order.check()
        assert rebuild(self.events) == self.order
        assert loads(Order, dumps(self.order)) == self.order
        forgotten = rebuild(anonymise(event) for event in self.events)
        assert forgotten == anonymise(self.order)


def test_an_order_is_as_the_model_after_any_commands():
    run_state_machine_as_test(OneOrder)


@given(st.lists(st.fixed_dictionaries({name: st.integers(0, 3) for name in COUNTERS}), max_size=4))
def test_statuses_do_not_depend_on_the_order_of_lines(several):
    known = [Quantities(**c) for c in several if c["ordered"] and lawful(c)]
    assert fulfilment_status(known) is fulfilment_status(known[::-1])
    assert return_status(known) is return_status(known[::-1])


@pytest.mark.parametrize("state", OrderState)
def test_every_state_can_reach_a_terminal_one(state):
    reached = {state}
    for _ in OrderState:
        reached |= {row.target for row in ORDER.transitions if row.state in reached}
    assert reached & set(ORDER.terminal)


@given(pricings_by_tariff(max_lines=3, book={"max_promotions": 3}))
def test_an_order_of_any_quote_is_kept_as_json_and_its_price_comes_out_again(drawn):
    quote = price_in(*drawn)
    order, events = draft(quote, id="o-1", number="1")
    again = loads(Order, dumps(order))
    assert again == order
    assert again.quote.quote() == quote
    assert rebuild(events) == order
    order.check()
