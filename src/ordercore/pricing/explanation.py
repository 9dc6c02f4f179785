"""An explanation: rows of plain data in words, and the views of them.

A row's amount is what it adds to the payable, so a discount is below zero, and wherever a row
with an amount has parts with amounts, these add up to its own: the law that every view rests
on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ordercore.errors import InvalidValue
from ordercore.money import Currency, Money
from ordercore.pricing.resolve import Kind
from ordercore.pricing.tables import aligned
from ordercore.wording import Words

__all__ = ["SCHEMA", "Explanation", "MissKind", "Row", "RowKind"]

SCHEMA: Final = 1
"""The number of the form that `Explanation.to_plain` gives."""


class RowKind(StrEnum):
    """What a row tells, where it is not what became of a promotion (`Kind`)."""

    LINE = "line"
    """A line of the cart; subject: its id; parts: its list price and shares."""
    LIST_PRICE = "list_price"
    """What a line costs by list price; subject: the line's id."""
    SHARE = "share"
    """What a promotion takes off; subject: the promotion's id in the parts of a line or of
    shipping, the line's id (of shipping: empty) in those of a promotion."""
    SHIPPING = "shipping"
    """What is to be paid for shipping; parts: the fee and shares."""
    FEE = "fee"
    """The shipping fee before promotions."""
    GIFT = "gift"
    """Units on top, without an amount; subject: the sku."""
    GIFT_UNCHECKED = "gift_unchecked"
    """The same, where nobody looked whether it is in stock."""
    PAYABLE = "payable"
    """What is to be paid in all; parts: the four kinds below."""
    SUBTOTAL = "subtotal"
    DISCOUNT = "discount"
    SHIPPING_FEE = "shipping_fee"
    SHIPPING_DISCOUNT = "shipping_discount"


class MissKind(StrEnum):
    """Why a condition, schedule or trigger does not hold; the parts of what is not eligible."""

    AMOUNT = "amount"
    """The selected units come to too little; ``gap`` is Money."""
    UNITS = "units"
    """They are too few; ``gap`` is a count."""
    LINE_AMOUNT = "line_amount"
    """No single line comes to enough; ``gap`` is Money."""
    CUSTOMER_GROUP = "customer_group"
    ORDER_NUMBER = "order_number"
    REGION = "region"
    CHANNEL = "channel"
    NOT_YET = "not_yet"
    """Its window has not begun."""
    ENDED = "ended"
    OFF_HOURS = "off_hours"
    """It is on at other times of the day, or on other days."""
    CODE = "code"
    NEGATED = "negated"
    """Something holds that must not."""
    CONDITION = "condition"
    """Any other condition."""


@frozen(kw_only=True)
class Row:
    """One thing that an explanation says.

    Attributes:
        kind: What it tells.
        subject: The id of what it speaks of: a promotion, line, sku or code; else empty.
        words: The same for people; the amount, if any, is not among them.
        amount: What it adds to the payable.
        gap: What is missing: Money or a number of units.
        count: Units of a line or gift.
        sku: Of a line or gift.
        value: What one unit of a gift is worth, if anybody said so.
        because: Ids of the promotions that gave, beat or excluded it.
        parts: What it is made of.
    """

    kind: Kind | RowKind | MissKind
    subject: str = ""
    words: str
    amount: Money | None = None
    gap: Money | int | None = None
    count: int | None = None
    sku: str = ""
    value: Money | None = None
    because: tuple[str, ...] = ()
    parts: tuple[Row, ...] = ()


@frozen(kw_only=True)
class Explanation:
    """A quote in words: what applied, what each line costs, and why the rest did not apply.

    Attributes:
        locale: The language and region of the words.
        currency: The currency of every amount.
        at: The pricing instant.
        at_words: The same in words, in its zone.
        book_version: Which edition of the book was priced with.
        promotions: Those that applied, in the order in which they did.
        lines: Every line, in the order of the cart.
        shipping: What shipping costs.
        gifts: What is given on top.
        payable: What is to be paid in all.
        not_applied: Every other candidate, and the codes that no promotion has.

    ``str(...)`` is the view for a terminal or a message.
    """

    locale: str
    currency: Currency
    at: datetime
    at_words: str
    book_version: str
    promotions: tuple[Row, ...]
    lines: tuple[Row, ...]
    shipping: Row
    gifts: tuple[Row, ...]
    payable: Row
    not_applied: tuple[Row, ...]
    _words: Words = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_words", Words(self.locale))

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in the order in which they are told; their parts are within them."""
        costs = (*self.lines, self.shipping, *self.gifts, self.payable)
        return (*self.promotions, *costs, *self.not_applied)

    def told(self, amount: Money) -> str:
        """Write an amount as the locale does."""
        return self._words.amount_minor(amount.minor, amount.currency, amount.currency.digits)

    # Text

    def __str__(self) -> str:
        blocks = (
            tuple(map(self._headline, self.promotions)) or (self._words.say("row.none"),),
            tuple(self._costs()),
            tuple(self._totals()),
            tuple(self._refusals()),
            (self._words.say("row.priced_at", at=self.at_words),),
        )
        return "\n\n".join(["\n".join(block) for block in blocks if block])

    def _headline(self, row: Row) -> str:
        """Write a promotion that applied, with its saving and its gifts."""
        gifts = [part for part in row.parts if part.kind in _GIFTS]
        saving, told = _of(row), row.words
        if not (gifts and saving.is_zero):
            told = f"{told} {self.told(saving)}"
        if not gifts:
            return told
        given = self._words.joined([self._counted(gift.sku, gift) for gift in gifts])
        return self._words.say("row.giving", promotion=told, gifts=given)

    def _costs(self) -> Iterator[str]:
        for row in self._charges:
            yield f"{self._counted(row.words, row)} {self._reduced(row)}"
            yield from [f"  {part.words} {self.told(_of(part))}" for part in row.parts[1:]]
        yield from map(self._gift, self.gifts)

    @property
    def _charges(self) -> tuple[Row, ...]:
        """What is charged for: every line, and shipping where there is a fee."""
        free = _of(self.shipping.parts[0]).is_zero
        return self.lines if free else (*self.lines, self.shipping)

    def _counted(self, title: str, row: Row) -> str:
        if row.count is None:
            return title
        return self._words.say("row.line", title=title, count=row.count)

    def _gift(self, row: Row) -> str:
        gift = self._counted(row.words, row)
        if row.value is None:
            return gift
        return self._words.say("row.worth", gift=gift, value=self.told(row.value))

    def _reduced(self, row: Row) -> str:
        """Write what is to be paid, and the full price where that is another one."""
        full, payable = _of(row.parts[0]), _of(row)
        if full == payable:
            return self.told(payable)
        return self._words.say("row.reduced", payable=self.told(payable), full=self.told(full))

    def _totals(self) -> Iterator[str]:
        for row in (*self.payable.parts, self.payable):
            if row.kind in _ALWAYS or not _of(row).is_zero:
                yield f"{row.words} {self.told(_of(row))}"

    def _refusals(self) -> Iterator[str]:
        if self.not_applied:
            yield self._words.say("row.not_applied")
            yield from [row.words for row in self.not_applied]

    # Table

    def table(self) -> str:
        """Write lines, gifts, shipping and totals as a table of text.

        Columns are aligned for a font of fixed width, in which a Chinese character takes two
        cells. What stands in a column of amounts adds up to its last row, and along each row
        list price and discounts add up to what is to be paid.
        """
        say = self._words.say
        columns = ("item", "quantity", "list_price", "discounts", "payable")
        cells = [self._charge(row) for row in self._charges]
        gifts = [
            (gift.words, self._units(gift), "", "", self.told(Money(0, self.currency)))
            for gift in self.gifts
        ]
        lines = len(self.lines)
        full = Money.sum([_of(row.parts[0]) for row in self._charges], self.currency)
        total = self._amounts(full, _of(self.payable))
        return aligned(
            [say(f"table.{column}") for column in columns],
            [*cells[:lines], *gifts, *cells[lines:]],
            (say("table.total"), "", *total),
        )

    def _charge(self, row: Row) -> tuple[str, ...]:
        return row.words, self._units(row), *self._amounts(_of(row.parts[0]), _of(row))

    def _units(self, row: Row) -> str:
        return "" if row.count is None else self._words.number(row.count)

    def _amounts(self, full: Money, payable: Money) -> tuple[str, ...]:
        return self.told(full), self.told(payable - full), self.told(payable)

    # Plain data

    def to_plain(self) -> dict[str, Any]:
        """Give the explanation as JSON-able data, with display strings beside the numbers.

        ================ =======================================================
        ``schema``       1; a form that readers of this one would not understand
                         gets another number
        ``kind``         ``explanation``
        ``locale``       ``zh_CN``, ``en``, ``en_GB`` …
        ``currency``     ISO 4217
        ``digits``       how many decimals the minor unit has
        ``at``           ``instant`` (ISO 8601 with its offset) and ``text``
        ``book_version`` of the promotion book
        ``promotions``   rows of those that applied
        ``lines``        rows of the lines
        ``shipping``     a row
        ``gifts``        rows
        ``payable``      a row
        ``not_applied``  rows
        ================ =======================================================

        A row has ``kind``, ``subject`` and ``words``, and of the following what it has:
        ``amount`` as ``minor`` (an integer) and ``text``; ``gap`` as ``minor`` and ``text``
        or as ``count`` and ``text``; ``count``; ``sku``; ``value`` as ``amount``;
        ``because``, a list of ids; ``parts``, a list of rows. Kinds are those of `Kind`,
        `RowKind` and `MissKind`.
        """
        return {
            "schema": SCHEMA,
            "kind": "explanation",
            "locale": self.locale,
            "currency": str(self.currency),
            "digits": self.currency.digits,
            "at": {"instant": self.at.isoformat(), "text": self.at_words},
            "book_version": self.book_version,
            "promotions": self._plain_rows(self.promotions),
            "lines": self._plain_rows(self.lines),
            "shipping": self._plain(self.shipping),
            "gifts": self._plain_rows(self.gifts),
            "payable": self._plain(self.payable),
            "not_applied": self._plain_rows(self.not_applied),
        }

    def _plain_rows(self, rows: tuple[Row, ...]) -> list[dict[str, Any]]:
        return [self._plain(row) for row in rows]

    def _plain(self, row: Row) -> dict[str, Any]:
        more = {
            "amount": self._measured(row.amount),
            "gap": self._measured(row.gap),
            "count": row.count,
            "sku": row.sku or None,
            "value": self._measured(row.value),
            "because": list(row.because) or None,
            "parts": self._plain_rows(row.parts) or None,
        }
        told = {"kind": row.kind.value, "subject": row.subject, "words": row.words}
        return told | {name: value for name, value in more.items() if value is not None}

    def _measured(self, value: Money | int | None) -> dict[str, Any] | None:
        if value is None:
            return None
        if isinstance(value, Money):
            return {"minor": value.minor, "text": self.told(value)}
        return {"count": value, "text": self._words.number(value)}


_GIFTS = (RowKind.GIFT, RowKind.GIFT_UNCHECKED)
_ALWAYS = (RowKind.SUBTOTAL, RowKind.PAYABLE)


def _of(row: Row) -> Money:
    """Read the amount of a row that always has one."""
    if row.amount is None:
        raise InvalidValue("a row with an amount", row.kind)
    return row.amount
