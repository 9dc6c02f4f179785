"""Let the tests of notices share what is made in `telling`, and the orders of `making`."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "orders")]
