"""Hypothesis strategies for tariffs: price lists, taxes, the rounding of the payable."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from attrs import evolve
from hypothesis import strategies as st

from ordercore.money import Currency, Money, Rounding, UnitPrice
from ordercore.tariffs import (
    CostPlus,
    FixedListPrice,
    OffListPrice,
    PayableRounding,
    PriceChoice,
    PriceList,
    PriceRule,
    Tariff,
    TaxedPart,
    Taxes,
    TaxLevel,
    TaxRate,
)
from ordercore.testing.alphabets import (
    CHANNELS,
    GROUPS,
    PERCENTS,
    REGIONS,
    SKUS,
    TAX_CLASSES,
    maybe,
    mostly,
    some_of,
)
from ordercore.testing.rules import schedules

__all__ = ["price_lists", "tariffs", "taxes"]

_MODES: Final = st.sampled_from((Rounding.HALF_UP, *Rounding))


_LEAST: Final = st.sampled_from((1, 1, 1, 2, 3, 6))


@cache
def _list_prices(currency: str) -> st.SearchStrategy[Any]:
    """Draw a price as rules take it: a UnitPrice, finer than minor units or not, or a number."""
    digits = Currency(currency).digits
    units = st.sampled_from((100, 1000, 1, 0, 333)) | st.integers(0, 15_000)
    scales = st.sampled_from((digits, digits, digits + 2))
    price = st.builds(UnitPrice, units, scales, st.just(currency))
    return price | price.map(lambda price: price.decimal)


@cache
def _price_rules(currency: str) -> st.SearchStrategy[PriceRule]:
    price, sku, least = _list_prices(currency), st.sampled_from(SKUS), _LEAST
    made = {"decimals": maybe(st.integers(0, 5)), "rounding": _MODES}
    markup = PERCENTS | st.just("250")
    return st.one_of(
        st.builds(FixedListPrice, sku, price, least),
        st.builds(FixedListPrice, sku, price),
        st.builds(CostPlus, sku, price, markup, least, **made),
        st.builds(OffListPrice, PERCENTS, maybe(sku), least, **made),
    )


@st.composite
def price_lists(draw: st.DrawFn, /, currency: str = "CNY", **given: Any) -> PriceList:
    """Draw a price list.

    Args:
        draw: Given by Hypothesis.
        currency: The currency of its prices.
        given: Fields of `PriceList` as strategies or plain values, in place of those drawn.
    """
    told = {name: draw(_drawn(value)) for name, value in given.items()}
    return PriceList(**told, **draw(_other_fields(currency, frozenset(given))))


@cache
def _other_fields(currency: str, given: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    few = {"groups": GROUPS, "channels": CHANNELS, "regions": REGIONS}
    rules = st.lists(
        _price_rules(currency),
        min_size=1,
        max_size=4,
        unique_by=lambda rule: (rule.sku, rule.min_quantity),
    )
    fields: dict[str, st.SearchStrategy[Any]] = {
        "id": st.just("list"),
        "rules": rules,
        "kind": st.sampled_from(("member", "flash", "contract")),
        "schedule": schedules(),
        "priority": st.integers(-1, 1),
        "purchase_limit": maybe(st.integers(1, 6)),
        **{name: mostly(st.just(()), some_of(names)) for name, names in few.items()},
    }
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name not in given}
    )


def _drawn(value: Any) -> st.SearchStrategy[Any]:
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


_RATES: Final = st.sampled_from(("13", "8.875", "6", "0.1", "0", "100", "7.77"))
_CLASSES: Final = (*TAX_CLASSES, "ordinary")


@cache
def _rate() -> st.SearchStrategy[TaxRate]:
    everything = {"tax_classes": st.just(_CLASSES), "on": st.just(tuple(TaxedPart))}
    narrow = {
        "tax_classes": some_of(_CLASSES),
        "regions": st.just(()) | some_of(REGIONS),
        "on": some_of(tuple(TaxedPart)),
    }
    rate = st.builds(TaxRate, st.just("any"), _RATES, **everything)
    return rate | st.builds(TaxRate, st.just("any"), _RATES, **narrow)


@st.composite
def _some_rates(draw: st.DrawFn) -> tuple[TaxRate, ...]:
    names = draw(st.permutations(("county", "state", "vat")))[: draw(st.integers(1, 3))]
    return tuple(evolve(draw(_rate()), id=name) for name in names)


_TAX_FIELDS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "rates": _some_rates(),
    "included": st.booleans(),
    "level": st.sampled_from(TaxLevel),
    "rounding": _MODES,
    "shipping_class": maybe(st.sampled_from(TAX_CLASSES)),
    "exempt_groups": st.sampled_from(((), (), GROUPS[:1])),
}


def taxes(**given: Any) -> st.SearchStrategy[Taxes]:
    """Draw one to three rates, levied on some parts and classes or on all, in some regions.

    Args:
        given: Fields of `Taxes`, as strategies or plain values, in place of those drawn.
    """
    fields = {**_TAX_FIELDS, **{name: _drawn(value) for name, value in given.items()}}
    return st.builds(Taxes, **fields)


_TAXES: Final = maybe(taxes())
_COUNT: Final = st.integers(0, 3)
_LIST_IDS: Final = st.permutations(("l1", "l2", "l3"))
_STEPS: Final = st.sampled_from((10, 5, 100, 1, 100_000))


@st.composite
def tariffs(draw: st.DrawFn, /, currency: str = "CNY", **given: Any) -> Tariff:
    """Draw a tariff with up to three price lists.

    Args:
        draw: Given by Hypothesis.
        currency: The currency of the tariff.
        given: Fields of `Tariff`, as strategies or plain values, in place of those drawn.

    >>> from hypothesis import given, settings
    >>> @settings(max_examples=5, deadline=None)
    ... @given(tariffs("JPY", taxes=None))
    ... def test_without_taxes(tariff):
    ...     assert tariff.taxes is None
    >>> test_without_taxes()
    """
    if "price_lists" not in given:
        ids = draw(_LIST_IDS)[: draw(_COUNT)]
        given["price_lists"] = tuple(draw(price_lists(currency, id=each)) for each in ids)
    steps = _STEPS.map(lambda n: Money(n, Currency(currency)))
    fields: dict[str, Any] = {
        "choice": st.sampled_from(PriceChoice),
        "taxes": _TAXES,
        "rounding": maybe(st.builds(PayableRounding, steps, st.sampled_from(Rounding))),
        **given,
    }
    return Tariff(currency, **{name: draw(_drawn(value)) for name, value in fields.items()})
