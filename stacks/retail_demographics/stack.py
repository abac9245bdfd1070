"""Retail demographics: frames in, faces as CSV, views with thresholds out."""

from aws_cdk import CfnOutput, Duration, Stack
from constructs import Construct

from stacks.retail_demographics.capacity import (
    Capacity,
    capacity_within,
    largest_batch,
)
from stacks.retail_demographics.catalog import catalog_frames
from stacks.retail_demographics.monitoring import watch_frames
from stacks.retail_demographics.settings import RetailDemographics
from stacks.settings import SettingsError, Shared
from stacks.shared.alerts import AlertTopic
from stacks.shared.bucket import PrivateBucket
from stacks.shared.catalog import Catalog
from stacks.shared.console import Console
from stacks.shared.function import PythonFunction
from stacks.shared.ledger import Ledger
from stacks.shared.permissions import allow_unscoped
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.protection import Protection
from stacks.shared.queue import WorkQueue, visibility_seconds
from stacks.shared.regional import ByRegion
from stacks.shared.watch import Watch
from stacks.shared.workgroup import QueryWorkgroup

LEDGER_DAYS = 15  # a day longer than a message can wait in the dead-letter queue
DESCRIPTION = (
    "Counts who is in the pictures of store cameras, by age band, gender and expression, with "
    "Rekognition; a frame is deleted once it is counted, or by a rule of one day. Use it for "
    "lawful, aggregated statistics only: never to identify, track or single out a person, nor to "
    "decide about one. Gender is a guess from appearance, not an identity; an expression is not a "
    "feeling; an age is a range. Tell the people who are filmed, and opt out of the use of content "
    "by AI services. See docs/retail_demographics.md."
)


class RetailDemographicsStack(Stack):
    """Count shoppers by age band, gender and mood, and forget the frames they were seen in."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: RetailDemographics,
        shared: Shared,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=shared.stack_name(construct_id),
            description=DESCRIPTION,
        )
        capacities = {
            region: capacity_within(quota * settings.quota_share, settings.calls_per_instance)
            for region, quota in shared.quotas.detect_faces_per_second.items()
        }
        for capacity in capacities.values():
            _check_batches(settings, capacity)

        # What there is.
        capacity_here = ByRegion(self, "Capacity", values=capacities)
        protection = Protection(
            self, access_log_days=settings.access_log_days, disposable=shared.removal.deletes_data
        )
        key = protection.key
        frames = PrivateBucket(
            self, "Frames", protection=protection, expires_after=Duration.days(1)
        )
        results = PrivateBucket(
            self,
            "Results",
            protection=protection,
            expires_after=Duration.days(settings.result_days),
        )
        ledger = Ledger(self, "Ledger", entry="frame_id", key=key)
        arrivals = WorkQueue(
            self,
            "Arrivals",
            key=key,
            visibility_seconds=visibility_seconds(
                settings.timeout_seconds, window_seconds=settings.batch_window_seconds
            ),
            deliveries=settings.deliveries,
        )
        analyze = PythonFunction(
            self,
            "AnalyzeFaces",
            entry="retail_demographics.analyze_faces",
            key=key,
            powertools=PowertoolsLayer(self, "Powertools"),
            environment={
                "RESULTS_BUCKET": results.bucket_name,
                "LEDGER_TABLE": ledger.table_name,
                "LEDGER_DAYS": str(LEDGER_DAYS),
                "DELETE_FRAMES": str(settings.delete_analyzed_frames).lower(),
                "CALLS_PER_SECOND": capacity_here.text(lambda here: here.calls_per_second),
                "CONCURRENT_CALLS": capacity_here.text(lambda here: here.threads),
                "MAX_CAPTURE_AGE_DAYS": str(settings.max_capture_age_days),
            },
            timeout=Duration.seconds(settings.timeout_seconds),
            memory_mib=settings.memory_mib,
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
            description="Faces seen in stores; use the views, for aggregates only.",
            bucket=results,
            workgroup=workgroup,
        )
        catalog_frames(catalog, settings)

        # Who calls whom.
        arrivals.receive_new_objects(frames)
        arrivals.feed(
            analyze,
            batch_size=settings.batch_size,
            window_seconds=settings.batch_window_seconds,
            concurrency=capacity_here.number(lambda here: here.instances),
        )

        # Who may do what.
        allow_unscoped(
            analyze.role,
            "DetectFaces",
            "rekognition:DetectFaces",
            because="An image has no ARN, so DetectFaces has no resource to scope to.",
        )
        deletion = ["s3:DeleteObjectVersion"] if settings.delete_analyzed_frames else []
        frames.allow(analyze.role, "s3:GetObjectVersion", *deletion)
        frames.allow_telling_gone_from_denied(analyze.role)
        results.allow(analyze.role, "s3:PutObject", prefix="detections/")
        results.allow(analyze.role, "s3:PutObject", prefix="rejects/")
        ledger.allow(analyze.role, "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem")
        key.allow(analyze.role, "kms:Decrypt", through=["s3", "sqs", "dynamodb"])
        key.allow(analyze.role, "kms:GenerateDataKey", through=["s3"])

        # Who is told.
        alerts = AlertTopic(self, "Alerts", key=key, email=shared.alarms.email)
        watch = Watch(self, "Watch", alerts=alerts, limits=shared.alarms)
        watch.watch_queue(arrivals)
        watch.watch_function(analyze)
        watch_frames(watch, rejected_percent=settings.rejected_percent)
        outputs = {
            "FramesBucketName": frames.bucket_name,
            "ResultsBucketName": results.bucket_name,
            "DatabaseName": catalog.database.ref,
            "WorkgroupName": workgroup.resource.ref,
            "QueueUrl": arrivals.queue.queue_url,
            "DeadLetterQueueUrl": arrivals.dead_letters.queue_url,
            "FunctionName": analyze.function.function_name,
            "LogGroupName": analyze.log_group.log_group_name,
            "KeyArn": key.key_arn,
            "AlertsTopicArn": alerts.topic_arn,
            "DashboardUrl": Console(self, "Console").dashboard(watch.dashboard_name),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _check_batches(settings: RetailDemographics, capacity: Capacity) -> None:
    """Refuse batches that Lambda would not take, or that an instance could not finish in time."""
    largest = largest_batch(capacity, settings.timeout_seconds)
    if settings.batch_size > largest:
        raise SettingsError(
            f"retail_demographics.batch_size is {settings.batch_size}; allowed: at most {largest} "
            f"at {capacity.calls_per_second} calls per second and instance within "
            f"{settings.timeout_seconds} seconds; lower it, or raise timeout_seconds or the quota"
        )
    if settings.batch_size > 10 and not settings.batch_window_seconds:
        raise SettingsError(
            "retail_demographics.batch_window_seconds is 0; allowed: 1 to 300 for a batch of more "
            "than 10; raise it, or lower batch_size"
        )
