"""Resources: people and equipment, what they can do, where, and when they are at work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ordercore.calendars import WorkingTime
from ordercore.data.checks import (
    Check,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    text,
    tuple_of,
)
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue

__all__ = [
    "MAX_CAPACITY",
    "MAX_SKILLS",
    "Resource",
    "ResourceKind",
    "Skill",
    "are_skills",
    "has_skills",
    "skills_of",
    "twice",
]

MAX_SKILLS: Final = 100
"""The most skills of a resource, or that a role asks for."""

MAX_CAPACITY: Final = 1000
"""The most identical pieces of one resource."""

_level: Check = integer(least=1, most=100)
_capacity: Check = integer(least=1, most=MAX_CAPACITY)


class ResourceKind(StrEnum):
    """What a resource is."""

    PERSON = "person"
    EQUIPMENT = "equipment"


@frozen(order=True)
class Skill:
    """What somebody, or some piece, can do, and how well.

    Args:
        name: What, as a code of the shop: ``brakes``, ``lift``.
        level: How well, 1 to 100; whoever has a level has all below it.
    """

    name: str = field(validator=identifier)
    level: int = field(default=1, validator=_level)


def skills_of(given: Mapping[str, int] | Iterable[Skill]) -> tuple[Skill, ...]:
    """Take skills, or their levels by name, and put them in order."""
    if isinstance(given, Mapping):
        given = [Skill(name, level) for name, level in given.items()]
    skills: Any = tuple_of(given)
    if isinstance(skills, tuple) and all(isinstance(skill, Skill) for skill in skills):
        return tuple(sorted(skills))
    return skills  # type: ignore[no-any-return]


are_skills: Check = each(instance(Skill), most=MAX_SKILLS)


def twice(names: Iterable[str], place: str) -> Iterator[InvalidInput]:
    """Tell of each name that stands there a second time."""
    return duplicates(names, place, then="name", what="a name used once")


def _kind(given: ResourceKind | str) -> ResourceKind:
    return member_of(ResourceKind, given)


@frozen(kw_only=True)
class Resource:
    """A person, or a piece of equipment or several that are alike.

    Args:
        id: The host's own.
        kind: Person or equipment.
        site: Where they are.
        hours: When they are at work: hours of the week or shifts, with holidays, leave and
            other exceptions. Of equipment, when it may be used.
        skills: What they can do; ``{"brakes": 2}`` is short for a skill. Kept in order.
        capacity: How many can be booked at once: 1 for a person, n for n identical bays.
        name: What people call them.

    Raises:
        InvalidDocument: A skill is told twice, or a person has a capacity of several.
        InvalidInput: A field is not as said.
    """

    id: str = field(validator=identifier)
    kind: ResourceKind = field(converter=_kind, validator=member(ResourceKind))
    site: str = field(validator=identifier)
    hours: WorkingTime = field(validator=instance(WorkingTime), repr=False)
    skills: tuple[Skill, ...] = field(default=(), converter=skills_of, validator=are_skills)
    capacity: int = field(default=1, validator=_capacity)
    name: str = field(default="", validator=text(most=200))

    def __attrs_post_init__(self) -> None:
        faults = list(twice((skill.name for skill in self.skills), "skills"))
        if self.kind is ResourceKind.PERSON and self.capacity > 1:
            expected, path = "1, for a person", ("capacity",)
            faults.append(
                InvalidValue(expected, self.capacity, path=path, reason="fields_disagree")
            )
        if faults:
            raise InvalidDocument(faults)


def has_skills(resource: Resource, wanted: Iterable[Skill]) -> bool:
    """Whether a resource has all the skills, at their levels or better."""
    levels = {skill.name: skill.level for skill in resource.skills}
    return all(levels.get(skill.name, 0) >= skill.level for skill in wanted)
