"""The book of promotions: compiled once, and indexed by what a cart and its context carry.

Each promotion stands under its most selective key: a code if it has one, else something that
a cart must hold for it to have any effect (sku, then brand or category, then seller), else
something of the context (customer group, channel, region), else under no key at all. What
pricing has to look at is the union over the keys that are held, however large the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from attrs import field, frozen

from ordercore.cart import Cart, Context
from ordercore.data import document
from ordercore.data.checks import each, identifier, instance, text, tuple_of
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
from ordercore.promotions.caps import MAX_CAPS, Capping, DiscountCap, cap_faults, capping
from ordercore.promotions.contradictions import contradictions
from ordercore.promotions.plan import Plan, compile_plan, terms_of
from ordercore.promotions.promotion import Code, Exclusive, Promotion
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.stacking import BestOf, Criterion, Optimal, Resolver
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms
from ordercore.promotions.upcasts import book_from_1

__all__ = ["DEFAULT_LAYERS", "MAX_PROMOTIONS", "PromotionBook"]

DEFAULT_LAYERS: Final = ("unit", "set", "order", "platform", "coupon", "shipping", "points")
"""单品 · 套餐与换购 · 满减 · 平台 · 券 · 运费 · 积分."""

MAX_RESOLVERS: Final = 1000
"""The most resolvers of one book."""

MAX_PROMOTIONS: Final = 100_000
"""The most promotions of one book."""

_LINE_FACETS = ("sku", "category", "brand", "seller")


def _layers(layers: str | Iterable[str]) -> tuple[str, ...]:
    return (layers,) if isinstance(layers, str) else tuple_of(layers)  # a set has no order


def _resolvers(resolvers: Resolver | Iterable[Resolver]) -> tuple[Resolver, ...]:
    return (resolvers,) if isinstance(resolvers, Resolver) else tuple_of(resolvers)


def _caps(caps: DiscountCap | Iterable[DiscountCap]) -> tuple[DiscountCap, ...]:
    return (caps,) if isinstance(caps, DiscountCap) else tuple_of(caps)


def _promotions(promotions: Promotion | Iterable[Promotion]) -> tuple[Promotion, ...]:
    return (promotions,) if isinstance(promotions, Promotion) else tuple_of(promotions)


class Run(NamedTuple):
    """Layers that are settled together."""

    stop: int
    """One after the position of the last of them."""
    resolver: Resolver | None
    """How; None: by priority."""
    groups: frozenset[str]
    """Of which groups only the best promotion competes."""


@document("promotion_book", 2, upcasts={1: book_from_1})
@frozen
class PromotionBook:
    """All promotions on offer, in one currency, ready to price with.

    Args:
        currency: ISO 4217; decimal amounts in the promotions are in it.
        promotions: At most `MAX_PROMOTIONS`, with unique ids; their order does not matter.
        layers: The names of the layers in the order in which they are applied.
        version: What the shop calls this edition of the book; it is kept on every quote.
        resolvers: How layers are settled that priority alone shall not settle.
        discount_caps: How much all promotions together may take off what goods cost.

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
    resolvers: tuple[Resolver, ...] = field(
        default=(), converter=_resolvers, validator=each(instance(Resolver), most=MAX_RESOLVERS)
    )
    discount_caps: tuple[DiscountCap, ...] = field(
        default=(), converter=_caps, validator=each(instance(DiscountCap), most=MAX_CAPS)
    )
    plans: tuple[Plan, ...] = field(init=False, eq=False, repr=False)
    ids: tuple[str, ...] = field(init=False, eq=False, repr=False)
    solitary: tuple[int, ...] = field(init=False, eq=False, repr=False)
    runs: tuple[Run, ...] = field(init=False, eq=False, repr=False)
    settles_plainly: bool = field(init=False, eq=False, repr=False)
    objective: tuple[Criterion, ...] | None = field(init=False, eq=False, repr=False)
    prospects: Mapping[int, Prospect] = field(init=False, eq=False, repr=False)
    _capping: Capping = field(init=False, eq=False, repr=False)
    _by_id: Mapping[str, int] = field(init=False, eq=False, repr=False)
    _index: _Index = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        plans = _compile(self)
        put = object.__setattr__
        put(self, "plans", plans)
        put(self, "ids", tuple([plan.promotion.id for plan in plans]))
        put(self, "_capping", capping(self.discount_caps, self.currency))
        put(self, "_by_id", dict(zip(self.ids, range(len(plans)), strict=True)))
        alone = [plan for plan in plans if plan.promotion.exclusive is Exclusive.BOOK]
        alone.sort(key=lambda plan: (-plan.promotion.priority, plan.promotion.id))
        put(self, "solitary", tuple(plan.seq for plan in alone))
        put(self, "runs", _runs(self.layers, self.resolvers))
        put(self, "settles_plainly", not (alone or self.runs or self.discount_caps))
        searches = [each for each in self.resolvers if isinstance(each, Optimal)]
        put(self, "objective", searches[0].objective if searches else None)
        put(self, "prospects", _prospects(self))
        put(self, "_index", _Index(plans))

    def __reduce__(self) -> tuple[Any, ...]:
        given = self.currency, self.promotions, self.layers, self.version, self.resolvers
        return PromotionBook, (*given, self.discount_caps)

    def plan(self, promotion_id: str) -> Plan:
        """Find a promotion's compiled plan by id, or raise `NotFound`."""
        wanted: Any = promotion_id
        if not isinstance(wanted, str) or wanted not in self._by_id:
            raise NotFound("the id of a promotion of this book", promotion_id)
        return self.plans[self._by_id[promotion_id]]

    def by_code(self, code: str) -> tuple[Plan, ...]:
        """List the promotions that have a code as their trigger, in order of application."""
        wanted: Any = code
        known = self._index.codes.get(code, ()) if isinstance(wanted, str) else ()
        asking = [self.plans[seq] for seq in known]  # of some it is a condition
        return tuple([plan for plan in asking if isinstance(plan.promotion.trigger, Code)])

    def begin(self, cart: Cart, context: Context, base: tuple[int, ...]) -> LayerState:
        """Make the state that the first layer sees, with the floors of the discount caps."""
        state = LayerState(cart, context, base)
        if self.discount_caps:
            self._capping(state)
        return state

    def candidates(self, cart: Cart, context: Context) -> list[Plan]:
        """List what could apply to a cart, in the order of application.

        These are the promotions that are available by their trigger and whose required key
        the cart or the context holds; see `Plan.is_candidate`.
        """
        index = self._index
        found = [*index.always]
        facets = cart.rows.facets
        for facet, table in index.lines:
            held = facets[facet]
            if len(held) > len(table):
                for value, seqs in table.items():
                    if value in held:
                        found += seqs
            else:
                for value in held:
                    if value in table:
                        found += table[value]
        for facet, table in index.context:
            for value in dict.fromkeys(context.carried(facet)):
                found += table.get(value, ())
        if index.repeats:
            found = [*set(found)]
        found.sort()
        return [*map(self.plans.__getitem__, found)]


def _runs(layers: Sequence[str], resolvers: Sequence[Resolver]) -> tuple[Run, ...]:
    """Cut the layers into runs that are settled together; empty if priority settles all."""
    if not resolvers:
        return ()
    groups = frozenset(
        each.group for each in resolvers if isinstance(each, BestOf) and each.group is not None
    )
    settled: dict[str, Resolver] = {}
    for resolver in resolvers:
        if isinstance(resolver, Optimal):
            settled |= dict.fromkeys(resolver.layers, resolver)
        elif isinstance(resolver, BestOf) and resolver.layer is not None:
            settled[resolver.layer] = resolver
    runs: list[Run] = []
    for i, name in enumerate(layers):
        how = settled.get(name)
        if runs and isinstance(how, Optimal) and runs[-1].resolver is how:
            runs[-1] = runs[-1]._replace(stop=i + 1)
        else:
            runs.append(Run(i + 1, how, groups))
    return tuple(runs)


def _prospects(book: PromotionBook) -> dict[int, Prospect]:
    """Work out what searches want to know of the promotions that they look at."""
    searched = {
        name for each in book.resolvers if isinstance(each, Optimal) for name in each.layers
    }
    if not searched:
        return {}
    return {
        plan.seq: Prospect.of(plan.promotion, terms_of(plan.promotion, Terms(book.currency)))
        for plan in book.plans
        if plan.promotion.layer in searched
    }


def _compile(book: PromotionBook) -> tuple[Plan, ...]:
    """Compile every promotion, or report every fault of all of them."""
    faults = list(_faults(book))
    if any(len(fault.path) < 2 for fault in faults):
        raise InvalidDocument(faults)  # of the book itself: its promotions cannot be looked at
    usual = Terms(book.currency)
    layer_of = {name: i for i, name in enumerate(book.layers)}
    given: tuple[Any, ...] = book.promotions
    plans: list[Plan] = []
    for seq, position in enumerate(_in_order(given, layer_of)):
        promotion = given[position]
        try:
            layer = layer_of.get(promotion.layer, 0)
            plans.append(compile_plan(promotion, seq, layer, usual))
        except (InvalidInput, InvalidDocument) as error:
            found = all_faults(error, "promotions", position)
            faults += [fault.inside(f"promotion {promotion.id!r}") for fault in found]
    if faults:
        raise InvalidDocument(sorted(faults, key=lambda fault: fault.path[:2]))
    return tuple(plans)


def _in_order(given: Sequence[Any], layer_of: Mapping[str, int]) -> list[int]:
    """Tell at which positions promotions stand, in the order of application.

    Sorting by id, and then by what most of them have in common, compares the least.
    """
    ids = {i: each.id for i, each in enumerate(given) if isinstance(each, Promotion)}
    positions = sorted(ids, key=ids.__getitem__)
    positions.sort(key=lambda i: (layer_of.get(given[i].layer, 0), -given[i].priority))
    return positions


def _faults(book: PromotionBook) -> Iterator[InvalidInput]:
    yield from cap_faults(book.discount_caps, book.currency)
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
    given: tuple[Any, ...] = book.promotions
    known = [promotion for promotion in given if isinstance(promotion, Promotion)]
    if len(known) == len(given):
        yield from contradictions(known, book.layers, book.resolvers)
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


_Table = dict[str, Sequence[int]]
"""A value → the sequence numbers of the plans under it."""


class _Index:
    """Which plans stand under which key: facet → value → sequence numbers."""

    __slots__ = ("always", "codes", "context", "lines", "repeats")

    def __init__(self, plans: tuple[Plan, ...]) -> None:
        tables: dict[str, _Table] = {}
        always: list[int] = []
        repeats = False
        for seq, plan in enumerate(plans):
            key = plan.key
            if key is None:
                always.append(seq)
                continue
            facet, values = key
            repeats = repeats or len(values) > 1
            table = tables.get(facet)
            if table is None:
                table = tables[facet] = {}
            _enter(seq, values, table)
        self.always, self.repeats = always, repeats
        self.codes = tables.get("code", {})
        self.lines = [(facet, tables.pop(facet)) for facet in _LINE_FACETS if facet in tables]
        self.context = sorted(tables.items())


def _enter(seq: int, values: Iterable[str], table: _Table) -> None:
    """Enter a plan under values; most of these have just one plan, which needs no list."""
    alone = (seq,)
    for value in values:
        known = table.get(value)
        if known is None:
            table[value] = alone
        elif isinstance(known, list):
            known.append(seq)
        else:
            table[value] = [*known, seq]
