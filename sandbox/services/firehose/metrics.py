"""What AWS/Firehose counts of a delivery stream."""

from sandbox.services.cloudwatch.upstream import cloudwatch


# https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
def record(stream: str, unit: str = "Count", **values: float) -> None:
    """Record metrics of one unit; a period in a metric's name is written as two underscores."""
    for name, value in values.items():
        cloudwatch.record_metric(
            "AWS/Firehose",
            name.replace("__", "."),
            value,
            unit,
            {"DeliveryStreamName": stream},
        )
