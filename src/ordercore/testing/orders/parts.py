"""What orders are made of: prices, addresses, details, wishes for services, payments."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from ordercore.calendars import Window
from ordercore.money import Money
from ordercore.orders import (
    InvoiceKind,
    InvoiceWish,
    OrderDetails,
    Payment,
    PaymentState,
    ServiceWish,
)
from ordercore.orders.payments.payment import authorize, capture, fail, void
from ordercore.parties import Address, Contact, Customer
from ordercore.pricing import Quote, price_in
from ordercore.testing.alphabets import CHANNELS, INSTANT, amounts, currencies, maybe, mostly
from ordercore.testing.strategies import books, carts, contexts
from ordercore.testing.tariffs import tariffs

__all__ = ["addresses", "contacts", "details", "payments", "quotes", "service_wishes"]


@st.composite
def quotes(
    draw: st.DrawFn,
    /,
    currency: str | None = None,
    *,
    min_lines: int = 1,
    max_lines: int = 3,
    max_promotions: int = 1,
    **given: Any,
) -> Quote:
    """Draw a quote.

    Args:
        draw: Given by Hypothesis.
        currency: The currency of every amount; None: any.
        min_lines: At least so many lines in its cart.
        max_lines: At most so many.
        max_promotions: At most so many promotions in its book.
        given: For the book: see `ordercore.testing.strategies.books`.
    """
    money = draw(currencies()) if currency is None else currency
    cart = draw(carts(money, min_lines=min_lines, max_lines=max_lines))
    book = draw(books(money, max_promotions=max_promotions, **given))
    return price_in(cart, book, draw(contexts()), draw(_tariffs(money)))


@cache
def _tariffs(currency: str) -> st.SearchStrategy[Any]:
    return mostly(st.none(), tariffs(currency))


# Who, and where to

_NAMES: Final = ("王小明", "O'Brien", "李", "Ngô Thị Hà")
_REGIONS: Final = (None, "广东省", "上海市")


def addresses() -> st.SearchStrategy[Address]:
    """Draw an address in one of a few places."""
    return _addresses()


@cache
def _addresses() -> st.SearchStrategy[Address]:
    return st.builds(
        Address,
        country=st.sampled_from(("CN", "VN")),
        region=st.sampled_from(_REGIONS),
        lines=st.sampled_from((("1",), ("深南大道 1 号",), ("Floor 3", "12 Hàng Bạc"))),
        recipient=maybe(_contacts()),
        note=st.sampled_from((None, "放门卫")),
    )


def contacts() -> st.SearchStrategy[Contact]:
    """Draw somebody with a name, and perhaps a phone number and an e-mail address."""
    return _contacts()


@cache
def _contacts() -> st.SearchStrategy[Contact]:
    return st.builds(
        Contact,
        name=st.sampled_from(_NAMES),
        phone=st.sampled_from((None, "+86 138 0013 8000")),
        email=st.sampled_from((None, "a@example.org")),
    )


@cache
def _customers() -> st.SearchStrategy[Customer]:
    return st.builds(Customer, st.sampled_from(("c-1", "c-2")), maybe(_contacts()))


@cache
def _invoices() -> st.SearchStrategy[InvoiceWish]:
    title = st.sampled_from(_NAMES)
    special = st.builds(
        InvoiceWish, title=title, kind=st.just(InvoiceKind.SPECIAL), tax_id=st.just("91440300MA5")
    )
    return st.builds(InvoiceWish, title=title) | special


@st.composite
def details(draw: st.DrawFn, /, **given: Any) -> OrderDetails:
    """Draw what an order says beside its goods; there is always an address of delivery.

    Args:
        draw: Given by Hypothesis.
        given: Fields of `OrderDetails` as strategies or plain values, in place of those drawn.

    >>> from hypothesis import given, settings
    >>> @settings(max_examples=5, deadline=None)
    ... @given(details(channel="app"))
    ... def test_what_is_given_is_as_given(drawn):
    ...     assert drawn.channel == "app"
    >>> test_what_is_given_is_as_given()
    """
    told = {
        name: draw(value) if isinstance(value, st.SearchStrategy) else value
        for name, value in given.items()
    }
    return OrderDetails(**told, **draw(_other_details(frozenset(given))))


@cache
def _other_details(given: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        "customer": maybe(_customers()),
        "contact": maybe(_contacts()),
        "delivery": _addresses(),
        "billing": mostly(st.none(), _addresses()),
        "channel": maybe(st.sampled_from(CHANNELS)),
        "remarks": st.sampled_from(("", "放门卫")),
        "invoice": mostly(st.none(), _invoices()),
        "tags": st.sampled_from(((), ("rush",), ("rush", "vip"))),
        "attributes": st.sampled_from(({}, {"campaign": "11.11"})),
    }
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name not in given}
    )


_HOURS: Final = tuple(Window(INSTANT, INSTANT + timedelta(hours=n)) for n in (1, 2))


def service_wishes() -> st.SearchStrategy[ServiceWish]:
    """Draw where and when a service is wished for, if that is known."""
    return _service_wishes()


@cache
def _service_wishes() -> st.SearchStrategy[ServiceWish]:
    return st.builds(
        ServiceWish,
        site=maybe(_addresses()),
        appointment=st.sampled_from((None, *_HOURS)),
        note=st.sampled_from(("", "门铃坏了")),
    )


# Payments

_LIVES: Final = ("", "c", "a", "ac", "f", "v", "cc", "cf", "acf", "acv", "fc", "vc", "fa")
"""What happens to a payment: it is authorized, captured, fails, is voided."""


@st.composite
def payments(draw: st.DrawFn, /, currency: str = "CNY") -> Payment:
    """Draw a payment in any state: asked for, agreed to, captured in parts, failed or voided.

    Args:
        draw: Given by Hypothesis.
        currency: The currency of its amounts.
    """
    amount, method = draw(amounts(currency)), draw(st.sampled_from(("card", "cash")))
    payment = Payment(id="p-1", method=method, amount=amount)
    for step in draw(st.sampled_from(_LIVES)):
        if payment.state is PaymentState.CAPTURED:
            break
        authorized = payment.state is PaymentState.AUTHORIZED
        left = payment.capturable if authorized else payment.amount - payment.captured
        kept = draw(st.integers(0, left.minor - 1))
        payment = _told(payment, step, left - Money(kept, left.currency))
    return payment


def _told(payment: Payment, step: str, part: Money) -> Payment:
    if step == "a":
        return authorize(payment, part)
    if step == "c":
        return capture(payment, part, f"cap-{len(payment.captures) + 1}")
    return fail(payment) if step == "f" else void(payment)
