"""C-41: the check that asks Hypothesis; it says so where that is not installed."""

from __future__ import annotations

from ordercore.testing.contract.checks import check
from ordercore.testing.contract.lab import Lab


class Missing(Exception):
    """Raised when a check cannot be made, for want of a package."""


@check("C-41")
def the_store_shows_what_the_model_shows(lab: Lab) -> None:
    try:
        from ordercore.testing.contract.machine import run_machine  # noqa: PLC0415 (it is an extra)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        told = "hypothesis is not installed: pip install 'ordercore[testing]'"
        raise Missing(told) from None
    run_machine(lab)
