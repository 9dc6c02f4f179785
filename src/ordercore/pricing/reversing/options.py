"""The choices of a reversal: by which policy, what comes back besides goods, what together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ordercore.data.checks import (
    Check,
    each,
    identifier,
    member,
    member_of,
    names_of,
    optional,
)
from ordercore.errors import InvalidInput, InvalidValue, NotFound
from ordercore.pricing.quote import Quote
from ordercore.promotions.book import MAX_PROMOTIONS

__all__ = ["ChargeRefund", "PointsRefund", "ReversalOptions", "ReversalPolicy", "read_options"]


class ReversalPolicy(StrEnum):
    """How a return is reckoned."""

    KEEP_SHARES = "keep_shares"
    """按分摊退: the units' own shares come back, and those of kept units never move."""
    REPRICE = "reprice"
    """按剩余重算: what was paid less what the kept units cost if bought alone."""
    FORBID_PARTIAL = "forbid_partial"
    """整套退: as ``keep_shares``; but what was sold as a set comes back as a set, or not."""


class ChargeRefund(StrEnum):
    """When shipping, the other fees, coupons used or a deposit come back."""

    WITH_LAST = "with_last"
    """With the return after which nothing is kept."""
    NEVER = "never"


class PointsRefund(StrEnum):
    """When points that paid for a part of the order come back."""

    WITH_UNITS = "with_units"
    """With the units for which they paid."""
    NEVER = "never"


def _names(names: str | Iterable[str] | None) -> Any:
    return None if names is None else names_of(names)


_ids = each(identifier, most=MAX_PROMOTIONS)
_when: Check = member(ChargeRefund)
_WITH_LAST: Final = ChargeRefund.WITH_LAST


def _when_of(value: ChargeRefund | str) -> ChargeRefund:
    return member_of(ChargeRefund, value)


def _points_of(value: PointsRefund | str) -> PointsRefund:
    return member_of(PointsRefund, value)


def _policy_of(value: ReversalPolicy | str) -> ReversalPolicy:
    return member_of(ReversalPolicy, value)


@frozen(kw_only=True)
class ReversalOptions:
    """The choices of a reversal, as `reverse` takes them; one set of them for all returns.

    Args:
        policy: How the return is reckoned.
        shipping: When shipping is refunded.
        fees: When the other fees are.
        coupons: When coupons that were used are given back; by ``reprice`` also before the
            last return, if what is kept does not use them.
        points: When points that paid are given back.
        deposit: When a deposit is refunded (付定不退: never).
        gifts_kept: Ids of the promotions whose gifts stay with the shopper, who pays for them.
        together: Ids of the promotions whose units may not be parted; None: those that sell
            sets.
    """

    policy: ReversalPolicy = field(
        default=ReversalPolicy.KEEP_SHARES, converter=_policy_of, validator=member(ReversalPolicy)
    )
    shipping: ChargeRefund = field(default=_WITH_LAST, converter=_when_of, validator=_when)
    fees: ChargeRefund = field(default=_WITH_LAST, converter=_when_of, validator=_when)
    coupons: ChargeRefund = field(default=_WITH_LAST, converter=_when_of, validator=_when)
    points: PointsRefund = field(
        default=PointsRefund.WITH_UNITS, converter=_points_of, validator=member(PointsRefund)
    )
    deposit: ChargeRefund = field(default=_WITH_LAST, converter=_when_of, validator=_when)
    gifts_kept: tuple[str, ...] = field(default=(), converter=names_of, validator=_ids)
    together: tuple[str, ...] | None = field(
        default=None, converter=_names, validator=optional(_ids)
    )

    def faults(self, quote: Quote) -> Iterator[InvalidInput]:
        """List which choices do not fit each other, or the quote."""
        if self.together is not None and self.policy is not ReversalPolicy.FORBID_PARTIAL:
            expected = "None, unless the policy is forbid_partial"
            place = ("together",)
            yield InvalidValue(expected, self.together, path=place, reason="fields_disagree")
        known = frozenset(quote.book.ids)
        for name in ("gifts_kept", "together"):
            for i, promotion in enumerate(getattr(self, name) or ()):
                if promotion not in known:
                    expected = "the id of a promotion of the quote's book"
                    yield NotFound(expected, promotion, path=(name, i))


def read_options(quote: Quote, faults: list[InvalidInput], **given: Any) -> ReversalOptions:
    """Read choices; what is wrong with them goes to the faults, and its default stands in."""
    good: dict[str, Any] = {}
    for name, choice in given.items():
        try:
            ReversalOptions(**{name: choice})
        except InvalidInput as error:
            faults.append(error)
        else:
            good[name] = choice
    options = ReversalOptions(**good)
    faults += options.faults(quote)
    return options
