"""For others' tests: what hosts and adapters need to prove themselves (extra ``testing``).

`strategies` draws carts, promotions and whole books for Hypothesis, over every kind of rule
that ordercore knows; `orders` draws orders and their histories. The contract kit finds out
whether a store keeps every clause: inherit from `StoreContract`, or call `validate`, or run
``python -m ordercore.testing``.
"""

from ordercore.testing.contract import (
    CLAUSES,
    CannotRun,
    Capability,
    Harness,
    Outcome,
    Report,
    Result,
    Status,
    StoreContract,
    Transaction,
    validate,
    xfail,
)

__all__ = [
    "CLAUSES",
    "CannotRun",
    "Capability",
    "Harness",
    "Outcome",
    "Report",
    "Result",
    "Status",
    "StoreContract",
    "Transaction",
    "validate",
    "xfail",
]
