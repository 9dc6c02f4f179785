"""The reversal: what is given back for a return, and of what it is made."""

from __future__ import annotations

from typing import NamedTuple

from attrs import frozen

from ordercore.cart import CartLine
from ordercore.money import Currency, Money
from ordercore.pricing.outcomes import GiftLine
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import Adjustment, TaxShare
from ordercore.pricing.reversing.entries import EntryKind
from ordercore.pricing.reversing.options import ReversalPolicy
from ordercore.pricing.reversing.together import PartedSet

__all__ = ["Reversal", "ReversedEntry", "ReversedLine"]


class ReversedLine(NamedTuple):
    """What is given back for some units of a line.

    Under ``reprice`` kept units may cost more than they did: their line has no units here, and
    amounts below zero.
    """

    line: CartLine
    start: int
    """The first unit that comes back, from 0."""
    stop: int
    """One after the last unit."""
    base_minor: int
    """What the units cost before promotions, in minor units."""
    goods_minor: int
    """What is given back for them; tax that comes on top is apart."""
    adjustments: tuple[Adjustment, ...]
    """What each promotion took off them."""
    taxes: tuple[TaxShare, ...]
    """The tax that is given back, by rate."""
    tax_on_top: bool
    """Whether it comes on top of the goods, or is contained in them."""

    @property
    def currency(self) -> Currency:
        """The cart's currency."""
        return self.line.unit_price.currency

    @property
    def units(self) -> int:
        """How many units come back."""
        return self.stop - self.start

    @property
    def base(self) -> Money:
        """What the units cost before promotions."""
        return Money(self.base_minor, self.currency)

    @property
    def goods(self) -> Money:
        """What is given back for them; tax that comes on top is apart."""
        return Money(self.goods_minor, self.currency)

    @property
    def tax(self) -> Money:
        """All tax that is given back, contained in the goods or on top."""
        return Money(sum([share.minor for share in self.taxes]), self.currency)

    @property
    def refund(self) -> Money:
        """What is given back in all, with tax."""
        return self.goods + self.tax if self.tax_on_top else self.goods


class ReversedEntry(NamedTuple):
    """A gift, points or a coupon to be undone."""

    kind: EntryKind
    promotion: str
    """The id of the promotion by which they came."""
    what: str
    """The sku of a gift, or the kind of a coupon; empty for points."""
    quantity: int
    value: Money
    """What one unit of a gift is worth; nothing for the others."""


@frozen(repr=False, kw_only=True)
class Reversal:
    """What is given back for a return.

    The ``amount`` is the sum of ``goods``, ``shipping``, ``fees``, ``tax_on_top``, ``rounding``
    and ``waived``.

    Attributes:
        quote: The price that is read backwards.
        policy: How the return is reckoned.
        history: The earlier returns and this one, each as (line id, units); a return that is
            refused is none of them.
        refunded_before: What the earlier returns gave back.
        refunded: The same with this one.
        lines: The lines of which units come back, and those whose price changes by it.
        shipping: What is given back of shipping.
        fees: What is given back of each other fee: (fee id, amount).
        taxes: What is given back of each tax rate, on lines, shipping and fees.
        tax_on_top: The part of it that the other amounts do not contain: all, or nothing.
        rounding: What is given back of the rounding of the payable; below zero where it waived.
        waived: What the kept units cost more than was paid for them and is not collected.
        shortfall: What is still short after this return; told, never collected.
        entries: Gifts, points and coupons to be undone.
        refused: Why the return is refused; then nothing is given back.
    """

    quote: Quote
    policy: ReversalPolicy
    history: tuple[tuple[tuple[str, int], ...], ...]
    refunded_before: Money
    refunded: Money
    lines: tuple[ReversedLine, ...]
    shipping: Money
    fees: tuple[tuple[str, Money], ...]
    taxes: tuple[TaxShare, ...]
    tax_on_top: Money
    rounding: Money
    waived: Money
    shortfall: Money
    entries: tuple[ReversedEntry, ...]
    refused: tuple[PartedSet, ...]

    def __repr__(self) -> str:
        told = f"refused by {len(self.refused)} sets" if self.refused else str(self.amount)
        return f"<Reversal by {self.policy}: {told}, {len(self.lines)} lines>"

    @property
    def returned(self) -> tuple[dict[str, int], ...]:
        """The returns so far, with this one: what the next one takes as ``returned_before``."""
        return tuple([dict(units) for units in self.history])

    @property
    def amount(self) -> Money:
        """What is given back now, in all; never below zero."""
        return self.refunded - self.refunded_before

    @property
    def remaining(self) -> Money:
        """What was paid and has not been given back."""
        return self.quote.payable - self.refunded

    @property
    def goods(self) -> Money:
        """What is given back for lines; tax that comes on top is apart."""
        minor = sum([line.goods_minor for line in self.lines])
        return Money(minor, self.quote.currency)

    @property
    def tax(self) -> Money:
        """All tax that is given back, contained in the other amounts or on top of them."""
        return Money(sum([share.minor for share in self.taxes]), self.quote.currency)

    # Gifts, points, coupons

    @property
    def gifts(self) -> tuple[GiftLine, ...]:
        """Gifts to be returned."""
        return tuple(
            GiftLine(each.promotion, each.what, each.quantity, each.value, checked=True)
            for each in self._entries(EntryKind.GIFT)
        )

    @property
    def points_given_back(self) -> int:
        """Points that paid for a part of the order, and go back to the shopper."""
        return sum(each.quantity for each in self._entries(EntryKind.POINTS_REDEEMED))

    @property
    def points_taken_back(self) -> int:
        """Points that the order brought, and are taken away again."""
        return sum(each.quantity for each in self._entries(EntryKind.POINTS_EARNED))

    @property
    def coupons_given_back(self) -> tuple[tuple[str, int], ...]:
        """Coupons that the order used up, and go back to the shopper: (kind, how many)."""
        return self._coupons(EntryKind.COUPON_USED)

    @property
    def coupons_taken_back(self) -> tuple[tuple[str, int], ...]:
        """Coupons that the order brought, and are taken away again: (kind, how many)."""
        return self._coupons(EntryKind.COUPON_GRANTED)

    def _entries(self, kind: EntryKind) -> list[ReversedEntry]:
        return [each for each in self.entries if each.kind is kind]

    def _coupons(self, kind: EntryKind) -> tuple[tuple[str, int], ...]:
        found: dict[str, int] = {}
        for each in self._entries(kind):
            found[each.what] = found.get(each.what, 0) + each.quantity
        return tuple(sorted(found.items()))
