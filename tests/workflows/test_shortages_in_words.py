"""Shortages in words: every reason has its own, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from casebook import AT
from mixed import (
    DAY,
)

from ordercore.errors import (
    InvalidType,
)
from ordercore.stock import (
    Shortage,
    tell_shortages,
)

# Words


REASONS = (
    "unknown_sku",
    "not_kept_there",
    "too_late",
    "too_few",
    "other_lines",
    "later",
    "elsewhere",
    "no_bill",
    "missing_parts",
    "missing_roles",
    "not_set_aside",
    "not_renewable",
    "not_sourced",
    "place_unknown",
)


@pytest.mark.parametrize(("locale", "mark"), [("zh_CN", "；"), ("en", ";")])
def test_every_reason_has_words_of_its_own(locale: str, mark: str) -> None:
    told = {
        tell_shortages([Shortage(line="1", sku="mug", wanted=2, reasons=[reason])], locale)
        for reason in REASONS
    }
    assert len(told) == len(REASONS)
    assert not [reason for reason in REASONS for (words,) in told if f"{reason}{mark}" in words]


def test_customers_are_told_how_many_there_are_and_when_there_would_be_enough() -> None:
    short = Shortage(
        line="1", sku="mug", wanted=3, available=1, reasons=["too_few"], enough_from=AT + DAY
    )
    (told,) = tell_shortages([short], "en", titles={"1": "Mug"}, for_customers=True)
    assert told.startswith("Mug: 1 of 3 ready, 2 short; we expect to have all of them on ")
    assert "sites" not in told


@pytest.mark.parametrize("given", [["mug"], [None], "mug"])
def test_what_is_no_shortage_has_no_words(given: Any) -> None:
    with pytest.raises(InvalidType):
        tell_shortages(given)
