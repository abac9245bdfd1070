"""Tables of settings: paths through lists, optional steps, right values."""

import re

import pytest

from guardrails.intrinsics import UnresolvableError
from guardrails.ml_lens.settings import Setting, values
from guardrails.ml_lens.template import Resource

TREE = {"A": {"B": [{"C": 1}, {"C": 2}, {}]}, "x.y": True}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("A.B[].C", [("A.B.0.C", 1), ("A.B.1.C", 2), ("A.B.2.C", None)]),
        ("A.B[].C?", [("A.B.0.C", 1), ("A.B.1.C", 2)]),
        ("A.B.1.C", [("A.B.1.C", 2)]),
        ("A.B.7.C", [("A.B.7.C", None)]),
        ("A.Z.C", [("A.Z.C", None)]),
        ("A.Z?.C", []),
        ("Z[].C", []),
        (r"x\.y", [("x.y", True)]),
    ],
)
def test_a_path_leads_to_values(path, found):
    assert list(values(TREE, path)) == found


def test_a_function_on_the_way_cannot_be_decided():
    with pytest.raises(UnresolvableError):
        list(values({"A": {"Fn::ImportValue": "a"}}, "A.B"))


@pytest.mark.parametrize(
    ("right", "value", "wrong"),
    [
        ((True,), "true", False),
        ((True,), "false", True),
        ((True,), None, True),
        ((None, False), None, False),
        ((None, False), [], False),
        ((), "anything", False),
        ((), "", True),
        ((re.compile("https://.+"),), "http://x", True),
        ((re.compile("https://.+"),), "https://x", False),
        ((2,), "2", False),
    ],
)
def test_a_value_is_right_or_is_told(right, value, wrong):
    properties = {} if value is None else {"P": value}
    found = list(Setting.of("P", *right).problems(Resource("It", "T", properties)))
    assert [where for where, _ in found] == ["Properties.P"] * wrong
