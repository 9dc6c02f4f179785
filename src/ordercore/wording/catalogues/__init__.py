"""The languages we have words in. Every catalogue has the same keys and placeholders."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ordercore.wording.catalogues import en, zh_CN
from ordercore.wording.messages import Catalogue

__all__ = ["CATALOGUES"]

CATALOGUES: Final[Mapping[str, Catalogue]] = MappingProxyType(
    {"en": en.CATALOGUE, "zh_CN": zh_CN.CATALOGUE}
)
"""Catalogue by its locale."""
