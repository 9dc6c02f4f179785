"""The published JSON Schemas: one file for each kind of document and schema number.

    python tests/data/published.py            write them anew
    python tests/data/published.py --check    tell which are not what the classes say now

When the form of a document changes such that old ones are refused, give it a new number and an
upcast: the file of the old number stays as it is.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import ordercore
from ordercore.data import json_schema
from ordercore.data.registry import REGISTRY

FOLDER = Path(ordercore.__file__).parent / "schemas"


def texts() -> dict[str, str]:
    """Make the text of every file by its name."""
    for room in iter_modules(ordercore.__path__):
        if room.name != "testing":
            import_module(f"ordercore.{room.name}")
    return {
        f"{told.name}.{told.schema}.json": json.dumps(
            json_schema(cls), indent=1, ensure_ascii=False
        )
        + "\n"
        for cls, told in REGISTRY.documents.items()
    }


def stale() -> list[str]:
    """List the files that are missing or say something else."""
    return sorted(
        name
        for name, text in texts().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    )


def main(arguments: list[str]) -> int:
    """Check the files, or write them."""
    if arguments == ["--check"]:
        found = stale()
        sys.stdout.write("".join(f"{name}\n" for name in found))
        return bool(found)
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
