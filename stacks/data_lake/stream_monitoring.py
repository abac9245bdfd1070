"""The charts and alarms about the delivery stream."""

from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.data_lake.stream import LakeStream
from stacks.shared.alarm import AlarmText
from stacks.shared.monitoring import Monitoring

# Both buffers of a record and the call of the function between them, some times over.
FRESH_TIMES = 3
FEWEST_SECONDS = 900
UNDELIVERED = AlarmText(
    severity="high",
    happened="Firehose could not put an object into the raw zone; it tries again for a day.",
    do="The stream's log names the error: most often the role, the key or the bucket's policy.",
    heading="A stream that does not deliver",
)
STALE = AlarmText(
    severity="low",
    happened="Streamed records wait longer than their buffers explain.",
    do="Look whether deliveries fail, or the function of the stream is throttled.",
    heading="A stream that does not deliver",
)
UNCHECKED = AlarmText(
    severity="high",
    happened="The function of the stream could not be called, or failed, so that a batch waits.",
    do="Mend what its log or the stream's log names; the records are modeled from refused/.",
    heading="A stream that does not check",
)
THROTTLED = AlarmText(
    severity="low",
    happened="Producers put more than the stream takes; they have to put it again.",
    do="Have the producers wait longer between tries, or the stream's quotas raised.",
    heading="A stream that is full",
)


def monitor_stream(monitoring: Monitoring, stream: LakeStream) -> None:
    """Chart what Firehose counts; raise an alarm for what is late, refused or throttled."""

    def metric(name: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/Firehose",
            metric_name=name,
            dimensions_map={"DeliveryStreamName": stream.delivery.name},
            label=name,
            statistic=statistic,
        )

    if stream.messages is not None:
        monitoring.monitor_dead_letters(stream.messages.undelivered)
    throttled = metric("ThrottledRecords", "Sum")
    if stream.source is not None:
        throttled = stream.source.metric_write_provisioned_throughput_exceeded(statistic="Sum")
    below = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
    above = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
    late = max(FEWEST_SECONDS, FRESH_TIMES * stream.seconds)
    alarms = (
        ("StreamUndelivered", metric("DeliveryToS3.Success", "Average"), below, 1, UNDELIVERED),
        ("StreamStale", metric("DeliveryToS3.DataFreshness", "Maximum"), above, late, STALE),
        ("StreamUnchecked", metric("ExecuteProcessing.Success", "Average"), below, 1, UNCHECKED),
        ("StreamThrottled", throttled, above, 0, THROTTLED),
    )
    counted = {
        "Streamed": [
            metric("IncomingRecords", "Sum"),
            metric("SucceedProcessing.Records", "Sum"),
            metric("DeliveryToS3.Records", "Sum"),
        ],
        "Looked at": [monitoring.metric("RecordsStreamed"), monitoring.metric("RecordsRefused")],
    }
    monitoring.monitor_custom(
        human_readable_name="Stream",
        alarm_friendly_name="Stream",
        metric_groups=[
            *(CustomMetricGroup(title=title, metrics=list(m)) for title, m in counted.items()),
            *(
                CustomMetricGroup(
                    title=name,
                    metrics=[
                        CustomMetricWithAlarm(
                            metric=measure,
                            alarm_friendly_name=name,
                            add_alarm={
                                "Now": CustomThreshold(
                                    comparison_operator=operator,
                                    threshold=limit,
                                    **monitoring.options(name, text),
                                )
                            },
                        )
                    ],
                )
                for name, measure, operator, limit, text in alarms
            ),
        ],
    )
