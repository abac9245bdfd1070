"""The charts and alarms about the stream, whoever reads it."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.data_lake.spark_stream import SparkStream
from stacks.data_lake.stream import LakeStream
from stacks.shared.alarm import AlarmText
from stacks.shared.data_stream import DataStream
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
UNREAD = AlarmText(
    severity="high",
    happened="No job reads the stream, which keeps its records for stream_kept_hours.",
    do="Look why runs of the application end, or why the machine KeepStreaming starts none.",
    heading="A stream that nobody reads",
)
LATE = AlarmText(
    severity="high",
    happened="The streaming job is late, and the stream keeps its records for stream_kept_hours.",
    do="Raise stream_executors, unless the log of the job tells of batches that fail.",
    heading="A stream that nobody reads",
)
UNKEPT = AlarmText(
    severity="high",
    happened="The machine could not look after the streaming job, which may stand still.",
    do="Mend what its execution names; it looks again every five minutes.",
    heading="A stream that nobody reads",
)
_BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
READ_PERIODS = 3  # batches without a single look at the stream


Watched = tuple[str, cloudwatch.Metric, CustomThreshold]


def monitor_stream(monitoring: Monitoring, stream: LakeStream) -> None:
    """Chart what is streamed; raise an alarm for what is late, refused, throttled or unread."""
    if stream.messages is not None:
        monitoring.monitor_dead_letters(stream.messages.undelivered)
    watched = [_throttled(monitoring, stream)]
    counted: Mapping[str, Sequence[cloudwatch.Metric]] = {}
    if stream.delivery is not None:
        counted = {
            "Streamed": [
                _metric(stream, "IncomingRecords", "Sum"),
                _metric(stream, "SucceedProcessing.Records", "Sum"),
                _metric(stream, "DeliveryToS3.Records", "Sum"),
            ],
            "Looked at": [
                monitoring.metric("RecordsStreamed"),
                monitoring.metric("RecordsRefused"),
            ],
        }
        watched = [*_delivery(monitoring, stream), *watched]
    elif stream.spark is not None and stream.source is not None:
        _monitor_keeper(monitoring, stream.spark)
        counted = {
            "Streamed": [
                stream.source.metric_incoming_records(statistic="Sum"),
                stream.source.metric_get_records(statistic="Sum"),
            ]
        }
        watched = [*_reading(monitoring, stream, stream.source), *watched]
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
                            metric=measure, alarm_friendly_name=name, add_alarm={"Now": limit}
                        )
                    ],
                )
                for name, measure, limit in watched
            ),
        ],
    )


def _metric(stream: LakeStream, name: str, statistic: str) -> cloudwatch.Metric:
    dimensions = {"DeliveryStreamName": stream.delivery.name} if stream.delivery else {}
    return cloudwatch.Metric(
        namespace="AWS/Firehose",
        metric_name=name,
        dimensions_map=dimensions,
        label=name,
        statistic=statistic,
    )


def _throttled(monitoring: Monitoring, stream: LakeStream) -> Watched:
    throttled = (
        stream.source.metric_write_provisioned_throughput_exceeded(statistic="Sum")
        if stream.source
        else _metric(stream, "ThrottledRecords", "Sum")
    )
    name = "StreamThrottled"
    return name, throttled, _limit(monitoring, name, THROTTLED, _ABOVE, 0)


def _delivery(monitoring: Monitoring, stream: LakeStream) -> Iterator[Watched]:
    late = max(FEWEST_SECONDS, FRESH_TIMES * stream.seconds)
    for name, measure, operator, limit, text in (
        ("StreamUndelivered", ("DeliveryToS3.Success", "Average"), _BELOW, 1, UNDELIVERED),
        ("StreamStale", ("DeliveryToS3.DataFreshness", "Maximum"), _ABOVE, late, STALE),
        ("StreamUnchecked", ("ExecuteProcessing.Success", "Average"), _BELOW, 1, UNCHECKED),
    ):
        found = _metric(stream, *measure)
        yield name, found, _limit(monitoring, name, text, operator, limit)


def _reading(monitoring: Monitoring, stream: LakeStream, source: DataStream) -> Iterator[Watched]:
    """Tell by the stream whether it is read: each batch asks it for records, if there are none."""
    seconds = max(FEWEST_SECONDS, READ_PERIODS * stream.seconds) // 60 * 60
    period = Duration.seconds(seconds)
    looks = source.metric_get_records_iterator_age_milliseconds(
        statistic="SampleCount", period=period
    )
    name = "StreamUnread"
    breaching = {"treat_missing_data_override": cloudwatch.TreatMissingData.BREACHING}
    options = {**monitoring.options(name, UNREAD), **breaching}
    unread = CustomThreshold(comparison_operator=_BELOW, threshold=1, **options)
    yield name, looks, unread
    age = source.metric_get_records_iterator_age_milliseconds(statistic="Maximum")
    limit = stream.late_minutes * 60_000
    yield "StreamLate", age, _limit(monitoring, "StreamLate", LATE, _ABOVE, limit)


def _monitor_keeper(monitoring: Monitoring, spark: SparkStream) -> None:
    monitoring.monitor_dead_letters(spark.undelivered)
    monitoring.monitor_machine(spark.keeper, UNKEPT)


def _limit(
    monitoring: Monitoring,
    name: str,
    text: AlarmText,
    operator: cloudwatch.ComparisonOperator,
    limit: float,
) -> CustomThreshold:
    return CustomThreshold(
        comparison_operator=operator, threshold=limit, **monitoring.options(name, text)
    )
