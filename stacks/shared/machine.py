"""State machines that say what they do, never with what, and may do what they are granted."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from guardrails import below, waive
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import (
    ONE_ROLE,
    allow,
    allow_unscoped,
    on_behalf_of,
    waive_inline,
)

PLACE = re.compile(r"\$\{(\w+)\}")
KEY_REUSE_SECONDS = 900  # the longest, so that KMS is asked least
DELIVERY = (
    *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery"),
    *("logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy"),
    *("logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
)
TRACING = (
    *("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
)


class Machine(Construct):
    """A state machine under the customer's key, with logs at level ALL but without any data.

    ``definition`` is a plain dictionary; ``substitutions`` fill in its ``${names}`` when it is
    deployed. The role can write logs and traces and use the key, and nothing else until it is
    granted more.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        definition: Mapping[str, Any],
        substitutions: Mapping[str, str],
        key: CustomerKey,
        log_days: int,
        express: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key, self.is_express = key, express
        # Step Functions writes a log group into a policy of the account, which has room for a few;
        # for groups of this prefix there is one line: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
        self.log_group = logs.CfnLogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/vendedlogs/states/{Stack.of(self).stack_name}-{construct_id}",
            kms_key_id=key.key_arn,
            retention_in_days=log_days,
        )
        self.log_group.apply_removal_policy(RemovalPolicy.DESTROY)
        key.serve_logs()
        key.serve_log_delivery()
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com",
                conditions=on_behalf_of(arn_here("states", "stateMachine:*")),
            ),
        )
        self._allow_what_all_machines_need()
        text = json.dumps(definition)
        self.resource = stepfunctions.CfnStateMachine(
            self,
            "Resource",
            state_machine_type="EXPRESS" if express else "STANDARD",
            definition_string=text,
            definition_substitutions=_used(text, {"Partition": Aws.PARTITION, **substitutions}),
            role_arn=self.role.role_arn,
            encryption_configuration=stepfunctions.CfnStateMachine.EncryptionConfigurationProperty(
                type="CUSTOMER_MANAGED_KMS_KEY",
                kms_key_id=key.key_arn,
                kms_data_key_reuse_period_seconds=KEY_REUSE_SECONDS,
            ),
            logging_configuration=stepfunctions.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                include_execution_data=False,
                destinations=[
                    stepfunctions.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=stepfunctions.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                            log_group_arn=self.log_group.attr_arn
                        )
                    )
                ],
            ),
            tracing_configuration=stepfunctions.CfnStateMachine.TracingConfigurationProperty(
                enabled=True
            ),
        )
        # Step Functions tries the logs and the key when it takes the definition.
        self.resource.node.add_dependency(self.role)

    @property
    def arn(self) -> str:
        """The ARN of the machine."""
        return self.resource.attr_arn

    def allow_child_executions(self, labels: Sequence[str]) -> None:
        """Let the machine run its distributed maps, which are known by their labels.

        In a policy of its own, which the machine does not wait for: it names the machine. AWS's
        guide names executions without their map, which a child's ARN has: both are granted.
        https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
        """
        policy = iam.Policy(
            self,
            "Children",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(actions=["states:StartExecution"], resources=[self.arn])
            ],
        )
        waive(policy, "inline_policy", because=ONE_ROLE)
        following = ("states:DescribeExecution", "states:StopExecution")
        self._allow_on(policy, ":*", *following)
        for label in labels:
            self._allow_on(policy, f"/{label}:*", *following, "states:RedriveExecution")

    def allow_starting(self, *roles: iam.Role) -> None:
        """Let roles start executions, the machine's own too, which cannot wait for the machine."""
        statement = iam.PolicyStatement(actions=["states:StartExecution"], resources=[self.arn])
        policy = iam.Policy(self, "Started", roles=list(roles), statements=[statement])
        waive(policy, "inline_policy", because=ONE_ROLE)

    def allow_describing(self, *roles: iam.Role) -> None:
        """Let roles of machines read how executions ended, and of what."""
        policy = iam.Policy(self, "Described", roles=list(roles))
        waive(policy, "inline_policy", because=ONE_ROLE)
        self._allow_on(policy, ":*", "states:DescribeExecution")

    def _allow_on(self, policy: iam.Policy, executions: str, *actions: str) -> None:
        """Allow actions on the machine's executions, or on those of one of its maps."""
        arn = arn_here("states", f"execution:{self.resource.attr_name}{executions}")
        policy.add_statements(iam.PolicyStatement(actions=list(actions), resources=[arn]))
        named = below(self.resource, executions, attribute="Name").removeprefix("Resource::")
        waive(
            policy,
            "object_wildcard",
            because="Executions are named at run time, so the grant stops at the machine or map.",
            findings=[finding_on(arn_here("states", f"execution:{named}"))],
        )

    def _allow_what_all_machines_need(self) -> None:
        self._key.allow_machines(self.role)
        delivery = arn_here("logs", "*")
        allow(
            self.role,
            "kms:GenerateDataKey",
            on=[self._key.key_arn],
            conditions={"StringLike": {"kms:EncryptionContext:SourceArn": delivery}},
        )
        waive_inline(self.role)
        allow_unscoped(
            self.role,
            "DeliverLogs",
            *DELIVERY,
            because="A log delivery has no ARN, so its actions have no resource to scope to.",
        )
        allow_unscoped(
            self.role,
            "Trace",
            *TRACING,
            because="A trace has no ARN, so X-Ray's actions have no resource to scope to.",
        )


def _used(definition: str, substitutions: Mapping[str, str]) -> dict[str, str]:
    """Return the substitutions that a definition names; raise KeyError for one that is missing."""
    return {name: substitutions[name] for name in sorted(set(PLACE.findall(definition)))}
