"""Alarms of an endpoint: those that take an update back, and those that people look after."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.model_hosting.endpoint_request import VARIANT
from stacks.model_hosting.settings import ModelHosting
from stacks.shared.alarm import AlarmText
from stacks.shared.monitoring import Monitoring

MINUTE, FIVE = Duration.minutes(1), Duration.minutes(5)
FEWEST = 20  # answers, below which one failure would ring
GREATER = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
FAILING = AlarmText(
    severity="high",
    happened="Too large a share of what the endpoint is asked fails in its container.",
    do="An update is taken back by this; otherwise look at the endpoint's log.",
    heading="A model that fails",
)
SLOW = AlarmText(
    severity="high",
    happened="The model takes longer for an answer than it may.",
    do="An update is taken back by this; otherwise compare instances and requests.",
    heading="A slow model",
)
BUSY = AlarmText(
    severity="low",
    happened="Instances of the endpoint are short of processor, memory or disk.",
    do="Look whether it scales, and raise most_instances or the instance's size.",
    heading="Busy instances",
)
NOT_DEPLOYED = AlarmText(
    severity="high",
    happened="An approved model is not served: its update was taken back, or did not begin.",
    do="The record in the failures bucket says why; what served before still does.",
    heading="A deployment that failed",
)


class EndpointAlarms:
    """The alarms of one variant; ``rollback`` names those that an update is watched by."""

    def __init__(self, monitoring: Monitoring, settings: ModelHosting, endpoint: str) -> None:
        self._monitoring, self._endpoint = monitoring, endpoint
        self.rollback = [f"{monitoring.dashboard_name}-{name}" for name in ("Failing", "Slow")]
        calls = {
            "asked": self._metric("Invocations"),
            "failed": self._metric("Invocation5XXErrors"),
            "broken": self._metric("InvocationModelErrors"),
        }
        failing = cloudwatch.MathExpression(
            expression=f"IF(FILL(asked, 0) >= {FEWEST}, "
            "100 * (FILL(failed, 0) + FILL(broken, 0)) / FILL(asked, 0), 0)",
            using_metrics=calls,
            label="Failed (%)",
            period=MINUTE,
        )
        slow = self._metric("ModelLatency", "p95", label="Model latency, p95 (µs)")
        monitoring.monitor_custom(
            human_readable_name="Endpoint",
            alarm_friendly_name="Endpoint",
            metric_groups=[
                CustomMetricGroup(title="Calls", metrics=list(calls.values())),
                self._group("Failed", failing, "Failing", FAILING, settings.failed_percent),
                self._group("Latency", slow, "Slow", SLOW, settings.slow_milliseconds * 1000),
                CustomMetricGroup(title="Refused", metrics=[self._metric("Invocation4XXErrors")]),
                *(
                    self._group(name, self._instances(name), f"Busy{name}", BUSY, limit)
                    for name, limit in _limits(settings).items()
                ),
            ],
        )

    def _metric(
        self,
        name: str,
        statistic: str = "Sum",
        *,
        period: Duration = MINUTE,
        label: str | None = None,
        namespace: str = "AWS/SageMaker",
    ) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map={"EndpointName": self._endpoint, "VariantName": VARIANT},
            statistic=statistic,
            period=period,
            label=label or name,
        )

    def _instances(self, name: str) -> cloudwatch.Metric:
        """Measure instances; processors are counted one by one, 100 % each."""
        return self._metric(
            f"{name}Utilization", "Average", period=FIVE, namespace="/aws/sagemaker/Endpoints"
        )

    def _group(
        self,
        title: str,
        metric: Any,
        name: str,
        text: AlarmText,
        limit: float,
    ) -> CustomMetricGroup:
        threshold = CustomThreshold(
            comparison_operator=GREATER, threshold=limit, **self._monitoring.options(name, text)
        )
        alarmed = CustomMetricWithAlarm(
            metric=metric, alarm_friendly_name=name, add_alarm={"High": threshold}
        )
        return CustomMetricGroup(title=title, metrics=[alarmed])


def _limits(settings: ModelHosting) -> Mapping[str, float]:
    return {
        "CPU": settings.busy_percent * settings.processors,
        "Memory": settings.busy_percent,
        "Disk": settings.busy_percent,
    }
