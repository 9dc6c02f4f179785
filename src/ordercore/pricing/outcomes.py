"""What became of each promotion, as people and programs read it.

Every candidate has exactly one outcome; of anything else it is computed when asked. A
refusal is a value: it says by what, and how much is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

from attrs import field, frozen

from ordercore.money import Money
from ordercore.pricing.applied import (
    Applied,
    Claim,
    GiftLine,
    Outcome,
    ReadOutcome,
    ShortGift,
    gifts_of,
    given,
    short_gifts,
)
from ordercore.pricing.entered import lacking, withheld
from ordercore.pricing.misses import Miss, Needed
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.proposals import GiftGrant, total_of

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = [
    "OUTCOMES",
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
    "ShortGift",
    "UnknownCode",
    "UnknownCoupon",
    "gifts_of",
    "outcome_of",
]


_APPLIED: Final = Kind.APPLIED


class NotEligible(ReadOutcome):
    """Its schedule, trigger or condition does not hold; every miss is named."""

    __slots__ = ()

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


class Excluded(ReadOutcome):
    """Another promotion tolerates none beside it, or not this one, or used the last coupon."""

    __slots__ = ()

    kind: ClassVar[Kind] = Kind.EXCLUDED
    says: ClassVar[tuple[str, ...]] = ("by",)

    @property
    def by(self) -> tuple[str, ...]:
        """Ids of the promotions that prevail."""
        return tuple(self._quote.book.ids[rival] for rival in self._entry[4])


class Beaten(Excluded):
    """Others use the units that it would need, or were chosen because they give more."""

    __slots__ = ()

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


class NoEffect(ReadOutcome):
    """Its conditions hold, but there is nothing for it to reduce or give.

    Why is worked out when asked, where it can be told: ``miss`` or ``withheld_by``.
    """

    __slots__ = ()

    kind: ClassVar[Kind] = Kind.NO_EFFECT

    @property
    def miss(self) -> Miss | None:
        """What a benefit of it has too little of, such as points; None: nothing of that kind."""
        verdict = lacking(self._quote, self._entry)
        return None if verdict is None else Miss.of(verdict, self._quote.currency)

    @property
    def gap(self) -> Money | int | None:
        """How much of that is missing."""
        miss = self.miss
        return None if miss is None else miss.gap

    @property
    def withheld(self) -> Money:
        """How much it would take, did nothing cut it: see ``withheld_by``."""
        return Money(withheld(self._quote, self._entry)[0], self._quote.currency)

    @property
    def withheld_by(self) -> tuple[str, ...]:
        """What leaves nothing for it to take: as of `Applied.withheld_by`."""
        return withheld(self._quote, self._entry)[1]


class GiftOutOfStock(ReadOutcome):
    """Too few of its gifts are left, and it gives nothing else, or nothing without them."""

    __slots__ = ()

    kind: ClassVar[Kind] = Kind.GIFT_OUT_OF_STOCK
    says: ClassVar[tuple[str, ...]] = ("skus",)

    @property
    def skus(self) -> tuple[str, ...]:
        """What it would give; of a choice all that could be chosen."""
        grants = [grant for grant in self._entry[3][5] if isinstance(grant, GiftGrant)]
        return tuple(sku for grant in grants for sku in (grant.sku, *grant.others))

    @property
    def short_gifts(self) -> tuple[ShortGift, ...]:
        """Those of which too few are left, with how many were promised and are left."""
        return short_gifts(self._quote, self._entry)


class LimitReached(ReadOutcome):
    """It was used as often, or for as much money, as it may be."""

    __slots__ = ()

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
    code: str = field(kw_only=True)


@frozen
class UnknownCoupon(Outcome):
    """No promotion of the book is triggered by a coupon of this kind."""

    kind: ClassVar[Kind] = Kind.UNKNOWN_COUPON
    coupon: str = field(kw_only=True)


OUTCOMES: Mapping[Kind, type[ReadOutcome]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (
            Applied, NotEligible, Excluded, Beaten, NoEffect, LimitReached, GiftOutOfStock
        )
    }
)  # fmt: skip
"""As what an entry of a quote's account is read, by its kind."""


def outcome_of(quote: Quote, entry: Entry) -> Outcome:
    """Make the outcome that an entry of a quote's account stands for."""
    return OUTCOMES[entry[1]](quote, entry)
