"""Sets of units at one price: how many are worth it, and what each row saves.

However the units of the sets are chosen, the dearest come first; so a further set never costs
more than the one before it. As many sets are reduced as cost more than their price: which is
the last one, is found by halving.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from fractions import Fraction

from ordercore.money import apportion, divide
from ordercore.promotions.benefits.picking import claiming, cost_of
from ordercore.promotions.benefits.sharing import caps_of
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.state import Offer
from ordercore.promotions.terms import Terms

__all__ = ["Taking", "sets_at_price"]

Taking = Callable[[int], Sequence[int]]
"""How many units of each offered row so many sets take; the first sets are the dearest."""


def sets_at_price(
    offer: Offer, taking: Taking, most: int, price: int, terms: Terms
) -> Proposal | None:
    """Let each set cost a price, where that is less; the saving is shared by what units cost.

    Args:
        offer: The rows, as the state offered them.
        taking: Which units so many sets take.
        most: How many sets there are.
        price: What one set costs, in minor units.
        terms: What becomes of a share that a row cannot take.
    """
    times = _worth_it(offer, taking, most, price)
    if not times:
        return None
    counts = taking(times)
    costs, denominator = cost_of(offer, counts)
    saving = divide(sum(costs) - times * price * denominator, denominator)
    shares = apportion(saving, costs, caps_of(offer), terms.overflow)
    return claiming(offer[0], shares, counts)


def _worth_it(offer: Offer, taking: Taking, most: int, price: int) -> int:
    """Tell how many sets cost more than the price."""

    def cost(times: int) -> Fraction:
        costs, denominator = cost_of(offer, taking(times))
        return Fraction(sum(costs), denominator)

    def too_cheap(before: int) -> bool:
        """Whether the set that comes after so many others costs no more than the price."""
        return cost(before + 1) - cost(before) <= price

    if not most or not too_cheap(most - 1):  # most often every set is worth it
        return most
    return bisect_left(range(most), True, key=too_cheap)
