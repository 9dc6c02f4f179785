"""Choosing by a ranking: all that the first can give, then all that the next can, and so on."""

from __future__ import annotations

from typing import NamedTuple

from ordercore.sourcing.board import Board, Chosen
from ordercore.sourcing.problem import Take
from ordercore.sourcing.reasons import Measure, Reason, ReasonCode
from ordercore.sourcing.rules.answers import Reasons, measure_of
from ordercore.sourcing.rules.rankings import Offer, Ranking, decisive, numbers_of, told_of

__all__ = ["choose_ranked"]


class _Bid(NamedTuple):
    """What a site could give of what is left; of two, the lower goes first."""

    numbers: tuple[int, ...]
    site: int
    offer: Offer
    takes: tuple[Take, ...]


def choose_ranked(board: Board, ranking: Ranking, most: int | None) -> Chosen:
    """Take all that a site can give from the one that goes first, as long as something is left.

    Args:
        board: What the sites could give.
        ranking: Which goes first; ties go by position.
        most: From how many sites at most; None: from any number.
    """
    for step in ranking.steps():
        measure_of(step, step.measure)
    left = [line.quantity for line in board.case.lines]
    takes: list[Take] = []
    reasons: dict[int, Reasons] = {}
    waiting = [site for site in range(len(board.units)) if board.capable(site)]
    parcels = None if most is None else max(0, most - len(board.opened))
    while bids := sorted(_bids(board, ranking, waiting, left, parcels)):
        first = _first(bids, last=parcels == 1)
        rivals = _barred(board, waiting, parcels)
        for line, _, units in first.takes:
            left[line] -= units
        takes += first.takes
        waiting.remove(first.site)
        if parcels is not None and first.site not in board.opened:
            parcels -= 1
        reasons |= {bid.site: (_why_not(board, ranking, bid, first),) for bid in bids}
        reasons[first.site] = (_why(board, ranking, first, bids, rivals),)
    for site in _barred(board, waiting, parcels):
        reasons.setdefault(site, (Reason(code=ReasonCode.NO_MORE_PARCELS, limit=most),))
    return Chosen(tuple(takes), reasons)


def _barred(board: Board, waiting: list[int], parcels: int | None) -> set[int]:
    """Find the sites that may give nothing, for no more parcels may be sent."""
    return set() if parcels != 0 else set(waiting) - board.opened


def _bids(
    board: Board, ranking: Ranking, waiting: list[int], left: list[int], parcels: int | None
) -> list[_Bid]:
    found = []
    barred = _barred(board, waiting, parcels)
    for site in waiting:
        if site in barred:
            continue
        takes = tuple(board.offer(site, left))
        if takes:
            offer = _offer(board, site, takes)
            numbers = numbers_of(ranking, board.case.candidates[site], offer)
            found.append(_Bid(numbers, site, offer, takes))
    return found


def _offer(board: Board, site: int, takes: tuple[Take, ...]) -> Offer:
    lines, candidate = board.case.lines, board.case.candidates[site]
    cost = sum(candidate.unit_cost(lines[line]) * units for line, _, units in takes)
    return Offer(sum(take[2] for take in takes), cost + board.opening[site])


def _first(bids: list[_Bid], *, last: bool) -> _Bid:
    """Find which goes first; of the last parcel, among those that give the most."""
    if not last:
        return bids[0]
    top = max(bid.offer.units for bid in bids)
    return next(bid for bid in bids if bid.offer.units == top)


def _why_not(board: Board, ranking: Ranking, bid: _Bid, first: _Bid) -> Reason:
    """Say why another site goes first."""
    subject = board.case.candidates[first.site].id
    if bid < first:
        return Reason(
            code=ReasonCode.GIVES_TOO_FEW,
            value=bid.offer.units,
            limit=first.offer.units,
            subject=subject,
        )
    return _ranked(ReasonCode.RANKED_AFTER, board, ranking, (bid, first), subject)


def _why(
    board: Board, ranking: Ranking, first: _Bid, bids: list[_Bid], barred: set[int]
) -> Reason:
    """Say why a site goes first; of who would not, were others not barred, that it gave before."""
    others = [bid for bid in bids if bid is not first]
    if any(board.units[site][take[0]] for site in barred for take in first.takes):
        return Reason(code=ReasonCode.KEPT)
    if not others:
        return Reason(code=ReasonCode.ONLY_ONE)
    if others[0] < first:
        return Reason(code=ReasonCode.GIVES_MOST, value=first.offer.units)
    return _ranked(ReasonCode.RANKED_FIRST, board, ranking, (first, others[0]), None)


def _ranked(
    code: ReasonCode,
    board: Board,
    ranking: Ranking,
    pair: tuple[_Bid, _Bid],
    subject: str | None,
) -> Reason:
    """Say by what two bids are told apart, the one that is spoken of first."""
    step = decisive(ranking, pair[0].numbers, pair[1].numbers)
    if step is None:
        return Reason(code=code, measure=Measure.ID, subject=subject)
    value, limit = (told_of(step, board.case.candidates[bid.site], bid.offer) for bid in pair)
    measure = measure_of(step, step.measure)
    return Reason(code=code, measure=measure, value=value, limit=limit, subject=subject)
