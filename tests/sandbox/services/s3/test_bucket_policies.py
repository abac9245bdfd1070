"""A bucket's policy is refused where S3 refuses it, in S3's words."""

import json

import pytest
from policy_sentry.querying.actions import get_action_data, get_actions_for_service

from sandbox.services.s3 import bucket_policies
from sandbox.services.s3.policy_actions import OF_BUCKETS, OF_OBJECTS

PARTITION = "aws"
MINE = f"arn:{PARTITION}:s3:::mine"
GOOD = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{MINE}/*"}


def refusal(**changes):
    given = {name: part for name, part in {**GOOD, **changes}.items() if part is not None}
    return bucket_policies.refusal("mine", {"Version": "2012-10-17", "Statement": given})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Resource": [MINE, f"{MINE}/*"], "Action": "s3:*"},
        {"Action": ["s3:Get*", "s3:PutObject"]},
        {"Action": "s3:ListBucket", "Resource": MINE},
        {"Action": "*", "Resource": "*", "Effect": "Deny"},
        {"Action": None, "NotAction": "s3:GetObject"},
        {"Resource": f"arn:{PARTITION}:s3:::mi*"},
        {"Principal": None, "NotPrincipal": {"AWS": "*"}},
        {"Action": "S3:getobject"},
    ],
)
def test_a_sound_policy_is_taken(changes):
    assert refusal(**changes) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"Resource": f"arn:{PARTITION}:s3:::another/*"}, "Policy has invalid resource"),
        ({"Resource": [f"{MINE}/*", "mine"]}, "Policy has invalid resource"),
        ({"Action": "s3:GetObjekt"}, "Policy has invalid action"),
        ({"Action": "sqs:SendMessage"}, "Policy has invalid action"),
        ({"Resource": MINE}, "Action does not apply to any resource(s) in statement"),
        ({"Action": "s3:ListBucket"}, "Action does not apply to any resource(s) in statement"),
        ({"Principal": None}, "Missing required field Principal"),
        ({"Effect": "Permit"}, "Invalid effect: Permit"),
    ],
)
def test_an_unsound_policy_is_refused_in_the_words_of_s3(changes, why):
    assert refusal(**changes) == why


def test_a_policy_is_judged_when_it_is_put(sandbox, make_bucket, refused):
    s3, bucket = sandbox.client("s3"), make_bucket()
    policy = {"Version": "2012-10-17", "Statement": [GOOD]}
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=json.dumps(policy)) == (
        "MalformedPolicy",
        "Policy has invalid resource",
    )
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy="{")[0] == "MalformedPolicy"


def test_a_policy_is_judged_when_it_is_deployed(deploy, refusal):
    policy = {"Version": "2012-10-17", "Statement": [GOOD]}
    given = {"Bucket": {"Ref": "It"}, "PolicyDocument": policy}
    why = refusal(It=("AWS::S3::Bucket", {}), Policy=("AWS::S3::BucketPolicy", given))
    assert "Policy has invalid resource" in why


def test_the_actions_are_those_of_the_service_authorization_reference():
    objects, buckets = set[str](), set[str]()
    for action in get_actions_for_service("s3"):
        name = action.partition(":")[2]
        formats = [one["resource_arn_format"] for one in get_action_data("s3", name)["s3"]]
        if any(f.endswith("/${ObjectName}") and "accesspoint" not in f for f in formats):
            objects.add(name)
        elif any(f.endswith(":::${BucketName}") for f in formats):
            buckets.add(name)
    assert objects == OF_OBJECTS
    assert buckets == OF_BUCKETS
