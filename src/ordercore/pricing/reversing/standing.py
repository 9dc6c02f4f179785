"""What is given back in all once some units are back; a reversal is the difference of two.

A standing depends on how many units of each line are back, and on nothing else. So whatever
the order of returns, and however they are parted, the differences add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from attrs import frozen

from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine
from ordercore.pricing.reversing.bearing import Borne
from ordercore.pricing.reversing.entries import Entries, EntryKey
from ordercore.pricing.reversing.returns import Counts

__all__ = ["NO_PART", "Part", "Standing", "part_of", "settled"]

_NONE: Final[Mapping[str, int]] = MappingProxyType({})


class Part(NamedTuple):
    """What is given back for a line, for shipping or for a fee, in minor units."""

    base: int
    """What it costs before promotions."""
    minor: int
    """What was paid for it; tax that comes on top is apart."""
    shares: Mapping[str, int] = _NONE
    """What each promotion takes off it, by the promotions' ids."""
    taxes: Mapping[str, int] = _NONE
    """What each tax rate comes to on it, by the rates' ids."""

    def less(self, other: Part) -> Part:
        """Take another part off, number by number; what comes to nothing is left out."""
        return Part(
            self.base - other.base,
            self.minor - other.minor,
            _less(self.shares, other.shares),
            _less(self.taxes, other.taxes),
        )

    @property
    def is_nothing(self) -> bool:
        """Whether every number is zero."""
        return not (self.base or self.minor or self.shares or self.taxes)


NO_PART: Final = Part(0, 0)
"""Nothing at all."""


def _less(more: Mapping[str, int], less: Mapping[str, int]) -> Mapping[str, int]:
    if not less:
        return more
    names = dict.fromkeys((*more, *less))
    found = {name: more.get(name, 0) - less.get(name, 0) for name in names}
    return {name: minor for name, minor in found.items() if minor}


def part_of(line: QuoteLine) -> Part:
    """Read a line of a quote, or some of its units."""
    return Part(
        line.base_minor,
        line.payable_minor,
        {share.promotion: share.minor for share in line.adjustments},
        {tax.rate: tax.minor for tax in line.taxes},
    )


@frozen
class Standing:
    """What is given back in all once some units are back.

    Attributes:
        counts: How many units of each line are back.
        lines: What that comes to for each line, by its position, where anything.
        charges: For shipping, then for each other fee.
        rounding: Of what was rounded, in minor units.
        withheld: What is kept back: a deposit that is not refunded, and gifts that stay.
        on_top: Whether tax comes on top of what lines and charges cost.
        entries: Gifts, points and coupons.
        borne: What each bearer of a promotion gets back; gifts are apart.
        due: The price of what is kept, if that was priced anew.
        kept: What each promotion takes off it.
    """

    counts: Counts
    lines: Mapping[int, Part]
    charges: Sequence[Part]
    rounding: int
    withheld: int
    on_top: bool
    entries: Entries
    borne: Borne
    due: Quote | None = None
    kept: Mapping[str, int] = _NONE

    @property
    def total(self) -> int:
        """All of it, in minor units."""
        given = cost((*self.lines.values(), *self.charges), on_top=self.on_top)
        return given + self.rounding - self.withheld


def cost(parts: Iterable[Part], *, on_top: bool) -> int:
    """Add up what parts cost, with the tax that comes on top."""
    total = 0
    for part in parts:
        total += part.minor
        if on_top:
            total += sum(part.taxes.values())
    return total


def settled(standings: Iterable[Standing]) -> tuple[int, Entries]:
    """Tell what has been refunded, and which entries reversed, after some returns in turn.

    That is the most that it has come to so far, and nothing at least: what was refunded once is
    not asked back.
    """
    refunded = 0
    entries: dict[EntryKey, int] = {}
    for standing in standings:
        refunded = max(refunded, standing.total)
        for key, quantity in standing.entries.items():
            entries[key] = max(entries.get(key, 0), quantity)
    return refunded, entries
