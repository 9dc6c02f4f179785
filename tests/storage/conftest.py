"""Let the tests of stores share their clauses and the tally that these are told of."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
