"""Laws of order: what decides between promotions, and what must not.

- P8: the order of lines, promotions, codes and dicts changes nothing, nor does cutting a line
  in two equal ones as long as the row keeps its smallest id.
- P9: the order of application is in the data; an inapplicable promotion changes nothing.
- P10: pricing twice, or from a quote's own lines, gives the same quote and changes no input.
- P12: who excludes others is excluded by them; what does not apply excludes nobody (see P9).
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from ordercore import (
    Cart,
    CartLine,
    Money,
    Promotion,
    PromotionBook,
    Quote,
    dumps,
    price,
)
from ordercore.calendars import Schedule
from ordercore.pricing import Applied, Beaten, Excluded, Kind, price_in
from ordercore.promotions import (
    Always,
    Automatic,
    Exclusive,
    PercentOff,
    ShippingOff,
)
from ordercore.testing.strategies import pricings


def place(book: PromotionBook, promotion: Promotion) -> tuple[int, int, str]:
    """Where the data put a promotion in the order of application."""
    return book.layers.index(promotion.layer), -promotion.priority, promotion.id


def found(quote: Quote) -> Iterator[tuple[Promotion, Any]]:
    """Pair every outcome with its promotion."""
    promotions = {promotion.id: promotion for promotion in quote.book.promotions}
    return ((promotions[outcome.promotion], outcome) for outcome in quote.outcomes)


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
        attributes=dict(shuffled(context.attributes.items())),
        wishes=context.wishes,
    )
    quote = price_in(cart, book, context)
    assert {line.line.id: line for line in other.lines} == {
        line.line.id: line for line in quote.lines
    }
    assert other.outcomes == quote.outcomes
    assert other.gifts == quote.gifts
    assert other.payable == quote.payable


def amounts_of_rows(quote: Quote) -> list[tuple[int, int, int]]:
    """Units, list amount and payable of each row: of lines equal but for id and quantity."""
    rows: dict[CartLine, tuple[int, int, int]] = {}
    for told in sorted(quote.lines, key=lambda told: told.line.id):
        kind = evolve(told.line, id="any", quantity=1)
        units, listed, payable = rows.get(kind, (0, 0, 0))
        rows[kind] = (
            units + told.line.quantity,
            listed + told.list_minor,
            payable + told.payable_minor,
        )
    return list(rows.values())


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
        rows = amounts_of_rows(quote)
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


# P12


RIVALS = {
    "layer": st.sampled_from(("order", "order", "unit")),
    "when": Always(),
    "schedule": Schedule(),
    "trigger": Automatic(),
    "benefits": ShippingOff(amount="1"),
    "exclusive": st.sampled_from((Exclusive.NO, Exclusive.NO, Exclusive.LAYER)),
    "group": st.sampled_from((None, "g1", "g1", "g2")),
}


@given(pricings(min_promotions=2, **RIVALS))
def test_p12_exclusion_holds_both_ways(case):
    cart, book, context = case
    quote = price_in(evolve(cart, shipping=Money(10**6, cart.currency)), book, context)
    assert any(isinstance(outcome, Applied) for outcome in quote.outcomes) or not quote.outcomes
    applied = [promotion for promotion, outcome in found(quote) if isinstance(outcome, Applied)]
    for one, other in combinations(applied, 2):
        if one.layer == other.layer:
            assert Exclusive.LAYER not in (one.exclusive, other.exclusive)
            assert one.group is None or one.group != other.group


@given(pricings(min_promotions=2))
def test_p12_who_stands_alone_in_the_book_has_nobody_beside(case):
    quote = price_in(*case)
    applied = [promotion for promotion, outcome in found(quote) if isinstance(outcome, Applied)]
    if any(promotion.exclusive is Exclusive.BOOK for promotion in applied):
        assert len(applied) == 1
