"""Each hole in CDK's own wiring that could let a violation through, in the process itself."""

from typing import cast

import pytest
from aws_cdk import CfnResource, NestedStack, Stack, Stage
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from guardrails import gate, guard, waive
from guardrails.ml_lens import RULES
from guardrails.native_validation import native_rules

BECAUSE = "It is where failures end, and there a person reads them."


def test_a_violation_in_a_stack_fails(new_app):
    app = new_app()
    sqs.Queue(Stack(app, "Shop"), "Queue")
    guard(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def test_a_violation_in_a_stage_fails_by_every_pack(new_app):
    app = new_app()
    sqs.Queue(Stack(Stage(app, "Prod"), "Shop"), "Queue")
    guard(app)
    with pytest.raises(RuntimeError) as failed:
        app.synth()
    for finding in ("MlLens::MlLens-ENC1", "AwsSolutions::AwsSolutions-SQS4", "Prod/Shop/Queue"):
        assert finding in str(failed.value)


@pytest.mark.parametrize("stage", [False, True])
def test_a_violation_in_a_nested_stack_fails_by_every_pack(new_app, stage):
    app = new_app()
    inner = NestedStack(Stack(Stage(app, "Prod") if stage else app, "Shop"), "Inner")
    queue = CfnResource(NestedStack(inner, "Innermost"), "Queue", type="AWS::SQS::Queue")
    queue.add_property_override("Misspelt", True)
    sqs.Queue(inner, "Queue")
    guard(app)
    with pytest.raises(RuntimeError) as failed:
        app.synth()
    for finding in ("Shop/Inner/Innermost/Queue", "MlLens::MlLens-ENC1", "CloudFormation::F3002"):
        assert finding in str(failed.value)
    assert "AwsSolutions::AwsSolutions-SQS4" in str(failed.value)


def test_a_nested_stack_whose_template_lies_elsewhere_fails(new_app):
    app = new_app()
    nested = CfnResource(Stack(app, "Shop"), "Inner", type="AWS::CloudFormation::Stack")
    nested.add_property_override("TemplateURL", "https://example.com/inner.json")
    guard(app)
    with pytest.raises(RuntimeError, match="1 nested stacks but 0 templates that were judged"):
        app.synth()


def test_a_leftover_template_of_an_earlier_synthesis_is_not_judged(new_app, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Old.nested.template.json").write_text("not even JSON")
    app = new_app()
    CfnResource(Stack(app, "Shop"), "Handle", type="AWS::CloudFormation::WaitConditionHandle")
    guard(app)
    gate(app)


def test_a_raw_override_is_seen_though_the_construct_looks_compliant(new_app):
    app = new_app()
    bucket = s3.Bucket(
        Stack(app, "Shop"), "Frames", block_public_access=s3.BlockPublicAccess.BLOCK_ALL
    )
    cast(s3.CfnBucket, bucket.node.default_child).add_property_override(
        "PublicAccessBlockConfiguration.BlockPublicPolicy", "false"
    )
    guard(app)
    with pytest.raises(RuntimeError, match="BlockPublicPolicy is not true"):
        app.synth()


def test_a_rule_that_crashes_fails_every_stack(new_app, monkeypatch):
    def crash(_):
        raise KeyError("Bug")

    monkeypatch.setattr("guardrails.ml_lens.RULES", (type(RULES[0])("X", "", "", "", crash),))
    app = new_app()
    for name in ("Shop", "Depot"):
        handle = "AWS::CloudFormation::WaitConditionHandle"
        CfnResource(Stack(app, name), "Handle", type=handle)
    guard(app)
    with pytest.raises(RuntimeError, match="nothing is proven: KeyError") as failed:
        app.synth()
    assert "Shop" in str(failed.value)
    assert "Depot" in str(failed.value)


def test_a_value_that_only_the_deployment_knows_fails(new_app):
    app = new_app()
    queue = CfnResource(Stack(app, "Shop"), "Queue", type="AWS::SQS::Queue")
    queue.add_property_override("KmsMasterKeyId", {"Fn::If": ["C", "a", "b"]})
    guard(app)
    with pytest.raises(RuntimeError, match="cannot be decided"):
        app.synth()


def test_warnings_fail_even_beside_a_waiver_in_the_same_pack(new_app):
    app = new_app()
    stack = Stack(app, "Shop")
    bucket = s3.CfnBucket(stack, "Frames")
    crawler = glue.CfnCrawler(
        stack, "Crawler", role="crawler", targets={"s3Targets": [{"path": "s3://frames"}]}
    )
    waive(bucket, "no_access_log", because=BECAUSE)
    guard(app, packs=["AwsSolutions"])
    with pytest.raises(RuntimeError) as failed:
        app.synth()
    assert f"{crawler.node.path}" in str(failed.value)
    assert "AwsSolutions-GL1" in str(failed.value)


def test_a_warning_of_the_native_validation_fails(new_app):
    app = new_app()
    function = CfnResource(Stack(app, "Shop"), "Work", type="AWS::Lambda::Function")
    for name, value in {"Runtime": "python3.13", "Code": {"ZipFile": "x"}}.items():
        function.add_property_override(name, value)
    function.add_property_override("Role", {"Fn::Sub": "${AWS::StackName}"})
    guard(app)
    with pytest.raises(RuntimeError, match="CloudFormation::W2533"):
        app.synth()


def test_an_error_of_the_native_validation_fails(new_app):
    app = new_app()
    queue = CfnResource(Stack(app, "Shop"), "Queue", type="AWS::SQS::Queue")
    queue.add_property_override("VisibilityTimout", 30)
    guard(app)
    with pytest.raises(RuntimeError, match="CloudFormation::F3002"):
        app.synth()


def test_the_native_validation_knows_its_own_rules():
    assert {"F3002", "W2533"} <= set(native_rules())
