"""What people of the stock room do: goods come in, are counted, are damaged, are ordered.

`UpdateStock` is one use case for all of it, on the level of a sku at a site. What is done is a
`StockAct`: data, and a pure function from the level to the next one. That the reorder point is
reached by it, or promised units are there that were missing, is told by events of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Never

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    aware,
    boolean,
    identifier,
    instance,
    integer,
    optional,
    quantity,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidValue
from ordercore.events import MAX_SEQUENCE, Command
from ordercore.stock import (
    Incoming,
    LevelResult,
    StockLevel,
    StockPolicy,
    adjust,
    cancel_incoming,
    change_policy,
    count,
    damage,
    expect,
    move_incoming,
    noticed,
    open_level,
    receive,
    restock,
    scrap_damaged,
)
from ordercore.storage import Decision, Key, Loaded, Readable, Reply
from ordercore.workflows.keeper import StockKeeper, level_key
from ordercore.workflows.shop import Shop, ShopCommand, decided
from ordercore.workflows.stock import Happened
from ordercore.workflows.use_case import Refusal

__all__ = [
    "Adjust",
    "CancelReceipt",
    "ChangePolicy",
    "Count",
    "Damage",
    "Expect",
    "MoveReceipt",
    "Receive",
    "Scrap",
    "StockAct",
    "StockUpdated",
    "TakeBack",
    "UpdateStock",
]

_units: Check = integer(least=0, most=MAX_QUANTITY)
_reason: Check = optional(identifier)
_version: Check = integer(least=1, most=MAX_SEQUENCE)


class StockAct:
    """The family of what may be done with one level: named in the imperative.

    To add one is to write one frozen class: a `variant` with its fields and `on`.
    """

    __slots__ = ()

    def on(self, level: StockLevel, at: datetime) -> LevelResult:
        """Do it: give the next level and what has happened.

        Args:
            level: As it was read; empty, if there was none.
            at: When.

        Raises:
            OrderCoreError: It cannot be.
        """
        raise NotImplementedError


@variant(StockAct, "receive")
@frozen
class Receive(StockAct):
    """Take good units in.

    Args:
        units: How many.
        incoming: The id of the receipt that was expected; what is left of it is still to come.
            None: nobody expected them.
    """

    units: int = field(validator=quantity)
    incoming: str | None = field(default=None, validator=optional(identifier))

    def on(self, level: StockLevel, at: datetime) -> LevelResult:  # noqa: ARG002
        """Take them in: see `ordercore.stock.receive`."""
        return receive(level, self.units, incoming=self.incoming)


@variant(StockAct, "expect")
@frozen
class Expect(StockAct):
    """Expect units.

    A date that has passed is no fault: somebody writes down late what should have come. Until it
    is received, or has another date, it counts for nothing; see `ordercore.stock.overdue`.

    Args:
        incoming: Which, how many and when.
    """

    incoming: Incoming = field(validator=instance(Incoming))

    def on(self, level: StockLevel, at: datetime) -> LevelResult:  # noqa: ARG002
        """Expect them: see `ordercore.stock.expect`."""
        return expect(level, self.incoming)


@variant(StockAct, "move_receipt")
@frozen
class MoveReceipt(StockAct):
    """Expect units at another time.

    Args:
        incoming: The id of the receipt.
        expected_at: When it comes.
    """

    incoming: str = field(validator=identifier)
    expected_at: datetime = field(converter=pinned, validator=aware)

    def on(self, level: StockLevel, at: datetime) -> LevelResult:  # noqa: ARG002
        """Move it: see `ordercore.stock.move_incoming`."""
        return move_incoming(level, self.incoming, self.expected_at)


@variant(StockAct, "cancel_receipt")
@frozen
class CancelReceipt(StockAct):
    """Expect no more what was still to come of a receipt.

    Args:
        incoming: The id of the receipt.
    """

    incoming: str = field(validator=identifier)

    def on(self, level: StockLevel, at: datetime) -> LevelResult:
        """Cancel it: see `ordercore.stock.cancel_incoming`."""
        return cancel_incoming(level, self.incoming, at=at)


@variant(StockAct, "count")
@frozen
class Count(StockAct):
    """Take down what somebody has counted.

    Args:
        on_hand: How many good units there are.
        damaged: How many there are that cannot be sold.
        reason: Why it was counted, or why the books were wrong, as a code of the shop.
    """

    on_hand: int = field(validator=_units)
    damaged: int = field(default=0, validator=_units)
    reason: str | None = field(default=None, validator=_reason)

    def on(self, level: StockLevel, at: datetime) -> LevelResult:
        """Take it down: see `ordercore.stock.count`."""
        return count(level, self.on_hand, damaged=self.damaged, at=at, reason=self.reason)


@variant(StockAct, "adjust")
@frozen
class Adjust(StockAct):
    """Put right how many good units there are.

    Args:
        units: How many more; negative: fewer.
        reason: Why, as a code of the shop.
    """

    units: int = field(validator=integer(least=-MAX_QUANTITY, most=MAX_QUANTITY))
    reason: str = field(validator=identifier)

    def on(self, level: StockLevel, at: datetime) -> LevelResult:
        """Put it right: see `ordercore.stock.adjust`."""
        return adjust(level, self.units, self.reason, at=at)


@variant(StockAct, "damage")
@frozen
class Damage(StockAct):
    """Take down that good units cannot be sold any more.

    Args:
        units: How many.
        reason: Why, as a code of the shop.
    """

    units: int = field(validator=quantity)
    reason: str | None = field(default=None, validator=_reason)

    def on(self, level: StockLevel, at: datetime) -> LevelResult:
        """Take it down: see `ordercore.stock.damage`."""
        return damage(level, self.units, at=at, reason=self.reason)


@variant(StockAct, "scrap")
@frozen
class Scrap(StockAct):
    """Throw damaged units away.

    Args:
        units: How many.
        reason: Why, as a code of the shop.
    """

    units: int = field(validator=quantity)
    reason: str | None = field(default=None, validator=_reason)

    def on(self, level: StockLevel, at: datetime) -> LevelResult:  # noqa: ARG002
        """Throw them away: see `ordercore.stock.scrap_damaged`."""
        return scrap_damaged(level, self.units, reason=self.reason)


@variant(StockAct, "take_back")
@frozen
class TakeBack(StockAct):
    """Take units in that had left; those of a return, ``MoveUnits("restock", ...)`` takes in.

    Args:
        units: How many.
        holder: From whom.
        damaged: Whether they cannot be sold.
    """

    units: int = field(validator=quantity)
    holder: str | None = field(default=None, validator=optional(identifier))
    damaged: bool = field(default=False, validator=boolean)

    def on(self, level: StockLevel, at: datetime) -> LevelResult:  # noqa: ARG002
        """Take them in: see `ordercore.stock.restock`."""
        return restock(level, self.units, holder=self.holder, damaged=self.damaged)


@variant(StockAct, "change_policy")
@frozen
class ChangePolicy(StockAct):
    """Promise units otherwise from now on.

    Args:
        policy: How.
    """

    policy: StockPolicy = field(validator=instance(StockPolicy))

    def on(self, level: StockLevel, at: datetime) -> LevelResult:
        """Change it: see `ordercore.stock.change_policy`."""
        return change_policy(level, self.policy, at=at)


# Levels


@variant(Reply, "stock_updated")
@frozen(kw_only=True)
class StockUpdated(Reply):
    """How the level stands afterwards.

    Args:
        sku: Of what.
        site: Where.
        on_hand: Good units that are there, promised or not.
        damaged: Units that are there and cannot be sold.
        available: Good units that may be taken at once.
        version: How many events the level has had.
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    on_hand: int = field(validator=_units)
    damaged: int = field(validator=_units)
    available: int = field(validator=_units)
    version: int = field(validator=_version)

    @classmethod
    def of(cls, level: StockLevel, at: datetime) -> StockUpdated:
        """Tell how a level stands at an instant."""
        return cls(
            sku=level.sku,
            site=level.site,
            on_hand=level.on_hand,
            damaged=level.damaged,
            available=level.available(at),
            version=level.version,
        )


@variant(Command, "update_stock")
@frozen(kw_only=True)
class UpdateStock(ShopCommand[StockUpdated, Never]):
    """Do something with the stock of a sku at a site.

    What is true is never refused, however unwelcome; who can have none any more loses units,
    and the events say who. A level that is not there is begun.

    Args:
        sku: Of what.
        site: Where.
        act: What is done.
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    act: StockAct = field(validator=instance(StockAct))

    @property
    def level(self) -> Key:
        """Where its level is kept."""
        return level_key(self.sku, self.site)

    def needs(self, got: Loaded, shop: Shop) -> Iterator[Readable]:  # noqa: ARG002
        """Ask for the level."""
        yield self.level

    def decide(self, got: Loaded, shop: Shop) -> Decision[StockUpdated] | Refusal[Never]:
        """Do it.

        Raises:
            InvalidValue: The keeper of the shop's stock does not know the site.
            OrderCoreError: What the act raises.
        """
        keeper = shop.stock
        if isinstance(keeper, StockKeeper) and self.site not in keeper.sites:
            expected = f"one of the sites {', '.join(keeper.sites)}"
            raise InvalidValue(expected, self.site, path=("site",), reason="site_unknown")
        before = got.get(self.level, StockLevel)
        begun = (before, ()) if before is not None else open_level(sku=self.sku, site=self.site)
        level, events = self.act.on(begun[0], self.at)
        level, news = noticed(before, level, at=self.at)
        happened = Happened(
            self.level, got.version(self.level), level, (*begun[1], *events, *news)
        )
        return decided(self, StockUpdated.of(level, self.at), [happened])
