"""A Lambda function in Python, with the layer for its logs and metrics."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from guardrails import waive
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, allow_unscoped, waive_inline
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.runtime import ARCHITECTURE, RUNTIME
from stacks.shared.source_code import SHARED_CODE, all_but

CODE_ROOT = Path(__file__).parents[2] / "lambda"


class PythonFunction(Construct):
    """A function that may write its own logs and traces, and nothing else until granted more.

    ``entry`` names the handler module exactly as a test imports it, for example
    ``retail_demographics.analyze_faces``. The modules and schemas of that package and of the shared
    one ship and nothing else, so editing one architecture never changes another's asset. What they
    import beside the runtime is in ``layers``; ``disk_mib`` is the room below /tmp.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        entry: str,
        key: CustomerKey,
        powertools: PowertoolsLayer,
        environment: Mapping[str, str],
        timeout: Duration,
        memory_mib: int,
        log_days: int,
        layers: Sequence[lambda_.ILayerVersion] = (),
        disk_mib: int = 512,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        package = entry.partition(".")[0]

        self.log_group = logs.LogGroup(
            self,
            "Logs",
            encryption_key=key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        cast(logs.CfnLogGroup, self.log_group.node.default_child).retention_in_days = log_days
        key.serve_logs()
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        waive_inline(self.role)
        self._allow_tracing()
        self.function = lambda_.Function(
            self,
            "Resource",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            handler=f"{entry}.handler",
            code=lambda_.Code.from_asset(
                str(CODE_ROOT), exclude=all_but(CODE_ROOT, package, SHARED_CODE)
            ),
            environment={**environment, **powertools.environment},
            environment_encryption=key,
            ephemeral_storage_size=Size.mebibytes(disk_mib) if disk_mib > 512 else None,
            layers=[powertools, *layers],
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            memory_size=memory_mib,
            role=self.role,
            timeout=timeout,
        )
        # The construct's own `tracing` would put its wildcard into the policy of all other grants,
        # and the waiver would then cover those too.
        self._cfn = cast(lambda_.CfnFunction, self.function.node.default_child)
        self._cfn.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        waive(
            self.function,
            "outside_vpc",
            because="It calls public AWS APIs over TLS only and has no private resource to reach.",
        )
        waive(
            self.function,
            "no_reserved_concurrency",
            because="What calls it limits its concurrency; reserving some fails in a new account.",
        )

    def _allow_tracing(self) -> None:
        allow_unscoped(
            self.role,
            "Trace",
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            because="A trace has no ARN, so X-Ray's actions have no resource to scope to.",
        )

    def called_by_machine(self) -> None:
        """Say that a state machine waits for its answer, and is what deals with its errors."""
        waive(
            self.function,
            "no_dead_letter_target",
            because="Only a state machine invokes it, waits for its answer and catches its errors.",
        )

    def leave_failures_in(self, dead_letters: DeadLetters) -> None:
        """Keep the event of an asynchronous invocation that failed for good."""
        self._cfn.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(
            target_arn=dead_letters.queue_arn
        )
        allow(self.role, "sqs:SendMessage", on=[dead_letters.queue_arn])
        self._key.allow(self.role, "kms:Decrypt", "kms:GenerateDataKey", through=["sqs"])
        # Lambda looks whether the role may send when it takes the configuration.
        self.function.node.add_dependency(self.role)
