"""All that pricing answers, in words: quotes, differences, refunds and hints.

`explain` makes an `Explanation` of a quote, and a `Page` of the others. Both are data first, and
have the same views: text, a table of text, HTML, and plain data for a page to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from ordercore.errors import InvalidType
from ordercore.layout.blocks import Cell, Column, Notes, Table, TableRow
from ordercore.layout.page import Page
from ordercore.pricing.differences import Difference
from ordercore.pricing.explaining.comparing import difference_page
from ordercore.pricing.explaining.explanation import Explanation
from ordercore.pricing.explaining.hints import hints_page
from ordercore.pricing.explaining.naming import name_of
from ordercore.pricing.explaining.quoted import explanation_of
from ordercore.pricing.explaining.refunding import refund_page
from ordercore.pricing.explaining.rows import MissKind, Row, RowKind
from ordercore.pricing.hints.opportunities import Opportunity
from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.result import Reversal
from ordercore.wording import Words

__all__ = [
    "Cell",
    "Column",
    "Explanation",
    "MissKind",
    "Notes",
    "Page",
    "Row",
    "RowKind",
    "Table",
    "TableRow",
    "explain",
    "name_of",
]

_Hints = Opportunity | tuple[Opportunity, ...] | list[Opportunity]
_Paged = Difference | Reversal | _Hints


@overload
def explain(what: Quote, locale: str = "en", *, zone: str | None = None) -> Explanation: ...


@overload
def explain(what: _Paged, locale: str = "en", *, zone: str | None = None) -> Page: ...


def explain(
    what: Quote | _Paged, locale: str = "en", *, zone: str | None = None
) -> Explanation | Page:
    """Put a quote, a difference, a refund or hints into words.

    What else is told has its own: `ordercore.orders.explain_change`, say, for a preview.

    Args:
        what: What was priced; or what `diff`, `reverse` or `opportunities` answered; of
            opportunities one or several.
        locale: Such as ``zh_CN`` or ``en_GB``: see `ordercore.wording.Words`.
        zone: The time zone in which instants are told, such as ``Asia/Shanghai``; None: each
            by the offset that it was given with.

    Raises:
        InvalidType: Something else was given.
        InvalidValue: There are no words in that language (``unknown_locale``), or there is no
            such zone (``unknown_zone``).

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, price, recipes, reverse
    >>> cart = Cart.of("CNY", [("shirt", "129.00", 2), ("scarf", "45.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> quote = price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> print(str(explain(quote, locale="zh_CN")).splitlines()[0])
    满300减50 −¥50.00
    >>> print(str(explain(reverse(quote, {}, {"2": 1}), "zh_CN")).splitlines()[0])
    退款 ¥37.57
    """
    if isinstance(what, Quote):
        return explanation_of(what, Words(locale), zone)
    if isinstance(what, Difference):
        return difference_page(what, Words(locale), zone)
    if isinstance(what, Reversal):
        return refund_page(what, Words(locale))
    return hints_page(_opportunities(what), Words(locale))


def _opportunities(what: object) -> Sequence[Opportunity]:
    """List the opportunities that were given; refuse what is nothing to explain."""
    if isinstance(what, Opportunity):
        return (what,)
    if not isinstance(what, tuple | list):
        raise InvalidType("a Quote, Difference, Reversal or Opportunities", what)
    for i, each in enumerate(what):
        if not isinstance(each, Opportunity):
            raise InvalidType("an Opportunity", each, path=(i,))
    return what
