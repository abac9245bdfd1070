"""A key for each level of classification that zones have, and who may use which."""

import json
from itertools import product

import pytest

from testing.templates import of_type, statements

STACK = "DataLake"
ON = {
    "data_lake.classification.transformed": "internal",
    "data_lake.classification.answers": "internal",
    "data_lake.classification.failures": "secret",
}
OWN, INTERNAL, SECRET = "Key", "InternalKey", "SecretKey"
READ, WRITE = "kms:Decrypt", "kms:GenerateDataKey"
MAY = {
    "ModelFilesRole": {(READ, OWN), (WRITE, OWN), (WRITE, SECRET)},
    "LargeFilesJobRole": {(READ, OWN), (WRITE, OWN), (WRITE, SECRET)},
    "LargeFilesModelLargeFileRole": {(WRITE, SECRET)},
    "LargeFilesLargeFileEndedRole": {(WRITE, SECRET)},
    "CurationEnhancedMergeRecordsRole": {(READ, OWN), (WRITE, OWN)},
    "CurationEnhancedOptimizersRole": {(READ, OWN), (WRITE, OWN)},
    "CurationTrainingSetBuildFeaturesRole": {(READ, OWN), (READ, INTERNAL), (WRITE, INTERNAL)},
    "CurationTrainingSetOptimizersRole": {(READ, INTERNAL), (WRITE, INTERNAL)},
    "CurationQualityRole": {(READ, OWN), (READ, INTERNAL)},
    "CurationFlowRunRole": {(READ, INTERNAL), (WRITE, SECRET)},
    "CurationFlowEndedRole": {(WRITE, SECRET)},
    "GovernanceErasureErasePersonRole": {
        *((READ, key) for key in (OWN, INTERNAL, SECRET)),
        *((WRITE, key) for key in (OWN, SECRET)),
    },
    "GovernanceErasureEraseRecordsRole": {
        *((READ, key) for key in (OWN, INTERNAL, SECRET)),
        *((WRITE, key) for key in (OWN, INTERNAL)),
    },
}


@pytest.fixture(scope="module")
def parted(variant):
    return variant(STACK, overrides=ON)


def keys_of(template):
    """Call each key what the stack calls it, by its logical id."""
    return {name: name[:-8] for name in of_type(template, "AWS::KMS::Key")}


def through_s3(template, role):
    """List what a role may do with which key when it comes through S3."""
    keys = keys_of(template)
    found = set()
    for statement in statements(template, role=role):
        hosts = json.dumps(statement.get("Condition", {}).get("StringEquals", {}))
        if "kms:ViaService" not in hosts or "s3." not in hosts:
            continue
        parts = (statement["Action"], statement["Resource"])
        for action, resource in product(*(p if isinstance(p, list) else [p] for p in parts)):
            found.add((action, keys[resource["Fn::GetAtt"][0]]))
    return found


def test_as_it_is_all_zones_are_of_one_level_and_have_the_stacks_own_key(template):
    assert list(keys_of(template(STACK)).values()) == [OWN]


def test_each_level_has_a_key_and_each_zone_the_key_of_its_level(parted):
    keys = keys_of(parted)
    assert sorted(keys.values()) == [INTERNAL, OWN, SECRET]
    used = {}
    for name, bucket in of_type(parted, "AWS::S3::Bucket").items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        key = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        used[name[:-8]] = key and keys[key["Fn::GetAtt"][0]]
    assert used == {
        "AccessLogs": None,
        "Raw": OWN,
        "Modeled": OWN,
        "Failures": SECRET,
        "CurationEnhancedZone": OWN,
        "CurationTrainingSetZone": INTERNAL,
        "CatalogWorkgroupResults": INTERNAL,
    }
    assert {"InternalKeyArn", "SecretKeyArn"} <= parted["Outputs"].keys()


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_use_the_keys_of_what_it_reads_and_writes_and_no_other(parted, role):
    assert through_s3(parted, role) == MAY[role]


def test_no_role_is_left_out(parted):
    roles = {name[:-8] for name in of_type(parted, "AWS::IAM::Role")}
    using = {role for role in roles if through_s3(parted, role)}
    assert using - MAY.keys() == {"StreamDeliveryRole"}
    assert through_s3(parted, "StreamDeliveryRole") <= {(READ, OWN), (WRITE, OWN)}
