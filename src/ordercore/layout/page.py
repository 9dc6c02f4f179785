"""Pages: what is told of a difference, a refund, hints or a plan."""

from __future__ import annotations

from typing import Any, Final

from attrs import field, frozen

from ordercore.layout.blocks import Cell, Column, Notes, Table, TableRow, laid_out
from ordercore.layout.markup import html_of
from ordercore.money import Money

__all__ = ["SCHEMA", "Page"]

SCHEMA: Final = 1
"""The number of the form that `Page.to_plain` gives."""


@frozen(kw_only=True)
class Page:
    """What is told in words, as text, tables, HTML and plain data.

    Attributes:
        kind: ``difference``, ``refund``, ``hints``, ``change``, ``plan``, ``batch`` or
            ``workshops``.
        locale: The language and region of the words.
        text: All of it as lines of text: also ``str(...)``.
        blocks: The tables and notes, in the order of telling.
    """

    kind: str
    locale: str
    text: str = field(repr=False)
    blocks: tuple[Table | Notes, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among the blocks."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def notes(self) -> tuple[Notes, ...]:
        """The notes among the blocks."""
        return tuple(block for block in self.blocks if isinstance(block, Notes))

    def __str__(self) -> str:
        return self.text

    def table(self) -> str:
        """Write the tables as text, one below the other; where there is none, the text.

        Columns are aligned for a font of fixed width, in which a Chinese character takes two
        cells.
        """
        return "\n\n".join([laid_out(each) for each in self.tables]) or self.text

    def html(self) -> str:
        """Write the page as a section of HTML, in which all that is told is escaped.

        It has no script and no style: the classes, all of which begin with ``ordercore-``, are
        for the style sheet of the page that it is put into.
        """
        return html_of(self.kind, self.locale, self.blocks)

    _repr_html_ = html  # what notebooks show

    def to_plain(self) -> dict[str, Any]:
        """Give the page as JSON-able data, with display strings beside the numbers.

        ========== ======================================================================
        ``schema`` 1; a form that readers of this one would not understand gets another
                   number
        ``kind``   ``difference``, ``refund``, ``hints``, ``change``, ``plan``, ``batch`` or
                   ``workshops``
        ``locale`` ``zh_CN``, ``en``, ``en_GB`` …
        ``text``   all of it as lines of text
        ``tables`` each with ``name``, ``title``, ``columns`` (each ``name`` and ``title``),
                   ``rows``, ``foot`` (a row, or null) and ``beside`` (rows)
        ``notes``  each with ``name``, ``title`` and ``items``, a list of text
        ========== ======================================================================

        A row has ``kind``, ``subject``, ``cells`` and, if it has any, ``parts``, a list of rows.
        Cells stand by the names of their columns, empty ones are left out; each has ``text``,
        and what it has of ``minor`` (an integer) with ``currency``, or ``count``.
        """
        return {
            "schema": SCHEMA,
            "kind": self.kind,
            "locale": self.locale,
            "text": self.text,
            "tables": [_plain_table(each) for each in self.tables],
            "notes": [
                {"name": each.name, "title": each.title, "items": list(each.items)}
                for each in self.notes
            ],
        }


# Plain data


def _plain_table(table: Table) -> dict[str, Any]:
    columns = table.columns
    return {
        "name": table.name,
        "title": table.title,
        "columns": [column._asdict() for column in columns],
        "rows": _plain_rows(table.rows, columns),
        "foot": None if table.foot is None else _plain_row(table.foot, columns),
        "beside": _plain_rows(table.beside, columns),
    }


def _plain_rows(rows: tuple[TableRow, ...], columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    return [_plain_row(row, columns) for row in rows]


def _plain_row(row: TableRow, columns: tuple[Column, ...]) -> dict[str, Any]:
    cells = {
        column.name: _plain_cell(cell)
        for column, cell in zip(columns, row.cells, strict=True)
        if cell.text
    }
    told = {"kind": str(row.kind), "subject": row.subject, "cells": cells}
    return told | ({"parts": _plain_rows(row.parts, columns)} if row.parts else {})


def _plain_cell(cell: Cell) -> dict[str, Any]:
    value = cell.value
    if isinstance(value, Money):
        return {"text": cell.text, "minor": value.minor, "currency": str(value.currency)}
    return {"text": cell.text} if value is None else {"text": cell.text, "count": value}
