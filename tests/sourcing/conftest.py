"""Let the tests of sourcing share what is worked out by hand beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
