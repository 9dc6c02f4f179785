"""English."""

from types import MappingProxyType

from ordercore.wording.catalogues.changes_en import CHANGES
from ordercore.wording.catalogues.notices_en import NOTICES
from ordercore.wording.catalogues.refunds_en import REFUNDS
from ordercore.wording.catalogues.sourcing_en import SOURCING
from ordercore.wording.catalogues.stock_en import STOCK
from ordercore.wording.catalogues.timeline_en import TIMELINE
from ordercore.wording.catalogues.workshops_en import WORKSHOPS
from ordercore.wording.messages import Catalogue, Message, ordinals, plurals

__all__ = ["CATALOGUE"]

_NUMBERS: dict[str, Message] = {
    "list": ", ",
    "machine.refused": "{state}: {event} is not possible yet ({reasons})",
    "machine.unmet": "first: {guards}",
    "machine.only_by": "only by {roles}",
    "labels": "; ",
    "reasons": "; ",
    "unit": "{count} {unit}",
    "unit.piece": "{count}",
    "unit.pair": plurals("count", one="{count} pair", other="{count} pairs"),
    "unit.dozen": "{count} dozen",
    "unit.m": "{count} m",
    "unit.cm": "{count} cm",
    "unit.mm": "{count} mm",
    "unit.m2": "{count} m²",
    "unit.cm2": "{count} cm²",
    "unit.m3": "{count} m³",
    "unit.l": "{count} l",
    "unit.ml": "{count} ml",
    "unit.kg": "{count} kg",
    "unit.g": "{count} g",
    "unit.t": "{count} t",
    "ordinal": ordinals(
        "number", one="{number}st", two="{number}nd", few="{number}rd", other="{number}th"
    ),
    "rate": "{number}%",
    "rate.all": "100%",
    "discount": "{rate} off",
    "discount.half": "half price",
    "discount.all": "free",
    "price": "{amount}",
}
"""Numbers and lists."""

_LABELS: dict[str, Message] = {
    "label.add_on_price": "Add-on for {amount}",
    "label.amount_off": "{amount} off",
    "label.amount_off_each": "{amount} off each",
    "label.bundle_price": "Any {quantity} for {amount}",
    "label.buy_and_get": "Buy {buy}, get {get} {percent}",
    "label.buy_and_get.free": "Buy {buy}, get {get} free",
    "label.capped": "{what}, at most {maximum}",
    "label.cheapest_amount_off": plurals(
        "quantity",
        one="{quantity} cheapest item {amount} off",
        other="{quantity} cheapest items {amount} off",
    ),
    "label.cheapest_off": plurals(
        "quantity",
        one="{quantity} cheapest item {percent}",
        other="{quantity} cheapest items {percent}",
    ),
    "label.dearest_off": plurals(
        "quantity",
        one="{quantity} dearest item {percent}",
        other="{quantity} dearest items {percent}",
    ),
    "label.deposit_save": "Pay {deposit} down, save {save}",
    "label.deposit_alone": "Pay {deposit} down",
    "label.fee_less": "{amount} off {fee}",
    "label.gift_choice": "Gift of your choice × {quantity}",
    "label.gift_choice_from": "Spend {spend}, choose a gift × {quantity}",
    "label.deposit": "Pay {deposit} down, worth {worth}",
    "label.earn_points": plurals(
        "points", one="Earn {points} point", other="Earn {points} points"
    ),
    "label.fee_off": "{fee} {percent}",
    "label.fixed_price": "{amount} each",
    "label.free_shipping": "Free shipping",
    "label.free_shipping_from": "Free shipping from {spend}",
    "label.from_spend": "Spend {spend}: {what}",
    "label.from_units": plurals(
        "quantity", one="{what} from {quantity} item", other="{what} from {quantity} items"
    ),
    "label.gift": "Gift: {sku} × {quantity}",
    "label.gift_from": "Spend {spend}, get a gift: {sku} × {quantity}",
    "label.grant_coupon": "Get coupon {coupon}",
    "label.limited": plurals(
        "times", one="{what}, at most {times} time", other="{what}, at most {times} times"
    ),
    "label.limited_units": "{what}, at most {quantity} of each item",
    "label.nth_item_off": "{nth} item {percent}",
    "label.per_spend": "{what} for every {spend} spent",
    "label.per_units": plurals(
        "quantity",
        one="{what} for every {quantity} item",
        other="{what} for every {quantity} items",
    ),
    "label.percent_off": "{percent} off",
    "label.redeem_points": "Pay with points",
    "label.save": "Save {amount}",
    "label.set_price": "Set for {amount}",
    "label.shipping_off": "{amount} off shipping",
    "label.shipping_percent": "Shipping {percent}",
    "label.shipping_price": "Shipping for {amount}",
    "label.spend_and_discount": "Spend {spend}, get {percent} off",
    "label.spend_and_save": "Spend {spend}, save {save}",
    "label.tiers": "{tiers}",
}
"""What promotions are called."""

_OUTCOMES: dict[str, Message] = {
    "outcome.applied.gift_out_of_stock": "{promotion} (gift {skus} is out of stock)",
    "outcome.applied.gift_out_of_stock.short": "{promotion} ({gifts})",
    "outcome.applied.withheld": "{promotion} (cut by {amount}: {reasons})",
    "outcome.applied": "{promotion}",
    "outcome.not_eligible": "{promotion}: {reasons}",
    "outcome.not_eligible.amount": "{promotion}: {gap} short",
    "outcome.not_eligible.amount.some": "{promotion}: {gap} of eligible items short",
    "outcome.not_eligible.units": plurals(
        "count", one="{promotion}: {count} item short", other="{promotion}: {count} items short"
    ),
    "outcome.not_eligible.units.some": plurals(
        "count",
        one="{promotion}: {count} eligible item short",
        other="{promotion}: {count} eligible items short",
    ),
    "promotion.apart": "{promotion} ({id})",
    "outcome.beaten": "{promotion}: its items are used by {by}",
    "outcome.beaten.saving": (
        "{promotion}: its items are used by {by}, which saves {difference} more"
    ),
    "outcome.beaten.chosen": "{promotion}: gives way to {by}",
    "outcome.beaten.chosen.saving": (
        "{promotion}: gives way to {by}, which saves {difference} more"
    ),
    "outcome.excluded": "{promotion}: cannot be combined with {by}",
    "outcome.no_effect": "{promotion}: there is nothing for it to reduce",
    "outcome.no_effect.withheld": "{promotion}: nothing is left for it to reduce ({reasons})",
    "outcome.limit_reached": plurals(
        "count",
        one="{promotion}: used up after {count} use",
        other="{promotion}: used up after {count} uses",
    ),
    "outcome.limit_reached.uses_per_customer": plurals(
        "count",
        one="{promotion}: used up; it is limited to {count} use per customer",
        other="{promotion}: used up; it is limited to {count} uses per customer",
    ),
    "outcome.limit_reached.budget": "{promotion}: its budget of {allowed} is used up",
    "outcome.gift_out_of_stock": "{promotion}: out of stock: {skus}",
    "outcome.gift_out_of_stock.short": "{promotion}: {gifts}",
    "outcome.unknown_code": "Code {code} is not known",
    "outcome.unknown_coupon": "Coupon {coupon} cannot be used here",
    "outcome.other": "{promotion}: does not apply",
    "code": "Code {code}",
    "code.named": "Code {code} ({promotion})",
    "coupon": "Coupon {coupon}",
    "coupon.named": "Coupon {coupon} ({promotion})",
    "gift.none": "gift {sku} is out of stock",
    "gift.left": "of gift {sku} only {left} left, of {promised}",
    "gift.given": "{given} of {promised} of gift {sku}, as no more are left",
    "withheld.cap": "its limit per order",
    "withheld.budget": "what is left of its budget",
    "withheld.floor": "goods at their lowest price",
    "withheld.discount_cap": "the limit on all discounts",
}
"""What became of promotions."""

_MISSES: dict[str, Message] = {
    "miss.amount": "{gap} short of {required}",
    "miss.units": plurals(
        "count",
        one="{count} item short of {required}",
        other="{count} items short of {required}",
    ),
    "miss.line_amount": "{gap} short of {required} for a single item",
    "miss.customer_group": "only for customers of {required}",
    "miss.line_units": plurals(
        "count",
        one="{count} item short of {required} of a kind",
        other="{count} items short of {required} of a kind",
    ),
    "miss.products": plurals(
        "count",
        one="{count} product short of {required}",
        other="{count} products short of {required}",
    ),
    "miss.points": plurals(
        "count",
        one="{count} point short of {required}",
        other="{count} points short of {required}",
    ),
    "miss.order_number": "only for the {nth} order",
    "miss.order_number.first": "only from the {first} order on",
    "miss.order_number.first.last": "only from the {first} to the {last} order",
    "miss.order_number.last": "only up to the {last} order",
    "miss.region": "only for delivery to {required}",
    "miss.channel": "only through {required}",
    "miss.attribute": "only where {name} is {required}",
    "miss.coupon": "needs coupon {required}",
    "miss.not_yet": "starts on {at}",
    "miss.ended": "ended on {at}",
    "miss.off_hours": "not on at this time",
    "miss.off_hours.again": "not on at this time, again on {at}",
    "miss.code": "needs its code",
    "miss.condition": "its conditions do not hold",
    "miss.condition.count": "its conditions do not hold: {count} short",
    "miss.negated": "not for {what}",
    "miss.all_of": " and ",
    "miss.any_of": " or ",
    "miss.inner": "({reasons})",
    # What a condition is about, where it must not hold
    "about.amount": "orders of {required} or more",
    "about.units": plurals(
        "required",
        one="orders of {required} item or more",
        other="orders of {required} items or more",
    ),
    "about.line_amount": "orders with {required} or more of a single item",
    "about.line_units": plurals(
        "required",
        one="orders with {required} item or more of a kind",
        other="orders with {required} items or more of a kind",
    ),
    "about.products": plurals(
        "required",
        one="orders of {required} product or more",
        other="orders of {required} products or more",
    ),
    "about.customer_group": "customers of {required}",
    "about.order_number": "the {nth} order",
    "about.order_number.first": "orders from the {first} on",
    "about.order_number.first.last": "orders from the {first} to the {last}",
    "about.order_number.last": "orders up to the {last}",
    "about.region": "delivery to {required}",
    "about.channel": "orders through {required}",
    "about.attribute": "orders where {name} is {required}",
    "about.coupon": "orders with coupon {required}",
    "about.code": "orders with the code typed",
    "about.off_hours": "this time",
    "about.condition": "this order",
}
"""Why a condition does not hold."""

_ROWS: dict[str, Message] = {
    "row.none": "No promotion applies",
    "row.line": "{title} × {count}",
    "row.list_price": "List price",
    "row.price_list": "Price lists",
    "row.shipping": "Shipping",
    "row.fee": "Shipping fee",
    "row.full_fee": "Full fee",
    "row.gift": "Gift {sku}",
    "row.worth": "{gift} (worth {value} each)",
    "row.giving": "{promotion}: {gifts}",
    "row.subtotal": "Items",
    "row.discount": "Discounts",
    "row.shipping_fee": "Shipping fee",
    "row.shipping_discount": "Shipping discounts",
    "row.other_fees": "Other fees",
    "row.fee_discount": "Discounts on fees",
    "row.tax": "Tax on top",
    "row.rounding": "Rounding",
    "row.payable": "To pay",
    "row.reduced": "{payable} (instead of {full})",
    "row.part": "{told} × {count}",
    "row.tax_rate": "{rate} ({percent}%)",
    "row.tax_included": "Included: {rate} ({percent}%)",
    "row.points_earned": plurals(
        "count", one="{count} point earned", other="{count} points earned"
    ),
    "row.points_redeemed": plurals(
        "count", one="{count} point redeemed", other="{count} points redeemed"
    ),
    "row.coupon": "Coupon {coupon}",
    "row.deposit": "Deposit, due now",
    "row.balance": "Balance, due later",
    "proof.exact": "Proven best combination",
    "proof.exact.layers": "Proven best combination ({layers})",
    "proof.gap": "Short of the best by at most",
    "proof.gap.layers": "Short of the best ({layers}) by at most",
    "row.not_applied": "Not applied:",
    "row.more": plurals("count", one="… and {count} more", other="… and {count} more"),
    "row.priced_at": "Priced at {at}",
    # What a price list calls its price
    "kind.list": "Our price",
    "kind.member": "Member price",
    "kind.flash": "Flash price",
    "kind.contract": "Contract price",
    # Heads of the table
    "table.item": "Item",
    "table.quantity": "Qty",
    "table.list_price": "List price",
    "table.discounts": "Discounts",
    "table.payable": "To pay",
    "table.total": "Total",
    "table.promotion": "Promotion",
    "table.saving": "Saving",
    "table.base": "Before promotions",
    "table.refund": "Refund",
    "table.units": "Units",
    "table.sets": "Sets",
    "table.back": "Would be back",
    "table.what": "What",
    "table.before": "Before",
    "table.after": "After",
    "table.difference": "Difference",
    "table.add": "Add",
    "table.gains": "What for",
    "table.cost": "Costs",
    # Titles of tables
    "page.promotions": "Promotions",
    "page.charges": "What it costs",
    "page.difference": "What differs",
    "page.others": "What else differs",
    "page.hints": "Nearly reached",
}
"""Rows of an explanation."""

_HINTS: dict[str, Message] = {
    "hint": "Add {what} to {gains}",
    "hint.none": "Nothing is nearly reached",
    "hint.amount": "{amount} more",
    "hint.amount.some": "{amount} more of eligible items",
    "hint.units": "{count} more of {title}",
    "hint.goods": "{title} × {count}",
    "hint.save": "save {amount}",
    "hint.save_more": "save {amount} more",
    "hint.free_shipping": "get free shipping",
    "hint.shipping": "save {amount} on shipping",
    "hint.gift": "get gift {sku} × {count}",
    "hint.points": plurals("count", one="earn {count} point", other="earn {count} points"),
    "hint.coupon": "get coupon {coupon} × {count}",
}
"""What to add to the cart, and what for."""

_DIFFERENCES: dict[str, Message] = {
    "diff.none": "No difference",
    "diff.row": "{what}: {before} → {after} ({more})",
    "diff.becomes": "{what}: {before} → {after}",
    "diff.other": "Other amounts",
    "diff.tax_included": "Tax included",
    "diff.points": "Points earned",
    "diff.not_typed": "not typed",
    "diff.kind.applied": "applies",
    "diff.kind.not_eligible": "not eligible",
    "diff.kind.beaten": "others are used instead",
    "diff.kind.excluded": "excluded by others",
    "diff.kind.no_effect": "nothing to reduce",
    "diff.kind.gift_out_of_stock": "gift out of stock",
    "diff.kind.limit_reached": "limit reached",
    "diff.kind.unknown_code": "not known",
    "diff.kind.unknown_coupon": "not known",
}
"""What makes one price differ from another."""

CATALOGUE = Catalogue(
    plain_currency="",
    tenths_paid=False,
    numerals=(),
    messages=MappingProxyType(
        {
            **_NUMBERS,
            **_LABELS,
            **_OUTCOMES,
            **_MISSES,
            **_ROWS,
            **REFUNDS,
            **_HINTS,
            **_DIFFERENCES,
            **TIMELINE,
            **CHANGES,
            **NOTICES,
            **SOURCING,
            **WORKSHOPS,
            **STOCK,
        }
    ),
)
