"""Whether a factory gives a fresh store: one that knows nothing of the call before."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable
from contextlib import suppress
from time import time_ns
from typing import Any, Final

from ordercore.storage import Counter
from ordercore.testing.contract.expectations import Hung
from ordercore.testing.contract.harness import CannotRun
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import Tally, add, decision, key, request
from ordercore.testing.contract.seen import Listed, keys, pages

__all__ = ["Trace"]

_MOST: Final = 1000

_ANY_ERROR: Final = (Exception, SystemExit, CancelledError)
"""What a store may raise: it is for a check to find."""


class Trace:
    """Something that is left in one store, under a name of its own, and looked for in the next.

    A store that tells of it before it was left tells of anything: that is not what is asked here.
    """

    def __init__(self) -> None:
        self.name: str = f"kit {time_ns()}"
        self._counter = Counter("kit", self.name)
        self._was_there: str | None = None

    def leave(self, lab: Lab) -> None:
        """Leave it in a store."""
        self._was_there = self._known_to(lab)
        with suppress(*_ANY_ERROR):
            told = decision((self.name, 0, Tally(1)), usage=(add(1, None, self._counter),))
            lab.store.commit(request(self.name), told)

    def look_for(self, lab: Lab) -> None:
        """Look for it in the store of the next call.

        Raises:
            CannotRun: It is there.
        """
        found = self._known_to(lab)
        if found is not None and self._was_there is None:
            told = f"it knows {found} of the call before"
            raise CannotRun(f"the factory must give a fresh and empty store each time: {told}")

    def _known_to(self, lab: Lab) -> str | None:
        for what, look in self._looks(lab).items():
            try:
                if look():
                    return what
            except Hung:
                return None
            except _ANY_ERROR:
                continue
        return None

    def _looks(self, lab: Lab) -> dict[str, Callable[[], Any]]:
        store, name = lab.store, self.name
        return {
            "an aggregate": lambda: store.read([key(name)]).version(key(name)),
            "a counter": lambda: store.read([self._counter]).used(self._counter),
            "a reply": lambda: store.reply(request(name)),
            "a key": lambda: _lists(keys(store), name),
            "an event": lambda: _lists(store.outbox, f"t/{name}/1"),
        }


def _lists(listed: Listed, name: str) -> bool:
    """Tell whether something is on any page: what else was left there may fill many."""
    return any(each.id == name for page in pages(listed, _MOST) for each in page.members)
