"""Entries of a timeline in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordercore.orders.changes.words import detail_told
from ordercore.orders.machine import ORDER, OrderStep

if TYPE_CHECKING:
    from ordercore.orders.timelines.entries import TimelineEntry
    from ordercore.wording import Words

__all__ = ["told"]


def told(entry: TimelineEntry, words: Words, zone: str | None) -> str:
    """Write an entry as a line of text."""
    what = _next(entry, words) if entry.kind == "next" else _what(entry, words, zone)
    if entry.at is None or entry.actor is None:
        return words.say(f"timeline.{entry.kind}", what=what)
    at, by = words.instant(entry.at, zone), _role(entry.actor.role, words)
    return words.say("timeline.happened", at=at, what=what, by=by)


def _what(entry: TimelineEntry, words: Words, zone: str | None) -> str:
    """Say what it is, with its amount where there is one and words for it."""
    known = words.catalogue.messages
    key = f"timeline.{entry.code}"
    if key not in known:  # an event of a host's own
        return words.say("timeline.other", code=entry.code)
    if entry.amount is not None and f"{key}.amount" in known:
        key = f"{key}.amount"
    return words.say(
        key,
        subject=entry.subject,
        reason=entry.reason,
        units=_units(entry, words),
        amount=_amount(entry, words),
        edits=words.say("reasons").join(
            [detail_told(each, words, zone) for each in entry.details]
        ),
    )


def _units(entry: TimelineEntry, words: Words) -> str:
    return words.joined(
        [words.say("timeline.units", title=u.title, count=u.quantity) for u in entry.units]
    )


def _amount(entry: TimelineEntry, words: Words) -> str:
    amount = entry.amount
    if amount is None:
        return ""
    return words.amount_minor(amount.minor, amount.currency, amount.currency.digits)


def _next(entry: TimelineEntry, words: Words) -> str:
    step = ORDER.label(OrderStep(entry.code), words.locale)
    if not entry.unmet:
        return step
    guards = [ORDER.label(each.guard, words.locale) for each in entry.unmet]
    return words.say("timeline.next.unmet", step=step, guards=words.joined(guards))


def _role(role: str, words: Words) -> str:
    return ORDER.label(role, words.locale) if role in ORDER.roles else role
