"""What every zone promises: whose key, what is kept for how long, who may write."""

import json
from functools import partial

import pytest

from testing.templates import of_type

STACK = "DataLake"
WRITERS = {
    "Modeled": {"ModelFiles", "ErasePerson", "LargeFilesJob"},
    "Failures": {
        *("ModelFiles", "ErasePerson", "FlowRun", "FlowEnded"),
        *("LargeFilesJob", "ModelLargeFile", "LargeFileEnded"),
    },
    "CurationEnhancedZone": {"MergeRecords", "Optimizers", "EraseRecords"},
    "CurationTrainingSetZone": {"BuildFeatures", "Optimizers", "EraseRecords"},
}


@pytest.fixture(scope="module")
def resources(template):
    return partial(of_type, template(STACK))


def data_buckets(resources):
    found = resources("AWS::S3::Bucket")
    return {name: bucket for name, bucket in found.items() if not name.startswith("AccessLogs")}


def test_every_bucket_of_data_is_under_the_key_versioned_logged_and_ends(resources):
    buckets = data_buckets(resources)
    assert len(buckets) == 6
    for name, bucket in buckets.items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["BucketKeyEnabled"], name
        assert "Key" in json.dumps(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["LoggingConfiguration"]["LogFilePrefix"]
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert any("ExpirationInDays" in each for each in rules), name
        assert any("NoncurrentVersionExpiration" in each for each in rules), name


def test_no_two_zones_log_into_one_folder(resources):
    folders = [
        bucket["LoggingConfiguration"]["LogFilePrefix"]
        for bucket in data_buckets(resources).values()
    ]
    assert len(set(folders)) == len(folders)


@pytest.mark.parametrize("zone", WRITERS)
def test_a_zone_takes_objects_from_its_writers_alone(resources, zone):
    policies = resources("AWS::S3::BucketPolicy")
    (policy,) = (found for name, found in policies.items() if name.startswith(zone))
    statements = policy["PolicyDocument"]["Statement"]
    (denial,) = (s for s in statements if s.get("Sid") == "OnlyWriters")
    assert denial["Effect"] == "Deny"
    given = denial["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    named = {next(w for w in WRITERS[zone] if w in json.dumps(each)) for each in given}
    assert named == WRITERS[zone]
    assert len(given) == len(named)
