"""赠品库存: what becomes of a gift of which too few are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from ordercore.data.checks import member_of
from ordercore.errors import InvalidValue
from ordercore.promotions.proposals import GiftGrant, Proposal
from ordercore.promotions.state import LayerState

__all__ = ["OutOfStock", "check_substitutes", "granting", "out_of_stock_of"]


class OutOfStock(StrEnum):
    """What becomes of a gift of which fewer are at hand than were promised."""

    SKIP = "skip"
    """None is given; whatever else the promotion gives stays."""
    SUBSTITUTE = "substitute"
    """The first of the substitutes that is at hand in full is given; if none is, as ``skip``."""
    GRANT_ALTERNATIVE = "grant_alternative"
    """As many are given as are at hand."""
    BLOCK = "block"
    """The whole promotion does not apply."""


def out_of_stock_of(given: OutOfStock | str) -> OutOfStock:
    """Turn the text of a policy into the policy; what is none is left for the check."""
    return member_of(OutOfStock, given)


def check_substitutes(policy: OutOfStock, substitutes: tuple[str, ...]) -> None:
    """Refuse substitutes without the policy that gives them, and that policy without any."""
    if (policy is OutOfStock.SUBSTITUTE) != bool(substitutes):
        expected = "skus where the policy is to substitute, and only there"
        raise InvalidValue(expected, substitutes, path=("substitutes",), reason="fields_disagree")


def granting(
    state: LayerState,
    skus: Sequence[str],
    promised: int,
    value: int,
    policy: OutOfStock,
    *,
    choice: int = 1,
) -> Proposal:
    """Propose to give the first of some skus that is at hand in full.

    Args:
        state: The state, with its stock of gifts and what has been given of them.
        skus: What may be given, in the order in which it is tried.
        promised: How many units.
        value: What one unit is worth, in minor units.
        policy: What if none of them is at hand in full.
        choice: How many of them, from the first on, were to be chosen from.
    """
    stock = state.context.gift_stock
    if stock is None:
        return _giving(GiftGrant(skus[0], promised, promised, value, checked=False))
    left = [max(0, stock.get(sku, 0) - state.gifts.get(sku, 0)) for sku in skus]
    for sku, units in zip(skus, left, strict=True):
        if units >= promised:
            return _giving(GiftGrant(sku, promised, promised, value, checked=True))
    if policy is OutOfStock.GRANT_ALTERNATIVE and any(left):
        sku, units = next(pair for pair in zip(skus, left, strict=True) if pair[1])
        return _giving(GiftGrant(sku, units, promised, value, checked=True))
    blocks = policy is OutOfStock.BLOCK
    others = tuple(skus[1:choice])
    return _giving(GiftGrant(skus[0], 0, promised, value, True, blocks, others))


def _giving(grant: GiftGrant) -> Proposal:
    return 0, (), (), (), 0, (grant,)
