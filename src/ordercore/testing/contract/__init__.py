"""The contract kit: it finds out whether a store keeps each clause of the contract.

There are two doors to one set of checks: `StoreContract`, a class of tests to inherit, and
`validate`, also from the command line: ``python -m ordercore.testing package.module:factory``.
"""

from ordercore.testing.contract.clauses import CLAUSES, Capability
from ordercore.testing.contract.harness import CannotRun, Harness, Transaction
from ordercore.testing.contract.report import Outcome, Report, Result, Status
from ordercore.testing.contract.running import validate
from ordercore.testing.contract.suite import StoreContract, xfail

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
