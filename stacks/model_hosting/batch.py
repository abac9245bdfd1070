"""Batches: a folder of records becomes results and rejects, and nothing is left running."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from guardrails import waive
from stacks.model_hosting.batch_monitoring import monitor_batches
from stacks.model_hosting.batch_request import WORK, batch_form
from stacks.model_hosting.model_role import ModelRole
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.batch import FUNCTION_SECONDS, batch_machine
from stacks.model_hosting.stages.batch_ending import FOLDER, batch_ending_machine
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import allow_events
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow
from stacks.shared.rule import EventRule

MEMORY_MIB = 1769  # one whole processor


class Batches(Construct):
    """Runs one transform job for each content of a folder, by the model that serves or is named.

    Files come into ``incoming/`` of the bucket; whoever may start the machine says which folder.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelHosting,
        *,
        resources: Resources,
        turns: ExpiringTable,
        model_role: ModelRole,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings, self._resources, self._turns = settings, resources, turns
        key, bucket = resources.key, resources.batches

        # What there is.
        self.undelivered = DeadLetters(self, "BatchesUndelivered", key=key)
        self.functions = {
            name: self._function(name, entry)
            for name, entry in {
                "OpenBatch": "open_batch",
                "ScreenFile": "screen_file",
                "SiftFile": "sift_file",
                "CloseBatch": "close_batch",
            }.items()
        }
        places = {
            "Turns": turns.table_name,
            "Endpoint": resources.endpoint,
            "Batches": bucket.bucket_name,
            "Failures": resources.failures.bucket_name,
            "KeyArn": key.key_arn,
            **{name: each.function.function_name for name, each in self.functions.items()},
        }
        self.machine = Machine(
            self,
            "TransformBatch",
            definition=batch_machine(settings, resources.offered),
            substitutions=places,
            key=key,
            log_days=settings.log_days,
        )
        self.ended = Machine(
            self,
            "BatchEnded",
            definition=batch_ending_machine(resources.offered),
            substitutions=places,
            key=key,
            log_days=settings.log_days,
        )

        # Who calls whom.
        EventRule(
            self,
            "Ended",
            description="A batch has failed, or was ended.",
            pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {
                    "stateMachineArn": [self.machine.arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            },
        ).start(self.ended, failures=self.undelivered)
        if settings.batch_schedule:
            EventRule(
                self,
                "Schedule",
                description="Transforms by the clock what has come.",
                when=settings.batch_schedule,
            ).start(self.machine, failures=self.undelivered)

        # Who may do what.
        self._allow_functions(bucket)
        self._allow_job()
        self._allow_ending()
        bucket.allow(model_role, "s3:GetObject", "s3:PutObject", prefix=f"{WORK}/")
        self._allow_listing(model_role, WORK)

        # What is monitored, and what a person needs to use it.
        monitor_batches(resources.monitoring, settings, self.machine, self.ended)
        resources.monitoring.monitor_dead_letters(self.undelivered)
        self.outputs = {
            "BatchStateMachineArn": self.machine.arn,
            "BatchEndedStateMachineArn": self.ended.arn,
            "BatchesBucketName": bucket.bucket_name,
            "BatchesUndeliveredQueueUrl": self.undelivered.queue_url,
        }

    def _function(self, name: str, entry: str) -> PythonFunction:
        made = PythonFunction(
            self,
            name,
            entry=f"model_hosting.{entry}",
            key=self._resources.key,
            powertools=self._resources.powertools,
            environment={
                "BATCHES_BUCKET": self._resources.batches.bucket_name,
                "BATCH_FORM": batch_form(self._settings),
            },
            timeout=Duration.seconds(FUNCTION_SECONDS),
            memory_mib=MEMORY_MIB,
            log_days=self._settings.log_days,
        )
        made.called_by_machine()
        return made

    def _allow_functions(self, bucket: PrivateBucket) -> None:
        roles = {name: each.role for name, each in self.functions.items()}
        written = ("s3:PutObject", "s3:AbortMultipartUpload")
        for name in ("OpenBatch", "ScreenFile"):  # or S3 would not say that a file is gone
            self._allow_listing(roles[name], "incoming")
        bucket.allow(roles["ScreenFile"], "s3:GetObject", prefix="incoming/")
        bucket.allow(roles["ScreenFile"], *written, prefix=f"{WORK}/")
        bucket.allow(roles["SiftFile"], "s3:GetObject", prefix=f"{WORK}/")
        for folder in ("results", "rejects"):
            bucket.allow(roles["SiftFile"], *written, prefix=f"{folder}/")
        self._allow_listing(roles["CloseBatch"], WORK)
        bucket.allow(roles["CloseBatch"], "s3:DeleteObject", prefix=f"{WORK}/")
        bucket.allow(roles["CloseBatch"], "s3:PutObject", prefix="reports/")
        key = self._resources.key
        for name in ("ScreenFile", "SiftFile"):
            # Parts of an upload are read again when they are put together.
            key.allow(roles[name], "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
        key.allow(roles["CloseBatch"], "kms:GenerateDataKey", through=["s3"])

    def _allow_listing(self, role: iam.Role, folder: str) -> None:
        allow(
            role,
            "s3:ListBucket",
            on=[self._resources.batches.bucket_arn],
            conditions={"StringLike": {"s3:prefix": f"{folder}/*"}},
        )

    def _allow_job(self) -> None:
        role, resources = self.machine.role, self._resources
        self._invoke_from(role, *self.functions)
        self._turns.allow(role, "dynamodb:GetItem", "dynamodb:UpdateItem")
        resources.key.allow(role, "kms:Decrypt", through=["dynamodb"])
        self.machine.allow_describing(role, self.ended.role)
        jobs = arn_here("sagemaker", f"transform-job/{resources.endpoint}-batch-*")
        models = arn_here("sagemaker", f"model/{resources.endpoint}-v*")
        allow(role, "sagemaker:CreateTransformJob", on=[jobs, models])
        allow(role, "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob", on=[jobs])
        # By this rule of its own, Step Functions hears that a job has ended.
        heard = arn_here("events", "rule/StepFunctionsGetEventsForSageMakerTransformJobsRule")
        allow(role, "events:PutTargets", "events:PutRule", "events:DescribeRule", on=[heard])
        # Whoever makes a job lets SageMaker use the key for its volumes.
        allow(
            role,
            *("kms:CreateGrant", "kms:DescribeKey"),
            on=[resources.key.key_arn],
            conditions={
                "StringEquals": {"kms:ViaService": f"sagemaker.{Aws.REGION}.{Aws.URL_SUFFIX}"},
            },
        )
        allow_events(role, resources.offered.batch_transformed)
        waive(
            role,
            "object_wildcard",
            because="Jobs are named by executions, and versions numbered, at run time.",
            findings=[finding_on(each) for each in (jobs, models)],
        )

    def _allow_ending(self) -> None:
        role, resources = self.ended.role, self._resources
        self._invoke_from(role, "CloseBatch")
        jobs = arn_here("sagemaker", f"transform-job/{resources.endpoint}-batch-*")
        allow(role, "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob", on=[jobs])
        resources.failures.allow(role, "s3:PutObject", prefix=f"{FOLDER}/")
        resources.key.allow(role, "kms:GenerateDataKey", through=["s3"])
        allow_events(role, resources.offered.batch_failed)
        waive(
            role,
            "object_wildcard",
            because="Jobs are named by executions at run time.",
            findings=[finding_on(jobs)],
        )

    def _invoke_from(self, role: iam.Role, *names: str) -> None:
        functions = [self.functions[name].function.function_arn for name in names]
        allow(role, "lambda:InvokeFunction", on=functions)
