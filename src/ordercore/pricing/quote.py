"""The quote: what each line costs, what each promotion gave, and why the others did not.

A quote keeps compact integers and makes what people read when they ask for it. Programs that
want plain numbers read `Quote.columns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from attrs import frozen

from ordercore.cart import Cart, CartLine, Context
from ordercore.errors import InvalidType, InvalidValue, NotFound
from ordercore.money import Currency, Money
from ordercore.pricing.outcomes import (
    Applied,
    Beaten,
    Claim,
    Excluded,
    GiftLine,
    GiftOutOfStock,
    Miss,
    NoEffect,
    NotEligible,
    Outcome,
    UnknownCode,
)
from ordercore.pricing.resolve import Account, Entry, Kind, by_priority
from ordercore.pricing.split import of_units
from ordercore.promotions.book import PromotionBook
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Code
from ordercore.promotions.proposals import GiftGrant
from ordercore.promotions.state import LayerState

__all__ = ["Adjustment", "Quote", "QuoteColumns", "QuoteLine"]

_APPLIED = Kind.APPLIED


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
        plans = self.book.plans
        return QuoteColumns(
            self.payable_minor,
            self.shipping_minor,
            tuple(self._line_payables()),
            tuple(
                [
                    (
                        plans[seq].promotion.id,
                        kind,
                        proposal[0] + proposal[4] if kind is _APPLIED and proposal else 0,
                    )
                    for seq, kind, _, proposal, _ in self.account
                ]
            ),
            tuple(self._shares()),
        )

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """Every line with its price, in the order of the cart."""
        currency = self.currency
        adjustments: list[list[Adjustment]] = [[] for _ in self.cart.lines]
        for promotion, i, share in self._shares():
            adjustments[i].append(Adjustment(promotion, share, currency))
        discounts = [sum([each.minor for each in taken]) for taken in adjustments]
        return tuple(
            [
                QuoteLine(line, payable + off, payable, tuple(taken))
                for line, payable, off, taken in zip(
                    self.cart.lines, self._line_payables(), discounts, adjustments, strict=True
                )
            ]
        )

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
        rows = self.cart.rows
        quantity, start, stop = rows.quantities[row], before + start, before + stop
        adjustments = tuple(
            Adjustment(
                promotion,
                of_units(after, quantity, start, stop) - of_units(taken, quantity, start, stop),
                self.currency,
            )
            for promotion, taken, after in self._running(row)
        )
        full = of_units(rows.amounts[row], quantity, start, stop)
        discount = sum(each.minor for each in adjustments)
        kept = tuple(each for each in adjustments if each.minor)
        return QuoteLine(line, full, full - discount, kept)

    def _place(self, line_id: str) -> tuple[int, int]:
        """Find a line's row, and how many units of the row come before the line's."""
        lines = self.cart.lines
        for row in self.cart.rows.every:
            for i, start, _ in self._spans(row):
                if lines[i].id == line_id:
                    return row, start
        raise NotFound("the id of a line of this cart", line_id)

    def _running(self, row: int) -> Iterator[tuple[str, int, int]]:
        """Yield each promotion on a row with the row's discount before and after it."""
        taken = 0
        for seq, kind, _, proposal, _ in self.account:
            if kind is not _APPLIED or proposal is None or row not in proposal[1]:
                continue
            after = taken + proposal[2][proposal[1].index(row)]
            yield self.book.plans[seq].promotion.id, taken, after
            taken = after

    def _line_payables(self) -> list[int]:
        """What is to be paid for each line, in the order of the cart."""
        rows = self.cart.rows
        payables = [0] * len(self.cart.lines)
        if rows.members is None:
            for head, amount in zip(rows.heads, self.row_amounts, strict=True):
                payables[head] = amount
            return payables
        for row, left in enumerate(self.row_amounts):
            amount, quantity = rows.amounts[row], rows.quantities[row]
            for i, start, stop in self._spans(row):
                payables[i] = of_units(amount, quantity, start, stop) - of_units(
                    amount - left, quantity, start, stop
                )
        return payables

    def _spans(self, row: int) -> list[tuple[int, int, int]]:
        """List a row's lines with the units of the row that are theirs: (line, start, stop)."""
        rows, lines, start = self.cart.rows, self.cart.lines, 0
        spans: list[tuple[int, int, int]] = []
        for i in (rows.heads[row],) if rows.members is None else rows.members[row]:
            spans.append((i, start, start + lines[i].quantity))
            start += lines[i].quantity
        return spans

    def _shares(self) -> list[tuple[str, int, int]]:
        """List every share above zero: (promotion id, line, minor units)."""
        plans, heads, members = self.book.plans, self.cart.rows.heads, self.cart.rows.members
        shares: list[tuple[str, int, int]] = []
        taken = [0] * len(heads)
        for seq, kind, _, proposal, _ in self.account:
            if kind is not _APPLIED or proposal is None:
                continue
            promotion = plans[seq].promotion.id
            for row, share in zip(proposal[1], proposal[2], strict=True):
                if not share:
                    continue
                if members is None or len(members[row]) == 1:
                    shares.append((promotion, heads[row], share))
                else:
                    shares += self._row_shares(promotion, row, taken[row], share)
                taken[row] += share
        return shares

    def _row_shares(
        self, promotion: str, row: int, taken: int, share: int
    ) -> Iterator[tuple[str, int, int]]:
        """Read a share of a row of several lines off for each of them."""
        quantity = self.cart.rows.quantities[row]
        for i, start, stop in self._spans(row):
            part = of_units(taken + share, quantity, start, stop) - of_units(
                taken, quantity, start, stop
            )
            if part:
                yield promotion, i, part

    # The account

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of every candidate, in the order they were dealt with."""
        shares: dict[str, list[tuple[str, int]]] = {}
        lines = self.cart.lines
        for promotion, i, share in self._shares():
            shares.setdefault(promotion, []).append((lines[i].id, share))
        return tuple([self._outcome(entry, shares) for entry in self.account])

    @property
    def gifts(self) -> tuple[GiftLine, ...]:
        """What is given on top, in the order of the promotions."""
        return tuple(
            gift
            for seq, kind, _, proposal, _ in self.account
            if kind is _APPLIED and proposal
            for gift in self._gifts(seq, proposal[5])
        )

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
        applied = [answer for answer in answers if answer.kind is _APPLIED]
        return (applied or answers or [UnknownCode(code=code or "")])[0]

    def _answer(self, plan: Plan) -> Outcome:
        promotion = plan.promotion.id
        for outcome in self.outcomes:
            if outcome.promotion == promotion:
                return outcome
        trigger, codes = plan.promotion.trigger, self.context.codes
        if isinstance(trigger, Code) and trigger.code not in codes:
            return NotEligible(promotion, (Miss(trigger, trigger.code, codes, None),))
        account: Account = []
        by_priority(LayerState(self.cart, self.context), (plan,), account)
        return self._outcome(account[0], {})

    def _outcome(self, entry: Entry, shares: dict[str, list[tuple[str, int]]]) -> Outcome:
        seq, kind, verdict, proposal, rivals = entry
        promotion = self.book.plans[seq].promotion.id
        by = tuple([self.book.plans[rival].promotion.id for rival in rivals])
        if kind is Kind.NOT_ELIGIBLE:
            misses = () if verdict is None else verdict.misses()
            return NotEligible(promotion, tuple([Miss.of(miss, self.currency) for miss in misses]))
        if kind is Kind.EXCLUDED:
            return Excluded(promotion, by)
        if proposal is None:
            return NoEffect(promotion)
        if kind is Kind.BEATEN:
            theirs = sum(self._given(rival) for rival in rivals)
            difference = Money(theirs - proposal[0] - proposal[4], self.currency)
            return Beaten(promotion, by, difference)
        if kind is Kind.GIFT_OUT_OF_STOCK:
            return GiftOutOfStock(promotion, tuple([gift.sku for gift in proposal[5]]))
        goods, rows, _, units, shipping, _ = proposal
        return Applied(
            promotion,
            self.currency,
            goods,
            shipping,
            tuple(shares.get(promotion, ())),
            tuple([self._claim(row, used) for row, used in zip(rows, units, strict=True)]),
            self._gifts(seq, proposal[5]),
            verdict,
        )

    def _claim(self, row: int, units: int) -> Claim:
        return Claim(tuple([self.cart.lines[i].id for i, _, _ in self._spans(row)]), units)

    def _gifts(self, seq: int, grants: tuple[GiftGrant, ...]) -> tuple[GiftLine, ...]:
        promotion, currency = self.book.plans[seq].promotion.id, self.currency
        return tuple(
            [
                GiftLine(promotion, gift.sku, gift.quantity, Money(gift.value, currency), gift.checked)
                for gift in grants
                if gift.quantity
            ]
        )

    def _given(self, seq: int) -> int:
        """What an applied promotion gives in all."""
        return sum(
            proposal[0] + proposal[4]
            for entry_seq, kind, _, proposal, _ in self.account
            if entry_seq == seq and kind is _APPLIED and proposal
        )
