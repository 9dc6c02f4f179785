"""How `StockKeeper` does what use cases ask: goods, things that are made, and services.

A `Desk` is one task under way. Each kind of line is `Held` in its own way: goods as
reservations of their sku, made things as those of whatever goes into them, services as
bookings. What is set aside anew is asked for all kinds at once.
"""
