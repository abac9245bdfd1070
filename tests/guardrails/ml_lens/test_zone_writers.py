"""ACC14."""

import copy

import pytest

from guardrails.ml_lens.zone_writers import RULE

OBJECTS = {"Fn::Join": ["", [{"Fn::GetAtt": ["It", "Arn"]}, "/*"]]}
METADATA = {"Fn::Join": ["", [{"Fn::GetAtt": ["It", "Arn"]}, "/*/metadata/00000-*"]]}
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}


@pytest.fixture
def open_with(found_in):
    """Change the statement of a zone that names its writer; tells whether it is found."""

    def found(*gone, **changes):
        resources = copy.deepcopy(dict(RULE.compliant))
        (statement,) = resources["Policy"]["Properties"]["PolicyDocument"]["Statement"]
        statement.update(changes)
        for name in gone:
            del statement[name]
        return bool(list(found_in(RULE, resources)))

    return found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Action": ["s3:PutObject", "s3:DeleteObject"]},
        {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, ROLE]}}},
        {"Principal": "*"},
    ],
)
def test_a_zone_that_names_its_writers_passes(open_with, changes):
    assert not open_with(**changes)


def test_objects_of_some_name_may_be_left_out(open_with):
    assert not open_with("Resource", NotResource=[METADATA])
    assert open_with("Resource", NotResource=[OBJECTS])


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Action": "s3:DeleteObject"},
        {"Principal": {"AWS": ROLE}},
        {"Resource": METADATA},
        {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "*"}}},
        {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}},
        {"Condition": {"ArnNotEquals": {"aws:SourceArn": ROLE}}},
        {
            "Condition": {
                "ArnNotEquals": {"aws:PrincipalArn": ROLE},
                "Bool": {"aws:SecureTransport": "false"},
            }
        },
    ],
)
def test_a_zone_that_others_may_write_to_is_found(open_with, changes):
    assert open_with(**changes)


def test_a_bucket_that_a_table_lies_in_is_one_too_and_without_jobs_none_is(found_in):
    table = {"StorageInput": {"Location": {"Fn::Sub": "s3://${It}/visits/"}}}
    resources = {
        **RULE.violating,
        "Table": {"Type": "AWS::Glue::Table", "Properties": {"TableInput": table}},
        "Job": {"Type": "AWS::Glue::Job", "Properties": {}},
    }
    assert [found.logical_id for found in found_in(RULE, resources)] == ["It"]
    del resources["Job"]
    assert not list(found_in(RULE, resources))
