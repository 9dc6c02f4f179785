"""A promotion: what is on offer, when, to whom, and how it gets on with others. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, get_args

from attrs import Attribute, field, frozen

from ordercore.calendars import Schedule
from ordercore.cart.context import check_code
from ordercore.data import document, variant
from ordercore.data.attributes import (
    NO_ATTRIBUTES,
    Attributes,
    attributes_if_valid,
    is_attributes,
)
from ordercore.data.checks import (
    boolean,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    optional,
    text,
    tuple_of,
)
from ordercore.data.keywords import stated, stating
from ordercore.errors import InvalidValue
from ordercore.money import Overflow
from ordercore.money.fields import check_percent, percent_of
from ordercore.promotions.benefits import Benefit
from ordercore.promotions.conditions import Always, Condition, check_condition
from ordercore.promotions.limits import NO_LIMITS, Limits
from ordercore.promotions.size import check_size
from ordercore.promotions.terms import (
    Basis,
    RoundingMode,
    Split,
    basis_of,
    rounding_mode_of,
    split_of,
)
from ordercore.promotions.upcasts import promotion_from_1

__all__ = ["Automatic", "Code", "Coupon", "Exclusive", "Funding", "Promotion", "Trigger"]

MAX_BENEFITS = 20
"""The most benefits of one promotion."""

MAX_FUNDING = 20
"""The most bearers of one promotion."""


class Trigger:
    """The family of triggers: what makes a promotion available at all."""

    __slots__ = ()


@variant(Trigger, "automatic")
@frozen
class Automatic(Trigger):
    """Available to everybody, without asking."""


@variant(Trigger, "code")
@frozen
class Code(Trigger):
    """Available to who types this code; compared exactly, with case."""

    code: str = field(validator=check_code)


@variant(Trigger, "coupon")
@frozen
class Coupon(Trigger):
    """Available to who holds a coupon of this kind; one is used when the promotion applies.

    Where several promotions ask for one kind, as many apply as coupons of it are held.
    """

    kind: str = field(validator=identifier)


@frozen
class Funding:
    """Who bears how much of what a promotion gives: platform, merchant, supplier.

    Args:
        bearer: Whose account; ``seller`` is the seller of each line.
        percent: How much of it, from 0 to 100.
    """

    bearer: str = field(validator=identifier)
    percent: Decimal = field(converter=percent_of, validator=check_percent)


ALWAYS_ON: Final = Schedule()
"""No schedule at all; like the two below one value for all promotions that say nothing."""

_AUTOMATIC: Final = Automatic()
_ALWAYS: Final = Always()


class Exclusive(StrEnum):
    """How far a promotion insists on being alone."""

    NO = "no"
    LAYER = "layer"
    """It stands alone in its layer."""
    BOOK = "book"
    """It is tried before all layers, and stands alone in the whole quote."""


def _named(name: str | Mapping[str, str]) -> Attributes:
    if isinstance(name, str):
        name = {"*": name} if name else {}
    return attributes_if_valid(name)


def _benefits(benefits: Benefit | Iterable[Benefit]) -> tuple[Benefit, ...]:
    return (benefits,) if isinstance(benefits, Benefit) else tuple_of(benefits)


def _exclusive_of(given: Exclusive | str) -> Exclusive:
    return member_of(Exclusive, given)


def _overflow(_instance: Any, attribute: Attribute[Any], value: Any) -> None:
    if value not in get_args(Overflow):
        expected = "redistribute or forfeit"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="unknown_choice")


def _funding(shares: Iterable[Funding]) -> tuple[Funding, ...]:
    return tuple_of(shares)


_are_shares = each(instance(Funding), most=MAX_FUNDING)


@stating(**stated(_are_shares))
def _check_funding(_instance: Any, attribute: Any, value: Any) -> None:
    _are_shares(None, attribute, value)
    whole = sum((Fraction(share.percent) for share in value), Fraction(0))
    if value and whole != 100:
        expected = "shares that come to 100 %"
        raise InvalidValue(expected, str(whole), path=(attribute.name,), reason="invalid_funding")
    if len({share.bearer for share in value}) < len(value):
        raise InvalidValue("each bearer once", path=(attribute.name,), reason="duplicate_id")


@document("promotion", 2, upcasts={1: promotion_from_1})
@frozen(kw_only=True)
class Promotion:
    """One promotion, as plain data.

    Args:
        id: Unique in a book; ties of priority go by it.
        benefits: What it gives, applied in order on its own working amounts.
        when: Tested once, on the frozen state of its layer.
        name: What customers read: one text, or one for each locale (``zh_CN``, ``en``);
            where it is missing, words are made of the rules.
        version: Counts its revisions.
        schedule: When it is on: a window, and a recurrence within it.
        trigger: Automatic, or by a code.
        layer: The name of its layer in the book.
        priority: Higher goes first within the layer.
        exclusive: Whether it stands alone in its layer or in the whole book.
        group: Of one group at most one promotion applies in a layer. It does not reach over
            layers: who shall not stack belongs into one layer, a coupon too.
        combines_with: Ids of promotions whose units it may share (``*``: all), if they say
            the same of it. An id that the book does not have is no fault and has no effect:
            a book may hold a part of all promotions, and what it names may have ended.
        whole: Whether it is beaten as soon as a unit of a row that it would reduce is in use,
            where others reduce what is left.
        basis: Which amounts its rules look at, where they do not say so.
        rounding: Where percentages are made whole.
        split: By what amounts are apportioned over rows.
        overflow: What becomes of a share that a row cannot take.
        limits: How often, and for how much money, it may be used.
        funding: Who bears what it gives; empty: whoever runs the shop. Shares come to 100 %.

    >>> from ordercore.promotions import AmountOff, Threshold
    >>> Promotion(id="summer", when=Threshold("300"), benefits=AmountOff("50")).layer
    'order'
    """

    id: str = field(validator=identifier)
    benefits: tuple[Benefit, ...] = field(
        converter=_benefits, validator=each(instance(Benefit), least=1, most=MAX_BENEFITS)
    )
    when: Condition = field(default=_ALWAYS, validator=check_condition)
    name: Attributes = field(
        default=NO_ATTRIBUTES,
        converter=_named,
        validator=is_attributes,
        metadata={"form": str | Attributes, "keywords": stated(text(most=200))},
    )
    version: int = field(default=1, validator=integer(least=1, most=10**9))
    schedule: Schedule = field(default=ALWAYS_ON, validator=instance(Schedule))
    trigger: Trigger = field(default=_AUTOMATIC, validator=instance(Trigger))
    layer: str = field(default="order", validator=identifier)
    priority: int = field(default=0, validator=integer(least=-(10**9), most=10**9))
    exclusive: Exclusive = field(
        default=Exclusive.NO,
        converter=_exclusive_of,
        validator=member(Exclusive),
    )
    group: str | None = field(default=None, validator=optional(identifier))
    combines_with: tuple[str, ...] = field(
        default=(),
        converter=names_of,
        validator=each(identifier, most=1000),
    )
    whole: bool = field(default=False, validator=boolean)
    basis: Basis = field(
        default=Basis.ENTRY,
        converter=basis_of,
        validator=member(Basis),
    )
    rounding: RoundingMode = field(
        default=RoundingMode.PER_PROMOTION,
        converter=rounding_mode_of,
        validator=member(RoundingMode),
    )
    split: Split = field(
        default=Split.CURRENT,
        converter=split_of,
        validator=member(Split),
    )
    overflow: Overflow = field(default="redistribute", validator=_overflow)
    limits: Limits = field(default=NO_LIMITS, validator=instance(Limits))
    funding: tuple[Funding, ...] = field(default=(), converter=_funding, validator=_check_funding)

    def __attrs_post_init__(self) -> None:
        check_size(self.when, *self.benefits)

    def combines(self, other: Promotion) -> bool:
        """Whether this promotion agrees to use the same units as another."""
        return "*" in self.combines_with or other.id in self.combines_with
