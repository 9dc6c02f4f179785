"""Hypothesis strategies for all that a price depends on, over every kind of rule.

The names that rules may speak of come from small alphabets (`SKUS`, `CATEGORIES`, …), and the
amounts from the size of the prices, so that promotions meet carts often: they apply, compete
and just miss. Whatever is drawn is valid. A cart, a book and a context that belong together
come from `pricings`, and with a tariff from `pricings_by_tariff`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import strategies as st

from ordercore.cart import Cart, CartLine, Context, Fee, Shopper, Usage, Wishes
from ordercore.catalog import Product
from ordercore.money import Currency, Money, Rounding, UnitPrice
from ordercore.promotions import (
    Always,
    Automatic,
    Basis,
    Code,
    Coupon,
    DiscountCap,
    Exclusive,
    Funding,
    Promotion,
    PromotionBook,
    RoundingMode,
    Split,
)
from ordercore.tariffs import Tariff
from ordercore.testing.alphabets import (
    BRANDS,
    CAMPAIGNS,
    CATEGORIES,
    CHANNELS,
    CODES,
    COLOURS,
    COUPONS,
    CURRENCIES,
    FAR,
    FEES,
    GIFTS,
    GROUPS,
    IDS,
    INSTANT,
    LAYERS,
    NEAR,
    PERCENTS,
    REGIONS,
    SELLERS,
    SKUS,
    TAX_CLASSES,
    amounts,
    currencies,
    maybe,
    mostly,
    some_of,
)
from ordercore.testing.rules import benefits, conditions, limits, schedules, selectors
from ordercore.testing.tariffs import price_lists, tariffs, taxes

__all__ = [
    "BRANDS",
    "CAMPAIGNS",
    "CATEGORIES",
    "CHANNELS",
    "CODES",
    "COLOURS",
    "COUPONS",
    "CURRENCIES",
    "FEES",
    "GIFTS",
    "GROUPS",
    "INSTANT",
    "LAYERS",
    "REGIONS",
    "SELLERS",
    "SKUS",
    "TAX_CLASSES",
    "amounts",
    "benefits",
    "books",
    "carts",
    "conditions",
    "contexts",
    "currencies",
    "limits",
    "price_lists",
    "pricings",
    "pricings_by_tariff",
    "products",
    "promotions",
    "schedules",
    "selectors",
    "shoppers",
    "tariffs",
    "taxes",
]


def products() -> st.SearchStrategy[Product]:
    """Draw a product that rules can tell by sku, category, brand, seller and colour."""
    return _products()


@cache
def _products() -> st.SearchStrategy[Product]:
    colour = st.dictionaries(st.just("colour"), st.sampled_from(COLOURS))
    return st.builds(
        Product,
        sku=st.sampled_from(SKUS),
        specification=colour,
        categories=st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
        brand=maybe(st.sampled_from(BRANDS)),
        attributes=colour,
        seller=maybe(st.sampled_from(SELLERS)),
        tax_class=st.sampled_from((None, None, *TAX_CLASSES)),
    )


@cache
def _prices(currency: str, *, finer: bool) -> st.SearchStrategy[UnitPrice]:
    digits = Currency(currency).digits
    units = st.sampled_from((100, 1000, 9990, 1, 0, 333, 20_000)) | st.integers(0, 20_000)
    scales = st.sampled_from((digits, digits, digits + 1, digits + 3) if finer else (digits,))
    return st.builds(UnitPrice, units, scales, st.just(currency))


@cache
def _kinds(currency: str, *, floors: bool, finer: bool) -> st.SearchStrategy[_Kind]:
    """What makes lines equal; a floor may be the price itself."""
    parts = st.sampled_from((None, None, 2, 1, 3)) if floors else st.none()
    return st.builds(_kind, _products(), _prices(currency, finer=finer), parts)


_Kind = tuple[Product, UnitPrice, UnitPrice | None]


def _kind(product: Product, price: UnitPrice, part: int | None) -> _Kind:
    floor = part and UnitPrice(price.units // part, price.scale, price.currency)
    return product, price, floor or None


_CHARGES: Final = st.sampled_from((0, 800, 1, 1500))
_FEES: Final = st.sampled_from(((), (), FEES[:1], FEES))
_FEE_CLASSES: Final = st.sampled_from((None, None, *TAX_CLASSES))
_ROUNDINGS: Final = st.sampled_from((Rounding.HALF_UP, *Rounding))


@st.composite
def carts(
    draw: st.DrawFn,
    /,
    currency: str = "CNY",
    *,
    min_lines: int = 0,
    max_lines: int = 5,
    max_quantity: int = 6,
    floors: bool = True,
    finer: bool = True,
) -> Cart:
    """Draw a cart.

    Args:
        draw: Given by Hypothesis.
        currency: The currency of every price.
        min_lines: At least so many lines.
        max_lines: At most so many. Several may be equal and form one row.
        max_quantity: At most so many units in a line.
        floors: Whether some lines have a floor price.
        finer: Whether some unit prices are finer than the minor unit.
    """
    count = draw(st.integers(min_lines, max_lines))
    kind, quantity = _kinds(currency, floors=floors, finer=finer), st.integers(1, max_quantity)
    known: list[_Kind] = []
    lines: list[CartLine] = []
    for line_id in draw(st.permutations([str(i + 1) for i in range(count)])):
        twin = draw(st.integers(0, len(known)))
        if twin == 0:
            known.append(draw(kind))
        product, price, floor = known[twin - 1]
        lines.append(CartLine(line_id, product, draw(quantity), price, floor))
    shipping = Money(draw(_CHARGES), Currency(currency))
    fees = [
        Fee(each, Money(draw(_CHARGES), Currency(currency)), tax_class=draw(_FEE_CLASSES))
        for each in draw(_FEES)
    ]
    return Cart(currency, lines, shipping, draw(_ROUNDINGS), fees)


def shoppers() -> st.SearchStrategy[Shopper]:
    """Draw a shopper with groups, points, coupons and what was bought before."""
    return _shoppers()


@cache
def _shoppers() -> st.SearchStrategy[Shopper]:
    return st.builds(
        Shopper,
        groups=st.lists(st.sampled_from(GROUPS), max_size=2).map(tuple),
        orders_before=st.integers(0, 2),
        points=maybe(st.integers(0, 5000)),
        coupons=st.lists(st.sampled_from(COUPONS), max_size=2).map(tuple),
        purchases=st.dictionaries(st.sampled_from(SKUS), st.integers(0, 4), max_size=2),
    )


@cache
def _wishes() -> st.SearchStrategy[Wishes]:
    gifts = st.dictionaries(st.sampled_from(IDS[:3]), st.sampled_from(GIFTS), max_size=2)
    return st.builds(Wishes, gifts, maybe(st.integers(0, 3000)))


def contexts() -> st.SearchStrategy[Context]:
    """Draw a context: instants at the edges of schedules, shoppers, codes, stock, wishes."""
    return _contexts()


@cache
def _contexts() -> st.SearchStrategy[Context]:
    instants = st.sampled_from((*NEAR, *FAR))
    zones = st.sampled_from(("UTC", "Asia/Shanghai", "America/New_York")).map(ZoneInfo)
    return st.builds(
        Context,
        at=st.builds(datetime.astimezone, instants, zones),
        shopper=maybe(_shoppers()),
        codes=st.lists(st.sampled_from(CODES), max_size=3).map(tuple),
        region=maybe(st.sampled_from(REGIONS)),
        channel=maybe(st.sampled_from(CHANNELS)),
        gift_stock=maybe(st.dictionaries(st.sampled_from(GIFTS), st.integers(0, 4))),
        attributes=st.dictionaries(st.just("campaign"), st.sampled_from(CAMPAIGNS)),
        wishes=maybe(_wishes()),
        usage=maybe(_usages()),
    )


@cache
def _usages() -> st.SearchStrategy[Usage]:
    counts = st.dictionaries(st.sampled_from(IDS[:5]), st.integers(0, 3), max_size=3)
    amounts_spent = st.sampled_from(("0", "1", "20", "300"))
    spent = st.dictionaries(st.sampled_from(IDS[:5]), amounts_spent, max_size=3)
    return st.builds(Usage, counts, counts, spent)


_SHARED: Final = (Funding("platform", Decimal("66.67")), Funding("seller", Decimal("33.33")))


@cache
def _promotion_fields(currency: str) -> dict[str, st.SearchStrategy[Any]]:
    benefit, condition = benefits(currency), conditions(currency)
    one, several = st.tuples(benefit), st.lists(benefit, min_size=2, max_size=3)
    alone = (*[Exclusive.NO] * 10, Exclusive.LAYER, Exclusive.LAYER, Exclusive.BOOK)
    return {
        "benefits": mostly(one, several),
        "when": st.just(Always()) | condition,
        "schedule": schedules(),
        "trigger": st.one_of(
            st.just(Automatic()),
            st.just(Automatic()),
            st.just(Automatic()),
            st.builds(Code, st.sampled_from(CODES)),
            st.builds(Coupon, st.sampled_from(COUPONS)),
        ),
        "layer": st.sampled_from(LAYERS),
        "priority": st.integers(-1, 1),
        "exclusive": st.sampled_from(alone),
        "group": st.sampled_from((None, None, None, "g1", "g2")),
        "combines_with": st.sampled_from(((), (), ("*",))) | some_of(IDS),
        "whole": st.sampled_from((False, False, False, True)),
        "basis": st.sampled_from((Basis.ENTRY, *Basis)),
        "rounding": st.sampled_from(RoundingMode),
        "split": st.sampled_from(Split),
        "overflow": st.sampled_from(("redistribute", "forfeit")),
        "limits": limits(currency),
        "funding": st.sampled_from(((), (), _SHARED)),
    }


@st.composite
def promotions(draw: st.DrawFn, /, currency: str = "CNY", **given: Any) -> Promotion:
    """Draw a promotion that uses any option.

    Args:
        draw: Given by Hypothesis.
        currency: The currency of the book that it is for.
        given: Fields of `Promotion` as strategies or plain values, in place of those drawn.

    >>> from hypothesis import given, settings
    >>> @settings(max_examples=5, deadline=None)
    ... @given(promotions(layer="coupon"))
    ... def test_what_is_given_is_as_given(promotion):
    ...     assert promotion.layer == "coupon"
    >>> test_what_is_given_is_as_given()
    """
    told = {
        name: draw(value) if isinstance(value, st.SearchStrategy) else value
        for name, value in given.items()
    }
    promotion = Promotion(**told, **draw(_other_fields(currency, frozenset(given))))
    return _sociable(promotion, (promotion,))


def _sociable(promotion: Promotion, others: Iterable[Promotion]) -> Promotion:
    """Take back whom a promotion combines with where one of the two tolerates no other."""
    names = promotion.combines_with
    if names and promotion.exclusive is not Exclusive.NO:
        return evolve(promotion, combines_with=())
    apart = {
        other.id
        for other in others
        if other.exclusive is not Exclusive.NO
        or (promotion.group is not None and promotion.group == other.group)
    }
    if apart.isdisjoint(names):
        return promotion
    return evolve(promotion, combines_with=[name for name in names if name not in apart])


@cache
def _other_fields(currency: str, given: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {"id": st.sampled_from(IDS), **_promotion_fields(currency)}
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name not in given}
    )


@st.composite
def books(
    draw: st.DrawFn,
    /,
    currency: str = "CNY",
    *,
    min_promotions: int = 0,
    max_promotions: int = 5,
    **given: Any,
) -> PromotionBook:
    """Draw a book of promotions, in any order.

    Args:
        draw: Given by Hypothesis.
        currency: The currency of the book.
        min_promotions: At least so many promotions.
        max_promotions: At most so many, up to 8.
        given: Fields for every `Promotion` of the book: see `promotions`.
    """
    count = draw(st.integers(min_promotions, max_promotions))
    promotion = promotions(currency, **{**given, "id": "any"})
    ids = draw(st.permutations(IDS[:count]))
    made = [evolve(draw(promotion), id=each) for each in ids]
    caps = draw(_discount_caps(currency))
    return PromotionBook(currency, [_sociable(each, made) for each in made], discount_caps=caps)


@cache
def _discount_caps(currency: str) -> st.SearchStrategy[list[DiscountCap]]:
    cap = st.builds(DiscountCap, PERCENTS, selectors(currency))
    none: st.SearchStrategy[list[DiscountCap]] = st.just([])
    return mostly(none, st.lists(cap, min_size=1, max_size=2))


@st.composite
def pricings(
    draw: st.DrawFn, /, *, min_lines: int = 1, max_lines: int = 5, **given: Any
) -> tuple[Cart, PromotionBook, Context]:
    """Draw all that `price_in` takes, in one currency, without a tariff.

    Args:
        draw: Given by Hypothesis.
        min_lines: At least so many lines in the cart.
        max_lines: At most so many.
        given: For the book: see `books`.

    With a tariff or without, as it comes: ``pricings() | pricings_by_tariff()``.
    """
    currency = draw(currencies())
    cart = draw(carts(currency, min_lines=min_lines, max_lines=max_lines))
    return cart, draw(books(currency, **given)), draw(contexts())


@st.composite
def pricings_by_tariff(
    draw: st.DrawFn,
    /,
    *,
    min_lines: int = 1,
    max_lines: int = 5,
    book: Mapping[str, Any] = MappingProxyType({}),
    **given: Any,
) -> tuple[Cart, PromotionBook, Context, Tariff]:
    """Draw all that `price_in` takes, in one currency, a tariff included.

    Args:
        draw: Given by Hypothesis.
        min_lines: At least so many lines in the cart.
        max_lines: At most so many.
        book: For the book: see `books`.
        given: For the tariff: see `tariffs`.
    """
    cart, promotions, context = draw(pricings(min_lines=min_lines, max_lines=max_lines, **book))
    return cart, promotions, context, draw(tariffs(cart.currency, **given))
