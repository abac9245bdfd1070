"""Trainer: a function that keeps the manifest of each training set, and a bucket for them."""

from aws_cdk import Duration
from constructs import Construct

from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import allow_objects, pattern_of
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.rule import EventRule
from testing.toys.trainer.contracts import Inputs
from testing.toys.trainer.settings import Trainer


class TrainerStack(ArchitectureStack):
    """Takes each content once, however often it is told of."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Trainer,
        shared: Shared,
        inputs: Inputs,
    ) -> None:
        super().__init__(
            scope, construct_id, description="Learns.", retention=settings, shared=shared
        )
        kept = Duration.days(settings.result_days)
        models = PrivateBucket(self, "Models", baseline=self.baseline, expires_after=kept)
        untaken = DeadLetters(self, "Untaken", key=self.key)
        take = PythonFunction(
            self,
            "Take",
            entry="trainer.take_manifest",
            key=self.key,
            powertools=PowertoolsLayer(self, "Powertools"),
            environment={
                "BUCKET_PARAMETER": inputs.manifests.bucket.parameter,
                "PREFIX": inputs.manifests.prefix,
                "MODELS": models.bucket_name,
            },
            timeout=Duration.seconds(30),
            memory_mib=128,
            log_days=settings.log_days,
        )
        EventRule(
            self,
            "Ready",
            description="There is another training set.",
            pattern=pattern_of(inputs.features_ready),
        ).invoke(take, failures=untaken)
        allow_objects(take.role, inputs.manifests)
        models.allow(take.role, "s3:PutObject")
        self.key.allow(take.role, "kms:GenerateDataKey", through=["s3"])
        self.monitoring.monitor_dead_letters(untaken)
        self.monitoring.monitor_functions([take])
        self.add_outputs(
            {
                "ModelsBucketName": models.bucket_name,
                "TakeFunctionName": take.function.function_name,
                "UntakenQueueUrl": untaken.queue_url,
            }
        )
