"""Make the workloads of the speed table: carts, promotions and what the carts must cost.

    python tests/benchmarks/workloads.py FOLDER [--quick]

W1 (5 lines, 5 promotions, all of which apply) and W2 (20 carts of 20 lines, 50 promotions) stand
ready in ``tests/benchmarks/workloads``. The others are made here of the shop and the promotions
of W2, from a seed, always the same:

- ``w3``: one cart of 20 lines, 10,000 promotions of which 12 look at anything in it; ``w3_n10``
  has only those 12, ``w3_n100`` and ``w3_n1000`` lie between;
- ``w4``: a cart of 1,000 lines, 50 promotions; ``w4_l100`` and ``w4_l300`` have fewer lines;
- ``w5``: instances with 12 lines and 9 offers that compete for them, the best set of which is to
  be found; ``w5_n33``, ``w5_n63`` and ``w5_n123`` are single instances with so many offers;
- ``w6``: many carts of 1 to 10 lines.

Money is whole fen. A file holds ``carts``, ``promotions`` and ``expected``: for each cart the
discount on its goods, what they cost then, and its shipping. The expected totals are what the
floor finds, and the optimum of W5 is found by trying every set.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from floor import best_set, cart_of, index_of, price_cart

READY = Path(__file__).parent / "workloads"
CATEGORIES, GOODS_OF_CATEGORY = 40, 50
FEN_PER_YUAN = 100
SHIPPING = 1200

Plain = dict[str, Any]


def read(folder: Path, name: str) -> Any:
    """Read a workload of a folder; W1 and W2 stand ready."""
    path = folder / f"{name}.json"
    if not path.exists() and (READY / path.name).exists():
        path = READY / path.name
    if not path.exists():
        raise SystemExit(f"{path}: no such file")
    return json.loads(path.read_text(encoding="utf-8"))


class Shop:
    """Goods with prices in whole yuan, and carts of them."""

    def __init__(self, promotions: Sequence[Plain], seed: str) -> None:
        self.chance = Random(seed)
        self.goods: dict[str, Plain] = {}
        for category in range(CATEGORIES):
            for number in range(GOODS_OF_CATEGORY):
                sku = f"S{category:02}{number:03}"
                price = self.chance.randint(5, 199) * FEN_PER_YUAN
                self.goods[sku] = {"sku": sku, "category": f"C{category}", "unit_price": price}
        self.gifts = [(each["buy"], each["get"]) for each in promotions if each["kind"] == "gift"]
        touched = [each for each in promotions if each["kind"] in {"percent_off", "nth_half"}]
        self.promoted = [
            sku
            for sku, good in self.goods.items()
            if any(concerns(promotion, good) for promotion in touched)
        ]

    def cart(self, name: str, size: int) -> Plain:
        """Fill a cart: about half of it with goods in promotion, now and then with a gift."""
        chance, skus = self.chance, list(self.goods)
        chosen: dict[str, int] = {}
        if size >= 4 and chance.random() < 0.5:
            chosen |= dict.fromkeys(chance.choice(self.gifts), 1)
        while len(chosen) < size:
            sku = chance.choice(self.promoted if chance.random() < 0.5 else skus)
            chosen.setdefault(sku, chance.choice((1, 1, 1, 2, 2, 3)))
        lines = [
            {"id": f"L{i}", **self.goods[sku], "qty": units}
            for i, (sku, units) in enumerate(chosen.items())
        ]
        return {"id": name, "lines": lines, "shipping": SHIPPING}


def concerns(promotion: Plain, line: Plain) -> bool:
    """Tell whether a line is in a promotion's scope."""
    scope = promotion["scope"]
    return scope == "all" or (
        line["sku"] in scope.get("sku", ()) or line["category"] in scope.get("category", ())
    )


def priced(carts: list[Plain], promotions: list[Plain]) -> Plain:
    """Add what the carts must cost."""
    index = index_of(promotions)
    quotes = [price_cart(cart_of(cart), index) for cart in carts]
    expected = [[each.list_amount - each.payable, each.payable, each.shipping] for each in quotes]
    return {"carts": carts, "promotions": promotions, "expected": expected}


def elsewhere(number: int) -> Plain:
    """Make a promotion for goods that this shop does not sell."""
    named = {"sku": [f"X{number:06}{end}" for end in "abc"]}
    scope = named if number % 10 < 7 else {"category": [f"X{number}"]}
    return {"kind": "percent_off", "scope": scope, "percent": 10}


def among_many(promotions: list[Plain], counts: Sequence[int], concerned: int = 12) -> list[Plain]:
    """W3: a cart that so many promotions concern, among ever more that do not."""
    shop = Shop(promotions, "w3")
    mine: list[Plain] = []
    while len(mine) != concerned:
        cart = shop.cart("c0", 20)
        mine = [each for each in promotions if any(concerns(each, n) for n in cart["lines"])]
    made = []
    for count in counts:
        all_of_them = mine + [elsewhere(number) for number in range(count - concerned)]
        shop.chance.shuffle(all_of_them)
        named = [each | {"id": f"P{i}"} for i, each in enumerate(all_of_them)]
        made.append(priced([cart], named))
    return made


def offer(chance: Random, amounts: Sequence[int], number: int, groups: int) -> Plain:
    """Make an offer on two to four lines: a percentage, or an amount up to half of them."""
    lines = sorted(chance.sample(range(len(amounts)), chance.randint(2, 4)))
    whole = sum(amounts[line] for line in lines)
    if chance.random() < 0.5:
        percent = chance.choice((5, 10, 15, 20, 25))
        off = {"kind": "percent_off", "percent": percent, "discount": whole * percent // 100}
    else:
        yuan = min(chance.choice((10, 15, 20, 25, 30)) * (1 + whole // 20_000), whole // 200)
        off = {"kind": "amount_off", "amount": yuan * 100, "discount": yuan * 100}
    return {"id": f"E{number}", "lines": lines, "group": f"G{chance.randrange(groups)}", **off}


def competing(offers: int, lines: int, seed: str) -> Plain:
    """W5: offers that exclude each other, and tiers that one offer more may lose."""
    chance = Random(seed)
    bought: list[Plain] = [
        {
            "id": f"L{i}",
            "sku": f"T{i:03}",
            "category": f"C{i % 4}",
            "unit_price": chance.randint(20, 119) * FEN_PER_YUAN,
            "qty": chance.choice((1, 1, 2)),
        }
        for i in range(lines)
    ]
    amounts = [line["unit_price"] * line["qty"] for line in bought]
    whole = sum(amounts)
    groups = max(4, offers * 2 // 3)
    tiers = [
        {
            "id": f"O{i}",
            "min_spend": whole * least // 10_000 * 100,
            "amount": whole * saved // 10_000 * 100,
        }
        for i, (least, saved) in enumerate(((95, 9), (90, 6), (80, 3)))
    ]
    made = [offer(chance, amounts, number, groups) for number in range(offers)]
    return {"lines": bought, "subtotal": whole, "offers": made, "tiers": tiers}


def solved(plain: Plain) -> Plain:
    """Add the optimum, by trying every set."""
    return plain | {"optimum": best_set(plain)[0]}


def make(*, quick: bool = False) -> dict[str, Any]:
    """Make all workloads, by name."""
    promotions = read(READY, "w2")["promotions"]
    made = {name: read(READY, name) for name in ("w1", "w2")}
    counts = {"w3_n10": 12, "w3_n100": 100, "w3_n1000": 1000, "w3": 10_000}
    made |= zip(counts, among_many(promotions, list(counts.values())), strict=True)
    for name, size in (("w4_l100", 100), ("w4_l300", 300), ("w4", 1000)):
        made[name] = priced([Shop(promotions, name).cart("c0", size)], promotions)
    instances = [competing(9, 12, f"w5 {i}") for i in range(10 if quick else 100)]
    made["w5"] = [solved(each) for each in instances]
    for size in (30, 60, 120):
        made[f"w5_n{size + 3}"] = competing(size, size, f"w5 of {size}")
    shop = Shop(promotions, "w6")
    sizes = [shop.chance.randint(1, 10) for _ in range(100 if quick else 2000)]
    carts = [shop.cart(f"c{i}", size) for i, size in enumerate(sizes)]
    made["w6"] = priced(carts, promotions)
    return made


def write(folder: Path, *, quick: bool = False) -> None:
    """Make all workloads, and write each to a file of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in make(quick=quick).items():
        told = json.dumps(made, separators=(",", ":"))
        (folder / f"{name}.json").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    asked = [each for each in sys.argv[1:] if each != "--quick"]
    if len(asked) != 1:
        raise SystemExit(__doc__)
    write(Path(asked[0]), quick="--quick" in sys.argv)
