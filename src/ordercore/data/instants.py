"""Instants that are safe to compare and to keep."""

from __future__ import annotations

from datetime import datetime, timezone

__all__ = ["pinned", "pinned_always"]


def pinned(value: datetime | None) -> datetime | None:
    """Pin an aware datetime to the offset from UTC that it has, as documents write it.

    Python compares two times of the same zone by the clock on the wall, which shows an hour
    twice when it is put back, and holds the times of that hour unequal to those of all other
    zones. Times at fixed offsets have neither trap. Anything but an aware datetime stays, for
    a check to refuse.
    """
    if not isinstance(value, datetime) or type(value.tzinfo) is timezone:
        return value
    try:
        offset = value.utcoffset()
    except ValueError:  # the zone has an offset that is none
        return value
    return value if offset is None else value.replace(tzinfo=timezone(offset), fold=0)


def pinned_always(value: datetime) -> datetime:
    """Do the same for a field that may not be left out."""
    return pinned(value)  # type: ignore[return-value]
