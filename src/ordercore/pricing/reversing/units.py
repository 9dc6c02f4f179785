"""The first units of lines: read as `Quote.line` reads them, but many lines at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine
from ordercore.pricing.reversing.standing import Part, part_of
from ordercore.pricing.shares import of_units, row_lines
from ordercore.pricing.taxes import parts_taxed, tax_between

__all__ = ["Units"]


@frozen
class Units:
    """The lines of a quote, and where each stands in its row.

    Attributes:
        lines: Each line with its price.
        row_amounts: What is to be paid for each row.
        places: Of each line, its row and what is to be paid for the lines of it before this one.
        taxed: What each tax rate comes to on each row.
    """

    lines: tuple[QuoteLine, ...]
    row_amounts: Sequence[int]
    places: Sequence[tuple[int, int]]
    taxed: Mapping[int, Sequence[tuple[str, int]]]

    @classmethod
    def of(cls, quote: Quote) -> Units:
        """Read a quote."""
        lines = quote.lines
        places = [(0, 0)] * len(lines)
        for row in quote.cart.rows.every:
            paid = 0
            for i in row_lines(quote.cart, row):
                places[i] = row, paid
                paid += lines[i].payable_minor
        return cls(lines, quote.row_amounts, places, parts_taxed(quote.taxes_borne))

    def first(self, i: int, count: int) -> Part:
        """Read the first units of a line, given by its position."""
        line = self.lines[i]
        units = line.line.quantity
        if count == units:
            return part_of(line)
        shares: dict[str, int] = {}
        taken = borne = 0
        for share in line.adjustments:
            taken += share.minor
            borne, before = of_units(taken, units, 0, count), borne
            if borne > before:
                shares[share.promotion] = borne - before
        base = of_units(line.base_minor, units, 0, count)
        return Part(base, base - borne, shares, self._taxes(i, base - borne))

    def _taxes(self, i: int, minor: int) -> Mapping[str, int]:
        """Tell the tax of the first units of a line, for which so much was paid."""
        row, start = self.places[i]
        taxed = self.taxed.get(row, ())
        return dict(tax_between(taxed, self.row_amounts[row], start, start + minor))
