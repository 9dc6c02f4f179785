"""Who takes part: customers, how to reach them, and where on Earth that is.

What says who somebody is or where they live is private: names, phone numbers, e-mail
addresses, everything of a postal address below its region, coordinates, free notes and
attributes. It is kept exactly as given, and told by the field itself only: ``repr`` and
``str`` mask it. Ids, countries, regions and customer groups they show; give no personal data
in these. Errors show no value at all, whatever the field: one that is refused as a country
may well be a name in the wrong place.

The checks are made for real people. A name is whatever people call themselves, of one letter
or of two hundred, in any script; only what no page can show in its place is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from math import atan2, cos, floor, radians, sin, sqrt
from typing import Any, Final

from attrs import Attribute, field, frozen

from ordercore.data import document
from ordercore.data.attributes import (
    NO_ATTRIBUTES,
    Attributes,
    attributes_if_valid,
    is_attributes,
)
from ordercore.data.checks import Check, aware, each, identifier, instance, optional, text
from ordercore.data.instants import pinned
from ordercore.data.private import PRIVATE, private
from ordercore.errors import InvalidType, InvalidValue

__all__ = ["EARTH_RADIUS_M", "MAX_DECIMALS", "Address", "Contact", "Customer", "GeoPoint"]

EARTH_RADIUS_M: Final = 6_371_008.8
"""The mean radius of the Earth in metres: (2a + b) / 3 of the ellipsoid of WGS 84."""

MAX_DECIMALS: Final = 9
"""The most decimals of a coordinate in degrees: a tenth of a millimetre."""

_MASK = "•"

_DEGREES = re.compile(rf"[+-]?[0-9]{{1,3}}(?:\.[0-9]{{1,{MAX_DECIMALS}}})?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_PHONE = re.compile(
    r"(?P<number>\+?[0-9(][0-9 ()./-]*)"
    r"(?:(?:;ext=|,? ?(?:ext\.?|x|#|转|轉) ?)(?P<extension>[0-9]{1,8}))?",
    re.IGNORECASE,
)
_TRUNK = re.compile(r"\(0\)")


def _masked(value: object) -> str:
    return repr(value if value is None else _MASK)


def _initial(name: str | None) -> str:
    """Show the first letter of a name that has more than one; how many more stays open."""
    if name is None:
        return repr(None)
    return repr(f"{name[0]}{_MASK}" if len(name) > 1 else _MASK)


def _last_digits(phone: str | None) -> str:
    """Show two digits: enough to tell one's numbers apart, too few to tell whose they are."""
    if phone is None:
        return repr(None)
    digits = [character for character in phone if character.isdecimal()]
    return repr(_MASK + "".join(digits[-2:] if len(digits) >= 7 else ()))


def _line(most: int) -> Check:
    """Accept readable text that is not blank."""
    readable = text(most=most, least=1)

    def check(instance: Any, attribute: Any, value: Any) -> None:
        readable(instance, attribute, value)
        if value.isspace():
            raise InvalidValue("text that is not blank", value, path=(attribute.name,))

    return check


_phone_text = _line(40)
_email_text = _line(254)


def _check_phone(instance: Any, attribute: Attribute[Any], value: Any) -> None:
    _phone_text(instance, attribute, value)
    match = _PHONE.fullmatch(value)
    digits = sum(map(str.isdecimal, match["number"])) if match else 0
    if not 3 <= digits <= 20:
        expected = "a phone number: 3 to 20 digits, +, blanks, dashes, an extension"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="invalid_phone")


def _check_email(instance: Any, attribute: Attribute[Any], value: Any) -> None:
    _email_text(instance, attribute, value)
    box, _, host = value.partition("@")
    if not box or not host or "@" in host or any(map(str.isspace, value)):
        expected = "an e-mail address: something before and after one @, no blanks"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="invalid_email")


def _check_country(_instance: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, str):
        raise InvalidType("text", value, path=(attribute.name,))
    if not _COUNTRY.fullmatch(value):
        expected = "two capital letters, as of ISO 3166"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="invalid_country")


def _degrees(most: int) -> Check:
    def check(_instance: Any, attribute: Any, value: Any) -> None:
        place = (attribute.name,)
        told = f"degrees with at most {MAX_DECIMALS} decimals"
        if not isinstance(value, Decimal):
            kind = InvalidValue if isinstance(value, str) else InvalidType
            raise kind(f"{told}, as a Decimal or decimal text", value, path=place)
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or not -MAX_DECIMALS <= exponent <= 2:
            raise InvalidValue(told, value, path=place)
        if not -most <= value <= most:
            raise InvalidValue(f"-{most} to {most} degrees", value, path=place)

    return check


def _decimal(given: Decimal | str) -> Decimal:
    """Read decimal text; anything else stays, for the validator to refuse."""
    if isinstance(given, str) and _DEGREES.fullmatch(given):
        return Decimal(given)
    return given  # type: ignore[return-value]


def _tuple(given: list[Any] | tuple[Any, ...]) -> tuple[Any, ...]:
    """Take a list; what has no order of its own, and a text, stays, to be refused."""
    return tuple(given) if isinstance(given, list) else given


def _names(given: str | Collection[str]) -> tuple[str, ...]:
    """Take one name, a list or a set; anything else stays, to be refused."""
    if isinstance(given, str):
        return (given,)
    if isinstance(given, set | frozenset):
        return tuple(sorted(given, key=repr))
    return tuple(given) if isinstance(given, list) else given  # type: ignore[return-value]


@frozen
class GeoPoint:
    """A place on Earth, in degrees of WGS 84.

    It may be where a person lives, so ``repr`` hides it; ask `text`.

    Args:
        latitude: -90 (south) to 90 (north), a Decimal or decimal text of at most
            `MAX_DECIMALS` decimals. A float is refused: it is not what it shows.
        longitude: -180 (west) to 180 (east), likewise.

    Raises:
        InvalidType: A coordinate is neither.
        InvalidValue: It is out of range, too fine, or not finite.

    >>> GeoPoint("39.90750", "116.39723").distance_km(GeoPoint("31.22222", "121.45806"))
    Decimal('1068.259')
    """

    latitude: Decimal = field(
        converter=_decimal, validator=private(_degrees(90)), repr=_masked, metadata=PRIVATE
    )
    longitude: Decimal = field(
        converter=_decimal, validator=private(_degrees(180)), repr=_masked, metadata=PRIVATE
    )

    @property
    def text(self) -> str:
        """Both coordinates, latitude first: ``39.90750,116.39723``."""
        return f"{self.latitude:f},{self.longitude:f}"

    def distance_m(self, other: GeoPoint) -> int:
        """Measure the great circle between two points in whole metres, halves rounded up.

        The Earth is taken as a sphere of `EARTH_RADIUS_M`; its flattening makes this wrong by
        up to 0.6 %. The formula is the haversine's: half the straight line through the sphere
        is the sine of half the angle. Its cosine is taken from the sum of the two directions
        instead of from the sine, and so even opposite points are exact to far below a metre.

        Floats serve inside. Machines whose sines differ in the last bit agree all the same,
        but for distances within some 10 nanometres of half a metre.

        Raises:
            InvalidType: The other is no GeoPoint.
        """
        if not isinstance(other, GeoPoint):
            raise InvalidType("a GeoPoint")
        pairs = tuple(zip(self._direction(), other._direction(), strict=True))
        apart = sqrt(sum((one - two) ** 2 for one, two in pairs))
        along = sqrt(sum((one + two) ** 2 for one, two in pairs))
        return floor(2 * EARTH_RADIUS_M * atan2(apart, along) + 0.5)

    def distance_km(self, other: GeoPoint) -> Decimal:
        """Tell `distance_m` in kilometres, with its three decimals."""
        metres = self.distance_m(other)
        return Decimal((0, tuple(map(int, str(metres))), -3))

    def _direction(self) -> tuple[float, float, float]:
        """The point on a sphere of radius 1 around the centre of the Earth."""
        north, east = radians(float(self.latitude)), radians(float(self.longitude))
        return cos(north) * cos(east), cos(north) * sin(east), sin(north)


@frozen
class Contact:
    """How to call and reach somebody: at least one of the three.

    Args:
        name: As the person writes it, in one piece: 1 to 200 characters of any script.
        phone: As given: digits, ``+``, blanks, dashes, dots, brackets, and an extension
            after ``ext``, ``x``, ``#`` or ``转``.
        email: As given, checked for its form only; any script.

    Raises:
        InvalidInput: Of a kind below it, with the field in its path and never the value.

    >>> Contact("王小明", phone="+86 138-0013-8000", email="ming@example.org")
    Contact(name='王•', phone='•00', email='•')
    """

    name: str | None = field(
        default=None, validator=private(optional(_line(200))), repr=_initial, metadata=PRIVATE
    )
    phone: str | None = field(
        default=None,
        validator=private(optional(_check_phone)),
        repr=_last_digits,
        metadata=PRIVATE,
    )
    email: str | None = field(
        default=None, validator=private(optional(_check_email)), repr=_masked, metadata=PRIVATE
    )

    def __attrs_post_init__(self) -> None:
        if self.name is None and self.phone is None and self.email is None:
            expected = "a name, a phone number or an e-mail address"
            raise InvalidValue(expected, reason="empty_contact")

    @property
    def phone_normalised(self) -> str | None:
        """The phone number as ``+`` and digits, an extension after ``;ext=`` as in RFC 3966.

        The trunk zero of ``+44 (0)20`` is left out; a country is never guessed.

        >>> Contact("Ann", phone="+44 (0)20 7946-0958 ext. 12").phone_normalised
        '+442079460958;ext=12'
        """
        match = _PHONE.fullmatch(self.phone or "")
        if match is None:
            return None
        number = match["number"]
        sign = "+" if number.startswith("+") else ""
        digits = re.sub(r"[^0-9]", "", _TRUNK.sub("", number) if sign else number)
        extension = match["extension"]
        return f"{sign}{digits};ext={extension}" if extension else f"{sign}{digits}"

    def anonymised(self) -> Contact:
        """Forget the person: a name that names nobody, and nothing else."""
        return Contact(_MASK)


@frozen(kw_only=True)
class Address:
    """Where something is to go, from the country down to the door.

    Args:
        country: Two capital letters of ISO 3166; the form is checked, not the list.
        region: Province or state, as the shop names it.
        city: City or town.
        district: District or county.
        lines: Street, number, floor: 1 to 4 lines.
        postal_code: As written there; many countries have none.
        recipient: Who receives, where it is not the customer.
        point: Where exactly.
        note: For who delivers: the door code, the neighbour.

    Raises:
        InvalidInput: Of a kind below it, with the field in its path and never the value.

    >>> Address(country="CN", region="广东省", city="深圳", lines=["深南大道 1 号"])
    ... # doctest: +ELLIPSIS
    Address(country='CN', region='广东省', city='•', district=None, lines='•', ...
    """

    country: str = field(validator=private(_check_country), metadata=PRIVATE)
    region: str | None = field(
        default=None, validator=private(optional(_line(100))), metadata=PRIVATE
    )
    city: str | None = field(
        default=None, validator=private(optional(_line(100))), repr=_masked, metadata=PRIVATE
    )
    district: str | None = field(
        default=None, validator=private(optional(_line(100))), repr=_masked, metadata=PRIVATE
    )
    lines: tuple[str, ...] = field(
        converter=_tuple,
        validator=private(each(_line(200), least=1, most=4)),
        repr=_masked,
        metadata=PRIVATE,
    )
    postal_code: str | None = field(
        default=None, validator=private(optional(_line(16))), repr=_masked, metadata=PRIVATE
    )
    recipient: Contact | None = field(
        default=None, validator=private(optional(instance(Contact))), metadata=PRIVATE
    )
    point: GeoPoint | None = field(
        default=None, validator=private(optional(instance(GeoPoint))), metadata=PRIVATE
    )
    note: str | None = field(
        default=None, validator=private(optional(_line(500))), repr=_masked, metadata=PRIVATE
    )

    def anonymised(self) -> Address:
        """Keep the country and the region, and a line that says nothing."""
        return Address(country=self.country, region=self.region, lines=(_MASK,))


@document("customer")
@frozen
class Customer:
    """Somebody who orders: a person or a firm.

    Args:
        id: The shop's id of the customer, which is shown everywhere: no e-mail address.
        contact: How to reach them; None is unknown.
        groups: Customer groups such as ``gold`` or ``staff``; order and repeats are dropped.
        addresses: At most 100, in the order the customer sees them.
        since: The instant from which they are a customer.
        attributes: Whatever else the host keeps; private.

    Raises:
        InvalidInput: Of a kind below it, with the field in its path and never the value.

    >>> Customer("c-7", Contact("王小明"), groups=["gold"]).anonymised()
    Customer(id='c-7', contact=None, groups=(), addresses=(), since=None, attributes=None)
    """

    id: str = field(validator=private(identifier), metadata=PRIVATE)
    contact: Contact | None = field(
        default=None, validator=private(optional(instance(Contact))), metadata=PRIVATE
    )
    groups: tuple[str, ...] = field(
        default=(),
        converter=_names,
        validator=private(each(identifier, most=1000)),
        metadata=PRIVATE,
    )
    addresses: tuple[Address, ...] = field(
        default=(),
        converter=_tuple,
        validator=private(each(instance(Address), most=100)),
        metadata=PRIVATE,
    )
    since: datetime | None = field(
        default=None,
        converter=pinned,
        validator=private(optional(aware)),
        metadata=PRIVATE,
    )
    attributes: Attributes = field(
        default=NO_ATTRIBUTES,
        converter=attributes_if_valid,
        validator=private(is_attributes),
        repr=lambda held: _masked(held or None),
        metadata=PRIVATE,
    )

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "groups", tuple(sorted(set(self.groups))))

    def anonymised(self) -> Customer:
        """Keep the id, and of each address the country and the region."""
        return Customer(self.id, addresses=tuple(place.anonymised() for place in self.addresses))
