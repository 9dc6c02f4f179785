"""Units shared within a layer, and a row shared by its lines: small cases worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, PromotionBook, price
from ordercore.pricing.shares import of_lines
from ordercore.promotions import BuyXGetY, CheapestOff, PercentOff, Promotion

AT = datetime(2026, 11, 11, tzinfo=UTC)


def outcomes_of(*promotions: Promotion) -> dict[str, tuple[str, int]]:
    cart = Cart.of("CNY", [("tea", "10.00", 4)])
    quote = price(cart, PromotionBook("CNY", promotions), at=AT)
    return {each.promotion: (each.kind.value, each.amount_minor) for each in quote.outcomes}


def percent(id_: str, *, priority: int, combines_with: tuple[str, ...] = ()) -> Promotion:
    return Promotion(
        id=id_, benefits=PercentOff("10"), priority=priority, combines_with=combines_with
    )


class TestSharing:
    def test_two_that_both_agree_use_the_same_units(self) -> None:
        one = percent("one", priority=2, combines_with=("two",))
        two = percent("two", priority=1, combines_with=("*",))
        assert outcomes_of(one, two) == {"one": ("applied", 400), "two": ("applied", 400)}

    @pytest.mark.parametrize(
        ("of_first", "of_second"),
        [
            ((), ()),
            (("two",), ()),
            ((), ("one",)),
            (("other",), ("one",)),
            (("*",), ("other",)),
            (("other",), ("*",)),
        ],
    )
    def test_one_that_does_not_agree_keeps_its_units(self, of_first, of_second) -> None:
        one = percent("one", priority=2, combines_with=of_first)
        two = percent("two", priority=1, combines_with=of_second)
        assert outcomes_of(one, two) == {"one": ("applied", 400), "two": ("beaten", 0)}

    def test_who_shares_with_one_takes_nothing_of_another(self) -> None:
        # the pair claims two of the four units; the guest shares with the friend, not with it
        pair = Promotion(id="pair", benefits=BuyXGetY(1, 1, "100", max_times=1), priority=3)
        friend = percent("friend", priority=2, combines_with=("guest",))
        guest = percent("guest", priority=1, combines_with=("friend",))
        assert outcomes_of(pair, friend, guest) == {
            "pair": ("applied", 1000),
            "friend": ("applied", 200),
            "guest": ("applied", 200),
        }


class TestLinesOfOneRow:
    @given(st.lists(st.integers(1, 10**9), min_size=1, max_size=4), st.integers(0, 10**12))
    def test_lines_come_close_to_their_exact_shares(self, sizes: list[int], amount: int) -> None:
        shares = of_lines(amount, sizes)
        assert sum(shares) == amount
        for share, size in zip(shares, sizes, strict=True):
            assert abs(share - Fraction(amount * size, sum(sizes))) <= 1

    @given(st.lists(st.integers(1, 6), min_size=1, max_size=6))
    def test_no_line_gets_less_when_there_is_more_to_bear(self, sizes: list[int]) -> None:
        steps = [of_lines(amount, sizes) for amount in range(sum(sizes) * 2 + 1)]
        for less, more in pairwise(steps):
            assert all(before <= after for before, after in zip(less, more, strict=True))

    @pytest.mark.parametrize(
        ("amount", "sizes", "shares"),
        [(5, [5, 5], [3, 2]), (6, [5, 5], [3, 3]), (1, [1, 3], [0, 1]), (7, [1, 1, 1], [2, 3, 2])],
    )
    def test_what_is_left_over_is_halved(self, amount, sizes, shares) -> None:
        assert of_lines(amount, sizes) == shares


@pytest.mark.parametrize("rounding", ["per_promotion", "per_line"])
def test_what_a_floor_keeps_is_not_moved_onto_units_that_are_not_reduced(rounding: str) -> None:
    lines = [
        CartLine.of("1", "tea", 3, "10", "CNY"),
        CartLine.of("2", "cup", 1, "9", "CNY", floor_price="9"),
    ]
    cheapest = Promotion(id="two", benefits=CheapestOff(2, "100"), rounding=rounding)
    quote = price(Cart("CNY", lines), PromotionBook("CNY", [cheapest]), at=AT)
    assert [line.discount.minor for line in quote.lines] == [1000, 0]
