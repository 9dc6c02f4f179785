"""How the promotions of a layer are settled, where priority alone shall not decide. Pure data.

A layer that no resolver names is settled by priority: the earlier promotion in (priority
descending, id) takes what it can, and who comes later gets what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from attrs import Attribute, field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    each,
    identifier,
    integer,
    just_one,
    member,
    names_of,
    optional,
    tuple_of,
)
from ordercore.data.keywords import stated, stating
from ordercore.errors import InvalidValue

__all__ = [
    "DEFAULT_OBJECTIVE",
    "MAX_NODES_OF_SEARCH",
    "BestOf",
    "Criterion",
    "Optimal",
    "Resolver",
]

MAX_NODES_OF_SEARCH: Final = 10_000_000
"""The most nodes that one search may be given."""


class Resolver:
    """The family of resolvers: who applies when promotions compete."""

    __slots__ = ()


@variant(Resolver, "best_of")
@frozen
class BestOf(Resolver):
    """择优: at most one promotion of a layer, or of a group, applies: the one that saves most.

    Each is looked at alone, on what its layer began with; of equal savings the earlier in
    (priority descending, id) is taken. The others are beaten.

    Args:
        layer: The name of a layer; give this or ``group``.
        group: The group of promotions that compete, within each layer.

    >>> BestOf("coupon").layer
    'coupon'
    """

    layer: str | None = field(default=None, validator=optional(identifier))
    group: str | None = field(default=None, validator=optional(identifier), kw_only=True)

    def __attrs_post_init__(self) -> None:
        just_one("a layer or a group", self.layer, self.group)


class Criterion(StrEnum):
    """What makes one combination of promotions better than another.

    Where all criteria find two equal, the better one is that in which more promotions give
    something besides amounts: points, coupons, gifts. These are of higher priority first.
    """

    PAYABLE = "payable"
    """Less is to be paid for goods, shipping and fees; tax and the rounding of the payable
    come after promotions and are not looked at."""
    GIFT_VALUE = "gift_value"
    """Gifts are worth more."""
    PRIORITY = "priority"
    """The first difference in the priorities of those that take an amount, from the highest
    on, is in favour of it."""
    FEWER = "fewer"
    """Fewer promotions take an amount."""


DEFAULT_OBJECTIVE: Final = tuple(Criterion)
"""Least payable, then most gifts, then priority, then fewer promotions; last the ids."""

_AMOUNTS: Final = frozenset({Criterion.PAYABLE, Criterion.GIFT_VALUE})


def _criteria(given: Iterable[Criterion | str]) -> tuple[Criterion, ...]:
    def read(one: Criterion | str) -> Criterion:
        try:
            return Criterion(one)
        except ValueError:
            return one  # type: ignore[return-value]

    listed: Any = tuple_of(given)
    return tuple([read(one) for one in listed]) if isinstance(listed, tuple) else listed


_are_criteria = each(member(Criterion), least=1, most=len(Criterion))


@stating(**stated(_are_criteria))
def _check_objective(_instance: Any, attribute: Attribute[Any], criteria: Any) -> None:
    _are_criteria(None, attribute, criteria)
    if len(set(criteria)) < len(criteria):
        raise InvalidValue("each criterion once", path=(attribute.name,), reason="duplicate_name")
    led = [criterion in _AMOUNTS for criterion in criteria]
    if Criterion.PAYABLE not in criteria or led != sorted(led, reverse=True):
        expected = "payable (and gift_value) before priority and fewer"
        raise InvalidValue(expected, path=(attribute.name,), reason="unordered_criteria")


@variant(Resolver, "optimal")
@frozen
class Optimal(Resolver):
    """最优组合: of all valid combinations in a run of layers the best one, with a certificate.

    A combination is valid if it could come about by priority: some promotions of each layer,
    applied in some order, each to what those before it left, a repeating one as often as it
    can or less often.

    Args:
        layers: The names of layers that follow each other in the book.
        objective: What is best, the first criterion first; ids decide last.
        nodes: How much is looked at before the best so far is taken, and the gap stated.

    >>> Optimal(("set", "order")).nodes
    200000
    """

    layers: tuple[str, ...] = field(converter=names_of, validator=each(identifier, least=1))
    objective: tuple[Criterion, ...] = field(
        default=DEFAULT_OBJECTIVE, converter=_criteria, validator=_check_objective
    )
    nodes: int = field(default=200_000, validator=integer(least=1, most=MAX_NODES_OF_SEARCH))
