"""What came back: counts of units per line, checked against the cart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from ordercore.cart import MAX_LINES, Cart
from ordercore.cart import Counts as CountsById
from ordercore.cart.counts import NO_COUNTS
from ordercore.errors import (
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
    Path,
)

__all__ = ["MAX_RETURNS", "Counts", "Returned", "Returns", "read_returns"]

MAX_RETURNS: Final = 1000
"""The most earlier returns that are told one by one."""

Returned = Mapping[str, int]
"""The id of a line → how many of its units come back."""

Counts = tuple[int, ...]
"""Units of each line, by its position in the cart."""


@frozen
class Returns:
    """What came back so far, and what comes back now.

    Attributes:
        history: The earlier returns, each by the ids of its lines.
        steps: How many units were back in all before the first return, and after each.
        now: What comes back now.
        after: How many units are back in all then.
    """

    history: tuple[CountsById, ...]
    steps: tuple[Counts, ...]
    now: CountsById
    after: Counts

    @property
    def before(self) -> Counts:
        """How many units were back in all before."""
        return self.steps[-1]


def read_returns(
    cart: Cart,
    before: Returned | Sequence[Returned],
    now: Returned,
    faults: list[InvalidInput],
) -> Returns:
    """Read what came back; what is wrong with it goes to the faults."""
    count = [0] * len(cart.lines)
    steps: list[Counts] = [tuple(count)]
    history: list[CountsById] = []
    for place, units in _earlier(before, faults):
        history.append(_added(cart, count, units, place, faults))
        steps.append(tuple(count))
    told = _added(cart, count, now, ("returned_now",), faults)
    return Returns(tuple(history), tuple(steps), told, tuple(count))


def _earlier(before: Any, faults: list[InvalidInput]) -> Iterator[tuple[Path, Any]]:
    """List the earlier returns with their places: one mapping is one return."""
    place: Path = ("returned_before",)
    if isinstance(before, Mapping):
        if before:
            yield place, before
    elif isinstance(before, str) or not isinstance(before, Sequence):
        faults.append(
            InvalidType(
                "a Reversal, a mapping, or mappings one after the other", before, path=place
            )
        )
    elif len(before) > MAX_RETURNS:
        faults.append(LimitExceeded(f"at most {MAX_RETURNS} returns", len(before), path=place))
    else:
        yield from (((*place, i), units) for i, units in enumerate(before))


def _added(
    cart: Cart, count: list[int], units: Any, place: Path, faults: list[InvalidInput]
) -> CountsById:
    """Add the units of one return to what is back; what is wrong goes to the faults."""
    if not isinstance(units, Mapping):
        faults.append(InvalidType("a mapping of line ids to counts of units", units, path=place))
        return NO_COUNTS
    if len(units) > MAX_LINES:
        faults.append(LimitExceeded(f"at most {MAX_LINES} lines", len(units), path=place))
        return NO_COUNTS
    told: dict[int, int] = {}
    for line_id, number in units.items():
        try:
            i = _position(cart, line_id)
            told[i] = _number(number, cart.lines[i].quantity - count[i])
        except InvalidInput as error:
            faults.append(error.at(*place, *_steps(line_id)))
    for i, number in told.items():
        count[i] += number
    return _named(cart, told.items())


def _steps(line_id: object) -> tuple[str, ...]:
    return (line_id,) if isinstance(line_id, str) else ()


def _position(cart: Cart, line_id: object) -> int:
    if not isinstance(line_id, str):
        raise InvalidType("the id of a line", line_id)
    found = cart.rows.places.get(line_id)
    if found is None:
        raise NotFound("the id of a line of this cart", line_id)
    return found[0]


def _number(number: object, left: int) -> int:
    """Check a count of units, of which so many are left."""
    if type(number) is not int:
        raise InvalidType("an integer", number)
    if number < 0:
        raise InvalidValue("at least 0", number)
    if number > left:
        raise InvalidValue(f"at most {left}, which are left", number, reason="too_many_units")
    return number


def _named(cart: Cart, told: Iterable[tuple[int, int]]) -> CountsById:
    """Name the lines of which anything comes back."""
    return CountsById({cart.lines[i].id: number for i, number in told if number})
