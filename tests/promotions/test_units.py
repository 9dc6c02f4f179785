"""Units are counted and never listed; what comes out is what listing them would give.

Each benefit is compared with a reference that looks at every unit by itself. An earlier layer
leaves rows whose units cost no whole number, as earlier layers do.
"""

from collections import Counter
from fractions import Fraction
from itertools import combinations
from math import floor, lcm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Money, PromotionBook, price
from ordercore.money import apportion
from ordercore.promotions import (
    AddOnDeal,
    AmountOff,
    BundlePrice,
    CheapestOff,
    FixedPrice,
    NthItemOff,
    PercentOff,
    Pick,
    PickN,
    Promotion,
    Sku,
)
from ordercore.testing.strategies import INSTANT

SKUS = ("a", "b", "c", "d")
PRICES = st.sampled_from((0, 1, 3, 10, 33, 100)) | st.integers(0, 120)
LIMITS = st.none() | st.integers(1, 3)


def decimal(minor):
    return Money(minor, "CNY").decimal


@st.composite
def carts(draw, most=4):
    units = draw(st.lists(st.integers(1, most), min_size=1, max_size=4))
    return Cart.of(
        "CNY", [(sku, decimal(draw(PRICES)), n) for sku, n in zip(SKUS, units, strict=False)]
    )


EARLIER = st.none() | st.integers(1, 90)


def quotes(cart, benefit, earlier=None):
    """Price with an earlier amount off alone, and with the benefit after it."""
    first = [] if earlier is None else [_in("unit", "first", AmountOff(decimal(earlier)))]
    then = [*first, _in("set", "then", benefit)]
    return [price(cart, PromotionBook("CNY", book), at=INSTANT) for book in (first, then)]


def _in(layer, name, benefit):
    return Promotion(id=name, layer=layer, benefits=benefit)


def discount(cart, benefit):
    return quotes(cart, benefit)[1].discount.minor


def units_of(quote, skus=SKUS):
    """List every unit of some skus as (row, cost), the dearest first."""
    rows, amounts = quote.cart.rows, quote.row_amounts
    listed = [
        (row, Fraction(amounts[row], units))
        for row, units in enumerate(rows.quantities)
        if quote.cart.lines[rows.heads[row]].product.sku in skus
        for _ in range(units)
    ]
    return sorted(listed, key=lambda unit: -unit[1])


def half_up(amount):
    return floor(amount + Fraction(1, 2))


def taken(before, after):
    return [old - new for old, new in zip(before.row_amounts, after.row_amounts, strict=True)]


def claims(quote):
    """Tell how many units of each row the benefit claims."""
    outcome = quote.outcome("then")
    told = {claim.lines[0]: claim.units for claim in getattr(outcome, "claims", ())}
    return [told.get(quote.cart.lines[head].id, 0) for head in quote.cart.rows.heads]


def counted(units, quote):
    per_row = Counter(row for row, _ in units)
    return [per_row[row] for row in quote.cart.rows.every]


def in_whole_numbers(costs):
    scale = lcm(*[cost.denominator for cost in costs])
    return [int(cost * scale) for cost in costs]


# N 件 M 元


@given(carts(), st.integers(1, 4), st.integers(0, 250), LIMITS, EARLIER)
def test_picking_n_reduces_the_dearest_groups_that_cost_more(cart, size, amount, limit, earlier):
    before, after = quotes(cart, PickN(size, decimal(amount), max_times=limit), earlier)
    units = units_of(before)
    groups = [units[i : i + size] for i in range(0, len(units) - size + 1, size)][:limit]
    reduced = [group for group in groups if sum(cost for _, cost in group) > amount]
    saving = half_up(
        sum((cost for group in reduced for _, cost in group), -Fraction(amount) * len(reduced))
    )
    costs = [Fraction(0)] * len(before.row_amounts)
    for group in reduced:
        for row, cost in group:
            costs[row] += cost
    shares = apportion(saving, in_whole_numbers(costs), before.row_amounts)
    assert taken(before, after) == shares
    if saving:
        assert claims(after) == counted([unit for group in reduced for unit in group], after)


# 套餐价


def fills(units, demands):
    """Whether some units, each with the parts that it fits, fill just these demands."""
    if not units:
        return not any(demands)
    for part in units[0][1]:
        if demands[part]:
            left = [n - (i == part) for i, n in enumerate(demands)]
            if fills(units[1:], left):
                return True
    return False


def best_filling(units, demands):
    """Tell what the dearest units cost that fill the demands; None where none do."""
    found = [
        sum(cost for cost, _ in chosen)
        for chosen in combinations(units, sum(demands))
        if fills(chosen, demands)
    ]
    return max(found, default=None)


PARTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(SKUS), min_size=1, max_size=3, unique=True), st.integers(1, 2)
    ),
    min_size=1,
    max_size=3,
)


@given(carts(most=3), PARTS, st.integers(0, 250), LIMITS, EARLIER)
def test_a_bundle_saves_as_much_as_any_way_to_fill_its_sets(cart, parts, amount, limit, earlier):
    benefit = BundlePrice([(Sku(skus), n) for skus, n in parts], decimal(amount), limit)
    before, after = quotes(cart, benefit, earlier)
    lines, rows = cart.lines, cart.rows
    units = [
        (
            cost,
            [i for i, (skus, _) in enumerate(parts) if lines[rows.heads[row]].product.sku in skus],
        )
        for row, cost in units_of(before, {sku for skus, _ in parts for sku in skus})
    ]
    savings, times = [Fraction(0)], 1
    while limit is None or times <= limit:
        cost = best_filling(units, [n * times for _, n in parts])
        if cost is None:
            break
        savings.append(cost - amount * times)
        times += 1
    saving = half_up(max(savings))
    assert sum(taken(before, after)) == saving
    if saving:
        sets = savings.index(max(savings))
        assert sum(claims(after)) == sets * sum(n for _, n in parts)
        assert all(map(int.__le__, claims(after), rows.quantities))


def test_a_unit_that_fits_two_parts_serves_where_the_dearest_units_come_in():
    cart = Cart.of("CNY", [("burger", "30", 1), ("meal", "40", 1), ("cola", "8", 2)])
    parts = [(Sku(("burger", "meal")), 1), (Sku(("meal", "cola")), 1)]
    quote = quotes(cart, BundlePrice(parts, "50"))[1]
    assert quote.discount == Money.of("20.00", "CNY")  # burger and meal, not meal and cola
    assert claims(quote) == [1, 1, 0]


def test_no_unit_fills_two_parts_of_a_bundle():
    one, two = (Cart.of("CNY", [("meal", "40", n)]) for n in (1, 2))
    benefit = BundlePrice([(Sku("meal"), 1), (Sku("meal"), 1)], "50")
    assert discount(one, benefit) == 0
    assert discount(two, benefit) == 30_00


@given(carts(), st.integers(1, 3), st.integers(0, 250), LIMITS, EARLIER)
def test_a_bundle_of_one_part_is_a_pick_of_n(cart, size, amount, limit, earlier):
    picked = quotes(cart, PickN(size, decimal(amount), max_times=limit), earlier)[1]
    bundle = quotes(cart, BundlePrice([(Sku(SKUS), size)], decimal(amount), limit), earlier)[1]
    assert bundle.row_amounts == picked.row_amounts


# 第 N 件、最低价


@given(carts(), st.integers(1, 3), st.integers(0, 100), LIMITS, EARLIER)
def test_every_nth_unit_within_a_row_is_reduced(cart, nth, percent, limit, earlier):
    benefit = NthItemOff(nth, str(percent), max_times=limit, per_line=True)
    before, after = quotes(cart, benefit, earlier)
    met = Counter()
    reduced = []
    for row, cost in units_of(before):
        met[row] += 1
        if met[row] % nth == 0:
            reduced.append((row, cost))
    check_reduced(before, after, reduced[:limit], percent, nth)


@given(carts(), st.integers(1, 3), st.integers(0, 100), st.sampled_from(Pick), EARLIER)
def test_the_cheapest_or_dearest_units_are_reduced(cart, quantity, percent, pick, earlier):
    benefit = CheapestOff(quantity, str(percent), pick=pick)
    before, after = quotes(cart, benefit, earlier)
    units = sorted(
        sorted(units_of(before)), key=lambda u: u[1] if pick is Pick.CHEAPEST else -u[1]
    )
    check_reduced(before, after, units[:quantity], percent, 1)


@given(
    carts(), st.integers(1, 2), st.integers(2, 3), st.integers(0, 100), st.sampled_from(Pick),
    LIMITS, EARLIER,
)  # fmt: skip
def test_of_each_set_the_cheapest_or_dearest_are_reduced(  # noqa: PLR0917
    cart, quantity, every, percent, pick, limit, earlier
):
    benefit = CheapestOff(quantity, str(percent), pick=pick, every=every, max_times=limit)
    before, after = quotes(cart, benefit, earlier)
    units = units_of(before)
    sets = [units[i : i + every] for i in range(0, len(units) - every + 1, every)][:limit]
    part = slice(quantity) if pick is Pick.DEAREST else slice(every - quantity, None)
    reduced = [unit for each in sets for unit in each[part]]
    check_reduced(before, after, reduced, percent, None)
    if sum(taken(before, after)):
        assert claims(after) == counted([unit for each in sets for unit in each], after)


def check_reduced(before, after, reduced, percent, claimed_each):
    """Check a percentage off single units: the sum, each row's share, and the units claimed."""
    exact = [Fraction(0)] * len(before.row_amounts)
    for row, cost in reduced:
        exact[row] += cost * percent / 100
    whole = half_up(sum(exact))
    assert taken(before, after) == apportion(whole, in_whole_numbers(exact), before.row_amounts)
    if whole and claimed_each is not None:
        assert claims(after) == [claimed_each * n for n in counted(reduced, after)]


@given(carts(), st.integers(1, 3), st.integers(0, 250), EARLIER)
def test_the_cheapest_units_get_an_amount_off_each(cart, quantity, amount, earlier):
    benefit = CheapestOff(quantity, amount=decimal(amount + 1))
    before, after = quotes(cart, benefit, earlier)
    units = sorted(sorted(units_of(before)), key=lambda unit: unit[1])[:quantity]
    exact = [Fraction(0)] * len(before.row_amounts)
    for row, cost in units:
        exact[row] += min(cost, amount + 1)
    shares = taken(before, after)
    assert all(
        abs(share - part) <= Fraction(1, 2) for share, part in zip(shares, exact, strict=True)
    )


# 一口价、加价购、限件打折


@given(carts(), st.integers(0, 130), LIMITS, EARLIER)
def test_a_fixed_price_is_what_each_unit_costs_at_most(cart, amount, limit, earlier):
    before, after = quotes(cart, FixedPrice(decimal(amount), max_units_per_line=limit), earlier)
    units = cart.rows.quantities
    for row, share in enumerate(taken(before, after)):
        cost = Fraction(before.row_amounts[row], units[row])
        reduced = units[row] if limit is None else min(limit, units[row])
        assert share == half_up(max(cost - amount, 0) * reduced)


@given(carts(), st.integers(0, 130), st.integers(1, 4), EARLIER)
def test_the_first_dearer_units_of_an_add_on_get_its_price(cart, amount, quantity, earlier):
    before, after = quotes(cart, AddOnDeal(Sku(SKUS), decimal(amount), quantity), earlier)
    dearer = sorted(unit for unit in units_of(before) if unit[1] > amount)[:quantity]
    exact = [Fraction(0)] * len(before.row_amounts)
    for row, cost in dearer:
        exact[row] += cost - amount
    assert taken(before, after) == [half_up(part) for part in exact]


@given(carts(), st.integers(0, 100), st.integers(1, 3), EARLIER)
def test_a_percentage_off_so_many_units_of_each_row(cart, percent, most, earlier):
    before, after = quotes(cart, PercentOff(str(percent), max_units_per_line=most), earlier)
    met = Counter()
    reduced = []
    for row, cost in units_of(before):
        met[row] += 1
        if met[row] <= most:
            reduced.append((row, cost))
    check_reduced(before, after, reduced, percent, None)


# P13: more of an eligible item never lowers the discount


MONOTONE = [
    PickN(2, "1"),
    PickN(3, "0.50", max_times=2),
    BundlePrice([(Sku(("a", "b")), 1), (Sku(("b", "c")), 2)], "0.70"),
    NthItemOff(2, "50"),
    NthItemOff(2, "50", per_line=True),
    CheapestOff(1, "100", every=2),
    CheapestOff(2, "50", every=3, pick="dearest"),
    FixedPrice("0.20"),
    FixedPrice("0.20", max_units_per_line=2),
    PercentOff("15", max_units_per_line=2),
]


@pytest.mark.parametrize("benefit", MONOTONE, ids=repr)
@given(cart=carts(), data=st.data())
def test_p13_a_further_unit_never_lowers_the_discount(benefit, cart, data):
    i = data.draw(st.integers(0, len(cart.lines) - 1))
    items = [
        (line.product, line.unit_price, line.quantity + (line is cart.lines[i]))
        for line in cart.lines
    ]
    assert discount(Cart.of("CNY", items), benefit) >= discount(cart, benefit)


@given(carts(), carts(), st.integers(1, 2))
def test_nobody_gains_by_parting_an_order_in_two(one, two, free):
    items = [(line.product, line.unit_price, line.quantity) for line in (*one.lines, *two.lines)]
    benefit = CheapestOff(free, "100", every=3)
    apart = discount(one, benefit) + discount(two, benefit)
    assert discount(Cart.of("CNY", items), benefit) >= apart


# However many units there are


ENORMOUS = Cart.of("CNY", [("a", "0.07", 10**9), ("b", "0.03", 10**9 - 1), ("c", "0.05", 7)])

ALL_AT_ONCE = [
    (PickN(3, "0.08"), 13 * 333_333_333 + 9 + 7 + 5 + 333_333_332),
    (BundlePrice([(Sku("a"), 1), (Sku("b"), 2)], "0.10"), 3 * 499_999_999),
    (CheapestOff(1, "100", every=2), 7 * 5 * 10**8 + 5 * 3 + 3 * 5 * 10**8),
    (FixedPrice("0.04"), 3 * 10**9 + 7),
    (AddOnDeal(Sku("b"), "0.01", 10**9), 2 * (10**9 - 1)),
]


@pytest.mark.parametrize(("benefit", "expected"), ALL_AT_ONCE, ids=lambda value: repr(value)[:30])
def test_a_billion_units_are_a_formula(benefit, expected):
    assert discount(ENORMOUS, benefit) == expected
