"""Alarms of an endpoint: those that take an update back, and those that people look after."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.model_hosting.endpoint_request import CHALLENGER, CHAMPION
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
UNLIKE = AlarmText(
    severity="high",
    happened="During an update, answers are spread otherwise than they were before it.",
    do="An update is taken back by this; one that is meant to answer otherwise has a higher limit.",
    heading="A model that answers otherwise",
)
BUSY = AlarmText(
    severity="low",
    happened="Instances of the endpoint are short of processor, memory or disk.",
    do="Look whether it scales, and raise most_instances or the instance's size.",
    heading="Busy instances",
)
WORSE = AlarmText(
    severity="high",
    happened="A challenger has no traffic any more, or its experiment is not looked at.",
    do="Its records in experiments/ say why; end it with operations challenge.",
    heading="An experiment that ended badly",
)
NOT_DEPLOYED = AlarmText(
    severity="high",
    happened="An approved model is not served: its update was taken back, or did not begin.",
    do="The record in the failures bucket says why; what served before still does.",
    heading="A deployment that failed",
)


class EndpointAlarms:
    """The alarms of an endpoint's variants.

    ``rollback`` names those that every update is watched by, ``of_challenger`` those that tell of a
    challenger, if there is one.
    """

    def __init__(self, monitoring: Monitoring, settings: ModelHosting, endpoint: str) -> None:
        self._monitoring, self._endpoint, self._settings = monitoring, endpoint, settings
        stack, both = monitoring.dashboard_name, ("Failing", "Slow")
        self.rollback = [f"{stack}-{name}" for name in (*both, "Unlike")]
        self.of_challenger = [f"{stack}-{CHALLENGER}{name}" for name in both]
        unlike = monitoring.metric("PredictionShift", "Average", period=MINUTE)
        self._monitor(
            "Endpoint",
            [
                *self._calls(CHAMPION, ""),
                self._group("Spread", unlike, "Unlike", UNLIKE, settings.most_shift),
                *(
                    self._group(name, self._instances(name), f"Busy{name}", BUSY, limit)
                    for name, limit in _limits(settings).items()
                ),
            ],
        )
        self._monitor(CHALLENGER, self._calls(CHALLENGER, CHALLENGER))

    def _monitor(self, name: str, groups: Sequence[CustomMetricGroup]) -> None:
        self._monitoring.monitor_custom(
            human_readable_name=name, alarm_friendly_name=name, metric_groups=list(groups)
        )

    def _calls(self, variant: str, prefix: str) -> list[CustomMetricGroup]:
        """Watch what a variant is asked; names of its alarms begin with ``prefix``.

        An answer of any status is a sample of the errors, of endpoints without ``Invocations``,
        too: asynchronous ones have neither those nor model errors. Those hold what failed, what
        hung up or took too long, and what was refused, which is the caller's.
        https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
        """
        settings, errors = self._settings, "Invocation5XXErrors"
        refused = self._metric("Invocation4XXErrors", variant=variant)
        calls = {
            "asked": self._metric(errors, "SampleCount", label="Invocations", variant=variant),
            "failed": self._metric(errors, variant=variant),
            "broken": self._metric("InvocationModelErrors", variant=variant),
        }
        broken, failed = "FILL(broken, 0) - FILL(refused, 0)", "FILL(failed, 0)"
        failing = cloudwatch.MathExpression(
            expression=f"IF(FILL(asked, 0) >= {FEWEST}, "
            f"100 * IF({broken} > {failed}, {broken}, {failed}) / FILL(asked, 0), 0)",
            using_metrics={**calls, "refused": refused},
            label="Failed (%)",
            period=MINUTE,
        )
        slow = self._metric("ModelLatency", "p95", label="Model latency, p95 (µs)", variant=variant)
        limit = settings.slow_milliseconds * 1000
        return [
            CustomMetricGroup(title="Calls", metrics=list(calls.values())),
            self._group("Failed", failing, f"{prefix}Failing", FAILING, settings.failed_percent),
            self._group("Latency", slow, f"{prefix}Slow", SLOW, limit),
            CustomMetricGroup(title="Refused", metrics=[refused]),
        ]

    def _metric(
        self,
        name: str,
        statistic: str = "Sum",
        *,
        period: Duration = MINUTE,
        label: str | None = None,
        namespace: str = "AWS/SageMaker",
        variant: str = CHAMPION,
    ) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map={"EndpointName": self._endpoint, "VariantName": variant},
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
