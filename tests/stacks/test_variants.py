"""Every architecture with other settings: stages, deletion keys, Regions, regulated packs."""

import json

import boto3
import pytest

from guardrails import ALL_PACKS
from stacks.registry import ARCHITECTURES
from testing.promises import hold_by_marks
from testing.templates import without_hashes

BUCKET = "AWS::S3::Bucket"
KEYS = ("removal.data_is_disposable", "removal.destroy_deletes_data")
EVERY_PACK = {"guardrails.packs": list(ALL_PACKS)}
DISPOSABLE = {**dict.fromkeys(KEYS, True), **EVERY_PACK}
NAMES = {"Name", "AlarmName", "DashboardName", "RoleName", "QueueName", "BucketName"}
NAMES |= {"LogGroupName"}
# Names of these are unique within their own workgroup, database or log group only.
SCOPED = {"AWS::Athena::NamedQuery", "AWS::Glue::Table", "AWS::Logs::LogStream"}

pytestmark = pytest.mark.parametrize("name", ARCHITECTURES)


@pytest.fixture(autouse=True)
def held(request, template, name):
    """Skip what is about a type of resource that an architecture does not have."""
    hold_by_marks(request, template(name), map(template, ARCHITECTURES))


def _physical_names(template):
    for resource in template["Resources"].values():
        if resource["Type"] not in SCOPED:
            properties = resource.get("Properties", {})
            yield from (properties[key] for key in NAMES & set(properties))
            if "DatabaseInput" in properties:
                yield properties["DatabaseInput"]["Name"]


def test_two_stages_have_no_physical_name_in_common(variant, template, name):
    plain, prod = (
        # A name may refer to another, and to the stack's, which each stage has its own of.
        {
            text
            for found in _physical_names(t)
            if "AWS::StackName" not in (text := json.dumps(found))
        }
        for t in (template(name), variant(name, stage="prod"))
    )
    assert plain
    assert not plain & prod


def test_an_output_has_the_same_name_in_every_stage(variant, template, name):
    assert set(variant(name, stage="prod")["Outputs"]) == set(template(name)["Outputs"])


@pytest.mark.about(BUCKET)
@pytest.mark.parametrize("key", KEYS)
def test_one_deletion_key_keeps_every_bucket(variant, name, key):
    resources = variant(name, overrides={key: True})["Resources"].values()
    policies = {r["DeletionPolicy"] for r in resources if r["Type"] == BUCKET}
    assert policies == {"RetainExceptOnCreate"}


@pytest.mark.about(BUCKET)
def test_both_deletion_keys_empty_and_destroy_everything(variant, name):
    resources = variant(name, overrides=DISPOSABLE)["Resources"].values()
    assert not [r for r in resources if "Retain" in r.get("DeletionPolicy", "")]
    emptied = [r for r in resources if r["Type"] == "Custom::S3AutoDeleteObjects"]
    buckets = [r for r in resources if r["Type"] == BUCKET]
    assert len(emptied) == len(buckets) > 0


@pytest.mark.about("AWS::IAM::Role")
def test_no_role_of_ours_may_write_any_more_when_a_bucket_is_emptied(variant, name):
    """What depends on a resource is deleted before it."""
    resources = variant(name, overrides=DISPOSABLE)["Resources"]
    emptying = {
        resource["Properties"]["BucketName"]["Ref"]: logical_id
        for logical_id, resource in resources.items()
        if resource["Type"] == "Custom::S3AutoDeleteObjects"
    }
    policies = [r for r in resources.values() if r["Type"] == "AWS::IAM::Policy"]
    writers = [(p, bucket) for p in policies for bucket in emptying if writes(p, bucket)]
    assert writers
    for policy, bucket in writers:
        assert emptying[bucket] in policy["DependsOn"]


def writes(policy, bucket):
    return any(
        "s3:Put" in json.dumps(statement["Action"]) and f'"{bucket}"' in json.dumps(statement)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    )


def test_the_function_that_empties_buckets_logs_where_it_goes_with_the_stack(variant, name):
    resources = variant(name, overrides=DISPOSABLE)["Resources"]
    functions = [r for r in resources.values() if r["Type"] == "AWS::Lambda::Function"]
    groups = [function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for function in functions]
    assert {resources[group]["DeletionPolicy"] for group in groups} == {"Delete"}


@pytest.mark.parametrize("overrides", [EVERY_PACK, DISPOSABLE], ids=["default", "disposable"])
def test_all_rule_packs_find_nothing(variant, name, overrides):
    variant(name, overrides=overrides)


def test_an_address_is_subscribed_and_a_boundary_applied_when_set(variant, name):
    overrides = {"alarms.email": "ops@example.com", "project.permissions_boundary": "Edge"}
    text = json.dumps(variant(name, overrides=overrides))
    assert '"Endpoint": "ops@example.com"' in text
    assert ":policy/Edge" in text


def test_one_template_fits_every_region_and_partition(template, name):
    """No account, Region, partition or URL suffix is a literal, so one template fits all.

    A condition may name a Region, as it chooses a quota there, and a default elsewhere; and so may
    a mapping, which tells AWS's own registry of images in each.
    """
    text = json.dumps({**template(name), "Conditions": {}, "Mappings": {}})
    session = boto3.Session()
    partitions = session.get_available_partitions()
    assert {"aws", "aws-cn", "aws-us-gov"} <= set(partitions)
    for partition in partitions:
        assert f"arn:{partition}:" not in text
        for region in session.get_available_regions("s3", partition):
            assert region not in text


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1"])
def test_every_region_synthesizes_the_same_design(synthesize, template, name, region, monkeypatch):
    for variable in ("CDK_DEFAULT_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(variable, region)
    written = (synthesize(only=[name]) / f"{name}.template.json").read_text()
    assert json.loads(without_hashes(written)) == template(name)
