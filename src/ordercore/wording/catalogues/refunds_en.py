"""English: what a return gives back, and what is kept."""

from ordercore.wording.messages import Message, plurals

__all__ = ["REFUNDS"]

REFUNDS: dict[str, Message] = {
    "refund.amount": "Refund {amount}",
    "refund.refused": "This return is refused",
    "refund.parted.set": (
        "{promotion}: its {units} units come back together; {back} of them would be back"
    ),
    "refund.parted.sets": (
        "{promotion}: its {units} units are {sets} sets, which come back as sets;"
        " {back} of the units would be back"
    ),
    "refund.reduced": "{payable} ({base} before promotions)",
    "refund.anew": "What is kept is priced anew, as if bought alone:",
    "refund.lost": "{promotion} is lost: {amount} less off",
    "refund.less": "{promotion}: {amount} less off",
    "refund.more": "{promotion}: {amount} more off",
    "refund.kept": "{title} (kept)",
    "refund.dearer": "{title} now costs {amount} more, taken off the refund",
    "refund.cheaper": "{title} now costs {amount} less, added to the refund",
    "refund.price_up": "its price before promotions is {amount} higher",
    "refund.price_down": "its price before promotions is {amount} lower",
    "refund.share_less": "{name}: {amount} less off",
    "refund.share_more": "{name}: {amount} more off",
    "refund.withheld": "Kept back (deposit or gifts kept)",
    "refund.waived": "Not collected",
    "refund.shortfall": "What is kept costs {amount} more than was paid for it; not collected",
    "refund.gift": "Gift to return: {sku}",
    "refund.gift_kept": "Gift kept, its value taken off the refund: {sku}",
    "refund.points_redeemed": plurals(
        "count",
        one="{count} redeemed point given back",
        other="{count} redeemed points given back",
    ),
    "refund.points_earned": plurals(
        "count", one="{count} earned point taken back", other="{count} earned points taken back"
    ),
    "refund.coupon_used": "Coupon given back: {coupon}",
    "refund.coupon_granted": "Coupon taken back: {coupon}",
    "refund.so_far": "Refunded so far {refunded}, remaining {remaining}",
    "refund.refunded": "Refunded so far",
    "refund.remaining": "Remaining",
    "refund.short": "Kept for more than was paid",
}
