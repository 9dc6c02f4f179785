"""What could be added to a cart, and the carts that come of it.

A goal is reached by more units of a line that is in the cart, by units of goods that are
offered, or, where no goods are named, by a line that stands for whatever so much is spent on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import nsmallest
from types import MappingProxyType
from typing import Final, NamedTuple

from attrs import evolve, field, frozen

from ordercore.cart import Cart, CartLine
from ordercore.catalog import Product
from ordercore.money import Money, UnitPrice
from ordercore.pricing.hints.goals import Counted, Goal, Standing, Way
from ordercore.promotions.state import LayerState

__all__ = ["AddAmount", "AddUnits", "Addition", "Attempt", "Step", "steps"]

_NONE: Final[Mapping[str, int]] = MappingProxyType({})
_CHOICES: Final = 3
"""The most ways to reach one goal that are tried, the cheapest first."""


@frozen
class AddUnits:
    """So many more units of a line of the cart, or of goods that are offered.

    Attributes:
        line: The id of the line that has them in the changed cart.
        sku: What is added.
        title: What people call it.
        quantity: How many units are added.
        new: Whether the cart did not have the line before.
    """

    line: str
    sku: str
    title: str
    quantity: int
    new: bool


@frozen
class AddAmount:
    """So much more, spent on whatever the promotion counts.

    Attributes:
        amount: How much, before promotions, at the prices that hold for the shopper.
        line: The id of the line that stands for it in the changed cart.
        sku: The product of a line of the cart that counts. The line that stands for the amount
            is of the same; where price lists hold, of one like it with a sku of its own, that
            no list has a price for.
        anything: Whether whatever is bought counts, or only what the promotion selects.
    """

    amount: Money
    line: str
    sku: str
    anything: bool


Addition = AddUnits | AddAmount
"""One thing to add to a cart."""


@frozen(eq=False)
class Attempt:
    """A cart, and what is added to it.

    Attributes:
        cart: The cart as it is.
        goods: What may be added, by line id; each at most in the quantity of its line. None:
            no goods are named, and an amount may be spent on what counts.
        has_lists: Whether price lists hold, so that what is added may cost less than its own
            price.
        units: Units added, by line id.
        spent: What is spent, by the own price of what it is spent on, in minor units.
        like: The product in the cart for whose like it is spent.
        stand_in: What it is spent on in the changed cart.
        anything: Whether it could be spent on anything else.
    """

    cart: Cart
    goods: Mapping[str, CartLine] | None = None
    has_lists: bool = False
    units: Mapping[str, int] = field(default=_NONE)
    spent: int = 0
    like: Product | None = None
    stand_in: Product | None = None
    anything: bool = True

    def more(self, line_id: str, units: int) -> Attempt:
        """Add units of a line, or of goods."""
        return evolve(self, units={**self.units, line_id: self.units.get(line_id, 0) + units})

    def spending(self, minor: int, *, anything: bool) -> Attempt:
        """Spend another amount on the same, in place of what was spent so far."""
        return evolve(self, spent=minor, anything=anything)

    @property
    def spent_on(self) -> str:
        """The id of the line that stands for an amount: one that the cart does not have."""
        ids = self.cart.rows.places
        return next(each for each in _names("more") if each not in ids)

    @property
    def lines(self) -> Mapping[str, CartLine]:
        """The lines of the cart and the goods that units are added to, by id."""
        goods = self.goods or {}
        places = self.cart.rows.places
        return {
            each: self.cart.line(each) if each in places else goods[each] for each in self.units
        }

    @property
    def changed(self) -> Cart:
        """The cart with all that is added.

        Raises:
            LimitExceeded, InvalidDocument: No cart can be as large.
        """
        units, have = self.units, self.cart.rows.places
        lines = [
            evolve(line, quantity=line.quantity + units[line.id]) if line.id in units else line
            for line in self.cart.lines
        ]
        new = sorted(each for each in units if each not in have)
        lines += [evolve(self.lines[each], quantity=units[each]) for each in new]
        if self.stand_in is not None:
            currency = self.cart.currency
            price = UnitPrice(self.spent, currency.digits, currency)
            lines.append(CartLine(self.spent_on, self.stand_in, 1, price))
        return evolve(self.cart, lines=lines)

    def added(self, costs: int) -> tuple[Addition, ...]:
        """List what is added, in the order of line ids; an amount comes last.

        Args:
            costs: What it comes to that an amount is spent on, in minor units.
        """
        have, lines = self.cart.rows.places, sorted(self.lines.items())
        every: list[Addition] = [
            AddUnits(each, of.product.sku, of.product.title, self.units[each], each not in have)
            for each, of in lines
        ]
        if self.like is not None:
            amount = Money(costs, self.cart.currency)
            every.append(AddAmount(amount, self.spent_on, self.like.sku, self.anything))
        return tuple(every)


def _names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


class Step(NamedTuple):
    """One addition towards a way's goals."""

    cost: int
    """What it costs, and what the way's other goals cost at least, in minor units."""
    is_units: bool
    """Whether it adds units; else an amount."""
    line: str
    """The line that it is added to."""
    attempt: Attempt
    goal: Goal
    """What it is meant for."""
    way: Way

    @property
    def amount(self) -> int:
        """How much is added to its line: units, or minor units."""
        return self.amount_in(self.attempt)

    def amount_in(self, attempt: Attempt) -> int:
        """How much of the same is added in another attempt."""
        return attempt.units.get(self.line, 0) if self.is_units else attempt.spent

    def less(self, amount: int) -> Attempt:
        """The attempt with another amount in the same place."""
        if not self.is_units:
            return evolve(self.attempt, spent=amount)
        return evolve(self.attempt, units={**self.attempt.units, self.line: amount})

    @property
    def is_measured(self) -> bool:
        """Whether it adds just what the one goal is short of, in what the goal counts."""
        in_amounts = self.goal.counted is Counted.AMOUNT
        return len(self.way) == 1 and in_amounts is not self.is_units


def steps(
    now: Standing, state: LayerState, attempt: Attempt, shelf: LayerState | None
) -> list[Step]:
    """List what may be added next, the cheapest first.

    Units come before amounts, for they bring some of the amount.

    Args:
        now: Where the promotion stands on the attempt's cart.
        state: With what its layer began there.
        attempt: What has been added already.
        shelf: The goods as a cart of their own; None: none are offered.
    """
    found: list[Step] = []
    for way in now.ways:
        ordered = sorted(way, key=lambda goal: goal.counted is Counted.AMOUNT)
        each = [_choices(goal, state, attempt, shelf) for goal in ordered]
        if all(each):
            others, goal = sum([choices[0][0] for choices in each[1:]]), ordered[0]
            found += [
                Step(cost + others, is_units, line, then, goal, way)
                for cost, is_units, line, then in each[0]
            ]
    return nsmallest(_CHOICES, found, key=lambda step: step[:3])


_Choice = tuple[int, bool, str, Attempt]
"""What is added costs so much, is units, on which line, and the attempt with it."""

_Units = tuple[int, str, int]
"""What is added costs so much, on which line, and how many units of it."""


def _choices(
    goal: Goal, state: LayerState, attempt: Attempt, shelf: LayerState | None
) -> list[_Choice]:
    """List the cheapest additions that could reach a goal."""
    units = [*_from_cart(goal, state, attempt)]
    if shelf is not None and goal.fresh:
        units += _from_shelf(goal, state, attempt, shelf)
    cheapest = nsmallest(_CHOICES, units)
    spending = _spending(goal, state, attempt)
    if spending is None:
        return [(cost, True, line, attempt.more(line, more)) for cost, line, more in cheapest]
    spent = spending.spent - attempt.spent  # units are the second best, at whatever rounded cost
    others = [(max(c, spent), True, line, attempt.more(line, more)) for c, line, more in cheapest]
    return [(spent, False, spending.spent_on, spending), *others]


def _from_cart(goal: Goal, state: LayerState, attempt: Attempt) -> Iterator[_Units]:
    """Add to rows of the cart; what costs nothing is no purchase."""
    if goal.counted is Counted.PRODUCTS:
        return
    amounts, rows, lines = state.amounts(goal.basis), state.rows, state.cart.lines
    goods, spent_on = attempt.goods or {}, attempt.spent_on
    for row in goal.rows:
        line, units = lines[rows.heads[row]], goal.missing
        if goal.counted is Counted.AMOUNT:
            worth = amounts[row]
            units = -(-goal.missing * rows.quantities[row] // worth) if worth else 0
        left = goods[line.id].quantity - line.quantity if line.id in goods else units
        if 0 < units <= left and line.unit_price.units and line.id != spent_on:
            yield line.unit_price.minor(units, state.cart.rounding), line.id, units


def _from_shelf(
    goal: Goal, state: LayerState, attempt: Attempt, shelf: LayerState
) -> Iterator[_Units]:
    """Add goods that the cart does not have yet."""
    lines, heads, goods = shelf.cart.lines, shelf.rows.heads, attempt.goods or {}
    have = {state.cart.lines[state.rows.heads[row]].product.sku for row in goal.rows}
    for row in goal.select(shelf):
        line, units = lines[heads[row]], goal.missing
        if line.id in attempt.units or not line.unit_price.units:
            continue
        if goal.counted is Counted.AMOUNT:
            units = _units_worth(goal.missing, line)
        elif goal.counted is Counted.PRODUCTS:
            units = 0 if line.product.sku in have else 1
        if 0 < units <= goods[line.id].quantity:
            yield line.unit_price.minor(units, state.cart.rounding), line.id, units


def _units_worth(minor: int, line: CartLine) -> int:
    """Count the units of a line that come to so much by its own price."""
    price = line.unit_price
    return -(-minor * int(10 ** (price.scale - price.currency.digits)) // price.units)


def _spending(goal: Goal, state: LayerState, attempt: Attempt) -> Attempt | None:
    """Spend the missing amount on a product that counts, where no goods are named."""
    if goal.counted is not Counted.AMOUNT or goal.single or attempt.goods is not None:
        return None
    lines, heads = state.cart.lines, state.rows.heads
    if attempt.like is None:
        if not goal.rows:
            return None
        first = lines[heads[goal.rows[0]]]
        stand_in = _unlisted(first, goal, state) if attempt.has_lists else first.product
        begun = evolve(attempt, like=first.product, stand_in=stand_in)
        return begun.spending(goal.missing, anything=goal.anything)
    row = state.rows.places[attempt.spent_on][1]
    counts = state.amounts(goal.basis)[row]
    if row not in goal.rows or not counts:
        return None
    spent = (goal.missing + counts) * attempt.spent // counts  # of what is spent, a part counts
    spent = max(spent, attempt.spent + 1)
    anything = attempt.anything and goal.anything
    return attempt.spending(spent, anything=anything)


def _unlisted(line: CartLine, goal: Goal, state: LayerState) -> Product:
    """Name goods like those of a line that no price list knows, if they count as well.

    A list that has a price for a sku says nothing of what an amount buys.
    """
    known = state.rows.facets["sku"]
    sku = next(each for each in _names("more") if each not in known)
    other = evolve(line, product=evolve(line.product, sku=sku), quantity=1)
    alone = LayerState(Cart(state.cart.currency, [other]), state.context)
    return other.product if goal.select(alone) else line.product
