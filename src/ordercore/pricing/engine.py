"""What it costs: one pure function from cart, promotions and context to a quote.

The phases are few and fixed. Price lists give the base amounts. Promotions that insist on
standing alone in the book are tried first. Then layer after layer, each frozen as it is
entered, promotions take what they may. On what is left come taxes and the rounding of the
payable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final

from ordercore.cart import Cart, Context, Shopper, Usage, Wishes
from ordercore.data.attributes import NO_ATTRIBUTES
from ordercore.errors import CurrencyMismatch, InvalidType, LimitExceeded
from ordercore.money import MAX_MINOR, divide
from ordercore.pricing.base_prices import NO_PRICES, base_prices
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.account import Account
from ordercore.pricing.resolvers.best_of import best_of, best_of_groups
from ordercore.pricing.resolvers.by_priority import by_priority
from ordercore.pricing.resolvers.certificate import Certificate
from ordercore.pricing.resolvers.optimal import optimal
from ordercore.pricing.resolvers.solitary import first_alone, whichever_is_better
from ordercore.pricing.taxes import TaxEntry, tax_entries
from ordercore.promotions.book import PromotionBook
from ordercore.promotions.plan import Plan
from ordercore.promotions.stacking import BestOf, Optimal
from ordercore.promotions.state import LayerState
from ordercore.tariffs import Tariff

__all__ = ["price", "price_in"]


_WHAT_A_PRICE_NEEDS: Final = (Cart, PromotionBook, Context)
_NO_CODES: Final = ()


def price(  # noqa: PLR0913 - what a price depends on
    cart: Cart,
    book: PromotionBook,
    *,
    at: datetime,
    shopper: Shopper | None = None,
    codes: Iterable[str] = _NO_CODES,
    region: str | None = None,
    channel: str | None = None,
    gift_stock: Mapping[str, int] | None = None,
    attributes: Mapping[str, str] = NO_ATTRIBUTES,
    wishes: Wishes | None = None,
    usage: Usage | None = None,
    tariff: Tariff | None = None,
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
        attributes: Whatever else rules look at.
        wishes: What the shopper chose: gifts, points to redeem.
        usage: What was used of promotions before; None is unlimited.
        tariff: Price lists, taxes and the rounding of the payable; None: none of them.

    Raises:
        CurrencyMismatch: Cart, book and tariff are not in one currency.
        InvalidType, InvalidValue: The context is not valid: a naive instant, say.
        LimitExceeded: With price lists and taxes it comes to more than 10^15 minor units.

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, recipes
    >>> cart = Cart.of("CNY", [("shirt", "129.00", 2), ("scarf", "45.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> print(price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC)).payable)
    CNY 253.00
    """
    if (
        shopper is None
        and codes is _NO_CODES
        and region is None
        and channel is None
        and gift_stock is None
        and attributes is NO_ATTRIBUTES
        and wishes is None
        and usage is None
    ):
        context = Context.at_instant(at)
    else:
        context = Context(
            at, shopper, codes, region, channel, gift_stock, attributes, wishes, usage
        )
    return price_in(cart, book, context, tariff)


def price_in(
    cart: Cart, book: PromotionBook, context: Context, tariff: Tariff | None = None
) -> Quote:
    """Price a cart in a context made before: see `price`."""
    if not (type(cart) is Cart and type(book) is PromotionBook and type(context) is Context):
        _check_types(cart, book, context)
    if cart.currency != book.currency:
        raise CurrencyMismatch(f"a book in {cart.currency}", str(book.currency))
    if tariff is None:
        base, prices = cart.rows.amounts, NO_PRICES
    elif not isinstance(tariff, Tariff):
        raise InvalidType("a Tariff", tariff, path=("tariff",))
    elif tariff.currency == cart.currency:
        base, prices = base_prices(cart, context, tariff)
    else:
        raise CurrencyMismatch(f"a tariff in {cart.currency}", str(tariff.currency))
    if book.settles_plainly:
        account: Account = []
        state = LayerState(cart, context, base)
        by_priority(state, book.candidates(cart, context), account)
        certificates: tuple[Certificate, ...] = ()
    else:
        state, account, certificates = _promote(book.begin(cart, context, base), book)
    rows = tuple(state.now)
    if tariff is None:
        return Quote(
            cart, book, context, base, rows, state.shipping, tuple(account), state.fees,
            None, NO_PRICES, (), 0, certificates,
        )  # fmt: skip
    amounts = (*rows, state.shipping, *state.fees)
    taxes = () if tariff.taxes is None else tax_entries(tariff.taxes, cart, context, amounts)
    return Quote(
        cart, book, context, base, rows, state.shipping, tuple(account), state.fees,
        tariff, prices, taxes, _rounding(tariff, sum(amounts), taxes), certificates,
    )  # fmt: skip


def _check_types(*given: object) -> None:
    """Accept members of subclasses, too."""
    if not all(map(isinstance, given, _WHAT_A_PRICE_NEEDS)):
        raise InvalidType("a Cart, a PromotionBook and a Context", given)


def _promote(
    state: LayerState, book: PromotionBook
) -> tuple[LayerState, Account, tuple[Certificate, ...]]:
    """Let promotions take what they may where not all is settled by priority alone."""
    account: Account = []
    plans: Sequence[Plan] = book.candidates(state.cart, state.context)
    if book.solitary:
        if book.objective is not None:
            settle = partial(_settle, book)
            return whichever_is_better(state, plans, book, book.objective, settle)
        plans = first_alone(state, plans, book, account)
    return state, account, _settle(book, state, plans, account)


def _settle(
    book: PromotionBook, state: LayerState, plans: Sequence[Plan], account: Account
) -> tuple[Certificate, ...]:
    """Settle run after run of layers, each as its resolver says."""
    if not book.runs:
        by_priority(state, plans, account)
    certificates: list[Certificate] = []
    start = 0
    for run in book.runs:
        stop = start
        while stop < len(plans) and plans[stop].layer < run.stop:
            stop += 1
        competing, start = plans[start:stop], stop
        if isinstance(run.resolver, Optimal):
            layers = [list(layer) for _, layer in groupby(competing, lambda plan: plan.layer)]
            if layers:
                told = optimal(state, layers, book.prospects, run.resolver, account)
                certificates.append(told)
        elif isinstance(run.resolver, BestOf):
            best_of(state, competing, account)
        elif run.groups:
            best_of_groups(state, competing, run.groups, account)
        else:
            by_priority(state, competing, account)
    return tuple(certificates)


def _rounding(tariff: Tariff, amount: int, taxes: Sequence[TaxEntry]) -> int:
    """Tell what the rounding of the payable adds, after tax that comes on top."""
    if tariff.taxes is not None and not tariff.taxes.included:
        amount += sum([entry.tax for entry in taxes])
    payable, step = amount, tariff.step_minor
    if tariff.rounding is not None:
        payable = divide(amount, step, tariff.rounding.mode) * step
    if max(amount, payable) > MAX_MINOR:
        raise LimitExceeded("an order worth up to 10^15 minor units", max(amount, payable))
    return payable - amount
