"""C-34: who awaited a commit was cancelled, and asks again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import sleep
from typing import Final

from ordercore.errors import InProgress, VersionConflict
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import Broken, equal, same
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import Tally, Told, add, decision, key, request
from ordercore.testing.contract.seen import outcome, stories, used

_TURNS: Final = (*range(9), 12, 20)
"""How many turns the event loop is given before the commit is cancelled."""

_PAUSE: Final = 0.02  # seconds
_MOST_PAUSES: Final = 100


@check("C-34")
def asking_again_after_a_cancelled_commit_is_harmless(lab: Lab) -> None:
    """A store that is not awaited cannot be cancelled, and has just stored it."""
    store = lab.store
    for number, turns in enumerate(_TURNS):
        told, name = request(f"r-{turns}"), f"n-{turns}"
        decided = decision((name, 0, Tally(turns)), count=2, total=turns, usage=(add(),))
        cut = partial(Plainly.commit_cut_off, request=told, decision=decided, turns=turns)
        store.ask(cut)
        again = partial(store.commit, told, decided)
        what = f"the reply to a commit that was cancelled after {turns} turns"
        same(_in_the_end(again, what), Told(turns), what)
        got = store.read([key(name)])
        equal((got.version(key(name)), got.value(key(name), Tally)), (2, Tally(turns)))
        equal((stories(store)[name], used(store)), ([1, 2], number + 1), "events and uses")


def _in_the_end(again: Callable[[], object], what: str) -> object:
    """Ask again: what was cancelled may be in the way for a while, but not for good."""
    for _ in range(_MOST_PAUSES):
        answer = outcome(again)
        if answer not in (VersionConflict, InProgress):
            return answer
        sleep(_PAUSE)
    raise Broken(what, f"{getattr(answer, '__name__', answer)}, again and again")
