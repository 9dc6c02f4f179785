"""The family of benefits: what a promotion gives, proposed and never applied by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from ordercore.data.checks import Check, instance
from ordercore.money.fields import Amount
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import Need
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms

__all__ = ["Benefit", "Propose", "check_benefit"]

Propose = Callable[[LayerState], Proposal | None]
"""A compiled benefit: what it would take of a layer's state; None is no effect."""


Inserted = Amount | int | str | tuple["Label", ...]
"""What a label inserts: labels too, where it stands around them."""

Label = tuple[str, Mapping[str, Inserted]]
"""The key of a message of the catalogues, without ``label.``, and what it inserts."""


class Benefit:
    """The family of benefits.

    To add one is to write one frozen class: a `variant` with its fields, `compile` and
    `needs`. The engine knows none of them by name.
    """

    __slots__ = ()

    monotone: ClassVar[bool] = False
    """Whether it never takes more, nor promises more gifts, where the selected goods cost less, or
    units are in use.
    `Optimal` bounds by it what later layers may add; say True only where it holds."""

    measure: ClassVar[str] = "fact"
    """In what `lacking` tells: ``amount`` (minor units), ``count`` or ``fact``."""

    @property
    def set_size(self) -> int | None:
        """How many units it sells together, as a set; 0: all that it uses; None: no sets.

        Refunds under ``forbid_partial`` take back whole sets only.
        """
        return None

    @property
    def set_of_any(self) -> bool:
        """Whether any so many of the units that it uses make a set, whatever their mixture."""
        return False

    def compile(self, terms: Terms) -> Propose:
        """Turn the benefit into a function of a layer's state."""
        raise NotImplementedError

    def needs(self) -> tuple[Need, ...]:
        """Tell what a cart must carry for it to have any effect; each need must be met."""
        return ()

    def lacking(self, state: LayerState) -> Verdict | None:  # noqa: ARG002
        """Tell what it has too little of to have any effect: what it asks, and what is there.

        It is asked only of one that has no effect, and only by who reads why. None: nothing
        that it could tell.
        """
        return None

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002
        """Say what it is called: the key of a message and its arguments; None: no words.

        Args:
            spend: From which amount on it holds, where its promotion has just that condition.
        """
        return None


check_benefit: Check = instance(Benefit)
"""Accept a benefit."""
