"""What a promotion gives more on one quote than on another."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from ordercore.money import Money
from ordercore.pricing.outcomes import Applied
from ordercore.pricing.quote import Quote

__all__ = ["Gain", "gain_of"]


@frozen(kw_only=True)
class Gain:
    """What a promotion gives more on the changed cart than it does now.

    Attributes:
        goods: What more it takes off lines; below zero where it takes less.
        shipping: What more it takes off shipping.
        fees: What more it takes off other fees.
        gifts: (sku, units) given on top that were not given before.
        points: Points that it credits more.
        coupons: (kind, how many) that it grants more.
        in_all: What more all promotions together take off: what the change saves. It is less
            than ``amount`` where others give way for this one, and more where others gain too.
    """

    goods: Money
    shipping: Money
    fees: Money
    gifts: tuple[tuple[str, int], ...] = ()
    points: int = 0
    coupons: tuple[tuple[str, int], ...] = ()
    in_all: Money

    @property
    def amount(self) -> Money:
        """What more the promotion takes off lines, shipping and fees."""
        return self.goods + self.shipping + self.fees

    @property
    def saving(self) -> Money:
        """What may be promised: ``amount``, or ``in_all`` where that is less."""
        return min(self.amount, self.in_all)

    @property
    def is_any(self) -> bool:
        """Whether anything is won by it, and nothing more lost by others."""
        more = bool(self.gifts) or self.points > 0 or bool(self.coupons)
        saving = self.saving.minor
        return saving > 0 or (saving == 0 and more)


def gain_of(before: Applied | None, after: Applied, old: Quote, new: Quote) -> Gain:
    """Compare what a promotion gives on two quotes.

    Args:
        before: What it gives now; None: it does not apply.
        after: What it gives on the changed cart.
        old: The quote as it is.
        new: That of the changed cart.
    """
    currency = new.currency
    goods, shipping = after.goods_minor, after.shipping_minor
    if before is not None:
        goods, shipping = goods - before.goods_minor, shipping - before.shipping_minor
    return Gain(
        goods=Money(goods, currency),
        shipping=Money(shipping, currency),
        fees=Money(_fees(after) - _fees(before), currency),
        gifts=_more(_gifts(before), _gifts(after)),
        points=after.points_earned - (0 if before is None else before.points_earned),
        coupons=_more({} if before is None else dict(before.coupons), dict(after.coupons)),
        in_all=Money(_taken(new) - _taken(old), currency),
    )


def _fees(outcome: Applied | None) -> int:
    return 0 if outcome is None else sum([amount.minor for _, amount in outcome.fees])


def _gifts(outcome: Applied | None) -> dict[str, int]:
    units: dict[str, int] = {}
    for gift in () if outcome is None else outcome.gifts:
        units[gift.sku] = units.get(gift.sku, 0) + gift.quantity
    return units


def _more(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """List what there is more of, by id."""
    grown = ((each, count - before.get(each, 0)) for each, count in after.items())
    return tuple(sorted((each, more) for each, more in grown if more > 0))


def _taken(quote: Quote) -> int:
    """Tell what all promotions take off lines, shipping and fees, in minor units."""
    cart = quote.cart
    full = sum(quote.base_amounts) + cart.shipping.minor + sum(f.amount.minor for f in cart.fees)
    return full - sum(quote.row_amounts) - quote.shipping_minor - sum(quote.fee_amounts)
