"""The family of benefits: what a promotion gives, proposed and never applied by itself."""

from __future__ import annotations

from collections.abc import Callable

from ordercore.data.checks import Check, instance
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


check_benefit: Check = instance(Benefit)
"""Accept a benefit."""
