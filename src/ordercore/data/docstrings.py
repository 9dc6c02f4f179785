"""What a class says of itself and of its arguments, as plain sentences.

Docstrings here have a first part and sections (``Args:``, ``Raises:``); examples and tables
are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from inspect import cleandoc

__all__ = ["arguments_of", "summary_of"]

_SECTION = re.compile(r"(?:[A-Z][a-z]+:|>>> .*)")
_ARGUMENT = re.compile(r" {4}(\w+): (.*)")


def summary_of(cls: type) -> str:
    """Tell what stands before the first section of a class's docstring, as one text."""
    told: list[str] = []
    for paragraph in cleandoc(cls.__doc__ or "").split("\n\n"):
        lines = paragraph.splitlines()
        if not lines or _SECTION.fullmatch(lines[0]):
            break
        if not lines[0].startswith("="):
            told.append(_plain(lines))
    return " ".join(told)


def arguments_of(cls: type) -> dict[str, str]:
    """Tell what the section ``Args`` of a class's docstring says of each argument."""
    _, _, section = cleandoc(cls.__doc__ or "").partition("\nArgs:\n")
    told: dict[str, list[str]] = {}
    name = ""
    for line in section.splitlines():
        match = _ARGUMENT.fullmatch(line)
        if match is not None:
            name = match[1]
            told[name] = [match[2]]
        elif line.startswith(" " * 8) and name:
            told[name].append(line)
        else:
            break
    return {name: _plain(lines) for name, lines in told.items()}


def _plain(lines: Iterable[str]) -> str:
    """Put lines together, without the marks of reStructuredText that plain text has no use for."""
    return " ".join(line.strip() for line in lines).replace("``", "`")
