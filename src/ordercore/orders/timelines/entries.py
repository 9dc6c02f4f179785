"""What a timeline is made of: entries, data first; `Timeline.told` puts them into words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from ordercore.events import Actor
from ordercore.lifecycle import Unmet
from ordercore.money import Money
from ordercore.orders.changes.details import EditDetail
from ordercore.orders.timelines.words import told
from ordercore.wording import Words

__all__ = ["EntryKind", "Timeline", "TimelineEntry", "TimelineUnits"]


class EntryKind(StrEnum):
    """Whether something has happened, is waited for, or may come next."""

    HAPPENED = "happened"
    AWAITED = "awaited"
    NEXT = "next"


@frozen
class TimelineUnits:
    """Units of a line.

    Attributes:
        line: Its id.
        title: What people call the product.
        quantity: How many units.
    """

    line: str
    title: str
    quantity: int


@frozen(kw_only=True)
class TimelineEntry:
    """One thing that has happened, is waited for, or may come next.

    It holds nothing that says who a customer is or where they live, and no remark: these are
    in the event, which ``sequence`` names. Of an address the country and the region are told.

    Attributes:
        kind: Which of the three.
        code: What. Of what has happened, the tag of the event, with that of the move after a
            dot: ``order_placed``, ``units_moved.ship``. What is waited for: ``held``,
            ``payment_due``, ``payment_excess``, ``refund_owed`` (no refund is asked for yet),
            ``refund_due``, ``change_proposed``, ``change_stale``. What may come next: the step
            of the machine.
        at: When it happened.
        actor: Through whom.
        sequence: The how-manieth event of the order it is.
        subject: The id of a payment, refund, proposal or other order that it is about.
        reason: Why, as a code of the shop.
        units: Which units it is about.
        amount: An amount that it is about: the payable of a price, a payment, a difference.
        edits: The tags of the edits of a change.
        details: What each of them changes; from what, as far as the events from the first on
            are told.
        unmet: What is in the way of what may come next.
    """

    kind: EntryKind
    code: str
    at: datetime | None = None
    actor: Actor | None = None
    sequence: int | None = None
    subject: str = ""
    reason: str = ""
    units: tuple[TimelineUnits, ...] = ()
    amount: Money | None = None
    edits: tuple[str, ...] = ()
    details: tuple[EditDetail, ...] = ()
    unmet: tuple[Unmet, ...] = ()


@frozen
class Timeline:
    """Everything that has happened to an order, then what is waited for, then what may come.

    Attributes:
        entries: In this order; what has happened, the oldest first.
    """

    entries: tuple[TimelineEntry, ...]

    def of(self, kind: EntryKind) -> tuple[TimelineEntry, ...]:
        """List the entries of one kind."""
        return tuple(entry for entry in self.entries if entry.kind is kind)

    def told(self, locale: str = "en", *, zone: str | None = None) -> tuple[str, ...]:
        """Write every entry as a line of text.

        Args:
            locale: Such as ``zh_CN`` or ``en_GB``.
            zone: In which time zone instants are told; None: each by its own offset.

        Raises:
            InvalidValue: There are no words in that language, or there is no such zone.
        """
        words = Words(locale)
        return tuple(told(entry, words, zone) for entry in self.entries)
