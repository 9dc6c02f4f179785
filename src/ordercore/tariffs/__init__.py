"""What holds before and after promotions: price lists, taxes, and the rounding of the payable."""

from ordercore.tariffs.lists import (
    MAX_RULES,
    CostPlus,
    FixedListPrice,
    OffListPrice,
    PriceList,
    PriceOf,
    PriceRule,
)
from ordercore.tariffs.tariff import (
    MAX_LISTS,
    MAX_LISTS_AT_ONCE,
    PayableRounding,
    PriceChoice,
    PriceTable,
    Tariff,
)
from ordercore.tariffs.taxes import (
    MAX_RATES,
    MAX_RATES_AT_ONCE,
    ORDINARY,
    TaxedPart,
    Taxes,
    TaxLevel,
    TaxRate,
)

__all__ = [
    "MAX_LISTS",
    "MAX_LISTS_AT_ONCE",
    "MAX_RATES",
    "MAX_RATES_AT_ONCE",
    "MAX_RULES",
    "ORDINARY",
    "CostPlus",
    "FixedListPrice",
    "OffListPrice",
    "PayableRounding",
    "PriceChoice",
    "PriceList",
    "PriceOf",
    "PriceRule",
    "PriceTable",
    "Tariff",
    "TaxLevel",
    "TaxRate",
    "TaxedPart",
    "Taxes",
]
