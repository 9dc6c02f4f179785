"""What a search for the best combination can say of what it found."""

from __future__ import annotations

from attrs import frozen

from ordercore.money import Money

__all__ = ["Certificate"]


@frozen
class Certificate:
    """How good the combination of a run of layers is, by proof.

    Attributes:
        layers: The layers that were settled together.
        gap: By how much, at most, any other valid combination may save more; zero: none does.
            Where the objective puts gifts first: any that gives no less in gifts.
        nodes: How much was looked at.
    """

    layers: tuple[str, ...]
    gap: Money
    nodes: int

    @property
    def exact(self) -> bool:
        """Whether no valid combination saves more."""
        return self.gap.is_zero
