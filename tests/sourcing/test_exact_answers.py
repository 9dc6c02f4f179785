"""Laws of the exact answer to one order (F24), as numbers.

- It is as good as the best of all answers that there are, in each kind of problem.
- It is never worse than any heuristic.
- More stock, more room or one more site never leaves more units, and never costs more.
- Other labels change neither what is missing nor what it costs.
- It never takes more than there is; what it leaves, nobody can give.
- With too few nodes it still answers, and what it says is proved is true.
"""

from __future__ import annotations

import pytest
from allocation_problems import made, problems, proper, relabelled, tried
from hypothesis import given, settings
from hypothesis import strategies as st

from ordercore.sourcing.branching import greedy, solve
from ordercore.sourcing.problem import Problem, faults_of


@given(problems())
@settings(max_examples=150)
def test_an_exact_answer_is_the_best_of_all(problem):
    answer = solve(problem)
    assert answer.exact
    assert proper(problem, answer.takes) == (answer.missing, answer.cost) == tried(problem)


@given(problems(sites=6, lines=4))
def test_an_exact_answer_is_never_worse_than_greed(problem):
    answer, greed = solve(problem), greedy(problem)
    proper(problem, greed.takes)
    assert (answer.missing, answer.cost) <= (greed.missing, greed.cost)


@given(problems(), st.data())
def test_more_of_anything_never_makes_it_worse(problem, data):
    before = solve(problem)
    site = data.draw(st.integers(0, max(0, len(problem.stock) - 1)))
    more = data.draw(st.sampled_from([_one_site_more, _more_stock, _more_room]))
    after = solve(more(problem, site))
    assert (after.missing, after.cost) <= (before.missing, before.cost)


def _one_site_more(problem: Problem, site: int) -> Problem:
    lines = len(problem.need)
    return problem._replace(
        stock=(*problem.stock, (2,) * lines),
        opening=(*problem.opening, 5 + site),
        unit=(*problem.unit, (3,) * lines),
        room=(*problem.room, None),
    )


def _more_stock(problem: Problem, site: int) -> Problem:
    if not problem.stock:
        return problem
    rows = list(problem.stock)
    rows[site] = tuple(units + 1 for units in rows[site])
    return problem._replace(stock=tuple(rows))


def _more_room(problem: Problem, site: int) -> Problem:
    if not problem.stock:
        return problem
    rooms = list(problem.room)
    rooms[site] = None
    return problem._replace(room=tuple(rooms))


@given(problems(), st.data())
def test_other_labels_change_nothing(problem, data):
    sites = data.draw(st.permutations(range(len(problem.stock))))
    lines = data.draw(st.permutations(range(len(problem.need))))
    before, after = solve(problem), solve(relabelled(problem, sites, lines))
    assert (before.missing, before.cost) == (after.missing, after.cost)


@given(problems(sites=6, lines=4), st.integers(0, 12))
def test_what_is_said_to_be_proved_is_true_however_little_was_looked_at(problem, nodes):
    answer, best = solve(problem, nodes=nodes), solve(problem)
    assert answer.nodes <= nodes
    assert proper(problem, answer.takes) == (answer.missing, answer.cost)
    assert (answer.missing_least, answer.bound) <= (best.missing, best.cost)
    assert (best.missing, best.cost) <= (answer.missing, answer.cost)


@pytest.mark.parametrize("regime", ["ample", "scarce"])
@pytest.mark.parametrize(("sites", "lines"), [(5, 4), (10, 10), (20, 15)])
def test_orders_of_a_shop_are_certified(regime, sites, lines):
    for seed in range(4):
        problem = made(regime, sites, lines, seed)
        answer = solve(problem)
        assert answer.exact
        assert not answer.missing
        proper(problem, answer.takes)


@pytest.mark.slow
@pytest.mark.parametrize("regime", ["ample", "scarce"])
@pytest.mark.parametrize(("sites", "lines"), [(5, 4), (10, 10), (15, 12), (20, 15)])
def test_answers_are_those_of_an_outside_solver(regime, sites, lines):
    highspy = pytest.importorskip("highspy")
    for seed in range(100):
        problem = made(regime, sites, lines, seed)
        answer = solve(problem)
        assert answer.exact
        assert answer.cost == _highs(highspy, problem)


def _highs(highspy, problem: Problem) -> int:
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.5)
    opened = [model.addBinary(obj=cost) for cost in problem.opening]
    for line, need in enumerate(problem.need):
        given_units = []
        for site, row in enumerate(problem.stock):
            most = min(row[line], need)
            if most:
                units = model.addVariable(0, most, obj=problem.unit[site][line])
                model.addConstr(units - most * opened[site] <= 0)
                given_units.append(units)
        model.addConstr(sum(given_units) == need)
    model.run()
    return round(model.getObjectiveValue())


CASES = [
    ("no sites at all", Problem((2,), (), (), ()), (2, 0, ())),
    ("nobody has any", Problem((2,), ((0,),), (1,), ((1,),)), (2, 0, ())),
    ("one has enough", Problem((2,), ((2,),), (5,), ((1,),)), (0, 7, ((0, 0, 2),))),
    (
        "two openings cost more than one dear one",
        Problem((2,), ((1,), (1,), (2,)), (3, 3, 5), ((0,), (0,), (0,))),
        (0, 5, ((0, 2, 2),)),
    ),
    (
        "as few are missing as can be, whatever it costs",
        Problem((3,), ((2,), (1,)), (1, 10**9), ((0,), (0,))),
        (0, 10**9 + 1, ((0, 0, 2), (0, 1, 1))),
    ),
    (
        "one site only gives what it can",
        Problem((3,), ((2,), (1,)), (1, 1), ((0,), (0,)), most=1),
        (1, 1, ((0, 0, 2),)),
    ),
    (
        "what two lines share is given once",
        Problem((2, 2), ((3, 3),), (0,), ((0, 0),), goods=(7, 7)),
        (1, 0, ((0, 0, 2), (1, 0, 1))),
    ),
    (
        "a room is filled and no more",
        Problem((2, 2), ((9, 9), (9, 9)), (1, 4), ((0, 0), (0, 0)), room=(3, None)),
        (0, 4, ((0, 1, 2), (1, 1, 2))),
    ),
]


@pytest.mark.parametrize(("problem", "told"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_small_orders_worked_out_by_hand(problem, told):
    answer = solve(problem)
    assert (answer.missing, answer.cost, answer.takes) == told
    assert answer.exact


WRONG = [
    ("more than there is", [(0, 0, 3)]),
    ("more than is needed", [(0, 0, 2), (0, 1, 1)]),
    ("nothing", [(0, 0, 0)]),
    ("twice the same", [(0, 0, 1), (0, 0, 1)]),
    ("more than has room", [(0, 1, 2)]),
    ("from too many", [(0, 0, 1), (0, 1, 1), (1, 2, 1)]),
    ("to whom it may not", [(1, 0, 1)]),
]


@pytest.mark.parametrize("takes", [w[1] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_answer_is_told_from_a_right_one(takes):
    problem = Problem(
        need=(2, 1),
        stock=((2, 0), (2, 1), (2, 1)),
        opening=(1, 1, 1),
        unit=((1, 1),) * 3,
        room=(None, 1, None),
        most=2,
    )
    assert faults_of(problem, takes)
    assert not faults_of(problem, [(0, 0, 2), (1, 2, 1)])
