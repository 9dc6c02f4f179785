"""English: what a check says, and why use cases are told that something is short."""

from ordercore.wording.messages import Message

__all__ = ["STOCK"]

STOCK: dict[str, Message] = {
    "table.wanted": "Wanted",
    "table.available": "Available",
    "table.source": "From",
    "table.since": "More from",
    "stock.lines": "Availability",
    "stock.shortages": "What is short",
    "stock.findings": "What to look at",
    "stock.ok": "All of it can be had.",
    "stock.not_ok": "Not all of it can be had.",
    "stock.line": "{title}: all {wanted} ({source})",
    "stock.line.booked": "{title}: all {wanted} can be booked ({source})",
    "stock.shortage": "{title}: {available} of {wanted}, {count} short ({details})",
    "stock.overload": "{title}: {available} of {wanted} can be booked ({details})",
    "stock.from_site": "{site}: {count}",
    "stock.part_from_site": "{units} from {site}",
    "stock.appointment": "{site}, {at}, by {by}",
    "stock.finding": "{title}.{details}",
    "stock.sentence": " {told}",
    "stock.told": "{told}.",
    "stock.slot": "{title}: {source}",
    "stock.plan.ok": "Planned: {units}",
    "stock.plan.short": "Planned: {units}; parts must be bought",
    "stock.promise": "Planned: {units}; all there from {at} on",
    "stock.plan.part": "{title}: {wanted} needed{details}",
    "stock.plan.taken": ", {count} there",
    "stock.plan.made": ", {count} to be made",
    "stock.plan.made.start_by": ", {count} to be made, begun by {start_by}",
    "stock.plan.bought": ", {count} to be bought",
    "stock.plan.bought.start_by": ", {count} to be bought, ordered by {start_by}",
    "short.not_set_aside": "not set aside, or not there yet",
    "short.not_renewable": "it cannot be kept any longer",
    "short.not_sourced": "by the rules, no choice of sites serves all of it",
    "short.place_unknown": "the delivery address has no coordinates, and sites are chosen by them",
}
