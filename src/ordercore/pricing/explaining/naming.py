"""What promotions and price lists are called, and who tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from attrs import frozen

from ordercore.money import Currency, Money
from ordercore.pricing.base_prices import BasePrice
from ordercore.pricing.explaining.labels import label_of
from ordercore.pricing.outcomes import ShortGift
from ordercore.pricing.quote import Quote
from ordercore.promotions.promotion import Promotion
from ordercore.wording import Words

__all__ = ["Teller", "Ticket", "name_of", "price_namer", "teller"]


def name_of(promotion: Promotion, words: Words, currency: Currency) -> str:
    """Tell what a promotion is called in a locale.

    That is its name for the locale, its language or everybody (``*``); without one, words made
    of its rules; if there are none for them either, its id.

    >>> from ordercore import recipes
    >>> half = recipes.second_half_price("half")
    >>> [name_of(half, Words(locale), Currency("CNY")) for locale in ("zh_CN", "en")]
    ['第二件半价', '2nd item half price']
    """
    named = {key.replace("-", "_").lower(): told for key, told in promotion.name.items()}
    for locale in (*words.names, "*"):
        if named.get(locale.lower()):
            return named[locale.lower()]
    return label_of(promotion, words, currency) or promotion.id


class Ticket(NamedTuple):
    """What a shopper presents for a promotion."""

    word: str
    """``code`` or ``coupon``."""
    id: str
    """The code, or the kind of the coupon."""


@frozen
class Teller:
    """What words for outcomes need: a locale, a zone, and the names of promotions.

    Attributes:
        words: The locale's.
        zone: In which zone instants are told; None: by their own offsets.
        name: What a promotion is called, by its id.
    """

    words: Words
    zone: str | None
    name: Callable[[str], str]

    def amount(self, amount: Money) -> str:
        """Write an amount."""
        return self.words.amount_minor(amount.minor, amount.currency, amount.currency.digits)

    def names(self, ids: tuple[str, ...], beside: str) -> str:
        """List promotions by their names, and their ids where those would be told twice.

        Args:
            ids: Which.
            beside: The id of the promotion that is spoken of.
        """
        told = Counter([self.name(each) for each in (beside, *ids)])
        return self.words.joined([self._apart(each, told[self.name(each)]) for each in ids])

    def _apart(self, promotion: str, times: int) -> str:
        name = self.name(promotion)
        if times == 1:
            return name
        return self.words.say("promotion.apart", promotion=name, id=promotion)

    def short(self, gifts: tuple[ShortGift, ...]) -> str:
        """Tell of gifts how many are given or left, of how many that were promised."""
        return self.words.joined([self._short(gift) for gift in gifts])

    def _short(self, gift: ShortGift) -> str:
        inserted = {"given": gift.given} if gift.given else {"left": gift.left}
        if not any(inserted.values()):
            return self.words.say("gift.none", sku=gift.sku)
        key = f"gift.{next(iter(inserted))}"
        return self.words.say(key, sku=gift.sku, promised=gift.promised, **inserted)

    def ticket(self, ticket: Ticket, promotion: str) -> str:
        """Call a promotion by what was presented for it, and by its name if it has one.

        Without a promotion it is the ticket alone that is called.
        """
        word, id_ = ticket
        name = self.name(promotion) if promotion else promotion
        if name == promotion:  # an id is no name for shoppers
            return self.words.say(word, **{word: id_})
        return self.words.say(f"{word}.named", **{word: id_}, promotion=name)


def teller(quote: Quote, words: Words, zone: str | None) -> Teller:
    """Make a teller that thinks of the name of each promotion of a quote once."""

    @cache
    def name(promotion: str) -> str:
        return name_of(quote.book.plan(promotion).promotion, words, quote.currency)

    return Teller(words, zone, name)


def price_namer(quote: Quote, words: Words) -> Callable[[BasePrice], str]:
    """Make the function that names prices: by their list's name, else by its kind."""
    lists = () if quote.tariff is None else quote.tariff.price_lists
    names = {each.id: each.name for each in lists}

    def name(price: BasePrice) -> str:
        if price.price_list is None:
            return words.say("row.list_price")
        key = f"kind.{price.kind}"
        known = key in words.catalogue.messages
        return names.get(price.price_list) or (words.say(key) if known else price.kind)

    return name
