"""What was used of promotions before, as a snapshot that limits are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from attrs import field, frozen

from ordercore.cart.counts import MAX_COUNTS, NO_COUNTS, Counts, are_counts, counts_if_valid
from ordercore.data.checks import Named, identifier, tuple_of
from ordercore.data.faults import step
from ordercore.data.keywords import stated
from ordercore.data.readonly import ReadOnly, paired
from ordercore.data.registry import mapping
from ordercore.errors import InvalidInput, InvalidValue, LimitExceeded
from ordercore.money import Money
from ordercore.money.fields import Amount, AmountText, as_given
from ordercore.money.numbers import (
    BARE_KEYWORDS,
    PRICE_KEYWORDS,
    decimal_of,
    is_bare,
    split_text,
)

__all__ = ["NOTHING_SPENT", "Spent", "Usage"]


class Spent(ReadOnly[str]):
    """A read-only mapping of promotion ids to amounts as text, equal and hashed by content.

    Amounts are given as Money, as decimal numbers or as text; without a currency they are in
    that of the book. They stand in the order of the ids.

    Raises:
        InvalidType: An id is not text, an amount none of these, or there is no mapping and
            no pairs.
        InvalidValue: An id is not printable ASCII or given twice, or an amount is negative.
        LimitExceeded: There are more than `MAX_COUNTS`.

    >>> Spent({"summer": "120.00"})["summer"]
    '120.00'
    """

    __slots__ = ("_amounts",)
    _amounts: dict[str, Amount]

    def __init__(
        self, pairs: Mapping[str, AmountText] | Iterable[tuple[str, AmountText]] = ()
    ) -> None:
        given = paired(pairs, "ids to amounts", "id", "duplicate_id")
        if len(given) > MAX_COUNTS:
            raise LimitExceeded(f"at most {MAX_COUNTS} ids", len(given))
        amounts = {key: _amount(key, amount) for key, amount in given.items()}
        object.__setattr__(self, "_amounts", amounts)
        self._keep({key: _text(amount) for key, amount in amounts.items()})

    def amount(self, promotion: str) -> Amount:
        """Tell what was spent on a promotion, as a rule's amount; what is not told is nothing."""
        return self._amounts.get(promotion, _ZERO)


_ZERO: Final = Decimal(0)
_PATTERN: Final = f"{PRICE_KEYWORDS['pattern']}|{BARE_KEYWORDS['pattern']}"

mapping(
    Spent,
    keywords={
        "maxProperties": MAX_COUNTS,
        "propertyNames": stated(identifier),
        "additionalProperties": {"type": "string", "pattern": _PATTERN},
    },
)


def _amount(key: Any, given: Any) -> Amount:
    """Read an amount that is not negative; the id is where a fault is."""
    place = (step(key),) if isinstance(key, str) else ()
    try:
        identifier(None, Named(""), key)
        amount = _read(given)
    except InvalidInput as error:
        raise type(error)(error.expected, error.given, path=place, reason=error.reason) from None
    if (amount.minor if isinstance(amount, Money) else amount) < 0:
        raise InvalidValue("an amount that is not negative", as_given(amount), path=place)
    return amount


def _read(given: Any) -> Amount:
    if isinstance(given, Money):
        return given
    if isinstance(given, str) and not is_bare(given):
        currency, told = split_text(given, "an amount such as '129.00' or 'CNY 129.00'")
        return Money.of(told, currency)
    number = decimal_of(given)
    if not is_bare(f"{number:f}"):
        raise InvalidValue("an amount of ordinary size", number)
    return number


def _text(amount: Amount) -> str:
    return str(amount) if isinstance(amount, Money) else f"{amount:f}"


NOTHING_SPENT: Final = Spent()
"""Nothing spent on any promotion."""


def _spent_if_valid(given: Any) -> Spent:
    """Take a mapping or pairs as `Spent`; what is faulty is left for the check to refuse."""
    if type(given) is Spent:
        return given
    kept: Any = given if isinstance(given, Mapping) else tuple_of(given)
    try:
        return Spent(kept)
    except InvalidInput:
        return kept  # type: ignore[no-any-return]


def _is_spent(_instance: object, attribute: Any, value: Any) -> None:
    """Accept `Spent`; say of anything else what keeps it from being such."""
    if isinstance(value, Spent):
        return
    try:
        Spent(value)
    except InvalidInput as error:
        raise error.at(attribute.name) from None


@frozen
class Usage:
    """How much of promotions was used before this order; what is not told was not used.

    It is a snapshot that the host reads before pricing. Whether it still holds when the order
    is placed, the host checks as it counts `Quote.usage`: by compare-and-set.

    Args:
        uses: Promotion id → in how many orders it was used.
        uses_by_customer: Promotion id → in how many orders of this shopper.
        spent: Promotion id → what it has taken off all orders: Money, or decimal text in the
            book's currency.

    >>> Usage({"summer": 12}, spent={"summer": "340.00"}).uses["summer"]
    12
    """

    uses: Counts = field(default=NO_COUNTS, converter=counts_if_valid, validator=are_counts)
    uses_by_customer: Counts = field(
        default=NO_COUNTS, converter=counts_if_valid, validator=are_counts
    )
    spent: Spent = field(default=NOTHING_SPENT, converter=_spent_if_valid, validator=_is_spent)
