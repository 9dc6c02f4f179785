"""Notices in words: a title, then lines, each of which is told where there is something to tell.

Which lines a kind has, the catalogues say: ``notice.order_held`` is its title,
``notice.order_held.reason`` the line that tells the reason, if there is one, and
``notice.promise_late.expected_at.unknown`` what is said where there is no such date. Customers
are told the same under ``notice.order_held.customer``, and only what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from ordercore.layout.blocks import Notes
from ordercore.layout.markup import html_of
from ordercore.money import Money
from ordercore.notices.kinds import NoticeKind, Urgency, Voice
from ordercore.stock.explaining import cause
from ordercore.stock.resources import BookingConflict, BookingEnd
from ordercore.stock.telling import lack, when, why_short
from ordercore.wording import Words

if TYPE_CHECKING:
    from ordercore.notices.notice import Notice, NoticeUnits

__all__ = ["NoticeText", "told"]

_LINES: Final = (
    "order", "body", "units", "holder", "site", "stock_level", "reservation", "receipt", "edits",
    "amount", "more", "less", "due", "reason", "needed_by", "act_by", "late", "expected_at",
)  # fmt: skip
"""The lines of a notice, in the order of telling."""

_SUBJECTS: Final = (
    "order", "other_order", "payment", "refund", "change", "sku", "site", "receipt",
    "stock_level", "reservation", "holder", "requirement", "resource",
)  # fmt: skip


@frozen(kw_only=True)
class NoticeText:
    """A notice in words.

    Attributes:
        kind: The code of the notice's kind.
        locale: The language and region of the words.
        title: What stands above it, or is its subject line.
        lines: The sentences below; there may be none.
    """

    kind: str
    locale: str
    title: str
    lines: tuple[str, ...] = field(repr=False)

    @property
    def body(self) -> str:
        """The sentences below the title, each in a line of its own."""
        return "\n".join(self.lines)

    def __str__(self) -> str:
        return "\n".join((self.title, *self.lines))

    def html(self) -> str:
        """Write it as a section of HTML, in which all that is told is escaped.

        It has no script and no style: the classes, all of which begin with ``ordercore-``, are
        for the style sheet of the page that it is put into.
        """
        notes = [Notes(name="title", items=(self.title,)), Notes(name=self.kind, items=self.lines)]
        return html_of("notice", self.locale, notes)

    _repr_html_ = html  # what notebooks show


def told(notice: Notice, words: Words, zone: str | None) -> NoticeText:
    """Put a notice into words."""
    return _Telling(notice, words, zone).told()


@frozen
class _Telling:
    """Tells one notice in one language."""

    notice: Notice
    words: Words
    zone: str | None

    @property
    def base(self) -> str:
        """The key that those of all its words begin with."""
        kind = f"notice.{self.notice.kind}"
        return f"{kind}.customer" if self.notice.voice is Voice.CUSTOMER else kind

    @property
    def asks(self) -> bool:
        """Whether it asks the one who reads it to do something."""
        return self.notice.action is not None and self.notice.voice is Voice.CUSTOMER

    def told(self) -> NoticeText:
        values = self.values()
        lines = [
            *self.lines(values),
            *[line for units in self.notice.units for line in self.each(units)],
            *self.lacks(),
            *self.conflicts(),
            *self.causes(),
            *self.end(values),
        ]
        return NoticeText(
            kind=self.notice.kind.value,
            locale=self.words.locale,
            title=self.words.say(self.base, **values),
            lines=tuple(lines),
        )

    # What there is to tell

    def values(self) -> dict[str, str | int]:
        """Give all that its words may insert; nothing is empty text."""
        notice = self.notice
        amount, first = notice.amount, notice.units[0] if notice.units else None
        subjects = {kind: self.named(kind) for kind in _SUBJECTS}
        counts = {
            "count": first.quantity if first else 0,
            "wanted": (first and first.wanted) or 0,
            "available": (first and first.available) or 0,
            "point": (first and first.point) or 0,
        }
        return {
            **subjects,
            **counts,
            "title": first.title if first else "",
            "units": self.units(notice.units),
            "total": sum(each.quantity for each in notice.units),
            "edits": self.words.joined(
                self.words.say(f"edit.kind.{edit}") for edit in notice.edits
            ),
            "amount": self.amount(amount),
            "more": self.amount(amount if amount is not None and amount.minor > 0 else None),
            "less": self.amount(-amount if amount is not None and amount.minor < 0 else None),
            "due": self.amount(notice.due),
            "reason": notice.reason,
            "needed_by": self.instant(notice.needed_by),
            "act_by": self.instant(notice.act_by),
            "expected_at": self.instant(notice.expected_at),
            "late": "late" if notice.urgency is Urgency.NOW else "",
            "body": "body",
        }

    def named(self, kind: str) -> str:
        """Name all subjects of a kind."""
        found = (each.title for each in self.notice.subjects if each.kind == kind)
        return self.words.joined(found)

    def units(self, several: tuple[NoticeUnits, ...]) -> str:
        return self.words.joined(
            self.words.times(each.title, each.quantity, each.unit) for each in several
        )

    def amount(self, amount: Money | None) -> str:
        if amount is None:
            return ""
        return self.words.amount_minor(amount.minor, amount.currency, amount.currency.digits)

    def instant(self, at: datetime | None) -> str:
        return "" if at is None else self.words.instant(at, self.zone)

    # Its lines

    def knows(self, key: str) -> bool:
        return key in self.words.catalogue.messages

    def lines(self, values: dict[str, str | int]) -> Iterator[str]:
        for name in _LINES:
            if name == "due" and self.asks:  # the request to pay names it
                continue
            key = f"{self.base}.{name}" if values[name] else f"{self.base}.{name}.unknown"
            if self.knows(key):
                yield self.words.say(key, **values)

    def each(self, units: NoticeUnits) -> Iterator[str]:
        """Tell of the units of one line, where a kind tells of each by itself."""
        key = f"{self.base}.each"
        if not self.knows(key):
            return
        yield self.words.say(
            key,
            title=units.title,
            details=self.words.say("reasons").join(self.details(units)),
            **self.counts(units),
        )

    @property
    def is_of_services(self) -> bool:
        """Whether its units are times at which people and equipment would be there."""
        return self.notice.kind is NoticeKind.OVERLOAD

    def counts(self, units: NoticeUnits) -> dict[str, str | int]:
        wanted, available = units.wanted or 0, units.available or 0
        told = {"count": units.quantity, "wanted": wanted, "available": available}
        if self.is_of_services:
            return {**told}
        return {name: self.words.counted(count, units.unit) for name, count in told.items()}

    def details(self, units: NoticeUnits) -> Iterator[str]:
        """Say when there would be enough; to staff also what lacks, and who has some."""
        if self.notice.voice is Voice.STAFF:
            yield from why_short(
                self.words,
                units.reasons,
                units.parts,
                (),
                units.elsewhere,
                is_service=self.is_of_services,
            )
        key = f"{self.base}.each"
        yield when(units.enough_from, key, self.words, self.zone, units.reasons)

    def lacks(self) -> Iterator[str]:
        """Tell staff which roles cannot be filled, and why."""
        for found in self.notice.lacks if self.notice.voice is Voice.STAFF else ():
            yield lack(found, self.words, self.zone)

    def conflicts(self) -> Iterator[str]:
        """Tell staff which bookings are not kept any more, and why."""
        titles = {each.id: each.title for each in self.notice.units}
        for found in self.notice.conflicts if self.notice.voice is Voice.STAFF else ():
            booking = found.booking
            name = booking.purpose or booking.id
            yield self.words.say(
                "notice.conflict",
                title=titles.get(name, name),
                start=self.instant(booking.window.start),
                end=self.instant(booking.window.end),
                details=self.words.say("reasons").join(self.hit(found)),
            )

    def hit(self, found: BookingConflict) -> Iterator[str]:
        """Say why a booking is not kept any more, and whether it holds at all."""
        for reason in found.reasons:
            yield self.words.say(f"notice.conflict.{reason}")
        if found.booking.ended is BookingEnd.EXPIRED:
            yield self.words.say("notice.conflict.expired")

    def causes(self) -> Iterator[str]:
        """Tell staff why something is to be bought or made."""
        unit = next((each.unit for each in self.notice.units), None)
        for found in self.notice.causes if self.notice.voice is Voice.STAFF else ():
            yield cause(found, self.words, unit=unit)

    def end(self, values: dict[str, str | int]) -> Iterator[str]:
        """Tell a customer what to do, or that nothing need be done."""
        action = self.notice.action
        if action is None:
            if self.knows(f"{self.base}.end"):
                yield self.words.say(f"{self.base}.end", **values)
        elif self.asks:
            yield self.words.say(f"notice.action.{action}", **values)
