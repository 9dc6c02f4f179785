"""Chinese: what a check says, and why use cases are told that something is short."""  # noqa: N999 - named as its locale

from ordercore.wording.messages import Message

__all__ = ["STOCK"]

STOCK: dict[str, Message] = {
    "table.wanted": "需要",
    "table.available": "可供",
    "table.source": "来源",
    "table.since": "最早补供时间",
    "stock.lines": "可供情况",
    "stock.shortages": "不足的商品",
    "stock.findings": "待处理事项",
    "stock.ok": "全部可供。",
    "stock.not_ok": "无法全部供应。",
    "stock.line": "{title}：{wanted} 件全部可供（{source}）",
    "stock.line.booked": "{title}：{wanted} 次均可安排（{source}）",
    "stock.shortage": "{title}：需要 {wanted}，可供 {available}，缺 {count}（{details}）",
    "stock.overload": "{title}：需要 {wanted} 次，可安排 {available} 次（{details}）",
    "stock.from_site": "{site} {count} 件",
    "stock.part_from_site": "{site} 的 {units}",
    "stock.appointment": "{site}，{at}，{by}",
    "stock.finding": "{title}。{details}",
    "stock.sentence": "{told}",
    "stock.told": "{told}。",
    "stock.slot": "{title}：{source}",
    "stock.plan.ok": "计划：{units}",
    "stock.plan.short": "计划：{units}，须采购物料",
    "stock.promise": "计划：{units}，{at} 起可全部备齐",
    "stock.plan.part": "{title}：需要 {wanted}{details}",
    "stock.plan.taken": "，现有 {count}",
    "stock.plan.made": "，生产 {count}",
    "stock.plan.made.start_by": "，生产 {count}（最晚 {start_by} 开工）",
    "stock.plan.bought": "，采购 {count}",
    "stock.plan.bought.start_by": "，采购 {count}（最晚 {start_by} 下单）",
    "short.not_set_aside": "未预占或尚未到货",
    "short.not_renewable": "无法继续保留",
    "short.not_sourced": "按规则没有能全部供应的发货方案",
    "short.place_unknown": "收货地址没有坐标，无法据此选择发货地点",
}
