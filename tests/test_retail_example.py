"""A shop's past invoices are priced again, and every figure is reckoned here a second time.

`Reckoned` knows nothing of ordercore and nothing of the example: it reads the sample by itself
and follows the promotions by the words of `docs/how-to/reprice-history.md`, with decimals and
fractions.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from attrs import evolve

from ordercore import Cart, PromotionBook, Quote, price
from ordercore.pricing import price_in

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "examples" / "reprice_retail.py"
SAMPLE = ROOT / "examples" / "data" / "online_retail_sample.csv"
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SPEED = re.compile(r"[\d,]+ carts per second, the check included \([\d.]+ s\)\n")

Rows = list[dict[str, str]]


# Running the example


def reprice(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the example in a process of its own."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", SCRIPT, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


class Told(NamedTuple):
    """What the example printed."""

    counts: dict[str, int]
    account: dict[str, tuple[int | None, Decimal]]
    """What → how many times (None: not counted) and pounds."""
    rest: str

    @classmethod
    def of(cls, text: str) -> Told:
        counts, account, rest = text.split("\n\n", 2)
        lines = [re.split(r" {2,}", line) for line in account.splitlines()[1:]]
        return cls(
            {what: int(n.replace(",", "")) for what, n in map(number_at_end, counts.splitlines())},
            {what: (count(times), pounds(amount)) for what, *times, amount in lines},
            SPEED.sub("", rest),
        )


def number_at_end(line: str) -> tuple[str, str]:
    what, _, number = line.strip().rpartition(" ")
    return what.strip(), number


def count(times: list[str]) -> int | None:
    return int(times[0].replace(",", "")) if times else None


def pounds(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


@pytest.fixture(scope="module")
def example() -> ModuleType:
    """The example as a module, for what a process of its own does not show."""
    spec = spec_from_file_location("reprice_retail", SCRIPT)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def run_of_sample() -> subprocess.CompletedProcess[str]:
    return reprice()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write rows below the header into a file."""

    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "invoices.csv"
        path.write_text("\n".join([header, *rows, ""]), "utf-8")
        return path

    return write


# Reckoning the same apart


def sample_rows() -> Rows:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_left_out(row: dict[str, str]) -> str | None:
    if row["InvoiceNo"][0] in "CA":
        return {"C": "credit note (C…)", "A": "adjustment (A…)"}[row["InvoiceNo"][0]]
    if int(row["Quantity"]) <= 0:
        return "quantity not above zero"
    return "price not above zero" if Decimal(row["UnitPrice"]) <= 0 else None


def half_up(amount: Decimal | Fraction) -> Decimal:
    if isinstance(amount, Fraction):
        return (
            Decimal((200 * amount.numerator + amount.denominator) // (2 * amount.denominator))
            / 100
        )
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Kind(NamedTuple):
    """Equal rows of one invoice, put together."""

    code: str
    units: int
    listed: Decimal
    base: Decimal
    """After the wholesale price."""

    def is_of(self, prefix: str) -> bool:
        return re.match(rf"{prefix}\d{{{5 - len(prefix)}}}", self.code) is not None


def kinds_of(rows: Rows) -> list[Kind]:
    together: dict[tuple[str, str, Decimal], int] = {}
    for row in rows:
        key = row["StockCode"], row["Description"].strip(), Decimal(row["UnitPrice"])
        together[key] = together.get(key, 0) + int(row["Quantity"])
    units_of: Counter[str] = Counter()
    for (code, _, _), units in together.items():
        units_of[code] += units
    kinds = []
    for (code, _, unit_price), units in together.items():
        wholesale = half_up(unit_price * Decimal("0.9"))
        listed = half_up(unit_price * units)
        lower = units_of[code] >= 12 and wholesale < unit_price
        kinds.append(Kind(code, units, listed, wholesale * units if lower else listed))
    return kinds


def second_half(kinds: Iterable[Kind]) -> Decimal:
    units = sorted(
        (
            Fraction(kind.base) / kind.units
            for kind in kinds
            if kind.code in {"20725", "47566", "85123A"}
            for _ in range(kind.units)
        ),
        reverse=True,
    )
    return half_up(sum(units[1:12:2], Fraction(0)) / 2)


class Reckoned:
    """The account of the sample: what → pounds, and how often."""

    def __init__(self, rows: Rows) -> None:
        self.amounts: Counter[str] = Counter()
        self.times: Counter[str] = Counter()
        invoices: dict[str, Rows] = {}
        for row in rows:
            if is_left_out(row) is None:
                invoices.setdefault(row["InvoiceNo"], []).append(row)
        known: set[str] = set()
        first = {n: min(row["InvoiceDate"] for row in rows) for n, rows in invoices.items()}
        for number in sorted(invoices, key=lambda n: (first[n], n)):
            customer = invoices[number][0]["CustomerID"]
            self.add(invoices[number], comes_back=customer in known)
            known |= {customer} - {""}
        self.carts, self.customers = len(invoices), len(known)

    def add(self, rows: Rows, *, comes_back: bool) -> None:
        kinds = kinds_of([row for row in rows if row["StockCode"] not in {"POST", "DOT", "C2"}])
        carriage = [row for row in rows if row["StockCode"] in {"POST", "DOT", "C2"}]
        postage = sum(
            (half_up(int(r["Quantity"]) * Decimal(r["UnitPrice"])) for r in carriage), Decimal(0)
        )
        listed, base = sum(k.listed for k in kinds), sum(k.base for k in kinds)
        goods = sum((kind.base for kind in kinds if kind.is_of("")), Decimal(0))
        taken = {
            "dozen": listed - base,
            "january-22": half_up(
                sum((k.base for k in kinds if k.is_of("22")), Decimal(0)) * Decimal("0.15")
                if rows[0]["InvoiceDate"].startswith("2011-01")
                else Decimal(0)
            ),
            "range-84": half_up(sum((k.base for k in kinds if k.is_of("84")), Decimal(0)) / 10),
            "second-half": second_half(kinds),
        }
        left = goods - sum(list(taken.values())[1:])
        saves = [save for spend, save in ((2500, 150), (1000, 50), (500, 20)) if left >= spend]
        taken["spend-and-save"] = Decimal(saves[0] if saves else 0)
        left -= taken["spend-and-save"]
        taken["come-back"] = half_up(left / 50) if comes_back else Decimal(0)
        reached = sum(kind.listed for kind in kinds if kind.is_of("")) >= 300
        taken["free-postage"] = postage if reached else Decimal(0)
        self.amounts.update(taken)
        self.times.update(what for what, amount in taken.items() if amount)
        self.amounts.update({"goods": listed, "postage": postage})
        self.amounts["paid"] += listed + postage - sum(taken.values())


# What the sample comes to


def test_every_figure_of_the_account_is_reckoned_alike_by_decimals(
    run_of_sample: subprocess.CompletedProcess[str],
) -> None:
    assert run_of_sample.returncode == 0, run_of_sample.stderr
    account = Told.of(run_of_sample.stdout).account
    right = Reckoned(sample_rows())
    assert account.pop("goods by list price") == (None, right.amounts["goods"])
    assert account.pop("postage") == (None, right.amounts["postage"])
    assert account.pop("revenue after") == (None, right.amounts["paid"])
    found = {what.partition(":")[0]: given for what, given in account.items()}
    promised = [
        "dozen", "january-22", "range-84", "second-half", "spend-and-save", "come-back",
        "free-postage",
    ]  # fmt: skip
    assert found == {what: (right.times[what], -right.amounts[what]) for what in promised}
    assert all(times for times, _ in found.values())


def test_every_row_is_priced_or_left_out_for_one_reason(
    run_of_sample: subprocess.CompletedProcess[str],
) -> None:
    counts = Told.of(run_of_sample.stdout).counts
    rows, right = sample_rows(), Reckoned(sample_rows())
    reasons = Counter(map(is_left_out, rows))
    carriage = [r for r in rows if r["StockCode"] in {"POST", "DOT", "C2"} and not is_left_out(r)]
    assert counts == {
        "rows read": len(rows),
        "priced as lines of carts": reasons[None] - len(carriage),
        "priced as postage": len(carriage),
        **{f"left out: {reason}": times for reason, times in reasons.items() if reason},
        "invoice numbers": len({row["InvoiceNo"] for row in rows}),
        "priced as carts": right.carts,
        "customers known": right.customers,
        "descriptions that are blank": 0,
        "descriptions that cannot be a name": 0,
    }


def test_the_sample_holds_what_is_odd_in_the_whole() -> None:
    rows = sample_rows()
    reasons = Counter(map(is_left_out, rows))
    assert all(reasons.values())
    assert len(reasons) == 5
    assert 300 <= len({row["InvoiceNo"] for row in rows}) <= 600
    assert SAMPLE.stat().st_size <= 400_000
    assert any(len(row["UnitPrice"].partition(".")[2]) == 3 for row in rows)
    assert any("£" in row["Description"] for row in rows)
    assert any(not row["Description"] for row in rows)
    assert {"M", "POST", "BANK CHARGES", "72801c", "gift_0001_30"} <= {
        r["StockCode"] for r in rows
    }
    sold = [row for row in rows if not is_left_out(row)]
    told = Counter((row["InvoiceNo"], row["StockCode"], row["UnitPrice"]) for row in sold)
    assert max(told.values()) > 1


def test_nothing_is_written_but_the_account_where_there_is_no_terminal(
    run_of_sample: subprocess.CompletedProcess[str],
) -> None:
    assert run_of_sample.stderr == ""
    assert "Every amount equals the exact decimals" in run_of_sample.stdout
    assert SPEED.search(run_of_sample.stdout)


def test_without_promotions_the_invoices_cost_what_they_did() -> None:
    done = reprice("--without-promotions")
    assert done.returncode == 0, done.stderr
    account, right = Told.of(done.stdout).account, Reckoned(sample_rows())
    paid = right.amounts["goods"] + right.amounts["postage"]
    assert [*account] == ["goods by list price", "postage", "revenue after"]
    assert account["revenue after"] == (None, paid)


def test_a_gzipped_file_in_another_order_gives_the_same_account(
    tmp_path: Path, run_of_sample: subprocess.CompletedProcess[str]
) -> None:
    header, *rows = SAMPLE.read_text("utf-8").splitlines(keepends=True)
    path = tmp_path / "backwards.csv.gz"
    path.write_bytes(gzip.compress("".join([header, *reversed(rows)]).encode()))
    done = reprice(path)
    assert done.returncode == 0, done.stderr
    assert Told.of(done.stdout) == Told.of(run_of_sample.stdout)


def test_a_limit_takes_the_first_invoice_numbers_whole() -> None:
    rows = sample_rows()
    first = [*dict.fromkeys(row["InvoiceNo"] for row in rows)][:40]
    kept = [row for row in rows if row["InvoiceNo"] in first]
    told, right = Told.of(reprice("--limit", 40).stdout), Reckoned(kept)
    assert told.counts["rows read"] == len(kept)
    assert told.counts["invoice numbers"] == 40
    assert told.counts["priced as carts"] == right.carts < 40
    assert told.account["revenue after"] == (None, right.amounts["paid"])


def test_a_dozen_of_a_sku_has_its_price_in_whatever_rows(written: Callable[..., Path]) -> None:
    done = reprice(
        written(
            "1,11111,SCREW,6,2011-05-05T10:00:00,2.00,,France",
            "1,11111,SCREW,5,2011-05-05T10:00:00,1.00,,France",
            "1,11111,SCREW (LONG),1,2011-05-05T10:00:00,1.05,,France",
            "2,11111,SCREW,11,2011-05-05T10:00:00,2.00,,France",
        )
    )
    account = Told.of(done.stdout).account
    assert account["goods by list price"] == (None, Decimal("40.05"))
    assert account["dozen: 10 % off the unit price from 12 units"] == (1, Decimal("-1.80"))


# Rounding and names


@pytest.mark.parametrize(
    ("rows", "goods", "added", "more"),
    [
        (["0.005,2"], "0.01", "0.000", "0.00"),
        (["0.005,1", "0.005,1"], "0.01", "0.000", "0.01"),
        (["0.005,1", "0.0050,1"], "0.01", "0.000", "0.01"),
        (["0.004,1", "0.004,1"], "0.01", "0.002", "-0.01"),
        (["0.004,1", "0.006,1"], "0.01", "0.000", "0.00"),
        (["1.25,1", "1.25,3"], "5.00", "0.00", "0.00"),
        (["0.001,1"], "0.00", "-0.001", "0.00"),
    ],
)
def test_equal_rows_at_a_price_finer_than_a_penny_are_rounded_together(
    written: Callable[..., Path], rows: list[str], goods: str, added: str, more: str
) -> None:
    lines = []
    for row in rows:
        price, units = row.split(",")
        lines.append(f"1,11111,SCREW,{units},2011-05-05T10:00:00,{price},,France")
    done = reprice(written(*lines), "--without-promotions")
    assert done.returncode == 0, done.stderr
    told = Told.of(done.stdout)
    assert told.account["goods by list price"] == (None, Decimal(goods))
    assert f"adds {added} in all, and would\nadd {more} more" in told.rest


@pytest.mark.parametrize(
    ("description", "blank", "refused"),
    [
        ("SCREW", 0, 0),
        ("20 £ DOTCOM GIFT ＆ 螺丝", 0, 0),
        ("  ", 1, 0),
        ("A\tB", 0, 1),
        ("\u202eWERCS", 0, 1),
        ("S" * 200, 0, 0),
        ("S" * 201, 0, 1),
    ],
)
def test_a_description_that_cannot_be_a_name_is_counted_and_its_row_is_priced(
    example: ModuleType,
    written: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    description: str,
    blank: int,
    refused: int,
) -> None:
    path = written(f"1,11111,{description},3,2011-05-05T10:00:00,2.50,,France")
    assert example.main([str(path)]) == 0
    told = Told.of(capsys.readouterr().out)
    assert told.account["revenue after"] == (None, Decimal("7.50"))
    assert told.counts["priced as lines of carts"] == 1
    assert told.counts["descriptions that are blank"] == blank
    assert told.counts["descriptions that cannot be a name"] == refused


# What cannot be priced


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1,11111,SCREW,3,2011-05-05T10:00:00,2.50,,France,9", "expected 8 columns"),
        ("1,11111,SCREW", "expected 8 columns"),
        ("1,11111,SCREW,3.5,2011-05-05T10:00:00,2.50,,France", "expected a quantity, got '3.5'"),
        ("1,11111,SCREW,３,2011-05-05T10:00:00,2.50,,France", "expected a quantity"),
        ("C1,11111,SCREW,one,2011-05-05T10:00:00,2.50,,France", "expected a quantity"),
        ("1,11111,SCREW,3,2011-05-05T10:00:00,NaN,,France", "expected a price, got 'NaN'"),
        ("1,11111,SCREW,3,2011-05-05T10:00:00,1e9,,France", "expected a price"),
        ("1,11111,SCREW,3,5/5/2011 10:00,2.50,,France", "isoformat"),
        (
            "1,螺丝,SCREW,3,2011-05-05T10:00:00,2.50,,France",
            "sku: expected 1 to 64 printable ASCII",
        ),
    ],
)
def test_a_row_with_a_fault_is_named_by_its_line(
    example: ModuleType,
    written: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    row: str,
    told: str,
) -> None:
    path = written("1,11111,SCREW,3,2011-05-05T10:00:00,2.50,,France", row)
    assert example.main([str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{path}, line 3: ")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "row",
    [
        "7,11111,SCREW,1000000001,2011-05-05T10:00:00,2.50,,France",
        "7,11111,SCREW,1000000000,2011-05-05T10:00:00,99999999.00,,France",
        "7,11111,SCREW,1,2011-05-05T10:00:00,2.50,客户,France",
    ],
)
def test_an_invoice_that_no_cart_can_be_is_named(
    example: ModuleType, written: Callable[..., Path], capsys: pytest.CaptureFixture[str], row: str
) -> None:
    path = written("1,11111,SCREW,3,2011-05-05T10:00:00,2.50,,France", row)
    assert example.main([str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{path}: invoice 7: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "got no columns"),
        ("other.csv", b"sku,price\nscrew,2.50\n", "got 'sku, price'"),
        ("latin.csv", f"{HEADER}\n1,11111,20 £,1".encode("latin-1"), "expected CSV in UTF-8"),
        ("plain.csv.gz", f"{HEADER}\n".encode(), "Not a gzipped file"),
        ("cut.csv.gz", gzip.compress(HEADER.encode() * 9, mtime=0)[:40], "expected CSV in UTF-8"),
        ("gzipped.csv", gzip.compress(HEADER.encode(), mtime=0), "expected CSV in UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_told_in_one_line(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = reprice(path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"{path}: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_path_that_leads_nowhere_is_told_in_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path / "missing.csv.gz", tmp_path):
        done = reprice(path)
        assert done.returncode == 2
        assert done.stdout == ""
        assert re.fullmatch(rf"{re.escape(str(path))}: [A-Z][a-z ]+\n", done.stderr)


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "1.5"])
def test_a_limit_is_a_count_from_one(limit: str) -> None:
    done = reprice("--limit", limit)
    assert done.returncode == 2
    assert "--limit" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_without_rows_comes_to_nothing(written: Callable[..., Path]) -> None:
    done = reprice(written())
    assert done.returncode == 0, done.stderr
    assert Told.of(done.stdout).account["revenue after"] == (None, Decimal(0))


# The check, and the bar


def without_its_first_line(quote: Quote) -> Quote:
    cart = quote.cart
    return price_in(Cart(cart.currency, cart.lines[1:], cart.shipping), quote.book, quote.context)


def without_postage(quote: Quote) -> Quote:
    return price_in(Cart(quote.cart.currency, quote.cart.lines), quote.book, quote.context)


def a_penny_short(quote: Quote) -> Quote:
    return evolve(quote, row_amounts=(quote.row_amounts[0] - 1, *quote.row_amounts[1:]))


def a_penny_astray(quote: Quote) -> Quote:
    return evolve(quote, rounding_minor=1)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (without_its_first_line, {"goods before promotions", "what is paid"}),
        (without_postage, {"postage before promotions", "what is paid"}),
        (a_penny_short, {"what is paid"}),
        (a_penny_astray, {"what is paid", "lines and postage"}),
    ],
)
def test_a_wrong_amount_is_found_and_its_invoice_named(
    example: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    written: Callable[..., Path],
    fault: Callable[[Quote], Quote],
    told: set[str],
) -> None:
    def wrong(cart: Cart, book: PromotionBook, **asked: Any) -> Quote:
        quote = price(cart, book, **asked)
        return fault(quote) if cart.lines[0].product.sku == "22222" else quote

    monkeypatch.setattr(example, "price", wrong)
    path = written(
        "1,11111,SCREW,3,2011-05-05T10:00:00,2.50,,France",
        "2,22222,NAIL,3,2011-05-05T10:00:00,2.50,,France",
        "2,POST,POSTAGE,1,2011-05-05T10:00:00,18.00,,France",
    )
    assert example.main([str(path)]) == 1
    out, err = capsys.readouterr()
    assert f"DIFFERS from exact decimals: {len(told)} amounts" in out
    assert {tuple(line.split(": ")[:2]) for line in err.splitlines()} == {
        ("invoice 2", what) for what in told
    }


class Terminal(io.StringIO):
    """A terminal that remembers everything."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_grows_and_is_taken_away(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert example.main(["--limit", "30"]) == 0
    carts = Told.of(capsys.readouterr().out).counts["priced as carts"]
    *bars, last = terminal.getvalue().split("\r")[1:]
    filled = [bar.count("#") for bar in bars]
    assert last == "\x1b[K"
    assert filled == sorted(filled)
    assert bars[0].endswith(f"] 1 of {carts}")
    assert bars[-1].endswith(f"] {carts} of {carts}")
    assert {len(bar.partition("]")[0]) for bar in bars} == {41}
    assert filled[-1] == 40


def test_the_bar_is_gone_before_a_fault_is_told(
    example: ModuleType, written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    good = "1,11111,SCREW,3,2011-05-05T10:00:00,2.50,,France"
    path = written(good, "2,11111,SCREW,1000000001,2011-05-05T10:00:00,2.50,,France")
    assert example.main([str(path)]) == 2
    assert f"\r\x1b[K{path}: invoice 2: " in terminal.getvalue()
