"""Customers, contacts, addresses and places: what they take, and what they never tell.

Laws:
    - Real names, phone numbers and addresses are taken as given, of any script.
    - Nothing private shows in a ``repr`` or in an error, however deep it stands.
    - A distance is symmetric, zero to the place itself, and no detour is shorter.
    - What is anonymised keeps ids, countries and regions, and nothing else.
    - What a customer dumps, it loads, equal and written alike.

The coordinates of cities are from GeoNames (https://www.geonames.org), CC BY 4.0.
"""

from __future__ import annotations

import decimal
import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import InvalidDocument, dump, dumps, load, loads
from ordercore.data.checks import text as readable_text
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded
from ordercore.parties import EARTH_RADIUS_M, Address, Contact, Customer, GeoPoint

REAL_NAMES = [
    "王小明",
    "欧阳·娜娜",
    "O'Brien",
    "O’Brien",
    "Nguyễn Thị",
    "Nguye\u0302\u0303n Thi\u0323",
    "María José de la Cruz-Ñañez",
    "J",
    "Ж",
    "呂",
    "Suharto",
    "𠮷野",
    "\U00031350",  # of Unicode 15, which Python 3.11 does not know
    "محمد بن سلمان",
    "علی‌رضا",  # U+200C between its parts
    "क्‍षेत्रपाल",  # U+200D within its first letter
    "ශ්‍රී ලංකා",
    "ประยุทธ์ จันทร์โอชา",
    "X Æ A-12",
    "Martin Luther King, Jr.",
    "Dr. med. (Univ.) Anna-Lena Müller",
    "Null",
    "Robert'); DROP TABLE Students;--",
    "a" * 200,
    "吕" * 200,
]
UNSAFE = ["\x00", "\n", "\t", "\x1b[31m", "\x7f", "\x9b", "\u2028", "\u2029"]
UNSAFE += ["\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"]
UNSAFE += ["\ud800", "\udfff", "\ue000", "\ufdd0", "\ufffe"]


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("name", REAL_NAMES)
def test_a_real_name_is_taken_as_it_is_written(name: str) -> None:
    contact = Contact(name)
    assert contact.name == name
    customer = Customer("c-1", contact, addresses=[home(recipient=contact, lines=[name])])
    assert loads(Customer, dumps(customer)) == customer


@pytest.mark.parametrize("unsafe", UNSAFE)
@pytest.mark.parametrize("pattern", ["{}", "王{}明", "Ann{}"])
def test_a_name_that_no_page_can_show_in_its_place_is_refused(unsafe: str, pattern: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Contact(pattern.format(unsafe))
    assert (caught.value.path, caught.value.reason) == (("name",), "unsafe_text")


@pytest.mark.parametrize("name", ["", " ", "\u3000", "\u00a0 ", "n" * 201, 5, b"Ann", ["Ann"]])
def test_what_is_no_name_is_refused(name: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Contact(name)
    assert caught.value.path == ("name",)


def test_the_joiners_of_arabic_and_indic_scripts_are_text() -> None:
    readable_text()(None, attrs.fields(Contact).name, "\u200c\u200d")


def test_a_contact_says_something() -> None:
    assert Contact(phone="110").name is None
    assert Contact(email="ann@example.org").name is None
    with pytest.raises(InvalidValue) as caught:
        Contact()
    assert caught.value.reason == "empty_contact"


# ---------------------------------------------------------------- phones and e-mail


@pytest.mark.parametrize(
    ("given_", "normalised"),
    [
        ("13800138000", "13800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("+86-138-0013-8000", "+8613800138000"),
        ("(010) 8888-7777", "01088887777"),
        ("010-88887777转801", "01088887777;ext=801"),
        ("010-88887777 轉 801", "01088887777;ext=801"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("(0)20 7946 0958", "02079460958"),
        ("+1 212.555.0123 x45", "+12125550123;ext=45"),
        ("+1 212 555 0123, ext. 45", "+12125550123;ext=45"),
        ("+1-212-555-0123 EXT 45", "+12125550123;ext=45"),
        ("+12125550123;ext=45", "+12125550123;ext=45"),
        ("030/901820", "030901820"),
        ("110", "110"),
        ("0086 138 0013 8000", "008613800138000"),
    ],
)
def test_a_phone_number_is_kept_as_given_and_read_as_digits(given_: str, normalised: str) -> None:
    contact = Contact("Ann", phone=given_)
    assert contact.phone == given_
    assert contact.phone_normalised == normalised
    assert Contact(phone=normalised).phone_normalised == normalised


@pytest.mark.parametrize(
    "phone",
    [
        "",
        "12",
        "+",
        "++86 13800138000",
        "138+00138000",
        "call me",
        "1-800-FLOWERS",
        "１３８００１３８０００",
        "٠١٢٣٤٥٦",
        "1" * 21,
        "138 0013 8000\n",
        "138\u202e0013",
        "13800138000 x",
        "13800138000 x123456789",
        "x45",
        " " * 41,
        13_800_138_000,
        "1 " * 30,
    ],
)
def test_what_is_no_phone_number_is_refused(phone: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Contact("Ann", phone=phone)
    assert caught.value.path == ("phone",)


def test_without_a_phone_there_is_no_number() -> None:
    assert Contact("Ann").phone_normalised is None


@pytest.mark.parametrize(
    "email",
    [
        "ann@example.org",
        "a@b",
        "o'brien+shop@example.co.uk",
        "用户@例子.公司",
        "josé@ñandú.es",
        "ann@[192.0.2.1]",
        f"{'a' * 64}@{'b' * 189}",
    ],
)
def test_an_email_address_is_checked_for_its_form_only(email: str) -> None:
    assert Contact(email=email).email == email


@pytest.mark.parametrize(
    "email",
    [
        *("", "@", "ann", "ann@", "@example.org", "a@b@c", "a b@c", "a@b c", "a@b\u3000c"),
        *("a@b\n", "a\x00@b", "a\u202e@b", "a" * 250 + "@b.org", 5),
    ],
)
def test_what_is_no_email_address_is_refused(email: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Contact("Ann", email=email)
    assert caught.value.path == ("email",)


# ---------------------------------------------------------------- addresses


def home(**given_: Any) -> Address:
    return Address(**{"country": "CN", "region": "广东省", "lines": ["深南大道 1 号"], **given_})


def test_an_address_needs_a_country_and_a_line_only() -> None:
    dublin = Address(country="IE", lines=("1 Grafton Street",))
    assert (dublin.postal_code, dublin.city, dublin.point) == (None, None, None)


@pytest.mark.parametrize(
    ("given_", "path"),
    [
        ({"country": "cn"}, ("country",)),
        ({"country": "CHN"}, ("country",)),
        ({"country": "C"}, ("country",)),
        ({"country": "中国"}, ("country",)),
        ({"country": "CN\n"}, ("country",)),
        ({"country": None}, ("country",)),
        ({"region": ""}, ("region",)),
        ({"region": "r" * 101}, ("region",)),
        ({"city": " "}, ("city",)),
        ({"district": "\u202e"}, ("district",)),
        ({"lines": []}, ("lines",)),
        ({"lines": ["a", "b", "c", "d", "e"]}, ("lines",)),
        ({"lines": "1 Grafton Street"}, ("lines",)),
        ({"lines": {"1 Grafton Street"}}, ("lines",)),
        ({"lines": None}, ("lines",)),
        ({"lines": ["fine", ""]}, ("lines", 1)),
        ({"lines": ["fine", "l" * 201]}, ("lines", 1)),
        ({"lines": ["fine", 5]}, ("lines", 1)),
        ({"lines": ["two\nlines"]}, ("lines", 0)),
        ({"postal_code": "1" * 17}, ("postal_code",)),
        ({"postal_code": 518000}, ("postal_code",)),
        ({"recipient": "王小明"}, ("recipient",)),
        ({"point": ("22.5", "114.0")}, ("point",)),
        ({"note": "n" * 501}, ("note",)),
    ],
)
def test_what_is_no_address_is_refused_at_its_path(given_: dict[str, Any], path: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        home(**given_)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("given_", "path"),
    [
        ({"id": ""}, ("id",)),
        ({"id": "王"}, ("id",)),
        ({"contact": "Ann"}, ("contact",)),
        ({"groups": 5}, ("groups",)),
        ({"groups": ["gold", ""]}, ("groups", 1)),
        ({"groups": {"gold", 5}}, ("groups", 1)),
        ({"groups": [f"g{i}" for i in range(1001)]}, ("groups",)),
        ({"addresses": ["1 Grafton Street"]}, ("addresses", 0)),
        ({"addresses": None}, ("addresses",)),
        ({"since": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)}, ("since",)),
        ({"since": "2026-01-01"}, ("since",)),
        ({"attributes": {"size": 5}}, ("attributes",)),
        ({"attributes": "size"}, ("attributes",)),
    ],
)
def test_what_is_no_customer_is_refused_at_its_path(given_: dict[str, Any], path: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Customer(**{"id": "c-1", **given_})
    assert caught.value.path == path


def test_a_customer_has_at_most_a_hundred_addresses() -> None:
    assert len(Customer("c-1", addresses=[home()] * 100).addresses) == 100
    with pytest.raises(LimitExceeded):
        Customer("c-1", addresses=[home()] * 101)


def test_the_order_and_the_repeats_of_groups_say_nothing() -> None:
    made = {Customer("c-1", groups=list(order)) for order in permutations(["vip", "gold", "vip"])}
    made |= {Customer("c-1", groups={"gold", "vip"}), Customer("c-1", groups=("gold", "vip"))}
    assert made == {Customer("c-1", groups=["gold", "vip"])}


def test_parties_cannot_be_changed() -> None:
    customer = Customer("c-1", Contact("Ann"), addresses=[home(point=GeoPoint("1", "2"))])
    address = customer.addresses[0]
    for value, name in [(customer, "id"), (customer.contact, "name"), (address, "city")]:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, name, "x")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        address.point.latitude = Decimal(3)  # type: ignore[union-attr, misc]


# ---------------------------------------------------------------- what is never told

CANARIES = {
    "name": "Canariensis Serinus",
    "phone": "+49 7531 4862 9157",
    "email": "tweety@canary.example",
    "city": "Canaryville",
    "district": "Birdcage Ward",
    "line": "77 Feather Row",
    "postal_code": "CN4 R1Y",
    "recipient": "Finch Goldberg",
    "latitude": "47.65983",
    "longitude": "9.175321",
    "note": "key beneath a nest",
    "attribute": "allergic to seeds",
    "attribute_name": "medical",
}


def canary() -> Customer:
    return Customer(
        "c-1",
        Contact(CANARIES["name"], phone=CANARIES["phone"], email=CANARIES["email"]),
        groups=["gold"],
        addresses=[
            Address(
                country="DE",
                region="Baden",
                city=CANARIES["city"],
                district=CANARIES["district"],
                lines=[CANARIES["line"]],
                postal_code=CANARIES["postal_code"],
                recipient=Contact(CANARIES["recipient"]),
                point=GeoPoint(CANARIES["latitude"], CANARIES["longitude"]),
                note=CANARIES["note"],
            )
        ],
        since=datetime(2026, 11, 1, tzinfo=UTC),
        attributes={CANARIES["attribute_name"]: CANARIES["attribute"]},
    )


def sung(told: str) -> list[str]:
    """List the pieces of the canaries of three or more letters or digits that a text tells."""
    pieces = {piece for value in CANARIES.values() for piece in value.replace("@", " ").split()}
    pieces |= {piece for value in CANARIES.values() for piece in value.split(".")}
    return sorted(piece for piece in pieces if len(piece) >= 3 and piece in told)


@attrs.frozen
class Parcel:
    customer: Customer
    to: Address


@pytest.mark.parametrize(
    "tell",
    [
        repr,
        str,
        "{}".format,
        "{!r}".format,
        lambda customer: f"{customer}",
        lambda customer: repr([customer, {"customer": customer}, (customer,)]),
        lambda customer: repr(Parcel(customer, customer.addresses[0])),
        lambda customer: str(InvalidValue("another customer", customer)),
        lambda customer: repr(customer.contact) + repr(customer.addresses),
        lambda customer: repr(customer.addresses[0].point),
        lambda customer: str(customer.addresses[0].recipient),
        lambda customer: repr(pickled(customer)),
        lambda customer: repr(load(Customer, dump(customer))),
        lambda customer: repr(attrs.evolve(customer, groups=[])),
    ],
)
def test_nothing_private_shows_in_a_repr(tell: Callable[[Customer], str]) -> None:
    assert sung(tell(canary())) == []
    assert sung(dumps(canary())) != []  # the canaries do sing where they may


def test_a_repr_shows_what_one_needs_to_tell_customers_apart() -> None:
    assert repr(canary()) == (
        "Customer(id='c-1', contact=Contact(name='C•', phone='•57', email='•'), "
        "groups=('gold',), addresses=(Address(country='DE', region='Baden', city='•', "
        "district='•', lines='•', postal_code='•', recipient=Contact(name='F•', phone=None, "
        "email=None), point=GeoPoint(latitude='•', longitude='•'), note='•'),), "
        "since=datetime.datetime(2026, 11, 1, 0, 0, tzinfo=datetime.timezone.utc), "
        "attributes='•')"
    )


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        (Contact("王小明"), "Contact(name='王•', phone=None, email=None)"),
        (Contact("王" * 200), "Contact(name='王•', phone=None, email=None)"),
        (Contact("J"), "Contact(name='•', phone=None, email=None)"),
        (Contact(phone="110"), "Contact(name=None, phone='•', email=None)"),
        (Contact(phone="123456"), "Contact(name=None, phone='•', email=None)"),
        (Contact(phone="1234567"), "Contact(name=None, phone='•67', email=None)"),
        (Contact(email="j@j"), "Contact(name=None, phone=None, email='•')"),
    ],
)
def test_a_mask_tells_neither_the_rest_nor_its_length(contact: Contact, told: str) -> None:
    assert repr(contact) == told


def test_every_field_of_a_party_is_hidden_in_faults() -> None:
    for cls in (Customer, Contact, Address, GeoPoint):
        for attribute in attrs.fields(cls):
            assert attribute.metadata["private"], attribute.name


CANARY = "Canariensis 77 Feather"

REFUSED: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    # what is made, and the fields it is made of
    (Contact, {"name": [CANARY]}),
    (Contact, {"name": CANARY + "\u202e"}),
    (Contact, {"name": CANARY * 30}),
    (Contact, {"name": CANARY.encode()}),
    (Contact, {"phone": CANARY}),
    (Contact, {"phone": CANARY + "\n"}),
    (Contact, {"email": CANARY}),
    (Contact, {"email": f"{CANARY}@{CANARY}"}),
    (Contact, {"email": {CANARY: CANARY}}),
    (home, {"country": CANARY}),
    (home, {"region": CANARY + "\x00"}),
    (home, {"region": (CANARY,)}),
    (home, {"city": CANARY + "\u202e"}),
    (home, {"district": CANARY * 30}),
    (home, {"lines": CANARY}),
    (home, {"lines": {CANARY}}),
    (home, {"lines": [CANARY] * 5}),
    (home, {"lines": ["fine", CANARY + "\ud800"]}),
    (home, {"lines": ["fine", [CANARY]]}),
    (home, {"postal_code": CANARY}),
    (home, {"recipient": CANARY}),
    (home, {"recipient": {"name": CANARY}}),
    (home, {"point": CANARY}),
    (home, {"note": CANARY * 30}),
    (GeoPoint, {"latitude": CANARY, "longitude": "0"}),
    (GeoPoint, {"latitude": "0", "longitude": f"1.{CANARY}"}),
    (GeoPoint, {"latitude": [CANARY], "longitude": "0"}),
    (Customer, {"id": CANARY + "é"}),
    (Customer, {"id": [CANARY]}),
    (Customer, {"id": "c-1", "contact": CANARY}),
    (Customer, {"id": "c-1", "groups": CANARY + "é"}),
    (Customer, {"id": "c-1", "groups": ["gold", CANARY + "é"]}),
    (Customer, {"id": "c-1", "addresses": [CANARY]}),
    (Customer, {"id": "c-1", "addresses": CANARY}),
    (Customer, {"id": "c-1", "since": CANARY}),
    (Customer, {"id": "c-1", "attributes": CANARY}),
    (Customer, {"id": "c-1", "attributes": {CANARY: 5}}),
    (Customer, {"id": "c-1", "attributes": {CANARY: "\n"}}),
    (Customer, {"id": "c-1", "attributes": {CANARY + "\n": ""}}),
    (Customer, {"id": "c-1", "attributes": {"note": CANARY * 30}}),
]


@pytest.mark.parametrize(("make", "fields"), REFUSED)
def test_an_error_never_shows_what_was_refused(
    make: Callable[..., Any], fields: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(**fields)
    error = caught.value
    told = [str(error), repr(error), repr(vars(error)), str(pickled(error))]
    told += traceback.format_exception_only(error)
    while error is not None:
        told.append(repr(vars(error)))
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    assert "Canar" not in " ".join(told)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plain: plain | {"contact": CANARY},
        lambda plain: plain | {"contact": {"name": CANARY + "\u202e"}},
        lambda plain: plain | {"contact": {"name": [CANARY]}},
        lambda plain: plain | {"contact": {"name": "Ann", CANARY: 1}},
        lambda plain: plain | {"contact": {"phone": CANARY, "email": CANARY}},
        lambda plain: plain | {"id": CANARY + "é"},
        lambda plain: plain | {"groups": CANARY},
        lambda plain: plain | {"groups": ["gold", CANARY + "é"]},
        lambda plain: plain | {"addresses": CANARY},
        lambda plain: plain | {"addresses": [CANARY]},
        lambda plain: plain | {"addresses": [{"country": CANARY, "lines": CANARY}]},
        lambda plain: plain | {"addresses": [{"country": "DE", "lines": [CANARY, CANARY * 30]}]},
        lambda plain: plain | {"addresses": [{"country": "DE", "lines": ["x"], "point": CANARY}]},
        lambda plain: (
            plain
            | {"addresses": [{"country": "DE", "lines": ["x"], "point": {"latitude": CANARY}}]}
        ),
        lambda plain: plain | {"since": CANARY},
        lambda plain: plain | {"attributes": CANARY},
        lambda plain: plain | {"attributes": {CANARY: 5}},
        lambda plain: plain | {"attributes": {"note": CANARY + "\x00"}},
        lambda plain: plain | {"attributes": {CANARY: "\u202e"}},
        lambda _plain: CANARY,
        lambda _plain: [CANARY],
    ],
)
def test_the_faults_of_a_document_never_show_what_was_refused(spoil: Callable[[Any], Any]) -> None:
    with pytest.raises(InvalidDocument) as caught:
        load(Customer, spoil({"schema": 1, "kind": "customer", "id": "c-1"}))
    told = [str(caught.value), repr(caught.value)]
    told += [f"{fault!r} {vars(fault)!r}" for fault in caught.value.faults]
    assert "Canar" not in " ".join(told)


@pytest.mark.parametrize("cls", [Contact, Address, Customer])
def test_a_text_in_place_of_a_party_is_not_shown(cls: type) -> None:
    with pytest.raises(InvalidDocument) as caught:
        loads(cls, f'"{CANARY}"')
    assert "Canar" not in str(caught.value)


def test_faults_of_documents_name_their_places() -> None:
    plain = {
        "schema": 1,
        "kind": "customer",
        "id": "c-1",
        "contact": {"name": "", "phone": "call me"},
        "addresses": [{"country": "DE", "lines": ["fine", ""], "point": {"latitude": "91"}}],
    }
    with pytest.raises(InvalidDocument) as caught:
        load(Customer, plain)
    assert {fault.path for fault in caught.value.faults} == {
        ("contact", "name"),
        ("contact", "phone"),
        ("addresses", 0, "lines", 1),
        ("addresses", 0, "point", "latitude"),
        ("addresses", 0, "point", "longitude"),
    }


# ---------------------------------------------------------------- anonymised


def test_an_anonymised_customer_keeps_the_id_and_countries_and_regions() -> None:
    forgotten = canary().anonymised()
    assert sung(dumps(forgotten)) == []
    assert dump(forgotten) == {
        "schema": 1,
        "kind": "customer",
        "id": "c-1",
        "addresses": [{"country": "DE", "region": "Baden", "lines": ["•"]}],
    }


def test_an_anonymised_contact_keeps_nothing() -> None:
    assert canary().contact.anonymised() == Contact("J").anonymised()  # type: ignore[union-attr]


# ---------------------------------------------------------------- written and read

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12
)
degrees = {
    most: st.decimals(-most, most, places=6).map(lambda value: value.quantize(Decimal("0.00001")))
    for most in (90, 180)
}
points = st.builds(GeoPoint, degrees[90], degrees[180])
contacts = st.builds(
    Contact,
    words,
    phone=st.none() | st.from_regex(r"\+[0-9]{3,12}( x[0-9]{1,4})?", fullmatch=True),
    email=st.none() | words.map(lambda word: f"{word.replace('@', '')}a@example.org"),
)
addresses = st.builds(
    Address,
    country=st.from_regex(r"[A-Z]{2}", fullmatch=True),
    region=st.none() | words,
    city=st.none() | words,
    district=st.none() | words,
    lines=st.lists(words, min_size=1, max_size=4),
    postal_code=st.none() | words,
    recipient=st.none() | contacts,
    point=st.none() | points,
    note=st.none() | words,
)
customers = st.builds(
    Customer,
    id=st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True),
    contact=st.none() | contacts,
    groups=st.sets(st.sampled_from(["gold", "staff", "new"])),
    addresses=st.lists(addresses, max_size=3),
    since=st.none()
    | st.datetimes(
        datetime(1990, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        datetime(2040, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        timezones=st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")]),
    ),
    attributes=st.dictionaries(words, words, max_size=3),
)


@given(customers)
def test_a_customer_survives_being_written_and_read(customer: Customer) -> None:
    text = dumps(customer)
    again = loads(Customer, text)
    assert again == customer
    assert hash(again) == hash(customer)
    assert dumps(again) == text
    assert pickled(customer) == customer


@given(customers)
def test_an_anonymised_customer_is_one_and_stays_so(customer: Customer) -> None:
    forgotten = customer.anonymised()
    assert forgotten.anonymised() == forgotten
    assert loads(Customer, dumps(forgotten)) == forgotten
    assert [(a.country, a.region) for a in forgotten.addresses] == [
        (a.country, a.region) for a in customer.addresses
    ]


def test_a_customer_is_a_document_and_its_parts_may_be_loaded_alone() -> None:
    assert dump(Customer("c-1")) == {"schema": 1, "kind": "customer", "id": "c-1"}
    assert load(Contact, {"name": "Ann"}) == Contact("Ann")
    assert load(GeoPoint, {"latitude": "1.50", "longitude": "-2"}) == GeoPoint("1.5", "-2")
    assert dump(GeoPoint("1.50", "-2")) == {"latitude": "1.50", "longitude": "-2"}


def test_since_is_the_same_instant_when_the_hour_is_shown_twice() -> None:
    berlin = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    customer = Customer("c-1", since=berlin)
    assert customer.since == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert loads(Customer, dumps(customer)) == customer


# ---------------------------------------------------------------- places and distances

BEIJING = GeoPoint("39.90750", "116.39723")
SHANGHAI = GeoPoint("31.22222", "121.45806")
GUANGZHOU = GeoPoint("23.11667", "113.25000")
SHENZHEN = GeoPoint("22.54554", "114.06830")
URUMQI = GeoPoint("43.80096", "87.60046")
NORTH_POLE, SOUTH_POLE = GeoPoint("90", "0"), GeoPoint("-90", "0")
HALF_AROUND = 20_015_114
"""Half the circumference in metres: pi times 6,371,008.8."""


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (BEIJING, SHANGHAI, "1068.3"),
        (GUANGZHOU, SHENZHEN, "105.2"),
        (BEIJING, GUANGZHOU, "1890.4"),
        (URUMQI, SHANGHAI, "3267.6"),
    ],
)
def test_distances_between_cities(one: GeoPoint, other: GeoPoint, km: str) -> None:
    metres = one.distance_m(other)
    assert (metres + 50) // 100 == int(km.replace(".", ""))
    assert one.distance_km(other) == Decimal(metres) / 1000


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (NORTH_POLE, SOUTH_POLE, HALF_AROUND),
        (GeoPoint("0", "0"), GeoPoint("0", "180"), HALF_AROUND),
        (GeoPoint("0", "0"), GeoPoint("0", "-180"), HALF_AROUND),
        (GeoPoint("12.345678", "98.765432"), GeoPoint("-12.345678", "-81.234568"), HALF_AROUND),
        (GeoPoint("0", "0"), GeoPoint("0", "179.999"), HALF_AROUND - 111),
        (GeoPoint("0", "0"), GeoPoint("0.00001", "180"), HALF_AROUND - 1),
        (NORTH_POLE, GeoPoint("90", "137.5"), 0),
        (NORTH_POLE, GeoPoint("0", "-42"), 10_007_557),
        (GeoPoint("0", "180"), GeoPoint("0", "-180"), 0),
        (GeoPoint("10", "179.9995"), GeoPoint("10", "-179.9995"), 110),
        (GeoPoint("0", "0"), GeoPoint("0", "1"), 111_195),
        (GeoPoint("60", "0"), GeoPoint("60", "1"), 55_597),
        (GeoPoint("0", "0"), GeoPoint("0.000009", "0"), 1),
        (GeoPoint("0", "0"), GeoPoint("0.000004", "0"), 0),
        (GeoPoint("0", "0"), GeoPoint("0", "0.000000001"), 0),
    ],
)
def test_distances_at_poles_antipodes_and_the_date_line(
    one: GeoPoint, other: GeoPoint, metres: int
) -> None:
    assert one.distance_m(other) == metres
    assert other.distance_m(one) == metres


@given(points, points, points)
def test_distances_obey_the_laws_of_a_sphere(a: GeoPoint, b: GeoPoint, c: GeoPoint) -> None:
    assert a.distance_m(a) == 0
    assert a.distance_m(b) == b.distance_m(a)
    assert 0 <= a.distance_m(b) <= HALF_AROUND
    assert a.distance_m(c) <= a.distance_m(b) + b.distance_m(c) + 1  # each is rounded
    opposite = GeoPoint(-a.latitude, a.longitude + (180 if a.longitude <= 0 else -180))
    assert a.distance_m(opposite) == HALF_AROUND
    assert abs(a.distance_m(b) + b.distance_m(opposite) - HALF_AROUND) <= 1


@given(points, points)
def test_a_distance_agrees_with_the_law_of_cosines(a: GeoPoint, b: GeoPoint) -> None:
    """Compare with another formula, in decimals, where that one is good: far from 0 and half."""
    metres = a.distance_m(b)
    cosine = _sine(90 - a.latitude) * _sine(90 - b.latitude) * _sine(
        90 - a.longitude + b.longitude
    ) + _sine(a.latitude) * _sine(b.latitude)
    told = _sine(90 - Decimal(metres) / Decimal(EARTH_RADIUS_M) * 180 / PI)
    assert abs(told - cosine) < Decimal("1e-7")


PI = Decimal("3.14159265358979323846264338328")


def _sine(degrees_: Decimal) -> Decimal:
    angle = degrees_ % 360 * PI / 180
    term = total = angle
    for n in range(1, 40):
        term = -term * angle * angle / ((2 * n) * (2 * n + 1))
        total += term
    return total


def test_a_distance_does_not_depend_on_the_decimal_context() -> None:
    with decimal.localcontext(decimal.Context(prec=1, traps=[decimal.Inexact])):
        here, there = GeoPoint("39.90750", "116.39723"), GeoPoint(Decimal("31.22222"), "121.45806")
        assert (here, there) == (BEIJING, SHANGHAI)
        assert str(here.distance_km(there)) == "1068.259"
        assert here.text == "39.90750,116.39723"


@pytest.mark.parametrize(
    ("latitude", "kind"),
    [
        (39.9, InvalidType),
        (39, InvalidType),
        (True, InvalidType),
        (None, InvalidType),
        (b"39.9", InvalidType),
        ("", InvalidValue),
        ("39,9", InvalidValue),
        (" 39.9", InvalidValue),
        ("3_9", InvalidValue),
        ("３９", InvalidValue),
        ("39.", InvalidValue),
        (".5", InvalidValue),
        ("1e1", InvalidValue),
        ("NaN", InvalidValue),
        ("39°54′", InvalidValue),
        ("90.000000001", InvalidValue),
        ("-90.1", InvalidValue),
        ("0.0000000001", InvalidValue),
        ("9" * 100_000, InvalidValue),
        (Decimal("NaN"), InvalidValue),
        (Decimal("sNaN"), InvalidValue),
        (Decimal("Infinity"), InvalidValue),
        (Decimal("-Infinity"), InvalidValue),
        (Decimal("1e999999"), InvalidValue),
        (Decimal("0e999999"), InvalidValue),
        (Decimal("1e-999999"), InvalidValue),
        (Decimal("90.1"), InvalidValue),
    ],
)
def test_what_is_no_latitude_is_refused(latitude: Any, kind: type) -> None:
    with pytest.raises(kind) as caught:
        GeoPoint(latitude, "0")
    assert isinstance(caught.value, InvalidInput)
    assert caught.value.path == ("latitude",)


@pytest.mark.parametrize("edge", ["90", "-90", "+90.000000000", "0", "-0", Decimal("9E+1")])
def test_a_latitude_reaches_from_pole_to_pole(edge: Any) -> None:
    point = GeoPoint(edge, "180")
    assert load(GeoPoint, dump(point)) == point


def test_a_longitude_reaches_around_the_world() -> None:
    assert GeoPoint("0", "-180.000000000").longitude == -180
    with pytest.raises(InvalidValue) as caught:
        GeoPoint("0", "180.000000001")
    assert caught.value.path == ("longitude",)


def test_a_distance_is_to_a_place() -> None:
    with pytest.raises(InvalidType):
        BEIJING.distance_m("31.22222,121.45806")  # type: ignore[arg-type]
