"""English."""

from types import MappingProxyType

from ordercore.wording.messages import Catalogue, ordinals, plurals

__all__ = ["CATALOGUE"]

CATALOGUE = Catalogue(
    plain_currency="",
    tenths_paid=False,
    numerals=(),
    messages=MappingProxyType(
        {
            # Numbers and lists
            "list": ", ",
            "reasons": "; ",
            "ordinal": ordinals(
                "number", one="{number}st", two="{number}nd", few="{number}rd", other="{number}th"
            ),
            "rate": "{number}%",
            "rate.all": "100%",
            "discount": "{rate} off",
            "discount.half": "half price",
            "discount.all": "free",
            # What promotions are called
            "label.amount_off": "{amount} off",
            "label.buy_and_get": "Buy {buy}, get {get} {percent}",
            "label.buy_and_get.free": "Buy {buy}, get {get} free",
            "label.free_shipping": "Free shipping",
            "label.free_shipping_from": "Free shipping from {spend}",
            "label.gift_from": "Spend {spend}, get a gift",
            "label.nth_item_off": "{nth} item {percent}",
            "label.percent_off": "{percent} off",
            "label.save_per_spend": "Save {save} for every {spend} spent",
            "label.spend_and_discount": "Spend {spend}, get {percent} off",
            "label.spend_and_save": "Spend {spend}, save {save}",
            "label.spend_and_save_tiers": plurals(
                "tiers",
                one="Save from {spend} on ({tiers} tier)",
                other="Save from {spend} on ({tiers} tiers)",
            ),
            # What became of promotions
            "outcome.applied": "{promotion}",
            "outcome.not_eligible": "{promotion}: {reasons}",
            "outcome.not_eligible.amount": "{promotion}: {gap} short",
            "outcome.not_eligible.amount.some": "{promotion}: {gap} of eligible items short",
            "outcome.not_eligible.units": plurals(
                "count",
                one="{promotion}: {count} item short",
                other="{promotion}: {count} items short",
            ),
            "outcome.not_eligible.units.some": plurals(
                "count",
                one="{promotion}: {count} eligible item short",
                other="{promotion}: {count} eligible items short",
            ),
            "outcome.beaten": "{promotion}: its items are used by {by}",
            "outcome.beaten.saving": (
                "{promotion}: its items are used by {by}, which saves {difference} more"
            ),
            "outcome.excluded": "{promotion}: cannot be combined with {by}",
            "outcome.no_effect": "{promotion}: there is nothing for it to reduce",
            "outcome.gift_out_of_stock": "{promotion}: out of stock: {skus}",
            "outcome.unknown_code": "Code {code} is not known",
            # Why a condition does not hold
            "miss.amount": "{gap} short of {required}",
            "miss.units": plurals(
                "count",
                one="{count} item short of {required}",
                other="{count} items short of {required}",
            ),
            "miss.line_amount": "{gap} short of {required} for a single item",
            "miss.customer_group": "only for customers of {required}",
            "miss.order_number": "only for the {nth} order",
            "miss.region": "only for delivery to {required}",
            "miss.channel": "only through {required}",
            "miss.not_yet": "starts on {at}",
            "miss.ended": "ended on {at}",
            "miss.off_hours": "not on at this time",
            "miss.code": "needs its code",
            "miss.negated": "does not go with this order",
            "miss.condition": "its conditions do not hold",
            # Rows of an explanation
            "row.none": "No promotion applies",
            "row.line": "{title} × {count}",
            "row.list_price": "List price",
            "row.shipping": "Shipping",
            "row.fee": "Shipping fee",
            "row.gift": "Gift {sku}",
            "row.worth": "{gift} (worth {value} each)",
            "row.giving": "{promotion}: {gifts}",
            "row.subtotal": "Items",
            "row.discount": "Discounts",
            "row.shipping_fee": "Shipping fee",
            "row.shipping_discount": "Shipping discounts",
            "row.payable": "To pay",
            "row.reduced": "{payable} (instead of {full})",
            "row.not_applied": "Not applied:",
            "row.priced_at": "Priced at {at}",
            # Heads of the table
            "table.item": "Item",
            "table.quantity": "Qty",
            "table.list_price": "List price",
            "table.discounts": "Discounts",
            "table.payable": "To pay",
            "table.total": "Total",
        }
    ),
)
