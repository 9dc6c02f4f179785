"""An explanation: rows in the order of telling, and the views of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from ordercore.layout.blocks import laid_out
from ordercore.layout.markup import html_of
from ordercore.money import Currency, Money
from ordercore.pricing.explaining.rows import Row
from ordercore.pricing.explaining.sheet import blocks_of, charged
from ordercore.pricing.explaining.text import text_of
from ordercore.wording import Words

__all__ = ["SCHEMA", "Explanation"]

SCHEMA: Final = 1
"""The number of the form that `Explanation.to_plain` gives."""


@frozen(kw_only=True)
class Explanation:
    """A quote in words: what applied, what each line costs, and why the rest did not apply.

    Attributes:
        locale: The language and region of the words.
        currency: The currency of every amount.
        at: The pricing instant.
        at_words: The same in words, in its zone.
        book_version: Which edition of the book was priced with.
        tariff_version: Which edition of the tariff, if any.
        codes: What became of each code typed.
        coupons: What became of each kind of coupon held.
        promotions: Those that applied, in the order in which they did.
        lines: Every line, in the order of the cart.
        shipping: What shipping costs.
        fees: What each other fee costs.
        taxes: What each tax rate comes to, on top or contained in the prices.
        rounding: What the rounding of the payable adds; None where it is not rounded.
        gifts: What is given on top.
        payable: What is to be paid in all.
        grants: Points, coupons, deposit and balance.
        proofs: How good the combination of promotions is, where `Optimal` settled it.
        not_applied: The codes and coupons that gave nothing, what others prevailed over, and
            what the shopper could change by buying more; at most 20. `Quote.outcomes` has them
            all.
        not_applied_more: How many further ones there are.
        words: The words of the locale.

    ``str(...)`` is the view for a terminal or a message.
    """

    locale: str
    currency: Currency
    at: datetime
    at_words: str
    book_version: str
    tariff_version: str = ""
    codes: tuple[Row, ...] = ()
    coupons: tuple[Row, ...] = ()
    promotions: tuple[Row, ...]
    lines: tuple[Row, ...]
    shipping: Row
    fees: tuple[Row, ...] = ()
    taxes: tuple[Row, ...] = ()
    rounding: Row | None = None
    gifts: tuple[Row, ...]
    payable: Row
    grants: tuple[Row, ...] = ()
    proofs: tuple[Row, ...] = ()
    not_applied: tuple[Row, ...]
    not_applied_more: int = 0
    words: Words = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "words", Words(self.locale))

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in the order in which they are told; their parts are within them.

        What became of codes and coupons is told among the promotions and the refusals.
        """
        costs = (*self.lines, self.shipping, *self.fees, *self.taxes)
        rounding = () if self.rounding is None else (self.rounding,)
        sums = (*rounding, *self.gifts, self.payable, *self.grants, *self.proofs)
        return (*self.promotions, *costs, *sums, *self.not_applied)

    def told(self, amount: Money) -> str:
        """Write an amount as the locale does."""
        return self.words.amount_minor(amount.minor, amount.currency, amount.currency.digits)

    def __str__(self) -> str:
        return text_of(self)

    def table(self) -> str:
        """Write all that is charged for, gifts and totals as a table of text.

        Columns are aligned for a font of fixed width, in which a Chinese character takes two
        cells. What stands in a column of amounts adds up to its last row, and along each row
        list price and discounts (those of price lists too) add up to what is to be paid.
        """
        return laid_out(charged(self))

    def html(self) -> str:
        """Write the explanation as a section of HTML, in which all that is told is escaped.

        It has the promotions that applied, the table with what each row is made of, what did
        not apply, and the pricing instant. There is no script and no style in it: the classes,
        all of which begin with ``ordercore-``, are for the style sheet of the page that it is
        put into.
        """
        return html_of("explanation", self.locale, blocks_of(self))

    _repr_html_ = html  # what notebooks show

    def to_plain(self) -> dict[str, Any]:
        """Give the explanation as JSON-able data, with display strings beside the numbers.

        ==================== =====================================================
        ``schema``           1; a form that readers of this one would not
                             understand gets another number
        ``kind``             ``explanation``
        ``locale``           ``zh_CN``, ``en``, ``en_GB`` …
        ``currency``         ISO 4217
        ``digits``           how many decimals the minor unit has
        ``at``               ``instant`` (ISO 8601 with its offset) and ``text``
        ``book_version``     of the promotion book
        ``tariff_version``   of the tariff
        ``codes``            rows of the codes typed: what became of each
        ``coupons``          rows of the kinds of coupons held: what became of each
        ``promotions``       rows of those that applied
        ``lines``            rows of the lines
        ``shipping``         a row
        ``fees``             rows of the other fees
        ``taxes``            rows of the tax rates
        ``rounding``         a row, or null
        ``gifts``            rows
        ``payable``          a row
        ``grants``           rows: points, coupons, deposit and balance
        ``proofs``           rows: how good the combination is
        ``not_applied``      rows
        ``not_applied_more`` how many further ones there are
        ==================== =====================================================

        A row has ``kind``, ``subject`` and ``words``, and of the following what it has:
        ``amount`` as ``minor`` (an integer) and ``text``; ``gap`` as ``minor`` and ``text``
        or as ``count`` and ``text``; ``count``; ``sku``; ``unit_price`` as ``units`` of
        10^-``scale`` and ``text``; ``base`` and ``value`` as ``amount``; ``percent`` as
        decimal text; ``promotion``, an id; ``because``, a list of ids; ``parts``, a list of
        rows. Kinds are those of `Kind`, `RowKind` and `MissKind`.
        """
        return {
            "schema": SCHEMA,
            "kind": "explanation",
            "locale": self.locale,
            "currency": str(self.currency),
            "digits": self.currency.digits,
            "at": {"instant": self.at.isoformat(), "text": self.at_words},
            "book_version": self.book_version,
            "tariff_version": self.tariff_version,
            "codes": self._plain_rows(self.codes),
            "coupons": self._plain_rows(self.coupons),
            "promotions": self._plain_rows(self.promotions),
            "lines": self._plain_rows(self.lines),
            "shipping": self._plain(self.shipping),
            "fees": self._plain_rows(self.fees),
            "taxes": self._plain_rows(self.taxes),
            "rounding": None if self.rounding is None else self._plain(self.rounding),
            "gifts": self._plain_rows(self.gifts),
            "payable": self._plain(self.payable),
            "grants": self._plain_rows(self.grants),
            "proofs": self._plain_rows(self.proofs),
            "not_applied": self._plain_rows(self.not_applied),
            "not_applied_more": self.not_applied_more,
        }

    def _plain_rows(self, rows: tuple[Row, ...]) -> list[dict[str, Any]]:
        return [self._plain(row) for row in rows]

    def _plain(self, row: Row) -> dict[str, Any]:
        more = {
            "amount": self._measured(row.amount),
            "gap": self._measured(row.gap),
            "count": row.count,
            "sku": row.sku or None,
            "unit_price": self._unit_price(row),
            "base": self._measured(row.base),
            "percent": None if row.percent is None else f"{row.percent:f}",
            "value": self._measured(row.value),
            "promotion": row.promotion or None,
            "because": list(row.because) or None,
            "parts": self._plain_rows(row.parts) or None,
        }
        told = {"kind": row.kind.value, "subject": row.subject, "words": row.words}
        return told | {name: value for name, value in more.items() if value is not None}

    def _unit_price(self, row: Row) -> dict[str, Any] | None:
        price = row.unit_price
        if price is None:
            return None
        text = self.words.amount_minor(price.units, price.currency, price.scale)
        return {"units": price.units, "scale": price.scale, "text": text}

    def _measured(self, value: Money | int | None) -> dict[str, Any] | None:
        if value is None:
            return None
        if isinstance(value, Money):
            return {"minor": value.minor, "text": self.told(value)}
        return {"count": value, "text": self.words.number(value)}
