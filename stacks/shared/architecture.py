"""The stack that every architecture's own is made of."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from stacks.settings.shared import Retention, Shared
from stacks.shared.alerts import AlertTopic
from stacks.shared.console import Console
from stacks.shared.monitoring import Monitoring
from stacks.shared.security_baseline import SecurityBaseline


class ArchitectureStack(Stack):
    """A stack with a key, access logs, one topic for all alarms, a dashboard, and outputs.

    An architecture adds its resources, and gives them the ``baseline`` that protects their data,
    the ``key``, and the ``monitoring`` that raises their alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        retention: Retention,
        shared: Shared,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=shared.stack_name(construct_id),
            description=description,
        )
        self.baseline = SecurityBaseline(
            self,
            access_log_days=retention.access_log_days,
            disposable=shared.removal.deletes_data,
        )
        self.key = self.baseline.key
        alerts = AlertTopic(self, "Alerts", key=self.key, email=shared.alarms.email)
        self.monitoring = Monitoring(
            self,
            "Monitoring",
            alerts=alerts,
            limits=shared.alarms,
            page=f"{shared.alarms.pages}/{type(self).__module__.split('.')[-2]}.md",
        )
        self.add_outputs(
            {
                "KeyArn": self.key.key_arn,
                "AlertsTopicArn": alerts.topic_arn,
                "DashboardUrl": Console(self, "Console").dashboard(self.monitoring.dashboard_name),
            }
        )

    def add_outputs(self, outputs: Mapping[str, str]) -> None:
        """Name what a person needs to use the stack; names are the same in every stage."""
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
