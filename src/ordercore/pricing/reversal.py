"""What a return gives back: the only refund arithmetic, a quote read backwards.

It knows a quote and counts of units, and no order. What has been given back in all once some
units are back is a *standing*; a reversal is the difference of two of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ordercore.errors import InvalidDocument, InvalidInput, InvalidType
from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.difference import difference
from ordercore.pricing.reversing.entries import EntryKind
from ordercore.pricing.reversing.options import ChargeRefund, Options, ReversalPolicy
from ordercore.pricing.reversing.paid import Paid
from ordercore.pricing.reversing.repricing import repriced
from ordercore.pricing.reversing.result import Reversal, ReversedEntry, ReversedLine
from ordercore.pricing.reversing.returns import Returned, Returns, read_returns
from ordercore.pricing.reversing.together import PartedSet, parted_sets

__all__ = [
    "ChargeRefund",
    "EntryKind",
    "PartedSet",
    "Reversal",
    "ReversalPolicy",
    "ReversedEntry",
    "ReversedLine",
    "reverse",
]


def reverse(
    quote: Quote,
    returned_before: Returned | Sequence[Returned],
    returned_now: Returned,
    policy: ReversalPolicy | str = ReversalPolicy.KEEP_SHARES,
    *,
    shipping: ChargeRefund | str = ChargeRefund.WITH_LAST,
    fees: ChargeRefund | str = ChargeRefund.WITH_LAST,
    together: str | Iterable[str] | None = None,
) -> Reversal:
    """Tell what is given back for a return.

    A return takes the next units of each line. Nothing is changed or kept: whoever keeps the
    order says what came back before, and uses one policy for all returns of an order.

    Args:
        quote: The price of record; it is taken to be paid.
        returned_before: What came back before: one mapping of line ids to units, or one for
            each earlier return, in their order: see `Reversal.returned`. Only ``reprice`` needs
            to know them one by one; to it a single mapping is a single return.
        returned_now: What comes back now: line id → how many units.
        policy: How it is reckoned: ``keep_shares``, ``reprice`` or ``forbid_partial``.
        shipping: Whether shipping is refunded with the last return, or never.
        fees: The same of the other fees.
        together: Ids of the promotions whose units may not be parted under
            ``forbid_partial``; None: those that sell sets.

    Raises:
        InvalidDocument: With every fault of what is returned, of policy and options: an unknown
            line, more units than are left, a count below zero.
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
    returns = read_returns(quote.cart, returned_before, returned_now, faults)
    options = Options.of(policy, shipping, fees, together)
    faults += options.faults(quote)
    if faults:
        raise InvalidDocument(faults)
    return _reversed(Paid.of(quote, options.shipping, options.fees), returns, options)


def _reversed(paid: Paid, returns: Returns, options: Options) -> Reversal:
    """Look at what is back before and after, by the policy."""
    policy, before, after = options.policy, returns.before, returns.after
    if policy is ReversalPolicy.REPRICE:
        known = {counts: repriced(paid, counts) for counts in (*returns.steps, after)}
        earlier = [known[counts] for counts in returns.steps]
        return difference(paid, policy, returns, earlier, known[after])
    standing = paid.standing(before)
    if policy is ReversalPolicy.FORBID_PARTIAL:
        refused = parted_sets(paid.quote, before, after, options.together)
        if refused:
            return difference(paid, policy, returns, [standing], standing, refused)
    return difference(paid, policy, returns, [standing], paid.standing(after))
