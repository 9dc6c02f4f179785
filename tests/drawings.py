"""The state diagrams in the docs: each drawn from its table, between two markers.

    python tests/drawings.py            draw them anew
    python tests/drawings.py --check    tell which pages are not what the tables say now

A page asks for a drawing by the marker below, with the module and the name of a `Machine` and a
locale; what stands between it and the end marker is replaced.

    <!-- drawing of door:DOOR in en -->
    <!-- end of drawing -->
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]

_BLOCK = re.compile(
    r"(?P<start><!-- drawing of (?P<module>[\w.]+):(?P<name>\w+) in (?P<locale>\w+) -->\n)"
    r".*?(?P<end><!-- end of drawing -->)",
    re.DOTALL,
)
_MARKER = re.compile(r"<!-- (?:end of )?drawing")


def drawn(match: re.Match[str]) -> str:
    """Draw what one pair of markers asks for."""
    machine = getattr(import_module(match["module"]), match["name"])
    drawing = machine.mermaid(match["locale"])
    return f"{match['start']}```mermaid\n{drawing}\n```\n{match['end']}"


def redrawn(page: str) -> str:
    """Replace every drawing of a page by what its table says now."""
    found = len(_BLOCK.findall(page))
    if len(_MARKER.findall(page)) != 2 * found:
        raise SystemExit("a marker of a drawing without its other one, or misspelt")
    return _BLOCK.sub(drawn, page)


def stale(folder: Path) -> dict[Path, str]:
    """Find the pages that say something else, with what they should say."""
    pages = [*sorted(folder.glob("*.md")), *sorted(folder.glob("docs/**/*.md"))]
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    fresh = {page: redrawn(text) for page, text in texts.items()}
    return {page: text for page, text in fresh.items() if text != texts[page]}


def main(arguments: list[str]) -> int:
    """Check the pages, or draw anew."""
    found = stale(ROOT)
    if arguments == ["--check"]:
        sys.stdout.write("".join(f"{page.relative_to(ROOT)}\n" for page in found))
        return bool(found)
    for page, text in found.items():
        page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
