"""What it costs: one pure function from cart, promotions and context to a quote.

The phases are few and fixed. The base amounts stand in the cart's columns. Promotions that
insist on standing alone in the book are tried first. Then layer after layer, each frozen as
it is entered, promotions take what they may. What is left is the quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ordercore.cart import Cart, Context, Shopper
from ordercore.errors import CurrencyMismatch
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolve import Account, Kind, by_priority
from ordercore.promotions.book import PromotionBook
from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import NOTHING
from ordercore.promotions.state import LayerState

__all__ = ["price", "price_in"]


def price(
    cart: Cart,
    book: PromotionBook,
    *,
    at: datetime,
    shopper: Shopper | None = None,
    codes: Iterable[str] = (),
    region: str | None = None,
    channel: str | None = None,
    gift_stock: Mapping[str, int] | None = None,
) -> Quote:
    """Price a cart under a book of promotions.

    The same input gives an equal quote, always and everywhere; nothing is changed, read or
    kept. What the keywords mean, `Context` says.

    Args:
        cart: What is bought.
        book: What is on offer; compiled once, usable for any number of carts and threads.
        at: The pricing instant, with its time zone.
        shopper: Who is buying.
        codes: Codes typed.
        region: Where the goods go.
        channel: Where the order comes from.
        gift_stock: Units of each gift sku at hand; None is unlimited.

    Raises:
        CurrencyMismatch: Cart and book are in different currencies.
        InvalidType, InvalidValue: The context is not valid: a naive instant, say.

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, recipes
    >>> cart = Cart.of("CNY", [("shirt", "129.00", 2), ("scarf", "45.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> print(price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC)).payable)
    CNY 253.00
    """
    return price_in(cart, book, Context(at, shopper, codes, region, channel, gift_stock))


def price_in(cart: Cart, book: PromotionBook, context: Context) -> Quote:
    """Price a cart in a context made before: see `price`."""
    if cart.currency != book.currency:
        raise CurrencyMismatch(f"a book in {cart.currency}", str(book.currency))
    state = LayerState(cart, context)
    account: Account = []
    plans = book.candidates(cart, context)
    if book.solitary:
        plans = _stand_alone(state, plans, book, account)
    for layer in _layers(plans):
        by_priority(state, layer, account)
        state.next_layer()
    return Quote(cart, book, context, tuple(state.now), state.shipping, tuple(account))


def _layers(plans: list[Plan]) -> list[list[Plan]]:
    """Cut the candidates, in the order of application, into their layers."""
    layers: list[list[Plan]] = []
    last = -1
    for plan in plans:
        if plan.layer != last:
            last = plan.layer
            layers.append([plan])
        else:
            layers[-1].append(plan)
    return layers


def _stand_alone(
    state: LayerState, plans: list[Plan], book: PromotionBook, account: Account
) -> list[Plan]:
    """Try the book-exclusive candidates on the untouched cart; return who is still to come.

    The first that has an effect stands alone, and nobody else is even tested.
    """
    present = {plan.seq for plan in plans}
    tried: set[int] = set()
    for seq in book.solitary:
        if seq not in present:
            continue
        tried.add(seq)
        by_priority(state, (book.plans[seq],), account)
        if account[-1][1] is Kind.APPLIED:
            others = [plan.seq for plan in plans if plan.seq not in tried]
            account += [(other, Kind.EXCLUDED, None, NOTHING, (seq,)) for other in others]
            return []
    return [plan for plan in plans if plan.seq not in tried]
