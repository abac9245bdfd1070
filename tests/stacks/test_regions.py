"""Regions: who may be deployed where, and what one assembly is in each of them."""

import json

import botocore.session
import pytest

from app import build_app
from stacks.registry import ARCHITECTURES, settings_of
from stacks.retail_demographics.settings import RetailDemographics
from stacks.service_chain.settings import ServiceChain
from stacks.settings import SettingsError, load_settings
from stacks.settings.regions import REGIONS, require_services
from testing.templates import in_region, of_type

SESSION = botocore.session.get_session()
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
# What stands in the templates, by the names of botocore: every Region has these.
EVERYWHERE = (
    *("athena", "cloudformation", "cloudwatch", "dynamodb", "events", "glue", "kms", "lambda"),
    *("logs", "s3", "sns", "sqs", "stepfunctions", "xray"),
)


def regions_of(service):
    return {
        region
        for partition in PARTITIONS
        for region in SESSION.get_available_regions(service, partition)
    }


def test_the_table_is_that_of_the_endpoints():
    assert {service: regions_of(service) for service in REGIONS} == REGIONS
    for service in EVERYWHERE:
        assert regions_of(service) == regions_of("s3"), service


@pytest.mark.parametrize(
    ("name", "region", "lacking"),
    [
        ("RetailDemographics", "eu-north-1", "rekognition"),
        ("RetailDemographics", "cn-north-1", "rekognition"),
        ("ServiceChain", "us-west-1", "comprehend"),
        ("ServiceChain", "eu-south-1", "comprehend, transcribe, translate"),
        ("ServiceChain", "mars-east-1", "comprehend, transcribe, translate"),
    ],
)
def test_a_region_without_a_needed_service_is_refused_with_those_that_have_it(
    monkeypatch, name, region, lacking
):
    monkeypatch.setenv("CDK_DEFAULT_REGION", region)
    wanted = rf"{region}, which lacks {lacking} that {name} needs; allowed: .*eu-west-1, eu-west-2"
    with pytest.raises(SettingsError, match=wanted):
        build_app(only=[name])


def test_every_region_that_is_offered_instead_has_all_that_is_needed():
    for kind in (RetailDemographics, ServiceChain):
        services = load_settings().of(kind).services
        with pytest.raises(SettingsError) as caught:
            require_services("It", services, "nowhere-1")
        offered = str(caught.value).partition("allowed: ")[2].partition(";")[0].split(", ")
        assert len(offered) > 10
        assert all(region in REGIONS[service] for region in offered for service in services)


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, {"comprehend", "transcribe", "translate"}),
        ({"speak": "true"}, {"comprehend", "polly", "transcribe", "translate"}),
        ({"translate_to": "[]", "transcribe": "false"}, {"comprehend"}),
        ({"comprehend": "false"}, {"comprehend", "transcribe", "translate"}),  # it tells languages
        ({"comprehend": "false", "language": "en-US"}, {"transcribe", "translate"}),
    ],
)
def test_a_stage_that_is_off_needs_no_service(changes, needed):
    overrides = {f"service_chain.{key}": value for key, value in changes.items()}
    assert load_settings(None, overrides).of(ServiceChain).services == needed


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_services_that_are_needed_are_those_that_roles_may_call(template, name):
    text = json.dumps(of_type(template(name), "AWS::IAM::Policy"))
    allowed = {service for service in REGIONS if f'"{service}:' in text}
    assert load_settings().of(settings_of(name)).services == allowed


def test_one_assembly_has_in_each_region_that_regions_quotas(synthesize):
    out = synthesize(only=["RetailDemographics"])
    manifest = json.loads((out / "manifest.json").read_text())
    stack = manifest["artifacts"]["RetailDemographics"]
    assert stack["environment"] == "aws://unknown-account/unknown-region"
    found = json.loads((out / stack["properties"]["templateFile"]).read_text())
    quotas = load_settings().shared.quotas.detect_faces_per_second

    for region in REGIONS["rekognition"]:
        here = in_region(found, region)
        (feed,) = of_type(here, "AWS::Lambda::EventSourceMapping").values()
        (function,) = of_type(here, "AWS::Lambda::Function").values()
        each = float(function["Environment"]["Variables"]["CALLS_PER_SECOND"])
        together = each * feed["ScalingConfig"]["MaximumConcurrency"]
        assert together == pytest.approx(quotas.get(region, quotas["default"]), rel=0.001)


def test_a_quota_may_be_raised_in_more_regions_than_one_condition_takes(variant):
    raised = {f"quotas.detect_faces_per_second.{region}": 20 for region in REGIONS["rekognition"]}
    found = variant("RetailDemographics", overrides=raised)

    def sizes(value):
        if isinstance(value, dict):
            yield from [len(value["Fn::Or"])] if "Fn::Or" in value else []
            value = list(value.values())
        for inner in value if isinstance(value, list) else ():
            yield from sizes(inner)

    assert 2 <= min(sizes(found["Conditions"])) <= max(sizes(found["Conditions"])) <= 10
    for region in REGIONS["rekognition"]:
        (feed,) = of_type(in_region(found, region), "AWS::Lambda::EventSourceMapping").values()
        assert feed["ScalingConfig"] == {"MaximumConcurrency": 4}


def test_a_quota_for_a_region_without_the_service_is_refused():
    with pytest.raises(SettingsError, match="without eu-north-1, where Rekognition is not: it is"):
        load_settings(None, {"quotas.detect_faces_per_second.eu-north-1": "20"})
