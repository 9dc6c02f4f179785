"""Why a job is not at another shop, and why it is at none: codes and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

from ordercore.data.checks import (
    Check,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    tuple_of,
)

__all__ = ["LeftWhy", "NotChosen", "ShopReason", "WhyNot"]

_MOST_REASONS = 200
_number: Check = optional(integer(least=0, most=10**30))


class WhyNot(StrEnum):
    """Why a job is not at a shop; ``value`` and ``limit`` are the numbers of a reason."""

    GONE = "gone"
    """The shop is not in the network, or not any more."""
    NO_SKILL = "no_skill"
    """It lacks the skill ``subject``."""
    NO_EFFORT = "no_effort"
    """It has the skills, but nobody says what the job would take there."""
    BEGUN = "begun"
    """The job has begun at the shop ``subject``, and stays there."""
    TOO_LONG = "too_long"
    """It would take ``value`` of work; before any job comes, ``limit`` are free."""
    FULL = "full"
    """It would take ``value``; beside the jobs that go there, ``limit`` are free."""
    BUSIER = "busier"
    """With it, so many millionths of the shop's capacity would be taken, ``value``; in the
    plan, the busiest shop has ``limit``."""
    LATER = "later"
    """With it, the shop would be done after ``value`` of work; in the plan, the last one is
    after ``limit``."""
    MOVES = "moves"
    """The job would leave the shop at which it was before."""
    DEARER = "dearer"
    """It would cost ``value`` more, in minor units."""
    NO_BETTER = "no_better"
    """No better plan with it there was found; none exists, where the plan is exact."""


class LeftWhy(StrEnum):
    """Why a job is at no shop."""

    NO_SITE = "no_site"
    """There is no shop at all."""
    NO_SKILL = "no_skill"
    """No shop has all the skills."""
    NO_EFFORT = "no_effort"
    """Nobody says what it would take at a shop that has the skills."""
    TOO_LONG = "too_long"
    """It takes more than is free at any shop, even before any other job comes."""
    TOGETHER = "together"
    """Together with the jobs ``together`` it takes more than the shops have free."""
    PIECES = "pieces"
    """Together with the jobs ``together`` it takes no more than the shops have free, each where
    it is least; but there is no way to put each at one shop."""
    NOT_FOUND = "not_found"
    """No place was found, but it is not proved that there is none beside the other jobs: too
    many could be in the way, or the nodes did not suffice."""


def _code(given: WhyNot | str) -> WhyNot:
    return member_of(WhyNot, given)


@frozen(kw_only=True)
class ShopReason:
    """One reason, as a code and numbers.

    Args:
        code: What it says.
        value: Of the shop.
        limit: What it is held against.
        subject: A skill, or another shop.
    """

    code: WhyNot = field(converter=_code, validator=member(WhyNot))
    value: int | None = field(default=None, validator=_number)
    limit: int | None = field(default=None, validator=_number)
    subject: str | None = field(default=None, validator=optional(identifier))


def _reasons(given: Iterable[ShopReason]) -> tuple[ShopReason, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class NotChosen:
    """Why a job is not at one shop.

    Args:
        site: Which.
        reasons: At least one.
    """

    site: str = field(validator=identifier)
    reasons: tuple[ShopReason, ...] = field(
        converter=_reasons, validator=each(instance(ShopReason), least=1, most=_MOST_REASONS)
    )
