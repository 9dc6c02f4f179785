"""How many of each: counts by id, as a snapshot of stock or of purchases has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ordercore.data.checks import Named, identifier, integer, tuple_of
from ordercore.data.faults import step
from ordercore.data.keywords import stated
from ordercore.data.readonly import ReadOnly, paired
from ordercore.data.registry import mapping
from ordercore.errors import InvalidInput, LimitExceeded

__all__ = ["MAX_COUNTS", "NO_COUNTS", "Counts", "are_counts", "counts_if_valid", "counts_or_none"]

MAX_COUNTS: Final = 10_000
"""The most ids of one snapshot of stock."""

_count = integer(least=0, most=10**9)


class Counts(ReadOnly[int]):
    """A read-only mapping of ids to counts, equal and hashed by content, in the order of the ids.

    Raises:
        InvalidType: An id is not text, a count no integer, or there is no mapping and no pairs.
        InvalidValue: An id is not printable ASCII or given twice, or a count is negative.
        LimitExceeded: There are more than `MAX_COUNTS`, or a count is above 10^9.

    >>> Counts({"mug": 3})["mug"]
    3
    """

    __slots__ = ()

    def __init__(self, pairs: Mapping[str, int] | Iterable[tuple[str, int]] = ()) -> None:
        given = paired(pairs, "ids to counts", "id", "duplicate_id")
        if len(given) > MAX_COUNTS:
            raise LimitExceeded(f"at most {MAX_COUNTS} ids", len(given))
        for key, count in given.items():
            _placed(identifier, key, key)
            _placed(_count, count, key)
        self._keep(given)


mapping(
    Counts,
    int,
    keywords={
        "maxProperties": MAX_COUNTS,
        "propertyNames": stated(identifier),
        "additionalProperties": stated(_count),
    },
)


def _placed(check: Any, value: object, key: object) -> None:
    """Check an id or its count; the id is where a fault is."""
    try:
        check(None, Named(""), value)
    except InvalidInput as error:
        place = (step(key),) if isinstance(key, str) else ()
        raise type(error)(error.expected, error.given, path=place, reason=error.reason) from None


NO_COUNTS: Final = Counts()
"""No counts."""


def counts_if_valid(given: Mapping[str, int] | Iterable[tuple[str, int]]) -> Counts:
    """Take a mapping or pairs as `Counts`; what is faulty is left for `are_counts` to refuse."""
    if type(given) is Counts:
        return given
    kept: Any = given if isinstance(given, Mapping) else tuple_of(given)
    try:
        return Counts(kept)
    except InvalidInput:
        return kept  # type: ignore[no-any-return]


def counts_or_none(
    given: Mapping[str, int] | Iterable[tuple[str, int]] | None,
) -> Counts | None:
    """Do the same for a snapshot that may be left out."""
    return None if given is None else counts_if_valid(given)


def are_counts(_instance: object, attribute: Any, value: Any) -> None:
    """Accept `Counts`; say of anything else what keeps it from being such."""
    if isinstance(value, Counts):
        return
    try:
        Counts(value)
    except InvalidInput as error:
        raise error.at(attribute.name) from None
