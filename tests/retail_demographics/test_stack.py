"""What the retail demographics stack promises, however its template is spelled."""

import json
from functools import partial

import pytest
from aws_cdk.assertions import Match, Template

from testing.templates import in_region, of_type, readable, statements

STACK = "RetailDemographics"
ROLE = "AnalyzeFacesRole"


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


@pytest.fixture(scope="module")
def allowed(found):
    return {
        action
        for statement in statements(found, role=ROLE)
        for action in [statement["Action"]]
        for action in ([action] if isinstance(action, str) else action)
    }


@pytest.mark.golden
def test_the_template_is_the_reviewed_one(template, snapshot_json):
    assert readable(template(STACK)) == snapshot_json


def test_the_outputs_that_others_rely_on_are_there(found):
    assert set(found["Outputs"]) >= {
        "FramesBucketName",
        "ResultsBucketName",
        "DatabaseName",
        "WorkgroupName",
        "DeadLetterQueueUrl",
        "DashboardUrl",
    }


def test_a_frame_goes_within_a_day_with_its_old_versions_and_its_marker(resources):
    (frames,) = (b for n, b in resources("AWS::S3::Bucket").items() if n.startswith("Frames"))
    expire, forget = frames["LifecycleConfiguration"]["Rules"]
    assert expire["ExpirationInDays"] == 1
    assert expire["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert expire["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert forget["ExpiredObjectDeleteMarker"] is True
    assert {rule["Status"] for rule in (expire, forget)} == {"Enabled"}


def test_the_bucket_waits_for_the_queues_consent_before_it_announces_frames(found):
    (frames,) = (n for n in found["Resources"] if n.startswith("FramesA"))
    (policy,) = (n for n in found["Resources"] if n.startswith("ArrivalsPolicy"))
    assert policy in found["Resources"][frames]["DependsOn"]


def test_the_function_may_do_exactly_what_it_does(allowed):
    assert allowed == {
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "rekognition:DetectFaces",
        "s3:DeleteObjectVersion",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:PutObject",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_the_function_never_reads_results_and_writes_only_its_two_folders(found):
    text = [
        json.dumps(statement["Resource"])
        for statement in statements(found, role=ROLE)
        if "Results" in json.dumps(statement["Resource"])
    ]
    (only,) = text
    assert only.count("/*") == 2
    assert "/detections/*" in only
    assert "/rejects/*" in only


def test_the_key_is_used_only_through_services(found):
    for statement in statements(found, role=ROLE):
        if "kms:" in json.dumps(statement["Action"]):
            assert statement["Condition"]["StringEquals"]["kms:ViaService"]


def test_only_actions_without_resources_have_a_wildcard_resource(found):
    unscoped = [s["Action"] for s in statements(found, role=ROLE) if s["Resource"] == "*"]
    assert sorted(map(str, unscoped)) == [
        "['xray:PutTelemetryRecords', 'xray:PutTraceSegments']",
        "rekognition:DetectFaces",
    ]


def test_failures_are_kept_for_two_weeks_and_ring(found):
    checked = Template.from_json(found)
    checked.has_resource_properties("AWS::SQS::Queue", {"MessageRetentionPeriod": 14 * 86400})
    checked.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "AlarmName": "RetailDemographics-ArrivalsFailed",
            "Threshold": 0,
            "AlarmActions": Match.any_value(),
        },
    )


def test_a_half_failed_batch_hands_back_only_its_failures(found):
    Template.from_json(in_region(found, "eu-central-1")).has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 2},
            "BatchSize": 200,
        },
    )


def test_a_message_is_hidden_longer_than_all_attempts_of_its_function(resources):
    (function,) = resources("AWS::Lambda::Function").values()
    hidden = {q["VisibilityTimeout"] for q in resources("AWS::SQS::Queue").values() if len(q) > 4}
    assert hidden == {6 * function["Timeout"] + 10}


def test_the_function_understands_its_environment(found):
    from retail_demographics.settings import Settings

    (function,) = of_type(in_region(found, "eu-central-1"), "AWS::Lambda::Function").values()
    variables = {
        name: value if isinstance(value, str) else "filled-in"
        for name, value in function["Environment"]["Variables"].items()
    }
    settings = Settings.read(variables)
    assert settings.calls_per_second * 2 <= 5
    assert settings.delete_frames is True


def test_the_description_tells_responsible_use(found):
    assert "never to identify" in found["Description"]
