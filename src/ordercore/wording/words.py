"""All that one locale can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import field, frozen

from ordercore.errors import InvalidType, InvalidValue, NotFound
from ordercore.wording.amounts import as_amount, as_number, minor_of, unscaled
from ordercore.wording.catalogues import CATALOGUES
from ordercore.wording.instants import as_instant
from ordercore.wording.labels import Label, percent_in
from ordercore.wording.locales import canonical, catalogue_of, formats
from ordercore.wording.messages import Catalogue, Forms
from ordercore.wording.telling import labels_told

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["Words"]

Arguments = Mapping[str, str | Sequence[Label]]
"""What a label inserts."""


@frozen
class Words:
    """The words of one locale.

    Args:
        locale: Such as ``zh_CN``, ``zh-Hans-CN``, ``en`` or ``en-GB``; kept in its one form.
            Messages come from the language's catalogue, numbers and dates from the region.

    Raises:
        InvalidValue: There are no words in that language; the reason is ``unknown_locale``.

    >>> words = Words("zh-hans-cn")
    >>> words.locale, words.discount("15"), words.ordinal(2)
    ('zh_CN', '8.5折', '第二')
    """

    locale: str = field(converter=canonical)

    @property
    def catalogue(self) -> Catalogue:
        """The messages of the language."""
        return CATALOGUES[catalogue_of(self.locale)]

    @property
    def names(self) -> tuple[str, ...]:
        """The locales whose texts suit this one, the best first.

        >>> Words("en_GB").names, Words("zh").names
        (('en_GB', 'en'), ('zh_CN', 'zh'))
        """
        return tuple(dict.fromkeys((self.locale, catalogue_of(self.locale), self.locale[:2])))

    # Messages

    def say(self, key: str, **arguments: str | int) -> str:
        """Write a message of the catalogue.

        Args:
            key: Its name.
            arguments: What it inserts: text as it is, integers as numbers of the locale. An
                integer also decides the plural form, where the message has several.

        Raises:
            NotFound: The catalogue has no such message.
            InvalidValue: Something that the message inserts is not given.

        >>> Words("en").say("outcome.not_eligible.units", count=1, promotion="2 for 1")
        '2 for 1: 1 item short'
        """
        message = self.catalogue.messages.get(key)
        if message is None:
            raise NotFound("the key of a message", key)
        template = message if isinstance(message, str) else self._form(message, arguments)
        told = {name: self._inserted(value) for name, value in arguments.items()}
        try:
            return template.format_map(told)
        except KeyError as error:
            raise InvalidValue(f"an argument {error.args[0]} for {key}", tuple(told)) from None

    def joined(self, texts: Iterable[str]) -> str:
        """Write several texts one after the other."""
        return self.say("list").join(texts)

    def _form(self, message: Forms, arguments: Mapping[str, str | int]) -> str:
        number = arguments.get(message.by)
        if type(number) is not int:
            raise InvalidType(f"an integer {message.by}", number)
        locale = self._formats
        category = (locale.ordinal_form if message.ordinal else locale.plural_form)(number)
        return message.templates.get(category, message.templates["other"])

    def _inserted(self, value: str | int) -> str:
        return value if isinstance(value, str) else self.number(value)

    # Units of measure

    def counted(self, count: int, unit: str | None = None) -> str:
        """Write how much of something there is, in its unit of measure.

        Args:
            count: How many.
            unit: Such as ``cm``; one that the catalogue does not know stands for itself. None:
                nobody says, so it is by the piece.

        >>> [Words("zh").counted(3, unit) for unit in (None, "cm", "roll")]
        ['3 件', '3 厘米', '3 roll']
        """
        key = f"unit.{unit or 'piece'}"
        known = key if key in self.catalogue.messages else "unit"
        return self.say(known, count=count, unit=unit or "")

    def times(self, title: str, count: int, unit: str | None = None) -> str:
        """Write so many of something; where it is by the piece, that need not be said.

        >>> [Words("zh").times("cloth", 3, unit) for unit in ("piece", "cm")]
        ['cloth × 3', 'cloth × 3 厘米']
        """
        by_piece = unit in (None, "piece")
        told = self.number(count) if by_piece else self.counted(count, unit)
        return self.say("timeline.units", title=title, count=told)

    # Numbers, amounts, discounts

    @property
    def _formats(self) -> Locale:
        return formats(self.locale)

    def number(self, number: Decimal | int) -> str:
        """Write a number with as many decimals as it needs."""
        return as_number(Decimal(number), self._formats)

    def ordinal(self, number: int) -> str:
        """Write an ordinal number.

        >>> [Words("en").ordinal(n) for n in (1, 2, 3, 11, 22)]
        ['1st', '2nd', '3rd', '11th', '22nd']
        """
        numerals = self.catalogue.numerals
        if isinstance(self.catalogue.messages["ordinal"], Forms):
            return self.say("ordinal", number=number)
        named = 1 <= number <= len(numerals)
        return self.say("ordinal", number=numerals[number - 1] if named else number)

    def amount(self, number: Decimal, currency: str, digits: int, *, short: bool = False) -> str:
        r"""Write an amount given in major units (yuan, dollars).

        Args:
            number: A Decimal of at most ``digits`` decimals; it is never rounded.
            currency: An ISO 4217 code.
            digits: The currency's decimals; all of them are shown.
            short: Leave the decimals of whole amounts out.

        >>> Words("en").amount(Decimal("1.5"), "KWD", 3)
        'KWD\xa01.500'
        """
        return self.amount_minor(minor_of(number, digits), currency, digits, short=short)

    def amount_minor(self, minor: int, currency: str, digits: int, *, short: bool = False) -> str:
        """Write an amount given in minor units (fen, cents): see `amount`."""
        return as_amount(minor, currency, digits, self._formats, short=short)

    def rate(self, percent: str) -> str:
        """Write the rate of a percentage off: what is left in Chinese, what is off in English.

        >>> [Words(locale).rate("10") for locale in ("zh_CN", "en")]
        ['9折', '10%']
        """
        off = percent_in(percent)
        if off == 100:
            return self.say("rate.all")
        if self.catalogue.tenths_paid:
            off = _exact((100 - Fraction(off)) / 10)
        return self.say("rate", number=self.number(off))

    def discount(self, percent: str) -> str:
        """Write what a percentage off makes of a price.

        >>> [Words("en").discount(percent) for percent in ("10", "50", "100")]
        ['10% off', 'half price', 'free']
        """
        off = percent_in(percent)
        if off in (50, 100):
            return self.say("discount.half" if off == 50 else "discount.all")
        return self.say("discount", rate=self.rate(percent))

    # Instants

    def instant(self, at: datetime, zone: str | None = None) -> str:
        """Write an aware instant as it reads in a time zone.

        Args:
            at: The instant.
            zone: The name of a zone, such as ``Asia/Shanghai``; None: by its own offset.

        Raises:
            InvalidValue: The instant has no offset, or there is no such zone.
        """
        return as_instant(at, zone, self._formats)

    # Labels

    def label(self, message: str, arguments: Arguments, currency: str, digits: int) -> str | None:
        """Write the label of a promotion; None if there are no words for it.

        Args:
            message: A key of `LABELS`.
            arguments: What it inserts: text, or labels.
            currency: The currency of its amounts.
            digits: The decimals of that currency.

        >>> arguments = {"spend": "300", "save": "49.50"}
        >>> [Words(each).label("spend_and_save", arguments, "CNY", 2) for each in ("zh", "en")]
        ['满300.00减49.50', 'Spend CN¥300.00, save CN¥49.50']
        """
        return self.labels([(message, arguments)], currency, digits)

    def labels(self, labels: Sequence[Label], currency: str, digits: int) -> str | None:
        """Write the labels of one promotion; None if there are no words for one of them.

        Either all of their amounts are short, or none is.

        >>> capped = ("capped", {"what": [("percent_off", {"percent": "10"})], "maximum": "20"})
        >>> Words("zh").labels([capped, ("free_shipping", {})], "CNY", 2)
        '9折，最多减20、包邮'
        """
        return labels_told(self, labels, currency, digits)


def _exact(fraction: Fraction) -> Decimal:
    """Make a Decimal of a fraction that has one, without asking any decimal context."""
    digits = 0
    while fraction.denominator > 1:
        fraction, digits = fraction * 10, digits + 1
    return unscaled(fraction.numerator, digits)
