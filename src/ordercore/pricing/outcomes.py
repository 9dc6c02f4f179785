"""What became of each promotion, as people and programs read it.

Every candidate has exactly one outcome; of anything else it is computed when asked. A
refusal is a value: it says by what, and how much is missing.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from attrs import field, frozen

from ordercore.money import Currency, Money
from ordercore.pricing.resolve import Kind
from ordercore.promotions.conditions import Verdict

__all__ = [
    "Applied",
    "Beaten",
    "Claim",
    "Excluded",
    "GiftLine",
    "GiftOutOfStock",
    "Miss",
    "NoEffect",
    "NotEligible",
    "Outcome",
    "UnknownCode",
]


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
class Miss:
    """One condition that does not hold.

    Attributes:
        condition: The condition, schedule or trigger.
        required: What it asks: Money, a count, or names.
        actual: What is there.
        gap: How much is missing, where that can be counted.
    """

    condition: object
    required: object
    actual: object
    gap: Money | int | None

    @classmethod
    def of(cls, verdict: Verdict, currency: Currency) -> Miss:
        """Read a verdict of a single condition."""
        required, actual, gap = verdict.required, verdict.actual, verdict.gap
        if getattr(verdict.condition, "measure", "fact") == "amount":
            return cls(
                verdict.condition,
                Money(required, currency),
                Money(actual, currency),
                None if gap is None else Money(gap, currency),
            )
        return cls(verdict.condition, required, actual, gap)


@frozen
class Outcome:
    """What became of one promotion.

    Attributes:
        promotion: Its id; empty for a code that no promotion has.
    """

    kind: ClassVar[Kind]
    promotion: str

    @property
    def amount_minor(self) -> int:
        """What it gives in all, in minor units; 0 unless it applied."""
        return 0


@frozen
class Applied(Outcome):
    """It applies (perhaps with gifts alone).

    Attributes:
        currency: The currency of its amounts.
        goods_minor: What it takes off lines.
        shipping_minor: What it takes off the shipping fee.
        shares: (line id, minor units) of every line that it reduces.
        claims: The units it uses.
        gifts: What it gives on top.
        evidence: What its condition found; None if it has none.
    """

    kind: ClassVar[Kind] = Kind.APPLIED
    currency: Currency
    goods_minor: int
    shipping_minor: int
    shares: tuple[tuple[str, int], ...]
    claims: tuple[Claim, ...]
    gifts: tuple[GiftLine, ...]
    evidence: Verdict | None = None

    @property
    def amount_minor(self) -> int:
        """What it takes off lines and shipping, in minor units."""
        return self.goods_minor + self.shipping_minor

    @property
    def goods(self) -> Money:
        """What it takes off lines."""
        return Money(self.goods_minor, self.currency)

    @property
    def shipping(self) -> Money:
        """What it takes off the shipping fee."""
        return Money(self.shipping_minor, self.currency)


@frozen
class NotEligible(Outcome):
    """Its schedule, trigger or condition does not hold; every miss is named."""

    kind: ClassVar[Kind] = Kind.NOT_ELIGIBLE
    misses: tuple[Miss, ...]

    @property
    def gap(self) -> Money | int | None:
        """What is missing for the first condition that does not hold, if it can be counted."""
        return self.misses[0].gap if self.misses else None


@frozen
class Beaten(Outcome):
    """Others use the units that it would need.

    Attributes:
        by: Ids of the promotions that use them.
        difference: By how much what they give exceeds what it would have given.
    """

    kind: ClassVar[Kind] = Kind.BEATEN
    by: tuple[str, ...]
    difference: Money


@frozen
class Excluded(Outcome):
    """Another promotion tolerates none beside it, or not this one."""

    kind: ClassVar[Kind] = Kind.EXCLUDED
    by: tuple[str, ...]


@frozen
class NoEffect(Outcome):
    """Its conditions hold, but there is nothing for it to reduce or give."""

    kind: ClassVar[Kind] = Kind.NO_EFFECT


@frozen
class GiftOutOfStock(Outcome):
    """All it would give are gifts, and too few of them are left."""

    kind: ClassVar[Kind] = Kind.GIFT_OUT_OF_STOCK
    skus: tuple[str, ...]


@frozen
class UnknownCode(Outcome):
    """No promotion of the book has this code."""

    kind: ClassVar[Kind] = Kind.UNKNOWN_CODE
    promotion: str = field(default="", init=False)
    code: str = field(kw_only=True)
