"""Chinese in simplified characters."""  # noqa: N999 - named as its locale

from types import MappingProxyType

from ordercore.wording.messages import Catalogue

__all__ = ["CATALOGUE"]

CATALOGUE = Catalogue(
    plain_currency="CNY",
    tenths_paid=True,
    numerals=("一", "二", "三", "四", "五", "六", "七", "八", "九", "十"),
    messages=MappingProxyType(
        {
            # Numbers and lists
            "list": "、",
            "reasons": "；",
            "ordinal": "第{number}",
            "rate": "{number}折",
            "rate.all": "免费",
            "discount": "{rate}",
            "discount.half": "半价",
            "discount.all": "免费",
            # What promotions are called
            "label.amount_off": "立减{amount}",
            "label.buy_and_get": "买{buy}件，另{get}件{percent}",
            "label.buy_and_get.free": "买{buy}送{get}",
            "label.free_shipping": "包邮",
            "label.free_shipping_from": "满{spend}包邮",
            "label.gift_from": "满{spend}送赠品",
            "label.nth_item_off": "{nth}件{percent}",
            "label.percent_off": "{percent}",
            "label.save_per_spend": "每满{spend}减{save}",
            "label.spend_and_discount": "满{spend}享{percent}",
            "label.spend_and_save": "满{spend}减{save}",
            "label.spend_and_save_tiers": "阶梯满减（满{spend}起，共{tiers}档）",
            # What became of promotions
            "outcome.applied": "{promotion}",
            "outcome.not_eligible": "{promotion}：{reasons}",
            "outcome.not_eligible.amount": "{promotion}：还差 {gap}",
            "outcome.not_eligible.amount.some": "{promotion}：适用商品还差 {gap}",
            "outcome.not_eligible.units": "{promotion}：还差 {count} 件",
            "outcome.not_eligible.units.some": "{promotion}：适用商品还差 {count} 件",
            "outcome.beaten": "{promotion}：适用商品已用于 {by}",
            "outcome.beaten.saving": "{promotion}：适用商品已用于 {by}，多省 {difference}",
            "outcome.excluded": "{promotion}：不能与 {by} 同享",
            "outcome.no_effect": "{promotion}：没有可优惠的内容",
            "outcome.gift_out_of_stock": "{promotion}：赠品已赠完（{skus}）",
            "outcome.unknown_code": "优惠码 {code} 不存在",
            # Why a condition does not hold
            "miss.amount": "需满 {required}，还差 {gap}",
            "miss.units": "需满 {required} 件，还差 {count} 件",
            "miss.line_amount": "单个商品需满 {required}，还差 {gap}",
            "miss.customer_group": "仅限客户群 {required}",
            "miss.order_number": "仅限{nth}单",
            "miss.region": "仅限配送至 {required}",
            "miss.channel": "仅限渠道 {required}",
            "miss.not_yet": "{at} 开始",
            "miss.ended": "已于 {at} 结束",
            "miss.off_hours": "不在活动时段内",
            "miss.code": "需要输入优惠码",
            "miss.negated": "不适用于本单",
            "miss.condition": "未满足条件",
            # Rows of an explanation
            "row.none": "没有可用的优惠",
            "row.line": "{title} × {count}",
            "row.list_price": "原价",
            "row.shipping": "运费",
            "row.fee": "原运费",
            "row.gift": "赠品 {sku}",
            "row.worth": "{gift}（每件价值 {value}）",
            "row.giving": "{promotion}：{gifts}",
            "row.subtotal": "商品原价",
            "row.discount": "商品优惠",
            "row.shipping_fee": "运费",
            "row.shipping_discount": "运费优惠",
            "row.payable": "应付",
            "row.reduced": "{payable}（原价 {full}）",
            "row.not_applied": "未享受的优惠：",
            "row.priced_at": "计价时间 {at}",
            # Heads of the table
            "table.item": "商品",
            "table.quantity": "数量",
            "table.list_price": "原价",
            "table.discounts": "优惠",
            "table.payable": "应付",
            "table.total": "合计",
        }
    ),
)
