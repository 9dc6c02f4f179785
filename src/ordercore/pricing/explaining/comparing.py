"""The difference between two prices in words: one line for each thing that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

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
from ordercore.pricing.explaining.refusals import refusal
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.account import Kind
from ordercore.wording import Words

if TYPE_CHECKING:
    from ordercore.pricing.differences import (
        Change,
        CodeChange,
        CountChange,
        Difference,
        PromotionChange,
    )

__all__ = ["compared", "difference_page"]


def difference_page(told: Difference, words: Words, zone: str | None) -> Page:
    """Tell a difference: the amounts that add up to it, and what else became of the rest."""
    amounts = _amounts(told, words)
    others = _others(told, words, zone)
    none = Notes(name="none", items=(words.say("diff.none"),))
    more = (none,) if told.is_empty else (others,) if others.rows else ()
    return Page(
        kind="difference",
        locale=words.locale,
        text=none.items[0] if told.is_empty else "\n".join(_lines(amounts, others, words)),
        blocks=(amounts, *more),
    )


def compared(told: Difference, words: Words, zone: str | None) -> str:
    """Write a difference: the payable first, then what it is made of."""
    return difference_page(told, words, zone).text


def _lines(amounts: Table, others: Table, words: Words) -> Iterator[str]:
    foot = () if amounts.foot is None else (amounts.foot,)
    for row in (*foot, *amounts.rows, *amounts.beside):
        what, before, after, more = [cell.text for cell in row.cells]
        yield words.say("diff.row", what=what, before=before, after=after, more=more)
    for row in others.rows:
        what, before, after = [cell.text for cell in row.cells]
        yield words.say("diff.becomes", what=what, before=before, after=after)
        yield from [f"  {part.cells[0].text}" for part in row.parts]


# Amounts


def _amounts(told: Difference, words: Words) -> Table:
    beside = [each for each in (told.tax_included, told.deposit) if each is not None]
    payable = _compared(words.say("row.payable"), told.before, told.after, told.amount, words)
    return Table(
        name="amounts",
        title=words.say("page.difference"),
        columns=columns(words, "what", "before", "after", "difference"),
        rows=tuple([_change(change, words) for change in told.changes]),
        foot=TableRow(kind="payable", cells=payable),
        beside=tuple([_change(change, words) for change in beside]),
    )


def _change(change: Change, words: Words) -> TableRow:
    what = change.title or words.say(_PARTS[change.part])
    cells = _compared(what, change.before, change.after, change.amount, words)
    return TableRow(kind=change.part, subject=change.id, cells=cells)


def _compared(
    what: str, before: Money | None, after: Money | None, more: Money, words: Words
) -> tuple[Cell, ...]:
    sides = [_NOTHING if side is None else amount(words, side) for side in (before, after)]
    sign = "+" if more.minor > 0 else ""
    return Cell(what), *sides, Cell(f"{sign}{amount(words, more).text}", more)


# Promotions, codes, counts


def _others(told: Difference, words: Words, zone: str | None) -> Table:
    """Tell what else became of promotions and codes, and what else comes with the order."""
    quotes = [side for side in told.sides if isinstance(side, Quote)]
    tellers = [(quote, teller(quote, words, zone)) for quote in quotes]
    return Table(
        name="others",
        title=words.say("page.others"),
        columns=columns(words, "what", "before", "after"),
        rows=(
            *[_promotion(change, told, tellers, words) for change in told.promotions],
            *[_code(change, words) for change in told.codes],
            *[_count(change, words) for change in told.counts],
        ),
    )


def _promotion(
    change: PromotionChange,
    told: Difference,
    tellers: list[tuple[Quote, Teller]],
    words: Words,
) -> TableRow:
    """Tell what became of a promotion on both sides; of one that is lost, why."""
    knowing = [tell for quote, tell in tellers if change.promotion in quote.book.ids]
    name = knowing[0].name(change.promotion) if knowing else change.promotion
    parts: tuple[TableRow, ...] = ()
    after = told.sides[1]
    lost = change.before is Kind.APPLIED and change.after is not Kind.APPLIED
    if lost and isinstance(after, Quote) and change.after is not None:
        why = refusal(after.outcome(change.promotion), knowing[-1]).words
        parts = (TableRow(kind=change.after, cells=(Cell(why), EMPTY, EMPTY)),)
    before = _gives(change.before, change.amount_before, words)
    cells = (Cell(name), before, _gives(change.after, change.amount_after, words))
    return TableRow(kind="promotion", subject=change.promotion, cells=cells, parts=parts)


def _gives(kind: Kind | None, off: Money, words: Words) -> Cell:
    """Tell what a promotion takes off, or what else became of it."""
    if kind is Kind.APPLIED and not off.is_zero:
        return amount(words, -off)
    return _NOTHING if kind is None else _became(kind, words)


def _code(change: CodeChange, words: Words) -> TableRow:
    not_typed = Cell(words.say("diff.not_typed"))
    sides = [
        not_typed if kind is None else _became(kind, words)
        for kind in (change.before, change.after)
    ]
    cells = (Cell(words.say("code", code=change.code)), *sides)
    return TableRow(kind="code", subject=change.code, cells=cells)


def _became(kind: Kind, words: Words) -> Cell:
    return Cell(words.say(f"diff.kind.{kind}"))


def _count(change: CountChange, words: Words) -> TableRow:
    inserted = {"gift": {"sku": change.id}, "coupon": {"coupon": change.id}}.get(change.what, {})
    what = Cell(words.say(_COUNTS[change.what], **inserted))
    cells = (what, count(words, change.before), count(words, change.after))
    return TableRow(kind=change.what, subject=change.id, cells=cells)


_NOTHING: Final = Cell("—")
"""Where there is no such thing on a side."""

_PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "shipping": "row.shipping",
        "tax": "row.tax",
        "rounding": "row.rounding",
        "other": "diff.other",
        "tax_included": "diff.tax_included",
        "deposit": "row.deposit",
    }
)
"""What parts of a payable that have no names of their own are called."""

_COUNTS: Final[Mapping[str, str]] = MappingProxyType(
    {"gift": "row.gift", "coupon": "row.coupon", "points": "diff.points"}
)
