"""Tables of text for fonts of fixed width, in which some characters take two cells, or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["aligned", "cells_of", "shortened"]

WIDEST: Final = 40
"""The most cells that the first column of a table may take."""

_GAP = "  "


def cells_of(text: str) -> int:
    r"""Count the cells that a text takes.

    Wide and full-width characters take two, marks that stand on others none; what is wide
    only in old East Asian fonts (``×``, ``−``) takes one.

    >>> cells_of("衬衫 A"), cells_of("e\u0301")
    (6, 1)
    """
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened(text: str, most: int) -> str:
    """Cut a text so that it takes at most so many cells.

    >>> shortened("a very long name", 10)
    'a very lo…'
    """
    if cells_of(text) <= most:
        return text
    kept, taken = [], 1
    for character in text:
        taken += _cells(character)
        if taken > most:
            break
        kept.append(character)
    return "".join(kept) + "…"


def aligned(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    foot: Sequence[str] | None = None,
    below: Iterable[Sequence[str]] = (),
) -> str:
    """Lay out a table: the first column to the left, the others to the right.

    Args:
        head: Titles of the columns.
        rows: As many cells each; the first ones are shortened to `WIDEST`.
        foot: The sums, below a rule; None: there are none.
        below: What is no part of the sums, below another rule.

    >>> print(aligned(["Item", "Qty"], [["衬衫", "2"], ["mug", "10"]], ["Total", ""]))
    Item   Qty
    ----------
    衬衫     2
    mug     10
    ----------
    Total
    """
    body, notes = _shortened(rows), _shortened(below)
    feet = [] if foot is None else [foot]
    every = [head, *body, *feet, *notes]
    widths = [max(map(cells_of, column)) for column in zip(*every, strict=True)]
    rule = "-" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    blocks = [[head], body, *[block for block in (feet, notes) if block]]
    lines = [[rule, *[_line(row, widths) for row in block]] for block in blocks]
    return "\n".join([line for block in lines for line in block][1:])


def _shortened(rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    return [(shortened(row[0], WIDEST), *row[1:]) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = row
    padded = [first + " " * (widths[0] - cells_of(first))]
    for text, width in zip(others, widths[1:], strict=True):
        padded.append(" " * (width - cells_of(text)) + text)
    return _GAP.join(padded).rstrip()
