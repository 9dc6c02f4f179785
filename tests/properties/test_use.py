"""Laws of what promotions look at and what they use.

- P7: a unit is claimed once per layer unless both claimants allow sharing; what qualifies and
  what is reduced are different units; applications keep to their limit.
- P11: conditions are tested once, on the state in which their layer began.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import floor
from typing import Any

from attrs import evolve, frozen
from hypothesis import example, given
from hypothesis import strategies as st

from ordercore import (
    Cart,
    CartLine,
    Context,
    Money,
    Promotion,
    PromotionBook,
    Quote,
    Shopper,
)
from ordercore.calendars import Schedule
from ordercore.pricing import Applied, Kind, NotEligible, price_in
from ordercore.promotions import (
    AllOf,
    AllOfSelectors,
    AllUnits,
    Always,
    AnyOf,
    AnyOfSelectors,
    Basis,
    Brand,
    BuyXGetY,
    Category,
    Condition,
    ContextAttribute,
    CustomerInGroup,
    DistinctProducts,
    During,
    Exclusive,
    HasAttribute,
    HasCode,
    HoldsCoupon,
    InRegion,
    LineAtLeast,
    NotCondition,
    NotSelected,
    NthItemOff,
    OrderNumber,
    PercentOff,
    Pick,
    PricedBetween,
    Selector,
    Seller,
    ShippingOff,
    Sku,
    Threshold,
    Undiscounted,
    ViaChannel,
)
from ordercore.testing.strategies import INSTANT, SKUS, carts, pricings

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


@frozen
class Row:
    """A row, worked out from the quote's lines alone: equal lines together, by id."""

    line: CartLine
    ids: tuple[str, ...]
    units: int
    listed: int
    """List amount in minor units."""
    entry: int
    """What is left of it after some promotions, in minor units."""


def rows_of(quote: Quote, before: frozenset[str] = frozenset()) -> list[Row]:
    """Work out the rows, less what the promotions ``before`` take."""
    rows: list[Row] = []
    for told in sorted(quote.lines, key=lambda told: told.line.id):
        line, taken = told.line, [a.minor for a in told.adjustments if a.promotion in before]
        left = told.list_minor - sum(taken)
        row = Row(line, (line.id,), line.quantity, told.list_minor, left)
        for i, other in enumerate(rows):
            if evolve(line, id=other.line.id, quantity=other.line.quantity) == other.line:
                rows[i] = Row(
                    other.line,
                    (*other.ids, line.id),
                    other.units + row.units,
                    other.listed + row.listed,
                    other.entry + row.entry,
                )
                break
        else:
            rows.append(row)
    return rows


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def place(book: PromotionBook, promotion: Promotion) -> tuple[int, int, str]:
    """Where the data put a promotion in the order of application."""
    return book.layers.index(promotion.layer), -promotion.priority, promotion.id


def found(quote: Quote) -> Iterator[tuple[Promotion, Any]]:
    """Pair every outcome with its promotion."""
    promotions = {promotion.id: promotion for promotion in quote.book.promotions}
    return ((promotions[outcome.promotion], outcome) for outcome in quote.outcomes)


# P7


def share_units(one: Promotion, two: Promotion) -> bool:
    return all(
        "*" in this.combines_with or other.id in this.combines_with
        for this, other in ((one, two), (two, one))
    )


@given(pricings(layer=st.sampled_from(("order", "order", "unit")), min_promotions=2))
def test_p7_a_unit_is_claimed_once_in_a_layer_unless_both_share_it(case):
    quote = price_in(*case)
    units = {row.ids: row.units for row in rows_of(quote)}
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
    units = [row for row in rows_of(quote) for _ in range(row.units)]
    times, cost = best_rewards(units, benefit)
    off = half_up(cost * Fraction(benefit.percent) / 100)
    assert quote.discount.minor == off
    if off:
        claimed = sum(claim.units for claim in quote.outcome("p").claims)
        assert claimed == times * (benefit.buy_quantity + benefit.get_quantity)


def best_rewards(units: list[Row], benefit: BuyXGetY) -> tuple[int, Fraction]:
    """Try every set of rewards that leaves enough to buy: how often, and what they cost."""
    gettable = [i for i, unit in enumerate(units) if selects(benefit.get, unit)]
    buyable = {i for i, unit in enumerate(units) if selects(benefit.buy, unit)}
    choose = min if benefit.pick is Pick.CHEAPEST else max
    for times in range(min(benefit.max_times or len(units), len(units)), 0, -1):
        costs = [
            sum(Fraction(units[i].listed, units[i].units) for i in rewards)
            for rewards in combinations(gettable, times * benefit.get_quantity)
            if len(buyable - set(rewards)) >= times * benefit.buy_quantity
        ]
        if costs:
            return times, choose(costs)
    return 0, Fraction(0)


@given(carts(max_lines=4, floors=False), st.integers(1, 4), PERCENTS, TARGETS, st.data())
def test_p7_every_nth_unit_counts_from_the_dearest(cart, nth, percent, target, data):
    most = data.draw(st.none() | st.integers(1, 2))
    promotion = Promotion(id="p", benefits=NthItemOff(nth, percent, target, most))
    quote = price_in(cart, PromotionBook("CNY", [promotion]), NOW)
    costs = sorted(
        (
            Fraction(row.listed, row.units)
            for row in rows_of(quote)
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


# P11: conditions and selectors once more, from what they say, over rows worked out above


def selects(selector: Selector, row: Row) -> bool:
    """Tell whether a selector takes a row."""
    product, price = row.line.product, row.line.unit_price
    match selector:
        case AllUnits():
            return True
        case AllOfSelectors():
            return all(selects(member, row) for member in selector.members)
        case AnyOfSelectors():
            return any(selects(member, row) for member in selector.members)
        case NotSelected():
            return not selects(selector.member, row)
        case HasAttribute(name, value):
            return value in (product.attributes.get(name), product.specification.get(name))
        case PricedBetween(least, most):
            cost = Fraction(price.units, 10**price.scale)
            return (least is None or cost >= number(least)) and (
                most is None or cost <= number(most)
            )
        case Undiscounted():
            return row.entry == row.listed
    named = {Sku: {product.sku}, Brand: {product.brand}, Seller: {product.seller}}
    named[Category] = set(product.categories)
    return not named[type(selector)].isdisjoint(selector.values)


def number(amount: Any) -> Fraction:
    return Fraction(amount.decimal if isinstance(amount, Money) else amount)


Counting = Threshold | LineAtLeast | DistinctProducts


def counted(condition: Counting, rows: list[Row], basis: Basis) -> int:
    """What a threshold counts: units, products, or minor units on its basis."""
    chosen = [row for row in rows if selects(condition.target, row)]
    if isinstance(condition, DistinctProducts):
        return len({row.line.product.sku for row in chosen})
    basis = condition.basis or basis
    counts = [row.entry if basis is Basis.ENTRY else row.listed for row in chosen]
    if condition.quantity is not None:
        counts = [row.units for row in chosen]
    return max(counts, default=0) if isinstance(condition, LineAtLeast) else sum(counts)


def asked(condition: Counting, quote: Quote) -> int:
    """What a threshold asks, in minor units or units; more than 5 is 6 at least."""
    if isinstance(condition, DistinctProducts):
        return condition.count
    least = condition.quantity
    if least is None:
        least = Money.of(condition.amount, quote.currency).minor
    return least + (isinstance(condition, Threshold) and condition.above)


def given_facts(condition: Condition, context: Context) -> bool:
    """Tell whether a condition on the circumstances holds."""
    shopper = context.shopper or Shopper()
    match condition:
        case CustomerInGroup(groups):
            return not set(groups).isdisjoint(shopper.groups)
        case HoldsCoupon(coupons):
            return not set(coupons).isdisjoint(shopper.coupons)
        case HasCode(codes):
            return not set(codes).isdisjoint(context.codes)
        case InRegion(regions):
            return context.region in regions
        case ViaChannel(channels):
            return context.channel in channels
        case ContextAttribute(name, values):
            return context.attributes.get(name) in values
        case During(schedule):
            return schedule.is_open(context.at)
    assert isinstance(condition, OrderNumber)
    first = condition.number or condition.at_least or 1
    last = condition.number or condition.at_most or first + 100
    return context.shopper is not None and first <= shopper.orders_before + 1 <= last


def holds(condition: Condition, rows: list[Row], basis: Basis, quote: Quote) -> bool:
    """Tell whether a condition holds of rows in the context of a quote."""
    match condition:
        case Always():
            return True
        case AllOf():
            return all(holds(member, rows, basis, quote) for member in condition.members)
        case AnyOf():
            return any(holds(member, rows, basis, quote) for member in condition.members)
        case NotCondition():
            return not holds(condition.member, rows, basis, quote)
        case Threshold() | LineAtLeast() | DistinctProducts():
            return counted(condition, rows, basis) >= asked(condition, quote)
    return given_facts(condition, quote.context)


def frozen_rows(quote: Quote, promotion: Promotion) -> list[Row]:
    """The rows as they stood when the promotion was tested.

    That is when its layer began; who stands alone in the book is tried on the untouched cart.
    """
    if promotion.exclusive is Exclusive.BOOK:
        return rows_of(quote, frozenset())
    layer = place(quote.book, promotion)[0]
    earlier = [p.id for p in quote.book.promotions if place(quote.book, p)[0] < layer]
    return rows_of(quote, frozenset(earlier))


@given(pricings(min_promotions=2))
def test_p11_conditions_are_tested_on_the_state_in_which_their_layer_began(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if outcome.kind is Kind.EXCLUDED:
            continue  # who is excluded from the whole book is not tested
        rows = frozen_rows(quote, promotion)
        eligible = promotion.schedule.is_open(quote.context.at) and holds(
            promotion.when, rows, promotion.basis, quote
        )
        assert eligible is (outcome.kind is not Kind.NOT_ELIGIBLE)


THRESHOLDS = st.builds(
    Threshold,
    st.sampled_from(("1", "2", "3", "10", "20")),
    target=TARGETS,
    basis=st.none() | st.sampled_from(Basis),
)
PAIR = Cart.of("CNY", [("shirt", "1.00", 2), ("scarf", "1.00", 1)], shipping="8")
FROM_2 = Promotion(id="p2", when=Threshold("2", target=Sku("shirt")), benefits=ShippingOff("100"))
HALF_BEFORE = Promotion(id="p1", benefits=PercentOff("50"), priority=1)


LAYERED = st.sampled_from(("order", "order", "unit"))


@given(pricings(min_promotions=2, layer=LAYERED, schedule=Schedule(), when=THRESHOLDS))
@example((PAIR, PromotionBook("CNY", [FROM_2]), NOW))
@example((PAIR, PromotionBook("CNY", [FROM_2, HALF_BEFORE]), NOW))
def test_p11_the_account_keeps_what_a_threshold_asked_and_found(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if outcome.kind is Kind.EXCLUDED or not isinstance(promotion.when, Threshold):
            continue
        required = asked(promotion.when, quote)
        actual = counted(promotion.when, frozen_rows(quote, promotion), promotion.basis)
        assert (actual >= required) is (outcome.kind is not Kind.NOT_ELIGIBLE)
        if isinstance(outcome, Applied):
            assert outcome.evidence.holds
            assert outcome.evidence[1:4] == (promotion.when, required, actual)
        if isinstance(outcome, NotEligible):
            assert outcome.gap == Money(required - actual, quote.currency)
