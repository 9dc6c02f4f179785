"""Let the tests of mutants share what these are made of."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
