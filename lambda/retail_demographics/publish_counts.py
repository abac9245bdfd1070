"""Publish what happened to the frames of a batch as CloudWatch metrics."""

from aws_lambda_powertools.metrics import MetricUnit

from retail_demographics.tally import Tally
from runtime.publish_metrics import publish


def publish_counts(tally: Tally) -> None:
    """Publish all counts, how sure Rekognition was of each face, and rejects by their reason."""
    publish(tally.metrics())
    sure = [round(confidence, 2) for confidence in tally.face_confidences]
    publish({"FaceConfidence": sure}, unit=MetricUnit.Percent)
    for reason, frames in sorted(tally.rejected.items()):
        publish({"FramesRejected": frames}, reason=reason)
