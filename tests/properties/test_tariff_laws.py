"""Laws of price lists, taxes and the rounding of the payable, worked out once more by hand.

- P1: the best price is never above the cart's own; nothing contains more tax than it costs.
- P3: the tax of a rate is the sum over its parts.
- P4: what is made whole is made whole once, by its named rounding.
- P16: what is free bears no tax.
- P17: a tariff is read back as it was written.

Base prices are worked out unit by unit, and taxes in exact fractions. The laws that hold with
a tariff as without one are where they hold for promotions.
"""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

from attrs import evolve
from by_hand import number, rows_of, whole
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Context, Money, PromotionBook, Quote, UnitPrice
from ordercore.data import dump, dumps, load, loads
from ordercore.pricing import price_in
from ordercore.tariffs import (
    CostPlus,
    FixedListPrice,
    PriceChoice,
    PriceList,
    PriceRule,
    Tariff,
    Taxes,
    TaxLevel,
    TaxRate,
)
from ordercore.testing.strategies import (
    carts,
    contexts,
    price_lists,
    pricings_by_tariff,
    tariffs,
    taxes,
)

EMPTY = PromotionBook("CNY", [])


# Base prices, unit by unit


def at_decimals(exact: Fraction, finest: UnitPrice, rule: Any) -> Fraction:
    places = rule.decimals
    if places is None:
        places = finest.scale
    return Fraction(whole(exact * 10**places, rule.rounding), 10**places)


def by_rule(rule: PriceRule, listed: UnitPrice) -> Fraction:
    """What a unit costs by a rule."""
    if isinstance(rule, FixedListPrice):
        return number(rule.price)
    if isinstance(rule, CostPlus):
        cost = UnitPrice.of(rule.cost, listed.currency)
        return at_decimals(number(cost) * (100 + Fraction(rule.percent)) / 100, cost, rule)
    lowered = number(listed) * (100 - Fraction(rule.percent)) / 100
    return min(at_decimals(lowered, listed, rule), number(listed))


def rule_for(each: PriceList, sku: str, count: int) -> PriceRule | None:
    fitting = [
        rule for rule in each.rules if rule.sku in (sku, None) and rule.min_quantity <= count
    ]
    return max(fitting, key=lambda rule: (rule.sku is not None, rule.min_quantity), default=None)


def holds(each: PriceList, context: Context) -> bool:
    groups = () if context.shopper is None else context.shopper.groups
    return (
        (not each.groups or bool(set(each.groups) & set(groups)))
        and (not each.channels or context.channel in each.channels)
        and (not each.regions or context.region in each.regions)
        and each.schedule.is_open(context.at)
    )


Bill = list[tuple[Fraction, str | None]]


def bills(cart: Cart, context: Context, tariff: Tariff) -> list[Bill]:
    """What each unit of each row costs and by which list, taken one after the other."""
    bought = {} if context.shopper is None else dict(context.shopper.purchases)
    used: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    for line in cart.lines:
        counts[line.product.sku] = counts.get(line.product.sku, 0) + line.quantity
    found: list[Bill] = []
    for row in rows_of(cart):
        sku, listed = row[0].product.sku, row[0].unit_price
        rules = [
            (each, rule)
            for each in tariff.price_lists
            if holds(each, context) and (rule := rule_for(each, sku, counts[sku])) is not None
        ]
        bill: Bill = []
        for _ in range(sum(line.quantity for line in row)):
            offers = [(number(listed), 0, 0, "", None)]
            for each, rule in rules:
                so_far = used.get((each.id, sku), 0) + bought.get(sku, 0)
                if each.purchase_limit is None or so_far < each.purchase_limit:
                    price = by_rule(rule, listed)
                    offers.append((price, 1, -each.priority, each.id, each.id))
            if tariff.choice is PriceChoice.PRIORITY:
                price, _, _, _, name = min(offers, key=lambda one: (one[4] is None, *one[2:4]))
            else:
                price, _, _, _, name = min(offers, key=lambda one: one[:4])
            if name is not None:
                used[name, sku] = used.get((name, sku), 0) + 1
            bill.append((price, name))
        found.append(bill)
    return found


def base_of(quote: Quote, row: list[CartLine]) -> int:
    return sum(quote.line(line.id).base_minor for line in row)


@given(pricings_by_tariff())
def test_p4_a_row_costs_its_units_at_their_prices_made_whole_once(case):
    cart, book, context, tariff = case
    quote = price_in(cart, book, context, tariff)
    for row, bill in zip(rows_of(cart), bills(cart, context, tariff), strict=True):
        exact = sum((price for price, _ in bill), Fraction(0)) * 10**cart.currency.digits
        assert base_of(quote, row) == whole(exact, cart.rounding)


TWO_LISTS = st.tuples(price_lists(id="a"), price_lists(id="b"))


@given(carts(min_lines=1), contexts(), tariffs(price_lists=TWO_LISTS))
def test_p4_a_line_tells_of_which_prices_its_row_is_made(cart, context, tariff):
    quote = price_in(cart, EMPTY, context, tariff)
    kinds = {each.id: each.kind for each in tariff.price_lists} | {None: "list"}
    some_list_holds = any(holds(each, context) for each in tariff.price_lists)
    for row, bill in zip(rows_of(cart), bills(cart, context, tariff), strict=True):
        for line in row:
            prices = quote.line(line.id).prices
            assert all(each.kind == kinds[each.price_list] for each in prices)
            units = [
                (number(each.unit_price), each.price_list)
                for each in prices
                for _ in range(each.units)
            ]
            assert units == (bill if some_list_holds else [])


@given(pricings_by_tariff(choice=PriceChoice.BEST), price_lists())
def test_p1_the_best_price_is_never_above_the_carts_own_nor_raised_by_another_list(case, more):
    cart, book, context, tariff = case
    quote = price_in(cart, book, context, tariff)
    for row, listed in zip(rows_of(cart), cart.rows.amounts, strict=True):
        assert base_of(quote, row) <= listed
    if cart.currency == "CNY":
        other = evolve(tariff, price_lists=[*tariff.price_lists, evolve(more, id="more")])
        assert price_in(cart, book, context, other).base <= quote.base


# Components


@given(pricings_by_tariff())
def test_p4_the_payable_is_made_a_multiple_of_the_step_by_its_rounding(case):
    *rest, tariff = case
    exact = price_in(*rest, evolve(tariff, rounding=None)).payable_minor
    quote = price_in(*case)
    if tariff.rounding is None:
        assert quote.rounding.is_zero
        return
    step = Money.of(tariff.rounding.step, quote.currency).minor
    assert quote.payable_minor == whole(Fraction(exact, step), tariff.rounding.mode) * step
    assert abs(quote.rounding.minor) < step


# Taxes


Part = tuple[str, str, str | None, int]
"""(what, id, tax class, minor units)."""


def parts_of(quote: Quote, taxes: Taxes) -> list[Part]:
    """Rows by the id of their first line, shipping, fees: with what is to be paid for each."""
    goods = [
        (
            "goods",
            row[0].id,
            row[0].product.tax_class,
            sum(quote.line(line.id).payable_minor for line in row),
        )
        for row in rows_of(quote.cart)
    ]
    fees = [
        ("fees", fee.id, fee.tax_class, dict(quote.fees)[fee.id].minor) for fee in quote.cart.fees
    ]
    return [*goods, ("shipping", "", taxes.shipping_class, quote.shipping_minor), *fees]


def borne_by(quote: Quote, part: Part) -> dict[str, int]:
    """What each rate comes to on a part, read off its lines."""
    what, each, _, _ = part
    if what == "shipping":
        shares = quote.shipping_taxes
    elif what == "fees":
        shares = dict(quote.fee_taxes)[each]
    else:
        row = next(row for row in rows_of(quote.cart) if row[0].id == each)
        shares = tuple(share for line in row for share in quote.line(line.id).taxes)
    found: dict[str, int] = {}
    for share in shares:
        found[share.rate] = found.get(share.rate, 0) + share.minor
    return found


def rates_on(quote: Quote, taxes: Taxes, part: Part) -> list[TaxRate]:
    """The rates that fall on a part."""
    shopper, region = quote.context.shopper, quote.context.region
    if shopper is not None and set(shopper.groups) & set(taxes.exempt_groups):
        return []
    what, _, tax_class, _ = part
    return [
        rate
        for rate in taxes.rates
        if what in {kind.value for kind in rate.on}
        and (tax_class or "ordinary") in rate.tax_classes
        and (not rate.regions or region in rate.regions)
    ]


def exact_tax(rate: TaxRate, rates: list[TaxRate], amount: int, *, included: bool) -> Fraction:
    """The tax of one rate beside others, on an amount or contained in it."""
    part = Fraction(rate.percent) / 100
    net = Fraction(amount)
    if included:
        net /= 1 + sum(Fraction(each.percent) / 100 for each in rates)
    return net * part


ONLY_TAXES: dict[str, Any] = {"price_lists": (), "rounding": None}


@given(pricings_by_tariff(taxes=taxes(), **ONLY_TAXES))
def test_p3_the_tax_of_a_rate_is_the_sum_over_its_parts(case):
    quote, taxes = price_in(*case), case[3].taxes
    parts = [(part, borne_by(quote, part)) for part in parts_of(quote, taxes)]
    for told in quote.taxes:
        bearing = [
            part
            for part, _ in parts
            if told.rate in {rate.id for rate in rates_on(quote, taxes, part)}
        ]
        assert bearing
        assert told.taxable.minor == sum(part[3] for part in bearing)
        assert told.tax.minor == sum(borne.get(told.rate, 0) for _, borne in parts)
        assert told.percent == next(r.percent for r in taxes.rates if r.id == told.rate)
    falling = {rate.id for part, _ in parts for rate in rates_on(quote, taxes, part)}
    assert [told.rate for told in quote.taxes] == [
        rate.id for rate in taxes.rates if rate.id in falling
    ]


@given(pricings_by_tariff(taxes=taxes(level=TaxLevel.LINE, included=False), **ONLY_TAXES))
def test_p4_tax_on_top_per_line_is_made_whole_for_each_part_and_rate(case):
    quote, taxes = price_in(*case), case[3].taxes
    for part in parts_of(quote, taxes):
        rates = rates_on(quote, taxes, part)
        expected = {
            rate.id: whole(exact_tax(rate, rates, part[3], included=False), taxes.rounding)
            for rate in rates
        }
        assert borne_by(quote, part) == {rate: tax for rate, tax in expected.items() if tax}


@given(pricings_by_tariff(taxes=taxes(level=TaxLevel.ORDER, included=False), **ONLY_TAXES))
def test_p4_tax_on_top_per_order_is_made_whole_once_for_each_rate(case):
    quote, taxes = price_in(*case), case[3].taxes
    parts = parts_of(quote, taxes)
    told = {each.rate: each.tax.minor for each in quote.taxes}
    for rate in taxes.rates:
        bearing = [part for part in parts if rate in rates_on(quote, taxes, part)]
        exact = sum(exact_tax(rate, [rate], part[3], included=False) for part in bearing)
        assert told.get(rate.id, 0) == whole(Fraction(exact), taxes.rounding)
        for part in bearing:
            fair = Fraction(told[rate.id] * part[3], sum(each[3] for each in bearing) or 1)
            assert abs(borne_by(quote, part).get(rate.id, 0) - fair) < 1


def groups_of(quote: Quote, taxes: Taxes) -> dict[tuple[str, ...], list[Part]]:
    """Parts by the rates that fall on them."""
    found: dict[tuple[str, ...], list[Part]] = {}
    for part in parts_of(quote, taxes):
        key = tuple(rate.id for rate in rates_on(quote, taxes, part))
        found.setdefault(key, []).append(part)
    return found


@given(pricings_by_tariff(taxes=taxes(included=True), **ONLY_TAXES))
def test_p4_tax_in_the_price_is_made_whole_once_for_all_rates_together(case):
    quote, taxes = price_in(*case), case[3].taxes
    for names, parts in groups_of(quote, taxes).items():
        rates = [rate for rate in taxes.rates if rate.id in names]
        taxed = [sum(borne_by(quote, part).values()) for part in parts]
        exact = [
            sum((exact_tax(rate, rates, part[3], included=True) for rate in rates), Fraction(0))
            for part in parts
        ]
        if taxes.level is TaxLevel.LINE:
            assert taxed == [whole(tax, taxes.rounding) for tax in exact]
        else:
            assert sum(taxed) == whole(sum(exact, Fraction(0)), taxes.rounding)
        for rate in rates:  # near to its part of what all rates come to
            every = sum(Fraction(each.percent) for each in rates)
            fair = sum(taxed) * Fraction(rate.percent) / every if every else 0
            borne = sum(borne_by(quote, part).get(rate.id, 0) for part in parts)
            assert abs(borne - fair) < 1


@given(pricings_by_tariff(taxes=taxes(included=True)))
def test_p1_nothing_contains_more_tax_than_it_costs(case):
    quote, taxes = price_in(*case), case[3].taxes
    for part in parts_of(quote, taxes):
        assert sum(borne_by(quote, part).values()) <= part[3]
    for line in quote.lines:
        assert line.tax <= line.payable
        for unit in range(line.line.quantity):
            told = quote.line(line.line.id, unit, unit + 1)
            assert told.tax <= told.payable


@given(pricings_by_tariff(taxes=taxes()))
def test_p16_what_is_free_bears_no_tax(case):
    quote, taxes = price_in(*case), case[3].taxes
    for part in parts_of(quote, taxes):
        if part[3] == 0:
            assert borne_by(quote, part) == {}
    for line in quote.lines:
        for unit in range(line.line.quantity):
            told = quote.line(line.line.id, unit, unit + 1)
            assert told.payable_minor > 0 or told.taxes == ()


# The rest


@given(tariffs() | tariffs("JPY") | tariffs("KWD"))
def test_p17_a_tariff_is_read_back_as_it_was_written(tariff):
    again = load(Tariff, dump(tariff))
    assert again == tariff
    assert loads(Tariff, dumps(tariff)) == tariff
    assert dumps(again) == dumps(tariff)
    assert pickle.loads(pickle.dumps(tariff)) == tariff


@given(carts(min_lines=1), contexts(), tariffs())
def test_p17_a_tariff_read_back_prices_the_same(cart, context, tariff):
    quote = price_in(cart, EMPTY, context, tariff)
    assert price_in(cart, EMPTY, context, loads(Tariff, dumps(tariff))).lines == quote.lines
