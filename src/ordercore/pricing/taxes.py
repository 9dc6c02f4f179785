"""Tax on what is left after promotions: inclusive or exclusive, whole per line or per order.

The parts of an order are its rows, the shipping fee and its other fees. Each part bears every
rate that falls on it. What is free bears no tax.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ordercore.cart import Cart, Context
from ordercore.money import divide, largest_remainder
from ordercore.tariffs import TaxedPart, Taxes, TaxLevel

__all__ = ["TaxEntry", "tax_entries"]

_Cells = dict[tuple[int, int], int]
"""(rate, part) → tax in minor units."""


class TaxEntry(NamedTuple):
    """What one rate comes to."""

    rate: str
    """Its id."""
    taxable: int
    """The sum of the parts that bear it, in minor units, tax included if prices include it."""
    tax: int
    """The tax, in minor units."""
    parts: tuple[tuple[int, int], ...]
    """(part, minor units): rows by position, then the shipping fee, then the other fees."""


def tax_entries(
    taxes: Taxes, cart: Cart, context: Context, amounts: Sequence[int]
) -> tuple[TaxEntry, ...]:
    """Reckon the taxes of an order.

    Args:
        taxes: The rates, and how they are reckoned.
        cart: For the tax classes of its parts.
        context: For the region.
        amounts: Of each row, the shipping fee and each other fee, after promotions.
    """
    borne = _borne(taxes, cart, context)
    groups: list[tuple[tuple[int, ...], tuple[int, ...]]]
    if taxes.level is TaxLevel.LINE:
        groups = [(rates, (part,)) for part, rates in enumerate(borne)]
    else:
        by_rates: dict[tuple[int, ...], list[int]] = {}
        for part, rates in enumerate(borne):
            by_rates.setdefault(rates, []).append(part)
        groups = [(rates, tuple(parts)) for rates, parts in by_rates.items()]
    cells: _Cells = {}
    if taxes.included:
        for rates, parts in groups:
            _included(taxes, rates, parts, amounts, cells)
    else:
        _on_top(taxes, borne, amounts, cells)
    return tuple(_entries(taxes, borne, amounts, cells))


def _borne(taxes: Taxes, cart: Cart, context: Context) -> list[tuple[int, ...]]:
    """Tell which rates each part bears."""
    lines, region = cart.lines, context.region
    parts: list[tuple[TaxedPart, str | None]] = [
        (TaxedPart.GOODS, lines[head].product.tax_class) for head in cart.rows.heads
    ]
    parts.append((TaxedPart.SHIPPING, taxes.shipping_class))
    parts += [(TaxedPart.FEES, fee.tax_class) for fee in cart.fees]
    found: dict[tuple[TaxedPart, str | None], tuple[int, ...]] = {}
    for part in parts:
        if part not in found:
            found[part] = tuple(
                i for i, rate in enumerate(taxes.rates) if rate.falls_on(*part, region)
            )
    return [found[part] for part in parts]


def _included(
    taxes: Taxes,
    rates: tuple[int, ...],
    parts: tuple[int, ...],
    amounts: Sequence[int],
    cells: _Cells,
) -> None:
    """Read the tax that is contained in some parts that bear the same rates."""
    percents = [Fraction(taxes.rates[i].percent) for i in rates]
    whole = sum(percents, Fraction(0))
    gross = sum(amounts[part] for part in parts)
    if not whole or not gross:
        return
    exact = gross * whole / (100 + whole)
    tax = divide(exact.numerator, exact.denominator, taxes.rounding)
    weights = _integers(percents)
    by_part = _split(tax, [amounts[part] for part in parts])
    for part, share in zip(parts, by_part, strict=True):
        for rate, amount in zip(rates, _split(share, weights), strict=True):
            cells[rate, part] = amount


def _on_top(
    taxes: Taxes, borne: Sequence[tuple[int, ...]], amounts: Sequence[int], cells: _Cells
) -> None:
    """Reckon the tax that comes on top, rate by rate."""
    for i, rate in enumerate(taxes.rates):
        parts = [part for part, rates in enumerate(borne) if i in rates]
        numerator, denominator = rate.percent.as_integer_ratio()
        if taxes.level is TaxLevel.LINE:
            for part in parts:
                exact = amounts[part] * numerator
                cells[i, part] = divide(exact, 100 * denominator, taxes.rounding)
            continue
        several = [amounts[part] for part in parts]
        tax = divide(sum(several) * numerator, 100 * denominator, taxes.rounding)
        for part, share in zip(parts, _split(tax, several), strict=True):
            cells[i, part] = share


def _entries(
    taxes: Taxes, borne: Sequence[tuple[int, ...]], amounts: Sequence[int], cells: _Cells
) -> list[TaxEntry]:
    entries: list[TaxEntry] = []
    for i, rate in enumerate(taxes.rates):
        parts = [part for part, rates in enumerate(borne) if i in rates]
        if parts:
            taxed = tuple((part, cells[i, part]) for part in parts if cells.get((i, part)))
            taxable = sum(amounts[part] for part in parts)
            entries.append(TaxEntry(rate.id, taxable, sum(tax for _, tax in taxed), taxed))
    return entries


def _split(amount: int, weights: Sequence[int]) -> list[int]:
    return largest_remainder(amount, weights, sum(weights))


def _integers(numbers: Sequence[Fraction]) -> list[int]:
    """Bring fractions to integers of a common scale."""
    scale = 1
    for number in numbers:
        scale *= number.denominator
    return [int(number * scale) for number in numbers]
