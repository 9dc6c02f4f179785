"""Golden cases as a cart, a book of promotions and a context of ordercore.

Only words are mapped to words here, those of conditions and effects in `vocabulary`. No two
lines of a cart are alike, since a case prices every line by itself; and each promotion has a
layer of its own, since in a case each sees what the ones before it left.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vocabulary import NOTHING, Plain, benefit, condition, text_of

from ordercore import Cart, CartLine, Money, Product, Promotion, PromotionBook, Shopper, dump, load
from ordercore.calendars import Schedule, Window
from ordercore.promotions import DEFAULT_LAYERS, Automatic, Code, Exclusive, RoundingMode

__all__ = ["book_of", "cart_of", "context_of"]

OWN = "line of the cart"
"""The attribute that keeps equal lines apart; no case has one of this name."""


def book_of(case: Plain) -> PromotionBook:
    """Make the book of a case; every promotion in it has been written out and read again."""
    said = sorted(case["promotions"], key=lambda promotion: promotion["id"])
    said.sort(key=lambda promotion: promotion.get("priority") or 0, reverse=True)
    promotions = [_promotion(each) for each in said if not _is_over_before_it_begins(each)]
    reread = [load(Promotion, dump(each)) for each in promotions]
    return PromotionBook(
        case["currency"], reread, [each.layer for each in promotions] or DEFAULT_LAYERS
    )


def _promotion(said: Plain) -> Promotion:
    return Promotion(
        id=said["id"],
        benefits=[benefit(effect) for effect in said.get("effects") or ()] or NOTHING,
        when=condition(said.get("conditions") or []),
        schedule=Schedule(Window(_instant(said.get("starts")), _instant(said.get("ends")))),
        trigger=Code(said["code"]) if said.get("code") else Automatic(),
        layer=said["id"],
        priority=said.get("priority") or 0,
        exclusive=Exclusive.BOOK if said.get("exclusive") else Exclusive.NO,
        rounding=RoundingMode.PER_LINE,
    )


def _is_over_before_it_begins(said: Plain) -> bool:
    """Tell whether no instant lies between start and end; the library refuses such a window."""
    start, end = _instant(said.get("starts")), _instant(said.get("ends"))
    return start is not None and end is not None and start >= end


def _instant(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def cart_of(case: Plain) -> Cart:
    """Make the cart of a case: ids in the order of the lines, and no two lines alike."""
    currency = case["currency"]
    lines = [_line(f"{i:05}", said, currency) for i, said in enumerate(case["lines"])]
    return Cart(currency, lines, Money.of(case.get("shipping_fee") or "0", currency))


def _line(position: str, said: Plain, currency: str) -> CartLine:
    attributes = {key: text_of(value) for key, value in (said.get("attributes") or {}).items()}
    product = Product(
        said["sku"],
        categories=said.get("categories") or (),
        attributes={**attributes, OWN: position},
    )
    floor = said.get("min_unit_price")
    price = said["unit_price"]
    return CartLine.of(position, product, said["qty"], price, currency, floor_price=floor)


def context_of(case: Plain) -> dict[str, Any]:
    """Translate all else that a case says, as keywords of `price`."""
    return {
        "at": datetime.fromisoformat(case["at"]),
        "shopper": _shopper(case.get("customer")),
        "codes": [code for code in case.get("codes") or () if code],  # an empty one asks nothing
        "region": case.get("region") or None,
    }


def _shopper(said: Plain | None) -> Shopper | None:
    if said is None:
        return None
    return Shopper(groups=said.get("groups") or (), orders_before=said.get("order_count") or 0)
