"""How the benchmarks measure: CPU time, with everything that is compared in one process."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

Work = Callable[[], object]

SECONDS_PER_RUN = 0.3


def repeats(work: Work, seconds: float) -> int:
    """Say how often to do a piece of work so that a run takes about so long; warm it up."""
    work()
    start = time.process_time()
    work()
    return max(1, int(seconds / max(time.process_time() - start, 1e-7)))


def run(work: Work, times: int) -> float:
    """Do it so many times; return microseconds for each."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) * 1e6 / times


def microseconds(work: Work, runs: int, seconds: float = SECONDS_PER_RUN) -> float:
    """Time a piece of work: the median of several runs, each long enough to be measured."""
    times = repeats(work, seconds)
    return statistics.median([run(work, times) for _ in range(runs)])


@contextmanager
def apart() -> Iterator[None]:
    """Keep what stands built already out of the garbage collector's way.

    It goes on collecting what the timed work makes; but whether it happens to walk over the
    workloads too, in whose run, would be chance.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class Meter(NamedTuple):
    """Times several pieces of work side by side.

    They take turns, so that whatever else the machine does meets all of them alike, and each
    is told by its shortest run: what disturbs a run only ever makes it longer.
    """

    rounds: int
    seconds: float
    """How long each run takes; a single piece of work that takes longer is run once."""

    def minima(self, *works: Work) -> list[float]:
        """Return the microseconds of each piece of work."""
        with apart():
            times = [repeats(work, self.seconds) for work in works]
            rounds = [
                [run(work, many) for work, many in zip(works, times, strict=True)]
                for _ in range(self.rounds)
            ]
        return [min(figures) for figures in zip(*rounds, strict=True)]
