"""A waiver is by concern, on one resource, with a reason; anything else is refused at once."""

import pytest
from aws_cdk import CfnResource, Stack, Stage
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from guardrails import below, waive, waivers_of

BECAUSE = "A copy in another Region would outlive the end of its data."


@pytest.fixture
def stack(new_app):
    return Stack(new_app(), "Shop")


def test_a_waiver_lands_on_the_resource_and_covers_every_pack(stack):
    waive(s3.Bucket(stack, "Frames", enforce_ssl=True), "no_replication", because=BECAUSE)
    [waiver] = waivers_of(stack.node.root)
    assert waiver.path == "Shop/Frames/Resource"
    assert waiver.ids == (
        "NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled",
        "HIPAA.Security::HIPAA.Security-S3BucketReplicationEnabled",
        "PCI.DSS.321::PCI.DSS.321-S3BucketReplicationEnabled",
    )


def test_a_waiver_that_is_repeated_word_for_word_is_one_waiver(stack):
    bucket = s3.Bucket(stack, "Frames")
    waive(bucket, "no_replication", because=BECAUSE)
    waive(bucket, "no_replication", because=BECAUSE)
    assert len(waivers_of(stack.node.root)) == 1


def test_a_second_reason_for_the_same_waiver_is_refused(stack):
    bucket = s3.Bucket(stack, "Frames")
    waive(bucket, "no_replication", because=BECAUSE)
    with pytest.raises(ValueError, match=r"a second time.*keep one reason"):
        waive(bucket, "no_replication", because="It is rebuilt from its source in an hour or two.")


def test_an_unknown_concern_is_answered_with_those_there_are(stack):
    with pytest.raises(ValueError, match=r"unknown concern 'no_vpc'.*outside_vpc"):
        waive(s3.Bucket(stack, "Frames"), "no_vpc", because=BECAUSE)


@pytest.mark.parametrize("scope", [lambda app: app, lambda app: Stage(app, "P"), Stack])
def test_no_app_stage_or_stack_is_waived(new_app, scope):
    with pytest.raises(ValueError, match="belongs on one resource"):
        waive(scope(new_app()), "no_replication", because=BECAUSE)


@pytest.mark.parametrize(
    "because",
    [
        "",
        "Not needed.",
        "A reason with enough words but without an end",
        "no no no no no no no no no no no no no no.",
        "Because it is so, as is it so.",
        "I am of no use to you.",
        "A reason that goes over\ntwo lines and so breaks the table.",
    ],
)
def test_a_reason_without_substance_is_refused(stack, because):
    with pytest.raises(ValueError, match="has no substance"):
        waive(s3.Bucket(stack, "Frames"), "no_replication", because=because)
    assert waivers_of(stack.node.root) == ()


def test_a_reason_that_is_copied_from_another_concern_is_refused(stack):
    waive(s3.Bucket(stack, "Frames"), "no_replication", because=BECAUSE)
    with pytest.raises(ValueError, match=r"is that of 'no_replication', word for word"):
        waive(s3.Bucket(stack, "Results"), "no_access_log", because=BECAUSE)


def test_a_construct_with_several_such_resources_is_not_small_enough(stack):
    both = Construct(stack, "Both")
    s3.Bucket(both, "Frames"), s3.Bucket(both, "Results")
    with pytest.raises(ValueError, match="Shop/Both/Frames/Resource, Shop/Both/Results/Resource"):
        waive(both, "no_replication", because=BECAUSE)


def test_a_construct_without_such_a_resource_cannot_need_the_waiver(stack):
    with pytest.raises(ValueError, match="is about one AWS::S3::Bucket, and here is none"):
        waive(sqs.Queue(stack, "Queue"), "no_replication", because=BECAUSE)


def test_a_raw_resource_can_be_waived_as_well(stack):
    waive(CfnResource(stack, "Raw", type="AWS::S3::Bucket"), "no_replication", because=BECAUSE)
    assert [waiver.path for waiver in waivers_of(stack.node.root)] == ["Shop/Raw"]


def test_an_object_wildcard_needs_its_exact_findings(stack):
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    with pytest.raises(ValueError, match="name the exact findings"):
        waive(role, "object_wildcard", because=BECAUSE)
    with pytest.raises(ValueError, match="not about this concern"):
        waive(role, "object_wildcard", because=BECAUSE, findings=["Resource::*"])
    with pytest.raises(TypeError, match="pass a tuple"):
        waive(role, "object_wildcard", because=BECAUSE, findings="Resource::<A.Arn>/*")
    frames = s3.Bucket(stack, "Frames")
    waive(role, "object_wildcard", because=BECAUSE, findings=[below(frames, "/shop/*")])
    logical_id = stack.resolve(stack.get_logical_id(frames.node.default_child))
    [waiver] = waivers_of(stack.node.root)
    assert waiver.path == "Shop/Role"
    assert waiver.ids == (f"AwsSolutions::AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/shop/*]",)


def test_a_concern_without_findings_takes_none(stack):
    with pytest.raises(ValueError, match="no findings to choose from"):
        waive(s3.Bucket(stack, "A"), "no_replication", because=BECAUSE, findings=["Resource::*"])


def test_every_resource_is_waived_on_one_policy_and_never_on_a_whole_role(stack):
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    for name in ("Detect", "Trace"):
        statement = iam.PolicyStatement(actions=["xray:PutTraceSegments"], resources=["*"])
        policy = iam.Policy(role, name, roles=[role], statements=[statement])
    with pytest.raises(ValueError, match="Shop/Role/Detect/Resource, Shop/Role/Trace/Resource"):
        waive(role, "unscopable_action", because=BECAUSE)
    waive(policy, "unscopable_action", because=BECAUSE)
    assert [waiver.path for waiver in waivers_of(stack.node.root)] == ["Shop/Role/Trace/Resource"]


def test_only_what_cdk_made_is_a_custom_resource_provider(stack):
    with pytest.raises(ValueError, match="is for a provider that CDK made"):
        waive(sqs.Queue(stack, "Queue"), "custom_resource_provider", because=BECAUSE)


def test_a_construct_without_a_resource_has_nothing_below_it(stack):
    with pytest.raises(TypeError, match="Shop/Nothing has no resource of its own"):
        below(Construct(stack, "Nothing"))
