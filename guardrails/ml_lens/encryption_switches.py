"""ENC5: where encryption is a switch, it is on."""

from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import items, plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.settings import Setting
from guardrails.ml_lens.template import Resource, Template

PROJECT, WORKGROUP = "AWS::CodeBuild::Project", "AWS::Athena::WorkGroup"
EMR = "AWS::EMR::SecurityConfiguration"
SERVERLESS = "AWS::RedshiftServerless::Workgroup"
OFF = (None, False)
_EMR = "SecurityConfiguration.EncryptionConfiguration"
_METADATA = "SecurityConfiguration.InstanceMetadataServiceConfiguration"
TABLE: Mapping[str, tuple[Setting, ...]] = {
    PROJECT: (
        Setting.of("Artifacts.EncryptionDisabled", *OFF),
        Setting.of("SecondaryArtifacts[].EncryptionDisabled", *OFF),
        Setting.of("LogsConfig?.S3Logs?.EncryptionDisabled", *OFF),
    ),
    EMR: (
        Setting.of(f"{_EMR}.EnableInTransitEncryption", True),
        Setting.of(f"{_EMR}.EnableAtRestEncryption", True),
        Setting.of(f"{_METADATA}.MinimumInstanceMetadataServiceVersion", 2),
    ),
    "AWS::EMR::Cluster": (Setting.of("SecurityConfiguration"),),
    "AWS::EKS::Cluster": (Setting.of("EncryptionConfig"),),
    "AWS::DAX::Cluster": (Setting.of("SSESpecification.SSEEnabled", True),),
    WORKGROUP: (),
    SERVERLESS: (),
}


def check(_template: Template, resource: Resource) -> Iterator[Finding]:
    """Yield what is switched off, or left to a default that is."""
    for setting in TABLE[resource.type]:
        for where, problem in setting.problems(resource):
            yield Finding(resource.logical_id, where, problem)
    if resource.type == WORKGROUP:
        engine = resource.at("WorkGroupConfiguration", "EngineVersion", "SelectedEngineVersion")
        path = ("WorkGroupConfiguration", "CustomerContentEncryptionConfiguration", "KmsKey")
        if "pyspark" in text(engine or "").lower() and not resource.at(*path):
            detail = "is not set: notebooks are kept under a key of the service"
            yield Finding(resource.logical_id, f"Properties.{'.'.join(path)}", detail)
    if resource.type == SERVERLESS:
        parameters = map(plain, items(resource.at("ConfigParameters")))
        if _values(parameters).get("require_ssl", "true") != "true":
            yield Finding(resource.logical_id, "Properties.ConfigParameters", "require_ssl is off")


def _values(parameters: Iterator[Mapping[str, Any]]) -> Mapping[str, str]:
    return {text(p["ParameterKey"]): text(p.get("ParameterValue", "")).lower() for p in parameters}


RULE = Rule(
    id="MlLens-ENC5",
    practice="MLSEC02-BP01",
    message="encryption must be switched on",
    fix="set the switch; give EMR and EKS an encryption configuration",
    check=per_resource(TABLE, check),
    types=tuple(TABLE),
    compliant=one(PROJECT, Artifacts={"Type": "S3", "EncryptionDisabled": False}),
    violating=one(PROJECT, Artifacts={"Type": "S3", "EncryptionDisabled": True}),
    beyond=("AwsSolutions-DDB4",),
)
