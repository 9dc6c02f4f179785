"""Tax on what is left after promotions: inclusive or exclusive, whole per line or per order.

The parts of an order are its rows, the shipping fee and its other fees. Each part bears every
rate that falls on it. What is free bears no tax, and no part contains more tax than it costs.

One amount is split by several rates, and one row's tax over its lines and units, by running
totals, as discounts are (see `ordercore.pricing.shares`): what is borne so far is a function of
the total so far that never falls. So no share is negative, and all sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import lcm
from typing import NamedTuple

from ordercore.cart import Cart, Context
from ordercore.errors import LimitExceeded
from ordercore.money import divide, largest_remainder
from ordercore.pricing.shares import of_lines
from ordercore.tariffs import MAX_RATES_AT_ONCE, TaxedPart, Taxes, TaxLevel

__all__ = ["TaxEntry", "parts_taxed", "tax_between", "tax_entries"]

_Cells = list[dict[int, int]]
"""For each rate: part → tax in minor units."""


class TaxEntry(NamedTuple):
    """What one rate comes to."""

    rate: str
    """Its id."""
    taxable: int
    """The sum of the parts that bear it, in minor units, tax included if prices include it."""
    tax: int
    """The tax, in minor units."""
    parts: tuple[tuple[int, int], ...]
    """(part, minor units above zero): rows by position, then the shipping fee, then the other
    fees."""


def tax_entries(
    taxes: Taxes, cart: Cart, context: Context, amounts: Sequence[int]
) -> tuple[TaxEntry, ...]:
    """Reckon the taxes of an order.

    Args:
        taxes: The rates, and how they are reckoned.
        cart: For the tax classes of its parts.
        context: For the region, and the groups of the shopper.
        amounts: Of each row, the shipping fee and each other fee, after promotions.

    Returns:
        One entry for each rate that falls on anything, in the order of the rates.

    Raises:
        LimitExceeded: Too many rates fall on one part.
    """
    if not frozenset(taxes.exempt_groups).isdisjoint(context.carried("group")):
        return ()
    borne = _borne(taxes, cart, context)
    cells: _Cells = [{} for _ in taxes.rates]
    reckon = _included if taxes.included else _on_top
    reckon(taxes, borne, amounts, cells)
    taxable: dict[int, int] = {}
    for part, rates in borne:
        for i in rates:
            taxable[i] = taxable.get(i, 0) + amounts[part]
    return tuple(
        TaxEntry(taxes.rates[i].id, taxable[i], sum(cell.values()), tuple(sorted(cell.items())))
        for i, cell in enumerate(cells)
        if i in taxable
    )


_Borne = Sequence[tuple[int, tuple[int, ...]]]
"""(part, the rates that it bears), both by position."""


def _borne(taxes: Taxes, cart: Cart, context: Context) -> _Borne:
    """Tell which rates each part bears, rates and fees in the order of their ids."""
    by_id = sorted(range(len(taxes.rates)), key=lambda i: taxes.rates[i].id)
    found: dict[tuple[TaxedPart, str | None], tuple[int, ...]] = {}
    borne: list[tuple[int, tuple[int, ...]]] = []
    for part, what in _parts(taxes, cart):
        if what not in found:
            rates = [i for i in by_id if taxes.rates[i].falls_on(*what, context.region)]
            if len(rates) > MAX_RATES_AT_ONCE:
                expected = f"at most {MAX_RATES_AT_ONCE} tax rates on one part of an order"
                raise LimitExceeded(expected, len(rates), path=("tariff", "taxes", "rates"))
            found[what] = tuple(rates)
        borne.append((part, found[what]))
    return borne


def _parts(taxes: Taxes, cart: Cart) -> Iterator[tuple[int, tuple[TaxedPart, str | None]]]:
    """List rows, shipping and fees with their tax classes: (part, what it is)."""
    lines, heads = cart.lines, cart.rows.heads
    for row, head in enumerate(heads):
        yield row, (TaxedPart.GOODS, lines[head].product.tax_class)
    yield len(heads), (TaxedPart.SHIPPING, taxes.shipping_class)
    for i in sorted(range(len(cart.fees)), key=lambda i: cart.fees[i].id):
        yield len(heads) + 1 + i, (TaxedPart.FEES, cart.fees[i].tax_class)


def _percents(taxes: Taxes) -> tuple[list[int], int]:
    """Bring the percentages to integers of a common scale: (percentages, one hundred)."""
    ratios = [rate.percent.as_integer_ratio() for rate in taxes.rates]
    scale = lcm(*[denominator for _, denominator in ratios])
    return [part * (scale // denominator) for part, denominator in ratios], 100 * scale


def _included(taxes: Taxes, borne: _Borne, amounts: Sequence[int], cells: _Cells) -> None:
    """Read the tax that parts contain, for all rates that they bear at once."""
    percents, hundred = _percents(taxes)
    bearing: dict[tuple[int, ...], list[int]] = {}
    for part, rates in borne:
        bearing.setdefault(rates, []).append(part)
    for rates, parts in bearing.items():
        levied = [i for i in rates if percents[i]]
        weights = [percents[i] for i in levied]
        whole = sum(weights)
        taxed = _whole(taxes, [amounts[part] for part in parts], whole, hundred + whole)
        for part, split in zip(parts, _by_weight(taxed, weights), strict=True):
            for i, tax in zip(levied, split, strict=True):
                if tax:
                    cells[i][part] = tax


def _on_top(taxes: Taxes, borne: _Borne, amounts: Sequence[int], cells: _Cells) -> None:
    """Reckon the tax that comes on top, rate by rate."""
    percents, hundred = _percents(taxes)
    bearing: list[list[int]] = [[] for _ in taxes.rates]
    for part, rates in borne:
        for i in rates:
            bearing[i].append(part)
    for i, parts in enumerate(bearing):
        taxed = _whole(taxes, [amounts[part] for part in parts], percents[i], hundred)
        cells[i] = {part: tax for part, tax in zip(parts, taxed, strict=True) if tax}


def _whole(taxes: Taxes, amounts: Sequence[int], numerator: int, denominator: int) -> list[int]:
    """Make a fraction of each amount whole: each by itself, or their sum, then apportioned."""
    if taxes.level is TaxLevel.LINE:
        return [divide(amount * numerator, denominator, taxes.rounding) for amount in amounts]
    total = sum(amounts)
    return largest_remainder(
        divide(total * numerator, denominator, taxes.rounding), amounts, total
    )


def _by_weight(amounts: Iterable[int], weights: Sequence[int]) -> Iterator[list[int]]:
    """Split amounts one after the other by weights, such that their sum is split by them too."""
    if len(weights) < 2:
        yield from ([amount] * len(weights) for amount in amounts)
        return
    total, before = 0, [0] * len(weights)
    for amount in amounts:
        total += amount
        after = of_lines(total, weights)
        yield [more - less for more, less in zip(after, before, strict=True)]
        before = after


_Taxed = Mapping[int, Sequence[tuple[str, int]]]
"""Part → the tax that each rate comes to on it: (rate id, minor units)."""


def parts_taxed(entries: Iterable[TaxEntry]) -> _Taxed:
    """Tell for each part that bears tax what each rate comes to on it, by the rates' ids."""
    found: dict[int, list[tuple[str, int]]] = {}
    for entry in sorted(entries):
        for part, tax in entry.parts:
            found.setdefault(part, []).append((entry.rate, tax))
    return found


def tax_between(
    borne: Sequence[tuple[str, int]], amount: int, start: int, stop: int
) -> list[tuple[str, int]]:
    """Tell what tax falls on a run of the minor units of which a part's amount is made.

    Args:
        borne: What each rate comes to on the whole part: see `parts_taxed`.
        amount: What is to be paid for the part.
        start: What is to be paid for all that comes before the run.
        stop: The same with the run itself.

    Any way of cutting a part into runs gives taxes that add up, for each rate. A run that
    costs nothing bears nothing; none contains more tax than it costs if the part does not.

    >>> [tax_between([("state", 7), ("county", 2)], 100, k, k + 25) for k in (0, 25, 50, 75)]
    [[('state', 2)], [('state', 1), ('county', 1)], [('state', 2)], [('state', 2), ('county', 1)]]
    """
    if not borne:
        return []
    sizes = [tax for _, tax in borne]
    whole = sum(sizes)
    before = of_lines(whole * start // amount, sizes)
    after = of_lines(whole * stop // amount, sizes)
    shares = zip(borne, before, after, strict=True)
    return [(rate, more - less) for (rate, _), less, more in shares if more > less]
