"""Commands, and the shop in which they are carried out.

A command is data: what somebody wants, under a key. What holds in the shop at present (what is
on offer, by which tariff, out of which stock) stands beside it, once for all commands:
``run(shop.does(command), store)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar, overload

from attrs import field, frozen

from ordercore.data.checks import aware, identifier, instance, optional, passes
from ordercore.data.instants import pinned
from ordercore.errors import InvalidValue, NotFound, OrderCoreError
from ordercore.events import Actor, Command, Recorded, record
from ordercore.lifecycle import Refused, TransitionRefused
from ordercore.orders import Order
from ordercore.promotions import PromotionBook
from ordercore.storage import Change, CounterChange, Decision, Key, Loaded, Readable, Reply
from ordercore.tariffs import Tariff
from ordercore.workflows.stock import Happened, Stock
from ordercore.workflows.use_case import Refusal

__all__ = [
    "MAX_KEY",
    "AskedInShop",
    "InShop",
    "OrderCommand",
    "Shop",
    "ShopCommand",
    "ShopQuery",
    "decided",
    "kept",
    "order_key",
    "tried",
]

MAX_KEY: Final = 56
"""The most characters of a command's key: the ids of its events begin with it."""

R_co = TypeVar("R_co", bound=Reply, covariant=True)
N_co = TypeVar("N_co", covariant=True)
A_co = TypeVar("A_co", covariant=True)
A = TypeVar("A")
R = TypeVar("R", bound=Reply)
N = TypeVar("N")
T = TypeVar("T")


def _key(_instance: object, attribute: Any, value: Any) -> None:
    named = isinstance(value, str)
    if named and (len(value) > MAX_KEY or not passes(identifier, value)):
        expected = f"1 to {MAX_KEY} printable ASCII characters"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="invalid_identifier")
    identifier(None, attribute, value)


@frozen(kw_only=True)
class ShopCommand(Command, Generic[R_co, N_co]):
    """What all commands say.

    Args:
        key: Its idempotency key, up to `MAX_KEY` characters: one for each thing that is to
            happen once. The ids of its events are ``key-1``, ``key-2`` and so on.
        at: When; it may differ when the command comes again.
        actor: Through whom.
        correlation: Of what it is a part; it may differ when the command comes again.
    """

    incidental: ClassVar[tuple[str, ...]] = ("at", "correlation")
    """Fields that may differ when the same command comes again."""

    key: str = field(validator=_key)
    at: datetime = field(converter=pinned, validator=aware)
    actor: Actor = field(default=Actor("system"), validator=instance(Actor))
    correlation: str | None = field(default=None, validator=optional(identifier))

    def needs(self, got: Loaded, shop: Shop) -> Iterable[Readable]:
        """Say what must be read, seeing what was. It refuses nothing: see `decide`."""
        raise NotImplementedError

    def decide(self, got: Loaded, shop: Shop) -> Decision[R_co] | Refusal[N_co]:
        """Decide on what was read, or say why not."""
        raise NotImplementedError


@frozen(kw_only=True)
class ShopQuery(Generic[A_co]):
    """What all questions say; they write nothing, so they have no key.

    Args:
        at: When it is asked.
    """

    at: datetime = field(converter=pinned, validator=aware)

    def needs(self, got: Loaded, shop: Shop) -> Iterable[Readable]:
        """Say what must be read, seeing what was. It refuses nothing: see `answer`."""
        raise NotImplementedError

    def answer(self, got: Loaded, shop: Shop) -> A_co:
        """Answer by what was read."""
        raise NotImplementedError


@frozen(kw_only=True)
class OrderCommand(ShopCommand[R_co, N_co]):
    """What all commands say that are about an order.

    Args:
        order_id: Of which order; the other fields as in `ShopCommand`.
    """

    order_id: str = field(validator=identifier)

    @property
    def order(self) -> Key:
        """Where its order is kept."""
        return order_key(self.order_id)

    def needs(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the order, and for what it needs besides, seeing what was read.

        It refuses nothing: the command may have been carried out already, and what is there
        may be what it has left. What is wrong, `decide` says, which is asked afterwards.
        """
        yield self.order
        with suppress(OrderCoreError):
            yield from self.besides(got, shop)

    def besides(self, got: Loaded, shop: Shop) -> Iterable[Readable]:  # noqa: ARG002
        """Say what must be read besides the order."""
        return ()

    def found(self, got: Loaded) -> Order:
        """Give its order, or raise `NotFound`."""
        return kept(got, self.order, Order, "order_id")

    def known(self, got: Loaded) -> Order | None:
        """Tell its order, if that was read and there is one."""
        return got.get(self.order, Order) if self.order in got else None


def order_key(order_id: str) -> Key:
    """Tell where an order is kept."""
    return Key("order", order_id)


def kept(got: Loaded, key: Key, kind: type[T], name: str) -> T:
    """Give what a field of a command names by its id.

    Raises:
        NotFound: There is none; the path is the field.
    """
    value = got.get(key, kind)
    if value is None:
        raise NotFound("an aggregate that exists", str(key), path=(name,))
    return value


def tried(act: Callable[[], T]) -> T | Refused:
    """Do something with an order, or tell which guards do not hold."""
    try:
        return act()
    except TransitionRefused as error:
        return error.refused


def decided(
    command: ShopCommand[Any, Any],
    reply: R,
    happened: Iterable[Happened],
    usage: Iterable[CounterChange] = (),
) -> Decision[R]:
    """Write down what a command brings about: changes, numbered events, usage and its reply."""
    changes: list[Change] = []
    events: list[Recorded] = []
    for each in happened:
        changes.append(Change(each.key, each.version, each.value))
        first = len(events) + 1
        events += record(
            each.events,
            aggregate=each.key,
            after=each.version,
            ids=[f"{command.key}-{first + i}" for i in range(len(each.events))],
            at=command.at,
            actor=command.actor,
            cause=command.key,
            correlation=command.correlation,
        )
    return Decision(reply=reply, at=command.at, changes=changes, events=events, usage=usage)


@frozen(kw_only=True)
class Shop:
    """What holds in the shop at present; made once, and anew when something of it changes.

    Args:
        book: What is on offer.
        tariff: Price lists, taxes, rounding; None: none of them.
        stock: Whoever keeps stock; None: everything is there.
    """

    book: PromotionBook = field(validator=instance(PromotionBook))
    tariff: Tariff | None = field(default=None, validator=optional(instance(Tariff)))
    stock: Stock | None = field(default=None, validator=optional(instance(Stock)))

    @overload
    def does(self, command: ShopCommand[R, N]) -> InShop[R, N]: ...
    @overload
    def does(self, command: ShopQuery[A]) -> AskedInShop[A]: ...
    def does(self, command: ShopCommand[R, N] | ShopQuery[A]) -> InShop[R, N] | AskedInShop[A]:
        """Make a command or a question ready to be run: ``run(shop.does(command), store)``.

        Raises:
            InvalidType: It is neither, of a shop.
        """
        if isinstance(command, ShopQuery):
            return AskedInShop(command, self)
        return InShop(command, self)


@frozen
class InShop(Generic[R_co, N_co]):
    """A use case: a command, and the shop in which it is carried out.

    Of the two, the command alone is what the reply is kept under: where the shop has changed
    meanwhile, the same command is still the same.

    Args:
        command: What is to be done.
        shop: What holds at present.
    """

    incidental: ClassVar[tuple[str, ...]] = ()
    """Nothing of these two; which fields of the command are, that says itself."""

    command: ShopCommand[R_co, N_co] = field(validator=instance(ShopCommand))
    shop: Shop = field(validator=instance(Shop), repr=False)

    @property
    def key(self) -> str:
        """The command's idempotency key."""
        return self.command.key

    def needs(self, got: Loaded) -> Iterable[Readable]:
        """Say what must be read, seeing what was."""
        return self.command.needs(got, self.shop)

    def decide(self, got: Loaded) -> Decision[R_co] | Refusal[N_co]:
        """Decide on what was read, or say why not."""
        return self.command.decide(got, self.shop)


@frozen
class AskedInShop(Generic[A_co]):
    """A question, and the shop in which it is asked: it is a `Query`.

    Args:
        query: What is asked.
        shop: What holds at present.
    """

    query: ShopQuery[A_co] = field(validator=instance(ShopQuery))
    shop: Shop = field(validator=instance(Shop), repr=False)

    def needs(self, got: Loaded) -> Iterable[Readable]:
        """Say what must be read, seeing what was."""
        return self.query.needs(got, self.shop)

    def answer(self, got: Loaded) -> A_co:
        """Answer by what was read."""
        return self.query.answer(got, self.shop)
