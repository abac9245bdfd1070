"""Rules of EventBridge that retry for a day and keep what they could not deliver."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.shared.arns import arn_here
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.function import PythonFunction
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow, on_behalf_of, waive_inline

PATIENCE = Duration.hours(24)  # the longest that EventBridge tries
ATTEMPTS = 185  # the most that it does


class EventRule(events.CfnRule):
    """A rule with one target. What the target does not take within a day is kept."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        pattern: Mapping[str, Any] | None = None,
        when: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description=description,
            event_pattern=pattern,
            schedule_expression=when,
            state="ENABLED",
        )

    def deliver_to(
        self, target_arn: str, *, failures: DeadLetters, role: iam.Role | None = None
    ) -> None:
        """Send events to a target that lets the rule, or the role, do so."""
        failures.receive_from(self)
        self.targets = [
            events.CfnRule.TargetProperty(
                id="Target",
                arn=target_arn,
                role_arn=role.role_arn if role else None,
                dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=failures.queue_arn),
                retry_policy=events.CfnRule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=int(PATIENCE.to_seconds()),
                    maximum_retry_attempts=ATTEMPTS,
                ),
            )
        ]

    def start(self, machine: Machine, *, failures: DeadLetters) -> None:
        """Start an execution for each event."""
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com",
                # To name the rule would be a circle: it names the role.
                conditions=on_behalf_of(arn_here("events", "rule/*")),
            ),
        )
        allow(role, "states:StartExecution", on=[machine.arn])
        waive_inline(role)
        self.deliver_to(machine.arn, failures=failures, role=role)

    def invoke(self, function: PythonFunction, *, failures: DeadLetters) -> None:
        """Invoke a function for each event; it needs dead letters of its own for its errors."""
        function.leave_failures_in(failures)
        self.deliver_to(function.function.function_arn, failures=failures)
        lambda_.CfnPermission(
            self,
            "MayInvoke",
            action="lambda:InvokeFunction",
            function_name=function.function.function_arn,
            principal="events.amazonaws.com",
            source_arn=self.attr_arn,
        )
