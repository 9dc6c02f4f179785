"""The table of clauses in the docs, made from the kit's own.

python tests/clauses.py            write it anew
python tests/clauses.py --check    tell whether the page says something else
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from ordercore.testing import CLAUSES
from ordercore.testing.contract.running import all_checks

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "store-contract.md"

_BLOCK = re.compile(r"(<!-- the table of clauses -->\n).*?(<!-- end of the table -->)", re.DOTALL)


def needed(clause: str) -> str:
    """Tell which capabilities a clause cannot do without."""
    each = [check.needs for check in all_checks() if check.clause == clause]
    return ", ".join(f"`{need}`" for need in sorted(frozenset.intersection(*each)))


def table() -> str:
    """Write the table."""
    rows = [f"| {clause} | {words} | {needed(clause)} |" for clause, words in CLAUSES.items()]
    return "\n".join(["| clause | what every store does | needs |", "|--|--|--|", *rows, ""])


def rewritten(page: str) -> str:
    """Put the table into its place on the page."""
    return _BLOCK.sub(lambda match: match[1] + table() + match[2], page)


def main(arguments: list[str]) -> int:
    """Check the page, or write it anew."""
    page = PAGE.read_text(encoding="utf-8")
    if arguments == ["--check"]:
        return rewritten(page) != page
    PAGE.write_text(rewritten(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
