"""What it costs: the engine, the quote with its account, and its explanation."""

from ordercore.pricing.base_prices import BasePrice
from ordercore.pricing.engine import price, price_in
from ordercore.pricing.misses import Needed
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
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import Adjustment, QuoteColumns, QuoteLine, QuoteTax, TaxShare
from ordercore.pricing.record import (
    QuoteRecord,
    RecordedAmount,
    RecordedGift,
    RecordedLine,
    RecordedPromotion,
)
from ordercore.pricing.resolve import Kind
from ordercore.pricing.settlement import Contribution

__all__ = [
    "Adjustment",
    "Applied",
    "BasePrice",
    "Beaten",
    "Claim",
    "Contribution",
    "Excluded",
    "GiftLine",
    "GiftOutOfStock",
    "Kind",
    "Miss",
    "Needed",
    "NoEffect",
    "NotEligible",
    "Outcome",
    "Quote",
    "QuoteColumns",
    "QuoteLine",
    "QuoteRecord",
    "QuoteTax",
    "RecordedAmount",
    "RecordedGift",
    "RecordedLine",
    "RecordedPromotion",
    "TaxShare",
    "UnknownCode",
    "price",
    "price_in",
]
