"""The examples run as a newcomer runs them, and say what they promise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import ordercore
from http_errors import AGAIN, STATUS, KeyMissing, body_of, headers_of, key_of, status_of
from ordercore.errors import (
    InProgress,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    OrderCoreError,
)

ROOT = Path(__file__).parent.parent
CART = ROOT / "examples" / "data" / "cart.json"
PROMOTIONS = ROOT / "examples" / "data" / "promotions.json"


def example(name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run an example in a process of its own."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", ROOT / "examples" / f"{name}.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


checkout = partial(example, "checkout")
partial_refund = partial(example, "partial_refund")
best_combination = partial(example, "best_combination")
order_lifecycle = partial(example, "order_lifecycle")
sofa_from_materials = partial(example, "sofa_from_materials")
garage = partial(example, "garage_bookings")


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


LIFE = (
    ("place", "order_drafted order_placed", "placed, unpaid, not shipped"),
    ("hold", "order_held", "placed, unpaid, not shipped"),
    ("ask to pay", "payment_requested", "placed, unpaid, not shipped"),
    ("authorized, says the provider", "payment_authorized", "placed, authorized, not shipped"),
    ("captured, says the webhook", "payment_captured", "placed, paid, not shipped"),
    ("captured, says the browser", "", "placed, paid, not shipped"),
    ("confirm too early", "", "placed, paid, not shipped"),
    ("release", "order_released", "placed, paid, not shipped"),
    ("confirm", "order_confirmed", "confirmed, paid, not shipped"),
    ("cancel one lamp", "units_cancelled refund_requested", "confirmed, overpaid, not shipped"),
    ("approve the refund", "refund_approved", "confirmed, overpaid, not shipped"),
    ("submit the refund", "refund_submitted", "confirmed, overpaid, not shipped"),
    (
        "refunded, says the provider",
        "refund_succeeded",
        "confirmed, partially refunded, not shipped",
    ),
    ("allocate", "units_moved", "confirmed, partially refunded, not shipped"),
    ("ship the lamp", "units_moved", "confirmed, partially refunded, partially shipped"),
    ("deliver the lamp", "units_moved", "confirmed, partially refunded, partially shipped"),
    ("perform the visit", "units_moved", "confirmed, partially refunded, shipped"),
    ("accept the visit", "units_moved", "confirmed, partially refunded, delivered"),
    ("complete", "order_completed", "completed, partially refunded, delivered"),
)
"""What is done, the events that it releases, and how the order stands afterwards."""


def test_an_order_lives_from_information_to_completion() -> None:
    done = order_lifecycle()
    assert done.returncode == 0, done.stderr
    table, *told = done.stdout.rstrip().split("\n\n")
    assert table.splitlines()[-1].split() == ["Total", "CN¥690.00", "−CN¥50.00", "CN¥640.00"]
    sequence = 0
    for number, (block, (words, events, stands)) in enumerate(zip(told, LIFE, strict=True), 1):
        title, *released, last = [line.strip() for line in block.splitlines()]
        assert title.startswith(f"{number}. {words} (")
        refused = [line for line in released if line.startswith("refused: ")]
        assert bool(refused) == (words == "confirm too early")
        expected = [f"{sequence + i}: {tag}" for i, tag in enumerate(events.split(), 1)]
        assert released[len(refused) :] == expected
        sequence += len(expected)
        assert last.startswith(f"{stands}; due ")
    assert told[-1].endswith("due CNY 363.05, paid CNY 640.00, refunded CNY 276.95")


def test_the_life_of_an_order_is_told_in_chinese_and_twice_alike() -> None:
    first, second = order_lifecycle("--locale", "zh_CN"), order_lifecycle("--locale", "zh_CN")
    assert first.stdout == second.stdout
    assert first.stdout.splitlines()[-1].strip().startswith("已完成, 部分退款, 已送达; due ")


def test_a_life_without_words_in_a_language_ends_with_status_2() -> None:
    done = order_lifecycle("--locale", "xx")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


SOFAS = """\
ordered: 4 × sofa by 2026-12-17

level part           needed  taken  made  short  start by
0     sofa                4      0     4      0  2026-12-13
1     cushion            12      4     8      0  2026-12-12
1     fabric-grey      2600   2600     0      0
1     fabric-slate     2600   2600     0      0
1     frame               4      1     4      0  2026-12-10
2     beech            3000    900     0   2100  2026-12-01
2     foam             1000    600     0    400  2026-12-07
2     screw              96     96     0      0

bring mo-31 forward from 2026-12-14 to 2026-12-13: 1 frame
make 8 piece of cushion, begin by 2026-12-12: 8 piece short for sofa
make 2 piece of frame, begin by 2026-12-10: 2 piece short for sofa
make 4 piece of sofa, begin by 2026-12-13: 4 piece short for the order
buy 3000 cm of beech, order by 2026-12-01: 600 cm short for frame
buy 500 l of foam, order by 2026-12-07: 400 l short for cushion
buy 1000 piece of screw: 850 piece to fill up workshop

from stock alone: 1; one more is short of beech
with what is on its way: never
with what is bought: 2026-12-12
"""


def test_sofas_are_netted_against_materials_and_what_is_missing_is_proposed() -> None:
    done = sofa_from_materials()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(SOFAS)


PLACED_SOFAS = """\
  bring mo-31 forward from 2026-12-14 to 2026-12-13: 1 frame
  make 8 piece of cushion, begin by 2026-12-12: 8 piece short for sofa
  make 2 piece of frame, begin by 2026-12-10: 2 piece short for sofa
  make 4 piece of sofa, begin by 2026-12-13: 4 piece short for the order
  buy 3000 cm of beech, order by 2026-12-01: 600 cm short for frame
  buy 500 l of foam, order by 2026-12-07: 400 l short for cushion
placed, and set aside: 3000 beech, 4 cushion, 2600 fabric-grey, 2600 fabric-slate, 1000 foam, \
1 frame, 96 screw
  make 8 piece of cushion, begin by 2026-12-12: 8 piece short for sofa
  make 4 piece of frame, begin by 2026-12-10: 3 piece short for sofa
  make 4 piece of sofa, begin by 2026-12-13: 4 piece short for the order
"""


def test_sofas_are_ordered_once_what_was_proposed_is_bought() -> None:
    told = sofa_from_materials().stdout.rpartition("\n\n")[2]
    refused, rest = told.split("\n", 1)
    assert refused.startswith("not placed: sofa: 4 wanted, 1 available (parts are missing; beech")
    assert rest == PLACED_SOFAS
    ready = sofa_from_materials("--sofas", "1").stdout
    assert "not placed" not in ready
    assert "placed, and set aside: 3 cushion, 1300 fabric-grey, 1 frame" in ready


def test_the_sofas_that_can_be_made_ask_for_nothing_to_be_bought_for_them() -> None:
    told = sofa_from_materials("--sofas", "1").stdout
    assert "buy" not in told.replace("buy 1000 piece of screw", "")
    assert "with what is on its way: 2026-11-30" in told


def test_no_sofas_at_all_end_with_status_2() -> None:
    done = sofa_from_materials("--sofas", "0")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


GARAGE = """\
Days that are not as usual:
  Sat 28 Nov: 08:30-12:00 13:00-18:00, 调休
  Tue 01 Dec: closed, 店庆

Placed, what is needed first before all others:
  D78 brakes: Thu 26 Nov 13:00 to Thu 26 Nov 16:00, mechanic mechanic-1, lift lifts
  A12 brakes: Fri 27 Nov 08:45 to Fri 27 Nov 10:45, mechanic mechanic-1, lift lifts
    kept from Fri 27 Nov 08:30 to Fri 27 Nov 11:00
  B34 engine: Fri 27 Nov 11:00 to Sat 28 Nov 15:30, mechanic mechanic-1, lift lifts
  C56 tyres: Thu 26 Nov 16:00 to Thu 26 Nov 17:00, fitter mechanic-3, lift lifts
  E90 paint: no slot; possible from: never, by what is known
    painter: unskilled

Changes:
  C56 an hour later: BookingMoved
  B34 to now: refused, mechanic-1: 1 wanted, 0 free; booked by D78 brakes
  D78 is given up: BookingCancelled
  D78 is given up: nothing new

F11 wants her engine done by tomorrow evening:
  F11 engine: no slot; possible from: Mon 30 Nov 08:30
    mechanic: overloaded

F11 takes what there is, on the half hour:
  F11 engine: Mon 30 Nov 08:30 to Mon 30 Nov 11:30, mechanic mechanic-1, lift lifts
  book mechanic-1: BookingMade
  book lifts: BookingMade
"""


def test_a_garage_books_mechanics_and_lifts_and_says_why_not_sooner() -> None:
    done = garage()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(GARAGE)


def test_a_garage_takes_orders_of_goods_with_the_booking_or_says_all_that_is_short() -> None:
    *_, counter = garage().stdout.split("\n\n")
    first, refused, pads, fitting, given_up, second = counter.splitlines()[1:7]
    assert first == "  SO-1: Thu 26 Nov 13:15, mechanic mechanic-1, lift lifts"
    assert refused == "  SO-2: not placed"
    assert pads.startswith("    brake-pads: 2 wanted, 1 available (")
    assert fitting.startswith("    fit-brakes: 0 of 1 can be booked (")
    assert "north, mechanic: booked, free from" in fitting
    assert given_up == "  SO-1: given up"
    assert second == first.replace("SO-1", "SO-2")


def test_a_garage_says_whom_an_illness_hits_and_finds_another_day() -> None:
    *_, counter = garage().stdout.split("\n\n")
    assert counter.splitlines()[7:] == [
        "  mechanic-1 is ill today:",
        "    o-2, line 2: off_duty",
        "  SO-2: nobody else can come",
        "  SO-2: now Fri 27 Nov 13:15, mechanic mechanic-1, lift lifts",
    ]


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00+08:00", "2026-12-10T18:00", "soon"])
def test_a_garage_that_plans_up_to_no_instant_ends_with_status_2(until: str) -> None:
    done = garage("--until", until)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert done.stderr


HOURS = """\
# coupon
  click-o-3 decides again: expected 0 to 2 in uses welcome, got 2 and 1
  click-o-4 decides again: expected 0 to 2 in uses welcome, got 2 and 1
  click-o-5 decides again: expected 0 to 2 in uses welcome, got 2 and 1
customer-1: o-1 placed at CNY 240.00
customer-2: o-2 placed at CNY 240.00
customer-3: not placed, it would cost CNY 270.00 now
customer-4: not placed, it would cost CNY 270.00 now
customer-5: not placed, it would cost CNY 270.00 now
uses: 2

# clicks
customer-6: o-6 placed at CNY 270.00
customer-6: o-6 placed at CNY 270.00
customer-6: o-6 placed at CNY 270.00
orders: o-1, o-2, o-6

# rivals
  paid-1 decides again: expected version 3 of order o-6, found 4
o-6 cancelled, version 4
o-6 cancelled, version 5
o-6: CNY 270.00 paid, so overpaid

# losses
  click-o-7 is stored, and its answer is lost
customer-7: o-7 placed at CNY 270.00
  click-o-8 is stored, and its answer is lost
customer-8: reset by peer; the same command again
customer-8: o-8 placed at CNY 270.00

# events
o-1: OrderDrafted, OrderPlaced
o-2: OrderDrafted, OrderPlaced
o-6: OrderDrafted, OrderPlaced, PaymentRequested, OrderCancelled, PaymentCaptured
o-7: OrderDrafted, OrderPlaced
o-8: OrderDrafted, OrderPlaced
"""


@pytest.mark.parametrize("seed", ["0", "1"])
def test_tasks_at_once_use_no_coupon_twice_and_place_no_order_twice(seed: str) -> None:
    done = example("async_host", PYTHONHASHSEED=seed)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == HOURS


def errors_below(root: type[OrderCoreError]) -> set[type[OrderCoreError]]:
    """List an error and all that are derived from it in the package itself."""
    below = {each for kind in root.__subclasses__() for each in errors_below(kind)}
    return {each for each in {root, *below} if each.__module__.startswith("ordercore.")}


def test_every_error_has_a_status_and_every_status_an_error() -> None:
    for room in iter_modules(ordercore.__path__, "ordercore."):
        import_module(room.name)
    everything = errors_below(OrderCoreError) - {OrderCoreError}
    assert set(STATUS) | AGAIN <= {each.code for each in {*everything, KeyMissing}}
    of_the_server = [
        each.code
        for each in sorted(everything, key=lambda each: each.code)
        if each.code not in STATUS and not issubclass(each, InvalidInput | InvalidDocument)
    ]
    assert of_the_server == ["no_working_time", "unsupported_type"]  # 500: how it was set up


def test_a_body_tells_every_fault_by_its_path_and_nothing_that_was_given() -> None:
    faults = [InvalidValue("at least 1", "secret", path=("lines", 2, "quantity"))]
    for error, told in (
        (InvalidDocument(faults), ["lines[2].quantity"]),
        (faults[0], ["lines[2].quantity"]),
        (InProgress("k-1"), []),
    ):
        body = body_of(error)
        assert body["code"] == error.code
        assert [fault["path"] for fault in body["faults"]] == told
        assert "secret" not in json.dumps(body)
    assert [status_of(InProgress("k-1")), headers_of(InProgress("k-1"))["Retry-After"]] == [
        409,
        "1",
    ]
    assert [status_of(faults[0]), headers_of(faults[0])] == [422, {}]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}])
def test_a_request_without_a_key_is_a_mistake_of_the_client(headers: dict[str, str]) -> None:
    with pytest.raises(KeyMissing) as told:
        key_of(headers)
    assert (status_of(told.value), headers_of(told.value)) == (400, {})
    assert [fault["path"] for fault in body_of(told.value)["faults"]] == ["Idempotency-Key"]
    assert key_of({"Idempotency-Key": "click-1"}) == "click-1"
