"""Let the tests of calendars, and of who uses them, share the dumb model in `minutes`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
