"""Many orders: first come, first served, then ruin and recreate.

Serving each order as well as what is left allows makes those pay that come late. So orders
that want the same things give back what they hold, and are served again in another order; what
comes out is kept if it is no worse. To serve only one order again helps little: what it holds
was the best of what the others left.

Whose turn it is, is drawn: an order that pays more than it would pay alone, some that hold
what it would like to have, some that want the same things. Half of the time one thing that
they held is withheld from the first, so that it tries another way.

Where some must go short, it matters most who does, and an order that takes all that it can get
does not ask. So from the second unit of effort on, half of the work is another: all orders
give back what they hold, and buy at the prices of a market, where who takes the last units pays
for them, or is paid; what nobody has bought is given to those that still miss it. What comes
out is kept if it is no worse, and the same market proves how good it is.

The steps for an effort are the first of the steps for any greater one, and none makes the
whole worse: more effort never costs more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ordercore.sourcing.batch.bounding import lower_bound, open_market
from ordercore.sourcing.batch.chance import Chance
from ordercore.sourcing.batch.desk import Desk, Served
from ordercore.sourcing.batch.market import Market
from ordercore.sourcing.branching import solve
from ordercore.sourcing.problem import Solver
from ordercore.sourcing.shared import NOTHING, Shared, SharedAnswer, answer_of

__all__ = ["ORDER_NODES", "ruin_and_recreate"]

ORDER_NODES: Final = 20_000
"""How much is looked at for one answer of one order, at most."""

EFFORT_NODES: Final = 14
"""How much one unit of effort looks at, for each order; serving all of them for the first time
is part of the first unit."""

GATHERING_NODES: Final = 6
"""What making numbers of an order, and a plan of numbers, takes as long as."""

BOUND_NODES: Final = 6
"""How much one unit of effort after the first looks at, for each order, to prove a bound."""

FEW_ORDERS: Final = 40
"""Where some must go short, fewer orders are looked at as long as so many."""

_TRIES: Final = 8


def ruin_and_recreate(
    shared: Shared,
    *,
    effort: int = 1,
    seed: int = 0,
    solver: Solver = solve,
    nodes: int = ORDER_NODES,
) -> SharedAnswer:
    """Answer many orders, each of them exactly, and let them change places.

    Args:
        shared: The orders, in the order in which they came.
        effort: How much is tried; zero: first come, first served, and no more.
        seed: Which way of many the search takes.
        solver: Who answers one order.
        nodes: How much is looked at for one answer, at most.

    Returns:
        The answer; it is no worse than first come, first served. Its bound is proved.
    """
    search = _Search(Desk(shared, solver, nodes), seed)
    desk, orders = search.desk, len(search.orders)
    serving, proving = EFFORT_NODES * effort - GATHERING_NODES, BOUND_NODES * max(0, effort - 1)
    search.run(serving * orders)
    if search.market is None:
        proved = lower_bound(desk, search.worth, proving * orders)
    else:
        search.bargain(search.market, (serving + proving) * max(orders, FEW_ORDERS))
        search.run(serving * orders)
        proved = search.market.proved
    return answer_of(
        shared,
        [desk.holding(order).takes for order in search.orders],
        missing_least=proved // desk.penalty,
        bound=proved % desk.penalty,
        nodes=desk.nodes,
    )


class _Search:
    """The orders at the desk, from first come, first served on.

    Attributes:
        worth: How bad all that the orders hold is.
        disputed: By order, the shared things that others may want, too.
        looked: Whether it is known if some must go without what they would get alone.
        market: Where they do.
    """

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = Chance(seed)
        self.orders = range(len(desk.served))
        for order in self.orders:
            desk.give(order, desk.answer(order))
        self.worth = sum(desk.holding(order).worth for order in self.orders)
        self.looked = False
        self.market: Market | None = None
        self.disputed = [
            [thing for thing in things if len(desk.wanted[thing]) > 1] for things in desk.things
        ]

    def run(self, nodes: int) -> None:
        """Serve orders again until so much was looked at, or a market is opened.

        Nothing is done if none could be better off.
        """
        desk, first = self.desk, EFFORT_NODES * len(self.orders)
        if self.perfect():
            return
        while desk.nodes < nodes and not self.opens_market(first):
            self.draw_and_round()

    def opens_market(self, nodes: int) -> bool:
        """Open a market once so much was looked at, if some must go short; tell whether."""
        desk = self.desk
        if self.looked or self.worth < desk.penalty or desk.nodes < nodes:
            return False
        self.looked = True
        market = open_market(desk, self.worth)
        if market.short.units:
            self.market = market
        return self.market is not None

    def perfect(self) -> bool:
        """Whether each order is known to hold what it would get alone, or none has rivals."""
        desk = self.desk
        alone = [desk.known_alone(order) for order in self.orders]
        return not any(self.disputed) or all(
            each is not None and desk.holding(order).worth == each.bound
            for order, each in enumerate(alone)
        )

    # One round

    def round(self, group: list[int], withheld: int = NOTHING) -> None:
        """Let orders give back what they hold, and serve them again one after the other.

        Args:
            group: Which, and in which order. If they are worse off, all stays as it was.
            withheld: A shared thing of which the first of them gets nothing.
        """
        desk = self.desk
        held = [desk.take_back(order) for order in group]
        before = sum([each.worth for each in held])
        after = 0
        for place, order in enumerate(group):
            served = desk.answer(order, withheld if place == 0 else NOTHING)
            after += served.worth
            if after > before:
                self.restore(group[:place], group, held)
                return
            desk.give(order, served)
        if after == before and self.unfair(group, held):
            self.restore(group, group, held)
        else:
            self.worth += after - before

    def unfair(self, group: list[int], held: list[Served]) -> bool:
        """Whether one who came early now misses more, for no other gain than that of others."""
        penalty = self.desk.penalty
        before = [each.worth // penalty for _, each in sorted(zip(group, held, strict=True))]
        now = [self.desk.holding(order).worth // penalty for order in sorted(group)]
        return now > before

    def restore(self, served: list[int], group: list[int], held: list[Served]) -> None:
        """Take back what a round gave, and give again what was held before."""
        for order in served:
            self.desk.take_back(order)
        for order, each in zip(group, held, strict=True):
            self.desk.give(order, each)

    def draw_and_round(self) -> None:
        """Draw orders, and whether something is withheld from the first; serve them again."""
        self.desk.nodes += 1
        group = self.group()
        withheld = NOTHING
        if self.chance.below(2):
            uses = self.desk.holding(self.drawn(group)).uses
            if uses:
                withheld = uses[self.chance.below(len(uses))][0]
        self.round(group, withheld)

    # At the prices of a market

    def bargain(self, market: Market, nodes: int) -> None:
        """Serve orders again until so much was looked at, prices settle, or no plan is better.

        Half of the work is done at prices.
        """
        desk, spent = self.desk, 0
        while market.reach and desk.nodes + spent <= nodes and self.worth > market.proved:
            start = desk.nodes
            market.step()
            self.serve_at_prices(market)
            end = 2 * desk.nodes - start
            while desk.nodes < end:
                self.draw_and_round()
            spent = desk.nodes - start
            market.aim(self.worth)

    def serve_at_prices(self, market: Market) -> None:
        """Let all orders buy what they hold anew, and fill them up; keep that if it helps."""
        desk, before = self.desk, self.worth
        group = list(self.orders)
        self.chance.shuffle(group)
        held = [desk.take_back(order) for order in group]
        for order in group:
            desk.give(order, market.served(order))
        self.fill_up(group)
        if self.worth > before or (self.worth == before and self.unfair(group, held)):
            self.restore(group, group, held)
            self.worth = before

    def fill_up(self, group: list[int]) -> None:
        """Serve one order after the other again, as long as any is better off by it."""
        desk, before = self.desk, -1
        self.worth = sum([each.worth for each in desk.served])
        while self.worth != before:
            before = self.worth
            for order in group:
                held = desk.take_back(order)
                served = desk.answer(order)
                desk.give(order, served if served.worth < held.worth else held)
            self.worth = sum([each.worth for each in desk.served])

    # Whose turn it is

    def group(self) -> list[int]:
        """Draw up to four orders that want the same things, in an order that is drawn too."""
        first = self.regretful()
        group = [first]
        size = 1 + self.chance.below(4)
        swap = self.chance.below(2)
        if not swap:
            group += self.rivals(first)
        for _ in range(_TRIES):
            if len(group) >= size:
                break
            other = self.related(self.drawn(group))
            if other not in group:
                group.append(other)
        if swap:
            self.chance.shuffle(group)
        return group

    def drawn(self, items: Sequence[int]) -> int:
        """Draw one of several."""
        return items[self.chance.below(len(items))]

    def regretful(self) -> int:
        """Draw an order, if possible none that is known to be as well off as alone."""
        desk, order = self.desk, 0
        for _ in range(_TRIES):
            order = self.chance.below(len(self.orders))
            alone = desk.alone.get(order)
            if alone is None or desk.holding(order).worth > alone.worth:
                break
        return order

    def related(self, order: int) -> int:
        """Draw an order that wants something that this one wants; maybe itself."""
        things = self.disputed[order]
        return self.drawn(self.desk.wanted[self.drawn(things)]) if things else order

    def rivals(self, order: int) -> list[int]:
        """Draw an order that holds what this one would get if it were alone."""
        desk = self.desk
        lacking = dict(desk.answer_alone(order).uses)
        for thing, units in desk.holding(order).uses:
            if thing in lacking:
                lacking[thing] -= units
        found = [
            other
            for thing, units in lacking.items()
            if units > desk.left[thing]
            for other in desk.wanted[thing]
            if other != order and desk.holds(other, thing)
        ]
        return [self.drawn(found)] if found else []
