"""What promotions refuse at birth, each fault with its type and its place."""

from __future__ import annotations

import pytest

from ordercore import Money, Promotion, recipes
from ordercore.errors import InvalidInput, InvalidType, InvalidValue
from ordercore.promotions import AmountOff, Automatic, PercentOff, ShippingOff


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
