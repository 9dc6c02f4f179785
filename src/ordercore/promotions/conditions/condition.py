"""The family of conditions, its verdicts, and how conditions compose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import Check, each, identifier, instance, tuple_of
from ordercore.errors import InvalidType
from ordercore.promotions.selectors import Need, either
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = [
    "AllOf",
    "Always",
    "AnyOf",
    "Condition",
    "NotCondition",
    "Test",
    "Verdict",
    "check_condition",
    "check_names",
    "one_of",
]


class Verdict(NamedTuple):
    """What a condition found: whether it holds, what it asks, and what is there.

    ``required`` and ``actual`` are integers where ``condition.measure`` is ``amount`` (minor
    units) or ``count``, else text.
    """

    holds: bool
    condition: Any
    required: Any = None
    actual: Any = None
    parts: tuple[Verdict, ...] = ()

    @property
    def gap(self) -> int | None:
        """How much is missing, where that can be counted and more of it would help."""
        required, actual = self.required, self.actual
        if self.holds or type(required) is not int or type(actual) is not int:
            return None
        return required - actual if actual < required else None


Test = Callable[[LayerState], Verdict]
"""A compiled condition."""


class Condition:
    """The family of conditions; ``&``, ``|`` and ``~`` compose them."""

    __slots__ = ()

    measure = "fact"
    """What ``required`` and ``actual`` of a verdict are: ``amount``, ``count`` or ``fact``."""

    def compile(self, terms: Terms) -> Test:
        """Turn the condition into a function of a layer's state."""
        raise NotImplementedError

    def needs(self) -> tuple[Need, ...]:
        """Tell what cart or context must carry for it to hold; each need must be met."""
        return ()

    def __bool__(self) -> bool:
        raise InvalidType("&, | and ~ to compose conditions: and, or and not cannot")

    def __and__(self, other: Condition) -> AllOf:
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: Condition) -> AnyOf:
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> NotCondition:
        return NotCondition(self)


def _parts(condition: Condition, kind: type[AllOf | AnyOf]) -> tuple[Condition, ...]:
    """Read ``a & b & c`` as one composition of three, not as two of two."""
    return condition.members if isinstance(condition, kind) else (condition,)


check_condition: Check = instance(Condition)
"""Accept a condition."""

check_names: Check = each(identifier, least=1)
"""Accept one name or several."""


def one_of(condition: Condition, wanted: tuple[str, ...], held: tuple[str, ...]) -> Verdict:
    """Judge a condition that asks for one of several names."""
    return Verdict(not frozenset(wanted).isdisjoint(held), condition, wanted, held)


@variant(Condition, "always")
@frozen
class Always(Condition):
    """Hold in any case."""

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        verdict = Verdict(True, self)
        return lambda _state: verdict


def _conditions(members: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple_of(members)


_several = each(instance(Condition), least=1, most=100)


@variant(Condition, "all_of")
@frozen
class AllOf(Condition):
    """Hold when every member holds."""

    members: tuple[Condition, ...] = field(converter=_conditions, validator=_several)

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        tests = _compiled(self.members, terms)

        def test(state: LayerState) -> Verdict:
            parts = tuple([part(state) for part in tests])
            return Verdict(all([part.holds for part in parts]), self, parts=parts)

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return tuple(need for member in self.members for need in member.needs())


@variant(Condition, "any_of")
@frozen
class AnyOf(Condition):
    """Hold when at least one member holds."""

    members: tuple[Condition, ...] = field(converter=_conditions, validator=_several)

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        tests = _compiled(self.members, terms)

        def test(state: LayerState) -> Verdict:
            parts = tuple([part(state) for part in tests])
            return Verdict(any([part.holds for part in parts]), self, parts=parts)

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return either([member.needs() for member in self.members])


@variant(Condition, "not")
@frozen
class NotCondition(Condition):
    """Hold when the member does not."""

    member: Condition = field(validator=check_condition)

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        inner = placed(self.member, terms, "member")

        def test(state: LayerState) -> Verdict:
            verdict = inner(state)
            return Verdict(not verdict.holds, self, parts=(verdict,))

        return test


def _compiled(members: tuple[Condition, ...], terms: Terms) -> list[Test]:
    """Compile conditions, reporting a fault of each under its position."""
    return [placed(member, terms, "members", i) for i, member in enumerate(members)]
