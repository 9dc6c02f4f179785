"""Chinese in simplified characters: what a change changes, and what is in its way."""  # noqa: N999 - named as its locale

from ordercore.wording.messages import Message

__all__ = ["CHANGES"]

_EDITS: dict[str, Message] = {
    "edit.add_line": "新增 {title} {after}",
    "edit.remove_line": "移除 {title} {before}",
    "edit.remove_line.to": "移除 {title}",
    "edit.change_quantity": "{title} 数量 {before} → {after}",
    "edit.change_quantity.to": "{title} 数量改为 {after}",
    "edit.override_price": "{title} 单价 {before} → {after}（{reason}）",
    "edit.override_price.to": "{title} 单价改为 {after}（{reason}）",
    "edit.change_service": "{title} 预约 {before} → {after}",
    "edit.change_service.to": "{title} 预约改为 {after}",
    "edit.change_address": "地址 {before} → {after}",
    "edit.change_address.to": "地址改为 {after}",
    "edit.change_contact": "修改联系人",
    "edit.change_remarks": "修改备注",
    "edit.at": "{count} × {price}",
    "edit.open": "待定",
    "edit.place": "{place} •",
    "edit.window": "{start} 至 {end}",
}
"""What an edit changes, by its tag; ``.to`` where nobody knows what was before."""

_KINDS: dict[str, Message] = {
    "edit.kind.add_line": "新增商品",
    "edit.kind.remove_line": "移除商品",
    "edit.kind.change_quantity": "修改数量",
    "edit.kind.override_price": "改价",
    "edit.kind.change_service": "修改服务预约",
    "edit.kind.change_address": "修改地址",
    "edit.kind.change_contact": "修改联系人",
    "edit.kind.change_remarks": "修改备注",
}
"""What an edit is called, by its tag."""

_OBSTACLES: dict[str, Message] = {
    "change.unmet.base_current": "订单已有变动，请重新预览",
    "change.unmet.order_going_on": "订单已结束：{state}",
    "change.unmet.units_open.line": "{title} 已发货 {count} 件，不能再少",
    "change.unmet.units_open.service": "{title} 已没有待完成的部分",
    "change.unmet.units_open.delivery": "已没有待配送的商品，不能再改地址",
    "change.unmet.units_left": "变更后没有任何商品，请改为取消订单",
    "change.unmet.place_known": "{title} 没有收货地址或服务地点，请补充",
    "change.unmet.priced.missing": "尚未计价，请按变更后的购物车计价",
    "change.unmet.priced.draft": "草稿订单尚未计价，请先整单计价",
    "change.unmet.priced.line": "{title} 的计价内容与变更后的订单不符",
    "change.unmet.given_back_stands.line": (
        "{title} 已退已补 {units} 件，当时价 {before}，变更后价 {after}；已退已补部分不能降价"
    ),
    "change.unmet.given_back_stands.taxed": (
        "{title} 已退已补 {units} 件，当时价 {before}，变更后其中税额变少"
    ),
    "change.unmet.given_back_stands.beyond": "{what}：已退金额超过变更后的价格",
    "change.unmet.given_back_stands.advice": "可改为：新增商品另下订单；不要的商品用取消",
}
"""What is in the way of a change, by the guard that does not hold."""

CHANGES: dict[str, Message] = {
    **_EDITS,
    **_KINDS,
    **_OBSTACLES,
    "table.edit": "变更项",
    "table.reason": "原因",
    "page.edits": "变更内容",
    "page.settlement": "应付应退",
    "page.obstacles": "不能变更的原因",
    "change.possible": "订单 {number} 可以变更",
    "change.impossible": "订单 {number} 不能这样变更",
    "change.same_price": "价格不变",
    "change.no_price": "订单尚未计价",
    "change.to_pay": "变更后待付 {amount}",
    "change.to_give_back": "变更后待退 {amount}",
    "change.nothing_due": "变更后无需付款或退款",
}
"""What is told of a change."""
