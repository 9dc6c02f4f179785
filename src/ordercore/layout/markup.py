"""Blocks as HTML: sections of tables and lists, in which nothing that is told can be markup.

Promotions, products and codes may be called anything at all. So every text goes through `_text`,
and every attribute through `_attribute`: both escape it, and put U+FFFD for characters that HTML
does not know or that would turn the text around them. What names a row stands in ``bdi``, so
that a name in Hebrew or Arabic leaves the amounts beside it where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from ordercore.layout.blocks import Column, Notes, Table, TableRow

__all__ = ["html_of"]

_PREFIX = "ordercore-"

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional ones
    "\ud800-\udfff]"  # lone surrogates
)


def html_of(kind: str, locale: str, blocks: Iterable[Table | Notes]) -> str:
    """Write blocks as one section in the language of a locale."""
    language = _attribute("lang", locale.replace("_", "-"))
    lines = [line for block in blocks for line in _block(block)]
    return "\n".join([f'<section{_class(kind)}{language} dir="ltr">', *lines, "</section>"])


def _block(block: Table | Notes) -> Iterator[str]:
    return _notes(block) if isinstance(block, Notes) else _table(block)


# Notes and tables


def _notes(notes: Notes) -> Iterator[str]:
    yield f"<div{_class(notes.name)}>"
    if not notes.title:
        yield from [f"<p>{_text(item)}</p>" for item in notes.items]
    else:
        yield f"<p>{_text(notes.title)}</p>"
        yield "<ul>"
        yield from [f"<li>{_text(item)}</li>" for item in notes.items]
        yield "</ul>"
    yield "</div>"


def _table(table: Table) -> Iterator[str]:
    yield f"<table{_class(table.name)}>"
    yield f"<caption>{_text(table.title)}</caption>"
    yield f"<thead><tr>{''.join(map(_head, table.columns))}</tr></thead>"
    yield from _group("tbody", table.rows, table.columns)
    below = () if table.foot is None else (table.foot,)
    if below or table.beside:
        yield from _group("tfoot", (*below, *table.beside), table.columns)
    yield "</table>"


def _group(tag: str, rows: Iterable[TableRow], columns: tuple[Column, ...]) -> Iterator[str]:
    yield f"<{tag}>"
    for row in rows:
        yield _row(row, columns)
        yield from [_row(part, columns, "part") for part in row.parts]
    yield f"</{tag}>"


def _head(column: Column) -> str:
    return f'<th scope="col"{_class(column.name)}>{_text(column.title)}</th>'


def _row(row: TableRow, columns: tuple[Column, ...], *classes: str) -> str:
    subject = _attribute("data-subject", row.subject) if row.subject else ""
    first, *others = row.cells
    name = f'<th scope="row"{_class(columns[0].name)}><bdi>{_text(first.text)}</bdi></th>'
    cells = [
        f"<td{_class(column.name)}>{_text(cell.text)}</td>"
        for column, cell in zip(columns[1:], others, strict=True)
    ]
    return f"<tr{_class(*classes, row.kind)}{subject}>{name}{''.join(cells)}</tr>"


# Text and attributes


def _text(told: str) -> str:
    """Write text so that it is nothing but text."""
    return escape(_UNSAFE.sub("\ufffd", told))


def _attribute(name: str, value: str) -> str:
    return f' {name}="{_text(value)}"'


def _class(*names: str) -> str:
    words = " ".join([_PREFIX + str(name).replace("_", "-") for name in names])
    return _attribute("class", words)
