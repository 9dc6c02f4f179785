"""Print the whole speed table of pricing beside the floor, and check every total.

    python tests/benchmarks/table.py [FOLDER] [--quick]

The folder holds workloads as ``workloads.py`` makes them; without one they are made. The floor
is ``floor.py``. All that a ratio compares is timed in turn within this process: CPU time, the
shortest of the rounds. For W1 to W4 and W6 the timed region begins with a compiled book and a
built cart and ends when the total, the payable of every line, the kind and amount of every
outcome and every share of every line have been read as integers, through the columns of the
quote or through the objects that people use. The table goes to standard output in Markdown;
the status is 1 if any total is not the expected one. ``--quick`` takes seconds, and its figures
are rough.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Iterator
from math import log10
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import workloads
from best import instance, search
from floor import best_set, by_selector_value, cart_of, index_of, price_cart
from lowest import checkouts
from price import (
    AT,
    CURRENCY,
    book_of,
    building,
    is_exact,
    pricing,
    promotion,
    read_columns,
    read_objects,
    ready,
)
from price import cart_of as our_cart_of
from timing import Meter, Work, run

from ordercore import Cart, Promotion, PromotionBook
from ordercore.pricing import price

COLUMNS_GOAL, OBJECTS_GOAL = 1.5, 2.2
MOST_CARTS = 2000
"""How many carts of a file are timed; all are checked."""

PRICED = {
    "w1": "W1: 5 lines, 5 promotions, all apply",
    "w2": "W2: 20 lines, 50 promotions",
    "w3": "W3: 20 lines, 10,000 promotions",
    "w4": "W4: 1,000 lines, 50 promotions",
    "w6": "W6: many carts of 1 to 10 lines, 50 promotions",
}


class Timing(NamedTuple):
    """Microseconds for one cart: the floor, and ours read in either way."""

    floor: float
    columns: float
    objects: float


class Table:
    """Measures on the workloads of a folder, row by row, and counts what is right."""

    def __init__(self, folder: Path, meter: Meter) -> None:
        self.folder = folder
        self.meter = meter
        self.right = self.checked = 0

    def read(self, name: str) -> Any:
        """Read a workload."""
        return workloads.read(self.folder, name)

    def check(self, *, right: bool) -> None:
        """Count a result."""
        self.right += right
        self.checked += 1

    def check_totals(self, data: dict[str, Any], book: PromotionBook) -> None:
        """Compare the totals of all carts, ours and the floor's, with the expected ones."""
        index = index_of(data["promotions"])
        for plain, expected in zip(data["carts"], data["expected"], strict=True):
            quote = price_cart(cart_of(plain), index)
            told = [quote.list_amount - quote.payable, quote.payable, quote.shipping]
            self.check(right=told == expected)
            self.check(right=is_exact(price(our_cart_of(plain), book, at=AT), expected))

    def pricing(self, name: str) -> Timing:
        """Check a workload, and time it."""
        data = self.read(name)
        book = book_of(data["promotions"])
        self.check_totals(data, book)
        timed = data["carts"][:MOST_CARTS]
        ours = [our_cart_of(plain) for plain in timed]
        figures = self.meter.minima(
            floor_pricing(timed, data["promotions"]),
            pricing(ours, book, read_columns),
            pricing(ours, book, read_objects),
        )
        return Timing(*[figure / len(timed) for figure in figures])

    def priced_rows(self) -> Iterator[str]:
        """Price: the table of times and ratios."""
        yield row("pricing a cart", "floor, µs", "columns, µs", "ratio", "objects, µs", "ratio")
        yield row("---", *["--:"] * 5)
        goals = f"≤ {COLUMNS_GOAL}", f"≤ {OBJECTS_GOAL}"
        yield row("*goal*", "", "", goals[0], "", goals[1])
        for name, title in PRICED.items():
            floor, columns, objects = self.pricing(name)
            told = micro(columns), ratio(columns, floor), micro(objects), ratio(objects, floor)
            yield row(title, micro(floor), *told)

    def other_rows(self) -> Iterator[str]:
        """Everything else: one figure each, beside its goal."""
        yield row("and", "floor", "ours", "figure", "goal")
        yield row("---", "--:", "--:", "--:", "--:")
        for name in ("w1", "w2", "w4"):
            yield from self.build_rows(name)
        yield self.many_promotions()
        yield self.many_lines()
        yield from self.best_rows()
        yield from self.big_rows()
        yield from self.checkout_rows()
        yield from self.compiling()

    def build_rows(self, name: str) -> Iterator[str]:
        """Build carts: from ready lines, and with their lines from plain data."""
        carts = self.read(name)["carts"]
        parts = [ready(plain) for plain in carts]
        figures = self.meter.minima(
            lambda: [cart_of(plain) for plain in carts],
            building(parts),
            lambda: [our_cart_of(plain) for plain in carts],
        )
        floor, ours, whole = [figure / len(carts) for figure in figures]
        title = f"building a cart of {name.upper()}"
        told = f"{micro(floor)} µs"
        yield row(
            f"{title} from ready lines", told, f"{micro(ours)} µs", ratio(ours, floor), "≤ 4"
        )
        yield row(f"{title}, lines included", told, f"{micro(whole)} µs", ratio(whole, floor), "")

    def many_promotions(self) -> str:
        """W3: how much dearer a cart is among all promotions than among those that concern it."""
        works = []
        for name in ("w3_n10", "w3"):
            data = self.read(name)
            book = book_of(data["promotions"])
            self.check_totals(data, book)
            carts = [our_cart_of(plain) for plain in data["carts"]]
            works.append(pricing(carts, book, read_columns))
        few, many = self.meter.minima(*works)
        title = "W3, 10,000 promotions / only the dozen that concern the cart"
        return row(title, "", f"{micro(many)} / {micro(few)} µs", ratio(many, few), "≤ 1.2")

    def many_lines(self) -> str:
        """W4: how fast time grows from 100 to 1,000 lines, as an exponent."""
        self.check_totals(middle := self.read("w4_l300"), book_of(middle["promotions"]))
        small, large = self.pricing("w4_l100"), self.pricing("w4")
        floor, ours = log10(large.floor / small.floor), log10(large.columns / small.columns)
        title = "W4, exponent of time in lines, 100 to 1,000, less the floor's"
        return row(title, f"{floor:.2f}", f"{ours:.2f}", f"{ours - floor:+.2f}", "≤ 0.05")

    def best_rows(self) -> Iterator[str]:
        """W5: how many optima are found and proved, and the time beside trying all sets."""
        plains = self.read("w5")
        exact = certified = 0
        floors, ours = [], []
        meter = self.meter._replace(seconds=self.meter.seconds / 5)
        for plain in plains:
            cart, book = instance(plain)
            found = search(cart, book, plain)
            self.check(right=found.exact)
            self.check(right=best_set(plain)[0] == plain["optimum"])
            exact += found.exact
            certified += found.certified
            floor, own = meter.minima(trying(plain), pricing([cart], book, read_columns))
            floors.append(floor)
            ours.append(own)
        of = len(plains)
        yield row("W5, optima found", "", f"{exact} of {of}", "", "all")
        yield row("W5, optima certified", "", f"{certified} of {of}", "", "all")
        floor, own = statistics.median(floors), statistics.median(ours)
        title = "W5, median / the floor's, which tries every set"
        yield row(title, f"{micro(floor)} µs", f"{micro(own)} µs", ratio(own, floor), "≤ 6")

    def big_rows(self) -> Iterator[str]:
        """W5: instances beyond trying all sets."""
        for size in (33, 63, 123):
            plain = self.read(f"w5_n{size}")
            cart, book = instance(plain)
            found = search(cart, book, plain)
            (time,) = self.meter.minima(pricing([cart], book, read_columns))
            told = f"saves {found.value / 100:,.2f}, gap {found.gap / 100:,.2f}"
            yield row(f"W5 with {size} promotions", "", f"{time / 1000:,.1f} ms", told, "")

    def checkout_rows(self) -> Iterator[str]:
        """The best combination over all layers of a checkout; here there is no floor."""
        for checkout in checkouts():
            (told,) = checkout.quote().certificates
            (time,) = self.meter.minima(checkout.work())
            title = f"the lowest price over all layers: {checkout.name}"
            proof = f"gap {told.gap.minor / 100:,.2f}, {told.nodes:,} nodes"
            yield row(title, "", f"{time / 1000:,.1f} ms", proof, "")

    def compiling(self) -> Iterator[str]:
        """Compile a book of built promotions, beside a dict of their selectors' values.

        That nothing is put off to the first price is seen by the first price.
        """
        data = self.read("w3")
        plains = data["promotions"]
        built = [promotion(plain) for plain in plains]
        carts = [our_cart_of(plain) for plain in data["carts"]]
        meter = self.meter._replace(rounds=max(self.meter.rounds, 7))  # long ones, run once each
        floor, ours = meter.minima(
            lambda: by_selector_value(plains), lambda: PromotionBook(CURRENCY, built)
        )
        title = f"compiling {len(plains):,} built promotions / a dict of what they select"
        told = f"{floor / 1000:,.1f} ms", f"{ours / 1000:,.0f} ms"
        yield row(title, *told, ratio(ours, floor), "≤ 10")
        firsts = [first_price(carts, built) for _ in range(meter.rounds)]
        later = self.meter.minima(pricing(carts, PromotionBook(CURRENCY, built), read_columns))[0]
        told = "", f"{micro(min(firsts))} / {micro(later)} µs"
        yield row("the first price with that book / a later one", *told, "", "")

    def verdict(self) -> str:
        """Say how many totals are right, and where this was measured."""
        machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
        return f"{self.right:,} of {self.checked:,} totals are as expected. {machine}."


def floor_pricing(carts: list[dict[str, Any]], promotions: list[dict[str, Any]]) -> Work:
    """Make the floor's timed region."""
    index, built = index_of(promotions), [cart_of(plain) for plain in carts]

    def work() -> None:
        for cart in built:
            price_cart(cart, index)

    return work


def first_price(carts: list[Cart], promotions: list[Promotion]) -> float:
    """Time the first price with a new book."""
    return run(pricing(carts, PromotionBook(CURRENCY, promotions), read_columns), 1)


def trying(plain: dict[str, Any]) -> Work:
    """Make the floor's search."""
    return lambda: best_set(plain)


def row(*cells: str) -> str:
    """Lay out a row."""
    return f"| {' | '.join(cells)} |"


def micro(time: float) -> str:
    """Write microseconds with a sensible number of digits."""
    return f"{time:,.1f}" if time < 100 else f"{time:,.0f}"


def ratio(ours: float, theirs: float) -> str:
    """Write a ratio."""
    return f"{ours / theirs:.2f}" if ours < 10 * theirs else f"{ours / theirs:.1f}"


def main(folder: Path, meter: Meter) -> int:
    """Print the table; return the exit status."""
    table = Table(folder, meter)
    for lines in (table.priced_rows(), table.other_rows()):
        for line in lines:
            print(line, flush=True)
        print()
    print(table.verdict())
    return int(table.right < table.checked)


if __name__ == "__main__":
    quick = "--quick" in sys.argv
    folders = [each for each in sys.argv[1:] if each != "--quick"]
    if len(folders) > 1 or not all(Path(each).is_dir() for each in folders):
        raise SystemExit(__doc__)
    with TemporaryDirectory() as made:
        if not folders:
            workloads.write(Path(made), quick=quick)
        folder = Path(folders[0] if folders else made)
        raise SystemExit(main(folder, Meter(3, 0.02) if quick else Meter(15, 0.1)))
