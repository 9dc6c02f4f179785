"""The context: all that a price depends on besides the cart and what is on offer."""

from __future__ import annotations

from datetime import UTC, datetime, timezone
from typing import Final

from attrs import field, frozen

from ordercore.cart.counts import (
    NO_COUNTS,
    Counts,
    are_counts,
    counts_if_valid,
    counts_or_none,
)
from ordercore.cart.usage import Usage
from ordercore.data import document
from ordercore.data.attributes import (
    NO_ATTRIBUTES,
    Attributes,
    attributes_if_valid,
    is_attributes,
)
from ordercore.data.checks import (
    Check,
    Named,
    aware,
    each,
    identifier,
    instance,
    integer,
    names_of,
    optional,
    passes,
    text,
)
from ordercore.data.instants import pinned

__all__ = ["ATTRIBUTE", "Context", "Shopper", "Wishes"]

ATTRIBUTE: Final = "attribute:"
"""How the facet of an attribute of the context begins."""

MAX_CODES: Final = 100
"""The most codes typed for one cart."""

check_code: Check = text(most=64, least=1)
"""Accept what may be a code."""


def _pinned(at: datetime) -> datetime:
    if type(at) is datetime and type(at.tzinfo) is timezone:
        return at  # as most are: at UTC, or at an offset that is written out
    return pinned(at)  # type: ignore[return-value]


def _in_order(owner: object, field_name: str) -> None:
    """Order members and drop repeats: which was said first, and how often, decides nothing."""
    members = getattr(owner, field_name)
    if len(members) > 1:  # only after the checks, so that a fault has the position given
        object.__setattr__(owner, field_name, tuple(sorted(set(members))))


@frozen
class Shopper:
    """Who is buying, as far as prices ask.

    Args:
        id: The customer's id, if known.
        groups: Customer groups: member levels, staff, newcomers.
        orders_before: How many orders the customer placed before this one.
        points: The balance of points; None: unchecked, taken as unlimited.
        coupons: The kind of each coupon held, as often as it is held; see the trigger `Coupon`.
        purchases: Units of each sku bought before that count to purchase limits.
    """

    id: str | None = field(default=None, validator=optional(identifier))
    groups: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=1000)
    )
    orders_before: int = field(default=0, validator=integer(least=0, most=10**9))
    points: int | None = field(default=None, validator=optional(integer(least=0, most=10**15)))
    coupons: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=1000)
    )
    purchases: Counts = field(default=NO_COUNTS, converter=counts_if_valid, validator=are_counts)

    def __attrs_post_init__(self) -> None:
        _in_order(self, "groups")
        object.__setattr__(self, "coupons", tuple(sorted(self.coupons)))


@frozen
class Wishes:
    """What the shopper chose where a promotion leaves a choice.

    Args:
        gifts: The key of a `GiftChoice` → the sku chosen among its gifts.
        points: How many points to redeem; None: as many as are allowed.
    """

    gifts: Attributes = field(
        default=NO_ATTRIBUTES, converter=attributes_if_valid, validator=is_attributes
    )
    points: int | None = field(default=None, validator=optional(integer(least=0, most=10**15)))


@document("context")
@frozen(slots=False)  # of which each price makes one: see `at_instant`
class Context:
    """All that a price depends on besides cart and promotions.

    Args:
        at: The pricing instant; it must know its time zone, of which only the offset is kept.
        shopper: Who is buying; None is nobody known.
        codes: Codes typed, compared exactly, each once. Shoppers type anything: what no
            promotion can have as its code (blanks alone, 65 characters) is left out.
        region: Where the goods go, as the shop's rules name it.
        channel: Where the order comes from: ``app``, ``store``, ``live``.
        gift_stock: Units of each gift sku at hand; None: unchecked, taken as unlimited.
        attributes: Whatever else rules may look at: a campaign, a store, a device.
        wishes: What the shopper chose; None: nothing.
        usage: What was used of promotions before; None: unchecked, their uses and budgets are
            taken as unlimited.
    """

    at: datetime = field(converter=_pinned, validator=aware)
    shopper: Shopper | None = field(default=None, validator=optional(instance(Shopper)))
    codes: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(instance(str), most=MAX_CODES)
    )
    region: str | None = field(default=None, validator=optional(identifier))
    channel: str | None = field(default=None, validator=optional(identifier))
    gift_stock: Counts | None = field(
        default=None, converter=counts_or_none, validator=optional(are_counts)
    )

    attributes: Attributes = field(
        default=NO_ATTRIBUTES, converter=attributes_if_valid, validator=is_attributes
    )
    wishes: Wishes | None = field(default=None, validator=optional(instance(Wishes)))
    usage: Usage | None = field(default=None, validator=optional(instance(Usage)))

    def __attrs_post_init__(self) -> None:
        if self.codes:
            object.__setattr__(
                self, "codes", tuple(code for code in self.codes if passes(check_code, code))
            )
            _in_order(self, "codes")

    @classmethod
    def at_instant(cls, at: datetime) -> Context:
        """Make the context of a price of which nothing is known but the instant."""
        context = object.__new__(cls)
        if type(at) is not datetime or type(at.tzinfo) is not timezone:
            at = _pinned(at)
            aware(None, _AT, at)
        told = _UNKNOWN.copy()
        told["at"] = at
        _fill(context, told)
        return context

    def carried(self, facet: str) -> tuple[str, ...]:
        """What the context holds of a facet.

        Facets are ``code``, ``coupon``, ``group``, ``channel``, ``region``, and for each
        attribute ``attribute:`` with its name.
        """
        if facet == "code":
            return self.codes
        if facet in ("group", "coupon"):
            shopper = self.shopper
            if shopper is None:
                return ()
            return shopper.groups if facet == "group" else shopper.coupons
        one = {"channel": self.channel, "region": self.region}.get(facet)
        if facet.startswith(ATTRIBUTE):
            one = self.attributes.get(facet.removeprefix(ATTRIBUTE))
        return () if one is None else (one,)


_AT: Final = Named("at")
_fill: Final = vars(Context)["__dict__"].__set__
_UNKNOWN: Final = {**vars(Context(datetime(1970, 1, 1, tzinfo=UTC)))}
"""Every field of a context, with nothing known."""
