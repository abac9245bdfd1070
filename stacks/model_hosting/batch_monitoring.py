"""What is seen of batches, and what rings: one that fails, and one with too many rejects."""

from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.model_hosting.settings import ModelHosting
from stacks.shared.alarm import AlarmText
from stacks.shared.machine import Machine
from stacks.shared.monitoring import Monitoring

ENDED_BADLY = {
    "TransformBatch": AlarmText(
        severity="high",
        happened="A batch was not transformed: it failed, was stopped, or ran out of time.",
        do="Its record in the failures bucket says why; mend that, then start it again.",
        heading="A batch that failed",
    ),
    "BatchEnded": AlarmText(
        severity="high",
        happened="What a failed batch has left could not be taken away, or not be recorded.",
        do="Mend what stopped the machine, then start its execution again.",
        heading="A batch that was not cleaned up",
    ),
}
REJECTED = AlarmText(
    severity="low",
    happened="Too large a share of a batch's records was set aside.",
    do="Look at the reasons in rejects/ of the bucket of batches, and at what makes the records.",
    heading="Rejected records",
)


def monitor_batches(
    monitoring: Monitoring, settings: ModelHosting, transform: Machine, ended: Machine
) -> None:
    """Chart rows and rejects, and raise the alarms."""
    for machine in (transform, ended):
        monitoring.monitor_machine(machine, ENDED_BADLY[machine.node.id])
    threshold = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=settings.batch_rejected_percent,
        **monitoring.options("BatchRejected", REJECTED),
    )
    rejected = CustomMetricWithAlarm(
        metric=monitoring.metric("BatchRejectedShare", "Maximum", label="Rejected (%)"),
        alarm_friendly_name="BatchRejected",
        add_alarm={"High": threshold},
    )
    rows = [monitoring.metric("BatchRows"), monitoring.metric("BatchRejects")]
    monitoring.monitor_custom(
        human_readable_name="Batches",
        alarm_friendly_name="Batches",
        metric_groups=[
            CustomMetricGroup(title="Records", metrics=rows),
            CustomMetricGroup(title="Rejected", metrics=[rejected]),
        ],
    )
