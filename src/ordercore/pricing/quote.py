"""The quote: what each line costs, what each promotion gave, and why the others did not.

A quote keeps compact integers and makes what people read when they ask for it. Programs that
want plain numbers read `Quote.columns`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Final

from attrs import frozen

from ordercore.cart import Cart, Context
from ordercore.errors import InvalidType, InvalidValue
from ordercore.money import Currency, Money
from ordercore.pricing.answers import asked, unknown_coupons
from ordercore.pricing.base_prices import BasePrice
from ordercore.pricing.outcomes import (
    OUTCOMES,
    GiftLine,
    Outcome,
    gifts_of,
)
from ordercore.pricing.quote_lines import (
    Adjustment,
    QuoteColumns,
    QuoteLine,
    QuoteTax,
    TaxShare,
    adjustment,
    quote_columns,
    quote_line,
)
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.resolvers.certificate import Certificate
from ordercore.pricing.settlement import Contribution, contributions
from ordercore.pricing.shares import (
    line_payables,
    tally,
)
from ordercore.pricing.tax_shares import line_taxes, part_taxes
from ordercore.pricing.taxes import TaxEntry
from ordercore.pricing.unit_runs import listed, run_of
from ordercore.pricing.uses import Use, uses
from ordercore.promotions.book import PromotionBook
from ordercore.promotions.proposals import (
    CouponGranted,
    DepositDue,
    PointsEarned,
    PointsRedeemed,
)
from ordercore.tariffs import Tariff

__all__ = ["Quote"]

_APPLIED: Final = Kind.APPLIED


@frozen(repr=False, slots=False, init=False)
class Quote:
    """A priced cart: the price of record, down to each unit's share.

    Attributes:
        cart: What was priced.
        book: Under which promotions.
        context: With what else known.
        tariff: By which price lists, taxes and rounding; None: by none.
        base_amounts: Of each row of the cart before promotions, in minor units.
        row_amounts: What is left of each row.
        shipping_minor: What is left of the shipping fee.
        fee_amounts: What is left of each other fee.
        account: One compact entry for each candidate, in the order they were dealt with.
        base_prices: Of which unit prices each base amount is made; empty where no price list
            holds.
        taxes_borne: What each tax rate comes to.
        rounding_minor: What the rounding of the payable adds; below zero where it waives.
        certificates: How good the combination is in each run of layers that `Optimal` settled.
    """

    cart: Cart
    book: PromotionBook
    context: Context
    base_amounts: tuple[int, ...]
    row_amounts: tuple[int, ...]
    shipping_minor: int
    account: tuple[Entry, ...]
    fee_amounts: tuple[int, ...] = ()
    tariff: Tariff | None = None
    base_prices: tuple[tuple[BasePrice, ...], ...] = ()
    taxes_borne: tuple[TaxEntry, ...] = ()
    rounding_minor: int = 0
    certificates: tuple[Certificate, ...] = ()

    def __init__(  # noqa: PLR0913, PLR0917 - as many as there are fields
        self,
        cart: Cart,
        book: PromotionBook,
        context: Context,
        base_amounts: tuple[int, ...],
        row_amounts: tuple[int, ...],
        shipping_minor: int,
        account: tuple[Entry, ...],
        fee_amounts: tuple[int, ...] = (),
        tariff: Tariff | None = None,
        base_prices: tuple[tuple[BasePrice, ...], ...] = (),
        taxes_borne: tuple[TaxEntry, ...] = (),
        rounding_minor: int = 0,
        certificates: tuple[Certificate, ...] = (),
    ) -> None:
        # All at once: a dict that is made whole is also read at several times the speed of one
        # that grew with its instance.
        _fill(
            self,
            {
                "cart": cart,
                "book": book,
                "context": context,
                "base_amounts": base_amounts,
                "row_amounts": row_amounts,
                "shipping_minor": shipping_minor,
                "account": account,
                "fee_amounts": fee_amounts,
                "tariff": tariff,
                "base_prices": base_prices,
                "taxes_borne": taxes_borne,
                "rounding_minor": rounding_minor,
                "certificates": certificates,
            },
        )

    def __hash__(self) -> int:
        return hash((self.cart, self.context, self.row_amounts, self.shipping_minor))

    def __repr__(self) -> str:
        told = f"{len(self.cart.lines)} lines, {len(self.account)} outcomes"
        return f"<Quote of {self.payable}: {told}, at {self.context.at.isoformat()}>"

    # Totals

    @property
    def currency(self) -> Currency:
        """The currency of every amount."""
        return self.cart.currency

    @property
    def payable_minor(self) -> int:
        """What is to be paid in all, in minor units."""
        payable = sum(self.row_amounts) + self.shipping_minor + self.rounding_minor
        if self.fee_amounts:
            payable += sum(self.fee_amounts)
        if self.taxes_borne:
            payable += self.tax_on_top_minor
        return payable

    @property
    def tax_on_top_minor(self) -> int:
        """The tax that prices do not include, in minor units."""
        taxes = None if self.tariff is None else self.tariff.taxes
        if taxes is None or taxes.included:
            return 0
        return sum(entry.tax for entry in self.taxes_borne)

    @property
    def payable(self) -> Money:
        """What is to be paid: lines, shipping, fees, tax that comes on top, rounding."""
        return Money(self.payable_minor, self.currency)

    @property
    def subtotal(self) -> Money:
        """What the lines cost by the cart's own prices."""
        return self.cart.subtotal

    @property
    def base(self) -> Money:
        """What the lines cost before promotions, by whatever price list holds."""
        return Money(sum(self.base_amounts), self.currency)

    @property
    def goods(self) -> Money:
        """What is to be paid for the lines."""
        return Money(sum(self.row_amounts), self.currency)

    @property
    def discount(self) -> Money:
        """What promotions take off the lines; shipping and fees are apart."""
        return self.base - self.goods

    @property
    def shipping(self) -> Money:
        """What is to be paid for shipping."""
        return Money(self.shipping_minor, self.currency)

    @property
    def shipping_discount(self) -> Money:
        """What promotions take off the shipping fee."""
        return self.cart.shipping - self.shipping

    @property
    def fees(self) -> tuple[tuple[str, Money], ...]:
        """What is to be paid for each other fee: (fee id, amount)."""
        pairs = zip(self.cart.fees, self.fee_amounts, strict=True)
        return tuple((fee.id, Money(minor, self.currency)) for fee, minor in pairs)

    @property
    def taxes(self) -> tuple[QuoteTax, ...]:
        """What each tax rate comes to, in the order of the tariff."""
        taxes = None if self.tariff is None else self.tariff.taxes
        percents = {} if taxes is None else {rate.id: rate.percent for rate in taxes.rates}
        return tuple(
            QuoteTax(
                entry.rate,
                percents[entry.rate],
                Money(entry.taxable, self.currency),
                Money(entry.tax, self.currency),
            )
            for entry in self.taxes_borne
        )

    @property
    def tax(self) -> Money:
        """All tax, whether prices include it or it comes on top."""
        return Money(sum(entry.tax for entry in self.taxes_borne), self.currency)

    @property
    def shipping_taxes(self) -> tuple[TaxShare, ...]:
        """What each tax rate comes to on shipping, where above zero."""
        return part_taxes(self.taxes_borne, len(self.row_amounts), self.currency)

    @property
    def fee_taxes(self) -> tuple[tuple[str, tuple[TaxShare, ...]], ...]:
        """What each tax rate comes to on each other fee: (fee id, shares above zero)."""
        first = len(self.row_amounts) + 1
        return tuple(
            (fee.id, part_taxes(self.taxes_borne, part, self.currency))
            for part, fee in enumerate(self.cart.fees, first)
        )

    @property
    def rounding(self) -> Money:
        """抹零: what the rounding of the payable adds; below zero where it waives."""
        return Money(self.rounding_minor, self.currency)

    @property
    def deposit(self) -> Money:
        """定金: what is due now where a promotion asks for a deposit, else nothing."""
        minor = sum(g.minor for g in self._grants() if isinstance(g, DepositDue))
        return Money(min(minor, self.payable_minor), self.currency)

    @property
    def balance(self) -> Money:
        """尾款: what is due when the deposit is paid."""
        return self.payable - self.deposit

    # Lines and units

    @property
    def columns(self) -> QuoteColumns:
        """All numbers of the quote, as plain integers."""
        cart, payables = self.cart, self.row_amounts
        if not cart.rows.in_order:
            payables = tuple(line_payables(cart, self.base_amounts, payables))
        given, found = tally(cart, self.book.ids, self.account)
        payable, shipping = self.payable_minor, self.shipping_minor
        return quote_columns((payable, shipping, payables, tuple(given), tuple(found)))

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """Every line with its price, in the order of the cart."""
        cart = self.cart
        currency = cart.currency
        payables = line_payables(cart, self.base_amounts, self.row_amounts)
        bases = [*payables]
        told: list[tuple[Adjustment, ...]] = [()] * len(bases)
        for promotion, lines, parts in tally(cart, self.book.ids, self.account)[1]:
            for i, share in zip(lines, parts):  # noqa: B905 - of one length
                if share:
                    told[i] += (adjustment((promotion, share, currency)),)
                    bases[i] += share
        lists: Iterable[int] = bases
        prices: Iterable[tuple[BasePrice, ...]] = repeat(())
        taxes: Iterable[tuple[TaxShare, ...]] = repeat(())
        if self.base_prices:
            lists, prices = listed(self)
        if self.taxes_borne:
            taxes = line_taxes(cart, self.row_amounts, payables, self.taxes_borne)
        columns = cart.lines, lists, bases, payables, told, prices, taxes
        return tuple(map(quote_line, zip(*columns)))  # noqa: B905 - some repeat for ever

    def line(self, line_id: str, start: int = 0, stop: int | None = None) -> QuoteLine:
        """Read one line's price, or that of some of its units.

        Args:
            line_id: The id of a line of the cart.
            start: The first unit, from 0.
            stop: One after the last unit; None is all the rest.

        Any way of cutting a line into runs of units gives prices, shares and taxes that add
        up exactly to the line's own.
        """
        line = self.cart.line(line_id)
        stop = line.quantity if stop is None else stop
        if type(start) is not int or type(stop) is not int:
            raise InvalidType("integers for units", (start, stop))
        if not 0 <= start <= stop <= line.quantity:
            raise InvalidValue(f"units within 0 to {line.quantity}", (start, stop))
        return run_of(self, line, start, stop)

    # The account

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of every candidate, in the order they were dealt with."""
        return tuple([OUTCOMES[entry[1]](self, entry) for entry in self.account])

    @property
    def gifts(self) -> tuple[GiftLine, ...]:
        """What is given on top, in the order of the promotions."""
        return tuple(gift for entry in self.account for gift in gifts_of(self, entry))

    @property
    def points_earned(self) -> int:
        """Points that the order will be credited with."""
        return sum(grant.points for grant in self._grants() if isinstance(grant, PointsEarned))

    @property
    def points_redeemed(self) -> int:
        """Points that pay for a part of the order."""
        return sum(grant.points for grant in self._grants() if isinstance(grant, PointsRedeemed))

    @property
    def coupons_granted(self) -> tuple[tuple[str, int], ...]:
        """Coupons that the order will bring: (kind, how many)."""
        found: dict[str, int] = {}
        for grant in self._grants():
            if isinstance(grant, CouponGranted):
                found[grant.coupon] = found.get(grant.coupon, 0) + grant.quantity
        return tuple(sorted(found.items()))

    @property
    def coupons_used(self) -> tuple[str, ...]:
        """The kind of each coupon that the order uses up."""
        plans = self.book.plans
        kinds = [plans[entry[0]].coupon for entry in self.account if entry[1] is _APPLIED]
        return tuple(sorted(kind for kind in kinds if kind is not None))

    @property
    def usage(self) -> tuple[Use, ...]:
        """What must be counted when the order is placed: one use of each applied promotion."""
        return uses(self)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """Who bears what each applied promotion gives, by its funding."""
        return contributions(self)

    def _grants(self) -> list[object]:
        return [
            grant
            for _, kind, _, taken, _ in self.account
            if kind is _APPLIED
            for grant in taken[5]
        ]

    @property
    def unknown_codes(self) -> tuple[str, ...]:
        """Codes typed that no promotion of the book has as its trigger."""
        return tuple(code for code in self.context.codes if not self.book.by_code(code))

    @property
    def unknown_coupons(self) -> tuple[str, ...]:
        """Kinds of coupons held that no promotion of the book has as its trigger."""
        return unknown_coupons(self)

    def outcome(
        self, promotion: str | None = None, *, code: str | None = None, coupon: str | None = None
    ) -> Outcome:
        """Answer what became of a promotion, or why a code or a kind of coupon gave nothing.

        Asked for a code or a coupon, typed and held or not, it answers for the first of its
        promotions that applied, else for the first one. What was no candidate is looked at now.

        Raises:
            NotFound: The book has no promotion of that id.
        """
        return asked(self, promotion, code, coupon)


_fill: Final = vars(Quote)["__dict__"].__set__
"""Give a new quote its fields."""
