"""A return reckoned by its policy: what stood before it, and what stands after it."""

from __future__ import annotations

from collections.abc import Sequence

from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.difference import difference
from ordercore.pricing.reversing.options import ReversalOptions, ReversalPolicy
from ordercore.pricing.reversing.paid import Paid
from ordercore.pricing.reversing.repricing import repriced
from ordercore.pricing.reversing.result import Reversal
from ordercore.pricing.reversing.returns import Counts, Returns
from ordercore.pricing.reversing.standing import Standing
from ordercore.pricing.reversing.together import parted_sets

__all__ = ["reckoned"]


def reckoned(quote: Quote, returns: Returns, options: ReversalOptions) -> Reversal:
    """Look at what is back before and after, by the policy."""
    paid = Paid.of(quote, options)
    if options.policy is ReversalPolicy.FORBID_PARTIAL:
        refused = parted_sets(quote, returns.before, returns.after, options.together)
        if refused:
            earlier = _standings(paid, returns.steps)
            return difference(paid, returns, earlier, earlier[-1], refused)
    *earlier, after = _standings(paid, (*returns.steps, returns.after))
    return difference(paid, returns, earlier, after)


def _standings(paid: Paid, steps: Sequence[Counts]) -> list[Standing]:
    """Tell how it stood after each return, as far as the way matters and not only its end.

    By shares more is never less, unless gifts that stay are taken off it.
    """
    reprices = paid.options.policy is ReversalPolicy.REPRICE
    if not reprices and not paid.options.gifts_kept:
        return [paid.standing(counts) for counts in steps[-2:]]
    reckon = repriced if reprices else Paid.standing
    known = {counts: reckon(paid, counts) for counts in steps}
    return [known[counts] for counts in steps]
