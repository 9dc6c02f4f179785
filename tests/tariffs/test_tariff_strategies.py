"""The strategies leave nothing out: every kind of rule and every choice of a tariff is drawn.

And tariffs meet carts: what they can do to a price is seen to happen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ordercore import Quote
from ordercore.data import variants
from ordercore.pricing import price_in
from ordercore.tariffs import PriceChoice, PriceRule, Tariff, TaxLevel
from ordercore.testing.strategies import pricings_by_tariff


@cache
def quotes() -> list[Quote]:
    """Price many drawn carts by drawn tariffs, the same ones each time."""
    made: list[Quote] = []

    @settings(
        max_examples=400,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(pricings_by_tariff())
    def collect(case: object) -> None:
        made.append(price_in(*case))

    collect()
    return made


def tariffs_drawn() -> list[Tariff]:
    return [quote.tariff for quote in quotes() if quote.tariff is not None]


KINDS = {
    tag: kind
    for tag, kind in variants(PriceRule).items()
    if kind.__module__.startswith("ordercore.")
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_price_rule_is_drawn(kind: type) -> None:
    lists = [each for tariff in tariffs_drawn() for each in tariff.price_lists]
    assert any(isinstance(rule, kind) for each in lists for rule in each.rules)


CHOICES: list[Callable[[Tariff], bool]] = [
    lambda tariff: tariff.choice is PriceChoice.PRIORITY,
    lambda tariff: tariff.taxes is None,
    lambda tariff: tariff.rounding is not None,
    lambda tariff: any(each.purchase_limit for each in tariff.price_lists),
    lambda tariff: any(each.groups and each.channels for each in tariff.price_lists),
    lambda tariff: bool(tariff.taxes) and tariff.taxes.level is TaxLevel.ORDER,
    lambda tariff: bool(tariff.taxes) and not tariff.taxes.included,
    lambda tariff: bool(tariff.taxes) and tariff.taxes.exempt_groups != (),
    lambda tariff: bool(tariff.taxes) and len(tariff.taxes.rates) == 3,
]


@pytest.mark.parametrize("chosen", CHOICES)
def test_every_choice_of_a_tariff_is_drawn(chosen: Callable[[Tariff], bool]) -> None:
    assert any(map(chosen, tariffs_drawn()))


MET: dict[str, Callable[[Quote], bool]] = {
    "a row of several prices": lambda quote: any(len(each) > 1 for each in quote.base_prices),
    "a price above the cart's": lambda quote: quote.base.minor > quote.subtotal.minor,
    "a discount on a list's price": lambda quote: (
        not quote.discount.is_zero and quote.base != quote.subtotal
    ),
    "a line with taxes of two rates": lambda quote: any(
        len(line.taxes) > 1 for line in quote.lines
    ),
    "tax on shipping and a fee": lambda quote: (
        bool(quote.shipping_taxes) and any(taxes for _, taxes in quote.fee_taxes)
    ),
    "a payable that is raised": lambda quote: quote.rounding.minor > 0,
}


@pytest.mark.parametrize("met", MET.values(), ids=MET)
def test_tariffs_meet_carts(met: Callable[[Quote], bool]) -> None:
    assert any(map(met, quotes()))
