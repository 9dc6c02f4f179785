"""Plain Python data from anywhere: depth, size, cycles."""

from __future__ import annotations

import pytest
from attrs import frozen

from ordercore.data import MAX_DEPTH, MAX_VALUES, dump, dumps, load, loads
from ordercore.errors import InvalidDocument, InvalidInput, LimitExceeded


@frozen
class Nest:
    inner: Nest | None = None
    row: tuple[int, ...] = ()
    wide: tuple[tuple[int, ...], ...] = ()


def nest(levels: int) -> Nest:
    value = Nest()
    for _ in range(levels - 1):
        value = Nest(value)
    return value


def plain_nest(levels: int) -> dict:
    plain: dict = {}
    for _ in range(levels - 1):
        plain = {"inner": plain}
    return plain


def fault_of(plain: object) -> InvalidInput:
    with pytest.raises(InvalidDocument) as caught:
        load(Nest, plain)
    (fault,) = caught.value.faults
    return fault


def test_the_documented_limits_are_these():
    assert (MAX_DEPTH, MAX_VALUES) == (64, 1_000_000)


class TestDepth:
    def test_the_deepest_document_is_written_and_read(self):
        deepest = nest(MAX_DEPTH)
        assert dump(deepest) == plain_nest(MAX_DEPTH)
        assert load(Nest, plain_nest(MAX_DEPTH)) == deepest
        assert loads(Nest, dumps(deepest)) == deepest

    @pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 200, 100_000])
    def test_a_deeper_one_is_not_read(self, levels):
        assert fault_of(plain_nest(levels)).reason == "too_deep"

    @pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 200, 3000])
    def test_nor_written(self, levels):
        with pytest.raises(LimitExceeded):
            dump(nest(levels))

    @pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: (x,), lambda x: {"k": x}])
    def test_lists_tuples_and_objects_all_count(self, wrap):
        value: object = 1
        for _ in range(MAX_DEPTH):
            value = wrap(value)
        assert fault_of({"row": value}).reason == "too_deep"


class TestCycles:
    def test_a_list_that_contains_itself_is_refused(self):
        cells: list = [1]
        cells.append(cells)
        assert fault_of({"row": cells}).reason == "cyclic"

    def test_an_object_that_contains_itself_is_refused(self):
        plain: dict = {}
        plain["inner"] = plain
        assert fault_of(plain).reason == "cyclic"

    def test_a_cycle_of_several_is_refused(self):
        one: dict = {}
        one["inner"] = {"row": [0, {"x": one}]}
        assert fault_of(one).reason == "cyclic"

    def test_the_same_list_twice_is_no_cycle(self):
        row = [1, 2]
        assert load(Nest, {"wide": [row, row], "row": row}) == Nest(None, (1, 2), ((1, 2), (1, 2)))

    def test_an_instance_that_contains_itself_is_not_written(self):
        value = Nest()
        object.__setattr__(value, "inner", value)
        with pytest.raises(LimitExceeded):
            dump(value)


class TestSize:
    def test_more_values_than_allowed_are_refused(self):
        assert fault_of({"row": [0] * MAX_VALUES}).reason == "too_large"

    def test_values_shared_are_counted_each_time(self):
        shared: list = [0]
        for _ in range(40):
            shared = [shared, shared]
        assert fault_of({"row": shared}).reason == "too_large"

    def test_many_values_are_read(self):
        row = list(range(100_000))
        assert load(Nest, {"row": row}).row == tuple(row)
