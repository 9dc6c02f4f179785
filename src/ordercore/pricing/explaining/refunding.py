"""A reversal in words: the refund, of what it is made, and what else is undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from ordercore.layout.blocks import (
    EMPTY,
    Cell,
    Notes,
    Table,
    TableRow,
    amount,
    columns,
    count,
)
from ordercore.layout.page import Page
from ordercore.money import Money
from ordercore.pricing.explaining.naming import Teller, teller
from ordercore.pricing.explaining.rows import RowKind
from ordercore.pricing.quote_lines import Adjustment
from ordercore.pricing.reversing.entries import EntryKind
from ordercore.pricing.reversing.result import Reversal, ReversedEntry, ReversedLine
from ordercore.pricing.reversing.together import PartedSet
from ordercore.wording import Words

__all__ = ["refund_page", "refund_text"]


def refund_page(reversal: Reversal, words: Words) -> Page:
    """Tell what is given back; of a return that is refused, why."""
    tell = teller(reversal.quote, words, None)
    block = _refused(reversal, tell) if reversal.refused else _refunded(reversal, tell)
    text = refund_text(reversal, words)
    lost = tuple(_lost(reversal, tell))
    notes = (Notes(name="lost", title=words.say("refund.anew"), items=lost),) if lost else ()
    return Page(kind="refund", locale=words.locale, text=text, blocks=(*notes, block))


def refund_text(reversal: Reversal, words: Words) -> str:
    """Write it as lines of text."""
    tell = teller(reversal.quote, words, None)
    lines = _refusal_lines(reversal, tell) if reversal.refused else _refund_lines(reversal, tell)
    return "\n".join(lines)


# A refund as text


def _refund_lines(reversal: Reversal, tell: Teller) -> Iterator[str]:
    yield tell.words.say("refund.amount", amount=tell.amount(reversal.amount))
    lost = list(_lost(reversal, tell))
    if lost:
        yield tell.words.say("refund.anew")
        yield from [f"  {told}" for told in lost]
    for line in reversal.lines:
        yield from _line_lines(line, tell)
    for each in _besides(reversal, tell):
        yield f"{each.words} {tell.amount(each.amount)}"
    for entry in reversal.entries:
        title = _entry(entry, tell)
        if entry.kind in _COUNTED:
            title = tell.words.say("row.line", title=title, count=entry.quantity)
        yield title
    if not reversal.shortfall.is_zero:
        yield tell.words.say("refund.shortfall", amount=tell.amount(reversal.shortfall))
    so_far = tell.amount(reversal.refunded), tell.amount(reversal.remaining)
    yield tell.words.say("refund.so_far", refunded=so_far[0], remaining=so_far[1])


def _lost(reversal: Reversal, tell: Teller) -> Iterator[str]:
    """Say of each promotion that takes less, or more, off what is kept that it does."""
    for each in reversal.lost:
        off, key = each.amount, "less" if each.holds else "lost"
        if off.minor < 0:
            off, key = -off, "more"
        name = tell.name(each.promotion)
        yield tell.words.say(f"refund.{key}", promotion=name, amount=tell.amount(off))


def _line_lines(line: ReversedLine, tell: Teller) -> Iterator[str]:
    if not line.units:
        yield from _kept_lines(line, tell)
        return
    told = tell.amount(line.goods)
    if line.base != line.goods:
        base = tell.amount(line.base)
        told = tell.words.say("refund.reduced", payable=told, base=base)
    title = tell.words.say("row.line", title=_title(line, tell), count=line.units)
    yield f"{title} {told}"
    for share in line.adjustments:
        if share.minor > 0:
            yield f"  {tell.name(share.promotion)} {tell.amount(-share.amount)}"
        else:
            yield f"  {_share(share, tell)}"


def _kept_lines(line: ReversedLine, tell: Teller) -> Iterator[str]:
    """Tell by how much a line that is kept costs more, or less, and why: in words, unsigned."""
    title = _title(line, tell)
    yield _by_sign(("refund.cheaper", "refund.dearer"), line.goods, tell, title=title)
    if not line.base.is_zero:
        yield "  " + _by_sign(("refund.price_down", "refund.price_up"), line.base, tell)
    yield from [f"  {_share(share, tell)}" for share in line.adjustments]


def _share(share: Adjustment, tell: Teller) -> str:
    """Tell what a promotion takes less, or more, off what is kept."""
    name = tell.name(share.promotion)
    return _by_sign(("refund.share_less", "refund.share_more"), share.amount, tell, name=name)


def _by_sign(keys: tuple[str, str], amount: Money, tell: Teller, **named: str) -> str:
    """Say the first message of an amount, or the second if the amount is below zero."""
    key, told = (keys[1], -amount) if amount.minor < 0 else (keys[0], amount)
    return tell.words.say(key, amount=tell.amount(told), **named)


def _title(line: ReversedLine, tell: Teller) -> str:
    """Name a line; one that is kept and only costs another price is called so."""
    title = line.line.product.title
    return title if line.units else tell.words.say("refund.kept", title=title)


# A refund as a table


def _refunded(reversal: Reversal, tell: Teller) -> Table:
    """Tell what is given back, so that the last column adds up to the refund."""
    say = tell.words.say
    besides = list(_besides(reversal, tell))
    inside = [each for each in besides if each.kind != RowKind.TAX_INCLUDED]
    apart = [each for each in besides if each.kind == RowKind.TAX_INCLUDED]
    return Table(
        name="refund",
        title=say("table.refund"),
        columns=columns(tell.words, "item", "quantity", "base", "discounts", "refund"),
        rows=(
            *[_line_row(line, tell) for line in reversal.lines],
            *[_beside_row(each, tell) for each in inside],
        ),
        foot=_row("total", "", say("table.total"), amount(tell.words, reversal.amount)),
        beside=(
            *[_beside_row(each, tell) for each in apart],
            *[_entry_row(entry, tell) for entry in reversal.entries],
            *[_beside_row(each, tell) for each in _standing(reversal, tell)],
        ),
    )


def _line_row(line: ReversedLine, tell: Teller) -> TableRow:
    words = tell.words
    units, goods = (count(words, line.units) if line.units else EMPTY), amount(words, line.goods)
    prices = (EMPTY, EMPTY)
    if line.units:
        prices = amount(words, line.base), amount(words, line.goods - line.base)
    parts = [
        TableRow(
            kind=RowKind.SHARE,
            subject=share.promotion,
            cells=(Cell(tell.name(share.promotion)), *_share_cells(-share.amount, words)),
        )
        for share in line.adjustments
    ]
    return TableRow(
        kind=RowKind.LINE if line.units else "kept",
        subject=line.line.id,
        cells=(Cell(_title(line, tell)), units, *prices, goods),
        parts=tuple(parts),
    )


def _share_cells(off: Money, words: Words) -> tuple[Cell, ...]:
    return EMPTY, EMPTY, amount(words, off), EMPTY


def _row(kind: str, subject: str, words: str, last: Cell, units: Cell = EMPTY) -> TableRow:
    cells = (Cell(words), units, EMPTY, EMPTY, last)
    return TableRow(kind=kind, subject=subject, cells=cells)


# Besides goods


class _Beside(NamedTuple):
    """An amount besides those of lines."""

    kind: str
    subject: str
    words: str
    amount: Money


def _besides(reversal: Reversal, tell: Teller) -> Iterator[_Beside]:
    """List what is given back besides goods, where it is anything."""
    say, quote = tell.words.say, reversal.quote
    titles = {fee.id: fee.title for fee in quote.cart.fees}
    found = (
        _Beside(RowKind.SHIPPING, "", say("row.shipping"), reversal.shipping),
        *[_Beside(RowKind.OTHER_FEE, fee, titles[fee], off) for fee, off in reversal.fees],
        *_taxes(reversal, tell),
        _Beside(RowKind.ROUNDING, "", say("row.rounding"), reversal.rounding),
        _Beside("withheld", "", say("refund.withheld"), reversal.withheld),
        _Beside("waived", "", say("refund.waived"), reversal.waived),
    )
    yield from [each for each in found if not each.amount.is_zero]


def _taxes(reversal: Reversal, tell: Teller) -> Iterator[_Beside]:
    tariff = reversal.quote.tariff
    included = tariff is not None and tariff.taxes is not None and tariff.taxes.included
    kind, key = _INCLUDED if included else _ON_TOP
    percents = {tax.rate: tax.percent for tax in reversal.quote.taxes}
    for share in reversal.taxes:
        percent = tell.words.number(percents[share.rate])
        words = tell.words.say(key, rate=share.rate, percent=percent)
        yield _Beside(kind, share.rate, words, share.amount)


_INCLUDED: Final = (RowKind.TAX_INCLUDED, "row.tax_included")
_ON_TOP: Final = (RowKind.TAX, "row.tax_rate")


def _standing(reversal: Reversal, tell: Teller) -> Iterator[_Beside]:
    """List what is short, if anything, and what is given back so far and what is not."""
    say = tell.words.say
    if not reversal.shortfall.is_zero:
        yield _Beside("shortfall", "", say("refund.short"), reversal.shortfall)
    yield _Beside("refunded", "", say("refund.refunded"), reversal.refunded)
    yield _Beside("remaining", "", say("refund.remaining"), reversal.remaining)


def _beside_row(told: _Beside, tell: Teller) -> TableRow:
    return _row(told.kind, told.subject, told.words, amount(tell.words, told.amount))


# Gifts, points, coupons


_COUNTED: Final[Mapping[EntryKind, str]] = MappingProxyType(
    {
        EntryKind.GIFT: "sku",
        EntryKind.GIFT_KEPT: "sku",
        EntryKind.COUPON_USED: "coupon",
        EntryKind.COUPON_GRANTED: "coupon",
    }
)
"""What is named in words and then counted, and how its message calls it."""


def _entry(entry: ReversedEntry, tell: Teller) -> str:
    name = _COUNTED.get(entry.kind)
    if name is None:
        return tell.words.say(f"refund.{entry.kind}", count=entry.quantity)
    return tell.words.say(f"refund.{entry.kind}", **{name: entry.what})


def _entry_row(entry: ReversedEntry, tell: Teller) -> TableRow:
    units = count(tell.words, entry.quantity) if entry.kind in _COUNTED else EMPTY
    return _row(entry.kind, entry.what, _entry(entry, tell), EMPTY, units)


# A refusal


def _refusal_lines(reversal: Reversal, tell: Teller) -> Iterator[str]:
    yield tell.words.say("refund.refused")
    yield from [_parted(each, tell) for each in reversal.refused]


def _parted(parted: PartedSet, tell: Teller) -> str:
    told: dict[str, str | int] = {
        "promotion": tell.name(parted.promotion),
        "units": parted.units,
        "back": parted.units_back,
    }
    if parted.sets == 1:
        return tell.words.say("refund.parted.set", **told)
    return tell.words.say("refund.parted.sets", sets=parted.sets, **told)


def _refused(reversal: Reversal, tell: Teller) -> Table:
    return Table(
        name="refused",
        title=tell.words.say("refund.refused"),
        columns=columns(tell.words, "promotion", "units", "sets", "back"),
        rows=tuple([_parted_row(each, tell) for each in reversal.refused]),
    )


def _parted_row(parted: PartedSet, tell: Teller) -> TableRow:
    counts = (parted.units, parted.sets, parted.units_back)
    cells = (Cell(tell.name(parted.promotion)), *[count(tell.words, each) for each in counts])
    return TableRow(kind="parted", subject=parted.promotion, cells=cells)
