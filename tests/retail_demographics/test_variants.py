"""The stack with other settings: stages, deletion keys, Regions, regulated packs."""

import json

import boto3
import pytest

from app import build_app
from guardrails import ALL_PACKS
from stacks.settings_errors import SettingsError

STACK = "RetailDemographics"
BOTH_KEYS = {"removal.data_is_disposable": True, "removal.destroy_deletes_data": True}


@pytest.fixture(scope="module")
def variant(synthesize):
    def read(stage="", **arguments):
        name = f"{STACK}-{stage}" if stage else STACK
        out = synthesize(only=[STACK], stage=stage or None, **arguments)
        manifest = json.loads((out / "manifest.json").read_text())
        (artifact,) = (
            a["properties"]
            for a in manifest["artifacts"].values()
            if a["type"] == "aws:cloudformation:stack"
        )
        assert artifact.get("stackName", STACK) == name
        return json.loads((out / artifact["templateFile"]).read_text())

    return read


def _physical_names(template):
    keys = {"Name", "AlarmName", "DashboardName", "RoleName", "QueueName", "BucketName"}
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        kind = resource["Type"]
        yield from ((kind, properties[key]) for key in keys & set(properties))
        yield from (
            (kind, properties[part]["Name"]) for part in ("DatabaseInput",) if part in properties
        )


def test_two_stages_have_no_physical_name_in_common(variant, template):
    prod, plain = variant("prod"), template(STACK)
    # Names of saved queries and tables are unique within their own workgroup and database only.
    scoped = {"AWS::Athena::NamedQuery", "AWS::Glue::Table"}
    names = [
        {name for kind, name in _physical_names(t) if kind not in scoped} for t in (plain, prod)
    ]
    assert names[0]
    assert not names[0] & names[1]


def test_an_output_has_the_same_name_in_every_stage(variant, template):
    assert set(variant("prod")["Outputs"]) == set(template(STACK)["Outputs"])


@pytest.mark.parametrize("key", BOTH_KEYS)
def test_one_deletion_key_keeps_every_bucket(variant, key):
    template = variant(overrides={key: True})
    buckets = [r for r in template["Resources"].values() if r["Type"] == "AWS::S3::Bucket"]
    assert {bucket["DeletionPolicy"] for bucket in buckets} == {"Retain"}


def test_both_deletion_keys_empty_and_destroy_everything(variant):
    resources = variant(overrides=BOTH_KEYS)["Resources"].values()
    assert not [r for r in resources if r.get("DeletionPolicy") == "Retain"]
    emptied = [r for r in resources if r["Type"] == "Custom::S3AutoDeleteObjects"]
    buckets = [r for r in resources if r["Type"] == "AWS::S3::Bucket"]
    assert len(emptied) == len(buckets) == 4


def test_all_rule_packs_find_nothing_with_any_setting(variant):
    packs = list(ALL_PACKS)
    for overrides in ({}, BOTH_KEYS, {"retail_demographics.delete_analyzed_frames": False}):
        variant(overrides={"guardrails.packs": packs, **overrides})


def test_frames_that_are_kept_cannot_be_deleted_by_the_function(variant, statements):
    template = variant(overrides={"retail_demographics.delete_analyzed_frames": False})
    assert "s3:DeleteObjectVersion" not in json.dumps(statements(template, role="AnalyzeFaces"))


def test_a_region_with_a_larger_quota_gets_more_instances(variant):
    template = variant(region="us-east-1")
    (feed,) = (
        r["Properties"]
        for r in template["Resources"].values()
        if r["Type"] == "AWS::Lambda::EventSourceMapping"
    )
    assert feed["ScalingConfig"] == {"MaximumConcurrency": 10}


def test_a_batch_that_cannot_be_done_in_time_is_refused():
    with pytest.raises(SettingsError, match=r"batch_size is 200; allowed: at most 2. at"):
        build_app(only=[STACK], overrides={"retail_demographics.quota_share": 0.1}, region="x")


def test_a_large_batch_without_a_window_is_refused():
    with pytest.raises(SettingsError, match="batch_window_seconds is 0; allowed: 1 to 300"):
        build_app(only=[STACK], overrides={"retail_demographics.batch_window_seconds": 0})


def test_an_address_is_subscribed_and_a_boundary_applied_when_set(variant):
    overrides = {"alarms.email": "ops@example.com", "project.permissions_boundary": "Edge"}
    text = json.dumps(variant(overrides=overrides))
    assert '"Endpoint": "ops@example.com"' in text
    assert ":policy/Edge" in text


def test_one_template_fits_every_region_and_partition(template):
    """No account, Region, partition or URL suffix is a literal, so one template fits all."""
    text = json.dumps(template(STACK))
    session = boto3.Session()
    partitions = session.get_available_partitions()
    assert {"aws", "aws-cn", "aws-us-gov"} <= set(partitions)
    for partition in partitions:
        assert f"arn:{partition}:" not in text
        for region in session.get_available_regions("s3", partition):
            assert region not in text


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eu-central-1", "me-south-1"])
def test_every_region_synthesizes_the_same_design(variant, template, region):
    resources = {name: r["Type"] for name, r in variant(region=region)["Resources"].items()}
    assert resources == {n: r["Type"] for n, r in template(STACK)["Resources"].items()}
