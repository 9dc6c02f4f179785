"""The context: all that a price depends on besides the cart and what is on offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from ordercore.data.checks import (
    aware,
    each,
    identifier,
    instance,
    integer,
    optional,
    text,
    tuple_of,
)
from ordercore.errors import InvalidInput, InvalidType, InvalidValue

__all__ = ["MAX_COUNTS", "Context", "Counts", "Shopper"]

MAX_COUNTS: Final = 10_000
"""The most ids of one snapshot of stock."""

_count = integer(least=0, most=10**9)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple_of(names)


def _in_order(owner: object, field_name: str) -> None:
    """Order members and drop repeats: which was said first, and how often, decides nothing."""
    members = getattr(owner, field_name)
    if len(members) > 1:  # only after the checks, so that a fault has the position given
        object.__setattr__(owner, field_name, tuple(sorted(set(members))))


@frozen
class Shopper:
    """Who is buying, as far as promotions ask.

    Args:
        id: The customer's id, if known.
        groups: Customer groups: member levels, staff, newcomers.
        orders_before: How many orders the customer placed before this one.
    """

    id: str | None = field(default=None, validator=optional(identifier))
    groups: tuple[str, ...] = field(
        default=(), converter=_names, validator=each(identifier, most=1000)
    )
    orders_before: int = field(default=0, validator=integer(least=0, most=10**9))

    def __attrs_post_init__(self) -> None:
        _in_order(self, "groups")


Counts = tuple[tuple[str, int], ...]
"""How many of each: pairs of an id and a count, in the order of the ids."""


def _counts(given: Mapping[str, int] | Iterable[tuple[str, int]] | None) -> Counts | None:
    """Take a mapping or pairs; what is neither is left for the check."""
    if given is None:
        return None
    pairs: Any = tuple_of(given.items() if isinstance(given, Mapping) else given)
    return tuple(map(tuple_of, pairs)) if isinstance(pairs, tuple) else pairs


def _are_counts(_instance: Any, attribute: Any, counts: Any) -> None:
    each(instance(tuple), most=MAX_COUNTS)(None, attribute, counts)
    for i, pair in enumerate(counts):
        if len(pair) != 2:
            raise InvalidType("a pair of an id and a count", pair, path=(attribute.name, i))
        for check, value, place in zip((identifier, _count), pair, (i, pair[0]), strict=True):
            try:
                check(None, attribute, value)
            except InvalidInput as error:
                bare = type(error)(error.expected, error.given, reason=error.reason)
                raise bare.at(attribute.name, place) from None
    if len({sku for sku, _ in counts}) < len(counts):
        raise InvalidValue("each id once", path=(attribute.name,), reason="duplicate_id")


@frozen
class Context:
    """All that a price depends on besides cart and promotions.

    Args:
        at: The pricing instant; it must know its time zone.
        shopper: Who is buying; None is nobody known.
        codes: Codes typed, compared exactly, each once.
        region: Where the goods go, as the shop's rules name it.
        channel: Where the order comes from: ``app``, ``store``, ``live``.
        gift_stock: Units of each gift sku at hand; None: unchecked, taken as unlimited.
    """

    at: datetime = field(validator=aware)
    shopper: Shopper | None = field(default=None, validator=optional(instance(Shopper)))
    codes: tuple[str, ...] = field(
        default=(), converter=_names, validator=each(text(most=64, least=1), most=100)
    )
    region: str | None = field(default=None, validator=optional(identifier))
    channel: str | None = field(default=None, validator=optional(identifier))
    gift_stock: Counts | None = field(
        default=None, converter=_counts, validator=optional(_are_counts)
    )

    def __attrs_post_init__(self) -> None:
        _in_order(self, "codes")
        if self.gift_stock:
            _in_order(self, "gift_stock")

    def carried(self, facet: str) -> tuple[str, ...]:
        """What the context holds of a facet: ``code``, ``group``, ``channel`` or ``region``."""
        if facet == "code":
            return self.codes
        if facet == "group":
            return () if self.shopper is None else self.shopper.groups
        one = {"channel": self.channel, "region": self.region}.get(facet)
        return () if one is None else (one,)
