"""What type checkers must infer of use cases; never run, only checked."""

from datetime import datetime
from typing import ClassVar, assert_type

from attrs import frozen

from ordercore.events import Command
from ordercore.lifecycle import Refused
from ordercore.stock import Shortage
from ordercore.stock.resources import Resource
from ordercore.storage import (
    AsyncStore,
    Awaited,
    Decision,
    Key,
    Loaded,
    MemoryStore,
    Readable,
    Reply,
    Store,
)
from ordercore.workflows import (
    AgendaUpdated,
    Cancelled,
    CancelOrder,
    Changed,
    ChangeOrder,
    ChangeResource,
    DraftOrder,
    Hold,
    NotChanged,
    NotPlaced,
    NotReplaced,
    Placed,
    PlaceDraft,
    PlaceOrder,
    Receive,
    Refusal,
    Replaced,
    ReplaceUnits,
    Reschedule,
    Shop,
    SplitOrder,
    SplitTold,
    StockUpdated,
    UpdateAgenda,
    Updated,
    UpdateOrder,
    UpdateStock,
    run,
    run_async,
)


@frozen
class Seated(Reply):
    order: str


@frozen
class SoldOut:
    sku: str


@frozen
class Place(Command):
    incidental: ClassVar[tuple[str, ...]] = ("at",)

    key: str
    at: datetime

    def needs(self, got: Loaded) -> frozenset[Readable]:
        return frozenset({Key("order", "o-1")} - set(got))

    def decide(self, got: Loaded) -> Decision[Seated] | Refusal[SoldOut]:
        if got.version(Key("order", "o-1")):
            return Refusal(SoldOut("shirt"))
        return Decision(reply=Seated("o-1"), at=self.at)


def plainly(place: Place) -> None:
    store: Store = MemoryStore()
    assert_type(run(place, store), Seated | SoldOut)
    assert_type(store.keys("order").members, tuple[Key, ...])


async def awaited(place: Place) -> None:
    store: AsyncStore = Awaited(MemoryStore())
    assert_type(await run_async(place, store), Seated | SoldOut)


def in_a_shop(
    shop: Shop,
    place: PlaceOrder,
    cancel: CancelOrder,
    change: ChangeOrder,
    split: SplitOrder,
    at: datetime,
) -> None:
    store = MemoryStore()
    assert_type(run(shop.does(place), store), Placed | NotPlaced)
    assert_type(run(shop.does(cancel), store), Cancelled | Refused)
    assert_type(run(shop.does(change), store), Changed | NotChanged)
    assert_type(run(shop.does(split), store), SplitTold)
    hold = UpdateOrder(key="k-1", order_id="o-1", act=Hold("fraud_check"), at=at)
    assert_type(run(shop.does(hold), store), Updated | Refused | tuple[Shortage, ...])
    come = UpdateStock(key="k-2", sku="mug", site="east", act=Receive(5), at=at)
    assert_type(run(shop.does(come), store), StockUpdated)


def people_and_visits(shop: Shop, who: Resource, at: datetime) -> None:
    store = MemoryStore()
    move = UpdateOrder(key="k-1", order_id="o-1", act=Reschedule("2"), at=at)
    assert_type(run(shop.does(move), store), Updated | Refused | tuple[Shortage, ...])
    ill = UpdateAgenda(key="k-2", resource=who.id, act=ChangeResource(who), at=at)
    assert_type(run(shop.does(ill), store), AgendaUpdated)


def drafts_and_replacements(
    shop: Shop, draft: DraftOrder, place: PlaceDraft, replace: ReplaceUnits
) -> None:
    store = MemoryStore()
    assert_type(run(shop.does(draft), store), Updated)
    assert_type(run(shop.does(place), store), Placed | NotPlaced)
    assert_type(run(shop.does(replace), store), Replaced | NotReplaced)


async def awaited_in_a_shop(shop: Shop, place: PlaceOrder, store: AsyncStore) -> None:
    assert_type(await run_async(shop.does(place), store), Placed | NotPlaced)
