"""What a plan is to be good at, one goal after the other."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["EARLIEST_FINISH", "EVEN_LOAD", "FEWEST_MOVES", "LEAST_COST", "Goal"]


class Goal(StrEnum):
    """What is to be as little as possible.

    A later goal only decides between plans that are equally good by all goals before it.
    """

    LEFT = "left"
    """How many jobs no shop does: always the first goal, and never named."""

    COST = "cost"
    """The sum of what the jobs cost."""
    SHARE = "share"
    """The share of its capacity, load included, that is taken of the busiest shop."""
    FINISH = "finish"
    """The work, load included, that the last shop has to do until it is done."""
    MOVES = "moves"
    """How many jobs of the plan before are not at their shop any more."""


LEAST_COST: Final = (Goal.COST,)
"""Least cost."""

EVEN_LOAD: Final = (Goal.SHARE, Goal.COST)
"""The busiest shop as little busy as possible, whatever it costs; then least cost."""

EARLIEST_FINISH: Final = (Goal.FINISH, Goal.COST)
"""The last shop done as early as possible, whatever it costs; then least cost."""

FEWEST_MOVES: Final = (Goal.MOVES, Goal.COST)
"""As much as possible stays as it was; then least cost."""
