"""A dashboard, and alarms for queues, functions and state machines."""

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
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.function import PythonFunction
from stacks.shared.machine import Machine
from stacks.shared.powertools import NAMESPACE
from stacks.shared.queue import WorkQueue


class Monitoring(MonitoringFacade):
    """One dashboard, named after its stack; every alarm goes to one topic."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alerts: sns.ITopic,
        limits: Alarms,
    ) -> None:
        self.limits = limits
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

    def monitor_queue(self, work: WorkQueue) -> None:
        """Raise an alarm when anything is in the dead-letter queue, or a message is too old."""
        age = MaxMessageAgeThreshold(
            max_age_in_seconds=self.limits.oldest_message_minutes * 60,
            evaluation_periods=1,
            datapoints_to_alarm=1,
        )
        failed = MaxMessageCountThreshold(
            max_message_count=0, evaluation_periods=1, datapoints_to_alarm=1
        )
        self.monitor_sqs_queue_with_dlq(
            queue=work.queue,
            dead_letter_queue=work.dead_letters,
            human_readable_name=work.node.id,
            alarm_friendly_name=work.node.id,
            add_queue_max_message_age_alarm={"Late": age},
            add_dead_letter_queue_max_size_alarm={"Failed": failed},
        )

    def monitor_dead_letters(self, dead_letters: DeadLetters) -> None:
        """Raise an alarm when anything is in a dead-letter queue that has no source queue."""
        kept = MaxMessageCountThreshold(
            max_message_count=0, evaluation_periods=1, datapoints_to_alarm=1
        )
        self.monitor_sqs_queue(
            queue=dead_letters,
            human_readable_name=dead_letters.node.id,
            alarm_friendly_name=dead_letters.node.id,
            add_queue_max_size_alarm={"Failed": kept},
        )

    def monitor_machine(self, watched: Machine) -> None:
        """Raise an alarm when executions fail, time out, are stopped or are throttled."""
        any_, throttles = (
            ErrorCountThreshold(max_error_count=most, evaluation_periods=1, datapoints_to_alarm=1)
            for most in (0, self.limits.throttles - 1)
        )
        self.monitor_step_function(
            state_machine=stepfunctions.StateMachine.from_state_machine_arn(
                watched, "Watched", watched.arn
            ),
            human_readable_name=watched.node.id,
            alarm_friendly_name=watched.node.id,
            add_failed_execution_count_alarm={"Failed": any_},
            add_timed_out_execution_count_alarm={"TimedOut": any_},
            add_aborted_execution_count_alarm={"Stopped": any_},
            add_throttled_execution_count_alarm={"Throttled": throttles},
        )

    def monitor_function(self, watched: PythonFunction) -> None:
        """Raise an alarm when invocations fail, or are throttled."""
        errors, throttles = (
            ErrorCountThreshold(
                max_error_count=limit - 1, evaluation_periods=1, datapoints_to_alarm=1
            )
            for limit in (self.limits.errors, self.limits.throttles)
        )
        self.monitor_lambda_function(
            lambda_function=watched.function,
            human_readable_name=watched.node.id,
            alarm_friendly_name=watched.node.id,
            add_fault_count_alarm={"Errors": errors},
            add_throttles_count_alarm={"Throttles": throttles},
        )
