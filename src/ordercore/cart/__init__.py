"""The cart: lines as people see them, rows and columns as rules see them.

A `Cart` is normalised at birth. Lines that are equal in everything but id and quantity form
one *row*; rows stand in the order of their smallest line id, so that position decides where
ids would. Columns of integers beside the rows are what pricing works on, and an inverted map
says which rows carry a sku, category, brand or seller.
"""

from ordercore.cart.carts import MAX_FEES, MAX_LINES, Cart
from ordercore.cart.context import Context, Shopper, Wishes
from ordercore.cart.counts import MAX_COUNTS, Counts
from ordercore.cart.lines import CartLine, Fee
from ordercore.cart.rows import Facet, Rows
from ordercore.cart.usage import Spent, Usage

__all__ = [
    "MAX_COUNTS",
    "MAX_FEES",
    "MAX_LINES",
    "Cart",
    "CartLine",
    "Context",
    "Counts",
    "Facet",
    "Fee",
    "Rows",
    "Shopper",
    "Spent",
    "Usage",
    "Wishes",
]
