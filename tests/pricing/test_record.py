"""Quotes on record: reproduced for ever, or a plain account of what comes out otherwise."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given

from ordercore import Cart, Money, PromotionBook, dump, dumps, load, loads, price, recipes
from ordercore.cart import Fee, Shopper
from ordercore.errors import InvalidDocument, NotReproducible, OrderCoreError
from ordercore.pricing import QuoteRecord, RecordedContribution, price_in
from ordercore.promotions import Coupon, Funding, Gift, Promotion, Sku
from ordercore.tariffs import OffListPrice, PayableRounding, PriceList, Tariff, Taxes, TaxRate
from ordercore.testing.strategies import INSTANT, pricings_by_tariff

CART = Cart.of(
    "CNY",
    [("shirt", "129.00", 2), ("scarf", "45.00", 1)],
    shipping="8",
    fees=[Fee("packaging", Money.of("1", "CNY"))],
)
BOOK = PromotionBook(
    "CNY",
    [
        recipes.spend_and_save("summer", spend="200", save="50"),
        recipes.spend_and_save("big", spend="1000", save="100"),
        recipes.amount_off("coded", "5", code="HELLO"),
        Promotion(id="present", layer="set", benefits=Gift("mug", 2, "19.90")),
        recipes.percent_off("gold", "10", layer="unit"),
    ],
    version="2026-06",
)
TARIFF = Tariff(
    "CNY",
    [PriceList(id="members", rules=[OffListPrice("5")], groups=["gold"])],
    taxes=Taxes([TaxRate("vat-13", "13")]),
    rounding=PayableRounding("0.1"),
)
QUOTE = price(CART, BOOK, at=INSTANT, shopper=Shopper("c1", ["gold"]), tariff=TARIFF)
RECORD = QuoteRecord.of(QUOTE)


def differences(record: QuoteRecord) -> list[tuple[str, str, object]]:
    with pytest.raises(NotReproducible) as caught:
        record.quote()
    assert isinstance(caught.value, InvalidDocument)
    assert caught.value.code == "not_reproducible"
    assert {fault.reason for fault in caught.value.faults} == {"not_reproducible"}
    return [
        (".".join(map(str, fault.path)), fault.expected, fault.given)
        for fault in caught.value.faults
    ]


def test_a_stored_quote_is_priced_again_and_is_the_same():
    assert loads(QuoteRecord, dumps(RECORD)).quote() == QUOTE
    assert load(QuoteRecord, dump(RECORD)) == RECORD


def test_who_has_no_ordercore_reads_what_is_to_be_paid_and_why():
    plain = dump(RECORD)
    told = {key: plain[key] for key in ("payable", "shipping", "tax", "rounding")}
    assert told == {
        "payable": str(QUOTE.payable),
        "shipping": "CNY 8.00",
        "tax": str(QUOTE.tax),
        "rounding": str(QUOTE.rounding),
    }
    assert [line["payable"] for line in plain["lines"]] == [str(e.payable) for e in QUOTE.lines]
    assert [line["base"] for line in plain["lines"]] == [str(e.base) for e in QUOTE.lines]
    assert plain["fees"] == [{"id": "packaging", "amount": "CNY 1.00"}]
    assert plain["gifts"] == [
        {"promotion": "present", "sku": "mug", "quantity": 2, "value": "CNY 19.90"}
    ]
    vat = str(QUOTE.taxes[0].tax)
    assert plain["taxes"] == [{"id": "vat-13", "amount": vat}]
    assert [line["taxes"] for line in plain["lines"]] == [
        [{"id": "vat-13", "amount": str(line.tax)}] for line in QUOTE.lines
    ]


GENEROUS = price(
    CART,
    PromotionBook(
        "CNY",
        [
            recipes.presale_deposit("presale", "10", Sku("scarf"), save="20"),
            recipes.spend_and_save(
                "cross",
                spend="200",
                save="50",
                funding=[Funding("platform", "60"), Funding("maker", "40")],
            ),
            recipes.gift_from("present", "mug", spend="100", value="19.90"),
            recipes.amount_off("ten", "10", trigger=Coupon("ten-off"), layer="coupon"),
            recipes.points_redemption("points", "100", max_amount="5"),
            recipes.earn_points("earn", 1, per="10"),
            recipes.coupon_from("thanks", "next-time", spend="100", quantity=2),
        ],
    ),
    at=INSTANT,
    shopper=Shopper("c1", points=2_000, coupons=["ten-off"]),
)


def test_what_is_due_now_and_what_comes_of_the_order_is_on_record():
    plain = dump(QuoteRecord.of(GENEROUS))
    assert plain["payable"] == "CNY 227.00"  # 303 - 20 - 50 - 10 - 5, and 8 and 1 on top
    told = ("deposit", "balance", "points_redeemed", "points_earned", "coupons_used")
    assert {key: plain[key] for key in told} == {
        "deposit": "CNY 10.00",
        "balance": "CNY 217.00",
        "points_redeemed": 500,
        "points_earned": 21,
        "coupons_used": ["ten-off"],
    }
    assert plain["coupons_granted"] == [{"kind": "next-time", "quantity": 2}]


def test_who_bears_what_is_on_record():
    told = {
        (each["promotion"], each["bearer"]): (each["amount"], each["gifts"])
        for each in dump(QuoteRecord.of(GENEROUS))["contributions"]
    }
    nothing = "CNY 0.00"
    assert told == {
        ("presale", "shop"): ("CNY 20.00", nothing),
        ("cross", "platform"): ("CNY 30.00", nothing),
        ("cross", "maker"): ("CNY 20.00", nothing),
        ("present", "shop"): (nothing, "CNY 19.90"),
        ("ten", "shop"): ("CNY 10.00", nothing),
        ("points", "shop"): ("CNY 5.00", nothing),
    }


def test_what_there_is_nothing_of_is_left_out():
    plain = dump(QuoteRecord.of(price(CART, PromotionBook("CNY"), at=INSTANT)))
    assert plain.keys() == {
        "schema", "kind", "cart", "book", "context", "payable", "lines", "shipping", "fees", "tax",
        "rounding",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "instead", "expected"),
    [
        ("deposit", None, ("deposit", "nothing", "CNY 10.00")),
        ("balance", Money.of("1", "CNY"), ("balance", "CNY 1.00", "CNY 217.00")),
        ("points_redeemed", 0, ("points_redeemed", "0", "500")),
        ("coupons_used", ("other",), ("coupons_used", "other", "ten-off")),
        ("coupons_granted", (), ("coupons_granted.next-time", "nothing", "2")),
    ],
)
def test_what_comes_of_the_order_is_compared_too(field, instead, expected):
    (told,) = differences(evolve(QuoteRecord.of(GENEROUS), **{field: instead}))
    place, then, now = expected
    assert told == (place, f"{then}, as recorded", now)


def test_who_bears_what_is_compared_too():
    record = QuoteRecord.of(GENEROUS)
    nothing = Money.zero("CNY")
    parts = [each for each in record.contributions if each.bearer != "maker"]
    parts.append(RecordedContribution("cross", "maker", Money.of("19", "CNY"), nothing))
    assert differences(evolve(record, contributions=tuple(parts))) == [
        ("contributions.cross.maker.amount", "CNY 19.00, as recorded", "CNY 20.00")
    ]


def test_taxes_are_compared_too():
    lines = (evolve(RECORD.lines[0], taxes=()), *RECORD.lines[1:])
    told = differences(evolve(RECORD, lines=lines, taxes=()))
    assert [place for place, _, _ in told] == ["lines.1.taxes.vat-13", "taxes.vat-13"]
    assert {then for _, then, _ in told} == {"nothing, as recorded"}


@given(pricings_by_tariff())
def test_every_quote_can_be_recorded_and_comes_back_the_same(case):
    quote = price_in(*case)
    record = loads(QuoteRecord, dumps(QuoteRecord.of(quote)))
    assert record == QuoteRecord.of(quote)
    assert record.quote() == quote
    bearers = sum(each.amount.minor for each in record.contributions)
    assert bearers == sum(each.amount.minor for each in record.promotions)
    on_lines = sum(tax.amount.minor for line in record.lines for tax in line.taxes)
    assert on_lines <= sum(tax.amount.minor for tax in record.taxes) == record.tax.minor
    if record.deposit is not None:
        assert record.deposit.minor + record.balance.minor == record.payable.minor


def test_the_recorded_amounts_add_up():
    lines = [line.base.minor - line.payable.minor for line in RECORD.lines]
    shares = [share.amount.minor for each in RECORD.promotions for share in each.shares]
    assert sum(lines) == sum(shares)
    parts = [line.payable.minor for line in RECORD.lines]
    parts += [fee.amount.minor for fee in RECORD.fees]
    total = sum(parts) + RECORD.shipping.minor + RECORD.rounding.minor
    assert total == RECORD.payable.minor


def test_every_candidate_is_on_record_with_its_outcome():
    assert {each.id: each.outcome for each in RECORD.promotions} == {
        outcome.promotion: outcome.kind for outcome in QUOTE.outcomes
    }


def test_only_the_relevant_promotions_are_kept_if_that_is_asked():
    small = QuoteRecord.of(QUOTE, only_relevant=True)
    assert {each.id for each in small.book.promotions} == {each.id for each in RECORD.promotions}
    assert "coded" not in {each.id for each in small.book.promotions}
    assert (small.book.version, small.book.layers) == (BOOK.version, BOOK.layers)
    assert small.quote().columns == QUOTE.columns


def test_what_comes_out_otherwise_is_told_with_its_place():
    first = RECORD.lines[0]
    paid_less = evolve(RECORD, payable=Money.of("1", "CNY"))
    assert differences(paid_less) == [
        ("payable", "CNY 1.00, as recorded", str(QUOTE.payable)),
    ]
    line_less = evolve(
        RECORD, lines=(evolve(first, payable=Money.of("1", "CNY")), *RECORD.lines[1:])
    )
    assert differences(line_less) == [
        ("lines.1.payable", "CNY 1.00, as recorded", str(first.payable)),
    ]


def test_what_is_missing_or_too_much_is_nothing_on_one_side():
    assert differences(evolve(RECORD, gifts=())) == [
        ("gifts.0", "nothing, as recorded", "2 of mug by present"),
        ("gifts.0.value", "nothing, as recorded", "CNY 19.90"),
    ]
    without = evolve(RECORD, book=evolve(BOOK, promotions=BOOK.promotions[:3]))
    told = {place: (then, now) for place, then, now in differences(without)}
    assert told["promotions.gold.outcome"] == ("applied, as recorded", "nothing")
    assert told["gifts.0"] == ("2 of mug by present, as recorded", "nothing")


def test_all_differences_are_told_at_once():
    other = evolve(RECORD, shipping=Money.zero("CNY"), tax=Money.zero("CNY"), points_earned=7)
    assert [place for place, _, _ in differences(other)] == ["shipping", "tax", "points_earned"]


def test_currencies_that_do_not_agree_are_an_error_of_ours():
    with pytest.raises(OrderCoreError):
        evolve(RECORD, book=PromotionBook("JPY")).quote()
