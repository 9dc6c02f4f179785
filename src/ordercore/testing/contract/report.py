"""What came of the checks, as data and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import Any

from attrs import field, frozen

from ordercore.testing.contract.clauses import CLAUSES

__all__ = ["Outcome", "Report", "Result", "Status"]


class Status(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """A capability is not declared, or a package is missing."""
    XFAILED = "xfailed"
    """It failed, as its author said it would."""


class Outcome(StrEnum):
    """What came of a store."""

    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"
    INCOMPLETE = "not all clauses were run"
    """Nothing has failed, but not everything was looked at: it proves nothing."""


@frozen
class Result:
    """What came of one check.

    Args:
        clause: The number of its clause.
        check: What should hold, as a name.
        status: Whether it does.
        expected: Where it does not: what the clause asks for.
        seen: What the store did instead.
        reason: Why it was skipped, or may fail.
        needs: The capabilities that it was skipped for.
        trace: Where in the store an error came from that no clause knows.
        seconds: How long it took.
    """

    clause: str
    check: str
    status: Status
    expected: str = ""
    seen: str = ""
    reason: str = ""
    needs: tuple[str, ...] = ()
    trace: str = field(default="", eq=False)
    seconds: float = field(default=0.0, eq=False)

    @property
    def words(self) -> str:
        """Tell what came of it, on as many lines as it takes."""
        lines = [f"{self.check.replace('_', ' ')}: {self.status}"]
        if self.reason:
            lines[0] += f" ({self.reason})"
        if self.status in {Status.FAILED, Status.XFAILED}:
            lines += [f"  expected {self.expected}", f"  saw      {self.seen}"]
        if self.status is Status.FAILED and self.trace:
            lines += self.trace.rstrip().splitlines()
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        """Tell it as plain data."""
        return {
            "clause": self.clause,
            "check": self.check,
            "status": self.status.value,
            "expected": self.expected,
            "seen": self.seen,
            "reason": self.reason,
            "needs": list(self.needs),
            "trace": self.trace,
            "seconds": round(self.seconds, 3),
        }


@frozen
class Report:
    """What came of all checks of a store.

    Args:
        store: What was checked.
        seed: What chance was drawn from; the same seed draws the same again.
        capabilities: Those declared.
        results: One for each check, in the order of the clauses.
        complete: Whether all checks were asked for.
        undeclared: Capabilities that nobody has declared, and that are there: they were checked.
    """

    store: str
    seed: int
    capabilities: tuple[str, ...]
    results: tuple[Result, ...]
    complete: bool = True
    undeclared: tuple[str, ...] = ()

    @property
    def conformant(self) -> bool:
        """Whether the store keeps the contract, as far as its author claims it.

        What was skipped for want of a capability is not claimed. What was left out, expected to
        fail, or could not be checked for want of a package, is no proof.
        """
        return self.outcome is Outcome.CONFORMANT

    @property
    def outcome(self) -> Outcome:
        """What came of it, where something may have been left out."""
        if self.failed or self.xfailed:
            return Outcome.NOT_CONFORMANT
        if not self.complete or any(not each.needs for each in self.skipped):
            return Outcome.INCOMPLETE
        return Outcome.CONFORMANT

    @property
    def seconds(self) -> float:
        """How long all checks took."""
        return sum(each.seconds for each in self.results)

    @property
    def passed(self) -> tuple[Result, ...]:
        """Those checks that hold."""
        return self._of(Status.PASSED)

    @property
    def failed(self) -> tuple[Result, ...]:
        """Those that do not."""
        return self._of(Status.FAILED)

    @property
    def skipped(self) -> tuple[Result, ...]:
        """Those that were not made, each with its reason."""
        return self._of(Status.SKIPPED)

    @property
    def xfailed(self) -> tuple[Result, ...]:
        """Those that do not hold, as the author said."""
        return self._of(Status.XFAILED)

    def _of(self, status: Status) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.status is status)

    def plain(self) -> dict[str, Any]:
        """Tell it as plain data that JSON can hold."""
        return {
            "store": self.store,
            "conformant": self.conformant,
            "outcome": self.outcome.value,
            "complete": self.complete,
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "capabilities": list(self.capabilities),
            "undeclared": list(self.undeclared),
            "clauses": [
                {"clause": clause, "words": CLAUSES[clause], "status": status_of(several).value}
                for clause, several in by_clause(self.results)
            ],
            "results": [each.plain() for each in self.results],
        }

    def __str__(self) -> str:
        told = [told_of(clause, several) for clause, several in by_clause(self.results)]
        return "\n".join([*told, "", self.summary])

    @property
    def summary(self) -> str:
        """Tell the outcome on a few lines."""
        clauses = list(by_clause(self.results))
        counts = [
            f"{sum(status_of(several) is status for _, several in clauses)} {status}"
            for status in Status
            if any(status_of(several) is status for _, several in clauses)
        ]
        lines = [
            f"{self.store}: {self.outcome}",
            f"{', '.join(counts)}; seed {self.seed}; {self.seconds:.1f} s",
        ]
        missing = sorted({need for each in self.skipped for need in each.needs})
        if missing:
            lines.append(f"not declared, and so not checked: {', '.join(missing)}")
        if self.undeclared:
            names = ", ".join(self.undeclared)
            lines.append(f"not declared, and checked all the same, for begin() is there: {names}")
        if not self.complete:
            lines.append(f"not all checks were made, {len(self.results)} were")
        return "\n".join(lines)

    @property
    def broken(self) -> tuple[str, ...]:
        """The numbers of the clauses that do not hold."""
        return tuple(dict.fromkeys(each.clause for each in (*self.failed, *self.xfailed)))


def by_clause(results: Iterable[Result]) -> Iterator[tuple[str, tuple[Result, ...]]]:
    """Group results by their clauses; those of one clause stand together."""
    for clause, several in groupby(results, key=lambda each: each.clause):
        yield clause, tuple(several)


def status_of(several: Iterable[Result]) -> Status:
    """Tell what came of a clause: the worst of its checks; skipped only if all are."""
    found = {each.status for each in several}
    for status in (Status.FAILED, Status.XFAILED, Status.PASSED):
        if status in found:
            return status
    return Status.SKIPPED


def told_of(clause: str, several: tuple[Result, ...], *, timed: bool = False) -> str:
    """Tell of a clause on a line, and of each of its checks that did not just pass.

    Args:
        clause: Its number.
        several: What came of its checks.
        timed: Whether to tell how many seconds they took.
    """
    status = status_of(several)
    mark = status.value.upper() if status in {Status.FAILED, Status.XFAILED} else status.value
    took = f"{sum(each.seconds for each in several):6.2f} s " if timed else ""
    lines = [f"{clause} {mark:8} {took}{CLAUSES[clause]}"]
    for each in several:
        if each.status is not Status.PASSED:
            lines += [f"     {line}" for line in each.words.splitlines()]
    return "\n".join(lines)
