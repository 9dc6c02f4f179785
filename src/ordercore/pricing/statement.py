"""A reversal in words, for whoever gets the refund."""

from __future__ import annotations

from ordercore.errors import InvalidType
from ordercore.pricing.explaining.refunding import refund_text
from ordercore.pricing.reversing.result import Reversal
from ordercore.wording import Words

__all__ = ["statement"]


def statement(reversal: Reversal, locale: str = "en") -> str:
    """Put a reversal into words: the refund, of what it is made, and what else is undone.

    This is the text of ``explain(reversal, locale)``, which has a table and HTML of it too.

    Args:
        reversal: What is given back.
        locale: Such as ``zh_CN`` or ``en_GB``: see `ordercore.wording.Words`.

    Raises:
        InvalidType: Not a reversal.
        InvalidValue: There are no words in that language (``unknown_locale``).

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, price, recipes, reverse
    >>> cart = Cart.of("CNY", [("A", "200.00", 1), ("B", "100.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> quote = price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> print(statement(reverse(quote, {}, {"2": 1}), "zh_CN"))
    退款 ¥83.33
    B × 1 ¥83.33（优惠前 ¥100.00）
      满300减50 −¥16.67
    累计退款 ¥83.33，剩余 ¥166.67
    """
    if not isinstance(reversal, Reversal):
        raise InvalidType("a Reversal", reversal)
    return refund_text(reversal, Words(locale))
