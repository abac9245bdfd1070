"""Service chain: recordings and texts in, one document each out, by a chain of AI services."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.service_chain import DESCRIPTION
from stacks.service_chain.abnormal_endings import AbnormalEndings
from stacks.service_chain.catalog import DocumentCatalog
from stacks.service_chain.chain import Chain
from stacks.service_chain.functions import MEASURE, START, START_BATCH, Functions
from stacks.service_chain.monitoring import ENDED_BADLY, monitor_documents
from stacks.service_chain.resources import Resources
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import functions_of, stages
from stacks.service_chain.stages.capacity import START_INSTANCES
from stacks.service_chain.transcription import Transcription
from stacks.settings import Shared
from stacks.shared.alerts import NotificationTopic
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow
from stacks.shared.queue import WorkQueue
from stacks.shared.rule import EventRule

MEASURE_EVERY = "rate(5 minutes)"


class ServiceChainStack(ArchitectureStack):
    """Work on every version of every object in the inbox once; write down what came of it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: ServiceChain, shared: Shared
    ) -> None:
        super().__init__(
            scope, construct_id, description=DESCRIPTION, retention=settings, shared=shared
        )
        baseline, key, monitoring = self.baseline, self.key, self.monitoring
        linked = stages(settings, shared.quotas, stack_name=self.stack_name)

        # What there is.
        kept, sooner = Duration.days(settings.result_days), Duration.days(settings.work_days)
        inbox = PrivateBucket(self, "Inbox", baseline=baseline, expires_after=kept)
        results = PrivateBucket(
            self, "Results", baseline=baseline, expires_after=kept, sooner={"work/": sooner}
        )
        undelivered = DeadLetters(self, "Undelivered", key=key)
        notifications = NotificationTopic(self, "Notifications", key=key)
        resources = Resources(inbox, results, notifications, undelivered, key, settings.log_days)
        tables = {"RateLimits": ExpiringTable(self, "RateLimits", entry="api", key=key)}
        roles: dict[str, iam.Role] = {}
        started_by_events: list[Machine] = []
        if settings.transcribe:
            transcription = Transcription(self, "Transcription", resources=resources)
            tables["Callbacks"] = transcription.callbacks
            roles["TranscribeRole"] = transcription.job_role
            started_by_events.append(transcription.resume)
        functions = Functions(self, "Functions", specs=functions_of(linked), resources=resources)
        chain = Chain(
            self,
            "Chain",
            stages=linked,
            settings=settings,
            functions=functions.invoked,
            tables=tables,
            roles=roles,
            resources=resources,
        )
        abnormal_endings = AbnormalEndings(
            self,
            "AbnormalEndings",
            settings=settings,
            chain=chain,
            functions=functions,
            resources=resources,
        )
        started_by_events.append(abnormal_endings.machine)
        chain_arn = {"STATE_MACHINE_ARN": chain.arn}
        rate = {"STARTS_PER_SECOND": str(settings.starts_per_second / START_INSTANCES)}
        start_chain = functions.add_function(START, environment=chain_arn | rate)
        measure_age = functions.add_function(MEASURE, environment=chain_arn)
        arrivals = WorkQueue(
            self,
            "Arrivals",
            key=key,
            function_seconds=START.timeout_seconds,
            deliveries=settings.deliveries,
        )
        catalog = DocumentCatalog(
            self, "Catalog", baseline=baseline, settings=settings, results=results
        )

        # Who calls whom.
        arrivals.receive_object_events(inbox)
        arrivals.feed(start_chain, batch_size=START_BATCH, concurrency=START_INSTANCES)
        EventRule(
            self, "Often", description="Time to look how old executions are.", when=MEASURE_EVERY
        ).invoke(measure_age, failures=undelivered)

        # Who may do what.
        allow(start_chain.role, "states:StartExecution", on=[chain.arn])
        key.allow(start_chain.role, "kms:Decrypt", through=["sqs"])
        allow(measure_age.role, "states:ListExecutions", on=[chain.arn])
        notifications.allow_only(chain.role, abnormal_endings.machine.role)

        # What is monitored, and what a person needs to use it.
        monitoring.monitor_queue(arrivals)
        monitoring.monitor_dead_letters(undelivered)
        monitor_documents(monitoring, oldest_execution_minutes=settings.oldest_execution_minutes)
        for machine in (chain, *started_by_events):
            monitoring.monitor_machine(machine, ENDED_BADLY[machine.node.id])
        awaited = list(functions.invoked.values())
        monitoring.monitor_functions([start_chain, measure_age], awaited=awaited)
        self.add_outputs({**resources.outputs, **arrivals.outputs, **chain.outputs})
        self.add_outputs({f"{each.node.id}MachineArn": each.arn for each in started_by_events})
        self.add_outputs({"StartFunctionName": start_chain.function.function_name})
        self.add_outputs({**functions.outputs, **catalog.outputs})
