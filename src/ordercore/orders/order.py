"""The order: what was agreed, in which state it is, and what its units and holds say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, fields, frozen

from ordercore.cart import MAX_LINES
from ordercore.data import document
from ordercore.data.checks import (
    Check,
    Named,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    optional,
    tuple_of,
)
from ordercore.errors import InvalidDocument, InvalidInput, NotFound
from ordercore.events import MAX_SEQUENCE
from ordercore.money import Currency, Money
from ordercore.orders.details import OrderDetails, Origin, ServiceWish
from ordercore.orders.invariants import faults_of
from ordercore.orders.ledger import Quantities
from ordercore.orders.lines import LineUnits, OrderLine
from ordercore.orders.machine import OrderState
from ordercore.orders.payments.balance import (
    Balance,
    PaymentStatus,
    balance_of,
    payment_status,
)
from ordercore.orders.payments.parts import RefundParts
from ordercore.orders.payments.payment import Payment, PaymentElsewhere
from ordercore.orders.payments.refund import Refund
from ordercore.orders.prices import payable_of
from ordercore.orders.quote_part import QuotePart
from ordercore.orders.statuses import (
    FulfilmentStatus,
    ReturnStatus,
    fulfilment_status,
    return_status,
)
from ordercore.pricing.record import QuoteRecord

__all__ = [
    "MAX_ELSEWHERE",
    "MAX_HOLDS",
    "MAX_PAYMENTS",
    "MAX_REFUNDS",
    "Order",
    "check_order",
]

MAX_HOLDS = 100
"""The most reasons for which an order is held at once."""

MAX_PAYMENTS = 100
"""The most payments of an order."""

MAX_REFUNDS = 1000
"""The most refunds of an order."""

MAX_ELSEWHERE = 1000
"""Of the most payments an order knows which other orders have them, or parts of them."""

_version: Check = integer(least=1, most=MAX_SEQUENCE)


def _state(given: OrderState | str) -> OrderState:
    return member_of(OrderState, given)


def _origin(given: Origin | str) -> Origin:
    return member_of(Origin, given)


def _lines(given: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
    return tuple_of(given)


def _payments(given: Iterable[Payment]) -> tuple[Payment, ...]:
    return tuple_of(given)


def _refunds(given: Iterable[Refund]) -> tuple[Refund, ...]:
    return tuple_of(given)


def _elsewhere(given: Iterable[PaymentElsewhere]) -> tuple[PaymentElsewhere, ...]:
    return tuple_of(given)


def _units(given: Iterable[LineUnits]) -> tuple[LineUnits, ...]:
    return tuple_of(given)


def _holds(given: str | Iterable[str]) -> tuple[str, ...]:
    """Put reasons in order and drop repeats; what is none stays, to be refused."""
    names: Any = names_of(given)
    if isinstance(names, tuple) and all(isinstance(name, str) for name in names):
        return tuple(sorted(set(names)))
    return names  # type: ignore[no-any-return]


@document("order")
@frozen(kw_only=True)
class Order:
    """What was agreed, and how it stands. Commands make the next order; none changes one.

    Args:
        id: The host's own.
        number: What people call it by; see `NumberStrategy`.
        currency: ISO 4217; every amount is in it.
        lines: At most `MAX_LINES`, with unique ids, in the order people see them.
        quote: The price of record; None: not priced yet.
        part: What it bears of the price of record beside its lines: charges, uses of promotions,
            gifts, points, coupons; None: all of it, and its lines are all that was priced.
        details: Who, where to, invoice, remarks.
        origin: Where it comes from; a replacement names ``parent`` and ``case``.
        parent: The id of the order that it replaces something of.
        case: The id of the after-sales case that it comes from.
        replaces: The units of ``parent`` in whose place it comes.
        payments: What was paid, or asked for; the oldest first.
        refunds: What is given back, or was to be; the oldest first.
        elsewhere: Which payments other orders have, or parts of them, since it was split.
        merged_into: The id of the order that has everything of it by now; None: it was not
            merged into another.
        holds: For which reasons it must wait; order and repeats are dropped.
        state: In which state it is.
        version: How many events it has had.

    Raises:
        InvalidDocument: With every law that the fields break together.
        InvalidInput: A field is not as said.
    """

    id: str = field(validator=identifier)
    number: str = field(validator=identifier)
    currency: Currency = field(converter=Currency)
    lines: tuple[OrderLine, ...] = field(
        converter=_lines, validator=each(instance(OrderLine), most=MAX_LINES)
    )
    quote: QuoteRecord | None = field(
        default=None, validator=optional(instance(QuoteRecord)), repr=False
    )
    part: QuotePart | None = field(default=None, validator=optional(instance(QuotePart)))
    details: OrderDetails = field(factory=OrderDetails, validator=instance(OrderDetails))
    origin: Origin = field(default=Origin.NORMAL, converter=_origin, validator=member(Origin))
    parent: str | None = field(default=None, validator=optional(identifier))
    case: str | None = field(default=None, validator=optional(identifier))
    replaces: tuple[LineUnits, ...] = field(
        default=(), converter=_units, validator=each(instance(LineUnits), most=MAX_LINES)
    )
    payments: tuple[Payment, ...] = field(
        default=(), converter=_payments, validator=each(instance(Payment), most=MAX_PAYMENTS)
    )
    refunds: tuple[Refund, ...] = field(
        default=(), converter=_refunds, validator=each(instance(Refund), most=MAX_REFUNDS)
    )
    elsewhere: tuple[PaymentElsewhere, ...] = field(
        default=(),
        converter=_elsewhere,
        validator=each(instance(PaymentElsewhere), most=MAX_ELSEWHERE),
    )
    merged_into: str | None = field(default=None, validator=optional(identifier))
    holds: tuple[str, ...] = field(
        default=(), converter=_holds, validator=each(identifier, most=MAX_HOLDS)
    )
    state: OrderState = field(
        default=OrderState.DRAFT, converter=_state, validator=member(OrderState)
    )
    version: int = field(default=1, validator=_version)

    _by_id: Mapping[str, OrderLine] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {line.id: line for line in self.lines})
        faults = list(faults_of(self))
        if faults:
            raise InvalidDocument(faults)

    # What is in it

    def line(self, line_id: str) -> OrderLine:
        """Find a line by its id, or raise `NotFound`."""
        if line_id not in self._by_id:
            raise NotFound("the id of a line of this order", line_id)
        return self._by_id[line_id]

    def holders(self, payment_id: str) -> tuple[str, ...]:
        """Tell which other orders have a payment, or parts of it: those to ask about it.

        An order that has given it on in its turn knows to which.
        """
        if self.merged_into is not None:
            return (self.merged_into,)
        return tuple(each.order for each in self.elsewhere if each.payment == payment_id)

    @property
    def payable(self) -> Money | None:
        """What was to be paid by the price of record; None: not priced yet."""
        return None if self.quote is None else Money(payable_of(self), self.currency)

    @property
    def ledgers(self) -> tuple[Quantities, ...]:
        """The quantities of every line."""
        return tuple(line.quantities for line in self.lines)

    @property
    def wishes(self) -> tuple[tuple[str, ServiceWish | None], ...]:
        """Where and when, of every line that is a service: (line id, wish)."""
        return tuple((line.id, line.service) for line in self.lines)

    @property
    def is_on_hold(self) -> bool:
        """Whether it must wait for some reason."""
        return bool(self.holds)

    # What follows from quantities alone

    @property
    def fulfilment_status(self) -> FulfilmentStatus:
        """How far its units have come."""
        return fulfilment_status(self.ledgers)

    @property
    def return_status(self) -> ReturnStatus:
        """How much has come back."""
        return return_status(self.ledgers)

    # What follows from amounts alone

    @property
    def balance(self) -> Balance:
        """What is due, paid and given back."""
        return balance_of(self)

    @property
    def payment_status(self) -> PaymentStatus:
        """How far it is paid."""
        return payment_status(balance_of(self))

    # What must always hold

    def check(self) -> None:
        """Check all over again what held at birth: of each field, each line, and together.

        An order cannot become faulty by its own commands. What a store returned or a host
        made past the constructors may be.

        Raises:
            InvalidDocument: With the faults: those of single fields and lines first, and once
                there are none, those of the order as a whole.
        """
        faults = _own_faults(self) or list(faults_of(self))
        if faults:
            raise InvalidDocument(faults)

    def anonymised(self) -> Order:
        """Forget who ordered and where they live; quantities, money and laws stay."""
        lines = tuple(
            line if line.service is None else evolve(line, service=line.service.anonymised())
            for line in self.lines
        )
        return evolve(self, lines=lines, details=self.details.anonymised())


def check_order(order: Order) -> None:
    """Refuse what is no order, before anything is read off it."""
    instance(Order)(None, Named("order"), order)


_WITHIN: Final[Mapping[type, tuple[str, ...]]] = MappingProxyType(
    {
        Order: ("lines", "payments", "refunds"),
        OrderLine: ("quantities",),
        Payment: ("captures",),
        Refund: ("parts",),
        RefundParts: ("lines", "fees", "charges", "payments"),
    }
)
"""The fields that hold further parts with laws of their own."""


def _own_faults(part: Any) -> list[InvalidInput]:
    """List what is wrong with single fields; then with the parts; then with each by itself."""
    faults = list(_field_faults(part)) or list(_inner_faults(part))
    if not faults and not isinstance(part, Order) and hasattr(part, "faults"):
        faults = list(part.faults())
    return faults


def _inner_faults(part: Any) -> Iterator[InvalidInput]:
    for name in _WITHIN.get(type(part), ()):
        inner = getattr(part, name)
        if isinstance(inner, tuple):
            for i, one in enumerate(inner):
                yield from (fault.at(name, i) for fault in _own_faults(one))
        else:
            yield from (fault.at(name) for fault in _own_faults(inner))


def _field_faults(part: Any) -> Iterator[InvalidInput]:
    for attribute in fields(type(part)):
        check: Any = attribute.validator
        try:
            if check is not None:
                check(part, attribute, getattr(part, attribute.name))
        except InvalidInput as error:
            yield error
