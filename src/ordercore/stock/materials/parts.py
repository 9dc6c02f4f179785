"""Bills of materials: parts, what each is made of, in what lots, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from attrs import field, frozen

from ordercore.data.checks import (
    boolean,
    duplicates,
    each,
    identifier,
    instance,
    optional,
    quantity,
    text,
    tuple_of,
)
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
)
from ordercore.stock.materials.quantities import exact, exact_of

__all__ = [
    "MAX_BILLS",
    "MAX_COMPONENTS",
    "MAX_LEAD_TIME",
    "MAX_SUBSTITUTES",
    "Bill",
    "Component",
    "Lot",
    "Material",
    "Part",
]

MAX_COMPONENTS: Final = 1000
"""The most components of one bill."""

MAX_SUBSTITUTES: Final = 10
"""The most substitutes of one component."""

MAX_BILLS: Final = 10
"""The most ways of making one part."""

MAX_LEAD_TIME: Final = timedelta(days=3660)
"""The longest lead time of one part."""


_exact = exact(zero=True)


def _is_share(_instance: object, attribute: Any, value: Any) -> None:
    """Accept a share of something: all of it, or percent, is a slip."""
    _exact(None, attribute, value)
    if value >= 1:
        expected = "a share below 1: 4 percent is '0.04'"
        raise InvalidValue(expected, value, path=(attribute.name,))


@frozen
class Material:
    """So much of a part as one unit of another takes.

    Args:
        sku: Of which part.
        quantity: How much of it is in one unit, exactly: ``"12.5"``, ``"1/3"``, 4.
        unit: The unit of measure; None: the one in which the part is stocked.
        scrap: What is lost on the way, as a share of the quantity, below 1: with ``"0.04"``,
            4 percent, 104 are taken where 100 are needed.

    >>> Material("fabric", "12.5", "m", scrap="0.04").taken
    Fraction(13, 1)
    """

    sku: str = field(validator=identifier)
    quantity: Fraction = field(converter=exact_of, validator=exact())
    unit: str | None = field(default=None, validator=optional(text(most=32, least=1)))
    scrap: Fraction = field(
        default=Fraction(), converter=exact_of, validator=_is_share, kw_only=True
    )

    @property
    def taken(self) -> Fraction:
        """How much one unit takes, with what is lost."""
        return self.quantity * (1 + self.scrap)


def _materials(given: Material | Iterable[Material]) -> tuple[Material, ...]:
    return (given,) if isinstance(given, Material) else tuple_of(given)


@frozen
class Component(Material):
    """A material of a bill, and what may stand in for it.

    Args:
        substitutes: In order of preference. Each unit that is made has one of them, or the
            component itself; of several units, some may have one and some another.

    >>> Component("oak-leg", 4, substitutes=Material("ash-leg", 4)).options[1].sku
    'ash-leg'
    """

    substitutes: tuple[Material, ...] = field(
        default=(),
        converter=_materials,
        validator=each(instance(Material), most=MAX_SUBSTITUTES),
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        faults = list(_repeated(self.options[1:], "substitutes", [self.sku]))
        if faults:
            raise InvalidDocument(faults)

    @property
    def options(self) -> tuple[Material, ...]:
        """The component itself, then its substitutes."""
        return (self, *self.substitutes)


def _repeated(
    materials: Iterable[Material], place: str, known: Iterable[str] = ()
) -> Iterator[InvalidInput]:
    """Tell of every part that is named again."""
    skus = (material.sku for material in materials)
    return duplicates(
        skus, place, then="sku", what="each part once", reason="duplicate_part", known=known
    )


def _components(given: Component | Iterable[Component]) -> tuple[Component, ...]:
    return (given,) if isinstance(given, Component) else tuple_of(given)


@frozen
class Bill:
    """One way of making a part: what one unit of it is made of.

    Args:
        components: Each part once; their order means nothing.
        name: Tells the bills of a part that has several apart.

    Raises:
        InvalidDocument: With every component that is named again.
    """

    components: tuple[Component, ...] = field(
        converter=_components,
        validator=each(instance(Component), least=1, most=MAX_COMPONENTS),
    )
    name: str = field(default="", validator=text(most=64))

    def __attrs_post_init__(self) -> None:
        faults = list(_repeated(self.components, "components"))
        if faults:
            raise InvalidDocument(faults)


@frozen
class Lot:
    """In what quantities a part is made or bought.

    Args:
        minimum: At least so many at once.
        multiple: Always a multiple of so many.

    >>> [Lot(minimum=10, multiple=4).rounded(units) for units in (0, 1, 13)]
    [0, 12, 16]
    """

    minimum: int = field(default=1, validator=quantity)
    multiple: int = field(default=1, validator=quantity)

    def rounded(self, units: int) -> int:
        """Tell how many are made or bought where so many are needed: none for none."""
        if not units:
            return 0
        return -(-max(units, self.minimum) // self.multiple) * self.multiple


def _bills(given: Bill | Iterable[Bill]) -> tuple[Bill, ...]:
    return (given,) if isinstance(given, Bill) else tuple_of(given)


def _duration(_instance: object, attribute: Any, value: object) -> None:
    if not isinstance(value, timedelta):
        raise InvalidType("a duration", value, path=(attribute.name,))
    if value < timedelta():
        raise InvalidValue("a duration that is not negative", value, path=(attribute.name,))
    if value > MAX_LEAD_TIME:
        expected = f"at most {MAX_LEAD_TIME.days} days"
        raise LimitExceeded(expected, value, path=(attribute.name,))


@frozen
class Part:
    """Something that is stocked, and made or bought: a product, an assembly, a raw material.

    Args:
        sku: The stock-keeping unit.
        bills: How it is made, in order of preference; none: it is bought. Each unit is made
            by one of them; of several units, some may be made by one and some by another.
        unit: In what it is stocked. Stock is counted in whole units: what is cut by the
            centimetre is stocked in ``cm``.
        lot: In what quantities it is made or bought.
        lead_time: How long it takes to make a lot of it once all components are there, or
            until it comes once it is ordered.
        in_working_time: Whether the lead time is counted in working time.

    Raises:
        InvalidDocument: With every bill whose name another has.
    """

    sku: str = field(validator=identifier)
    bills: tuple[Bill, ...] = field(
        default=(), converter=_bills, validator=each(instance(Bill), most=MAX_BILLS)
    )
    unit: str = field(default="piece", validator=text(most=32, least=1), kw_only=True)
    lot: Lot = field(factory=Lot, validator=instance(Lot), kw_only=True)
    lead_time: timedelta = field(default=timedelta(), validator=_duration, kw_only=True)
    in_working_time: bool = field(default=False, validator=boolean, kw_only=True)

    def __attrs_post_init__(self) -> None:
        names = (bill.name for bill in self.bills)
        what, reason = "a name of its own", "duplicate_name"
        faults = list(duplicates(names, "bills", then="name", what=what, reason=reason))
        if faults:
            raise InvalidDocument(faults)

    @property
    def is_made(self) -> bool:
        """Whether it is made here; otherwise it is bought."""
        return bool(self.bills)
