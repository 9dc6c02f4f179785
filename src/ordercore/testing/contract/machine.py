"""C-41: whatever is done in whatever order, the store shows what the model shows.

Hypothesis draws the steps, as data, with up to three transactions open at once, few keys for
conflicts or many for pages; the same ones for the same seed.
"""

from __future__ import annotations

from time import monotonic
from typing import Final

from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from ordercore.testing.contract.conduct import Conduct
from ordercore.testing.contract.expectations import Broken, Hung
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import SCALE, TALLY
from ordercore.testing.contract.steps import (
    ASKED,
    Acknowledge,
    Begin,
    Commit,
    CommitAgain,
    CommitTaken,
    End,
    Forget,
    List,
    Look,
    Part,
    Recall,
    Run,
    Step,
    Turn,
    Use,
)

__all__ = ["run_machine"]

_RUNS: Final = 100
_FEWEST, _MOST = 25, 45
_MOST_SECONDS = 20.0
_TRIES = 150

_WHO = st.integers(0, 11)
_TICKS = st.integers(-3, 3)
_PLACES = st.integers(0, 99)
_UNDER = st.sampled_from((None, None, None, 0, 1, 2))
_CONTENT = st.sampled_from((0, 0, 0, 1))
_PARTS = st.builds(
    Part,
    _PLACES,
    off=st.sampled_from((0,) * 10 + (-1, 1)),
    events=st.sampled_from((1, 1, 2, 3, 11)),
    is_plain=st.sampled_from((False,) * 7 + (True,)),
)
_USES = st.builds(
    Use,
    _PLACES,
    add=st.sampled_from((*range(-2, 5), *range(1, 4), 10**10)),
    spare=st.sampled_from((None, None, 0, 0, 1, 2, -1, -2)),
)
_KINDS = st.sampled_from((None, None, TALLY, SCALE))

_COMMITS = st.builds(
    Commit,
    _WHO,
    _UNDER,
    _CONTENT,
    st.lists(_PARTS, max_size=3).map(tuple),
    st.lists(_USES, max_size=2).map(tuple),
    _TICKS,
)

_DRAWN: Final[tuple[tuple[int, st.SearchStrategy[Step]], ...]] = (
    (12, _COMMITS),
    (5, st.builds(Begin)),
    (2, st.builds(End, _WHO, st.sampled_from((True, True, False)))),
    (1, st.builds(CommitAgain, _WHO, _PLACES)),
    (1, st.builds(CommitTaken, _WHO, _PLACES)),
    (1, st.builds(Recall, _WHO, _PLACES, _CONTENT)),
    (2, st.builds(Acknowledge, _WHO, st.integers(0, 4), st.integers(1, 6))),
    (1, st.builds(Forget, _WHO, _TICKS)),
    (1, st.builds(Look, _WHO, st.booleans())),
    (2, st.builds(List, _WHO, st.integers(1, 4))),
    (4, st.builds(Turn, _KINDS, st.integers(1, 3))),
)
"""What is drawn, and how often."""

_OFTEN = tuple(drawn for often, drawn in _DRAWN for _ in range(often))
_STEPS = st.integers(0, len(_OFTEN) - 1).flatmap(_OFTEN.__getitem__)
_STORIES = st.lists(_STEPS, min_size=_FEWEST, max_size=_MOST)


def run_machine(lab: Lab) -> None:
    """Take many steps in many orders.

    Raises:
        Broken: The store shows something else than the model, with the steps that led there.
    """
    until = monotonic() + min(_MOST_SECONDS, lab.left / 3)

    @seed(lab.seed)
    @settings(
        max_examples=_RUNS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(st.booleans(), st.sampled_from((True, True, True, False)), _STORIES)
    def draw(few: bool, within: bool, steps: list[Step]) -> None:  # noqa: FBT001
        if monotonic() > until:
            raise _Enough(None)
        story = Story(few, tuple(s for s in steps if within or not isinstance(s, Begin)))
        if (broken := story.ends(lab)) is not None:
            raise _Enough(broken if isinstance(broken, Hung) else _shortest(lab, story, broken))

    try:
        draw()
    except _Enough as enough:
        if enough.broken is not None:
            raise enough.broken from None


class _Enough(BaseException):
    """Ends what Hypothesis does: it would go on after an `Exception`."""

    def __init__(self, broken: Broken | None) -> None:
        super().__init__(broken)
        self.broken = broken


@frozen
class Story:
    """Steps to be taken with few keys or many."""

    few: bool
    steps: tuple[Step, ...]

    def ends(self, lab: Lab) -> Broken | None:
        """Take the steps with a fresh store, and tell what goes wrong."""
        try:
            with lab.anew() as fresh:
                run = Run(Conduct(fresh, ASKED), few=self.few)
                for step in self.steps:
                    step.take(run)
                run.end()
        except Broken as broken:
            return broken
        return None


def _shortest(lab: Lab, story: Story, broken: Broken) -> Broken:
    """Leave out steps as long as it goes wrong all the same, and tell what goes wrong then.

    The same story always comes to the same one, for the tries are counted, not timed.
    """
    tries, size = _TRIES, len(story.steps) // 2
    while size and tries:
        for place in range(0, len(story.steps), size)[:tries]:
            tries -= 1
            left = evolve(story, steps=story.steps[:place] + story.steps[place + size :])
            if (also := left.ends(lab)) is not None and not isinstance(also, Hung):
                story, broken = left, also
                break
        else:
            size //= 2
    return broken
