"""What is sold: products, their specification, and the groups that rules speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from ordercore.data.checks import each, identifier, optional, text
from ordercore.errors import InvalidType, LimitExceeded

__all__ = ["MAX_ATTRIBUTES", "Attributes", "Product"]

MAX_ATTRIBUTES = 100
"""The most attributes that one product may have."""

_name = text(most=200)
_key = text(most=64, least=1)
_short = text(most=200)


class Attributes(Mapping[str, str]):
    """A read-only mapping of names to text, equal and hashed by content, kept in name order.

    Raises:
        InvalidType: A name or a value is not text.
        InvalidValue: A name is empty or not readable text.
        LimitExceeded: There are more than `MAX_ATTRIBUTES`.

    >>> Attributes({"colour": "black", "memory": "256 GB"})["colour"]
    'black'
    """

    __slots__ = ("_hash", "_pairs")
    _pairs: dict[str, str]
    _hash: int

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        given = dict(pairs)
        if len(given) > MAX_ATTRIBUTES:
            raise LimitExceeded(f"at most {MAX_ATTRIBUTES} attributes", len(given))
        for name, value in given.items():
            if not isinstance(name, str) or not isinstance(value, str):
                raise InvalidType("text for names and values", (name, value))
            _key(None, _Named("name"), name)
            _short(None, _Named(name), value)
        object.__setattr__(self, "_pairs", dict(sorted(given.items())))
        object.__setattr__(self, "_hash", hash(tuple(self._pairs.items())))

    def __getitem__(self, name: str) -> str:
        return self._pairs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Attributes):
            return self._pairs == other._pairs
        return NotImplemented

    def __hash__(self) -> int:
        return self._hash

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Attributes are read-only; cannot set {name}")

    def __reduce__(self) -> tuple[type[Attributes], tuple[dict[str, str]]]:
        return Attributes, (self._pairs,)

    def __repr__(self) -> str:
        return f"Attributes({self._pairs!r})"


@frozen
class _Named:
    name: str


NO_ATTRIBUTES = Attributes()


def attributes_of(given: Attributes | Mapping[str, str]) -> Attributes:
    """Take a mapping as `Attributes`; anything else is left for the validator to refuse."""
    if isinstance(given, Attributes):
        return given
    return Attributes(given) if isinstance(given, Mapping) else given


def _is_attributes(_instance: object, attribute: Any, value: object) -> None:
    if not isinstance(value, Attributes):
        raise InvalidType("a mapping of names to text", value, path=(attribute.name,))


def _sorted_once(values: Iterable[str]) -> tuple[str, ...]:
    """Order names and drop repeats; what is no collection of text stays, to be refused."""
    if isinstance(values, str):
        raise InvalidType("several names in a tuple, not one text", values)
    members = tuple(values)
    if len(members) > 1 and all(isinstance(member, str) for member in members):
        return tuple(sorted(set(members)))
    return members


@frozen(cache_hash=True)
class Product:
    """One product or service as it is sold, down to its variant.

    Args:
        sku: The stock-keeping unit, or the code of a service: printable ASCII.
        name: What people call it, in any script.
        specification: What distinguishes the variant: memory size, colour, material.
        categories: Every category it belongs to, parents too; order and repeats are dropped.
        brand: Its brand, if any.
        attributes: Whatever else rules may look at; not shown to customers.
        unit: What one of it is: ``piece``, ``kg``, ``hour``.
        seller: Who sells it, where one shop has several merchants.
        tax_class: Which tax rates apply; None is the ordinary one.

    >>> Product("phone", specification={"memory": "256 GB"}, categories=["new", "3c"]).categories
    ('3c', 'new')
    """

    sku: str = field(validator=identifier)
    name: str = field(default="", validator=_name)
    specification: Attributes = field(
        default=NO_ATTRIBUTES, converter=attributes_of, validator=_is_attributes
    )
    categories: tuple[str, ...] = field(
        default=(), converter=_sorted_once, validator=each(text(most=64, least=1), most=100)
    )
    brand: str | None = field(default=None, validator=optional(text(most=64, least=1)))
    attributes: Attributes = field(
        default=NO_ATTRIBUTES, converter=attributes_of, validator=_is_attributes
    )
    unit: str = field(default="piece", validator=text(most=32, least=1))
    seller: str | None = field(default=None, validator=optional(identifier))
    tax_class: str | None = field(default=None, validator=optional(identifier))

    @property
    def title(self) -> str:
        """The name, or the sku where there is none."""
        return self.name or self.sku
