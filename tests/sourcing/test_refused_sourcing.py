"""What sourcing refuses of callers and of solvers from outside: by kind and place, never bare.

- One name of a site is one site, and not its letters.
- A plan asks stock for its own demand only, and takes no line from where it may not come.
- What a solver says is looked at: takes must be possible, and are counted by us.
- Rules are nested so deep at most.
- What each site would have saved is not looked for when the nodes are used up.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from functools import reduce

import pytest
from networks import NOW

from ordercore.errors import InvalidType, InvalidValue, LimitExceeded
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    Exact,
    GreatCircle,
    Network,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    SteadySpeed,
    Strategy,
    allocate,
    cheapest,
    fastest,
    fewest_parcels,
    nearest_capable,
    priority_list,
)
from ordercore.sourcing.batch import allocate_batch
from ordercore.sourcing.branching import solve
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.parts import merge_plans, split_plan
from ordercore.sourcing.problem import Answer, Problem
from ordercore.sourcing.replanning import after, reroute
from ordercore.sourcing.rules import (
    MAX_NESTING,
    AllOf,
    AnyOf,
    HasStock,
    InTurn,
    Nearest,
    OpenNow,
)
from ordercore.sourcing.shared import SharedAnswer
from ordercore.sourcing.workshops import Job, Workload, assign, explain_workshops
from ordercore.stock import Demand, DemandLine
from ordercore.workflows import Sourcing

HERE = GeoPoint("39.90", "116.40")
MUGS = Request(Demand.of([("mug", 2)]), NOW, HERE)
SHOPS = Network(
    "CNY",
    [
        Site(id="east", stock=[("mug", 5)], place=HERE),
        Site(id="west", stock=[("mug", 5)], place=HERE, costs=SiteCosts(parcel="5.00")),
    ],
)
PLAN = allocate(MUGS, SHOPS, cheapest())


def serving(plan: object) -> list[str]:
    return [row.site for row in plan.shipments]


# Names


def test_one_site_that_drops_out_may_be_named_alone():
    assert serving(PLAN) == ["east"]
    assert serving(reroute(PLAN, "east", MUGS, SHOPS, cheapest())) == ["west"]
    assert serving(reroute(PLAN, {"east"}, MUGS, SHOPS, cheapest())) == ["west"]


def test_a_list_of_priorities_may_be_one_site():
    assert serving(allocate(MUGS, SHOPS, priority_list("west"))) == ["west"]


# Demands


@pytest.mark.parametrize(
    "line",
    [
        DemandLine(id="0001", sku="gold", quantity=2),
        DemandLine(id="0001", sku="mug", quantity=3),
        DemandLine(id="0002", sku="mug", quantity=2),
        DemandLine(id="0001", sku="mug", quantity=2, sites=["west"]),
    ],
)
def test_a_plan_asks_stock_for_no_other_demand(line):
    with pytest.raises(InvalidValue) as caught:
        PLAN.demand(Demand([line]))
    assert caught.value.path == ("demand",)


def test_a_line_that_names_several_sites_is_asked_from_the_one_that_gives():
    line = DemandLine(id="0001", sku="mug", quantity=2, sites=["east", "west"])
    (asked,) = PLAN.demand(Demand([line])).lines
    assert asked.sites == ("east",)


# Solvers

SAID = [
    None,
    (),
    Answer(None, 0, 0, 0, 0, 0),
    Answer(((0, -1, 2),), 0, 0, 0, 0, 0),
    Answer(((0, 2, 2),), 0, 0, 0, 0, 0),
    Answer(((1, 0, 2),), 0, 0, 0, 0, 0),
    Answer(((-1, 0, 2),), 0, 0, 0, 0, 0),
    Answer(((0, 0, 2.0),), 0, 0, 0, 0, 0),
    Answer(((0, 0, True),), 0, 0, 0, 0, 0),
    Answer(((0, 0),), 0, 0, 0, 0, 0),
    Answer((None,), 0, 0, 0, 0, 0),
    Answer(((0, 0, 2),), 0, 0, -1, 0, 0),
    Answer(((0, 0, 2),), 0, 0, 1, 0, 0),
    Answer(((0, 0, 2),), 0, 0, 0, 0.5, 0),
    Answer(((0, 0, 2),), 0, 0, 0, 0, -1),
    Answer(((0, 0, 2),), 0, 0, 0, 0, None),
]


@pytest.mark.parametrize("said", SAID)
def test_what_a_solver_says_must_be_possible(said):
    with pytest.raises(InvalidValue) as caught:
        allocate(MUGS, SHOPS, cheapest(), solver=lambda problem, nodes: said)
    assert caught.value.path == ("solver",)


@pytest.mark.parametrize(
    "said",
    [
        None,
        SharedAnswer(None, 0, 0, 0, 0, 0),
        SharedAnswer((None,), 0, 0, 0, 0, 0),
        SharedAnswer((((0, -1, 2),),), 0, 0, 0, 0, 0),
        SharedAnswer((((0, 9, 2),),), 0, 0, 0, 0, 0),
        SharedAnswer((((0, 0, 2),),), 0, 0, 3, 0, 0),
    ],
)
def test_what_a_solver_of_batches_says_must_be_possible(said):
    with pytest.raises(InvalidValue) as caught:
        allocate_batch([("A1", MUGS)], SHOPS, cheapest(), solver=lambda shared, effort, seed: said)
    assert caught.value.path == ("solver",)


LIES = [
    ("better than its own, which leaves no more", 0, 501),
    ("far better", 0, 10**40),
]


@pytest.mark.parametrize(("least", "bound"), [row[1:] for row in LIES], ids=range(2))
def test_a_solver_that_says_that_its_own_answer_cannot_be_is_refused(least, bound):
    takes = ((0, 1, 2),)
    for strategy in (cheapest(), fewest_parcels()):
        with pytest.raises(InvalidValue) as caught:
            allocate(
                MUGS,
                SHOPS,
                strategy,
                solver=lambda problem, nodes: Answer(takes, 0, 0, least, bound, 0),
            )
        assert caught.value.path == ("solver",)
    with pytest.raises(InvalidValue) as caught:
        allocate_batch(
            [("A1", MUGS)],
            Network("CNY", [SHOPS.site("west")]),
            cheapest(),
            solver=lambda shared, effort, seed: SharedAnswer((((0, 0, 2),),), 0, 0, 0, bound, 0),
        )
    assert caught.value.path == ("solver",)


def test_a_bound_of_answers_that_leave_fewer_may_be_above_the_cost():
    plan = allocate(
        MUGS, SHOPS, cheapest(), solver=lambda problem, nodes: Answer((), 0, 0, 0, 700, 0)
    )
    assert (plan.certificate.missing, plan.certificate.exact) == (2, False)


def test_a_solver_that_leaves_fewer_than_it_said_can_be_is_refused():
    def says(problem: Problem, *, nodes: int) -> Answer:
        once = problem.opening[0] == 1
        return Answer(() if once else ((0, 1, 2),), 0, 0, 2 if once else 0, 0, nodes)

    with pytest.raises(InvalidValue) as caught:
        allocate(MUGS, SHOPS, fewest_parcels(), solver=says)
    assert caught.value.path == ("solver",)


def test_what_a_solver_leaves_and_what_it_costs_is_counted_again():
    takes = ((0, 1, 1),)
    plan = allocate(
        MUGS, SHOPS, cheapest(), solver=lambda problem, nodes: Answer(takes, 0, 0, 0, 0, 0)
    )
    told = plan.certificate
    assert (told.value, told.missing, told.exact) == (500, 1, False)
    batch = allocate_batch(
        [("A1", MUGS)],
        Network("CNY", [SHOPS.site("west")]),
        cheapest(),
        solver=lambda shared, effort, seed: SharedAnswer((((0, 0, 1),),), 0, 0, 0, 0, 0),
    )
    told = batch.certificate
    assert (told.value, told.missing, told.exact, batch.ok) == (500, 1, False, False)


# Callers


class Way:
    """A way that is as long as this, whatever that means."""

    def __init__(self, told: object) -> None:
        self.told = told

    def metres(self, *_: object) -> object:
        return self.told

    def travel(self, *_: object) -> object:
        return self.told


def _shops(**fields: object) -> Network:
    return Network("CNY", [Site(id="a", **fields)])


JOBS = assign(Workload("CNY", [Job(id="j", efforts={"a": (3, "1.00")})]), SHOPS)

REFUSED: dict[str, tuple[Callable[[], object], tuple[object, ...]]] = {
    "stock of three": (lambda: _shops(stock=[("mug", 1, 2)]), ("stock", 0)),
    "stock of one": (lambda: _shops(stock=[("mug", 1), ("cap",)]), ("stock", 1)),
    "stock of none": (lambda: _shops(stock=[()]), ("stock", 0)),
    "cost of three": (lambda: SiteCosts(units=[("mug", "1", "2")]), ("units", 0)),
    "cost of one": (lambda: SiteCosts(units=[("mug",)]), ("units", 0)),
    "order of three": (
        lambda: allocate_batch([("A", MUGS, 1)], SHOPS, cheapest()),
        ("orders", 0),
    ),
    "order of one": (lambda: allocate_batch([("A",)], SHOPS, cheapest()), ("orders", 0)),
    "order named by a list": (
        lambda: allocate_batch([("A", MUGS)], SHOPS, cheapest()).plan([]),
        ("order",),
    ),
    "order named by a table": (
        lambda: allocate_batch([("A", MUGS)], SHOPS, cheapest()).of({}),
        ("order",),
    ),
    "priorities 5": (lambda: priority_list(5), ("sites",)),
    "lost 5": (lambda: reroute(PLAN, 5, MUGS, SHOPS, cheapest()), ("lost",)),
    "lost None": (lambda: reroute(PLAN, None, MUGS, SHOPS, cheapest()), ("lost",)),
    "lost lists": (lambda: reroute(PLAN, [[]], MUGS, SHOPS, cheapest()), ("lost", 0)),
    "reroute no plan": (lambda: reroute(None, "a", MUGS, SHOPS, cheapest()), ("plan",)),
    "reroute no request": (lambda: reroute(PLAN, "a", None, SHOPS, cheapest()), ("request",)),
    "reroute no network": (lambda: reroute(PLAN, "a", MUGS, None, cheapest()), ("network",)),
    "reroute no strategy": (lambda: reroute(PLAN, "a", MUGS, SHOPS, None), ("strategy",)),
    "after no network": (lambda: after(None, PLAN), ("network",)),
    "after no plan": (lambda: after(SHOPS, None), ("plan",)),
    "split no plan": (lambda: split_plan(None, {"0001": 1}), ("plan",)),
    "split a list": (lambda: split_plan(PLAN, ["0001"]), ("units",)),
    "merge None": (lambda: merge_plans(None), ("plans",)),
    "stocked None": (lambda: SHOPS.stocked(None, NOW), ("snapshot",)),
    "demand None": (lambda: PLAN.demand(None), ("demand",)),
    "no solver": (lambda: allocate(MUGS, SHOPS, cheapest(), solver=5), ("solver",)),
    "no solver of batches": (
        lambda: allocate_batch([("A", MUGS)], SHOPS, cheapest(), solver=5),
        ("solver",),
    ),
    "a speed over no distance": (lambda: SteadySpeed(distance=5), ("distance",)),
    "no distance to place by": (
        lambda: Sourcing(network=SHOPS, strategy=cheapest(), distance=5),
        ("distance",),
    ),
    "no time to place by": (
        lambda: Sourcing(network=SHOPS, strategy=cheapest(), travel=GreatCircle()),
        ("travel",),
    ),
    "no solver to place by": (
        lambda: Sourcing(network=SHOPS, strategy=cheapest(), solver=5),
        ("solver",),
    ),
    "names None": (lambda: explain_plan(PLAN, names=None), ("names",)),
    "names 5": (lambda: explain_plan(PLAN, names=5), ("names",)),
    "names in a list": (lambda: explain_plan(PLAN, names=[]), ("names",)),
    "a name 5": (lambda: explain_plan(PLAN, names={"b": "B", "a": 5}), ("names", "a")),
    "a name None": (lambda: explain_plan(PLAN, names={"a": None}), ("names", "a")),
    "the name of 5": (lambda: explain_plan(PLAN, names={5: "a"}), ("names",)),
    "names of shops": (lambda: explain_workshops(JOBS, names=None), ("names",)),
    "a shop named None": (lambda: explain_workshops(JOBS, names={"a": None}), ("names", "a")),
    "no distance": (
        lambda: allocate(MUGS, SHOPS, nearest_capable(), distance=object()),
        ("distance",),
    ),
    "no travel": (lambda: allocate(MUGS, SHOPS, fastest(), travel=object()), ("travel",)),
    "metres None": (
        lambda: allocate(MUGS, SHOPS, nearest_capable(), distance=Way(None)),
        ("distance",),
    ),
    "metres 1.5": (
        lambda: allocate(MUGS, SHOPS, nearest_capable(), distance=Way(1.5)),
        ("distance",),
    ),
    "travel 5": (lambda: allocate(MUGS, SHOPS, fastest(), travel=Way(5)), ("travel",)),
    "travel None": (lambda: allocate(MUGS, SHOPS, fastest(), travel=Way(None)), ("travel",)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_of_another_kind_is_refused_in_its_place(name):
    call, path = REFUSED[name]
    with pytest.raises(InvalidType) as caught:
        call()
    assert caught.value.path == path


def test_a_way_is_taken_as_it_is_told():
    plan = allocate(MUGS, SHOPS, fastest(), travel=Way(timedelta(hours=1)))
    assert plan.arrives_at == NOW + timedelta(hours=1)


NESTINGS = {
    "not": (lambda rule: ~rule, OpenNow(), "member"),
    "all of": (lambda rule: AllOf([rule]), OpenNow(), "members"),
    "any of": (lambda rule: AnyOf([rule, HasStock()]), OpenNow(), "members"),
    "in turn": (lambda rule: InTurn([rule]), Nearest(), "members"),
}


@pytest.mark.parametrize("kind", NESTINGS)
def test_rules_are_nested_so_deep_at_most_wherever_they_stand(kind):
    around, inmost, name = NESTINGS[kind]
    rule = inmost
    for _ in range(MAX_NESTING - 1):
        rule = around(rule)
    assert rule == deepcopy(rule)
    assert hash(rule) == hash(deepcopy(rule))
    assert repr(rule).endswith(")")
    with pytest.raises(LimitExceeded) as caught:
        around(rule)
    assert (caught.value.path, caught.value.reason) == ((name,), "too_deep")


def test_a_composed_rule_is_of_so_many_at_most():
    with pytest.raises(LimitExceeded) as caught:
        reduce(lambda rule, _: AllOf([rule, rule]), range(15), OpenNow())
    assert (caught.value.path, caught.value.reason) == (("members",), "too_large")


# How much is looked at


@pytest.mark.parametrize(("nodes", "asked"), [(1, 1), (100_000, 8)])
def test_what_sites_would_save_is_not_looked_for_when_the_nodes_are_used_up(nodes, asked):
    shops = [
        Site(id=f"s{i}", stock=[("mug", 2)], costs=SiteCosts(parcel=str(5 + i))) for i in range(8)
    ]
    calls: list[int] = []

    def counted(problem: Problem, *, nodes: int) -> Answer:
        calls.append(nodes)
        return solve(problem, nodes=nodes)

    strategy = Strategy(choose=Exact("cost", nodes=nodes, compare=True))
    plan = allocate(MUGS, Network("CNY", shops), strategy, solver=counted)
    codes = [row.reasons[0].code for row in plan.sites if not row.taken]
    assert len(calls) == asked
    expected = ReasonCode.SAVES_TOO_LITTLE if asked > 1 else ReasonCode.NOT_IN_BEST
    assert set(codes) == {expected}
