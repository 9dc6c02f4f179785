"""A reversal as the difference of what is given back in all before a return and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ordercore.money import Currency, Money
from ordercore.pricing.quote_lines import Adjustment, TaxShare
from ordercore.pricing.reversing.entries import Entries
from ordercore.pricing.reversing.paid import Paid
from ordercore.pricing.reversing.repricing import lost_by
from ordercore.pricing.reversing.result import (
    BornePart,
    LostDiscount,
    Reversal,
    ReversedEntry,
    ReversedLine,
)
from ordercore.pricing.reversing.returns import Returns
from ordercore.pricing.reversing.standing import NO_PART, Part, Standing, settled
from ordercore.pricing.reversing.together import PartedSet

__all__ = ["difference"]


def difference(
    paid: Paid,
    returns: Returns,
    earlier: Sequence[Standing],
    after: Standing,
    refused: tuple[PartedSet, ...] = (),
) -> Reversal:
    """Make the reversal that leads from one standing to another.

    Args:
        paid: What was paid.
        returns: What came back and comes back.
        earlier: The standings before the first return and after each, as far as they matter.
        after: The standing now; the last of the earlier ones if the return is refused.
        refused: Why it is.
    """
    before, currency = earlier[-1], paid.quote.currency
    was, entries_before = settled(earlier)
    now, entries_after = settled((*earlier, after))
    pairs = zip(after.charges, before.charges, strict=True)
    charges = [more.less(less) for more, less in pairs]
    lines = tuple(_lines(paid, before, after))
    taxes = _taxes([*[part for _, part in lines], *charges])
    short, short_before = now - after.total, was - before.total
    return Reversal(
        quote=paid.quote,
        options=paid.options,
        returned_before=returns.history,
        returned_now=returns.now,
        refunded_before=Money(was, currency),
        refunded=Money(now, currency),
        lines=tuple([_line(paid, before, after, i, part) for i, part in lines]),
        shipping=Money(charges[0].minor, currency),
        fees=_fees(paid, charges[1:]),
        taxes=_tax_shares(taxes, currency),
        tax_on_top=Money(sum(taxes.values()) if paid.on_top else 0, currency),
        rounding=Money(after.rounding - before.rounding, currency),
        withheld=Money(before.withheld - after.withheld, currency),
        waived=Money(short - short_before, currency),
        shortfall=Money(short, currency),
        lost=tuple(_lost(paid, before, after)),
        entries=tuple(_entries(paid, entries_before, entries_after)),
        borne=tuple(_borne(paid, (before, entries_before), (after, entries_after))),
        refused=refused,
    )


def _lines(paid: Paid, before: Standing, after: Standing) -> Iterator[tuple[int, Part]]:
    """List what changes for each line by its position; lines with units that come back too."""
    for i in range(len(paid.lines)):
        part = after.lines.get(i, NO_PART).less(before.lines.get(i, NO_PART))
        if after.counts[i] > before.counts[i] or not part.is_nothing:
            yield i, part


def _line(paid: Paid, before: Standing, after: Standing, i: int, part: Part) -> ReversedLine:
    currency = paid.quote.currency
    shares = [Adjustment(name, minor, currency) for name, minor in part.shares.items()]
    return ReversedLine(
        paid.lines[i].line,
        before.counts[i],
        after.counts[i],
        part.base,
        part.minor,
        tuple(shares),
        _tax_shares(part.taxes, currency),
        paid.on_top,
    )


def _taxes(parts: Sequence[Part]) -> Mapping[str, int]:
    """Add up the taxes of parts, by rate."""
    found: dict[str, int] = {}
    for part in parts:
        for rate, minor in part.taxes.items():
            found[rate] = found.get(rate, 0) + minor
    return found


def _tax_shares(taxes: Mapping[str, int], currency: Currency) -> tuple[TaxShare, ...]:
    """List taxes other than zero, in the order of the rates' ids."""
    return tuple([TaxShare(rate, taxes[rate], currency) for rate in sorted(taxes) if taxes[rate]])


def _fees(paid: Paid, charges: Sequence[Part]) -> tuple[tuple[str, Money], ...]:
    currency, fees = paid.quote.currency, paid.quote.cart.fees
    pairs = zip(fees, charges, strict=True)
    return tuple([(fee.id, Money(part.minor, currency)) for fee, part in pairs])


def _entries(paid: Paid, before: Entries, after: Entries) -> Iterator[ReversedEntry]:
    """List gifts, points and coupons to be undone, in the order of the quote."""
    for key in paid.entries:
        more = after.get(key, 0) - before.get(key, 0)
        if more:
            value = Money(key.value, paid.quote.currency)
            yield ReversedEntry(key.kind, key.promotion, key.what, more, value)


def _lost(paid: Paid, before: Standing, after: Standing) -> Iterator[LostDiscount]:
    """List what promotions take less off what is kept, in the order of the quote's book."""
    lost = lost_by(paid, before, after)
    for promotion in paid.quote.book.ids if lost else ():
        if minor := lost.get(promotion, 0):
            holds = after.kept.get(promotion, 0) > 0
            yield LostDiscount(promotion, Money(minor, paid.quote.currency), holds)


def _borne(
    paid: Paid, before: tuple[Standing, Entries], after: tuple[Standing, Entries]
) -> Iterator[BornePart]:
    """List what each bearer gets back, by promotions and bearers in the order of their ids."""
    was, now = before[0].borne, after[0].borne
    gifts_were, gifts_are = (paid.bearers.back_of_gifts(entries) for _, entries in (before, after))
    for key in sorted({**was, **now, **gifts_were, **gifts_are}):
        amount = now.get(key, 0) - was.get(key, 0)
        gifts = gifts_are.get(key, 0) - gifts_were.get(key, 0)
        if amount or gifts:
            yield (*key, amount, gifts)
