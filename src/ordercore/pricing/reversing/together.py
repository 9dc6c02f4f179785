"""Units that a promotion sold together, and returns that would part them.

Of a row, the units that no such promotion used come back first. A set is whole if of every row
that it is made of the same part is back.
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
        back = _back(quote, claims, after)
        used = [claim.units for claim in claims]
        sets = _sets(promotion, used)
        if back != _back(quote, claims, before) and not _whole(back, used, sets):
            lines = tuple([line for claim in claims for line in claim.lines])
            yield PartedSet(promotion.id, lines, sum(used), sum(back), sets)


def _benefits(benefits: Iterable[Benefit]) -> Iterator[Benefit]:
    for benefit in benefits:
        if isinstance(benefit, Tiers):
            yield from _benefits([tier.benefit for tier in benefit.tiers])
        else:
            yield benefit


def _sells_sets(promotion: Promotion) -> bool:
    return any([benefit.set_size is not None for benefit in _benefits(promotion.benefits)])


def _sets(promotion: Promotion, used: Sequence[int]) -> int:
    """Tell how many equal sets the units are: one, unless the rules say how large a set is."""
    benefits = list(_benefits(promotion.benefits))
    size = benefits[0].set_size
    times, rest = divmod(sum(used), size) if size and len(benefits) == 1 else (1, 0)
    return 1 if rest or gcd(*used) % times else times


def _back(quote: Quote, claims: Sequence[Claim], counts: Counts) -> list[int]:
    """Tell how many of the units used of each row are back; those not used come back first."""
    lines, places = quote.cart.lines, quote.cart.rows.places
    found = []
    for claim in claims:
        members = [places[line][0] for line in claim.lines]
        unused = sum([lines[i].quantity for i in members]) - claim.units
        found.append(max(0, sum([counts[i] for i in members]) - unused))
    return found


def _whole(back: Sequence[int], used: Sequence[int], sets: int) -> bool:
    """Whether just so many of the sets are back: of every row the same part."""
    times = back[0] * sets // used[0]
    return all([b * sets == times * u for b, u in zip(back, used, strict=True)])
