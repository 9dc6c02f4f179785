"""Let the tests of notices share `telling`, the orders of `making` and the shop of `mixed`."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / name) for name in ("orders", "workflows"))]
