"""可选赠品: the shopper chooses one gift among several."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    MAX_QUANTITY,
    each,
    identifier,
    instance,
    member,
    names_of,
    optional,
)
from ordercore.data.checks import quantity as check_quantity
from ordercore.errors import InvalidValue
from ordercore.money.fields import Amount, amount_or_none, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.every import Every, whole_times
from ordercore.promotions.benefits.stock import (
    OutOfStock,
    check_substitutes,
    granting,
    out_of_stock_of,
)
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["GiftChoice"]


@variant(Benefit, "gift_choice")
@frozen
class GiftChoice(Benefit):
    """Give units of one of several skus on top: of the one that the shopper chose.

    The wishes of the context say under the key ``choice`` which sku was chosen. A choice that is
    none of the options, or of which too few are at hand, counts for nothing: then the default
    is given, or the first of the options that is at hand in full. If none is, ``out_of_stock``
    says what becomes of it:

    ===================== ======================================================
    ``skip``              none is given; what else the promotion gives stays
    ``substitute``        the first of the ``substitutes`` that is at hand in full
                          is given; if none is, as ``skip``
    ``grant_alternative`` as many are given as are at hand: of what was chosen, or
                          of the next that is at hand at all
    ``block``             the whole promotion does not apply
    ===================== ======================================================

    Args:
        options: The skus that may be chosen.
        choice: Under which key the wishes tell the choice, in general the promotion's id.
        quantity: How many units, each time.
        default: What is given where nothing was chosen; None: the first option at hand.
        value: What one unit is worth; only told, never charged.
        every: Give once for each whole multiple of this step; None: once.
        target: Which units the step counts.
        out_of_stock: What if none of the options is at hand in full.
        substitutes: Skus that are given instead, in this order, and cannot be chosen. Only with
            the policy ``substitute``, which needs one.

    >>> GiftChoice(["mug", "cup"], "summer", default="cup").options
    ('mug', 'cup')
    """

    monotone = True

    options: tuple[str, ...] = field(
        converter=names_of, validator=each(identifier, least=1, most=100)
    )
    choice: str = field(validator=identifier)
    quantity: int = field(default=1, validator=check_quantity)
    default: str | None = field(default=None, validator=optional(identifier), kw_only=True)
    value: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount), kw_only=True
    )
    every: Every | None = field(default=None, validator=optional(instance(Every)), kw_only=True)
    target: Selector = field(factory=AllUnits, validator=check_selector, kw_only=True)
    out_of_stock: OutOfStock = field(
        default=OutOfStock.SKIP,
        converter=out_of_stock_of,
        validator=member(OutOfStock),
        kw_only=True,
    )
    substitutes: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=100), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.default is not None and self.default not in self.options:
            raise InvalidValue(
                "one of the options", self.default, path=("default",), reason="fields_disagree"
            )
        check_substitutes(self.out_of_stock, self.substitutes)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select = placed(self.target, terms, "target")
        times = whole_times(self.every, terms)
        value = 0 if self.value is None else terms.minor(self.value, "value")
        units, policy, choice = self.quantity, self.out_of_stock, len(set(self.options))

        def propose(state: LayerState) -> Proposal | None:
            promised = (
                units if times is None else min(units * times(state, select(state)), MAX_QUANTITY)
            )
            if not promised or not state.rows.every:
                return None
            skus = self._in_turn(state)
            return granting(state, skus, promised, value, policy, choice=choice)

        return propose

    def _in_turn(self, state: LayerState) -> tuple[str, ...]:
        """List the options, then what stands in for them, in the order in which they are tried."""
        wishes = state.context.wishes
        wished = None if wishes is None else wishes.gifts.get(self.choice)
        first = tuple(sku for sku in (wished, self.default) if sku in self.options)
        return tuple(dict.fromkeys((*first, *self.options, *self.substitutes)))

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return () if self.every is None else self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: D102
        if self.every is not None:
            return self.every.label(("gift_choice", {"quantity": self.quantity}))
        if spend is not None:
            return "gift_choice_from", {"spend": spend, "quantity": self.quantity}
        return "gift_choice", {"quantity": self.quantity}
