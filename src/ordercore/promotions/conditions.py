"""When a promotion applies: conditions that answer with evidence, or with what is missing.

A condition is data; ``a & b``, ``a | b`` and ``~a`` read as they compose. Compiled, it is a
function from a layer's frozen state to a `Verdict`. What it asks of a cart so that it can
hold at all, `Condition.needs` tells the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    Check,
    each,
    identifier,
    instance,
    integer,
    member,
    names_of,
    optional,
    tuple_of,
)
from ordercore.errors import InvalidType, InvalidValue
from ordercore.money.fields import Amount, amount_of, amount_or_none, check_amount
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector, either
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms, basis_or_none, placed

__all__ = [
    "AllOf",
    "Always",
    "AnyOf",
    "Condition",
    "CustomerInGroup",
    "InRegion",
    "LineAtLeast",
    "NotCondition",
    "OrderNumber",
    "Test",
    "Threshold",
    "Verdict",
    "ViaChannel",
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
        """How much is missing, where that can be counted and the condition does not hold."""
        countable = type(self.required) is int and type(self.actual) is int
        return self.required - self.actual if countable and not self.holds else None

    def misses(self) -> tuple[Verdict, ...]:
        """Every single condition below this one that stands in the way."""
        if self.holds:
            return ()
        return tuple(miss for part in self.parts for miss in part.misses()) or (self,)


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


@variant(Condition, "always")
@frozen
class Always(Condition):
    """Hold in any case."""

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        verdict = Verdict(True, self)
        return lambda _state: verdict


@variant(Condition, "threshold")
@frozen
class Threshold(Condition):
    """Hold when the selected units reach an amount or a number of units (满额、满件).

    Args:
        amount: What they must come to at least; give this or ``quantity``.
        quantity: How many they must be at least.
        target: Which units count.
        basis: On which amounts: ``list``, ``base`` or ``entry``; None is the promotion's.

    >>> Threshold("300").amount
    Decimal('300')
    """

    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    quantity: int | None = field(
        default=None, validator=optional(integer(least=1, most=10**9)), kw_only=True
    )
    target: Selector = field(factory=AllUnits, validator=check_selector)
    basis: Basis | None = field(
        default=None, converter=basis_or_none, validator=optional(member(Basis))
    )

    def __attrs_post_init__(self) -> None:
        if (self.amount is None) == (self.quantity is None):
            raise InvalidValue("either an amount or a quantity", (self.amount, self.quantity))

    @property
    def measure(self) -> str:  # type: ignore[override]
        """``amount`` or ``count``."""
        return "count" if self.amount is None else "amount"

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        select = placed(self.target, terms, "target")
        if self.amount is None:
            units = self.quantity or 0

            def enough_units(state: LayerState) -> Verdict:
                actual = state.count(select(state))
                return Verdict(actual >= units, self, units, actual)

            return enough_units
        minimum, basis = terms.minor(self.amount, "amount"), self.basis or terms.basis

        def enough(state: LayerState) -> Verdict:
            actual = state.total(select(state), basis)
            return Verdict(actual >= minimum, self, minimum, actual)

        return enough

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()


@variant(Condition, "line_at_least")
@frozen
class LineAtLeast(Condition):
    """Hold when one single row of the selected ones reaches an amount."""

    amount: Amount = field(converter=amount_of, validator=check_amount)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    basis: Basis | None = field(
        default=None, converter=basis_or_none, validator=optional(member(Basis))
    )
    measure = "amount"

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        select, basis = placed(self.target, terms, "target"), self.basis or terms.basis
        minimum = terms.minor(self.amount, "amount")

        def test(state: LayerState) -> Verdict:
            amounts = state.amounts(basis)
            actual = max([amounts[row] for row in select(state)], default=0)
            return Verdict(actual >= minimum, self, minimum, actual)

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()


_named = each(identifier, least=1)


def _one_of(condition: Condition, wanted: Iterable[str], held: tuple[str, ...]) -> Verdict:
    return Verdict(not frozenset(wanted).isdisjoint(held), condition, tuple(wanted), held)


@variant(Condition, "customer_in_group")
@frozen
class CustomerInGroup(Condition):
    """Hold when the shopper belongs to one of these groups."""

    groups: tuple[str, ...] = field(converter=names_of, validator=_named)

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        def test(state: LayerState) -> Verdict:
            shopper = state.context.shopper
            return _one_of(self, self.groups, () if shopper is None else shopper.groups)

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("group", frozenset(self.groups)),)


@variant(Condition, "order_number")
@frozen
class OrderNumber(Condition):
    """Hold when this is a known shopper's n-th order; 1 is the first."""

    number: int = field(validator=integer(least=1, most=10**9))
    measure = "count"

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        number = self.number

        def test(state: LayerState) -> Verdict:
            shopper = state.context.shopper
            actual = None if shopper is None else shopper.orders_before + 1
            return Verdict(actual == number, self, number, actual)

        return test


@variant(Condition, "in_region")
@frozen
class InRegion(Condition):
    """Hold when the order goes to one of these regions."""

    regions: tuple[str, ...] = field(converter=names_of, validator=_named)

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        def test(state: LayerState) -> Verdict:
            region = state.context.region
            return _one_of(self, self.regions, () if region is None else (region,))

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("region", frozenset(self.regions)),)


@variant(Condition, "via_channel")
@frozen
class ViaChannel(Condition):
    """Hold when the order comes through one of these channels."""

    channels: tuple[str, ...] = field(converter=names_of, validator=_named)

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        def test(state: LayerState) -> Verdict:
            channel = state.context.channel
            return _one_of(self, self.channels, () if channel is None else (channel,))

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("channel", frozenset(self.channels)),)


def _conditions(members: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple_of(members)


_several = each(instance(Condition), least=1, most=100)


check_condition: Check = instance(Condition)
"""Accept a condition."""


@variant(Condition, "all_of")
@frozen
class AllOf(Condition):
    """Hold when every member holds."""

    members: tuple[Condition, ...] = field(converter=_conditions, validator=_several)

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        tests = compile_members(self.members, terms)

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
        tests = compile_members(self.members, terms)

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


def compile_members(members: tuple[Condition, ...], terms: Terms) -> list[Test]:
    """Compile conditions, reporting a fault of each under its position."""
    return [placed(member, terms, "members", i) for i, member in enumerate(members)]
