"""Goods made to order: bills of materials, netting, what can be made, and from when on."""

from ordercore.stock.materials.book import MAX_BILL_LEVELS, MAX_PARTS, BillBook
from ordercore.stock.materials.demands import (
    MAX_WANTED,
    Basket,
    Receipt,
    Stock,
    Wanted,
)
from ordercore.stock.materials.parts import (
    MAX_BILLS,
    MAX_COMPONENTS,
    MAX_LEAD_TIME,
    MAX_SUBSTITUTES,
    Bill,
    Component,
    Lot,
    Material,
    Part,
)
from ordercore.stock.materials.plan import MAX_NEED, MaterialPlan, Need, PartPlan, Run
from ordercore.stock.materials.planning import (
    Producible,
    explode,
    is_producible,
    max_producible,
    net,
)
from ordercore.stock.materials.promising import HORIZON, Capacity, MaterialPromise, earliest
from ordercore.stock.materials.quantities import UNITS, Unit

__all__ = [
    "HORIZON",
    "MAX_BILLS",
    "MAX_BILL_LEVELS",
    "MAX_COMPONENTS",
    "MAX_LEAD_TIME",
    "MAX_NEED",
    "MAX_PARTS",
    "MAX_SUBSTITUTES",
    "MAX_WANTED",
    "UNITS",
    "Basket",
    "Bill",
    "BillBook",
    "Capacity",
    "Component",
    "Lot",
    "Material",
    "MaterialPlan",
    "MaterialPromise",
    "Need",
    "Part",
    "PartPlan",
    "Producible",
    "Receipt",
    "Run",
    "Stock",
    "Unit",
    "Wanted",
    "earliest",
    "explode",
    "is_producible",
    "max_producible",
    "net",
]
