"""Laws of refunds: a quote read backwards.

- P23: by shares, all returns together give back just what was paid, however they are parted and
  in whatever order they come; none gives back more than was paid for its units; and the shares of
  kept units never move.
- P24: by repricing, what the kept units cost depends on which are kept and on nothing else; no
  refund is below zero, and all together are never more than was paid.
- P25: gifts, points and coupons are undone in proportion, rounded down, and in the end wholly;
  what is given on top earns nothing.
- What promotions gave comes back to whoever bore it: with any partition of the returns just
  what each bearer gave, by shares never less than nothing, and never to who bore nothing of it.
- A record of a reversal is stored and reckoned again, and going on from it is going on.
- What was sold as a set is returned as a set or refused, and nothing else is refused.
"""

from fractions import Fraction

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Money, PromotionBook, Quote, dumps, loads, price, recipes, reverse
from ordercore.money import Currency
from ordercore.pricing import QuoteRecord, ReversalRecord, price_in
from ordercore.promotions import EarnPoints, Every, Gift, Promotion, Sku
from ordercore.tariffs import Tariff, Taxes, TaxRate
from ordercore.testing.strategies import INSTANT, pricings, pricings_by_tariff

POLICIES = st.sampled_from(("keep_shares", "reprice", "forbid_partial"))
BY_SHARES = st.sampled_from(("keep_shares", "forbid_partial"))


@st.composite
def quotes(draw, **given_):
    """A quote of any kind of promotions, with a tariff or without."""
    return price_in(*draw(pricings(**given_) | pricings_by_tariff(book=given_)))


@st.composite
def returns(draw, quote: Quote, *, most: int = 4, whole: bool = True):
    """Several returns, one after the other, of everything or of some of it."""
    count = draw(st.integers(1, most))
    parts: list[dict[str, int]] = [{} for _ in range(count)]
    for line in quote.cart.lines:
        units = line.quantity if whole else draw(st.integers(0, line.quantity))
        left = units
        for i in draw(st.permutations(range(count)))[: count - 1]:
            taken = draw(st.integers(0, left))
            if taken:
                parts[i][line.id] = taken
            left -= taken
        last = draw(st.sampled_from(range(count)))
        if left:
            parts[last][line.id] = parts[last].get(line.id, 0) + left
    return parts


@st.composite
def cases(draw, *, whole: bool = True, **given_):
    quote = draw(quotes(**given_))
    return quote, draw(returns(quote, whole=whole))


def joined(parts: list[dict[str, int]]) -> dict[str, int]:
    """All of some returns at once."""
    found: dict[str, int] = {}
    for part in parts:
        for line, units in part.items():
            found[line] = found.get(line, 0) + units
    return found


def in_turn(quote, parts, policy="keep_shares", **options):
    """Return one part after the other."""
    done = [reverse(quote, {}, parts[0], policy, **options)]
    for part in parts[1:]:
        done.append(reverse(quote, done[-1].returned, part, policy, **options))
    return done


def whole_of(quote: Quote) -> dict[str, int]:
    return {line.id: line.quantity for line in quote.cart.lines}


def kept(quote: Quote, returned: dict[str, int]) -> Quote:
    """The price of what is kept, as if it had been bought alone."""
    lines = [
        evolve(line, quantity=line.quantity - returned.get(line.id, 0))
        for line in quote.cart.lines
        if line.quantity > returned.get(line.id, 0)
    ]
    cart = evolve(quote.cart, lines=lines)
    return price_in(cart, quote.book, quote.context, quote.tariff)


def charge_costs(quote: Quote) -> list[int]:
    """What shipping and each fee cost, with the tax that comes on top."""
    on_top = quote.tariff and quote.tariff.taxes and not quote.tariff.taxes.included
    amounts = [quote.shipping.minor, *[amount.minor for _, amount in quote.fees]]
    taxes = [quote.shipping_taxes, *[shares for _, shares in quote.fee_taxes]]
    return [
        amount + (sum(share.minor for share in shares) if on_top else 0)
        for amount, shares in zip(amounts, taxes, strict=True)
    ]


def units_cost(quote: Quote, line: str, start: int, stop: int) -> int:
    """What was paid for some units, with the tax that comes on top."""
    run = quote.line(line, start, stop)
    on_top = quote.tariff and quote.tariff.taxes and not quote.tariff.taxes.included
    return run.payable_minor + (run.tax.minor if on_top else 0)


# P23


@given(cases())
def test_p23_all_returns_together_give_back_just_what_was_paid(case):
    quote, parts = case
    done = in_turn(quote, parts)
    assert sum(each.amount.minor for each in done) == quote.payable_minor
    assert sum(each.goods.minor for each in done) == quote.goods.minor
    assert sum(each.shipping.minor for each in done) == quote.shipping_minor
    assert sum(each.tax.minor for each in done) == quote.tax.minor
    assert sum(each.tax_on_top.minor for each in done) == quote.tax_on_top_minor
    assert sum(each.rounding.minor for each in done) == quote.rounding_minor
    for i, (fee, amount) in enumerate(quote.fees):
        assert [each.fees[i][0] for each in done] == [fee] * len(done)
        assert sum(each.fees[i][1].minor for each in done) == amount.minor
    assert done[-1].remaining.is_zero


@given(cases())
def test_p23_all_returns_together_give_back_the_tax_of_each_rate(case):
    quote, parts = case
    given_back: dict[str, int] = {}
    for each in in_turn(quote, parts):
        for rate, minor, _ in each.taxes:
            given_back[rate] = given_back.get(rate, 0) + minor
    assert given_back == {tax.rate: tax.tax.minor for tax in quote.taxes if tax.tax.minor}


@given(cases(whole=False), st.randoms(use_true_random=False))
def test_p23_the_order_of_returns_changes_nothing_of_what_they_come_to(case, random):
    quote, parts = case
    shuffled = random.sample(parts, len(parts))
    one, other = in_turn(quote, parts)[-1], in_turn(quote, shuffled)[-1]
    at_once = reverse(quote, {}, joined(parts))
    assert one.refunded == other.refunded == at_once.amount
    assert one.remaining == other.remaining


@given(cases())
def test_p23_no_return_gives_back_more_than_was_paid_for_its_units(case):
    quote, parts = case
    *earlier, last = in_turn(quote, parts)
    for each in earlier:
        if not each.remaining.is_zero:
            units = [(line.line.id, line.start, line.stop) for line in each.lines]
            assert 0 <= each.amount.minor <= sum(units_cost(quote, *run) for run in units)
    assert last.amount.minor >= 0


@given(cases(whole=False))
def test_p23_only_the_returned_units_give_back_and_by_their_own_shares(case):
    quote, parts = case
    for part, each in zip(parts, in_turn(quote, parts), strict=True):
        assert {line.line.id: line.units for line in each.lines} == part
        for line in each.lines:
            own = quote.line(line.line.id, line.start, line.stop)
            assert (line.base, line.goods) == (own.base, own.payable)
            assert line.adjustments == own.adjustments
            assert line.taxes == own.taxes
            assert line.refund.minor == units_cost(quote, line.line.id, line.start, line.stop)
        assert each.waived.is_zero
        assert each.shortfall.is_zero


@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.integers(1, 2000),
    st.integers(1, 500),
    st.booleans(),
    st.data(),
)
def test_p23_equal_lines_give_back_the_tax_of_their_own_units(units, cost, off, included, data):
    """Lines of one row share its tax; each gives back what its own units bore of it."""
    each, save = Money(cost, Currency("CNY")), Money(off, Currency("CNY"))
    cart = Cart.of("CNY", [("cup", each, count) for count in units])
    book = PromotionBook("CNY", [recipes.amount_off("off", save)])
    taxes = Taxes([TaxRate("vat", "13"), TaxRate("local", "3.3")], included=included)
    quote = price(cart, book, at=INSTANT, tariff=Tariff("CNY", taxes=taxes))
    line = data.draw(st.sampled_from(cart.lines))
    count = data.draw(st.integers(1, line.quantity))
    (told,) = reverse(quote, {}, {line.id: count}).lines
    assert told.taxes == quote.line(line.id, 0, count).taxes


@given(cases())
def test_p23_charges_come_back_with_the_last_return_or_never(case):
    quote, parts = case
    whole = whole_of(quote)
    returned: list[dict[str, int]] = []
    for part, each in zip(parts, in_turn(quote, parts), strict=True):
        if joined(returned) == whole or joined([*returned, part]) != whole:
            assert each.shipping.is_zero
            assert all(amount.is_zero for _, amount in each.fees)
        returned.append(part)
    for policy in ("keep_shares", "reprice"):
        last = in_turn(quote, parts, policy, shipping="never", fees="never")[-1]
        costs = charge_costs(quote)
        assert last.refunded.minor == max(0, quote.payable_minor - sum(costs))
        last = in_turn(quote, parts, policy, fees="never")[-1]
        assert last.refunded.minor == max(0, quote.payable_minor - sum(costs[1:]))


# P24


@given(cases())
def test_p24_refunds_by_repricing_are_never_below_zero_nor_more_than_was_paid(case):
    quote, parts = case
    done = in_turn(quote, parts, "reprice")
    refunded = 0
    for each in done:
        assert each.amount.minor >= 0
        assert each.refunded_before.minor == refunded
        refunded += each.amount.minor
        assert each.refunded.minor == refunded <= quote.payable_minor
    assert refunded == quote.payable_minor
    assert done[-1].shortfall.is_zero


@given(cases(whole=False))
def test_p24_the_running_total_is_the_most_that_was_paid_above_what_the_kept_units_cost(case):
    quote, parts = case
    paid, most = quote.payable_minor, 0
    returned: list[dict[str, int]] = []
    for part, each in zip(parts, in_turn(quote, parts, "reprice"), strict=True):
        returned.append(part)
        back = joined(returned)
        due = paid if not back else due_of(quote, back)
        most = max(most, paid - due)
        assert each.refunded.minor == most
        assert each.shortfall.minor == due - (paid - most)


def due_of(quote: Quote, back: dict[str, int]) -> int:
    """What the kept units cost alone; charges that fall by a return are not refunded."""
    if back == whole_of(quote):
        return 0
    now = kept(quote, back)
    pairs = zip(charge_costs(quote), charge_costs(now), strict=True)
    due = now.payable_minor + sum(max(0, paid - charge) for paid, charge in pairs)
    return max(0, due)


@given(cases(whole=False), st.randoms(use_true_random=False))
def test_p24_what_the_kept_units_cost_depends_on_which_are_kept_alone(case, random):
    quote, parts = case
    shuffled = random.sample(parts, len(parts))
    one, other = (in_turn(quote, each, "reprice")[-1] for each in (parts, shuffled))
    assert one.remaining + one.shortfall == other.remaining + other.shortfall
    at_once = reverse(quote, {}, joined(parts), "reprice")
    assert at_once.refunded <= min(one.refunded, other.refunded)


@given(cases(whole=False))
def test_p24_lines_tell_by_how_much_each_line_costs_less(case):
    quote, parts = case
    each = reverse(quote, {}, joined(parts), "reprice")
    if not joined(parts) or joined(parts) == whole_of(quote):
        return
    now = {line.line.id: line for line in kept(quote, joined(parts)).lines}
    told = {line.line.id: line for line in each.lines}
    for line in quote.lines:
        due = now[line.line.id].payable_minor if line.line.id in now else 0
        reversed_ = told.get(line.line.id)
        assert line.payable_minor - due == (reversed_.goods_minor if reversed_ else 0)


# All policies


@given(cases(whole=False), POLICIES)
def test_a_refund_is_the_sum_of_its_components(case, policy):
    quote, parts = case
    for each in in_turn(quote, parts, policy):
        fees = Money.sum([amount for _, amount in each.fees], quote.currency)
        told = each.goods + each.shipping + fees + each.tax_on_top + each.rounding + each.waived
        assert each.amount == told
        for line in each.lines:
            assert line.goods == line.base - Money.sum(
                [share.amount for share in line.adjustments], quote.currency
            )


@given(cases(whole=False), POLICIES)
def test_an_empty_return_gives_back_nothing(case, policy):
    quote, parts = case
    before = in_turn(quote, parts, policy)[-1].returned
    each = reverse(quote, before, {}, policy)
    assert each.amount.is_zero
    assert (each.lines, each.taxes, each.entries, each.refused) == ((), (), (), ())


@given(cases(whole=False), POLICIES)
def test_the_same_return_gives_an_equal_reversal(case, policy):
    quote, parts = case
    backwards = [dict(reversed(part.items())) for part in parts]
    assert in_turn(quote, parts, policy) == in_turn(quote, backwards, policy)


# Who bore it


def given_back(done) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for each in done:
        for promotion, bearer, amount, gifts in each.contributions:
            was = found.get((promotion, bearer), (0, 0))
            found[promotion, bearer] = was[0] + amount.minor, was[1] + gifts.minor
    return {key: parts for key, parts in found.items() if any(parts)}


@given(cases(min_promotions=1), POLICIES)
def test_all_returns_together_give_back_what_each_bearer_gave(case, policy):
    quote, parts = case
    if policy == "forbid_partial":
        parts = [joined(parts)]
    gave = {(p, who): (off.minor, gifts.minor) for p, who, off, gifts in quote.contributions}
    assert given_back(in_turn(quote, parts, policy)) == gave


@given(cases(whole=False, min_promotions=1), st.randoms(use_true_random=False))
def test_the_order_of_returns_changes_nothing_of_what_each_bearer_gets(case, random):
    quote, parts = case
    shuffled = random.sample(parts, len(parts))
    assert given_back(in_turn(quote, parts)) == given_back(in_turn(quote, shuffled))


@given(cases(whole=False, min_promotions=1))
def test_by_shares_bearers_get_back_what_lay_on_the_units_and_never_less_than_nothing(case):
    quote, parts = case
    gave = {(each.promotion, each.bearer) for each in quote.contributions}
    whole = joined(parts) == whole_of(quote)
    for each in in_turn(quote, parts):
        lay: dict[str, int] = {}
        for line in each.lines:
            for share in line.adjustments:
                lay[share.promotion] = lay.get(share.promotion, 0) + share.minor
        back: dict[str, int] = {}
        for part in each.contributions:
            assert min(part.amount.minor, part.gifts.minor) >= 0
            assert (part.promotion, part.bearer) in gave
            back[part.promotion] = back.get(part.promotion, 0) + part.amount.minor
        if not whole:  # else what was taken off shipping and fees comes back as well
            assert {name: minor for name, minor in back.items() if minor} == lay


@given(cases(whole=False, min_promotions=1))
def test_a_seller_gets_back_by_its_own_goods_alone(case):
    quote, parts = case
    for each in in_turn(quote, parts):
        sellers = {line.line.product.seller for line in each.lines}
        for part in each.contributions:
            if part.bearer.startswith("seller-"):
                assert part.bearer in sellers


@given(cases(whole=False, min_promotions=1))
def test_by_repricing_bearers_give_in_all_what_they_give_for_the_kept_goods(case):
    quote, parts = case
    back = joined(parts)
    if not back or back == whole_of(quote):
        return
    now = kept(quote, back)
    each = reverse(quote, {}, back, "reprice", shipping="never", fees="never")
    expected = {(p, who): off.minor for p, who, off, _ in quote.contributions}
    if not quote.cart.shipping.is_zero or quote.cart.fees:
        return  # charges that become cheaper are left as they were
    for p, who, off, _ in now.contributions:
        expected[p, who] = expected.get((p, who), 0) - off.minor
    found = {key: parts[0] for key, parts in given_back([each]).items() if parts[0]}
    assert found == {key: minor for key, minor in expected.items() if minor}


# What is lost


@given(cases(whole=False, min_promotions=1))
def test_by_repricing_what_comes_back_lay_on_the_units_or_is_lost_by_what_is_kept(case):
    quote, parts = case
    if joined(parts) == whole_of(quote):
        return
    each = reverse(quote, {}, joined(parts), "reprice")
    expected = {lost.promotion: lost.amount.minor for lost in each.lost}
    for line, units in joined(parts).items():
        for share in quote.line(line, 0, units).adjustments:
            expected[share.promotion] = expected.get(share.promotion, 0) + share.minor
    back: dict[str, int] = {}
    for part in each.contributions:
        back[part.promotion] = back.get(part.promotion, 0) + part.amount.minor
    assert {name: minor for name, minor in back.items() if minor} == {
        name: minor for name, minor in expected.items() if minor
    }


# Records


CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "shipping": st.sampled_from(("with_last", "never")),
        "fees": st.sampled_from(("with_last", "never")),
        "coupons": st.sampled_from(("with_last", "never")),
        "points": st.sampled_from(("with_units", "never")),
        "deposit": st.sampled_from(("with_last", "never")),
    },
)


@given(cases(whole=False, min_promotions=1), POLICIES, CHOICES, st.booleans())
def test_a_reversal_is_stored_reckoned_again_and_gone_on_from(case, policy, choices, keeps):
    quote, parts = case
    if keeps:
        choices = {**choices, "gifts_kept": quote.book.ids}
    before: object = {}
    done = in_turn(quote, parts, policy, **choices)
    for part, each in zip(parts, done, strict=True):
        assert reverse(quote, before, part, policy, **choices) == each
        before = loads(ReversalRecord, dumps(ReversalRecord.of(each)))
        assert before.reversal(quote) == each


@given(cases(whole=False, min_promotions=1), POLICIES, CHOICES, st.booleans())
def test_whatever_is_chosen_no_refund_is_below_zero_nor_above_what_was_paid(
    case, policy, choices, keeps
):
    quote, parts = case
    if keeps:
        choices = {**choices, "gifts_kept": quote.book.ids}
    for each in in_turn(quote, parts, policy, **choices):
        assert each.amount.minor >= 0
        assert each.remaining.minor >= 0
        fees = Money.sum([amount for _, amount in each.fees], quote.currency)
        told = each.goods + each.shipping + fees + each.tax_on_top
        assert each.amount == told + each.rounding + each.withheld + each.waived
        if choices.get("deposit") == "never":
            assert each.remaining >= quote.deposit


@given(quotes(), st.data())
def test_the_record_of_a_quote_tells_the_units_as_the_quote_does(quote, data):
    record = loads(QuoteRecord, dumps(QuoteRecord.of(quote)))
    for line in quote.cart.lines:
        start = data.draw(st.integers(0, line.quantity))
        stop = data.draw(st.integers(start, line.quantity))
        told = quote.line(line.id, start, stop)._replace(prices=())
        assert record.line(line.id, start, stop) == told


# P25


def stored(quote: Quote) -> dict[tuple[str, str, str], int]:
    """The gifts, points and coupons of a quote, by kind, promotion and what."""
    found: dict[tuple[str, str, str], int] = {}

    def add(kind: str, promotion: str, what: str, quantity: int) -> None:
        if quantity:
            key = kind, promotion, what
            found[key] = found.get(key, 0) + quantity

    for each in quote.outcomes:
        if each.kind == "applied":
            for gift in each.gifts:
                add("gift", each.promotion, gift.sku, gift.quantity)
            add("points_earned", each.promotion, "", each.points_earned)
            add("points_redeemed", each.promotion, "", each.points_redeemed)
            for coupon, quantity in each.coupons:
                add("coupon_granted", each.promotion, coupon, quantity)
            trigger = quote.book.plan(each.promotion).promotion.trigger
            add(
                "coupon_used",
                each.promotion,
                getattr(trigger, "kind", ""),
                int("kind" in dir(trigger)),
            )
    return found


def undone(done) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for each in done:
        for entry in each.entries:
            assert entry.quantity > 0
            key = str(entry.kind), entry.promotion, entry.what
            found[key] = found.get(key, 0) + entry.quantity
    return found


@given(cases(min_promotions=2), POLICIES)
def test_p25_in_the_end_every_gift_point_and_coupon_is_undone(case, policy):
    quote, parts = case
    if policy == "forbid_partial":
        parts = [joined(parts)]
    done = in_turn(quote, parts, policy)
    assert undone(done) == stored(quote)
    assert sum(each.points_taken_back for each in done) == quote.points_earned
    assert sum(gift.quantity for each in done for gift in each.gifts) == sum(
        gift.quantity for gift in quote.gifts
    )


EARNING = (
    EarnPoints(7),
    EarnPoints(1, "1"),
    EarnPoints(100, target=Sku("shirt")),
    Gift("mug", 5),
    Gift("mug", 2, every=Every(quantity=1), target=Sku("shirt")),
)


@given(cases(whole=False), st.sampled_from(EARNING))
def test_p25_points_and_gifts_are_undone_in_proportion_rounded_down(case, benefit):
    quote, parts = case
    book = PromotionBook(quote.currency, [Promotion(id="p", benefits=benefit)])
    quote = price_in(quote.cart, book, quote.context, quote.tariff)
    target = getattr(benefit, "target", None)
    lines = [
        line
        for line in quote.lines
        if not isinstance(target, Sku) or line.line.product.sku == "shirt"
    ]
    whole = sum(line.payable_minor for line in lines)
    returned: list[dict[str, int]] = []
    taken = 0
    total = sum(stored(quote).values())
    for part, each in zip(parts, in_turn(quote, parts), strict=True):
        returned.append(part)
        back = joined(returned)
        if whole:
            cost = sum(
                quote.line(line.line.id, 0, back.get(line.line.id, 0)).payable_minor
                for line in lines
            )
            exact = Fraction(total * cost, whole)
        else:
            units = sum(line.line.quantity for line in lines)
            exact = Fraction(
                total * sum(back.get(line.line.id, 0) for line in lines), max(units, 1)
            )
        taken += sum(entry.quantity for entry in each.entries)
        assert exact - 1 < taken <= exact


@given(cases(min_promotions=2, whole=False))
def test_p25_points_that_paid_come_back_as_the_discount_that_they_paid_for(case):
    quote, parts = case
    done = in_turn(quote, parts)
    for key, quantity in stored(quote).items():
        if key[0] == "points_redeemed":
            back = sum(
                share.minor
                for each in done
                for line in each.lines
                for share in line.adjustments
                if share.promotion == key[1]
            )
            whole = quote.outcome(key[1]).goods.minor
            assert undone(done).get(key, 0) == quantity * back // whole


@given(quotes())
def test_p25_gifts_earn_nothing(quote):
    earn = Promotion(
        id="earn", benefits=EarnPoints(1, "0.001" if quote.currency == "KWD" else "1")
    )
    gift = Promotion(id="gift", benefits=Gift("mug", 3, "100"), layer="unit")
    alone, beside = (
        price_in(quote.cart, PromotionBook(quote.currency, book), quote.context, quote.tariff)
        for book in ([earn], [earn, gift])
    )
    assert alone.points_earned == beside.points_earned
    back = reverse(beside, {}, whole_of(beside))
    assert back.points_taken_back == alone.points_earned
    assert sum(gift.quantity for gift in back.gifts) == sum(gift.quantity for gift in beside.gifts)


# Sets


@given(cases(whole=False, min_promotions=1))
def test_what_is_allowed_gives_back_its_shares_and_what_is_refused_nothing(case):
    quote, parts = case
    before: tuple[dict[str, int], ...] = ()
    for part in parts:
        each = reverse(quote, before, part, "forbid_partial")
        if each.refused:
            assert each.amount.is_zero
            assert each.returned == before
            assert (each.lines, each.entries) == ((), ())
        else:
            assert each.returned == (*before, part)
            assert each.amount == reverse(quote, before, part).amount
        before = each.returned


@given(quotes(min_promotions=1))
def test_a_whole_order_is_never_refused(quote):
    every = [outcome.promotion for outcome in quote.outcomes]
    for together in (None, every):
        each = reverse(quote, {}, whole_of(quote), "forbid_partial", together=together)
        assert each.refused == ()
        assert each.amount == quote.payable


@given(cases(whole=False, min_promotions=1))
def test_a_set_is_parted_when_some_but_not_all_of_its_units_would_be_back(case):
    quote, parts = case
    applied = [each for each in quote.outcomes if each.kind == "applied"]
    back = joined(parts)
    for outcome in applied:
        claims = [claim for claim in outcome.claims if claim.units]
        each = reverse(quote, {}, back, "forbid_partial", together=outcome.promotion)
        counts = []
        for claim in claims:
            whole = sum(quote.cart.line(line).quantity for line in claim.lines)
            returned = sum(back.get(line, 0) for line in claim.lines)
            counts.append(max(0, returned - (whole - claim.units)))
        if not any(counts) or counts == [claim.units for claim in claims]:
            assert each.refused == ()
        for parted in each.refused:
            assert parted.promotion == outcome.promotion
            assert 0 < parted.units_back == sum(counts) < parted.units
