"""Laws of an order's money.

- F16: a full return refunds just what was captured less what is not refundable, in any split and
  order, by shares and by repricing, under all kinds of promotions, taxes, shipping and fees, and
  whichever refunds failed meanwhile.
- What is proposed is what `reverse` says, and is never refused.
- F14: refunds, those under way as well, are at most what was captured: of the order, of each
  payment, of each line by the shares of its units, of shipping and of each fee.
- F15: shipping goes back once.
- F8, F10, F11: against a model of integers and dicts, after any commands, most of them refused,
  the books agree, a refusal changes nothing, and replaying what has happened gives the order.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
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

from ordercore import (
    Cart,
    Money,
    PromotionBook,
    Quote,
    dumps,
    loads,
    price,
    recipes,
    reverse,
)
from ordercore.cart import Fee
from ordercore.errors import IllegalTransition, InvalidDocument, InvalidValue, LimitExceeded
from ordercore.lifecycle import TransitionRefused
from ordercore.orders import (
    LineUnits,
    Order,
    OrderDetails,
    Override,
    RefundLine,
    RefundParts,
    UnitsReplaced,
    anonymise,
    apply,
    approve_refund,
    authorize_payment,
    cancel,
    cancel_refund,
    capture_payment,
    confirm,
    draft,
    fail_payment,
    fail_refund,
    move_units,
    owed_refund,
    place,
    proposed_refund,
    rebuild,
    refund_ceilings,
    request_payment,
    request_refund,
    retry_refund,
    submit_refund,
    succeed_refund,
    void_payment,
)
from ordercore.parties import Address
from ordercore.pricing import ReversalOptions, price_in
from ordercore.tariffs import PayableRounding, Tariff, Taxes, TaxRate
from ordercore.testing.strategies import pricings, pricings_by_tariff

DETAILS = OrderDetails(delivery=Address(country="CN", lines=["1"]))
NEVER = st.sampled_from(("with_last", "with_last", "never"))


@st.composite
def quotes(draw):
    """A quote of any kind of promotions, with a tariff or without."""
    return price_in(*draw(pricings(max_lines=3) | pricings_by_tariff(max_lines=3)))


@st.composite
def choices(draw, policies=("keep_shares", "reprice")):
    return ReversalOptions(
        policy=draw(st.sampled_from(policies)),
        shipping=draw(NEVER),
        fees=draw(NEVER),
        deposit=draw(NEVER),
    )


def placed(quote: Quote) -> Order:
    return place(draft(quote, id="o-1", number="1", details=DETAILS)[0])[0]


def pay(order: Order, minor: int, payment: str) -> Order:
    if not minor:
        return order
    amount = Money(minor, order.currency)
    order = request_payment(order, amount, id=payment, method="card")[0]
    return capture_payment(order, payment, reference="c")[0]


def arrived(order: Order, move: str, units: dict[str, int]) -> Order:
    for each in ("allocate", "ship", move) if units else ():
        order = move_units(order, each, units)[0]
    return order


@st.composite
def paid_and_settled(draw, quote: Quote):
    """An order paid in some parts, some units cancelled and all others delivered or lost."""
    order = placed(quote)
    total = quote.payable_minor
    first = draw(st.integers(0, total))
    order = pay(pay(order, first, "p-1"), total - first, "p-2")
    units = {line.id: line.quantities.ordered for line in order.lines}
    gone = {name: draw(st.integers(0, count)) for name, count in units.items()}
    if any(gone.values()):
        order = cancel(order, "x", {name: count for name, count in gone.items() if count})[0]
    left = {name: count - gone[name] for name, count in units.items() if count > gone[name]}
    if not left:
        return order
    order = confirm(order, payment_policy_met=True)[0]
    lost = {name: draw(st.integers(0, count)) for name, count in left.items()}
    order = arrived(order, "lose", {name: count for name, count in lost.items() if count})
    rest = {name: count - lost[name] for name, count in left.items() if count > lost[name]}
    return arrived(order, "deliver", rest)


def some_units(draw, order: Order) -> dict[str, int]:
    """Some of the units that may still be refunded; none if there are no such."""
    owed = {line.id: line.quantities.owed for line in order.lines if line.quantities.owed}
    asked = {name: draw(st.integers(0, count)) for name, count in owed.items()}
    return {name: count for name, count in asked.items() if count}


def live(order: Order) -> int:
    return sum(each.amount.minor for each in order.refunds if each.is_live)


def rounds(quote: Quote) -> bool:
    return quote.tariff is not None and quote.tariff.rounding is not None


def ask(order: Order, units: dict[str, int], options: ReversalOptions) -> Order:
    parts = proposed_refund(order, units, options)
    name = f"r-{len(order.refunds)}"
    return request_refund(order, parts, id=name, reason="x")[0]


@given(st.data())
def test_a_full_return_gives_back_just_what_was_captured_but_what_is_not_refundable(data):
    quote, options = data.draw(quotes()), data.draw(choices())
    order = data.draw(paid_and_settled(quote))
    for _ in range(data.draw(st.integers(0, 4))):
        units = some_units(data.draw, order)
        if units:
            order = ask(order, units, options)
        dying = [each.id for each in order.refunds if each.is_live]
        if dying and data.draw(st.booleans()):
            order = cancel_refund(order, data.draw(st.sampled_from(dying)))[0]
    rest = {line.id: line.quantities.owed for line in order.lines if line.quantities.owed}
    if rest:
        order = ask(order, rest, options)
    whole = {line.id: line.quantity for line in quote.cart.lines}
    plain = {name: getattr(options, name) for name in ("policy", "shipping", "fees", "deposit")}
    assert live(order) == reverse(quote, {}, whole, **plain).amount.minor
    order.check()


@given(st.data())
def test_what_is_proposed_is_what_pricing_says_and_is_never_refused(data):
    quote, options = data.draw(quotes()), data.draw(choices())
    order = data.draw(paid_and_settled(quote))
    plain = {name: getattr(options, name) for name in ("policy", "shipping", "fees", "deposit")}
    before = []
    while units := some_units(data.draw, order):
        reversal = reverse(quote, before, units, **plain)
        order = ask(order, units, options)
        if options.policy == "reprice" and rounds(quote):  # a ceiling may be in the way
            assert live(order) <= reversal.refunded.minor
        else:
            assert order.refunds[-1].amount == reversal.amount
        before = reversal
    assert loads(Order, dumps(order)) == order


# Against a model: integers and dicts, in minor units

QUOTE = price(
    Cart(
        "CNY",
        Cart.of("CNY", [("shirt", "9.99", 3), ("scarf", "5.00", 1), ("cap", "0.07", 2)]).lines,
        Money.of("8.00", "CNY"),
        fees=[Fee("wrap", Money.of("1.50", "CNY"))],
    ),
    PromotionBook("CNY", [recipes.spend_and_save("summer", spend="30", save="5")]),
    at=datetime(2026, 11, 11, tzinfo=UTC),
    tariff=Tariff(
        "CNY",
        taxes=Taxes([TaxRate("vat", "13")], included=False),
        rounding=PayableRounding("0.10", "up"),
    ),
)


def _unit(line, k):
    part = QUOTE.line(line, k, k + 1)
    return part.payable_minor + part.tax.minor


ORDERED = {"1": 3, "2": 1, "3": 2}
PRICES = {line: [_unit(line, k) for k in range(count)] for line, count in ORDERED.items()}
CHARGES = {
    "shipping": 800,
    "wrap": 150,
    "tax": sum(tax.minor for tax in QUOTE.shipping_taxes)
    + sum(tax.minor for _, taxes in QUOTE.fee_taxes for tax in taxes),
    "rounding": QUOTE.rounding.minor,
}
PAYABLE = sum(map(sum, PRICES.values())) + sum(CHARGES.values())
REFUSALS = (IllegalTransition, InvalidDocument, InvalidValue, LimitExceeded, TransitionRefused)
STEPS = {
    "requested": {"approve": "approved", "cancel": "cancelled"},
    "approved": {"submit": "submitted", "cancel": "cancelled"},
    "submitted": {"succeed": "succeeded", "fail": "failed"},
    "failed": {"retry": "submitted", "succeed": "succeeded", "cancel": "cancelled"},
    "succeeded": {},
    "cancelled": {},
}
COMMANDS = {
    "approve": approve_refund,
    "submit": submit_refund,
    "succeed": succeed_refund,
    "fail": lambda order, name: fail_refund(order, name, "x"),
    "retry": retry_refund,
    "cancel": cancel_refund,
}
DEAD = ("failed", "cancelled")
ON = {"requested": "approve", "approved": "submit"}

names = st.sampled_from(sorted(ORDERED))
amounts = st.integers(1, 1500) | st.sampled_from([PAYABLE, PAYABLE - 1, PAYABLE // 2])
some_units_of = st.dictionaries(names, st.integers(1, 3), min_size=1, max_size=2)


def yuan(minor):
    return Money(minor, "CNY")


def test_the_model_knows_the_price_down_to_the_unit():
    assert QUOTE.payable_minor == PAYABLE
    assert CHARGES["rounding"] > 0
    assert len(set(PRICES["1"])) > 1


@st.composite
def hand_made(draw):
    """Parts of a refund that somebody made up, many of them too large."""
    lines, minor, sources = [], {}, {}
    for line in draw(st.lists(names, unique=True, max_size=2)):
        units, waived = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        price, least = PRICES[line][0], 0 if units or waived else 1
        lines.append(
            {
                "line": line,
                "units": units,
                "cancelled": draw(st.sampled_from((0, 0, 0, units))),
                "replaced": draw(st.sampled_from((0, 0, 0, units))),
                "waived": waived,
                "amount": draw(st.integers(least, price) | st.just(price * units or least)),
            }
        )
    if not lines:
        name = draw(st.sampled_from(("shipping", "shipping", *CHARGES, "overpaid")))
        most = CHARGES.get(name, 500)
        minor[name] = draw(st.sampled_from((most, most, most // 2, most + 1)))
    total = sum(minor.values()) + sum(line["amount"] for line in lines)
    charge = draw(st.integers(0, total)) if draw(st.booleans()) else 0
    if total > charge and draw(st.booleans()):
        sources = {draw(st.sampled_from(("p-0", "p-0", "p-1", "p-9"))): total - charge}
    return {"lines": lines, "minor": minor, "charge": charge, "sources": sources}


def parts_of(made):
    minor = {name: yuan(count) for name, count in made["minor"].items()}
    wrap = minor.pop("wrap", None)
    return RefundParts(
        lines=[RefundLine(**{**each, "amount": yuan(each["amount"])}) for each in made["lines"]],
        fees={} if wrap is None else {"wrap": wrap},
        charges={"return_shipping": yuan(-made["charge"])} if made["charge"] else {},
        payments={name: yuan(count) for name, count in made["sources"].items()},
        **minor,
    )


def read_off(parts):
    """Read what was proposed as the model keeps it."""
    minor = {each.id: each.amount.minor for each in parts.fees}
    for name in ("shipping", "tax", "rounding", "overpaid"):
        amount = getattr(parts, name)
        if amount is not None:
            minor[name] = amount.minor
    fields = ("line", "units", "cancelled", "replaced", "waived")
    lines = [
        {**{name: getattr(each, name) for name in fields}, "amount": each.amount.minor}
        for each in parts.lines
    ]
    return {
        "lines": lines,
        "minor": minor,
        "charge": -sum(each.amount.minor for each in parts.charges),
        "sources": {each.id: each.amount.minor for each in parts.payments},
    }


class OneOrder(RuleBasedStateMachine):
    """One order's money: any command at any time, most of them refused."""

    def __init__(self):
        super().__init__()
        self.order, self.events = None, []
        for command in (
            lambda _: draft(QUOTE, id="o-1", number="1", details=DETAILS),
            place,
            lambda order: confirm(order, payment_policy_met=True),
        ):
            self.order, events = command(self.order)
            self.events += events
        self.payments, self.refunds = {}, {}
        zero = ("cancelled", "shipped", "settled", "replaced")
        self.lines = {line: dict.fromkeys(zero, 0) for line in ORDERED}
        self.over = False

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
        return allowed

    # Payments

    @rule(minor=amounts)
    def ask(self, minor):
        name = f"p-{len(self.payments)}"
        if len(self.payments) < 4:
            self.tried(
                lambda order: request_payment(order, yuan(minor), id=name, method="card"),
                allowed=True,
            )
            fresh = {"asked": minor, "agreed": 0, "captures": [], "state": "pending"}
            self.payments[name] = fresh

    def some_payment(self, data):
        name = data.draw(st.sampled_from(sorted(self.payments)))
        return name, self.payments[name]

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), minor=amounts)
    def hear_of_a_payment(self, data, minor):
        told = data.draw(st.sampled_from((self.authorize, self.capture, self.capture, self.end)))
        told(data, minor)

    def authorize(self, data, minor):
        name, one = self.some_payment(data)
        taken = sum(one["captures"])
        allowed = one["state"] in ("pending", "failed") and max(taken, 1) <= minor <= one["asked"]
        if self.tried(lambda order: authorize_payment(order, name, yuan(minor)), allowed=allowed):
            one["agreed"] = minor
            one["state"] = "captured" if minor == taken else "authorized"

    def capture(self, data, minor):
        all_of_it, again = data.draw(st.booleans()), data.draw(st.integers(0, 5))
        name, one = self.some_payment(data)
        taken = sum(one["captures"])
        left = (one["agreed"] if one["state"] == "authorized" else one["asked"]) - taken
        minor = left if all_of_it and left else minor
        known = again == 0 and bool(one["captures"])
        reference = "c-0" if known else f"c-{len(one['captures'])}"
        allowed = one["state"] != "captured" and not known and minor <= left
        if self.tried(
            lambda order: capture_payment(order, name, yuan(minor), reference=reference),
            allowed=allowed,
        ):
            one["captures"].append(minor)
            one["agreed"] = max(one["agreed"], taken + minor)
            late = one["state"] in ("failed", "voided")
            one["state"] = "captured" if late or minor == left else one["state"]

    def end(self, data, _minor):
        name, one = self.some_payment(data)
        fails = data.draw(st.booleans())
        allowed = one["state"] in ("pending", "authorized")
        ended = "failed" if fails else "voided"
        command = (
            (lambda o: fail_payment(o, name, "x")) if fails else lambda o: void_payment(o, name)
        )
        if self.tried(command, allowed=allowed):
            one["agreed"] = sum(one["captures"])
            one["state"] = "captured" if one["captures"] else ended

    @initialize(paid=st.integers(0, 3), units=st.none() | some_units_of)
    def begin(self, paid, units):
        """Mostly the order is paid and something has arrived, for else nothing goes back."""
        if paid:
            self.pay_all()
        if units is not None and all(count <= ORDERED[n] for n, count in units.items()):
            self.settle(units, "deliver")

    @rule()
    def pay_all(self):
        missing = PAYABLE - self.captured()
        if missing > 0 and len(self.payments) < 4:
            name = f"p-{len(self.payments)}"
            self.ask(missing)
            self.tried(lambda o: capture_payment(o, name, reference="c-0"), allowed=True)
            self.payments[name] |= {"agreed": missing, "captures": [missing], "state": "captured"}

    # Units

    @rule(units=some_units_of)
    def cancel_some(self, units):
        now = {line: ORDERED[line] - each["cancelled"] for line, each in self.lines.items()}
        fits = all(count <= now[n] - self.lines[n]["shipped"] for n, count in units.items())
        whole = all(now[n] == units.get(n, 0) for n in now)
        allowed = fits and not self.over
        if self.tried(lambda order: cancel(order, "x", units), allowed=allowed):
            for line, count in units.items():
                self.lines[line]["cancelled"] += count
            self.over = whole

    @precondition(lambda self: not any(each["shipped"] for each in self.lines.values()))
    @rule()
    def cancel_all(self):
        if not self.over:
            left = {n: ORDERED[n] - each["cancelled"] for n, each in self.lines.items()}
            self.cancel_some({name: count for name, count in left.items() if count})

    @rule(units=some_units_of, move=st.sampled_from(("deliver", "lose", "refuse")))
    def settle(self, units, move):
        fits = all(
            count <= ORDERED[n] - self.lines[n]["cancelled"] - self.lines[n]["shipped"]
            for n, count in units.items()
        )
        if fits and not self.over:
            for each in ("allocate", "ship", move):
                self.tried(lambda o, each=each: move_units(o, each, units), allowed=True)
            for line, count in units.items():
                self.lines[line]["shipped"] += count
                self.lines[line]["settled"] += count

    @precondition(lambda self: any(self.owed(line) for line in ORDERED))
    @rule(line=names, count=st.integers(1, 2))
    def replace(self, line, count):
        event = UnitsReplaced("a-1", "o-2", [LineUnits(line, count)])
        if self.tried(
            lambda order: (apply(order, event), (event,)), allowed=count <= self.owed(line)
        ):
            self.lines[line]["replaced"] += count

    # Refunds

    @rule(made=hand_made(), by=st.booleans())
    def refund_by_hand(self, made, by):
        override = Override("u-7", "goodwill") if by else None
        said = by or not any(each["replaced"] for each in made["lines"])
        allowed = said and self.fits(made) and self.leans_on_no_waiver(made)
        self.requested(parts_of(made), made, override, allowed=allowed, by_hand=True)

    @precondition(lambda self: any(self.owed(n) or self.lines[n]["replaced"] for n in ORDERED))
    @rule(data=st.data(), policy=st.sampled_from((None, "keep_shares", "reprice")))
    def refund_as_proposed(self, data, policy):
        free = data.draw(st.booleans())
        room = {n: self.owed(n) + free * self.lines[n]["replaced"] for n in ORDERED}
        units = {
            name: data.draw(st.integers(0, most + (most == 1))) for name, most in room.items()
        }
        units = {name: count for name, count in units.items() if count}
        before = [each.parts.options for each in self.order.refunds if each.is_live]
        made = [each.policy for each in before if each is not None]
        same = policy in (None, "keep_shares") or not made or made[-1] == policy
        if all(count <= room[name] for name, count in units.items()) and units and same:
            parts = proposed_refund(self.order, units, policy, even_replaced=free)
            override = Override("u-7", "goodwill") if free else None
            self.requested(parts, read_off(parts), override, allowed=True)
        else:
            with pytest.raises((InvalidDocument, InvalidValue)):
                proposed_refund(self.order, units, policy, even_replaced=free)

    @rule()
    def refund_what_is_owed(self):
        parts = owed_refund(self.order)
        if parts is not None:
            assert parts.amount.minor > 0
            self.requested(parts, read_off(parts), None, allowed=True)
            assert owed_refund(self.order) is None

    def requested(self, parts, made, override, *, allowed, by_hand=False):
        name = f"r-{len(self.refunds)}"
        newest = self.newest_first(self.total_of(made))
        sources = made["sources"] or newest
        assert by_hand or sources == newest
        if self.tried(
            lambda order: request_refund(order, parts, id=name, reason="x", override=override),
            allowed=allowed,
        ):
            self.refunds[name] = {**made, "state": "requested", "sources": sources}
            told = self.order.refunds[-1].parts.payments
            assert {each.id: each.amount.minor for each in told} == sources
            self.count(made, 1)

    def count(self, made, sign):
        """Units that were replaced count as refunded instead, as long as the refund does."""
        for each in made["lines"]:
            self.lines[each["line"]]["replaced"] -= sign * each["replaced"]

    @precondition(lambda self: self.refunds)
    @rule(data=st.data(), step=st.sampled_from(sorted(COMMANDS)))
    def step(self, data, step):
        self.stepped(data.draw(st.sampled_from(sorted(self.refunds))), step)

    @precondition(lambda self: self.in_states("submitted", "failed"))
    @rule(data=st.data())
    def answer(self, data):
        """Let the provider answer, and whoever hears of a failure."""
        name = data.draw(st.sampled_from(self.in_states("submitted", "failed")))
        self.stepped(name, data.draw(st.sampled_from([*STEPS[self.refunds[name]["state"]]])))

    def in_states(self, *states):
        return [name for name, one in self.refunds.items() if one["state"] in states]

    def stepped(self, name, step):
        one = self.refunds[name]
        target = STEPS[one["state"]].get(step)
        revives = target is not None and one["state"] in DEAD and target not in DEAD
        allowed = target is not None and (not revives or self.fits(one))
        if self.tried(lambda order: COMMANDS[step](order, name), allowed=allowed):
            self.count(one, revives - (one["state"] not in DEAD and target in DEAD))
            one["state"] = target

    @precondition(lambda self: self.in_states(*ON))
    @rule(data=st.data())
    def submit(self, data):
        """Take a refund on until it is submitted, so that some come to their end."""
        name = data.draw(st.sampled_from(self.in_states(*ON)))
        while (step := ON.get(self.refunds[name]["state"])) is not None:
            self.stepped(name, step)

    # What the model knows

    def captured(self, *payments):
        return sum(sum(self.payments[n]["captures"]) for n in payments or self.payments)

    def live(self):
        return [each for each in self.refunds.values() if each["state"] not in DEAD]

    def total_of(self, made):
        lines = sum(each["amount"] for each in made["lines"])
        return sum(made["minor"].values()) + lines - made["charge"]

    def line_sum(self, line, name):
        return sum(
            part[name] for each in self.live() for part in each["lines"] if part["line"] == line
        )

    def given(self, name):
        return sum(each["minor"].get(name, 0) for each in self.live())

    def from_payment(self, name):
        return sum(each["sources"].get(name, 0) for each in self.live())

    def owed(self, line):
        one = self.lines[line]
        return one["cancelled"] + one["settled"] - self.line_sum(line, "units") - one["replaced"]

    def newest_first(self, left):
        found = {}
        for name in reversed(list(self.payments)):
            taken = min(left, self.captured(name) - self.from_payment(name))
            if taken > 0:
                found[name] = taken
                left -= taken
        return found

    def line_ceiling(self, line, waived):
        one = self.lines[line]
        units = min(ORDERED[line], one["cancelled"] + max(one["settled"], waived))
        return sum(PRICES[line][:units])

    def fits(self, made):
        """Whether a refund fits beside all others."""
        total = sum(self.total_of(each) for each in self.live())
        good = total + self.total_of(made) <= self.captured()
        for name, minor in made["minor"].items():
            most = self.captured() - PAYABLE if name == "overpaid" else CHARGES[name]
            good &= self.given(name) + minor <= max(0, most)
        for part in made["lines"]:
            line = part["line"]
            one = self.lines[line]
            sums = {n: self.line_sum(line, n) + part[n] for n in part if n != "line"}
            good &= sums["amount"] <= self.line_ceiling(line, sums["waived"])
            good &= part["units"] <= self.owed(line) + part["replaced"]
            good &= part["replaced"] <= one["replaced"]
            good &= sums["cancelled"] <= one["cancelled"]
            good &= sums["units"] - sums["cancelled"] <= one["settled"]
        for name, minor in made["sources"].items():
            taken = self.captured(name) if name in self.payments else 0
            good &= self.from_payment(name) + minor <= taken
        return good

    def leans_on_no_waiver(self, made):
        """Whether a refund fits on each line whichever of those under way fail."""
        return all(
            self.line_sum(part["line"], "amount") + part["amount"] - back
            <= self.line_ceiling(
                part["line"], self.line_sum(part["line"], "waived") + part["waived"] - lost
            )
            for part in made["lines"]
            for lost, back in self.losses(part["line"])
        )

    def losses(self, line):
        """List what may fail: how many units it waives, and what it gives back."""
        under_way = [
            part
            for each in self.live()
            for part in each["lines"]
            if each["state"] != "succeeded" and part["line"] == line and part["waived"]
        ]
        for count in range(len(under_way) + 1):
            for some in combinations(under_way, count):
                yield sum(p["waived"] for p in some), sum(p["amount"] for p in some)

    # What must always hold

    @invariant()
    def never_gives_back_more_than_came_in(self):
        assert sum(map(self.total_of, self.live())) <= self.captured()
        for name in self.payments:
            assert self.from_payment(name) <= self.captured(name)
        for line in ORDERED:
            assert self.line_sum(line, "amount") <= self.line_ceiling(
                line, self.line_sum(line, "waived")
            )
        for name, most in CHARGES.items():
            assert self.given(name) <= most

    @invariant()
    def is_as_the_model(self):
        for payment in self.order.payments:
            one = self.payments[payment.id]
            told = (payment.state, payment.authorized.minor, payment.captured.minor)
            assert told == (one["state"], one["agreed"], sum(one["captures"]))
        states = {each.id: each.state for each in self.order.refunds}
        assert states == {name: each["state"] for name, each in self.refunds.items()}
        for line in self.order.lines:
            assert line.quantities.refunded == self.line_sum(line.id, "units")
            assert line.quantities.replaced == self.lines[line.id]["replaced"]
        assert self.order.version == len(self.events)

    @invariant()
    def has_the_balance_and_status_of_its_amounts(self):
        done = [each for each in self.refunds.values() if each["state"] == "succeeded"]
        refunded, captured = sum(map(self.total_of, done)), self.captured()
        cancelled = sum(sum(PRICES[n][: one["cancelled"]]) for n, one in self.lines.items())
        due = 0 if self.over else max(0, PAYABLE - cancelled)
        agreed = sum(
            one["agreed"] - sum(one["captures"])
            for one in self.payments.values()
            if one["state"] == "authorized"
        )
        if not captured:
            expected = "authorized" if agreed and agreed >= due else "unpaid"
        elif refunded:
            expected = "refunded" if refunded == captured else "partially_refunded"
        else:
            more, less = captured > due, captured < due
            expected = "overpaid" if more else "partially_paid" if less else "paid"
        balance = self.order.balance
        assert self.order.payment_status == expected
        assert (balance.due.minor, balance.captured.minor) == (due, captured)
        assert balance.refunded.minor == refunded
        live = sum(map(self.total_of, self.live()))
        assert balance.refunding.minor == live - refunded

    @invariant()
    def tells_its_ceilings(self):
        for each in refund_ceilings(self.order):
            if each.component == "lines":
                waived = self.line_sum(each.id, "waived")
                assert each.most.minor == self.line_ceiling(each.id, waived)
                assert each.given.minor == self.line_sum(each.id, "amount")
            elif each.component == "payments":
                assert each.most.minor == self.captured(each.id)

    def teardown(self):
        self.order.check()
        assert rebuild(self.events) == self.order
        assert loads(Order, dumps(self.order)) == self.order
        forgotten = rebuild(anonymise(event) for event in self.events)
        assert forgotten == anonymise(self.order)
        assert forgotten.balance == self.order.balance


def test_the_money_of_an_order_is_as_the_model_after_any_commands():
    run_state_machine_as_test(OneOrder)
