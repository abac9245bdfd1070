"""Queues for messages and events that could not be delivered or processed."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from guardrails import waive
from stacks.shared.key import CustomerKey

KEY_REUSE = Duration.hours(1)  # saves eleven in twelve KMS requests of the default, five minutes


class DeadLetters(sqs.Queue):
    """An encrypted queue that keeps what failed for two weeks."""

    def __init__(self, scope: Construct, construct_id: str, *, key: CustomerKey) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=KEY_REUSE,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        self._key = key
        waive(
            self,
            "no_redrive_policy",
            because="It is where failures end: a person reads them, and an alarm rings for each.",
        )

    def receive_from(self, rule: events.CfnRule) -> None:
        """Let a rule leave here what its target did not take."""
        send_from(rule, self, self._key)


def send_from(rule: events.CfnRule, queue: sqs.Queue, key: CustomerKey) -> None:
    """Let a rule of EventBridge put messages into an encrypted queue."""
    key.serve_events()
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                "ArnEquals": {"aws:SourceArn": rule.attr_arn},
            },
        )
    )
