"""The drawn time line of the page on availability, of the level that its first example makes.

python tests/timelines.py            draw it anew
python tests/timelines.py --check    tell whether it is not what the page says now
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ordercore.stock import Profile, StockLevel

FOLDER = Path(__file__).parents[1] / "docs" / "explanation"
PAGE, DRAWING = FOLDER / "availability.md", FOLDER / "availability.svg"

DAYS, MOST = 14, 35
LEFT, TOP, DAY, UNIT = 46, 24, 40, 8
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)

Steps = list[tuple[int, int]]


def example() -> tuple[StockLevel, datetime]:
    """Run the first example of the page."""
    names: dict[str, Any] = {}
    found = _BLOCK.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    exec(found[1], names)  # noqa: S102 - our own page
    return names["level"], names["now"]


def day_of(when: datetime, now: datetime) -> int:
    return (when - now) // timedelta(days=1)


def left_over_time(level: StockLevel, now: datetime) -> Steps:
    """Count what is left from each day on on which it changes."""
    changes: dict[int, int] = {0: level.on_hand - level.policy.safety}
    for receipt in level.incoming:
        day = day_of(receipt.expected_at, now)
        changes[day] = changes.get(day, 0) + receipt.quantity
    for promise in level.reservations:
        day = day_of(promise.due, now)
        changes[day] = changes.get(day, 0) - promise.units(now)
    left, steps = 0, []
    for day in sorted(changes):
        left += changes[day]
        steps.append((day, left))
    return steps


def promised_over_time(profile: Profile, now: datetime) -> Steps:
    pairs = zip(profile.times, profile.units, strict=True)
    return [(day_of(when, now), units) for when, units in pairs]


def x(day: int) -> int:
    return LEFT + day * DAY


def y(units: int) -> int:
    return TOP + (MOST - units) * UNIT


def line(steps: Steps) -> str:
    """Write steps as the path of a line, up to the last day."""
    ends = [day for day, _ in steps[1:]] + [DAYS]
    parts = [f"{x(day)},{y(n)} {x(end)},{y(n)}" for (day, n), end in zip(steps, ends, strict=True)]
    return "M" + " L".join(parts)


def words(at: tuple[int, int], told: str, anchor: str = "middle") -> str:
    return f'<text x="{at[0]}" y="{at[1]}" text-anchor="{anchor}">{told}</text>'


def axes() -> Iterator[str]:
    for units in range(0, MOST + 1, 5):
        yield f'<path class="grid" d="M{x(0)},{y(units)} L{x(DAYS)},{y(units)}"/>'
        yield words((LEFT - 8, y(units) + 4), str(units), "end")
    for day in range(DAYS + 1):
        yield words((x(day), y(0) + 18), str(day))
    yield words((x(DAYS), y(0) + 36), "day / 天", "end")
    yield words((LEFT, TOP - 10), "units / 件")


def marks(level: StockLevel, now: datetime) -> Iterator[str]:
    """Write what comes and what is due where it does."""
    for receipt in level.incoming:
        day = day_of(receipt.expected_at, now)
        yield words((x(day), y(MOST) - 6), f"{receipt.id} +{receipt.quantity}")
        yield f'<path class="mark" d="M{x(day)},{y(MOST)} L{x(day)},{y(0)}"/>'
    for promise in level.reservations:
        day = day_of(promise.due, now)
        yield words((x(day), y(MOST) - 6), f"{promise.id} −{promise.quantity}")
        yield f'<path class="mark" d="M{x(day)},{y(MOST)} L{x(day)},{y(0)}"/>'


def drawn() -> str:
    """Draw the level: what is left, and what may be promised."""
    level, now = example()
    promised = line(promised_over_time(level.profile(now), now))
    parts = [
        *axes(),
        f'<path class="promised" d="{promised} L{x(DAYS)},{y(0)} L{x(0)},{y(0)} Z"/>',
        *marks(level, now),
        f'<path class="left" d="{line(left_over_time(level, now))}"/>',
        words((x(7), y(24)), "left / 剩余"),
        words((x(7), y(6)), "may be promised / 可承诺"),
    ]
    return "\n".join([HEAD, *parts, "</svg>\n"])


HEAD = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x(DAYS) + 24} {y(0) + 48}">
<style>
text {{ font: 12px sans-serif; fill: #444 }}
path {{ fill: none; stroke-width: 1 }}
.grid {{ stroke: #ddd }}
.mark {{ stroke: #999; stroke-dasharray: 3 4 }}
.promised {{ fill: #8fbf8f; fill-opacity: 0.6; stroke: #3a7a3a; stroke-width: 2 }}
.left {{ stroke: #24508a; stroke-width: 2 }}
</style>
<rect width="100%" height="100%" fill="#fff"/>"""


def main(arguments: list[str]) -> int:
    """Check the drawing, or draw it anew."""
    text = drawn()
    if arguments == ["--check"]:
        return DRAWING.read_text(encoding="utf-8") != text
    DRAWING.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
