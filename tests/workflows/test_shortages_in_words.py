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
from ordercore.orders import ServiceWish
from ordercore.stock import (
    Shortage,
    tell_shortages,
)
from ordercore.stock.explaining import explain_stock
from ordercore.workflows.stock import Wanted

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


@pytest.mark.parametrize(
    ("service", "told"),
    [
        (None, "clean：需要 2 件，可供 0 件（未预占或尚未到货；尚不知何时可足量供应）"),
        (ServiceWish(), "clean：需要 2 次，可安排 0 次（未预约；尚无已知的空档）"),
    ],
    ids=["goods", "service"],
)
def test_what_is_not_held_for_an_order_is_told_as_what_it_is(service: Any, told: str) -> None:
    short = Wanted(line="1", sku="clean", quantity=2, service=service).short(0, "not_set_aside")
    assert tell_shortages([short], "zh_CN") == (told,)


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


@pytest.mark.parametrize("reason", ["not_sourced", "place_unknown"])
def test_what_no_site_is_chosen_for_is_not_said_to_be_missing(reason: str) -> None:
    short = Shortage(line="1", sku="mug", wanted=2, reasons=[reason])
    (staff,), (customer,) = (
        tell_shortages([short], "en", for_customers=voice) for voice in (False, True)
    )
    assert staff.endswith("; there is enough in all)")
    assert customer.endswith("; we have them, but cannot send all of them like this")
    for told in (*tell_shortages([short], "zh_CN"), explain_stock(short, "zh_CN").text):
        assert "总库存足够" in told
        assert "尚不知" not in told
    both = Shortage(line="1", sku="mug", wanted=9, reasons=["too_few", reason])
    assert "nobody knows when" in tell_shortages([both], "en")[0]
