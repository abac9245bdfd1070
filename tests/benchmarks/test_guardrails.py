"""What a mutant is, and that none of those left lacks a rule without being told of."""

from typing import Any

import pytest

from benchmarks.guardrails import survivors_of
from benchmarks.guardrails.mutants import STUB, Mutant, alike, mutants_of, neighbourhood
from benchmarks.guardrails.survivors import EQUIVALENT, HARMLESS, MISSING, class_of, reasons

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


def test_the_neighbourhood_of_a_buckets_policy_is_that_of_the_bucket():
    resources = {
        "Zone": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Zone"}}},
        "Job": {"Type": "AWS::Glue::Job", "Properties": {"DefaultArguments": {"Ref": "Zone"}}},
    }
    assert neighbourhood({"Resources": resources}, "Policy")["Resources"] == resources


def test_mutants_are_alike_if_no_rule_can_tell_them_apart():
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Ref": "Queue"}}
    more = {**allowed, "Action": "sqs:ReceiveMessage"}
    policies = {
        name: {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [one]}}}
        for name, one in (("A", allowed), ("B", allowed), ("C", more))
    }
    document = {"Resources": {**TEMPLATE["Resources"], **policies}}
    groups = alike(document).values()
    of_resources = [g for g in groups if g[0].place.endswith("Resource") and g[0].done == "deleted"]
    assert sorted([m.logical_id for m in group] for group in of_resources) == [["A", "B"], ["C"]]
    assert sum(map(len, groups)) == len(list(mutants_of(document)))


def test_what_the_guardrails_find_is_no_survivor():
    mutants = list(mutants_of(TEMPLATE))
    left = survivors_of(TEMPLATE, mutants)
    survivors = {(mutants[index].place, mutants[index].done) for index in left}
    assert ("AWS::SQS::Queue KmsMasterKeyId", "deleted") not in survivors
    assert ("AWS::KMS::Key EnableKeyRotation", "weakened") not in survivors
    assert ("AWS::KMS::Key Tags", "deleted") in survivors


@pytest.mark.parametrize(
    ("place", "done", "verdict"),
    [
        ("KMS::Key Tags.Key", "replaced", HARMLESS),
        ("S3::Bucket OwnershipControls", "deleted", EQUIVALENT),
        ("S3::Bucket OwnershipControls", "weakened", MISSING),
        ("S3::Bucket PublicAccessBlockConfiguration.BlockPublicAcls", "weakened", MISSING),
        ("CloudWatch::Alarm AlarmActions", "deleted", MISSING),
        ("Glue::Table TableInput.Owner", "deleted", MISSING),
    ],
)
def test_a_survivor_that_no_line_explains_lacks_a_rule(place, done, verdict):
    type_, _, path = place.partition(" ")
    mutant = Mutant("It", f"AWS::{type_}", tuple(path.split(".")), done, None)
    assert class_of(mutant) == verdict


def test_each_reason_is_one_verdict_and_says_why_once():
    assert {reason.verdict for reason in reasons()} == {HARMLESS, EQUIVALENT}
    assert len({reason.why for reason in reasons()}) == len(reasons())
