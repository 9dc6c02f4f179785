"""Which part of a price of record an order bears beside its units: shipping, fees, rounding.

Most orders bear all of it. Where an order is split, each part bears some, and together they
bear what the quote says, to the minor unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen

from ordercore.cart import MAX_FEES
from ordercore.data.checks import boolean, each, instance, tuple_of
from ordercore.errors import CurrencyMismatch, InvalidDocument, InvalidInput, InvalidValue
from ordercore.money import Money, apportion
from ordercore.pricing.record import QuoteRecord
from ordercore.pricing.recorded import RecordedAmount

__all__ = ["QuotePart", "is_taxed_on_top", "part_faults", "whole_part"]

_money = instance(Money)
_SINGLE: Final = ("shipping", "tax", "rounding")


def _fees(given: Iterable[RecordedAmount]) -> tuple[RecordedAmount, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class QuotePart:
    """What an order bears of the charges of its price of record.

    Args:
        shipping: Of what is to be paid for shipping.
        fees: Of each other fee, in the order of the quote.
        tax: Of the tax that comes on top of shipping and fees.
        rounding: Of the rounding of the payable.
        extras: Whether the gifts, points and coupons of the quote are this order's: they are
            never divided, and stay with the order that was split.

    Raises:
        InvalidDocument: Amounts are in several currencies.
    """

    shipping: Money = field(validator=_money)
    fees: tuple[RecordedAmount, ...] = field(
        default=(), converter=_fees, validator=each(instance(RecordedAmount), most=MAX_FEES)
    )
    tax: Money = field(validator=_money)
    rounding: Money = field(validator=_money)
    extras: bool = field(default=True, validator=boolean)

    def __attrs_post_init__(self) -> None:
        currency = self.shipping.currency
        faults = [
            CurrencyMismatch(f"an amount in {currency}", str(amount), path=(name,))
            for name, amount in self._amounts()
            if amount.currency != currency
        ]
        if faults:
            raise InvalidDocument(faults)

    @property
    def total(self) -> Money:
        """All of it."""
        return Money(sum(each.minor for _, each in self._amounts()), self.shipping.currency)

    def _amounts(self) -> Iterator[tuple[str, Money]]:
        for name in _SINGLE:
            yield name, getattr(self, name)
        for fee in self.fees:
            yield "fees", fee.amount

    def cut(
        self, stays: int, goes: int, given: Mapping[tuple[str, str], int]
    ) -> tuple[QuotePart, QuotePart]:
        """Cut it in two by the worth of units that stay and go; the two sum to it exactly.

        Args:
            stays: What the units that stay cost, in minor units.
            goes: What the units that go cost.
            given: What was given back of charges, in minor units: so much of each stays. By
                ``("shipping", "")``, ``("fees", id)``, ``("tax", "")``, ``("rounding", "")``.
        """
        weights = (stays, goes) if stays or goes else (1, 0)

        def shares(name: str, fee: str, amount: Money) -> tuple[Money, Money]:
            sign = -1 if amount.minor < 0 else 1
            least = min(abs(amount.minor), max(0, sign * given.get((name, fee), 0)))
            first = sign * max(least, apportion(abs(amount.minor), weights)[0])
            return Money(first, amount.currency), amount - Money(first, amount.currency)

        single = {name: shares(name, "", getattr(self, name)) for name in _SINGLE}
        fees = [(fee.id, shares("fees", fee.id, fee.amount)) for fee in self.fees]
        one, two = (
            QuotePart(
                **{name: parts[side] for name, parts in single.items()},
                fees=[RecordedAmount(name, parts[side]) for name, parts in fees],
                extras=self.extras and side == 0,
            )
            for side in (0, 1)
        )
        return one, two

    def nothing(self) -> QuotePart:
        """Bear nothing of the same charges."""
        zero = Money(0, self.shipping.currency)
        return QuotePart(
            **dict.fromkeys(_SINGLE, zero),
            fees=[RecordedAmount(fee.id, zero) for fee in self.fees],
            extras=False,
        )

    def plus(self, other: QuotePart) -> QuotePart:
        """Bear what two parts of one quote bear together."""
        fees = zip(self.fees, other.fees, strict=True)
        return QuotePart(
            **{name: getattr(self, name) + getattr(other, name) for name in _SINGLE},
            fees=[RecordedAmount(one.id, one.amount + two.amount) for one, two in fees],
            extras=self.extras or other.extras,
        )


def whole_part(quote: QuoteRecord) -> QuotePart:
    """Bear all charges of a quote."""
    zero = Money(0, quote.cart.currency)
    on_lines = sum(tax.amount.minor for line in quote.lines for tax in line.taxes)
    return QuotePart(
        shipping=quote.shipping,
        fees=quote.fees,
        tax=quote.tax - Money(on_lines, quote.cart.currency) if is_taxed_on_top(quote) else zero,
        rounding=quote.rounding,
    )


def is_taxed_on_top(quote: QuoteRecord) -> bool:
    """Tell whether tax comes on top of the prices of a quote."""
    taxes = None if quote.tariff is None else quote.tariff.taxes
    return taxes is not None and not taxes.included


def part_faults(quote: QuoteRecord, part: QuotePart) -> Iterator[InvalidInput]:
    """Tell where a part is of other fees than the quote's, or more than all of it."""
    whole = whole_part(quote)
    if [fee.id for fee in part.fees] != [fee.id for fee in whole.fees]:
        yield InvalidValue("the fees of the quote", path=("fees",), reason="fields_disagree")
        return
    if part.shipping.currency != whole.shipping.currency:
        expected = f"amounts in {whole.shipping.currency}"
        yield CurrencyMismatch(expected, str(part.shipping), path=("shipping",))
        return
    pairs = [(name, getattr(part, name), getattr(whole, name)) for name in _SINGLE]
    fees = zip(part.fees, whole.fees, strict=True)
    pairs += [("fees", one.amount, all_.amount) for one, all_ in fees]
    for name, amount, most in pairs:
        if not min(0, most.minor) <= amount.minor <= max(0, most.minor):
            expected = f"at most {most}, that of the quote"
            yield InvalidValue(expected, str(amount), path=(name,), reason="fields_disagree")
