"""Make sourcing instances: many orders before one stock, and single orders. Seeded, whole numbers.

In a batch every unit that is wanted is there, with three tenths to spare, and each product lies
at a few sites only: what is near is soon given away. The form is told in ``sourcing.py``.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from typing import Any

SIDE = 1000
"""Places lie on a square map of this side."""


def many(orders: int, sites: int, products: int, seed: int) -> dict[str, Any]:
    """Make a batch of orders of one to five products."""
    rng = random.Random(f"many/{orders}/{sites}/{products}/{seed}")
    where = [_place(rng) for _ in range(sites)]
    made = []
    wanted: Counter[int] = Counter()
    for _ in range(orders):
        customer = _place(rng)
        chosen = rng.sample(range(products), k=min(products, rng.randint(1, 5)))
        lines = [[product, rng.choice((1, 1, 2, 3, 5))] for product in chosen]
        wanted.update(dict(map(tuple, lines)))
        made.append({"lines": lines, "dist": [int(math.dist(customer, at)) for at in where]})
    return {
        "parcel": [rng.randrange(600, 1500) for _ in range(sites)],
        "orders": made,
        "stock": _spread(rng, sites, {p: -(-13 * n // 10) for p, n in sorted(wanted.items())}),
    }


def _place(rng: random.Random) -> tuple[int, int]:
    return rng.randrange(SIDE), rng.randrange(SIDE)


def _spread(rng: random.Random, sites: int, units: dict[int, int]) -> list[list[list[int]]]:
    """Lay units down at sites, up to three at a time."""
    held: list[Counter[int]] = [Counter() for _ in range(sites)]
    for product, wanted in units.items():
        keepers = rng.sample(range(sites), max(2, min(sites, sites // 6 + 1)))
        left = wanted
        while left > 0:
            laid = min(left, rng.randint(1, 3))
            held[rng.choice(keepers)][product] += laid
            left -= laid
    return [sorted(map(list, each.items())) for each in held]


def single(regime: str, sites: int, lines: int, seed: int) -> dict[str, Any]:
    """Make one order: ``scarce`` has little more in stock than is wanted, ``ample`` plenty."""
    rng = random.Random(f"single/{regime}/{sites}/{lines}/{seed}")
    customer = _place(rng)
    away = [math.dist(customer, _place(rng)) for _ in range(sites)]
    need = [rng.choice((1, 1, 1, 2, 2, 3, 5)) for _ in range(lines)]
    stock = [[0] * lines for _ in range(sites)]
    for product, units in enumerate(need):
        keepers = [site for site in range(sites) if rng.random() < 0.5] or [0]
        for _ in range(-(-5 * units // 4) if regime == "scarce" else 8 * units):
            stock[rng.choice(keepers)][product] += 1
    return {
        "need": {str(product): units for product, units in enumerate(need)},
        "stock": stock,
        "fixed": [rng.randint(40, 80) + round(each) for each in away],
        "unit": [2 * rng.randint(1, 5) + int(each / 50) for each in away],
    }
