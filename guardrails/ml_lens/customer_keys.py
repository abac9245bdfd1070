"""ENC1: data at rest is encrypted with a key that we own, rotate and can revoke."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from guardrails.intrinsics import items, plain, reference, text
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Resource, Template

Key = tuple[str, Any]


def encryption_rule(bucket: Resource) -> Mapping[str, Any]:
    """Return the bucket's first (and by S3 only) encryption rule, or an empty one."""
    rules = items(bucket.at("BucketEncryption", "ServerSideEncryptionConfiguration"))
    return plain(rules[0]) if rules else {}


def log_targets(template: Template) -> set[str]:
    """Return the buckets that other buckets deliver their server access logs to."""
    named = (
        reference(bucket.at("LoggingConfiguration", "DestinationBucketName"))
        for bucket in template.of_type("AWS::S3::Bucket")
    )
    return {name for name in named if name}


def is_customer_key(template: Template, value: Any) -> bool:
    """Tell whether a value names a KMS key that is not one of AWS's own."""
    if target := template.target(value):
        return target.type in ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
    spelled = text(value)
    return "alias/aws/" not in spelled and (":key/" in spelled or ":alias/" in spelled)


def _bucket_key(bucket: Resource) -> Key:
    default = plain(encryption_rule(bucket).get("ServerSideEncryptionByDefault") or {})
    where = "Properties.BucketEncryption"
    return where, default.get("KMSMasterKeyID") if default.get("SSEAlgorithm") != "AES256" else None


def _table_key(table: Resource) -> Key:
    enabled = table.at("SSESpecification", "SSEEnabled") is True
    return "Properties.SSESpecification", (
        table.at("SSESpecification", "KMSMasterKeyId") if enabled else None
    )


def _workgroup_key(workgroup: Resource) -> Key:
    configuration = ("WorkGroupConfiguration",)
    enforced = workgroup.at(*configuration, "EnforceWorkGroupConfiguration")
    encryption = (*configuration, "ResultConfiguration", "EncryptionConfiguration")
    option = workgroup.at(*encryption, "EncryptionOption")
    key = workgroup.at(*encryption, "KmsKey")
    safe = enforced is not False and option in ("SSE_KMS", "CSE_KMS")
    return "Properties.WorkGroupConfiguration", key if safe else None


def _machine_key(machine: Resource) -> Key:
    encryption = ("EncryptionConfiguration",)
    owned = machine.at(*encryption, "Type") == "CUSTOMER_MANAGED_KMS_KEY"
    key = machine.at(*encryption, "KmsKeyId")
    return "Properties.EncryptionConfiguration", key if owned else None


KEY_OF: Mapping[str, Callable[[Resource], Key]] = {
    "AWS::S3::Bucket": _bucket_key,
    "AWS::SQS::Queue": lambda r: ("Properties.KmsMasterKeyId", r.at("KmsMasterKeyId")),
    "AWS::SNS::Topic": lambda r: ("Properties.KmsMasterKeyId", r.at("KmsMasterKeyId")),
    "AWS::DynamoDB::Table": _table_key,
    "AWS::Logs::LogGroup": lambda r: ("Properties.KmsKeyId", r.at("KmsKeyId")),
    "AWS::Athena::WorkGroup": _workgroup_key,
    "AWS::StepFunctions::StateMachine": _machine_key,
}


def check(template: Template) -> Iterator[Finding]:
    """Yield each store without a customer key.

    A bucket that receives server access logs may use SSE-S3: log delivery has no access to
    customer keys with a default key policy, and AWS documents SSE-S3 for such targets.
    """
    targets = log_targets(template)
    for resource in template.of_type(*KEY_OF):
        where, key = KEY_OF[resource.type](resource)
        if key is not None and is_customer_key(template, key):
            continue
        default = resource.type == "AWS::S3::Bucket" and plain(
            encryption_rule(resource).get("ServerSideEncryptionByDefault") or {}
        )
        if default and resource.logical_id in targets and default.get("SSEAlgorithm") == "AES256":
            continue
        detail = "names no key" if key is None else f"names {text(key)}, no customer key"
        yield Finding(resource.logical_id, where, detail)


RULE = Rule(
    id="MlLens-ENC1",
    practice="MLSEC02-BP01",
    message="data at rest must be encrypted with a customer managed key",
    fix="pass the architecture's kms.Key as the encryption key",
    check=check,
)
