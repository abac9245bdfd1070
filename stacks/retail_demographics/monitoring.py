"""What people are shown and told about frames."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.watch import Watch

REASONS = (
    "unexpected_key",
    "empty",
    "too_large",
    "not_an_image",
    "too_small",
    "invalid_image",
    "gone",
)
FEWEST_FRAMES = 20  # below this, one bad frame would ring the alarm
HOUR = Duration.hours(1)


def watch_frames(watch: Watch, *, namespace: str, service: str, rejected_percent: float) -> None:
    """Chart what the function counts, and ring when too large a share of frames is rejected."""

    def count(name: str, period: Duration | None = None, **more: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map={"service": service, **more},
            label=more.get("reason", name),
            statistic="Sum",
            period=period or Duration.minutes(5),
        )

    rejected_share = cloudwatch.MathExpression(
        expression=f"IF(analyzed + FILL(rejected, 0) >= {FEWEST_FRAMES}, "
        "100 * FILL(rejected, 0) / (analyzed + FILL(rejected, 0)), 0)",
        using_metrics={
            "analyzed": count("FramesAnalyzed", HOUR),
            "rejected": count("FramesRejected", HOUR),
        },
        label="Rejected frames (%)",
        period=HOUR,
    )
    too_many = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=rejected_percent,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        additional_description="Ask the saved query rejects_by_reason what is wrong with them.",
    )
    confidence = cloudwatch.Metric(
        namespace=namespace,
        metric_name="FaceConfidence",
        dimensions_map={"service": service},
        statistic="p10",
        label="Face confidence, lowest tenth",
    )
    watch.monitor_custom(
        human_readable_name="Frames and faces",
        alarm_friendly_name="Frames",
        metric_groups=[
            CustomMetricGroup(
                title="Frames",
                metrics=[
                    count("FramesAnalyzed"),
                    count("FramesWithoutFaces"),
                    count("FramesRetried"),
                    count("FramesThrottled"),
                    count("FramesDuplicated"),
                ],
            ),
            CustomMetricGroup(title="Faces", metrics=[count("FacesDetected"), confidence]),
            CustomMetricGroup(
                title="Rejects by reason",
                metrics=[count("FramesRejected", reason=reason) for reason in REASONS],
            ),
            CustomMetricGroup(
                title="Rejected share",
                metrics=[
                    CustomMetricWithAlarm(
                        metric=rejected_share,
                        alarm_friendly_name="RejectedShare",
                        add_alarm={"High": too_many},
                    )
                ],
            ),
        ],
    )
