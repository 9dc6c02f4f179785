"""How the amount of a row is shared by its units: prefix sums in closed form.

With S the sum of a row's discounts by the promotions up to some one, unit k of q bears
``S // q``, and one minor unit more if k is at most ``S mod q``. What a single promotion gives
unit k is the difference of two such sums. Every share is then ≥ 0, units differ by at most
one minor unit, and any run of units is a formula, however many there are.
"""

from __future__ import annotations

__all__ = ["of_units"]


def of_units(amount: int, quantity: int, start: int, stop: int) -> int:
    """Tell what units ``start`` up to but not including ``stop`` bear of a row's amount.

    >>> [of_units(10, 4, k, k + 1) for k in range(4)]
    [3, 3, 2, 2]
    """
    each, over = divmod(amount, quantity)
    return each * (stop - start) + min(stop, over) - min(start, over)
