"""Laws of the account: who is looked at, and what is said of it.

- P14: what has no effect is not "applied".
- P19: the candidates that the index finds are those of the predicate over the whole book, and
  nobody else could have had an effect.
- P21: the amounts in the account add up to the totals; every candidate has just one outcome.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs
from attrs import evolve
from by_hand import found
from drawing import cases
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Context, PromotionBook, Quote, Shopper
from ordercore.pricing import Applied, Kind, UnknownCode, UnknownCoupon, price_in
from ordercore.promotions import (
    AllOf,
    AllOfSelectors,
    AmountOff,
    AnyOf,
    AnyOfSelectors,
    Automatic,
    Benefit,
    Brand,
    BundlePrice,
    BuyXGetY,
    Category,
    Code,
    ContextAttribute,
    Coupon,
    CustomerInGroup,
    Deposit,
    Gift,
    GiftChoice,
    HasCode,
    HoldsCoupon,
    InRegion,
    NthItemOff,
    OrderNumber,
    PercentOff,
    Promotion,
    Seller,
    ShippingOff,
    Sku,
    Tiers,
    ViaChannel,
)
from ordercore.testing.strategies import CODES, COUPONS, pricings

NO_EFFECT = st.sampled_from(
    (
        PercentOff("0"),
        ShippingOff("0"),
        PercentOff("100", Sku(())),
        AmountOff("1", Sku("nobody's")),
        NthItemOff(10**9, "100"),
        BuyXGetY(1, 10**9, "100"),
        Gift("mug", 5, target=Sku("nobody's"), every=None),
    )
)


# P14


def does_something(outcome: Applied, promotion: Promotion) -> bool:
    """Tell whether an outcome changes an amount, gives something, or asks for a deposit."""
    amounts = [outcome.goods, outcome.shipping, *[amount for _, amount in outcome.fees]]
    gifts = [gift.quantity for gift in outcome.gifts]
    coupons = [quantity for _, quantity in outcome.coupons]
    counts = [*gifts, *coupons, outcome.points_earned, outcome.points_redeemed]
    asks = any(Deposit in parts(benefit) for benefit in promotion.benefits)
    return asks or any(amount.minor > 0 for amount in amounts) or any(n > 0 for n in counts)


def parts(benefit: Benefit) -> set[type]:
    """List the kinds of a benefit and of what it is made of."""
    inner = [parts(tier.benefit) for tier in benefit.tiers] if isinstance(benefit, Tiers) else []
    return {type(benefit)}.union(*inner)


@given(cases(min_promotions=1))
def test_p14_applied_is_what_has_an_effect_and_nothing_else(case):
    quote = price_in(*case)
    reduced = {adjustment.promotion for line in quote.lines for adjustment in line.adjustments}
    giving = {gift.promotion for gift in quote.gifts if gift.quantity > 0}
    for promotion, outcome in found(quote):
        if isinstance(outcome, Applied):
            assert does_something(outcome, promotion)
            assert (outcome.goods.minor > 0) is (outcome.promotion in reduced)
            assert any(gift.quantity for gift in outcome.gifts) is (outcome.promotion in giving)
            fees = sum(amount.minor for _, amount in outcome.fees)
            assert outcome.amount_minor == outcome.goods.minor + outcome.shipping.minor + fees
        else:
            assert outcome.promotion not in reduced | giving
            assert outcome.amount_minor == 0


@given(cases(min_promotions=1), NO_EFFECT, st.data())
def test_p14_a_promotion_without_effect_leaves_no_trace(case, benefit, data):
    cart, book, context, tariff = case
    context = evolve(context, gift_stock={"mug": 4})
    idle = evolve(data.draw(st.sampled_from(book.promotions)), id="idle", benefits=benefit)
    more = evolve(book, promotions=[*book.promotions, idle])
    with_it = price_in(cart, more, context, tariff)
    without = price_in(cart, book, context, tariff)
    assert with_it.outcome("idle").kind is not Kind.APPLIED
    assert with_it.lines == without.lines
    assert with_it.payable == without.payable
    assert with_it.coupons_used == without.coupons_used
    assert [o for o in with_it.outcomes if o.promotion != "idle"] == list(without.outcomes)


@given(cases(min_promotions=1, trigger=st.sampled_from(COUPONS).map(Coupon)))
def test_p14_only_what_applies_uses_a_coupon_and_none_that_is_not_held(case):
    quote = price_in(*case)
    applied = [p.trigger.kind for p, outcome in found(quote) if isinstance(outcome, Applied)]
    assert sorted(quote.coupons_used) == sorted(applied)
    held = Counter(() if quote.context.shopper is None else quote.context.shopper.coupons)
    assert Counter(applied) <= held


# P19

Answers = frozenset[bool]
"""Whether a rule's key of one facet is held; none if it asks for none.

A rule may ask for several keys of a facet, and the index takes any of them: then both answers
may be right.
"""

FACETS = {
    Sku: "sku",
    Brand: "brand",
    Category: "category",
    Seller: "seller",
    HasCode: "code",
    HoldsCoupon: "coupon",
    CustomerInGroup: "group",
    ViaChannel: "channel",
    InRegion: "region",
    ContextAttribute: "campaign",
}
RANKS = (
    ("sku",),
    ("brand", "category"),
    ("seller",),
    ("code", "coupon", "group"),
    ("channel",),
    ("region",),
    ("campaign",),
)
"""What a key may be of, the most selective first."""


def any_of(members: Iterable[Any], facet: str, carried: set[str | None]) -> Answers:
    """Where any one of several will do, a key names what all of them ask for, put together."""
    each = [asked(member, facet, carried) for member in members]
    if not all(each):
        return frozenset()
    possible = {True: any(True in one for one in each), False: all(False in one for one in each)}
    return frozenset(answer for answer, may_be in possible.items() if may_be)


def all_of(members: Iterable[Any], facet: str, carried: set[str | None]) -> Answers:
    """Where all of several are needed, a key names what any one of them asks for."""
    return frozenset().union(*[asked(member, facet, carried) for member in members])


def asked(rule: Any, facet: str, carried: set[str | None]) -> Answers:
    """Tell whether what a rule asks of a facet is among what is carried."""
    if type(rule) in FACETS:
        given = [each.name for each in attrs.fields(type(rule)) if each.init]
        values = getattr(rule, given[-1])
        found = not carried.isdisjoint(values)
        return frozenset({found} if FACETS[type(rule)] == facet else ())
    needs, chosen = members_of(rule)
    answers = all_of(needs, facet, carried)
    return answers | any_of(chosen, facet, carried) if chosen else answers


def members_of(rule: Any) -> tuple[list[Any], list[Any]]:
    """List the parts of a rule that are all needed, and those of which one will do."""
    match rule:
        case AllOfSelectors() | AllOf():
            return [*rule.members], []
        case AnyOfSelectors() | AnyOf():
            return [], [*rule.members]
        case Gift(every=None) | GiftChoice(every=None):
            return [], []
        case BuyXGetY():
            return [rule.buy, rule.get], []
        case BundlePrice():
            return [part.target for part in rule.parts], []
        case Tiers():
            return [rule.target], [tier.benefit for tier in rule.tiers]
        case Promotion():
            return [rule.when], [*rule.benefits]
    return ([rule.target] if hasattr(rule, "target") else []), []


def held(cart: Cart, context: Context, facet: str) -> set[str | None]:
    """List what cart and context carry of a facet."""
    products = [line.product for line in cart.lines]
    shopper = context.shopper
    return {
        "sku": {product.sku for product in products},
        "brand": {product.brand for product in products},
        "category": {category for product in products for category in product.categories},
        "seller": {product.seller for product in products},
        "code": set(context.codes),
        "coupon": set() if shopper is None else set(shopper.coupons),
        "group": set() if shopper is None else set(shopper.groups),
        "channel": {context.channel},
        "region": {context.region},
        "campaign": {context.attributes.get("campaign")},
    }[facet]


def answers(promotion: Promotion, cart: Cart, context: Context) -> Answers:
    """Tell whether it is available and holds its most selective required key."""
    if isinstance(promotion.trigger, Code):
        return frozenset({promotion.trigger.code in context.codes})
    if isinstance(promotion.trigger, Coupon):
        shopper = context.shopper or Shopper()
        return frozenset({promotion.trigger.kind in shopper.coupons})
    for rank in RANKS:
        found = frozenset().union(
            *[asked(promotion, facet, held(cart, context, facet)) for facet in rank]
        )
        if found:
            return found
    return frozenset({True})


@given(pricings(min_promotions=1, min_lines=0))
def test_p19_the_index_finds_what_the_predicate_finds_over_the_whole_book(case):
    cart, book, context = case
    listed = [plan.promotion.id for plan in book.candidates(cart, context)]
    for promotion in book.promotions:
        is_candidate = promotion.id in listed
        assert book.plan(promotion.id).is_candidate(cart, context) is is_candidate
        assert is_candidate in answers(promotion, cart, context)
    assert len(listed) == len(set(listed))


def unindexed(promotion: Promotion) -> Promotion:
    """Say the same in a way that requires no key: the index must look at it always."""
    return evolve(
        promotion,
        benefits=(*promotion.benefits, ShippingOff("0")),
        when=promotion.when | OrderNumber(10**9),
    )


@given(pricings(min_promotions=1, min_lines=0))
def test_p19_no_other_promotion_could_have_had_an_effect(case):
    cart, book, context = case
    candidates = [plan.promotion.id for plan in book.candidates(cart, context)]
    for promotion in book.promotions:
        if promotion.id not in candidates:
            outcome = price_in(cart, book, context).outcome(promotion.id)
            assert outcome.kind is not Kind.APPLIED
            alone = PromotionBook(cart.currency, [unindexed(promotion)])
            quote = price_in(cart, alone, context)
            assert quote.outcome(promotion.id).kind is not Kind.APPLIED
            assert quote.discount.is_zero
            assert quote.shipping_discount.is_zero


@given(cases(min_promotions=2, min_lines=0))
def test_p19_the_indexed_answer_is_that_of_a_full_scan(case):
    cart, book, *others = case
    quote = price_in(*case)
    full = evolve(book, promotions=[unindexed(promotion) for promotion in book.promotions])
    scan = price_in(cart, full, *others)
    assert scan.lines == quote.lines
    assert scan.payable == quote.payable
    assert scan.gifts == quote.gifts
    for outcome in quote.outcomes:
        other = scan.outcome(outcome.promotion)
        assert (other.kind, other.amount_minor) == (outcome.kind, outcome.amount_minor)


# P21


@given(cases())
def test_p21_the_account_adds_up_to_the_totals(case):
    quote = price_in(*case)
    applied = [outcome for outcome in quote.outcomes if isinstance(outcome, Applied)]
    goods = sum(outcome.goods.minor for outcome in applied)
    shipping = sum(outcome.shipping.minor for outcome in applied)
    assert quote.base.minor - goods == quote.goods.minor
    assert quote.cart.shipping.minor - shipping == quote.shipping.minor
    for fee, (fee_id, left) in zip(quote.cart.fees, quote.fees, strict=True):
        cuts = [cut.minor for outcome in applied for id_, cut in outcome.fees if id_ == fee_id]
        assert fee.amount.minor - sum(cuts) == left.minor
    everything = sum(outcome.amount_minor for outcome in quote.outcomes)
    fees = sum(fee.amount.minor for fee in quote.cart.fees)
    full = quote.base.minor + quote.cart.shipping.minor + fees
    added = on_top(quote) + quote.rounding.minor
    assert full - everything + added == quote.payable.minor
    assert quote.deposit + quote.balance == quote.payable


def on_top(quote: Quote) -> int:
    """The tax that prices do not contain, in minor units."""
    taxes = None if quote.tariff is None else quote.tariff.taxes
    return 0 if taxes is None or taxes.included else quote.tax.minor


@given(cases())
def test_p21_what_is_given_besides_amounts_adds_up_too(case):
    quote = price_in(*case)
    applied = [outcome for outcome in quote.outcomes if isinstance(outcome, Applied)]
    assert quote.points_earned == sum(outcome.points_earned for outcome in applied)
    assert list(quote.gifts) == [gift for outcome in applied for gift in outcome.gifts]
    granted: Counter[str] = Counter()
    for outcome in applied:
        for coupon, quantity in outcome.coupons:
            granted[coupon] += quantity
    assert dict(quote.coupons_granted) == granted
    told = Counter({outcome.promotion: outcome.amount_minor for outcome in applied})
    borne: Counter[str] = Counter()
    for contribution in quote.contributions:
        borne[contribution.promotion] += contribution.amount.minor
    assert borne == +told


@given(cases())
def test_p21_every_candidate_has_just_one_outcome(case):
    cart, book, context, _ = case
    quote = price_in(*case)
    told = [outcome.promotion for outcome in quote.outcomes]
    assert sorted(told) == sorted(p.promotion.id for p in book.candidates(cart, context))
    for outcome in quote.outcomes:
        assert quote.outcome(outcome.promotion) == outcome
    for promotion in book.promotions:  # whatever is asked for is answered
        assert quote.outcome(promotion.id).promotion == promotion.id


@given(cases(min_promotions=1), st.sampled_from(CODES))
def test_p21_every_code_is_answered(case, code):
    _, book, context, _ = case
    quote = price_in(*case)
    having = [p.id for p in book.promotions if p.trigger == Code(code)]
    outcome = quote.outcome(code=code)
    if not having:
        assert outcome == UnknownCode(code=code)
        return
    applied = {each for each in having if quote.outcome(each).kind is Kind.APPLIED}
    assert outcome.promotion in (applied or having)
    if code not in context.codes:
        assert outcome.kind is Kind.NOT_ELIGIBLE


@given(
    cases(min_promotions=1, trigger=st.sampled_from(COUPONS).map(Coupon) | st.just(Automatic())),
    st.sampled_from(COUPONS),
)
def test_p21_every_coupon_is_answered(case, kind):
    _, book, context, _ = case
    quote = price_in(*case)
    having = [p.id for p in book.promotions if p.trigger == Coupon(kind)]
    outcome = quote.outcome(coupon=kind)
    held = context.carried("coupon")
    assert (kind in quote.unknown_coupons) is (kind in held and not having)
    if not having:
        assert outcome == UnknownCoupon(coupon=kind)
        return
    applied = {each for each in having if quote.outcome(each).kind is Kind.APPLIED}
    assert outcome.promotion in (applied or having)
    if kind not in held:
        assert outcome.kind is Kind.NOT_ELIGIBLE


@given(cases())
def test_p21_the_columns_say_what_the_objects_say(case):
    quote = price_in(*case)
    columns, lines = quote.columns, quote.lines
    assert columns.payable == quote.payable.minor
    assert columns.shipping == quote.shipping.minor
    assert columns.lines == tuple(line.payable_minor for line in lines)
    assert [*columns.outcomes] == [(o.promotion, o.kind, o.amount_minor) for o in quote.outcomes]
    shares = {
        (adjustment.promotion, i, adjustment.minor)
        for i, line in enumerate(lines)
        for adjustment in line.adjustments
    }
    told = [
        (promotion, i, share)
        for promotion, borne_by, parts in columns.shares
        for i, share in zip(borne_by, parts, strict=True)
        if share
    ]
    assert set(told) == shares
    assert len(told) == len(shares)
