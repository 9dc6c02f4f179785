"""What people do: use cases as frozen commands, and the loop that runs them on a store.

A command says what is to be done, and a `Shop` what holds while it is done:
``run(shop.does(command), store)``.
"""

from ordercore.workflows.cancelling import Cancelled, CancelOrder
from ordercore.workflows.changing import Changed, ChangeOrder, NotChanged, PreviewedChange
from ordercore.workflows.drafting import DraftOrder, PlaceDraft
from ordercore.workflows.drivers import ATTEMPTS, MAX_ROUNDS, run, run_async
from ordercore.workflows.keeper import StockKeeper, level_key
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
from ordercore.workflows.shop import MAX_KEY, InShop, OrderCommand, Shop
from ordercore.workflows.splitting import MergeOrders, SplitOrder, SplitTold
from ordercore.workflows.stock import (
    Granted,
    Happened,
    Purpose,
    Stock,
    StockTask,
    Wanted,
)
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
    "Act",
    "AdvanceRefund",
    "CancelOrder",
    "Cancelled",
    "ChangeOrder",
    "ChangeTold",
    "Changed",
    "Complete",
    "Confirm",
    "DraftOrder",
    "Granted",
    "Happened",
    "Hold",
    "InShop",
    "MergeOrders",
    "MoveUnits",
    "NewOrder",
    "NewPrice",
    "NotChanged",
    "NotPlaced",
    "NotReplaced",
    "OrderCommand",
    "PlaceDraft",
    "PlaceOrder",
    "Placed",
    "PreviewedChange",
    "ProposeChange",
    "Purpose",
    "RecordAuthorization",
    "RecordCapture",
    "RecordFailure",
    "RecordRefund",
    "RecordRefundFailure",
    "Refusal",
    "Release",
    "Remark",
    "ReplaceUnits",
    "Replaced",
    "RequestPayment",
    "RequestRefund",
    "ServiceFor",
    "SettleChange",
    "Shop",
    "SplitOrder",
    "SplitTold",
    "Stock",
    "StockKeeper",
    "StockTask",
    "UpdateOrder",
    "Updated",
    "UseCase",
    "VoidPayment",
    "Wanted",
    "level_key",
    "run",
    "run_async",
]
