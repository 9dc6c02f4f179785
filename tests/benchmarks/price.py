"""Time pricing on a workload file, and check every total against the expected one.

    python tests/benchmarks/price.py FILE [RUNS]

The file holds ``carts``, ``promotions`` and ``expected`` triples (goods discount, goods total,
shipping). Book and carts are built once. The timed region starts there, and ends when the
total, the payable of every line, the kind and amount of every outcome and every share of
every line have been read, as integers: once through the columns of the quote, once through
the objects that people use. CPU time, median of the runs after one to warm up. One JSON
object goes to standard output; times are microseconds per cart.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from timing import Work, microseconds

from ordercore import Cart, CartLine, Money, Product, Promotion, PromotionBook, Quote, UnitPrice
from ordercore.pricing import price
from ordercore.promotions import AllUnits, Basis, Category, Selector, Sku, recipes

AT = datetime(2026, 11, 11, 10, tzinfo=UTC)
CURRENCY = "CNY"


def minor(units: int) -> Money:
    """Read the workload's integers: fen."""
    return Money(units, CURRENCY)


def scope(plain: Any) -> Selector:
    """Translate a scope: everything, skus or categories."""
    if plain == "all":
        return AllUnits()
    skus, categories = plain.get("sku", ()), plain.get("category", ())
    if skus and categories:
        return Sku(tuple(skus)) | Category(tuple(categories))
    return Sku(tuple(skus)) if skus else Category(tuple(categories))


def promotion(plain: dict[str, Any]) -> Promotion:
    """Translate one promotion of the workload."""
    kind, id_ = plain["kind"], plain["id"]
    target = scope(plain["scope"])
    if kind == "percent_off":
        return recipes.percent_off(id_, str(plain["percent"]), target)
    if kind == "nth_half":
        percent = str(plain["percent"])
        return recipes.second_half_price(id_, target, percent=percent, max_times=1)
    if kind == "gift":
        buy, get = Sku((plain["buy"],)), Sku((plain["get"],))
        return recipes.buy_and_get(id_, buy=1, get=1, target=buy, get_target=get, max_times=1)
    if kind == "threshold_off":
        spend, save = minor(plain["min_spend"]), minor(plain["amount"])
        return recipes.spend_and_save(id_, spend=spend, save=save, target=target)
    if kind == "free_shipping":
        spend = minor(plain["min_spend"])
        return recipes.free_shipping(id_, spend=spend, basis=Basis.LIST)
    raise SystemExit(f"unknown kind of promotion: {kind}")


def lines(plain: dict[str, Any]) -> list[CartLine]:
    """Make the ready lines of a cart."""
    return [
        CartLine(
            id=line["id"],
            product=Product(line["sku"], categories=(line["category"],)),
            quantity=line["qty"],
            unit_price=UnitPrice.of(minor(line["unit_price"]), CURRENCY),
        )
        for line in plain["lines"]
    ]


def ready(plain: dict[str, Any]) -> tuple[list[CartLine], Money]:
    """Make all that a cart is built of."""
    return lines(plain), minor(plain["shipping"])


def cart_of(plain: dict[str, Any]) -> Cart:
    """Translate a cart."""
    return Cart(CURRENCY, *ready(plain))


def book_of(promotions: Iterable[dict[str, Any]]) -> PromotionBook:
    """Translate all promotions, and compile them."""
    return PromotionBook(CURRENCY, [promotion(each) for each in promotions])


def read_columns(quote: Quote) -> int:
    """Read all numbers through the columns."""
    columns = quote.columns
    total = columns.payable + sum(columns.lines)
    for _, _, amount in columns.outcomes:
        total += amount
    for _, _, parts in columns.shares:
        total += sum(parts)
    return total


def read_objects(quote: Quote) -> int:
    """Read the same through lines and outcomes."""
    total = quote.payable_minor
    for line in quote.lines:
        total += line.payable_minor
        for adjustment in line.adjustments:
            total += adjustment.minor
    for outcome in quote.outcomes:
        assert outcome.kind
        total += outcome.amount_minor
    return total


def is_exact(quote: Quote, expected: list[int]) -> bool:
    """Compare a quote with (goods discount, goods total, shipping)."""
    discount, total, shipping = expected
    columns = quote.columns
    return (
        quote.discount.minor == discount
        and sum(columns.lines) == total
        and columns.shipping == shipping
        and columns.payable == total + shipping
        and sum(sum(parts) for _, _, parts in columns.shares) == discount
        and read_columns(quote) == read_objects(quote)
    )


def pricing(carts: list[Cart], book: PromotionBook, read: Callable[[Quote], int]) -> Work:
    """Make the timed region: price all carts, and read all numbers."""

    def work() -> None:
        for cart in carts:
            read(price(cart, book, at=AT))

    return work


def building(parts: list[tuple[list[CartLine], Money]]) -> Work:
    """Make the other timed region: build all carts from their ready lines."""

    def work() -> None:
        for each, shipping in parts:
            Cart(CURRENCY, each, shipping)

    return work


def main(path: str, runs: int = 5) -> dict[str, Any]:
    """Run one workload and return its figures."""
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    book = book_of(data["promotions"])
    parts = [ready(plain) for plain in data["carts"]]
    carts = [Cart(CURRENCY, each, shipping) for each, shipping in parts]
    exact = sum(
        is_exact(price(cart, book, at=AT), expected)
        for cart, expected in zip(carts, data["expected"], strict=True)
    )
    works = {
        "us_per_cart": pricing(carts, book, read_columns),
        "us_per_cart_objects": pricing(carts, book, read_objects),
        "us_build": building(parts),
    }
    figures = {name: microseconds(work, runs) / len(carts) for name, work in works.items()}
    said = {"peer": "ordercore", "workload": Path(path).stem}
    return said | figures | {"exact": exact, "of": len(carts)}


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit(__doc__)
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)))
