"""What a template says is evaluated; what it leaves open is unknown, and never taken for known."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.intrinsics import (
    UnresolvableError,
    possible,
    resolved,
    shorten,
    text,
    truth,
    unknown_parameter,
)

OPEN = unknown_parameter("P", {})
SET = unknown_parameter("Q", {"Default": "*"})
WORDS = st.text("ab:/*", max_size=5)


def evaluate(value, **parameters):
    return resolved(value, parameters, {"Map": {"a": {"b": "c"}}})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Fn::Sub": ["${X}/${A.Arn}", {"X": "*"}]}, "*/<A.Arn>"),
        ({"Fn::Sub": "${!Literal}-${AWS::Region}"}, "${Literal}-<AWS::Region>"),
        ({"Fn::Join": ["-", ["a", {"Fn::Join": ["", ["b", {"Ref": "C"}]]}]]}, "a-b<C>"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::FindInMap": ["Map", "a", "b"]}, "c"),
        ({"Fn::GetAtt": "A.Arn"}, "<A.Arn>"),
        ({"Fn::Sub": "${A.Arn}"}, "<A.Arn>"),
        ({"Fn::ToJsonString": {"a": ["b"]}}, '{"a": ["b"]}'),
        ({"Fn::Join": ["", []]}, ""),
    ],
)
def test_what_a_template_says_is_evaluated(value, expected):
    assert text(evaluate(value)) == expected


@pytest.mark.parametrize(
    ("value", "read"), [("true", True), ("False", False), ("no", "no"), (1, 1)]
)
def test_truth_may_be_a_text(value, read):
    assert truth(value) is read


def test_what_is_open_has_the_values_that_the_template_tells():
    branches = evaluate({"Fn::If": ["C", {"Fn::Join": ["", ["a", "b"]]}, {"Ref": "Q"}]}, Q=SET)
    assert list(possible(branches)) == ["ab", "*"]
    assert list(possible(OPEN)) == [OPEN]
    assert shorten(SET) == shorten(OPEN).replace("P", "Q")


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "P"},
        {"Fn::Sub": "x${P}"},
        {"Fn::Sub": ["x${Y}", {"Y": {"Ref": "P"}}]},
        {"Fn::Join": ["", ["x", {"Ref": "P"}]]},
        {"Fn::If": ["C", "a", "b"]},
        {"Fn::ImportValue": "x"},
        {"Fn::FindInMap": ["Map", {"Ref": "P"}, "b"]},
        {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "P"}]}]},
        {"Fn::Transform": {"Name": "X"}},
        {"Fn::ToJsonString": {"a": {"Ref": "P"}}},
        "{{resolve:ssm:/who}}",
        {"Fn::Join": ["", ["{{resolve:ssm:", "/who}}"]]},
    ],
)
def test_what_it_leaves_open_has_no_text(value):
    with pytest.raises(UnresolvableError):
        text(evaluate(value, P=OPEN))


@pytest.mark.parametrize(
    ("entries", "opens"),
    [(("123", "a-b"), False), (("123", "*"), True), (("a", "arn:x"), True), ((), True)],
    ids=["words", "a wildcard", "an ARN", "nothing"],
)
def test_a_word_by_region_is_a_name_and_anything_else_is_open(entries, opens):
    maps = {"M": {f"region-{n}": {"k": entry} for n, entry in enumerate(entries)}}
    value = resolved({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "k"]}, {}, maps)
    if opens:
        with pytest.raises(UnresolvableError):
            text(value)
    else:
        assert text(value) == "<M.k>"


def test_no_value_is_none():
    nothing = {"Ref": "AWS::NoValue"}
    assert evaluate({"A": nothing, "B": [nothing, "c"]}) == {"B": ["c"]}


@given(st.lists(WORDS, max_size=4), WORDS)
def test_a_join_of_words_is_their_join(parts, separator):
    assert evaluate({"Fn::Join": [separator, parts]}) == separator.join(parts)


@given(st.recursive(st.booleans() | WORDS, lambda s: st.lists(s) | st.dictionaries(WORDS, s)))
def test_a_value_without_functions_stays_as_it_is(value):
    assert json.dumps(evaluate(value)) == json.dumps(value)
