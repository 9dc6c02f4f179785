"""What became of a promotion that applies, and what all outcomes have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from ordercore.money import Money
from ordercore.pricing.entered import withheld
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.shares import row_lines, shares
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.proposals import (
    CouponGranted,
    FeeCut,
    GiftGrant,
    PointsEarned,
    PointsRedeemed,
    total_of,
)

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = [
    "Applied",
    "Claim",
    "GiftLine",
    "Outcome",
    "ReadOutcome",
    "ShortGift",
    "gifts_of",
    "given",
    "short_gifts",
]


_APPLIED: Final = Kind.APPLIED


class GiftLine(NamedTuple):
    """Units given on top, free of charge."""

    promotion: str
    sku: str
    quantity: int
    value: Money
    """What one unit is worth."""
    checked: bool
    """Whether stock was looked at; if not, it was taken as unlimited."""


class ShortGift(NamedTuple):
    """A gift of which fewer are at hand than were promised."""

    sku: str
    promised: int
    given: int
    left: int
    """How many are at hand still, after all that the order is given."""


class Claim(NamedTuple):
    """Units that a promotion uses, as reward or as qualifier."""

    lines: tuple[str, ...]
    """Ids of the lines that form the row; their units are interchangeable."""
    units: int


class Outcome:
    """What became of one promotion: the base of the kinds below.

    Attributes:
        kind: What became of it, as a code.
    """

    __slots__ = ()

    kind: ClassVar[Kind]

    @property
    def promotion(self) -> str:
        """Its id; empty for a code or a kind of coupon that no promotion has."""
        return ""

    @property
    def amount_minor(self) -> int:
        """What it gives in all, in minor units; 0 unless it applied."""
        return 0


class ReadOutcome(Outcome):
    """An outcome that is read off a quote's account when asked, and equal by what it says."""

    __slots__ = ("_entry", "_quote")

    says: ClassVar[tuple[str, ...]] = ()

    def __init__(self, quote: Quote, entry: Entry) -> None:
        self._quote = quote
        self._entry = entry

    @property
    def promotion(self) -> str:
        """Its id."""
        return self._quote.book.ids[self._entry[0]]

    def _value(self) -> tuple[object, ...]:
        return self.promotion, *[getattr(self, name) for name in self.says]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._value() == other._value()

    def __hash__(self) -> int:
        return hash(self._value())

    def __repr__(self) -> str:
        told = zip(("promotion", *self.says), self._value(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in told)})"


class Applied(ReadOutcome):
    """It applies (perhaps with gifts alone)."""

    __slots__ = ()

    kind: ClassVar[Kind] = Kind.APPLIED
    says: ClassVar[tuple[str, ...]] = (
        "goods", "shipping", "fees", "shares", "claims", "gifts", "points_earned",
        "points_redeemed", "coupons", "unchecked",
    )  # fmt: skip

    @property
    def amount_minor(self) -> int:
        """What it takes off lines and shipping, in minor units."""
        taken = self._entry[3]
        return total_of(taken) if taken[5] else taken[0] + taken[4]

    @property
    def goods_minor(self) -> int:
        """What it takes off lines, in minor units."""
        return self._entry[3][0]

    @property
    def shipping_minor(self) -> int:
        """What it takes off the shipping fee, in minor units."""
        return self._entry[3][4]

    @property
    def goods(self) -> Money:
        """What it takes off lines."""
        return Money(self.goods_minor, self._quote.currency)

    @property
    def shipping(self) -> Money:
        """What it takes off the shipping fee."""
        return Money(self.shipping_minor, self._quote.currency)

    @property
    def fees(self) -> tuple[tuple[str, Money], ...]:
        """What it takes off each other fee: (fee id, amount)."""
        cart = self._quote.cart
        return tuple(
            (cart.fees[grant.fee].id, Money(grant.minor, cart.currency))
            for grant in self._entry[3][5]
            if isinstance(grant, FeeCut)
        )

    @property
    def points_earned(self) -> int:
        """Points that it credits."""
        return sum(g.points for g in self._entry[3][5] if isinstance(g, PointsEarned))

    @property
    def points_redeemed(self) -> int:
        """Points that it uses."""
        return sum(g.points for g in self._entry[3][5] if isinstance(g, PointsRedeemed))

    @property
    def coupons(self) -> tuple[tuple[str, int], ...]:
        """Coupons that it grants: (kind, how many)."""
        return tuple(
            (grant.coupon, grant.quantity)
            for grant in self._entry[3][5]
            if isinstance(grant, CouponGranted)
        )

    @property
    def shares(self) -> tuple[tuple[str, Money], ...]:
        """What it takes off each line that it reduces: (line id, amount)."""
        quote = self._quote
        lines, currency = quote.cart.lines, quote.currency
        return tuple(
            (lines[i].id, Money(share, currency))
            for owner, i, share in shares(quote.cart, quote.book.ids, quote.account)
            if owner == self.promotion
        )

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The units that it uses."""
        _, rows, _, units, _, _ = self._entry[3]
        cart = self._quote.cart
        return tuple(
            Claim(tuple(cart.lines[i].id for i in row_lines(cart, row)), used)
            for row, used in zip(rows, units, strict=True)
        )

    @property
    def gifts(self) -> tuple[GiftLine, ...]:
        """What it gives on top."""
        return gifts_of(self._quote, self._entry)

    @property
    def gifts_out_of_stock(self) -> tuple[str, ...]:
        """Gifts that it promises and of which too few are left to give them."""
        grants = [grant for grant in self._entry[3][5] if isinstance(grant, GiftGrant)]
        short = [grant for grant in grants if grant.quantity < grant.promised]
        return tuple(sku for grant in short for sku in (grant.sku, *grant.others))

    @property
    def short_gifts(self) -> tuple[ShortGift, ...]:
        """The same, with how many were promised, are given, and are left."""
        return short_gifts(self._quote, self._entry)

    @property
    def withheld(self) -> Money:
        """How much more it would take, did nothing cut it: see ``withheld_by``."""
        return Money(withheld(self._quote, self._entry)[0], self._quote.currency)

    @property
    def withheld_by(self) -> tuple[str, ...]:
        """What cuts it.

        ``cap``: the most that it may take off one order; ``budget``: what is left of its money;
        ``floor``: floor prices of goods; ``discount_cap``: what the book lets all promotions
        together take. The goods costing no more than so much cuts nothing.
        """
        return withheld(self._quote, self._entry)[1]

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What nobody told, so that it was taken as unlimited.

        ``usage``: how often it was used before, and for how much money; ``customer``: who is
        buying, though it is limited for each customer; ``gift_stock``: how many of its gifts
        are at hand; ``points``: the balance that points were redeemed from.
        """
        return unchecked(self._quote, self._entry)

    @property
    def evidence(self) -> Verdict | None:
        """What its condition found; None if it has none."""
        return self._entry[2]


def unchecked(quote: Quote, entry: Entry) -> tuple[str, ...]:
    """List what nobody told of all that an applied promotion depends on."""
    limits, shopper = quote.book.plans[entry[0]].promotion.limits, quote.context.shopper
    grants = entry[3][5]
    named = shopper is not None and shopper.id is not None
    found = {
        "usage": limits.over_orders and quote.context.usage is None,
        "customer": limits.uses_per_customer is not None and not named,
        "gift_stock": any([isinstance(each, GiftGrant) and not each.checked for each in grants]),
        "points": any([isinstance(each, PointsRedeemed) for each in grants])
        and (shopper is None or shopper.points is None),
    }
    return tuple(name for name, missing in found.items() if missing)


def given(entry: Entry) -> int:
    """Tell what an entry's promotion gives in all, in minor units; 0 unless it applied."""
    if entry[1] is not _APPLIED:
        return 0
    return total_of(entry[3])


def gifts_of(quote: Quote, entry: Entry) -> tuple[GiftLine, ...]:
    """List what an entry's promotion gives on top; nothing unless it applied."""
    if entry[1] is not _APPLIED:
        return ()
    promotion, currency = quote.book.ids[entry[0]], quote.currency
    return tuple(
        GiftLine(promotion, gift.sku, gift.quantity, Money(gift.value, currency), gift.checked)
        for gift in entry[3][5]
        if isinstance(gift, GiftGrant) and gift.quantity
    )


def short_gifts(quote: Quote, entry: Entry) -> tuple[ShortGift, ...]:
    """List the gifts of which an entry's promotion gives fewer than it promises.

    Of a choice of which nothing can be given that is every option.
    """
    stock = quote.context.gift_stock
    found: list[ShortGift] = []
    for grant in entry[3][5]:
        if isinstance(grant, GiftGrant) and grant.quantity < grant.promised:
            for sku in (grant.sku, *grant.others):
                there = 0 if stock is None else stock.get(sku, 0)
                left = max(0, there - _given_of(quote, sku))
                found.append(ShortGift(sku, grant.promised, grant.quantity, left))
    return tuple(found)


def _given_of(quote: Quote, sku: str) -> int:
    """Count the units of a gift that the order is given."""
    grants = [grant for entry in quote.account if entry[1] is _APPLIED for grant in entry[3][5]]
    return sum([g.quantity for g in grants if isinstance(g, GiftGrant) and g.sku == sku])
