"""What rules see: the frozen state of a layer, and what of the cart is still free in it.

``entry`` never changes within a layer: every condition of the layer is tested on it and every
base and weight is taken from it, so that no promotion can undo its own condition. What
promotions take is kept apart: ``now`` is what is left of each row, ``claimed`` counts the
units in use. Units of a row are interchangeable: claims count them and never name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import lcm
from operator import attrgetter, sub
from types import MappingProxyType
from typing import Final

from ordercore.calendars import instant_us
from ordercore.cart import Cart, CartLine, Context, Rows
from ordercore.promotions.proposals import (
    FeeCut,
    GiftGrant,
    Grant,
    PointsRedeemed,
    Proposal,
    total_of,
)
from ordercore.promotions.terms import EVER, Basis

__all__ = ["LayerState", "Offer", "common_multiple"]

Offer = tuple[tuple[int, ...], Sequence[int], Sequence[int], int, Sequence[int] | None]
"""What a benefit may use: (rows, units, amounts, scale, caps), one entry per row.

``units`` are those still free, ``amounts`` what they cost, in minor units times ``scale``
(1 unless some of a row's units are in use elsewhere). ``caps`` is the most that each row can
still give; None says that the amounts themselves are the caps.
"""


_FINEST = 2**256

_ENTRY: Final = Basis.ENTRY  # a name of the module is found ten times as fast as a member
_BASE: Final = Basis.BASE

_NO_COUPONS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType({})
_NO_CLAIMS: Final[dict[int, int]] = {}
_NO_GIFTS: Final[dict[str, int]] = {}
"""What all states begin with: who has something to count begins a dict of its own."""


def common_multiple(numbers: Iterable[int]) -> int:
    """Find the scale at which parts of rows are whole numbers.

    It is the least common multiple, and exact, up to 2^256; where hundreds of rows of unlike
    quantities would take it further, 2^256 itself is fine enough.
    """
    scale = 1
    for number in numbers:
        scale = lcm(scale, number)
        if scale > _FINEST:
            return _FINEST
    return scale


class LayerState:
    """The state of the cart as one layer of promotions sees it, and what they take from it.

    This is the workbench of one pricing run, not a value: `take` and `next_layer` move it on.

    Attributes:
        rows: The columns of the cart.
        context: All else that a price depends on.
        entry: Amount of each row when the layer began, in minor units; never changed.
        entry_total: Their sum.
        now: Amount of each row now.
        shipping_entry: The shipping fee when the layer began.
        shipping: The shipping fee now.
        claimed: row → units in use by promotions of this layer.
        blocked: Like ``claimed``, less what the promotion now asking may share.
        base: Amount of each row before the first promotion.
        base_total: Their sum.
        began: Like ``entry``, also where a promotion's later benefits see their own amounts.
        coupons: kind of coupon → who used one, by place in the book, over all layers.
        fees: Each fee of the cart now.
        fees_entry: Each fee when the layer began.
        floors: What no promotion takes each row below: its floor price, or its base where that
            is lower; None where no line has a floor price.
        gifts: sku → units of it given so far, over all layers.
        allowance: What the promotion now asking may take off the order, in minor units.
        most_times: How often each repeating benefit of it may apply.
        points: Points redeemed so far.
    """

    __slots__ = (
        "_at_us",
        "_unit_prices",
        "allowance",
        "base",
        "base_total",
        "began",
        "blocked",
        "cart",
        "claimed",
        "context",
        "coupons",
        "entry",
        "entry_total",
        "fees",
        "fees_entry",
        "floors",
        "gifts",
        "most_times",
        "now",
        "points",
        "rows",
        "shipping",
        "shipping_entry",
    )  # fmt: skip

    allowance: int
    base: tuple[int, ...]
    base_total: int
    began: Sequence[int]
    blocked: Mapping[int, int]
    cart: Cart
    claimed: dict[int, int]
    context: Context
    coupons: Mapping[str, tuple[int, ...]]
    entry: Sequence[int]
    entry_total: int
    fees: tuple[int, ...]
    fees_entry: tuple[int, ...]
    floors: tuple[int, ...] | None
    gifts: dict[str, int]
    most_times: int
    now: Sequence[int]
    points: int
    rows: Rows
    shipping: int
    shipping_entry: int
    _at_us: int | None
    _unit_prices: list[int] | None

    def __init__(self, cart: Cart, context: Context, base: tuple[int, ...] | None = None) -> None:
        self.cart = cart
        self.rows = rows = cart.rows
        self.context = context
        if base is None:
            base, total = rows.amounts, rows.total
        else:
            total = sum(base)
        self.base = base
        self.began = self.entry = self.now = [*base]
        self.floors = None if rows.floors is None else tuple(map(min, rows.floors, base))
        self.shipping = self.shipping_entry = cart.shipping.minor
        self.claimed = self.blocked = _NO_CLAIMS
        self.gifts = _NO_GIFTS
        self.coupons = _NO_COUPONS
        self.fees = self.fees_entry = (
            tuple([fee.amount.minor for fee in cart.fees]) if cart.fees else ()
        )
        self.points = 0
        self.allowance = self.most_times = EVER
        self.base_total = self.entry_total = total
        self._at_us = self._unit_prices = None

    # What conditions and selectors ask

    @property
    def at_us(self) -> int:
        """The pricing instant in microseconds since 1970 (UTC)."""
        if self._at_us is None:
            self._at_us = instant_us(self.context.at)
        return self._at_us

    @property
    def unit_prices(self) -> Sequence[int]:
        """The unit price of each row by the cart, as integers of 10^-8."""
        if self._unit_prices is None:
            self._unit_prices = [line.unit_price.finest for line in self.heads]
        return self._unit_prices

    @property
    def heads(self) -> Iterable[CartLine]:
        """The first line of each row."""
        lines = self.cart.lines
        return (lines[i] for i in self.rows.heads)

    def amounts(self, basis: Basis) -> Sequence[int]:
        """The rows' amounts on a basis, in minor units."""
        if basis is _ENTRY:
            return self.entry
        return self.base if basis is _BASE else self.rows.amounts

    def total(self, rows: Sequence[int], basis: Basis) -> int:
        """The sum of some rows' amounts on a basis."""
        if rows is not self.rows.every:
            amounts = self.amounts(basis)
            return sum([amounts[row] for row in rows])
        if basis is _ENTRY:
            return self.entry_total
        return self.base_total if basis is _BASE else self.rows.total

    def reached(self, rows: Sequence[int], basis: Basis) -> int:
        """The same as `total`, whatever earlier benefits of the promotion took: who counts."""
        if basis is not _ENTRY or self.began is self.entry:
            return self.total(rows, basis)
        began = self.began
        return sum([began[row] for row in rows])

    def count(self, rows: Sequence[int]) -> int:
        """How many units some rows have."""
        quantities = self.rows.quantities
        return sum([quantities[row] for row in rows])

    # What benefits draw on

    def offer(self, rows: tuple[int, ...], basis: Basis = _ENTRY) -> Offer:
        """Tell what a benefit may use of some rows: see `Offer`."""
        claimed = self.claimed
        if basis is not _ENTRY or (claimed and not claimed.keys().isdisjoint(rows)):
            return self._remainder(rows, basis)
        floors, amounts, units = self.floors, self.entry, self.rows.quantities
        if len(rows) == 1:
            amounts, units = (amounts[rows[0]],), (units[rows[0]],)
        elif len(rows) != len(amounts):
            amounts = [*map(amounts.__getitem__, rows)]
            units = [*map(units.__getitem__, rows)]
        if floors is None:
            return rows, units, amounts, 1, None
        caps = [amount - floors[row] for row, amount in zip(rows, amounts, strict=True)]
        return rows, units, amounts, 1, caps

    def _remainder(self, rows: Sequence[int], basis: Basis) -> Offer:
        """The general case: some units may be in use, or the amounts on another basis."""
        quantities, floors = self.rows.quantities, self.floors
        base, entry, now = self.amounts(basis), self.entry, self.now
        free = [(row, quantities[row] - self.blocked.get(row, 0)) for row in rows]
        free = [(row, units) for row, units in free if units > 0]
        scale = common_multiple(
            [quantities[row] for row, units in free if units < quantities[row]]
        )
        amounts = [base[row] * units * scale // quantities[row] for row, units in free]
        caps = [
            min(
                now[row] - (0 if floors is None else floors[row]),
                entry[row] * units // quantities[row],
            )
            for row, units in free
        ]
        return tuple([row for row, _ in free]), [units for _, units in free], amounts, scale, caps

    def gift_available(self, sku: str, units: int) -> bool | None:
        """Whether so many more units of a gift are at hand; None: there is no snapshot."""
        stock = self.context.gift_stock
        if stock is None:
            return None
        return dict(stock).get(sku, 0) - self.gifts.get(sku, 0) >= units

    # What the engine does

    def next_layer(self) -> None:
        """Freeze what is left as the entry of the next layer."""
        self.claimed = self.blocked = _NO_CLAIMS
        self.began = self.entry = self.now
        self.entry_total = sum(self.now)
        self.shipping_entry = self.shipping
        self.fees_entry = self.fees

    def take(self, proposal: Proposal) -> None:
        """Apply a proposal: lower the rows and the shipping, count gifts."""
        goods, rows, shares, _, shipping, grants = proposal
        if goods:
            now = self.now
            if len(rows) == 1:
                if now is self.entry:
                    self.now = now = [*now]
                now[rows[0]] -= goods  # type: ignore[index]
            elif rows is self.rows.every:
                self.now = [*map(sub, now, shares)]
            else:
                self.now = now = [*now]
                for row, share in zip(rows, shares):  # noqa: B905 - of one length
                    now[row] -= share
        if shipping:
            self.shipping -= shipping
        if grants:
            self._count(grants)

    def claim(self, proposal: Proposal) -> None:
        """Count the units of an applied proposal as in use, for those that come after it."""
        claimed, units = self.claimed, zip(proposal[1], proposal[3])  # noqa: B905 - of one length
        if not claimed:
            self.claimed = self.blocked = dict(units)
            return
        for row, used in units:
            claimed[row] = claimed.get(row, 0) + used

    def coupon_users(self, kind: str) -> tuple[int, ...]:
        """Who has used up all coupons of a kind that are held; nobody while one is left."""
        users = self.coupons.get(kind, ())
        held = self.context.carried("coupon").count(kind)
        return users if len(users) >= held else ()

    def use_coupon(self, kind: str, user: int) -> None:
        """Use one coupon of a kind."""
        self.coupons = {**self.coupons, kind: (*self.coupons.get(kind, ()), user)}

    def untouched(self) -> LayerState:
        """The state as it was when the layer began: nothing taken, nothing in use."""
        then = self._copy()
        then.now, then.shipping = self.entry, self.shipping_entry
        then.fees = self.fees_entry
        then.claimed = then.blocked = _NO_CLAIMS
        return then

    def fork(self) -> LayerState:
        """A state to try things on: what is taken from it leaves this one as it is."""
        then = self._copy()
        if then.now is not then.entry:
            then.now = [*then.now]
        then.claimed = then.blocked = dict(self.claimed)
        then.gifts = dict(self.gifts)
        return then

    def after(self, proposal: Proposal) -> LayerState:
        """The state as the next benefit of the same promotion sees it."""
        goods, rows, shares, _, shipping, grants = proposal
        then = self._copy()
        then.allowance -= total_of(proposal)
        entry, now = list(self.entry), list(self.now)
        for row, share in zip(rows, shares, strict=True):
            entry[row] -= share
            now[row] -= share
        then.entry, then.now = entry, now
        then.entry_total -= goods
        then.shipping_entry -= shipping
        then.shipping -= shipping
        then.gifts = dict(self.gifts)
        then._count(grants)  # noqa: SLF001 - its own
        then.fees_entry = then.fees
        return then

    def _copy(self) -> LayerState:
        then = object.__new__(LayerState)
        for put, value in zip(_PUTS, _ALL(self)):  # noqa: B905 - of one length
            put(then, value)
        return then

    def _count(self, grants: Iterable[Grant]) -> None:
        for grant in grants:
            if isinstance(grant, GiftGrant):
                if not self.gifts:
                    self.gifts = {}
                self.gifts[grant.sku] = self.gifts.get(grant.sku, 0) + grant.quantity
            elif isinstance(grant, FeeCut):
                fees = [*self.fees]
                fees[grant.fee] -= grant.minor
                self.fees = tuple(fees)
            elif isinstance(grant, PointsRedeemed):
                self.points += grant.points


_ALL: Final = attrgetter(*LayerState.__slots__)
_PUTS: Final = [getattr(LayerState, slot).__set__ for slot in LayerState.__slots__]
"""How to read and to write every slot: searches copy states by the thousand."""
