"""How much may be given back of what: each component of an order has a ceiling.

Ceilings are for all refunds together: each counts that has neither failed nor been cancelled,
those under way as well. So whatever becomes of them, no more goes back than came in. They bound
what is asked for. That a refund fails or is given up can always be taken down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ordercore.errors import CurrencyMismatch, InvalidInput, InvalidValue, NotFound, Path
from ordercore.money import Money
from ordercore.orders.payments.parts import Component, Key, RefundParts
from ordercore.orders.payments.refund import RefundState
from ordercore.orders.prices import charges_of, payable_of, price_of

if TYPE_CHECKING:
    from ordercore.orders.lines import OrderLine
    from ordercore.orders.order import Order

__all__ = [
    "breaches",
    "ceiling_faults",
    "ceilings_of",
    "given_by",
    "live_parts",
    "may_give",
    "room_for",
    "rounded_off",
    "units_given",
    "waived_by",
]

MAX_LOSSES: Final = 4096
"""How many outcomes of the refunds under way of one line are told apart: those of any twelve."""

_NONE: Final[Mapping[str, int]] = MappingProxyType({})


def live_parts(order: Order, *, but: str | None = None) -> list[RefundParts]:
    """List the parts of all refunds that have neither failed nor been cancelled.

    Args:
        order: Whose refunds.
        but: The id of one that is left out.
    """
    return [each.parts for each in order.refunds if each.is_live and each.id != but]


def may_give(order: Order) -> list[RefundParts]:
    """List the parts of all refunds that give something back, or may yet.

    A refund that failed may succeed late: until it is cancelled, or there is no room for it any
    more beside those that succeeded, what it gives back waits.
    """
    done = [each.parts for each in order.refunds if each.state is RefundState.SUCCEEDED]
    return [
        each.parts
        for each in order.refunds
        if each.is_live or (each.state is RefundState.FAILED and _fits(order, done, each.parts))
    ]


def _fits(order: Order, done: list[RefundParts], parts: RefundParts) -> bool:
    """Tell whether a refund may still succeed beside those that have."""
    asked = parts.components
    rooms = _room_beside(order, done, waived_by([parts]), asked)
    return all(minor <= rooms.get(key, 0) for key, minor in asked.items())


def given_by(several: Iterable[RefundParts]) -> dict[Key, int]:
    """Add up what refunds give back of each component, in minor units."""
    found: dict[Key, int] = {}
    for parts in several:
        for key, minor in parts.components.items():
            found[key] = found.get(key, 0) + minor
    return found


def rounded_off(parts: RefundParts) -> int:
    """Tell what rounding took off a refund, in minor units: below zero or nothing."""
    return 0 if parts.rounding is None else min(0, parts.rounding.minor)


def _waived_off(several: Iterable[RefundParts]) -> int:
    """Tell what rounding took off refunds, in minor units.

    Since the order was changed that may be more than rounding waives of its price; then what is
    too much goes back with the last units.
    """
    return -sum(map(rounded_off, several))


def breaches(order: Order, parts: RefundParts, *, of: str | None = None) -> Iterator[InvalidInput]:
    """List every ceiling that a refund goes beyond with all others, and every unknown id.

    Each fault is at the component, with its id, and says how much there is room for. While
    the refund does not count yet, its units are looked at as well. While the order does not
    have it yet, it is to fit whichever refunds under way fail.

    Args:
        order: Whose refund.
        parts: What it gives back.
        of: The refund's id; None: the order does not have it yet.
    """
    if parts.currency != order.currency:
        expected = f"amounts in {order.currency}"
        yield CurrencyMismatch(expected, str(parts.amount), path=("parts",))
        return
    others = live_parts(order, but=of)
    asked, waived = parts.components, waived_by([parts])
    if of is None:
        rooms = room_for(order, waived, asked)
    else:
        rooms = _room_beside(order, others, waived, asked)
    for key, minor in asked.items():
        if key not in rooms:
            yield _unknown(key).at("parts")
        elif minor > rooms[key]:
            yield _beyond(order, rooms[key], minor, key).at("parts")
    if len(others) == len(live_parts(order)):
        yield from _unit_faults(order, parts, units_given(others))


def _unit_faults(
    order: Order, parts: RefundParts, given: Mapping[str, tuple[int, int]]
) -> Iterator[InvalidInput]:
    """Tell of units that cannot be refunded, for there are not so many."""
    ledgers = {line.id: line.quantities for line in order.lines}
    for part in (each for each in parts.lines if each.line in ledgers):
        ledger = ledgers[part.line]
        cancelled, settled = given.get(part.line, (0, 0))
        for name, count, most in (
            ("units", part.units, ledger.owed + part.replaced),
            ("units", part.settled, ledger.settled - settled),
            ("cancelled", part.cancelled, ledger.cancelled - cancelled),
            ("replaced", part.replaced, ledger.replaced),
        ):
            if count > most:
                path = ("parts", "lines", part.line, name)
                yield InvalidValue(f"at most {most}", count, path=path, reason="too_many_units")
                break


def ceiling_faults(order: Order) -> Iterator[InvalidInput]:
    """List every ceiling that the refunds of an order go beyond, and every unknown id.

    What was overpaid is left out: a later change may make the order dearer again, and then
    the customer pays anew what was given back. Waivers count even of refunds that failed or
    were cancelled: others may have given money back on them meanwhile.
    """
    given = given_by(live_parts(order))
    found = ceilings_of(order, [each.parts for each in order.refunds], given)
    for key, minor in given.items():
        if key not in found:
            yield _unknown(key).at("refunds")
        elif minor > found[key] and key[0] is not Component.OVERPAID:
            yield _beyond(order, found[key], minor, key).at("refunds")


def units_given(several: Iterable[RefundParts]) -> dict[str, tuple[int, int]]:
    """Count for each line the units that refunds give the money back for.

    Returns:
        By the line's id: those that had been cancelled, and those that had been delivered,
        lost or refused.
    """
    found: dict[str, tuple[int, int]] = {}
    for part in (line for parts in several for line in parts.lines):
        cancelled, settled = found.get(part.line, (0, 0))
        found[part.line] = cancelled + part.cancelled, settled + part.settled
    return found


def _path(key: Key) -> Path:
    component, name = key
    if component is Component.ORDER:
        return ("amount",)
    return (component.value, name) if name else (component.value,)


def _unknown(key: Key) -> InvalidInput:
    return NotFound(f"an id among the order's {key[0].value}", key[1], path=_path(key))


def _beyond(order: Order, room: int, minor: int, key: Key) -> InvalidInput:
    most = Money(max(0, room), order.currency)
    given = str(Money(minor, order.currency))
    return InvalidValue(f"at most {most}", given, path=_path(key), reason="over_ceiling")


def room_for(order: Order, waived: Mapping[str, int], keys: Iterable[Key]) -> dict[Key, int]:
    """Tell how much some components have room for, whichever refunds under way fail.

    One that waives units may take that with it. So there is to be room without it, and
    without any several of them: a refund waives itself what it leans on.

    Args:
        order: Whose refunds count.
        waived: How many units of which line the refund waives that is asked for.
        keys: Which components; what is unknown is left out.

    Returns:
        In minor units; below zero where the refunds of before go beyond it.
    """
    others, keys = live_parts(order), list(keys)
    rooms = _room_beside(order, others, waived, keys)
    given, all_waived = given_by(others), waived_by(others, waived)
    for name, losses in _losses(order).items():
        key = (Component.LINE, name)
        if key in rooms:
            line, units = order.line(name), all_waived[name]
            rooms[key] = min(
                price_of(order, line, _refundable(line, units - lost)) - given[key] + back
                for lost, back in losses.items()
            )
    return rooms


def _losses(order: Order) -> dict[str, dict[int, int]]:
    """Tell what lines may lose if refunds under way fail that waive units of them.

    Returns:
        By line: how many waived units may go, and of each number the least that is then no
        longer given back, in minor units. Where there are more such numbers than
        `MAX_LOSSES`, all units with nothing: there is less room until some refunds end.
    """
    found: dict[str, dict[int, int]] = {}
    under_way = [
        each.parts
        for each in order.refunds
        if each.is_live and each.state is not RefundState.SUCCEEDED
    ]
    for part in (line for parts in under_way for line in parts.lines if line.waived):
        losses = found.setdefault(part.line, {0: 0})
        for lost, back in [*losses.items()]:
            lost_too, back_too = lost + part.waived, back + part.amount.minor
            losses[lost_too] = min(back_too, losses.get(lost_too, back_too))
        if len(losses) > MAX_LOSSES:
            found[part.line] = {max(losses): 0}
    return found


def _room_beside(
    order: Order, others: list[RefundParts], waived: Mapping[str, int], keys: Iterable[Key]
) -> dict[Key, int]:
    """Tell how much some refunds leave room for, if these units are waived besides."""
    given, most = given_by(others), ceilings_of(order, others, keys, waived)
    return {key: minor - given.get(key, 0) for key, minor in most.items()}


def ceilings_of(
    order: Order,
    several: Sequence[RefundParts],
    keys: Iterable[Key],
    more: Mapping[str, int] = _NONE,
) -> dict[Key, int]:
    """Tell the ceilings of some components, in minor units; what is unknown is left out.

    Args:
        order: With its payments, its lines and their quantities.
        several: The refunds that waive units, and of which rounding took something off.
        keys: Which components.
        more: How many units of which line are waived besides.
    """
    waived = waived_by(several, more)
    captured = {payment.id: payment.captured.minor for payment in order.payments}
    total = sum(captured.values())
    known = {
        (Component.ORDER, ""): total,
        (Component.OVERPAID, ""): max(0, total - payable_of(order)),
    }
    known |= {(Component.PAYMENT, name): minor for name, minor in captured.items()}
    for key, minor in charges_of(order).items():
        waived_too = _waived_off(several) if key[0] is Component.ROUNDING else 0
        known[key] = max(0, minor + waived_too)
    lines = {line.id: line for line in order.lines}
    for key in keys:
        component, name = key
        if component is Component.LINE and name in lines:
            line = lines[name]
            units = _refundable(line, waived.get(name, 0))
            known[key] = price_of(order, line, units)
    return {key: known[key] for key in keys if key in known}


def waived_by(several: Iterable[RefundParts], more: Mapping[str, int] = _NONE) -> dict[str, int]:
    """Count for each line the units that refunds waive, and some more."""
    found = dict(more)
    for part in (line for parts in several for line in parts.lines):
        found[part.line] = found.get(part.line, 0) + part.waived
    return found


def _refundable(line: OrderLine, waived: int) -> int:
    """Count units whose money may go back; units are waived among those that are kept."""
    units = line.quantities
    return min(units.ordered, units.cancelled + max(units.settled, waived))
