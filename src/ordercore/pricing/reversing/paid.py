"""What was paid, read off a quote once: lines, shipping and fees, and what may be refunded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from ordercore.money import Money
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine, TaxShare
from ordercore.pricing.reversing.entries import (
    Entries,
    EntryKey,
    EntryKind,
    entries_of,
    in_proportion,
    lines_named,
)
from ordercore.pricing.reversing.options import ChargeRefund
from ordercore.pricing.reversing.returns import Counts
from ordercore.pricing.reversing.standing import NO_PART, Part, Standing, cost
from ordercore.pricing.reversing.units import Units

__all__ = ["Paid", "charges_of"]


def charges_of(quote: Quote) -> tuple[Part, ...]:
    """Read shipping, then each other fee, with their taxes."""
    fees = zip(quote.fees, quote.fee_taxes, strict=True)
    return (
        _charge(quote.shipping, quote.shipping_taxes),
        *[_charge(amount, taxes) for (_, amount), (_, taxes) in fees],
    )


def _charge(amount: Money, taxes: Sequence[TaxShare]) -> Part:
    return Part(amount.minor, amount.minor, taxes={tax.rate: tax.minor for tax in taxes})


@frozen
class Paid:
    """What was paid for an order, and when which part of it comes back.

    Attributes:
        quote: The price of record.
        quantities: Units of each line.
        units: The lines, and their first units.
        charges: Shipping and the other fees.
        refundable: The same, with nothing for those that are never refunded.
        on_top: Whether tax comes on top of what lines and charges cost.
        ceiling: The most that is refunded in all, in minor units.
        entries: Gifts, points and coupons.
    """

    quote: Quote
    quantities: Counts
    units: Units
    charges: tuple[Part, ...]
    refundable: tuple[Part, ...]
    on_top: bool
    ceiling: int
    entries: Entries

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """Each line with its price."""
        return self.units.lines

    @classmethod
    def of(cls, quote: Quote, shipping: ChargeRefund, fees: ChargeRefund) -> Paid:
        """Read a quote."""
        charges = charges_of(quote)
        choices = (shipping, *[fees] * len(quote.cart.fees))
        refundable = tuple(
            [
                part if choice is ChargeRefund.WITH_LAST else NO_PART
                for part, choice in zip(charges, choices, strict=True)
            ]
        )
        taxes = None if quote.tariff is None else quote.tariff.taxes
        on_top = taxes is not None and not taxes.included
        kept = cost(charges, on_top=on_top) - cost(refundable, on_top=on_top)
        return cls(
            quote,
            tuple([line.quantity for line in quote.cart.lines]),
            Units.of(quote),
            charges,
            refundable,
            on_top,
            max(0, quote.payable_minor - kept),
            entries_of(quote),
        )

    def all_back(self, counts: Counts) -> bool:
        """Whether nothing is kept; where nothing was bought, nothing can be back."""
        return counts == self.quantities != ()

    def standing(self, counts: Counts) -> Standing:
        """Tell what is given back in all by the shares of the units that are back."""
        parts = {i: self.units.first(i, count) for i, count in enumerate(counts) if count}
        charges = self.refundable if self.all_back(counts) else (NO_PART,) * len(self.charges)
        entries = in_proportion(self.entries, lambda key: self._weights(key, counts, parts))
        return self.balanced(counts, parts, charges, 0, entries)

    def balanced(
        self,
        counts: Counts,
        lines: Mapping[int, Part],
        charges: Sequence[Part],
        rounding: int,
        entries: Entries,
    ) -> Standing:
        """Make a standing that never comes to more than what may be refunded.

        When everything is back it comes to just that. The rounding of the payable makes up the
        difference: it comes back with the last return, and what it waived is not refunded even
        where the last units cost less than that.
        """
        gross = rounding + cost((*lines.values(), *charges), on_top=self.on_top)
        total = self.ceiling if self.all_back(counts) else min(self.ceiling, gross)
        return Standing(counts, lines, charges, rounding + total - gross, self.on_top, entries)

    def _weights(
        self, key: EntryKey, counts: Counts, parts: Mapping[int, Part]
    ) -> tuple[int, int]:
        """Tell how much of what an entry hangs on is back, and how much there is."""
        if key.kind is EntryKind.COUPON_USED:
            return int(self.all_back(counts)), 1
        if key.kind is EntryKind.POINTS_REDEEMED:
            back = sum([part.shares.get(key.promotion, 0) for part in parts.values()])
            return back, self._share(key.promotion)
        named = lines_named(self.quote, key)
        whole = sum([self.lines[i].payable_minor for i in named])
        if whole:
            return sum([parts[i].minor for i in named if i in parts]), whole
        return sum([counts[i] for i in named]), sum([self.quantities[i] for i in named])

    def _share(self, promotion: str) -> int:
        """Tell what a promotion takes off all lines."""
        shares = [share for line in self.lines for share in line.adjustments]
        return sum([share.minor for share in shares if share.promotion == promotion])
