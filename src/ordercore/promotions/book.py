"""The book of promotions: compiled once, and indexed by what a cart and its context carry.

Each promotion stands under its most selective key: a code if it has one, else something that
a cart must hold for it to have any effect (sku, then brand or category, then seller), else
something of the context (customer group, channel, region), else under no key at all. What
pricing has to look at is the union over the keys that are held, however large the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from ordercore.cart import Cart, Context
from ordercore.data import document
from ordercore.data.checks import each, identifier, text, tuple_of
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
    all_faults,
)
from ordercore.money import Currency
from ordercore.promotions.plan import Plan, compile_plan
from ordercore.promotions.promotion import Code, Exclusive, Promotion
from ordercore.promotions.upcasts import book_from_1

__all__ = ["DEFAULT_LAYERS", "MAX_PROMOTIONS", "PromotionBook"]

DEFAULT_LAYERS: Final = ("unit", "set", "order", "platform", "coupon", "shipping", "points")
"""单品 · 套餐与换购 · 满减 · 平台 · 券 · 运费 · 积分."""

MAX_PROMOTIONS: Final = 100_000
"""The most promotions of one book."""

_LINE_FACETS = ("sku", "category", "brand", "seller")


def _layers(layers: Iterable[str]) -> tuple[str, ...]:
    return tuple_of(layers)


def _promotions(promotions: Iterable[Promotion]) -> tuple[Promotion, ...]:
    return tuple_of(promotions)


@document("promotion_book", 2, upcasts={1: book_from_1})
@frozen
class PromotionBook:
    """All promotions on offer, in one currency, ready to price with.

    Args:
        currency: ISO 4217; decimal amounts in the promotions are in it.
        promotions: At most `MAX_PROMOTIONS`, with unique ids; their order does not matter.
        layers: The names of the layers in the order in which they are applied.
        version: What the shop calls this edition of the book; it is kept on every quote.

    Raises:
        InvalidDocument: With every fault: double ids, unknown layers, amounts that do not
            fit the currency.
    """

    currency: Currency = field(converter=Currency)
    promotions: tuple[Promotion, ...] = field(
        default=(),
        converter=_promotions,
        metadata={"keywords": {"maxItems": MAX_PROMOTIONS}},
    )
    layers: tuple[str, ...] = field(
        default=DEFAULT_LAYERS,
        converter=_layers,
        validator=each(identifier, least=1, most=MAX_PROMOTIONS),
    )
    version: str = field(default="", validator=text(most=64))
    plans: tuple[Plan, ...] = field(init=False, eq=False, repr=False)
    ids: tuple[str, ...] = field(init=False, eq=False, repr=False)
    solitary: tuple[int, ...] = field(init=False, eq=False, repr=False)
    _by_id: Mapping[str, int] = field(init=False, eq=False, repr=False)
    _index: _Index = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        plans = tuple(_compile(self))
        put = object.__setattr__
        put(self, "plans", plans)
        put(self, "ids", tuple(plan.promotion.id for plan in plans))
        put(self, "_by_id", {plan.promotion.id: plan.seq for plan in plans})
        alone = [plan for plan in plans if plan.promotion.exclusive is Exclusive.BOOK]
        alone.sort(key=lambda plan: (-plan.promotion.priority, plan.promotion.id))
        put(self, "solitary", tuple(plan.seq for plan in alone))
        put(self, "_index", _Index(plans))

    def __reduce__(self) -> tuple[Any, ...]:
        return PromotionBook, (self.currency, self.promotions, self.layers, self.version)

    def plan(self, promotion_id: str) -> Plan:
        """Find a promotion's compiled plan by id, or raise `NotFound`."""
        if promotion_id not in self._by_id:
            raise NotFound("the id of a promotion of this book", promotion_id)
        return self.plans[self._by_id[promotion_id]]

    def by_code(self, code: str) -> tuple[Plan, ...]:
        """List the promotions that a code makes available, in order of application."""
        return tuple(self.plans[seq] for seq in self._index.codes.get(code, ()))

    def candidates(self, cart: Cart, context: Context) -> list[Plan]:
        """List what could apply to a cart, in the order of application.

        These are the promotions that are available by their trigger and whose required key
        the cart or the context holds; see `Plan.is_candidate`.
        """
        return [*map(self.plans.__getitem__, self._index.candidates(cart, context))]


def _compile(book: PromotionBook) -> Iterator[Plan]:
    """Compile every promotion, or report every fault of all of them."""
    faults = list(_faults(book))
    if any(len(fault.path) < 2 for fault in faults):
        raise InvalidDocument(faults)  # of the book itself: its promotions cannot be looked at
    layer_of = {name: i for i, name in enumerate(book.layers)}
    given: tuple[Any, ...] = book.promotions
    numbered = sorted(
        (pair for pair in enumerate(given) if isinstance(pair[1], Promotion)),
        key=lambda pair: (layer_of.get(pair[1].layer, 0), -pair[1].priority, pair[1].id),
    )
    plans: list[Plan] = []
    for seq, (position, promotion) in enumerate(numbered):
        try:
            layer = layer_of.get(promotion.layer, 0)
            plans.append(compile_plan(promotion, seq, layer, book.currency))
        except (InvalidInput, InvalidDocument) as error:
            found = all_faults(error, "promotions", position)
            faults += [fault.inside(f"promotion {promotion.id!r}") for fault in found]
    if faults:
        raise InvalidDocument(sorted(faults, key=lambda fault: fault.path[1]))
    yield from plans


def _faults(book: PromotionBook) -> Iterator[InvalidInput]:
    if len(set(book.layers)) < len(book.layers):
        expected, path = "layers with names of their own", ("layers",)
        yield InvalidValue(expected, book.layers, path=path, reason="duplicate_name")
    if not isinstance(book.promotions, tuple):
        expected = "a collection of Promotion"
        yield InvalidType(expected, book.promotions, path=("promotions",))
        return
    if len(book.promotions) > MAX_PROMOTIONS:
        expected = f"at most {MAX_PROMOTIONS} promotions"
        yield LimitExceeded(expected, len(book.promotions), path=("promotions",))
        return
    seen: set[str] = set()
    layers = set(book.layers)
    for i, promotion in enumerate(book.promotions):
        place = "promotions", i
        if not isinstance(promotion, Promotion):
            yield InvalidType("a Promotion", promotion, path=place)
            continue
        if promotion.id in seen:
            fault = InvalidValue("an id used once", promotion.id, reason="duplicate_id")
            yield fault.at(*place, "id")
        seen.add(promotion.id)
        if promotion.layer not in layers:
            expected = f"one of the layers {', '.join(book.layers[:10])}"
            fault = InvalidValue(expected, promotion.layer, reason="unknown_layer")
            yield fault.at(*place, "layer")


class _Index:
    """Which plans stand under which key: facet → value → sequence numbers."""

    __slots__ = ("always", "codes", "context", "lines")

    def __init__(self, plans: tuple[Plan, ...]) -> None:
        tables: dict[str, dict[str, list[int]]] = {}
        always: list[int] = []
        self.codes: dict[str, list[int]] = {}
        for plan in plans:
            if isinstance(plan.promotion.trigger, Code):
                self.codes.setdefault(plan.promotion.trigger.code, []).append(plan.seq)
            if plan.key is None:
                always.append(plan.seq)
                continue
            facet, values = plan.key
            table = tables.setdefault(facet, {})
            for value in values:
                table.setdefault(value, []).append(plan.seq)
        self.always = always
        self.lines = [(facet, tables.pop(facet)) for facet in _LINE_FACETS if facet in tables]
        self.context = sorted(tables.items())

    def candidates(self, cart: Cart, context: Context) -> list[int]:
        """Look up every key that cart and context hold."""
        found = [*self.always]
        facets = cart.rows.facets
        for facet, table in self.lines:
            held = facets[facet]
            for value in held if len(held) < len(table) else table:
                if value in held and value in table:
                    found += table[value]
        for facet, table in self.context:
            for value in context.carried(facet):
                found += table.get(value, ())
        return sorted(set(found))
