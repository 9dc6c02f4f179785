"""Run every example of the README, of `docs/` and of the docstrings in `src/`.

Each document has a namespace and an empty working folder of its own, so an example may build
on the ones above it and on nothing else. A JSON block with a caption is the file of that name;
a block of text is what the example before it calls ``told``.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sybil import Example, Sybil
from sybil.parsers import myst, rest
from sybil.sybil import SybilCollection
from sybil.typing import Parser


def enter_folder(names: dict[str, Any]) -> None:
    """Begin a document in an empty folder."""
    stack = names["_folder"] = ExitStack()
    stack.enter_context(chdir(stack.enter_context(TemporaryDirectory())))


def leave_folder(names: dict[str, Any]) -> None:
    """Go back, and drop the folder with what the document wrote."""
    names["_folder"].close()


def keep_json(example: Example) -> None:
    """Check a JSON block; one with a caption becomes a file for the examples below it."""
    json.loads(example.parsed)
    name = example.region.lexemes.get("options", {}).get("caption")
    if name:
        Path(name).write_text(example.parsed, encoding="utf-8")


def compare_text(example: Example) -> str:
    """Compare a block of text with what the example before it named ``told``."""
    told = example.namespace["told"].rstrip("\n")
    return "" if told == example.parsed.rstrip("\n") else f"it reads:\n{told}"


PAGES: list[Parser] = [
    myst.PythonCodeBlockParser(),
    myst.CodeBlockParser("json", keep_json),
    myst.CodeBlockParser("text", compare_text),
]

pytest_collect_file = SybilCollection(
    [
        Sybil(PAGES, pattern="README.md", setup=enter_folder, teardown=leave_folder),
        Sybil(PAGES, path="docs", pattern="*.md", setup=enter_folder, teardown=leave_folder),
        Sybil([rest.DocTestParser()], path="src", pattern="*.py"),
    ]
).pytest()
