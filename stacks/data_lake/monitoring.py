"""The charts and alarms about files and records."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.monitoring import Monitoring

FEWEST_RECORDS = 100  # below this, one bad record would raise the alarm
HOUR = Duration.hours(1)
Alarms = dict[str, CustomThreshold]


def monitor_records(monitoring: Monitoring, *, set_aside_percent: float) -> None:
    """Chart what the function counts; raise an alarm for a file, or too many records, set aside."""
    share = cloudwatch.MathExpression(
        expression=f"IF(modeled + FILL(aside, 0) >= {FEWEST_RECORDS}, "
        "100 * FILL(aside, 0) / (modeled + FILL(aside, 0)), 0)",
        using_metrics={
            "modeled": monitoring.metric("RecordsModeled", period=HOUR),
            "aside": monitoring.metric("RecordsSetAside", period=HOUR),
        },
        label="Records set aside (%)",
        period=HOUR,
    )
    what = "Ask the saved query quarantine_by_reason what is wrong with them."
    files, records = (
        CustomThreshold(
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=limit,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            additional_description=what,
        )
        for limit in (0, set_aside_percent)
    )
    counted = {
        "Files": ("FilesModeled", "FilesRepeated", "FilesToComeAgain", "FilesWithAddedColumns"),
        "Records": ("RecordsModeled", "RecordsRepeated", "RecordsSetAside"),
    }
    alarmed: dict[str, tuple[cloudwatch.Metric | cloudwatch.MathExpression, Alarms]] = {
        "FilesSetAside": (monitoring.metric("FilesSetAside"), {"Some": files}),
        "RecordsSetAsideShare": (share, {"High": records}),
    }
    monitoring.monitor_custom(
        human_readable_name="Files and records",
        alarm_friendly_name="Records",
        metric_groups=[
            *(
                CustomMetricGroup(title=title, metrics=[monitoring.metric(n) for n in names])
                for title, names in counted.items()
            ),
            *(
                CustomMetricGroup(
                    title=name,
                    metrics=[
                        CustomMetricWithAlarm(
                            metric=metric, alarm_friendly_name=name, add_alarm=alarms
                        )
                    ],
                )
                for name, (metric, alarms) in alarmed.items()
            ),
        ],
    )
