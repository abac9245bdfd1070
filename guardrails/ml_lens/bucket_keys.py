"""ENC2: buckets with KMS use a bucket key, or every object costs a KMS request and a quota."""

from collections.abc import Iterator
from typing import Any

from guardrails.intrinsics import plain, truth
from guardrails.ml_lens.customer_keys import encryption_rule
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template


def check(template: Template) -> Iterator[Finding]:
    """Yield each bucket that is encrypted with KMS but has its bucket key off."""
    for bucket in template.of_type("AWS::S3::Bucket"):
        rule = encryption_rule(bucket)
        default = plain(rule.get("ServerSideEncryptionByDefault") or {})
        used = truth(rule.get("BucketKeyEnabled")) is True
        if default.get("SSEAlgorithm") == "aws:kms" and not used:
            yield Finding(
                bucket.logical_id,
                "Properties.BucketEncryption.ServerSideEncryptionConfiguration",
                f"BucketKeyEnabled is {rule.get('BucketKeyEnabled', 'not set')}",
            )


def _encrypted(**more: Any) -> dict[str, Any]:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}
    rule = {"ServerSideEncryptionByDefault": default, **more}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


RULE = Rule(
    id="MlLens-ENC2",
    practice="MLSEC02-BP01",
    message="a bucket encrypted with KMS must use a bucket key",
    fix="set bucket_key_enabled=True",
    check=check,
    types=("AWS::S3::Bucket",),
    compliant=one("AWS::S3::Bucket", **_encrypted(BucketKeyEnabled=True)),
    violating=one("AWS::S3::Bucket", **_encrypted()),
)
