"""The family of benefits: what a promotion gives, proposed and never applied by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import Attribute

from ordercore.errors import InvalidType
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import Need
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms

__all__ = ["Benefit", "Propose", "check_benefit"]

Propose = Callable[[LayerState], Proposal | None]
"""A compiled benefit: what it would take of a layer's state; None is no effect."""


class Benefit:
    """The family of benefits.

    To add one is to write one frozen class: a `variant` with its fields, `compile` and
    `needs`. The engine knows none of them by name.
    """

    __slots__ = ()

    def compile(self, terms: Terms) -> Propose:
        """Turn the benefit into a function of a layer's state."""
        raise NotImplementedError

    def needs(self) -> tuple[Need, ...]:
        """Tell what a cart must carry for it to have any effect; each need must be met."""
        return ()


def check_benefit(_instance: object, attribute: Attribute[Any], value: object) -> None:
    """Accept a benefit."""
    if not isinstance(value, Benefit):
        raise InvalidType("a Benefit", value, path=(attribute.name,))
