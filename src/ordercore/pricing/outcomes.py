"""What became of each promotion, as people and programs read it.

Every candidate has exactly one outcome; of anything else it is computed when asked. A
refusal is a value: it says by what, and how much is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from attrs import field, frozen

from ordercore.money import Money
from ordercore.pricing.misses import Miss, Needed
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.shares import row_lines, shares
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.promotion import Exclusive
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
    "Beaten",
    "Claim",
    "Excluded",
    "GiftLine",
    "GiftOutOfStock",
    "LimitReached",
    "Miss",
    "Needed",
    "NoEffect",
    "NotEligible",
    "Outcome",
    "UnknownCode",
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


class Claim(NamedTuple):
    """Units that a promotion uses, as reward or as qualifier."""

    lines: tuple[str, ...]
    """Ids of the lines that form the row; their units are interchangeable."""
    units: int


@frozen
class Outcome:
    """What became of one promotion: the base of the kinds below.

    Attributes:
        kind: What became of it, as a code.
        promotion: Its id; empty for a code that no promotion has.
    """

    kind: ClassVar[Kind]
    promotion: str

    @property
    def amount_minor(self) -> int:
        """What it gives in all, in minor units; 0 unless it applied."""
        return 0


@frozen(eq=False, repr=False, slots=False)
class _Read(Outcome):
    """An outcome that is read off a quote's account when asked, and equal by what it says."""

    says: ClassVar[tuple[str, ...]] = ()
    _quote: Quote
    _entry: Entry

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


@frozen(eq=False, repr=False, slots=False)
class Applied(_Read):
    """It applies (perhaps with gifts alone)."""

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
        return tuple(grant.sku for grant in grants if grant.quantity < grant.promised)

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


@frozen(eq=False, repr=False, slots=False)
class NotEligible(_Read):
    """Its schedule, trigger or condition does not hold; every miss is named."""

    kind: ClassVar[Kind] = Kind.NOT_ELIGIBLE
    says: ClassVar[tuple[str, ...]] = ("miss",)

    @property
    def miss(self) -> Miss:
        """What stands in the way, as it is composed: whether all of it must go or any."""
        return Miss.of(self._entry[2] or Verdict(False, None), self._quote.currency)

    @property
    def misses(self) -> tuple[Miss, ...]:
        """Every single condition that stands in the way; ``miss`` says how they compose."""
        return self.miss.singles

    @property
    def gap(self) -> Money | int | None:
        """By how much what its condition counts falls short; None if that cannot be told.

        Of several ways it is the nearest. What to buy is another matter, and for `opportunities`
        to say: of what is added, discounts before it may leave less to count.
        """
        return self.miss.gap


@frozen(eq=False, repr=False, slots=False)
class Excluded(_Read):
    """Another promotion tolerates none beside it, or not this one, or used the last coupon."""

    kind: ClassVar[Kind] = Kind.EXCLUDED
    says: ClassVar[tuple[str, ...]] = ("by",)

    @property
    def by(self) -> tuple[str, ...]:
        """Ids of the promotions that prevail."""
        return tuple(self._quote.book.ids[rival] for rival in self._entry[4])


@frozen(eq=False, repr=False, slots=False)
class Beaten(Excluded):
    """Others use the units that it would need, or were chosen because they give more."""

    kind: ClassVar[Kind] = Kind.BEATEN
    says: ClassVar[tuple[str, ...]] = ("by", "difference")

    @property
    def on_units(self) -> bool:
        """Whether others of its layer use units of the goods that it would reduce."""
        plans, wanted = self._quote.book.plans, set(self._entry[3][1])
        return any(
            plans[seq].layer == plans[self._entry[0]].layer and not wanted.isdisjoint(taken[1])
            for seq, kind, _, taken, _ in self._quote.account
            if kind is _APPLIED and seq in self._entry[4]
        )

    @property
    def in_its_place(self) -> bool:
        """Whether those who prevail stand just where it would.

        All of them are of its layer, and use its units or are one promotion chosen instead; or
        it would have stood alone in the whole book.
        """
        plans, own = self._quote.book.plans, self._quote.book.plans[self._entry[0]]
        if own.promotion.exclusive is Exclusive.BOOK:
            return True
        rivals = self._entry[4]
        beside = [seq for seq in rivals if plans[seq].layer == own.layer]
        return beside == [*rivals] and (len(rivals) == 1 or self.on_units)

    @property
    def difference(self) -> Money:
        """By how much what they give exceeds what it would have given alone.

        That is the sum of theirs less its own, and what the choice saves only where they stand
        in its place: see ``in_its_place``. Of those in later layers a part may remain beside it.
        """
        rivals = self._entry[4]
        theirs = sum(given(entry) for entry in self._quote.account if entry[0] in rivals)
        return Money(theirs - total_of(self._entry[3]), self._quote.currency)


@frozen(eq=False, repr=False, slots=False)
class NoEffect(_Read):
    """Its conditions hold, but there is nothing for it to reduce or give."""

    kind: ClassVar[Kind] = Kind.NO_EFFECT


@frozen(eq=False, repr=False, slots=False)
class GiftOutOfStock(_Read):
    """Too few of its gifts are left, and it gives nothing else, or nothing without them."""

    kind: ClassVar[Kind] = Kind.GIFT_OUT_OF_STOCK
    says: ClassVar[tuple[str, ...]] = ("skus",)

    @property
    def skus(self) -> tuple[str, ...]:
        """What it would give."""
        return tuple(grant.sku for grant in self._entry[3][5] if isinstance(grant, GiftGrant))


@frozen(eq=False, repr=False, slots=False)
class LimitReached(_Read):
    """It was used as often, or for as much money, as it may be."""

    kind: ClassVar[Kind] = Kind.LIMIT_REACHED
    says: ClassVar[tuple[str, ...]] = ("limit", "allowed", "used")

    @property
    def limit(self) -> str:
        """Which limit: ``uses``, ``uses_per_customer`` or ``budget``."""
        return str(self._found.condition)

    @property
    def allowed(self) -> int | Money:
        """How many uses, or how much money, it has in all."""
        return self._measured(self._found.required)

    @property
    def used(self) -> int | Money:
        """How much of that was used before."""
        return self._measured(self._found.actual)

    @property
    def _found(self) -> Verdict:
        return self._entry[2] or Verdict(False, "uses", 0, 0)

    def _measured(self, count: int) -> int | Money:
        return Money(count, self._quote.currency) if self.limit == "budget" else count


@frozen
class UnknownCode(Outcome):
    """No promotion of the book has this code."""

    kind: ClassVar[Kind] = Kind.UNKNOWN_CODE
    promotion: str = field(default="", init=False)
    code: str = field(kw_only=True)


_KINDS: Mapping[Kind, type[_Read]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (
            Applied, NotEligible, Excluded, Beaten, NoEffect, LimitReached, GiftOutOfStock
        )
    }
)  # fmt: skip


def outcome_of(quote: Quote, entry: Entry) -> Outcome:
    """Make the outcome that an entry of a quote's account stands for."""
    return _KINDS[entry[1]](quote.book.ids[entry[0]], quote, entry)


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
