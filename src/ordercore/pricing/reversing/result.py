"""The reversal: what is given back for a return, and of what it is made."""

from __future__ import annotations

from typing import NamedTuple

from attrs import frozen

from ordercore.cart import CartLine, Counts
from ordercore.money import Currency, Money
from ordercore.pricing.outcomes import GiftLine
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import Adjustment, TaxShare
from ordercore.pricing.reversing.entries import EntryKind
from ordercore.pricing.reversing.options import ReversalOptions, ReversalPolicy
from ordercore.pricing.reversing.together import PartedSet
from ordercore.pricing.settlement import Contribution

__all__ = ["BornePart", "LostDiscount", "Reversal", "ReversedEntry", "ReversedLine"]


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


class LostDiscount(NamedTuple):
    """What a promotion takes less off what is kept, now that it is priced anew."""

    promotion: str
    """Its id."""
    amount: Money
    """How much less than before this return; below zero where it takes more."""
    holds: bool
    """Whether it still takes anything off what is kept."""


BornePart = tuple[str, str, int, int]
"""(promotion id, bearer, minor units, minor units of gifts)."""


@frozen(repr=False, kw_only=True)
class Reversal:
    """What is given back for a return.

    The ``amount`` is the sum of ``goods``, ``shipping``, ``fees``, ``tax_on_top``, ``rounding``,
    ``withheld`` and ``waived``. `ReversalRecord` keeps it as a document; the next return takes
    it, or the record, as ``returned_before``.

    Attributes:
        quote: The price that is read backwards.
        options: By which policy, and by which other choices.
        returned_before: The returns before, each by line ids.
        returned_now: What comes back by this one.
        refunded_before: What the earlier returns gave back.
        refunded: The same with this one.
        lines: The lines of which units come back, and those whose price changes by it.
        shipping: What is given back of shipping.
        fees: What is given back of each other fee: (fee id, amount).
        taxes: What is given back of each tax rate, on lines, shipping and fees.
        tax_on_top: The part of it that the other amounts do not contain: all, or nothing.
        rounding: What is given back of the rounding of the payable; below zero where it waived.
        withheld: What is kept back, below zero or nothing: a deposit that is not refunded, and
            gifts that stay with the shopper.
        waived: What the kept units cost more than was paid for them and is not collected.
        shortfall: What is still short after this return; told, never collected.
        lost: Under ``reprice`` the promotions that take less, or more, off what is kept.
        entries: Gifts, points and coupons to be undone.
        borne: What each bearer gets back, in minor units: see ``contributions``.
        refused: Why the return is refused; then nothing is given back.
    """

    quote: Quote
    options: ReversalOptions
    returned_before: tuple[Counts, ...]
    returned_now: Counts
    refunded_before: Money
    refunded: Money
    lines: tuple[ReversedLine, ...]
    shipping: Money
    fees: tuple[tuple[str, Money], ...]
    taxes: tuple[TaxShare, ...]
    tax_on_top: Money
    rounding: Money
    withheld: Money
    waived: Money
    shortfall: Money
    lost: tuple[LostDiscount, ...]
    entries: tuple[ReversedEntry, ...]
    borne: tuple[BornePart, ...]
    refused: tuple[PartedSet, ...]

    def __repr__(self) -> str:
        told = f"refused by {len(self.refused)} sets" if self.refused else str(self.amount)
        return f"<Reversal by {self.policy}: {told}, {len(self.lines)} lines>"

    @property
    def policy(self) -> ReversalPolicy:
        """How the return is reckoned."""
        return self.options.policy

    @property
    def history(self) -> tuple[Counts, ...]:
        """The returns so far, this one among them unless it is refused."""
        return self.returned_before if self.refused else (*self.returned_before, self.returned_now)

    @property
    def returned(self) -> tuple[dict[str, int], ...]:
        """The ``history`` as plain dicts."""
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

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What each bearer gets back of what it gave, as `Quote.contributions` tells that.

        A promotion's discount comes back to its bearers as the units do on which it lay, that
        on shipping and fees with these; a gift's worth, as the gift is returned or paid for.
        When all is back, all of it is. Under ``reprice`` it is what the bearers give less now:
        what is kept may have cost them more by another promotion, and that is below zero.

        Raises:
            LimitExceeded: The gifts of a promotion are worth more than 10^15 minor units.
        """
        currency = self.quote.currency
        return tuple(
            Contribution(promotion, bearer, Money(minor, currency), Money(gifts, currency))
            for promotion, bearer, minor, gifts in self.borne
        )

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
