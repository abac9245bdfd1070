"""A dashboard, and alarms for queues, functions and state machines."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions
from cdk_monitoring_constructs import (
    AlarmFactoryDefaults,
    DefaultDashboardFactory,
    ErrorCountThreshold,
    MaxMessageAgeThreshold,
    MaxMessageCountThreshold,
    MonitoringFacade,
    SnsAlarmActionStrategy,
)
from constructs import Construct

from stacks.settings.shared import Alarms
from stacks.shared.alarm import (
    DEAD_LETTERS,
    ERRORS,
    LATE,
    THROTTLED,
    UNDELIVERED,
    AlarmText,
)
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.function import PythonFunction
from stacks.shared.machine import Machine
from stacks.shared.powertools import NAMESPACE
from stacks.shared.queue import WorkQueue

LAST_POLL = 300  # seconds within which what has failed for good is moved and measured
NOT_BREACHING = cloudwatch.TreatMissingData.NOT_BREACHING


class Monitoring(MonitoringFacade):
    """One dashboard, named after its stack; every alarm goes to one topic.

    Alarms link to ``page``, where headings explain them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alerts: sns.ITopic,
        limits: Alarms,
        page: str,
    ) -> None:
        self.limits, self._page = limits, page
        # The library adds nothing to the prefix but a hyphen and the kind of dashboard, if any.
        self.dashboard_name = stack_name = Stack.of(scope).stack_name
        super().__init__(
            scope,
            construct_id,
            alarm_factory_defaults=AlarmFactoryDefaults(
                actions_enabled=True,
                alarm_name_prefix=stack_name,
                action=SnsAlarmActionStrategy(on_alarm_topic=alerts, on_ok_topic=alerts),
            ),
            dashboard_factory=DefaultDashboardFactory(
                scope, f"{construct_id}Dashboards", dashboard_name_prefix=stack_name
            ),
        )

    def metric(
        self,
        name: str,
        statistic: str = "Sum",
        *,
        period: Duration | None = None,
        label: str | None = None,
        **dimensions: str,
    ) -> cloudwatch.Metric:
        """Return a metric that the stack's own functions publish; a period of None is 5 minutes."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"service": self.dashboard_name, **dimensions},
            label=label or name,
            statistic=statistic,
            period=period or Duration.minutes(5),
        )

    def options(self, name: str, text: AlarmText) -> dict[str, Any]:
        """Give what makes the alarm of a threshold one of ours: its name, its words, when it rings.

        A metric without data is of something that does not happen.
        """
        return {**self._words(name, text), "treat_missing_data_override": NOT_BREACHING}

    def _words(self, name: str, text: AlarmText) -> dict[str, Any]:
        return {
            "alarm_name_override": f"{self.dashboard_name}-{name}",
            "alarm_description_override": text.description(self._page),
            "evaluation_periods": 1,
            "datapoints_to_alarm": 1,
        }

    def monitor_queue(self, work: WorkQueue) -> None:
        """Raise an alarm when anything is in the dead-letter queue, or a message is too old.

        A message that fails alone is dead before it is late, and raises the one alarm.
        """
        name = work.node.id
        late = max(self.limits.oldest_message_minutes * 60, work.failing_seconds + LAST_POLL)
        self.monitor_sqs_queue_with_dlq(
            queue=work.queue,
            dead_letter_queue=work.dead_letters,
            human_readable_name=name,
            alarm_friendly_name=name,
            add_queue_max_message_age_alarm={
                "Late": MaxMessageAgeThreshold(
                    max_age_in_seconds=late,
                    **self.options(f"{name}Late", LATE),
                )
            },
            add_dead_letter_queue_max_size_alarm={
                "Failed": self._any(f"{name}Failed", DEAD_LETTERS)
            },
        )

    def monitor_dead_letters(self, dead_letters: DeadLetters) -> None:
        """Raise an alarm when anything is in a dead-letter queue that has no source queue."""
        name = dead_letters.node.id
        self.monitor_sqs_queue(
            queue=dead_letters,
            human_readable_name=name,
            alarm_friendly_name=name,
            add_queue_max_size_alarm={"Failed": self._any(f"{name}Failed", UNDELIVERED)},
        )

    def _any(self, name: str, text: AlarmText) -> MaxMessageCountThreshold:
        return MaxMessageCountThreshold(max_message_count=0, **self.options(name, text))

    def monitor_machine(self, watched: Machine, text: AlarmText) -> None:
        """Raise one alarm when executions fail, time out or, where they can be, are stopped."""
        name = watched.node.id
        self.monitor_step_function(
            state_machine=stepfunctions.StateMachine.from_state_machine_arn(
                watched, "Watched", watched.arn
            ),
            human_readable_name=name,
            alarm_friendly_name=name,
        )
        endings = (
            ("Failed", "TimedOut") if watched.is_express else ("Failed", "TimedOut", "Aborted")
        )
        counted = [
            cloudwatch.Metric(
                namespace="AWS/States",
                metric_name=f"Executions{ending}",
                dimensions_map={"StateMachineArn": watched.arn},
                statistic="Sum",
            )
            for ending in endings
        ]
        self._alarm_on_sum(f"{name}Failed", counted, text, above=0)

    def monitor_functions(
        self, functions: Sequence[PythonFunction], *, awaited: Sequence[PythonFunction] = ()
    ) -> None:
        """Raise an alarm for each function that fails, and one for all that are throttled.

        Failures of an ``awaited`` function are dealt with by who waits for its answer, and raise
        that one's alarm. At most ten functions, as CloudWatch takes no longer sum.
        """
        for function in functions:
            errors = ErrorCountThreshold(
                max_error_count=self.limits.errors - 1,
                **self.options(f"{function.node.id}Errors", ERRORS),
            )
            self._chart(function, {"Errors": errors})
        for function in awaited:
            self._chart(function)
        self._alarm_on_sum(
            "FunctionsThrottled",
            [each.function.metric_throttles() for each in (*functions, *awaited)],
            THROTTLED,
            above=self.limits.throttles - 1,
        )

    def _chart(
        self, function: PythonFunction, errors: Mapping[str, ErrorCountThreshold] | None = None
    ) -> None:
        self.monitor_lambda_function(
            lambda_function=function.function,
            human_readable_name=function.node.id,
            alarm_friendly_name=function.node.id,
            add_fault_count_alarm=errors,
        )

    def _alarm_on_sum(
        self, name: str, metrics: Sequence[cloudwatch.IMetric], text: AlarmText, *, above: float
    ) -> None:
        parts = {f"part{number}": metric for number, metric in enumerate(metrics)}
        self.create_alarm_factory(name).add_alarm(
            cloudwatch.MathExpression(
                expression=" + ".join(f"FILL({part}, 0)" for part in parts),
                using_metrics=parts,
                label=name,
            ),
            alarm_name_suffix=name,
            alarm_description=text.happened,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=above,
            treat_missing_data=NOT_BREACHING,
            **self._words(name, text),
        )
