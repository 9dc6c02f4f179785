"""Laws of the search for workshops and of its bounds, as numbers, against trying everything.

- With any prices at all, the search finds the best choice that keeps to all measures; good ones
  only make it shorter.
- Cut short, it says so, and what it gives is a choice all the same.
- A bound by prices is never above the best.
- Shares that are proved impossible are.
- Moving and exchanging jobs makes nothing worse and never takes more than there is.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordercore.sourcing.workshops.busyness import Busyness
from ordercore.sourcing.workshops.goals import EVEN_LOAD, LEAST_COST, Goal
from ordercore.sourcing.workshops.numbers import taken, weight
from ordercore.sourcing.workshops.prices import SCALE, climbed, priced
from ordercore.sourcing.workshops.searching import Measure, search
from ordercore.sourcing.workshops.solving import Question, solve
from ordercore.sourcing.workshops.starting import first_choice, improved, without_excess

SHOPS = 3
_small = st.integers(0, 9)


@st.composite
def boards(draw, jobs: int = 5):
    """Draw ways, weights and room; unit is more than 1 at times."""
    unit = draw(st.sampled_from((1, 1, 5)))
    ways, weights = [], []
    for _ in range(draw(st.integers(1, jobs))):
        shops = draw(st.sampled_from(((0, 1, 2), (0, 1, 2), (0, 2), (1, 2), (1,))))
        ways.append(tuple((shop, unit * draw(st.integers(0, 6))) for shop in shops))
        weights.append(tuple(draw(_small) for _ in shops))
    room = tuple(draw(st.integers(0, 12 * unit)) for _ in range(SHOPS))
    return tuple(ways), tuple(weights), room


def or_left(ways, weights, fine=20):
    """Let each job be left, too."""
    return (
        tuple((*job, (SHOPS, 0)) for job in ways),
        tuple((*job, fine) for job in weights),
        tuple((*[0] * len(job), 1) for job in ways),
    )


def choices(ways, room):
    """List all choices that fit."""
    for choice in product(*(range(len(job)) for job in ways)):
        used = taken(ways, choice, len(room))
        if all(part <= free for part, free in zip(used, room, strict=True)):
            yield choice


prices = st.lists(st.integers(0, 12 * SCALE), min_size=5, max_size=5)


@given(boards(), prices, st.integers(-1, 30))
@settings(max_examples=150)
def test_with_any_prices_the_search_finds_the_best(board, given_prices, most):
    ways, weights, room = board
    measure = Measure(weights, most, tuple(given_prices[: len(ways)]))
    found = search(ways, room, [measure], nodes=10_000, improve=True)
    best = min((weight(weights, choice) for choice in choices(ways, room)), default=None)
    assert found.finished
    if best is None or best > most:
        assert found.choice is None
    else:
        assert found.choice in set(choices(ways, room))
        assert weight(weights, found.choice) == best


@given(boards(), prices, prices, st.integers(0, 3))
@settings(max_examples=100)
def test_all_measures_are_kept_to(board, some, others, count):
    ways, weights, left = or_left(*board[:2], fine=0)
    room = (*board[2], 0)
    jobs = len(ways)
    kept = Measure(left, count, tuple(some[:jobs]))
    least = Measure(weights, 100, tuple(others[:jobs]))
    found = search(ways, room, [kept, least], nodes=10_000, improve=True)
    allowed = [choice for choice in choices(ways, room) if weight(left, choice) <= count]
    assert found.finished
    if allowed:
        assert weight(left, found.choice) <= count
        assert weight(weights, found.choice) == min(weight(weights, each) for each in allowed)
    else:
        assert found.choice is None
    any_will_do = search(ways, room, [kept], nodes=10_000, improve=False)
    assert (any_will_do.choice is None) == (not allowed)


@given(boards(), st.integers(1, 4))
def test_a_search_that_is_cut_short_says_so(board, nodes):
    ways, weights, room = board
    measure = Measure(weights, 100, (0,) * len(ways))
    found = search(ways, room, [measure], nodes=nodes, improve=True)
    best = min((weight(weights, choice) for choice in choices(ways, room)), default=None)
    assert found.nodes <= nodes
    if found.choice is not None:
        assert found.choice in set(choices(ways, room))
    if found.finished:
        assert (None if found.choice is None else weight(weights, found.choice)) == best


@given(boards(), st.integers(0, 60))
@settings(max_examples=100)
def test_a_bound_by_prices_is_never_above_the_best(board, aim):
    ways, weights, _ = or_left(*board[:2])
    room = (*board[2], 0)
    found = priced(ways, weights, room, aim)
    assert found.bound <= min(weight(weights, choice) for choice in choices(ways, room))


@given(boards(), st.tuples(*[st.integers(1, 15)] * SHOPS), st.tuples(*[st.integers(0, 5)] * SHOPS))
@settings(max_examples=100)
def test_shares_that_are_proved_impossible_are(board, sizes, loads):
    ways, _, left = or_left(*board[:2])
    shops = Busyness((*loads, 0), (*sizes, None), (*board[2], 0))
    found = [
        (weight(left, choice), shops.busiest(taken(ways, choice, SHOPS + 1)))
        for choice in choices(ways, shops.room)
    ]
    least, best = min(found)
    worst = max(share for count, share in found if count == least)
    climb = climbed(ways, left, shops, worst, least)
    assert shops.idle <= climb.share <= max(best, shops.idle)


@given(boards(), st.fractions(0, 2), st.tuples(*[st.integers(1, 15)] * SHOPS))
def test_the_next_share_is_the_first_that_gives_more_room(board, share, sizes):
    shops = Busyness((0,) * SHOPS, sizes, tuple(100 for _ in range(SHOPS)))
    after = shops.next_above(share)
    assert after > share
    assert shops.up_to(after) != shops.up_to(share)
    assert shops.up_to((share + after) / 2) == shops.up_to(share)
    assert shops.busiest(shops.up_to(share)) <= share


@given(boards(), st.data())
def test_moves_and_exchanges_make_nothing_worse(board, data):
    ways, weights, _ = or_left(*board[:2])
    room = (*board[2], 0)
    fitting = list(choices(ways, room))
    start = data.draw(st.sampled_from(fitting))
    near = improved(ways, weights, room, start)
    assert near in fitting
    assert weight(weights, near) <= weight(weights, start)
    assert first_choice(ways, weights, room) in fitting
    less = tuple(free // 2 for free in room)
    kept = without_excess(ways, start, less)
    assert kept in set(choices(ways, less))
    assert all(
        now == before or now == len(job) - 1
        for now, before, job in zip(kept, start, ways, strict=True)
    )


def test_two_jobs_change_places_where_neither_could_move():
    ways = (((0, 5), (1, 5)), ((0, 5), (1, 5)))
    weights = ((9, 1), (1, 9))
    assert improved(ways, weights, (5, 5), (0, 1)) == (1, 0)


def test_a_job_makes_room_for_another_by_going_to_a_third_place():
    ways = (((0, 5), (1, 5)), ((1, 5), (2, 5)), ((2, 1),))
    weights = ((9, 1), (1, 3), (1,))
    assert improved(ways, weights, (5, 5, 6), (0, 0, 0)) == (1, 1, 0)


def test_large_numbers_are_counted_coarsely_and_truly():
    jobs = 30
    ways = tuple(((0, 999_983), (1, 1_000_003)) for _ in range(jobs))
    weights = tuple((3, 5) for _ in range(jobs))
    room = (999_983 * (jobs // 2), 1_000_003 * jobs)
    best = 3 * (jobs // 2) + 5 * (jobs - jobs // 2)
    found = priced(ways, weights, room, best)
    assert 9 * best // 10 <= found.bound <= best


def test_a_share_is_a_fraction_of_what_a_shop_has():
    shops = Busyness((1, 0), (3, None), (2, 7))
    assert shops.idle == Fraction(1, 3)
    assert shops.busiest((1, 7)) == Fraction(2, 3)
    assert shops.up_to(Fraction(2, 3)) == (1, 7)


def tight(seed: int) -> Question:
    """Make seven jobs before three shops that have hardly enough room."""
    rng = random.Random(seed)
    ways = tuple(tuple((shop, rng.randint(5, 25)) for shop in range(3)) for _ in range(7))
    costs = tuple((*[rng.randint(10, 50) for _ in range(3)], 0) for _ in range(7))
    sizes = tuple(round(7 / 3 * rng.uniform(12, 18)) for _ in range(3))
    return Question(ways, (0,) * 3, sizes, costs, tuple((0,) * 4 for _ in ways))


def best_of(question: Question, goals: tuple[Goal, ...]) -> tuple[Fraction, ...]:
    """Try every way to do all jobs; seven jobs have 2187."""
    shops = Busyness(question.loads, question.sizes, question.room)
    found = [
        (
            Fraction(weight(question.costs, choice)),
            shops.busiest(taken(question.ways, choice, 3)),
        )
        for choice in choices(question.ways, question.room)
    ]
    return min((Fraction(), *(each if goals is LEAST_COST else each[::-1])) for each in found)


@pytest.mark.parametrize("goals", [LEAST_COST, EVEN_LOAD], ids=["cost", "share"])
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_where_room_is_scarce_a_search_finds_the_best_or_says_that_it_was_cut_short(seed, goals):
    question = tight(seed)
    best = best_of(question, goals)[: len(goals) + 1]
    whole, cut = (solve(question, goals, nodes=nodes).levels for nodes in (100_000, 1))
    assert tuple(level.value for level in whole) == best
    assert tuple(level.bound for level in whole) == best
    for level, least in zip(cut, best, strict=True):
        assert level.bound <= least
        if level.value > least:
            assert level.bound < level.value
            break


@pytest.mark.parametrize("nodes", [1, 2, 5, 50])
@pytest.mark.parametrize("goal", [Goal.SHARE, Goal.FINISH])
@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_of_a_choice_is_what_it_comes_to_at_last(seed, goal, nodes):
    rng = random.Random(seed)
    ways = tuple(tuple((shop, rng.randint(5, 25)) for shop in range(3)) for _ in range(10))
    costs = tuple((*[rng.randint(1, 30) for _ in range(3)], 0) for _ in ways)
    room = sum(min(work for _, work in job) for job in ways) * (90 + 5 * (seed % 3)) // 300
    question = Question(ways, (0,) * 3, (room,) * 3, costs, tuple((0,) * 4 for _ in ways))
    answer = solve(question, (Goal.COST, goal), nodes=nodes)
    chosen = [
        (job, -1 if way is None else way) for job, way in zip(costs, answer.choice, strict=True)
    ]
    work = [0, 0, 0]
    for job, way in zip(ways, answer.choice, strict=True):
        if way is not None:
            work[job[way][0]] += job[way][1]
    assert [level.value for level in answer.levels] == [
        answer.choice.count(None),
        sum(job[way] for job, way in chosen),
        Fraction(max(work), room if goal is Goal.SHARE else 1),
    ]
    assert all(level.bound <= level.value for level in answer.levels)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_of_the_cheapest_choices_the_most_even_is_found_though_prices_prove_it_not(seed):
    rng = random.Random(seed)
    ways = tuple(tuple((shop, rng.choice((6, 7, 9, 14))) for shop in range(3)) for _ in range(8))
    costs = tuple((*[rng.randint(1, 4) for _ in range(3)], 0) for _ in range(8))
    question = Question(ways, (0,) * 3, (40,) * 3, costs, tuple((0,) * 4 for _ in ways))
    found = solve(question, (Goal.COST, Goal.SHARE), nodes=10_000).levels
    best = best_of(question, LEAST_COST)
    assert tuple(level.value for level in found) == best
    assert tuple(level.bound for level in found) == best
