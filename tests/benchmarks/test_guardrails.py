"""What a mutant is, and that none of those left lacks a rule without being told of."""

from typing import Any

import pytest

from benchmarks.guardrails.mutants import STUB, mutants_of, neighbourhood
from benchmarks.guardrails.survivors import EQUIVALENT, HARMLESS, MISSING, class_of
from benchmarks.guardrails.verdicts import Judged

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}},
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {"EnableKeyRotation": True, "Tags": [{"Key": "a", "Value": "b"}]},
        },
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {"State": {"Ref": "Queue"}}},
    }
}


def test_each_property_is_changed_in_each_way_alone():
    done = [(m.place, m.done) for m in mutants_of(TEMPLATE) if m.logical_id == "Key"]
    assert ("AWS::KMS::Key EnableKeyRotation", "weakened") in done
    assert ("AWS::KMS::Key Tags.Value", "replaced") in done
    assert ("AWS::KMS::Key Tags", "deleted") in done
    for mutant in mutants_of(TEMPLATE):
        assert mutant.applied_to(TEMPLATE) != TEMPLATE
    assert TEMPLATE["Resources"]["Key"]["Properties"]["EnableKeyRotation"] is True


def test_a_neighbourhood_has_what_refers_to_a_resource_and_stubs_further_away():
    near = neighbourhood(TEMPLATE, "Rule")["Resources"]
    assert near["Queue"] == TEMPLATE["Resources"]["Queue"]
    assert near["Key"] == {"Type": STUB}
    assert set(neighbourhood(TEMPLATE, "Key")["Resources"]) == {"Key", "Queue"}


def test_what_the_guardrails_find_is_no_survivor():
    survivors = {(m.place, m.done) for m in Judged(TEMPLATE).survivors}
    assert ("AWS::SQS::Queue KmsMasterKeyId", "deleted") not in survivors
    assert ("AWS::KMS::Key EnableKeyRotation", "weakened") not in survivors
    assert ("AWS::KMS::Key Tags", "deleted") in survivors


@pytest.mark.parametrize(
    ("place", "verdict"),
    [
        ("AWS::KMS::Key Tags.Key", HARMLESS),
        ("AWS::S3::Bucket OwnershipControls", EQUIVALENT),
        ("AWS::S3::Bucket PublicAccessBlockConfiguration.BlockPublicAcls", MISSING),
        ("AWS::CloudWatch::Alarm AlarmActions", MISSING),
    ],
)
def test_a_survivor_that_no_line_explains_lacks_a_rule(place, verdict):
    assert class_of(place) == verdict
