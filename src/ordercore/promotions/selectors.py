"""Which units a rule looks at: small values that compose with ``&``, ``|`` and ``~``.

A selector is data. Compiled, it is a function from the state of a layer to the rows it
selects, ascending. `Selector.needs` tells the index what a cart must carry for it to select
anything at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import Check, each, instance, names_of, optional, text, tuple_of
from ordercore.errors import InvalidType, InvalidValue
from ordercore.money.fields import Amount, amount_or_none, check_amount
from ordercore.promotions.terms import Terms, placed

if TYPE_CHECKING:
    from ordercore.promotions.state import LayerState, Offer

__all__ = [
    "AllOfSelectors",
    "AllUnits",
    "AnyOfSelectors",
    "AtListPrice",
    "Brand",
    "Category",
    "HasAttribute",
    "Need",
    "NotSelected",
    "Offering",
    "PricedBetween",
    "Select",
    "Selector",
    "Seller",
    "Sku",
    "Undiscounted",
]

MAX_VALUES = 10_000
"""The most values that one selector may name."""

Need = tuple[str, frozenset[str]]
"""A facet and values of which a cart (or context) must carry at least one."""

Select = Callable[["LayerState"], tuple[int, ...]]
"""A compiled selector: the selected rows, ascending."""

Offering = Callable[["LayerState"], "Offer"]
"""What a benefit may use of the selected rows: see `LayerState.offer`."""


class Selector:
    """The family of selectors; ``a & b``, ``a | b`` and ``~a`` select as they read."""

    __slots__ = ()

    def compile(self, terms: Terms) -> Select:
        """Turn the selector into a function of a layer's state."""
        raise NotImplementedError

    def offering(self, terms: Terms) -> Offering:
        """Turn the selector into a function of what a benefit may use of the selected rows."""
        select = self.compile(terms)
        return lambda state: state.offer(select(state))

    def needs(self) -> tuple[Need, ...]:
        """Tell what a cart must carry to have a selected row; each need must be met."""
        return ()

    def __bool__(self) -> bool:
        raise InvalidType("&, | and ~ to compose selectors: and, or and not cannot")

    def __and__(self, other: Selector) -> AllOfSelectors:
        return AllOfSelectors((*_parts(self, AllOfSelectors), *_parts(other, AllOfSelectors)))

    def __or__(self, other: Selector) -> AnyOfSelectors:
        return AnyOfSelectors((*_parts(self, AnyOfSelectors), *_parts(other, AnyOfSelectors)))

    def __invert__(self) -> NotSelected:
        return NotSelected(self)


def _parts(
    selector: Selector, kind: type[AllOfSelectors | AnyOfSelectors]
) -> tuple[Selector, ...]:
    """Read ``a & b & c`` as one composition of three, not as two of two."""
    return selector.members if isinstance(selector, kind) else (selector,)


@variant(Selector, "all")
@frozen
class AllUnits(Selector):
    """Select everything in the cart."""

    def compile(self, terms: Terms) -> Select:  # noqa: ARG002, D102
        return lambda state: state.rows.every

    def offering(self, terms: Terms) -> Offering:  # noqa: ARG002, D102
        return self._offered

    def _offered(self, state: LayerState) -> Offer:
        rows = state.rows
        if state.claimed or state.floors is not None:
            return state.offer(rows.every)
        return rows.every, rows.quantities, state.entry, 1, None


_named = each(text(most=64, least=1), most=MAX_VALUES)


class _Facet(Selector):
    """What selectors share that name values of one facet of a line."""

    __slots__ = ()
    facet: str
    values: tuple[str, ...]
    need: Need

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "need", (self.facet, frozenset(self.values)))

    def compile(self, terms: Terms) -> Select:  # noqa: ARG002
        return self._rows_of_one if len(self.values) == 1 else self._rows_of_several

    def needs(self) -> tuple[Need, ...]:
        return (self.need,)

    def offering(self, terms: Terms) -> Offering:  # noqa: ARG002
        return self._offered_of_one if len(self.values) == 1 else self._offered_of_several

    def _offered_of_one(self, state: LayerState) -> Offer:
        columns = state.rows
        rows = columns.facets[self.facet].get(self.values[0], ())
        if len(rows) == 1 and state.floors is None and rows[0] not in state.claimed:
            row = rows[0]
            return rows, (columns.quantities[row],), (state.entry[row],), 1, None
        return state.offer(rows)

    def _offered_of_several(self, state: LayerState) -> Offer:
        return state.offer(self._rows_of_several(state))

    def _rows_of_one(self, state: LayerState) -> tuple[int, ...]:
        return state.rows.facets[self.facet].get(self.values[0], ())

    def _rows_of_several(self, state: LayerState) -> tuple[int, ...]:
        column, named = state.rows.facets[self.facet], self.need[1]
        if len(named) < len(column):
            found = [column[value] for value in self.values if value in column]
        else:
            found = [rows for value, rows in column.items() if value in named]
        if len(found) == 1:
            return found[0]
        return tuple(sorted({row for rows in found for row in rows}))


@variant(Selector, "sku")
@frozen
class Sku(_Facet):
    """Select the units of some skus; of none, if none is named.

    >>> without = Sku(("shirt", "scarf")) & ~Category("clearance")
    >>> [type(member).__name__ for member in without.members]
    ['Sku', 'NotSelected']
    """

    values: tuple[str, ...] = field(converter=names_of, validator=_named)
    need: Need = field(init=False, eq=False, repr=False)
    facet: str = field(default="sku", init=False, eq=False, repr=False)


@variant(Selector, "category")
@frozen
class Category(_Facet):
    """Select the units of products that belong to at least one of these categories."""

    values: tuple[str, ...] = field(converter=names_of, validator=_named)
    need: Need = field(init=False, eq=False, repr=False)
    facet: str = field(default="category", init=False, eq=False, repr=False)


@variant(Selector, "brand")
@frozen
class Brand(_Facet):
    """Select the units of some brands."""

    values: tuple[str, ...] = field(converter=names_of, validator=_named)
    need: Need = field(init=False, eq=False, repr=False)
    facet: str = field(default="brand", init=False, eq=False, repr=False)


@variant(Selector, "seller")
@frozen
class Seller(_Facet):
    """Select the units that some sellers offer."""

    values: tuple[str, ...] = field(converter=names_of, validator=_named)
    need: Need = field(init=False, eq=False, repr=False)
    facet: str = field(default="seller", init=False, eq=False, repr=False)


@variant(Selector, "attribute")
@frozen
class HasAttribute(Selector):
    """Select the units whose product has this attribute or specification with this value."""

    name: str = field(validator=text(most=64, least=1))
    value: str = field(validator=text(most=200))

    def compile(self, terms: Terms) -> Select:  # noqa: ARG002, D102
        name, value = self.name, self.value

        def select(state: LayerState) -> tuple[int, ...]:
            products = [line.product for line in state.heads]
            return tuple(
                row
                for row, product in enumerate(products)
                if value in {product.attributes.get(name), product.specification.get(name)}
            )

        return select


@variant(Selector, "priced_between")
@frozen
class PricedBetween(Selector):
    """Select the units whose list unit price lies between two bounds, both included."""

    least: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    most: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )

    def __attrs_post_init__(self) -> None:
        if self.least is None and self.most is None:
            raise InvalidValue("a lower or an upper bound", reason="fields_disagree")

    def compile(self, terms: Terms) -> Select:  # noqa: D102
        least = 0 if self.least is None else terms.price(self.least, "least").finest
        most = None if self.most is None else terms.price(self.most, "most").finest
        if most is not None and least > most:
            raise InvalidValue("a bound that is not below the lower one", path=("most",))

        def select(state: LayerState) -> tuple[int, ...]:
            prices = state.unit_prices
            return tuple(
                row
                for row, price in enumerate(prices)
                if least <= price and (most is None or price <= most)
            )

        return select


@variant(Selector, "undiscounted")
@frozen
class Undiscounted(Selector):
    """Select the units of rows that no earlier layer has reduced.

    A lower price by a price list is no reduction: see `AtListPrice`.
    """

    def compile(self, terms: Terms) -> Select:  # noqa: ARG002, D102
        def select(state: LayerState) -> tuple[int, ...]:
            pairs = zip(state.began, state.base, strict=True)
            return tuple(row for row, (now, base) in enumerate(pairs) if now == base)

        return select


@variant(Selector, "at_list_price")
@frozen
class AtListPrice(Selector):
    """Select the units of rows that no price list makes cheaper (会员价、秒杀商品不参与).

    What promotions take plays no part: see `Undiscounted`. The units of a row are
    interchangeable: where a purchase limit lets a list price only some of them, none is
    selected.

    >>> ~AtListPrice()  # what has a member, flash or other lower price
    NotSelected(member=AtListPrice())
    """

    def compile(self, terms: Terms) -> Select:  # noqa: ARG002, D102
        def select(state: LayerState) -> tuple[int, ...]:
            base, listed = state.base, state.rows.amounts
            if base is listed:
                return state.rows.every
            pairs = zip(base, listed, strict=True)
            return tuple(row for row, (now, full) in enumerate(pairs) if now >= full)

        return select


def _selectors(members: Iterable[Selector]) -> tuple[Selector, ...]:
    return tuple_of(members)


_several = each(instance(Selector), least=1, most=100)


check_selector: Check = instance(Selector)
"""Accept a selector."""


@variant(Selector, "all_of")
@frozen
class AllOfSelectors(Selector):
    """Select what every member selects."""

    members: tuple[Selector, ...] = field(converter=_selectors, validator=_several)

    def compile(self, terms: Terms) -> Select:  # noqa: D102
        selects = [placed(member, terms, "members", i) for i, member in enumerate(self.members)]

        def select(state: LayerState) -> tuple[int, ...]:
            found = set(selects[0](state))
            for other in selects[1:]:
                found.intersection_update(other(state))
            return tuple(sorted(found))

        return select

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return tuple(need for member in self.members for need in member.needs())


@variant(Selector, "any_of")
@frozen
class AnyOfSelectors(Selector):
    """Select what at least one member selects."""

    members: tuple[Selector, ...] = field(converter=_selectors, validator=_several)

    def compile(self, terms: Terms) -> Select:  # noqa: D102
        selects = [placed(member, terms, "members", i) for i, member in enumerate(self.members)]
        return lambda state: tuple(sorted({row for select in selects for row in select(state)}))

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return either([member.needs() for member in self.members])


@variant(Selector, "not")
@frozen
class NotSelected(Selector):
    """Select what the member does not."""

    member: Selector = field(validator=check_selector)

    def compile(self, terms: Terms) -> Select:  # noqa: D102
        inner = placed(self.member, terms, "member")

        def select(state: LayerState) -> tuple[int, ...]:
            without = set(inner(state))
            return tuple(row for row in state.rows.every if row not in without)

        return select


def either(alternatives: list[tuple[Need, ...]]) -> tuple[Need, ...]:
    """Tell what is needed when any one of several alternatives will do.

    A facet counts if every alternative has a need of it: then one of all their values is
    needed. (Of several needs of one facet in one alternative the one with fewest values.)
    """
    if len(alternatives) == 1:
        return alternatives[0]
    narrowest: list[dict[str, frozenset[str]]] = []
    for needs in alternatives:
        best: dict[str, frozenset[str]] = {}
        for facet, values in needs:
            if facet not in best or len(values) < len(best[facet]):
                best[facet] = values
        narrowest.append(best)
    shared = [facet for facet in narrowest[0] if all(facet in best for best in narrowest)]
    return tuple(
        (facet, frozenset().union(*(best[facet] for best in narrowest))) for facet in shared
    )
