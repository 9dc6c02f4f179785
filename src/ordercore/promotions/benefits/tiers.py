"""阶梯: of several tiers the highest one reached gives its benefit and switches the lower off."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from attrs import Attribute, field, frozen

from ordercore.data import variant
from ordercore.data.checks import each, instance, integer, just_one, member, optional, tuple_of
from ordercore.data.keywords import stated, stating
from ordercore.errors import InvalidValue
from ordercore.money import Money
from ordercore.money.fields import Amount, amount_or_none, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose, check_benefit
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector, either
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms, basis_or_none, placed

__all__ = ["Tier", "Tiers"]

MAX_TIERS = 100
"""The most tiers of one benefit."""


@frozen
class Tier:
    """What is given from an amount or a number of units on.

    Args:
        amount: The tier begins at this amount; give this or ``quantity``.
        quantity: The tier begins at this number of units.
        benefit: What it gives.
    """

    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    quantity: int | None = field(
        default=None, validator=optional(integer(least=1, most=10**9)), kw_only=True
    )
    benefit: Benefit = field(validator=check_benefit, kw_only=True)

    def __attrs_post_init__(self) -> None:
        just_one("an amount or a quantity", self.amount, self.quantity)

    def label(self) -> Label | None:
        """Say what it gives, and from where on; None: no words."""
        told = self.benefit.label(self.amount)
        if self.quantity is None or told is None:
            return told
        return "from_units", {"quantity": self.quantity, "what": (told,)}


def _tiers(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    return tuple_of(tiers)


_are_tiers = each(instance(Tier), least=1, most=MAX_TIERS)


@stating(**stated(_are_tiers))
def _check_tiers(_instance: Any, attribute: Attribute[Any], tiers: tuple[Any, ...]) -> None:
    _are_tiers(None, attribute, tiers)
    for i, (lower, higher) in enumerate(pairwise(tiers)):
        if not _above(higher, lower):
            expected = "tiers of one kind that begin ever higher"
            place = (attribute.name, i + 1)
            raise InvalidValue(expected, path=place, reason="unordered_tiers")


def _above(higher: Tier, lower: Tier) -> bool:
    if higher.quantity is not None and lower.quantity is not None:
        return higher.quantity > lower.quantity
    if isinstance(higher.amount, Money) and isinstance(lower.amount, Money):
        return higher.amount > lower.amount
    if isinstance(higher.amount, Decimal) and isinstance(lower.amount, Decimal):
        return higher.amount > lower.amount
    return False


@variant(Benefit, "tiers")
@frozen
class Tiers(Benefit):
    """Give the benefit of the highest tier that the selected units reach, and no other.

    Which tier is reached is looked at like a condition: on what the layer began with, whoever
    uses it, and no unit is claimed for it.

    Args:
        tiers: In rising order, all by amount or all by quantity.
        target: Which units are counted (what is reduced, each tier's benefit says).
        basis: On which amounts; None is the promotion's.
    """

    tiers: tuple[Tier, ...] = field(converter=_tiers, validator=_check_tiers)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    basis: Basis | None = field(
        default=None, converter=basis_or_none, validator=optional(member(Basis))
    )

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, basis = placed(self.target, terms, "target"), self.basis or terms.basis
        steps = [
            (
                tier.quantity or terms.minor(tier.amount, "tiers", i, "amount"),  # type: ignore[arg-type]
                placed(tier.benefit, terms, "tiers", i, "benefit"),
            )
            for i, tier in enumerate(self.tiers)
        ]
        steps.reverse()
        by_units = self.tiers[0].quantity is not None

        def propose(state: LayerState) -> Proposal | None:
            rows = select(state)
            reached = state.count(rows) if by_units else state.reached(rows, basis)
            for least, give in steps:
                if reached >= least:
                    return give(state)
            return None

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs() + either([tier.benefit.needs() for tier in self.tiers])

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        labels = [tier.label() for tier in self.tiers]
        told = tuple([label for label in labels if label is not None])
        return ("tiers", {"tiers": told}) if len(told) == len(labels) else None
