"""What type checkers must infer of use cases; never run, only checked."""

from datetime import datetime
from typing import ClassVar, assert_type

from attrs import frozen

from ordercore.events import Command
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
from ordercore.workflows import Refusal, run, run_async


@frozen
class Placed(Reply):
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

    def decide(self, got: Loaded) -> Decision[Placed] | Refusal[SoldOut]:
        if got.version(Key("order", "o-1")):
            return Refusal(SoldOut("shirt"))
        return Decision(reply=Placed("o-1"), at=self.at)


def plainly(place: Place) -> None:
    store: Store = MemoryStore()
    assert_type(run(place, store), Placed | SoldOut)
    assert_type(store.keys("order").members, tuple[Key, ...])


async def awaited(place: Place) -> None:
    store: AsyncStore = Awaited(MemoryStore())
    assert_type(await run_async(place, store), Placed | SoldOut)
