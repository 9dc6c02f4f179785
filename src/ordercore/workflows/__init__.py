"""What people do: use cases as frozen commands, and the loop that runs them on a store.

A command says what is to be done, and a `Shop` what holds while it is done:
``run(shop.does(command), store)``.
"""

from ordercore.workflows.cancelling import Cancelled, CancelOrder
from ordercore.workflows.changing import Changed, ChangeOrder, NotChanged, PreviewedChange
from ordercore.workflows.drafting import DraftOrder, PlaceDraft
from ordercore.workflows.drivers import ATTEMPTS, MAX_ROUNDS, run, run_async
from ordercore.workflows.holding import Produce, Renew, Reroute
from ordercore.workflows.keeper import (
    ServiceNeed,
    StockKeeper,
    agenda_key,
    level_key,
    plan_key,
)
from ordercore.workflows.paying import (
    AdvanceRefund,
    RecordAuthorization,
    RecordCapture,
    RecordFailure,
    RecordRefund,
    RecordRefundFailure,
    RequestPayment,
    RequestRefund,
    VoidPayment,
)
from ordercore.workflows.placing import (
    NewOrder,
    NewPrice,
    NotPlaced,
    Placed,
    PlaceOrder,
    ServiceFor,
)
from ordercore.workflows.proposing import ChangeTold, ProposeChange, SettleChange
from ordercore.workflows.replacing import NotReplaced, Replaced, ReplaceUnits
from ordercore.workflows.rostering import AgendaTold, OpenAgenda
from ordercore.workflows.shop import MAX_KEY, InShop, OrderCommand, Shop, ShopCommand
from ordercore.workflows.sourcing import Sourcing
from ordercore.workflows.splitting import MergeOrders, SplitOrder, SplitTold
from ordercore.workflows.stock import (
    Granted,
    Happened,
    Promised,
    Purpose,
    Short,
    Stock,
    StockTask,
    Wanted,
)
from ordercore.workflows.stocking import (
    Adjust,
    CancelReceipt,
    ChangePolicy,
    Count,
    Damage,
    Expect,
    MoveReceipt,
    Receive,
    Scrap,
    StockAct,
    StockUpdated,
    TakeBack,
    UpdateStock,
)
from ordercore.workflows.sweeping import MAX_SWEPT, StockSwept, SweepStock
from ordercore.workflows.updating import (
    Act,
    Complete,
    Confirm,
    Hold,
    MoveUnits,
    Release,
    Remark,
    Updated,
    UpdateOrder,
)
from ordercore.workflows.use_case import Refusal, UseCase

__all__ = [
    "ATTEMPTS",
    "MAX_KEY",
    "MAX_ROUNDS",
    "MAX_SWEPT",
    "Act",
    "Adjust",
    "AdvanceRefund",
    "AgendaTold",
    "CancelOrder",
    "CancelReceipt",
    "Cancelled",
    "ChangeOrder",
    "ChangePolicy",
    "ChangeTold",
    "Changed",
    "Complete",
    "Confirm",
    "Count",
    "Damage",
    "DraftOrder",
    "Expect",
    "Granted",
    "Happened",
    "Hold",
    "InShop",
    "MergeOrders",
    "MoveReceipt",
    "MoveUnits",
    "NewOrder",
    "NewPrice",
    "NotChanged",
    "NotPlaced",
    "NotReplaced",
    "OpenAgenda",
    "OrderCommand",
    "PlaceDraft",
    "PlaceOrder",
    "Placed",
    "PreviewedChange",
    "Produce",
    "Promised",
    "ProposeChange",
    "Purpose",
    "Receive",
    "RecordAuthorization",
    "RecordCapture",
    "RecordFailure",
    "RecordRefund",
    "RecordRefundFailure",
    "Refusal",
    "Release",
    "Remark",
    "Renew",
    "ReplaceUnits",
    "Replaced",
    "RequestPayment",
    "RequestRefund",
    "Reroute",
    "Scrap",
    "ServiceFor",
    "ServiceNeed",
    "SettleChange",
    "Shop",
    "ShopCommand",
    "Short",
    "Sourcing",
    "SplitOrder",
    "SplitTold",
    "Stock",
    "StockAct",
    "StockKeeper",
    "StockSwept",
    "StockTask",
    "StockUpdated",
    "SweepStock",
    "TakeBack",
    "UpdateOrder",
    "UpdateStock",
    "Updated",
    "UseCase",
    "VoidPayment",
    "Wanted",
    "agenda_key",
    "level_key",
    "plan_key",
    "run",
    "run_async",
]
