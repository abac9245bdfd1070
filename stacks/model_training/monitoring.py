"""The charts and the alarm about executions of the pipeline."""

from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.alarm import AlarmText
from stacks.shared.monitoring import Monitoring

FAILED = AlarmText(
    severity="high",
    happened="An execution of the pipeline failed or was stopped: there is no new model.",
    do="Its record in the bucket of failures says which step and why; mend that, then redrive.",
    heading="Failed executions",
)


def monitor_executions(monitoring: Monitoring) -> None:
    """Chart what the functions count; raise an alarm for an execution that failed."""
    names = ("ExecutionsStarted", "ExecutionsNotNeeded", "WishesToComeAgain")
    failed = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=0,
        **monitoring.options("ExecutionsFailed", FAILED),
    )
    monitoring.monitor_custom(
        human_readable_name="Executions",
        alarm_friendly_name="Executions",
        metric_groups=[
            CustomMetricGroup(title="Started", metrics=[monitoring.metric(n) for n in names]),
            CustomMetricGroup(
                title="Failed",
                metrics=[
                    CustomMetricWithAlarm(
                        metric=monitoring.metric("ExecutionsFailed"),
                        alarm_friendly_name="ExecutionsFailed",
                        add_alarm={"Some": failed},
                    )
                ],
            ),
        ],
    )
