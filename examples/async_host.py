"""Place, pay and cancel orders from asyncio: many tasks at once on one store.

    python examples/async_host.py

The store is far away: whoever asks it lets the others go first, and an answer may be lost on its
way back. Four things happen, told line by line: a coupon that two of five may use, a triple
click, a payment and a cancellation of one order at the same time, and two lost answers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from attrs import field, frozen

from ordercore import Cart, PromotionBook, Shopper, price, recipes
from ordercore.errors import CommitUnknown, UsageExceeded, VersionConflict
from ordercore.events import Actor
from ordercore.orders import Order, OrderDetails
from ordercore.parties import Address, Contact
from ordercore.promotions import Limits
from ordercore.storage import (
    Awaited,
    Counter,
    Decision,
    Key,
    Loaded,
    MemoryStore,
    Readable,
    Reply,
    Request,
)
from ordercore.workflows import (
    CancelOrder,
    NotPlaced,
    Placed,
    PlaceOrder,
    RecordCapture,
    RequestPayment,
    Shop,
    UpdateOrder,
    run_async,
)

AT = datetime(2026, 6, 18, 2, tzinfo=UTC)
WELCOME = recipes.amount_off("welcome", "30", code="HI", limits=Limits(uses=2))
SHOP = Shop(book=PromotionBook("CNY", [WELCOME]))
CART = Cart.of("CNY", [("shirt", "129.00", 2)], shipping="12.00")
HOME = Address(country="CN", city="深圳", lines=["深南大道 1 号"])
DETAILS = OrderDetails(contact=Contact("王小明"), delivery=HOME, channel="app")


@frozen
class FarAway(Awaited):
    """A store that others reach while one waits for it, and whose answers can be lost.

    Args:
        store: Where everything is kept.
        lost: What to raise instead of an answer, by the key of the commit; each once.
    """

    lost: dict[str, Exception] = field(factory=dict)

    async def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read, after a while."""
        await asyncio.sleep(0)
        return await super().read(asked, lock=lock)

    async def reply(self, request: Request) -> Reply | None:
        """Tell a reply, after a while."""
        await asyncio.sleep(0)
        return await super().reply(request)

    async def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        """Store, after a while; print who must decide again, and what gets lost."""
        await asyncio.sleep(0)
        try:
            reply = await super().commit(request, decision)
        except (VersionConflict, UsageExceeded) as error:
            print(f"  {request.key} decides again: {error}")
            raise
        if request.key in self.lost:
            print(f"  {request.key} is stored, and its answer is lost")
            raise self.lost.pop(request.key)
        return reply


def placing(who: str, order_id: str, codes: str = "", key: str = "") -> PlaceOrder:
    """Make the command that a customer's click is."""
    quote = price(CART, SHOP.book, at=AT, shopper=Shopper(who), codes=codes or ())
    return PlaceOrder(
        key=key or f"click-{order_id}",
        order_id=order_id,
        number=f"SO-{order_id}",
        quote=quote,
        details=DETAILS,
        at=AT,
        actor=Actor("customer", who),
    )


def told(answer: Any) -> str:
    """Put an answer into words."""
    match answer:
        case Placed():
            return f"{answer.order_id} placed at {answer.payable}"
        case NotPlaced():
            return f"not placed, it would cost {answer.quote.payable} now"
        case _:
            return f"{answer.order_id} {answer.state}, version {answer.version}"


async def coupon(store: FarAway) -> None:
    """Let five customers at once place orders with a coupon that has two uses."""
    names = [f"customer-{number}" for number in range(1, 6)]
    commands = [placing(name, f"o-{number}", "HI") for number, name in enumerate(names, 1)]
    answers = await asyncio.gather(*(run_async(SHOP.does(each), store) for each in commands))
    for name, answer in zip(names, answers, strict=True):
        print(f"{name}: {told(answer)}")
    uses = Counter("uses", "welcome")
    print(f"uses: {(await store.read([uses])).used(uses)}")


async def clicks(store: FarAway) -> None:
    """Click three times on one button: it is one command, and one order."""
    command = placing("customer-6", "o-6")
    answers = await asyncio.gather(*(run_async(SHOP.does(command), store) for _ in range(3)))
    for answer in answers:
        print(f"customer-6: {told(answer)}")
    print(f"orders: {', '.join(key.id for key in (await store.keys('order')).members)}")


async def rivals(store: FarAway) -> None:
    """Let a provider report the money of an order in the moment in which it is cancelled."""
    key = Key("order", "o-6")
    due = (await store.read([key])).value(key, Order).payable
    ask = RequestPayment(payment_id="p-1", amount=due, method="card")
    await run_async(SHOP.does(UpdateOrder(key="ask-1", order_id="o-6", act=ask, at=AT)), store)
    capture = RecordCapture(payment_id="p-1", reference="r-1")
    answers = await asyncio.gather(
        run_async(
            SHOP.does(CancelOrder(key="cancel-1", order_id="o-6", reason="changed_mind", at=AT)),
            store,
        ),
        run_async(SHOP.does(UpdateOrder(key="paid-1", order_id="o-6", act=capture, at=AT)), store),
    )
    for answer in answers:
        print(told(answer))
    order = (await store.read([key])).value(key, Order)
    print(f"{order.id}: {order.balance.paid} paid, so {order.payment_status}")


async def losses(store: FarAway) -> None:
    """Lose the answers of two commits: one that the driver asks for, one that the host repeats."""
    store.lost["click-o-7"] = CommitUnknown("click-o-7")
    print(f"customer-7: {told(await run_async(SHOP.does(placing('customer-7', 'o-7')), store))}")
    store.lost["click-o-8"] = ConnectionError("reset by peer")
    try:
        await run_async(SHOP.does(placing("customer-8", "o-8")), store)
    except ConnectionError as error:
        print(f"customer-8: {error}; the same command again")
    print(f"customer-8: {told(await run_async(SHOP.does(placing('customer-8', 'o-8')), store))}")


async def events(store: FarAway) -> Iterator[str]:
    """Tell the events of each order, in their order: each stands in the outbox once."""
    members = (await store.outbox(limit=1000)).members
    of: dict[str, list[str]] = {}
    for each in members:
        of.setdefault(each.aggregate.id, []).append(type(each.event).__name__)
    return (f"{order}: {', '.join(happened)}" for order, happened in sorted(of.items()))


async def hours() -> None:
    """Let all of it happen on one store."""
    store = FarAway(MemoryStore())
    for happening in (coupon, clicks, rivals, losses):
        print(f"# {happening.__name__}")
        await happening(store)
        print()
    print("# events")
    print(*await events(store), sep="\n")


def main() -> int:
    """Run the example; return the exit status."""
    asyncio.run(hours())
    return 0


if __name__ == "__main__":
    sys.exit(main())
