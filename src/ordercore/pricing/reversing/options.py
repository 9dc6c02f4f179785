"""The choices of a reversal: by which policy, what of charges, what goes together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from attrs import frozen

from ordercore.data.checks import Named, member, member_of, names_of
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, NotFound
from ordercore.pricing.quote import Quote

__all__ = ["ChargeRefund", "Options", "ReversalPolicy"]


class ReversalPolicy(StrEnum):
    """How a return is reckoned."""

    KEEP_SHARES = "keep_shares"
    """按分摊退: the units' own shares come back, and those of kept units never move."""
    REPRICE = "reprice"
    """按剩余重算: what was paid less what the kept units cost if bought alone."""
    FORBID_PARTIAL = "forbid_partial"
    """整套退: as ``keep_shares``; but what was sold as a set comes back as a set, or not."""


class ChargeRefund(StrEnum):
    """When shipping, or the other fees, are refunded."""

    WITH_LAST = "with_last"
    """With the return after which nothing is kept."""
    NEVER = "never"


@frozen
class Options:
    """The choices of a reversal.

    Attributes:
        policy: How the return is reckoned.
        shipping: When shipping is refunded.
        fees: When the other fees are.
        together: Ids of the promotions whose units may not be parted; None: those that sell
            sets.
    """

    policy: ReversalPolicy
    shipping: ChargeRefund
    fees: ChargeRefund
    together: tuple[str, ...] | None

    @classmethod
    def of(
        cls,
        policy: ReversalPolicy | str,
        shipping: ChargeRefund | str,
        fees: ChargeRefund | str,
        together: str | Iterable[str] | None,
    ) -> Options:
        """Read choices; what is none is left for `faults`."""
        return cls(
            member_of(ReversalPolicy, policy),
            member_of(ChargeRefund, shipping),
            member_of(ChargeRefund, fees),
            None if together is None else names_of(together),
        )

    def faults(self, quote: Quote) -> Iterator[InvalidInput]:
        """List what is wrong with the choices."""
        for name, kind in (
            ("policy", ReversalPolicy), ("shipping", ChargeRefund), ("fees", ChargeRefund),
        ):  # fmt: skip
            try:
                member(kind)(None, Named(name), getattr(self, name))
            except InvalidInput as error:
                yield error
        if self.together is not None:
            yield from self._faults_together(quote, self.together)

    def _faults_together(self, quote: Quote, ids: Any) -> Iterator[InvalidInput]:
        place = ("together",)
        if not isinstance(ids, tuple):
            yield InvalidType("a collection of ids of promotions", ids, path=place)
            return
        if self.policy is not ReversalPolicy.FORBID_PARTIAL:
            expected = "None, unless the policy is forbid_partial"
            yield InvalidValue(expected, ids, path=place, reason="fields_disagree")
        known = frozenset(quote.book.ids)
        for i, promotion in enumerate(ids):
            if not isinstance(promotion, str):
                yield InvalidType("the id of a promotion", promotion, path=(*place, i))
            elif promotion not in known:
                expected = "the id of a promotion of the quote's book"
                yield NotFound(expected, promotion, path=(*place, i))
