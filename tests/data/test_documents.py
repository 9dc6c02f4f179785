"""Documents: their head, their older and their friendlier forms, what is left out in writing."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from attrs import field, frozen

from ordercore.cart import Cart
from ordercore.data import document, dump, dumps, load, loads
from ordercore.errors import InvalidDocument, InvalidValue, LimitExceeded
from ordercore.money import Currency, Money


def in_yuan(plain: dict) -> dict:
    """From schema 1, where a fare was text without a currency."""
    if isinstance(plain.get("fare"), str):
        plain = {**plain, "fare": f"CNY {plain['fare']}"}
    return plain


def with_stops(plain: dict) -> dict:
    """From schema 2, where a journey had two ends and nothing between them."""
    plain = dict(plain)
    ends = [plain.pop(key) for key in ("origin", "goal") if key in plain]
    return {**plain, "stops": ends}


def in_short(plain: dict) -> dict:
    """Take stops as one text, ``Ulm - Bonn``."""
    if isinstance(plain.get("stops"), str):
        plain = {**plain, "stops": plain["stops"].split(" - ")}
    return plain


@document("journey", 3, in_short, upcasts={1: in_yuan, 2: with_stops})
@frozen
class Journey:
    stops: tuple[str, ...]
    fare: Money = Money.zero("CNY")


@document("journey_today")
@frozen
class Today:
    journey: Journey


NEW = {"schema": 3, "kind": "journey", "stops": ["Ulm", "Bonn"], "fare": "CNY 9.90"}
TOLD = Journey(("Ulm", "Bonn"), Money.of("9.90", "CNY"))


def faults_of(cls: type, plain: object) -> list[tuple[object, str]]:
    with pytest.raises(InvalidDocument) as caught:
        load(cls, plain)
    return [(fault.path, fault.reason) for fault in caught.value.faults]


class TestHeads:
    def test_a_document_says_what_it_is_first(self):
        assert dump(TOLD) == NEW
        assert list(dump(TOLD)) == ["schema", "kind", "stops", "fare"]
        assert load(Journey, NEW) == TOLD

    def test_within_another_it_says_nothing(self):
        today = Today(TOLD)
        assert dump(today)["journey"] == {"stops": ["Ulm", "Bonn"], "fare": "CNY 9.90"}
        assert load(Today, dump(today)) == today
        inner = {"schema": 1, "kind": "journey_today", "journey": NEW}
        assert faults_of(Today, inner) == [
            (("journey", "schema"), "unknown_field"),
            (("journey", "kind"), "unknown_field"),
        ]

    @pytest.mark.parametrize(
        ("head", "faults"),
        [
            ({}, [(("schema",), "missing_field"), (("kind",), "missing_field")]),
            ({"schema": 3}, [(("kind",), "missing_field")]),
            ({"kind": "journey"}, [(("schema",), "missing_field")]),
            ({"schema": 0, "kind": "journey"}, [(("schema",), "unknown_schema")]),
            ({"schema": 4, "kind": "journey"}, [(("schema",), "unknown_schema")]),
            ({"schema": -1, "kind": "journey"}, [(("schema",), "unknown_schema")]),
            ({"schema": "3", "kind": "journey"}, [(("schema",), "invalid_type")]),
            ({"schema": 3.0, "kind": "journey"}, [(("schema",), "invalid_type")]),
            ({"schema": True, "kind": "journey"}, [(("schema",), "invalid_type")]),
            ({"schema": None, "kind": "journey"}, [(("schema",), "invalid_type")]),
            ({"schema": 10**5000, "kind": "journey"}, [(("schema",), "limit_exceeded")]),
            ({"schema": 3, "kind": "cart"}, [(("kind",), "unknown_kind")]),
            ({"schema": 3, "kind": "Journey"}, [(("kind",), "unknown_kind")]),
            ({"schema": 3, "kind": None}, [(("kind",), "invalid_type")]),
            ({"schema": 3, "kind": "\x00"}, [(("kind",), "unsafe_text")]),
            (
                {"schema": 9, "kind": 9},
                [(("schema",), "unknown_schema"), (("kind",), "invalid_type")],
            ),
        ],
    )  # fmt: skip
    def test_a_head_that_is_missing_or_strange_is_refused(self, head, faults):
        fields = {"stops": ["Ulm"]}
        assert faults_of(Journey, {**fields, **head}) == faults

    def test_a_missing_head_is_told_with_the_other_faults(self):
        assert sorted(faults_of(Journey, {"stops": [1], "fare": 2})) == [
            (("fare",), "invalid_type"),
            (("kind",), "missing_field"),
            (("schema",), "missing_field"),
            (("stops", 0), "invalid_type"),
        ]

    def test_the_fields_of_another_kind_or_form_mean_nothing(self):
        assert faults_of(Journey, {"schema": 9, "kind": "journey", "x": 1}) == [
            (("schema",), "unknown_schema")
        ]

    def test_a_fault_names_the_schemas_that_are_known(self):
        with pytest.raises(InvalidDocument, match="expected schema 1 or 2 or 3, got 7"):
            load(Journey, {**NEW, "schema": 7})

    @pytest.mark.parametrize("plain", [None, [], "journey", 3, [NEW]])
    def test_a_document_is_an_object(self, plain):
        assert faults_of(Journey, plain) == [((), "invalid_type")]


class TestOlderForms:
    @pytest.mark.parametrize(
        "plain",
        [
            {"schema": 1, "kind": "journey", "origin": "Ulm", "goal": "Bonn", "fare": "9.90"},
            {"schema": 2, "kind": "journey", "origin": "Ulm", "goal": "Bonn", "fare": "CNY 9.90"},
            {"schema": 3, "kind": "journey", "stops": "Ulm - Bonn", "fare": "CNY 9.90"},
            NEW,
        ],
    )
    def test_every_known_form_is_brought_to_that_of_today(self, plain):
        given = dict(plain)
        assert load(Journey, plain) == TOLD
        assert plain == given
        assert dump(load(Journey, plain)) == NEW

    def test_each_step_starts_at_its_own_number(self):
        # a fare of schema 2 has its currency already; stops of schema 1 are not yet known
        assert faults_of(Journey, {"schema": 2, "kind": "journey", "fare": "9.90"}) == [
            (("fare",), "invalid_value")
        ]
        assert load(Journey, {"schema": 1, "kind": "journey"}) == Journey(())

    def test_faults_of_an_older_form_are_told_in_the_form_of_today(self):
        plain = {"schema": 1, "kind": "journey", "origin": 1, "goal": "Bonn", "fare": "x", "y": 0}
        assert faults_of(Journey, plain) == [
            (("fare",), "invalid_value"),
            (("y",), "unknown_field"),
            (("stops", 0), "invalid_type"),
        ]

    def test_a_step_that_complains_is_a_fault_of_the_document(self):
        def complain(_plain: dict) -> dict:
            raise LookupError("no such town")

        @document("complaint", 2, upcasts={1: complain})
        @frozen
        class Complaint:
            x: int = 0

        assert faults_of(Complaint, {"schema": 1, "kind": "complaint"}) == [((), "invalid_value")]
        assert load(Complaint, {"schema": 2, "kind": "complaint"}) == Complaint()

    def test_a_step_that_makes_nonsense_is_found_out(self):
        @document("nonsense", 2, upcasts={1: lambda _plain: None})
        @frozen
        class Nonsense:
            x: int = 0

        assert faults_of(Nonsense, {"schema": 1, "kind": "nonsense"}) == [((), "invalid_type")]

    def test_a_step_may_change_what_it_gets_without_harm(self):
        def ruin(plain: dict) -> dict:
            plain["deep"]["x"] = 7
            return plain.pop("deep")

        @document("ruin", 2, upcasts={1: ruin})
        @frozen
        class Ruin:
            x: int

        plain = {"schema": 1, "kind": "ruin", "deep": {"x": 1}}
        assert load(Ruin, plain) == Ruin(7)
        assert plain == {"schema": 1, "kind": "ruin", "deep": {"x": 1}}

    def test_what_a_step_throws_away_must_be_proper_json_all_the_same(self):
        @document("forgetful", 2, upcasts={1: lambda _plain: {}})
        @frozen
        class Forgetful:
            x: int = 0

        head = '"schema": 1, "kind": "forgetful"'
        assert loads(Forgetful, f'{{{head}, "y": [1]}}') == Forgetful()
        for member, path in (('"y": [1, 1.5]', ("y", 1)), ('"y": 1, "y": 2', ("y",))):
            with pytest.raises(InvalidDocument) as caught:
                loads(Forgetful, f"{{{head}, {member}}}")
            assert [fault.path for fault in caught.value.faults] == [path]


class TestFriendlierForms:
    def test_bare_prices_of_a_cart_are_in_its_currency(self):
        cart = Cart.of("CNY", [("shirt", "129.00", 2)], shipping="8")
        plain = dump(cart)
        plain["lines"][0]["unit_price"] = "129.00"
        plain["shipping"] = "8.00"
        assert load(Cart, plain) == cart

    @pytest.mark.parametrize("currency", [None, 1, [], "", "XXX", "CNY 1", "CNY\x00"])
    def test_a_strange_currency_is_a_fault_and_nothing_else(self, currency):
        plain = dump(Cart.of("CNY", [("shirt", "129.00", 2)]))
        plain["currency"] = currency
        plain["lines"][0]["unit_price"] = "129.00"
        assert (("currency",)) in [path for path, _ in faults_of(Cart, plain)]


def short_list() -> tuple[int, ...]:
    return (1, 2)


@frozen
class Defaults:
    required: int
    number: int = 1
    flag: bool = False
    text: str = "x"
    amount: Decimal = Decimal("1.0")
    currency: Currency = field(default="CNY", converter=Currency)
    made: tuple[int, ...] = field(factory=short_list)
    mine: int = field()
    rich: str = field(
        default="abc",
        converter=attrs.Converter(
            lambda value, me, _field: value[: me.required], takes_self=True, takes_field=True
        ),
    )
    late: int = field(init=False, default=5)

    @mine.default
    def _twice(self) -> int:
        return 2 * self.required


class TestDefaults:
    def test_fields_at_their_default_are_left_out(self):
        assert dump(Defaults(3)) == {"required": 3}
        assert load(Defaults, {"required": 3}) == Defaults(3)

    def test_all_others_are_written(self):
        value = Defaults(
            1, number=2, flag=True, text="", amount=Decimal("1.1"), currency="KWD", made=(),
            mine=3, rich="b",
        )  # fmt: skip
        assert dump(value) == {
            "required": 1, "number": 2, "flag": True, "text": "", "amount": "1.1",
            "currency": "KWD", "made": [], "mine": 3, "rich": "b",
        }  # fmt: skip
        assert load(Defaults, dump(value)) == value

    @pytest.mark.parametrize(
        ("field_name", "value", "plain"),
        [("number", True, True), ("flag", 0, 0), ("amount", Decimal("1.00"), "1.00")],
    )
    def test_what_equals_the_default_but_reads_otherwise_is_written(
        self, field_name, value, plain
    ):
        assert dump(Defaults(1, **{field_name: value}))[field_name] == plain

    def test_what_is_not_taken_at_birth_is_in_no_document(self):
        with pytest.raises(InvalidDocument):
            load(Defaults, {"required": 1, "late": 5})


class TestText:
    def test_text_is_compact_and_in_unicode_unless_indented(self):
        told = Journey(("乌鲁木齐", "Köln"))
        assert dumps(told) == '{"schema":3,"kind":"journey","stops":["乌鲁木齐","Köln"]}'
        assert dumps(told, 2).startswith('{\n  "schema": 3,\n')
        assert loads(Journey, dumps(told)) == loads(Journey, dumps(told, 4).encode()) == told

    def test_the_same_value_is_always_the_same_text(self):
        assert dumps(loads(Journey, dumps(TOLD))) == dumps(TOLD)

    @pytest.mark.parametrize(
        ("value", "error", "path"),
        [
            (Journey(("a\x00",)), InvalidValue, ("stops", 0)),
            (Journey(("\ud800",)), InvalidValue, ("stops", 0)),
            (Defaults(10**40), LimitExceeded, ("required",)),
            (Defaults(1, amount=Decimal("NaN")), InvalidValue, ("amount",)),
            (Defaults(1, amount=Decimal("1e100000000")), LimitExceeded, ("amount",)),
            (Defaults(1, amount=Decimal("1e-100000000")), LimitExceeded, ("amount",)),
        ],
    )
    def test_what_cannot_be_read_back_is_not_written_and_its_place_told(self, value, error, path):
        for write in (dump, dumps):
            with pytest.raises(error) as caught:
                write(value)
            assert caught.value.path == path
