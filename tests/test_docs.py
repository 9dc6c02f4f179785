"""The documentation tells all that is there, and its tables go with the code.

Sphinx itself refuses a directive whose name does not exist, and the examples are run by
`conftest.py` at the root; what is left to check is that nothing is missing.
"""

from __future__ import annotations

import ast
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest

import ordercore
from ordercore.pricing import Kind

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
REFERENCE = {page.stem: page.read_text(encoding="utf-8") for page in DOCS.glob("reference/*.md")}
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md"), *DOCS.glob("*/*.md")])

ROOMS = sorted(module.name for module in iter_modules(ordercore.__path__))
DOORS = [
    "ordercore",
    *(f"ordercore.{room}" for room in ROOMS),
    "ordercore.pricing.explain",
]
CODE = {path: ast.parse(path.read_text("utf-8")) for path in (ROOT / "src").rglob("*.py")}

DIRECTIVE = re.compile(
    r"^\.\. (?P<kind>currentmodule|auto[a-z]+):: (?P<path>[\w.]+)", re.MULTILINE
)
FENCE = re.compile(r"^```(.*)$", re.MULTILINE)
RUN = {"python", "json", "text", "{code-block} json", "{code-block} python"}
NO_CODE = {"{toctree}", "{contents}", "{eval-rst}", "console", "mermaid"}


def documented() -> dict[str, list[object]]:
    """Read off the reference pages what they document, by name."""
    found: dict[str, list[object]] = {}
    for page in REFERENCE.values():
        room = ""
        for match in DIRECTIVE.finditer(page):
            kind, path = match["kind"], match["path"]
            if kind == "currentmodule":
                room = path
            elif kind != "automodule":
                owner, _, name = path.rpartition(".")
                found.setdefault(name, []).append(getattr(import_module(owner or room), name))
    return found


DOCUMENTED = documented()


def public(module: ModuleType) -> dict[str, object]:
    """List what a room offers; a module among it stands for what that one offers."""
    names: dict[str, object] = {}
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        names |= public(value) if isinstance(value, ModuleType) else {name: value}
    return names


@pytest.mark.parametrize("door", DOORS)
def test_every_public_name_is_in_the_reference(door: str) -> None:
    missing = [
        name
        for name, value in public(import_module(door)).items()
        if not any(value is known for known in DOCUMENTED.get(name, ()))
    ]
    assert missing == []


def described(tree: ast.Module) -> set[str]:
    """The names of a module that are given a value and, right below it, words of their own."""
    return {
        target.id
        for value, words in pairwise(tree.body)
        if isinstance(value, ast.Assign | ast.AnnAssign)
        for target in (value.targets if isinstance(value, ast.Assign) else [value.target])
        if isinstance(target, ast.Name)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
    }


WORDED = {
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(
        ".__init__"
    ): described(tree)
    for path, tree in CODE.items()
}


@pytest.mark.parametrize("page", REFERENCE.values(), ids=REFERENCE)
def test_every_value_in_the_reference_is_shown_with_words_of_its_own(page: str) -> None:
    room, bare = "", []
    for match in DIRECTIVE.finditer(page):
        if match["kind"] == "currentmodule":
            room = match["path"]
        elif match["kind"] == "autodata":
            owner, _, name = match["path"].rpartition(".")
            if name not in WORDED[owner or room]:  # else Sphinx shows those of its type: int([x])
                bare.append(match["path"])
    assert bare == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_plan_of_the_house(room: str) -> None:
    plan = (DOCS / "explanation" / "house.md").read_text(encoding="utf-8")
    assert f"| `ordercore.{room}` |" in plan


def test_the_plan_of_the_house_shows_no_room_that_is_not_there() -> None:
    plan = (DOCS / "explanation" / "house.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\| `ordercore\.(\w+)` \|", plan)) == ROOMS


def test_every_code_and_reason_of_an_error_is_listed() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", REFERENCE["errors"], re.MULTILINE))
    assert rows == {*codes(), *reasons()}


def codes() -> set[str]:
    """The codes of all error classes in the source."""
    return {
        str(statement.value.value)
        for tree in CODE.values()
        for statement in ast.walk(tree)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id == "code"
        and isinstance(statement.value, ast.Constant)
    }


def reasons() -> set[str]:
    """The finer reasons in the source; what the contract kit gives as one is its own."""
    return {
        str(node.value.value)
        for path, tree in CODE.items()
        if "testing" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == "reason"
        and isinstance(node.value, ast.Constant)
    }


def test_every_limit_of_the_source_is_listed() -> None:
    limits = {
        node.id
        for path, tree in CODE.items()
        if "testing" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Store)
        and node.id.startswith("MAX_")
    }
    assert [limit for limit in sorted(limits) if limit not in REFERENCE["limits"]] == []


def test_every_kind_of_outcome_is_listed() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `\w+` \|", REFERENCE["outcomes"], re.MULTILINE)
    assert sorted(rows) == sorted(Kind)


def test_the_vocabulary_holds_only_names_that_exist() -> None:
    first = re.findall(r"^\| ([^|]+) \|", REFERENCE["vocabulary"], re.MULTILINE)
    names = {name for cell in first for name in re.findall(r"`([A-Z]\w+)`", cell)}
    assert names
    assert sorted(names - DOCUMENTED.keys()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_code_block_is_of_a_kind_that_is_run(page: Path) -> None:
    fences = FENCE.findall(page.read_text(encoding="utf-8"))
    assert set(fences[1::2]) <= {""}
    assert set(fences[::2]) <= RUN | NO_CODE


EXAMPLES = {path.stem: path for path in (ROOT / "examples").glob("*.py")}
IMPORTED = re.compile(r"^(?:>>> )?(?:from|import) (\w+)", re.MULTILINE)
LINKED = re.compile(r"\]\((?:\.\./)*examples/(\w+)\.py\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_every_example_file_that_its_reader_needs(page: Path) -> None:
    """Its own blocks import no others, and neither do the files that it links."""
    text = page.read_text(encoding="utf-8")
    linked = set(LINKED.findall(text))
    sources = [text, *(EXAMPLES[name].read_text(encoding="utf-8") for name in linked)]
    needed = {name for source in sources for name in IMPORTED.findall(source)}
    assert sorted(needed & EXAMPLES.keys() - linked) == []
