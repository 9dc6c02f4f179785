"""Jobs to workshops, by skill, capacity and load: at least cost, or as evenly as can be.

`assign` takes a `Workload` of jobs and a network whose sites are the shops, and gives a
`WorkshopPlan`: which shop does which job, when by its load and at what cost, why no other shop
does, how good the plan is by proof, and which jobs do not fit, with the reason. `replan` plans
again once jobs have begun or a shop dropped out.
"""

from ordercore.sourcing.workshops.assigning import NODES, assign, replan
from ordercore.sourcing.workshops.board import MAX_WAYS
from ordercore.sourcing.workshops.explaining import explain_workshops
from ordercore.sourcing.workshops.goals import (
    EARLIEST_FINISH,
    EVEN_LOAD,
    FEWEST_MOVES,
    LEAST_COST,
    Goal,
)
from ordercore.sourcing.workshops.jobs import MAX_JOBS, Effort, Job, Workload
from ordercore.sourcing.workshops.plan import LeftJob, PlacedJob, Proof, ShopLoad, WorkshopPlan
from ordercore.sourcing.workshops.reasons import LeftWhy, NotChosen, ShopReason, WhyNot

__all__ = [
    "EARLIEST_FINISH",
    "EVEN_LOAD",
    "FEWEST_MOVES",
    "LEAST_COST",
    "MAX_JOBS",
    "MAX_WAYS",
    "NODES",
    "Effort",
    "Goal",
    "Job",
    "LeftJob",
    "LeftWhy",
    "NotChosen",
    "PlacedJob",
    "Proof",
    "ShopLoad",
    "ShopReason",
    "WhyNot",
    "Workload",
    "WorkshopPlan",
    "assign",
    "explain_workshops",
    "replan",
]
