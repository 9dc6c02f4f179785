"""Let the properties share what is worked out by hand in `by_hand`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from drawing import drawn_rules


@pytest.fixture(scope="session")
def drawn() -> None:
    """Draw the rules before a property begins that draws from them."""
    drawn_rules()
