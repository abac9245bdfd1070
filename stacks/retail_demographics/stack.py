"""Retail demographics: frames in, faces as CSV, views with thresholds out."""

from aws_cdk import Duration
from constructs import Construct

from stacks.retail_demographics import DESCRIPTION
from stacks.retail_demographics.capacity import capacities
from stacks.retail_demographics.catalog import FaceCatalog
from stacks.retail_demographics.contracts import offers
from stacks.retail_demographics.monitoring import monitor_frames
from stacks.retail_demographics.settings import RetailDemographics
from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import publish
from stacks.shared.permissions import allow_unscoped
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.queue import WorkQueue
from stacks.shared.regional import ByRegion

LEDGER_DAYS = 15  # a day longer than a message can wait in the dead-letter queue


class RetailDemographicsStack(ArchitectureStack):
    """Count shoppers by age band, gender and mood, and delete the frames they were seen in."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: RetailDemographics, shared: Shared
    ) -> None:
        super().__init__(
            scope, construct_id, description=DESCRIPTION, retention=settings, shared=shared
        )
        baseline, key, monitoring = self.baseline, self.key, self.monitoring

        # What there is.
        here = ByRegion(self, "Capacity", values=capacities(settings, shared.quotas))
        frames = PrivateBucket(self, "Frames", baseline=baseline, expires_after=Duration.days(1))
        kept = Duration.days(settings.result_days)
        results = PrivateBucket(self, "Results", baseline=baseline, expires_after=kept)
        ledger = ExpiringTable(self, "IdempotencyRequests", entry="frame_id", key=key)
        arrivals = WorkQueue(
            self,
            "Arrivals",
            key=key,
            function_seconds=settings.timeout_seconds,
            window_seconds=settings.batch_window_seconds,
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
                "REPEATS_COUNT_ONCE": str(settings.repeated_uploads_count_once).lower(),
                "CALLS_PER_SECOND": here.text(lambda capacity: capacity.calls_per_second),
                "CONCURRENT_CALLS": here.text(lambda capacity: capacity.threads),
                "MAX_CAPTURE_AGE_DAYS": str(settings.max_capture_age_days),
            },
            timeout=Duration.seconds(settings.timeout_seconds),
            memory_mib=settings.memory_mib,
            log_days=settings.log_days,
        )
        catalog = FaceCatalog(
            self, "Catalog", baseline=baseline, settings=settings, results=results
        )

        # Who calls whom.
        arrivals.receive_new_objects(frames)
        arrivals.feed(
            analyze,
            batch_size=settings.batch_size,
            concurrency=here.number(lambda capacity: capacity.instances),
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

        if settings.hand_over_faces:
            offered = offers(stack_name=self.stack_name)
            publish(self, "ResultsBucket", offered.detections.bucket, results.bucket_name)

        # What is monitored, and what a person needs to use it.
        monitoring.monitor_queue(arrivals)
        monitoring.monitor_functions([analyze])
        monitor_frames(monitoring, rejected_percent=settings.rejected_percent)
        self.add_outputs(
            {
                "FramesBucketName": frames.bucket_name,
                "ResultsBucketName": results.bucket_name,
                "FunctionName": analyze.function.function_name,
                "LogGroupName": analyze.log_group.log_group_name,
                **arrivals.outputs,
                **catalog.outputs,
            }
        )
