"""Let the tests of stores share the stores that are made in `stores`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
