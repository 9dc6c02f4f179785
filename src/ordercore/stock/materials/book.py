"""The book of bills: all parts, checked against each other, and put in levels once.

The level of a part (its low-level code) is the longest way down to it from any part that is
part of nothing. Whoever works down the levels has met every need of a part before he comes to
it, so that what several assemblies share is looked at once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import compress
from math import lcm
from typing import Any, Final, NamedTuple

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import duplicates, each, instance, tuple_of
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, LimitExceeded, NotFound
from ordercore.stock.materials.parts import Component, Material, Part
from ordercore.stock.materials.quantities import UNITS, Unit

__all__ = ["MAX_BILL_LEVELS", "MAX_PARTS", "BillBook", "Option", "Step"]

MAX_PARTS: Final = 10_000
"""The most parts of one book."""

MAX_BILL_LEVELS: Final = 100
"""The most levels: a product, its assemblies, their assemblies and so on."""

MAX_GRAIN: Final = 10**60
"""The finest common measure of all uses of one part."""

_MAX_UNITS: Final = 1000
_NAMED_IN_CYCLE = 50
_CYCLES_TOLD = 20


class Option(NamedTuple):
    """What one unit takes of a part, as a whole number of the part's grains."""

    sku: str
    grains: int


class Step(NamedTuple):
    """A part as netting looks at it."""

    part: Part
    level: int
    grain: int
    """So many grains make one unit: the common measure of all uses of the part."""
    bills: tuple[tuple[tuple[Option, ...], ...], ...]
    """By bill, by component: the options, in order of preference."""

    @property
    def has_choice(self) -> bool:
        """Whether it can be made in more than one way."""
        return len(self.bills) > 1 or any(len(o) > 1 for bill in self.bills for o in bill)


def _parts(given: Iterable[Part]) -> tuple[Part, ...]:
    return tuple_of(given)


def _units(given: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple_of(given)


@document("bill_book")
@frozen
class BillBook:
    """Parts and their bills of materials, checked as a whole.

    Args:
        parts: Everything that a bill names, each sku once; their order means nothing.
        units: The units of measure in which parts are stocked and components stated.

    Raises:
        InvalidDocument: With every fault: parts that are named and not there, or twice there,
            units that are unknown or measure something else, bills that lead back to their
            own part (each cycle is told), more than `MAX_BILL_LEVELS` levels.

    >>> from ordercore.stock.materials import Bill
    >>> book = BillBook([
    ...     Part("chair", Bill([Component("leg", 4), Component("cloth", "0.5", "m")])),
    ...     Part("leg"),
    ...     Part("cloth", unit="cm"),
    ... ])
    >>> book.level("chair"), book.level("cloth")
    (0, 1)
    """

    parts: tuple[Part, ...] = field(
        converter=_parts, validator=each(instance(Part), least=1, most=MAX_PARTS)
    )
    units: tuple[Unit, ...] = field(
        default=UNITS, converter=_units, validator=each(instance(Unit), most=_MAX_UNITS)
    )
    steps: tuple[Step, ...] = field(init=False, eq=False, repr=False)
    _by_sku: Mapping[str, Step] = field(init=False, eq=False, repr=False)
    index: Mapping[str, int] = field(init=False, eq=False, repr=False)
    _below: Mapping[str, int] = field(init=False, eq=False, repr=False)
    _concerned: Mapping[str, int] = field(init=False, eq=False, repr=False)
    _choices: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise InvalidDocument(faults)
        parts = {part.sku: part for part in sorted(self.parts, key=lambda part: part.sku)}
        steps = _steps(parts, _levels(_children(parts)), {unit.name: unit for unit in self.units})
        object.__setattr__(self, "parts", tuple(parts.values()))
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "_by_sku", {step.part.sku: step for step in steps})
        object.__setattr__(self, "index", {step.part.sku: i for i, step in enumerate(steps)})
        object.__setattr__(self, "_below", _reached(steps))
        object.__setattr__(self, "_concerned", _concerned(steps))
        choices = sum(1 << i for i, step in enumerate(steps) if step.has_choice)
        object.__setattr__(self, "_choices", choices)

    def __reduce__(self) -> tuple[Any, ...]:
        return BillBook, (self.parts, self.units)

    def __contains__(self, sku: object) -> bool:
        return sku in self._by_sku

    def step(self, sku: str) -> Step:
        """Find a part as netting looks at it, or raise `NotFound`."""
        wanted: Any = sku
        if not isinstance(wanted, str) or wanted not in self._by_sku:
            raise NotFound("a part of this book", sku, path=("sku",))
        return self._by_sku[sku]

    def part(self, sku: str) -> Part:
        """Find a part, or raise `NotFound`."""
        return self.step(sku).part

    def level(self, sku: str) -> int:
        """Tell the level of a part: 0 for what is part of nothing, or raise `NotFound`."""
        return self.step(sku).level

    def below(self, skus: Iterable[str]) -> tuple[Step, ...]:
        """List parts and all that may go into them, whichever way, level by level."""
        found = 0
        for sku in skus:
            found |= self._below.get(sku, 0)
        return tuple(compress(self.steps, map(int, reversed(f"{found:b}"))))

    def concerned(self, sku: str) -> int:
        """Tell what is to be looked at where more or less of a part is needed: bits of steps.

        It is the part, and all above it that can be made in several ways.
        """
        return self._concerned[sku]

    def has_choice(self, sku: str) -> bool:
        """Tell whether a part, or something that goes into it, can be made in several ways."""
        return bool(self._below.get(sku, 0) & self._choices)


_Place = tuple[str | int, ...]


def _materials(part: Part) -> Iterator[tuple[_Place, Material]]:
    """List all that the bills of a part name, with its place."""
    for b, bill in enumerate(part.bills):
        for c, component in enumerate(bill.components):
            place: _Place = ("bills", b, "components", c)
            yield place, component
            for s, substitute in enumerate(component.substitutes):
                yield (*place, "substitutes", s), substitute


def _faults(book: BillBook) -> Iterator[InvalidInput]:
    parts = {part.sku: part for part in reversed(book.parts)}
    units = {unit.name: unit for unit in reversed(book.units)}
    names, skus = (unit.name for unit in book.units), (part.sku for part in book.parts)
    yield from duplicates(
        names, "units", then="name", what="a name used once", reason="duplicate_name"
    )
    yield from duplicates(
        skus, "parts", then="sku", what="each part once", reason="duplicate_part"
    )
    for i, part in enumerate(book.parts):
        for fault in _faults_of(part, parts, units):
            yield fault.at("parts", i).inside(f"part {part.sku!r}")
    positions = {part.sku: i for i, part in reversed([*enumerate(book.parts)])}
    for sku, fault in _misplaced(_children(parts)):
        yield fault.at("parts", positions[sku])


def _faults_of(
    part: Part, parts: Mapping[str, Part], units: Mapping[str, Unit]
) -> Iterator[InvalidInput]:
    if part.unit not in units:
        yield _unknown_unit(part.unit)
    for place, material in _materials(part):
        used = parts.get(material.sku)
        if used is None:
            expected = "a part of this book"
            yield InvalidValue(expected, material.sku, reason="unknown_part").at(*place, "sku")
        if material.unit is None:
            continue
        if material.unit not in units:
            yield _unknown_unit(material.unit).at(*place)
        elif used is not None and used.unit in units:
            measure = units[used.unit].measure
            if units[material.unit].measure != measure:
                expected = f"a unit of {measure}, as {used.unit} is"
                fault = InvalidValue(expected, material.unit, reason="other_measure")
                yield fault.at(*place, "unit")


def _unknown_unit(name: str) -> InvalidInput:
    return InvalidValue("a unit of this book", name, path=("unit",), reason="unknown_unit")


_Children = Mapping[str, Sequence[str]]
"""What goes into each part, whichever way."""


def _children(parts: Mapping[str, Part]) -> dict[str, list[str]]:
    """List what goes into each part; what is not there is told elsewhere."""
    return {
        sku: sorted({material.sku for _, material in _materials(part)} & parts.keys())
        for sku, part in parts.items()
    }


def _levels(children: _Children) -> dict[str, int]:
    """Put parts in levels, from the top; those on a cycle, and below one, get none."""
    waiting = dict.fromkeys(children, 0)
    for below in children.values():
        for sku in below:
            waiting[sku] += 1
    levels: dict[str, int] = {}
    now = [sku for sku, above in waiting.items() if not above]
    level = 0
    while now:  # a part comes when the last that it goes into has come: the longest way down
        levels |= dict.fromkeys(now, level)
        below = [sku for parent in now for sku in children[parent]]
        for sku in below:
            waiting[sku] -= 1
        now = [sku for sku in dict.fromkeys(below) if not waiting[sku]]
        level += 1
    return levels


def _misplaced(children: _Children) -> Iterator[tuple[str, InvalidInput]]:
    """Tell, with a part of each, that there are too many levels, and the cycles.

    Of cycles that share a part one is told.
    """
    levels = _levels(children)
    deepest = max(levels, key=lambda sku: (levels[sku], sku), default="")
    if levels.get(deepest, 0) >= MAX_BILL_LEVELS:
        yield deepest, LimitExceeded(f"at most {MAX_BILL_LEVELS} levels", levels[deepest] + 1)
    left = _without(children, levels)
    for _ in range(_CYCLES_TOLD):
        if not left:
            return
        cycle = _cycle(left)
        named = [*cycle[:_NAMED_IN_CYCLE], "…"] if len(cycle) > _NAMED_IN_CYCLE else cycle
        told = " → ".join([*named, cycle[0]])
        expected = f"bills that do not lead back to their own part: {told}"
        yield cycle[0], InvalidValue(expected, path=("bills",), reason="cyclic_bills")
        left = _without(left, frozenset(cycle))
        left = _without(left, _levels(left))


def _without(children: _Children, skus: Container[str]) -> dict[str, list[str]]:
    """Leave out some parts."""
    return {
        sku: [each for each in below if each not in skus]
        for sku, below in children.items()
        if sku not in skus
    }


def _cycle(children: _Children) -> list[str]:
    """Find a cycle where each part goes into another of them: by following them upwards."""
    above = {sku: parent for parent in sorted(children, reverse=True) for sku in children[parent]}
    way = {min(children): 0}
    last = min(children)
    while above[last] not in way:
        last = above[last]
        way[last] = len(way)
    cycle = [*way][way[above[last]] :][::-1]
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]


def _steps(
    parts: Mapping[str, Part], levels: Mapping[str, int], units: Mapping[str, Unit]
) -> tuple[Step, ...]:
    """Compile every part, from the top."""
    taken = {
        sku: [[_rates(c, parts, units) for c in bill.components] for bill in part.bills]
        for sku, part in parts.items()
    }
    grains = dict.fromkeys(parts, 1)
    for rate in (r for bills in taken.values() for bill in bills for c in bill for r in c):
        grains[rate[0]] = lcm(grains[rate[0]], rate[1].denominator)
        if grains[rate[0]] > MAX_GRAIN:
            path = ("parts", [*parts].index(rate[0]))
            raise InvalidDocument(
                [LimitExceeded("a common measure of all uses of the part", rate[1], path=path)]
            )
    return tuple(
        Step(part, levels[sku], grains[sku], _compiled(taken[sku], grains))
        for sku, part in sorted(parts.items(), key=lambda pair: (levels[pair[0]], pair[0]))
    )


_Rate = tuple[str, Fraction]


def _rates(
    component: Component, parts: Mapping[str, Part], units: Mapping[str, Unit]
) -> list[_Rate]:
    """Tell what each option of a component takes, in the units in which its part is stocked."""
    return [
        (
            option.sku,
            option.taken
            * units[option.unit or parts[option.sku].unit].size
            / units[parts[option.sku].unit].size,
        )
        for option in component.options
    ]


def _reached(steps: Sequence[Step]) -> dict[str, int]:
    """Tell of each part what may go into it, and itself: the bits of a number, one for a step."""
    reached: dict[str, int] = {}
    for i in range(len(steps) - 1, -1, -1):  # what goes into a part comes after it
        bits = 1 << i
        for option in (o for bill in steps[i].bills for options in bill for o in options):
            bits |= reached[option.sku]
        reached[steps[i].part.sku] = bits
    return reached


def _concerned(steps: Sequence[Step]) -> dict[str, int]:
    """Tell of each part itself, and what is above it and made in several ways."""
    concerned = {step.part.sku: 1 << i for i, step in enumerate(steps)}
    choosers = dict.fromkeys(concerned, 0)
    for i, step in enumerate(steps):  # what a part goes into comes before it
        above = choosers[step.part.sku]
        concerned[step.part.sku] |= above
        above |= 1 << i if step.has_choice else 0
        for option in (o for bill in step.bills for options in bill for o in options):
            choosers[option.sku] |= above
    return concerned


def _compiled(
    bills: Sequence[Sequence[Sequence[_Rate]]], grains: Mapping[str, int]
) -> tuple[tuple[tuple[Option, ...], ...], ...]:
    return tuple(
        tuple(
            tuple(Option(sku, int(rate * grains[sku])) for sku, rate in options)
            for options in sorted(bill, key=lambda options: options[0][0])
        )
        for bill in bills
    )
