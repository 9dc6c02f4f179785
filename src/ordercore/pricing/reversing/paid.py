"""What was paid, read off a quote once: lines, shipping and fees, and what may be refunded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from ordercore.money import Money
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine, TaxShare
from ordercore.pricing.reversing.bearing import (
    Bearers,
    Borne,
    ChargesCut,
    Given,
    charges_cut,
    given_by,
)
from ordercore.pricing.reversing.entries import (
    Entries,
    EntryKey,
    EntryKind,
    entries_of,
    in_proportion,
    kept_gifts,
    lines_named,
)
from ordercore.pricing.reversing.options import ChargeRefund, ReversalOptions
from ordercore.pricing.reversing.returns import Counts
from ordercore.pricing.reversing.standing import NO_PART, Part, Standing, cost
from ordercore.pricing.reversing.units import Units

__all__ = ["Paid", "charges_of", "chosen", "shares_of"]


def charges_of(quote: Quote) -> tuple[Part, ...]:
    """Read shipping, then each other fee, with their taxes."""
    fees = zip(quote.fees, quote.fee_taxes, strict=True)
    return (
        _charge(quote.shipping, quote.shipping_taxes),
        *[_charge(amount, taxes) for (_, amount), (_, taxes) in fees],
    )


def _charge(amount: Money, taxes: Sequence[TaxShare]) -> Part:
    return Part(amount.minor, amount.minor, taxes={tax.rate: tax.minor for tax in taxes})


def chosen(cut: ChargesCut, choices: Sequence[bool]) -> Mapping[str, int]:
    """Sum for each promotion what it takes off some of the charges."""
    return {
        promotion: sum([minor for minor, yes in zip(off, choices, strict=True) if yes])
        for promotion, off in cut.items()
    }


def shares_of(lines: Sequence[QuoteLine]) -> Mapping[int, Mapping[str, int]]:
    """Read what each promotion takes off lines, by their position."""
    return {
        i: {share.promotion: share.minor for share in line.adjustments}
        for i, line in enumerate(lines)
        if line.adjustments
    }


def _given_in_all(quote: Quote, units: Units, cut: ChargesCut) -> Given:
    every = [True] * (1 + len(quote.cart.fees))
    return given_by(quote, shares_of(units.lines), chosen(cut, every))


@frozen
class Paid:
    """What was paid for an order, and when which part of it comes back.

    Attributes:
        quote: The price of record.
        quantities: Units of each line.
        units: The lines, and their first units.
        charges: Shipping and the other fees.
        refundable: Which of these are refunded.
        cut: What promotions take off charges.
        on_top: Whether tax comes on top of what lines and charges cost.
        ceiling: The most that is refunded in all, in minor units.
        deposit: The part of it that a deposit keeps back, in minor units.
        entries: Gifts, points and coupons.
        given: What promotions gave.
        bearers: Who bore it.
        options: The choices of the reversal.
    """

    quote: Quote
    quantities: Counts
    units: Units
    charges: tuple[Part, ...]
    refundable: tuple[bool, ...]
    cut: ChargesCut
    on_top: bool
    ceiling: int
    deposit: int
    entries: Entries
    given: Given
    bearers: Bearers
    options: ReversalOptions

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """Each line with its price."""
        return self.units.lines

    @classmethod
    def of(cls, quote: Quote, options: ReversalOptions) -> Paid:
        """Read a quote."""
        charges, units = charges_of(quote), Units.of(quote)
        choices = (options.shipping, *[options.fees] * len(quote.cart.fees))
        refundable = tuple([choice is ChargeRefund.WITH_LAST for choice in choices])
        taxes = None if quote.tariff is None else quote.tariff.taxes
        on_top = taxes is not None and not taxes.included
        kept = [part for part, back in zip(charges, refundable, strict=True) if not back]
        ceiling = max(0, quote.payable_minor - cost(kept, on_top=on_top))
        held = quote.deposit.minor if options.deposit is ChargeRefund.NEVER else 0
        cut, entries = charges_cut(quote), entries_of(quote, options)
        given = _given_in_all(quote, units, cut)
        return cls(
            quote,
            tuple([line.quantity for line in quote.cart.lines]),
            units,
            charges,
            refundable,
            cut,
            on_top,
            ceiling,
            min(held, ceiling),
            entries,
            given,
            Bearers.of(quote, given, entries),
            options,
        )

    def all_back(self, counts: Counts) -> bool:
        """Whether nothing is kept; where nothing was bought, nothing can be back."""
        return counts == self.quantities != ()

    def standing(self, counts: Counts) -> Standing:
        """Tell what is given back in all by the shares of the units that are back."""
        parts = {i: self.units.first(i, count) for i, count in enumerate(counts) if count}
        back = [self.all_back(counts) and each for each in self.refundable]
        charges = [part if yes else NO_PART for part, yes in zip(self.charges, back, strict=True)]
        entries = in_proportion(self.entries, lambda key: self._weights(key, counts, parts))
        shares = {i: part.shares for i, part in parts.items()}
        given = given_by(self.quote, shares, chosen(self.cut, back))
        return self.balanced(counts, parts, charges, 0, entries, self.bearers.back(given))

    def balanced(
        self,
        counts: Counts,
        lines: Mapping[int, Part],
        charges: Sequence[Part],
        rounding: int,
        entries: Entries,
        borne: Borne,
    ) -> Standing:
        """Make a standing that never comes to more than what may be refunded.

        When everything is back it comes to just that. The rounding of the payable makes up the
        difference: it comes back with the last return, and what it waived is not refunded even
        where the last units cost less than that. A deposit is kept back last of all.
        """
        gross = rounding + cost((*lines.values(), *charges), on_top=self.on_top)
        total = self.ceiling if self.all_back(counts) else min(self.ceiling, gross)
        held = max(0, total - self.ceiling + self.deposit)
        return Standing(
            counts,
            lines,
            charges,
            rounding + total - gross,
            held + kept_gifts(entries),
            self.on_top,
            entries,
            borne,
        )

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
