"""For others' tests: what hosts and adapters need to prove themselves (extra ``testing``).

`strategies` draws carts, promotions and whole books for Hypothesis, over every kind of rule
that ordercore knows.
"""
