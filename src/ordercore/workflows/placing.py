"""Placing: from the price that the customer saw to the order, in one commit.

The quote is priced anew, by what is on offer now and by what the store's counters tell, and
compared with what the customer saw. The order, what it uses of promotions and what it takes of
stock are stored together. Whatever stands in the way is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, TypeVar

from attrs import evolve, field, frozen

from ordercore.cart import MAX_LINES, Context
from ordercore.data import variant
from ordercore.data.checks import each, identifier, instance, integer, member, member_of, tuple_of
from ordercore.errors import InvalidValue
from ordercore.events import MAX_SEQUENCE, Actor, Command
from ordercore.lifecycle import Refused
from ordercore.money import Money
from ordercore.orders import (
    ORDER,
    Order,
    OrderDetails,
    OrderStep,
    Result,
    ServiceWish,
    draft,
    guards_of,
    place,
)
from ordercore.pricing import Difference, Kind, Quote, QuoteRecord, diff, price_in
from ordercore.sourcing import AllocationPlan
from ordercore.stock import Shortage, tell_shortages
from ordercore.stock.proposals import Proposal
from ordercore.storage import Counter, Decision, Loaded, Readable, Reply
from ordercore.workflows.asking import allocated, granted, needed, task_of, with_wishes
from ordercore.workflows.shop import OrderCommand, Shop, decided, order_key
from ordercore.workflows.stock import Granted, Happened, Promised, Purpose, StockTask
from ordercore.workflows.usage import added, counters_of, usage_of
from ordercore.workflows.use_case import Refusal

__all__ = [
    "NewOrder",
    "NewPrice",
    "NotPlaced",
    "PlaceOrder",
    "Placed",
    "Placing",
    "ServiceFor",
    "check_new",
    "new_price_of",
    "placed",
    "recorded",
    "reserving",
    "services_for",
    "unplaceable",
]

R_co = TypeVar("R_co", bound=Reply, covariant=True)
N_co = TypeVar("N_co", covariant=True)


class NewPrice(StrEnum):
    """What to do where the price is no longer the one that the customer saw."""

    REFUSE = "refuse"
    """Place nothing, and tell the difference."""
    IF_BETTER = "if_better"
    """Place it where no more is to be paid, in all or at once, and nothing less comes with it."""
    ACCEPT = "accept"
    """Place the order at the new price, whatever it is."""


@frozen
class ServiceFor:
    """Where and when one line is to be performed, which is a service.

    Args:
        line: The id of the line of the cart.
        wish: Where and when.
    """

    line: str = field(validator=identifier)
    wish: ServiceWish = field(validator=instance(ServiceWish))


def recorded(given: Quote | QuoteRecord) -> QuoteRecord:
    """Keep of the book what has an outcome: the rest of it is not what the customer saw."""
    return QuoteRecord.of(given, only_relevant=True) if isinstance(given, Quote) else given


def services_for(
    given: Mapping[str, ServiceWish] | Iterable[ServiceFor],
) -> tuple[ServiceFor, ...]:
    """Name the lines that are services, in the order of their ids."""
    if isinstance(given, Mapping):
        return tuple(ServiceFor(line, wish) for line, wish in sorted(given.items()))
    return tuple_of(given)


def new_price_of(given: NewPrice | str) -> NewPrice:
    """Read what to do by its name."""
    return member_of(NewPrice, given)


@variant(Reply, "order_placed")
@frozen(kw_only=True)
class Placed(Promised, Reply):
    """The order is placed.

    Args:
        order_id: Its id.
        number: What people call it by.
        payable: What is to be paid.
        version: How many events it has had.
        taken: As `Promised` says, and so the other fields.
    """

    order_id: str = field(validator=identifier)
    number: str = field(validator=identifier)
    payable: Money = field(validator=instance(Money))
    version: int = field(validator=integer(least=1, most=MAX_SEQUENCE))


@frozen(kw_only=True)
class NotPlaced:
    """Why an order is not placed; nothing is stored.

    Args:
        quote: What it would cost now; who agrees to that places this quote.
        difference: From the price that the customer saw to this one, in what customers see;
            ``difference.told("zh_CN")`` puts it into words. None: the price stands.
        shortages: Everything that stock does not have.
        proposals: What to buy, to make or to bring forward, so that nothing were short.
        plan: From where the rest would come, and why not all of it; None: nobody was asked, or
            nobody knows how far it is.
        refused: What the order itself lacks: lines, an address. None: nothing.
        now: The version that the stored draft is of by now: it is not the one that the
            customer saw, and all else is told of the draft as it is now. None: it is the same.
    """

    quote: Quote
    difference: Difference | None = None
    shortages: tuple[Shortage, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    plan: AllocationPlan | None = None
    refused: Refused | None = None
    now: int | None = None

    def told(self, locale: str = "en", *, zone: str | None = None) -> tuple[str, ...]:
        """Put into words what stands in the way: the price, all that is short, what it lacks.

        Args:
            locale: Such as ``zh_CN`` or ``en_GB``.
            zone: In which time zone instants are told; None: each by its own offset.

        Raises:
            InvalidValue: There are no words in that language, or there is no such zone.
        """
        titles = {line.id: line.product.title for line in self.quote.cart.lines}
        price = self.difference
        return (
            *(() if price is None else (price.told(locale, zone=zone),)),
            *tell_shortages(self.shortages, locale, zone=zone, titles=titles),
            *(() if self.refused is None else (ORDER.told(self.refused, locale),)),
        )


@frozen(kw_only=True)
class NewOrder(OrderCommand[R_co, N_co]):
    """What a command says by which an order begins.

    Args:
        number: What people call it by; it may differ when the command comes again.
        quote: What the customer saw.
        details: Who, where to, invoice, remarks.
        services: Where and when, of the lines that are services: by their ids, or as
            `ServiceFor`. What stock knows as a service is one also without.
    """

    incidental: ClassVar[tuple[str, ...]] = ("at", "correlation", "number")

    number: str = field(validator=identifier)
    quote: QuoteRecord = field(converter=recorded, validator=instance(QuoteRecord), repr=False)
    details: OrderDetails = field(factory=OrderDetails, validator=instance(OrderDetails))
    services: tuple[ServiceFor, ...] = field(
        default=(), converter=services_for, validator=each(instance(ServiceFor), most=MAX_LINES)
    )
    actor: Actor = field(default=Actor("customer"), validator=instance(Actor))

    def drafted(self, shop: Shop, quote: QuoteRecord) -> Result:
        """Begin the order at a price."""
        wishes = {each.line: each.wish for each in self.services}
        return draft(
            quote,
            id=self.order_id,
            number=self.number,
            details=self.details,
            services=with_wishes(shop.stock, quote.cart, wishes),
        )


@variant(Command, "place_order")
@frozen(kw_only=True)
class PlaceOrder(NewOrder[Placed, NotPlaced]):
    """Place an order at the price that the customer saw.

    Args:
        new_price: What to do where the price is another by now; the other fields as in
            `NewOrder`.
    """

    new_price: NewPrice = field(
        default=NewPrice.REFUSE, converter=new_price_of, validator=member(NewPrice)
    )

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the counters of its promotions; once they are known, for what stock needs."""
        yield from self.placing(shop).needs(got)

    def decide(self, got: Loaded, shop: Shop) -> Decision[Placed] | Refusal[NotPlaced]:
        """Place the order, or tell everything that stands in the way.

        Raises:
            InvalidValue: There is an order of this id already.
            CurrencyMismatch: The quote is not in the currency of the shop's book.
            NotReproducible: This version prices otherwise what an older one had priced.
        """
        check_new(got, self.order_id, "order_id")
        return self.placing(shop).decide(got)

    def placing(self, shop: Shop) -> Placing:
        """Tell how it is placed."""
        return Placing(self, shop, self.quote, self.new_price, partial(self.drafted, shop))


def check_new(got: Loaded, order_id: str, name: str) -> None:
    """Refuse the id of an order that is there already."""
    if got.version(order_key(order_id)):
        expected = "an id of no order yet"
        raise InvalidValue(expected, order_id, path=(name,), reason="duplicate_id")


# How a draft is placed, whether it is new or was stored before


@frozen
class Placing:
    """A draft about to be placed, at the price of now.

    Attributes:
        command: By which it is placed.
        shop: What holds at present.
        seen: The price that the customer saw.
        new_price: What to do where the price is another by now.
        drafted: Makes the draft at a price, with the events that this takes.
        now: The version that the draft is of by now, where the command names another one.
    """

    command: OrderCommand[Placed, NotPlaced]
    shop: Shop
    seen: QuoteRecord
    new_price: NewPrice
    drafted: Callable[[QuoteRecord], Result]
    now: int | None = None

    def needs(self, got: Loaded) -> Iterator[Readable]:
        """Ask for the counters of its promotions; once they are known, for what stock needs."""
        counters = self._counters
        yield from counters
        if self.shop.stock is not None and all(counter in got for counter in counters):
            yield from needed(self.shop.stock, self.task(got), got)

    def task(self, got: Loaded) -> StockTask:
        """Tell what stock is to set aside, at the price of now."""
        order, _ = self.drafted(recorded(self._priced(got)))
        return reserving(order, self.command)

    def decide(self, got: Loaded) -> Decision[Placed] | Refusal[NotPlaced]:
        """Place it, or tell everything that stands in the way."""
        quote = self._priced(got)
        record = recorded(quote)
        order, events = self.drafted(record)
        answer = self._granted(quote, order, got)
        if isinstance(answer, NotPlaced):
            return Refusal(answer)
        order, happened = placed(order, answer, self.command.actor.role)
        reply = Placed(
            order_id=order.id,
            number=order.number,
            payable=quote.payable,
            version=order.version,
            taken=answer.taken,
            appointments=answer.appointments,
            production=answer.production,
            plan=answer.plan,
        )
        key = self.command.order
        changed = Happened(key, got.version(key), order, (*events, *happened))
        usage = (*added(record).values(), *answer.usage)
        return decided(self.command, reply, (changed, *answer.happened), usage)

    # The price of now

    @property
    def _context(self) -> Context:
        return evolve(self.seen.context, at=self.command.at, usage=None)

    @property
    def _counters(self) -> tuple[Counter, ...]:
        return counters_of(self.shop.book, self.seen.cart, self._context)

    def _priced(self, got: Loaded) -> Quote:
        usage = usage_of(self._counters, self.shop.book, got)
        context = evolve(self._context, usage=usage)
        return price_in(self.seen.cart, self.shop.book, context, self.shop.tariff)

    # What stands in the way

    def _granted(self, quote: Quote, order: Order, got: Loaded) -> Granted | NotPlaced:
        """Tell what stock grants, or collect every reason why the order is not placed."""
        answer = granted(self.shop.stock, reserving(order, self.command), got)
        refused = unplaceable(order, self.command.actor.role)
        difference = self._difference(quote)
        in_the_way = (refused, difference, self.now)
        if isinstance(answer, Granted) and in_the_way == (None, None, None):
            return answer
        return NotPlaced(
            quote=quote,
            difference=difference,
            shortages=() if isinstance(answer, Granted) else answer.shortages,
            proposals=() if isinstance(answer, Granted) else answer.proposals,
            plan=None if isinstance(answer, Granted) else answer.plan,
            refused=refused,
            now=self.now,
        )

    def _difference(self, quote: Quote) -> Difference | None:
        """Tell what the customer would have to agree to; None: nothing."""
        if self.new_price is NewPrice.ACCEPT:
            return None
        told = _as_seen(diff(self.seen.quote(), quote))
        if told.is_empty or (self.new_price is NewPrice.IF_BETTER and _is_better(told)):
            return None
        return told


def reserving(order: Order, command: OrderCommand[Any, Any]) -> StockTask:
    """Let stock set aside all that a draft is about, gifts included."""
    units = ((line.id, line.quantities.ordered) for line in order.lines)
    return task_of(order, Purpose.RESERVE, units, command, gifts=True)


def unplaceable(order: Order, role: str | None) -> Refused | None:
    """Tell what a draft itself lacks to be placed by a role; None: nothing."""
    asked = ORDER.check(order.state, OrderStep.PLACE, by=role, guards=guards_of(order))
    return asked if isinstance(asked, Refused) else None


def placed(order: Order, answer: Granted, role: str | None) -> Result:
    """Place a draft, and take down what stock has set aside for it."""
    order, events = place(order, by=role)
    order, more = allocated(order, answer)
    return order, (*events, *more)


def _as_seen(told: Difference) -> Difference:
    """Leave out what became of promotions and codes that gave nothing on either side."""
    gave = Kind.APPLIED
    return evolve(
        told,
        promotions=tuple(each for each in told.promotions if gave in (each.before, each.after)),
        codes=tuple(each for each in told.codes if gave in (each.before, each.after)),
    )


def _is_better(told: Difference) -> bool:
    """Whether no more is to be paid, in all or at once, and nothing less comes with it."""
    fewer = any(each.after < each.before for each in told.counts)
    at_once = 0 if told.deposit is None else told.deposit.amount.minor
    return told.amount.minor <= 0 and at_once <= 0 and not fewer
