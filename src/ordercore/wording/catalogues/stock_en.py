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
    "stock.short": "{title}: {available} of {wanted}, {count} short ({details})",
    "stock.from_site": "{site}: {count}",
    "stock.part_from_site": "{part} × {count} from {site}",
    "stock.appointment": "{site}, {at}, by {by}",
    "stock.finding": "{title}.{details}",
    "stock.sentence": " {told}",
    "stock.told": "{told}.",
    "stock.begins": "could begin on {at}",
    "stock.never": "no time in the year after either",
    "short.not_set_aside": "not set aside, or not there yet",
    "short.not_renewable": "it cannot be kept any longer",
    "short.not_sourced": "no choice of sites serves all of it",
    "short.place_unknown": "the delivery address has no coordinates, and sites are chosen by them",
}
