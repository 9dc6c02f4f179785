"""A reversal as a document: what came back, what was given back for it, and by which choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import field, fields, frozen

from ordercore.cart import MAX_LINES, Counts
from ordercore.cart.counts import are_counts, counts_if_valid
from ordercore.data import document
from ordercore.data.checks import each, identifier, instance, integer, member, optional, tuple_of
from ordercore.data.registry import instead
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotReproducible,
)
from ordercore.money import Money
from ordercore.pricing.quote import Quote
from ordercore.pricing.recorded import MOST, RecordedAmount, RecordedContribution, amounts
from ordercore.pricing.reversing.entries import EntryKind
from ordercore.pricing.reversing.options import ReversalOptions
from ordercore.pricing.reversing.reckoning import reckoned
from ordercore.pricing.reversing.result import Reversal, ReversedEntry, ReversedLine
from ordercore.pricing.reversing.returns import MAX_RETURNS, read_returns
from ordercore.pricing.reversing.together import PartedSet

__all__ = ["RecordedEntry", "RecordedPartedSet", "RecordedReturn", "ReversalRecord"]

_money = instance(Money)
_units = integer(least=0, most=10**18)
_line_ids = each(identifier, most=MAX_LINES)


@frozen
class RecordedReturn:
    """What is given back for some units of a line.

    Args:
        id: The id of the line in the cart.
        start: The first unit that comes back, from 0.
        stop: One after the last; equal to ``start`` where the line is kept and its price
            changes.
        base: What the units cost before promotions.
        goods: What is given back for them; tax that comes on top is apart.
        shares: What each promotion took off them.
        taxes: What is given back of each tax rate, where anything.
    """

    id: str = field(validator=identifier)
    start: int = field(validator=_units)
    stop: int = field(validator=_units)
    base: Money = field(validator=_money)
    goods: Money = field(validator=_money)
    shares: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)
    taxes: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)


@frozen
class RecordedEntry:
    """A gift, points or a coupon to be undone.

    Args:
        kind: What it is, and whether it is given back or taken back.
        promotion: The id of the promotion by which it came.
        quantity: How many.
        what: The sku of a gift, or the kind of a coupon; None for points.
        value: What one unit of a gift is worth; None: nothing, or that is not told.
    """

    kind: EntryKind = field(validator=member(EntryKind))
    promotion: str = field(validator=identifier)
    quantity: int = field(validator=_units)
    what: str | None = field(default=None, validator=optional(identifier))
    value: Money | None = field(default=None, validator=optional(_money))


@frozen
class RecordedPartedSet:
    """Why a return is refused: it would leave a part of what a promotion sold together.

    Args:
        promotion: Its id.
        lines: Ids of the lines that the units are of.
        units: How many units it sold together.
        units_back: How many of them would be back.
        sets: How many equal sets they are.
    """

    promotion: str = field(validator=identifier)
    lines: tuple[str, ...] = field(validator=_line_ids)
    units: int = field(validator=_units)
    units_back: int = field(validator=_units)
    sets: int = field(validator=_units)


def _returns(
    returns: Iterable[Mapping[str, int] | Iterable[tuple[str, int]]],
) -> tuple[Counts, ...]:
    given = tuple_of(returns)
    if not isinstance(given, tuple):
        return given
    return tuple([counts_if_valid(units) for units in given])


@document("reversal")
@frozen(kw_only=True)
class ReversalRecord:
    """What came back, and what was given back for it; `reverse` takes it as ``returned_before``.

    Args:
        options: By which policy and other choices.
        returned_before: The returns before, each by line ids.
        returned_now: What comes back by this one.
        amount: What is given back now, in all.
        refunded: What has been given back so far.
        remaining: What was paid and has not been given back.
        lines: The lines of which units come back, and those whose price changes by it.
        shipping: What is given back of shipping.
        fees: What is given back of each other fee.
        tax: All tax that is given back, contained in the other amounts or on top of them.
        taxes: The same by tax rate.
        tax_on_top: The part of it that the other amounts do not contain: all, or nothing.
        rounding: What is given back of the rounding of the payable.
        withheld: What is kept back: a deposit, and gifts that stay.
        waived: What the kept units cost more than was paid for them and is not collected.
        shortfall: What is still short after this return.
        lost: What promotions take less off what is kept, priced anew; below zero where it is
            more.
        entries: Gifts, points and coupons to be undone.
        contributions: What each bearer gets back of what it gave.
        refused: Why the return is refused; then nothing is given back.

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, dump, load, price, recipes, reverse
    >>> cart = Cart.of("CNY", [("A", "200.00", 1), ("B", "100.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> quote = price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> stored = dump(ReversalRecord.of(reverse(quote, {}, {"2": 1})))
    >>> stored["amount"], stored["returned_now"]
    ('CNY 83.33', {'2': 1})
    >>> str(reverse(quote, load(ReversalRecord, stored), {"1": 1}).amount)
    'CNY 166.67'
    """

    options: ReversalOptions = field(factory=ReversalOptions, validator=instance(ReversalOptions))
    returned_before: tuple[Counts, ...] = field(
        default=(), converter=_returns, validator=each(are_counts, most=MAX_RETURNS)
    )
    returned_now: Counts = field(converter=counts_if_valid, validator=are_counts)
    amount: Money = field(validator=_money)
    refunded: Money = field(validator=_money)
    remaining: Money = field(validator=_money)
    lines: tuple[RecordedReturn, ...] = field(
        default=(), validator=each(instance(RecordedReturn), most=MAX_LINES)
    )
    shipping: Money = field(validator=_money)
    fees: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)
    tax: Money = field(validator=_money)
    taxes: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)
    tax_on_top: Money = field(validator=_money)
    rounding: Money = field(validator=_money)
    withheld: Money = field(validator=_money)
    waived: Money = field(validator=_money)
    shortfall: Money = field(validator=_money)
    lost: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)
    entries: tuple[RecordedEntry, ...] = field(
        default=(), validator=each(instance(RecordedEntry), most=MOST)
    )
    contributions: tuple[RecordedContribution, ...] = field(
        default=(), validator=each(instance(RecordedContribution), most=100 * MOST)
    )
    refused: tuple[RecordedPartedSet, ...] = field(
        default=(), validator=each(instance(RecordedPartedSet), most=MOST)
    )

    @classmethod
    def of(cls, reversal: Reversal) -> ReversalRecord:
        """Record a reversal.

        Raises:
            LimitExceeded: The gifts of a promotion are worth more than 10^15 minor units.
        """
        alike = {name: getattr(reversal, name) for name in _ALIKE}
        return cls(
            **alike,
            lines=tuple(map(_recorded_line, reversal.lines)),
            fees=tuple(RecordedAmount(*fee) for fee in reversal.fees),
            taxes=tuple(RecordedAmount(each.rate, each.amount) for each in reversal.taxes),
            lost=tuple(RecordedAmount(each.promotion, each.amount) for each in reversal.lost),
            entries=tuple(map(_recorded_entry, reversal.entries)),
            contributions=tuple(RecordedContribution(*each) for each in reversal.contributions),
            refused=tuple(map(_recorded_set, reversal.refused)),
        )

    @property
    def history(self) -> tuple[Counts, ...]:
        """The returns so far, this one among them unless it is refused."""
        now = () if self.refused else (self.returned_now,)
        return (*self.returned_before, *now)

    def reversal(self, quote: Quote) -> Reversal:
        """Reckon the return again, and give the reversal if it comes out as recorded.

        Args:
            quote: The price of record, such as its own `QuoteRecord` gives.

        Raises:
            InvalidType: Not a quote.
            InvalidDocument: What came back does not fit the quote.
            NotReproducible: It comes out otherwise; the faults say where.
        """
        if not isinstance(quote, Quote):
            raise InvalidType("a Quote", quote, path=("quote",))
        faults: list[InvalidInput] = list(self.options.faults(quote))
        returns = read_returns(quote.cart, self.returned_before, self.returned_now, faults)
        if faults:
            raise InvalidDocument(faults)
        again = reckoned(quote, returns, self.options)
        now = ReversalRecord.of(again)
        names = [each.name for each in fields(ReversalRecord)]
        others = [name for name in names if getattr(self, name) != getattr(now, name)]
        if others:
            raise NotReproducible([_differs(name, self, now) for name in others])
        return again


instead(Reversal, "a Reversal is stored as its ReversalRecord: dump(ReversalRecord.of(reversal))")

_ALIKE: Final = (
    "options", "returned_before", "returned_now", "amount", "refunded", "remaining", "shipping",
    "tax", "tax_on_top", "rounding", "withheld", "waived", "shortfall",
)  # fmt: skip


def _differs(name: str, recorded: ReversalRecord, now: ReversalRecord) -> InvalidValue:
    return InvalidValue(
        f"{_told(getattr(recorded, name))}, as recorded",
        _told(getattr(now, name)),
        path=(name,),
        reason="not_reproducible",
    )


def _told(value: object) -> str:
    return str(value) if isinstance(value, Money) else repr(value)


def _recorded_line(line: ReversedLine) -> RecordedReturn:
    return RecordedReturn(
        line.line.id,
        line.start,
        line.stop,
        line.base,
        line.goods,
        tuple([RecordedAmount(share.promotion, share.amount) for share in line.adjustments]),
        tuple([RecordedAmount(share.rate, share.amount) for share in line.taxes]),
    )


def _recorded_entry(entry: ReversedEntry) -> RecordedEntry:
    value = None if entry.value.is_zero else entry.value
    return RecordedEntry(entry.kind, entry.promotion, entry.quantity, entry.what or None, value)


def _recorded_set(parted: PartedSet) -> RecordedPartedSet:
    return RecordedPartedSet(*parted)
