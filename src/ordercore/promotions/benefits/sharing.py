"""How an amount is shared over the offered rows: by which weights, under which caps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from attrs import evolve

from ordercore.errors import InvalidValue
from ordercore.money import Overflow
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Split, Terms, split_of

__all__ = ["caps_of", "check_overflow", "shared_by", "split_or_none", "weights_of"]


def split_or_none(value: Split | str | None) -> Split | None:
    """Turn the text of a split into the split."""
    return None if value is None else split_of(value)


def check_overflow(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept one of the ways of `Overflow`."""
    if value not in get_args(Overflow):
        expected = "redistribute or forfeit"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="unknown_choice")


def shared_by(terms: Terms, split: Split | None, overflow: Overflow | None) -> Terms:
    """Put what a benefit says of its sharing in place of what its promotion says."""
    if split is None and overflow is None:
        return terms
    return evolve(terms, split=split or terms.split, overflow=overflow or terms.overflow)


def caps_of(offer: Offer) -> Sequence[int]:
    """Tell the most that each offered row can give."""
    _, _, amounts, _, caps = offer
    return amounts if caps is None else caps


def weights_of(state: LayerState, offer: Offer, split: Split) -> Sequence[int]:
    """Tell by what an amount is split over the offered units, at any common scale."""
    rows, units, amounts, _, _ = offer
    if split is Split.CURRENT:
        return amounts
    if split is Split.QUANTITY:
        return units
    if split is Split.EQUAL:
        return [1] * len(rows)
    return state.offer(rows, split.basis)[2]
