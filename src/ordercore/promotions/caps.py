"""折扣封顶: how much all promotions together may take off what goods cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from attrs import field, frozen

from ordercore.errors import InvalidInput
from ordercore.money import Currency
from ordercore.money.fields import check_percent, percent_of
from ordercore.promotions.selectors import AllUnits, Selector, check_selector
from ordercore.promotions.size import check_size
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed, ratio_of

__all__ = ["MAX_CAPS", "Capping", "DiscountCap", "cap_faults", "capping"]

MAX_CAPS: Final = 1000
"""The most discount caps of one book."""


@frozen
class DiscountCap:
    """Let all promotions together take at most a percentage off what the selected goods cost.

    It holds for each row by itself, whatever the promotions and their layers: it works like a
    floor price. Of several caps on one row the lowest holds, and a higher floor price holds
    too. Points that pay for goods count, as all that promotions take off does.

    Args:
        percent: Of the base price, from 0 to 100; what is left to pay is rounded up.
        target: Which goods, as they stand before the first promotion.

    >>> DiscountCap("30").percent
    Decimal('30')
    """

    percent: Decimal = field(converter=percent_of, validator=check_percent)
    target: Selector = field(factory=AllUnits, validator=check_selector)

    def __attrs_post_init__(self) -> None:
        check_size(self.target)


Capping = Callable[[LayerState], None]
"""Raises the floors of a state that no promotion has touched."""


def capping(caps: Sequence[DiscountCap], currency: Currency) -> Capping:
    """Compile the discount caps of a book."""
    terms = Terms(currency)
    compiled = [(cap.target.compile(terms), ratio_of(cap.percent)) for cap in caps]

    def raise_floors(state: LayerState) -> None:
        base = state.base
        floors = [0] * len(base) if state.floors is None else [*state.floors]
        for select, (numerator, denominator) in compiled:
            for row in select(state):
                least = base[row] - base[row] * numerator // denominator
                floors[row] = max(floors[row], least)
        state.floors = tuple(floors)

    return raise_floors


def cap_faults(caps: Sequence[DiscountCap], currency: Currency) -> Iterator[InvalidInput]:
    """List what keeps discount caps from being compiled, each in its place in the book."""
    terms = Terms(currency)
    for i, cap in enumerate(caps):
        try:
            placed(cap.target, terms, "discount_caps", i, "target")
        except InvalidInput as error:
            yield error
