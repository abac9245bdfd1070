"""The charts and alarms about files and records."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.alarm import AlarmText
from stacks.shared.monitoring import Monitoring

FEWEST_RECORDS = 100  # below this, one bad record would raise the alarm
HOUR = Duration.hours(1)
Alarms = dict[str, CustomThreshold]
FILES = AlarmText(
    severity="high",
    happened="A whole file was set aside: none of its records is in the lake.",
    do="Ask the table quarantine for rows without a line, and have it sent again in order.",
    heading="Files set aside",
)
RECORDS = AlarmText(
    severity="high",
    happened="Too large a share of an hour's records breaks its contract.",
    do="Ask the saved query quarantine_by_reason what is wrong, and talk to who sends them.",
    heading="Records set aside",
)


def monitor_records(monitoring: Monitoring, *, set_aside_percent: float) -> None:
    """Chart what the function counts; raise an alarm for a file, or too many records, set aside."""
    share = cloudwatch.MathExpression(
        # Where all are set aside, nothing at all was modeled.
        expression=f"IF(FILL(modeled, 0) + FILL(aside, 0) >= {FEWEST_RECORDS}, "
        "100 * FILL(aside, 0) / (FILL(modeled, 0) + FILL(aside, 0)), 0)",
        using_metrics={
            "modeled": monitoring.metric("RecordsModeled", period=HOUR),
            "aside": monitoring.metric("RecordsSetAside", period=HOUR),
        },
        label="Records set aside (%)",
        period=HOUR,
    )
    files, records = (
        CustomThreshold(
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=limit,
            **monitoring.options(name, text),
        )
        for name, limit, text in (
            ("FilesSetAside", 0, FILES),
            ("RecordsSetAside", set_aside_percent, RECORDS),
        )
    )
    counted = {
        "Files": (
            *("FilesModeled", "FilesRepeated", "FilesHandedOver"),
            *("FilesToComeAgain", "FilesWithAddedColumns"),
        ),
        "Objects": ("ObjectsCatalogued",),
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
