"""A promotion compiled for one book: two functions, its place in the order, its index key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from attrs import define

from ordercore.calendars import Schedule
from ordercore.cart import Cart, Context
from ordercore.cart.context import ATTRIBUTE
from ordercore.errors import InvalidDocument, InvalidInput
from ordercore.promotions.benefits import Propose
from ordercore.promotions.conditions import Always, Test, Verdict
from ordercore.promotions.limits import (
    NO_LIMITS,
    Allowance,
    Reached,
    allowance_by,
    cut,
    reached_by,
    within,
)
from ordercore.promotions.promotion import ALWAYS_ON, Code, Coupon, Exclusive, Promotion
from ordercore.promotions.proposals import GiftGrant, Proposal, join
from ordercore.promotions.selectors import Need, either
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["Plan", "compile_plan", "terms_of"]

_RANKS = {
    "sku": 0, "brand": 1, "category": 1, "seller": 2, "code": 3, "coupon": 3, "group": 3,
    "channel": 4, "region": 5,
}  # fmt: skip
"""How selective a key is; a promotion stands in the index under its lowest."""


@define(eq=False)
class Plan:
    """A compiled promotion.

    Nothing ever changes one. It is not frozen, since making it would then take almost three
    times as long, and a book makes thousands.

    Attributes:
        promotion: The data it was made of.
        seq: Its place in the order of application: by layer, priority descending, id.
        layer: The position of its layer.
        key: The facet and values of which one must be held; None: it is always a candidate.
        test: Its schedule and condition on a layer's state; None holds always.
        propose: What it would take.
        picky: Whether it may exclude others in its layer, or be excluded by a group.
        plain: Whether it needs its units for itself, and neither others in its layer nor the
            want of a coupon nor a limit may hinder it: as with most promotions.
        coupon: The kind of coupon that it uses up; None: none.
        sociable: Whether it shares its units with any other promotion.
        limit: Tells which limit on its uses or its budget is reached; None: it has none.
    """

    promotion: Promotion
    seq: int
    layer: int
    key: Need | None
    test: Test | None
    propose: Propose
    picky: bool
    plain: bool
    coupon: str | None
    sociable: bool
    limit: Reached | None = None

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


def terms_of(promotion: Promotion, usual: Terms) -> Terms:
    """Tell under which terms the rules of a promotion are compiled.

    ``usual`` are those of who says nothing of them, and stand for all that are equal.
    """
    own = promotion.limits.applications
    if (
        promotion.basis is usual.basis
        and promotion.rounding is usual.rounding
        and promotion.split is usual.split
        and promotion.overflow == usual.overflow
        and own is None
    ):
        return usual
    return Terms(
        usual.currency, promotion.basis, promotion.rounding, promotion.split, promotion.overflow,
        own,
    )  # fmt: skip


def compile_plan(promotion: Promotion, seq: int, layer: int, usual: Terms) -> Plan:
    """Compile a promotion; raise `InvalidDocument` with every fault of its rules."""
    terms = terms_of(promotion, usual)
    try:
        test, propose, reached = _compiled(promotion, terms)
    except InvalidInput:
        raise InvalidDocument(_faults(promotion, terms)) from None
    picky = promotion.exclusive is Exclusive.LAYER or promotion.group is not None
    coupon = promotion.trigger.kind if isinstance(promotion.trigger, Coupon) else None
    return Plan(
        promotion,
        seq,
        layer,
        _key(promotion),
        test,
        propose,
        picky,
        not (picky or coupon or reached or promotion.combines_with),
        coupon,
        bool(promotion.combines_with),
        reached,
    )


def _compiled(promotion: Promotion, terms: Terms) -> tuple[Test | None, Propose, Reached | None]:
    """Compile the rules of a promotion, or raise the first fault."""
    test, benefits = _test(promotion, terms), promotion.benefits
    if promotion.limits is NO_LIMITS and len(benefits) == 1 and not promotion.whole:
        return test, placed(benefits[0], terms, "benefits", 0), None  # as most are
    limits = promotion.limits, promotion.id, terms
    proposes = [placed(each, terms, "benefits", i) for i, each in enumerate(benefits)]
    try:
        reached, allowance = reached_by(*limits), allowance_by(*limits)
    except InvalidInput as error:
        raise error.at("limits") from None
    propose = _propose(proposes, allowance)
    return test, _whole(propose) if promotion.whole else propose, reached


def _faults(promotion: Promotion, terms: Terms) -> list[InvalidInput]:
    """List every fault of the rules of a promotion."""
    found: list[InvalidInput] = []
    limits = promotion.limits, promotion.id, terms
    rules: list[tuple[tuple[str | int, ...], Callable[[], object]]] = [
        ((), partial(_test, promotion, terms)),
        (("limits",), partial(reached_by, *limits)),
        (("limits",), partial(allowance_by, *limits)),
    ]
    for i, benefit in enumerate(promotion.benefits):
        rules.append((("benefits", i), partial(benefit.compile, terms)))
    for place, compiled in rules:
        try:
            compiled()
        except InvalidInput as error:
            fault = error.at(*place)
            if str(fault) not in map(str, found):  # a budget is read twice
                found.append(fault)
    return found


def _test(promotion: Promotion, terms: Terms) -> Test | None:
    when = promotion.when
    test = None if type(when) is Always else placed(when, terms, "when")
    schedule = promotion.schedule
    if schedule is ALWAYS_ON or schedule == ALWAYS_ON:
        return test
    return _on_time(schedule, test)


def _on_time(schedule: Schedule, test: Test | None) -> Test:
    """Test only while a schedule is on."""
    is_open = schedule.compiled()

    def on_time(state: LayerState) -> Verdict:
        if not is_open(state.at_us):
            return Verdict(False, schedule, None, state.context.at)
        return Verdict(True, schedule) if test is None else test(state)

    return on_time


def _propose(proposes: Sequence[Propose], allowance: Allowance | None) -> Propose:
    """Make one function of all benefits, which keeps within what the promotion may take."""
    if allowance is not None:
        proposes = [cut(each) for each in proposes]
    every = proposes[0] if len(proposes) == 1 else _in_turn(proposes)
    return every if allowance is None else within(allowance, every)


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


def _whole(propose: Propose) -> Propose:
    """Propose nothing when a unit of a row that it would reduce alone is in use."""

    def undivided(state: LayerState) -> Proposal | None:
        if state.blocked:
            alone = propose(state.untouched())
            if alone is None or not state.blocked.keys().isdisjoint(alone[1]):
                return None
        return propose(state)

    return undivided


def _blocks(proposal: Proposal) -> bool:
    """Whether a gift that cannot be given keeps the whole promotion from applying."""
    return any([isinstance(grant, GiftGrant) and grant.blocks for grant in proposal[5]])


def _key(promotion: Promotion) -> Need | None:
    """Choose the most selective thing that must be held for the promotion to have an effect."""
    if isinstance(promotion.trigger, Code):
        return "code", frozenset({promotion.trigger.code})
    if isinstance(promotion.trigger, Coupon):
        return "coupon", frozenset({promotion.trigger.kind})
    benefits = promotion.benefits
    needs = benefits[0].needs() if len(benefits) == 1 else either([b.needs() for b in benefits])
    if type(promotion.when) is not Always:
        needs = promotion.when.needs() + needs
    if len(needs) == 1 and needs[0][0] in _RANKS:
        return needs[0]
    ranked = [need for need in needs if need[0] in _RANKS or need[0].startswith(ATTRIBUTE)]
    if len(ranked) < 2:
        return ranked[0] if ranked else None
    last = len(_RANKS)
    return min(
        ranked,
        key=lambda need: (_RANKS.get(need[0], last), len(need[1]), need[0], sorted(need[1])),
    )
