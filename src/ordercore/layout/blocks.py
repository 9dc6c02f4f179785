"""Blocks: what is told, as tables and notes, each cell with its words and what they stand for.

All that is explained is made into blocks, and blocks are written in three ways: as tables of
text, as HTML and as plain data. So none of them can say what the others do not know.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attrs import frozen

from ordercore.layout.tables import aligned
from ordercore.money import Money
from ordercore.wording import Words

__all__ = [
    "EMPTY",
    "Cell",
    "Column",
    "Notes",
    "Table",
    "TableRow",
    "amount",
    "columns",
    "count",
    "laid_out",
]


class Cell(NamedTuple):
    """One place of a table."""

    text: str
    """What people read; empty where there is nothing to say."""
    value: Money | int | None = None
    """The amount or count that the text writes."""


EMPTY: Final = Cell("")
"""Where there is nothing to say."""


class Column(NamedTuple):
    """A column of a table."""

    name: str
    """What programs call it: ``item``, ``payable`` …"""
    title: str
    """What people read above it."""


@frozen(kw_only=True)
class TableRow:
    """One row of a table.

    Attributes:
        kind: What it tells: of `RowKind`, `Part`, `Kind`, `EntryKind`, or a word of its own.
        subject: The id of what it speaks of: a line, promotion, fee, rate, sku or code.
        cells: As many as the table has columns; the first names the row.
        parts: What it is made of. HTML and plain data have them, a table of text leaves them out.
    """

    kind: str
    subject: str = ""
    cells: tuple[Cell, ...]
    parts: tuple[TableRow, ...] = ()


@frozen(kw_only=True)
class Table:
    """Some rows under one title.

    Attributes:
        name: What programs call it.
        title: What people call it.
        columns: Its columns.
        rows: Its rows.
        foot: The sum of the rows, where they have one.
        beside: What is no part of the sum, below it.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    foot: TableRow | None = None
    beside: tuple[TableRow, ...] = ()


@frozen(kw_only=True)
class Notes:
    """Some sentences.

    Attributes:
        name: What programs call them.
        title: What stands above them, if anything.
        items: The sentences.
    """

    name: str
    title: str = ""
    items: tuple[str, ...]


# Making them


def columns(words: Words, *names: str) -> tuple[Column, ...]:
    """Make columns with the titles that a locale has for them."""
    return tuple([Column(name, words.say(f"table.{name}")) for name in names])


def amount(words: Words, told: Money) -> Cell:
    """Make the cell of an amount."""
    return Cell(words.amount_minor(told.minor, told.currency, told.currency.digits), told)


def count(words: Words, told: int | None) -> Cell:
    """Make the cell of a count; an empty one where nothing is counted."""
    return EMPTY if told is None else Cell(words.number(told), told)


# Text


def laid_out(table: Table) -> str:
    """Write a table as text; without the parts of its rows."""
    return aligned(
        [column.title for column in table.columns],
        [_texts(row) for row in table.rows],
        None if table.foot is None else _texts(table.foot),
        [_texts(row) for row in table.beside],
    )


def _texts(row: TableRow) -> list[str]:
    return [cell.text for cell in row.cells]
