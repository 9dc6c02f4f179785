"""The account of a price: what became of each promotion, kept compact."""

from __future__ import annotations

from enum import StrEnum

from ordercore.promotions.conditions import Verdict
from ordercore.promotions.proposals import Proposal

__all__ = ["Account", "Entry", "Kind", "beaten"]


class Kind(StrEnum):
    """What became of a promotion."""

    APPLIED = "applied"
    NOT_ELIGIBLE = "not_eligible"
    BEATEN = "beaten"
    EXCLUDED = "excluded"
    NO_EFFECT = "no_effect"
    LIMIT_REACHED = "limit_reached"
    GIFT_OUT_OF_STOCK = "gift_out_of_stock"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_COUPON = "unknown_coupon"


Entry = tuple[int, Kind, Verdict | None, Proposal, tuple[int, ...]]
"""(seq, kind, verdict, proposal, rivals): one line of the account, kept compact.

``seq`` is the promotion's place in the book, ``rivals`` those of the promotions that beat or
exclude it. The proposal is what it took, or (beaten) what it would have taken alone.
"""

Account = list[Entry]


def beaten(entry: Entry, by: tuple[int, ...]) -> Entry:
    """Tell of who would apply alone that others prevail; anybody else keeps the outcome."""
    seq, kind, verdict, taken, _ = entry
    return (seq, Kind.BEATEN, verdict, taken, by) if kind is Kind.APPLIED else entry
