"""Laws of order: what decides between promotions, and what must not.

- P8: the order of lines, promotions, codes and dicts changes nothing, nor does cutting a line
  in two equal ones as long as the row keeps its smallest id.
- P9: the order of application is in the data: (layer, priority, id). Changing an inapplicable
  promotion changes nothing.
- P10: pricing twice, or from a quote's own lines, gives the same quote and changes no input.
- P12: what is ineligible, expired or without effect never blocks another; exclusion is
  symmetric.
"""

from datetime import timedelta
from itertools import combinations
from typing import Any

from attrs import evolve, fields
from by_hand import check_the_same_without, found, place, rows_of, told
from drawing import Case, cases
from hypothesis import assume, given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Context, Money, Promotion, Quote, dumps, price
from ordercore.calendars import Schedule, Window
from ordercore.cart import Usage
from ordercore.pricing import Applied, Beaten, Excluded, Kind, price_in
from ordercore.promotions import (
    Always,
    AmountOff,
    Automatic,
    BuyXGetY,
    Coupon,
    Exclusive,
    Limits,
    NthItemOff,
    PercentOff,
    ShippingOff,
    Sku,
)
from ordercore.testing.strategies import COUPONS, promotions

# P8


@given(cases(min_lines=2, min_promotions=2), st.randoms(use_true_random=False))
def test_p8_the_order_of_lines_promotions_codes_and_dicts_changes_nothing(case, chance):
    cart, book, context, tariff = case

    def shuffled(items: Any) -> list[Any]:
        return chance.sample(list(items), len(items))

    if tariff is not None:
        lists = [evolve(each, rules=shuffled(each.rules)) for each in tariff.price_lists]
        taxes = tariff.taxes and evolve(tariff.taxes, rates=shuffled(tariff.taxes.rates))
        tariff = evolve(tariff, price_lists=shuffled(lists), taxes=taxes)
    stock, shopper = context.gift_stock, context.shopper
    if shopper is not None:
        groups, coupons = shuffled(shopper.groups), shuffled(shopper.coupons)
        shopper = evolve(shopper, groups=groups, coupons=coupons)
    asked = {each.name: getattr(context, each.name) for each in fields(Context)} | {
        "shopper": shopper,
        "codes": [*shuffled(context.codes), *context.codes],
        "gift_stock": None if stock is None else dict(shuffled(dict(stock).items())),
        "attributes": dict(shuffled(context.attributes.items())),
    }
    other = price(
        evolve(cart, lines=shuffled(cart.lines), fees=shuffled(cart.fees)),
        evolve(book, promotions=shuffled(book.promotions)),
        tariff=tariff,
        **asked,
    )
    assert told(other) == told(price_in(*case))


def amounts_of_rows(quote: Quote) -> list[list[int]]:
    """Units, list amount, base amount and payable of each row."""
    lines = {line.line.id: line for line in quote.lines}
    return [
        [
            sum(numbers)
            for numbers in zip(
                *[
                    (
                        line.quantity,
                        lines[line.id].list_minor,
                        lines[line.id].base_minor,
                        lines[line.id].payable_minor,
                    )
                    for line in row
                ],
                strict=True,
            )
        ]
        for row in rows_of(quote.cart)
    ]


@given(cases(), st.data())
def test_p8_cutting_a_line_in_two_changes_nothing(case, data):
    cart, *others = case
    several = [i for i, line in enumerate(cart.lines) if line.quantity > 1]
    assume(several)
    i = data.draw(st.sampled_from(several))
    line = cart.lines[i]
    first = data.draw(st.integers(1, line.quantity - 1))
    halves = [
        evolve(line, quantity=first),
        evolve(line, id=f"{line.id}-2", quantity=line.quantity - first),
    ]
    split = evolve(cart, lines=[*cart.lines[:i], *cart.lines[i + 1 :], *halves])
    quote, other = price_in(*case), price_in(split, *others)

    def totals(quote: Quote) -> object:
        outcomes = [(each.promotion, each.kind, each.amount_minor) for each in quote.outcomes]
        same = told(quote)
        del same["lines"], same["outcomes"]
        return same, amounts_of_rows(quote), outcomes, quote.base_prices

    assert totals(other) == totals(quote)


# P9


@given(cases(min_promotions=2))
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


@given(cases(layer=st.sampled_from(("order", "order", "unit")), min_promotions=3))
def test_p9_only_an_earlier_promotion_beats_or_excludes(case):
    quote = price_in(*case)
    by_id = {promotion.id: promotion for promotion in quote.book.promotions}
    for promotion, outcome in found(quote):
        if not isinstance(outcome, Excluded | Beaten):
            continue
        assert outcome.by
        for rival in map(by_id.__getitem__, outcome.by):
            assert quote.outcome(rival.id).kind is Kind.APPLIED
            if rival.exclusive is Exclusive.BOOK:
                continue
            coupon = rival.trigger == promotion.trigger != Automatic()  # the last one is used
            assert rival.layer == promotion.layer or coupon
            assert place(quote.book, rival) < place(quote.book, promotion)


@given(cases(min_promotions=2), st.data())
def test_p9_what_does_not_apply_may_go_and_nothing_changes(case, data):
    cart, book, *others = case
    quote = price_in(*case)
    idle = [outcome.promotion for outcome in quote.outcomes if outcome.kind is not Kind.APPLIED]
    assume(idle)
    gone = data.draw(st.sets(st.sampled_from(idle), min_size=1))
    kept = [promotion for promotion in book.promotions if promotion.id not in gone]
    other = price_in(cart, evolve(book, promotions=kept), *others)
    check_the_same_without(quote, other, gone)


DECIDING = ("when", "schedule", "trigger", "layer", "basis", "exclusive")
"""What decides whether a promotion is eligible, and in which state it is asked."""

EVERYBODY = st.sampled_from(((), ("*",)))


@given(cases(min_promotions=2), st.data())
def test_p9_what_an_ineligible_promotion_gives_and_how_it_competes_changes_nothing(case, data):
    cart, book, *others = case
    quote = price_in(*case)
    ineligible = [o.promotion for o in quote.outcomes if o.kind is Kind.NOT_ELIGIBLE]
    assume(ineligible)
    old = book.plan(data.draw(st.sampled_from(ineligible))).promotion
    kept = {name: getattr(old, name) for name in ("id", *DECIDING)}
    stacking = {"group": st.sampled_from((None, old.group)), "combines_with": EVERYBODY}
    new = data.draw(promotions(str(cart.currency), **kept, **stacking))
    changed = [new if promotion is old else promotion for promotion in book.promotions]
    other = price_in(cart, evolve(book, promotions=changed), *others)
    check_the_same_without(quote, other, {old.id})


# P10


@given(cases())
def test_p10_pricing_twice_gives_the_same_and_changes_no_input(case):
    before = [None if value is None else dumps(value) for value in case]
    quote, again = price_in(*case), price_in(*case)
    assert again == quote
    assert again.columns == quote.columns
    assert again.lines == quote.lines
    assert again.outcomes == quote.outcomes
    assert [None if value is None else dumps(value) for value in case] == before


@given(cases())
def test_p10_a_cart_rebuilt_from_a_quote_costs_the_same(case):
    quote = price_in(*case)
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
    other = price_in(rebuilt, quote.book, quote.context, quote.tariff)
    assert other == quote
    assert other.columns == quote.columns
    assert other.lines == quote.lines


# P12: who has no effect blocks nobody


NOTHING = st.sampled_from(
    (
        PercentOff("0"),
        PercentOff("100", Sku(())),
        AmountOff("1", Sku("nobody's")),
        NthItemOff(10**9, "100"),
        BuyXGetY(1, 10**9, "100"),
        ShippingOff("0"),
    )
)
ALONE = st.sampled_from(Exclusive)


WHY = ("ineligible", "expired", "not yet begun", "used up", "without effect")


@st.composite
def in_vain(draw: st.DrawFn, case: Case) -> Promotion:
    """Draw a promotion that cannot apply, and that would come first and tolerate few others."""
    cart, _, context, _ = case
    rules = {"id": "vain", "priority": 9, "exclusive": ALONE, "combines_with": ()}
    drawn = draw(promotions(str(cart.currency), **rules))
    why = draw(st.sampled_from(WHY))
    if why == "ineligible":
        return evolve(drawn, when=drawn.when & ~Always())
    if why == "used up":
        return evolve(drawn, limits=Limits(uses=1))
    if why == "without effect":
        return evolve(drawn, benefits=draw(NOTHING))
    ended, begun = Window(end=context.at), Window(start=context.at + timedelta(microseconds=1))
    return evolve(drawn, schedule=Schedule(ended if why == "expired" else begun))


@given(cases(min_promotions=1), st.data())
def test_p12_what_is_ineligible_expired_or_without_effect_never_blocks_another(case, data):
    cart, book, context, tariff = case
    vain = data.draw(in_vain(case))
    used = context.usage or Usage()
    context = evolve(context, usage=evolve(used, uses={**used.uses, "vain": 1}))
    more = evolve(book, promotions=[*book.promotions, vain])
    quote, other = (price_in(cart, each, context, tariff) for each in (book, more))
    assert other.outcome("vain").kind is not Kind.APPLIED
    check_the_same_without(quote, other, {"vain"})


# P12: exclusion is symmetric


RIVALS = {
    "layer": "order",
    "when": Always(),
    "schedule": Schedule(),
    "trigger": st.sampled_from((*[Automatic()] * 4, Coupon(COUPONS[0]))),
    "limits": Limits(),
    "exclusive": st.sampled_from((*[Exclusive.NO] * 4, Exclusive.LAYER, Exclusive.BOOK)),
    "group": st.sampled_from((None, "g1", "g1", "g2")),
}


SHIPPING = ShippingOff(amount="1")
"""What has an effect whoever else takes something."""


@given(cases(min_promotions=2, max_promotions=2, **RIVALS))
def test_p12_who_excludes_another_is_excluded_by_it_where_that_goes_first(case):
    cart, book, *others = case
    cart = evolve(cart, shipping=Money(10**6, cart.currency))

    def kinds(*rivals: Promotion) -> list[Kind]:
        ordered = [evolve(each, priority=-i) for i, each in enumerate(rivals)]
        quote = price_in(cart, evolve(book, promotions=ordered), *others)
        return [quote.outcome(each.id).kind for each in rivals]

    one, two = [
        each if kinds(each) == [Kind.APPLIED] else evolve(each, benefits=SHIPPING)
        for each in book.promotions
    ]
    assume(kinds(one) == kinds(two) == [Kind.APPLIED])
    assert (Kind.EXCLUDED in kinds(one, two)) is (Kind.EXCLUDED in kinds(two, one))


@given(cases(min_promotions=2, **{**RIVALS, "trigger": Automatic()}), st.data())
def test_p12_no_two_apply_of_which_one_excludes_the_other(case, data):
    cart, book, *others = case
    if data.draw(st.booleans()):  # everybody has an effect, and nobody wants another's units
        cart = evolve(cart, shipping=Money(10**6, cart.currency))
        book = evolve(book, promotions=[evolve(p, benefits=SHIPPING) for p in book.promotions])
    quote = price_in(cart, book, *others)
    applied = [promotion for promotion, outcome in found(quote) if isinstance(outcome, Applied)]
    for one, other in combinations(applied, 2):
        assert {one.exclusive, other.exclusive} == {Exclusive.NO}
        assert one.group is None or one.group != other.group


GROUPED = {
    **RIVALS,
    "trigger": Automatic(),
    "exclusive": Exclusive.NO,
    "group": st.sampled_from(("g1", "g2")),
    "benefits": SHIPPING,
}


@given(cases(min_promotions=3, **GROUPED))
def test_p12_of_each_group_the_first_that_has_an_effect_applies_and_excludes_the_others(case):
    cart, book, *others = case
    quote = price_in(evolve(cart, shipping=Money(10**6, cart.currency)), book, *others)
    ranked = sorted(book.promotions, key=lambda each: place(book, each))
    first = {each.group: each.id for each in reversed(ranked)}
    for promotion, outcome in found(quote):
        if promotion.id == first[promotion.group]:
            assert isinstance(outcome, Applied)
        else:
            assert (outcome.kind, outcome.by) == (Kind.EXCLUDED, (first[promotion.group],))


@given(cases(min_promotions=2))
def test_p12_who_stands_alone_has_nobody_beside(case):
    quote = price_in(*case)
    applied = [promotion for promotion, outcome in found(quote) if isinstance(outcome, Applied)]
    if any(promotion.exclusive is Exclusive.BOOK for promotion in applied):
        assert len(applied) == 1
    for one, other in combinations(applied, 2):
        if one.layer == other.layer:
            assert Exclusive.LAYER not in (one.exclusive, other.exclusive)
            assert one.group is None or one.group != other.group
