"""Runs of the lake, one at a time: what starts them, what they may do, what is heard of them."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.data_lake.contracts import offers
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.merging import Merging
from stacks.data_lake.quality import Quality
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stages.abnormal_ending import record_abnormal_ending
from stacks.data_lake.stages.arrivals import count_arrival
from stacks.data_lake.stages.failures import RUNS
from stacks.data_lake.stages.run import run_machine
from stacks.data_lake.training_set import TrainingSet
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.hand_offs import allow_events
from stacks.shared.machine import Machine
from stacks.shared.rule import EventRule
from stacks.shared.tables import json_rows, projected_days

LOADS = "loads/"  # where the record of a file that is modeled is written, last of all


class Flow(Construct):
    """A state machine that does a run, and small ones: for what ended badly, for what came."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        resources: Resources,
        merging: Merging,
        training_set: TrainingSet,
        quality: Quality,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings, self._key = settings, resources.baseline.key
        offered, failures = offers(stack_name=Stack.of(self).stack_name), resources.failures

        # What there is.
        self._turns = ExpiringTable(self, "Turns", entry="entry", key=self._key)
        self.undelivered = DeadLetters(self, "Undelivered", key=self._key)
        self._places = {
            "Turns": self._turns.table_name,
            "Failures": failures.bucket_name,
            "MergeJob": merging.job.job.job_name,
            "FeaturesJob": training_set.job.job.job_name,
            "Transformed": training_set.zone.bucket_name,
            "TrainingSet": training_set.table,
            **quality.substitutions,
        }
        run = self._machine("Run", run_machine(settings, offered))
        self._places["Run"] = run.arn
        ended = self._machine(
            "Ended", record_abnormal_ending(offered, delay_seconds=settings.run_delay_seconds)
        )
        self.machines = [run, ended]
        resources.catalog.add_table(
            RUNS.folder,
            json_rows(RUNS.columns),
            description="One record per run that failed, with its state and reason.",
            bucket=failures,
            partitions={"day": projected_days(settings.quarantine_days)},
        )

        # Who calls whom.
        bad_ending = {"stateMachineArn": [run.arn], "status": ["FAILED", "TIMED_OUT", "ABORTED"]}
        EventRule(
            self,
            "RunEnded",
            description="A run has failed, or was ended.",
            pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": bad_ending,
            },
        ).start(ended, failures=self.undelivered)
        if settings.run_on_arrival:
            self.machines.append(self._started_by(resources.modeled))
        if settings.run_schedule:
            EventRule(
                self,
                "OnSchedule",
                description="Time for a run of the lake.",
                when=settings.run_schedule,
            ).start(run, failures=self.undelivered)

        # Who may do what.
        for machine in (run, ended):
            failures.take_from(machine.role, prefix=f"{RUNS.folder}/")
            allow_events(machine.role, offered.run_failed)
            self._turns.allow(machine.role, "dynamodb:GetItem")
        for machine in self.machines:
            self._turns.allow(machine.role, "dynamodb:UpdateItem")
            self._key.allow(machine.role, "kms:Decrypt", through=["dynamodb"])
        run.allow_starting(*(machine.role for machine in self.machines))
        run.allow_describing(run.role, ended.role)
        merging.job.allow_running(run.role)
        training_set.job.allow_running(run.role)
        quality.allow_running(run.role)
        training_set.zone.allow(run.role, "s3:GetObject", prefix="runs/")
        allow_keys(run.role, reads=[training_set.zone], writes=[failures])
        allow_keys(ended.role, writes=[failures])
        allow_events(run.role, offered.features_ready)

        self.outputs = {
            "StateMachineArn": run.arn,
            "UndeliveredQueueUrl": self.undelivered.queue_url,
            **{f"{each.node.id}MachineArn": each.arn for each in self.machines[1:]},
        }

    def _started_by(self, modeled: PrivateBucket) -> Machine:
        arrived = self._machine(
            "Arrived", count_arrival(delay_seconds=self._settings.run_delay_seconds), express=True
        )
        modeled.announce_new_objects()
        EventRule(
            self,
            "FileModeled",
            description="The records of a file are in the modeled zone.",
            pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {"name": [modeled.bucket_name]},
                    "object": {"key": [{"prefix": LOADS}]},
                },
            },
        ).start(arrived, failures=self.undelivered)
        return arrived

    def _machine(
        self, name: str, definition: Mapping[str, Any], *, express: bool = False
    ) -> Machine:
        return Machine(
            self,
            name,
            definition=definition,
            substitutions=self._places,
            key=self._key,
            log_days=self._settings.log_days,
            express=express,
        )
