"""Splitting an amount into whole shares: worked cases, published traps, limits, refusals."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from ordercore.errors import InvalidType, InvalidValue
from ordercore.money import MAX_MINOR, apportion


def numbers(told: str) -> list[int]:
    return [int(number) for number in told.split(",")]


def documented_rows() -> list[tuple[int, list[int], list[int] | None, str, list[int], int]]:
    """Read the table in the docstring of `apportion`."""
    row = re.compile(
        r"\s*(\d+) by ([\d, ]+?)(?: capped ([\d, ]+?))?\s{2,}(?:``(\w+)``\s+)?([\d, ]+?)"
        r"(?: \((\d+) lost\))?"
    )
    found = filter(None, map(row.fullmatch, (apportion.__doc__ or "").splitlines()))
    return [
        (
            int(match[1]),
            numbers(match[2]),
            numbers(match[3]) if match[3] else None,
            match[4] or "redistribute",
            numbers(match[5]),
            int(match[6] or 0),
        )
        for match in found
    ]


def test_the_table_in_the_docstring_has_five_rows():
    assert len(documented_rows()) == 5


@pytest.mark.parametrize(
    ("amount", "weights", "caps", "overflow", "shares", "lost"), documented_rows()
)
def test_the_table_in_the_docstring_holds(amount, weights, caps, overflow, shares, lost):
    assert apportion(amount, weights, caps, overflow) == shares
    if any(weights):
        assert sum(shares) + lost == amount


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        # A remainder given to the first keys would charge a line of weight 0.
        (320, [0, 211, 280, 0, 2662, 0], [0, 21, 29, 0, 270, 0]),
        # "Nothing to do when the amount equals the remainder" would lose the discount.
        (1, [100, 100], [1, 0]),
        # The last line, taking the rest, would cost more than before: 0.04 for 0.03.
        (1084, [2929, 4149, 4316, 3], [279, 395, 410, 0]),
        # Floors, and the last takes the rest: it would pay -1.
        (4439, [1611, 3186, 879, 2007, 2], [931, 1840, 508, 1159, 1]),
        # A ratio of four digits, and the last takes the rest: it would pay -0.50.
        (500_000, [333_333, 333_333, 50], [249_981, 249_981, 38]),
    ],
)
def test_splits_that_published_algorithms_get_wrong(amount, weights, shares):
    told = apportion(amount, weights)
    assert told == shares
    assert sum(told) == amount
    assert all(share <= weight for share, weight in zip(told, weights, strict=True))
    assert apportion(amount, weights, caps=weights) == shares


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (0, [1, 2, 3], [0, 0, 0]),
        (0, [], []),
        (5, [], []),
        (5, [0], [0]),
        (5, [7], [5]),
        (2, [1, 1, 1], [1, 1, 0]),
        (2, [1, 1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0, 0]),
        (10, [1, 1, 1, 0], [4, 3, 3, 0]),
        (7, [1, 2, 4], [1, 2, 4]),
        (1, [1, 2, 4], [0, 0, 1]),
        (3, [3, 3, 1], [1, 1, 1]),
        (100, [33, 33, 33], [34, 33, 33]),
    ],
)
def test_what_is_left_goes_to_the_largest_fractions_and_ties_by_position(amount, weights, shares):
    assert apportion(amount, weights) == shares


TAOBAO = {"weights": [150_00, 50_00], "caps": [20_00, 50_00]}
"""A 150.00 with only 20.00 left, B 50.00; the platform takes 30.00 off, by base prices."""


def test_a_capped_line_hands_its_surplus_to_the_others():
    assert apportion(30_00, **TAOBAO) == [20_00, 10_00]


def test_a_capped_line_forfeits_its_surplus():
    shares = apportion(30_00, **TAOBAO, overflow="forfeit")
    assert shares == [20_00, 7_50]
    assert 20_00 + 50_00 - sum(shares) == 42_50  # payable


@pytest.mark.parametrize(
    ("amount", "weights", "caps", "moved", "lost"),
    [
        (100, [1, 1], [10, 20], [10, 20], [10, 20]),  # all full: the rest has no place
        (30, [1, 1, 1], [0, 0, 30], [0, 0, 30], [0, 0, 10]),
        (30, [0, 1], [30, 10], [0, 10], [0, 10]),  # a weight of 0 takes nothing, cap or no cap
        (30, [0, 0], [30, 30], [0, 0], [0, 0]),
        (0, [1, 1], [0, 5], [0, 0], [0, 0]),
        (12, [4, 2, 1], [3, 3, 99], [3, 3, 6], [3, 3, 2]),  # freezing one makes another too full
        (10, [1, 1, 1], [3, 99, 99], [3, 4, 3], [3, 3, 3]),
        (10, [1, 1, 1], [4, 3, 3], [4, 3, 3], [4, 3, 3]),  # just enough room
    ],
)
def test_caps_hold_and_overflow_says_what_becomes_of_the_surplus(
    amount, weights, caps, moved, lost
):
    assert apportion(amount, weights, caps, "redistribute") == moved
    assert apportion(amount, weights, caps, "forfeit") == lost


def largest_remainder(amount: int, weights: list[int]) -> list[int]:
    """The rule in words: cut every exact share, then one each to the largest cut fractions."""
    whole = sum(weights)
    exact = [Fraction(amount * weight, whole) if whole else Fraction(0) for weight in weights]
    shares = [int(share) for share in exact]
    rest = amount - sum(shares) if whole else 0
    order = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    return [shares[i] + (i in order[:rest]) for i in range(len(exact))]


def frozen_one_by_one(amount: int, weights: list[int], caps: list[int]) -> list[int]:
    """The rule in words: what is at its cap is frozen there, and the rest split anew."""
    rest = min(amount, sum(cap for cap, weight in zip(caps, weights, strict=True) if weight))
    frozen: dict[int, int] = {}
    while True:
        free = [i for i in range(len(weights)) if weights[i] and i not in frozen]
        left, whole = rest - sum(frozen.values()), sum(weights[i] for i in free)
        full = [i for i in free if Fraction(left * weights[i], whole) >= caps[i]]
        if not full:
            break
        frozen |= {i: caps[i] for i in full}
    split = dict(zip(free, largest_remainder(left, [weights[i] for i in free]), strict=True))
    return [frozen.get(i, split.get(i, 0)) for i in range(len(weights))]


SMALL = [w for n in range(4) for w in product(range(4), repeat=n)]


@pytest.mark.parametrize("amount", range(8))
def test_every_small_split_is_that_of_the_rule_in_words(amount):
    for weights in SMALL:
        assert apportion(amount, weights) == largest_remainder(amount, list(weights)), weights


@pytest.mark.parametrize("amount", range(8))
def test_every_small_capped_split_is_that_of_the_rule_in_words(amount):
    for weights in SMALL:
        for caps in product((0, 1, 2, 5), repeat=len(weights)):
            told = apportion(amount, weights, caps)
            assert told == frozen_one_by_one(amount, list(weights), list(caps)), (weights, caps)


@pytest.mark.parametrize("amount", range(8))
def test_every_small_forfeiting_split_cuts_the_uncapped_one(amount):
    for weights in SMALL:
        uncapped = largest_remainder(amount, list(weights))
        for caps in product((0, 1, 2, 5), repeat=len(weights)):
            told = apportion(amount, weights, caps, "forfeit")
            assert told == list(map(min, uncapped, caps)), (weights, caps)


def test_weights_may_be_as_large_as_amounts():
    weights = [MAX_MINOR, MAX_MINOR - 1, 1, 0]
    shares = apportion(MAX_MINOR, weights)
    assert shares == largest_remainder(MAX_MINOR, weights)
    assert sum(shares) == MAX_MINOR
    assert apportion(MAX_MINOR, weights, caps=[5, MAX_MINOR, MAX_MINOR, 9])[0] == 5


def test_ten_thousand_rows_are_split_exactly():
    weights = [(i * 7919) % 10_007 * 10**11 for i in range(10_000)]
    caps = [(i * 104_729) % 1_009 for i in range(10_000)]
    amount = 3_000_000
    shares = apportion(amount, weights, caps)
    assert sum(shares) == amount
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))
    assert sum(apportion(amount, weights)) == amount
    assert sum(apportion(amount, weights, caps, "forfeit")) < amount


def test_the_scale_of_the_weights_does_not_matter():
    weights, caps = [211, 0, 280, 2662], [20, 9, 99, 999]
    for scale in (2, 10**15, 3**40):
        scaled = [weight * scale for weight in weights]
        assert apportion(320, scaled) == apportion(320, weights)
        assert apportion(320, scaled, caps) == apportion(320, weights, caps)


def test_arguments_are_left_as_they_were():
    weights, caps = [3, 2, 1], [1, 9, 9]
    apportion(7, weights, caps)
    assert (weights, caps) == ([3, 2, 1], [1, 9, 9])


@pytest.mark.parametrize(
    ("arguments", "error", "path"),
    [
        ((1.5, [1]), InvalidType, ("amount",)),
        ((True, [1]), InvalidType, ("amount",)),
        ((Decimal(1), [1]), InvalidType, ("amount",)),
        (("1", [1]), InvalidType, ("amount",)),
        ((1, [0.5, 0.5]), InvalidType, ("weights",)),
        ((1, [1, Fraction(1)]), InvalidType, ("weights",)),
        ((1, [1, float("nan")]), InvalidType, ("weights",)),
        ((1, ["1"]), InvalidType, ("weights",)),
        ((1, None), InvalidType, ("weights",)),
        ((1, [1], [0.5]), InvalidType, ("caps",)),
        ((1, [1], [None]), InvalidType, ("caps",)),
        ((-1, [1]), InvalidValue, ("amount",)),
        ((-1, []), InvalidValue, ("amount",)),
        ((-1, [0], [1]), InvalidValue, ("amount",)),
        ((1, [2, -1]), InvalidValue, ("weights",)),
        ((5, [-1, 3], [4, 10]), InvalidValue, ("weights",)),
        ((5, [-1, 3], [4, 10], "forfeit"), InvalidValue, ("weights",)),
        ((1, [1], [-1]), InvalidValue, ("caps",)),
        ((1, [1], [-1], "forfeit"), InvalidValue, ("caps",)),
        ((1, [1, 2], [1]), InvalidValue, ("caps",)),
        ((1, [1, 2], [1], "forfeit"), InvalidValue, ("caps",)),
        ((1, [1], [1, 1]), InvalidValue, ("caps",)),
        ((1, [1], [1], "lose"), InvalidValue, ("overflow",)),
    ],
)
def test_what_cannot_be_split_is_refused_and_named(arguments, error, path):
    with pytest.raises(error) as caught:
        apportion(*arguments)
    assert type(caught.value) is error
    assert caught.value.path == path
