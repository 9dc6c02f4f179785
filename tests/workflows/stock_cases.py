"""The use cases of the stock room, and of what is set aside, with what must have happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen
from casebook import AT, CASES, PLACED, STAFF, Case, doing
from mixed import VAN

from ordercore.calendars import Window
from ordercore.data import variant
from ordercore.stock import (
    Incoming,
    LevelResult,
    ReorderRule,
    StockLevel,
    StockPolicy,
    reserve_units,
)
from ordercore.stock.resources import Resource
from ordercore.storage import Key
from ordercore.workflows import (
    Adjust,
    CancelReceipt,
    ChangePolicy,
    ChangeResource,
    Count,
    Damage,
    Expect,
    MoveReceipt,
    OpenAgenda,
    Produce,
    Receive,
    Refill,
    Renew,
    Reroute,
    Reschedule,
    Scrap,
    StockAct,
    SweepStock,
    TakeBack,
    UpdateAgenda,
    UpdateStock,
    level_key,
)

DAY = timedelta(days=1)
COMING = Incoming(id="po-1", quantity=10, expected_at=AT + DAY)


@variant(StockAct, "test_set_aside")
@frozen
class SetAside(StockAct):
    """Set units aside, as an order would."""

    units: int
    ends: datetime | None = None
    due: datetime | None = None
    id: str = "r-1"

    def on(self, level: StockLevel, at: datetime) -> LevelResult:
        return reserve_units(
            level,
            self.units,
            id=self.id,
            holder="c-1",
            at=at,
            due=self.due,
            expires_at=self.ends,
            command=f"aside-{self.id}",
        )


def at_east(act: StockAct, key: str = "do", sku: str = "mug", at: datetime = AT) -> UpdateStock:
    return UpdateStock(key=key, sku=sku, site="east", act=act, at=at, actor=STAFF)


def after(*acts: StockAct) -> tuple[UpdateStock, ...]:
    return tuple(at_east(act, f"before-{i}") for i, act in enumerate(acts))


def sweeping(key: str = "sweep", *keys: Key, at: datetime = AT + DAY, **but: Any) -> SweepStock:
    asked = keys or (level_key("mug", "east"), level_key("mug", "north"), Key("agenda", "van"))
    return SweepStock(key=key, aggregates=asked, at=at, actor=STAFF, **but)


def becoming(resource: Resource) -> UpdateAgenda:
    act = ChangeResource(resource)
    return UpdateAgenda(key="become", resource=resource.id, act=act, at=AT, actor=STAFF)


OPENED = OpenAgenda(key="open", resource=VAN, at=AT)
FIVE = Receive(5)
POLICY = StockPolicy(backorder=4, reorder=ReorderRule(point=3, target=20))
SHORT = (ChangePolicy(POLICY), SetAside(4))
"""Four units are promised, and none is there."""

STOCK_CASES = (
    Case("receiving", at_east(FIVE)),
    Case("receiving what was expected", at_east(Receive(6, "po-1")), after(Expect(COMING))),
    Case("receiving what was missing", at_east(Receive(9)), after(*SHORT)),
    Case("expecting", at_east(Expect(COMING))),
    Case("moving a receipt", at_east(MoveReceipt("po-1", AT)), after(Expect(COMING))),
    Case("cancelling a receipt", at_east(CancelReceipt("po-1")), after(Expect(COMING))),
    Case("counting", at_east(Count(3, 1, "yearly")), after(FIVE)),
    Case("counting less than is promised", at_east(Count(1)), after(FIVE, SetAside(4))),
    Case("adjusting", at_east(Adjust(-2, "theft")), after(FIVE)),
    Case("damage", at_east(Damage(2, "water")), after(FIVE)),
    Case("scrapping", at_east(Scrap(1, "water")), after(FIVE, Damage(2))),
    Case("taking back", at_east(TakeBack(1, "c-9", damaged=True)), after(FIVE)),
    Case("another policy", at_east(ChangePolicy(POLICY)), after(FIVE)),
    Case("opening an agenda", OPENED),
    Case("fewer pieces", becoming(evolve(VAN, capacity=1)), (OPENED,)),
    Case("sweeping", sweeping(), after(FIVE, SetAside(2, AT + DAY / 2))),
    Case("renewing", doing("renew", Renew()), PLACED),
    Case("rerouting", doing("reroute", Reroute("east")), PLACED),
    Case("refilling", doing("refill", Refill()), PLACED),
    Case("rescheduling", doing("move", Reschedule("3", Window(AT + DAY))), PLACED),
    Case("producing", doing("make", Produce({"1": 1})), PLACED),
)

ALL_CASES = (*CASES, *STOCK_CASES)
"""Every use case there is."""
