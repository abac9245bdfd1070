"""Service chain: recordings and texts in, one document each out, by a chain of AI services."""

from aws_cdk import CfnOutput, Duration, Stack
from constructs import Construct

from stacks.service_chain.catalog import catalog_documents
from stacks.service_chain.chain import chain, functions_of
from stacks.service_chain.jobs import Job
from stacks.service_chain.monitoring import watch_documents
from stacks.service_chain.permissions import allow_chain
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.transcription import Transcription
from stacks.service_chain.unrecorded import Unrecorded
from stacks.service_chain.workers import Workers
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

START_SECONDS, MEASURE_SECONDS = 60, 60
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
        definition = chain(settings, shared.quotas, stack_name=self.stack_name)

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
        pace = Ledger(self, "Pace", entry="api", key=key)
        arrivals = WorkQueue(
            self,
            "Arrivals",
            key=key,
            visibility_seconds=visibility_seconds(START_SECONDS),
            deliveries=settings.deliveries,
        )
        undelivered = DeadLetters(self, "Undelivered", key=key)
        notifications = NotificationTopic(self, "Notifications", key=key)
        workers = Workers(
            self,
            "Workers",
            key=key,
            inbox=inbox,
            results=results,
            settings=settings,
            needed=functions_of(definition),
        )
        transcription = (
            Transcription(
                self,
                "Transcription",
                results=results,
                key=key,
                undelivered=undelivered,
                log_days=settings.log_days,
            )
            if settings.transcribe
            else None
        )
        machine = Machine(
            self,
            "Chain",
            definition=definition,
            places={
                **{name: w.function.function_arn for name, w in workers.functions.items()},
                **(transcription.places if transcription else {}),
                "Key": key.key_arn,
                "Notifications": notifications.topic_arn,
                "Pace": pace.table_name,
                "ResultsBucket": results.bucket_name,
            },
            key=key,
            log_days=settings.log_days,
        )
        told = {"STATE_MACHINE_ARN": machine.arn}
        rate = {"STARTS_PER_SECOND": str(settings.starts_per_second / START_INSTANCES)}
        start_chain = workers.employ("Start", Job("start_chain", START_SECONDS, rate), told=told)
        measure_age = workers.employ("Measure", Job("measure_age", MEASURE_SECONDS, {}), told=told)
        unrecorded = Unrecorded(
            self,
            "Unrecorded",
            chain=machine,
            record_failure=workers.functions["RecordFailure"],
            notifications=notifications,
            key=key,
            undelivered=undelivered,
            log_days=settings.log_days,
        )
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
        allow(start_chain.role, "states:StartExecution", on=[machine.arn])
        key.allow(start_chain.role, "kms:Decrypt", through=["sqs"])
        allow(measure_age.role, "states:ListExecutions", on=[machine.arn])
        notifications.allow_only(machine.role, unrecorded.machine.role)
        allow_chain(
            machine,
            settings=settings,
            results=results,
            pace=pace,
            key=key,
            functions=workers.functions,
        )
        if transcription:
            transcription.allow(machine.role, inbox=inbox)

        # Who is told.
        alerts = AlertTopic(self, "Alerts", key=key, email=shared.alarms.email)
        watch = Watch(self, "Watch", alerts=alerts, limits=shared.alarms)
        watch.watch_queue(arrivals)
        watch.watch_dead_letters(undelivered)
        watch_documents(watch, oldest_execution_minutes=settings.oldest_execution_minutes)
        machines = [machine, unrecorded.machine, *([transcription.resume] if transcription else [])]
        for watched in machines:
            watch.watch_machine(watched)
        for worker in (start_chain, *workers.functions.values(), measure_age):
            watch.watch_function(worker)
        outputs = {
            "InboxBucketName": inbox.bucket_name,
            "ResultsBucketName": results.bucket_name,
            "StateMachineArn": machine.arn,
            "NotificationTopicArn": notifications.topic_arn,
            "DatabaseName": catalog.database.ref,
            "WorkgroupName": workgroup.resource.ref,
            "QueueUrl": arrivals.queue.queue_url,
            "DeadLetterQueueUrl": arrivals.dead_letters.queue_url,
            "UndeliveredQueueUrl": undelivered.queue_url,
            "PaceTableName": pace.table_name,
            "RecordMachineArn": unrecorded.machine.arn,
            "KeyArn": key.key_arn,
            "AlertsTopicArn": alerts.topic_arn,
            "DashboardUrl": Console(self, "Console").dashboard(watch.dashboard_name),
        }
        if transcription:
            outputs["CallbacksTableName"] = transcription.callbacks.table_name
            outputs["ResumeMachineArn"] = transcription.resume.arn
        for name, worker in {"Start": start_chain, **workers.functions}.items():
            outputs[f"{name}FunctionName"] = worker.function.function_name
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
