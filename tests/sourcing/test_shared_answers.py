"""Laws of answers to many orders before one stock.

- Nothing gives more than it has, over all orders; what is not served is counted.
- Effort zero is first come, first served, each order exactly.
- More effort is never worse, and no plan is worse than first come, first served.
- What is said to be proved is true: of missing units and of costs.
- The same seed gives the same answer; one order alone is answered exactly.
"""

from __future__ import annotations

import random

import pytest
from allocation_problems import made, problems, tried
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_problems import best, first_come, shared_problems

from ordercore.sourcing.batch import ruin_and_recreate
from ordercore.sourcing.batch.bounding import lower_bound
from ordercore.sourcing.batch.chance import Chance
from ordercore.sourcing.batch.desk import Desk
from ordercore.sourcing.branching import solve
from ordercore.sourcing.problem import Answer, Problem
from ordercore.sourcing.shared import Claim, Shared, SharedAnswer, answer_of, shared_faults

EFFORTS = (0, 1, 2, 7, 30)


def worth(answer: SharedAnswer) -> tuple[int, int]:
    return answer.missing, answer.cost


@given(shared_problems(), st.sampled_from(EFFORTS), st.integers(0, 2))
def test_nothing_gives_more_than_it_has(shared: Shared, effort: int, seed: int) -> None:
    answer = ruin_and_recreate(shared, effort=effort, seed=seed)
    assert not shared_faults(shared, answer.takes)
    assert worth(answer) == worth(answer_of(shared, answer.takes))


@given(shared_problems())
def test_without_effort_each_order_gets_the_best_of_what_is_left(shared: Shared) -> None:
    least, most = first_come(shared)
    assert least <= worth(ruin_and_recreate(shared, effort=0)) <= most


@given(shared_problems(), st.integers(0, 3))
def test_more_effort_is_never_worse(shared: Shared, seed: int) -> None:
    found = [worth(ruin_and_recreate(shared, effort=effort, seed=seed)) for effort in EFFORTS]
    assert found == sorted(found, reverse=True)


@given(shared_problems(), st.sampled_from(EFFORTS))
def test_what_is_said_to_be_proved_is_true(shared: Shared, effort: int) -> None:
    answer = ruin_and_recreate(shared, effort=effort)
    missing, cost = best(shared)
    assert answer.missing_least <= missing <= answer.missing
    assert (answer.missing_least, answer.bound) <= (missing, cost) <= worth(answer)
    assert not answer.exact or worth(answer) == (missing, cost)


def bound_of_first_come(shared: Shared) -> tuple[int, int, int]:
    """Serve in turn, and prove a bound by prices; tell it, the penalty, and how bad that is."""
    desk = Desk(shared, solve, 10_000)
    for order in range(len(shared.claims)):
        desk.give(order, desk.answer(order))
    held = sum(desk.holding(order).worth for order in range(len(shared.claims)))
    return lower_bound(desk, held, 200), desk.penalty, held


@settings(max_examples=150)
@given(shared_problems())
def test_prices_prove_a_bound_also_of_plans_that_are_not_the_best(shared: Shared) -> None:
    bound, penalty, held = bound_of_first_come(shared)
    missing, cost = best(shared)
    assert bound <= missing * penalty + cost <= held


@given(shared_problems(orders=1), st.integers(0, 2))
def test_one_order_is_answered_exactly_and_says_so(shared: Shared, effort: int) -> None:
    answer = ruin_and_recreate(shared, effort=effort)
    assert worth(answer) == best(shared)
    assert answer.exact


@given(shared_problems(), st.integers(0, 5))
def test_the_same_seed_gives_the_same_answer(shared: Shared, seed: int) -> None:
    one = ruin_and_recreate(shared, effort=5, seed=seed)
    assert one == ruin_and_recreate(shared, effort=5, seed=seed)


@given(shared_problems(orders=2, most=False))
def test_two_orders_are_mostly_planned_at_the_least_cost(shared: Shared) -> None:
    # the few that are not say so
    answer = ruin_and_recreate(shared, effort=60)
    assert worth(answer) == best(shared) or not answer.exact


def crowded(orders: int, seed: int, *, spare: int = 0) -> Shared:
    """Let orders of two goods crowd before few sites: the near ones are soon empty.

    Of each unit that is wanted there is one, and ``spare`` more of all goods together.
    """
    rng = random.Random(seed)
    sites, goods = 6, 5
    units = [0] * (sites * goods)
    wants = [(*rng.sample(range(goods), 2),) for _ in range(orders)]
    for good in (good for pair in wants for good in pair):
        units[rng.randrange(sites) * goods + good] += 1
    for _ in range(spare):
        units[rng.randrange(sites * goods)] += 1
    claims = []
    for pair in wants:
        cells = tuple(tuple(site * goods + good for good in pair) for site in range(sites))
        claims.append(
            Claim(
                Problem(
                    need=(1, 1),
                    stock=tuple(tuple(units[thing] for thing in row) for row in cells),
                    opening=tuple(rng.randint(20, 60) for _ in range(sites)),
                    unit=tuple((rng.randint(0, 30),) * 2 for _ in range(sites)),
                ),
                cells,
            )
        )
    return Shared(tuple(claims), tuple(units))


@pytest.mark.parametrize("seed", range(3))
def test_changing_places_makes_crowded_orders_cheaper(seed: int) -> None:
    shared = crowded(40, seed)
    before, after = (ruin_and_recreate(shared, effort=effort) for effort in (0, 15))
    assert after.missing <= before.missing
    assert after.cost < before.cost
    assert 0 < after.bound <= after.cost
    assert after.cost - after.bound < (before.cost - after.bound) / 2


def test_an_order_gives_way_to_one_that_needs_it_more() -> None:
    # both want the only near unit; the second would have to pay 50 elsewhere, the first 2
    near_or_far = Problem((1,), ((1,), (1,)), (0, 0), ((1,), (2,)))
    near_or_dear = Problem((1,), ((1,), (1,)), (0, 0), ((1,), (50,)))
    shared = Shared(
        (Claim(near_or_far, ((0,), (1,))), Claim(near_or_dear, ((0,), (2,)))), (1, 1, 1)
    )
    assert ruin_and_recreate(shared, effort=0).cost == 51
    answer = ruin_and_recreate(shared, effort=3)
    assert (answer.takes, answer.cost) == ((((0, 1, 1),), ((0, 0, 1),)), 3)
    assert answer.exact


def test_units_that_are_not_there_are_counted_as_missing() -> None:
    problem = Problem((2,), ((3,),), (5,), ((1,),))
    shared = Shared((Claim(problem, ((0,),)),) * 2, (3,))
    answer = ruin_and_recreate(shared, effort=2)
    assert (answer.missing, answer.missing_least) == (1, 1)
    assert sorted(units for each in answer.takes for _, _, units in each) == [1, 2]


def test_the_room_of_a_site_is_shared_too() -> None:
    problem = Problem((1,), ((5,), (5,)), (0, 0), ((1,), (4,)), room=(1, None))
    shared = Shared((Claim(problem, ((0,), (1,)), (2, -1)),) * 2, (5, 5, 1))
    answer = ruin_and_recreate(shared, effort=2)
    assert (answer.cost, answer.missing, answer.bound) == (5, 0, 5)


@pytest.mark.parametrize("effort", [0, 1, 3])
def test_no_orders_have_an_answer(effort: int) -> None:
    answer = ruin_and_recreate(Shared((), ()), effort=effort)
    assert answer == SharedAnswer((), 0, 0, 0, 0, 0)
    assert answer.exact


@given(shared_problems(), st.integers(0, 3))
def test_a_solver_that_stops_early_proves_nothing_wrong(shared: Shared, nodes: int) -> None:
    answer = ruin_and_recreate(shared, effort=8, nodes=nodes)
    missing, cost = best(shared)
    assert not shared_faults(shared, answer.takes)
    assert (answer.missing_least, answer.bound) <= (missing, cost) <= worth(answer)


def test_another_solver_answers_single_orders() -> None:
    asked = []

    def counting(problem: Problem, *, nodes: int) -> Answer:
        asked.append(problem)
        return solve(problem, nodes=nodes)

    shared = crowded(6, 0)
    assert ruin_and_recreate(shared, effort=2, solver=counting) == ruin_and_recreate(
        shared, effort=2
    )
    assert len(asked) >= 6


@pytest.mark.parametrize(
    ("takes", "fault"),
    [
        ([[(0, 0, 2)], [(0, 0, 2)]], "4 units are taken of thing 0, which has 3"),
        ([[(0, 0, 2)]], "2 orders are asked, and 1 answered"),
    ],
)
def test_faults_of_an_answer_are_named(takes: list, fault: str) -> None:
    problem = Problem((2,), ((3,),), (5,), ((1,),))
    assert fault in shared_faults(Shared((Claim(problem, ((0,),)),) * 2, (3,)), takes)


def test_an_order_that_gets_too_much_is_named() -> None:
    problem = Problem((2,), ((3,),), (5,), ((1,),))
    (fault,) = shared_faults(Shared((Claim(problem, ((0,),)),) * 2, (3,)), ((), ((0, 0, 3),)))
    assert fault.startswith("order 1: ")


# Chance


@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_a_drawn_number_is_below_its_limit(seed: int, limit: int) -> None:
    chance = Chance(seed)
    assert all(0 <= chance.below(limit) < limit for _ in range(20))


def test_chance_is_fair_and_depends_on_its_seed() -> None:
    rows = [[Chance(seed).below(10) for _ in range(1)] + [0] for seed in range(50)]
    assert len({row[0] for row in rows}) > 5
    chance = Chance(3)
    drawn = [chance.below(6) for _ in range(6000)]
    assert all(850 < drawn.count(side) < 1150 for side in range(6))


@given(st.integers(0, 100), st.lists(st.integers(), max_size=8))
def test_shuffling_keeps_what_there_is(seed: int, items: list[int]) -> None:
    shuffled = items.copy()
    Chance(seed).shuffle(shuffled)
    assert sorted(shuffled) == sorted(items)


# HiGHS: the same questions, the same answers


@pytest.fixture(scope="module")
def outside():
    pytest.importorskip("highspy")
    from ordercore.sourcing import outside  # noqa: PLC0415

    return outside


@given(problem=problems())
def test_highs_says_of_one_order_what_we_say(outside, problem: Problem) -> None:
    ours, theirs = solve(problem), outside.highs(problem, nodes=10_000)
    assert ours.exact
    assert theirs.exact
    assert (ours.missing, ours.cost) == (theirs.missing, theirs.cost)


@pytest.mark.parametrize("regime", ["scarce", "ample"])
@pytest.mark.parametrize(("sites", "lines"), [(5, 4), (12, 8)])
def test_highs_finds_no_better_plan_for_made_orders(outside, regime, sites, lines) -> None:
    for seed in range(4):
        problem = made(regime, sites, lines, seed)
        assert outside.highs(problem, nodes=10_000)[1:5] == solve(problem)[1:5]


@settings(max_examples=30)
@given(shared=shared_problems())
def test_highs_finds_the_best_plan_for_many_orders(outside, shared: Shared) -> None:
    answer = outside.highs_batch(shared, effort=0, seed=0)
    assert not shared_faults(shared, answer.takes)
    assert worth(answer) == best(shared)
    assert answer.exact


def test_most_of_what_first_come_first_served_costs_too_much_is_saved(outside) -> None:
    shared = crowded(40, 1, spare=25)
    first, ours = (ruin_and_recreate(shared, effort=effort) for effort in (0, 15))
    theirs = outside.highs_batch(shared, effort=0, seed=0)
    assert theirs.exact
    assert ours.bound <= theirs.cost <= ours.cost
    assert 5 * (ours.cost - theirs.cost) < first.cost - theirs.cost


@given(problems(sites=3, lines=2))
def test_the_best_answer_of_one_order_is_that_of_trying_everything(problem: Problem) -> None:
    found = solve(problem)
    assert (found.missing, found.cost) == tried(problem)
