"""English: which workshop does which job, and why."""

from ordercore.wording.messages import Message, plurals

__all__ = ["WORKSHOPS"]

WORKSHOPS: dict[str, Message] = {
    "table.job": "Job",
    "table.shop": "Workshop",
    "table.work": "Work",
    "table.starts": "Starts after",
    "table.ends": "Ends after",
    "table.load": "Load before",
    "table.added": "New work",
    "table.busy": "Taken",
    "workshops.jobs": "Which workshop does what",
    "workshops.shops": "How busy the workshops are",
    "workshops.total": "Total",
    "workshops.nothing": "No workshop does anything",
    "workshops.work": "{count} {unit}",
    "workshops.work.bare": "{count}",
    "workshops.percent": "{number} %",
    "workshops.placed": "{job}: {site}, {cost}, from {starts} to {ends}",
    "workshops.moved": "{job}: {site} (before: {before}), {cost}, from {starts} to {ends}",
    "workshops.left": "Done by nobody",
    "workshops.left.no_site": "{job}: there is no workshop",
    "workshops.left.no_skill": "{job}: no workshop has the skills",
    "workshops.left.no_effort": "{job}: nobody says what it takes where the skills are",
    "workshops.left.too_long": "{job}: takes more than is free at any workshop",
    "workshops.left.together": "{job}: together with {jobs} it takes {needed}, {free} are free",
    "workshops.left.pieces": (
        "{job}: together with {jobs} it takes at least {needed} of {free}, "
        "but in no way does each go to one workshop"
    ),
    "workshops.left.not_found": "{job}: no place was found",
    "workshops.others": "Why not elsewhere",
    "workshops.other": "{job}: not {site}, {reasons}",
    "workshops.why.gone": "has dropped out",
    "workshops.why.no_skill": "lacks the skill {subject}",
    "workshops.why.no_effort": "nobody says what it would take there",
    "workshops.why.begun": "it has begun at {subject}",
    "workshops.why.too_long": "would take {value}, only {limit} are free",
    "workshops.why.full": "would take {value}, {limit} are left beside the other jobs",
    "workshops.why.busier": "would be {value} taken, the busiest is {limit}",
    "workshops.why.later": "would be done after {value}, the last one is after {limit}",
    "workshops.why.moves": "it would have to move",
    "workshops.why.dearer": "{value} dearer",
    "workshops.why.no_better": "nothing better with it was found",
    "workshops.proof": "How good it is",
    "workshops.proof.left": "No plan leaves fewer jobs: proved",
    "workshops.proof.cost": "None costs less: proved",
    "workshops.proof.share": "None leaves the busiest workshop less busy: proved",
    "workshops.proof.finish": "None is done sooner: proved",
    "workshops.proof.moves": "None moves fewer jobs: proved",
    "workshops.gap.left": plurals(
        "count",
        one="Another plan may leave {count} job fewer",
        other="Another plan may leave {count} jobs fewer",
    ),
    "workshops.gap.cost": "Another may cost less, by {gap} at most",
    "workshops.gap.share": "Another may leave the busiest workshop less busy, by {gap} at most",
    "workshops.gap.finish": "Another may be done sooner, by {gap} at most",
    "workshops.gap.moves": plurals(
        "count",
        one="Another may move {count} job fewer",
        other="Another may move {count} jobs fewer",
    ),
}
"""Plans of workshops, and the reasons for them."""
