"""What type checkers must accept and infer; never run, only checked."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type

from ordercore import (
    Cart,
    CartLine,
    Money,
    Product,
    Promotion,
    PromotionBook,
    Quote,
    explain,
    load,
    loads,
    price,
    recipes,
)
from ordercore.money import Currency, UnitPrice
from ordercore.pricing import Applied, NotEligible, Outcome, QuoteLine
from ordercore.promotions import (
    AmountOff,
    Basis,
    Category,
    PercentOff,
    Sku,
    Threshold,
    Tier,
    Tiers,
)

AT = datetime(2026, 11, 11, tzinfo=UTC)

cart = Cart.of("CNY", [("shirt", "129.00", 2), (Product("scarf"), Money.of("45", "CNY"), 1)])
assert_type(cart, Cart)
assert_type(cart.lines, tuple[CartLine, ...])
assert_type(cart.currency, Currency)
assert_type(cart.lines[0].unit_price, UnitPrice)

book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
assert_type(book.promotions, tuple[Promotion, ...])

promotion = Promotion(
    id="spring",
    when=Threshold("300", basis="list") & ~Threshold(quantity=9, target=Sku("a") | Category("b")),
    benefits=(PercentOff("10"), AmountOff(Money.of("5", "CNY"))),
    basis=Basis.BASE,
)
tiers = Tiers([Tier("100", benefit=AmountOff("10")), Tier("200", benefit=PercentOff(Decimal(10)))])

quote = price(cart, book, at=AT, codes=["X"])
assert_type(quote, Quote)
assert_type(quote.payable, Money)
assert_type(quote.payable.decimal, Decimal)
assert_type(quote.lines, tuple[QuoteLine, ...])
outcome = quote.outcome(code="X")
assert_type(outcome, Outcome)
if isinstance(outcome, Applied):
    assert_type(outcome.goods, Money)
if isinstance(outcome, NotEligible):
    assert_type(outcome.gap, Money | int | None)
assert_type(str(explain(quote, locale="zh_CN")), str)
assert_type(load(Cart, {}), Cart)
assert_type(loads(PromotionBook, "{}"), PromotionBook)
