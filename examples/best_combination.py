"""Find the best combination of promotions, where taking them in turn does not.

    python examples/best_combination.py
    python examples/best_combination.py --locale en

Three carts, each under two promotions that want the same goods, and what is saved where they
are settled by priority, by `BestOf` and by `Optimal`. Below the table, for each cart, what
`Optimal` chose, its certificate, and why the other promotion does not apply.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ordercore import (
    Cart,
    Money,
    OrderCoreError,
    Promotion,
    PromotionBook,
    Quote,
    explain,
    price,
    recipes,
)
from ordercore.pricing.explain import Explanation
from ordercore.promotions import BestOf, Optimal, Resolver, Sku

AT = datetime(2026, 6, 18, 12, tzinfo=UTC)
LAYERS = ("unit", "set", "order")

RESOLVERS: dict[str, Sequence[Resolver]] = {
    "by priority": (),
    "best of": [BestOf(layer) for layer in LAYERS],
    "optimal": [Optimal(LAYERS)],
}
"""The three ways to settle what competes; without a resolver, priority does."""


class Case(NamedTuple):
    """A cart, and what is on offer."""

    title: str
    cart: Cart
    promotions: Sequence[Promotion]


def lunch(colas: int) -> Case:
    """Fill a lunch: one more cola free, or a cola, a sandwich and a bar for 4.50."""
    items = [("cola", "2.00", colas), ("sandwich", "3.00", 2), ("bar", "1.00", 2)]
    meal = [(Sku("cola"), 1), (Sku("sandwich"), 1), (Sku("bar"), 1)]
    promotions = [
        # a free cola is worth 2.00, a meal only 1.50: who looks at that takes the cola first
        recipes.buy_and_get("cola", buy=1, get=1, target=Sku("cola"), priority=1),
        recipes.bundle_price("meal", meal, "4.50"),
    ]
    return Case(f"lunch with {colas} colas", Cart.of("CNY", items), promotions)


def coat() -> Case:
    """Buy a coat: with 10 % off it is no longer worth the 300 that 满300减50 asks for."""
    promotions = [
        recipes.percent_off("tenth", "10"),
        recipes.spend_and_save("summer", spend="300", save="50"),
    ]
    return Case("coat for 310", Cart.of("CNY", [("coat", "310.00", 1)]), promotions)


def settled(case: Case, resolvers: Sequence[Resolver]) -> Quote:
    """Price a case."""
    return price(case.cart, PromotionBook("CNY", case.promotions, resolvers=resolvers), at=AT)


def table(cases: Sequence[Case]) -> Iterator[str]:
    """Lay out what is saved in each case, and whether the best is proven to be the best."""
    yield f"{'saved':<20}" + "".join([f"{how:>13}" for how in RESOLVERS]) + "  proven"
    for case in cases:
        quotes = [settled(case, resolvers) for resolvers in RESOLVERS.values()]
        cells = [f"{quote.discount.decimal:>13f}" for quote in quotes]
        proven = all(told.exact for told in quotes[-1].certificates)
        yield f"{case.title:<20}" + "".join(cells) + f"  {'yes' if proven else 'no'}"


def told(case: Case, locale: str) -> Iterator[str]:
    """Say of the best combination what applies, how good it is, and what does not apply."""
    explanation = explain(settled(case, RESOLVERS["optimal"]), locale)
    yield f"\n{case.title}:"
    for row in explanation.promotions:
        yield f"  {row.words}{_amount(explanation, row.amount)}"
    for row in explanation.proofs:
        yield f"  {row.words}{_amount(explanation, row.value)}"
    for row in explanation.not_applied:
        yield f"  {row.words}"


def _amount(explanation: Explanation, amount: Money | None) -> str:
    return "" if amount is None else f" {explanation.told(amount)}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the example; return the exit status."""
    parser = argparse.ArgumentParser(description="Find the best combination of promotions.")
    parser.add_argument("--locale", default="zh_CN", help="zh_CN or en")
    asked = parser.parse_args(argv)
    cases = [lunch(2), lunch(4), coat()]
    print(*table(cases), sep="\n")
    try:
        for case in cases:
            print(*told(case, asked.locale), sep="\n")
    except OrderCoreError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
