"""What an HTTP API answers to each error of ordercore, by the error's stable code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from ordercore.errors import InvalidDocument, InvalidInput, OrderCoreError, all_faults, dotted

STATUS: Final = MappingProxyType(
    {
        "key_missing": 400,
        "not_found": 404,
        "illegal_transition": 409,
        "in_progress": 409,
        "transition_refused": 409,
        "usage_exceeded": 409,
        "version_conflict": 409,
        "idempotency_conflict": 422,
        "commit_unknown": 503,
    }
)
AGAIN: Final = frozenset({"in_progress", "version_conflict", "commit_unknown"})
"""Where the same request, under the same key, may well be answered otherwise in a moment."""


class KeyMissing(InvalidInput, LookupError):
    """Raised when a request does not say by which key it would be known a second time."""

    code: ClassVar[str] = "key_missing"


def key_of(headers: Mapping[str, str]) -> str:
    """Read the key of a request, as `headers` of any framework tell it."""
    if key := headers.get("Idempotency-Key"):
        return key
    raise KeyMissing("a key that a second click has, too", path=("Idempotency-Key",))


def status_of(error: OrderCoreError) -> int:
    """Tell the status; where the table has none, what was sent is at fault: 422."""
    faulty = 422 if isinstance(error, InvalidInput | InvalidDocument) else 500
    return STATUS.get(error.code, faulty)


def headers_of(error: OrderCoreError) -> dict[str, str]:
    """Tell the client when to come again, where that helps."""
    return {"Retry-After": "1"} if error.code in AGAIN else {}


def body_of(error: OrderCoreError) -> dict[str, Any]:
    """Tell the code, and every fault with the path to it."""
    faults = all_faults(error) if isinstance(error, InvalidInput | InvalidDocument) else []
    return {
        "code": error.code,
        "faults": [
            {"path": dotted(each.path), "reason": each.reason, "expected": each.expected}
            for each in faults
        ],
    }
