"""The drawing on the page on availability is of the level that the page makes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
DRAWING = TESTS.parent / "docs" / "explanation" / "availability.svg"


def test_the_time_line_is_what_the_example_says():
    run = subprocess.run(
        [sys.executable, "-X", "utf8", TESTS / "timelines.py", "--check"], check=False
    )
    assert run.returncode == 0, "run: python tests/timelines.py"


def test_the_time_line_shows_every_receipt_and_every_promise():
    told = re.findall(r">([^<]+)</text>", DRAWING.read_text(encoding="utf-8"))
    assert {"r-1 −5", "po-1 +10", "r-2 −8", "po-2 +15"} <= set(told)
