"""Words for people, in Chinese and English: messages, amounts, discounts and dates.

Messages stand in tables of our own, one for each language; numbers, currencies, dates and
plurals are shown the way Babel knows them. Importing this room loads neither Babel nor any
of its data: that happens when the first word is asked for.

>>> words = Words("zh-CN")
>>> words.label("spend_and_save", {"spend": "300", "save": "50"}, "CNY", 2)
'满300减50'
>>> words.amount_minor(-5000, "CNY", 2)
'−¥50.00'
"""

from ordercore.wording.catalogues import CATALOGUES
from ordercore.wording.labels import LABELS
from ordercore.wording.words import Words

__all__ = ["CATALOGUES", "LABELS", "Words"]
