"""Splitting an order in two and merging it again, without losing a unit or a minor unit.

Both orders keep one price of record. Each has units of it, and bears a part of its charges.
"""
