"""Requirements: whom and what a service needs, at once, for how long, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from ordercore.calendars import Window
from ordercore.calendars.microseconds import lasting
from ordercore.data import document
from ordercore.data.checks import (
    Check,
    aware,
    boolean,
    each,
    identifier,
    instance,
    integer,
    optional,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, LimitExceeded
from ordercore.stock.resources.resource import Skill, are_skills, skills_of, twice

__all__ = ["MAX_PLACES", "Requirement", "Role"]

MAX_PLACES: Final = 50
"""The most resources that a requirement needs at once, all roles together."""

_count: Check = integer(least=1, most=MAX_PLACES)
_ZERO: Final = timedelta()
_DAY: Final = timedelta(days=1)


@frozen
class Role:
    """So many resources that have some skills.

    Args:
        name: What the role is called: ``mechanic``, ``lift``.
        skills: What each of them must be able to do; ``{"brakes": 2}`` is short for a skill.
        count: How many are needed at once.

    Raises:
        InvalidDocument: A skill is told twice.
        InvalidInput: A field is not as said.
    """

    name: str = field(validator=identifier)
    skills: tuple[Skill, ...] = field(converter=skills_of, validator=are_skills)
    count: int = field(default=1, validator=_count)

    def __attrs_post_init__(self) -> None:
        faults = list(twice((skill.name for skill in self.skills), "skills"))
        if faults:
            raise InvalidDocument(faults)


def _parts_a_day(_instance: object, attribute: Any, value: Any) -> None:
    """Accept a duration of which so many are just a day."""
    lasting(least=1)(None, attribute, value)
    if _DAY % value:
        raise InvalidValue("an equal part of a day", value, path=(attribute.name,))


def _roles(given: Iterable[Role] | Mapping[str, Mapping[str, int]]) -> tuple[Role, ...]:
    """Take roles, or the skills that each needs by its name."""
    if isinstance(given, Mapping):
        given = [Role(name, skills) for name, skills in given.items()]
    return tuple_of(given)


@document("service_requirement")
@frozen(kw_only=True)
class Requirement:
    """What one service needs: all its roles at once, at one site, for one stretch of work.

    Args:
        id: Such as the id of the line that is bought.
        roles: Whom and what, each with another name; ``{"mechanic": {"brakes": 2}, "lift":
            {"lift": 1}}`` is short for one of each. Nobody fills two roles at once.
        duration: How long it takes: more than nothing.
        in_working_time: False: in one go; all are at work throughout. True: only the time
            counts at which all of them are at work; in between, over lunch or night, they are
            kept for it all the same.
        before: How long they are needed before, to set up or to travel; counted as the
            duration is.
        after: How long after.
        site: Where; None: at whichever site it can begin first.
        not_before: When it may begin at the earliest, setup left out.
        needed_by: When it must be over at the latest, what comes after left out.
        preferred: When the customer would have it: a slot in that window goes first, even if
            there is an earlier one.
        step: It begins at whole steps from midnight, by the clock of the resources of the site
            as it stands when it is asked: half an hour for 8:00, 8:30 and so on. An equal part
            of a day; None: at any instant.

    Raises:
        InvalidDocument: Roles have one name, or the instants leave no time.
        InvalidInput: A field is not as said.
    """

    id: str = field(validator=identifier)
    roles: tuple[Role, ...] = field(
        converter=_roles, validator=each(instance(Role), least=1, most=MAX_PLACES)
    )
    duration: timedelta = field(validator=lasting(least=1))
    in_working_time: bool = field(default=False, validator=boolean)
    before: timedelta = field(default=_ZERO, validator=lasting())
    after: timedelta = field(default=_ZERO, validator=lasting())
    site: str | None = field(default=None, validator=optional(identifier))
    not_before: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    needed_by: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    preferred: Window | None = field(default=None, validator=optional(instance(Window)))
    step: timedelta | None = field(default=None, validator=optional(_parts_a_day))

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)

    def _faults(self) -> Iterator[InvalidInput]:
        yield from twice((role.name for role in self.roles), "roles")
        count = sum(role.count for role in self.roles)
        if count > MAX_PLACES:
            yield LimitExceeded(f"at most {MAX_PLACES} resources at once", count, path=("roles",))
        start, end = self.not_before, self.needed_by
        if start is not None and end is not None and end <= start:
            expected = f"an instant after {start.isoformat()}"
            yield InvalidValue(
                expected, end.isoformat(), path=("needed_by",), reason="empty_window"
            )
