"""Model cases hold: what other shops' suites and public rules pin down is priced the same here.

Every bundled case that the library has words for is a test. The words that are still missing
are listed by kind; a case that needs one is no test until the word is built.
"""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from run import cases_in, failures, main
from translate import book_of
from vocabulary import NotBuilt, Plain

FOLDER = Path(__file__).parent / "cases"

NOT_BUILT: set[str] = set()
"""Kinds of effects and conditions that bundled cases need and the library does not have yet."""


def missing_in(case: Plain) -> str | None:
    """Name the word that the library lacks for a case; None if it has them all."""
    try:
        book_of(case)
    except NotBuilt as missing:
        return str(missing)
    except Exception:  # noqa: BLE001 - the case's own test reports it
        return None
    return None


CASES = dict(cases_in(FOLDER))
MISSING = {case_id: missing_in(case) for case_id, case in CASES.items()}
READY = [case_id for case_id, word in MISSING.items() if word is None]


@pytest.mark.parametrize("case_id", READY)
def test_a_golden_case_is_priced_as_expected(case_id: str) -> None:
    assert failures(CASES[case_id]) == []


def test_the_words_that_are_not_built_are_those_listed() -> None:
    assert {word for word in MISSING.values() if word is not None} == NOT_BUILT


def test_every_bundled_case_has_an_id_of_its_own() -> None:
    assert len(CASES) == len(list(cases_in(FOLDER)))


@pytest.fixture
def case() -> Plain:
    """Pick any case that passes, to be spoilt."""
    return deepcopy(CASES["own-buy-get-overlap"])


def run_on(folder: Path, cases: object) -> int:
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    return main([str(folder)])


def test_a_run_that_passes_ends_with_its_count(
    case: Plain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_on(tmp_path, [case]) == 0
    assert capsys.readouterr().out == "1 passed, 0 failed\n"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("items_subtotal", "0.01"),
        ("discount_total", "0.01"),
        ("shipping_total", "0.01"),
        ("total", "0.01"),
        ("lines", {"L1": {"discount": "0.01"}}),
        ("lines", {"unknown": {"discount": "0.00"}}),
        ("gifts", [{"sku": "unknown", "qty": 1}]),
        ("applied", []),
    ],
)
def test_a_wrong_answer_fails_and_tells_both_sides(
    case: Plain, name: str, wrong: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case["expect"][name] = wrong
    assert run_on(tmp_path, [case]) == 1
    told, last = capsys.readouterr().out.rsplit("\n", 2)[:2]
    assert told.startswith(f"{case['id']}\n    {name}")
    assert "expected" in told
    assert "got" in told
    assert last == "0 passed, 1 failed"


@pytest.mark.parametrize("key", ["scope", "conditions", "effects"])
def test_a_case_with_an_unknown_word_fails_as_not_built(case: Plain, key: str) -> None:
    unknown = {"type": "teleport"}
    if key == "scope":
        case["promotions"][0]["effects"][0]["get"]["scope"] = {"teleport": True}
    else:
        case["promotions"][0][key] = [unknown]
    (reason,) = failures(case)
    assert reason.startswith("not built: ")
    assert reason.endswith("teleport")


def test_each_effect_of_a_promotion_shares_its_amount_in_its_own_way(case: Plain) -> None:
    case["promotions"][0]["effects"] = [
        {"type": "amount_off", "amount": "1", "share_by": by} for by in ("current", "list_price")
    ]
    (promotion,) = [each for each in book_of(case).promotions if len(each.benefits) == 2]
    assert [getattr(each, "split", None) for each in promotion.benefits] == ["current", "list"]


@pytest.mark.parametrize("spoilt", [None, 7, {}, {"id": "x"}, {"id": "x", "lines": [{}]}])
def test_whatever_a_case_is_the_run_goes_on(
    case: Plain, spoilt: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_on(tmp_path, [spoilt, case]) == 1
    assert capsys.readouterr().out.endswith("\n1 passed, 1 failed\n")


def test_a_file_that_is_no_json_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.json").write_text("[", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.endswith("\n0 passed, 1 failed\n")
