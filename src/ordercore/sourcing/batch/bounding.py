"""What many orders cost at least: each order alone, before prices for what is scarce.

Alone, with all the stock before it, no order costs more than in any plan for all of them; so
the sum is a lower bound. It becomes a better one when orders pay for what several want: see
`market`. Where some must go short, how many units must be missing is proved first: see
`shortage`; then only plans are compared that leave no more.
"""

from __future__ import annotations

from ordercore.sourcing.batch.desk import Desk
from ordercore.sourcing.batch.market import Market
from ordercore.sourcing.batch.shortage import Shortage, shortage

__all__ = ["lower_bound", "open_market"]


def lower_bound(desk: Desk, worth: int, nodes: int) -> int:
    """Prove how bad the best plan for all orders is at least.

    Args:
        desk: Where they were served.
        worth: How bad the plan is that was found.
        nodes: How much more is looked at, as far as that can be told before.

    Returns:
        A number to compare with ``worth``: the penalty for each unit that must be missing, and
        the least cost of plans that leave no more of them; zero: nothing was proved.
    """
    orders = range(len(desk.served))
    if nodes < sum(desk.known_alone(order) is None for order in orders):
        return 0
    end = desk.nodes + nodes
    market = open_market(desk, worth)
    spent = desk.nodes + nodes - end
    while desk.nodes + spent <= end and not market.closed:
        spent = market.step()
    return market.proved


def open_market(desk: Desk, worth: int) -> Market:
    """Open a market for the orders at a desk; the best plan known is so bad as ``worth``."""
    orders = range(len(desk.served))
    alone = [desk.answer_alone(order) for order in orders]
    least, bound = divmod(sum(each.bound for each in alone), desk.penalty)
    missing, cost = divmod(worth, desk.penalty)
    short = shortage(desk) if missing > least else Shortage.none(len(orders))
    if short.units > least:  # some must go without what they would get alone, and pay for
        least, bound = short.units, 0
    else:
        short = Shortage.none(len(orders))
    return Market(desk, alone, short, least=least, bound=bound, goal=cost)
