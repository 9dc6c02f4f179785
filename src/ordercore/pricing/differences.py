"""What makes one price differ from another: two quotes, or a quote and what another engine says.

Data first: every amount of which the payable is the sum, compared one by one. So the parts of
a difference add up to the difference of the payables, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import field, frozen

from ordercore.errors import CurrencyMismatch, InvalidType
from ordercore.money import Money
from ordercore.pricing.outside import OutsideQuote
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.account import Kind

__all__ = [
    "Change",
    "CodeChange",
    "CountChange",
    "Difference",
    "OutsideQuote",
    "Part",
    "PromotionChange",
    "diff",
]


class Part(StrEnum):
    """Of what a payable is the sum."""

    LINE = "line"
    SHIPPING = "shipping"
    FEE = "fee"
    TAX = "tax"
    """Tax that comes on top."""
    ROUNDING = "rounding"
    """What the rounding of the payable adds."""
    OTHER = "other"
    """What is left of a payable where not all of its parts are told, or they do not add up."""
    TAX_INCLUDED = "tax_included"
    """Tax that prices contain; it is no part of the sum."""
    DEPOSIT = "deposit"
    """What of the payable is due now; it is no part of the sum."""


@frozen
class Change:
    """One part of the payable that is another on the other side.

    Attributes:
        part: What it is a part by.
        id: Of a line, fee or tax rate; else empty.
        before: What it comes to on the one side; None: there is no such thing.
        after: The same on the other side.
        title: What people call it.
    """

    part: Part
    id: str
    before: Money | None
    after: Money | None
    title: str = field(default="", eq=False)

    @property
    def amount(self) -> Money:
        """What it adds to the difference of the payables."""
        come = [] if self.after is None else [self.after]
        gone = [] if self.before is None else [-self.before]
        first, *others = come + gone  # one of both is there
        return first + others[0] if others else first


@frozen
class PromotionChange:
    """A promotion of which something else became on the other side.

    Attributes:
        promotion: Its id.
        before: What became of it; None: it was no candidate, or is not known there.
        after: The same on the other side.
        amount_before: What it took off lines, shipping and fees.
        amount_after: The same on the other side.
    """

    promotion: str
    before: Kind | None
    after: Kind | None
    amount_before: Money
    amount_after: Money


@frozen
class CodeChange:
    """A code that was answered otherwise.

    Attributes:
        code: The code.
        before: What became of it; None: it was not typed.
        after: The same on the other side.
    """

    code: str
    before: Kind | None
    after: Kind | None


@frozen
class CountChange:
    """What an order brings besides its price: gifts by sku, points, coupons by kind.

    Attributes:
        what: ``gift``, ``points`` or ``coupon``.
        id: The sku or kind; empty for points.
        before: How many.
        after: How many on the other side.
    """

    what: str
    id: str
    before: int
    after: int


Side = Quote | OutsideQuote
"""What can be compared."""


@frozen(kw_only=True)
class Difference:
    """What makes the price on one side another than that on the other side.

    Attributes:
        before: What is to be paid on the one side.
        after: What is to be paid on the other side.
        changes: The parts of the payable that differ, by kind and id; their amounts add up to
            ``amount``.
        promotions: What else became of promotions. Beside an `OutsideQuote` only those that
            applied are compared.
        codes: What else became of the codes typed.
        counts: What else comes with the order: gifts, points, coupons.
        tax_included: The tax that prices contain, where that differs; no part of the sum.
        deposit: What is due now, where that differs; no part of the sum.
        sides: What was compared.

    ``str(...)`` is the difference in English: see `told`.
    """

    before: Money
    after: Money
    changes: tuple[Change, ...] = ()
    promotions: tuple[PromotionChange, ...] = ()
    codes: tuple[CodeChange, ...] = ()
    counts: tuple[CountChange, ...] = ()
    tax_included: Change | None = None
    deposit: Change | None = None
    sides: tuple[Side, Side] = field(eq=False, repr=False)

    @property
    def amount(self) -> Money:
        """How much more is to be paid on the other side; below zero: less."""
        return self.after - self.before

    @property
    def is_empty(self) -> bool:
        """Whether there is no difference at all."""
        return not (
            self.changes
            or self.promotions
            or self.codes
            or self.counts
            or self.tax_included
            or self.deposit
        )

    @property
    def lines(self) -> tuple[Change, ...]:
        """The lines that differ, or are on one side only."""
        return self.of(Part.LINE)

    def of(self, part: Part) -> tuple[Change, ...]:
        """List what differs of one kind of part."""
        return tuple(change for change in self.changes if change.part is part)

    def told(self, locale: str = "en", *, zone: str | None = None) -> str:
        """Put it into words, one line for each thing that differs.

        Args:
            locale: Such as ``zh_CN`` or ``en``.
            zone: The time zone in which instants are told; None: each by its own offset.

        Raises:
            InvalidValue: There are no words in that language, or no such zone.
        """
        from ordercore.pricing.explaining.comparing import compared  # noqa: PLC0415 - for readers
        from ordercore.wording import Words  # noqa: PLC0415

        return compared(self, Words(locale), zone)

    def __str__(self) -> str:
        return self.told()


def diff(one: Side, other: Side) -> Difference:
    """Tell what makes a price another than a price: of two quotes, or of a quote and others'.

    The quotes may be of any carts, books, contexts and tariffs in one currency: what-if is
    another price, and this is what it changes.

    Args:
        one: A `Quote`, or an `OutsideQuote`: what another engine says.
        other: Likewise; amounts are told as what it has more.

    Raises:
        CurrencyMismatch: They are not in one currency.
        InvalidType: Something else was given.

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, price, recipes
    >>> cart = Cart.of("CNY", [("shirt", "129.00", 2), ("scarf", "45.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> quote = price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> old = OutsideQuote("CNY", "253.01", lines={"1": "215.35", "2": "37.66"})
    >>> [(change.id, str(change.amount)) for change in diff(quote, old).changes]
    [('1', 'CNY -0.08'), ('2', 'CNY 0.09')]
    """
    for given in (one, other):
        if not isinstance(given, Quote | OutsideQuote):
            raise InvalidType("a Quote or an OutsideQuote", given)
    if one.currency != other.currency:
        raise CurrencyMismatch(f"a price in {one.currency}", str(other.currency))
    return Difference(
        before=one.payable,
        after=other.payable,
        changes=(*_part_changes(one, other),),
        promotions=_promotion_changes(one, other),
        codes=_code_changes(one, other),
        counts=_count_changes(one, other),
        tax_included=_beside(Part.TAX_INCLUDED, one, other),
        deposit=_beside(Part.DEPOSIT, one, other),
        sides=(one, other),
    )


# Amounts


_Parts = dict[Part, dict[str, Money]]
"""Kind of part → id → amount; a kind that a side does not tell is not there."""


def _part_changes(one: Side, other: Side) -> Iterator[Change]:
    """List the parts that differ; what both sides do not tell alike is what is left."""
    mine, theirs = _parts(one), _parts(other)
    shared = [part for part in Part if part in mine and part in theirs]
    titles = {**_titles(other), **_titles(one)}
    for part in shared:
        yield from _changes(part, mine[part], theirs[part], titles)
    before, after = _left(one, mine, shared), _left(other, theirs, shared)
    if before != after:
        yield Change(Part.OTHER, "", before, after)


def _changes(
    part: Part,
    mine: Mapping[str, Money],
    theirs: Mapping[str, Money],
    titles: Mapping[tuple[Part, str], str],
) -> Iterator[Change]:
    for each in sorted(mine.keys() | theirs.keys()):
        before, after = mine.get(each), theirs.get(each)
        if before != after:
            yield Change(part, each, before, after, titles.get((part, each), each))


def _left(side: Side, parts: _Parts, shared: Iterable[Part]) -> Money:
    """Tell what of a payable is not among the parts that both sides tell."""
    told = [amount for part in shared for amount in parts[part].values()]
    return side.payable - Money.sum(told, side.currency)


def _parts(side: Side) -> _Parts:
    """Take a payable apart, in the order of its parts."""
    if isinstance(side, OutsideQuote):
        return _outside_parts(side)
    cart, currency = side.cart, side.currency
    payables = zip(cart.lines, side.columns.lines, strict=True)
    return {
        Part.LINE: {line.id: Money(minor, currency) for line, minor in payables},
        Part.SHIPPING: {"": side.shipping},
        Part.FEE: dict(side.fees),
        Part.TAX: {"": Money(side.tax_on_top_minor, currency)},
        Part.ROUNDING: {"": side.rounding},
    }


def _outside_parts(side: OutsideQuote) -> _Parts:
    tables = {Part.LINE: side.lines, Part.FEE: side.fees}
    amounts = {Part.SHIPPING: side.shipping, Part.TAX: side.tax, Part.ROUNDING: side.rounding}
    told = {part: dict(pairs) for part, pairs in tables.items() if pairs is not None}
    told |= {part: {"": amount} for part, amount in amounts.items() if amount is not None}
    return told


def _titles(side: Side) -> dict[tuple[Part, str], str]:
    """Tell what people call lines and fees."""
    if isinstance(side, OutsideQuote):
        return {}
    lines = {(Part.LINE, line.id): line.product.title for line in side.cart.lines}
    return {**lines, **{(Part.FEE, fee.id): fee.title for fee in side.cart.fees}}


def _beside(part: Part, one: Side, other: Side) -> Change | None:
    """Compare an amount that is no part of the sum; other engines do not tell it."""
    if isinstance(one, OutsideQuote) or isinstance(other, OutsideQuote):
        return None
    before, after = _besides(one)[part], _besides(other)[part]
    return None if before == after else Change(part, "", before, after)


def _besides(quote: Quote) -> dict[Part, Money]:
    contained = quote.tax - Money(quote.tax_on_top_minor, quote.currency)
    return {Part.TAX_INCLUDED: contained, Part.DEPOSIT: quote.deposit}


# What is no amount


_Became = dict[str, tuple[Kind, Money]]
"""Promotion id → what became of it, and what it took off."""


def _promotion_changes(one: Side, other: Side) -> tuple[PromotionChange, ...]:
    mine, theirs = _became(one), _became(other)
    if mine is None or theirs is None:
        return ()
    if isinstance(one, OutsideQuote) or isinstance(other, OutsideQuote):
        mine, theirs = _only_applied(mine), _only_applied(theirs)
    none = (None, Money.zero(one.currency))
    return tuple(
        PromotionChange(each, before[0], after[0], before[1], after[1])
        for each in sorted(mine.keys() | theirs.keys())
        if (before := mine.get(each, none)) != (after := theirs.get(each, none))
    )


def _became(side: Side) -> _Became | None:
    if isinstance(side, OutsideQuote):
        pairs = side.promotions
        return None if pairs is None else {each: (Kind.APPLIED, off) for each, off in pairs}
    outcomes = side.columns.outcomes
    return {each: (kind, Money(off, side.currency)) for each, kind, off in outcomes}


def _only_applied(became: _Became) -> _Became:
    return {each: told for each, told in became.items() if told[0] is Kind.APPLIED}


def _code_changes(one: Side, other: Side) -> tuple[CodeChange, ...]:
    if isinstance(one, OutsideQuote) or isinstance(other, OutsideQuote):
        return ()
    mine, theirs = _answers(one), _answers(other)
    return tuple(
        CodeChange(code, mine.get(code), theirs.get(code))
        for code in sorted(mine.keys() | theirs.keys())
        if mine.get(code) is not theirs.get(code)
    )


def _answers(quote: Quote) -> dict[str, Kind]:
    return {code: quote.outcome(code=code).kind for code in quote.context.codes}


def _count_changes(one: Side, other: Side) -> tuple[CountChange, ...]:
    if isinstance(one, OutsideQuote) or isinstance(other, OutsideQuote):
        return ()
    mine, theirs = _counts(one), _counts(other)
    return tuple(
        CountChange(*each, mine.get(each, 0), theirs.get(each, 0))
        for each in sorted(mine.keys() | theirs.keys())
        if mine.get(each, 0) != theirs.get(each, 0)
    )


def _counts(quote: Quote) -> dict[tuple[str, str], int]:
    """Count what comes with an order besides its price."""
    counts = {("coupon", kind): units for kind, units in quote.coupons_granted}
    counts["points", ""] = quote.points_earned
    for gift in quote.gifts:
        counts["gift", gift.sku] = counts.get(("gift", gift.sku), 0) + gift.quantity
    return counts
