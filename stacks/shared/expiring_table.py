"""A small table of short-lived state, such as requests that were processed already."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from guardrails import waive
from stacks.shared.permissions import allow


class ExpiringTable(dynamodb.Table):
    """Items by one key, the text attribute ``entry``; each expires at ``expires_at``, if set.

    The table is deleted with its stack, so no result may be kept in it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, entry: str, key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            partition_key=dynamodb.Attribute(name=entry, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires_at",
            removal_policy=RemovalPolicy.DESTROY,
        )
        waive(
            self,
            "not_in_backup_plan",
            because="Entries live for days or are made anew; recovery to a point in time is on.",
        )

    def allow(self, role: iam.Role, *actions: str) -> None:
        """Grant the named actions, where ``grant_read_write_data`` grants twelve."""
        allow(role, *actions, on=[self.table_arn])
