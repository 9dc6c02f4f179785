"""What rules answer, looked at before anything is made of it: rules may be of a caller's own."""

from __future__ import annotations

from typing import Final

from ordercore.data import tag_of
from ordercore.data.checks import Named, integer, member, member_of
from ordercore.errors import InvalidInput, InvalidType, NotFound
from ordercore.sourcing.reasons import Measure, Reason

__all__ = ["LAST", "Reasons", "measure_of", "number_of", "reasons_of"]

Reasons = tuple[Reason, ...]
"""Why a site may not serve a line; none: it may."""

LAST: Final = 10**18
"""Where that stands which has no number: after all others."""

_WHERE: Final = ("strategy", "where")
_BY: Final = ("strategy", "choose", "by")
_number = integer(least=-(10**30), most=10**30)


def reasons_of(rule: object, answer: object) -> Reasons:
    """Take what a filter answered.

    Raises:
        InvalidType: It is no tuple of reasons; the filter is named.
    """
    if type(answer) is tuple and all([isinstance(why, Reason) for why in answer]):
        return answer
    expected = f"a tuple of Reason from the filter {_name(rule)}"
    raise InvalidType(expected, answer, path=_WHERE)


def number_of(rule: object, answer: object) -> int:
    """Take what a ranking answered.

    Raises:
        InvalidInput: It is no whole number; the ranking is named.
    """
    if type(answer) is int and -LAST <= answer <= LAST:
        return answer
    try:
        _number(None, Named("number"), answer)
    except InvalidInput as error:
        raise _by(rule, error, "a number") from None
    return answer  # type: ignore[return-value]


def measure_of(rule: object, measure: Measure | str) -> Measure:
    """Take what a ranking says that its numbers are.

    Raises:
        InvalidInput: It is no `Measure`; the ranking is named.
    """
    if isinstance(measure, Measure):
        return measure
    read = member_of(Measure, measure)
    try:
        member(Measure)(None, Named("measure"), read)
    except InvalidInput as error:
        raise _by(rule, error, "a measure") from None
    return read


def _by(rule: object, error: InvalidInput, what: str) -> InvalidInput:
    expected = f"{what} from the ranking {_name(rule)}: {error.expected}"
    return type(error)(expected, error.given, path=_BY)


def _name(rule: object) -> str:
    """Name a rule as documents do; one that is in none by its class."""
    try:
        return tag_of(type(rule))
    except NotFound:
        return type(rule).__name__
