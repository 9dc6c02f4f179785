"""The flash sale runs as a newcomer runs it, and sells all it has and not one more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "flash_sale.py"


def test_a_flash_sale_never_oversells():
    done = subprocess.run(
        [sys.executable, "-X", "utf8", EXAMPLE],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("100 of 100 mugs set aside")
    assert done.stdout.count(", 0 left") == 2
