"""What is to be given back: refunds as proposals, made of the price of record.

The arithmetic is that of `ordercore.pricing.reverse`, which tells what stands to be given back
in all once some units are back. A proposal is that, less what the refunds before were reckoned
at. So in whatever parts and order an order comes back, and whichever refunds failed meanwhile,
they sum to what was paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from attrs import evolve, fields, frozen

from ordercore.data.checks import Named, boolean, instance
from ordercore.data.faults import step
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.money import MAX_MINOR, Money
from ordercore.orders.order import Order, check_order
from ordercore.orders.payments.asking import Asked, Units, asked_units, cancelled_units
from ordercore.orders.payments.balance import Balance
from ordercore.orders.payments.ceilings import given_by, live_parts, room_for, rounded_off
from ordercore.orders.payments.completing import share_of, sources_of
from ordercore.orders.payments.parts import Component, Key, RefundLine, RefundParts
from ordercore.orders.payments.shares import Standing, is_emptied
from ordercore.orders.payments.standing import is_whole, needs_whole, plain, standing_of
from ordercore.pricing import ReversalOptions, ReversalPolicy

__all__ = ["Policy", "owed_refund", "proposed_refund"]

Policy = ReversalOptions | ReversalPolicy | str
"""A policy, or all choices of `ordercore.pricing.reverse`."""

_NO_CHARGES: Final[Mapping[str, Money]] = MappingProxyType({})
_WITHHELD: Final = "withheld"
_ROUNDING: Final[Key] = (Component.ROUNDING, "")
_SINGLE: Final = (Component.SHIPPING, Component.TAX, Component.ROUNDING)


def proposed_refund(
    order: Order,
    units: Mapping[str, int],
    policy: Policy | None = None,
    *,
    charges: Mapping[str, Money | Decimal | str] = _NO_CHARGES,
    even_replaced: bool = False,
) -> RefundParts:
    """Propose what to give back for units of an order. Nothing has changed.

    What was given back before counts, refunds under way as well. No more is proposed than what
    was captured and is left.

    Args:
        order: The order.
        units: How many of which line: cancelled, delivered, lost or refused units that are
            neither refunded nor replaced yet. They are taken for delivered, lost or refused
            ones as long as there are such; `owed_refund` is for what was cancelled.
        policy: How it is reckoned: ``keep_shares``, ``reprice`` or ``forbid_partial``; or
            `ordercore.pricing.ReversalOptions` with the other choices, too. One set of them
            is for all refunds of an order; only ``keep_shares`` may follow another policy, and
            is open to every order. None: as in those that count, as far as the order still
            has all that was priced, or else by shares.
        charges: What is kept back, by a code of the shop, each below zero. In all they take no
            more than there is.
        even_replaced: Whether units that were replaced may be refunded as well; then
            `request_refund` asks for an override.

    Raises:
        InvalidDocument: There is no such line or there are not so many units, the choices are
            others than before, or sets would be parted that the policy keeps together; all of
            it is told.
        InvalidValue: No units are named; or the order has no price yet, or only a part of what
            was priced and the policy asks for all of it: then the reason is
            ``parts_of_quote``.
        NotReproducible: The policy prices anew, and this version prices the order otherwise.
    """
    check_order(order)
    instance(Mapping)(None, Named("units"), units)
    instance(Mapping)(None, Named("charges"), charges)
    boolean(None, Named("even_replaced"), even_replaced)
    if not units:
        raise InvalidValue("units of at least one line", path=("units",))
    asked = asked_units(order, units, even_replaced=even_replaced)
    options = _options(order, policy)
    parts = _parts(order, asked, _plan(order, asked, options), options)
    return _charged(order, parts, charges)


def owed_refund(order: Order, policy: Policy | None = None) -> RefundParts | None:
    """Propose what the order owes by itself: what goes back without anybody asking.

    That is what was paid for units which are cancelled and neither refunded nor replaced;
    shipping and fees with the last of them, or once an order without lines is cancelled;
    what was paid beyond the price of record; and what older refunds had to leave, for it was
    paid only since. After a cancellation it is the refund to request in the same commit.

    Args:
        order: The order.
        policy: As in `proposed_refund`.

    Returns:
        None where nothing is owed.

    Raises:
        OrderCoreError: As `proposed_refund`.
    """
    check_order(order)
    asked, options = cancelled_units(order), _options(order, policy)
    parts = None
    before = any(line.quantities.refunded for line in order.lines)
    if order.quote is not None and (asked or before or is_emptied(order)):
        plan = _plan(order, asked, options)
        parts = _parts(order, asked, plan, options) if plan.reckoned else None
    return _with_overpaid(order, parts)


def _options(order: Order, policy: Policy | None) -> ReversalOptions:
    """Read the choices: one set of them is for all refunds that count, as in `reverse`.

    But shares may always follow. The others cannot be kept to the end of every order: it is
    split, a set is parted, or this version prices it otherwise.
    """
    made = [parts.options for parts in live_parts(order) if parts.options is not None]
    before = made[-1] if made else ReversalOptions()
    if policy is None:
        return plain(before) if needs_whole(before) and not is_whole(order) else before
    given = policy if isinstance(policy, ReversalOptions) else ReversalOptions(policy=policy)
    if made and given not in (before, plain(before)):
        raise InvalidDocument(_other_choices(before, given))
    return given


def _other_choices(before: ReversalOptions, given: ReversalOptions) -> Iterator[InvalidInput]:
    if given.policy is ReversalPolicy.KEEP_SHARES:
        before = plain(before)
    for choice in fields(ReversalOptions):
        was, now = getattr(before, choice.name), getattr(given, choice.name)
        if was != now:
            expected = f"{was}, as for the refunds before"
            yield InvalidValue(expected, now, path=(choice.name,), reason="fields_disagree")


# How much of what


@frozen
class _Plan:
    """How much is given back of each component, in minor units.

    Attributes:
        given: By component; none is negative.
        waived: How many units of a line are made cheaper though they are kept.
        rounding: What rounding had waived of it, below zero or nothing.
        withheld: What is kept back by the policy, below zero or nothing.
        reckoned: All of it together.
    """

    given: Mapping[Key, int]
    waived: Mapping[str, int]
    rounding: int
    withheld: int
    reckoned: int


_Wants = Sequence[tuple[Key, int]]
"""Components in the order in which they are given back, with what each is to get."""


def _plan(order: Order, asked: Asked, options: ReversalOptions) -> _Plan:
    """Tell what is to be given back now: what stands to be, less what was."""
    live = live_parts(order)
    standing = standing_of(order, {name: each.units for name, each in asked.items()}, options)
    wants = _wants(order, asked, standing, given_by(live))
    waived = _made_cheaper(order, asked, wants)
    rooms = room_for(order, waived, [key for key, _ in wants])
    whole = sum(_filled(wants, rooms, MAX_MINOR).values())
    rounding = max(-whole, min(0, standing.rounding - sum(map(rounded_off, live))))
    withheld = standing.withheld - sum(parts.charged(_WITHHELD) for parts in live)
    withheld = max(-whole - rounding, min(0, withheld))
    reckoned = max(0, min(whole + rounding + withheld, _left(order, standing)))
    given = _filled(wants, rooms, reckoned - rounding - withheld)
    return _Plan(given, waived, rounding, withheld, reckoned)


def _wants(order: Order, asked: Asked, standing: Standing, given: Mapping[Key, int]) -> _Wants:
    """List what each component is to get.

    First what was paid for the units that are asked for; then shipping, fees, tax and rounding;
    and what is left to lines comes last: what failed refunds took with them, or what
    ``reprice`` gives for others than those that come back.
    """
    asks = [((Component.LINE, n), share_of(order, n, each.units)) for n, each in asked.items()]
    first = dict(asks)
    rest = {
        key: minor - given.get(key, 0) - first.get(key, 0)
        for key, minor in standing.components.items()
    }
    rest[_ROUNDING] = _rounding_back(order, standing)
    charges = [(key, minor) for key, minor in rest.items() if key[0] is not Component.LINE]
    lines = [(key, minor) for key, minor in rest.items() if key[0] is Component.LINE]
    return [*asks, *charges, *lines]


def _rounding_back(order: Order, standing: Standing) -> int:
    """Tell what is to go back of rounding: what it added, or waived more of refunds than it does.

    The latter comes of changes: refunds before them go by another rounding.
    """
    added = standing.components.get(_ROUNDING, 0)
    signed = [parts.rounding.minor for parts in live_parts(order) if parts.rounding is not None]
    return max(0, added - sum(signed))


def _made_cheaper(order: Order, asked: Asked, wants: _Wants) -> dict[str, int]:
    """Count the units that are kept and cost less by what comes back, by their lines.

    Only ``reprice`` does so. They are waived: else money goes back for no unit that has not
    arrived.
    """
    others = {key: minor for key, minor in wants if _is_kept(key, asked)}
    rooms = room_for(order, {}, others)
    return {
        key[1]: order.line(key[1]).quantities.kept
        for key, minor in others.items()
        if minor > rooms[key]
    }


def _is_kept(key: Key, asked: Asked) -> bool:
    """Tell whether it is of a line of which no units are asked for."""
    kind, name = key
    return kind is Component.LINE and name not in asked


def _filled(wants: _Wants, rooms: Mapping[Key, int], amount: int) -> dict[Key, int]:
    """Give each component what it is to get, in order, as far as rooms and the amount go."""
    found: dict[Key, int] = {}
    for key, minor in wants:
        taken = min(minor, rooms[key] - found.get(key, 0), amount)
        if taken > 0:
            found[key] = found.get(key, 0) + taken
            amount -= taken
    return found


def _left(order: Order, standing: Standing) -> int:
    """Tell how much may be given back in all: of what stands to be, and of what was paid."""
    balance, live = order.balance, live_parts(order)
    unpaid = max(0, -_overpaid(order, balance))
    before = sum(parts.reckoned.minor for parts in live if parts.reckoned is not None)
    captured = balance.captured - balance.refunded - balance.refunding
    return min(standing.total - unpaid - before, captured.minor)


def _overpaid(order: Order, balance: Balance) -> int:
    """Tell what was captured beyond the price of record and is not given back as such.

    Below zero it is what was never paid.
    """
    back = given_by(live_parts(order)).get((Component.OVERPAID, ""), 0)
    return balance.captured.minor - back - balance.payable.minor


# The parts


def _parts(order: Order, asked: Asked, plan: _Plan, options: ReversalOptions) -> RefundParts:
    """Write a plan as the parts of a refund, from the newest payments."""

    def money(minor: int) -> Money | None:
        return Money(minor, order.currency) if minor else None

    kinds = {kind: plan.given.get((kind, ""), 0) for kind in _SINGLE}
    amount = Money(plan.reckoned, order.currency)
    fees = {
        name: Money(minor, order.currency)
        for (kind, name), minor in plan.given.items()
        if kind is Component.FEE
    }
    withheld = money(plan.withheld)
    return RefundParts(
        lines=tuple(_refund_lines(order, asked, plan)),
        shipping=money(kinds[Component.SHIPPING]),
        fees=fees,
        tax=money(kinds[Component.TAX]),
        rounding=money(kinds[Component.ROUNDING] + plan.rounding),
        charges={} if withheld is None else {_WITHHELD: withheld},
        payments=sources_of(order, amount),
        reckoned=amount,
        options=options,
    )


def _refund_lines(order: Order, asked: Asked, plan: _Plan) -> Iterator[RefundLine]:
    for line in order.lines:
        minor = plan.given.get((Component.LINE, line.id), 0)
        units = asked.get(line.id, Units(0))
        if minor or units.units:
            yield RefundLine(
                line=line.id,
                amount=Money(minor, order.currency),
                units=units.units,
                cancelled=units.cancelled,
                replaced=units.replaced,
                waived=plan.waived.get(line.id, 0) if minor else 0,
            )


def _charged(
    order: Order, parts: RefundParts, charges: Mapping[str, Money | Decimal | str]
) -> RefundParts:
    """Keep charges back, one after the other, as far as there is something to take them off."""
    left = parts.amount
    found: dict[str, Money] = {each.id: each.amount for each in parts.charges}
    for name, given in charges.items():
        try:
            asked = Money.of(given, order.currency)
        except InvalidInput as error:
            raise error.at("charges", step(str(name))) from None
        if asked.minor >= 0:
            path = ("charges", step(str(name)))
            raise InvalidValue("an amount below zero", str(asked), path=path)
        charge = max(asked, -left)
        if charge.minor:
            found[name] = charge
            left += charge
    return evolve(parts, charges=found, payments=sources_of(order, left))


def _with_overpaid(order: Order, parts: RefundParts | None) -> RefundParts | None:
    """Add what was paid beyond the price of record."""
    balance = order.balance
    before = Money.zero(order.currency) if parts is None else parts.amount
    left = balance.captured - balance.refunded - balance.refunding - before
    overpaid = min(Money(_overpaid(order, balance), order.currency), left)
    if overpaid.minor <= 0:
        return parts
    sources = sources_of(order, before + overpaid)
    if parts is None:
        return RefundParts(overpaid=overpaid, payments=sources)
    return evolve(parts, overpaid=overpaid, payments=sources)
