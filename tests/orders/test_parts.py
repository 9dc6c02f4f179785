"""What the parts of a split order bear, and that none of them is a dead end.

- Charges, rounding, uses, gifts, points and coupons of all parts are those of the quote, each
  once; no part comes to less than nothing.
- F16 over splits: when everything is back, every order has given back all that it captured.
- Whatever happened, an order with money captured has a policy by which what it owes is told.
- Money that a failed refund may still take stays with it, and what providers say again is known.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce

import pytest
from attrs import evolve
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
    Fee,
    Money,
    PromotionBook,
    Shopper,
    Tariff,
    dumps,
    loads,
    price,
    recipes,
)
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.lifecycle import TransitionRefused
from ordercore.orders import (
    Order,
    OrderDetails,
    OrderState,
    PaymentElsewhere,
    PaymentPolicy,
    QuotePart,
    RefundLine,
    RefundParts,
    RefundState,
    approve_refund,
    authorize_payment,
    cancel,
    cancel_refund,
    capture_payment,
    confirm,
    draft,
    fail_refund,
    merge,
    move_units,
    owed_refund,
    place,
    proposed_refund,
    rebuild,
    refund_ceilings,
    refund_guards,
    request_payment,
    request_refund,
    split,
    submit_refund,
    succeed_refund,
)
from ordercore.orders.prices import borne
from ordercore.parties import Address
from ordercore.pricing import ReversalOptions
from ordercore.promotions import Coupon, Gift, PercentOff, Promotion, Sku
from ordercore.tariffs import PayableRounding, Taxes, TaxRate

AT = datetime(2026, 11, 11, tzinfo=UTC)
HOME = OrderDetails(delivery=Address(country="CN", lines=["1"]))
NO_BOOK = PromotionBook("CNY", [])
BOOK = PromotionBook(
    "CNY",
    [
        recipes.spend_and_save("summer", spend="30", save="7.01"),
        recipes.gift_from("tea", "tea-sampler", spend="40"),
        recipes.percent_off("first", "3", Sku("s0")),
        recipes.amount_off("voucher", "1.03", trigger=Coupon("one-off")),
        recipes.coupon_from("thanks", "next-time", spend="20"),
        recipes.earn_points("back", 1, per="3"),
        recipes.points_redemption("points", "100"),
        recipes.presale_deposit("early", "5.01"),
    ],
)
HOLDER = Shopper("c-7", coupons=["one-off"], points=250)


def yuan(text):
    return Money.of(text, "CNY")


def placed(quote):
    return place(draft(quote, id="o-1", number="1", details=HOME)[0])[0]


def quoted(*items, book=NO_BOOK, tariff=None, shopper=None, **charges):
    cart = Cart.of("CNY", items, **charges)
    return price(cart, book, at=AT, shopper=shopper, tariff=tariff)


def paid(order, *amounts):
    for i, amount in enumerate(amounts, len(order.payments) + 1):
        order = request_payment(order, amount, id=f"p-{i}", method="card")[0]
        order = capture_payment(order, f"p-{i}", reference=f"c-{i}")[0]
    return order


def halves(order, units, name="o-2"):
    (one, _), (two, _) = split(order, units, id=name, number="x")
    return one, two


def refunded(order, parts, name="r-1"):
    order = request_refund(order, parts, id=name, reason="x")[0]
    order = submit_refund(approve_refund(order, name)[0], name)[0]
    return succeed_refund(order, name)[0]


def failed(order, parts, name="r-1"):
    order = request_refund(order, parts, id=name, reason="x")[0]
    order = submit_refund(approve_refund(order, name)[0], name)[0]
    return fail_refund(order, name, "timeout")[0]


def left(*several):
    """Tell what several orders have captured and not given back, in minor units."""
    balances = [order.balance for order in several]
    return sum((b.captured - b.refunded - b.refunding).minor for b in balances)


# No dead end


SIX = quoted(("a", "10.00", 6), book=PromotionBook("CNY", BOOK.promotions[:1]))


@pytest.mark.parametrize("policy", [None, "keep_shares"])
def test_after_a_refund_by_repricing_the_parts_are_refunded_by_shares(policy):
    order = cancel(paid(placed(SIX), SIX.payable), "x", {"1": 1})[0]
    order = refunded(order, owed_refund(order, "reprice"))
    before = left(order)
    one, two = (cancel(part, "x")[0] for part in halves(order, {"1": 2}))
    given = sum(owed_refund(part, policy).amount.minor for part in (one, two))
    assert (given, before) == (before, before)


def test_what_the_parts_cannot_be_refunded_by_says_so():
    order = cancel(paid(placed(SIX), SIX.payable), "x", {"1": 1})[0]
    order = refunded(order, owed_refund(order, "reprice"))
    one, _ = halves(order, {"1": 2})
    for policy in ("reprice", ReversalOptions(policy="reprice")):
        with pytest.raises(InvalidValue) as told:
            owed_refund(cancel(one, "x")[0], policy)
        assert (told.value.path, told.value.reason) == (("policy",), "parts_of_quote")


def test_only_shares_may_follow_another_policy_with_the_other_choices_as_they_were():
    never = ReversalOptions(policy="reprice", shipping="never")
    quote = quoted(("a", "10.00", 3), shipping="6.00")
    order = cancel(paid(placed(quote), "36"), "x", {"1": 1})[0]
    order = cancel(refunded(order, owed_refund(order, never)), "x")[0]
    shares = evolve(never, policy="keep_shares")
    assert owed_refund(order, shares).amount == owed_refund(order).amount == yuan("20")
    with pytest.raises(InvalidDocument) as told:
        owed_refund(order, "keep_shares")
    assert [(f.path, f.reason) for f in told.value.faults] == [(("shipping",), "fields_disagree")]
    order = refunded(order, owed_refund(order, shares), "r-2")
    order = paid(order, "1")
    with pytest.raises(InvalidDocument) as told:
        owed_refund(order, never)
    assert [fault.path for fault in told.value.faults] == [("policy",)]


def test_a_set_that_is_parted_after_all_is_refunded_by_shares():
    order = paid(placed(SIX), SIX.payable)
    together = ReversalOptions(policy="forbid_partial", together=["summer"])
    order = cancel(order, "x", {"1": 1})[0]
    with pytest.raises(InvalidDocument) as told:
        owed_refund(order, together)
    assert told.value.faults[0].reason == "parted_set"
    assert owed_refund(order).amount.minor == SIX.line("1", 0, 1).payable_minor


def test_a_price_that_comes_out_otherwise_is_no_dead_end_whatever_the_choices():
    vat = Tariff("CNY", taxes=Taxes([TaxRate("vat", "13")], included=False))
    fees = [Fee("box", yuan("3.01"))]
    quote = quoted(("a", "10.00", 2), tariff=vat, shipping="6.00", fees=fees)
    order = cancel(paid(placed(quote), quote.payable), "x", {"1": 1})[0]
    mixed = ReversalOptions(policy="reprice", fees="never")
    order = cancel(refunded(order, owed_refund(order, mixed)), "x")[0]
    told = owed_refund(order, evolve(mixed, policy="keep_shares"))
    assert (told.shipping, told.tax, told.fees) == (yuan("6"), yuan("0.78"), ())
    order = evolve(order, quote=evolve(order.quote, points_earned=7))
    assert owed_refund(order, evolve(mixed, policy="keep_shares")) == told


# What a part bears


DOWN = Tariff("CNY", rounding=PayableRounding("0.1"))
LAMP = quoted(("free", "0.00", 1), ("tape", "0.01", 1), ("lamp", "19.96", 1), tariff=DOWN)
"""Seven cents are waived, which is more than the tape is worth."""


def test_what_rounding_waives_makes_no_part_less_than_nothing():
    order = cancel(paid(placed(LAMP), "19.90"), "x", {"3": 1})[0]
    for units, payables in (({"2": 1}, ["19.90", "0.00"]), ({"1": 1}, ["19.90", "0.00"])):
        parts = halves(order, units)
        assert [str(part.payable.decimal) for part in parts] == payables
        assert sum(owed_refund(cancel(part, "x")[0]).amount.minor for part in parts[:1]) == 1990
        assert owed_refund(cancel(parts[1], "x")[0]) is None
    (tape,) = (halves(placed(LAMP), {"3": 1})[0],)
    assert tape.payable == yuan("0.01")


def test_what_rounding_added_comes_back_with_the_last_units_of_each_part():
    up = Tariff("CNY", rounding=PayableRounding("1", "up"))
    quote = quoted(("a", "3.10", 3), tariff=up)
    order = paid(placed(quote), "10")
    one, two = halves(order, {"1": 1})
    assert one.part.rounding + two.part.rounding == yuan("0.70")
    given = [owed_refund(cancel(part, "x")[0]) for part in (one, two)]
    assert [parts.rounding for parts in given] == [one.part.rounding, two.part.rounding]
    assert [parts.amount for parts in given] == [one.payable, two.payable]
    some = owed_refund(cancel(one, "x", {"1": 1})[0])
    assert (some.amount, some.rounding) == (yuan("3.10"), None)


def test_what_somebody_rounded_by_hand_makes_no_part_less_than_nothing():
    order = cancel(paid(placed(LAMP), "19.90", "0.07"), "x", {"1": 1})[0]
    by_hand = RefundParts(overpaid=yuan("0.07"), rounding=yuan("-0.07"))
    order = request_refund(order, by_hand, id="r-1", reason="x")[0]
    one, two = halves(order, {"3": 1})
    assert (one.payable, two.payable) == (yuan("0"), yuan("19.90"))


def test_what_somebody_took_of_the_rounding_by_hand_stays():
    order = cancel(paid(placed(LAMP), "19.90"), "x", {"3": 1})[0]
    lamp = RefundLine(line="3", amount=yuan("19.96"), units=1, cancelled=1)
    by_hand = RefundParts(lines=[lamp], rounding=yuan("-0.07"))
    order = request_refund(order, by_hand, id="r-1", reason="x")[0]
    one, two = halves(order, {"2": 1})
    assert (one.part.rounding, two.part.rounding) == (yuan("-0.07"), yuan("0"))


def test_what_a_refund_took_of_the_rounding_stays_and_no_cent_is_lost():
    order = cancel(paid(placed(LAMP), "19.90"), "x", {"3": 1})[0]
    order = refunded(order, owed_refund(order))
    assert order.balance.unpaid.is_zero
    order = paid(order, "0.01", "5.00")
    one, two = halves(order, {"2": 1})
    assert (one.payable, two.payable) == (yuan("19.90"), yuan("0"))
    assert (one.part.rounding, two.part.rounding) == (yuan("-0.06"), yuan("-0.01"))
    one, two = (cancel(part, "x")[0] for part in (one, two))
    assert [owed_refund(part) and owed_refund(part).amount for part in (one, two)] == [
        yuan("5.01"),
        None,
    ]


def test_points_and_the_deposit_are_shared_and_coupons_stay():
    book = PromotionBook(
        "CNY",
        [
            recipes.presale_deposit("pre", "40"),
            recipes.earn_points("back", 1, per="1"),
            recipes.coupon_from("thanks", "next-time", spend="1"),
            recipes.amount_off("voucher", "4.00", trigger=Coupon("one-off")),
        ],
    )
    quote = quoted(("a", "100.00", 4), book=book, shopper=HOLDER)
    order = placed(quote)
    whole = borne(order)
    assert whole.points_earned
    assert whole.coupons_granted
    one, two = halves(order, {"1": 1})
    points = whole.points_earned
    assert (one.part.points_earned, two.part.points_earned) == (points * 3 // 4, points // 4)
    assert (one.part.coupons_granted, two.part.coupons_granted) == (whole.coupons_granted, ())
    assert (one.part.coupons_used, two.part.coupons_used) == (("one-off",), ())
    deposit = whole.deposit
    assert one.part.deposit + two.part.deposit == deposit
    assert two.part.deposit.minor == deposit.minor // 4
    assert PaymentPolicy.DEPOSIT.met_by(paid(two, two.part.deposit)) is True
    never = ReversalOptions(deposit="never")
    kept = [
        owed_refund(cancel(paid(part, part.payable), "x")[0], never).charged("withheld")
        for part in (one, two)
    ]
    assert kept == [-one.part.deposit.minor, -two.part.deposit.minor]
    some = cancel(paid(one, one.payable), "x", {"1": 1})[0]
    assert owed_refund(some, never).amount == yuan("99")  # it is kept back last of all


def test_a_use_goes_with_the_units_when_nothing_that_it_lowers_stays():
    book = PromotionBook(
        "CNY",
        [recipes.percent_off("a_day", "10", Sku("a")), recipes.gift_from("tea", "t", spend="9")],
    )
    order = placed(quoted(("a", "20.00", 2), ("b", "20.00", 1), book=book))

    def counted(part):
        return [use.promotion for use in part.part.uses if use.counts]

    one, two = halves(order, {"1": 1})
    assert (counted(one), counted(two)) == (["a_day", "tea"], [])
    one, two = halves(order, {"1": 2})
    assert (counted(one), counted(two)) == (["tea"], ["a_day"])
    assert [gift.sku for gift in one.part.gifts] == ["t"]
    assert two.part.gifts == ()
    assert two.part.uses[0].amount == yuan("4")


def test_what_a_promotion_takes_off_shipping_is_shared_by_what_the_units_cost():
    book = PromotionBook("CNY", [recipes.shipping_off("less", amount="4.00")])
    order = placed(quoted(("a", "30.00", 1), ("b", "10.00", 1), book=book, shipping="8.00"))
    assert borne(order).uses[0].amount == yuan("4")
    one, two = halves(order, {"2": 1})
    assert [str(part.part.uses[0].amount.decimal) for part in (one, two)] == ["3.00", "1.00"]
    assert [part.part.uses[0].counts for part in (one, two)] == [True, False]


def test_gifts_follow_the_use_of_their_promotion():
    a_day = Promotion(id="a_day", benefits=[PercentOff("10", Sku("a")), Gift("t", 1)])
    book = PromotionBook("CNY", [a_day])
    order = placed(quoted(("a", "20.00", 2), ("b", "20.00", 1), book=book))
    for units, has in (({"1": 1}, (1, 0)), ({"1": 2}, (0, 1)), ({"2": 1}, (1, 0))):
        parts = halves(order, units)
        assert tuple(len(part.part.gifts) for part in parts) == has
        whole, _ = merge(*parts)
        assert borne(whole[0]) == borne(order)


@pytest.mark.parametrize("units", [{"1": 1}, {"2": 1}])
def test_gifts_that_went_apart_come_back_in_the_order_of_the_quote(units):
    offers = [
        Promotion(id=sku, benefits=[PercentOff("10", Sku(sku)), Gift(f"{sku}-sample", 1)])
        for sku in ("a", "b")
    ]
    book = PromotionBook("CNY", offers)
    order = placed(quoted(("a", "20.00", 1), ("b", "20.00", 1), book=book))
    one, two = halves(order, units)
    assert [len(part.part.gifts) for part in (one, two)] == [1, 1]
    for parts in ((one, two), (two, one)):
        (whole, _), _ = merge(*parts)
        assert whole.part is None


# Where the money is


def two_payments():
    """Paid in two parts, of which 36 are due: a refund of 10 from the second one failed."""
    order = paid(placed(quoted(("a", "10.00", 3), ("b", "5.00", 2), shipping="6.00")), "30", "16")
    order = cancel(order, "x", {"1": 1})[0]
    return failed(order, owed_refund(order))


def test_money_that_a_failed_refund_may_still_take_stays():
    one, two = halves(two_payments(), {"1": 2})
    assert [(p.id, p.captured) for p in one.payments] == [
        ("p-1", one.balance.captured - yuan("10")),
        ("p-2", yuan("10")),
    ]
    assert two.payment_status == "paid"
    late = succeed_refund(one, "r-1")[0]
    assert owed_refund(late) is None
    assert left(late, two) == late.balance.due.minor + two.balance.due.minor


def test_money_that_waits_for_two_refunds_stays_for_both():
    order = two_payments()
    order = request_refund(order, owed_refund(order), id="r-2", reason="x")[0]
    one, two = halves(order, {"1": 2, "2": 1})
    assert {p.id: p.captured for p in one.payments} == {"p-2": yuan("16")}
    gone = cancel_refund(one, "r-2")[0]
    assert succeed_refund(gone, "r-1")[0].balance.refunded == yuan("10")
    assert left(one, two) == left(order)


def test_money_does_not_wait_for_a_failed_refund_whose_place_another_one_took():
    order = paid(placed(quoted(("a", "50.00", 1), ("b", "25.00", 2))), "100")
    order = cancel(order, "x", {"1": 1})[0]
    order = refunded(failed(order, owed_refund(order)), owed_refund(order), "r-2")
    assert not succeeding(order, "r-1")
    one, two = halves(order, {"2": 1})
    assert [each.balance.captured for each in (one, two)] == [yuan("75"), yuan("25")]
    assert one.balance.unpaid.is_zero
    assert two.balance.unpaid.is_zero


def succeeding(order, name):
    """Whether a refund may succeed."""
    try:
        succeed_refund(order, name)
    except TransitionRefused:
        return False
    return True


CHARGED = quoted(
    ("a", "10.00", 2),
    ("b", "20.00", 3),
    shipping="9.00",
    fees=[Fee("box", yuan("3.00"))],
    tariff=Tariff(
        "CNY",
        taxes=Taxes([TaxRate("vat", "13")], included=False),
        rounding=PayableRounding("1", "up"),
    ),
)


@pytest.mark.parametrize("name", ["shipping", "fees", "tax", "rounding"])
def test_charges_that_a_failed_refund_may_still_give_back_stay(name):
    order = paid(placed(CHARGED), CHARGED.payable)
    whole = getattr(borne(order), name)
    one, two = halves(failed(order, RefundParts(**{name: whole})), {"2": 2})
    assert getattr(one.part, name) == whole
    late = succeed_refund(one, "r-1")[0]
    assert late.balance.refunded == late.refunds[0].amount
    assert late.payable + two.payable == order.payable
    given_up = cancel_refund(one, "r-1")[0]
    assert getattr(halves(given_up, {"2": 1}, "o-3")[0].part, name) != whole


def test_a_capture_that_is_shared_says_how_much_was_taken_at_once():
    one, two = halves(paid(placed(SIX), SIX.payable), {"1": 2})
    for part in (one, two):
        ((capture,),) = [payment.captures for payment in part.payments]
        assert (capture.reference, capture.whole) == ("c-1", SIX.payable)
        assert capture.amount < capture.whole
    (whole, _), _ = merge(one, two)
    assert whole.payments[0].captures[0].of is None
    with pytest.raises(InvalidDocument) as told:
        evolve(one.payments[0], captures=[evolve(capture, of=yuan("0.01"))])
    assert ("captures", 0, "of") in [fault.path for fault in told.value.faults]


def test_what_is_elsewhere_is_named_by_the_order_that_is_asked():
    order = paid(placed(quoted(("a", "10.00", 4))), "20", "20")
    one, two = halves(order, {"1": 2})
    two, three = halves(two, {"1": 1}, "o-3")
    assert one.elsewhere == (PaymentElsewhere("p-2", "o-2"),)
    assert two.elsewhere == (PaymentElsewhere("p-2", "o-3"),)
    assert three.elsewhere == (PaymentElsewhere("p-2", "o-2"),)
    with pytest.raises(NotFound) as told:
        capture_payment(one, "p-2", reference="c-2")
    assert (told.value.path, told.value.reason) == (("payment_id",), "payment_elsewhere")
    assert "o-2" in told.value.expected
    assert (one.holders("p-2"), one.holders("p-1")) == (("o-2",), ())
    (two, _), (three, _) = merge(two, three)
    assert (two.elsewhere, three.holders("p-2")) == ((), ("o-2",))
    with pytest.raises(NotFound) as told:
        capture_payment(three, "p-2", reference="c-2")
    assert told.value.reason == "payment_elsewhere"


def test_a_refund_of_an_order_that_was_merged_is_found_by_the_other_order():
    one, two = halves(two_payments(), {"1": 1})
    (two, _), (one, _) = merge(two, one)
    assert (one.merged_into, one.state) == ("o-2", OrderState.CANCELLED)
    with pytest.raises(NotFound) as told:
        succeed_refund(one, "r-1")
    assert told.value.reason == "refund_elsewhere"
    assert succeed_refund(two, "r-1")[0].balance.refunded == yuan("10")


@pytest.mark.parametrize("command", [authorize_payment, capture_payment])
def test_what_is_more_than_the_part_here_names_who_has_the_rest(command):
    order = request_payment(placed(quoted(("a", "10.00", 3))), "30", id="p-1", method="card")[0]
    one, two = halves(order, {"1": 1})
    for part, other in ((one, "o-2"), (two, "o-1")):
        with pytest.raises(InvalidValue) as told:
            command(part, "p-1", "30", reference="c-1")
        assert (told.value.path, told.value.reason) == (("amount",), "payment_elsewhere")
        assert other in told.value.expected
        done = command(part, "p-1", part.payable, reference="c-1")[0]
        assert done.payments[0].authorized == part.payable
    with pytest.raises(InvalidValue) as told:  # nobody else has anything of it
        command(order, "p-1", "31", reference="c-1")
    assert told.value.reason == "invalid_value"


# Anything, one thing after the other


TARIFFS = [
    None,
    Tariff("CNY", rounding=PayableRounding("0.1")),
    Tariff("CNY", rounding=PayableRounding("1")),
    Tariff("CNY", rounding=PayableRounding("0.5", "up")),
    Tariff(
        "CNY",
        taxes=Taxes([TaxRate("vat", "8.875")], included=False),
        rounding=PayableRounding("0.1"),
    ),
]
PRICES = st.sampled_from(["0.00", "0.01", "3.33", "10.00", "19.99"])


def may_go(order, name):
    """Count the open units of a line whose money no refund gives back, or may still."""
    waived = sum(
        part.waived
        for refund in order.refunds
        if refund.state is not RefundState.CANCELLED
        for part in refund.parts.lines
        if part.line == name
    )
    units = order.line(name).quantities
    return units.open - max(0, waived - units.settled)


class Family(RuleBasedStateMachine):
    """One order and its parts, whatever becomes of them; in the end everything comes back."""

    @initialize(
        items=st.lists(st.tuples(PRICES, st.integers(1, 4)), min_size=1, max_size=3),
        shipping=st.sampled_from(["0.00", "0.05", "8.00"]),
        tariff=st.sampled_from(TARIFFS),
        share=st.sampled_from([1, 1, 2]),
        policy=st.sampled_from(["keep_shares", "reprice", "reprice", "forbid_partial"]),
        cancelled=st.sampled_from([3, 2, 1]),
    )
    def begin(self, items, shipping, tariff, share, policy, cancelled):
        self.policy = policy
        goods = [(f"s{i}", cost, count) for i, (cost, count) in enumerate(items)]
        quote = quoted(*goods, book=BOOK, tariff=tariff, shopper=HOLDER, shipping=shipping)
        order, events = draft(quote, id="o-1", number="1", details=HOME)
        self.orders, self.events = {"o-1": order}, {"o-1": [*events]}
        self.quote, self.names = quote, 1
        self.take(place(order))
        self.whole = borne(order)
        self.captured = 0
        self.pay_some(self.orders["o-1"], share)
        for number in range(1, 1 + cancelled) if policy == "reprice" else ():
            self.cancel_one(number)

    def cancel_one(self, number):
        """Cancel the last unit that is kept, if it is not the only one, and price anew."""
        order = self.orders["o-1"]
        kept = [line for line in order.lines if line.quantities.kept]
        if sum(line.quantities.kept for line in kept) > 1:
            self.take(cancel(order, "x", {kept[-1].id: 1}))
            parts = owed_refund(self.orders["o-1"], self.policy)
            if parts is not None:
                name = f"r-0{number}"
                self.take(request_refund(self.orders["o-1"], parts, id=name, reason="x"))

    def name(self, letter):
        self.names += 1
        return f"{letter}-{self.names}"

    def take(self, *results):
        for order, events in results:
            self.orders[order.id] = order
            self.events.setdefault(order.id, []).extend(events)

    def pay_some(self, order, share):
        minor = order.balance.unpaid.minor // share
        if minor:
            name = self.name("p")
            amount = Money(minor, "CNY")
            order, asked = request_payment(order, amount, id=name, method="card")
            order, taken = capture_payment(order, name, reference=name)
            self.take((order, (*asked, *taken)))
            self.captured += minor

    def alive(self, *states):
        states = states or (OrderState.PLACED, OrderState.CONFIRMED)
        return sorted(name for name, each in self.orders.items() if each.state in states)

    def some(self, data, order, counted):
        """Draw some units of some lines, of those that a counter tells."""
        room = {line.id: getattr(line.quantities, counted) for line in order.lines}
        drawn = {name: data.draw(st.integers(0, most)) for name, most in room.items() if most}
        return {name: count for name, count in drawn.items() if count}

    def one_of(self, data, names):
        return self.orders[data.draw(st.sampled_from(names))]

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def split(self, data):
        order = self.one_of(data, self.alive())
        units = {
            name: min(count, room)
            for name, count in self.some(data, order, "open").items()
            if (room := may_go(order, name)) > 0
        }
        if units and sum(units.values()) < sum(each.kept for each in order.ledgers):
            self.take(*split(order, units, id=self.name("o"), number="x"))

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def split_a_line(self, data):
        order = self.one_of(data, self.alive())
        line = data.draw(st.sampled_from(order.lines))
        units = {line.id: may_go(order, line.id)}
        if 0 < units[line.id] < sum(each.kept for each in order.ledgers):
            self.take(*split(order, units, id=self.name("o"), number="x"))

    @precondition(lambda self: len(self.alive()) > 1)
    @rule(data=st.data())
    def merge(self, data):
        one, two = self.one_of(data, self.alive()), self.one_of(data, self.alive())
        if one.id != two.id:
            try:
                self.take(*merge(one, two))
            except InvalidDocument:
                return

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), everything=st.integers(0, 3))
    def cancel(self, data, everything):
        order = self.one_of(data, self.alive())
        units = self.some(data, order, "open")
        if not everything and not any(each.shipped for each in order.ledgers):
            self.take(cancel(order, "x"))
        elif units:
            self.take(cancel(order, "x", units))

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), share=st.sampled_from([1, 2]))
    def pay(self, data, share):
        self.pay_some(self.one_of(data, self.alive()), share)

    @rule(data=st.data())
    def pay_too_much(self, data):
        order = self.one_of(data, sorted(self.orders))
        if order.lines:
            name = self.name("p")
            order, asked = request_payment(order, "0.07", id=name, method="card")
            order, taken = capture_payment(order, name, reference=name)
            self.take((order, (*asked, *taken)))
            self.captured += 7

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def deliver(self, data):
        order = self.one_of(data, self.alive())
        units = self.some(data, order, "open")
        if units:
            self.deliver_all(order, units)

    def deliver_all(self, order, units):
        if order.state is OrderState.PLACED:
            self.take(confirm(order, payment_policy_met=True))
        for move in ("allocate", "ship", "deliver"):
            self.take(move_units(self.orders[order.id], move, units))

    @rule(data=st.data(), share=st.integers(0, 3))
    def refund(self, data, share):
        order = self.one_of(data, sorted(self.orders))
        policy = ("keep_shares", None)[share] if share < 2 else self.policy
        units = self.some(data, order, "owed")
        try:
            parts = proposed_refund(order, units, policy) if units else owed_refund(order, policy)
        except (InvalidInput, InvalidDocument):
            assert policy in ("reprice", "forbid_partial") or self.sets_are_kept(order)
            return
        if parts is not None:
            self.take(request_refund(order, parts, id=self.name("r"), reason="x"))

    def sets_are_kept(self, order):
        live = [each.parts.options for each in order.refunds if each.is_live]
        made = [options for options in live if options is not None]
        return bool(made) and made[-1].policy == "forbid_partial"

    def refunds(self, *states):
        return [
            (name, each)
            for name, order in sorted(self.orders.items())
            for each in order.refunds
            if each.state in states
        ]

    @precondition(lambda self: self.refunds("submitted"))
    @rule(data=st.data(), succeeds=st.booleans())
    def hear_from_the_provider(self, data, succeeds):
        name, one = data.draw(st.sampled_from(self.refunds("submitted")))
        order = self.orders[name]
        self.take(succeed_refund(order, one.id) if succeeds else fail_refund(order, one.id, "x"))

    @rule(data=st.data(), step=st.sampled_from(["succeed", "submit", "fail", "cancel", "late"]))
    def go_on_with_a_refund(self, data, step):
        found = self.refunds("failed" if step == "late" else "requested")
        if not found:
            return
        name, one = data.draw(st.sampled_from(found))
        order = self.orders[name]
        if step == "cancel":
            self.take(cancel_refund(order, one.id))
        elif refund_guards(order, one.id)["within_ceilings"] is True:
            steps = {
                "late": (succeed_refund,),
                "submit": (approve_refund, submit_refund),
                "succeed": (approve_refund, submit_refund, succeed_refund),
                "fail": (approve_refund, submit_refund, lambda o, i: fail_refund(o, i, "x")),
            }
            for each in steps[step]:
                self.take(each(self.orders[name], one.id))

    # What must hold

    @invariant()
    def bears_everything_once(self):
        several = list(self.orders.values())
        assert reduce(QuotePart.plus, map(borne, several)).ordered_as(self.whole) == self.whole
        assert sum(order.payable.minor for order in several) == self.quote.payable_minor
        assert all(order.payable.minor >= 0 for order in several)
        for i, _ in enumerate(self.whole.uses):
            assert [borne(order).uses[i].counts for order in several].count(True) == 1
        assert sum(order.balance.captured.minor for order in several) == self.captured

    @invariant()
    def is_no_dead_end(self):
        for order in self.orders.values():
            owed_refund(order, "keep_shares")
            if not self.sets_are_kept(order):
                owed_refund(order)

    @invariant()
    def gives_no_more_than_the_ceilings_whichever_refund_ends(self):
        for order in self.orders.values():
            for one in (order, *self.ended(order)):
                assert all(
                    each.given <= each.most
                    for each in refund_ceilings(one)
                    if each.component != "overpaid"
                )

    def ended(self, order):
        """End each refund that is under way, one at a time: it is always possible."""
        for one in order.refunds:
            if one.state == "submitted":
                yield fail_refund(order, one.id, "x")[0]
            elif one.state == "requested":
                yield cancel_refund(order, one.id)[0]

    @invariant()
    def knows_where_every_payment_is(self):
        for order in self.orders.values():
            own = {payment.id for payment in order.payments}
            for each in order.elsewhere:
                assert self.found(each.payment, order.id) or each.payment in own

    def found(self, payment, name):
        """Follow from order to order to all that have a payment."""
        asked, to_ask = set(), [name]
        while to_ask:
            order = self.orders[to_ask.pop()]
            asked.add(order.id)
            to_ask += [each for each in order.holders(payment) if each not in asked]
        return {each for each in asked if payment in {p.id for p in self.orders[each].payments}}

    def teardown(self):
        if not hasattr(self, "orders"):
            return
        for name in sorted(self.orders):
            assert rebuild(self.events[name]) == self.orders[name]
            assert loads(Order, dumps(self.orders[name])) == self.orders[name]
            self.end(name)
        assert left(*self.orders.values()) == 0

    def end(self, name):
        """Bring everything back, and give it back."""
        order = self.orders[name]
        for one in order.refunds:
            if one.state == "submitted":
                order = fail_refund(order, one.id, "x")[0]
            if one.state in ("requested", "submitted", "failed"):
                order = cancel_refund(order, one.id)[0]
        self.orders[name] = order
        units = {line.id: line.quantities.open for line in order.lines if line.quantities.open}
        if units and any(each.shipped for each in order.ledgers):
            self.deliver_all(order, units)
        elif units:
            self.take(cancel(order, "x"))
        order = self.orders[name]
        owed = {line.id: line.quantities.owed for line in order.lines if line.quantities.owed}
        for _ in range(3):
            units = dict(list(owed.items())[:1])
            parts = proposed_refund(order, units, "keep_shares") if units else None
            if parts is not None:
                order = request_refund(order, parts, id=self.name("r"), reason="x")[0]
            owed = {line.id: line.quantities.owed for line in order.lines if line.quantities.owed}
        parts = owed_refund(order, "keep_shares")
        if parts is not None:
            order = request_refund(order, parts, id=self.name("r"), reason="x")[0]
        self.orders[name] = order


def test_whatever_becomes_of_the_parts_nothing_is_lost_and_none_is_a_dead_end():
    run_state_machine_as_test(Family)


def test_whichever_refunds_fail_what_the_others_give_on_each_line_counts() -> None:
    family = Family()
    items = [("10.00", 3), ("10.00", 3), ("3.33", 1)]
    family.begin(items=items, shipping="0.00", tariff=None, share=1, policy="reprice", cancelled=3)
    family.gives_no_more_than_the_ceilings_whichever_refund_ends()


def test_units_whose_money_is_given_back_do_not_go_to_another_order() -> None:
    family = Family()
    items = [("3.33", 2), ("19.99", 4), ("19.99", 1)]
    family.begin(items=items, shipping="0.00", tariff=None, share=1, policy="reprice", cancelled=3)
    order = family.orders["o-1"]
    waived = {line.line: line.waived for each in order.refunds for line in each.parts.lines}
    name = next(name for name, units in waived.items() if units)
    whole = order.line(name).quantities.open
    with pytest.raises(InvalidDocument) as caught:
        split(order, {name: whole}, id="o-2", number="2")
    assert [(fault.path, fault.reason) for fault in caught.value.faults] == [
        (("units", name), "units_refunded")
    ]


@pytest.mark.parametrize(
    ("arrived", "waived", "most"),
    [(0, 1, 3), (0, 3, 1), (0, 4, 0), (1, 1, 3), (1, 2, 2), (2, 1, 2), (3, 4, 0)],
)
def test_waived_units_stay_as_far_as_not_so_many_have_arrived(arrived, waived, most):
    order = paid(placed(quoted(("a", "10.00", 4), ("b", "10.00", 1))), "50")
    order = confirm(order, payment_policy_met=True)[0]
    for move in ("allocate", "ship", "deliver") if arrived else ():
        order = move_units(order, move, {"1": arrived})[0]
    goodwill = RefundParts(lines=[RefundLine(line="1", amount=yuan("0.01"), waived=waived)])
    order = request_refund(order, goodwill, id="r-1", reason="x")[0]
    if most:
        assert halves(order, {"1": most})[1].line("1").quantities.ordered == most
    if most < 4 - arrived:
        with pytest.raises(InvalidDocument) as caught:
            halves(order, {"1": most + 1})
        assert [fault.reason for fault in caught.value.faults] == ["units_refunded"]
