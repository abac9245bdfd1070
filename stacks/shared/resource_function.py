"""A function that CloudFormation alone invokes, about a resource that only the function knows."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import CustomResource, Duration
from constructs import Construct

from guardrails import waive
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.powertools import PowertoolsLayer

LONGEST = Duration.minutes(15)  # what a function may take; CloudFormation waits for an hour


class ResourceFunction(PythonFunction):
    """Takes away what a stack's other resources have made, before these go themselves.

    Its answers are those of ``runtime.custom_resources``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        entry: str,
        key: CustomerKey,
        powertools: PowertoolsLayer,
        log_days: int,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            entry=entry,
            key=key,
            powertools=powertools,
            environment={},
            timeout=LONGEST,
            memory_mib=256,
            log_days=log_days,
        )
        waive(
            self.function,
            "no_dead_letter_target",
            because="Only CloudFormation invokes it, waits for its answer and asks again.",
        )

    def resource(
        self,
        scope: Construct,
        construct_id: str,
        properties: Mapping[str, Any],
        *,
        resource_type: str | None = None,
    ) -> CustomResource:
        """Define the resource; it goes before the function and its rights do."""
        made = CustomResource(
            scope,
            construct_id,
            resource_type=resource_type,
            service_token=self.function.function_arn,
            properties=properties,
        )
        made.node.add_dependency(self)
        return made
