"""What holds before and after promotions: price lists, taxes, and the rounding of the payable."""

from ordercore.tariffs.lists import (
    CostPlus,
    FixedListPrice,
    OffListPrice,
    PriceList,
    PriceRule,
)
from ordercore.tariffs.tariff import PayableRounding, PriceChoice, Tariff
from ordercore.tariffs.taxes import MAX_RATES, TaxedPart, Taxes, TaxLevel, TaxRate

__all__ = [
    "MAX_RATES",
    "CostPlus",
    "FixedListPrice",
    "OffListPrice",
    "PayableRounding",
    "PriceChoice",
    "PriceList",
    "PriceRule",
    "Tariff",
    "TaxLevel",
    "TaxRate",
    "TaxedPart",
    "Taxes",
]
