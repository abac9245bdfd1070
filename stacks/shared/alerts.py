"""Topics: one for alarms, which people read, and one for results, which programs read."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from guardrails import waive
from stacks.shared.arns import arn_here
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of


class AlertTopic(sns.Topic):
    """An encrypted topic that this account's alarms, and nobody else, may publish to.

    The address is subscribed to it, unless it is empty.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key: CustomerKey, email: str
    ) -> None:
        super().__init__(scope, construct_id, master_key=key, enforce_ssl=True)
        key.serve_alarms()
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions=on_behalf_of(arn_here("cloudwatch", "alarm:*")),
            )
        )
        if email:
            subscription = self.add_subscription(subscriptions.EmailSubscription(email))
            waive(
                subscription,
                "no_subscription_redrive",
                because="A mail that cannot be delivered has no reader; the alarm's state remains.",
            )


class NotificationTopic(sns.Topic):
    """An encrypted topic that notifies subscribers of results."""

    def __init__(self, scope: Construct, construct_id: str, *, key: CustomerKey) -> None:
        super().__init__(scope, construct_id, master_key=key, enforce_ssl=True)
        self._key = key

    def allow_only(self, *publishers: iam.Role) -> None:
        """Let these roles publish, and nobody else, whatever their own policies say."""
        names = [role.role_arn for role in publishers]
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyPublishers",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": names}},
            )
        )
        for role in publishers:
            allow(role, "sns:Publish", on=[self.topic_arn])
            self._key.allow(role, "kms:Decrypt", "kms:GenerateDataKey", through=["sns"])
