"""The chain as it runs: stages linked to a state machine, with all that they need."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.service_chain.abnormal_endings import AbnormalEndings
from stacks.service_chain.functions import Functions
from stacks.service_chain.permissions import allow_access, allow_right
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import functions_of, link, stages
from stacks.service_chain.stages.rights import Access
from stacks.service_chain.transcription import Transcription
from stacks.settings import Quotas
from stacks.shared.alerts import NotificationTopic
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.key import CustomerKey
from stacks.shared.ledger import Ledger
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow


class Pipeline(Construct):
    """Works on one document in each execution of its ``chain``, and leaves none unrecorded.

    Which functions there are, and what they and the chain may do, is what its stages say. The small
    machines are started by events: by what ended abnormally, and by transcriptions that ended.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: ServiceChain,
        quotas: Quotas,
        inbox: PrivateBucket,
        results: PrivateBucket,
        notifications: NotificationTopic,
        undelivered: DeadLetters,
        key: CustomerKey,
    ) -> None:
        super().__init__(scope, construct_id)
        log_days = settings.log_days
        linked = stages(settings, quotas, stack_name=Stack.of(self).stack_name)
        self.tables = {"RateLimits": Ledger(self, "RateLimits", entry="api", key=key)}
        roles: dict[str, iam.Role] = {}
        callbacks: list[Machine] = []
        if settings.transcribe:
            transcription = Transcription(
                self,
                "Transcription",
                results=results,
                key=key,
                undelivered=undelivered,
                log_days=log_days,
            )
            self.tables["Callbacks"] = transcription.callbacks
            roles["TranscribeRole"] = transcription.job_role
            callbacks.append(transcription.resume)
        self.functions = Functions(
            self,
            "Functions",
            specs=functions_of(linked),
            inbox=inbox,
            results=results,
            key=key,
            log_days=log_days,
        )
        arns = {name: each.function.function_arn for name, each in self.functions.invoked.items()}
        self.chain = Machine(
            self,
            "Chain",
            definition=link(linked, execution_hours=settings.execution_hours),
            places={
                **arns,
                **{name: table.table_name for name, table in self.tables.items()},
                **{name: role.role_arn for name, role in roles.items()},
                "Key": key.key_arn,
                "Notifications": notifications.topic_arn,
                "ResultsBucket": results.bucket_name,
            },
            key=key,
            log_days=log_days,
        )
        abnormal_endings = AbnormalEndings(
            self,
            "AbnormalEndings",
            chain=self.chain,
            record_failure=self.functions.invoked["RecordFailure"],
            notifications=notifications,
            key=key,
            undelivered=undelivered,
            log_days=log_days,
        )
        self.small_machines = [abnormal_endings.machine, *callbacks]

        role = self.chain.role
        allow(role, "lambda:InvokeFunction", on=list(arns.values()))
        notifications.allow_only(role, abnormal_endings.machine.role)
        access = Access.union(stage.access for stage in linked)
        allow_access(role, access, inbox=inbox, results=results, key=key)
        for right in dict.fromkeys(right for stage in linked for right in stage.rights):
            allow_right(role, right, key=key, tables=self.tables, roles=roles)
        if labels := [label for stage in linked for label in stage.maps]:
            self.chain.allow_child_executions(labels)
