"""Service chain: recordings and texts in, one document each out, by a chain of AI services."""

from aws_cdk import CfnOutput, Duration, Stack
from constructs import Construct

from stacks.service_chain.catalog import catalog_documents
from stacks.service_chain.monitoring import watch_documents
from stacks.service_chain.pipeline import Pipeline
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.settings import Shared
from stacks.shared.alerts import AlertTopic, NotificationTopic
from stacks.shared.bucket import PrivateBucket
from stacks.shared.catalog import Catalog
from stacks.shared.console import Console
from stacks.shared.dead_letters import DeadLetters
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
        pipeline = Pipeline(
            self,
            "Pipeline",
            settings=settings,
            quotas=shared.quotas,
            inbox=inbox,
            results=results,
            notifications=notifications,
            undelivered=undelivered,
            key=key,
        )
        chain, functions = pipeline.chain, pipeline.functions
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

        # Who is told.
        alerts = AlertTopic(self, "Alerts", key=key, email=shared.alarms.email)
        watch = Watch(self, "Watch", alerts=alerts, limits=shared.alarms)
        watch.watch_queue(arrivals)
        watch.watch_dead_letters(undelivered)
        watch_documents(watch, oldest_execution_minutes=settings.oldest_execution_minutes)
        for watched in (chain, *pipeline.small_machines):
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
            "KeyArn": key.key_arn,
            "AlertsTopicArn": alerts.topic_arn,
            "DashboardUrl": Console(self, "Console").dashboard(watch.dashboard_name),
        }
        outputs |= {f"{each.node.id}MachineArn": each.arn for each in pipeline.small_machines}
        outputs |= {f"{name}TableName": each.table_name for name, each in pipeline.tables.items()}
        for name, worker in {"Start": start_chain, **functions.invoked}.items():
            outputs[f"{name}FunctionName"] = worker.function.function_name
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
