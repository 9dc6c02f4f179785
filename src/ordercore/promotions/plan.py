"""A promotion compiled for one book: two functions, its place in the order, its index key."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from ordercore.calendars import Schedule
from ordercore.cart import Cart, Context
from ordercore.cart.context import ATTRIBUTE
from ordercore.errors import InvalidDocument, InvalidInput
from ordercore.money import Currency
from ordercore.promotions.benefits import Propose
from ordercore.promotions.conditions import Always, Test, Verdict
from ordercore.promotions.promotion import Code, Coupon, Exclusive, Promotion
from ordercore.promotions.proposals import GiftGrant, Proposal, join
from ordercore.promotions.selectors import Need, either
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["Plan", "compile_plan"]

_RANKS = {
    "sku": 0, "brand": 1, "category": 1, "seller": 2, "code": 3, "coupon": 3, "group": 3,
    "channel": 4, "region": 5,
}  # fmt: skip
"""How selective a key is; a promotion stands in the index under its lowest."""


@frozen(eq=False)
class Plan:
    """A compiled promotion.

    Attributes:
        promotion: The data it was made of.
        seq: Its place in the order of application: by layer, priority descending, id.
        layer: The position of its layer.
        key: The facet and values of which one must be held; None: it is always a candidate.
        test: Its schedule and condition on a layer's state; None holds always.
        propose: What it would take.
        picky: Whether it may exclude others in its layer, or be excluded by a group.
        particular: Whether it may be excluded by others in its layer, or want for a coupon.
        coupon: The kind of coupon that it uses up; None: none.
        sociable: Whether it shares its units with any other promotion.
    """

    promotion: Promotion
    seq: int
    layer: int
    key: Need | None
    test: Test | None
    propose: Propose
    picky: bool
    particular: bool
    coupon: str | None
    sociable: bool

    def is_candidate(self, cart: Cart, context: Context) -> bool:
        """Whether it is available by its trigger and its required key is held."""
        if self.key is None:
            return True
        facet, values = self.key
        held = cart.rows.facets.get(facet)
        return not values.isdisjoint(context.carried(facet) if held is None else held)

    def combines(self, other: Plan) -> bool:
        """Whether both agree to use the same units."""
        one, two = self.promotion, other.promotion
        return one.combines(two) and two.combines(one)


def compile_plan(promotion: Promotion, seq: int, layer: int, currency: Currency) -> Plan:
    """Compile a promotion; raise `InvalidDocument` with every fault of its rules."""
    terms = Terms(
        currency, promotion.basis, promotion.rounding, promotion.split, promotion.overflow
    )
    faults: list[InvalidInput] = []
    test: Test | None = None
    proposes: list[Propose] = []
    try:
        test = _test(promotion, terms)
    except InvalidInput as error:
        faults.append(error)
    for i, benefit in enumerate(promotion.benefits):
        try:
            proposes.append(placed(benefit, terms, "benefits", i))
        except InvalidInput as error:
            faults.append(error)
    if faults:
        raise InvalidDocument(faults)
    picky = promotion.exclusive is Exclusive.LAYER or promotion.group is not None
    coupon = promotion.trigger.kind if isinstance(promotion.trigger, Coupon) else None
    return Plan(
        promotion=promotion,
        seq=seq,
        layer=layer,
        key=_key(promotion),
        test=test,
        propose=proposes[0] if len(proposes) == 1 else _in_turn(proposes),
        picky=picky,
        particular=picky or coupon is not None,
        coupon=coupon,
        sociable=bool(promotion.combines_with),
    )


def _test(promotion: Promotion, terms: Terms) -> Test | None:
    when = promotion.when
    test = None if isinstance(when, Always) else placed(when, terms, "when")
    if promotion.schedule == Schedule():
        return test
    schedule = promotion.schedule
    is_open = schedule.compiled()

    def on_time(state: LayerState) -> Verdict:
        if not is_open(state.at_us):
            return Verdict(False, schedule, None, state.context.at)
        return Verdict(True, schedule) if test is None else test(state)

    return on_time


def _in_turn(proposes: Sequence[Propose]) -> Propose:
    """Apply benefits one after the other, each on what the ones before it left."""

    def propose(state: LayerState) -> Proposal | None:
        whole: Proposal | None = None
        for each in proposes:
            proposal = each(state if whole is None else state.after(whole))
            if proposal is not None and _blocks(proposal):
                return proposal
            if proposal is not None:
                whole = proposal if whole is None else join(whole, proposal)
        return whole

    return propose


def _blocks(proposal: Proposal) -> bool:
    """Whether a gift that cannot be given keeps the whole promotion from applying."""
    return any([isinstance(grant, GiftGrant) and grant.blocks for grant in proposal[5]])


def _key(promotion: Promotion) -> Need | None:
    """Choose the most selective thing that must be held for the promotion to have an effect."""
    if isinstance(promotion.trigger, Code):
        return "code", frozenset({promotion.trigger.code})
    if isinstance(promotion.trigger, Coupon):
        return "coupon", frozenset({promotion.trigger.kind})
    needs = promotion.when.needs() + either([each.needs() for each in promotion.benefits])
    ranked = [need for need in needs if need[0] in _RANKS or need[0].startswith(ATTRIBUTE)]
    if not ranked:
        return None
    last = len(_RANKS)
    return min(
        ranked,
        key=lambda need: (_RANKS.get(need[0], last), len(need[1]), need[0], sorted(need[1])),
    )
