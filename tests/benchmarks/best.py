"""Time the search for the best combination on a file of instances, and check what it finds.

    python tests/benchmarks/best.py FILE [RUNS]

The file holds one instance or a list of them. In each, ``offers`` take an amount or a
percentage off all of some lines or not at all, at most one of each group; of the ``tiers`` at
most one takes an amount off what is then left, if that is still enough; ``optimum``, where
given, is the most that can be saved. Book and cart are built before; the timed region ends
when all numbers have been read from the quote. CPU time, median of the runs for each instance,
then the median over the instances. One JSON object goes to standard output.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any, NamedTuple

from price import AT, CURRENCY, lines, minor, pricing, read_columns
from timing import microseconds

from ordercore import Cart, Promotion, PromotionBook
from ordercore.errors import OrderCoreError
from ordercore.pricing import price
from ordercore.promotions import AmountOff, Benefit, Optimal, PercentOff, Sku, Threshold


def offer(plain: dict[str, Any], skus: list[str]) -> Promotion:
    """Translate an offer on lines."""
    target = Sku(tuple(skus[line] for line in plain["lines"]))
    off: Benefit = AmountOff(minor(plain["discount"]), target)
    if plain["kind"] == "percent_off":
        off = PercentOff(str(plain["percent"]), target)
    return Promotion(id=plain["id"], benefits=off, layer="set", group=plain["group"], whole=True)


def tier(plain: dict[str, Any]) -> Promotion:
    """Translate a tier on the whole order."""
    enough = Threshold(minor(plain["min_spend"]))
    off = AmountOff(minor(plain["amount"]))
    return Promotion(id=plain["id"], when=enough, benefits=off, layer="order", group="tiers")


def instance(plain: dict[str, Any]) -> tuple[Cart, PromotionBook]:
    """Build cart and book of one instance."""
    skus = [line["sku"] for line in plain["lines"]]
    promotions = [offer(each, skus) for each in plain["offers"]]
    promotions += [tier(each) for each in plain["tiers"]]
    book = PromotionBook(CURRENCY, promotions, resolvers=[Optimal(("set", "order"))])
    return Cart(CURRENCY, lines(plain)), book


class Found(NamedTuple):
    """What a search found: amounts in minor units."""

    value: int
    gap: int
    certified: bool
    exact: bool
    """Whether it is the optimum; true where that is not known."""


def search(cart: Cart, book: PromotionBook, plain: dict[str, Any]) -> Found:
    """Search once, and compare."""
    quote = price(cart, book, at=AT)
    value, gap = quote.discount.minor, sum(each.gap.minor for each in quote.certificates)
    return Found(value, gap, not gap, value == plain.get("optimum", value))


def read(path: str) -> list[tuple[dict[str, Any], Cart, PromotionBook]]:
    """Read the instances of a file, each with its cart and book; end where there are none."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path}: cannot be read: {error}") from None
    instances = data if isinstance(data, list) else [data]
    if not instances:
        raise SystemExit(f"{path}: expected at least one instance")
    made = []
    for i, plain in enumerate(instances):
        try:
            made.append((plain, *instance(plain)))
        except (LookupError, TypeError, ValueError, OrderCoreError) as error:
            told = f"instance {i}: expected lines, offers and tiers: {error!r}"
            raise SystemExit(f"{path}: {told}") from None
    return made


def main(path: str, runs: int = 5) -> dict[str, Any]:
    """Run all instances of a file and return the figures."""
    instances = read(path)
    found = []
    times: list[float] = []
    for plain, cart, book in instances:
        found.append(search(cart, book, plain))
        work = pricing([cart], book, read_columns)
        times.append(microseconds(work, runs, seconds=0.3 / len(instances)))
    return {
        "peer": "ordercore",
        "workload": Path(path).stem,
        "us_per_cart": statistics.median(times),
        "exact": sum(each.exact for each in found),
        "of": len(instances),
        "certified": sum(each.certified for each in found),
        "gap": sum(each.gap for each in found),
        "value": sum(each.value for each in found),
    }


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit(__doc__)
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)))
