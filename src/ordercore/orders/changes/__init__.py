"""Changing what was agreed: edits as data, a preview that changes nothing, consent, the change.

A preview makes the order that would be; to confirm it makes that very order, or refuses.
"""
