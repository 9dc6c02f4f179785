"""What it costs: the engine, the quote with its account, and its explanation."""

from ordercore.pricing.engine import price, price_in
from ordercore.pricing.outcomes import (
    Applied,
    Beaten,
    Claim,
    Excluded,
    GiftLine,
    GiftOutOfStock,
    Miss,
    NoEffect,
    NotEligible,
    Outcome,
    UnknownCode,
)
from ordercore.pricing.quote import Adjustment, Quote, QuoteColumns, QuoteLine
from ordercore.pricing.resolve import Kind

__all__ = [
    "Adjustment",
    "Applied",
    "Beaten",
    "Claim",
    "Excluded",
    "GiftLine",
    "GiftOutOfStock",
    "Kind",
    "Miss",
    "NoEffect",
    "NotEligible",
    "Outcome",
    "Quote",
    "QuoteColumns",
    "QuoteLine",
    "UnknownCode",
    "price",
    "price_in",
]
