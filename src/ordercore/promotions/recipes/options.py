"""What all recipes take, and how they put a promotion together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypedDict

from ordercore.calendars import Schedule
from ordercore.errors import InvalidValue
from ordercore.money import Overflow
from ordercore.promotions.benefits import Benefit
from ordercore.promotions.conditions import Condition
from ordercore.promotions.promotion import Code, Exclusive, Funding, Promotion, Trigger
from ordercore.promotions.selectors import AllUnits
from ordercore.promotions.terms import Basis, RoundingMode, Split

__all__ = ["EVERYTHING", "Options", "made"]

EVERYTHING: Final = AllUnits()


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
