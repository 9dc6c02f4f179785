"""P19 on a book of ten thousand: what the index finds is what a scan of the whole book finds.

What a promotion needs is written here a second time, in the plain words of the promotions made
below, so that the index is compared with something that knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Context, Product, PromotionBook, Shopper
from ordercore.promotions import (
    AmountOff,
    Brand,
    Category,
    Code,
    Coupon,
    CustomerInGroup,
    InRegion,
    PercentOff,
    Promotion,
    Seller,
    Sku,
    Threshold,
    ViaChannel,
)

AT = datetime(2026, 11, 11, tzinfo=UTC)
SIZE = 10_000

Wants = Callable[[Cart, Context], bool]


def carried(cart: Cart, side: str) -> set[str | None]:
    """List what the products of a cart have of one side."""
    return {getattr(line.product, side) for line in cart.lines}


def maker(chance: Random) -> tuple[dict[str, object], Wants]:
    """Make the rules of one promotion, and say in words when it could apply."""
    name = f"n{chance.randrange(400)}"
    kinds: list[tuple[dict[str, object], Wants]] = [
        ({"benefits": PercentOff("10", Sku(name))}, lambda cart, _: name in carried(cart, "sku")),
        (
            {"benefits": AmountOff("1", Brand(name))},
            lambda cart, _: name in carried(cart, "brand"),
        ),
        (
            {"benefits": AmountOff("1"), "when": Threshold("5", target=Seller(name))},
            lambda cart, _: name in carried(cart, "seller"),
        ),
        (
            {"benefits": PercentOff("5", Category(name) & ~Sku("n1"))},
            lambda cart, _: any(name in line.product.categories for line in cart.lines),
        ),
        (
            {"benefits": AmountOff("1"), "when": CustomerInGroup(name)},
            lambda _, context: context.shopper is not None and name in context.shopper.groups,
        ),
        (
            {"benefits": AmountOff("1"), "when": ViaChannel(name) & InRegion(name)},
            lambda _, context: context.channel == name,
        ),
        (
            {"benefits": PercentOff("5", Sku("n2")), "trigger": Code(name)},
            lambda _, context: name in context.codes,
        ),
        (
            {"benefits": AmountOff("1"), "trigger": Coupon(name)},
            lambda _, context: context.shopper is not None and name in context.shopper.coupons,
        ),
        (
            {"benefits": PercentOff("5", Sku(name) | Sku("n3"))},
            lambda cart, _: not {name, "n3"}.isdisjoint(carried(cart, "sku")),
        ),
    ]
    if chance.random() < 0.002:
        return {"benefits": AmountOff("1")}, lambda _cart, _context: True
    return chance.choice(kinds)


@cache
def large_book() -> tuple[PromotionBook, dict[str, Wants]]:
    """Make the book, and for each promotion its predicate in words."""
    chance = Random(19)
    made = {f"p{i}": maker(chance) for i in range(SIZE)}
    layers = ("unit", "order", "coupon")
    book = PromotionBook(
        "CNY",
        [
            Promotion(id=id_, layer=layers[i % 3], priority=i % 7, **rules)
            for i, (id_, (rules, _)) in enumerate(made.items())
        ],
    )
    return book, {id_: wants for id_, (_, wants) in made.items()}


NAMES = st.integers(0, 420).map(lambda number: f"n{number}")


@st.composite
def asked(draw: st.DrawFn) -> tuple[Cart, Context]:
    """Draw a cart and a context that carry a few of the names."""
    products = [
        Product(
            draw(NAMES),
            brand=draw(st.none() | NAMES),
            seller=draw(st.none() | NAMES),
            categories=draw(st.lists(NAMES, max_size=3)),
        )
        for _ in range(draw(st.integers(0, 8)))
    ]
    shopper = Shopper(
        groups=draw(st.lists(NAMES, max_size=3)), coupons=draw(st.lists(NAMES, max_size=3))
    )
    context = Context(
        AT,
        draw(st.none() | st.just(shopper)),
        draw(st.lists(NAMES, max_size=3)),
        draw(st.none() | NAMES),
        draw(st.none() | NAMES),
    )
    return Cart.of("CNY", [(product, "10.00", 1) for product in products]), context


@given(asked())
def test_p19_the_index_of_ten_thousand_finds_what_a_scan_finds(case: tuple[Cart, Context]) -> None:
    cart, context = case
    book, wants = large_book()
    scanned = [plan.promotion.id for plan in book.plans if wants[plan.promotion.id](cart, context)]
    assert [plan.promotion.id for plan in book.candidates(cart, context)] == scanned
