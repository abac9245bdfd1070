"""The role of a job of SageMaker: what it may read and write, and nothing else."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk.aws_s3_assets import Asset
from constructs import Construct

from guardrails import waive
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, allow_unscoped, on_behalf_of, waive_inline


class JobRole(iam.Role):
    """A role that SageMaker assumes for jobs of this account: logs, metrics, volume.

    Images of built-in algorithms SageMaker pulls as itself, so that no right on them is needed:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html,
    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: CustomerKey,
        logs: str,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "sagemaker.amazonaws.com", conditions=on_behalf_of(arn_here("sagemaker", "*"))
            ),
        )
        group = arn_here("logs", f"log-group:/aws/sagemaker/{logs}")
        allow(
            self,
            *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            on=[f"{group}:*"],
        )
        waive(
            self,
            "object_wildcard",
            because="Streams are named after jobs, whose names SageMaker makes at run time.",
            findings=[finding_on(f"{group}:*")],
        )
        allow_unscoped(
            self,
            "Measure",
            "cloudwatch:PutMetricData",
            because="A metric has no ARN, so CloudWatch's action has no resource to scope to.",
        )
        # The volume of an instance, for which SageMaker makes a grant.
        allow(
            self,
            "kms:CreateGrant",
            on=[key.key_arn],
            conditions={
                "Bool": {"kms:GrantIsForAWSResource": "true"},
                "StringEquals": {"kms:ViaService": f"sagemaker.{Aws.REGION}.{Aws.URL_SUFFIX}"},
            },
        )
        key.allow(self, "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
        waive_inline(self)

    def read_code(self, code: Asset) -> None:
        """Let the job fetch a file of code; SageMaker lists the prefix that it is told."""
        allow(self, "s3:GetObject", on=[code.bucket.arn_for_objects(code.s3_object_key)])
        allow(
            self,
            "s3:ListBucket",
            on=[code.bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": code.s3_object_key}},
        )

    def use(
        self,
        bucket: PrivateBucket,
        *,
        writes: str,
        reads: Sequence[str] = (),
        lists: Sequence[str] = (),
    ) -> None:
        """Let the job write below a prefix, and read and list below others."""
        bucket.allow(self, "s3:PutObject", prefix=writes)
        for prefix in reads:
            bucket.allow(self, "s3:GetObject", prefix=prefix)
        if lists:
            allow(
                self,
                "s3:ListBucket",
                on=[bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": _below(lists)}},
            )


def _below(prefixes: Sequence[str]) -> str | list[str]:
    found = [f"{prefix}*" for prefix in prefixes]
    return found if found[1:] else found[0]
