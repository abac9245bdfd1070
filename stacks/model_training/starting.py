"""What starts training: news of the lake, wishes, a schedule and people, all by one queue."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from guardrails import waive
from stacks.contracts import Events
from stacks.model_training.contracts import Inputs
from stacks.model_training.settings import ModelTraining
from stacks.model_training.training_pipeline import TrainingPipeline
from stacks.shared.arns import finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import send_from
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import allow_folder, pattern_of
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.queue import WorkQueue
from stacks.shared.rule import EventRule

TIMEOUT_SECONDS = 60


class Starting(Construct):
    """Starts one execution for each training set, whoever asks how often."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelTraining,
        *,
        key: CustomerKey,
        powertools: PowertoolsLayer,
        artifacts: PrivateBucket,
        pipeline: TrainingPipeline,
        inputs: Inputs,
        wishes: Events,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self.executions = ExpiringTable(self, "Executions", entry="entry", key=key)
        self.queue = WorkQueue(
            self,
            "Wishes",
            key=key,
            function_seconds=TIMEOUT_SECONDS,
            deliveries=settings.deliveries,
        )
        self.function = PythonFunction(
            self,
            "StartTraining",
            entry="model_training.start_training",
            key=key,
            powertools=powertools,
            environment={
                "ARTIFACTS_BUCKET": artifacts.bucket_name,
                "BUCKET_PARAMETER": inputs.manifests.bucket.parameter,
                "EXECUTIONS_TABLE": self.executions.table_name,
                "MANIFESTS_PREFIX": inputs.manifests.prefix,
                "PACKAGE_GROUP": pipeline.group_name,
                "PIPELINE_NAME": pipeline.name,
            },
            timeout=Duration.seconds(TIMEOUT_SECONDS),
            memory_mib=256,
            log_days=settings.log_days,
        )
        role = self.function.role

        # Who calls whom.
        self._hear(
            "FeaturesReady", "There is another training set.", pattern_of(inputs.features_ready)
        )
        self._hear("RetrainingRequested", "Somebody wants another model.", pattern_of(wishes))
        if settings.train_schedule:
            self._hear("Schedule", "Trains by the clock.", when=settings.train_schedule)
        self.queue.feed(self.function, batch_size=1, concurrency=settings.concurrent_functions)

        # Who may do what.
        allow_folder(role, inputs.manifests)
        artifacts.allow(role, "s3:PutObject", prefix="starts/")
        self.executions.allow(role, "dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem")
        key.allow(role, "kms:Decrypt", through=["dynamodb", "sqs"])
        key.allow(role, "kms:GenerateDataKey", through=["s3"])
        self._may_start(role, pipeline)

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to ask for training, and to look after what asks."""
        return {**self.queue.outputs, "StartFunctionName": self.function.function.function_name}

    def _hear(
        self,
        name: str,
        what: str,
        pattern: Mapping[str, Any] | None = None,
        when: str | None = None,
    ) -> None:
        rule = EventRule(self, name, description=what, pattern=pattern, when=when)
        send_from(rule, self.queue.queue, self._key)
        rule.deliver_to(self.queue.queue.queue_arn, failures=self.queue.dead_letters)

    def _may_start(self, role: iam.Role, pipeline: TrainingPipeline) -> None:
        executions = f"{pipeline.arn}/execution/*"
        allow(role, "sagemaker:StartPipelineExecution", on=[pipeline.arn])
        allow(role, "sagemaker:DescribePipelineExecution", on=[executions])
        allow(
            role,
            *("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"),
            on=[pipeline.packages_arn],
        )
        waive(
            role,
            "object_wildcard",
            because="SageMaker names executions, and numbers packages, at run time.",
            findings=[finding_on(executions), pipeline.packages_finding],
        )
