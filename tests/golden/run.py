"""Price golden cases and compare the answers with the expected ones.

    python tests/golden/run.py DIR [DIR ...]

Every ``*.json`` file of the folders is a list of cases in the form of FORMAT.md. What fails is
printed with what was expected and what came out; the last line is ``N passed, M failed``. A
case that needs what is not built yet has failed. The exit status is 0 when all have passed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from translate import book_of, cart_of, context_of
from vocabulary import NotBuilt, Plain

from ordercore import Quote, price
from ordercore.pricing import Applied

__all__ = ["cases_in", "differences", "failures", "main"]

TOTALS = ("items_subtotal", "discount_total", "shipping_total", "total")


def answer(case: Plain) -> Plain:
    """Price a case, and say what came out in its own words."""
    quote = price(cart_of(case), book_of(case), **context_of(case))
    return {
        "items_subtotal": quote.subtotal.decimal,
        "discount_total": quote.discount.decimal,
        "shipping_total": quote.shipping.decimal,
        "total": quote.payable.decimal,
        "lines": {
            said["id"]: line.discount.decimal
            for said, line in zip(case["lines"], quote.lines, strict=True)
        },
        "gifts": gifts(quote),
        "applied": [each.promotion for each in quote.outcomes if isinstance(each, Applied)],
    }


def gifts(quote: Quote) -> list[tuple[str, int]]:
    """List the gifts by sku, in the order first given."""
    units: Counter[str] = Counter()
    for gift in quote.gifts:
        units[gift.sku] += gift.quantity
    return list(units.items())


def differences(case: Plain) -> Iterator[str]:
    """Price a case and yield every difference from what it expects."""
    expect, got = case["expect"], answer(case)
    pairs: list[tuple[str, Any, Any]] = [
        (name, Decimal(expect[name]), got[name]) for name in TOTALS
    ]
    for line_id, line in (expect.get("lines") or {}).items():
        discount = got["lines"].get(line_id)
        pairs.append((f"lines.{line_id}.discount", Decimal(line["discount"]), discount))
    wanted = [(gift["sku"], gift["qty"]) for gift in expect.get("gifts") or ()]
    pairs.append(("gifts", wanted, got["gifts"]))
    pairs.append(("applied", expect["applied"], got["applied"]))
    for name, expected, actual in pairs:
        if expected != actual:
            yield f"{name}: expected {expected}, got {actual}"


def failures(case: Plain) -> list[str]:
    """List why a case fails; nothing where it passes. Whatever is raised is a reason too."""
    try:
        return list(differences(case))
    except NotBuilt as missing:
        return [f"not built: {missing}"]
    except Exception as error:  # noqa: BLE001 - one bad case must not hide the others
        return [f"{type(error).__name__}: {error}"]


def cases_in(folder: Path) -> Iterator[tuple[str, Any]]:
    """Yield every case of a folder's files with its id; a file that cannot be read is one too."""
    for file in sorted(folder.glob("*.json")):
        try:
            cases = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        except ValueError as error:
            cases = [error]
        for i, case in enumerate(cases if isinstance(cases, list) else [cases]):
            named = isinstance(case, dict) and "id" in case
            yield str(case["id"]) if named else f"{file.name}[{i}]", case


def main(folders: list[str]) -> int:
    """Run all cases of some folders, print the result, and return the exit status."""
    passed = failed = 0
    for folder in folders:
        for case_id, case in cases_in(Path(folder)):
            found = failures(case)
            passed += not found
            failed += bool(found)
            if found:
                print("\n    ".join([case_id, *found]))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1:]))
