"""The quote: what each line costs, what each promotion gave, and why the others did not.

A quote keeps compact integers and makes what people read when they ask for it. Programs that
want plain numbers read `Quote.columns`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attrs import frozen

from ordercore.cart import Cart, CartLine, Context
from ordercore.errors import InvalidType, InvalidValue, NotFound
from ordercore.money import Currency, Money
from ordercore.pricing.outcomes import (
    GiftLine,
    Outcome,
    UnknownCode,
    gifts_of,
    outcome_of,
)
from ordercore.pricing.resolve import Account, Entry, Kind, by_priority
from ordercore.pricing.shares import line_payables, of_units, shares, spans, taken_from
from ordercore.promotions.book import PromotionBook
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Code
from ordercore.promotions.proposals import NOTHING
from ordercore.promotions.state import LayerState

__all__ = ["Adjustment", "Quote", "QuoteColumns", "QuoteLine"]

_APPLIED: Final = Kind.APPLIED


class Adjustment(NamedTuple):
    """What one promotion takes off one line."""

    promotion: str
    """The promotion's id."""
    minor: int
    """Minor units."""
    currency: Currency

    @property
    def amount(self) -> Money:
        """What is taken off."""
        return Money(self.minor, self.currency)


class QuoteLine(NamedTuple):
    """A line of the cart (or some of its units) with its price."""

    line: CartLine
    list_minor: int
    """What it costs by list price, in minor units."""
    payable_minor: int
    """What is to be paid for it, in minor units."""
    adjustments: tuple[Adjustment, ...]

    @property
    def currency(self) -> Currency:
        """The cart's currency."""
        return self.line.unit_price.currency

    @property
    def list_amount(self) -> Money:
        """What it costs by list price."""
        return Money(self.list_minor, self.currency)

    @property
    def discount(self) -> Money:
        """What all promotions take off it."""
        return Money(self.list_minor - self.payable_minor, self.currency)

    @property
    def payable(self) -> Money:
        """What is to be paid for it."""
        return Money(self.payable_minor, self.currency)


class QuoteColumns(NamedTuple):
    """A quote as plain integers in minor units, lines by their position in the cart."""

    payable: int
    """Goods and shipping."""
    shipping: int
    lines: tuple[int, ...]
    """What is to be paid for each line."""
    outcomes: tuple[tuple[str, Kind, int], ...]
    """Of every candidate: promotion id, kind, and what it gives (goods and shipping)."""
    shares: tuple[tuple[str, int, int], ...]
    """Every share above zero: promotion id, line, amount."""


@frozen
class Quote:
    """A priced cart: the price of record, down to each unit's share.

    Attributes:
        cart: What was priced.
        book: Under which promotions.
        context: With what else known.
        row_amounts: What is left of each row of the cart, in minor units.
        shipping_minor: What is left of the shipping fee.
        account: One compact entry for each candidate, in the order they were dealt with.
    """

    cart: Cart
    book: PromotionBook
    context: Context
    row_amounts: tuple[int, ...]
    shipping_minor: int
    account: tuple[Entry, ...]

    # Totals

    @property
    def currency(self) -> Currency:
        """The currency of every amount."""
        return self.cart.currency

    @property
    def payable_minor(self) -> int:
        """What is to be paid in all, in minor units."""
        return sum(self.row_amounts) + self.shipping_minor

    @property
    def payable(self) -> Money:
        """What is to be paid: lines and shipping."""
        return Money(self.payable_minor, self.currency)

    @property
    def subtotal(self) -> Money:
        """What the lines cost by list price."""
        return self.cart.subtotal

    @property
    def goods(self) -> Money:
        """What is to be paid for the lines."""
        return Money(sum(self.row_amounts), self.currency)

    @property
    def discount(self) -> Money:
        """What promotions take off the lines; shipping is apart."""
        return self.subtotal - self.goods

    @property
    def shipping(self) -> Money:
        """What is to be paid for shipping."""
        return Money(self.shipping_minor, self.currency)

    @property
    def shipping_discount(self) -> Money:
        """What promotions take off the shipping fee."""
        return self.cart.shipping - self.shipping

    # Lines and units

    @property
    def columns(self) -> QuoteColumns:
        """All numbers of the quote, as plain integers."""
        ids, account = self.book.ids, self.account
        return QuoteColumns(
            self.payable_minor,
            self.shipping_minor,
            tuple(line_payables(self.cart, self.row_amounts)),
            tuple(
                [
                    (ids[seq], kind, taken[0] + taken[4] if kind is _APPLIED else 0)
                    for seq, kind, _, taken, _ in account
                ]
            ),
            tuple([(ids[seq], i, share) for seq, i, share in shares(self.cart, account)]),
        )

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """Every line with its price, in the order of the cart."""
        cart, currency, ids = self.cart, self.cart.currency, self.book.ids
        adjustments: list[list[Adjustment]] = [[] for _ in cart.lines]
        payables = line_payables(cart, self.row_amounts)
        fulls = list(payables)
        for seq, i, share in shares(cart, self.account):
            adjustments[i].append(Adjustment(ids[seq], share, currency))
            fulls[i] += share
        return tuple(map(QuoteLine, cart.lines, fulls, payables, map(tuple, adjustments)))

    def line(self, line_id: str, start: int = 0, stop: int | None = None) -> QuoteLine:
        """Read one line's price, or that of some of its units.

        Args:
            line_id: The id of a line of the cart.
            start: The first unit, from 0.
            stop: One after the last unit; None is all the rest.

        Any way of cutting a line into runs of units gives prices and shares that add up
        exactly to the line's own.
        """
        line = self.cart.line(line_id)
        stop = line.quantity if stop is None else stop
        if type(start) is not int or type(stop) is not int:
            raise InvalidType("integers for units", (start, stop))
        if not 0 <= start <= stop <= line.quantity:
            raise InvalidValue(f"units within 0 to {line.quantity}", (start, stop))
        row, before = self._place(line_id)
        return self._units(line, row, before + start, before + stop)

    def _units(self, line: CartLine, row: int, start: int, stop: int) -> QuoteLine:
        """Read the price of a run of a row's units."""
        quantity = self.cart.rows.quantities[row]

        def borne(amount: int) -> int:
            return of_units(amount, quantity, start, stop)

        adjustments = [
            Adjustment(self.book.ids[seq], borne(after) - borne(taken), self.currency)
            for seq, taken, after in taken_from(self.account, row)
        ]
        full = borne(self.cart.rows.amounts[row])
        payable = full - sum([each.minor for each in adjustments])
        return QuoteLine(line, full, payable, tuple(a for a in adjustments if a.minor))

    def _place(self, line_id: str) -> tuple[int, int]:
        """Find a line's row, and how many units of the row come before the line's."""
        for row in self.cart.rows.every:
            for i, start, _ in spans(self.cart, row):
                if self.cart.lines[i].id == line_id:
                    return row, start
        raise NotFound("the id of a line of this cart", line_id)

    # The account

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of every candidate, in the order they were dealt with."""
        return tuple([outcome_of(self, entry) for entry in self.account])

    @property
    def gifts(self) -> tuple[GiftLine, ...]:
        """What is given on top, in the order of the promotions."""
        return tuple(gift for entry in self.account for gift in gifts_of(self, entry))

    def outcome(self, promotion: str | None = None, *, code: str | None = None) -> Outcome:
        """Answer what became of a promotion, or why a code gave nothing.

        Asked for a code, it answers for the first of its promotions that applied, else for
        the first one. What was no candidate is looked at now.

        Raises:
            NotFound: The book has no promotion of that id.
        """
        if (promotion is None) == (code is None):
            raise InvalidValue("either a promotion's id or a code", (promotion, code))
        if promotion is not None:
            return self._answer(self.book.plan(promotion))
        answers = [self._answer(plan) for plan in self.book.by_code(code or "")]
        applied = [answer for answer in answers if answer.kind is Kind.APPLIED]
        return (applied or answers or [UnknownCode(code=code or "")])[0]

    def _answer(self, plan: Plan) -> Outcome:
        for entry in self.account:
            if entry[0] == plan.seq:
                return outcome_of(self, entry)
        trigger, codes = plan.promotion.trigger, self.context.codes
        if isinstance(trigger, Code) and trigger.code not in codes:
            verdict = Verdict(False, trigger, trigger.code, codes)
            return outcome_of(self, (plan.seq, Kind.NOT_ELIGIBLE, verdict, NOTHING, ()))
        account: Account = []
        by_priority(LayerState(self.cart, self.context), (plan,), account)
        return outcome_of(self, account[0])
