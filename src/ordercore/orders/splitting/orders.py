"""The orders that a split gives, and the one that a merger gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import evolve

from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.orders.lines import OrderLine
from ordercore.orders.machine import ORDER, OrderState, OrderStep
from ordercore.orders.order import Order
from ordercore.orders.payments.ceilings import may_give, waived_by
from ordercore.orders.payments.payment import Payment, PaymentElsewhere
from ordercore.orders.prices import borne
from ordercore.orders.quote_part import QuotePart, whole_part
from ordercore.orders.splitting.charges import cut_charges, worths
from ordercore.orders.splitting.money import merged_payments, split_payments, unlike_payments
from ordercore.orders.splitting.units import SplitUnits, gone, join_faults, joined, stayed

__all__ = [
    "begun",
    "check_mergeable",
    "check_split",
    "emptied",
    "merged",
    "parted",
    "remaining",
]

_SPLITTABLE: Final = (OrderState.PLACED, OrderState.CONFIRMED)
_PAYMENT: Final = ("other", "payments", "id")
_ALIKE: Final = ("state", "currency", "quote", "origin", "parent", "case")
_ALIKE_DETAILS: Final = ("customer", "delivery", "billing", "invoice")


# Splitting


def check_split(order: Order, units: Sequence[SplitUnits]) -> None:
    """Refuse a split that the order does not allow; everything is told."""
    faults = [*_state_faults(order, "state")]
    lines = {line.id: line for line in order.lines}
    for part in units:
        path = ("units", part.line)
        if part.line not in lines:
            expected = "the id of a line of this order"
            faults.append(NotFound(expected, part.line, path=path))
        else:
            faults += [f.at(*path) for f in part.faults(lines[part.line].quantities)]
            faults += _refunded_faults(order, lines[part.line], part)
    kept = sum(line.quantities.kept for line in order.lines)
    if not faults and sum(part.quantity for part in units) >= kept:
        expected = "fewer units than are kept: something stays"
        faults.append(InvalidValue(expected, path=("units",), reason="nothing_left"))
    if faults:
        raise InvalidDocument(faults)


def _refunded_faults(order: Order, line: OrderLine, part: SplitUnits) -> Iterator[InvalidInput]:
    """Refuse to let units go whose money refunds give back here, or may still give back."""
    waived = waived_by(may_give(order)).get(line.id, 0)  # of units kept: first of settled ones
    room = line.quantities.open - max(0, waived - line.quantities.settled)
    if room < part.quantity <= line.quantities.open:
        expected = f"at most {max(0, room)} units whose money was not given back"
        path = ("units", part.line)
        yield InvalidValue(expected, part.quantity, path=path, reason="units_refunded")


def _state_faults(order: Order, *path: str) -> Iterator[InvalidInput]:
    if order.state not in _SPLITTABLE:
        expected = f"an order that is {' or '.join(_SPLITTABLE)}"
        yield InvalidValue(expected, order.state.value, path=path, reason="wrong_state")


def parted(
    order: Order, units: Sequence[SplitUnits]
) -> tuple[tuple[QuotePart, QuotePart], tuple[tuple[Payment, ...], tuple[Payment, ...]]]:
    """Part what an order bears, and its payments: what stays, and what goes."""
    worth = worths(order, units)
    parts = cut_charges(order, *worth)
    stays, goes = (
        max(0, each.kept + part.total.minor) for each, part in zip(worth, parts, strict=True)
    )
    return parts, split_payments(order, stays, goes)


def remaining(
    order: Order,
    units: Sequence[SplitUnits],
    part: QuotePart,
    payments: Sequence[Payment],
    *,
    into: str,
) -> Order:
    """Make the order that remains when units have gone into another."""
    parts = {each.line: each for each in units}
    lines = [stayed(line, parts[line.id]) if line.id in parts else line for line in order.lines]
    gone = [each for each in order.payments if each not in payments]
    return evolve(
        order,
        lines=[line for line in lines if line],
        part=part,
        payments=payments,
        elsewhere=_known(order.elsewhere, ((payment.id, into) for payment in gone)),
    )


def _known(
    before: Iterable[PaymentElsewhere], more: Iterable[tuple[str, str]]
) -> tuple[PaymentElsewhere, ...]:
    """Know of further payments which order has them, each once."""
    return tuple(dict.fromkeys((*before, *(PaymentElsewhere(*each) for each in more))))


# Merging


def check_mergeable(one: Order, two: Order) -> None:
    """Refuse to merge orders that are no parts of one; everything is told."""
    faults = [*_state_faults(one, "order", "state"), *_state_faults(two, "other", "state")]
    faults += [_unlike(name) for name in _ALIKE if getattr(one, name) != getattr(two, name)]
    faults += [
        _unlike("details", name)
        for name in _ALIKE_DETAILS
        if getattr(one.details, name) != getattr(two.details, name)
    ]
    faults += [
        InvalidValue("a part of an order that was split", path=(name, "part"), reason="not_split")
        for name, order in (("order", one), ("other", two))
        if order.part is None
    ]
    faults += _line_faults(one, two)
    faults += [
        InvalidValue("parts of one payment", name, path=_PAYMENT, reason="duplicate_id")
        for name in unlike_payments(one.payments, two.payments)
    ]
    if faults:
        raise InvalidDocument(faults)


def _unlike(*path: str) -> InvalidInput:
    expected = "the same in both orders"
    return InvalidValue(expected, path=("other", *path), reason="fields_disagree")


def _line_faults(one: Order, two: Order) -> Iterator[InvalidInput]:
    lines = {line.id: line for line in one.lines}
    for line in two.lines:
        if line.id in lines:
            for fault in join_faults(lines[line.id], line):
                yield fault.at("other", "lines", line.id)


def merged(one: Order, two: Order) -> Order:
    """Make the order that two parts of one give; lines stand as they were priced."""
    lines = {line.id: line for line in one.lines}
    for line in two.lines:
        lines[line.id] = joined(lines[line.id], line) if line.id in lines else line
    several = sorted(lines.values(), key=lambda line: _place(one, line))
    return evolve(
        one,
        lines=several,
        part=_merged_part(one, two, several),
        holds=(*one.holds, *two.holds),
        payments=merged_payments(one.payments, two.payments),
        refunds=(*one.refunds, *two.refunds),
        replaces=(*one.replaces, *two.replaces),
        elsewhere=_still_elsewhere(one, two),
    )


def _still_elsewhere(one: Order, two: Order) -> tuple[PaymentElsewhere, ...]:
    """Know which payments other orders have than these two."""
    both = (one.id, two.id)
    known = (*one.elsewhere, *two.elsewhere)
    return _known((each for each in known if each.order not in both), ())


def _place(order: Order, line: OrderLine) -> tuple[int, int]:
    if order.quote is None or line.quoted is None:
        return 0, 0
    return order.quote.cart.rows.places[line.quoted.line][0], line.quoted.start


def _merged_part(one: Order, two: Order, lines: Sequence[OrderLine]) -> QuotePart | None:
    """Tell what the merged order bears; None: all of it again, and it has all units."""
    part = borne(one).plus(borne(two))
    if one.quote is None:
        return part
    whole = whole_part(one.quote)
    part = part.ordered_as(whole)
    if part != whole:
        return part
    units = sum(line.quantities.ordered for line in lines)
    return None if units == sum(each.quantity for each in one.quote.cart.lines) else part


def emptied(order: Order, into: str) -> Order:
    """Make what is left of an order that was merged into another: nothing, and it is over."""
    return evolve(
        order,
        lines=(),
        part=borne(order).nothing(),
        holds=(),
        payments=(),
        refunds=(),
        replaces=(),
        elsewhere=(),
        merged_into=into,
        state=ORDER.after(order.state, OrderStep.CANCEL),
    )


def begun(
    order: Order,
    units: Sequence[SplitUnits],
    part: QuotePart,
    payments: Sequence[Payment],
    *,
    id: str,  # noqa: A002
    number: str,
) -> Order:
    """Make the order that begins with the units that go."""
    parts = {each.line: each for each in units}
    lines = [gone(line, parts[line.id]) for line in order.lines if line.id in parts]
    cut = [each.id for each in payments if each not in order.payments]
    return evolve(
        order,
        id=id,
        number=number,
        lines=lines,
        part=part,
        payments=payments,
        refunds=(),
        replaces=(),
        elsewhere=_known((), ((name, order.id) for name in cut)),
        version=1,
    )
