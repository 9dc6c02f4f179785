"""An explanation as text, for a terminal or a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ordercore.errors import InvalidValue
from ordercore.money import Money, UnitPrice
from ordercore.pricing.explaining.rows import Row, RowKind

if TYPE_CHECKING:
    from ordercore.pricing.explaining.explanation import Explanation

__all__ = ["charges", "cost_of", "prices", "refusals", "text_of", "with_gifts"]

_GIFTS = (RowKind.GIFT, RowKind.GIFT_UNCHECKED)
_ALWAYS = (RowKind.SUBTOTAL, RowKind.PAYABLE)


def text_of(told: Explanation) -> str:
    """Write an explanation as blocks of lines."""
    blocks = (
        [_headline(told, row) for row in told.promotions] or [told.words.say("row.none")],
        _costs(told),
        _totals(told),
        _grants(told),
        _proofs(told),
        refusals(told),
        [told.words.say("row.priced_at", at=told.at_words)],
    )
    return "\n\n".join(["\n".join(block) for block in map(list, blocks) if block])


def cost_of(row: Row) -> Money:
    """Read the amount of a row that always has one."""
    if row.amount is None:
        raise InvalidValue("a row with an amount", row.kind)
    return row.amount


def charges(told: Explanation) -> tuple[Row, ...]:
    """List what is charged for besides lines: shipping where there is a fee, and other fees."""
    free = cost_of(told.shipping.parts[0]).is_zero
    return told.fees if free else (told.shipping, *told.fees)


def _headline(told: Explanation, row: Row) -> str:
    """Write a promotion that applied, with its saving and its gifts."""
    saving = cost_of(row)
    words = row.words if saving.is_zero else f"{row.words} {told.told(saving)}"
    return with_gifts(told, row, words)


def with_gifts(told: Explanation, row: Row, words: str) -> str:
    """Write what a promotion gives on top behind some words for it."""
    gifts = [_counted(told, part.sku, part) for part in row.parts if part.kind in _GIFTS]
    given = told.words.joined(gifts)
    if not gifts or row.words.endswith(given):  # it is called after what it gives
        return words
    return told.words.say("row.giving", promotion=words, gifts=given)


def _costs(told: Explanation) -> Iterator[str]:
    for row in (*told.lines, *charges(told)):
        yield f"{_counted(told, row.words, row)} {_reduced(told, row)}"
        yield from [f"  {words}" for _, words in prices(told, row)]
        for part in row.parts[1:]:
            if part.kind is RowKind.SHARE:
                yield f"  {part.words} {told.told(cost_of(part))}"
    for gift in told.gifts:
        yield _gift(told, gift)


def prices(told: Explanation, line: Row) -> Iterator[tuple[Row, str]]:
    """Write the unit prices of a line by price lists, each beside the cart's own."""
    found = [part for part in line.parts if part.kind is RowKind.PRICE]
    whole = sum([part.count or 0 for part in found]) == line.count
    for part in found:
        words = f"{part.words} {_beside(told, part.unit_price, line.unit_price)}"
        if whole and len(found) > 1:
            words = told.words.say("row.part", told=words, count=part.count or 0)
        yield part, words


def _beside(told: Explanation, price: UnitPrice | None, full: UnitPrice | None) -> str:
    """Write a price, and the full one where that is another."""
    if price is None or full is None:
        return ""
    one, other = (
        told.words.amount_minor(each.units, each.currency, each.scale) for each in (price, full)
    )
    return one if price == full else told.words.say("row.reduced", payable=one, full=other)


def _counted(told: Explanation, title: str, row: Row) -> str:
    if row.count is None:
        return title
    return told.words.say("row.line", title=title, count=row.count)


def _gift(told: Explanation, row: Row) -> str:
    gift = _counted(told, row.words, row)
    if row.value is None:
        return gift
    return told.words.say("row.worth", gift=gift, value=told.told(row.value))


def _reduced(told: Explanation, row: Row) -> str:
    """Write what is to be paid, and the full price where that is another one."""
    full, payable = cost_of(row.parts[0]), cost_of(row)
    if full == payable:
        return told.told(payable)
    return told.words.say("row.reduced", payable=told.told(payable), full=told.told(full))


def _totals(told: Explanation) -> Iterator[str]:
    for row in (*told.payable.parts, told.payable):
        if row.kind is RowKind.TAX:
            yield from [f"{tax.words} {told.told(cost_of(tax))}" for tax in row.parts]
        elif row.kind in _ALWAYS or not cost_of(row).is_zero:
            yield f"{row.words} {told.told(cost_of(row))}"
    for tax in told.taxes:
        if tax.value is not None:
            yield f"{tax.words} {told.told(tax.value)}"


def _grants(told: Explanation) -> Iterator[str]:
    for row in told.grants:
        if row.value is not None:
            yield f"{row.words} {told.told(row.value)}"
        elif row.kind is RowKind.COUPON:
            yield _counted(told, row.words, row)
        else:
            yield row.words


def _proofs(told: Explanation) -> Iterator[str]:
    for row in told.proofs:
        yield row.words if row.value is None else f"{row.words} {told.told(row.value)}"


def refusals(told: Explanation) -> list[str]:
    """Write what did not apply, under its title; nothing if there is nothing to say."""
    listed = [row.words for row in told.not_applied]
    if told.not_applied_more:
        listed.append(told.words.say("row.more", count=told.not_applied_more))
    return [told.words.say("row.not_applied"), *listed] if listed else []
