"""One set of checks for both doors: how one is made, and all of them."""

from __future__ import annotations

import multiprocessing
import traceback
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from types import MappingProxyType, TracebackType
from typing import Any, Final

from attrs import evolve

from ordercore.testing.contract import (  # noqa: F401 - they enter their checks
    cancelling,
    committing,
    connections,
    crashes,
    ended,
    fidelity,
    inside,
    last_unit,
    lives,
    locking,
    mixing,
    one_state,
    reading,
    relaying,
    released,
    replying,
    sizes,
    stateful,
    stocked,
    tasks,
    telling_apart,
    transactions,
    undisturbed,
    workers,
    writing,
)
from ordercore.testing.contract.checks import CHECKS, Check
from ordercore.testing.contract.clauses import CLAUSES, Capability
from ordercore.testing.contract.expectations import Broken, Hung, Waits
from ordercore.testing.contract.fresh import Trace
from ordercore.testing.contract.harness import CannotRun, declared, store_of
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.patience import Patience
from ordercore.testing.contract.report import Report, Result, Status
from ordercore.testing.contract.stateful import Missing

__all__ = ["SEED", "TIME_LIMIT", "all_checks", "look_at", "make", "validate"]

SEED: Final = 20261111
"""What chance is drawn from, unless the caller says otherwise."""

TIME_LIMIT: Final = 60.0
"""How many seconds a check may take, unless the caller says otherwise."""

_OURS: Final = (__package__, "asyncio", "concurrent")
"""The kit, and what it calls stores through: no place to look for a store's fault."""

_HUNG = "it did not end"
_MOST_HUNG = 3  # of a store that does not answer, no more is asked

Factory = Callable[[], Any]

inside.enter_within()


def all_checks() -> tuple[Check, ...]:
    """List all checks in the order of their clauses."""
    numbers = list(CLAUSES)
    return tuple(sorted(CHECKS, key=lambda each: numbers.index(each.clause)))


def make(
    check: Check,
    factory: Factory,
    *,
    seed: int = SEED,
    time_limit: float = TIME_LIMIT,
    patience: Patience | None = None,
    xfail: str | None = None,
) -> Result:
    """Make one check with a fresh store.

    Args:
        check: Which one.
        factory: Gives the store, or a harness with it.
        seed: What chance is drawn from.
        time_limit: How many seconds it may take.
        patience: What earlier checks have found out of the time that the store takes.
        xfail: Why it may fail for now; None: it may not.

    Raises:
        CannotRun: What the factory gives cannot be used.
    """
    begun, known = monotonic(), patience or Patience()
    known.was_wrong = False
    result = _once(check, _lab(factory, seed, time_limit, known))
    if result.status is Status.FAILED and known.was_wrong:  # others went on while it was slow
        result = _once(check, _lab(factory, seed, time_limit, known))
    if result.status is Status.SKIPPED:
        return result
    result = evolve(result, seconds=monotonic() - begun)
    return result if xfail is None else _expected_to_fail(result, xfail)


def _once(check: Check, lab: Lab) -> Result:
    """Make a check in a lab, and leave that."""
    try:
        missing = sorted(check.needs - lab.capabilities)
        if missing:
            told = f"{' and '.join(missing)} not declared"
            return Result(check.clause, check.name, Status.SKIPPED, reason=told, needs=(*missing,))
        return _made(check, lab)
    finally:
        lab.close()


def _lab(factory: Factory, seed: int, time_limit: float, patience: Patience) -> Lab:
    try:
        return Lab(factory, seed, time_limit, patience)
    except CannotRun:
        raise
    except Hung as error:
        told = f"the factory gave no store within {time_limit:g} seconds"
        raise CannotRun(told) from error
    except (Exception, SystemExit) as error:
        told = f"the factory raised {type(error).__name__}: {error}"
        raise CannotRun(told) from error


def _made(check: Check, lab: Lab) -> Result:
    try:
        check.run(lab)
    except Missing as error:
        return Result(check.clause, check.name, Status.SKIPPED, reason=str(error))
    except Hung as error:
        return _failed(check, error.expected, error.seen, reason=_HUNG)
    except Broken as error:
        return _failed(check, error.expected, error.seen, error=error.__cause__)
    except Waits:
        return _failed(check, "an answer", "none, with a transaction open that is not in the way")
    except (Exception, SystemExit, CancelledError) as error:  # noqa: BLE001 - whatever it is
        told = f"{type(error).__name__}: {error}"
        return _failed(check, "an answer, or a refusal that is known", told, error=error)
    return Result(check.clause, check.name, Status.PASSED)


def _failed(
    check: Check,
    expected: str,
    seen: str,
    *,
    reason: str = "",
    error: BaseException | None = None,
) -> Result:
    trace = "" if error is None else _trace(error)
    return Result(check.clause, check.name, Status.FAILED, expected, seen, reason, trace=trace)


def _module_of(trace: TracebackType) -> str:
    return str(trace.tb_frame.f_globals.get("__name__"))


def _trace(error: BaseException) -> str:
    """Tell how an error came about, from where the store was asked on."""
    begun = error.__traceback__
    while begun and begun.tb_next and _module_of(begun).startswith(_OURS):
        begun = begun.tb_next
    return "".join(traceback.format_exception(type(error), error, begun, chain=False))


def _expected_to_fail(result: Result, reason: str) -> Result:
    if result.status is Status.FAILED:
        told = f"not conformant: {reason}"
        return evolve(result, status=Status.XFAILED, reason=told, trace="")
    if result.status is Status.PASSED:
        told = f"it passes: take the xfail away that says {reason!r}"
        return evolve(result, status=Status.FAILED, expected="it to fail", seen=told)
    return result


def look_at(
    factory: Factory, *, seed: int = SEED, time_limit: float = TIME_LIMIT
) -> tuple[str, tuple[str, ...]]:
    """Find out what a factory gives: the class of the store, and the capabilities declared.

    Raises:
        CannotRun: It raises, or what it gives cannot be used, or is not fresh.
    """
    trace = Trace()
    for look in (trace.leave, trace.look_for):
        lab = _lab(factory, seed, time_limit, Patience())
        try:
            look(lab)
        finally:
            lab.close()
    return type(store_of(lab.given)).__qualname__, tuple(sorted(declared(lab.given)))


def _refuse_to_begin_anew() -> None:
    """Refuse what a script asks for at its top level, in a process that a check has begun.

    Such a process imports the script first, and would begin others without end.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        told = 'put what calls validate() under  if __name__ == "__main__":'
        raise CannotRun(f"this process was begun by a check, and imports the script: {told}")


def _tell_nobody(_result: Result) -> None:
    """Pass over a result."""


def validate(
    factory: Factory,
    *,
    seed: int = SEED,
    time_limit: float = TIME_LIMIT,
    only: Iterable[str] = (),
    until_failure: bool = False,
    xfail: Mapping[str, str] = MappingProxyType({}),
    tell: Callable[[Result], None] = _tell_nobody,
) -> Report:
    """Check a store against every clause of the contract.

    Args:
        factory: Returns a fresh and empty store, plain or awaited, or a `Harness` with one;
            called for each check anew.
        seed: What chance is drawn from.
        time_limit: How many seconds each check may take.
        only: Numbers of clauses, or names of checks; with any of them, the report is not
            complete, and so not conformant.
        until_failure: Whether to end at the first check that fails.
        xfail: By number or name, why a check may fail for now; the report says so, and is not
            conformant.
        tell: Is told each result as it comes.

    Raises:
        CannotRun: The factory raises, or what it gives cannot be used or is not fresh; or there
            is no such clause or check; or a process that a check has begun comes here again.
    """
    _refuse_to_begin_anew()
    if not time_limit > 0:
        raise CannotRun(f"a check needs time: a limit of more than 0 seconds, not {time_limit}")
    checks = all_checks()
    chosen = _chosen(checks, only)
    _chosen(checks, xfail)
    patience = Patience()
    store, capabilities = look_at(factory, seed=seed, time_limit=time_limit)
    results: list[Result] = []
    most_hung = _MOST_HUNG
    for check in chosen:
        reason = xfail.get(check.name, xfail.get(check.clause))
        result = make(
            check, factory, seed=seed, time_limit=time_limit, patience=patience, xfail=reason
        )
        results.append(result)
        tell(result)
        most_hung -= result.reason == _HUNG
        if not most_hung or (until_failure and result.status is Status.FAILED):
            break
    return Report(
        store,
        seed,
        capabilities,
        tuple(results),
        complete=len(results) == len(checks),
        undeclared=(Capability.TRANSACTIONS.value,) if patience.begins else (),
    )


def _chosen(checks: tuple[Check, ...], names: Iterable[str]) -> tuple[Check, ...]:
    wanted = set(names)
    unknown = wanted - {name for each in checks for name in (each.clause, each.name)}
    if unknown:
        told = f"there is no clause or check called {', '.join(sorted(unknown))}"
        raise CannotRun(told)
    return tuple(each for each in checks if not wanted or wanted & {each.clause, each.name})
