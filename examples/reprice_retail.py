"""Price a shop's past invoices again, under promotions that it never had.

    python examples/reprice_retail.py
    python examples/reprice_retail.py --limit 20
    python examples/reprice_retail.py --without-promotions
    python examples/reprice_retail.py online_retail.csv.gz

Without a file it takes the sample in ``examples/data`` (where a README tells what it is and
whose). With one it takes any part of the data set "Online Retail", as CSV or gzipped. Each
invoice becomes a cart, and is priced at the instant and for the customer that it had. What
cannot be a line of a cart is left out and counted by its reason.

Every run checks every invoice against decimals that are reckoned apart, with the standard
library alone. The exit status is 1 if an amount differs, and 2 for a file that is none.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple, TextIO
from zlib import error as ZlibError  # noqa: N812 - it is a class
from zoneinfo import ZoneInfo

from ordercore import (
    Cart,
    CartLine,
    InvalidDocument,
    Money,
    OrderCoreError,
    Product,
    PromotionBook,
    Quote,
    Shopper,
    UnitPrice,
    price,
    recipes,
)
from ordercore.calendars import Schedule, Window
from ordercore.errors import InvalidInput
from ordercore.pricing import Kind, QuoteColumns
from ordercore.promotions import Basis, Category, CustomerInGroup, Sku, Threshold
from ordercore.tariffs import OffListPrice, PriceList, Tariff

SAMPLE: Final = Path(__file__).parent / "data" / "online_retail_sample.csv"
COLUMNS: Final = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
    "CustomerID", "Country",
)  # fmt: skip
CURRENCY: Final = "GBP"
LONDON: Final = ZoneInfo("Europe/London")
PENNY: Final = Decimal("0.01")

POSTAGE: Final = frozenset({"POST", "DOT", "C2"})
"""Codes of rows that charge for carriage: they are the cart's shipping fee."""

CREDIT_NOTE: Final = "credit note (C…)"
ADJUSTMENT: Final = "adjustment (A…)"
NO_QUANTITY: Final = "quantity not above zero"
NO_PRICE: Final = "price not above zero"
REASONS: Final = (CREDIT_NOTE, ADJUSTMENT, NO_QUANTITY, NO_PRICE)
"""Why a row is left out; of several reasons the first counts."""

_GOODS = re.compile(r"([0-9]{2})[0-9]{3}")
_INTEGER = re.compile(r"-?[0-9]{1,12}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,8})?")


# What is on offer


def january(year: int) -> Schedule:
    """Make the schedule of a sale in January, by the clocks of London."""
    first, after = (datetime(year, month, 1, tzinfo=LONDON) for month in (1, 2))
    return Schedule(Window(first, after))


def promotions() -> PromotionBook:
    """Say what the shop might have offered.

    The first two look at ranges of goods, the third at three best sellers, the next two at the
    whole order, the last at the postage. None of them touches what is not goods: manual
    charges, bank charges, gift vouchers.
    """
    goods = Category("goods")
    return PromotionBook(
        CURRENCY,
        [
            recipes.percent_off(
                "january-22", "15", Category("range-22"),
                name="January sale: 15 % off range 22", schedule=january(2011),
            ),
            recipes.percent_off(
                "range-84", "10", Category("range-84"), name="10 % off range 84",
            ),
            recipes.second_half_price(
                "second-half", Sku(["20725", "47566", "85123A"]), max_times=6,
                name="Every second at half price, on best sellers",
            ),
            recipes.spend_and_save_tiers(
                "spend-and-save", [("500", "20"), ("1000", "50"), ("2500", "150")], target=goods,
                name="Spend 500/1000/2500, save 20/50/150",
            ),
            recipes.percent_off(
                "come-back", "2", goods, layer="platform", when=CustomerInGroup("repeat"),
                name="2 % off for customers who come back",
            ),
            recipes.free_shipping(
                "free-postage", when=Threshold("300", target=goods, basis=Basis.LIST),
                name="Free postage from 300",
            ),
        ],
        version="what-if-1",
    )  # fmt: skip


def tariff() -> Tariff:
    """Give a wholesale price from a dozen units of a sku on, goods or not."""
    dozen = PriceList(
        id="dozen",
        kind="wholesale",
        name="10 % off the unit price from 12 units",
        rules=[OffListPrice("10", min_quantity=12)],
    )
    return Tariff(CURRENCY, [dozen], version="what-if-1")


# What the file says


class BadFile(Exception):
    """A file that cannot be read as invoices; its text is one line, to follow the path."""


class Row(NamedTuple):
    """A row that can be priced; the price is kept as it is written."""

    product: Product
    quantity: int
    unit_price: str


@dataclass
class Invoice:
    """The rows of one invoice that can be priced; those of its postage apart."""

    number: str
    at: datetime
    """When its first row was written; a long invoice took minutes."""
    customer: str | None
    country: str | None
    rows: list[Row] = field(default_factory=list)
    postage: list[Row] = field(default_factory=list)


@dataclass
class History:
    """What a file holds: invoices by number, and what was left out."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    blank_names: int = 0
    refused_names: int = 0

    def sales(self) -> list[Invoice]:
        """List the invoices that have a row to price, as time went by."""
        return sorted(self.invoices.values(), key=lambda each: (each.at, each.number))


def read(path: Path, limit: int | None = None) -> History:
    """Read a file, gzipped if its name says so, or the rows of its first invoice numbers."""
    open_it = gzip.open if path.suffix == ".gz" else open
    try:
        with open_it(path, "rt", encoding="utf-8-sig", newline="") as file:
            return gather(file, limit)
    except OSError as error:
        raise BadFile(f": {error.strerror or error}") from None
    except (EOFError, UnicodeDecodeError, ZlibError, csv.Error) as error:
        raise BadFile(f": expected CSV in UTF-8, gzipped if it ends in .gz: {error}") from None


def gather(file: Iterable[str], limit: int | None) -> History:
    """Read rows; an invoice is gathered wherever its rows stand."""
    table = csv.reader(file)
    if (header := next(table, None)) != list(COLUMNS):
        told = "no columns" if header is None else repr(", ".join(header)[:100])
        raise BadFile(f": expected the columns {', '.join(COLUMNS)}; got {told}")
    history = History()
    for cells in table:
        if len(cells) != len(COLUMNS):
            raise BadFile(f", line {table.line_num}: expected {len(COLUMNS)} columns")
        if cells[0] not in history.numbers:
            if len(history.numbers) == limit:
                continue
            history.numbers.add(cells[0])
        try:
            take(history, cells)
        except (ValueError, OrderCoreError) as error:
            raise BadFile(f", line {table.line_num}: {error}") from None
    return history


def take(history: History, cells: Sequence[str]) -> None:
    """Put one row where it belongs: to its invoice, or to what is left out."""
    invoice, code, name, units, at, unit_price, customer, country = cells
    quantity = int(matching(_INTEGER, units, "a quantity"))
    cost = Decimal(matching(_DECIMAL, unit_price, "a price"))
    when = instant(at)
    history.rows += 1
    reason = reason_against(invoice, quantity, cost)
    if reason is not None:
        history.left_out[reason] += 1
        return
    product, is_refused = product_of(code, name.strip())
    history.refused_names += is_refused
    history.blank_names += not is_refused and not product.name
    found = history.invoices.get(invoice)
    if found is None:
        found = Invoice(invoice, when, customer or None, country or None)
        history.invoices[invoice] = found
    found.at = min(found.at, when)
    rows = found.postage if code in POSTAGE else found.rows
    rows.append(Row(product, quantity, sys.intern(unit_price)))


@cache
def instant(text: str) -> datetime:
    """Read a date and time; one that tells no offset is by the clocks of London."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=LONDON)


def matching(pattern: re.Pattern[str], text: str, what: str) -> str:
    """Give back a text of the right form."""
    if not pattern.fullmatch(text):
        raise ValueError(f"expected {what}, got {text[:40]!r}")
    return text


def reason_against(invoice: str, quantity: int, cost: Decimal) -> str | None:
    """Tell why a row is no sale."""
    letter = invoice[:1]
    if letter in ("C", "A"):
        return CREDIT_NOTE if letter == "C" else ADJUSTMENT
    if quantity <= 0:
        return NO_QUANTITY
    return NO_PRICE if cost <= 0 else None


@cache
def product_of(code: str, name: str) -> tuple[Product, bool]:
    """Make a product; tell whether its name was refused, and is left out for that."""
    try:
        return Product(code, name, categories=categories_of(code)), False
    except InvalidInput as error:
        if error.path != ("name",):
            raise
        return Product(code, categories=categories_of(code)), True


def categories_of(code: str) -> tuple[str, ...]:
    """Goods have codes of five digits, and perhaps a letter; the first two tell the range."""
    match = _GOODS.match(code)
    return ("goods", f"range-{match[1]}") if match else ("other",)


# Carts and quotes

price_of = cache(UnitPrice.of)


def cart_of(invoice: Invoice) -> Cart:
    """Rebuild the cart that an invoice was made of: one line for each row."""
    lines = [
        CartLine(f"{i:05}", row.product, row.quantity, price_of(row.unit_price, CURRENCY))
        for i, row in enumerate(invoice.rows, 1)
    ]
    postage = [price_of(row.unit_price, CURRENCY).amount(row.quantity) for row in invoice.postage]
    return Cart(CURRENCY, lines, Money.sum(postage, CURRENCY))


def quotes(
    invoices: Iterable[Invoice], book: PromotionBook, prices: Tariff | None
) -> Iterator[tuple[Invoice, Quote]]:
    """Price invoices one after the other; who has bought before belongs to the group repeat."""
    orders: Counter[str] = Counter()
    for invoice in invoices:
        before = orders[invoice.customer] if invoice.customer else 0
        try:
            shopper = Shopper(invoice.customer, ["repeat"] if before else [], before)
            quote = price(
                cart_of(invoice), book, at=invoice.at, shopper=shopper,
                region=invoice.country, tariff=prices,
            )  # fmt: skip
        except OrderCoreError as error:
            fault = error.faults[0] if isinstance(error, InvalidDocument) else error
            raise BadFile(f": invoice {invoice.number}: {fault}") from None
        if invoice.customer:
            orders[invoice.customer] += 1
        yield invoice, quote


# The check


class Exact(NamedTuple):
    """What an invoice comes to by its own prices, reckoned with decimals and no other help."""

    goods: Decimal
    """In whole pence: rows of one product at one price are put together and rounded once."""
    by_row: Decimal
    """The same with each row rounded by itself, as the invoice may have had it."""
    unrounded: Decimal
    postage: Decimal
    """In whole pence, each row rounded by itself."""


def exact_of(invoice: Invoice) -> Exact:
    """Multiply and add; round halves up.

    The two ways of rounding differ only where a price is finer than a penny and the same
    product stands in several rows: 0.005 twice is 0.01 put together, and 0.02 apart.
    """
    together: dict[tuple[str, str, Decimal], int] = {}
    for row in invoice.rows:
        key = row.product.sku, row.product.name, Decimal(row.unit_price)
        together[key] = together.get(key, 0) + row.quantity
    amounts = [key[2] * quantity for key, quantity in together.items()]
    return Exact(
        sum(map(in_pence, amounts), Decimal(0)),
        sum((in_pence(row_amount(row)) for row in invoice.rows), Decimal(0)),
        sum(amounts, Decimal(0)),
        sum((in_pence(row_amount(row)) for row in invoice.postage), Decimal(0)),
    )


def row_amount(row: Row) -> Decimal:
    """Multiply the price as it is written."""
    return Decimal(row.unit_price) * row.quantity


def in_pence(amount: Decimal) -> Decimal:
    """Round half up to the penny."""
    return amount.quantize(PENNY, ROUND_HALF_UP)


def faults_of(quote: Quote, columns: QuoteColumns, exact: Exact) -> Iterator[str]:
    """Compare a quote with the decimals, and its account with itself."""
    payable = quote.payable.decimal
    given = sum(minor for _, _, minor in columns.outcomes) * PENNY
    saved = (quote.subtotal - quote.base).decimal
    for what, found, right in (
        ("goods before promotions", quote.subtotal.decimal, exact.goods),
        ("postage before promotions", quote.cart.shipping.decimal, exact.postage),
        ("what is paid", payable, exact.goods + exact.postage - saved - given),
        ("lines and postage", (sum(columns.lines) + columns.shipping) * PENNY, payable),
    ):
        if found != right:
            yield f"{what}: {found} instead of {right}"


# What it comes to


@dataclass
class Totals:
    """Sums over all quotes, in pounds; what promotions gave, in pence."""

    invoices: int = 0
    lines: int = 0
    postage_rows: int = 0
    goods: Decimal = Decimal(0)
    postage: Decimal = Decimal(0)
    by_row: Decimal = Decimal(0)
    unrounded: Decimal = Decimal(0)
    payable: Decimal = Decimal(0)
    price_lists: Decimal = Decimal(0)
    cheaper: int = 0
    """Invoices that a price list made cheaper."""
    times: Counter[str] = field(default_factory=Counter)
    minor: Counter[str] = field(default_factory=Counter)
    customers: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, invoice: Invoice, quote: Quote) -> None:
        """Check one quote and add it to the sums."""
        exact, columns = exact_of(invoice), quote.columns
        faults = faults_of(quote, columns, exact)
        self.faults += [f"invoice {invoice.number}: {fault}" for fault in faults]
        self.goods += quote.subtotal.decimal
        self.postage += quote.cart.shipping.decimal
        self.by_row += exact.by_row
        self.unrounded += exact.unrounded
        self.payable += quote.payable.decimal
        saved = quote.subtotal - quote.base
        self.price_lists += saved.decimal
        self.cheaper += not saved.is_zero
        self.count(invoice, columns)

    def count(self, invoice: Invoice, columns: QuoteColumns) -> None:
        """Count what was bought, by whom, and which promotions were used."""
        self.invoices += 1
        self.lines += len(invoice.rows)
        self.postage_rows += len(invoice.postage)
        if invoice.customer:
            self.customers.add(invoice.customer)
        for promotion, kind, minor in columns.outcomes:
            if kind is Kind.APPLIED:
                self.times[promotion] += 1
                self.minor[promotion] += minor


def counted(history: History, totals: Totals) -> Iterator[str]:
    """Tell what was read, what became of it, and what was left out."""
    yield f"{'rows read':44}{history.rows:12,}"
    yield f"{'  priced as lines of carts':44}{totals.lines:12,}"
    yield f"{'  priced as postage':44}{totals.postage_rows:12,}"
    for reason in REASONS:
        yield f"{'  left out: ' + reason:44}{history.left_out[reason]:12,}"
    yield f"{'invoice numbers':44}{len(history.numbers):12,}"
    yield f"{'  priced as carts':44}{totals.invoices:12,}"
    yield f"{'customers known':44}{len(totals.customers):12,}"
    yield f"{'descriptions that are blank':44}{history.blank_names:12,}"
    yield f"{'descriptions that cannot be a name':44}{history.refused_names:12,}"


def accounted(totals: Totals, book: PromotionBook, prices: Tariff | None) -> Iterator[str]:
    """Tell the way from the list prices to what is paid, and what took how much."""
    yield f"{'':56}{'times':>8}{CURRENCY:>16}"
    yield told("goods by list price", None, totals.goods)
    yield told("postage", None, totals.postage)
    if prices is not None:
        (only,) = prices.price_lists
        yield told(f"{only.id}: {only.name}", totals.cheaper, -totals.price_lists)
    for promotion in book.promotions:
        name, times = promotion.name["*"], totals.times[promotion.id]
        yield told(f"{promotion.id}: {name}", times, -totals.minor[promotion.id] * PENNY)
    yield told("revenue after", None, totals.payable)


def told(what: str, times: int | None, amount: Decimal) -> str:
    """Lay out one row of the account."""
    return f"{what:56.56}{'' if times is None else f'{times:,}':>8}{amount:16,.2f}"


def checked(totals: Totals) -> Iterator[str]:
    """Tell what the check found, and what rounding did."""
    if totals.faults:
        yield f"DIFFERS from exact decimals: {len(totals.faults):,} amounts"
    else:
        yield "Every amount equals the exact decimals that were reckoned apart."
    yield f"Rounding goods to pence adds {totals.goods - totals.unrounded:f} in all, and would"
    yield f"add {totals.by_row - totals.goods:f} more if each row were rounded by itself."


# The run


@contextmanager
def progress(stream: TextIO, whole: int) -> Iterator[Callable[[int], None]]:
    """Draw a bar on a terminal, and take it away at the end; elsewhere write nothing."""
    width, step = 40, max(1, whole // 200)

    def draw(done: int) -> None:
        if done % step == 0 or done == whole:
            bar = "#" * (width * done // whole)
            stream.write(f"\r[{bar:.<{width}}] {done:,} of {whole:,}")
            stream.flush()

    if not stream.isatty():
        yield lambda _done: None
        return
    try:
        yield draw
    finally:
        stream.write("\r\x1b[K")
        stream.flush()


def reprice(history: History, book: PromotionBook, prices: Tariff | None) -> Totals:
    """Price all that can be priced, in the order of time."""
    totals, sales = Totals(), history.sales()
    with progress(sys.stderr, len(sales)) as show:
        for done, (invoice, quote) in enumerate(quotes(sales, book, prices), 1):
            totals.add(invoice, quote)
            show(done)
    return totals


def run(asked: argparse.Namespace) -> int:
    """Read, price, tell; return the exit status."""
    history = read(asked.file, asked.limit)
    bare = asked.without_promotions
    book = PromotionBook(CURRENCY, []) if bare else promotions()
    prices = None if bare else tariff()
    began = perf_counter()
    totals = reprice(history, book, prices)
    took = max(perf_counter() - began, 0.001)
    for part in (counted(history, totals), accounted(totals, book, prices), checked(totals)):
        print(*part, sep="\n", end="\n\n")
    print(f"{totals.invoices / took:,.0f} carts per second, the check included ({took:.1f} s)")
    for fault in totals.faults[:20]:
        print(fault, file=sys.stderr)
    return 1 if totals.faults else 0


def positive(text: str) -> int:
    """Read a count."""
    if (count := int(text)) < 1:
        raise ValueError
    return count


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Price past invoices again.")
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE, help="CSV, or gzipped CSV")
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="only the file's first N invoice numbers"
    )
    parser.add_argument(
        "--without-promotions", action="store_true", help="by the invoices' own prices alone"
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the example; return the exit status."""
    asked = arguments(argv)
    try:
        return run(asked)
    except BadFile as error:
        print(f"{asked.file}{error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
