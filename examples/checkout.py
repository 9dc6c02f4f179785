"""Price a cart and account for every fen of it.

    python examples/checkout.py
    python examples/checkout.py --locale en
    python examples/checkout.py cart.json promotions.json --code SPRING --at 2026-11-11T20:00+08:00

Without files it prices a cart of its own, in Chinese and in English. With files it prices
those: the first is a cart, the second a book of promotions, as `ordercore.dumps` writes them
(``examples/data`` has a pair). A file with faults gets one line for each of them, with its path
in the file, and the exit status is 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ordercore import (
    Cart,
    InvalidDocument,
    OrderCoreError,
    Product,
    PromotionBook,
    Shopper,
    explain,
    loads,
    price,
    recipes,
)
from ordercore.promotions import Basis, Category, Sku

LOCALES = ("zh_CN", "en")

T = TypeVar("T")


def own_cart(locale: str) -> Cart:
    """Fill a cart: clothes for the autumn, and something for the kitchen."""
    names = {
        "zh_CN": ("纯棉衬衫", "羊绒围巾", "登山袜", "保温杯"),
        "en": ("Cotton shirt", "Cashmere scarf", "Hiking socks", "Vacuum flask"),
    }[locale]
    shirt, scarf, socks, flask = (
        Product("shirt", names[0], specification={"size": "M"}, categories=["clothes"]),
        Product("scarf", names[1], categories=["clothes", "cashmere"]),
        Product("socks", names[2], categories=["clothes"]),
        Product("flask", names[3], categories=["kitchen"]),
    )
    items = [(shirt, "129.00", 1), (scarf, "189.50", 1), (socks, "39.90", 3), (flask, "88.00", 1)]
    return Cart.of("CNY", items, shipping="12.00")


def own_book() -> PromotionBook:
    """Say what is on offer: two promotions apply to lines, one to the order, one to shipping."""
    return PromotionBook(
        "CNY",
        [
            recipes.second_half_price("socks-half", Sku("socks")),
            recipes.percent_off("kitchen-week", "10", Category("kitchen")),
            recipes.spend_and_save("autumn", spend="300", save="50"),
            recipes.gift_from("tea", "tea-sampler", spend="200", value="25.00"),
            recipes.free_shipping("free-shipping", spend="99", basis=Basis.LIST),
            recipes.spend_and_save("autumn-big", spend="500", save="100", priority=1),
        ],
        version="autumn-2026",
    )


class BadFile(Exception):
    """A file that cannot be priced; its text has one line for each fault."""


def read(kind: type[T], path: Path) -> T:
    """Load a document from a file, or tell everything that is wrong with it."""
    try:
        return loads(kind, path.read_bytes())
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except InvalidDocument as error:
        raise BadFile("\n".join(f"{path}: {fault}" for fault in error.faults)) from None


def read_both(cart: Path, book: Path) -> tuple[Cart, PromotionBook]:
    """Load both files; the faults of both are told together."""
    faults = []
    found: list[object] = []
    for kind, path in ((Cart, cart), (PromotionBook, book)):
        try:
            found.append(read(kind, path))
        except BadFile as error:
            faults.append(str(error))
    if faults:
        raise BadFile("\n".join(faults))
    return found[0], found[1]  # type: ignore[return-value]


def told(cart: Cart, book: PromotionBook, locale: str, asked: argparse.Namespace) -> Iterator[str]:
    """Price a cart; yield the account as text, then the same as a table."""
    known = asked.group or asked.coupon or asked.orders_before is not None
    shopper = Shopper(
        groups=asked.group, coupons=asked.coupon, orders_before=asked.orders_before or 0
    )
    quote = price(
        cart,
        book,
        at=asked.at,
        shopper=shopper if known else None,
        codes=asked.code,
        region=asked.region,
        channel=asked.channel,
    )
    explanation = explain(quote, locale=locale)
    yield str(explanation)
    yield ""
    yield explanation.table()


def instant(text: str) -> datetime:
    """Read an instant with its offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Price a cart and account for every fen of it.")
    parser.add_argument("cart", nargs="?", type=Path, help="a cart as JSON")
    parser.add_argument("book", nargs="?", type=Path, help="a book of promotions as JSON")
    parser.add_argument("--locale", help="zh_CN or en; both if left out")
    parser.add_argument("--code", action="append", default=[], help="a code typed; repeatable")
    parser.add_argument("--group", action="append", default=[], help="a group of the shopper")
    parser.add_argument("--coupon", action="append", default=[], help="a kind of coupon held")
    parser.add_argument("--orders-before", type=int, help="orders that the shopper placed before")
    parser.add_argument("--region", help="where the goods go")
    parser.add_argument("--channel", help="where the order comes from")
    parser.add_argument("--at", type=instant, default=datetime.now(UTC), help="the instant; now")
    asked = parser.parse_args(argv)
    if (asked.cart is None) != (asked.book is None):
        parser.error("give a cart and a book, or neither")
    return asked


def main(argv: Sequence[str] | None = None) -> int:
    """Run the example; return the exit status."""
    asked = arguments(argv)
    try:
        given = None if asked.cart is None else read_both(asked.cart, asked.book)
        for locale in [asked.locale] if asked.locale else LOCALES:
            cart, book = given or (own_cart(locale if locale in LOCALES else "en"), own_book())
            print(*told(cart, book, locale, asked), sep="\n", end="\n\n")
    except (BadFile, OrderCoreError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
