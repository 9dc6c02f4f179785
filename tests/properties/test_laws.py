"""The laws of pricing, each with a property of its own, found by its number.

What a law says in full stands at the head of the file that has its properties, whose names
begin with its number: ``test_p7_a_unit_is_claimed_once…``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LAWS = {
    1: "every line, charge and total is at least 0",
    2: "discounts stay within a price less its floor; caps hold",
    3: "shares of units, lines, promotions and the total sum exactly",
    4: "integers of minor units, one named rounding for each benefit",
    5: "who has no part gets nothing; shares are as exact as minor units can be",
    6: "empty carts and zero prices have an answer",
    7: "a unit is used once, and applications keep their limit",
    8: "no order of lines, promotions, codes or dicts has a say, nor how lines are cut",
    9: "the order of application is in the data; what is inapplicable may change",
    10: "the same input gives the same quote, and is not changed",
    11: "conditions are tested once, on the state in which their layer began",
    12: "who has no effect blocks nobody; exclusion is symmetric",
    13: "more of an eligible item never lowers a discount",
    14: "what has no effect is not applied and uses nothing up",
    15: "pricing ends, and no machine has a say",
    16: "all off goods, shipping and fees leaves nothing to pay",
    17: "what is invalid is refused; what is written is read back",
    18: "windows are half-open on aware instants",
    19: "the index finds what a scan of the whole book finds",
    21: "the account adds up, with one outcome for each candidate",
}


def properties() -> Iterator[tuple[int, str]]:
    """List the tests over generated examples in this folder by the law that they name."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            law = re.match(r"test_p(\d+)_", node.name)
            decorators = [ast.unparse(each).partition("(")[0] for each in node.decorator_list]
            if law and "given" in decorators:
                yield int(law[1]), node.name


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"P{law} {LAWS[law]}")
def test_every_law_has_a_property(law: int) -> None:
    assert law in {number for number, _ in properties()}
