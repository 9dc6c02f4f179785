"""Law P7: a unit is used once.

It is claimed once per layer unless both claimants allow sharing; what qualifies and what is
reduced are different units; applications keep to their limit.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import ceil

import pytest
from attrs import frozen
from by_hand import (
    Row,
    asked,
    counted,
    found,
    half_up,
    minor,
    rows_after,
    rows_at,
    selects,
    targets_of,
    times,
)
from drawing import OPEN, cases, drawn_rules
from hypothesis import example, given
from hypothesis import strategies as st

from ordercore import Cart, Context, Promotion, PromotionBook, Quote
from ordercore.pricing import Applied, price_in
from ordercore.promotions import (
    AddOnDeal,
    AllUnits,
    AmountOff,
    AmountOffEach,
    Basis,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    FixedPrice,
    Gift,
    GiftChoice,
    NthItemOff,
    PercentOff,
    Pick,
    PickN,
    Sku,
    Threshold,
    Tiers,
)
from ordercore.testing.strategies import INSTANT, SKUS, carts

NOW = Context(INSTANT)
PERCENTS = st.sampled_from(("100", "50", "33.33", "1"))
SMALL = st.integers(1, 2)
TARGETS = st.one_of(
    st.just(AllUnits()),
    st.sampled_from(SKUS).map(Sku),
    st.sampled_from(SKUS).map(lambda sku: ~Sku(sku)),
)
FEW_UNITS = st.lists(
    st.tuples(st.sampled_from(SKUS[:3]), st.sampled_from(("0.01", "0.02", "0.03", "0.1")), SMALL),
    min_size=1,
    max_size=3,
).map(lambda items: Cart.of("CNY", items))
SOME_SKUS = st.sets(st.sampled_from(SKUS[:3]), min_size=1).map(Sku)


# P7: who claims a unit


def share_units(one: Promotion, two: Promotion) -> bool:
    return all(
        "*" in this.combines_with or other.id in this.combines_with
        for this, other in ((one, two), (two, one))
    )


YUAN = st.just("CNY")
LAYERED = st.sampled_from(("order", "order", "unit"))


@given(cases(layer=LAYERED, min_promotions=2))
def test_p7_a_unit_is_claimed_once_in_a_layer_unless_both_share_it(case):
    quote = price_in(*case)
    units = {row.ids: row.units for row in rows_after(quote)}
    earlier: list[tuple[Promotion, Applied]] = []
    for promotion, outcome in found(quote):
        if not isinstance(outcome, Applied):
            continue
        for claim in outcome.claims:
            used = claim.units + sum(
                other.units
                for rival, theirs in earlier
                if rival.layer == promotion.layer and not share_units(rival, promotion)
                for other in theirs.claims
                if other.lines == claim.lines
            )
            assert 0 < used <= units[claim.lines]
        earlier.append((promotion, outcome))


# P7: what is claimed for what, whatever else is in the book


@frozen
class Used:
    """What a promotion claims of a row and takes off it."""

    row: Row
    units: int
    taken: int
    """Minor units."""


def used_by(quote: Quote, promotion: Promotion, outcome: Applied) -> list[Used]:
    """List what an applied promotion uses, as the rows stood when its layer began."""
    shares = {line: share.minor for line, share in outcome.shares}
    claimed = {claim.lines: claim.units for claim in outcome.claims}
    return [
        Used(row, claimed.get(row.ids, 0), sum(shares.get(each, 0) for each in row.ids))
        for row in rows_at(quote, promotion)
    ]


def reached(benefit: Benefit, rows: list[Row], basis: Basis, quote: Quote) -> Benefit:
    """Of tiers, what the highest one gives that is reached; else the benefit itself."""
    if not isinstance(benefit, Tiers):
        return benefit
    for tier in reversed(benefit.tiers):
        least = Threshold(tier.amount, quantity=tier.quantity, target=benefit.target)
        if counted(least, rows, benefit.basis or basis) >= asked(least, quote):
            return tier.benefit
    raise AssertionError(benefit)


CLAIMING = (
    AddOnDeal,
    AmountOff,
    AmountOffEach,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    FixedPrice,
    Gift,
    GiftChoice,
    NthItemOff,
    PercentOff,
    PickN,
    Tiers,
)
"""Kinds that use units, or count them; amounts of drawn ones are in yuan."""

ONE_BENEFIT = st.sampled_from(CLAIMING).flatmap(lambda kind: st.sampled_from(drawn_rules()[kind]))
RIVALS = {"benefits": ONE_BENEFIT, "layer": LAYERED, "min_promotions": 2, **OPEN}


@pytest.mark.usefixtures("drawn")
@given(cases(YUAN, **RIVALS))
def test_p7_what_is_reduced_is_claimed_and_of_the_target(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if not isinstance(outcome, Applied):
            continue
        for used in used_by(quote, promotion, outcome):
            assert used.taken <= ceil(used.units * used.row.unit_cost)
            targets = targets_of(promotion.benefits[0])
            assert not used.units or any(selects(target, used.row) for target in targets)


@pytest.mark.usefixtures("drawn")
@given(cases(YUAN, min_lines=2, max_quantity=20, **RIVALS))
def test_p7_qualifiers_and_rewards_are_different_units_and_applications_keep_their_limit(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if isinstance(outcome, Applied):
            rows = rows_at(quote, promotion)
            benefit = reached(promotion.benefits[0], rows, promotion.basis, quote)
            check_applications(benefit, used_by(quote, promotion, outcome))
            check_steps(benefit, rows, promotion.basis, outcome, quote)


def check_applications(benefit: Benefit, used: Sequence[Used]) -> None:  # noqa: C901
    """Check what is claimed by what a benefit says of one application."""
    match benefit:
        case NthItemOff():
            check_sets(used, benefit.nth, 1, benefit.max_times)
            if benefit.per_line:
                assert all(each.units % benefit.nth == 0 for each in used)
        case BuyXGetY():
            check_purchases(benefit, used)
        case CheapestOff(every=None):
            check_sets(used, 1, 1, benefit.quantity)
        case CheapestOff():
            check_sets(used, benefit.every, benefit.quantity, benefit.max_times)
        case PickN():
            check_sets(used, benefit.quantity, benefit.quantity, benefit.max_times)
        case BundlePrice():
            size = sum(part.quantity for part in benefit.parts)
            sets = check_sets(used, size, size, benefit.max_times)
            assert fills(benefit, used, sets)
        case AddOnDeal():
            check_sets(used, 1, 1, benefit.quantity)
        case FixedPrice() | AmountOffEach() | PercentOff():
            if benefit.max_units_per_line is not None:
                assert all(each.units <= benefit.max_units_per_line for each in used)


def check_sets(used: Sequence[Used], size: int, reduced: int, most: int | None) -> int:
    """Check claims of whole sets in which so many units are reduced; tell how many sets.

    If units that only qualify were reduced too, more would be taken than the dearest of the
    claimed ones cost that may be.
    """
    claimed = sum(each.units for each in used)
    assert claimed % size == 0
    sets = claimed // size
    assert most is None or sets <= most
    costs = sorted((each.row.unit_cost for each in used for _ in range(each.units)), reverse=True)
    # each row's share is made whole by itself
    slack = Fraction(sum(each.units > 0 for each in used), 2)
    assert sum(each.taken for each in used) <= sum(costs[: sets * reduced]) + slack
    return sets


def check_purchases(benefit: BuyXGetY, used: Sequence[Used]) -> None:
    """Check that some of the claimed units buy, and others are given."""
    each = benefit.buy_quantity, benefit.get_quantity
    sets = check_sets(used, sum(each), benefit.get_quantity, benefit.max_times)
    only_buy = [one for one in used if not selects(benefit.get, one.row)]
    only_get = [one for one in used if not selects(benefit.buy, one.row)]
    assert sum(one.units for one in only_buy) <= sets * benefit.buy_quantity
    assert sum(one.units for one in only_get) <= sets * benefit.get_quantity
    assert all(one.taken == 0 for one in only_buy)


def fills(benefit: BundlePrice, used: Sequence[Used], sets: int) -> bool:
    """Whether the claimed units can be dealt out to the parts of so many sets."""
    units = [
        {i for i, part in enumerate(benefit.parts) if selects(part.target, each.row)}
        for each in used
        for _ in range(each.units)
    ]
    wanted = [i for i, part in enumerate(benefit.parts) for _ in range(sets * part.quantity)]
    serving: dict[int, int] = {}

    def place(unit: int, tried: set[int]) -> bool:
        for seat, part in enumerate(wanted):
            if part in units[unit] and seat not in tried:
                tried.add(seat)
                if seat not in serving or place(serving[seat], tried):
                    serving[seat] = unit
                    return True
        return False

    return len(units) == len(wanted) and all(place(unit, set()) for unit in range(len(units)))


def check_steps(
    benefit: Benefit, rows: list[Row], basis: Basis, outcome: Applied, quote: Quote
) -> None:
    """Check what is given for each whole multiple of a step."""
    if isinstance(benefit, AmountOff | Gift | GiftChoice):
        chosen = [row for row in rows if selects(benefit.target, row)]
        most = times(benefit.every, chosen, basis, quote)
        if isinstance(benefit, AmountOff):
            assert outcome.goods.minor <= most * minor(benefit.amount, quote)
        assert sum(gift.quantity for gift in outcome.gifts) <= most * getattr(
            benefit, "quantity", 0
        )


# P7: on few units, every way to choose them tried


@st.composite
def buying_and_getting(draw: st.DrawFn) -> BuyXGetY:
    most = st.none() | SMALL
    return BuyXGetY(
        draw(SMALL),
        draw(SMALL),
        draw(PERCENTS),
        draw(SOME_SKUS),
        draw(SOME_SKUS),
        draw(most),
        draw(st.sampled_from(Pick)),
    )


ONE_IS_LEFT_TO_BUY = Cart.of("CNY", [("shirt", "0.01", 2), ("scarf", "0.1", 1)])


@given(FEW_UNITS, buying_and_getting())
@example(ONE_IS_LEFT_TO_BUY, BuyXGetY(1, 2, "100", buy=Sku("shirt")))
def test_p7_who_buys_and_gets_uses_no_unit_twice(cart, benefit):
    promotion = Promotion(id="p", benefits=benefit)
    quote = price_in(cart, PromotionBook("CNY", [promotion]), NOW)
    units = [row for row in rows_after(quote) for _ in range(row.units)]
    sets, cost = best_rewards(units, benefit)
    off = half_up(cost * Fraction(benefit.percent) / 100)
    assert quote.discount.minor == off
    if off:
        claimed = sum(claim.units for claim in quote.outcome("p").claims)
        assert claimed == sets * (benefit.buy_quantity + benefit.get_quantity)


def best_rewards(units: list[Row], benefit: BuyXGetY) -> tuple[int, Fraction]:
    """Try every set of rewards that leaves enough to buy: how often, and what they cost."""
    gettable = [i for i, unit in enumerate(units) if selects(benefit.get, unit)]
    buyable = {i for i, unit in enumerate(units) if selects(benefit.buy, unit)}
    choose = min if benefit.pick is Pick.CHEAPEST else max
    for sets in range(min(benefit.max_times or len(units), len(units)), 0, -1):
        costs = [
            sum(units[i].unit_cost for i in rewards)
            for rewards in combinations(gettable, sets * benefit.get_quantity)
            if len(buyable - set(rewards)) >= sets * benefit.buy_quantity
        ]
        if costs:
            return sets, choose(costs)
    return 0, Fraction(0)


@given(carts(max_lines=4, floors=False), st.integers(1, 4), PERCENTS, TARGETS, st.data())
def test_p7_every_nth_unit_counts_from_the_dearest(cart, nth, percent, target, data):
    most = data.draw(st.none() | st.integers(1, 2))
    promotion = Promotion(id="p", benefits=NthItemOff(nth, percent, target, most))
    quote = price_in(cart, PromotionBook("CNY", [promotion]), NOW)
    costs = sorted(
        (
            row.unit_cost
            for row in rows_after(quote)
            if selects(target, row)
            for _ in range(row.units)
        ),
        reverse=True,
    )
    reduced = costs[nth - 1 :: nth][:most]
    off = half_up(sum(reduced) * Fraction(percent) / 100)
    assert quote.discount.minor == off
    if off:
        claims = quote.outcome("p").claims
        assert sum(claim.units for claim in claims) == nth * len(reduced)
