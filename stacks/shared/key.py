"""The key that an architecture's data is encrypted with."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.shared.arns import arn_here
from stacks.shared.lifecycle import removal_policy
from stacks.shared.permissions import allow, on_behalf_of

LOG_GROUPS = (
    "kms:Encrypt*",
    "kms:Decrypt*",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:Describe*",
)


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
            removal_policy=removal_policy(disposable=disposable),
        )

    def allow(self, role: iam.Role, *actions: str, through: Sequence[str]) -> None:
        """Let a role use the key, only through the named AWS services (``s3``, ``sqs``, …)."""
        hosts = [f"{service}.{Aws.REGION}.{Aws.URL_SUFFIX}" for service in through]
        via = {"StringEquals": {"kms:ViaService": hosts}}
        allow(role, *actions, on=[self.key_arn], conditions=via)

    def serve_bucket_events(self) -> None:
        """Let S3 put the events of this account's buckets into encrypted queues.

        No bucket is named: the bucket needs the key first, so naming it would be a circle.
        """
        buckets = f"arn:{Aws.PARTITION}:s3:::*"
        self._serve("s3.amazonaws.com", on_behalf_of(buckets))

    def serve_alarms(self) -> None:
        """Let this account's alarms publish to encrypted topics."""
        alarms = arn_here("cloudwatch", "alarm:*")
        self._serve("cloudwatch.amazonaws.com", on_behalf_of(alarms))

    def serve_events(self) -> None:
        """Let this account's rules of EventBridge put events into encrypted queues."""
        rules = arn_here("events", "rule/*")
        self._serve("events.amazonaws.com", on_behalf_of(rules))

    def serve_log_delivery(self) -> None:
        """Let encrypted state machines' logs be delivered; the context says whose they are."""
        logs = arn_here("logs", "*")
        condition = {"StringLike": {"kms:EncryptionContext:SourceArn": logs}}
        self._serve("delivery.logs.amazonaws.com", condition, "kms:Decrypt")

    def allow_machines(self, role: iam.Role) -> None:
        """Let the role of a state machine use the key for its executions.

        No machine is named: it needs the role first, so naming it would be a circle. Who starts an
        execution needs no key, who describes one does:
        https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
        """
        machines = arn_here("states", "stateMachine:*")
        whose = "kms:EncryptionContext:aws:states:stateMachineArn"
        allow(
            role,
            "kms:Decrypt",
            "kms:GenerateDataKey",
            on=[self.key_arn],
            conditions={"StringLike": {whose: machines}},
        )

    def serve_logs(self) -> None:
        """Let this account's log groups be encrypted; CloudWatch Logs names them in the context.

        The actions are those of AWS's guide, which does not say whether fewer would do:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        """
        groups = arn_here("logs", "log-group:*")
        condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
        self._serve(f"logs.{Aws.REGION}.amazonaws.com", condition, *LOG_GROUPS)

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
