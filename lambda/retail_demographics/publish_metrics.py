"""Publish a tally as CloudWatch metrics, through the log (EMF)."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from retail_demographics.tally import Tally


def publish(tally: Tally) -> None:
    """Print the metrics; Powertools takes namespace and service from the environment."""
    counts = EphemeralMetrics()
    for name, count in tally.metrics().items():
        counts.add_metric(name, MetricUnit.Count, count)
    counts.flush_metrics()

    confidences = EphemeralMetrics()
    for confidence in tally.face_confidences:
        confidences.add_metric("FaceConfidence", MetricUnit.Percent, round(confidence, 2))
    if confidences.metric_set:  # Powertools has printed every full hundred by itself
        confidences.flush_metrics()

    for reason, frames in sorted(tally.rejected.items()):
        rejects = EphemeralMetrics()
        rejects.add_dimension("reason", reason)
        rejects.add_metric("FramesRejected", MetricUnit.Count, frames)
        rejects.flush_metrics()
