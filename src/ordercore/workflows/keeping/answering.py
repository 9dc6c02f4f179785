"""What a task would get, asked before anything is set aside."""

from __future__ import annotations

from attrs import evolve

from ordercore.stock import LineCheck, StockCheck, check
from ordercore.workflows.keeping.desk import Desk
from ordercore.workflows.keeping.serving import foreseen, question
from ordercore.workflows.stock import Promised, StockAnswer, answer_of

__all__ = ["answered"]


def answered(desk: Desk) -> StockAnswer:
    """Tell what would be set aside, or what is short, with what the sites could give."""
    task = desk.task
    asked = question(desk, [(wanted, wanted.quantity) for wanted in task.wanted])
    if asked is None:
        return answer_of(task, Promised())
    found = check(asked.demand, asked.snapshot, task.at)
    answer = answer_of(task, foreseen(desk, asked))
    known = {line.id: line for line in found.lines}
    lines = [_seen(line, known.get(line.id), ok=answer.ok) for line in answer.check.lines]
    return evolve(answer, check=StockCheck(at=task.at, lines=lines))


def _seen(line: LineCheck, found: LineCheck | None, *, ok: bool) -> LineCheck:
    """Add what its sites could give; and what it would get, where others are short."""
    if found is None:
        return line
    if ok:
        return evolve(line, offers=found.offers)
    return evolve(found, shortage=line.shortage)
