"""Units that a promotion sold together, and returns that would part them.

Units of a row are alike, so a return parts no set if what is back can be read as whole sets,
and units beside them. Where any so many units of the promotion make a set (任选N件, 第N件), whole
sets are that many units each; else they are of every row the same part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import gcd
from typing import NamedTuple

from ordercore.pricing.outcomes import Applied, Claim
from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.returns import Counts
from ordercore.promotions.benefits import Benefit, Tiers
from ordercore.promotions.promotion import Promotion

__all__ = ["PartedSet", "parted_sets"]


class PartedSet(NamedTuple):
    """Why a return is refused: it would leave a part of what a promotion sold together."""

    promotion: str
    """Its id."""
    lines: tuple[str, ...]
    """Ids of the lines that the units are of."""
    units: int
    """How many units it sold together."""
    units_back: int
    """How many of them would be back."""
    sets: int
    """How many equal sets they are; any number of whole ones may come back."""


def parted_sets(
    quote: Quote, before: Counts, after: Counts, together: Iterable[str] | None
) -> tuple[PartedSet, ...]:
    """List the sets that a return would part.

    Args:
        quote: The price of record.
        before: How many units of each line were back.
        after: How many would be.
        together: Ids of the promotions whose units go together; None: those that sell sets.
    """
    ids = None if together is None else frozenset(together)
    return tuple(_parted(quote, before, after, ids))


def _parted(
    quote: Quote, before: Counts, after: Counts, ids: frozenset[str] | None
) -> Iterator[PartedSet]:
    for outcome in quote.outcomes:
        if not isinstance(outcome, Applied):
            continue
        promotion = quote.book.plan(outcome.promotion).promotion
        claims = [claim for claim in outcome.claims if claim.units]
        if not claims or not (_sells_sets(promotion) if ids is None else promotion.id in ids):
            continue
        least, most = _back(quote, claims, after)
        if (least, most) == _back(quote, claims, before):
            continue
        used = [claim.units for claim in claims]
        sets, whole = _sets(promotion, used, least, most)
        if not whole:
            lines = tuple([line for claim in claims for line in claim.lines])
            yield PartedSet(promotion.id, lines, sum(used), sum(least), sets)


def _benefits(benefits: Iterable[Benefit]) -> Iterator[Benefit]:
    for benefit in benefits:
        if isinstance(benefit, Tiers):
            yield from _benefits([tier.benefit for tier in benefit.tiers])
        else:
            yield benefit


def _sells_sets(promotion: Promotion) -> bool:
    return any([benefit.set_size is not None for benefit in _benefits(promotion.benefits)])


def _sets(
    promotion: Promotion, used: Sequence[int], least: Sequence[int], most: Sequence[int]
) -> tuple[int, bool]:
    """Tell how many sets the units used are, and whether just some whole ones may be back.

    They are one set, unless the rules say how large a set is.
    """
    benefits = list(_benefits(promotion.benefits))
    size = benefits[0].set_size if len(benefits) == 1 else None
    times, rest = divmod(sum(used), size) if size else (1, 0)
    if size and not rest and benefits[0].set_of_any:
        return times, -(-sum(least) // size) * size <= sum(most)
    sets = 1 if rest or gcd(*used) % times else times
    return sets, _whole(least, most, used, sets)


def _back(quote: Quote, claims: Sequence[Claim], counts: Counts) -> tuple[list[int], list[int]]:
    """Tell how many of the units used of each row are back, at least and at most.

    Units of a row are alike: whether one that is back was used is open, as long as others of
    the row were not.
    """
    lines, places = quote.cart.lines, quote.cart.rows.places
    least: list[int] = []
    most: list[int] = []
    for claim in claims:
        members = [places[line][0] for line in claim.lines]
        unused = sum([lines[i].quantity for i in members]) - claim.units
        back = sum([counts[i] for i in members])
        least.append(max(0, back - unused))
        most.append(min(back, claim.units))
    return least, most


def _whole(least: Sequence[int], most: Sequence[int], used: Sequence[int], sets: int) -> bool:
    """Whether just so many of the sets may be back: of every row the same part."""
    fewest = max([-(-low * sets // units) for low, units in zip(least, used, strict=True)])
    return all(
        [low * sets <= fewest * units <= high * sets
         for low, high, units in zip(least, most, used, strict=True)]
    )  # fmt: skip
