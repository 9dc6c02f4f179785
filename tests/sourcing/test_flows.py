"""A flow of units costs the least there is, as the plainest search for cheapest paths finds it."""

from __future__ import annotations

import random

import pytest

from ordercore.sourcing.flow import Flow, Offered


class Plain(Flow):
    """A flow whose paths are found by looking at every arc until nothing changes."""

    def _cheapest(self, start: int) -> list[int]:
        costs, came, changed = {start: 0}, {}, True
        while changed:
            changed = False
            for node, arcs in enumerate(self.starts):
                for arc in arcs if node in costs else ():
                    there, cost = self.ends[arc], costs[node] + self.costs[arc]
                    if self.free[arc] and cost < costs.get(there, cost + 1):
                        costs[there], came[there], changed = cost, arc, True
        path, node = [], 0
        while node != start:
            path.append(came[node])
            node = self.ends[came[node] ^ 1]
        return path


def drawn(seed: int) -> tuple[Flow, Flow, dict[int, int]]:
    """Draw a network in which lines share goods and rooms; some of its sites; their shares."""
    rng = random.Random(seed)
    lines, sites = rng.randint(2, 5), rng.randint(2, 4)
    need = tuple(rng.randint(1, 3) for _ in range(lines))
    room = [rng.randint(1, 5) for _ in range(sites)]
    goods = [rng.randint(0, 1) for _ in range(lines)] if rng.random() < 0.5 else range(lines)
    held = {(site, good): rng.randint(1, 3) for site in range(sites) for good in range(lines)}
    held |= {(site, 1): 2 for site in range(sites)}
    offers = [
        Offered(line, site, goods[line], held[site, goods[line]], rng.randint(0, 9))
        for line in range(lines)
        for site in range(sites)
        if rng.random() < 0.7
    ]
    shares = {site: rng.choice([0, 0, 3, 5]) for site in range(sites) if rng.random() < 0.9}
    return Flow(need, 1000, room, offers), Plain(need, 1000, room, offers), shares


@pytest.mark.parametrize("batch", range(4))
def test_a_flow_costs_as_little_as_can_be(batch):
    for seed in range(200 * batch, 200 * batch + 200):
        flow, plain, shares = drawn(seed)
        assert flow.fill(shares) == plain.fill(shares)
        assert flow.fill({}) == 1000 * sum(flow.need)  # and can be filled anew
        assert flow.fill(shares) == plain.fill(shares)
        given = {site: flow.given(site) for site in shares}
        assert all(units <= flow.room[site] for site, units in given.items())
        by_site = dict.fromkeys(shares, 0)
        for _, site, units in flow.takes():
            by_site[site] += units
        assert by_site == given


def test_a_flow_stops_when_it_costs_enough():
    flow = Flow((1, 1), 1000, [2], [Offered(0, 0, 0, 1, 7), Offered(1, 0, 1, 1, 7)])
    assert (flow.fill({0: 0}, enough=7), flow.fill({0: 0}, enough=8)) == (7, 14)
