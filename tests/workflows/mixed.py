"""A furniture maker: mugs on hand, sofas made to order, and people who assemble them.

A sofa is made of a frame and 12 m of cloth, a frame of 8 m of beech. So whoever holds sofas,
frames, cloth and beech holds so many sofas, and it can be told how many without netting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve
from casebook import AT, STAFF, changing, check_orders
from levels import order_of, values

from ordercore import Cart, CartLine, Product, PromotionBook, price
from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.money import UnitPrice
from ordercore.orders import ChangeQuantity, Order, OrderDetails, ServiceWish, changed_cart
from ordercore.parties import Address
from ordercore.pricing import price_in
from ordercore.stock import (
    Bill,
    BillBook,
    Component,
    Lot,
    Part,
    StockLevel,
)
from ordercore.stock.resources import Agenda, BookingFinished, Requirement, Resource
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    OpenAgenda,
    PlaceOrder,
    Receive,
    Shop,
    StockKeeper,
    SweepStock,
    UpdateOrder,
    UpdateStock,
    run,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOLD = timedelta(minutes=30)
LATE = AT + HOLD

BILLS = BillBook(
    [
        Part("sofa", Bill([Component("frame", 1), Component("cloth", 12)]), lead_time=4 * DAY),
        Part("frame", Bill(Component("beech", 8)), lead_time=3 * DAY),
        Part("cloth", unit="m"),
        Part("beech", unit="m"),
    ]
)
OPEN = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "08:00-18:00"}))
TEAM = [
    Resource(id=name, kind="person", site="west", hours=OPEN, skills={"assemble": 1})
    for name in ("fitter-1", "fitter-2")
]
VAN = Resource(id="van", kind="equipment", site="west", hours=OPEN, skills={"van": 1}, capacity=2)
ASSEMBLY = Requirement(
    id="assembly", roles={"fitter": {"assemble": 1}, "van": {"van": 1}}, duration=2 * HOUR
)
KEEPER = StockKeeper(
    sites=("east", "west"),
    hold_for=HOLD,
    renewable_for=2 * HOLD,
    bills=BILLS,
    works="west",
    make_within=10 * DAY,
    services={"assembly": ASSEMBLY},
    resources=("fitter-1", "fitter-2", "van"),
)
SHOP = Shop(book=PromotionBook("CNY", []), stock=KEEPER)
ALL_SITES = evolve(SHOP, stock=evolve(KEEPER, sites=("east", "west", "north")))
"""The house's stock room, which knows sites that not every shop sells from."""
WITH_LOTS = BillBook(
    [
        Part("sofa", Bill([Component("frame", 1), Component("cloth", 12)])),
        Part("frame", Bill(Component("beech", 8)), lot=Lot(multiple=2)),
        Part("cloth", unit="m"),
        Part("beech", unit="m"),
    ]
)

FULL = {
    ("mug", "east"): 3,
    ("mug", "west"): 3,
    ("sofa", "west"): 1,
    ("frame", "west"): 2,
    ("cloth", "west"): 60,
    ("beech", "west"): 24,
}
"""What there is; of sofas: one, two more of frames, three of beech, so that cloth is short."""

MOST = 6
"""The most sofas of it: one, and as many as there is cloth for."""

HOME = OrderDetails(delivery=Address(country="CN", city="杭州", lines=["文三路 1 号"]))
SKUS = {"1": "mug", "2": "sofa", "3": "assembly"}
PRICES = {"mug": "39.00", "sofa": "4999.00", "assembly": "200.00"}


def on_level(key: str, sku: str, site: str, act: Any, at: Any = AT) -> UpdateStock:
    return UpdateStock(key=key, sku=sku, site=site, act=act, at=at, actor=STAFF)


def stocked(
    units: Mapping[tuple[str, str], int] = FULL,
    shop: Shop = ALL_SITES,
    team: Iterable[Any] = (*TEAM, VAN),
) -> MemoryStore:
    """Make a store with levels and agendas, all by use cases."""
    store = MemoryStore()
    for i, ((sku, site), count) in enumerate(units.items()):
        run(shop.does(on_level(f"open-{i}", sku, site, Receive(count))), store)
    for each in team:
        run(shop.does(OpenAgenda(key=f"open-{each.id}", resource=each, at=AT)), store)
    return store


def cart_of(**units: int) -> Cart:
    lines = [
        CartLine(name, Product(sku), units[sku], UnitPrice.of(PRICES[sku], "CNY"))
        for name, sku in SKUS.items()
        if units.get(sku)
    ]
    return Cart(currency="CNY", lines=lines)


def buying(
    number: int, *, at: Any = AT, visit: Window | None = None, key: str | None = None, **units: int
) -> PlaceOrder:
    """Order mugs, sofas and assemblies."""
    quote = price(cart_of(**units), SHOP.book, at=at)
    return PlaceOrder(
        key=key or f"p-{number}",
        order_id=f"o-{number}",
        number=f"SO{number}",
        quote=quote,
        details=HOME,
        services={"3": ServiceWish(appointment=visit)} if units.get("assembly") else {},
        at=at,
    )


def ordering(
    number: int, basket: Iterable[tuple[str, int]], book: PromotionBook = SHOP.book
) -> PlaceOrder:
    """Order units of any skus, at a price that does not matter."""
    cart = Cart.of("CNY", [(sku, "10.00", units) for sku, units in basket])
    return PlaceOrder(
        key=f"place-{number}",
        order_id=f"o-{number}",
        number=f"N{number}",
        quote=price(cart, book, at=AT),
        details=HOME,
        at=AT,
    )


def doing(key: str, act: Any, order_id: str = "o-1", at: Any = AT) -> UpdateOrder:
    return UpdateOrder(key=key, order_id=order_id, at=at, act=act, actor=STAFF)


# What is done


ALL = {"mug": 2, "sofa": 3, "assembly": 2}
MORNING = Window(AT + DAY, AT + DAY + 2 * HOUR)


def did(*commands: Any, store: MemoryStore | None = None, shop: Any = SHOP) -> MemoryStore:
    """Do one thing after the other, each of which must be done."""
    store = stocked() if store is None else store
    for command in commands:
        told = run(shop.does(command), store)
        assert type(told).__name__ in {
            "Placed", "Updated", "Cancelled", "Changed", "SplitTold", "StockUpdated", "StockSwept",
            "AgendaUpdated"
        }, told  # fmt: skip
    return store


def ask(command: Any, store: MemoryStore, shop: Any = SHOP) -> Any:
    return run(shop.does(command), store)


def parts_of(store: MemoryStore, order: str = "o-1", line: str = "2") -> dict[str, int]:
    """Tell what is held for the sofas of an order."""
    return {sku: units for (name, sku), units in held_of(store, order).items() if name == line}


def fewer(store: MemoryStore, units: int, key: str = "change", line: str = "2") -> Any:
    """Change how many units a line has."""
    order = order_of(store, "o-1")
    edits = [ChangeQuantity(line, units)]
    quote = price_in(changed_cart(order, edits), SHOP.book, order.quote.context)
    return changing(key, base=order.version, edits=edits, quote=quote)


def sweeping(store: MemoryStore, key: str = "sweep", at: Any = LATE, **but: Any) -> SweepStock:
    keys = [key for key in store._kept.aggregates if key.kind in ("stock_level", "agenda")]
    return SweepStock(key=key, aggregates=keys, at=at, **but)


# What is held


def held_of(store: MemoryStore, order: str) -> Counter[tuple[str, str]]:
    """Count what is set aside for an order, by line and sku; what has expired, too."""
    found: Counter[tuple[str, str]] = Counter()
    for level in values(store, "stock_level"):
        for each in level.held_for(order):
            found[each.line or "", level.sku] += each.outstanding
    return found


def visits_of(store: MemoryStore, order: str) -> dict[str, list[Any]]:
    """List what is booked for an order: by booking, who takes part."""
    found: dict[str, list[Any]] = {}
    for agenda in values(store, "agenda"):
        for booking in agenda.held_for(order):
            found.setdefault(booking.id, []).append((agenda.id, booking))
    return found


def sofas_in(units: Mapping[str, int]) -> int | None:
    """Tell how many sofas that is, all of it; None: it is no whole number of sofas."""
    clothed, left = divmod(units.get("cloth", 0), 12)
    framed, rest = divmod(units.get("beech", 0), 8)
    framed += units.get("frame", 0)
    return None if left or rest or clothed != framed else units.get("sofa", 0) + clothed


# What must hold at any time


def check_promises(
    store: MemoryStore, *, replayed: bool = True, lost: Mapping[str, int] | None = None
) -> None:
    """Hold aggregates to their events, and what is held to what living orders have allocated.

    Args:
        store: What there is.
        replayed: Whether to replay all events.
        lost: How many visits of an order have expired and were forgotten.
    """
    if replayed:
        check_orders(store)
    for level in values(store, "stock_level"):
        assert level.kept <= level.on_hand
    for agenda in values(store, "agenda"):
        assert not [each for each in agenda.bookings if each.ended]
    holders = {
        each.holder for level in values(store, "stock_level") for each in level.reservations
    }
    assert holders <= {key.id for key in store.keys("order").members}
    for order in values(store, "order"):
        check_order(store, order, (lost or {}).get(order.id, 0))


def check_order(store: MemoryStore, order: Order, lost: int = 0) -> None:
    allocated = {line.id: line.quantities.allocated for line in order.lines}
    held, made = held_of(store, order.id), Counter()
    for (line, sku), units in held.items():
        if sku == "mug":
            assert units == allocated[line]
        else:
            made[sku] += units
    assert sofas_in(made) == allocated.get("2", 0)
    visits = visits_of(store, order.id)
    assert len(visits) == allocated.get("3", 0) - lost
    for parts in visits.values():
        assert sorted(name.split("-")[0] for name, _ in parts) == ["fitter", "van"]
        assert len({booking.window for _, booking in parts}) == 1


def there(store: MemoryStore) -> tuple[int, int | None, int]:
    """Count mugs, sofas (made or not, as far as frames go) and finished visits."""
    levels: Counter[str] = Counter()
    for level in values(store, "stock_level"):
        levels[level.sku] += level.on_hand
    framed, rest = divmod(levels["beech"], 8)
    assert not rest
    told = (each.event for each in store._kept.outbox.values() if each.aggregate.kind == "agenda")
    over = {event.id for event in told if isinstance(event, BookingFinished)}
    return levels["mug"], levels["sofa"] + levels["frame"] + framed, len(over)


def level_of(store: MemoryStore, sku: str, site: str) -> StockLevel:
    return next(e for e in values(store, "stock_level") if (e.sku, e.site) == (sku, site))


def agenda_of(store: MemoryStore, name: str) -> Agenda:
    return next(each for each in values(store, "agenda") if each.id == name)
