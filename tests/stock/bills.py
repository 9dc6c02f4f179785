"""Bills to draw from, and models of netting that are too dumb to be wrong.

The models know nothing of levels, grains or integer programs. They read the documents alone,
count one unit, or one lot, at a time, and try every way where there is a choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil

from hypothesis import strategies as st

from ordercore.stock.materials import Bill, BillBook, Component, Lot, Material, Part

SKUS = ["a", "b", "c", "d", "e", "f"]

WHOLE = st.integers(1, 3).map(Fraction)
BROKEN = st.sampled_from([Fraction(n, d) for n, d in ((1, 3), (1, 2), (3, 2), (2, 5), (2, 1))])
SCRAP = st.sampled_from([Fraction(), Fraction(), Fraction(1, 20), Fraction(1, 3)])


@st.composite
def books(draw: st.DrawFn, *, plain: bool = False, choices: bool = False) -> BillBook:
    """Draw a book of up to six parts; a part is made of parts that come after it.

    Args:
        plain: Whole quantities only, no scrap and no lots.
        choices: With substitutes and several bills.
    """
    quantities = WHOLE if plain else st.one_of(WHOLE, BROKEN)
    scraps = st.just(Fraction()) if plain else SCRAP
    lots = st.just(Lot())
    if not plain:
        lots = st.builds(Lot, st.integers(1, 4), st.integers(1, 3))

    def bill(name: str, below: list[str]) -> Bill:
        chosen = draw(st.lists(st.sampled_from(below), min_size=1, max_size=3, unique=True))
        components = []
        for sku in chosen:
            others = [each for each in below if each != sku]
            substitutes = ()
            if choices and others and draw(st.booleans()):
                other = draw(st.sampled_from(others))
                substitutes = (Material(other, draw(quantities), scrap=draw(scraps)),)
            components.append(
                Component(sku, draw(quantities), scrap=draw(scraps), substitutes=substitutes)
            )
        return Bill(components, name)

    size = draw(st.integers(2, 4 if choices else 6))
    skus = SKUS[:size]
    parts = []
    for i, sku in enumerate(skus):
        below = skus[i + 1 :]
        bills: tuple[Bill, ...] = ()
        if below and (i == 0 or draw(st.booleans())):
            count = draw(st.integers(1, 2)) if choices else 1
            bills = tuple(bill(f"way {n}", below) for n in range(count))
        parts.append(Part(sku, bills, lot=draw(lots) if bills else Lot()))
    return BillBook(draw(st.permutations(parts)))


def stocks(most: int = 12) -> st.SearchStrategy[dict[str, int]]:
    """Draw what is there of the parts."""
    return st.dictionaries(st.sampled_from(SKUS), st.integers(0, most), max_size=6)


def unit_by_unit(
    book: BillBook, basket: list[tuple[str, int]], stock: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """Fetch every single unit from stock, else make it of fetched units, else go without."""
    left = dict(stock)
    taken: dict[str, int] = {}
    made: dict[str, int] = {}
    short: dict[str, int] = {}

    def fetch(sku: str) -> None:
        if left.get(sku, 0):
            left[sku] -= 1
            taken[sku] = taken.get(sku, 0) + 1
        elif book.part(sku).bills:
            made[sku] = made.get(sku, 0) + 1
            for component in book.part(sku).bills[0].components:
                for _ in range(int(component.quantity)):
                    fetch(component.sku)
        else:
            short[sku] = short.get(sku, 0) + 1

    for sku, units in basket:
        for _ in range(units):
            fetch(sku)
    return {"taken": taken, "made": made, "short": short}


def _lots(part: Part, units: int) -> int:
    made = 0
    while made < units or (units and (made < part.lot.minimum or made % part.lot.multiple)):
        made += 1
    return made


def _spread(units: int, count: int) -> Iterator[tuple[int, ...]]:
    """Every way of sharing units among so many."""
    if count == 1:
        yield (units,)
        return
    for first in range(units, -1, -1):
        for rest in _spread(units - first, count - 1):
            yield (first, *rest)


def every_way(
    book: BillBook, needs: Mapping[str, Fraction], stock: Mapping[str, int], at: int = 0
) -> Iterator[dict[str, int]]:
    """Try every way of serving needs; yield what is short in each."""
    sku = SKUS[at] if at < len(SKUS) else ""
    if sku not in book:
        yield {}
        return
    units = max(0, ceil(needs.get(sku, 0)) - stock.get(sku, 0))
    if not units or not book.part(sku).bills:
        for short in every_way(book, needs, stock, at + 1):
            yield {sku: units, **short} if units else short
        return
    part = book.part(sku)
    for shares in _spread(_lots(part, units), len(part.bills)):
        for more in _every_share(part, shares):
            summed = {**needs}
            for other, amount in more:
                summed[other] = summed.get(other, Fraction()) + amount
            yield from every_way(book, summed, stock, at + 1)


def can_be_served(book: BillBook, needs: Mapping[str, int], stock: Mapping[str, int]) -> bool:
    """Whether there is a way in which nothing is short."""
    exact = {sku: Fraction(units) for sku, units in needs.items()}
    return any(not short for short in every_way(book, exact, stock))


def _every_share(part: Part, shares: tuple[int, ...]) -> Iterator[list[tuple[str, Fraction]]]:
    """Every way of choosing options for the units of each bill."""
    ways: list[list[tuple[str, Fraction]]] = [[]]
    for bill, units in zip(part.bills, shares, strict=True):
        for component in bill.components:
            ways = [
                [*way, *zip((o.sku for o in component.options), amounts, strict=True)]
                for way in ways
                for amounts in (
                    [share * o.taken for share, o in zip(split, component.options, strict=True)]
                    for split in _spread(units, len(component.options))
                )
            ]
    return iter(ways)
