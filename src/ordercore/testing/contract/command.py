"""The door without pytest: ``python -m ordercore.testing package.module:factory``."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve

from ordercore.testing.contract.harness import CannotRun
from ordercore.testing.contract.report import Outcome, Report, Result, told_of
from ordercore.testing.contract.running import SEED, TIME_LIMIT, validate

__all__ = ["found_by_name", "main"]

_STATUS: Final = MappingProxyType(
    {Outcome.CONFORMANT: 0, Outcome.NOT_CONFORMANT: 1, Outcome.INCOMPLETE: 3}
)
_CANNOT_RUN: Final = 2

_EPILOG = """\
exit status:
  0  conformant: every clause holds, as far as its capabilities are declared
  1  not conformant: a check has failed
  2  it could not be run: there is no such factory, or it raises, or what it
     gives is no store, or not a fresh one; or these arguments are wrong
  3  nothing has failed, but not all clauses were run (--only; no Hypothesis)

All that is drawn by chance is drawn from the seed: the same seed, the same steps.
"""


def main(arguments: Sequence[str]) -> int:
    """Check a store, and print what came of it, clause by clause.

    Args:
        arguments: Those of the command line.

    Returns:
        The exit status: 0 conformant, 1 not, 2 it could not be run, 3 nothing has failed, but
        not all clauses were run.
    """
    asked = _parsed(arguments)
    printer = _Printer(asked)
    try:
        report = validate(
            found_by_name(asked.factory),
            seed=asked.seed,
            time_limit=asked.time_limit,
            only=asked.only,
            tell=printer.tell,
        )
    except CannotRun as error:
        print(f"cannot be run: {error}", file=sys.stderr)
        return _CANNOT_RUN
    if asked.json:
        print(json.dumps(report.plain(), ensure_ascii=False, indent=1))
    else:
        printer.end(report)
    return _STATUS[report.outcome]


def _parsed(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(
        prog="python -m ordercore.testing",
        description="Check a store against every clause of the contract.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("factory", help="package.module:factory, which returns a fresh store")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--times", action="store_true", help="tell the seconds of each clause")
    parser.add_argument("--seed", type=int, default=SEED, help="what chance is drawn from")
    parser.add_argument(
        "--time-limit",
        type=float,
        default=TIME_LIMIT,
        metavar="SECONDS",
        help="how long a check may take",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="C-05",
        help="only this clause, or this check; may be given several times",
    )
    return parser.parse_args(arguments)


def found_by_name(name: str) -> Callable[[], Any]:
    """Import a factory by its name.

    Args:
        name: Such as ``package.module:factory``.

    Raises:
        CannotRun: There is none of that name.
    """
    module, colon, attribute = name.partition(":")
    if not colon or not all(part.isidentifier() for part in [*module.split("."), attribute[:1]]):
        raise CannotRun(f"expected package.module:factory, as Python imports it, got {name!r}")
    try:
        found: Any = import_module(module)
    except (Exception, SystemExit) as error:
        told = f"{module} cannot be imported: {type(error).__name__}: {error}"
        raise CannotRun(told) from error
    for step in attribute.split("."):
        try:
            found = getattr(found, step)
        except AttributeError:
            raise CannotRun(f"{module} has no {attribute}") from None
    if not callable(found):
        raise CannotRun(f"{name} is no factory: it cannot be called")
    factory: Callable[[], Any] = found
    return factory


class _Printer:
    """Prints each clause as soon as all of its checks are made."""

    def __init__(self, asked: Namespace) -> None:
        self.asked = asked
        self.held: list[Result] = []
        self.traces: set[str] = set()

    def tell(self, result: Result) -> None:
        """Take a result; those of one clause come together, and each trace comes once."""
        if result.trace in self.traces:
            result = evolve(result, trace="")
        self.traces.add(result.trace)
        if self.held and self.held[-1].clause != result.clause:
            self._print()
        self.held.append(result)

    def end(self, report: Report) -> None:
        """Print the last clause, the summary, and how to see again what has failed."""
        self._print()
        print(f"\n{report.summary}")
        if report.broken:
            only = " ".join(f"--only {clause}" for clause in report.broken)
            print(f"again: python -m ordercore.testing {self.asked.factory} {only}", end="")
            print(f" --seed {report.seed}")

    def _print(self) -> None:
        if self.held and not self.asked.json:
            told = told_of(self.held[0].clause, tuple(self.held), timed=self.asked.times)
            print(told, flush=True)
        self.held = []


def leave(status: int) -> None:
    """End the process, also where a store has left threads behind that do not end."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
