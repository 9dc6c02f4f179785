"""Chinese: what a return gives back, and what is kept."""  # noqa: N999 - named as its locale

from ordercore.wording.messages import Message

__all__ = ["REFUNDS"]

REFUNDS: dict[str, Message] = {
    "refund.amount": "退款 {amount}",
    "refund.refused": "不能这样退货",
    "refund.parted.set": "{promotion}：共 {units} 件须整套退，此次将退至 {back} 件",
    "refund.parted.sets": (
        "{promotion}：共 {units} 件为 {sets} 套，须整套退，此次将退至 {back} 件"
    ),
    "refund.reduced": "{payable}（优惠前 {base}）",
    "refund.anew": "未退商品按单独购买重新计价：",
    "refund.lost": "不再享受“{promotion}”，少优惠 {amount}",
    "refund.less": "“{promotion}”少优惠 {amount}",
    "refund.more": "“{promotion}”多优惠 {amount}",
    "refund.kept": "{title}（未退）",
    "refund.dearer": "{title}因此多付 {amount}，从退款中扣除",
    "refund.cheaper": "{title}因此少付 {amount}，一并退还",
    "refund.price_up": "优惠前的价格高 {amount}",
    "refund.price_down": "优惠前的价格低 {amount}",
    "refund.share_less": "{name} 少优惠 {amount}",
    "refund.share_more": "{name} 多优惠 {amount}",
    "refund.withheld": "扣除（定金或留下的赠品）",
    "refund.waived": "免收差额",
    "refund.shortfall": "未退商品比已付多 {amount}，不追收",
    "refund.gift": "需退回赠品 {sku}",
    "refund.gift_kept": "赠品留下，按价值扣除 {sku}",
    "refund.points_redeemed": "退还已使用的 {count} 积分",
    "refund.points_earned": "扣回已获得的 {count} 积分",
    "refund.coupon_used": "退还优惠券 {coupon}",
    "refund.coupon_granted": "收回优惠券 {coupon}",
    "refund.so_far": "累计退款 {refunded}，剩余 {remaining}",
    "refund.refunded": "累计退款",
    "refund.remaining": "剩余",
    "refund.short": "未退商品超出已付，不追收",
}
