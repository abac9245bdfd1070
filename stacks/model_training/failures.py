"""A record of each execution that failed, and the alarm that says so."""

from aws_cdk import Aws, Duration
from constructs import Construct

from guardrails import waive
from stacks.model_training.settings import ModelTraining
from stacks.model_training.training_pipeline import TrainingPipeline
from stacks.shared.arns import finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.rule import EventRule

ENDINGS = ("Failed", "Stopped")
FOLDER = "failed_executions/"
NEWS = "SageMaker Model Building Pipeline Execution Status Change"


class Failures(Construct):
    """Keeps why an execution failed, so that a person can mend it and a redrive start it again."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelTraining,
        *,
        key: CustomerKey,
        powertools: PowertoolsLayer,
        bucket: PrivateBucket,
        pipeline: TrainingPipeline,
    ) -> None:
        super().__init__(scope, construct_id)
        self.unrecorded = DeadLetters(self, "Unrecorded", key=key)
        self.function = PythonFunction(
            self,
            "RecordFailedExecution",
            entry="model_training.record_failed_execution",
            key=key,
            powertools=powertools,
            environment={"FAILURES_BUCKET": bucket.bucket_name},
            timeout=Duration.seconds(60),
            memory_mib=256,
            log_days=settings.log_days,
        )
        self.rule = EventRule(
            self,
            "ExecutionFailed",
            description="An execution of the pipeline failed, or was stopped.",
            pattern={
                "account": [Aws.ACCOUNT_ID],
                "source": ["aws.sagemaker"],
                "detail-type": [NEWS],
                "detail": {
                    "pipelineArn": [pipeline.arn],
                    "currentPipelineExecutionStatus": list(ENDINGS),
                },
            },
        )
        self.rule.invoke(self.function, failures=self.unrecorded)
        role, executions = self.function.role, f"{pipeline.arn}/execution/*"
        bucket.allow(role, "s3:PutObject", prefix=FOLDER)
        key.allow(role, "kms:GenerateDataKey", through=["s3"])
        allow(
            role,
            "sagemaker:ListPipelineExecutionSteps",
            "sagemaker:ListPipelineParametersForExecution",
            on=[executions],
        )
        waive(
            role,
            "object_wildcard",
            because="SageMaker names executions at run time.",
            findings=[finding_on(executions)],
        )

    @property
    def outputs(self) -> dict[str, str]:
        """What a redrive needs: which function and rule the events belong to."""
        return {
            "UnrecordedUndeliveredQueueUrl": self.unrecorded.queue_url,
            "RecordFunctionName": self.function.function.function_name,
            "ExecutionFailedRuleName": self.rule.ref,
        }
