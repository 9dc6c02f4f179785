"""Edits in words: one sentence for each, and what was agreed on either side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ordercore.calendars import Window

if TYPE_CHECKING:
    from datetime import datetime

    from ordercore.orders.changes.details import Agreed, EditDetail
    from ordercore.wording import Words

__all__ = ["agreed_told", "detail_told"]


def detail_told(detail: EditDetail, words: Words, zone: str | None) -> str:
    """Say what an edit changes: from what to what, as far as that is known."""
    return words.say(
        _key(detail, words),
        title=detail.title,
        before=agreed_told(detail.kind, detail.before, words, zone),
        after=agreed_told(detail.kind, detail.after, words, zone),
        reason=detail.reason,
    )


def _key(detail: EditDetail, words: Words) -> str:
    """Find the sentence: another one where what was before is not known."""
    key = f"edit.{detail.kind}"
    if detail.before is None and f"{key}.to" in words.catalogue.messages:
        return f"{key}.to"
    return key


def agreed_told(kind: str, agreed: Agreed | None, words: Words, zone: str | None) -> str:
    """Say what is agreed on one side; empty where there is nothing, or nobody says."""
    if agreed is None:
        return ""
    return " ".join(_aspects(kind, agreed, words, zone))


def _aspects(kind: str, agreed: Agreed, words: Words, zone: str | None) -> Iterator[str]:
    if agreed.quantity is not None or agreed.unit_price is not None:
        yield _goods(agreed, words)
    if agreed.appointment is not None:
        yield _window(agreed.appointment, words, zone)
    elif kind == "change_service":
        yield words.say("edit.open")
    if agreed.place:
        yield words.say("edit.place", place=agreed.place)


def _goods(agreed: Agreed, words: Words) -> str:
    price = agreed.unit_price
    if price is None:
        return words.number(agreed.quantity or 0)
    told = words.amount_minor(price.units, price.currency, price.scale)
    if agreed.quantity is None:
        return told
    return words.say("edit.at", count=agreed.quantity, price=told)


def _window(window: Window, words: Words, zone: str | None) -> str:
    def instant(at: datetime | None) -> str:
        return "…" if at is None else words.instant(at, zone)

    return words.say("edit.window", start=instant(window.start), end=instant(window.end))
