"""When, where and how the order comes in: codes, channel, region, time, and what a shop adds."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.calendars import Schedule
from ordercore.cart.context import ATTRIBUTE, check_code
from ordercore.data import variant
from ordercore.data.checks import each, instance, names_of, text
from ordercore.promotions.conditions.condition import (
    Condition,
    Test,
    Verdict,
    check_names,
    one_of,
)
from ordercore.promotions.selectors import Need
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms

__all__ = ["ContextAttribute", "During", "HasCode", "InRegion", "ViaChannel"]


@variant(Condition, "in_region")
@frozen
class InRegion(Condition):
    """Hold when the order goes to one of these regions."""

    regions: tuple[str, ...] = field(converter=names_of, validator=check_names)

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        return lambda state: one_of(self, self.regions, state.context.carried("region"))

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("region", frozenset(self.regions)),)


@variant(Condition, "via_channel")
@frozen
class ViaChannel(Condition):
    """Hold when the order comes through one of these channels."""

    channels: tuple[str, ...] = field(converter=names_of, validator=check_names)

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        return lambda state: one_of(self, self.channels, state.context.carried("channel"))

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("channel", frozenset(self.channels)),)


@variant(Condition, "has_code")
@frozen
class HasCode(Condition):
    """Hold when one of these codes was typed; compared exactly, with case.

    A promotion that exists for its code alone has the trigger `Code`: then it is answered why a
    typed code gave nothing. This is for what a code adds: ``Threshold("300") | HasCode("VIP")``.
    """

    codes: tuple[str, ...] = field(converter=names_of, validator=each(check_code, least=1))

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        return lambda state: one_of(self, self.codes, state.context.codes)

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("code", frozenset(self.codes)),)


@variant(Condition, "during")
@frozen
class During(Condition):
    """Hold while a schedule is open.

    The promotion's own schedule says when it is on at all; this is for times within a
    condition, such as "from 300 on, or on Fridays".
    """

    schedule: Schedule = field(validator=instance(Schedule))

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        schedule, is_open = self.schedule, self.schedule.compiled()

        def test(state: LayerState) -> Verdict:
            if is_open(state.at_us):
                return Verdict(True, self)
            return Verdict(False, schedule, None, state.context.at)  # it has the words for why

        return test


@variant(Condition, "context_attribute")
@frozen
class ContextAttribute(Condition):
    """Hold when an attribute of the context has one of these values.

    Args:
        name: The attribute, such as ``store`` or ``device``.
        values: One of them must be given.

    >>> ContextAttribute("device", "phone").values
    ('phone',)
    """

    name: str = field(validator=text(most=64, least=1))
    values: tuple[str, ...] = field(converter=names_of, validator=each(text(most=200), least=1))

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        facet = ATTRIBUTE + self.name
        return lambda state: one_of(self, self.values, state.context.carried(facet))

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return ((ATTRIBUTE + self.name, frozenset(self.values)),)
