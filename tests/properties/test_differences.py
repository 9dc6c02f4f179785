"""Laws of differences between prices.

- The parts of a difference add up to the difference of the payables, exactly.
- A quote differs from itself in nothing.
- Told the other way round, every amount has the other sign, and nothing else changes.
- What another engine says alike is no difference; what it does not say is no claim.
"""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Money, Quote
from ordercore.pricing import (
    Change,
    CodeChange,
    CountChange,
    Difference,
    Kind,
    OutsideQuote,
    Part,
    PromotionChange,
    diff,
    price_in,
)
from ordercore.testing.strategies import (
    books,
    carts,
    contexts,
    pricings,
    pricings_by_tariff,
    tariffs,
)

CASES = pricings() | pricings_by_tariff()


@st.composite
def pairs(draw) -> tuple[Quote, Quote]:
    """Draw two quotes in one currency: a cart and what becomes of it, or two strangers."""
    cart, book, context, *rest = draw(CASES)
    one = price_in(cart, book, context, *rest)
    currency, tariff = cart.currency, one.tariff
    other = price_in(
        draw(st.just(cart) | carts(currency)),
        draw(st.just(book) | books(currency)),
        draw(st.just(context) | contexts()),
        draw(st.just(tariff) | st.none() | tariffs(currency)),
    )
    return one, other


@st.composite
def outsides(draw, quote: Quote) -> OutsideQuote:
    """Draw what another engine might say of the same cart, right or wrong."""
    currency = quote.currency
    amount = st.integers(-(10**5), 10**6).map(lambda minor: Money(minor, currency))

    def near(right: Money) -> st.SearchStrategy[Money]:
        return st.just(right) | amount

    def some(right: dict[str, Money]) -> st.SearchStrategy[dict[str, Money]]:
        mine = {each: near(value) for each, value in right.items()}
        return st.fixed_dictionaries({}, optional={**mine, "stranger": amount})

    lines = {line.line.id: line.payable for line in quote.lines}
    gives = {
        each: Money(off, currency)
        for each, kind, off in quote.columns.outcomes
        if kind is Kind.APPLIED
    }
    return OutsideQuote(
        currency,
        draw(near(quote.payable)),
        lines=draw(st.none() | some(lines)),
        shipping=draw(st.none() | near(quote.shipping)),
        fees=draw(st.none() | some(dict(quote.fees))),
        tax=draw(st.none() | near(quote.tax)),
        rounding=draw(st.none() | near(quote.rounding)),
        promotions=draw(st.none() | some(gives)),
    )


def add_up(difference: Difference) -> bool:
    amounts = [change.amount for change in difference.changes]
    return Money.sum(amounts, difference.before.currency) == difference.amount


def turned(difference: Difference) -> Difference:
    """Tell a difference the other way round."""
    contained, deposit = difference.tax_included, difference.deposit
    return Difference(
        before=difference.after,
        after=difference.before,
        changes=tuple(Change(c.part, c.id, c.after, c.before) for c in difference.changes),
        promotions=tuple(
            PromotionChange(p.promotion, p.after, p.before, p.amount_after, p.amount_before)
            for p in difference.promotions
        ),
        codes=tuple(CodeChange(c.code, c.after, c.before) for c in difference.codes),
        counts=tuple(CountChange(c.what, c.id, c.after, c.before) for c in difference.counts),
        tax_included=contained and Change(contained.part, "", contained.after, contained.before),
        deposit=deposit and Change(deposit.part, "", deposit.after, deposit.before),
        sides=(difference.sides[1], difference.sides[0]),
    )


@given(pairs())
def test_the_parts_add_up_to_the_difference_of_the_payables(pair):
    one, other = pair
    difference = diff(one, other)
    assert difference.amount == other.payable - one.payable
    assert add_up(difference)
    assert difference.of(Part.OTHER) == ()  # of a quote every part is known
    assert all(change.before != change.after for change in difference.changes)


@given(pairs())
def test_the_parts_are_those_of_the_quotes(pair):
    one, other = pair
    mine, theirs = ({line.line.id: line.payable for line in quote.lines} for quote in pair)
    told = {change.id: (change.before, change.after) for change in diff(one, other).lines}
    for each in mine.keys() | theirs.keys():
        sides = mine.get(each), theirs.get(each)
        assert told.get(each, (sides[0], sides[0])) == sides
    of = {part: diff(one, other).of(part) for part in Part}
    assert [c.amount for c in of[Part.SHIPPING]] == changed(one.shipping, other.shipping)
    assert [c.amount for c in of[Part.ROUNDING]] == changed(one.rounding, other.rounding)
    on_top = [Money(quote.tax_on_top_minor, quote.currency) for quote in pair]
    assert [c.amount for c in of[Part.TAX]] == changed(*on_top)


def changed(before: Money, after: Money) -> list[Money]:
    return [] if before == after else [after - before]


@given(pairs())
def test_what_became_of_promotions_and_codes_is_compared(pair):
    one, other = pair
    difference = diff(one, other)
    mine, theirs = ({o.promotion: o for o in quote.outcomes} for quote in pair)
    told = {change.promotion: change for change in difference.promotions}
    for each in mine.keys() | theirs.keys():
        before, after = mine.get(each), theirs.get(each)
        sides = [(o and o.kind, o.amount_minor if o else 0) for o in (before, after)]
        assert (each in told) is (sides[0] != sides[1])
        if each in told:
            change = told[each]
            assert (change.before, change.amount_before.minor) == sides[0]
            assert (change.after, change.amount_after.minor) == sides[1]
    codes = {change.code for change in difference.codes}
    typed = [set(quote.context.codes) for quote in pair]
    assert typed[0] ^ typed[1] <= codes <= typed[0] | typed[1]


@given(CASES)
def test_a_quote_differs_from_itself_in_nothing(case):
    quote = price_in(*case)
    difference = diff(quote, price_in(*case))
    assert difference.is_empty
    assert difference.amount.is_zero
    assert difference.told() == "No difference"


@given(pairs())
def test_told_the_other_way_round_amounts_have_the_other_sign(pair):
    one, other = pair
    difference, back = diff(one, other), diff(other, one)
    assert back == turned(difference)
    assert [-c.amount for c in difference.changes] == [c.amount for c in back.changes]
    assert back.amount == -difference.amount


@given(pairs(), st.sampled_from(("zh_CN", "en")))
def test_whatever_differs_has_words(pair, locale):
    difference = diff(*pair)
    rows = difference.told(locale).splitlines()
    things = (difference.changes, difference.promotions, difference.codes, difference.counts)
    apart = [difference.tax_included, difference.deposit]
    if difference.is_empty:
        assert len(rows) == 1
    else:
        told = sum(map(len, things)) + sum(change is not None for change in apart)
        assert len([row for row in rows if row[0] != " "]) == 1 + told


@given(st.data())
def test_the_parts_add_up_beside_another_engine_too(data):
    quote = price_in(*data.draw(CASES))
    outside = data.draw(outsides(quote))
    for one, other in ((quote, outside), (outside, quote), (outside, outside)):
        difference = diff(one, other)
        assert difference.amount == other.payable - one.payable
        assert add_up(difference)
        assert diff(other, one) == turned(difference)
        for locale in ("zh_CN", "en"):
            assert difference.told(locale)
    assert diff(outside, outside).is_empty


@given(CASES)
def test_an_engine_that_says_the_same_differs_in_nothing(case):
    quote = price_in(*case)
    currency = quote.currency
    same = OutsideQuote(
        currency,
        quote.payable,
        lines={line.line.id: line.payable for line in quote.lines},
        shipping=quote.shipping,
        fees=quote.fees,
        tax=Money(quote.tax_on_top_minor, currency),
        rounding=quote.rounding,
        promotions={
            each.promotion: Money(each.amount_minor, currency)
            for each in quote.outcomes
            if each.kind is Kind.APPLIED
        },
    )
    assert diff(quote, same).is_empty
    assert diff(same, quote).is_empty
    assert diff(quote, OutsideQuote(currency, quote.payable)).is_empty


@given(CASES, st.integers(1, 10**6))
def test_an_engine_whose_lines_do_not_add_up_is_found_out(case, extra):
    quote = price_in(*case)
    more = quote.payable + Money(extra, quote.currency)
    lines = {line.line.id: line.payable for line in quote.lines}
    outside = OutsideQuote(quote.currency, more, lines=lines)
    (change,) = diff(quote, outside).changes
    assert (change.part, change.amount.minor) == (Part.OTHER, extra)


@given(CASES, st.randoms(use_true_random=False))
def test_p8_the_order_of_lines_and_promotions_is_no_difference(case, chance):
    cart, book, *rest = case
    lines, promotions = [*cart.lines], [*book.promotions]
    chance.shuffle(lines)
    chance.shuffle(promotions)
    other = price_in(evolve(cart, lines=lines), evolve(book, promotions=promotions), *rest)
    assert diff(price_in(*case), other).is_empty
