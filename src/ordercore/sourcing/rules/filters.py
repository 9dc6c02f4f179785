"""Filters: which site may serve which line. Each says why not.

``&``, ``|`` and ``~`` compose them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from attrs import field, frozen

from ordercore.calendars.microseconds import lasting
from ordercore.data import tag_of, variant
from ordercore.data.checks import (
    aware,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    tuple_of,
)
from ordercore.data.instants import pinned_always
from ordercore.errors import InvalidType
from ordercore.sourcing.cases import Candidate
from ordercore.sourcing.reasons import Reason, ReasonCode
from ordercore.sourcing.rules.answers import Reasons, reasons_of
from ordercore.sourcing.rules.nesting import check_nesting
from ordercore.sourcing.sites import SiteKind
from ordercore.stock import DemandLine

__all__ = [
    "AllOf",
    "AnyOf",
    "Anywhere",
    "Filter",
    "HasRoom",
    "HasSkills",
    "HasStock",
    "IsKind",
    "LoadBelow",
    "NotFilter",
    "OpenAt",
    "OpenNow",
    "ReadyBeforeClosing",
    "Within",
    "WithinReach",
    "against_of",
]

_MAY: Final[Reasons] = ()


def _because(code: ReasonCode, **numbers: object) -> Reasons:
    return (Reason(code=code, **numbers),)  # type: ignore[arg-type]


class Filter:
    """The family of filters; ``&``, ``|`` and ``~`` compose them.

    They are nested `ordercore.sourcing.rules.nesting.MAX_NESTING` deep at most: what is deeper
    raises `LimitExceeded` when it is composed.

    To add one is to write one frozen class: a `variant` with its fields and `against`, which
    is pure. A site that it does not let pass gets a reason, such as `ReasonCode.RULED_OUT` with
    the tag as its subject.
    """

    __slots__ = ()

    def against(self, site: Candidate, line: DemandLine) -> Reasons:
        """Say all that speaks against serving a line from a site; nothing: it may be.

        What nobody can tell speaks against it as well: the reason ``no_place``.
        """
        raise NotImplementedError

    def against_not(self, site: Candidate, line: DemandLine) -> Reasons:
        """Say all that speaks against it if the filter is negated; nothing: it may be.

        That is that the filter lets the site pass, or that nobody can tell (``no_place``).
        Composed filters ask their members, so that those are named that decide.
        """
        found = against_of(self, site, line)
        if not found:
            return _because(ReasonCode.MUST_NOT, subject=tag_of(type(self)))
        return tuple([why for why in found if why.code is ReasonCode.NO_PLACE])

    def __bool__(self) -> bool:
        raise InvalidType("&, | and ~ to compose filters: and, or and not cannot")

    def __and__(self, other: Filter) -> AllOf:
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: Filter) -> AnyOf:
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> NotFilter:
        return NotFilter(self)


def against_of(rule: Filter, site: Candidate, line: DemandLine) -> Reasons:
    """Ask a filter, and take no answer that is none.

    Raises:
        InvalidType: It is no tuple of reasons.
    """
    told = rule.against(site, line)
    return told if told is _MAY else reasons_of(rule, told)


def _against_not(rule: Filter, site: Candidate, line: DemandLine) -> Reasons:
    told = rule.against_not(site, line)
    return told if told is _MAY else reasons_of(rule, told)


def _parts(rule: Filter, kind: type[AllOf | AnyOf]) -> tuple[Filter, ...]:
    """Read ``a & b & c`` as one composition of three, not as two of two."""
    return rule.members if isinstance(rule, kind) else (rule,)


def _filters(members: Iterable[Filter]) -> tuple[Filter, ...]:
    return tuple_of(members)


_several = each(instance(Filter), least=1, most=100)


def _each_passes(told: Iterable[Reasons]) -> Reasons:
    """Say all that speaks against a site that every one of several must let pass."""
    return tuple(dict.fromkeys(why for reasons in told for why in reasons))


def _one_passes(told: Iterable[Reasons]) -> Reasons:
    """Say the same of a site that one of several must let pass."""
    found: list[Reasons] = []
    for reasons in told:
        if not reasons:
            return _MAY
        found.append(reasons)
    return _each_passes(found)


# Composition


@variant(Filter, "all_of")
@frozen
class AllOf(Filter):
    """Every member must let the site pass; the reasons of all of them are told."""

    members: tuple[Filter, ...] = field(converter=_filters, validator=_several)

    def __attrs_post_init__(self) -> None:
        check_nesting(self, "members", Filter)

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        return _each_passes(against_of(member, site, line) for member in self.members)

    def against_not(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        return _one_passes(_against_not(member, site, line) for member in self.members)


@variant(Filter, "any_of")
@frozen
class AnyOf(Filter):
    """One member that lets the site pass is enough; if none does, all of them say why."""

    members: tuple[Filter, ...] = field(converter=_filters, validator=_several)

    def __attrs_post_init__(self) -> None:
        check_nesting(self, "members", Filter)

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        return _one_passes(against_of(member, site, line) for member in self.members)

    def against_not(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        return _each_passes(_against_not(member, site, line) for member in self.members)


@variant(Filter, "not")
@frozen
class NotFilter(Filter):
    """The member must not let the site pass. Where nobody can tell, the site does not pass."""

    member: Filter = field(validator=instance(Filter))

    def __attrs_post_init__(self) -> None:
        check_nesting(self, "member", Filter)

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        return _against_not(self.member, site, line)

    def against_not(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        return against_of(self.member, site, line)


@variant(Filter, "anywhere")
@frozen
class Anywhere(Filter):
    """Every site may."""

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        return _MAY


# What it has


@variant(Filter, "has_stock")
@frozen
class HasStock(Filter):
    """The site has some of what the line needs, or makes it."""

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        return _MAY if site.units(line) else (lacking(site, line),)


@variant(Filter, "has_room")
@frozen
class HasRoom(Filter):
    """The site can take more into work.

    Args:
        units: At least so many units.
    """

    units: int = field(default=1, validator=integer(least=1, most=10**9))

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        room = site.site.room
        if room is None or room >= self.units:
            return _MAY
        return _because(ReasonCode.NO_ROOM, value=room, limit=self.units)


@variant(Filter, "load_below")
@frozen
class LoadBelow(Filter):
    """Less than so much of the site's capacity is taken.

    Args:
        percent: How much; a site without a limit passes.
    """

    percent: int = field(validator=integer(least=1, most=100))

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        capacity, load = site.site.capacity, site.site.load
        if capacity is None or 100 * load < self.percent * capacity:
            return _MAY
        share = 100 * load // capacity if capacity else 100
        return _because(ReasonCode.TOO_BUSY, value=share, limit=self.percent)


@variant(Filter, "has_skills")
@frozen
class HasSkills(Filter):
    """The site has skills.

    Args:
        skills: All of them; each that it lacks is told.
        skus: For lines of these skus only; none named: for all.
    """

    skills: tuple[str, ...] = field(converter=names_of, validator=each(identifier, least=1))
    skus: tuple[str, ...] = field(default=(), converter=names_of, validator=each(identifier))

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        if self.skus and line.sku not in self.skus:
            return _MAY
        lacking = [skill for skill in self.skills if skill not in site.site.skills]
        return tuple(Reason(code=ReasonCode.NO_SKILL, subject=skill) for skill in lacking)


def _kind(given: SiteKind | str) -> SiteKind:
    return member_of(SiteKind, given)


@variant(Filter, "is_kind")
@frozen
class IsKind(Filter):
    """The site is of a kind."""

    kind: SiteKind = field(converter=_kind, validator=member(SiteKind))

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        found = site.site.kind
        return _MAY if found is self.kind else _because(ReasonCode.WRONG_KIND, subject=found.value)


# Where it is


@variant(Filter, "within_reach")
@frozen
class WithinReach(Filter):
    """The customer is no farther away than so many metres."""

    metres: int = field(validator=integer(least=0, most=100_000_000))

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        metres = site.metres
        if metres is None:
            return _because(ReasonCode.NO_PLACE)
        if metres <= self.metres:
            return _MAY
        return _because(ReasonCode.TOO_FAR, value=metres, limit=self.metres)


# When it works


@variant(Filter, "open_now")
@frozen
class OpenNow(Filter):
    """People work there when it is asked."""

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        opens = site.begins_at
        if opens is None:
            return _because(ReasonCode.NEVER_OPEN)
        return _MAY if opens == site.case.request.at else _because(ReasonCode.CLOSED, at=opens)


@variant(Filter, "open_at")
@frozen
class OpenAt(Filter):
    """People work there at an instant."""

    at: datetime = field(converter=pinned_always, validator=aware)

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        hours = site.site.hours
        return _MAY if hours is None or hours.is_open(self.at) else _because(ReasonCode.CLOSED)


@variant(Filter, "ready_before_closing")
@frozen
class ReadyBeforeClosing(Filter):
    """The work is done before the site closes, if it begins at once."""

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: D102
        closed = OpenNow().against(site, line)
        if closed or site.in_one_go:
            return closed
        if site.done_at is None:
            return _because(ReasonCode.NEVER_OPEN)
        return _because(ReasonCode.CLOSES_TOO_SOON, at=site.case.request.at + site.work)


@variant(Filter, "within_time")
@frozen
class Within(Filter):
    """The customer can have it within so long: queue, preparation and way."""

    duration: timedelta = field(validator=lasting(least=0))

    def against(self, site: Candidate, line: DemandLine) -> Reasons:  # noqa: ARG002, D102
        seconds, limit = site.seconds, self.duration // timedelta(seconds=1)
        if seconds is not None:
            slow = seconds > limit
            return _because(ReasonCode.TOO_SLOW, value=seconds, limit=limit) if slow else _MAY
        return _because(unknown_time(site))


_MAKERS: Final = (SiteKind.KITCHEN, SiteKind.WORKSHOP)


def lacking(site: Candidate, line: DemandLine) -> Reason:
    """Say why a site gives nothing more of what a line needs."""
    if site.parcel is not None and site.parcel.holds(line.sku):
        return Reason(code=ReasonCode.TOO_FEW, value=site.parcel.units(line.id))
    makes = site.site.kind in _MAKERS
    return Reason(code=ReasonCode.NOT_MADE if makes else ReasonCode.NO_STOCK)


def late(site: Candidate, line: DemandLine) -> Reasons:
    """Say that a line would come too late from a site; nothing: it would not."""
    if line.needed_by is None:
        return _MAY
    if line.needed_by < site.case.request.at:
        return _because(ReasonCode.TOO_LATE, at=line.needed_by)
    there = site.there_at
    if there is None:
        return _because(ReasonCode.NEVER_OPEN)
    if there <= line.needed_by:
        return _MAY
    limit = (line.needed_by - site.case.request.at) // timedelta(seconds=1)
    return _because(ReasonCode.TOO_SLOW, value=site.case.seconds_until(there), limit=limit)


def unknown_time(site: Candidate) -> ReasonCode:
    """Tell why nobody knows how long it takes from a site."""
    return ReasonCode.NO_PLACE if site.site.place is None else ReasonCode.NEVER_OPEN
