"""One refund: what is given back, why, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ordercore.data.checks import identifier, instance, member, member_of, optional
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.lifecycle import Machine, Transition
from ordercore.money import Money
from ordercore.orders.payments.parts import RefundParts

__all__ = ["DEAD", "REFUND", "Override", "Refund", "RefundState", "RefundStep"]


class RefundState(StrEnum):
    """In which state a refund is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundStep(StrEnum):
    """What moves a refund from one state to the next."""

    APPROVE = "approve"
    SUBMIT = "submit"
    SUCCEED = "succeed"
    FAIL = "fail"
    RETRY = "retry"
    CANCEL = "cancel"


DEAD: Final = (RefundState.FAILED, RefundState.CANCELLED)
"""The states in which a refund gives nothing back; in all others it counts as given."""

_FITS: Final = "within_ceilings"

REFUND: Final = Machine(
    name="refund",
    states={
        RefundState.REQUESTED: ("已申请", "requested"),
        RefundState.APPROVED: ("已批准", "approved"),
        RefundState.SUBMITTED: ("退款中", "submitted"),
        RefundState.SUCCEEDED: ("已退款", "succeeded"),
        RefundState.FAILED: ("退款失败", "failed"),
        RefundState.CANCELLED: ("已撤销", "cancelled"),
    },
    events={
        RefundStep.APPROVE: ("批准", "approve"),
        RefundStep.SUBMIT: ("提交", "submit"),
        RefundStep.SUCCEED: ("成功", "succeed"),
        RefundStep.FAIL: ("失败", "fail"),
        RefundStep.RETRY: ("重试", "retry"),
        RefundStep.CANCEL: ("撤销", "cancel"),
    },
    initial=RefundState.REQUESTED,
    terminal=[RefundState.SUCCEEDED, RefundState.CANCELLED],
    guards={_FITS: ("未超出可退上限", "within all ceilings")},
    transitions=[
        Transition(RefundState.REQUESTED, RefundStep.APPROVE, RefundState.APPROVED, guards=_FITS),
        Transition(RefundState.APPROVED, RefundStep.SUBMIT, RefundState.SUBMITTED),
        Transition(RefundState.SUBMITTED, RefundStep.SUCCEED, RefundState.SUCCEEDED),
        Transition(RefundState.SUBMITTED, RefundStep.FAIL, RefundState.FAILED),
        Transition(RefundState.FAILED, RefundStep.RETRY, RefundState.SUBMITTED, guards=_FITS),
        # The provider may have done it all the same, and say so late.
        Transition(RefundState.FAILED, RefundStep.SUCCEED, RefundState.SUCCEEDED, guards=_FITS),
        *(
            Transition(state, RefundStep.CANCEL, RefundState.CANCELLED)
            for state in (RefundState.REQUESTED, RefundState.APPROVED, RefundState.FAILED)
        ),
    ],
)
"""The machine of refunds."""


@frozen
class Override:
    """Somebody decided that units are refunded although they were replaced.

    Args:
        by: Who.
        reason: Why, as a code of the shop.
    """

    by: str = field(validator=identifier)
    reason: str = field(validator=identifier)


def _state(given: RefundState | str) -> RefundState:
    return member_of(RefundState, given)


@frozen(kw_only=True)
class Refund:
    """What is given back at once, and how far that has come.

    Args:
        id: The host's own; each once in an order.
        reason: Why, as a code of the shop.
        parts: Of what it is made, and from which payments.
        key: The idempotency key for the provider, the same at every attempt: each once in an
            order. None given: the id.
        state: In which state it is.
        override: Who decided that replaced units are refunded as well, and why.
        reference: What the provider calls it by, once it has succeeded.

    Raises:
        InvalidDocument: Replaced units are refunded without an override, or the parts do not say
            from which payments.
    """

    id: str = field(validator=identifier)
    reason: str = field(validator=identifier)
    parts: RefundParts = field(validator=instance(RefundParts))
    key: str = field(validator=identifier)
    state: RefundState = field(
        default=RefundState.REQUESTED, converter=_state, validator=member(RefundState)
    )
    override: Override | None = field(default=None, validator=optional(instance(Override)))
    reference: str | None = field(default=None, validator=optional(identifier))

    @key.default
    def _own_id(self) -> Any:
        return self.id

    def __attrs_post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise InvalidDocument(faults)

    def faults(self) -> Iterator[InvalidInput]:
        """List what is wrong with its fields together."""
        if self.override is None and any(line.replaced for line in self.parts.lines):
            expected = "who decided to refund replaced units, and why"
            yield InvalidValue(expected, path=("override",), reason="fields_disagree")
        if not self.parts.payments and not self.amount.is_zero:
            expected = f"payments that sum to {self.amount}"
            path = ("parts", "payments")
            yield InvalidValue(expected, path=path, reason="unequal_sum")

    @property
    def amount(self) -> Money:
        """What is given back in all."""
        return self.parts.amount

    @property
    def is_live(self) -> bool:
        """Whether it counts as given back: it has neither failed nor been cancelled."""
        return self.state not in DEAD
