"""From where: which site, or which sites, an order is served from, and why.

`allocate` takes a `Request`, a `Network` of sites and a `Strategy`, and gives an
`AllocationPlan`: what each site gives, at what cost, why each was taken or was not, and, where
the choice is exact, a certificate.
"""

from ordercore.sourcing import batch, workshops
from ordercore.sourcing.allocating import allocate
from ordercore.sourcing.cases import MAX_PAIRS
from ordercore.sourcing.certificate import Certificate, Objective
from ordercore.sourcing.parts import SplitPlan, merge_plans, split_plan
from ordercore.sourcing.plan import (
    AllocationPlan,
    Given,
    PlannedLine,
    Shipment,
    SiteFinding,
    SiteReasons,
)
from ordercore.sourcing.reasons import Measure, Reason, ReasonCode
from ordercore.sourcing.replanning import after, reroute
from ordercore.sourcing.request import Request
from ordercore.sourcing.sites import (
    Network,
    Site,
    SiteCosts,
    SiteKind,
    SkuUnits,
    UnitCost,
)
from ordercore.sourcing.strategies import (
    Choice,
    Exact,
    Ranked,
    Strategy,
    cheapest,
    fastest,
    fewest_parcels,
    least_loaded,
    nearest_capable,
    nearest_then_least_busy,
    priority_list,
)
from ordercore.sourcing.travel import Distance, GreatCircle, SteadySpeed, TravelTime

__all__ = [
    "MAX_PAIRS",
    "AllocationPlan",
    "Certificate",
    "Choice",
    "Distance",
    "Exact",
    "Given",
    "GreatCircle",
    "Measure",
    "Network",
    "Objective",
    "PlannedLine",
    "Ranked",
    "Reason",
    "ReasonCode",
    "Request",
    "Shipment",
    "Site",
    "SiteCosts",
    "SiteFinding",
    "SiteKind",
    "SiteReasons",
    "SkuUnits",
    "SplitPlan",
    "SteadySpeed",
    "Strategy",
    "TravelTime",
    "UnitCost",
    "after",
    "allocate",
    "batch",
    "cheapest",
    "fastest",
    "fewest_parcels",
    "least_loaded",
    "merge_plans",
    "nearest_capable",
    "nearest_then_least_busy",
    "priority_list",
    "reroute",
    "split_plan",
    "workshops",
]
