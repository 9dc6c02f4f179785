"""The search for the best set of offers, against trying every set."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore.pricing.resolvers import search as module
from ordercore.pricing.resolvers.branching import Branching, bits
from ordercore.pricing.resolvers.search import falling, listed, search


def by_ids(chosen):
    return chosen.bit_count(), list(bits(chosen))


def every_set(savings, conflicts):
    for mask in range(1 << len(savings)):
        if all(not conflicts[i] & mask for i in bits(mask)):
            yield sum(savings[i] for i in bits(mask)), mask


def totals(savings, conflicts, steps):
    for saved, mask in every_set(savings, conflicts):
        yield saved + next((extra for cap, extra in steps if saved <= cap), 0), mask


@st.composite
def problems(draw, most=9):
    savings = draw(st.lists(st.integers(0, 12), min_size=0, max_size=most))
    n = len(savings)
    conflicts = [0] * n
    for i in range(n):
        for j in range(i):
            if draw(st.booleans()):
                conflicts[i] |= 1 << j
                conflicts[j] |= 1 << i
    caps = sorted(draw(st.sets(st.integers(0, 40), max_size=3)))
    extras = sorted(draw(st.sets(st.integers(1, 15), min_size=len(caps), max_size=len(caps))))
    return savings, conflicts, list(zip(caps, reversed(extras), strict=True))


@given(problems())
def test_the_best_set_is_found_and_of_equal_ones_the_preferred(problem):
    savings, conflicts, steps = problem
    found = search(savings, conflicts, steps, by_ids, 10_000)
    best = max(total for total, _ in totals(savings, conflicts, steps))
    assert (found.total, found.bound) == (best, best)
    tied = [mask for total, mask in totals(savings, conflicts, steps) if total == best]
    assert by_ids(found.chosen) == min(map(by_ids, tied))


def test_of_sets_that_come_to_the_same_by_different_steps_the_preferred_is_taken():
    """Both come to 9: two offers of 4 and 5, or one of 2 with 7 on top."""
    savings, conflicts = [4, 5, 2], [0b100, 0b100, 0b011]
    assert search(savings, conflicts, [(2, 7)], by_ids, 100).chosen == 0b100
    assert (
        search(savings, conflicts, [(2, 7)], lambda mask: -mask.bit_count(), 100).chosen == 0b011
    )


@given(problems())
def test_branch_and_bound_finds_what_listing_finds(problem):
    savings, conflicts, steps = problem
    if not savings:
        return
    total, chosen, bound, _ = Branching(savings, conflicts, steps, by_ids).run(100_000)
    best = max(total for total, _ in totals(savings, conflicts, steps))
    assert (total, bound) == (best, best)
    saved = sum(savings[i] for i in bits(chosen))
    assert all(not conflicts[i] & chosen for i in bits(chosen))
    assert saved + next((extra for cap, extra in steps if saved <= cap), 0) == best


@given(problems(), st.integers(1, 20))
def test_a_search_that_is_cut_short_states_an_honest_bound(problem, nodes):
    savings, conflicts, steps = problem
    if not savings:
        return
    total, chosen, bound, used = Branching(savings, conflicts, steps, by_ids).run(nodes)
    best = max(total for total, _ in totals(savings, conflicts, steps))
    assert total <= best <= bound
    assert used <= nodes + 1
    assert all(not conflicts[i] & chosen for i in bits(chosen))


@given(problems())
def test_sets_fall_by_their_total(problem):
    savings, conflicts, steps = problem
    sets = listed(savings, conflicts, 10_000)
    went = list(falling(sets, len(savings), steps))
    assert sorted(went) == sorted(totals(savings, conflicts, steps))
    assert all(first >= second for (first, _), (second, _) in pairwise(went))


@given(problems())
def test_a_rough_look_is_valid_and_its_bound_honest(problem):
    savings, conflicts, steps = problem
    found = module._rough(savings, conflicts, steps)
    best = max(total for total, _ in totals(savings, conflicts, steps))
    assert found.total <= best <= found.bound
    saved = sum(savings[i] for i in bits(found.chosen))
    assert all(not conflicts[i] & found.chosen for i in bits(found.chosen))
    assert found.total == saved + next((extra for cap, extra in steps if saved <= cap), 0)


@pytest.mark.parametrize("size", [40, 120, 300])
def test_many_offers_are_settled_within_their_nodes(size):
    draw = random.Random(size)
    rows = [draw.sample(range(size), draw.randint(2, 4)) for _ in range(size)]
    savings = [draw.randint(1, 200) * 5 for _ in range(size)]
    conflicts = [
        sum(1 << j for j in range(size) if j != i and not set(rows[i]).isdisjoint(rows[j]))
        for i in range(size)
    ]
    found = search(savings, conflicts, (), by_ids, 5_000)
    assert found.nodes <= 5_010
    assert found.total <= found.bound
    assert all(not conflicts[i] & found.chosen for i in bits(found.chosen))
    greedy, taken = 0, 0
    for i in sorted(range(size), key=lambda i: -savings[i]):
        if not conflicts[i] & taken:
            greedy, taken = greedy + savings[i], taken | 1 << i
    assert found.total >= greedy


def test_thousands_of_offers_get_a_rough_answer():
    size = 3_000
    savings = [1 + i % 7 for i in range(size)]
    everybody = (1 << size) - 1
    conflicts = [everybody ^ 1 << i for i in range(size)]
    found = search(savings, conflicts, (), by_ids, 200_000)
    assert (found.total, found.bound) == (7, 7)
