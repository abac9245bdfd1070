"""Service chain: recordings and texts in, one document each out, by a chain of AI services."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.service_chain.abnormal_endings import AbnormalEndings
from stacks.service_chain.catalog import catalog_documents
from stacks.service_chain.chain import Chain
from stacks.service_chain.functions import Functions
from stacks.service_chain.monitoring import watch_documents
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import functions_of, stages
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.service_chain.transcription import Transcription
from stacks.settings import Shared
from stacks.shared.alerts import AlertTopic, NotificationTopic
from stacks.shared.bucket import PrivateBucket
from stacks.shared.catalog import Catalog
from stacks.shared.console import Console
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.ledger import Ledger
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow
from stacks.shared.protection import Protection
from stacks.shared.queue import WorkQueue, visibility_seconds
from stacks.shared.rule import EventRule
from stacks.shared.watch import Watch
from stacks.shared.workgroup import QueryWorkgroup

START = FunctionSpec("Start", entry="start_chain", timeout_seconds=60)
MEASURE = FunctionSpec("Measure", entry="measure_age", timeout_seconds=60)
START_INSTANCES = 2  # the fewest that SQS takes as MaximumConcurrency
START_BATCH = 10  # the most that SQS hands out without waiting for more
MEASURE_EVERY = Duration.minutes(5)
DESCRIPTION = (
    "Turns recordings and texts into one document each: transcript, translations, sentiment, "
    "entities, key phrases and personal data, with Transcribe, Translate and Comprehend. Tell the "
    "people who are recorded. A sentiment is a statistic of words, not what a person feels; a "
    "transcript or translation may be wrong; redaction finds much and not all: let a person look "
    "before anything is decided or published. Opt out of the use of content by AI services. See "
    "docs/service_chain.md."
)


class ServiceChainStack(Stack):
    """Work on every version of every object in the inbox once; write down what came of it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: ServiceChain,
        shared: Shared,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=shared.stack_name(construct_id),
            description=DESCRIPTION,
        )
        linked = stages(settings, shared.quotas, stack_name=self.stack_name)

        # What there is.
        protection = Protection(
            self, access_log_days=settings.access_log_days, disposable=shared.removal.deletes_data
        )
        key = protection.key
        inbox = PrivateBucket(
            self, "Inbox", protection=protection, expires_after=Duration.days(settings.result_days)
        )
        results = PrivateBucket(
            self,
            "Results",
            protection=protection,
            expires_after=Duration.days(settings.result_days),
            sooner={"work/": Duration.days(settings.work_days)},
        )
        arrivals = WorkQueue(
            self,
            "Arrivals",
            key=key,
            visibility_seconds=visibility_seconds(START.timeout_seconds),
            deliveries=settings.deliveries,
        )
        undelivered = DeadLetters(self, "Undelivered", key=key)
        notifications = NotificationTopic(self, "Notifications", key=key)
        tables = {"RateLimits": Ledger(self, "RateLimits", entry="api", key=key)}
        roles: dict[str, iam.Role] = {}
        machines: list[Machine] = []
        if settings.transcribe:
            transcription = Transcription(
                self,
                "Transcription",
                results=results,
                key=key,
                undelivered=undelivered,
                log_days=settings.log_days,
            )
            tables["Callbacks"] = transcription.callbacks
            roles["TranscribeRole"] = transcription.job_role
            machines.append(transcription.resume)
        functions = Functions(
            self,
            "Functions",
            specs=functions_of(linked),
            inbox=inbox,
            results=results,
            key=key,
            log_days=settings.log_days,
        )
        chain = Chain(
            self,
            "Chain",
            stages=linked,
            execution_hours=settings.execution_hours,
            functions=functions.invoked,
            tables=tables,
            roles=roles,
            inbox=inbox,
            results=results,
            notifications=notifications,
            key=key,
            log_days=settings.log_days,
        )
        abnormal_endings = AbnormalEndings(
            self,
            "AbnormalEndings",
            chain=chain,
            record_failure=functions.invoked["RecordFailure"],
            notifications=notifications,
            key=key,
            undelivered=undelivered,
            log_days=settings.log_days,
        )
        environment = {"STATE_MACHINE_ARN": chain.arn}
        start_chain = functions.add_function(
            START,
            environment=environment
            | {"STARTS_PER_SECOND": str(settings.starts_per_second / START_INSTANCES)},
        )
        measure_age = functions.add_function(MEASURE, environment=environment)
        workgroup = QueryWorkgroup(
            self,
            "Workgroup",
            protection=protection,
            bytes_cutoff=settings.query_bytes_cutoff,
            results_expire_after=Duration.days(settings.query_result_days),
        )
        catalog = Catalog(
            self,
            "Catalog",
            description="What recordings and texts say; the view insights is the place to start.",
            bucket=results,
            workgroup=workgroup,
        )
        catalog_documents(catalog, settings)

        # Who calls whom.
        inbox.announce_new_objects()
        arrived = EventRule(
            self,
            "ObjectArrived",
            description="Something new is in the inbox.",
            pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [inbox.bucket_name]}},
            },
        )
        arrivals.receive_events(arrived)
        arrivals.feed(start_chain, batch_size=START_BATCH, concurrency=START_INSTANCES)
        often = EventRule(
            self, "Often", description="Time to look how old executions are.", every=MEASURE_EVERY
        )
        often.invoke(measure_age, failures=undelivered)

        # Who may do what.
        allow(start_chain.role, "states:StartExecution", on=[chain.arn])
        key.allow(start_chain.role, "kms:Decrypt", through=["sqs"])
        allow(measure_age.role, "states:ListExecutions", on=[chain.arn])
        notifications.allow_only(chain.role, abnormal_endings.machine.role)

        # Who is told.
        alerts = AlertTopic(self, "Alerts", key=key, email=shared.alarms.email)
        watch = Watch(self, "Watch", alerts=alerts, limits=shared.alarms)
        watch.watch_queue(arrivals)
        watch.watch_dead_letters(undelivered)
        watch_documents(watch, oldest_execution_minutes=settings.oldest_execution_minutes)
        for watched in (chain, abnormal_endings.machine, *machines):
            watch.watch_machine(watched)
        for worker in (start_chain, *functions.invoked.values(), measure_age):
            watch.watch_function(worker)
        outputs = {
            "InboxBucketName": inbox.bucket_name,
            "ResultsBucketName": results.bucket_name,
            "StateMachineArn": chain.arn,
            "NotificationTopicArn": notifications.topic_arn,
            "DatabaseName": catalog.database.ref,
            "WorkgroupName": workgroup.resource.ref,
            "QueueUrl": arrivals.queue.queue_url,
            "DeadLetterQueueUrl": arrivals.dead_letters.queue_url,
            "UndeliveredQueueUrl": undelivered.queue_url,
            "RecordMachineArn": abnormal_endings.machine.arn,
            "KeyArn": key.key_arn,
            "AlertsTopicArn": alerts.topic_arn,
            "DashboardUrl": Console(self, "Console").dashboard(watch.dashboard_name),
        }
        outputs |= {f"{name}TableName": table.table_name for name, table in tables.items()}
        outputs |= {f"{each.node.id}MachineArn": each.arn for each in machines}
        for name, worker in {"Start": start_chain, **functions.invoked}.items():
            outputs[f"{name}FunctionName"] = worker.function.function_name
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
