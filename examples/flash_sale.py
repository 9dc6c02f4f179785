"""A flash sale that sells all it has and not one more, however many want it at once.

    python examples/flash_sale.py

100 mugs stand at two sites. 400 customers order one or two each, from eight threads, through
the use case of placing, on the memory store; now and then somebody's connection breaks, and the
same command comes again. Half of those who got some pay; what was set aside for the others is
free again after a while by itself, and the next customers have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Lock

from attrs import define, field

from ordercore import Cart, PromotionBook, price
from ordercore.events import Actor
from ordercore.orders import Order, OrderDetails
from ordercore.parties import Address, Contact, Customer
from ordercore.stock import StockLevel
from ordercore.storage import Decision, Loaded, MemoryStore, Readable, Reply, Request
from ordercore.workflows import (
    Confirm,
    Placed,
    PlaceOrder,
    Receive,
    RecordCapture,
    RequestPayment,
    Shop,
    StockKeeper,
    Updated,
    UpdateOrder,
    UpdateStock,
    level_key,
    run,
)
from ordercore.workflows.shop import order_key

SITES = ("east", "west")
START = datetime(2026, 11, 11, tzinfo=UTC)
TO_PAY = timedelta(minutes=15)

BOOK = PromotionBook("CNY", [])
SHOP = Shop(book=BOOK, stock=StockKeeper(sites=SITES, hold_for=TO_PAY))
QUOTES = {n: price(Cart.of("CNY", [("mug", "39.00", n)]), BOOK, at=START) for n in (1, 2)}
HOME = Address(country="CN", region="浙江省", city="杭州", lines=["文三路 1 号"])


@define(eq=False)
class OneAtATime(MemoryStore):
    """A memory store for several threads: each verb waits for the one before it to end.

    Between the verbs of one use case, those of others come as they like.
    """

    _turn: Lock = field(init=False, factory=Lock)

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`."""
        with self._turn:
            return super().read(asked, lock=lock)

    def reply(self, request: Request) -> Reply | None:
        """Tell as `Store.reply`."""
        with self._turn:
            return super().reply(request)

    def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        """Store as `Store.commit`."""
        with self._turn:
            return super().commit(request, decision)


def order(store: MemoryStore, customer: int, at: datetime) -> int:
    """Let one customer order, every seventh one twice; tell how many units they got."""
    units = 1 + customer % 2
    command = PlaceOrder(
        key=f"place-{customer}",
        order_id=f"o-{customer}",
        number=f"SO-{customer}",
        quote=QUOTES[units],
        details=OrderDetails(customer=Customer(f"c-{customer}", Contact("客户")), delivery=HOME),
        at=at,
    )
    for _ in range(2 if customer % 7 == 0 else 1):
        told = run(SHOP.does(command), store, attempts=1000)
    return units if isinstance(told, Placed) else 0


def pay(store: MemoryStore, customer: int, at: datetime) -> int:
    """Let one customer pay, which confirms the order; tell for how many units."""
    key = order_key(f"o-{customer}")
    payable = QUOTES[1 + customer % 2].payable
    acts = (
        RequestPayment(payment_id="p-1", amount=payable, method="card"),
        RecordCapture(payment_id="p-1", reference=f"cap-{customer}"),
        Confirm(),
    )
    for i, act in enumerate(acts):
        actor = Actor("system")
        command = UpdateOrder(
            key=f"pay-{customer}-{i}", order_id=key.id, at=at, act=act, actor=actor
        )
        told = run(SHOP.does(command), store, attempts=1000)
    paid = store.read([key]).value(key, Order)
    return sum(line.quantities.ordered for line in paid.lines) if isinstance(told, Updated) else 0


def all_at_once(
    act: Callable[[MemoryStore, int, datetime], int],
    store: MemoryStore,
    customers: list[int],
    at: datetime,
) -> dict[int, int]:
    """Let many customers do something in eight threads; tell who got how many units."""
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda customer: act(store, customer, at), customers)
        return {customer: units for customer, units in zip(customers, found, strict=True) if units}


def main() -> None:
    """Hold the sale."""
    store = OneAtATime()
    staff = Actor("staff", "u-1")
    for site in SITES:
        opening = UpdateStock(
            key=f"open-{site}", sku="mug", site=site, act=Receive(50), at=START, actor=staff
        )
        run(SHOP.does(opening), store)

    first = all_at_once(order, store, list(range(200)), START)
    print(f"{sum(first.values())} of 100 mugs set aside for {len(first)} of 200 customers")

    paying = [customer for customer in first if customer % 4 < 2]
    paid = all_at_once(pay, store, paying, START + timedelta(minutes=5))
    print(f"{sum(paid.values())} paid for in time")

    later = START + TO_PAY
    second = all_at_once(order, store, list(range(200, 400)), later)
    print(f"{sum(second.values())} set aside for later customers, as the others did not pay")

    keys = [level_key("mug", site) for site in SITES]
    found = store.read(keys)
    levels = [found.value(key, StockLevel) for key in keys]
    for level in levels:
        print(f"{level.site}: {level.on_hand} on hand, {level.firm} firm, ", end="")
        print(f"{level.reserved(later)} reserved, {level.available(later)} left")
    promised = sum(level.firm + level.reserved(later) for level in levels)
    if not promised == sum(paid.values()) + sum(second.values()) == sum(first.values()) == 100:
        raise SystemExit("the books do not agree with what customers were told")


if __name__ == "__main__":
    main()
