"""Who takes which units of one sku: exact over sites and time, against trying every way.

- Each claim gets as many units as can be, with what those before it have left to them.
- What is taken is there: at no site, and at no instant, more than may be promised.
- What could be taken is what is taken, and asking changes nothing that follows.
- What is noted to be quick is never out of date: after taking, giving back, in a copy.
"""

from __future__ import annotations

from itertools import product

import pytest
from baskets import ways
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stock_by_hand import hour

from ordercore.stock import netting as module
from ordercore.stock.netting import Netting
from ordercore.stock.profile import Profile

SITES = ("east", "north", "west")
HOURS = range(4)

Rising = tuple[int, ...]
"""How many units may be promised at each hour; never fewer later."""
Asked = tuple[int, tuple[str, ...], int]
"""How many units, from which sites, by which hour."""

risings = st.tuples(*[st.sampled_from([0, 0, 1, 2])] * 4).map(
    lambda steps: tuple(sum(steps[: n + 1]) for n in HOURS)
)
asks = st.tuples(
    st.integers(1, 2),
    st.sampled_from([("east",), ("west",), ("east", "west"), ("north", "west"), SITES]),
    st.integers(0, 3),
)


def netting_of(there: dict[str, Rising]) -> Netting:
    return Netting(
        {site: Profile([hour(n) for n in HOURS], units) for site, units in there.items()}
    )


def is_there(there: dict[str, Rising], taken: list[tuple[str, int, int]]) -> bool:
    """Whether so much may be promised: (site, units, hour)."""
    return all(
        sum(units for site, units, due in taken if site == here and due <= n) <= most[n]
        for here, most in there.items()
        for n in HOURS
    )


def can_be_taken(there: dict[str, Rising], claims: list[Asked]) -> bool:
    """Try every way of splitting every claim over its sites."""
    splits = [list(ways(units, list(sites))) for units, sites, _ in claims]
    return any(
        is_there(
            there,
            [
                (site, units, due)
                for split, (_, _, due) in zip(chosen, claims, strict=True)
                for site, units in split.items()
            ],
        )
        for chosen in product(*splits)
    )


def most_in_turn(there: dict[str, Rising], claims: list[Asked]) -> list[int]:
    """Give each claim as much as can be, by trying."""
    had: list[Asked] = []
    for units, sites, due in claims:
        most = next(
            n for n in range(units, -1, -1) if can_be_taken(there, [*had, (n, sites, due)])
        )
        had.append((most, sites, due))
    return [units for units, _, _ in had]


PUSHED = {"east": (2, 2, 5, 5), "north": (0, 0, 0, 0), "west": (0, 0, 5, 5)}
"""Who is pushed over from the east leaves five units for later, of which two are there sooner."""
TWO_WAYS = {"east": (0, 1, 1, 1), "north": (1, 1, 1, 1), "west": (0, 0, 1, 2)}


@pytest.mark.parametrize("often", [0, 3])
@settings(max_examples=80)
@given(
    there=st.fixed_dictionaries(dict.fromkeys(SITES, risings)),
    claims=st.lists(asks, min_size=3, max_size=5),
)
@example(there=PUSHED, claims=[(5, ("east", "west"), 2), (5, ("east",), 0)])
@example(
    there=TWO_WAYS,
    claims=[(1, ("west", "east"), 3), (1, ("east", "west"), 2), (1, ("north", "east"), 1)],
)
def test_each_claim_gets_the_most_that_those_before_it_leave(often, there, claims):
    """However often it is asked what is left before that is noted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_OFTEN", often)
        check_most_in_turn(there, claims)


def check_most_in_turn(there: dict[str, Rising], claims: list[Asked]) -> None:
    netting = netting_of(there)
    got = []
    for i, (units, sites, due) in enumerate(claims):
        could = netting.could_take(units, sites, hour(due))
        got.append(netting.take(f"{i}", units, sites, hour(due)))
        assert could == got[-1]
    assert got == most_in_turn(there, claims)
    taken = [
        (site, units, (claim.due - hour(0)) // (hour(1) - hour(0)), claim)
        for claim, site, units in netting.taken()
    ]
    assert is_there(there, [row[:3] for row in taken])
    for i, (_, sites, _) in enumerate(claims):
        own = [(site, units) for site, units, _, claim in taken if claim.owner == f"{i}"]
        assert sum(units for _, units in own) == got[i]
        assert {site for site, _ in own} <= set(sites)


FULL = {"east": (1, 1, 1, 1), "north": (0, 0, 0, 0), "west": (1, 1, 1, 1)}
IN_THE_WAY = [(1, ("west",), 0), (1, ("east", "west"), 0), (1, ("east",), 0)]
"""The last one finds no way: the first is in the way of the second, which could else give way."""


@settings(max_examples=80)
@given(
    there=st.fixed_dictionaries(dict.fromkeys(SITES, risings)),
    claims=st.lists(asks, min_size=3, max_size=4),
    back=st.integers(0, 2),
    more=asks,
)
@example(there=FULL, claims=IN_THE_WAY, back=0, more=(1, ("east",), 0))
def test_what_is_given_back_is_there_again(there, claims, back, more):
    netting = netting_of(there)
    got = [
        netting.take(f"{i}", units, sites, hour(due))
        for i, (units, sites, due) in enumerate(claims)
    ]
    netting.could_take(99, SITES, hour(3))
    netting.release(f"{back}")
    kept = [
        (units, sites, due)
        for i, (units, (_, sites, due)) in enumerate(zip(got, claims, strict=True))
        if i != back
    ]
    units, sites, due = more
    assert netting.take("more", units, sites, hour(due)) == most_in_turn(there, [*kept, more])[-1]


def test_a_copy_changes_by_itself():
    netting = netting_of(FULL)
    netting.take("1", 1, ("west",), hour(2))
    netting.copy().take("2", 1, ("east", "west"), hour(1))
    assert [netting.free(site, hour(1)) for site in SITES] == [1, 0, 0]
    other = netting.copy()
    other.release("1")
    assert other.free("west", hour(1)) == 1
    assert netting.free("west", hour(1)) == 0
