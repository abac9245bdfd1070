"""The charts and alarms about documents."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.monitoring import Monitoring

# The AI services' own metrics differ, and Comprehend has none: Step Functions counts for all.
AI_CALLS = (
    "transcribe:startTranscriptionJob",
    "translate:translateText",
    "comprehend:detectDominantLanguage",
    "comprehend:batchDetectSentiment",
    "comprehend:batchDetectEntities",
    "comprehend:batchDetectKeyPhrases",
    "comprehend:detectPiiEntities",
    "polly:startSpeechSynthesisTask",
)
AGE_PERIOD = Duration.minutes(10)  # twice as long as between two measurements


def monitor_documents(monitoring: Monitoring, *, oldest_execution_minutes: int) -> None:
    """Chart what the functions count; raise an alarm when a document takes too long."""
    too_old = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=oldest_execution_minutes * 60,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        additional_description="Look for it among the running executions of the state machine.",
    )
    counted = ("DocumentsStarted", "DocumentsDuplicated", "DocumentsAssembled", "DocumentsFailed")
    billed = ("CharactersTranslated", "ComprehendUnits", "CharactersSpoken")
    monitoring.monitor_custom(
        human_readable_name="Documents",
        alarm_friendly_name="Documents",
        metric_groups=[
            CustomMetricGroup(title="Documents", metrics=[monitoring.metric(n) for n in counted]),
            CustomMetricGroup(
                title="At work",
                metrics=[
                    monitoring.metric("RunningExecutions", "Maximum"),
                    CustomMetricWithAlarm(
                        metric=monitoring.metric(
                            "OldestExecutionAge", "Maximum", period=AGE_PERIOD
                        ),
                        alarm_friendly_name="OldestExecution",
                        add_alarm={"Late": too_old},
                    ),
                ],
            ),
            CustomMetricGroup(title="Billed text", metrics=[monitoring.metric(n) for n in billed]),
            CustomMetricGroup(
                title="Billed audio", metrics=[monitoring.metric("AudioSecondsBilled")]
            ),
            CustomMetricGroup(
                title="AI calls that failed, throttled ones among them, whoever in the account made"
                " them",
                metrics=[_failed_calls(call) for call in AI_CALLS],
            ),
        ],
    )


def _failed_calls(call: str) -> cloudwatch.Metric:
    resource = f"arn:{Aws.PARTITION}:states:::aws-sdk:{call}"
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ServiceIntegrationsFailed",
        dimensions_map={"ServiceIntegrationResourceArn": resource},
        label=call,
        statistic="Sum",
    )
