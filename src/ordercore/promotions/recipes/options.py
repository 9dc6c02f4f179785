"""What all recipes take, and how they put a promotion together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypedDict, TypeVar

from ordercore.calendars import Schedule
from ordercore.data.checks import tuple_of
from ordercore.errors import InvalidInput, InvalidType, InvalidValue
from ordercore.money import Overflow
from ordercore.promotions.benefits import Benefit, Tier
from ordercore.promotions.conditions import Condition
from ordercore.promotions.limits import Limits
from ordercore.promotions.promotion import Code, Exclusive, Funding, Promotion, Trigger
from ordercore.promotions.selectors import AllUnits
from ordercore.promotions.terms import Basis, RoundingMode, Split

__all__ = ["EVERYTHING", "Options", "made", "tiers_of"]

EVERYTHING: Final = AllUnits()

_From = TypeVar("_From")
_Gives = TypeVar("_Gives")


class Options(TypedDict, total=False):
    """What every recipe takes besides its own arguments: see `Promotion`."""

    when: Condition
    code: str
    name: str | Mapping[str, str]
    version: int
    schedule: Schedule
    trigger: Trigger
    layer: str
    priority: int
    exclusive: Exclusive | str
    group: str | None
    combines_with: str | Iterable[str]
    basis: Basis | str
    rounding: RoundingMode | str
    split: Split | str
    overflow: Overflow
    limits: Limits
    funding: Iterable[Funding]


def made(
    id: str,  # noqa: A002
    benefit: Benefit,
    options: Options,
    when: Condition | None = None,
    layer: str = "order",
) -> Promotion:
    """Put the parts of a recipe together; a ``when`` of the caller holds in addition."""
    fields: dict[str, Any] = {"layer": layer, **options}
    code = fields.pop("code", None)
    if code is not None:
        if "trigger" in fields:
            raise InvalidValue("a code or a trigger, and not both", code, path=("code",))
        fields["trigger"] = Code(code)
    if when is not None:
        fields["when"] = when & fields["when"] if "when" in fields else when
    return Promotion(id=id, benefits=benefit, **fields)


def tiers_of(
    tiers: Iterable[tuple[_From, _Gives]], what: str, make: Callable[[_From, _Gives], Tier]
) -> list[Tier]:
    """Make the tiers of a recipe of pairs.

    Args:
        tiers: The pairs, in rising order.
        what: What a pair consists of, in words.
        make: Makes one tier.

    Raises:
        InvalidInput: There is no collection, or a tier is no pair, or not a valid one; the
            path says which.
    """
    given: Any = tuple_of(tiers)
    if not isinstance(given, tuple):
        raise InvalidType(f"a list of pairs of {what}", given, path=("tiers",))
    made: list[Tier] = []
    for i, tier in enumerate(given):
        pair: Any = tuple_of(tier)
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InvalidType(f"a pair of {what}", pair, path=("tiers", i))
        try:
            made.append(make(*pair))
        except InvalidInput as error:
            raise error.at("tiers", i) from None
    return made
