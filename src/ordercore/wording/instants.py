"""Instants as a locale writes them, in a time zone that is always named beside them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ordercore.errors import InvalidType, InvalidValue

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["as_instant"]


def as_instant(at: datetime, zone: str | None, locale: Locale) -> str:
    """Write an instant as it reads in a zone, or by its own offset.

    >>> from datetime import UTC
    >>> from ordercore.wording.locales import formats
    >>> as_instant(datetime(2026, 6, 1, 2, tzinfo=UTC), "Asia/Shanghai", formats("zh_CN"))
    '2026年6月1日 10:00:00 (Asia/Shanghai)'
    """
    from babel.dates import format_datetime  # noqa: PLC0415 - loaded when first used

    local = _local(at, zone)
    told = format_datetime(local.replace(tzinfo=None), "medium", locale=locale)
    return f"{told} ({zone or _offset(local)})"


def _local(at: datetime, zone: str | None) -> datetime:
    if not isinstance(at, datetime):
        raise InvalidType("a datetime", at, path=("at",))
    if at.utcoffset() is None:
        expected = "an instant with a time zone"
        raise InvalidValue(expected, at, path=("at",), reason="naive_datetime")
    if zone is None:
        return at
    try:
        return at.astimezone(_zone(zone))
    except OverflowError:
        raise InvalidValue("an instant within the calendar of its zone", at) from None


def _zone(name: str) -> ZoneInfo:
    expected = "a time zone such as Asia/Shanghai"
    if not isinstance(name, str):
        raise InvalidType(expected, name, path=("zone",))
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        raise InvalidValue(expected, name, path=("zone",), reason="unknown_zone") from None


def _offset(local: datetime) -> str:
    """Name an offset from UTC: ``UTC+08:00``; none is ``UTC``.

    >>> _offset(datetime.fromisoformat("2026-06-01T10:00:00+08:00"))
    'UTC+08:00'
    """
    return str(timezone(local.utcoffset() or timedelta(0)))
