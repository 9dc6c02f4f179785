"""The examples run as a newcomer runs them, and say what they promise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CART = ROOT / "examples" / "data" / "cart.json"
PROMOTIONS = ROOT / "examples" / "data" / "promotions.json"


def checkout(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the checkout example in a process of its own."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", ROOT / "examples" / "checkout.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def table_of(told: str) -> list[int]:
    """Read the amounts of a table's last column in fen, the total last."""
    rows = [line.split() for line in told.splitlines() if "¥" in line]
    return [int(row[-1].split("¥")[1].replace(".", "").replace(",", "")) for row in rows]


def test_without_files_a_cart_is_told_in_chinese_and_in_english() -> None:
    done = checkout()
    assert done.returncode == 0, done.stderr
    for told in ("满300减50 −¥50.00", "第二件半价", "赠品", "满99包邮", "应付 ¥447.45"):
        assert told in done.stdout
    for told in ("Spend CN¥300, save CN¥50", "half price", "gift", "Free shipping", "CN¥447.45"):
        assert told in done.stdout


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_fen_of_the_table_adds_up(locale: str) -> None:
    done = checkout("--locale", locale)
    *_, table = done.stdout.rstrip().split("\n\n")
    *parts, total = table_of(table)
    assert sum(parts) == total == 44745


def test_the_files_of_the_example_price_like_its_own_cart() -> None:
    own, read = checkout("--locale", "zh_CN"), checkout(CART, PROMOTIONS, "--locale", "zh_CN")
    assert read.returncode == 0, read.stderr
    assert read.stdout.rstrip().split("\n\n")[-1] == own.stdout.rstrip().split("\n\n")[-1]


def test_each_fault_of_bad_files_gets_one_line_with_its_path(tmp_path: Path) -> None:
    cart, book = json.loads(CART.read_text("utf-8")), json.loads(PROMOTIONS.read_text("utf-8"))
    cart["lines"][0]["quantity"] = 0
    cart["lines"][1]["unit_price"] = 12.5
    del cart["lines"][2]["product"]
    book["promotions"][0]["benefits"][0]["percent"] = "120"
    book["promotions"][1]["benefits"][0]["type"] = "percent_of"
    book["promotions"][2]["colour"] = "red"
    paths = tmp_path / "cart.json", tmp_path / "book.json"
    for path, plain in zip(paths, (cart, book), strict=True):
        path.write_text(json.dumps(plain), "utf-8")
    done = checkout(*paths)
    assert done.returncode == 2
    assert done.stdout == ""
    told = done.stderr.splitlines()
    places = [
        f"{paths[0]}: lines[0].quantity: ",
        f"{paths[0]}: lines[1].unit_price: ",
        f"{paths[0]}: lines[2].product: ",
        f"{paths[1]}: promotions[0].benefits[0].percent: ",
        f"{paths[1]}: promotions[1].benefits[0].type: ",
        f"{paths[1]}: promotions[2].colour: ",
    ]
    assert len(told) == len(places)
    for line, place in zip(told, places, strict=True):
        assert line.startswith(place)


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.json", PROMOTIONS),
        (CART, CART),
        (CART,),
        ("--locale", "xx"),
        (CART, PROMOTIONS, "--at", "2026-11-11T20:00"),
    ],
)
def test_what_cannot_be_priced_ends_with_status_2_and_no_traceback(
    arguments: tuple[object, ...],
) -> None:
    done = checkout(*arguments)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_who_buys_and_how_can_be_said(tmp_path: Path) -> None:
    book = json.loads(PROMOTIONS.read_text("utf-8"))
    member = {
        "id": "vip",
        "name": {"*": "VIP"},
        "benefits": [{"type": "amount_off", "amount": "7"}],
    }
    when = [
        {"type": "customer_in_group", "groups": ["vip"]},
        {"type": "via_channel", "channels": ["app"]},
    ]
    member["when"] = {"type": "all_of", "members": when}
    book["promotions"] = [member]
    path = tmp_path / "book.json"
    path.write_text(json.dumps(book), "utf-8")
    asked = (CART, path, "--locale", "en")
    assert "−CN¥7.00" not in checkout(*asked).stdout
    told = checkout(*asked, "--group", "vip", "--channel", "app").stdout
    assert told.startswith("VIP −CN¥7.00")


def test_a_cart_in_another_currency_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cart.json"
    path.write_text(CART.read_text("utf-8").replace("CNY", "EUR"), "utf-8")
    done = checkout(path, PROMOTIONS)
    assert done.returncode == 2
    assert "EUR" in done.stderr


RETURNS = """\
policy          returned           first   second   in all
keep_shares     coat, then hat    166.67    83.33   250.00
keep_shares     hat, then coat     83.33   166.67   250.00
keep_shares     coat and hat      250.00            250.00
reprice         coat, then hat    150.00   100.00   250.00
reprice         hat, then coat     50.00   200.00   250.00
reprice         coat and hat      250.00            250.00
forbid_partial  coat, then hat   refused  refused     0.00
forbid_partial  hat, then coat   refused  refused     0.00
forbid_partial  coat and hat      250.00            250.00
"""


def partial_refund(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the example of returns in a process of its own."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", ROOT / "examples" / "partial_refund.py", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("locale", "refund"), [("zh_CN", "退款 ¥83.33"), ("en", "Refund CN¥83.33")]
)
def test_an_order_is_returned_in_two_parts_in_both_orders_under_each_policy(
    locale: str, refund: str
) -> None:
    done = partial_refund("--locale", locale)
    assert done.returncode == 0, done.stderr
    table, by_shares, repriced = done.stdout.split("\n\n")
    assert f"{table}\n" == RETURNS
    assert by_shares.splitlines()[:2] == ["keep_shares:", refund]
    assert repriced.splitlines()[1] == refund.replace("83.33", "50.00")


def test_a_refund_without_words_in_a_language_ends_with_status_2() -> None:
    done = partial_refund("--locale", "xx")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


SAVED = """\
saved                 by priority      best of      optimal  proven
lunch with 2 colas           2.00         3.00         3.00  yes
lunch with 4 colas           4.00         4.00         5.00  yes
coat for 310                31.00        31.00        50.00  yes
"""


def best_combination(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the example of competing promotions in a process of its own."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", ROOT / "examples" / "best_combination.py", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("locale", "proof", "refusals"),
    [
        (
            "zh_CN",
            "已证明最优",
            (
                "买1送1：适用商品已用于 套餐价4.50元，多省 ¥1.00",
                "9折：已选用 满300减50",
            ),
        ),
        (
            "en",
            "Proven best combination",
            (
                (
                    "Buy 1, get 1 free: its items are used by Set for CN¥4.50,"
                    " which saves CN¥1.00 more"
                ),
                "10% off: gives way to Spend CN¥300, save CN¥50",
            ),
        ),
    ],
)
def test_the_best_combination_is_found_proven_and_explained(
    locale: str, proof: str, refusals: tuple[str, str]
) -> None:
    done = best_combination("--locale", locale)
    assert done.returncode == 0, done.stderr
    table, two, four, coat = done.stdout.rstrip().split("\n\n")
    assert f"{table}\n" == SAVED
    assert all(proof in block for block in (two, four, coat))
    assert [block.splitlines()[-1].strip() for block in (two, coat)] == list(refusals)
    assert len(four.splitlines()) == 4  # both apply, and nobody gives way


def test_a_best_combination_without_words_in_a_language_ends_with_status_2() -> None:
    done = best_combination("--locale", "xx")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
