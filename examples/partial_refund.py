"""Return an order in two parts, in both orders and under each policy.

    python examples/partial_refund.py
    python examples/partial_refund.py --locale en

A coat for 200 and a hat for 100 are bought under 满300减50 for 250. The table tells what the
coat and the hat give back, whichever comes back first; below it, the first refund in words.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ordercore import Cart, OrderCoreError, Product, PromotionBook, Quote, price, recipes, reverse
from ordercore.pricing import ReversalPolicy
from ordercore.pricing.statement import statement

COAT, HAT = {"1": 1}, {"2": 1}
NAMES = {"1": "coat", "2": "hat"}
ORDERS = ((COAT, HAT), (HAT, COAT), ({**COAT, **HAT},))
"""What comes back, return by return: line id → units."""


def bought() -> Quote:
    """Price the order as it was bought."""
    items = [(Product("coat"), "200.00", 1), (Product("hat"), "100.00", 1)]
    summer = recipes.spend_and_save("summer", spend="300", save="50")
    book = PromotionBook("CNY", [summer])
    return price(Cart.of("CNY", items), book, at=datetime(2026, 6, 18, tzinfo=UTC))


def rows(quote: Quote) -> Iterator[tuple[str, ...]]:
    """Return the order in every way: yield the policy, what comes back, and each refund."""
    for policy in ReversalPolicy:
        together = "summer" if policy is ReversalPolicy.FORBID_PARTIAL else None
        for returns in ORDERS:
            told = [policy.value, ", then ".join(" and ".join(map(NAMES.get, r)) for r in returns)]
            before: Sequence[dict[str, int]] = ()
            for units in returns:
                reversal = reverse(quote, before, units, policy, together=together)
                before = reversal.returned
                told.append("refused" if reversal.refused else f"{reversal.amount.decimal:f}")
            yield *told, f"{reversal.refunded.decimal:f}"


def table(quote: Quote) -> Iterator[str]:
    """Lay the rows out in columns: the refunds one after the other, and their sum."""
    heads = ("policy", "returned", "first", "second", "in all")
    for policy, order, *refunds, total in (heads, *rows(quote)):
        first, second = [*refunds, ""][:2]
        yield f"{policy:<15} {order:<15} {first:>8} {second:>8} {total:>8}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the example; return the exit status."""
    parser = argparse.ArgumentParser(description="Return an order in two parts.")
    parser.add_argument("--locale", default="zh_CN", help="zh_CN or en")
    asked = parser.parse_args(argv)
    quote = bought()
    print(*table(quote), sep="\n")
    try:
        for policy in (ReversalPolicy.KEEP_SHARES, ReversalPolicy.REPRICE):
            print(f"\n{policy.value}:")
            print(statement(reverse(quote, (), HAT, policy), asked.locale))
    except OrderCoreError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
