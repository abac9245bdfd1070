"""What waiting for Transcribe takes: the role of its jobs, who waits, and who wakes them."""

from collections.abc import Mapping

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from guardrails import waive
from stacks.service_chain.chain import job_prefix, resume
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.key import CustomerKey
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow, allow_unscoped, on_behalf_of, waive_inline
from stacks.shared.rule import EventRule

WORK = "work/"


class Transcription(Construct):
    """Resumes the execution that waits for a job when an event says that the job has ended."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        results: PrivateBucket,
        key: CustomerKey,
        undelivered: DeadLetters,
        log_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._prefix = job_prefix(Stack.of(self).stack_name)
        self.callbacks = ExpiringTable(self, "Callbacks", entry="job_name", key=key)
        self._job_role = _job_role(self, results, key)
        self.resume = Machine(
            self,
            "Resume",
            definition=resume(),
            substitutions=self.substitutions,
            key=key,
            log_days=log_days,
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
                    "TranscriptionJobName": [{"prefix": self._prefix}],
                    "TranscriptionJobStatus": ["COMPLETED", "FAILED"],
                },
            },
        )
        ended.start(self.resume, failures=undelivered)

    @property
    def substitutions(self) -> Mapping[str, str]:
        """What definitions of machines call it."""
        return {
            "Callbacks": self.callbacks.table_name,
            "TranscribeRole": self._job_role.role_arn,
        }

    def allow(self, role: iam.Role, *, inbox: PrivateBucket) -> None:
        """Let a role copy recordings, start jobs, look at them, and wait."""
        inbox.allow(role, "s3:GetObjectVersion")
        self.callbacks.allow(role, "dynamodb:PutItem")
        allow(
            role,
            "iam:PassRole",
            on=[self._job_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "transcribe.amazonaws.com"}},
        )
        jobs = arn_here("transcribe", f"transcription-job/{self._prefix}*")
        allow(role, "transcribe:GetTranscriptionJob", on=[jobs])
        waive(
            role,
            "object_wildcard",
            because="A job is named after its document; the grant stops at the stack's prefix.",
            findings=[finding_on(jobs)],
        )
        allow_unscoped(
            role,
            "StartTranscription",
            "transcribe:StartTranscriptionJob",
            because="A job has no ARN before it is started, so there is no resource to scope to.",
        )


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
    results.allow(role, "s3:GetObject", "s3:PutObject", prefix=WORK)
    key.allow(role, "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
    waive_inline(role)
    return role
