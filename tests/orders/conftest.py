"""Let the tests of orders share what is made in `making`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
