"""Replacing: other goods in the place of units, as an order of their own, in one commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from attrs import field, frozen

from ordercore.cart import MAX_LINES
from ordercore.cart.counts import Counts, are_counts, counts_if_valid
from ordercore.data import variant
from ordercore.data.checks import Check, each, identifier, instance, integer, optional
from ordercore.events import MAX_SEQUENCE, Command
from ordercore.lifecycle import Refused
from ordercore.money import Money
from ordercore.orders import Order, OrderDetails, Result, replace_units
from ordercore.pricing import QuoteRecord
from ordercore.stock import Shortage
from ordercore.stock.proposals import Proposal
from ordercore.storage import Counter, Decision, Loaded, Readable, Reply
from ordercore.workflows.asking import granted, needed, with_wishes
from ordercore.workflows.placing import (
    ServiceFor,
    check_new,
    placed,
    recorded,
    reserving,
    services_for,
    unplaceable,
)
from ordercore.workflows.shop import OrderCommand, Shop, decided, order_key
from ordercore.workflows.stock import Granted, Happened
from ordercore.workflows.usage import added, used_up
from ordercore.workflows.use_case import Refusal

__all__ = ["NotReplaced", "ReplaceUnits", "Replaced"]

_version: Check = integer(least=1, most=MAX_SEQUENCE)


@variant(Reply, "units_replaced")
@frozen(kw_only=True)
class Replaced(Reply):
    """The units are replaced, and the order of what replaces them is placed.

    Args:
        order_id: The id of the order whose units are replaced.
        version: How many events it has had.
        new_id: The id of the order that replaces them.
        number: What people call that by.
        payable: What is to be paid for it.
        new_version: How many events it has had.
    """

    order_id: str = field(validator=identifier)
    version: int = field(validator=_version)
    new_id: str = field(validator=identifier)
    number: str = field(validator=identifier)
    payable: Money = field(validator=instance(Money))
    new_version: int = field(validator=_version)


@frozen(kw_only=True)
class NotReplaced:
    """Why units are not replaced; nothing is stored.

    Args:
        refused: What the order that would replace them lacks: an address. None: nothing.
        shortages: Everything that stock does not have.
        used_up: The counters of promotions that cannot take what its price would use.
        proposals: What to buy, to make or to bring forward, so that nothing were short.
    """

    refused: Refused | None = None
    shortages: tuple[Shortage, ...] = ()
    used_up: tuple[Counter, ...] = ()
    proposals: tuple[Proposal, ...] = ()


@variant(Command, "replace_units")
@frozen(kw_only=True)
class ReplaceUnits(OrderCommand[Replaced, NotReplaced]):
    """Replace units of an order by an order of its own, which is placed at once.

    Its price is the one that was agreed, often nothing, whatever is on offer by now. Stock is
    asked for it as for any order. Whoever may replace units may place it: roles do not matter.

    Args:
        units: How many units of which line are replaced.
        new_id: The id of the order that begins.
        number: What people call that by; it may differ when the command comes again.
        quote: What is sent instead, at what price.
        case: The id of the after-sales case.
        details: Who and where to; None: as in the order.
        services: Where and when, of the new order's lines that are services: by their ids, or
            as `ServiceFor`. What stock knows as a service is one also without.
    """

    incidental: ClassVar[tuple[str, ...]] = ("at", "correlation", "number")

    units: Counts = field(converter=counts_if_valid, validator=are_counts)
    new_id: str = field(validator=identifier)
    number: str = field(validator=identifier)
    quote: QuoteRecord = field(converter=recorded, validator=instance(QuoteRecord), repr=False)
    case: str = field(validator=identifier)
    details: OrderDetails | None = field(default=None, validator=optional(instance(OrderDetails)))
    services: tuple[ServiceFor, ...] = field(
        default=(), converter=services_for, validator=each(instance(ServiceFor), most=MAX_LINES)
    )

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the place of the order that begins, its counters, and what stock needs."""
        yield order_key(self.new_id)
        yield from added(self.quote)
        order = self.known(got)
        if order is not None:
            _, (new, _) = self._replaced(order, shop)
            yield from needed(shop.stock, reserving(new, self), got)

    def decide(self, got: Loaded, shop: Shop) -> Decision[Replaced] | Refusal[NotReplaced]:
        """Replace them, or tell everything that stands in the way.

        Raises:
            NotFound: There is no such order.
            InvalidValue: There is an order of the new id already, or the order is a draft.
            InvalidDocument: There are not so many units to replace, or fields of the new order
                do not go together; all of it is told.
        """
        order = self.found(got)
        check_new(got, self.new_id, "new_id")
        (after, marked), (new, begun) = self._replaced(order, shop)
        answer = self._granted(new, got, shop)
        if isinstance(answer, NotReplaced):
            return Refusal(answer)
        new, more = placed(new, answer, None)
        happened = (
            Happened(self.order, got.version(self.order), after, marked),
            Happened(order_key(self.new_id), 0, new, (*begun, *more)),
            *answer.happened,
        )
        usage = (*added(self.quote).values(), *answer.usage)
        return decided(self, self._reply(after, new), happened, usage)

    def _replaced(self, order: Order, shop: Shop) -> tuple[Result, Result]:
        wishes = {each.line: each.wish for each in self.services}
        return replace_units(
            order,
            self.units,
            self.quote,
            case=self.case,
            id=self.new_id,
            number=self.number,
            details=self.details,
            services=with_wishes(shop.stock, self.quote.cart, wishes),
        )

    def _granted(self, new: Order, got: Loaded, shop: Shop) -> Granted | NotReplaced:
        """Tell what stock grants, or collect every reason why units are not replaced."""
        answer = granted(shop.stock, reserving(new, self), got)
        refused = unplaceable(new, None)
        full = used_up(added(self.quote).values(), got)
        if not isinstance(answer, Granted):
            return NotReplaced(
                refused=refused,
                shortages=answer.shortages,
                used_up=full,
                proposals=answer.proposals,
            )
        if refused is None and not full:
            return answer
        return NotReplaced(refused=refused, used_up=full)

    def _reply(self, order: Order, new: Order) -> Replaced:
        return Replaced(
            order_id=order.id,
            version=order.version,
            new_id=new.id,
            number=new.number,
            payable=self.quote.payable,
            new_version=new.version,
        )
