"""What an order uses of promotions: what the host counts when the order is placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ordercore.money import Money
from ordercore.pricing.resolvers.account import Kind
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Code
from ordercore.promotions.proposals import total_of

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = ["Use", "used_up", "uses"]


class Use(NamedTuple):
    """One use of a promotion by an order."""

    promotion: str
    """Its id."""
    code: str | None
    """The code that makes it available, if any."""
    coupon: str | None
    """The kind of the coupon that it uses up, if any."""
    customer: str | None
    """The id of the shopper, if known."""
    amount: Money
    """What it takes off goods, shipping and fees: what it uses of its budget."""


def uses(quote: Quote) -> tuple[Use, ...]:
    """List one use of each applied promotion; what has no effect uses nothing."""
    shopper, plans = quote.context.shopper, quote.book.plans
    customer = None if shopper is None else shopper.id
    found: list[Use] = []
    for seq, kind, _, taken, _ in quote.account:
        if kind is Kind.APPLIED:
            promotion, coupon = plans[seq].promotion, plans[seq].coupon
            code = promotion.trigger.code if isinstance(promotion.trigger, Code) else None
            amount = Money(total_of(taken), quote.currency)
            found.append(Use(promotion.id, code, coupon, customer, amount))
    return tuple(found)


def used_up(quote: Quote, plan: Plan) -> bool:
    """Whether a promotion has reached a limit on its uses or its budget, whatever is bought."""
    if plan.limit is None:
        return False
    begun = quote.book.begin(quote.cart, quote.context, quote.base_amounts)
    return plan.limit(begun) is not None
