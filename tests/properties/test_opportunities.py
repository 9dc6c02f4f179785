"""Laws of 凑单: what is hinted at is true, and no more than needed where that can be told.

- P22: every opportunity, when followed, yields what it says.
- Nothing is said of codes and coupons that were not given.
- P8, P10: the order of lines and promotions changes nothing; what was priced is not changed.
- Fewer pricings find no other opportunities, only fewer.
"""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Money, PromotionBook, Quote, UnitPrice, recipes
from ordercore.calendars import Schedule
from ordercore.pricing import (
    AddAmount,
    AddUnits,
    Applied,
    Opportunity,
    opportunities_of,
    price_in,
)
from ordercore.promotions import (
    AllUnits,
    Always,
    Automatic,
    Code,
    Coupon,
    DistinctProducts,
    LineAtLeast,
    Sku,
    Threshold,
)
from ordercore.tariffs import OffListPrice, PriceList, Tariff
from ordercore.testing.strategies import (
    SKUS,
    carts,
    contexts,
    pricings,
    pricings_by_tariff,
    products,
)

TARGETS = st.just(AllUnits()) | st.builds(Sku, st.sampled_from(SKUS))
SHORT = st.one_of(
    st.builds(Threshold, st.integers(1, 400).map(str), target=TARGETS),
    st.builds(Threshold, quantity=st.integers(1, 30), target=TARGETS),
    st.builds(LineAtLeast, quantity=st.integers(1, 8), target=TARGETS),
    st.builds(LineAtLeast, st.integers(1, 200).map(str), TARGETS),
    st.builds(DistinctProducts, st.integers(1, 4), TARGETS),
)
WHEN = st.one_of(
    st.just(Always()),
    SHORT,
    st.builds(lambda one, other: one & other, SHORT, SHORT),
    st.builds(lambda one, other: one | other, SHORT, SHORT),
)
"""Conditions that carts are short of."""

NEAR = {
    "min_promotions": 3,
    "trigger": Automatic(),
    "schedule": Schedule(),
    "exclusive": "no",
    "group": st.sampled_from((None, None, "g1")),
    "combines_with": (),
    "when": WHEN,
}
"""Promotions that are near: available, and short of something."""

CASES = pricings(min_promotions=1) | pricings(min_lines=2, **NEAR)

SHELF = st.lists(st.tuples(products(), st.integers(1, 12_000), st.integers(1, 5)), max_size=3)


def goods_of(cart: Cart, drawn: list) -> list[CartLine]:
    """Make goods that could be added to a cart."""
    digits = cart.currency.digits
    return [
        CartLine(f"shelf-{i}", product, units, UnitPrice(price, digits, cart.currency))
        for i, (product, price, units) in enumerate(drawn)
    ]


def followed(cart: Cart, opportunity: Opportunity, goods: list[CartLine]) -> Cart:
    """Do to a cart what an opportunity says, by its words alone."""
    lines = {line.id: line for line in cart.lines}
    for added in opportunity.adds:
        match added:
            case AddUnits(new=False):
                line = lines[added.line]
                lines[added.line] = evolve(line, quantity=line.quantity + added.quantity)
            case AddUnits():
                offered = next(line for line in goods if line.id == added.line)
                assert added.quantity <= offered.quantity
                lines[added.line] = evolve(offered, quantity=added.quantity)
            case AddAmount():
                assert added.line not in lines
                line = opportunity.witness.line(added.line)
                product = evolve(line.product, sku=added.sku)
                assert product in {each.product for each in cart.lines}
                lines[added.line] = line
                if not opportunity.quote.base_prices:
                    assert line.product.sku == added.sku
                    price = UnitPrice.of(added.amount, cart.currency)
                    lines[added.line] = CartLine(added.line, line.product, 1, price)
    return evolve(cart, lines=[*lines.values()])


def given_by(quote: Quote, promotion: str) -> dict[str, object]:
    """List all that a promotion gives on a quote."""
    outcome = next((each for each in quote.outcomes if each.promotion == promotion), None)
    if not isinstance(outcome, Applied):
        zero = Money.zero(quote.currency)
        return {"applied": False, "amount": zero, "points": 0, "gifts": {}, "coupons": {}}
    gifts: dict[str, int] = {}
    for gift in outcome.gifts:
        gifts[gift.sku] = gifts.get(gift.sku, 0) + gift.quantity
    return {
        "applied": True,
        "amount": Money(outcome.amount_minor, quote.currency),
        "points": outcome.points_earned,
        "gifts": gifts,
        "coupons": dict(outcome.coupons),
    }


def more(before: dict, after: dict) -> tuple:
    grown = ((each, count - before.get(each, 0)) for each, count in after.items())
    return tuple(sorted((each, count) for each, count in grown if count > 0))


def off_in_all(quote: Quote) -> int:
    return sum(outcome.amount_minor for outcome in quote.outcomes)


def check(quote: Quote, opportunity: Opportunity, goods: list[CartLine]) -> None:
    cart = followed(quote.cart, opportunity, goods)
    then = price_in(cart, quote.book, quote.context, quote.tariff)
    before = given_by(quote, opportunity.promotion)
    after = given_by(then, opportunity.promotion)
    gain = opportunity.gain
    assert after["applied"]
    assert opportunity.unlocks is not before["applied"]
    assert gain.amount == after["amount"] - before["amount"]
    assert gain.points == after["points"] - before["points"]
    assert gain.gifts == more(before["gifts"], after["gifts"])
    assert gain.coupons == more(before["coupons"], after["coupons"])
    assert gain.in_all.minor == off_in_all(then) - off_in_all(quote)
    assert gain.saving.minor > 0 or gain.gifts or gain.points > 0 or gain.coupons
    assert opportunity.before == quote.payable
    assert opportunity.payable == then.payable
    assert sorted(opportunity.witness.lines, key=lambda line: line.id) == sorted(
        cart.lines, key=lambda line: line.id
    )
    assert all(added_something(each) for each in opportunity.adds)
    assert opportunity.cost.minor > 0 or opportunity.adds


def added_something(added: AddUnits | AddAmount) -> bool:
    return added.quantity > 0 if isinstance(added, AddUnits) else added.amount.minor > 0


@given(CASES)
def test_p22_an_opportunity_yields_what_it_says_when_followed(case):
    quote = price_in(*case)
    for opportunity in opportunities_of(quote):
        check(quote, opportunity, [])


@given(pricings(min_promotions=1, min_lines=0) | pricings(min_lines=0, **NEAR), SHELF)
def test_p22_so_does_one_with_goods_from_the_shelf(case, drawn):
    quote = price_in(*case)
    goods = goods_of(quote.cart, drawn)
    for opportunity in opportunities_of(quote, goods=goods):
        check(quote, opportunity, goods)
        assert all(isinstance(each, AddUnits) for each in opportunity.adds)


@given(pricings_by_tariff(min_lines=2, book=NEAR))
def test_p22_so_does_one_under_price_lists_taxes_and_rounding(case):
    quote = price_in(*case)
    for opportunity in opportunities_of(quote):
        check(quote, opportunity, [])
        for added in opportunity.adds:
            if isinstance(added, AddAmount):  # an amount is what it says, whatever lists hold
                assert opportunity.quote.line(added.line).base == added.amount


@given(CASES, SHELF)
def test_nothing_is_said_of_codes_and_coupons_that_were_not_given(case, drawn):
    quote = price_in(*case)
    held = quote.context.carried("coupon")
    for opportunity in opportunities_of(quote, goods=goods_of(quote.cart, drawn)):
        trigger = quote.book.plan(opportunity.promotion).promotion.trigger
        assert (
            isinstance(trigger, Automatic)
            or (isinstance(trigger, Code) and trigger.code in quote.context.codes)
            or (isinstance(trigger, Coupon) and trigger.kind in held)
        )


def added_in(opportunity: Opportunity) -> dict[str, int]:
    """Tell how much is added to each line: units, or minor units."""
    return {
        each.line: each.quantity if isinstance(each, AddUnits) else each.amount.minor
        for each in opportunity.adds
    }


def told(found: tuple[Opportunity, ...]) -> list[tuple]:
    return [(each.promotion, each.adds, each.gain, each.payable, each.cost) for each in found]


@given(CASES, SHELF, st.randoms(use_true_random=False))
def test_p8_the_order_of_lines_promotions_and_goods_changes_nothing(case, drawn, chance):
    cart, book, *rest = case
    lines, promotions = [*cart.lines], [*book.promotions]
    goods = goods_of(cart, drawn)
    shuffled = [*goods]
    for each in (lines, promotions, shuffled):
        chance.shuffle(each)
    other = evolve(cart, lines=lines), evolve(book, promotions=promotions), *rest
    for some, others in ((None, None), (goods, shuffled)):
        found = opportunities_of(price_in(*case), goods=some)
        assert told(opportunities_of(price_in(*other), goods=others)) == told(found)


@given(CASES, st.integers(0, 6))
def test_fewer_pricings_find_fewer_opportunities_and_no_smaller_ones(case, limit):
    quote = price_in(*case)
    every, some = opportunities_of(quote), opportunities_of(quote, limit=limit)
    assert len(some) <= limit
    least = {each.promotion: (added_in(each), each.gap) for each in every}
    for each in some:
        added, gap = least[each.promotion]
        assert added.keys() == added_in(each).keys()
        assert all(added[line] <= much for line, much in added_in(each).items())
        assert added != added_in(each) or each.gap == gap


@given(
    carts(min_lines=1, floors=False),
    contexts(),
    st.decimals(0, 90, places=2).map(str),
    st.integers(1, 60_000),
    st.integers(1, 5_000),
)
def test_behind_other_discounts_a_minor_unit_or_a_unit_less_does_not_do(
    cart, context, percent, spend, save
):
    spend, save = Money(spend, cart.currency), Money(save, cart.currency)
    rule = recipes.spend_and_save("p", spend=spend, save=save, layer="coupon")
    early = recipes.percent_off("early", percent)
    quote = price_in(cart, PromotionBook(cart.currency, [early, rule]), context)
    for opportunity in opportunities_of(quote, limit=200):
        assert opportunity.promotion == "p"
        (added,) = opportunity.adds
        line = opportunity.witness.line(added.line)
        if isinstance(added, AddUnits):
            less = evolve(line, quantity=line.quantity - 1)
        elif added.amount.minor > 1:
            fewer = UnitPrice(added.amount.minor - 1, cart.currency.digits, cart.currency)
            less = evolve(line, unit_price=fewer)
        else:
            continue
        others = [each for each in opportunity.witness.lines if each.id != line.id]
        short = price_in(evolve(cart, lines=[*others, less]), quote.book, context)
        assert not given_by(short, "p")["applied"]


@given(CASES)
def test_they_come_by_cost_then_by_promotion_and_one_for_each(case):
    quote = price_in(*case)
    found = opportunities_of(quote)
    keys = [(each.cost.minor, each.promotion) for each in found]
    assert keys == sorted(keys)
    assert len({each.promotion for each in found}) == len(found)
    assert price_in(*case) == quote


@given(carts(min_lines=1, floors=False), contexts(), st.integers(1, 60_000), st.integers(1, 5_000))
def test_an_amount_is_just_what_is_missing_and_a_fen_less_does_not_do(cart, context, spend, save):
    rule = recipes.spend_and_save(
        "p", spend=Money(spend, cart.currency), save=Money(save, cart.currency)
    )
    quote = price_in(cart, PromotionBook(cart.currency, [rule]), context)
    found = opportunities_of(quote)
    missing = spend - cart.subtotal.minor
    if missing <= 0:
        assert found == ()
        return
    (opportunity,) = found
    (added,) = opportunity.adds
    assert added.amount.minor == missing == opportunity.gap.minor == opportunity.cost.minor
    assert opportunity.gain.amount.minor == min(save, spend)
    assert opportunity.payable.minor == quote.payable.minor + missing - min(save, spend)
    if missing > 1:
        less = UnitPrice(missing - 1, cart.currency.digits, cart.currency)
        line = evolve(opportunity.witness.line(added.line), unit_price=less)
        lines = [*cart.lines, line]
        short = price_in(evolve(cart, lines=lines), quote.book, context)
        assert short.discount.is_zero


@given(
    carts(min_lines=1, floors=False),
    contexts(),
    st.decimals(0, 90, places=2).map(str),
    st.integers(1, 60_000),
)
def test_members_spend_just_what_is_missing_at_their_prices(cart, context, percent, spend):
    rule = recipes.spend_and_save("p", spend=Money(spend, cart.currency), save="1")
    member = PriceList(id="member", rules=[OffListPrice(percent)])
    tariff = Tariff(cart.currency, [member])
    quote = price_in(cart, PromotionBook(cart.currency, [rule]), context, tariff)
    missing = spend - quote.base.minor
    for opportunity in opportunities_of(quote, limit=200):
        (added,) = opportunity.adds
        if isinstance(added, AddAmount):
            assert added.amount.minor == missing == opportunity.cost.minor
        else:  # where what costs so little rounds to nothing
            assert missing < 100


@given(carts(min_lines=1, floors=False, finer=False), contexts(), st.integers(2, 9))
def test_units_are_just_as_many_as_complete_the_next_set(cart, context, nth):
    rule = recipes.cheapest_free("p", buy=nth)
    quote = price_in(cart, PromotionBook(cart.currency, [rule]), context)
    units = sum(line.quantity for line in cart.lines)
    priced = [line for line in cart.lines if line.unit_price.units]
    for opportunity in opportunities_of(quote):
        assert priced
        assert opportunity.gap == nth - units % nth
        assert sum(added.quantity for added in opportunity.adds) == opportunity.gap
