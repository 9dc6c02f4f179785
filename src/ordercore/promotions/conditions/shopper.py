"""Who is buying: groups, orders before, coupons held."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import integer, names_of, optional
from ordercore.errors import InvalidValue
from ordercore.promotions.conditions.condition import (
    Condition,
    Test,
    Verdict,
    check_names,
    one_of,
)
from ordercore.promotions.selectors import Need
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms

__all__ = ["CustomerInGroup", "HoldsCoupon", "OrderNumber"]


@variant(Condition, "customer_in_group")
@frozen
class CustomerInGroup(Condition):
    """Hold when the shopper belongs to one of these groups."""

    groups: tuple[str, ...] = field(converter=names_of, validator=check_names)

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        return lambda state: one_of(self, self.groups, state.context.carried("group"))

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("group", frozenset(self.groups)),)


@variant(Condition, "holds_coupon")
@frozen
class HoldsCoupon(Condition):
    """Hold when the shopper holds a coupon of one of these kinds."""

    coupons: tuple[str, ...] = field(converter=names_of, validator=check_names)

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        return lambda state: one_of(self, self.coupons, state.context.carried("coupon"))

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return (("coupon", frozenset(self.coupons)),)


_nth = integer(least=1, most=10**9)


@variant(Condition, "order_number")
@frozen
class OrderNumber(Condition):
    """Hold when this is a known shopper's n-th order; 1 is the first. Never without a shopper.

    Args:
        number: Just this one; give this, or one of the bounds, or both of them.
        at_least: From this one on.
        at_most: Up to this one.

    >>> OrderNumber(at_most=3).at_most
    3
    """

    number: int | None = field(default=None, validator=optional(_nth))
    at_least: int | None = field(default=None, validator=optional(_nth), kw_only=True)
    at_most: int | None = field(default=None, validator=optional(_nth), kw_only=True)
    measure = "count"

    def __attrs_post_init__(self) -> None:
        given = (self.number, self.at_least, self.at_most)
        bounds = [bound for bound in given[1:] if bound is not None]
        if (self.number is None) == (not bounds) or sorted(bounds) != bounds:
            expected = "either the number of an order or bounds in rising order"
            raise InvalidValue(expected, given, reason="fields_disagree")

    def compile(self, terms: Terms) -> Test:  # noqa: ARG002, D102
        first = self.number or self.at_least or 1
        last = self.number or self.at_most or 10**10

        def test(state: LayerState) -> Verdict:
            shopper = state.context.shopper
            actual = None if shopper is None else shopper.orders_before + 1
            holds = actual is not None and first <= actual <= last
            return Verdict(holds, self, last if self.at_least is None else first, actual)

        return test
