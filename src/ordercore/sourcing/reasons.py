"""Why a site was taken, or was not: codes and numbers first; `explaining` has the words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from ordercore.data.checks import aware, identifier, integer, member, member_of, optional
from ordercore.data.instants import pinned

__all__ = ["Measure", "Reason", "ReasonCode"]

_number = optional(integer(least=-(10**30), most=10**30))


class ReasonCode(StrEnum):
    """What a reason says; ``value`` and ``limit`` are what it says it of.

    Of a site that could not, for a line:
    """

    NOT_NAMED = "not_named"
    """The line names other sites."""
    NO_STOCK = "no_stock"
    """It has none."""
    NOT_MADE = "not_made"
    """It is a kitchen or a workshop, and neither makes it nor has any."""
    NO_ROOM = "no_room"
    """It can take no more into work; its room is ``value``."""
    TOO_FAR = "too_far"
    """It is ``value`` metres away, of ``limit`` at most."""
    NO_PLACE = "no_place"
    """Nobody knows where it is, and a rule asks: whether the rule holds, nobody knows either."""
    CLOSED = "closed"
    """It is closed when it is asked; it opens ``at``."""
    NEVER_OPEN = "never_open"
    """It does not open, or not long enough, as far as its calendar is searched."""
    CLOSES_TOO_SOON = "closes_too_soon"
    """It closes before the order is ready, which would be ``at``."""
    NO_SKILL = "no_skill"
    """It lacks the skill ``subject``."""
    WRONG_KIND = "wrong_kind"
    """It is a ``subject``."""
    TOO_SLOW = "too_slow"
    """It takes ``value`` seconds; a rule, or when the line is needed, lets it take ``limit``."""
    TOO_BUSY = "too_busy"
    """So many percent of its capacity are taken, ``value``, of ``limit`` at most."""
    RULED_OUT = "ruled_out"
    """The rule ``subject`` does not let it pass; for rules of your own."""
    MUST_NOT = "must_not"
    """The rule ``subject`` holds, and must not: it is negated."""
    TOO_LATE = "too_late"
    """The instant by which the line is needed, ``at``, has passed."""

    # Of a site that could have given something, and was not taken
    RANKED_AFTER = "ranked_after"
    """By the measure, the site ``subject`` goes before it: ``limit`` against its ``value``."""
    GIVES_TOO_FEW = "gives_too_few"
    """It could give ``value`` units of what was left, and the site ``subject`` could give
    ``limit``; only one more parcel may be sent."""
    NO_MORE_PARCELS = "no_more_parcels"
    """As many sites as may, ``limit``, give already."""
    NOT_IN_BEST = "not_in_best"
    """No better plan with it was found; none exists, where the certificate is exact. One that
    is as good may."""
    SAVES_TOO_LITTLE = "saves_too_little"
    """It would save ``value`` at most, and cost ``limit`` once (minor units)."""
    GIVEN_TO_OTHERS = "given_to_others"
    """Other orders of the batch get what it has: ``value`` units of what this one wants."""
    SLOWER = "slower"
    """It takes ``value`` seconds; the plan takes ``limit``."""
    DROPPED_OUT = "dropped_out"
    """It was to give something, and cannot any more."""
    OTHER_PART = "other_part"
    """It gives to another part of the plan, and nothing to this one."""

    # Of a site that was taken
    ONLY_ONE = "only_one"
    """No other could give what was left."""
    RANKED_FIRST = "ranked_first"
    """By the measure it goes before all others: ``value`` against the next one's ``limit``."""
    GIVES_MOST = "gives_most"
    """No other could give more of what was left than ``value``; only one more parcel may be
    sent. Of those that could give as many, it goes first."""
    IN_BEST = "in_best"
    """The best plan takes from it; see the certificate."""

    KEPT = "kept"
    """The plan took from it before, and still does; also where it gives more now, in the same
    parcel, which others may not, for no more parcels may be sent."""

    # Of units that nobody gives
    TOO_FEW = "too_few"
    """It gives all that it can: ``value`` units."""
    NO_SITES = "no_sites"
    """There is no site at all."""


class Measure(StrEnum):
    """By what sites are ranked; the lower number goes first."""

    DISTANCE = "distance"
    """Metres."""
    LOAD = "load"
    """Millionths of its capacity that are taken."""
    WAIT = "wait"
    """Seconds until work on an order would begin and be done."""
    COST = "cost"
    """Minor units for each unit it could give, in parts of 1024."""
    PRIORITY = "priority"
    """Its place in a list, or its priority."""
    UNITS = "units"
    """How many units it could give; here more go first, so that the number is negative."""
    TIME = "time"
    """Seconds until the customer has it."""
    OWN = "own"
    """What a ranking of your own counts, told as the number it is."""
    ID = "id"
    """Nothing tells them apart but their ids."""


def _code(given: ReasonCode | str) -> ReasonCode:
    return member_of(ReasonCode, given)


def _measure(given: Measure | str | None) -> Measure | None:
    return None if given is None else member_of(Measure, given)


@frozen(kw_only=True)
class Reason:
    """One reason, as a code and numbers.

    Args:
        code: What it says.
        value: Of the site itself.
        limit: What it was held against.
        subject: A skill, a kind, a rule, or the site that it was held against.
        measure: By what it was ranked.
        at: When.
    """

    code: ReasonCode = field(converter=_code, validator=member(ReasonCode))
    value: int | None = field(default=None, validator=_number)
    limit: int | None = field(default=None, validator=_number)
    subject: str | None = field(default=None, validator=optional(identifier))
    measure: Measure | None = field(
        default=None, converter=_measure, validator=optional(member(Measure))
    )
    at: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
