"""The order: what was agreed, in which state it is, and what its units and holds say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve, field, fields, frozen

from ordercore.cart import MAX_LINES
from ordercore.data import document
from ordercore.data.checks import (
    Check,
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
from ordercore.orders.details import OrderDetails, Origin
from ordercore.orders.invariants import faults_of
from ordercore.orders.ledger import Quantities
from ordercore.orders.lines import OrderLine
from ordercore.orders.machine import OrderState
from ordercore.orders.statuses import (
    FulfilmentStatus,
    ReturnStatus,
    fulfilment_status,
    return_status,
)
from ordercore.pricing.record import QuoteRecord

__all__ = ["MAX_HOLDS", "Order"]

MAX_HOLDS = 100
"""The most reasons for which an order is held at once."""

_version: Check = integer(least=1, most=MAX_SEQUENCE)


def _state(given: OrderState | str) -> OrderState:
    return member_of(OrderState, given)


def _origin(given: Origin | str) -> Origin:
    return member_of(Origin, given)


def _lines(given: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
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
        details: Who, where to, invoice, remarks.
        origin: Where it comes from; a replacement names ``parent`` and ``case``.
        parent: The id of the order that it replaces something of.
        case: The id of the after-sales case that it comes from.
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
    details: OrderDetails = field(factory=OrderDetails, validator=instance(OrderDetails))
    origin: Origin = field(default=Origin.NORMAL, converter=_origin, validator=member(Origin))
    parent: str | None = field(default=None, validator=optional(identifier))
    case: str | None = field(default=None, validator=optional(identifier))
    holds: tuple[str, ...] = field(
        default=(), converter=_holds, validator=each(identifier, most=MAX_HOLDS)
    )
    state: OrderState = field(
        default=OrderState.DRAFT, converter=_state, validator=member(OrderState)
    )
    version: int = field(default=1, validator=_version)

    def __attrs_post_init__(self) -> None:
        faults = list(faults_of(self))
        if faults:
            raise InvalidDocument(faults)

    # What is in it

    def line(self, line_id: str) -> OrderLine:
        """Find a line by its id, or raise `NotFound`."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFound("the id of a line of this order", line_id)

    @property
    def payable(self) -> Money | None:
        """What was to be paid by the price of record; None: not priced yet."""
        return None if self.quote is None else self.quote.payable

    @property
    def ledgers(self) -> tuple[Quantities, ...]:
        """The quantities of every line."""
        return tuple(line.quantities for line in self.lines)

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


def _own_faults(order: Order) -> list[InvalidInput]:
    """List what is wrong with single fields, those of lines and their quantities too."""
    faults = list(_field_faults(order))
    for i, line in enumerate(order.lines if not faults else ()):
        faults += [fault.at("lines", i) for fault in _field_faults(line)]
        ledger = line.quantities
        if isinstance(ledger, Quantities):
            told = [*_field_faults(ledger)] or [*ledger.faults()]
            faults += [fault.at("lines", i, "quantities") for fault in told]
    return faults


def _field_faults(part: Any) -> Iterator[InvalidInput]:
    for attribute in fields(type(part)):
        check: Any = attribute.validator
        try:
            if check is not None:
                check(part, attribute, getattr(part, attribute.name))
        except InvalidInput as error:
            yield error
