"""A batch in words: who gets what, what is left and why, and how good that is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ordercore.errors import InvalidType, InvalidValue, NotFound
from ordercore.money import Money
from ordercore.sourcing import Network, Request, Site, SiteCosts, cheapest, fewest_parcels
from ordercore.sourcing.batch import BatchPlan, allocate_batch, explain_batch
from ordercore.stock import Demand

NOW = datetime(2026, 11, 12, tzinfo=UTC)

NETWORK = Network(
    "CNY",
    [
        Site(id="near", stock=[("cap", 1), ("mug", 1)], costs=SiteCosts(parcel="5.00")),
        Site(id="far", stock=[("mug", 1)], costs=SiteCosts(parcel="9.00")),
    ],
)


def batch(*wanted: list[tuple[str, int]], strategy=None, **given) -> BatchPlan:
    orders = [(f"A{i}", Request(Demand.of(each), NOW)) for i, each in enumerate(wanted, 1)]
    return allocate_batch(orders, NETWORK, strategy or cheapest(), **given)


SHORT = batch([("mug", 1)], [("mug", 1), ("cap", 1)], [("mug", 1), ("cap", 1)])

ENGLISH = """\
A1: far: mug × 1, CN¥9.00
A2: near: cap × 1, mug × 1, CN¥5.00
A3: Nothing is sent, CN¥0.00
Total CN¥14.00

Nobody gives
Order A3:
mug × 1 (line 0001)
far: other orders of the batch get 1 of what it has
near: other orders of the batch get 1 of what it has
cap × 1 (line 0002)
far: has none
near: other orders of the batch get 1 of what it has

How good it is
No plan leaves fewer units: proved
None that leaves as few costs less: proved"""

CHINESE = """\
A1：far：马克杯 × 1，¥9.00
A2：near：cap × 1、马克杯 × 1，¥5.00
三号：没有可发的商品，¥0.00
合计 ¥14.00

无处可发
订单三号：
马克杯 × 1（订单行0001）
far：它有的 1 件已分给同批的其他订单
near：它有的 1 件已分给同批的其他订单
cap × 1（订单行0002）
far：没有库存
near：它有的 1 件已分给同批的其他订单

方案有多好
已证明：没有能多发的方案
已证明：同样缺得最少的方案中，没有成本更低的方案"""


def test_a_batch_is_told_on_one_page() -> None:
    assert str(explain_batch(SHORT)) == ENGLISH
    names = {"mug": "马克杯", "A3": "三号"}
    assert str(explain_batch(SHORT, "zh_CN", names=names)) == CHINESE


def test_a_page_of_a_batch_is_a_table_of_its_orders_and_notes() -> None:
    page = explain_batch(SHORT)
    assert page.kind == "batch"
    (orders,) = page.tables
    assert [row.subject for row in orders.rows] == list(SHORT.orders)
    assert [cell.text for cell in orders.rows[2].cells[1:3]] == ["", "mug × 1, cap × 1"]
    costs = [row.cells[-1].value for row in orders.rows]
    assert costs == [SHORT.cost_of(order) for order in SHORT.orders]
    assert sum(costs, Money.zero("CNY")) == orders.foot.cells[-1].value == SHORT.cost
    assert [notes.name for notes in page.notes] == ["left", "proof"]
    assert page.to_plain()["kind"] == "batch"


def test_names_are_escaped_in_the_page_of_a_batch() -> None:
    html = explain_batch(SHORT, names={"A1": "<i>", "far": "<b>"}).html()
    assert "&lt;i&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (batch([("mug", 1)]), ["No plan costs less: proved"]),
        (
            batch([("mug", 1)], strategy=fewest_parcels().at_most(1)),
            ["No plan needs fewer parcels: proved, for plans of 1 parcel"],
        ),
        (batch([("tie", 1)]), ["No plan leaves fewer units: proved"]),
        (
            batch([("mug", 1)], [("mug", 1), ("cap", 1)], effort=0),
            ["How much less another may cost or need was not looked at: that takes more effort"],
        ),
        (
            batch([("mug", 2)], [("mug", 1)], effort=1),
            [
                "No plan leaves fewer units: proved",
                "Another that leaves as few may cost less, by CN¥4.00 at most",
            ],
        ),
        (
            batch([("mug", 1)], [("cap", 1)], [("cap", 1), ("mug", 1)], effort=0),
            ["Another plan may leave 1 unit fewer"],
        ),
    ],
)
def test_how_good_a_batch_is_stands_at_the_end(plan: BatchPlan, told: list[str]) -> None:
    note = explain_batch(plan).notes[-1]
    assert (note.name, list(note.items)) == ("proof", told)


def test_only_batches_are_explained_and_only_their_orders_have_costs() -> None:
    with pytest.raises(InvalidType):
        explain_batch(SHORT.plan("A1"))
    with pytest.raises(InvalidValue):
        explain_batch(SHORT, "xx")
    with pytest.raises(InvalidType):
        explain_batch(SHORT, names=5)
    with pytest.raises(NotFound):
        SHORT.cost_of("A9")
