"""What definitions refer to: found by path, joined, compared; and never guessed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.services.sagemaker.pipelines import conditions
from sandbox.services.sagemaker.pipelines.values import (
    MissingError,
    looked_up,
    references,
    resolved,
)

KNOWN = {
    "Parameters": {"Days": 7, "Fast": True, "Name": "x"},
    "Steps": {
        "Prep": {
            "ProcessingOutputConfig": {
                "Outputs": [
                    {"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train"}},
                    {"OutputName": "test.set", "S3Output": {"S3Uri": "s3://b/test"}},
                ]
            },
            "FinalMetricDataList": [{"MetricName": "validation:auc", "Value": 0.9}],
        }
    },
}


def none(place):
    raise AssertionError(f"{place} is read")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Parameters.Days", 7),
        ("Steps.Prep.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri", "s3://b/train"),
        ('Steps.Prep.ProcessingOutputConfig.Outputs["test.set"].S3Output.S3Uri', "s3://b/test"),
        ("Steps.Prep.ProcessingOutputConfig.Outputs[1].OutputName", "test.set"),
        ("Steps.Prep.FinalMetricDataList['validation:auc'].Value", 0.9),
    ],
    ids=["parameter", "output", "quoted-dot", "number", "metric"],
)
def test_a_path_leads_to_its_value(path, value):
    assert resolved({"Get": path}, KNOWN, none) == value


@pytest.mark.parametrize(
    "path", ["Parameters.None", "Steps.Other.X", "Steps.Prep.ProcessingOutputConfig.Outputs[9]"]
)
def test_a_path_that_leads_nowhere_says_where_it_ends(path):
    with pytest.raises(MissingError, match="on the way to"):
        resolved({"Get": path}, KNOWN, none)


def test_functions_may_hold_functions():
    uri = {"Get": "Steps.Prep.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}
    inner = {"Std:Join": {"On": "-", "Values": ["d", {"Get": "Parameters.Days"}]}}
    outer = {"Std:Join": {"On": "/", "Values": [uri, inner, {"Get": "Parameters.Fast"}]}}
    assert resolved({"a": [outer]}, KNOWN, none) == {"a": ["s3://b/train/d-7/true"]}
    assert references(outer) == [uri["Get"], "Parameters.Days", "Parameters.Fast"]


def test_a_property_file_is_read_where_it_lies():
    asked = {
        "Std:JsonGet": {
            "PropertyFile": {"Get": "Steps.Prep.PropertyFiles.Report"},
            "Path": "metrics.auc[0]",
        }
    }
    files = {"Steps.Prep.PropertyFiles.Report": {"metrics": {"auc": [0.8]}}}
    assert resolved(asked, KNOWN, files.__getitem__) == 0.8


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
    )
)
def test_what_refers_to_nothing_stays_as_it_is(value):
    assert resolved(value, KNOWN, none) == value
    assert references(value) == []


@given(st.dictionaries(st.from_regex(r"[A-Za-z_][\w-]{0,8}", fullmatch=True), st.integers()))
def test_every_key_of_a_document_is_found(document):
    for name, value in document.items():
        assert looked_up(json.loads(json.dumps({"report": document})), f"report.{name}") == value


NUMBERS = st.floats(allow_nan=False)


@given(NUMBERS, NUMBERS)
def test_comparisons_are_those_of_numbers(left, right):
    def holds(kind):
        return conditions.holds({"Type": kind, "LeftValue": left, "RightValue": right})

    assert holds("GreaterThan") == (left > right)
    assert holds("LessThanOrEqualTo") == (not holds("GreaterThan"))
    assert holds("Equals") == (holds("GreaterThanOrEqualTo") and holds("LessThanOrEqualTo"))


def test_conditions_are_turned_round_and_joined():
    low = {"Type": "LessThan", "LeftValue": 1, "RightValue": 2}
    member = {"Type": "In", "QueryValue": "a", "Values": ["b"]}
    assert not conditions.holds({"Type": "Not", "Expression": low})
    assert conditions.holds({"Type": "Or", "Conditions": [member, low]})
    assert not conditions.holds(member)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"Type": "Like"}, "of Type Like; allowed: Equals"),
        ({"Type": "Equals", "LeftValue": 1}, "has LeftValue, RightValue"),
        ({"Type": "Not", "Expression": {"Type": "Like"}}, "of Type Like"),
        ({"Type": "Or", "Conditions": [{"Type": "In"}]}, "has QueryValue, Values"),
        ("x", "is no object"),
    ],
    ids=["type", "member", "inside-not", "inside-or", "text"],
)
def test_a_condition_that_is_none_is_refused(condition, said):
    assert said in str(conditions.refusal(condition))
