"""Private values: what is said of a person is never shown by the faults that it causes.

A field marked with `PRIVATE` is hidden by the loader; `private` hides it as well from the
faults of a class that is called directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ordercore.data.checks import Check
from ordercore.data.faults import hidden
from ordercore.data.keywords import stated, stating
from ordercore.errors import InvalidInput

__all__ = ["PRIVATE", "private"]

PRIVATE: Final[Mapping[Any, Any]] = MappingProxyType({"private": True})
"""The metadata of a field whose value must not be shown."""


def private(check: Check) -> Check:
    """Make a check that refuses the same values without showing them."""

    @stating(**stated(check))
    def discreet(instance: object, attribute: Any, value: object) -> None:
        try:
            check(instance, attribute, value)
        except InvalidInput as error:
            fault = hidden(error)
        else:
            return
        raise fault  # not above, where the error that shows the value would be its context

    return discreet
