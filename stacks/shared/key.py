"""The key that an architecture's data is encrypted with."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class CustomerKey(kms.Key):
    """A rotating key for one architecture; AWS services may use it for this account only.

    One key, not one per store of data: a key costs more than all else of an idle architecture, and
    what each role may do with it is narrowed by the service that it comes through.
    """

    def __init__(self, scope: Construct, construct_id: str, *, disposable: bool) -> None:
        super().__init__(
            scope,
            construct_id,
            enable_key_rotation=True,
            pending_window=Duration.days(7) if disposable else None,
            removal_policy=RemovalPolicy.DESTROY if disposable else RemovalPolicy.RETAIN,
        )

    def allow(self, role: iam.Role, *actions: str, through: Sequence[str]) -> None:
        """Let a role use the key, only through the named AWS services (``s3``, ``sqs``, …)."""
        hosts = [f"{service}.{Aws.REGION}.{Aws.URL_SUFFIX}" for service in through]
        role.add_to_policy(
            iam.PolicyStatement(
                actions=list(actions),
                resources=[self.key_arn],
                conditions={"StringEquals": {"kms:ViaService": hosts}},
            )
        )

    def serve_bucket_events(self) -> None:
        """Let S3 put the events of this account's buckets into encrypted queues.

        No bucket is named: the bucket needs the key first, so naming it would be a circle.
        """
        buckets = f"arn:{Aws.PARTITION}:s3:::*"
        self._serve("s3.amazonaws.com", _on_behalf_of(buckets))

    def serve_alarms(self) -> None:
        """Let this account's alarms publish to encrypted topics."""
        alarms = f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:*"
        self._serve("cloudwatch.amazonaws.com", _on_behalf_of(alarms))

    def serve_events(self) -> None:
        """Let this account's rules of EventBridge put events into encrypted queues."""
        rules = f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:rule/*"
        self._serve("events.amazonaws.com", _on_behalf_of(rules))

    def serve_log_delivery(self) -> None:
        """Let encrypted state machines' logs be delivered; the context says whose they are."""
        logs = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"
        condition = {"StringLike": {"kms:EncryptionContext:SourceArn": logs}}
        self._serve("delivery.logs.amazonaws.com", condition, "kms:Decrypt")

    def allow_machines(self, role: iam.Role) -> None:
        """Let the role of a state machine use the key for its executions.

        No machine is named: it needs the role first, so naming it would be a circle. Who starts an
        execution needs no key, who describes one does:
        https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
        """
        machines = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:stateMachine:*"
        whose = "kms:EncryptionContext:aws:states:stateMachineArn"
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self.key_arn],
                conditions={"StringLike": {whose: machines}},
            )
        )

    def serve_logs(self) -> None:
        """Let this account's log groups be encrypted; CloudWatch Logs names them in the context."""
        groups = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:*"
        condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
        self._serve(f"logs.{Aws.REGION}.amazonaws.com", condition)

    def _serve(
        self,
        service: str,
        conditions: Mapping[str, Mapping[str, str]],
        *actions: str,
    ) -> None:
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=list(actions) or ["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key policy: this key
                conditions=conditions,
            )
        )


def _on_behalf_of(resources: str) -> dict[str, dict[str, str]]:
    """Guard against a confused deputy: only for resources of this account."""
    return {
        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": resources},
    }
