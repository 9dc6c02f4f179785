"""The door for pytest: a class of tests to inherit, one for each check."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getattr_static
from types import MappingProxyType
from typing import Any, ClassVar, Final

from ordercore.testing.contract.checks import Check
from ordercore.testing.contract.clauses import CLAUSES
from ordercore.testing.contract.harness import CannotRun
from ordercore.testing.contract.patience import Patience
from ordercore.testing.contract.report import Report, Result, Status
from ordercore.testing.contract.running import (
    SEED,
    TIME_LIMIT,
    all_checks,
    look_at,
    make,
    validate,
)

__all__ = ["StoreContract", "xfail"]


class _Xfail:
    """Says that a check may fail for now, and why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __call__(self, _override: Callable[..., object]) -> _Xfail:
        """Take the place of what was to override a check: it is made all the same."""
        return self


def xfail(*, reason: str = "") -> Any:
    """Say in a subclass of `StoreContract` that a check must fail for now.

    It is made all the same, and reported as not conformant; once it passes, that is a failure.

    Args:
        reason: Why.
    """
    if not reason.strip():
        raise TypeError("xfail needs a reason")
    return _Xfail(reason)


class StoreContract:
    """The contract as tests: inherit from it, and say where a fresh store comes from.

    Every check is a test of its own, ``test_c05_keys_are_listed_by_their_characters``. None can
    be overridden or deleted but by `xfail`.
    """

    seed: ClassVar[int] = SEED
    """What chance is drawn from."""

    time_limit: ClassVar[float] = TIME_LIMIT
    """How many seconds a check may take."""

    patience: ClassVar[Patience] = Patience()
    """What was found out of the time that the store takes; each subclass has its own."""

    xfails: ClassVar[MappingProxyType[str, str]] = MappingProxyType({})
    """Which checks may fail, by name, and why; filled from what `xfail` says."""

    def factory(self) -> Any:
        """Give a fresh and empty store, or a `Harness` with one; override it."""
        raise NotImplementedError

    @classmethod
    def report(cls) -> Report:
        """Make all checks, and give the report; with an `xfail` it is not conformant."""
        return validate(
            cls().factory, seed=cls.seed, time_limit=cls.time_limit, xfail=dict(cls.xfails)
        )

    def test_no_check_is_left_out(self) -> None:
        """See that all checks are still there, whoever has changed the class since."""
        _find_xfails(type(self))

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        found = _find_xfails(cls)
        cls.patience = Patience()
        cls.xfails = MappingProxyType(cls.xfails | {each.name: found[each] for each in found})
        for each in found:
            setattr(cls, each.test, _TESTS[each.test])


def _find_xfails(cls: type[StoreContract]) -> dict[Check, str]:
    """Find what may fail, and refuse what was overridden or deleted otherwise."""
    found = {}
    for each in all_checks():
        test = getattr_static(cls, each.test, None)
        if isinstance(test, _Xfail):
            found[each] = test.reason
        elif test is not _TESTS[each.test]:
            told = f"{cls.__qualname__}.{each.test} must not be overridden or deleted"
            raise TypeError(f"{told}; if it has to fail for now: = xfail(reason=...)")
    guard = getattr_static(cls, _GUARD, None)
    if guard is not vars(StoreContract)[_GUARD]:
        raise TypeError(f"{cls.__qualname__}.{_GUARD} must not be overridden or deleted")
    return found


_GUARD = "test_no_check_is_left_out"


def _test_of(check: Check) -> Callable[[StoreContract], None]:
    """Make the test of a check."""

    def test(self: StoreContract) -> None:
        _find_xfails(type(self))  # whoever has overridden the guard has not overridden all
        reason = self.xfails.get(check.name)
        try:
            result = make(
                check,
                self.factory,
                seed=self.seed,
                time_limit=self.time_limit,
                patience=self.patience,
                xfail=reason,
            )
            if result.status is Status.FAILED:
                look_at(self.factory, seed=self.seed, time_limit=self.time_limit)
        except CannotRun as error:
            _fail(str(error))
        else:
            _tell(result, self.seed)

    test.__name__ = check.test
    test.__qualname__ = f"StoreContract.{check.test}"
    test.__doc__ = f"{check.clause}: {CLAUSES[check.clause]}"
    return test


def _tell(result: Result, seed: int) -> None:
    """Tell pytest what came of a check."""
    import pytest  # noqa: PLC0415 (the other door does without)

    if result.status is Status.FAILED:
        _fail(f"{result.clause}: {CLAUSES[result.clause]}\n{result.words}\nseed {seed}")
    if result.status is Status.XFAILED:
        pytest.xfail(result.reason)
    if result.status is Status.SKIPPED:
        if not result.needs:
            _fail(result.reason)
        pytest.skip(result.reason)


def _fail(words: str) -> None:
    import pytest  # noqa: PLC0415 (the other door does without)

    pytest.fail(words, pytrace=False)


_TESTS: Final = MappingProxyType({each.test: _test_of(each) for each in all_checks()})
for _name, _made in _TESTS.items():
    setattr(StoreContract, _name, _made)
