"""A machine as a Mermaid state diagram, the same text whenever the table is the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ordercore.lifecycle.transitions import Transition

__all__ = ["drawn"]

Row = Transition[Any, Any]

_TAKEN = re.compile(r"default.*|s_.*|state|note|class|classdef|style|click|scale|direction|end")
"""What Mermaid reads as a word of its own, and what is put in its place."""

_SIGNS = re.compile(r"[^\w \-.,/()（）、，。？！+]|_")
"""What means something to Mermaid, in its diagrams or in the Markdown of its labels, or might."""


def drawn(
    states: Iterable[str],
    ends: tuple[Iterable[str], Iterable[str]],
    rows: Iterable[tuple[Row, ...]],
    label: Callable[[str], str],
    comma: str,
) -> str:
    """Draw a machine.

    Args:
        states: All of them, in order.
        ends: The initial states, and the terminal ones.
        rows: The alternatives of each pair, in order.
        label: Tells what people call something.
        comma: What stands between guards and between roles.
    """
    lines = [f'state "{_safe(label(state))}" as {_id(state)}' for state in states]
    lines += [f"[*] --> {_id(state)}" for state in ends[0]]
    lines += [line for several in rows for line in _edges(several, label, comma)]
    lines += [f"{_id(state)} --> [*]" for state in ends[1]]
    return "\n    ".join(["stateDiagram-v2", *lines])


def _edges(rows: tuple[Row, ...], label: Callable[[str], str], comma: str) -> Iterator[str]:
    """Draw the alternatives of one pair; where there are several, their numbers say the order."""
    for number, row in enumerate(rows, 1):
        told = _safe(label(row.event))
        if len(rows) > 1:
            told += f" {number}"
        if row.guards:
            told += f" [{comma.join(_safe(label(guard)) for guard in row.guards)}]"
        if row.by:
            told += f" ({comma.join(_safe(label(role)) for role in row.by)})"
        yield f"{_id(row.state)} --> {_id(row.target)} : {told}"


def _id(state: str) -> str:
    """Name a state in the diagram by its value, or by one that Mermaid does not take otherwise.

    >>> [_id(state) for state in ("placed", "end", "s_end", "in transit")]
    ['placed', 's_end', 's_s_end', 's_in.20.transit']
    """
    told = re.sub(r"[^A-Za-z0-9_]", lambda sign: f".{ord(sign[0]):x}.", state)
    return f"s_{told}" if told != state or _TAKEN.fullmatch(state.lower()) else str(told)


def _safe(told: str) -> str:
    """Write the signs that Mermaid would read as its own by their numbers.

    >>> _safe('a "b": 50%')
    'a #34;b#34;#58; 50#37;'
    """
    return _SIGNS.sub(lambda sign: f"#{ord(sign[0])};", told)
