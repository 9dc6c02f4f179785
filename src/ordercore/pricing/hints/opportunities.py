"""凑单: the smallest known change of a cart that unlocks a promotion, or its next level.

What a promotion is short of is read off the quote. Then the cart is changed by just that and
priced: reported is only what the changed cart really brings. Where discounts made the estimate
too large, the smallest change that does is found by halving, priced at each try. A code or
coupon that was not given is never hinted at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from attrs import evolve, field, frozen

from ordercore.cart import Cart, CartLine, Shopper, Usage, Wishes
from ordercore.data.attributes import NO_ATTRIBUTES
from ordercore.data.checks import Named, each, instance, integer, tuple_of
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidType,
    InvalidValue,
    LimitExceeded,
)
from ordercore.money import Money
from ordercore.pricing.engine import price, price_in
from ordercore.pricing.entered import entered_by
from ordercore.pricing.hints.additions import AddAmount, Addition, AddUnits, Attempt, Step, steps
from ordercore.pricing.hints.gains import Gain, gain_of
from ordercore.pricing.hints.goals import Counted, Standing, standing
from ordercore.pricing.outcomes import Applied, outcome_of
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.account import Kind
from ordercore.promotions.book import PromotionBook
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.state import LayerState
from ordercore.tariffs import Tariff

__all__ = [
    "AddAmount", "AddUnits", "Addition", "Gain", "Opportunity", "opportunities",
    "opportunities_of",
]  # fmt: skip

_LIMIT: Final = 50
"""How many changed carts are priced at most, unless told otherwise."""

_ROUNDS: Final = 6
"""How often one attempt is corrected by what its price says is still missing."""

_OVER: Final = (Kind.EXCLUDED, Kind.GIFT_OUT_OF_STOCK, Kind.LIMIT_REACHED)
"""What buying more does not change."""

_check_goods = each(instance(CartLine), most=10_000)
_check_limit = integer(least=0, most=10_000)


@frozen(kw_only=True)
class Opportunity:
    """A change of the cart that brings something, checked by pricing the changed cart.

    Attributes:
        promotion: The id of the promotion that gives it.
        adds: What to add: units of lines or goods, or an amount to spend.
        gap: What was missing: Money or a number of units; None where both were.
        cost: What more the cart costs before promotions, at the prices that hold for the
            shopper.
        unlocks: Whether the promotion does not apply now; else it comes to its next level.
        gain: What it gives more.
        before: What is to be paid now.
        quote: The priced changed cart.
    """

    promotion: str
    adds: tuple[Addition, ...]
    gap: Money | int | None
    cost: Money
    unlocks: bool
    gain: Gain
    before: Money
    quote: Quote = field(repr=False)

    @property
    def witness(self) -> Cart:
        """The changed cart."""
        return self.quote.cart

    @property
    def payable(self) -> Money:
        """What is to be paid for the changed cart."""
        return self.quote.payable

    def told(self, locale: str = "en") -> str:
        """Put it into words, such as 再买 ¥20.00 可减 ¥50.00.

        Raises:
            InvalidValue: There are no words in that language (``unknown_locale``).
        """
        from ordercore.pricing.explaining.hints import hint  # noqa: PLC0415 - only for who reads
        from ordercore.wording import Words  # noqa: PLC0415

        return hint(self, Words(locale))


def opportunities(  # noqa: PLR0913 - what a price depends on
    cart: Cart,
    book: PromotionBook,
    *,
    at: datetime,
    shopper: Shopper | None = None,
    codes: Iterable[str] = (),
    region: str | None = None,
    channel: str | None = None,
    gift_stock: Mapping[str, int] | None = None,
    attributes: Mapping[str, str] = NO_ATTRIBUTES,
    wishes: Wishes | None = None,
    usage: Usage | None = None,
    tariff: Tariff | None = None,
    goods: Iterable[CartLine] | None = None,
    limit: int = _LIMIT,
) -> tuple[Opportunity, ...]:
    """Find what little more in the cart would bring (凑单), the cheapest change first.

    Of each promotion that is automatic, or whose code or coupon was given, the smallest known
    change is reported: of what stands in its way, its next tier, or its next multiple or set.
    Each one is true: with the change, the promotion gives what is said.

    Args:
        cart: What is bought: this and all that follows is as for `price`.
        book: What is on offer.
        at: The pricing instant.
        shopper: Who is buying.
        codes: Codes typed.
        region: Where the goods go.
        channel: Where the order comes from.
        gift_stock: Units of each gift sku at hand.
        attributes: Whatever else rules look at.
        wishes: What the shopper chose.
        usage: What was used of promotions before.
        tariff: Price lists, taxes and rounding.
        goods: What could be added, as lines with ids that the cart does not have; each at most
            in its quantity. None: no goods are named; then a missing amount is told as an
            amount to spend, and more units only of what the cart has already.
        limit: At most so many changed carts are priced, for the nearest opportunities first;
            0 to 10 000. One opportunity takes one or two of them. What is left is for finding
            the smallest change, which takes up to a dozen where other discounts play a part.

    Raises:
        InvalidType, InvalidValue, CurrencyMismatch: As for `price`; of goods, with their place.

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, recipes
    >>> cart = Cart.of("CNY", [("shirt", "140.00", 2)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> (hint,) = opportunities(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> hint.told("zh_CN"), hint.payable
    ('再买 ¥20.00 可减 ¥50.00', Money.of('250.00', 'CNY'))
    """
    quote = price(
        cart, book, at=at, shopper=shopper, codes=codes, region=region, channel=channel,
        gift_stock=gift_stock, attributes=attributes, wishes=wishes, usage=usage, tariff=tariff,
    )  # fmt: skip
    return opportunities_of(quote, goods=goods, limit=limit)


def opportunities_of(
    quote: Quote, *, goods: Iterable[CartLine] | None = None, limit: int = _LIMIT
) -> tuple[Opportunity, ...]:
    """Find what little more in the cart of a quote would bring: see `opportunities`."""
    if not isinstance(quote, Quote):
        raise InvalidType("a Quote", quote)
    _check_limit(None, Named("limit"), limit)
    search = _Search(quote, None if goods is None else _offered(goods, quote.cart), limit)
    found = [each for each in map(search.climb, search.starts()) if each is not None]
    least = map(search.lessened, found)  # after all are found: the limit may end it
    return tuple(sorted(least, key=lambda each: (each.cost.minor, each.promotion)))


def _offered(goods: Iterable[CartLine], cart: Cart) -> dict[str, CartLine]:
    """Take goods that may be added to a cart, by their ids."""
    lines = tuple_of(goods)
    _check_goods(None, Named("goods"), lines)
    found: dict[str, CartLine] = {}
    for i, line in enumerate(lines):
        if line.id in cart.rows.places or line.id in found:
            expected, path = "an id that no other line has", ("goods", i, "id")
            raise InvalidValue(expected, line.id, path=path, reason="duplicate_id")
        if line.unit_price.currency != cart.currency:
            expected, path = f"a price in {cart.currency}", ("goods", i, "unit_price")
            raise CurrencyMismatch(expected, str(line.unit_price), path=path)
        found[line.id] = line
    return found


@frozen
class _Start:
    """A promotion, where it stands on the cart, and what may be added first."""

    plan: Plan
    standing: Standing
    steps: list[Step]
    before: Applied | None


class _Look(NamedTuple):
    """A changed cart, priced: where a promotion stands on it, and what it brings."""

    state: LayerState
    standing: Standing
    rose: bool
    told: Opportunity | None


class _Found(NamedTuple):
    """An opportunity, and how it was found."""

    told: Opportunity
    start: _Start
    first: Step
    last: Step
    failed: int | None
    """How much of what was added last did not do; None: nothing less was tried."""


class _Search:
    """The search for opportunities: it keeps count of the carts that may still be priced."""

    __slots__ = ("_attempt", "_left", "_quote", "_shelf")

    def __init__(self, quote: Quote, goods: dict[str, CartLine] | None, limit: int) -> None:
        self._quote, self._left = quote, limit
        self._attempt = Attempt(quote.cart, goods, has_lists=bool(quote.base_prices))
        self._shelf: LayerState | None = None
        if goods:
            one_of_each = [evolve(line, quantity=1) for line in goods.values()]
            self._shelf = LayerState(Cart(quote.currency, one_of_each), quote.context)

    def starts(self) -> list[_Start]:
        """List the promotions that more in the cart could bring on, the nearest first."""
        found = [each for each in map(self._start, self._plans()) if each.steps]
        return sorted(found, key=lambda each: (each.steps[0].cost, each.plan.promotion.id))

    def _plans(self) -> Iterator[Plan]:
        """List what could apply, now or with some of the goods."""
        quote, plans = self._quote, self._quote.book.plans
        kinds = {entry[0]: entry[1] for entry in quote.account}
        yield from [plans[seq] for seq, kind in kinds.items() if kind not in _OVER]
        if self._shelf is None or any(_stands_alone(plans[seq], kinds[seq]) for seq in kinds):
            return
        others = quote.book.candidates(self._shelf.cart, quote.context)
        yield from [plan for plan in others if plan.seq not in kinds]

    def _start(self, plan: Plan) -> _Start:
        state = entered_by(self._quote, plan)
        now = standing(plan, state)
        first = steps(now, state, self._attempt, self._shelf)
        return _Start(plan, now, first, _applied(self._quote, plan))

    def climb(self, start: _Start) -> _Found | None:
        """Find a change by which a promotion gives more, of several ways the cheapest."""
        found = (self._follow(start, step) for step in start.steps)
        return next((each for each in found if each is not None), None)

    def lessened(self, found: _Found) -> Opportunity:
        """Look for the smallest change that does: one less, and if that does, by halving."""
        best, start, first, last, failed = found
        least, enough = failed or 0, last.amount
        tried = least if failed is None and last.is_measured else enough - 1
        while tried > least and self._left:
            look = self._look(start, first, last.less(tried))
            if look is None or look.told is None:
                least = tried
            else:
                best, enough = look.told, tried
            tried = (least + enough) // 2
        return best

    def _follow(self, start: _Start, first: Step) -> _Found | None:
        """Add what is missing, price the cart, and go on with what is missing then."""
        step, failed = first, None
        for _ in range(_ROUNDS):
            look = self._look(start, first, step.attempt)
            if look is None:
                return None
            if look.told is not None:
                return _Found(look.told, start, first, step, failed)
            if look.rose or not _counts(step, look.state):
                return None
            further = steps(look.standing, look.state, step.attempt, self._shelf)
            if not further:
                return None
            failed, step = further[0].amount_in(step.attempt), further[0]
        return None

    def _look(self, start: _Start, first: Step, attempt: Attempt) -> _Look | None:
        """Price a changed cart and look at a promotion there; None if it cannot be told."""
        quote = self._priced(attempt)
        if quote is None or not _stands_for_it(quote, attempt):
            return None
        state = entered_by(quote, start.plan)
        now = standing(start.plan, state)
        rose = _rose(start.standing, now)
        reached = rose or start.before is None
        told = self._told(start, first, attempt, quote) if reached else None
        return _Look(state, now, rose, told)

    def _priced(self, attempt: Attempt) -> Quote | None:
        """Price a changed cart; None if no cart can be as large, or enough were priced."""
        if not self._left:
            return None
        self._left -= 1
        quote = self._quote
        try:
            return price_in(attempt.changed, quote.book, quote.context, quote.tariff)
        except (LimitExceeded, InvalidDocument):
            return None

    def _told(
        self, start: _Start, first: Step, attempt: Attempt, quote: Quote
    ) -> Opportunity | None:
        """Report what a changed cart brings, if it brings anything."""
        after = _applied(quote, start.plan)
        if after is None or after.points_redeemed > _points_redeemed(start.before):
            return None  # what points pay for is no gain
        gain = gain_of(start.before, after, self._quote, quote)
        if not gain.is_any:
            return None
        return Opportunity(
            promotion=start.plan.promotion.id,
            adds=attempt.added(_costs(quote, attempt)),
            gap=_gap(first, attempt),
            cost=quote.base - self._quote.base,
            unlocks=start.before is None,
            gain=gain,
            before=self._quote.payable,
            quote=quote,
        )


def _stands_alone(plan: Plan, kind: Kind) -> bool:
    return kind is Kind.APPLIED and plan.promotion.exclusive is Exclusive.BOOK


def _applied(quote: Quote, plan: Plan) -> Applied | None:
    """Find what a promotion gives; None if it does not apply."""
    for entry in quote.account:
        if entry[0] == plan.seq and entry[1] is Kind.APPLIED:
            outcome = outcome_of(quote, entry)
            return outcome if isinstance(outcome, Applied) else None
    return None


def _costs(quote: Quote, attempt: Attempt) -> int:
    """Tell what it comes to that an amount is spent on, whatever price lists hold."""
    if attempt.like is None or not attempt.has_lists:
        return attempt.spent
    return quote.line(attempt.spent_on).base_minor


def _stands_for_it(quote: Quote, attempt: Attempt) -> bool:
    """Whether what an amount is spent on costs what it does by that, not by its sku."""
    return attempt.like is None or 0 < _costs(quote, attempt) <= attempt.spent


def _counts(step: Step, state: LayerState) -> bool:
    """Whether what was added counts towards the goal that it was meant for."""
    row, goal = state.rows.places[step.line][1], step.goal
    free = goal.counted is Counted.AMOUNT and not state.amounts(goal.basis)[row]
    return row in goal.select(state) and not free


def _rose(before: Standing, now: Standing) -> bool:
    """Whether a promotion whose condition holds has come to a higher level."""
    pairs = zip(before.levels, now.levels, strict=False)  # none where it did not hold
    return now.holds and any(after > level for level, after in pairs)


def _points_redeemed(outcome: Applied | None) -> int:
    return 0 if outcome is None else outcome.points_redeemed


def _gap(first: Step, attempt: Attempt) -> Money | int | None:
    """Tell what was missing; where an amount is among several things, nothing can be told."""
    goals = first.way
    if goals[0].counted is Counted.AMOUNT and len(goals) == 1:
        return Money(goals[0].missing, attempt.cart.currency)
    if any(goal.counted is Counted.AMOUNT for goal in goals) or attempt.like is not None:
        return None
    return sum(attempt.units.values())
