"""The charts and alarms about frames."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.alarm import AlarmText
from stacks.shared.monitoring import Monitoring

REASONS = (
    "unexpected_key",
    "empty",
    "too_large",
    "not_an_image",
    "too_small",
    "invalid_image",
    "gone",
)
FEWEST_FRAMES = 20  # below this, one bad frame would raise the alarm
HOUR = Duration.hours(1)
REJECTED = AlarmText(
    severity="high",
    happened="Too large a share of an hour's frames could not be used.",
    do="Ask the saved query rejects_by_reason what is wrong with them, and mend that camera.",
    heading="Rejected frames",
)


def monitor_frames(monitoring: Monitoring, *, rejected_percent: float) -> None:
    """Chart what the function counts; raise an alarm when too many frames are rejected."""
    rejected_share = cloudwatch.MathExpression(
        # Where all are rejected, nothing at all was analyzed.
        expression=f"IF(FILL(analyzed, 0) + FILL(rejected, 0) >= {FEWEST_FRAMES}, "
        "100 * FILL(rejected, 0) / (FILL(analyzed, 0) + FILL(rejected, 0)), 0)",
        using_metrics={
            "analyzed": monitoring.metric("FramesAnalyzed", period=HOUR),
            "rejected": monitoring.metric("FramesRejected", period=HOUR),
        },
        label="Rejected frames (%)",
        period=HOUR,
    )
    too_many = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=rejected_percent,
        **monitoring.options("FramesRejected", REJECTED),
    )
    counted = (
        *("FramesAnalyzed", "FramesWithoutFaces"),
        *("FramesRetried", "FramesThrottled", "FramesDuplicated", "UploadsRepeated"),
    )
    confidence = monitoring.metric("FaceConfidence", "p10", label="Face confidence, lowest tenth")
    monitoring.monitor_custom(
        human_readable_name="Frames and faces",
        alarm_friendly_name="Frames",
        metric_groups=[
            CustomMetricGroup(
                title="Frames", metrics=[monitoring.metric(name) for name in counted]
            ),
            CustomMetricGroup(
                title="Faces", metrics=[monitoring.metric("FacesDetected"), confidence]
            ),
            CustomMetricGroup(
                title="Rejects by reason",
                metrics=[
                    monitoring.metric("FramesRejected", label=reason, reason=reason)
                    for reason in REASONS
                ],
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
