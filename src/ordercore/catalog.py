"""What is sold: products, their specification, and the groups that rules speak of."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data.attributes import (
    MAX_ATTRIBUTES,
    NO_ATTRIBUTES,
    Attributes,
    attributes_if_valid,
    attributes_of,
    is_attributes,
)
from ordercore.data.checks import each, identifier, names_of, optional, text

__all__ = ["MAX_ATTRIBUTES", "NO_ATTRIBUTES", "Attributes", "Product", "attributes_of"]


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
    name: str = field(default="", validator=text(most=200))
    specification: Attributes = field(
        default=NO_ATTRIBUTES, converter=attributes_if_valid, validator=is_attributes
    )
    categories: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(text(most=64, least=1), most=100)
    )
    brand: str | None = field(default=None, validator=optional(text(most=64, least=1)))
    attributes: Attributes = field(
        default=NO_ATTRIBUTES, converter=attributes_if_valid, validator=is_attributes
    )
    unit: str = field(default="piece", validator=text(most=32, least=1))
    seller: str | None = field(default=None, validator=optional(identifier))
    tax_class: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        if len(self.categories) > 1:  # only now, so that a fault has the position of its name
            object.__setattr__(self, "categories", tuple(sorted(set(self.categories))))

    @property
    def title(self) -> str:
        """The name, or the sku where there is none."""
        return self.name or self.sku
