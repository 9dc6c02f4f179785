"""A checkout of several layers, the best combination of which is looked for over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from price import AT, CURRENCY, read_columns
from timing import Work

from ordercore import Cart, Promotion, PromotionBook, Quote, Shopper, recipes
from ordercore.pricing import price
from ordercore.promotions import DEFAULT_LAYERS, Optimal, Sku, Threshold

CART = Cart.of(
    CURRENCY,
    [
        ("shirt", "129.00", 2),
        ("sock", "19.90", 3),
        ("mug", "39.00", 2),
        ("tea", "88.00", 1),
        ("pot", "120.00", 1),
        ("snack", "25.50", 4),
        ("kettle", "299.00", 1),
    ],
    shipping="12.00",
)
SHOPPER = Shopper(points=100_000)

FEW = (
    recipes.spend_and_save("save", spend="300", save="50"),
    recipes.save_per_spend("per-100", spend="100", save="10", max_times=5),
    recipes.second_half_price("half", Sku("mug")),
    recipes.cheapest_free("three-for-two", Sku("snack"), buy=3),
    recipes.bundle_price("set", [(Sku("tea"), 1), (Sku("pot"), 1)], "188"),
    recipes.amount_off("coupon-20", "20", layer="coupon"),
    recipes.spend_and_save("platform", spend="199", save="20", layer="platform"),
    recipes.free_shipping("shipping", spend="99"),
)
MORE = (
    *FEW,
    recipes.percent_off("members", "5"),
    recipes.percent_off("shirts", "10", Sku("shirt")),
    recipes.percent_off("kettles", "10", Sku("kettle")),
    recipes.pick_n("socks", 3, "50", Sku("sock")),
    recipes.amount_off("coupon-30", "30", layer="coupon", when=Threshold("500")),
)
POINTS = recipes.points_redemption("points", "100", max_percent="30")


class Checkout(NamedTuple):
    """One book, under which the cart is priced as low as can be."""

    name: str
    book: PromotionBook

    def quote(self) -> Quote:
        """Price the cart."""
        return price(CART, self.book, at=AT, shopper=SHOPPER)

    def work(self) -> Work:
        """Make the timed region: price the cart, and read all numbers."""
        return lambda: read_columns(self.quote()) and None


def checkouts() -> Iterator[Checkout]:
    """Go through few and more promotions, without points and with them."""
    for promotions in (FEW, MORE):
        yield Checkout(f"{len(promotions)} promotions", _book(promotions))
        yield Checkout(f"{len(promotions)} promotions and points", _book((*promotions, POINTS)))


def _book(promotions: tuple[Promotion, ...]) -> PromotionBook:
    return PromotionBook(CURRENCY, promotions, resolvers=[Optimal(DEFAULT_LAYERS)])
