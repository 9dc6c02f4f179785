"""What a return gives back: the only refund arithmetic, a quote read backwards.

It knows a quote and counts of units, and no order. What has been given back in all once some
units are back is a *standing*; a reversal is the difference of two of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import fields

from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, InvalidValue
from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.entries import EntryKind
from ordercore.pricing.reversing.options import (
    ChargeRefund,
    PointsRefund,
    ReversalOptions,
    ReversalPolicy,
    read_options,
)
from ordercore.pricing.reversing.reckoning import reckoned
from ordercore.pricing.reversing.record import (
    RecordedEntry,
    RecordedPartedSet,
    RecordedReturn,
    ReversalRecord,
)
from ordercore.pricing.reversing.result import (
    LostDiscount,
    Reversal,
    ReversedEntry,
    ReversedLine,
)
from ordercore.pricing.reversing.returns import Returned, read_returns
from ordercore.pricing.reversing.together import PartedSet

__all__ = [
    "ChargeRefund",
    "EntryKind",
    "LostDiscount",
    "PartedSet",
    "PointsRefund",
    "RecordedEntry",
    "RecordedPartedSet",
    "RecordedReturn",
    "Reversal",
    "ReversalOptions",
    "ReversalPolicy",
    "ReversalRecord",
    "ReversedEntry",
    "ReversedLine",
    "reverse",
]


def reverse(  # noqa: PLR0913 - the choices have names, and each has a default
    quote: Quote,
    returned_before: Reversal | ReversalRecord | Returned | Sequence[Returned],
    returned_now: Returned,
    policy: ReversalPolicy | str = ReversalPolicy.KEEP_SHARES,
    *,
    shipping: ChargeRefund | str = ChargeRefund.WITH_LAST,
    fees: ChargeRefund | str = ChargeRefund.WITH_LAST,
    coupons: ChargeRefund | str = ChargeRefund.WITH_LAST,
    points: PointsRefund | str = PointsRefund.WITH_UNITS,
    deposit: ChargeRefund | str = ChargeRefund.WITH_LAST,
    gifts_kept: str | Iterable[str] = (),
    together: str | Iterable[str] | None = None,
) -> Reversal:
    """Tell what is given back for a return.

    A return takes the next units of each line. Nothing is changed or kept: whoever keeps the
    order says what came back before, and uses one policy, and one set of choices, for all
    returns of an order.

    Args:
        quote: The price of record; it is taken to be paid.
        returned_before: What came back before. Easiest is the reversal of the last return, or
            its record; it is then checked that the choices are the same. Else one mapping of
            line ids to units, or one for each earlier return, in their order; ``{}`` if nothing
            did. Only ``reprice`` and ``gifts_kept`` need to know them one by one; to them a
            single mapping is a single return.
        returned_now: What comes back now: line id → how many units.
        policy: How it is reckoned: ``keep_shares``, ``reprice`` or ``forbid_partial``.
        shipping: Whether shipping is refunded ``with_last`` return, or ``never``.
        fees: The same of the other fees.
        coupons: The same of coupons that the order used.
        points: Whether points that paid are given back ``with_units`` or ``never``.
        deposit: Whether a deposit is refunded ``with_last`` return, or ``never`` (付定不退).
        gifts_kept: Ids of the promotions whose gifts stay with the shopper: what they are worth
            is taken off the refund, when they would have to be returned.
        together: Ids of the promotions whose units may not be parted under
            ``forbid_partial``; None: those that sell sets.

    Raises:
        InvalidDocument: With every fault of what is returned, of policy and options: an unknown
            line, more units than are left, a count below zero, choices other than before.
        InvalidType: Not a quote.

    A at 200 and B at 100 under 满300减50, of which B comes back:

    ============== ====== ============================================
    policy         refund why
    ============== ====== ============================================
    keep_shares    83.33  what was paid for B
    reprice        50.00  250 were paid, and A alone costs 200
    ============== ====== ============================================

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, price, recipes
    >>> cart = Cart.of("CNY", [("A", "200.00", 1), ("B", "100.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> quote = price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> [str(reverse(quote, {}, {"2": 1}, each).amount) for each in ("keep_shares", "reprice")]
    ['CNY 83.33', 'CNY 50.00']
    """
    if not isinstance(quote, Quote):
        raise InvalidType("a Quote", quote, path=("quote",))
    faults: list[InvalidInput] = []
    choices: list[InvalidInput] = []
    options = read_options(
        quote,
        choices,
        policy=policy,
        shipping=shipping,
        fees=fees,
        coupons=coupons,
        points=points,
        deposit=deposit,
        gifts_kept=gifts_kept,
        together=together,
    )
    if isinstance(returned_before, Reversal | ReversalRecord):
        choices += [] if choices else _other_choices(returned_before.options, options)
        returned_before = _history(quote, returned_before, faults)
    returns = read_returns(quote.cart, returned_before, returned_now, faults)
    if faults or choices:
        raise InvalidDocument([*faults, *choices])
    return reckoned(quote, returns, options)


def _history(
    quote: Quote, before: Reversal | ReversalRecord, faults: list[InvalidInput]
) -> Sequence[Returned]:
    """Read what came back before; a reversal of another quote is a fault."""
    if isinstance(before, Reversal) and before.quote != quote:
        given = f"a reversal of a quote of {before.quote.payable}"
        place = ("returned_before",)
        faults.append(InvalidValue("a reversal of this quote", given, path=place))
    return before.history


def _other_choices(before: ReversalOptions, now: ReversalOptions) -> list[InvalidInput]:
    """List the choices that are not those of the return before."""
    names = [field.name for field in fields(ReversalOptions)]
    pairs: list[tuple[str, Any, Any]] = [(n, getattr(before, n), getattr(now, n)) for n in names]
    return [
        InvalidValue(
            f"{_told(was)}, as for the returns before",
            _told(given),
            path=(name,),
            reason="fields_disagree",
        )
        for name, was, given in pairs
        if was != given
    ]


def _told(choice: Any) -> str:
    return ", ".join(choice) if isinstance(choice, tuple) else str(choice)
