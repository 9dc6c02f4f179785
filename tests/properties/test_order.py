"""Laws of use and order.

- P7: a unit is claimed once per layer unless both claimants allow sharing; what qualifies and
  what is reduced are different units; applications keep to their limit.
- P8: the order of lines, promotions, codes and dicts changes nothing, nor does cutting a line
  in two equal ones as long as the row keeps its smallest id.
- P9: the order of application is in the data; an inapplicable promotion changes nothing.
- P10: pricing twice, or from a quote's own lines, gives the same quote and changes no input.
- P11: conditions are tested once, on the state in which their layer began.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import floor
from typing import Any

from attrs import evolve, frozen
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ordercore import (
    Cart,
    CartLine,
    Context,
    Money,
    Promotion,
    PromotionBook,
    Quote,
    dumps,
    price,
)
from ordercore.pricing import Applied, Beaten, Excluded, Kind, price_in
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
    CustomerInGroup,
    Exclusive,
    HasAttribute,
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


# P8


@given(pricings(min_lines=2, min_promotions=2), st.randoms(use_true_random=False))
def test_p8_the_order_of_lines_promotions_codes_and_dicts_changes_nothing(case, chance):
    cart, book, context = case

    def shuffled(items: Any) -> list[Any]:
        return chance.sample(list(items), len(items))

    stock = context.gift_stock
    other = price(
        evolve(cart, lines=shuffled(cart.lines)),
        evolve(book, promotions=shuffled(book.promotions)),
        at=context.at,
        shopper=context.shopper,
        codes=[*shuffled(context.codes), *context.codes],
        region=context.region,
        channel=context.channel,
        gift_stock=None if stock is None else dict(shuffled(stock)),
    )
    quote = price_in(cart, book, context)
    assert {line.line.id: line for line in other.lines} == {
        line.line.id: line for line in quote.lines
    }
    assert other.outcomes == quote.outcomes
    assert other.gifts == quote.gifts
    assert other.payable == quote.payable


@given(pricings(), st.data())
def test_p8_cutting_a_line_in_two_changes_nothing(case, data):
    cart, book, context = case
    several = [i for i, line in enumerate(cart.lines) if line.quantity > 1]
    assume(several)
    i = data.draw(st.sampled_from(several))
    line = cart.lines[i]
    first = data.draw(st.integers(1, line.quantity - 1))
    parts = [
        evolve(line, quantity=first),
        evolve(line, id=f"{line.id}-2", quantity=line.quantity - first),
    ]
    split = evolve(cart, lines=[*cart.lines[:i], *cart.lines[i + 1 :], *parts])
    quote, other = price_in(cart, book, context), price_in(split, book, context)

    def told(quote: Quote) -> object:
        every = frozenset(promotion.id for promotion in book.promotions)
        rows = [(row.units, row.listed, row.entry) for row in rows_of(quote, every)]
        outcomes = [(each.promotion, each.kind, each.amount_minor) for each in quote.outcomes]
        return quote.payable, quote.shipping, rows, outcomes, quote.gifts

    assert told(other) == told(quote)


# P9


@given(pricings(min_promotions=2))
def test_p9_the_order_of_application_is_in_the_data(case):
    quote = price_in(*case)
    layered = [
        place(quote.book, promotion)
        for promotion, _ in found(quote)
        if promotion.exclusive is not Exclusive.BOOK
    ]
    assert layered == sorted(layered)
    tried = [
        (-promotion.priority, promotion.id)
        for promotion, outcome in found(quote)
        if promotion.exclusive is Exclusive.BOOK and outcome.kind is not Kind.EXCLUDED
    ]
    assert tried == sorted(tried)


@given(pricings(layer=st.sampled_from(("order", "order", "unit")), min_promotions=3))
def test_p9_only_an_earlier_promotion_beats_or_excludes(case):
    quote = price_in(*case)
    promotions = {promotion.id: promotion for promotion in quote.book.promotions}
    for promotion, outcome in found(quote):
        if not isinstance(outcome, Excluded | Beaten):
            continue
        assert outcome.by
        for rival in map(promotions.__getitem__, outcome.by):
            assert quote.outcome(rival.id).kind is Kind.APPLIED
            if rival.exclusive is Exclusive.BOOK:
                continue
            assert rival.layer == promotion.layer
            assert place(quote.book, rival) < place(quote.book, promotion)


@given(pricings(min_promotions=2), st.data())
def test_p9_what_does_not_apply_may_go_and_nothing_changes(case, data):
    cart, book, context = case
    quote = price_in(cart, book, context)
    idle = [outcome.promotion for outcome in quote.outcomes if outcome.kind is not Kind.APPLIED]
    assume(idle)
    gone = data.draw(st.sets(st.sampled_from(idle), min_size=1))
    kept = [promotion for promotion in book.promotions if promotion.id not in gone]
    other = price_in(cart, evolve(book, promotions=kept), context)
    assert other.lines == quote.lines
    assert other.shipping == quote.shipping
    assert other.outcomes == tuple(o for o in quote.outcomes if o.promotion not in gone)


@given(pricings(min_promotions=2))
def test_p9_what_an_ineligible_promotion_gives_changes_nothing(case):
    cart, book, context = case
    quote = price_in(cart, book, context)
    ineligible = {o.promotion for o in quote.outcomes if o.kind is Kind.NOT_ELIGIBLE}
    assume(ineligible)
    changed = [
        evolve(promotion, benefits=PercentOff("100")) if promotion.id in ineligible else promotion
        for promotion in book.promotions
    ]
    other = price_in(cart, evolve(book, promotions=changed), context)
    assert other.lines == quote.lines
    assert [o for o in other.outcomes if o.promotion not in ineligible] == [
        o for o in quote.outcomes if o.promotion not in ineligible
    ]


# P10


@given(pricings())
def test_p10_pricing_twice_gives_the_same_and_changes_no_input(case):
    cart, book, context = case
    before = dumps(cart), dumps(book), repr(context)
    quote, again = price_in(cart, book, context), price_in(cart, book, context)
    assert again == quote
    assert again.columns == quote.columns
    assert again.outcomes == quote.outcomes
    assert (dumps(cart), dumps(book), repr(context)) == before


@given(pricings())
def test_p10_a_cart_rebuilt_from_a_quote_costs_the_same(case):
    cart, book, context = case
    quote = price_in(cart, book, context)
    lines = [
        CartLine(
            told.line.id,
            told.line.product,
            told.line.quantity,
            told.line.unit_price,
            told.line.floor_price,
        )
        for told in quote.lines
    ]
    whole = quote.cart
    rebuilt = Cart(quote.currency, lines, whole.shipping, whole.rounding, whole.fees)
    other = price_in(rebuilt, book, quote.context)
    assert other == quote
    assert other.columns == quote.columns


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


def counted(condition: Threshold | LineAtLeast, rows: list[Row], basis: Basis) -> int:
    """What a threshold counts: units, or minor units on its basis."""
    basis = condition.basis or basis
    chosen = [row for row in rows if selects(condition.target, row)]
    amounts = [row.entry if basis is Basis.ENTRY else row.listed for row in chosen]
    if isinstance(condition, LineAtLeast):
        return max(amounts, default=0)
    return sum(amounts if condition.quantity is None else [row.units for row in chosen])


def holds(  # noqa: PLR0911 - a case a kind
    condition: Condition, rows: list[Row], basis: Basis, quote: Quote
) -> bool:
    """Tell whether a condition holds of rows in the context of a quote."""
    context, shopper = quote.context, quote.context.shopper
    match condition:
        case Always():
            return True
        case AllOf():
            return all(holds(member, rows, basis, quote) for member in condition.members)
        case AnyOf():
            return any(holds(member, rows, basis, quote) for member in condition.members)
        case NotCondition():
            return not holds(condition.member, rows, basis, quote)
        case CustomerInGroup(groups):
            return shopper is not None and bool(set(groups) & set(shopper.groups))
        case OrderNumber(nth):
            return shopper is not None and shopper.orders_before + 1 == nth
        case InRegion(regions):
            return context.region in regions
        case ViaChannel(channels):
            return context.channel in channels
    assert isinstance(condition, Threshold | LineAtLeast)
    return counted(condition, rows, basis) >= asked(condition, quote)


def asked(condition: Threshold | LineAtLeast, quote: Quote) -> int:
    if condition.amount is None:
        return condition.quantity
    return Money.of(condition.amount, quote.currency).minor


def frozen_rows(quote: Quote, promotion: Promotion) -> list[Row]:
    """The rows as they stood when the promotion's layer began."""
    layer = place(quote.book, promotion)[0]
    earlier = [p.id for p in quote.book.promotions if place(quote.book, p)[0] < layer]
    return rows_of(quote, frozenset(earlier))


@given(pricings(min_promotions=1))
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


@given(
    pricings(
        min_promotions=1,
        when=st.builds(
            Threshold,
            st.sampled_from(("1", "3", "10", "30")),
            target=TARGETS,
            basis=st.none() | st.sampled_from(Basis),
        ),
    )
)
def test_p11_the_account_keeps_what_an_applied_condition_found(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if isinstance(outcome, Applied):
            rows = frozen_rows(quote, promotion)
            evidence = outcome.evidence
            assert evidence.holds
            assert evidence.condition == promotion.when
            assert evidence.required == asked(promotion.when, quote)
            assert evidence.actual == counted(promotion.when, rows, promotion.basis)
