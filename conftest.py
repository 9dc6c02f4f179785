"""Run every example of the README, of `docs/` and of the docstrings in `src/`.

Each document has a namespace and an empty working folder of its own, so an example may build
on the ones above it and on nothing else. A block with a caption is the file of that name, or
its next part, which those below may read or import; a block of text is what the example before
it calls ``told``.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, chdir
from importlib import invalidate_caches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers import myst, rest
from sybil.sybil import SybilCollection
from sybil.typing import Parser


def enter_folder(names: dict[str, Any]) -> None:
    """Begin a document in an empty folder, from which it may import."""
    stack = names["_folder"] = ExitStack()
    folder = stack.enter_context(TemporaryDirectory())
    stack.enter_context(chdir(folder))
    sys.path.insert(0, folder)
    stack.callback(sys.path.remove, folder)
    stack.callback(forget_modules, frozenset(sys.modules), folder)


def forget_modules(known: frozenset[str], folder: str) -> None:
    """Let the next document have modules of the same names."""
    for name in sys.modules.keys() - known:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(folder):
            del sys.modules[name]


def leave_folder(names: dict[str, Any]) -> None:
    """Go back, and drop the folder with what the document wrote."""
    names["_folder"].close()


def keep(example: Example) -> bool:
    """Write a block with a caption to that file, at its end; tell whether it has one."""
    name = example.region.lexemes.get("options", {}).get("caption")
    if name:
        file = Path(name)
        for folder in list(file.parents)[:-1]:
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
        with file.open("a", encoding="utf-8") as written:
            written.write(example.parsed)
        invalidate_caches()
    return bool(name)


def keep_json(example: Example) -> None:
    """Check a JSON block; one with a caption becomes a file for the examples below it."""
    json.loads(example.parsed)
    keep(example)


def run_python(example: Example) -> str | None:
    """Run a block; one with a caption becomes a file that those below it may import."""
    return None if keep(example) else PythonEvaluator()(example)


class PythonBlocks(myst.PythonCodeBlockParser):
    """Reads blocks of Python, and of Python's prompts."""

    def __init__(self) -> None:
        super().__init__()
        self.codeblock_parser = myst.CodeBlockParser("python", run_python)


def compare_text(example: Example) -> str:
    """Compare a block of text with what the example before it named ``told``."""
    told = example.namespace["told"].rstrip("\n")
    return "" if told == example.parsed.rstrip("\n") else f"it reads:\n{told}"


PAGES: list[Parser] = [
    PythonBlocks(),
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
