"""Lives as tables: in which state what may happen, on what terms, by whom, and what follows.

A `Machine` is data: rows of (state, event) → target. It is checked as a whole when it is
built, it tells what is allowed now, and it draws itself. It has no state of its own: the
aggregate keeps that, asks for the next one, and nothing else changes.

Guards are names here. Whoever asks brings the answers, for only the aggregate knows whether
something was shipped. A guard that does not hold is an expected "no": `Machine.check` returns
it as `Refused`. An event that the state knows nothing of is a mistake and raises.
"""

from ordercore.errors import IllegalTransition
from ordercore.lifecycle.labels import Label
from ordercore.lifecycle.machine import Machine
from ordercore.lifecycle.refusals import Answer, Refused, TransitionRefused, Unmet
from ordercore.lifecycle.transitions import Transition

__all__ = [
    "Answer",
    "IllegalTransition",
    "Label",
    "Machine",
    "Refused",
    "Transition",
    "TransitionRefused",
    "Unmet",
]
