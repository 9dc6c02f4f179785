"""Laws of planning many orders at once, through the objects that people use.

- No site gives more than it has, nor more than its room, over all orders; each line gets what
  it wants, or is left with exactly what is missing.
- Plans do not depend on the order of sites or lines; costs do not depend on what sites are
  called.
- A batch of one is the exact plan of that order; a batch is never worse than orders planned one
  after the other.
- The plan of one order says what the batch says, and why.
"""

from __future__ import annotations

from collections import Counter

import pytest
from attrs import astuple, evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import NOW, SITES, filters, limits, networks, requests

from ordercore.data import dump, dumps, load, loads
from ordercore.errors import InvalidDocument, InvalidType, InvalidValue, LimitExceeded, NotFound
from ordercore.money import Money
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Exact,
    Network,
    Objective,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    cheapest,
    fastest,
    fewest_parcels,
    nearest_capable,
)
from ordercore.sourcing.batch import BatchOrder, BatchPlan, BatchRecord, allocate_batch
from ordercore.sourcing.rules import WithinReach
from ordercore.sourcing.shared import SharedAnswer
from ordercore.stock import Demand

strategies = st.builds(
    lambda where, objective, most: Strategy(
        where=where, choose=Exact(objective), parcels_max=most
    ),
    filters,
    st.sampled_from(["cost", "parcels"]),
    limits,
)
queues = st.lists(requests(), min_size=1, max_size=4)


def named(queue: list[Request]) -> list[tuple[str, Request]]:
    return [(f"A{i}", request) for i, request in enumerate(queue)]


def units_given(plan: BatchPlan) -> Counter:
    return Counter({(take.site, take.sku): 0 for take in plan.takes}) + Counter(
        [(take.site, take.sku) for take in plan.takes for _ in range(take.units)]
    )


@given(queues, networks(), strategies, st.integers(0, 4))
def test_no_site_gives_more_than_it_has_to_all_orders(queue, network, strategy, effort) -> None:
    plan = allocate_batch(named(queue), network, strategy, effort=effort)
    for (name, sku), units in units_given(plan).items():
        site = network.site(name)
        assert sku in site.makes or units <= site.units_of(sku)
    for site in network.sites:
        units = sum(take.units for take in plan.takes if take.site == site.id)
        assert site.room is None or units <= site.room


@given(queues, networks(), strategies, st.integers(0, 4))
def test_each_line_is_served_or_left_with_just_what_is_missing(
    queue, network, strategy, effort
) -> None:
    plan = allocate_batch(named(queue), network, strategy, effort=effort)
    wanted = {
        (order, line.id, line.sku): line.quantity
        for order, request in named(queue)
        for line in request.demand.lines
    }
    told = Counter()
    for take in plan.takes:
        told[take.order, take.line, take.sku] += take.units
    for row in plan.left:
        assert row.units > 0
        told[row.order, row.line, row.sku] += row.units
    assert told == wanted
    assert plan.ok == (not plan.left)
    assert plan.certificate.missing == sum(row.units for row in plan.left)


@given(queues, networks(), strategies, st.randoms(use_true_random=False))
def test_a_plan_does_not_depend_on_the_order_of_sites_and_lines(
    queue, network, strategy, rng
) -> None:
    def shuffled(items):
        return rng.sample(items, len(items))

    mixed = [evolve(request, demand=Demand(shuffled(request.demand.lines))) for request in queue]
    sites = [evolve(site, stock=tuple(shuffled(site.stock))) for site in network.sites]
    other = Network(network.currency, shuffled(sites))
    one = allocate_batch(named(queue), network, strategy, effort=2)
    two = allocate_batch(named(mixed), other, strategy, effort=2)
    assert (one.takes, one.left, one.certificate) == (two.takes, two.left, two.certificate)


@given(queues, networks(), strategies, st.permutations(SITES))
def test_costs_do_not_depend_on_what_sites_are_called(queue, network, strategy, names) -> None:
    new = dict(zip(SITES, names, strict=True))
    renamed = Network(network.currency, [evolve(site, id=new[site.id]) for site in network.sites])
    told = [
        evolve(
            request,
            demand=Demand(
                [
                    evolve(line, sites=tuple(new[site] for site in line.sites))
                    for line in request.demand.lines
                ]
            ),
        )
        for request in queue
    ]
    one = allocate_batch(named(queue), network, strategy, effort=2)
    two = allocate_batch(named(told), renamed, strategy, effort=2)
    assert (one.cost, one.left, one.certificate) == (two.cost, two.left, two.certificate)


@given(requests(), networks(), strategies)
def test_a_batch_of_one_is_the_exact_plan(request, network, strategy) -> None:
    batch = allocate_batch([("A0", request)], network, strategy, effort=1)
    plan = allocate(request, network, strategy)
    assert batch.cost == plan.cost
    assert batch.certificate.missing == sum(line.missing for line in plan.left)
    assert batch.certificate.exact
    assert batch.certificate.value == plan.certificate.value


@given(queues, networks(), strategies, st.integers(0, 3))
def test_a_batch_is_never_worse_than_orders_in_turn(queue, network, strategy, seed) -> None:
    first, more, most = (
        allocate_batch(named(queue), network, strategy, effort=effort, seed=seed).certificate
        for effort in (0, 1, 5)
    )
    assert (first.missing, first.value) >= (more.missing, more.value)
    assert (more.missing, more.value) >= (most.missing, most.value)
    assert (most.missing_least, most.lower_bound) <= (most.missing, most.value)


@settings(max_examples=30)
@given(queues, networks(), strategies)
def test_the_plan_of_one_order_says_what_the_batch_says(queue, network, strategy) -> None:
    batch = allocate_batch(named(queue), network, strategy, effort=2)
    total = 0
    for order in batch.orders:
        plan = batch.plan(order)
        told = {
            (row.line, row.sku, shipment.site, row.units)
            for shipment in plan.shipments
            for row in shipment.given
        }
        assert told == {take[1:] for take in batch.of(order)}
        assert {(line.id, line.missing) for line in plan.left} == {
            (row.line, row.units) for row in batch.left if row.order == order
        }
        assert {finding.site for finding in plan.sites} == {site.id for site in network.sites}
        proof = plan.certificate
        assert (proof.missing_least, proof.lower_bound) <= (proof.missing, proof.value)
        assert proof.missing == sum(line.missing for line in plan.left)
        total += plan.cost.minor
    assert total == batch.cost.minor


# By hand


def shop(**costs: str) -> Network:
    """Make a near site with a mug and a cap, and others with as many mugs as they have names."""
    sites = [
        Site(
            id=name,
            stock=[("mug", 1), ("cap", 1)] if name == "near" else [("mug", 1)],
            costs=SiteCosts(parcel=parcel),
        )
        for name, parcel in costs.items()
    ]
    return Network("CNY", sites)


MUG = Request(Demand.of([("mug", 1)]), NOW)
SET = Request(Demand.of([("mug", 1), ("cap", 1)]), NOW)


def test_who_comes_first_is_served_first_and_gives_way_if_that_is_cheaper_for_all() -> None:
    network = shop(near="5", far="9")
    first = allocate_batch([("A1", MUG), ("A2", SET)], network, cheapest(), effort=0)
    assert (str(first.cost), [take.site for take in first.of("A1")]) == ("CNY 19.00", ["near"])
    assert (first.certificate.exact, first.certificate.value) == (False, 1900)
    plan = allocate_batch([("A1", MUG), ("A2", SET)], network, cheapest())
    assert (str(plan.cost), [take.site for take in plan.of("A1")]) == ("CNY 14.00", ["far"])
    assert plan.certificate.exact
    assert (first.orders, len(first.takes)) == (("A1", "A2"), 3)
    assert [plan.plan(order).certificate.exact for order in plan.orders] == [True, True]


def test_of_sites_that_cost_the_same_names_choose_none() -> None:
    # A1 may take its mug from either; from the site with caps, it would cost A2 one parcel more
    costs = set()
    for caps, mugs in (("a", "b"), ("b", "a")):
        sites = [
            Site(id=caps, stock=[("mug", 1), ("cap", 1)], costs=SiteCosts(parcel="5")),
            Site(id=mugs, stock=[("mug", 1)], costs=SiteCosts(parcel="5")),
        ]
        orders = [("A1", MUG), ("A2", SET)]
        costs.add(allocate_batch(orders, Network("CNY", sites), cheapest(), effort=0).cost)
    assert len(costs) == 1


def test_a_site_whose_units_went_to_others_says_so() -> None:
    plan = allocate_batch([("A1", MUG), ("A2", MUG)], shop(near="5"), cheapest())
    assert [(row.order, row.units) for row in plan.left] == [("A2", 1)]
    told = plan.plan("A2")
    (reason,) = told.finding("near").reasons
    assert (reason.code, reason.value) == (ReasonCode.GIVEN_TO_OTHERS, 1)
    (line,) = told.left
    assert line.reasons[0].reasons == (reason,)
    assert plan.plan("A1").finding("near").taken


def _wanting(*lines: tuple[str, int]) -> Request:
    return Request(Demand.of(lines), NOW)


def _told(first: Request, second: Request, **site: object) -> AllocationPlan:
    """Plan two orders from one site, and tell the second."""
    network = Network("CNY", [Site(id="east", **site)])  # type: ignore[arg-type]
    return allocate_batch([("A", first), ("B", second)], network, cheapest()).plan("B")


def _codes(plan: AllocationPlan) -> dict[str, tuple[ReasonCode, int | None]]:
    return {
        line.sku: (row.reasons[0].code, row.reasons[0].value)
        for line in plan.left
        for row in line.reasons
    }


def test_lines_of_one_sku_count_what_others_get_once() -> None:
    plan = _told(_wanting(("mug", 2)), _wanting(("mug", 2), ("mug", 2)), stock=[("mug", 2)])
    (why,) = plan.finding("east").reasons
    assert (why.code, why.value) == (ReasonCode.GIVEN_TO_OTHERS, 2)


def test_room_that_others_fill_is_no_room_and_not_their_units() -> None:
    stock = [("mug", 5), ("cap", 5)]
    plan = _told(_wanting(("cap", 2)), _wanting(("mug", 3)), stock=stock, capacity=2)
    given = sum(row.units for row in plan.of("0001"))
    assert _codes(plan) == {"mug": (ReasonCode.NO_ROOM, 2)}
    assert plan.finding("east").taken == bool(given)


def test_a_short_line_is_told_what_others_get_of_its_own_sku() -> None:
    stock = [("mug", 2), ("cap", 5)]
    plan = _told(_wanting(("mug", 2)), _wanting(("mug", 2), ("cap", 1)), stock=stock)
    kept = sum(row.units for row in plan.of("0001"))
    assert _codes(plan) == {"mug": (ReasonCode.GIVEN_TO_OTHERS, 2 - kept)}
    assert plan.finding("east").taken


def test_what_an_order_gets_itself_is_not_with_others() -> None:
    plan = _told(_wanting(("cap", 1)), _wanting(("mug", 9)), stock=[("mug", 5), ("cap", 1)])
    assert _codes(plan) == {"mug": (ReasonCode.TOO_FEW, 5)}


def test_what_is_made_to_order_is_limited_by_room_alone() -> None:
    kitchen = Site(id="kitchen", makes=["soup"], capacity=5, load=2)
    soup = Request(Demand.of([("soup", 2)]), NOW)
    plan = allocate_batch([("A1", soup), ("A2", soup)], Network("CNY", [kitchen]), cheapest())
    assert [(take.order, take.units) for take in plan.takes] in (
        [("A1", 2), ("A2", 1)],
        [("A1", 1), ("A2", 2)],
    )
    assert [row.units for row in plan.left] == [1]


def test_fewest_parcels_count_before_costs() -> None:
    sites = [
        Site(id="both", stock=[("mug", 1), ("cap", 1)], costs=SiteCosts(parcel="50")),
        Site(id="mugs", stock=[("mug", 2)], costs=SiteCosts(parcel="1")),
        Site(id="caps", stock=[("cap", 2)], costs=SiteCosts(parcel="1")),
    ]
    orders = [("A1", SET), ("A2", SET)]
    plan = allocate_batch(orders, Network("CNY", sites), fewest_parcels())
    proof = plan.certificate
    assert (proof.objective, proof.value, str(plan.cost)) == (Objective.PARCELS, 3, "CNY 52.00")
    assert proof.lower_bound in (2, 3)
    cheap = allocate_batch(orders, Network("CNY", sites), cheapest())
    assert str(cheap.cost) == "CNY 4.00"


def test_a_batch_without_orders_or_sites_is_a_plan() -> None:
    assert allocate_batch([], shop(near="5"), cheapest()).ok
    plan = allocate_batch([("A1", MUG)], Network("CNY"), cheapest())
    assert [row.units for row in plan.left] == [1]
    assert plan.certificate.exact
    assert plan.plan("A1").left[0].reasons[0].site is None
    assert "1 orders" in repr(plan)


def test_distances_by_unit_count() -> None:
    places = [GeoPoint("39.90", "116.30"), GeoPoint("39.90", "116.40")]
    sites = [
        Site(id=f"s{i}", place=place, stock=[("mug", 9)], costs=SiteCosts(unit_per_km="1.00"))
        for i, place in enumerate(places)
    ]
    request = Request(Demand.of([("mug", 3)]), NOW, places[1])
    plan = allocate_batch([("A1", request)], Network("CNY", sites), cheapest())
    assert ([take.site for take in plan.takes], plan.cost.minor) == (["s1"], 0)


BAD = [
    ({"orders": [("A1", MUG), ("A1", SET)]}, InvalidDocument),
    ({"orders": [("A1", "mug")]}, InvalidType),
    ({"orders": [("", MUG)]}, InvalidValue),
    ({"orders": 3}, InvalidType),
    ({"orders": [MUG]}, InvalidType),
    ({"network": "shop"}, InvalidType),
    ({"strategy": "cheapest"}, InvalidType),
    ({"strategy": nearest_capable()}, InvalidValue),
    ({"strategy": fastest()}, InvalidValue),
    ({"strategy": cheapest(WithinReach(500))}, InvalidValue),
    ({"effort": -1}, InvalidValue),
    ({"effort": 1.5}, InvalidType),
    ({"effort": True}, InvalidType),
    ({"effort": 10**7}, LimitExceeded),
    ({"seed": None}, InvalidType),
]


@pytest.mark.parametrize(("wrong", "error"), BAD, ids=range(len(BAD)))
def test_a_callers_mistake_is_an_error(wrong: dict, error: type[Exception]) -> None:
    asked = {"orders": [("A1", MUG)], "network": shop(near="5"), "strategy": cheapest()} | wrong
    with pytest.raises(error):
        allocate_batch(asked.pop("orders"), asked.pop("network"), asked.pop("strategy"), **asked)


def test_an_order_that_is_not_in_the_batch_is_not_found() -> None:
    plan = allocate_batch([BatchOrder("A1", MUG)], shop(near="5"), cheapest())
    for ask in (plan.of, plan.plan):
        with pytest.raises(NotFound):
            ask("A2")


def test_an_answer_that_gives_too_much_is_refused() -> None:
    def greedy_solver(shared, *, effort, seed):
        return SharedAnswer((((0, 0, 1),), ((0, 0, 1),)), 0, 0, 0, 0, 0)

    with pytest.raises(InvalidValue, match="2 units are taken"):
        allocate_batch(
            [("A1", MUG), ("A2", MUG)], shop(near="5"), cheapest(), solver=greedy_solver
        )


@settings(max_examples=25)
@given(queues, networks(), strategies)
def test_highs_plans_a_batch_at_no_higher_cost(queue, network, strategy) -> None:
    pytest.importorskip("highspy")
    from ordercore.sourcing.outside import highs_batch  # noqa: PLC0415

    ours = allocate_batch(named(queue), network, strategy, effort=3).certificate
    theirs = allocate_batch(named(queue), network, strategy, solver=highs_batch).certificate
    assert theirs.exact
    assert (theirs.missing, theirs.value) <= (ours.missing, ours.value)
    assert (ours.missing_least, ours.lower_bound) <= (theirs.missing, theirs.value)


# As a document


@given(queues, networks(), strategies)
def test_a_plan_that_is_stored_says_what_it_said(queue, network, strategy) -> None:
    plan = allocate_batch(named(queue), network, strategy, effort=1)
    stored = loads(BatchRecord, dumps(BatchRecord.of(plan)))
    assert [order.id for order in stored.orders] == list(plan.orders)
    for order, request in zip(stored.orders, queue, strict=True):
        wanted = {line.id: (line.sku, line.quantity) for line in request.demand.lines}
        assert {line.id: (line.sku, line.wanted) for line in order.lines} == wanted
    rows = [(order.id, line) for order in stored.orders for line in order.lines]
    given = [(name, line.id, line.sku, *astuple(row)) for name, line in rows for row in line.given]
    assert given == [tuple(take) for take in plan.takes]
    left = [(name, line.id, line.sku, line.missing) for name, line in rows if line.missing]
    assert left == [tuple(row) for row in plan.left]
    assert (stored.cost, stored.certificate, stored.ok) == (plan.cost, plan.certificate, plan.ok)


TWO_SITES = Network(
    "CNY",
    [
        Site(id="a", stock=[("mug", 2)], costs=SiteCosts(parcel="5.00")),
        Site(id="b", stock=[("cap", 1)], costs=SiteCosts(parcel="4.00")),
    ],
)
MUG_AND_CAP = Request(Demand.of([("mug", 1), ("cap", 1)]), NOW)
MUGS_OF_ALL = Request(Demand.of([("mug", 4)]), NOW)
TWO_MUGS = {"id": "1", "sku": "mug", "wanted": 2}
FAULTY_RECORDS = [
    ("more than wanted", {"given": [{"site": "a", "units": 3}]}, "given"),
    ("a site twice", {"given": [{"site": "a", "units": 1}] * 2}, "given"),
    ("nothing wanted", {"wanted": 0}, "wanted"),
]


@pytest.mark.parametrize(("_what", "but", "place"), FAULTY_RECORDS, ids=range(3))
def test_a_record_that_disagrees_is_refused(_what, but, place) -> None:
    plan = allocate_batch([], Network("CNY"), cheapest())
    plain = dump(BatchRecord.of(plan)) | {"orders": [{"id": "A", "lines": [TWO_MUGS | but]}]}
    with pytest.raises(InvalidDocument) as caught:
        load(BatchRecord, plain)
    path = ("orders", 0, "lines", 0, place)
    assert [fault.path[:5] for fault in caught.value.faults] == [path]


QUEUE = [("A", MUG_AND_CAP), ("B", MUGS_OF_ALL)]
WRONG_PROOFS = [
    ("more missing than the lines say", {"missing": 4}, [("certificate", "missing")]),
    ("another value than the cost", {"value": 1, "lower_bound": 0}, [("certificate", "value")]),
    (
        "both",
        {"missing": 0, "missing_least": 0, "value": 0, "lower_bound": 0},
        [("certificate", "missing"), ("certificate", "value")],
    ),
    ("more must be missing than is", {"missing_least": 9}, [("certificate", "missing_least")]),
    ("a bound above the value", {"lower_bound": 10**9}, [("certificate", "lower_bound")]),
    ("another objective", {"objective": "time"}, [("certificate", "objective")]),
]


@pytest.mark.parametrize("strategy", [cheapest(), fewest_parcels()], ids=range(2))
@pytest.mark.parametrize(("but", "paths"), [row[1:] for row in WRONG_PROOFS], ids=range(6))
def test_a_proof_that_is_of_another_record_is_refused(but, paths, strategy) -> None:
    plain = dump(BatchRecord.of(allocate_batch(QUEUE, TWO_SITES, strategy)))
    assert load(BatchRecord, plain).certificate.missing == 3
    wrong = plain | {"certificate": plain["certificate"] | but}
    with pytest.raises(InvalidDocument) as caught:
        load(BatchRecord, wrong)
    assert [fault.path for fault in caught.value.faults] == paths


def test_a_record_costs_nothing_at_least() -> None:
    plain = dump(BatchRecord.of(allocate_batch(QUEUE, TWO_SITES, fewest_parcels())))
    plain["cost"] = dump(Money(-500, "CNY"))
    with pytest.raises(InvalidDocument) as caught:
        load(BatchRecord, plain)
    assert [fault.path for fault in caught.value.faults] == [("cost",)]


def test_orders_and_lines_of_a_record_stand_there_once() -> None:
    plain = dump(BatchRecord.of(allocate_batch([], Network("CNY"), cheapest())))
    plain["certificate"]["missing"] = 4
    once, twice = ({"id": "A", "lines": [TWO_MUGS] * times} for times in (1, 2))
    for orders in ([once, once], [twice]):
        with pytest.raises(InvalidDocument) as caught:
            load(BatchRecord, plain | {"orders": orders})
        assert [fault.reason for fault in caught.value.faults] == ["duplicate_id"]
    with pytest.raises(InvalidType):
        BatchRecord.of(None)
