"""Hand-offs between stacks, of which neither names a resource of the other."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from guardrails import waive
from stacks.contracts import BucketPrefix, Events, PublishedValue
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.permissions import allow

STACK_PART = 20  # characters of its stack's name that a bucket's name keeps, whatever is cut
_OWN = {"StringEquals": {"aws:ResourceAccount": Aws.ACCOUNT_ID}}


def publish(scope: Construct, construct_id: str, contract: PublishedValue, value: str) -> None:
    """Publish a value under the name that a contract gives it."""
    ssm.StringParameter(scope, construct_id, parameter_name=contract.parameter, string_value=value)


def allow_value(role: iam.Role, contract: PublishedValue) -> None:
    """Let a role read a published value."""
    allow(role, "ssm:GetParameter", on=[arn_here("ssm", f"parameter{contract.parameter}")])


def allow_objects(role: iam.Role, contract: BucketPrefix) -> None:
    """Let a role find the bucket and read the objects, and S3 decrypt them for it.

    It is limited to buckets of this account whose names begin as those of the other stack do: of
    whichever key, as S3 tells KMS what it decrypts for whom.
    """
    allow_value(role, contract.bucket)
    _allow_reading(role, contract, contract.prefix)


def allow_files(role: iam.Role, contract: BucketPrefix) -> None:
    """Let a role read objects that it is told of, wherever somebody else has looked that up."""
    _allow_reading(role, contract, contract.prefix)


def allow_folder(role: iam.Role, contract: BucketPrefix) -> None:
    """Let a job of Spark list the objects besides; it asks for their folder as for an object."""
    allow_value(role, contract.bucket)
    _allow_reading(role, contract, contract.prefix.rstrip("/"))
    # Of all keys: under a condition on the prefix, S3 would say of the folder, which is no object,
    # that it is denied, and not that it is not there.
    bucket = _bucket(contract)
    allow(role, "s3:ListBucket", on=[bucket], conditions=_OWN)
    _waive(role, bucket)


def _allow_reading(role: iam.Role, contract: BucketPrefix, prefix: str) -> None:
    bucket = _bucket(contract)
    objects, keys = f"{bucket}/{prefix}*", arn_here("kms", "key/*")
    allow(role, "s3:GetObject", on=[objects], conditions=_OWN)
    through_s3 = {
        "StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.{Aws.URL_SUFFIX}"},
        # The bucket, as those of ours have bucket keys: its objects are told apart by S3 alone.
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": bucket},
    }
    allow(role, "kms:Decrypt", on=[keys], conditions=through_s3)
    _waive(role, objects, keys)


def _bucket(contract: BucketPrefix) -> str:
    return f"arn:{Aws.PARTITION}:s3:::{contract.stack_name.lower()[:STACK_PART]}*"


def _waive(role: iam.Role, *arns: str) -> None:
    waive(
        role,
        "object_wildcard",
        because="The other stack may not exist yet: its names are read at run time.",
        findings=[finding_on(arn) for arn in arns],
    )


def allow_events(role: iam.Role, contract: Events) -> None:
    """Let a role put events of this kind on the default bus, and no others."""
    allow(
        role,
        "events:PutEvents",
        on=[arn_here("events", "event-bus/default")],
        conditions={
            # One request holds several events, which must all be of this kind.
            "ForAllValues:StringEquals": {
                "events:source": contract.source,
                "events:detail-type": contract.detail_type,
            },
            "Null": {"events:source": "false", "events:detail-type": "false"},
        },
    )


def pattern_of(contract: Events) -> Mapping[str, Any]:
    """Return the pattern of a rule that takes these events, of this account only."""
    return {
        "account": [Aws.ACCOUNT_ID],
        "source": [contract.source],
        "detail-type": [contract.detail_type],
    }
