"""What is seen and what should be, in forms that can be compared and told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ordercore.events import Recorded
from ordercore.storage import Decision, Key, Loaded, Readable, Request
from ordercore.testing.contract.expectations import told
from ordercore.testing.contract.model import State
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import SCALE, TALLY, Told
from ordercore.testing.contract.seen import keys, walk

__all__ = [
    "apart",
    "either",
    "listed_by",
    "name_of",
    "names_in",
    "outbox_of",
    "short",
    "shown_of",
    "view_of",
]


def outbox_of(store: Plainly, limit: int = 100) -> list[Recorded]:
    """List the whole outbox, within one act."""
    return walk(store.outbox, limit)


def listed_by(store: Plainly, limit: int) -> tuple[list[str], list[str], list[str]]:
    several = [[each.id for each in walk(keys(store, kind), limit)] for kind in (TALLY, SCALE)]
    return several[0], several[1], [each.id for each in outbox_of(store, limit)]


def names_in(state: State, kind: str) -> list[str]:
    return sorted(each.id for each in state.found if each.kind == kind)


def shown_of(got: Loaded) -> dict[object, object]:
    """Tell what was read."""
    return {
        each: (got.version(each), got.get(each, object))
        if isinstance(each, Key)
        else got.used(each)
        for each in got
    }


def view_of(state: State, asked: tuple[Readable, ...]) -> dict[object, object]:
    """Tell what must be read."""
    return {
        each: state.found.get(each, (0, None))
        if isinstance(each, Key)
        else state.used.get(each, 0)
        for each in asked
    }


def apart(shown: dict[object, object], other: dict[object, object]) -> str:
    """Tell what was shown in short, where something else was shown otherwise."""
    told = [
        f"{each}: {value if isinstance(value, int) else _brief(value)}"
        for each, value in shown.items()
        if other.get(each) != value
    ]
    return ", ".join(told) or "nothing"


def _brief(found: Any) -> str:
    version, value = found
    return f"version {version}, {getattr(value, 'total', getattr(value, 'weight', value))}"


def either(several: Iterable[object]) -> str:
    return " or ".join(sorted(name_of(each) for each in several))


def name_of(seen: object) -> str:
    if seen is None:
        return "done"
    if isinstance(seen, Told):
        return f"reply {seen.total}"
    return seen.__name__ if isinstance(seen, type) else told(seen)


def short(request: Request, decision: Decision[Any]) -> str:
    changes = [f"{c.key} from {c.expected_version}" for c in decision.changes]
    usage = [f"{c.counter} by {c.add} (at most {c.most})" for c in decision.usage]
    ids = [each.id for each in decision.events]
    content = request.fingerprint[-1]
    return f"under {request.key} ({content}) {changes} {usage} {ids} -> {name_of(decision.reply)}"
