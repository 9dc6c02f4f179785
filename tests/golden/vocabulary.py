"""The words of golden cases: scopes, conditions and effects, said in ordercore's own.

Each word (see FORMAT.md) has one row in a table, and a small function that says the same
through the public API. The keywords of that function are all that the library can express of
the word; what goes beyond them raises `NotBuilt`. Words are mapped to words and nothing is
computed: what an effect takes is the library's to find out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from inspect import signature
from types import MappingProxyType
from typing import Any, TypeVar

from ordercore.promotions import (
    AddOnDeal,
    AllOf,
    AllOfSelectors,
    AllUnits,
    Always,
    AmountOff,
    AmountOffEach,
    Basis,
    Benefit,
    BuyXGetY,
    Category,
    CheapestOff,
    Condition,
    CustomerInGroup,
    DistinctProducts,
    Every,
    FixedPrice,
    Gift,
    HasAttribute,
    InRegion,
    LineAtLeast,
    NthItemOff,
    OrderNumber,
    PercentOff,
    Pick,
    PickN,
    PricedBetween,
    Selector,
    ShippingOff,
    Sku,
    Split,
    Threshold,
    Tier,
    Tiers,
    Undiscounted,
)

__all__ = ["NotBuilt", "Plain", "benefit", "condition", "text_of"]

Plain = dict[str, Any]
_T = TypeVar("_T")


class NotBuilt(Exception):
    """Raised when a case says what the library has no word for (yet)."""


BASES = MappingProxyType({"current": Basis.ENTRY, "list_price": Basis.LIST})
SPLITS = MappingProxyType({"current": Split.CURRENT, "list_price": Split.LIST})
PICKS = MappingProxyType({"cheapest": Pick.CHEAPEST, "most_expensive": Pick.DEAREST})


def _row(table: Mapping[str, _T], word: str, *of: str) -> _T:
    """Find a word's row in a table, or say which word is missing."""
    if word not in table:
        raise NotBuilt(".".join([*of, word]))
    return table[word]


def _translated(table: Mapping[str, Callable[..., _T]], plain: Plain) -> _T:
    """Translate a condition or an effect by its row; a key without a value counts as left out."""
    said = {key: value for key, value in plain.items() if value is not None}
    word = said.pop("type")
    translate = _row(table, word)
    for key in said:
        _row(signature(translate).parameters, key, word)
    return translate(**said)


def _is_zero(told: object) -> bool:
    return told is not None and Decimal(str(told)).is_zero()


def text_of(value: object) -> str:
    """Write an attribute's value as text, which ours are."""
    return value if isinstance(value, str) else json.dumps(value)


# Scopes: which lines


def _scope(plain: Plain | None) -> Selector:
    """Translate a scope: each of its keys must be met, and what it excludes is left out."""
    said = {key: value for key, value in (plain or {}).items() if value is not None}
    without = [~_scope(said.pop("exclude"))] if "exclude" in said else []
    if said.pop("all", False):
        said.clear()
    within = [part for key, value in said.items() for part in _row(SCOPES, key, "scope")(value)]
    members = within + without
    if len(members) == 1:
        return members[0]
    return AllOfSelectors(members) if members else AllUnits()


def _attributes(wanted: Plain) -> list[Selector]:
    return [HasAttribute(name, text_of(value)) for name, value in wanted.items()]


def _unit_price(bounds: Plain) -> list[Selector]:
    least, most = bounds.get("min"), bounds.get("max")
    if _is_zero(least):
        least = None
    return [] if least is None and most is None else [PricedBetween(least, most)]


SCOPES: Mapping[str, Callable[[Any], list[Selector]]] = MappingProxyType(
    {
        "skus": lambda skus: [Sku(skus)],
        "categories": lambda categories: [Category(categories)],
        "attributes": _attributes,
        "unit_price": _unit_price,
        "undiscounted": lambda wanted: [Undiscounted()] if wanted else [],
    }
)


# Conditions: when. A minimum of zero is none: the library's own are above zero.

NEVER = ~Always()


def _subtotal_at_least(
    *, amount: str, scope: Plain | None = None, basis: str = "current"
) -> Condition:
    if _is_zero(amount):
        return Always()
    return Threshold(amount, target=_scope(scope), basis=_row(BASES, basis))


def _line_total_at_least(
    *, amount: str, scope: Plain | None = None, basis: str = "current"
) -> Condition:
    if _is_zero(amount):  # still, some line must be there
        return Threshold(quantity=1, target=_scope(scope))
    return LineAtLeast(amount, _scope(scope), _row(BASES, basis))


def _quantity_at_least(*, quantity: int, scope: Plain | None = None) -> Condition:
    return Always() if _is_zero(quantity) else Threshold(quantity=quantity, target=_scope(scope))


def _subtotal_above(
    *, amount: str, scope: Plain | None = None, basis: str = "current"
) -> Condition:
    return Threshold(amount, target=_scope(scope), basis=_row(BASES, basis), above=True)


def _subtotal_at_most(
    *, amount: str, scope: Plain | None = None, basis: str = "current"
) -> Condition:
    return ~_subtotal_above(amount=amount, scope=scope, basis=basis)


def _quantity_at_most(*, quantity: int, scope: Plain | None = None) -> Condition:
    return ~Threshold(quantity=quantity, target=_scope(scope), above=True)


def _line_quantity_at_least(*, quantity: int, scope: Plain | None = None) -> Condition:
    if _is_zero(quantity):  # still, some line must be there
        return Threshold(quantity=1, target=_scope(scope))
    return LineAtLeast(quantity=quantity, target=_scope(scope))


def _distinct_skus_at_least(*, count: int, scope: Plain | None = None) -> Condition:
    return Always() if _is_zero(count) else DistinctProducts(count, _scope(scope))


CONDITIONS: Mapping[str, Callable[..., Condition]] = MappingProxyType(
    {
        "subtotal_at_least": _subtotal_at_least,
        "subtotal_above": _subtotal_above,
        "subtotal_at_most": _subtotal_at_most,
        "line_total_at_least": _line_total_at_least,
        "quantity_at_least": _quantity_at_least,
        "quantity_at_most": _quantity_at_most,
        "line_quantity_at_least": _line_quantity_at_least,
        "distinct_skus_at_least": _distinct_skus_at_least,
        "customer_in_group": lambda *, groups: CustomerInGroup(groups) if groups else NEVER,
        "order_number": lambda *, nth: OrderNumber(nth),
        "region_in": lambda *, regions: InRegion(regions) if regions else NEVER,
    }
)


def condition(said: list[Plain]) -> Condition:
    """Translate a promotion's conditions, which must all hold."""
    members = [_translated(CONDITIONS, each) for each in said]
    if len(members) == 1:
        return members[0]
    return AllOf(members) if members else Always()


# Effects: then. Nothing off, or at most nothing off, is an effect without effect; a price of
# nothing is one with very much.

NOTHING = PercentOff("0")
LIMITS = ("max", "max_times", "max_units_per_line", "quantity")


def benefit(effect: Plain) -> Benefit:
    """Translate one effect."""
    word = effect["type"]
    limits = LIMITS if word.endswith("_price") else ("amount", *LIMITS)
    if word in EFFECTS and any(_is_zero(effect.get(limit)) for limit in limits):
        return NOTHING
    return _translated(EFFECTS, effect)


def _sharing(share_by: str, overflow: str) -> dict[str, Any]:
    """Say how an effect shares an amount; a promotion without a word of its own does likewise."""
    return {"split": _row(SPLITS, share_by), "overflow": overflow}


def _percent_off(
    *,
    percent: str,
    scope: Plain | None = None,
    max: str | None = None,  # noqa: A002 - the word of a case
    percent_of: str = "current",
    max_units_per_line: int | None = None,
) -> Benefit:
    basis = _row(BASES, percent_of)
    return PercentOff(percent, _scope(scope), max, basis, max_units_per_line=max_units_per_line)


def _amount_off(
    *,
    amount: str,
    scope: Plain | None = None,
    share_by: str = "current",
    overflow: str = "redistribute",
) -> Benefit:
    return AmountOff(amount, _scope(scope), **_sharing(share_by, overflow))


def _amount_off_each(
    *, amount: str, scope: Plain | None = None, max_units_per_line: int | None = None
) -> Benefit:
    return AmountOffEach(amount, _scope(scope), max_units_per_line)


def _amount_off_every(
    *,
    amount: str,
    every: str,
    max_times: int | None = None,
    scope: Plain | None = None,
    basis: str = "current",
    share_by: str = "current",
    overflow: str = "redistribute",
) -> Benefit:
    step = Every(every, max_times=max_times, basis=_row(BASES, basis))
    return AmountOff(amount, _scope(scope), step, **_sharing(share_by, overflow))


def _amount_off_every_quantity(
    *,
    amount: str,
    every_quantity: int,
    max_times: int | None = None,
    scope: Plain | None = None,
    share_by: str = "current",
    overflow: str = "redistribute",
) -> Benefit:
    step = Every(quantity=every_quantity, max_times=max_times)
    return AmountOff(amount, _scope(scope), step, **_sharing(share_by, overflow))


def _tiered_amount_off(
    *,
    tiers: list[Plain],
    scope: Plain | None = None,
    basis: str = "current",
    share_by: str = "current",
    overflow: str = "redistribute",
) -> Benefit:
    return _tiers("amount_off", tiers, scope, basis, share_by=share_by, overflow=overflow)


def _tiered_percent_off(
    *,
    tiers: list[Plain],
    scope: Plain | None = None,
    basis: str = "current",
    by: str = "subtotal",
    max: str | None = None,  # noqa: A002 - the word of a case
    percent_of: str = "current",
) -> Benefit:
    return _tiers("percent_off", tiers, scope, basis, by, max=max, percent_of=percent_of)


def _tiers(
    word: str,
    tiers: list[Plain],
    scope: Plain | None,
    basis: str,
    by: str = "subtotal",
    **same: object,
) -> Benefit:
    """Translate tiers, which a case lists in any order; each gives an effect of its own."""
    begin = _row({"subtotal": "amount", "quantity": "quantity"}, by, f"tiered_{word}.by")
    steps = []
    for tier in sorted(tiers, key=lambda tier: Decimal(str(tier["at_least"]))):
        more = {key: value for key, value in tier.items() if key != "at_least"}
        gives = benefit({"type": word, "scope": scope, **more, **same})
        steps.append(Tier(**{begin: tier["at_least"]}, benefit=gives))
    return Tiers(steps, _scope(scope), _row(BASES, basis))


def _buy_x_get_y(
    *,
    buy: Plain,
    get: Plain,
    percent: str = "100",
    repeat: bool = True,
    max_times: int | None = None,
    pick: str = "cheapest",
) -> Benefit:
    return BuyXGetY(
        buy["quantity"],
        get["quantity"],
        percent,
        _scope(buy.get("scope")),
        _scope(get.get("scope")),
        max_times if repeat else 1,
        _row(PICKS, pick),
    )


def _fixed_unit_price(*, amount: str, scope: Plain | None = None) -> Benefit:
    return FixedPrice(amount, _scope(scope))


def _bundle_price(
    *,
    quantity: int,
    amount: str,
    scope: Plain | None = None,
    repeat: bool = True,
    max_times: int | None = None,
) -> Benefit:
    return PickN(quantity, amount, _scope(scope), max_times if repeat else 1)


def _nth_unit_percent_off(
    *,
    nth: int,
    percent: str,
    scope: Plain | None = None,
    max_times: int | None = None,
    group_by: str = "all",
) -> Benefit:
    per_line = _row({"all": False, "line": True}, group_by, "nth_unit_percent_off.group_by")
    return NthItemOff(nth, percent, _scope(scope), max_times, per_line=per_line)


def _cheapest_percent_off(*, quantity: int, percent: str, scope: Plain | None = None) -> Benefit:
    return CheapestOff(quantity, percent, target=_scope(scope))


def _cheapest_amount_off(*, quantity: int, amount: str, scope: Plain | None = None) -> Benefit:
    return CheapestOff(quantity, amount=amount, target=_scope(scope))


def _add_on_price(*, sku: str, amount: str, quantity: int) -> Benefit:
    return AddOnDeal(Sku(sku), amount, quantity)


def _gift(
    *, sku: str, quantity: int = 1, scope: Plain | None = None, every_quantity: int | None = None
) -> Benefit:
    every = None if every_quantity is None else Every(quantity=every_quantity)
    return Gift(sku, quantity, every=every, target=_scope(scope))


EFFECTS: Mapping[str, Callable[..., Benefit]] = MappingProxyType(
    {
        "percent_off": _percent_off,
        "amount_off": _amount_off,
        "amount_off_each": _amount_off_each,
        "amount_off_every": _amount_off_every,
        "amount_off_every_quantity": _amount_off_every_quantity,
        "tiered_amount_off": _tiered_amount_off,
        "tiered_percent_off": _tiered_percent_off,
        "fixed_unit_price": _fixed_unit_price,
        "bundle_price": _bundle_price,
        "buy_x_get_y": _buy_x_get_y,
        "nth_unit_percent_off": _nth_unit_percent_off,
        "cheapest_percent_off": _cheapest_percent_off,
        "cheapest_amount_off": _cheapest_amount_off,
        "gift": _gift,
        "shipping_percent_off": lambda *, percent: ShippingOff(percent),
        "shipping_amount_off": lambda *, amount: ShippingOff(amount=amount),
        "shipping_fixed_price": lambda *, amount: ShippingOff(fixed=amount),
        "add_on_price": _add_on_price,
    }
)
