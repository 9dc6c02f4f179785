"""凑单 in words: what to add, what it brings, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ordercore.layout.blocks import Cell, Notes, Table, TableRow, amount, columns
from ordercore.layout.page import Page
from ordercore.money import Money
from ordercore.pricing.hints.additions import Addition, AddUnits
from ordercore.wording import Words

if TYPE_CHECKING:
    from ordercore.pricing.hints.opportunities import Opportunity

__all__ = ["hint", "hints_page"]


def hints_page(told: Sequence[Opportunity], words: Words) -> Page:
    """Tell opportunities in their order, each with what it costs and what is to be paid then."""
    none = words.say("hint.none")
    block = _table(told, words) if told else Notes(name="hints", items=(none,))
    text = "\n".join([hint(each, words) for each in told]) or none
    return Page(kind="hints", locale=words.locale, text=text, blocks=(block,))


def hint(told: Opportunity, words: Words) -> str:
    """Say what to add and what for: 再买 ¥20.00 可减 ¥50.00."""
    return words.say("hint", what=_what(told, words), gains=_gained(told, words))


def _table(told: Sequence[Opportunity], words: Words) -> Table:
    return Table(
        name="hints",
        title=words.say("page.hints"),
        columns=columns(words, "add", "gains", "cost", "payable"),
        rows=tuple([_row(each, words) for each in told]),
    )


def _row(told: Opportunity, words: Words) -> TableRow:
    amounts = amount(words, told.cost), amount(words, told.payable)
    cells = (Cell(_what(told, words)), Cell(_gained(told, words)), *amounts)
    return TableRow(kind="hint", subject=told.promotion, cells=cells)


def _what(told: Opportunity, words: Words) -> str:
    return words.joined([_addition(each, words) for each in told.adds])


def _gained(told: Opportunity, words: Words) -> str:
    return words.joined(_gains(told, words))


def _addition(added: Addition, words: Words) -> str:
    if isinstance(added, AddUnits):
        key = "hint.goods" if added.new else "hint.units"
        return words.say(key, title=added.title, count=added.quantity)
    key = "hint.amount" if added.anything else "hint.amount.some"
    return words.say(key, amount=_amount(added.amount, words))


def _gains(told: Opportunity, words: Words) -> Iterator[str]:
    """Say what is won; where others give way or amounts move, only what is left of it."""
    gain = told.gain
    parts = gain.goods + gain.fees, gain.shipping
    simple = gain.saving == gain.amount and all(part.minor >= 0 for part in parts)
    if simple:
        yield from _savings(told, *parts, words)
    elif gain.saving.minor:
        yield words.say("hint.save_more", amount=_amount(gain.saving, words))
    for sku, units in gain.gifts:
        yield words.say("hint.gift", sku=sku, count=units)
    if gain.points > 0:
        yield words.say("hint.points", count=gain.points)
    for coupon, count in gain.coupons:
        yield words.say("hint.coupon", coupon=coupon, count=count)


def _savings(told: Opportunity, goods: Money, shipping: Money, words: Words) -> Iterator[str]:
    if goods.minor:
        key = "hint.save" if told.unlocks else "hint.save_more"
        yield words.say(key, amount=_amount(goods, words))
    if shipping.minor and told.quote.shipping.is_zero:
        yield words.say("hint.free_shipping")
    elif shipping.minor:
        yield words.say("hint.shipping", amount=_amount(shipping, words))


def _amount(amount: Money, words: Words) -> str:
    return words.amount_minor(amount.minor, amount.currency, amount.currency.digits)
