"""Who applies where promotions compete: cases worked out by hand, for each resolver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations

import pytest
from attrs import evolve

from ordercore import Cart, Promotion, PromotionBook, Quote, Shopper, dump, dumps, load, loads
from ordercore.errors import InvalidDocument, InvalidInput
from ordercore.money import Money
from ordercore.pricing import Beaten, Kind, NotEligible, price
from ordercore.pricing.explain import RowKind, explain
from ordercore.promotions import (
    DEFAULT_LAYERS,
    AmountOff,
    AmountOffEach,
    Benefit,
    BestOf,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    Coupon,
    Criterion,
    CustomerInGroup,
    Deposit,
    EarnPoints,
    Every,
    FixedPrice,
    Gift,
    GiftChoice,
    GrantCoupon,
    Limits,
    NthItemOff,
    Optimal,
    PercentOff,
    PickN,
    Resolver,
    ShippingOff,
    Sku,
    Threshold,
    Undiscounted,
)
from ordercore.promotions.benefits import BundlePart

AT = datetime(2026, 6, 18, 12, tzinfo=UTC)

LUNCH = Cart.of("CNY", [("cola", "2", 2), ("sandwich", "3", 2), ("bar", "1", 2)])
HOME = Cart.of("CNY", [("shirt", "120", 1), ("lamp", "180", 1)], shipping="12")

COLA = Promotion(id="cola", benefits=BuyXGetY(1, 1, "100", buy=Sku("cola")), layer="set")
MEAL = Promotion(
    id="meal",
    benefits=BundlePrice([BundlePart(Sku(sku), 1) for sku in ("cola", "sandwich", "bar")], "4.50"),
    layer="set",
)


def quote_of(
    promotions: Sequence[Promotion], *resolvers: Resolver, cart: Cart = HOME,
    shopper: Shopper | None = None,
) -> Quote:  # fmt: skip
    return price(
        cart, PromotionBook("CNY", promotions, resolvers=resolvers), at=AT, shopper=shopper
    )


def told(quote: Quote) -> dict[str, str]:
    return {outcome.promotion: outcome.kind.value for outcome in quote.outcomes}


def applied(quote: Quote) -> set[str]:
    return {name for name, kind in told(quote).items() if kind == "applied"}


def off(id_: str, amount: str, *skus: str, **more: object) -> Promotion:
    """Take an amount off some goods, or off everything."""
    benefits = AmountOff(amount, Sku(skus)) if skus else AmountOff(amount)
    return Promotion(id=id_, benefits=benefits, **more)  # type: ignore[arg-type]


def ranked(promotion: Promotion, priority: int) -> Promotion:
    return load(Promotion, {**dump(promotion), "priority": priority})


class TestByPriority:
    @pytest.mark.parametrize(("first", "saved"), [("cola", "2.00"), ("meal", "3.00")])
    def test_who_comes_first_takes_what_it_can(self, first: str, saved: str) -> None:
        promotions = [ranked(each, int(each.id == first)) for each in (COLA, MEAL)]
        quote = quote_of(promotions, cart=LUNCH)
        assert (applied(quote), str(quote.discount)) == ({first}, f"CNY {saved}")
        assert quote.certificates == ()

    def test_a_layer_that_no_resolver_names_is_settled_by_priority(self) -> None:
        promotions = [off("less", "10", priority=1), off("more", "20")]
        quote = quote_of(promotions, BestOf("coupon"), Optimal(("unit", "set")))
        assert told(quote) == {"less": "applied", "more": "beaten"}


class TestBestOf:
    @pytest.mark.parametrize(
        ("promotions", "best"),
        [
            ([off("a", "10"), off("b", "20")], "b"),
            ([off("a", "10", priority=9), off("b", "20")], "b"),
            ([off("a", "20"), off("b", "20", priority=1)], "b"),  # ties: by priority
            ([off("b", "20"), off("a", "20")], "a"),  # then by id
            ([off("a", "30", "shirt"), off("b", "40", "lamp")], "b"),  # different units too
            ([off("a", "30", "shirt", combines_with="*"), off("b", "40", combines_with="*")], "b"),
        ],
    )
    def test_of_a_layer_the_one_that_saves_most_applies(
        self, promotions: Sequence[Promotion], best: str
    ) -> None:
        quote = quote_of(promotions, BestOf("order"))
        assert applied(quote) == {best}
        (other,) = [each for each in quote.outcomes if each.promotion != best]
        assert isinstance(other, Beaten)
        assert other.by == (best,)

    def test_a_loser_is_told_by_how_much(self) -> None:
        quote = quote_of([off("a", "12.50"), off("b", "20"), off("c", "20")], BestOf("order"))
        lost = {o.promotion: str(o.difference) for o in quote.outcomes if isinstance(o, Beaten)}
        assert lost == {"a": "CNY 7.50", "c": "CNY 0.00"}

    def test_who_is_not_eligible_keeps_the_reason_and_blocks_nobody(self) -> None:
        gold = off("gold", "90", when=CustomerInGroup("gold"))
        big = off("big", "80", when=Threshold("1000"))
        quote = quote_of([gold, big, off("small", "10")], BestOf("order"))
        assert applied(quote) == {"small"}
        assert quote.outcome("gold").kind is Kind.NOT_ELIGIBLE
        outcome = quote.outcome("big")
        assert isinstance(outcome, NotEligible)
        assert outcome.gap == Money.of("700", "CNY")

    def test_each_is_looked_at_alone_on_what_its_layer_began_with(self) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        from_300 = off("from-300", "50", when=Threshold("300"))
        quote = quote_of([tenth, from_300, off("always", "5")], BestOf("order"))
        assert applied(quote) == {"tenth", "always"}

    def test_savings_on_goods_and_on_shipping_count_alike(self) -> None:
        free = Promotion(id="free", benefits=ShippingOff("100"), layer="coupon")
        quote = quote_of([free, off("ten", "10", layer="coupon")], BestOf("coupon"))
        assert applied(quote) == {"free"}

    def test_of_a_group_the_best_applies_and_others_beside_it(self) -> None:
        promotions = [
            off("a", "10", "shirt", group="card", priority=5),
            off("b", "20", "shirt", group="card"),
            off("c", "5", "lamp"),
        ]
        quote = quote_of(promotions, BestOf(group="card"))
        assert told(quote) == {"a": "beaten", "b": "applied", "c": "applied"}

    def test_a_group_is_settled_in_each_layer_by_itself(self) -> None:
        promotions = [
            off("a", "10", group="card"),
            off("b", "20", group="card"),
            off("c", "7", group="card", layer="coupon"),
        ]
        quote = quote_of(promotions, BestOf(group="card"))
        assert told(quote) == {"a": "beaten", "b": "applied", "c": "applied"}

    def test_nothing_is_certified(self) -> None:
        assert quote_of([off("a", "10"), off("b", "20")], BestOf("order")).certificates == ()


class TestOptimal:
    def test_two_meals_save_more_than_a_cola(self) -> None:
        quote = quote_of([ranked(COLA, 9), MEAL], Optimal("set"), cart=LUNCH)
        assert told(quote) == {"meal": "applied", "cola": "beaten"}
        assert str(quote.discount) == "CNY 3.00"
        (certificate,) = quote.certificates
        assert certificate.exact
        assert (certificate.layers, certificate.gap) == (("set",), Money(0, "CNY"))
        outcome = quote.outcome("cola")
        assert isinstance(outcome, Beaten)
        assert (outcome.by, str(outcome.difference)) == (("meal",), "CNY 1.00")

    def test_one_promotion_may_apply_less_often_to_make_room(self) -> None:
        # five pens: two pairs for 15 save 10, but one pair beside a set of three saves 5 + 9
        pens = Cart.of("CNY", [("pen", "10", 5)])
        pair = Promotion(id="pair", benefits=PickN(2, "15"), layer="set", priority=1)
        three = Promotion(id="three", benefits=PickN(3, "21"), layer="set")
        assert str(quote_of([pair, three], cart=pens).discount) == "CNY 10.00"
        quote = quote_of([pair, three], Optimal("set"), cart=pens)
        assert (applied(quote), str(quote.discount)) == ({"pair", "three"}, "CNY 14.00")
        assert quote.certificates[0].exact

    @pytest.mark.parametrize(
        ("layers", "names", "saved"),
        [
            (("unit",), {"tenth"}, "30.00"),  # not looking at what comes after it
            (("unit", "set", "order"), {"save"}, "50.00"),
        ],
    )
    def test_a_line_discount_may_lose_a_threshold(
        self, layers: tuple[str, ...], names: set[str], saved: str
    ) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        save = off("save", "50", when=Threshold("300"))
        quote = quote_of([tenth, save], Optimal(layers))
        assert (applied(quote), str(quote.discount)) == (names, f"CNY {saved}")
        assert quote.certificates[0].exact

    def test_who_gives_way_to_a_later_layer_says_so(self) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        save = off("save", "50", when=Threshold("300"))
        outcome = quote_of([tenth, save], Optimal(("unit", "set", "order"))).outcome("tenth")
        assert isinstance(outcome, Beaten)
        assert (outcome.by, str(outcome.difference)) == (("save",), "CNY 20.00")
        assert not outcome.on_units
        assert not outcome.in_its_place

    def test_bystanders_of_later_layers_are_not_named_where_a_threshold_is_at_stake(
        self,
    ) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        save = off("save", "50", when=Threshold("300"))
        flat = off("flat", "5", layer="coupon")
        span = Optimal(("unit", "set", "order", "platform", "coupon"))
        outcome = quote_of([tenth, save, flat], span).outcome("tenth")
        assert isinstance(outcome, Beaten)
        assert (outcome.by, str(outcome.difference)) == (("save",), "CNY 20.00")

    def test_without_a_threshold_at_stake_all_of_later_layers_are_named(self) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10", Sku("lamp")), layer="unit")
        all_lamps = Threshold("180", target=Sku("lamp"))  # no threshold on the whole order
        save = off("save", "50", when=all_lamps)
        flat = off("flat", "5", layer="coupon")
        span = Optimal(("unit", "set", "order", "platform", "coupon"))
        outcome = quote_of([tenth, save, flat], span).outcome("tenth")
        assert isinstance(outcome, Beaten)
        assert set(outcome.by) == {"save", "flat"}

    @pytest.mark.parametrize(
        ("promotions", "outcomes"),
        [
            (  # a group: one of them, though they use different units
                [
                    off("a", "10", "shirt", group="g", priority=9),
                    off("b", "20", "lamp", group="g"),
                ],
                {"a": "excluded", "b": "applied"},
            ),
            (  # exclusive: alone, if that is more than the others together
                [
                    off("all", "35", exclusive="layer"),
                    off("b", "20", "lamp"),
                    off("a", "10", "shirt"),
                ],
                {"all": "applied", "a": "excluded", "b": "excluded"},
            ),
            (
                [
                    off("all", "25", exclusive="layer", priority=9),
                    off("b", "20", "lamp"),
                    off("a", "10", "shirt"),
                ],
                {"all": "excluded", "a": "applied", "b": "applied"},
            ),
            (  # whole lines or none: two small ones instead of the big one
                [
                    off("both", "25", "shirt", "lamp", whole=True, priority=9),
                    off("a", "10", "shirt", whole=True),
                    off("b", "20", "lamp", whole=True),
                ],
                {"both": "beaten", "a": "applied", "b": "applied"},
            ),
            (  # shared units, if each names the other
                [off("a", "10", combines_with="b"), off("b", "20", combines_with="a")],
                {"a": "applied", "b": "applied"},
            ),
            (  # one of the two alone does not do
                [off("a", "10", combines_with="b"), off("b", "20")],
                {"a": "beaten", "b": "applied"},
            ),
        ],
    )
    def test_what_keeps_promotions_apart_holds(
        self, promotions: Sequence[Promotion], outcomes: dict[str, str]
    ) -> None:
        quote = quote_of(promotions, Optimal("order"))
        assert told(quote) == outcomes
        assert quote.certificates[0].exact

    def test_one_that_is_whole_takes_no_remains(self) -> None:
        tea = Cart.of("CNY", [("tea", "10", 3)])
        pair = Promotion(id="pair", benefits=PickN(2, "10"), layer="set", priority=1)
        for whole, kind in ((False, "applied"), (True, "beaten")):
            fifth = Promotion(id="fifth", benefits=PercentOff("20"), layer="set", whole=whole)
            assert told(quote_of([pair, fifth], cart=tea))["fifth"] == kind
            best = quote_of([pair, fifth], Optimal("set"), cart=tea)
            assert told(best) == {"pair": "applied", "fifth": kind}
            assert best.certificates[0].exact

    def test_a_coupon_held_once_is_used_where_it_saves_most(self) -> None:
        promotions = [
            off("a", "10", "shirt", trigger=Coupon("k"), priority=9),
            off("b", "20", "lamp", trigger=Coupon("k")),
        ]
        quote = quote_of(promotions, Optimal("order"), shopper=Shopper(coupons=["k"]))
        assert (applied(quote), quote.coupons_used) == ({"b"}, ("k",))

    @pytest.mark.parametrize(
        "resolvers", [(Optimal(("set", "order")),), (BestOf("order"),), (Optimal("order"),)]
    )
    def test_a_coupon_held_once_is_used_in_one_layer(self, resolvers: Sequence[Resolver]) -> None:
        promotions = [
            off("a", "20", "shirt", trigger=Coupon("k"), layer="set"),
            off("b", "10", "lamp", trigger=Coupon("k")),
        ]
        quote = quote_of(promotions, *resolvers, shopper=Shopper(coupons=["k"]))
        assert (applied(quote), quote.coupons_used) == ({"a"}, ("k",))
        assert quote.outcome("b").kind.value == "excluded"

    def test_who_is_not_eligible_keeps_the_reason(self) -> None:
        big = off("big", "80", when=Threshold("1000"))
        quote = quote_of([big, off("small", "10")], Optimal("order"))
        assert told(quote) == {"big": "not_eligible", "small": "applied"}

    def test_a_run_without_candidates_is_not_certified(self) -> None:
        quote = quote_of([off("a", "10")], Optimal(("unit", "set")))
        assert quote.certificates == ()

    def test_each_run_has_a_certificate_of_its_own(self) -> None:
        promotions = [
            Promotion(id="tenth", benefits=PercentOff("10"), layer="unit"),
            off("a", "10"),
            off("b", "5", layer="coupon"),
        ]
        quote = quote_of(promotions, Optimal("unit"), Optimal(("platform", "coupon")))
        assert [each.layers for each in quote.certificates] == [("unit",), ("platform", "coupon")]


class TestProofs:
    """Cases in which a search that looked at too little held a worse combination for the best."""

    def test_a_repeating_promotion_may_apply_much_less_often_than_it_can(self) -> None:
        cart = Cart.of("CNY", [("a", "20", 40), ("b", "10", 40)])
        pick = Promotion(id="pick", benefits=PickN(2, "15"), layer="set")
        off = Promotion(id="off", benefits=PercentOff("40"), layer="set")
        quote = quote_of([pick, off], Optimal("set"), cart=cart)
        assert quote.discount == Money.of("660", "CNY")
        assert quote.certificates[0].exact

    def test_whole_offers_that_combine_stand_beside_each_other(self) -> None:
        cart = Cart.of("CNY", [("a", "50", 1)])
        both = [
            Promotion(id=id_, benefits=AmountOff("10"), layer="set", whole=True, combines_with="*")
            for id_ in ("one", "two")
        ]
        quote = quote_of(both, Optimal("set"), cart=cart)
        assert quote.discount == Money.of("20", "CNY")

    def test_a_whole_offer_that_repeats_may_leave_rows_to_others(self) -> None:
        cart = Cart.of("CNY", [("a", "10", 2), ("b", "9", 2)])
        pick = Promotion(id="pick", benefits=PickN(2, "17"), layer="set", whole=True)
        off = Promotion(id="off", benefits=AmountOff("5", Sku("b")), layer="set", whole=True)
        quote = quote_of([pick, off], Optimal("set"), cart=cart)
        assert quote.discount == Money.of("8", "CNY")

    def test_one_that_stands_alone_may_gain_by_applying_less_often(self) -> None:
        cart = Cart.of("CNY", [("a", "5", 1), ("b", "5", 3), ("c", "1", 2)])
        steps = AmountOff("3", Sku(("a", "c")), every=Every(amount="7"))
        odd = Promotion(id="odd", benefits=(NthItemOff(2, "50"), steps), layer="set")
        often = quote_of([odd], cart=cart)
        best = quote_of([odd], Optimal("set"), cart=cart)
        twice = evolve(odd, limits=Limits(applications=2))
        assert best.discount >= quote_of([twice], cart=cart).discount
        assert best.discount >= often.discount

    def test_a_combination_better_by_one_minor_unit_is_found(self) -> None:
        cart = Cart.of("JPY", [("a", "12", 1), ("b", "12", 1), ("c", "32", 1)])
        promotions = [
            off("three", "3", "b", layer="set", whole=True),
            off("five", "5", "b", "c", layer="set", whole=True),
            off("also", "5", "b", layer="set", whole=True),
            Promotion(id="tenth", benefits=PercentOff("10")),
            Promotion(id="six", when=Threshold("49"), benefits=AmountOff("6"), layer="coupon"),
        ]
        run = Optimal(("set", "order", "platform", "coupon"))
        quote = price(cart, PromotionBook("JPY", promotions, resolvers=[run]), at=AT)
        assert quote.payable == Money.of("44", "JPY")

    def test_a_step_that_is_given_often_may_be_given_less_often(self) -> None:
        """Each 10 takes 4: six times leave 36 of 60; twice leave enough for 30 off from 50 on."""
        cart = Cart.of("CNY", [("a", "60", 1)])
        promotions = [
            Promotion(id="each", benefits=AmountOff("4", every=Every("10")), layer="set"),
            Promotion(id="large", when=Threshold("50"), benefits=AmountOff("30")),
        ]
        quote = quote_of(promotions, Optimal(("set", "order")), cart=cart)
        assert quote.discount == Money.of("38", "CNY")

    def test_who_has_no_effect_alone_may_have_one_after_others(self) -> None:
        """The bundle is no cheaper than its parts, until only the dear one has to pay for it."""
        cart = Cart.of("CNY", [("a", "50", 2)])
        promotions = [
            Promotion(id="each", benefits=AmountOffEach("1", max_units_per_line=1), layer="set"),
            Promotion(
                id="step",
                benefits=AmountOff("60", every=Every("50"), excess="refuse"),
                layer="set",
            ),
            Promotion(
                id="once",
                benefits=AmountOff("40", every=Every("50"), excess="refuse"),
                layer="set",
            ),
        ]
        by_priority = quote_of(promotions, cart=cart)
        best = quote_of(promotions, Optimal("set"), cart=cart)
        assert best.payable <= by_priority.payable
        assert best.certificates[0].exact

    @pytest.mark.parametrize(
        ("promotions", "items", "payable"),
        [
            pytest.param(
                [
                    Promotion(
                        id="deal",
                        benefits=BuyXGetY(1, 1, "50", Sku("a"), pick="dearest"),
                        layer="set",
                    )
                ],
                [("a", "12.50", 2), ("b", "6", 2)],
                "30.75",
                id="to apply once may take more than to apply twice",
            ),
            pytest.param(
                [
                    off("w", "20", "b", layer="set", group="g"),
                    off("x", "10", "a", layer="set", group="g"),
                    Promotion(
                        id="t",
                        when=Threshold("80", target=~Undiscounted() & Sku("a")),
                        benefits=AmountOff("50"),
                    ),
                ],
                [("a", "100", 1), ("b", "180", 1)],
                "220",
                id="a condition may hold only after a discount",
            ),
            pytest.param(
                [
                    off("w", "60", "dear", layer="set", group="g"),
                    off("x", "50", "else", layer="set", group="g"),
                    off("one", "1", "cheap", priority=1),
                    Promotion(id="free", benefits=CheapestOff(1, "100", Sku(("cheap", "dear")))),
                ],
                [("cheap", "2", 1), ("dear", "100", 1), ("else", "60", 1)],
                "11",
                id="the cheapest may be in use",
            ),
        ],
    )
    def test_what_takes_more_of_less_is_bounded_all_the_same(
        self, promotions, items, payable
    ) -> None:
        run = Optimal(("set", "order"))
        quote = quote_of(promotions, run, cart=Cart.of("CNY", items))
        assert quote.payable == Money.of(payable, "CNY")
        assert quote.certificates[0].exact

    def test_counts_that_were_not_tried_may_open_a_later_layer(self) -> None:
        cart = Cart.of("CNY", [("a", "1", 400)])
        promotions = [
            Promotion(id="pair", benefits=BuyXGetY(1, 1, "100"), layer="set"),
            Promotion(id="large", when=Threshold("300"), benefits=AmountOff("120")),
        ]
        quote = quote_of(promotions, Optimal(("set", "order")), cart=cart)
        told = quote.certificates[0]
        assert quote.payable - told.gap <= Money.of("180", "CNY")

    def test_a_search_cut_short_knows_nothing_of_who_might_stand_beside(self) -> None:
        cart = Cart.of("CNY", [("a", "100", 1), ("z", "50", 1)])
        promotions = [
            off("x", "10", "a", layer="set", group="g", combines_with="*"),
            off("y", "8", "a", layer="set", combines_with="*"),
            off("z", "11", "z", layer="set", group="g"),
        ]
        for nodes in (1, 2, 3, 100):
            quote = quote_of(promotions, Optimal("set", nodes=nodes), cart=cart)
            told = quote.certificates[0]
            assert quote.payable - told.gap <= Money.of("131", "CNY")
        assert quote.payable == Money.of("131", "CNY")

    def test_who_draws_on_one_shipping_fee_does_not_draw_twice(self) -> None:
        cart = Cart.of("CNY", [("a", "50", 1)], shipping="12")
        both = [
            Promotion(id="free", benefits=ShippingOff(percent="100"), layer="set"),
            Promotion(id="less", benefits=ShippingOff(amount="5"), layer="set"),
        ]
        quote = quote_of(both, Optimal("set"), cart=cart)
        assert (quote.shipping.minor, quote.payable) == (0, Money.of("50", "CNY"))

    def test_what_was_not_tried_to_the_end_is_no_proof(self) -> None:
        cart = Cart.of("CNY", [("a", "20", 300), ("b", "10", 300)])
        pick = Promotion(id="pick", benefits=PickN(2, "15"), layer="set")
        off = Promotion(id="off", benefits=PercentOff("40"), layer="set")
        quote = quote_of([pick, off], Optimal("set"), cart=cart)
        best = quote_of([pick, evolve(off, priority=-1)], cart=cart).discount
        assert quote.discount >= best
        assert not quote.certificates[0].exact
        thrice = [evolve(pick, priority=1, limits=Limits(applications=150)), off]
        reachable = quote_of(thrice, cart=cart).discount
        assert quote.discount + quote.certificates[0].gap >= reachable


class TestGroupsOfTheBest:
    def test_the_next_best_takes_the_place_of_one_whose_units_are_in_use(self) -> None:
        cart = Cart.of("CNY", [("a", "100", 1), ("b", "100", 1)])
        early = off("early", "5", "a", layer="set", priority=9)
        best = off("best", "50", "a", layer="set", group="g")
        next_best = off("next", "40", "b", layer="set", group="g")
        quote = quote_of([early, best, next_best], BestOf(group="g"), cart=cart)
        assert told(quote) == {"early": "applied", "best": "beaten", "next": "applied"}
        assert quote.discount == Money.of("45", "CNY")


class TestObjective:
    @pytest.mark.parametrize(
        ("objective", "names"),
        [
            (("payable", "gift_value", "priority", "fewer"), {"mug"}),
            (("gift_value", "payable"), {"mug"}),
            (("payable", "priority"), {"less"}),
            (("payable", "fewer"), {"less"}),  # by ids
        ],
    )
    def test_what_decides_between_a_gift_and_an_equal_nothing(
        self, objective: Sequence[str], names: set[str]
    ) -> None:
        mug = Promotion(
            id="mug", benefits=(AmountOff("10"), Gift("mug", 1, value="20")), group="g"
        )
        less = off("less", "10", group="g", priority=1)
        quote = quote_of([mug, less], Optimal("order", objective=objective))
        assert applied(quote) == names

    @pytest.mark.parametrize(
        ("objective", "names"),
        [
            (("payable", "priority"), {"a", "b"}),
            (("payable", "fewer"), {"both"}),
        ],
    )
    def test_of_equal_savings_priority_or_fewer_promotions_decide(
        self, objective: Sequence[str], names: set[str]
    ) -> None:
        promotions = [
            off("a", "10", "shirt", whole=True, priority=2),
            off("b", "20", "lamp", whole=True),
            off("both", "30", whole=True, priority=1),
        ]
        quote = quote_of(promotions, Optimal("order", objective=objective))
        assert applied(quote) == names

    @pytest.mark.parametrize(
        ("objective", "reason"),
        [
            ((), "invalid_value"),
            (("payable", "payable"), "duplicate_name"),
            (("cheapest",), "invalid_value"),
            (("priority", "payable"), "unordered_criteria"),
            (("fewer",), "unordered_criteria"),
            (("gift_value",), "unordered_criteria"),
            (("payable", "fewer", "gift_value"), "unordered_criteria"),
        ],
    )
    def test_an_objective_without_a_meaning_is_refused(
        self, objective: Sequence[str], reason: str
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            Optimal("order", objective=objective)
        assert caught.value.path == ("objective",) or caught.value.path[0] == "objective"
        assert caught.value.reason in {reason, "unknown_choice"}

    @pytest.mark.parametrize(
        ("objective", "names"),
        [
            (("payable", "priority"), {"later"}),
            (("payable", "fewer"), {"later"}),
            (("payable",), {"a", "b"}),  # by ids
        ],
    )
    def test_of_equal_savings_it_decides_over_all_layers_of_a_run(
        self, objective: Sequence[str], names: set[str]
    ) -> None:
        promotions = [
            off("a", "10", "shirt", layer="set", priority=1),
            off("b", "20", "lamp", layer="set"),
            off("later", "30", when=Threshold("300"), priority=2),
        ]
        quote = quote_of(promotions, Optimal(("set", "order"), objective=objective))
        assert applied(quote) == names
        assert quote.certificates[0].exact

    @pytest.mark.parametrize("objective", [("payable",), tuple(Criterion)])
    @pytest.mark.parametrize(
        "benefit",
        [EarnPoints(1, "1"), GrantCoupon("next"), Deposit("10"), Gift("mug")],
        ids=lambda benefit: type(benefit).__name__,
    )
    def test_what_costs_nothing_is_not_left_out(
        self, benefit: Benefit, objective: Sequence[str]
    ) -> None:
        extra = Promotion(id="extra", benefits=benefit, layer="platform", priority=-1)
        search = Optimal(("order", "platform"), objective=objective)
        assert applied(quote_of([off("less", "10"), extra], search)) == {"less", "extra"}

    def test_of_several_that_give_no_amount_the_higher_priority_gives(self) -> None:
        points = Promotion(id="a", benefits=EarnPoints(1, "1"), group="g")
        double = Promotion(id="b", benefits=EarnPoints(2, "1"), group="g", priority=1)
        assert applied(quote_of([points, double], Optimal("order"))) == {"b"}

    def test_gifts_that_a_later_layer_may_give_are_weighed_from_the_first_on(self) -> None:
        """The one coupon takes 30 off, or brings a mug: the shop would rather give the mug."""
        less = off("less", "30", layer="set", trigger=Coupon("k"))
        mug = Promotion(id="mug", benefits=Gift("mug", value="5"), trigger=Coupon("k"))
        search = Optimal(("set", "order"), objective=("gift_value", "payable"))
        quote = quote_of([less, mug], search, shopper=Shopper(coupons=["k"]))
        assert applied(quote) == {"mug"}

    def test_points_are_earned_by_what_is_left_whoever_comes_first(self) -> None:
        points = Promotion(id="points", benefits=EarnPoints(1, "1"), priority=9)
        quote = quote_of([points, off("less", "100")], Optimal("order"))
        assert quote.points_earned == 200

    @pytest.mark.parametrize(
        "benefit",
        [EarnPoints(1, "1"), GrantCoupon("next"), Gift("mug"), Gift("cup", value="5")],
        ids=["points", "coupon", "gift", "gift-of-value"],
    )
    def test_those_who_use_no_units_are_no_work_for_a_search(self, benefit: Benefit) -> None:
        extras = [Promotion(id=f"extra{i}", benefits=benefit) for i in range(9)]
        less = [off("a", "10", "shirt"), off("b", "20", "shirt"), off("c", "5", "lamp")]
        quote = quote_of([*extras, *less], Optimal("order"))
        (certificate,) = quote.certificates
        assert applied(quote) == {"b", "c", *[each.id for each in extras]}
        assert certificate.exact
        assert certificate.nodes < 10_000  # each for itself, not in each order

    def test_as_many_gifts_are_given_as_can_be(self) -> None:
        mugs = Promotion(id="mugs", benefits=Gift("mug", every=Every("100")), layer="order")
        quote = quote_of([mugs], Optimal(("order", "platform")))
        assert [(gift.sku, gift.quantity) for gift in quote.gifts] == [("mug", 3)]

    def test_fewer_gifts_are_given_where_all_of_them_are_too_many(self) -> None:
        mugs = Promotion(id="mugs", benefits=Gift("mug", every=Every("100"), value="5"))
        book = PromotionBook("CNY", [mugs], resolvers=[Optimal("order")])
        quote = price(HOME, book, at=AT, gift_stock={"mug": 2})
        assert [(gift.sku, gift.quantity) for gift in quote.gifts] == [("mug", 2)]

    def test_where_gifts_come_first_what_was_not_tried_may_save_anything(self) -> None:
        mugs = [
            Promotion(
                id=f"mug{i}", benefits=(AmountOff("5"), Gift("mug", value=str(i + 1))), group="g"
            )
            for i in range(5)
        ]
        search = Optimal("order", objective=("gift_value", "payable"), nodes=1)
        (certificate,) = quote_of([*mugs, off("less", "90")], search).certificates
        assert not certificate.exact
        assert certificate.gap <= Money.of("312", "CNY")
        assert quote_of([off("less", "90")]).discount <= certificate.gap + Money.of("5", "CNY")


def alone(amount: str, **more: object) -> Promotion:
    return off("alone", amount, exclusive="book", **more)


class TestAloneInTheBook:
    @pytest.mark.parametrize(
        ("amount", "outcomes"),
        [
            ("35", {"alone": "applied", "tenth": "excluded", "five": "excluded"}),
            ("34.98", {"alone": "beaten", "tenth": "applied", "five": "applied"}),
        ],
    )
    def test_it_competes_as_a_whole_alternative(
        self, amount: str, outcomes: dict[str, str]
    ) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        five = off("five", "4.99")
        quote = quote_of([tenth, five, alone(amount)], Optimal(("unit", "set", "order")))
        assert told(quote) == outcomes

    def test_a_beaten_one_is_told_by_whom_and_by_how_much(self) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        quote = quote_of([tenth, alone("20")], Optimal(("unit", "set", "order")))
        outcome = quote.outcome("alone")
        assert isinstance(outcome, Beaten)
        assert (outcome.by, str(outcome.difference)) == (("tenth",), "CNY 10.00")

    def test_of_equal_savings_the_objective_decides(self) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit", priority=1)
        quote = quote_of([tenth, alone("30")], Optimal(("unit", "set", "order")))
        assert applied(quote) == {"tenth"}

    def test_without_such_a_search_it_is_tried_first(self) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        assert applied(quote_of([tenth, alone("20")], BestOf("order"))) == {"alone"}

    def test_one_that_is_not_eligible_does_not_count(self) -> None:
        tenth = Promotion(id="tenth", benefits=PercentOff("10"), layer="unit")
        promotions = [tenth, alone("90", when=Threshold("1000"))]
        quote = quote_of(promotions, Optimal(("unit", "set", "order")))
        assert told(quote) == {"alone": "not_eligible", "tenth": "applied"}


BUDGETS = (1, 2, 3, 4, 5, 6, 8, 13, 30, 100)


class TestNodes:
    def test_a_small_budget_states_the_gap_and_a_large_one_none(self) -> None:
        for nodes in BUDGETS:
            quote = quote_of([COLA, MEAL], Optimal("set", nodes=nodes), cart=LUNCH)
            (certificate,) = quote.certificates
            assert quote.discount.minor + certificate.gap.minor >= 300  # the true optimum
            assert certificate.exact is (certificate.gap.minor == 0)
        assert certificate.exact

    def test_it_is_never_worse_than_by_priority(self) -> None:
        promotions = [
            Promotion(id="half", benefits=PercentOff("50", Sku("cola")), layer="unit", priority=3),
            Promotion(id="fixed", benefits=FixedPrice("2.2", Sku("sandwich")), layer="unit"),
            COLA,
            MEAL,
            off("save", "3", when=Threshold("9")),
            off("more", "4", when=Threshold("12"), group="g"),
        ]
        usual = quote_of(promotions, cart=LUNCH).payable_minor
        for nodes in BUDGETS:
            search = Optimal(("unit", "set", "order"), nodes=nodes)
            assert quote_of(promotions, search, cart=LUNCH).payable_minor <= usual

    @pytest.mark.parametrize("nodes", [60, 200, 1000])
    def test_when_they_are_used_up_whoever_still_can_applies_and_later_layers_are_searched(
        self, nodes: int
    ) -> None:
        """Each line has two offers in a ring, and the tier with the first id gives less."""
        ring = [str(i) for i in range(40)]
        offers = [
            Promotion(id=f"pair-{one}", benefits=PercentOff("10", Sku((one, two))), layer="set")
            for one, two in zip(ring, [*ring[1:], ring[0]], strict=True)
        ]
        tiers = [
            off("less", "20", when=Threshold("1000"), group="tiers"),
            off("more", "100", when=Threshold("3000"), group="tiers"),
        ]
        cart = Cart.of("CNY", [(sku, "100", 1) for sku in ring])
        quote = quote_of([*offers, *tiers], Optimal(("set", "order"), nodes=nodes), cart=cart)
        assert quote.discount == Money.of("500", "CNY")
        assert not quote.certificates[0].exact

    def test_what_takes_longer_to_look_at_counts_for_more_of_them(self) -> None:
        """Else a search over sets of many goods would take minutes before its nodes are used."""
        cart = Cart.of("CNY", [(str(i), "10", 3) for i in range(80)])

        def nodes(*benefits: Benefit) -> int:
            promotions = [
                Promotion(id=name, benefits=benefits, layer="set") for name in ("a", "b", "c")
            ]
            return quote_of(promotions, Optimal("set"), cart=cart).certificates[0].nodes

        rows, percents = nodes(AmountOff("5")), nodes(AmountOff("5"), AmountOff("3"))
        picks = nodes(NthItemOff(2, "50", max_times=1))
        assert 4 * rows < picks
        assert rows < percents

    def test_nodes_are_counted(self) -> None:
        few, many = (
            quote_of([COLA, MEAL], Optimal("set", nodes=nodes), cart=LUNCH).certificates[0]
            for nodes in (1, 1000)
        )
        assert 0 < few.nodes <= 1 < many.nodes <= 1000

    @pytest.mark.parametrize("nodes", [0, -1, 10_000_001])
    def test_a_budget_has_bounds(self, nodes: int) -> None:
        with pytest.raises(InvalidInput) as caught:
            Optimal("set", nodes=nodes)
        assert caught.value.path == ("nodes",)


def faults(*promotions: Promotion, resolvers: Sequence[Resolver] = ()) -> list[InvalidInput]:
    with pytest.raises(InvalidDocument) as caught:
        PromotionBook("CNY", promotions, resolvers=resolvers)
    return list(caught.value.faults)


class TestBounds:
    """Combinations that a bound too low would pass over, and prove to be no better."""

    @pytest.mark.parametrize("least", ["1", "4", "6", "9"])
    def test_percentages_that_share_a_row_may_round_up_all_at_once(self, least: str) -> None:
        cart = Cart.of("JPY", [("a", "45", 1)])
        shared = [
            Promotion(id=f"p{i}", benefits=PercentOff("19"), combines_with="*") for i in range(5)
        ]
        before = [
            Promotion(id="first", benefits=AmountOff(least), layer="unit"),
            Promotion(id="second", benefits=AmountOff("3"), layer="set"),
        ]
        run = Optimal(("unit", "set", "order"))
        book = PromotionBook("JPY", [*before, *shared], resolvers=[run])
        assert price(cart, book, at=AT).payable.minor == 0

    def test_a_gift_that_stock_holds_back_may_be_given_where_less_is_promised(self) -> None:
        cart, first = Cart.of("CNY", [("a", "200", 1)]), ("gift_value", "payable")
        promotions = [
            Promotion(id="f", benefits=Gift("mug", value="2"), layer="set", group="g"),
            off("o", "50", layer="set", group="g"),
            Promotion(id="g", benefits=Gift("mug", value="10", every=Every("50"))),
        ]
        run = Optimal(("set", "order"), objective=first)
        book = PromotionBook("CNY", promotions, resolvers=[run])
        quote = price(cart, book, at=AT, gift_stock={"mug": 1})
        assert (applied(quote), str(quote.payable)) == ({"o", "g"}, "CNY 150.00")

    def test_a_gift_that_is_used_up_may_let_dearer_ones_be_given(self) -> None:
        choice = GiftChoice(
            ("mug", "cup"), "k", quantity=5, value="10", out_of_stock="grant_alternative"
        )
        promotions = [
            Promotion(id="e", benefits=Gift("mug", value="1"), layer="set", group="g"),
            Promotion(id="f", benefits=Gift("pin", value="2"), layer="set", group="g"),
            Promotion(id="c", benefits=choice),
        ]
        book = PromotionBook("CNY", promotions, resolvers=[Optimal(("set", "order"))])
        stock = {"mug": 1, "cup": 4, "pin": 9}
        assert applied(price(HOME, book, at=AT, gift_stock=stock)) == {"e", "c"}


class TestContradictions:
    @pytest.mark.parametrize(
        ("promotions", "pair"),
        [
            ([off("a", "1", exclusive="layer", combines_with="b"), off("b", "1")], ("'a'", "'b'")),
            ([off("a", "1", exclusive="book", combines_with="*")], ("'a'", "'*'")),
            ([off("a", "1", combines_with="b"), off("b", "1", exclusive="layer")], ("'a'", "'b'")),
            ([off("a", "1", combines_with="b"), off("b", "1", exclusive="book")], ("'a'", "'b'")),
            (
                [off("a", "1", combines_with="b"), off("b", "1", layer="set", exclusive="book")],
                ("'a'", "'b'"),
            ),
            (
                [off("a", "1", combines_with="b", group="g"), off("b", "1", group="g")],
                ("'a'", "'b'", "'g'"),
            ),
        ],
    )
    def test_what_cannot_both_be_meant_is_refused_with_the_pair(
        self, promotions: Sequence[Promotion], pair: Sequence[str]
    ) -> None:
        for order in permutations(promotions):
            (fault,) = faults(*order)
            assert fault.reason == "contradictory_stacking"
            assert fault.path == ("promotions", order.index(promotions[0]), "combines_with")
            assert all(name in str(fault) for name in pair)

    @pytest.mark.parametrize(
        "promotions",
        [
            [off("a", "1", combines_with="*"), off("b", "1", exclusive="layer")],
            [off("a", "1", combines_with="*", group="g"), off("b", "1", group="g")],
            [off("a", "1", combines_with="gone")],
            [off("a", "1", combines_with="b", group="g"), off("b", "1", group="h")],
            [off("a", "1", combines_with="a", group="g"), off("b", "1", group="g")],
            [off("a", "1", combines_with="b"), off("b", "1", layer="set", exclusive="layer")],
            [off("a", "1", combines_with="b", group="g"), off("b", "1", layer="set", group="g")],
        ],
    )
    def test_what_can_be_meant_is_not(self, promotions: Sequence[Promotion]) -> None:
        assert len(PromotionBook("CNY", promotions).promotions) == len(promotions)

    @pytest.mark.parametrize(
        ("resolvers", "reason", "path", "named"),
        [
            (
                [BestOf("order"), BestOf("order")],
                "contradictory_stacking", ("resolvers", 1), "'order'",
            ),
            (
                [Optimal(("set", "order")), BestOf("order")],
                "contradictory_stacking", ("resolvers", 1), "'order'",
            ),
            (
                [Optimal("set"), Optimal(("set", "order"))],
                "contradictory_stacking", ("resolvers", 1), "'set'",
            ),
            (
                [BestOf(group="g"), BestOf(group="g")],
                "contradictory_stacking", ("resolvers", 1), "'g'",
            ),
            ([BestOf("dessert")], "unknown_layer", ("resolvers", 0), "dessert"),
            ([Optimal(("order", "dessert"))], "unknown_layer", ("resolvers", 0), "dessert"),
            ([Optimal(("unit", "order"))], "scattered_layers", ("resolvers", 0, "layers"), "unit"),
            ([Optimal(("order", "set"))], "scattered_layers", ("resolvers", 0, "layers"), "set"),
        ],
    )  # fmt: skip
    def test_resolvers_that_do_not_go_together_are_refused(
        self, resolvers: Sequence[Resolver], reason: str, path: tuple[str | int, ...], named: str
    ) -> None:
        (fault,) = faults(resolvers=resolvers)
        assert (fault.reason, fault.path) == (reason, path)
        assert named in str(fault)

    @pytest.mark.parametrize("settling", [Optimal(("set", "order")), BestOf("order")])
    def test_the_best_of_a_group_competes_in_no_layer_that_another_resolver_settles(
        self, settling: Resolver
    ) -> None:
        red, blue = off("red", "1", group="card"), off("blue", "2", group="card")
        for resolvers in permutations([settling, BestOf(group="card")]):
            (fault,) = faults(red, blue, resolvers=resolvers)
            assert fault.reason == "contradictory_stacking"
            assert fault.path == ("resolvers", resolvers.index(BestOf(group="card")))
            assert "'card' (as 'red' in layer 'order')" in str(fault)
        elsewhere = [evolve(red, layer="coupon"), evolve(blue, layer="coupon")]
        resolvers = [settling, BestOf(group="card")]
        assert PromotionBook("CNY", elsewhere, resolvers=resolvers).runs

    @pytest.mark.parametrize(
        "make",
        [BestOf, lambda: BestOf("order", group="g"), lambda: BestOf(""), lambda: Optimal(())],
    )
    def test_a_resolver_says_what_it_settles(self, make: type[BestOf]) -> None:
        with pytest.raises(InvalidInput):
            make()


RESOLVERS = (
    BestOf("coupon"),
    BestOf(group="card"),
    Optimal(("unit", "set"), objective=["payable", "fewer"], nodes=500),
)


class TestDocuments:
    def test_a_book_with_resolvers_is_read_as_it_was_written(self) -> None:
        book = PromotionBook("CNY", [COLA, MEAL, off("whole", "1", whole=True)],
                             resolvers=RESOLVERS)  # fmt: skip
        assert loads(PromotionBook, dumps(book)) == book
        assert loads(PromotionBook, dumps(book)).runs == book.runs
        assert dump(book)["resolvers"] == [
            {"type": "best_of", "layer": "coupon"},
            {"type": "best_of", "group": "card"},
            {"type": "optimal", "layers": ["unit", "set"], "objective": ["payable", "fewer"],
             "nodes": 500},
        ]  # fmt: skip

    def test_a_contradiction_in_a_document_is_told_with_its_path(self) -> None:
        plain = dump(PromotionBook("CNY", [off("a", "1", combines_with="b"), off("b", "1")]))
        plain["promotions"][1]["exclusive"] = "layer"
        with pytest.raises(InvalidDocument) as caught:
            load(PromotionBook, plain)
        (fault,) = caught.value.faults
        assert fault.reason == "contradictory_stacking"
        assert fault.path == ("promotions", 0, "combines_with")

    def test_all_criteria_in_order_are_the_default(self) -> None:
        assert Optimal("set").objective == tuple(Criterion)


class TestOrder:
    @pytest.mark.parametrize(
        "resolvers",
        [
            (),
            (BestOf("set"), BestOf("order")),
            (BestOf(group="g"),),
            (Optimal(("set", "order")),),
            (Optimal(("set", "order"), nodes=3),),
            (Optimal(DEFAULT_LAYERS),),
        ],
    )
    def test_the_order_in_which_promotions_are_listed_means_nothing(
        self, resolvers: Sequence[Resolver]
    ) -> None:
        promotions = [
            COLA, MEAL, off("a", "1", group="g"), off("b", "1", "cola", group="g"),
            off("c", "1", "bar", combines_with="*"),
        ]  # fmt: skip
        first, *others = [
            quote_of(listed, *resolvers, cart=LUNCH) for listed in permutations(promotions)
        ]
        for other in others:
            assert other.columns == first.columns
            assert other.outcomes == first.outcomes
            assert other.certificates == first.certificates

    def test_nor_does_the_order_of_resolvers(self) -> None:
        promotions = [COLA, MEAL, off("a", "1", layer="coupon"), off("b", "2", layer="coupon")]
        one, other = BestOf("coupon"), Optimal(("set", "order"))
        quotes = [quote_of(promotions, *each, cart=LUNCH) for each in ((one, other), (other, one))]
        assert quotes[0].outcomes == quotes[1].outcomes
        assert quotes[0].certificates == quotes[1].certificates


class TestWords:
    @pytest.mark.parametrize(
        ("promotion", "span", "words"),
        [
            # 满300减50 would be lost, 5 off would not: 19 in truth, and 25 by adding up
            (
                Promotion(id="tenth", benefits=PercentOff("10"), layer="unit"),
                ("unit", "set", "order", "platform", "coupon"),
                "9折：已选用 满300减50",
            ),
            # the whole quote is another one: 55 instead of 20
            (
                off("alone", "20", exclusive="book"),
                ("unit", "set", "order", "platform", "coupon"),
                "立减20：适用商品已用于 满300减50、立减5，多省 ¥35.00",
            ),
        ],
    )
    def test_a_saving_is_told_only_where_the_others_stand_in_its_place(
        self, promotion: Promotion, span: tuple[str, ...], words: str
    ) -> None:
        save = off("save", "50", when=Threshold("300"))
        flat = off("flat", "5", layer="coupon")
        (row,) = explain(quote_of([promotion, save, flat], Optimal(span)), "zh_CN").not_applied
        assert row.words == words

    @pytest.mark.parametrize(
        ("layers", "nodes", "locale", "words"),
        [
            (("set",), 1000, "zh_CN", "已证明最优"),
            (("set", "order"), 1000, "en", "Proven best combination"),
            (DEFAULT_LAYERS, 1000, "zh_CN", "已证明最优"),
            (DEFAULT_LAYERS, 1000, "en", "Proven best combination"),
            (("set",), 1, "zh_CN", "与最优相差至多 ¥10.00"),
            (("set",), 1, "en", "Short of the best by at most CN¥10.00"),
            (DEFAULT_LAYERS, 1, "zh_CN", "与最优相差至多 ¥10.00"),
            (DEFAULT_LAYERS, 1, "en", "Short of the best by at most CN¥10.00"),
        ],
    )
    def test_a_certificate_is_one_line_of_text_and_of_the_table(
        self, layers: tuple[str, ...], nodes: int, locale: str, words: str
    ) -> None:
        quote = quote_of([COLA, MEAL], Optimal(layers, nodes=nodes), cart=LUNCH)
        explanation = explain(quote, locale)
        assert str(explanation).splitlines().count(words) == 1
        assert explanation.table().splitlines()[-1].split() == words.split()

    @pytest.mark.parametrize(
        ("locale", "words"),
        [
            ("zh_CN", ["与最优（set）相差至多", "已证明最优（order）"]),
            ("en", ["Short of the best (set) by at most", "Proven best combination (order)"]),
        ],
    )
    def test_several_certificates_tell_of_which_layers_they_are(
        self, locale: str, words: list[str]
    ) -> None:
        resolvers = Optimal("set", nodes=1), Optimal("order")
        quote = quote_of([COLA, MEAL, off("a", "1")], *resolvers, cart=LUNCH)
        assert [row.words for row in explain(quote, locale).proofs] == words

    def test_a_certificate_is_a_row_of_the_plain_data(self) -> None:
        quote = quote_of([COLA, MEAL], Optimal("set", nodes=1), cart=LUNCH)
        (row,) = explain(quote, "en").to_plain()["proofs"]
        assert row["kind"] == RowKind.PROOF
        assert row["because"] == ["set"]
        assert row["value"] == {"minor": 1000, "text": "CN¥10.00"}

    def test_without_a_certificate_nothing_is_told(self) -> None:
        assert explain(quote_of([COLA, MEAL], cart=LUNCH)).proofs == ()

    @pytest.mark.parametrize(
        ("resolvers", "words"),
        [
            ((), "Cola: its items are used by Meals"),
            ((Optimal("set"),), "Cola: its items are used by Meals, which saves CN¥1.00 more"),
        ],
    )
    def test_who_uses_the_units_is_told(self, resolvers: Sequence[Resolver], words: str) -> None:
        promotions = [
            load(Promotion, {**dump(each), "name": {"*": name}})
            for each, name in ((COLA, "Cola"), (ranked(MEAL, 1), "Meals"))
        ]
        (row,) = explain(quote_of(promotions, *resolvers, cart=LUNCH), "en").not_applied
        assert row.words.startswith(words)

    @pytest.mark.parametrize(
        ("locale", "words"),
        [
            ("en", "a: gives way to b, which saves CN¥10.00 more"),
            ("zh_CN", "a：已选用 b，多省 ¥10.00"),
        ],
    )
    def test_one_that_gives_way_on_other_goods_is_not_said_to_lack_units(
        self, locale: str, words: str
    ) -> None:
        promotions = [off("a", "10", "shirt", name="a"), off("b", "20", "lamp", name="b")]
        (row,) = explain(quote_of(promotions, BestOf("order")), locale).not_applied
        assert (row.kind, row.words) == (Kind.BEATEN, words)
