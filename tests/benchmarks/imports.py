"""Time importing ordercore beside importing what it stands on; see what else it loads.

    python tests/benchmarks/imports.py [RUNS]

Each import happens in a process of its own, in turn, after one to warm up. Prints one JSON
object: milliseconds (median CPU time less that of a bare interpreter), and their ratio.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

CODE = "import time; start = time.process_time(); {}; print(time.process_time() - start)"
IMPORTS = {
    "attrs_and_dateutil": "import attrs, dateutil.rrule, dateutil.relativedelta",
    "ordercore": "import ordercore",
    "first_hour": "from ordercore import Cart, PromotionBook, explain, price, recipes",
}


def milliseconds(code: str) -> float:
    """Time one import in a fresh process."""
    told = subprocess.run(
        [sys.executable, "-c", CODE.format(code)], check=True, capture_output=True, text=True
    )
    return float(told.stdout) * 1000


def main(runs: int = 11) -> dict[str, float]:
    """Time all imports in turn."""
    figures: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(runs + 1):
        for name, code in IMPORTS.items():
            figures[name].append(milliseconds(code))
    told = {f"ms_{name}": statistics.median(each[1:]) for name, each in figures.items()}
    floor = told["ms_attrs_and_dateutil"]
    return told | {"ordercore_ratio": told["ms_ordercore"] / floor}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)))
