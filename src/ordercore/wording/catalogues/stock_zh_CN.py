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
    "stock.short": "{title}：需要 {wanted} 件，可供 {available} 件，缺 {count} 件（{details}）",
    "stock.from_site": "{site} {count} 件",
    "stock.part_from_site": "{site} 的 {part} × {count}",
    "stock.appointment": "{site}，{at}，{by}",
    "stock.finding": "{title}。{details}",
    "stock.sentence": "{told}",
    "stock.told": "{told}。",
    "stock.begins": "最早 {at} 开始",
    "stock.never": "此后一年内也无空档",
    "short.not_set_aside": "未预占或尚未到货",
    "short.not_renewable": "无法继续保留",
    "short.not_sourced": "没有能全部供应的发货方案",
    "short.place_unknown": "收货地址没有坐标，无法据此选择发货地点",
}
