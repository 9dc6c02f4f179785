"""The floor: what hand-written Python needs for the same work, with no engine at all.

Everything is known beforehand here: the five kinds of promotion, that no line is in the scope of
two of them, that all amounts are whole. Promotions stand in dicts by what they look at; a cart
is walked through once; frozen objects go in and come out, with integers in minor units inside.
Nothing is checked, explained or refused. No general engine can be much faster than this; how
many times slower ours is, is what the table says.

The totals that the floor finds are also the yardstick for ours: it shares no code with the
package.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cart."""

    id: str
    sku: str
    category: str
    unit_price: int
    quantity: int

    @property
    def amount(self) -> int:
        """What all its units cost."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Cart:
    """What is bought, and what its shipping costs."""

    id: str
    lines: tuple[Line, ...]
    shipping: int


class Reduction(NamedTuple):
    """What a promotion takes off a line, or off the shipping fee (line −1)."""

    promotion: str
    line: int
    amount: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with what is left to pay for it, and why."""

    line: Line
    list_amount: int
    payable: int
    reductions: tuple[Reduction, ...]


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart with what is to pay for its goods and for its shipping."""

    cart: str
    list_amount: int
    payable: int
    shipping: int
    lines: tuple[PricedLine, ...]
    reductions: tuple[Reduction, ...]


class Spend(NamedTuple):
    """From so much on, so much off; the amount of free shipping is 0."""

    least: int
    amount: int
    promotion: str


class Index(NamedTuple):
    """Promotions by what they look at: of a sku or a category (percentage, promotion)."""

    percents: dict[str, tuple[int, str]]
    categories: dict[str, tuple[int, str]]
    seconds: dict[str, tuple[int, str]]
    gifts: dict[str, tuple[str, str]]
    savings: list[Spend]
    shipping: list[Spend]


def cart_of(plain: dict[str, Any]) -> Cart:
    """Build a cart from its plain lines."""
    return Cart(
        plain["id"],
        tuple(
            [
                Line(line["id"], line["sku"], line["category"], line["unit_price"], line["qty"])
                for line in plain["lines"]
            ]
        ),
        plain["shipping"],
    )


def index_of(promotions: Iterable[dict[str, Any]]) -> Index:
    """Put promotions where they will be looked for."""
    index = Index({}, {}, {}, {}, [], [])
    for plain in promotions:
        kind, id_, scope = plain["kind"], plain["id"], plain["scope"]
        if kind == "percent_off":
            rule = plain["percent"], id_
            index.percents.update(dict.fromkeys(scope.get("sku", ()), rule))
            index.categories.update(dict.fromkeys(scope.get("category", ()), rule))
        elif kind == "nth_half":
            index.seconds.update(dict.fromkeys(scope["sku"], (plain["percent"], id_)))
        elif kind == "gift":
            index.gifts[plain["get"]] = plain["buy"], id_
        elif kind == "threshold_off":
            index.savings.append(Spend(plain["min_spend"], plain["amount"], id_))
        elif kind == "free_shipping":
            index.shipping.append(Spend(plain["min_spend"], 0, id_))
        else:
            raise SystemExit(f"unknown kind of promotion: {kind}")
    index.savings.sort()
    index.shipping.sort()
    return index


def share(amount: int, weights: Sequence[int], whole: int) -> list[int]:
    """Share an amount by weights: largest remainders first, then the first places."""
    parts, rests = [], []
    for weight in weights:
        part, rest = divmod(amount * weight, whole)
        parts.append(part)
        rests.append(rest)
    missing = amount - sum(parts)
    if missing:
        places = sorted(range(len(rests)), key=rests.__getitem__, reverse=True)
        for place in places[:missing]:
            parts[place] += 1
    return parts


def price_cart(cart: Cart, index: Index) -> PricedCart:  # noqa: C901, PLR0912 - calls cost time
    """Price a cart: every line, then what is saved on the whole, then shipping."""
    percents, categories, seconds, gifts, savings, free = index
    bought = {line.sku for line in cart.lines} if gifts else ()
    whole = 0
    payables: list[int] = []
    taken: list[list[Reduction]] = [[] for _ in cart.lines]
    for place, line in enumerate(cart.lines):
        sku, price = line.sku, line.unit_price
        amount = price * line.quantity
        whole += amount
        off = 0
        if percent := percents.get(sku) or categories.get(line.category):
            number, promotion = percent
            off = amount * number // 100
        elif second := seconds.get(sku):
            number, promotion = second
            if line.quantity > 1:
                off = price * number // 100
        elif gift := gifts.get(sku):
            other, promotion = gift
            if other in bought:
                off = price
        if off:
            taken[place].append(Reduction(promotion, place, off))
        payables.append(amount - off)
    payable = sum(payables)
    for least, saved, promotion in savings:
        if payable < least:
            break
        for place, off in enumerate(share(saved, payables, payable)):
            if off:
                taken[place].append(Reduction(promotion, place, off))
                payables[place] -= off
        payable -= saved
    fee, on_order = cart.shipping, []
    for least, _, promotion in free:
        if fee and whole >= least:
            on_order.append(Reduction(promotion, -1, fee))
            fee = 0
    lines = tuple(
        PricedLine(line, line.amount, left, tuple(why))
        for line, left, why in zip(cart.lines, payables, taken, strict=True)
    )
    return PricedCart(cart.id, whole, payable, fee, lines, tuple(on_order))


def best_set(plain: dict[str, Any]) -> tuple[int, list[str]]:
    """Find the most that an instance's offers save, and which, by trying all sets of them."""
    offers = plain["offers"]
    against = [
        sum([1 << j for j in range(i) if clash(offer, offers[j])])
        for i, offer in enumerate(offers)
    ]
    best, which = 0, 0

    def decide(this: int, chosen: int, saved: int) -> None:
        nonlocal best, which
        if this < len(against):
            decide(this + 1, chosen, saved)
            if not chosen & against[this]:
                decide(this + 1, chosen | 1 << this, saved + offers[this]["discount"])
            return
        most = 0
        for tier in plain["tiers"]:
            if plain["subtotal"] - saved >= tier["min_spend"]:
                most = max(most, tier["amount"])
        if saved + most > best:
            best, which = saved + most, chosen

    decide(0, 0, 0)
    return best, [offer["id"] for i, offer in enumerate(offers) if which >> i & 1]


def clash(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two offers are of one group or want the same line."""
    return one["group"] == other["group"] or not set(one["lines"]).isdisjoint(other["lines"])


def by_selector_value(promotions: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Put promotions under every value that their selectors name: the least an index does."""
    index: dict[str, list[dict[str, Any]]] = {}
    for promotion in promotions:
        scope = promotion["scope"]
        if scope != "all":
            for values in scope.values():
                for value in values:
                    index.setdefault(value, []).append(promotion)
    return index
