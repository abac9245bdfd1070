"""RET1."""

import pytest

from guardrails.ml_lens.bounded_retention import RULE

ALL = {
    "Status": "Enabled",
    "ExpirationInDays": 1,
    "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}


def bucket(*rules):
    return "AWS::S3::Bucket", {
        "VersioningConfiguration": {"Status": "Enabled"},
        "LifecycleConfiguration": {"Rules": list(rules)},
    }


@pytest.mark.parametrize(
    "ok",
    [
        bucket(ALL),
        bucket(*({"Status": "Enabled", k: v} for k, v in ALL.items() if k != "Status")),
        ("AWS::Logs::LogGroup", {"RetentionInDays": 30}),
        ("AWS::DynamoDB::Table", {"TimeToLiveSpecification": {"Enabled": True}}),
        ("AWS::SQS::Queue", {}),
    ],
)
def test_data_with_an_end_passes(found, ok):
    assert found(RULE, It=ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        bucket(),
        *(bucket({k: v for k, v in ALL.items() if k != left_out}) for left_out in ALL),
        bucket({**ALL, "Status": "Disabled"}),
        bucket({**ALL, "Prefix": "detections/"}),
        bucket({**ALL, "TagFilters": [{"Key": "a", "Value": "b"}]}),
        ("AWS::Logs::LogGroup", {}),
        ("AWS::Logs::LogGroup", {"RetentionInDays": {"Ref": "Days"}}),
        ("AWS::DynamoDB::Table", {}),
        ("AWS::DynamoDB::Table", {"TimeToLiveSpecification": {"Enabled": False}}),
    ],
)
def test_data_without_an_end_is_found(found, bad):
    assert {f.logical_id for f in found(RULE, It=bad)} == {"It"}
