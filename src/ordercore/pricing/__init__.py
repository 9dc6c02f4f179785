"""What it costs: the engine, the quote with its account, and its explanation."""

from ordercore.pricing.base_prices import BasePrice
from ordercore.pricing.differences import (
    Change,
    CodeChange,
    CountChange,
    Difference,
    Part,
    PromotionChange,
    diff,
)
from ordercore.pricing.engine import price, price_in
from ordercore.pricing.hints.additions import AddAmount, AddUnits
from ordercore.pricing.hints.gains import Gain
from ordercore.pricing.hints.opportunities import (
    Opportunity,
    opportunities,
    opportunities_of,
)
from ordercore.pricing.misses import Needed
from ordercore.pricing.outcomes import (
    Applied,
    Beaten,
    Claim,
    Excluded,
    GiftLine,
    GiftOutOfStock,
    LimitReached,
    Miss,
    NoEffect,
    NotEligible,
    Outcome,
    ShortGift,
    UnknownCode,
    UnknownCoupon,
)
from ordercore.pricing.outside import OutsideQuote
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import Adjustment, QuoteColumns, QuoteLine, QuoteTax, TaxShare
from ordercore.pricing.record import QuoteRecord
from ordercore.pricing.recorded import (
    RecordedAmount,
    RecordedContribution,
    RecordedCoupon,
    RecordedGift,
    RecordedLine,
    RecordedPromotion,
)
from ordercore.pricing.resolvers.account import Kind
from ordercore.pricing.resolvers.certificate import Certificate
from ordercore.pricing.reversal import (
    ChargeRefund,
    EntryKind,
    LostDiscount,
    PartedSet,
    PointsRefund,
    RecordedEntry,
    RecordedPartedSet,
    RecordedReturn,
    Reversal,
    ReversalOptions,
    ReversalPolicy,
    ReversalRecord,
    ReversedEntry,
    ReversedLine,
    reverse,
)
from ordercore.pricing.settlement import Contribution
from ordercore.pricing.uses import Use

__all__ = [
    "AddAmount",
    "AddUnits",
    "Adjustment",
    "Applied",
    "BasePrice",
    "Beaten",
    "Certificate",
    "Change",
    "ChargeRefund",
    "Claim",
    "CodeChange",
    "Contribution",
    "CountChange",
    "Difference",
    "EntryKind",
    "Excluded",
    "Gain",
    "GiftLine",
    "GiftOutOfStock",
    "Kind",
    "LimitReached",
    "LostDiscount",
    "Miss",
    "Needed",
    "NoEffect",
    "NotEligible",
    "Opportunity",
    "Outcome",
    "OutsideQuote",
    "Part",
    "PartedSet",
    "PointsRefund",
    "PromotionChange",
    "Quote",
    "QuoteColumns",
    "QuoteLine",
    "QuoteRecord",
    "QuoteTax",
    "RecordedAmount",
    "RecordedContribution",
    "RecordedCoupon",
    "RecordedEntry",
    "RecordedGift",
    "RecordedLine",
    "RecordedPartedSet",
    "RecordedPromotion",
    "RecordedReturn",
    "Reversal",
    "ReversalOptions",
    "ReversalPolicy",
    "ReversalRecord",
    "ReversedEntry",
    "ReversedLine",
    "ShortGift",
    "TaxShare",
    "UnknownCode",
    "UnknownCoupon",
    "Use",
    "diff",
    "opportunities",
    "opportunities_of",
    "price",
    "price_in",
    "reverse",
]
