"""Shortages in words: one sentence for each, with all that is known of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ordercore.data.checks import Named, each, instance, tuple_of
from ordercore.stock.answer import MAX_ANSWERS, PartShort, RoleShort, Shortage, SiteUnits
from ordercore.stock.resources.slots import Lack
from ordercore.wording import Words

__all__ = [
    "NO_NAMES",
    "counts",
    "details",
    "kind_of",
    "lack",
    "tell_shortages",
    "when",
    "why_short",
]

_BASES: Final = ("notice.short", "short")

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
"""No names: every id stands for itself."""


def tell_shortages(
    shortages: Iterable[Shortage],
    locale: str = "en",
    *,
    zone: str | None = None,
    titles: Mapping[str, str] = NO_NAMES,
    for_customers: bool = False,
) -> tuple[str, ...]:
    """Put shortages into words, such as those of a `StockCheck`.

    Args:
        shortages: What is short.
        locale: Such as ``zh_CN`` or ``en_GB``.
        zone: In which time zone instants are told; None: each by its own offset.
        titles: What people call the products, by the ids of the lines; of others the sku.
        for_customers: Whether to tell no more than a customer wants to know: how many there
            are, and when there would be enough.

    Returns:
        One sentence for each, in their order.

    Raises:
        InvalidType: Something is no shortage.
        InvalidValue: There are no words in that language, or there is no such zone.

    >>> short = Shortage(line="1", sku="mug", wanted=3, available=1, reasons=["too_few"])
    >>> tell_shortages([short], "zh_CN", titles={"1": "马克杯"})
    ('马克杯：需要 3 件，可供 1 件（所选仓数量不足；尚不知何时可足量供应）',)
    """
    several = tuple_of(shortages)
    each(instance(Shortage), most=MAX_ANSWERS)(None, Named("shortages"), several)
    words, voice = Words(locale), ".customer" if for_customers else ""
    return tuple(_told(one, words, zone, titles.get(one.line, one.sku), voice) for one in several)


def _told(short: Shortage, words: Words, zone: str | None, title: str, voice: str) -> str:
    told = [] if voice else [*details(short, words, zone)]
    key = f"notice.{kind_of(short)}{voice}.each"
    told.append(when(short.enough_from, key, words, zone, short.reasons))
    return words.say(
        key,
        title=title,
        details=words.say("reasons").join(told),
        **counts(short, words),
    )


def kind_of(short: Shortage) -> str:
    """Say of which kind words of it are: goods are short, people and equipment overloaded."""
    return "overload" if short.is_service else "shortage"


def counts(short: Shortage, words: Words) -> Mapping[str, str | int]:
    """Write how many are wanted, can be had and are missing; of a service, how many times."""
    told = {"wanted": short.wanted, "available": short.available, "count": short.missing}
    if short.is_service:
        return told
    return {name: words.counted(count, short.unit) for name, count in told.items()}


_THERE: Final = frozenset({"not_sourced", "place_unknown"})
"""Why nothing is sent of what is there: no site was chosen for it; use cases say so."""


def when(
    enough_from: datetime | None,
    key: str,
    words: Words,
    zone: str | None,
    reasons: Collection[str] = (),
) -> str:
    """Say when there would be enough, in the words that stand under a key.

    If nothing but the choice of sites keeps it back, there is enough now.
    """
    there = f"{key}.there"
    if reasons and _THERE.issuperset(reasons) and there in words.catalogue.messages:
        return words.say(there)
    if enough_from is None:
        return words.say(f"{key}.unknown")
    return words.say(f"{key}.enough_from", at=words.instant(enough_from, zone))


def details(
    short: Shortage, words: Words, zone: str | None, names: Mapping[str, str] = NO_NAMES
) -> Iterator[str]:
    """Say why units are short, what lacks, and who has some.

    Args:
        short: What is short.
        words: In which language.
        zone: In which time zone instants are told; None: each by its own offset.
        names: What parts, sites and roles are called, by their ids.
    """
    roles = (lack(role, words, zone, names) for role in short.roles)
    return why_short(
        words,
        short.reasons,
        short.parts,
        roles,
        short.elsewhere,
        names,
        is_service=short.is_service,
    )


def why_short(
    words: Words,
    reasons: Iterable[str],
    parts: Iterable[PartShort],
    roles: Iterable[str],
    elsewhere: Iterable[SiteUnits],
    names: Mapping[str, str] = NO_NAMES,
    *,
    is_service: bool = False,
) -> Iterator[str]:
    """Say the same of what is known of a shortage; the roles are words already.

    A reason of a host's own, for which there are no words, stands for itself.
    """
    known = words.catalogue.messages
    bases = ("notice.short.service", *_BASES) if is_service else _BASES
    for reason in reasons:
        keys = (f"{base}.{reason}" for base in bases)
        yield next((words.say(key) for key in keys if key in known), reason)
    for part in parts:
        name = names.get(part.sku, part.sku)
        yield words.say("notice.short.part", part=name, count=words.counted(part.short, part.unit))
    yield from roles
    for other in elsewhere:
        site = names.get(other.site, other.site)
        yield words.say("notice.short.site", site=site, count=other.units)


def lack(
    found: RoleShort | Lack, words: Words, zone: str | None, names: Mapping[str, str] = NO_NAMES
) -> str:
    """Say which role is missing where, why, and until when."""
    why = words.say(f"notice.lack.{found.reason}")
    if found.free_from is not None:
        at = words.instant(found.free_from, zone)
        why = words.say("notice.lack.free_from", why=why, at=at)
    role = words.say("notice.lack.all_roles")
    if found.role is not None:
        role = names.get(found.role, found.role)
    key, site = "notice.lack", found.site or ""
    if site:
        key, site = "notice.lack.site", names.get(site, site)
    return words.say(key, role=role, why=why, site=site)
