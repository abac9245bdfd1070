"""What the stage of Transcribe needs: a role for its jobs, who waits, and what wakes them."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.service_chain.resources import Resources
from stacks.service_chain.stages.transcribe import job_prefix
from stacks.service_chain.stages.transcription_callback import transcription_callback
from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.key import CustomerKey
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow_unscoped, on_behalf_of, waive_inline
from stacks.shared.rule import EventRule


class Transcription(Construct):
    """Resumes the execution that waits for a job when an event says that the job has ended."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        resources: Resources,
    ) -> None:
        super().__init__(scope, construct_id)
        key = resources.key
        self.callbacks = ExpiringTable(self, "Callbacks", entry="job_name", key=key)
        self.job_role = _job_role(self, resources.results, key)
        self.resume = Machine(
            self,
            "Resume",
            definition=transcription_callback(),
            substitutions={"Callbacks": self.callbacks.table_name},
            key=key,
            log_days=resources.log_days,
            express=True,
        )
        self.callbacks.allow(self.resume.role, "dynamodb:GetItem")
        key.allow(self.resume.role, "kms:Decrypt", through=["dynamodb"])
        allow_unscoped(
            self.resume.role,
            "Tell",
            "states:SendTaskSuccess",
            "states:SendTaskFailure",
            because="A task token stands for its task, so there is no resource to scope to.",
        )
        ended = EventRule(
            self,
            "JobEnded",
            description="A transcription of this stack has ended.",
            pattern={
                "source": ["aws.transcribe"],
                "detail-type": ["Transcribe Job State Change"],
                "detail": {
                    "TranscriptionJobName": [{"prefix": job_prefix(Stack.of(self).stack_name)}],
                    "TranscriptionJobStatus": ["COMPLETED", "FAILED"],
                },
            },
        )
        ended.start(self.resume, failures=resources.undelivered)


def _job_role(scope: Construct, results: PrivateBucket, key: CustomerKey) -> iam.Role:
    """Make what a job runs as. With a role of its own it may wait until others have ended."""
    role = iam.Role(
        scope,
        "JobRole",
        assumed_by=iam.ServicePrincipal(
            "transcribe.amazonaws.com",
            conditions=on_behalf_of(arn_here("transcribe", "*")),
        ),
    )
    results.allow(role, "s3:GetObject", "s3:PutObject", prefix="work/")
    key.allow(role, "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
    waive_inline(role)
    return role
