"""What promotions refuse at birth, each fault with its type and its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from ordercore import Cart, Money, Promotion, PromotionBook, price, recipes
from ordercore.errors import InvalidInput, InvalidType, InvalidValue
from ordercore.promotions import AmountOff, Automatic, PercentOff, ShippingOff
from ordercore.testing.strategies import INSTANT


@pytest.mark.parametrize("name", [5, 0, None, ["en"], b"x", {"en": 5}])
def test_a_name_is_text_or_text_for_each_locale(name) -> None:
    with pytest.raises(InvalidInput) as caught:
        Promotion(id="p", benefits=AmountOff("1"), name=name)
    assert caught.value.path[0] == "name"


@pytest.mark.parametrize("benefit", [PercentOff, ShippingOff])
def test_an_amount_is_no_percentage(benefit) -> None:
    with pytest.raises(InvalidType) as caught:
        benefit(Money.of("5", "CNY"))
    assert caught.value.path == ("percent",)


def test_a_recipe_takes_a_code_or_a_trigger_and_not_both() -> None:
    with pytest.raises(InvalidValue) as caught:
        recipes.amount_off("p", "1", code="SECRET", trigger=Automatic())
    assert caught.value.path == ("code",)


@pytest.mark.parametrize("given", [Decimal("129.00"), "129.00"])
def test_a_wrong_percentage_is_shown_as_the_number_that_it_is(given) -> None:
    with pytest.raises(InvalidValue) as caught:
        PercentOff(given)
    assert caught.value.given == Decimal("129.00")
    assert str(caught.value) == "percent: expected a percentage from 0 to 100, got 129.00"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("-1.50"), "-1.50"),
        ("0", "0"),
        (Money.of("-1.50", "CNY"), "'CNY -1.50'"),
        (5, "5"),
        ("five", "'five'"),
    ],
)
def test_a_wrong_amount_is_shown_as_it_was_given(amount, shown) -> None:
    with pytest.raises(InvalidInput) as caught:
        AmountOff(amount)
    assert str(caught.value).endswith(f", got {shown}")


def test_an_id_in_combines_with_that_the_book_does_not_have_has_no_effect() -> None:
    cart = Cart.of("CNY", [("a", "100.00", 1)])
    alone = recipes.amount_off("p", "10")
    quote = price(cart, PromotionBook("CNY", [alone]), at=INSTANT)
    ended = evolve(alone, combines_with=("ended", "not-yet"))
    with_ids = price(cart, PromotionBook("CNY", [ended]), at=INSTANT)
    assert (with_ids.columns, with_ids.outcomes) == (quote.columns, quote.outcomes)
