"""Publish what happened to the frames of a batch as CloudWatch metrics."""

from aws_lambda_powertools.metrics import MetricUnit

from retail_demographics.batch_counts import BatchCounts
from runtime.publish_metrics import publish


def publish_counts(counts: BatchCounts) -> None:
    """Publish all counts, how sure Rekognition was of each face, and rejects by their reason."""
    publish(counts.metrics())
    sure = [round(confidence, 2) for confidence in counts.face_confidences]
    publish({"FaceConfidence": sure}, unit=MetricUnit.Percent)
    for reason, frames in sorted(counts.rejected.items()):
        publish({"FramesRejected": frames}, reason=reason)
