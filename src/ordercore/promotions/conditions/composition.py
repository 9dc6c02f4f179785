"""What a cart is made of."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import integer
from ordercore.promotions.conditions.condition import Condition, Test, Verdict
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["DistinctProducts"]


@variant(Condition, "distinct_products")
@frozen
class DistinctProducts(Condition):
    """Hold when the selected units are of so many different skus.

    How many units there are of each, and on how many lines, makes no difference.

    Args:
        count: How many skus there must be at least.
        target: Which units count.

    >>> DistinctProducts(3).count
    3
    """

    count: int = field(validator=integer(least=1, most=10**9))
    target: Selector = field(factory=AllUnits, validator=check_selector)
    measure = "count"

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        select, least = placed(self.target, terms, "target"), self.count

        def test(state: LayerState) -> Verdict:
            lines, heads = state.cart.lines, state.rows.heads
            actual = len({lines[heads[row]].product.sku for row in select(state)})
            return Verdict(actual >= least, self, least, actual)

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()
