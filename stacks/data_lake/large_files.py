"""Files that are too large for the function: a state machine for each, and the job of Spark."""

from aws_cdk import Duration, Stack
from constructs import Construct

from stacks.data_lake.contracts import offers
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.model_files import ModelFiles
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stages.abnormal_ending import record_abnormal_file
from stacks.data_lake.stages.failures import FILES
from stacks.data_lake.stages.large_file import model_large_file
from stacks.shared.alarm import AlarmText
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.hand_offs import allow_events
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow_unscoped
from stacks.shared.powertools import NAMESPACE
from stacks.shared.rule import EventRule
from stacks.shared.spark_job import SparkJob
from stacks.shared.tables import json_rows, projected_days

ENDED_BADLY = {
    "ModelLargeFile": AlarmText(
        severity="high",
        happened="A large file could not be modeled: none of its records counts as in the lake.",
        do="Its failure record says why: mend that, then redrive.",
        heading="Failed large files",
    ),
    "LargeFileEnded": AlarmText(
        severity="high",
        happened="A large file failed off the record: a redrive would miss it.",
        do="Mend what stopped the machine that records, then start its execution again.",
        heading="Large files off the record",
    ),
}


class LargeFiles(Construct):
    """What an architecture has if its setting ``large_files`` is true."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        resources: Resources,
        model: ModelFiles,
    ) -> None:
        super().__init__(scope, construct_id)
        stack_name = Stack.of(self).stack_name
        offered, key = offers(stack_name=stack_name), resources.baseline.key
        raw, modeled, failures = resources.raw, resources.modeled, resources.failures

        # What there is.
        self.job = SparkJob(
            self,
            "Job",
            entry="data_lake.model_large_file",
            key=key,
            description="Models one file that is too large for the function, by the same rules.",
            arguments={
                "--modeled": modeled.bucket_name,
                "--failures": failures.bucket_name,
                "--kept_days": str(settings.result_days),
                "--max_file_bytes": str(settings.max_file_bytes),
                "--metrics_namespace": NAMESPACE,
                "--service": stack_name,
            },
            workers=settings.large_files_workers,
            flex=False,
            timeout=Duration.minutes(settings.large_files_minutes),
            runs_at_once=settings.large_files_at_once,
            log_days=settings.log_days,
            with_functions=True,
        )
        undelivered = DeadLetters(self, "FilesUndelivered", key=key)
        machine = Machine(
            self,
            "ModelLargeFile",
            definition=model_large_file(offered, minutes=settings.large_files_minutes),
            substitutions={
                "LargeFilesJob": self.job.job.job_name,
                "Failures": failures.bucket_name,
            },
            key=key,
            log_days=settings.log_days,
        )
        ended = Machine(
            self,
            "LargeFileEnded",
            definition=record_abnormal_file(offered),
            substitutions={"Failures": failures.bucket_name},
            key=key,
            log_days=settings.log_days,
        )
        resources.catalog.add_table(
            FILES.folder,
            json_rows(FILES.columns),
            description="One record per large file that failed, with its state and reason.",
            bucket=failures,
            partitions={"day": projected_days(settings.quarantine_days)},
        )

        # Who calls whom.
        model.hand_over_to(machine, settings)
        EventRule(
            self,
            "Ended",
            description="The execution for a large file has failed, or was ended.",
            pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {
                    "stateMachineArn": [machine.arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            },
        ).start(ended, failures=undelivered)

        # Who may do what.
        self.job.allow_running(machine.role)
        machine.allow_describing(ended.role)
        for each in (machine, ended):
            failures.take_from(each.role, prefix=f"{FILES.folder}/")
            allow_keys(each.role, writes=[failures])
            allow_events(each.role, offered.file_failed)
        role = self.job.role
        raw.allow(role, "s3:GetObjectVersion")
        raw.allow_telling_gone_from_denied(role)
        modeled.take_from(role)
        modeled.allow(role, "s3:GetObject", prefix="loads/")
        modeled.allow_telling_gone_from_denied(role)
        failures.take_from(role, prefix="quarantine/")
        allow_keys(role, reads=[raw, modeled], writes=[modeled, failures])
        allow_unscoped(
            role,
            "Count",
            "cloudwatch:PutMetricData",
            because="A metric has no ARN; the condition names the namespace that it may count in.",
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        )

        # What is monitored, and what a person needs to use it.
        resources.monitoring.monitor_dead_letters(undelivered)
        for each in (machine, ended):
            resources.monitoring.monitor_machine(each, ENDED_BADLY[each.node.id])
        self.outputs = {
            "LargeFilesMachineArn": machine.arn,
            "LargeFileEndedMachineArn": ended.arn,
            "LargeFilesJobName": self.job.job.job_name,
            "FilesUndeliveredQueueUrl": undelivered.queue_url,
        }
