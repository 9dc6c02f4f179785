"""The contract kit: two doors to one set of checks, and nobody gets past them.

- A broken store is told so, with what was expected and what was seen; the exit status is 1.
- What cannot be run is told, too; the exit status is 2. It is 3 where nothing has failed, and not
  everything was looked at.
- No check can be overridden or deleted without a reason, and then the store is not conformant.
- A store that does not answer holds nobody up.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from attrs import evolve
from kept_stores import (
    Empty,
    Guessed,
    OneName,
    Reversed,
    Stuck,
    a_class,
    memory,
    nothing,
    raising,
    stale,
)

from ordercore.data import dumps
from ordercore.storage import Awaited, MemoryStore, read_aggregate
from ordercore.testing import (
    CLAUSES,
    CannotRun,
    Capability,
    Status,
    StoreContract,
    validate,
    xfail,
)
from ordercore.testing.contract.expectations import Broken, differ, holds, refused
from ordercore.testing.contract.growing import affordable
from ordercore.testing.contract.hostile import HOSTILE
from ordercore.testing.contract.running import all_checks, look_at, make
from ordercore.testing.contract.samples import TALLY, Tally, decision, request
from ordercore.testing.contract.schedules import ORDERS, orders

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "store-contract.md"
TOOL = HERE.parent / "clauses.py"
LISTED = "test_c05_keys_are_listed_by_their_characters"


def run(*arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, or some code."""
    what = ["-m", "ordercore.testing", *arguments] if code is None else ["-c", code]
    return subprocess.run(
        [sys.executable, *what], capture_output=True, text=True, check=False, cwd=HERE
    )


# The table


def test_every_clause_has_a_check() -> None:
    assert {each.clause for each in all_checks()} == set(CLAUSES)
    assert list(CLAUSES) == [f"C-{number:02}" for number in range(1, len(CLAUSES) + 1)]


def test_every_check_has_a_name_of_its_own() -> None:
    names = [each.name for each in all_checks()]
    assert len(set(names)) == len(names)


def test_the_page_tells_the_clauses_in_the_words_of_the_table() -> None:
    ended = subprocess.run([sys.executable, str(TOOL), "--check"], check=False)
    assert ended.returncode == 0, "run: python tests/clauses.py"
    rows = re.findall(r"^\| (C-\d\d) \| (.*?) \| .*\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == dict(CLAUSES)


def test_base_clauses_need_no_capability() -> None:
    needed = {each.clause for each in all_checks() if not each.needs}
    assert needed >= {f"C-{number:02}" for number in range(1, 23)} - {"C-15"}
    assert needed >= {"C-29", "C-30", "C-31", "C-32", "C-33", "C-34", "C-41"}


# Expectations


def test_values_that_python_holds_equal_may_differ() -> None:
    assert not differ(Tally(1), Tally(1))
    one, other = Decimal("1.10"), Decimal("1.1")
    baskets = [evolve(HOSTILE["trailing_zeros"], decimals=(each,)) for each in (one, other)]
    assert baskets[0] == baskets[1]
    assert differ(Tally(holds=baskets[0]), Tally(holds=baskets[1]))
    assert differ(True, 1)


def test_hostile_values_survive_the_text_of_documents() -> None:
    for basket in HOSTILE.values():
        tally = Tally(holds=basket)
        assert not differ(read_aggregate(TALLY, dumps(tally)), tally)


def test_what_is_refused_otherwise_is_told() -> None:
    with pytest.raises(Broken) as told, refused(ValueError, what="nonsense"):
        raise KeyError("a")
    assert (told.value.expected, told.value.seen) == ("nonsense: ValueError", "KeyError: 'a'")
    with pytest.raises(Broken, match="that it was done"), refused(ValueError):
        pass
    with pytest.raises(Broken, match="expected 2\nsaw 3"):
        holds(False, "2", 3)


def test_two_with_three_steps_can_mix_in_20_ways() -> None:
    assert len(set(ORDERS)) == 20
    assert orders(1) == ("xy", "yx")


class _Left(NamedTuple):
    """All that is asked of a lab here."""

    left: float


def test_a_larger_number_comes_only_where_there_is_time() -> None:
    assert list(affordable(_Left(60.0), (10, 100, 1000))) == [10, 100, 1000]  # type: ignore[arg-type]
    assert list(affordable(_Left(0.0), (10, 100, 1000))) == [10]  # type: ignore[arg-type]
    made = []
    for size in affordable(_Left(1.5), (10, 20, 10**6)):  # type: ignore[arg-type]
        made.append(size)
        time.sleep(0.001)
    assert made == [10, 20]


# The door without pytest


def test_a_conformant_store_ends_with_status_0() -> None:
    ended = run("kept_stores:memory")
    assert (ended.returncode, ended.stderr) == (0, "")
    for clause, words in CLAUSES.items():
        assert re.search(
            rf"^{clause} (passed|skipped) +{re.escape(words)}$", ended.stdout, re.MULTILINE
        )
    assert "MemoryStore: conformant" in ended.stdout
    assert "threads not declared" in ended.stdout
    assert "seed 20261111" in ended.stdout


def test_a_broken_store_ends_with_status_1() -> None:
    ended = run("kept_stores:Reversed", "--only", "C-05", "--only", "C-06")
    assert ended.returncode == 1
    assert "C-05 FAILED" in ended.stdout
    assert "expected ['!', '#1'," in ended.stdout
    assert "saw      ['~', 'z'," in ended.stdout
    assert "Reversed: not conformant" in ended.stdout
    again = "again: python -m ordercore.testing kept_stores:Reversed --only C-05 --only C-06"
    assert ended.stdout.endswith(f"{again} --seed 20261111\n")


def test_a_part_of_the_clauses_proves_nothing_and_ends_with_status_3() -> None:
    ended = run("kept_stores:memory", "--only", "C-01", "--only", "C-36")
    assert ended.returncode == 3
    assert "MemoryStore: not all clauses were run" in ended.stdout
    assert "not all checks were made" in ended.stdout
    assert "again:" not in ended.stdout
    told = json.loads(run("kept_stores:memory", "--json", "--only", "C-01").stdout)
    assert (told["outcome"], told["conformant"]) == ("not all clauses were run", False)


def test_the_time_of_all_is_told_and_that_of_each_clause_if_asked_for() -> None:
    ended = run("kept_stores:memory", "--times", "--only", "C-01")
    assert re.search(r"^C-01 passed +\d+\.\d\d s An aggregate", ended.stdout, re.MULTILINE)
    assert re.search(r"seed 20261111; \d+\.\d s$", ended.stdout, re.MULTILINE)
    report = validate(memory, only=["C-01"])
    assert 0 < report.seconds == sum(each.seconds for each in report.results)
    assert report.plain()["results"][0]["seconds"] >= 0


def test_the_help_tells_every_exit_status() -> None:
    ended = run("--help")
    assert ended.returncode == 0
    for status in range(4):
        assert re.search(rf"^ +{status}  ", ended.stdout, re.MULTILINE)


def test_a_store_that_ends_the_process_does_not_end_the_kit() -> None:
    ended = run("kept_stores:Exiting", "--only", "C-11")
    assert ended.returncode == 1
    assert "saw      SystemExit: 0" in ended.stdout


def test_the_report_is_json_as_well() -> None:
    ended = run("kept_stores:Reversed", "--json", "--only", "C-05", "--seed", "7")
    told = json.loads(ended.stdout)
    assert (told["store"], told["conformant"], told["seed"]) == ("Reversed", False, 7)
    assert told["clauses"] == [{"clause": "C-05", "words": CLAUSES["C-05"], "status": "failed"}]
    first = told["results"][0]
    assert (first["clause"], first["status"]) == ("C-05", "failed")
    assert first["expected"].startswith("['!', '#1',")
    assert first["seen"].startswith("['~', 'z',")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("kept_stores", "expected package.module:factory"),
        ("kept_stores:", "expected package.module:factory"),
        ("no_such_module:factory", "no_such_module cannot be imported: ModuleNotFoundError"),
        ("kept_stores:no_such_factory", "kept_stores has no no_such_factory"),
        ("kept_stores:NOT_A_FACTORY", "it cannot be called"),
        ("kept_stores.py:memory", "kept_stores.py cannot be imported"),
        ("./kept_stores:memory", "expected package.module:factory"),
        ("ending:memory", "ending cannot be imported: SystemExit: 0"),
        ("kept_stores:a_class", "MemoryStore is a class"),
        ("kept_stores:OneName", "capabilities must be a collection of names, got 'transactions'"),
        ("kept_stores:stale", "a fresh and empty store each time: it knows an aggregate of the"),
        ("kept_stores:Exiting.of", "the factory raised SystemExit: 0"),
        ("kept_stores:raising", "the factory raised ConnectionError: no database here"),
        ("kept_stores:nothing", "object has no read, keys"),
        ("kept_stores:Guessed", "no capability is called 'levitation'"),
        ("kept_stores:Empty", "kill is declared, but Empty has no kill()"),
    ],
)
def test_what_cannot_be_run_ends_with_status_2(name: str, why: str) -> None:
    ended = run(name)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("cannot be run: ")
    assert why in ended.stderr


def test_a_clause_that_is_not_there_cannot_be_run() -> None:
    ended = run("kept_stores:memory", "--only", "C-99")
    assert (ended.returncode, "C-99" in ended.stderr) == (2, True)
    assert run().returncode == 2


def test_the_kit_needs_no_pytest() -> None:
    code = """
import sys
sys.modules["pytest"] = None
from kept_stores import memory
from ordercore.testing import validate
assert "hypothesis" not in sys.modules
print(validate(memory, only=["C-01", "C-41"]).passed[-1].clause)
"""
    ended = run(code=code)
    assert (ended.stdout, ended.stderr) == ("C-41\n", "")


def test_without_hypothesis_it_says_so_and_nobody_is_found_conformant() -> None:
    code = """
import sys
sys.modules["hypothesis"] = None
from kept_stores import memory
from ordercore.testing import validate
report = validate(memory)
print(report.conformant, [each.reason for each in report.skipped if not each.needs])
"""
    ended = run(code=code)
    assert ended.stdout.startswith('False ["hypothesis is not installed: pip install ')


@pytest.mark.parametrize("factory", [raising, nothing, Guessed, Empty, OneName, a_class, stale])
def test_what_a_factory_gives_must_be_of_use(factory: Any) -> None:
    with pytest.raises(CannotRun):
        validate(factory)


def test_a_store_that_does_not_answer_holds_nobody_up() -> None:
    report = validate(Stuck, time_limit=0.2)
    assert not report.conformant
    assert len(report.failed) == 3  # then no more is asked
    assert {each.reason for each in report.failed} == {"it did not end"}
    assert report.failed[0].expected == "an answer within 0.2 seconds"


@pytest.mark.parametrize(
    ("table", "what"),
    [("aggregates", "aggregate"), ("used", "counter"), ("replies", "reply"), ("ids", "key")],
)
def test_whatever_is_left_of_the_call_before_is_named(table: str, what: str) -> None:
    kept = getattr(MemoryStore()._kept, table)

    def factory() -> MemoryStore:
        """Give a store that shares one table with all others."""
        store = MemoryStore()
        setattr(store._kept, table, kept)
        return store

    with pytest.raises(CannotRun, match=f"it knows an? {what} of the call before"):
        look_at(factory)


@pytest.mark.parametrize(("tables", "what"), [(["ids"], "key"), (["outbox", "places"], "event")])
def test_what_is_left_is_found_behind_a_page_of_other_things(tables: list[str], what: str) -> None:
    full = MemoryStore()
    changes = [(f"a-{number:04}", 0, Tally()) for number in range(1001)]
    full.commit(request("r"), decision(*changes))

    def factory() -> MemoryStore:
        """Give a store that lists what all others list."""
        store = MemoryStore()
        for table in tables:
            setattr(store._kept, table, getattr(full._kept, table))
        store._kept.last_place = len(full._kept.places)
        return store

    with pytest.raises(CannotRun, match=f"it knows an? {what} of the call before"):
        look_at(factory)


SCRIPT = """
from sqlite_harness import OnFile
from ordercore.testing import validate
report = validate(OnFile, only=["C-37", "C-39"], time_limit=30)
print([each.seen for each in report.failed])
"""


def test_a_script_that_is_not_guarded_begins_no_processes_without_end(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(SCRIPT)
    ended = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True, text=True, check=False, timeout=60,
        env={"PYTHONPATH": str(HERE.parents[1] / "examples"), "PATH": ""},
    )  # fmt: skip
    assert ended.returncode == 0
    assert ended.stdout.count("one that ended with status 1 before it could") == 2
    assert ended.stdout.count('if __name__ == "__main__":') == 2
    assert "CannotRun: this process was begun by a check, and imports the script" in ended.stderr


def test_what_has_the_verbs_of_a_store_is_one_whatever_it_holds() -> None:
    class Wrong(Awaited):
        async def keys(self, kind: str, **named: Any) -> Any:
            return Reversed.keys(self.store, kind, **named)

    factory = lambda: Wrong(Reversed())  # noqa: E731
    assert not validate(factory, only=["C-05"]).passed[1:]
    assert validate(lambda: Awaited(MemoryStore()), only=["C-05", "C-12", "C-20"]).failed == ()


def test_the_same_seed_tells_the_same_story() -> None:
    first, again = (validate(Reversed, only=["C-41"], seed=3) for _ in range(2))
    assert [each.status for each in first.results] == [Status.FAILED]
    assert first.results[0].seen == again.results[0].seen
    assert "after:" in first.results[0].seen


def test_a_check_is_made_with_a_store_of_its_own() -> None:
    made: list[MemoryStore] = []

    def factory() -> MemoryStore:
        made.append(MemoryStore())
        return made[-1]

    report = validate(factory, only=["C-08"])
    assert len(made) == len(report.results) + 2  # two more, to see what they are


def test_all_that_is_skipped_is_told_with_what_is_missing() -> None:
    report = validate(memory, only=["C-10", "C-36", "C-37"])
    skipped = {(each.clause, each.needs) for each in report.skipped}
    assert skipped == {("C-36", ("threads",)), ("C-37", ("processes",))}
    assert "not declared, and so not checked: processes, threads" in str(report)


# The door for pytest


def checks_of(cls: type) -> set[str]:
    return {name for name in dir(cls) if re.match(r"test_c\d\d_", name)}


def test_both_doors_make_the_same_checks() -> None:
    assert checks_of(StoreContract) == {each.test for each in all_checks()}


def test_overriding_or_deleting_a_check_is_refused() -> None:
    with pytest.raises(TypeError, match=f"Overridden.{LISTED} must not be overridden"):
        type("Overridden", (StoreContract,), {LISTED: lambda self: None})
    with pytest.raises(TypeError, match="must not be overridden or deleted"):
        type("Deleted", (StoreContract,), {LISTED: None})
    with pytest.raises(TypeError, match="must not be overridden or deleted"):
        type("Mixed", (type("Mixin", (), {LISTED: None}), StoreContract), {})
    with pytest.raises(TypeError, match="test_no_check_is_left_out"):
        type("Unguarded", (StoreContract,), {"test_no_check_is_left_out": None})


def test_a_check_that_is_taken_away_later_is_missed() -> None:
    late = type("Late", (StoreContract,), {"factory": lambda self: MemoryStore()})
    late().test_no_check_is_left_out()
    late.test_c01_nothing_is_version_0 = None
    with pytest.raises(TypeError, match="must not be overridden or deleted"):
        late().test_no_check_is_left_out()


def test_a_class_that_keeps_quiet_of_its_subclasses_hides_nothing() -> None:
    quiet = {"__init_subclass__": classmethod(lambda _cls: None), "factory": MemoryStore}
    hiding = type("Hiding", (StoreContract,), quiet)
    mine = type("Mine", (hiding,), {LISTED: None, "test_no_check_is_left_out": None})
    with pytest.raises(TypeError, match="must not be overridden or deleted"):
        mine().test_c01_nothing_is_version_0()


def test_an_expected_failure_is_not_conformant() -> None:
    class Mine(StoreContract):
        test_c05_keys_are_listed_by_their_characters = xfail(reason="the other way round")

        def factory(self) -> Any:
            return Reversed()

    assert checks_of(Mine) == checks_of(StoreContract)
    assert dict(Mine.xfails) == {"keys_are_listed_by_their_characters": "the other way round"}
    with pytest.raises(pytest.xfail.Exception, match="not conformant: the other way round"):
        Mine().test_c05_keys_are_listed_by_their_characters()
    with pytest.raises(pytest.fail.Exception, match="C-05: Keys of a kind"):
        Mine().test_c05_a_change_moves_no_key()

    class Theirs(Mine):
        """Inherits the reason as well."""

    assert Theirs.xfails == Mine.xfails


def test_an_expected_failure_is_not_conformant_by_the_other_door_either() -> None:
    report = validate(Reversed, xfail={"C-05": "so", "C-06": "so", "C-24": "so", "C-41": "so"})
    assert {each.clause for each in report.xfailed} >= {"C-05", "C-41"}
    assert not report.conformant
    assert report.plain()["conformant"] is False


def test_an_expected_failure_that_passes_is_a_failure() -> None:
    report = validate(memory, only=["C-01"], xfail={"C-01": "it is said to"})
    assert {each.status for each in report.results} == {Status.FAILED}
    assert "take the xfail away" in report.results[0].seen


def test_an_expected_failure_needs_a_reason() -> None:
    for reason in ("", " "):
        with pytest.raises(TypeError, match="needs a reason"):
            xfail(reason=reason)
    with pytest.raises(CannotRun, match="C-99"):
        validate(memory, xfail={"C-99": "so"})


def test_pytest_tells_what_the_kit_found(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "from kept_stores import Reversed\n"
        "from ordercore.testing import StoreContract, xfail\n"
        "class TestMine(StoreContract):\n"
        "    test_c05_keys_are_listed_by_their_characters = xfail(reason='reversed')\n"
        "    def factory(self): return Reversed()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", str(tmp_path), "-q", "-rA", "-k", "c05 or c06 or c36",
         "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=HERE,
        env={"PYTHONPATH": str(HERE), "PATH": ""},
    )  # fmt: skip
    assert ended.returncode == 1
    assert "not conformant: reversed" in ended.stdout
    assert re.search(r"SKIPPED .*threads not declared", ended.stdout)
    assert re.search(r"FAILED .*test_c06_pages_hold_each_key_once", ended.stdout)
    assert "expected pages of 2:" in ended.stdout
    assert "seed 20261111" in ended.stdout


def test_pytest_tells_of_a_factory_that_is_not_fresh() -> None:
    store = MemoryStore()
    mine = type("Mine", (StoreContract,), {"factory": lambda self: store})
    mine().test_c05_a_change_moves_no_key()
    with pytest.raises(pytest.fail.Exception, match="a fresh and empty store each time"):
        mine().test_c01_nothing_is_version_0()


# Capabilities


def test_every_capability_is_asked_for_by_a_check() -> None:
    assert {need for each in all_checks() for need in each.needs} == set(Capability)


def test_a_failed_check_says_where_an_unknown_error_came_from() -> None:
    class Failing(MemoryStore):
        def reply(self, request: Any) -> Any:
            raise ZeroDivisionError("in the store")

    check = next(each for each in all_checks() if each.clause == "C-11")
    result = make(check, Failing)
    assert (result.status, result.seen) == (Status.FAILED, "ZeroDivisionError: in the store")
    assert "in reply" in result.trace
    assert "in the store" in result.words


def test_an_error_is_told_once_and_from_where_the_store_was_asked_on() -> None:
    ended = run("kept_stores:Unwritten", "--only", "C-01", "--only", "C-02")
    assert ended.returncode == 1
    assert ended.stdout.count("NotImplementedError: not written yet") > 5
    assert ended.stdout.count("Traceback") == 1
    first = ended.stdout.partition("Traceback")[2].splitlines()[1]
    assert "kept_stores.py" in first
