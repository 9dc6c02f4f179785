"""Rules of stacking that cannot all be meant: found when a book is made, with the pair named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ordercore.errors import InvalidInput, InvalidValue
from ordercore.promotions.promotion import Exclusive, Promotion
from ordercore.promotions.stacking import BestOf, Optimal, Resolver

__all__ = ["contradictions"]


def contradictions(
    promotions: Sequence[Promotion], layers: Sequence[str], resolvers: Sequence[Resolver]
) -> Iterator[InvalidInput]:
    """Tell which promotions contradict themselves or each other, and which resolvers."""
    sharing = [i for i, promotion in enumerate(promotions) if promotion.combines_with]
    by_id = {promotion.id: promotion for promotion in promotions} if sharing else {}
    for i in sharing:
        for told in _of_sharing(promotions[i], by_id):
            yield _contradiction(told).at("promotions", i, "combines_with")
    yield from _of_resolvers(layers, resolvers)
    yield from _of_groups(promotions, resolvers)


def _of_sharing(promotion: Promotion, by_id: Mapping[str, Promotion]) -> Iterator[str]:
    """Say of a promotion that shares units why it, or one that it names, cannot.

    Groups, and who stands alone in a layer, do not reach over layers.
    """
    if promotion.exclusive is not Exclusive.NO:
        others = ", ".join(map(repr, promotion.combines_with[:3]))
        yield f"{promotion.id!r} to be exclusive, or to combine with {others}, not both"
    for name in promotion.combines_with:
        other = by_id.get(name)
        if other is None or other is promotion:
            continue
        pair, together = f"{promotion.id!r} and {other.id!r}", promotion.layer == other.layer
        alone = (
            together if other.exclusive is Exclusive.LAYER else other.exclusive is Exclusive.BOOK
        )
        if alone and promotion.exclusive is Exclusive.NO:
            yield f"{pair} to combine, or {other.id!r} to be exclusive, not both"
        if together and promotion.group is not None and promotion.group == other.group:
            yield f"{pair} to combine, or to be of one group ({promotion.group!r}), not both"


def _contradiction(told: str) -> InvalidValue:
    return InvalidValue(told, reason="contradictory_stacking")


def _of_resolvers(layers: Sequence[str], resolvers: Sequence[Resolver]) -> Iterator[InvalidInput]:
    places = {name: i for i, name in enumerate(layers)}
    settled: dict[str, int] = {}
    groups: dict[str, int] = {}
    for i, resolver in enumerate(resolvers):
        place = "resolvers", i
        if isinstance(resolver, BestOf) and resolver.group is not None:
            if resolver.group in groups:
                yield _twice("group", resolver.group, groups[resolver.group], i).at(*place)
            groups.setdefault(resolver.group, i)
        for name in _layers_of(resolver):
            if name not in places:
                expected = f"one of the layers {', '.join(layers[:10])}"
                yield InvalidValue(expected, name, reason="unknown_layer").at(*place)
            elif name in settled:
                yield _twice("layer", name, settled[name], i).at(*place)
            settled.setdefault(name, i)
        if isinstance(resolver, Optimal):
            run = [places[name] for name in resolver.layers if name in places]
            if any(later != earlier + 1 for earlier, later in pairwise(run)):
                expected = "layers that follow each other in the book"
                fault = InvalidValue(expected, resolver.layers, reason="scattered_layers")
                yield fault.at(*place, "layers")


def _of_groups(
    promotions: Sequence[Promotion], resolvers: Sequence[Resolver]
) -> Iterator[InvalidInput]:
    """Tell of groups of which only the best shall compete where a resolver settles the layer."""
    groups: dict[str | None, int] = {
        each.group: i
        for i, each in reversed([*enumerate(resolvers)])
        if isinstance(each, BestOf) and each.group is not None
    }
    settled = {name: i for i, each in enumerate(resolvers) for name in _layers_of(each)}
    if not (groups and settled):
        return
    told: set[tuple[int, int]] = set()
    for promotion in promotions:
        first, second = settled.get(promotion.layer), groups.get(promotion.group)
        if first is None or second is None or (first, second) in told:
            continue
        told.add((first, second))
        what = f"{promotion.group!r} (as {promotion.id!r} in layer {promotion.layer!r})"
        yield _contradiction(
            f"group {what} to be settled by resolver {first} or by resolver {second}, not both"
        ).at("resolvers", second)


def _layers_of(resolver: Resolver) -> tuple[str, ...]:
    if isinstance(resolver, Optimal):
        return resolver.layers
    if isinstance(resolver, BestOf) and resolver.layer is not None:
        return (resolver.layer,)
    return ()


def _twice(what: str, name: str, first: int, second: int) -> InvalidValue:
    told = f"{what} {name!r} to be settled by resolver {first} or by resolver {second}, not both"
    return InvalidValue(told, reason="contradictory_stacking")
