"""EMR1."""

import json

import pytest

from guardrails.ml_lens.emr_applications import APPLICATION, RULE
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.existing_calls import machine
from guardrails.ml_lens.integrations import SCHEDULE
from guardrails.ml_lens.machines import MACHINE

KEYED = {"DiskEncryptionConfiguration": {"EncryptionKeyArn": "${Key}"}}
GOOD = RULE.compliant["It"]["Properties"]
SDK = "arn:x:states:::aws-sdk:emrserverless:startJobRun"


@pytest.mark.parametrize("resource", [SDK, "arn:x:states:::emr-serverless:startJobRun.sync"])
def test_a_machine_has_to_name_a_key_for_the_disks_of_a_job(found_in, resource):
    def found(**arguments):
        return found_in(RULE, one(MACHINE, DefinitionString=machine(resource, **arguments)))

    assert len(found()) == 1
    own = {"DiskEncryptionConfiguration": {"EncryptionKeyArn": "alias/aws/ebs"}}
    assert len(found(ConfigurationOverrides=own)) == 1
    assert found(ConfigurationOverrides=KEYED) == []


def test_other_calls_of_the_service_name_none(found_in):
    listing = machine("arn:x:states:::aws-sdk:emrserverless:listJobRuns")
    assert found_in(RULE, one(MACHINE, DefinitionString=listing)) == []


@pytest.mark.parametrize(
    ("given", "findings"),
    [(json.dumps({"ConfigurationOverrides": KEYED}), 0), (json.dumps({}), 1), ("", 1), ("{", 1)],
    ids=["keyed", "unkeyed", "none", "torn"],
)
def test_a_schedule_has_to_name_one_too(found_in, given, findings):
    target = {"Arn": "arn:x:scheduler:::aws-sdk:emrserverless:startJobRun", "Input": given}
    assert len(found_in(RULE, one(SCHEDULE, Target=target))) == findings


@pytest.mark.parametrize(
    "change",
    [
        {"InteractiveConfiguration": {"SessionEnabled": True}},
        {"MaximumCapacity": {"Cpu": "8 vCPU", "Disk": "80 GB"}},
        {"ReleaseLabel": "emr-7"},
        {"MonitoringConfiguration": {"CloudWatchLoggingConfiguration": {"Enabled": True}}},
    ],
    ids=["sessions", "memory", "release", "logs"],
)
def test_what_is_open_or_unbounded_is_found(found_in, change):
    assert len(found_in(RULE, one(APPLICATION, **{**GOOD, **change}))) == 1


def test_logs_in_a_bucket_are_logs(found_in):
    kept = {"MonitoringConfiguration": {"S3MonitoringConfiguration": {"LogUri": "s3://b/l"}}}
    assert found_in(RULE, one(APPLICATION, **{**GOOD, **kept})) == []
