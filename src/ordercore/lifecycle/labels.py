"""What people call states, events, guards and roles, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from ordercore.data.checks import Named, identifier, text
from ordercore.data.faults import step
from ordercore.errors import InvalidInput, InvalidType
from ordercore.wording.locales import canonical, catalogue_of

__all__ = ["Label", "Labels", "are_members", "are_names", "labels_of"]

N = TypeVar("N", bound=str)


class Label(NamedTuple):
    """What people call a state, an event, a guard or a role."""

    zh: str
    """In Chinese."""
    en: str
    """In English."""

    def told(self, locale: str) -> str:
        """Choose the text for a locale.

        Raises:
            InvalidValue: There are no words in that language.

        >>> [Label("已下单", "placed").told(locale) for locale in ("zh-CN", "en_GB")]
        ['已下单', 'placed']
        """
        return self.zh if catalogue_of(canonical(locale)) == "zh_CN" else self.en


class Labels(Mapping[N, Label]):
    """A read-only mapping of names to their labels, in the order declared, which counts."""

    __slots__ = ("_labels",)
    _labels: dict[N, Label]

    def __init__(self, labels: Mapping[N, Label]) -> None:
        object.__setattr__(self, "_labels", dict(labels))

    def __getitem__(self, name: N) -> Label:
        return self._labels[name]

    def __iter__(self) -> Iterator[N]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def __eq__(self, other: object) -> bool:
        return [*self.items()] == [*other.items()] if isinstance(other, Labels) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._labels.items()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Labels are read-only; cannot set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"Labels are read-only; cannot delete {name}")

    def __reduce__(self) -> tuple[type[Labels[N]], tuple[dict[N, Label]]]:
        return Labels, (self._labels,)

    def __repr__(self) -> str:
        return f"Labels({self._labels!r})"


_short = text(most=64, least=1)


def labels_of(given: Any) -> Any:
    """Take a mapping of names to pairs of texts as `Labels`; what is odd is left for the check."""
    if not isinstance(given, Mapping):
        return given
    return Labels({name: _label_of(told) for name, told in given.items()})


def _label_of(told: Any) -> Any:
    return Label(*told) if isinstance(told, tuple) and len(told) == 2 else told


def are_members(_instance: object, attribute: Any, value: Any) -> None:
    """Accept labels of members of one StrEnum."""
    _are_labels(attribute.name, value)
    kinds = {type(name) for name in value}
    if len(kinds) != 1 or not issubclass(kinds.pop(), StrEnum):
        raise InvalidType("members of one StrEnum", [*value], path=(attribute.name,))


def are_names(_instance: object, attribute: Any, value: Any) -> None:
    """Accept labels of identifiers."""
    _are_labels(attribute.name, value)
    for name in value:
        _placed(attribute.name, name, identifier, name)


def _are_labels(field: str, value: Any) -> None:
    if not isinstance(value, Labels):
        raise InvalidType("a mapping of names to labels", value, path=(field,))
    for name, label in value.items():
        if not isinstance(label, Label):
            expected = "a pair of texts, in Chinese and in English"
            raise InvalidType(expected, label, path=(field, step(str(name))))
        for told in label:
            _placed(field, name, _short, told)


def _placed(field: str, name: object, check: Any, value: object) -> None:
    """Run a check; its fault is at the name."""
    try:
        check(None, Named(step(str(name))), value)
    except InvalidInput as error:
        raise error.at(field) from None
