"""What people are shown and told about documents."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.watch import Watch

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


def watch_documents(watch: Watch, *, oldest_execution_minutes: int) -> None:
    """Chart what the functions count, and ring when a document has been at work for too long."""
    too_old = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=oldest_execution_minutes * 60,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        additional_description="Look for it among the running executions of the state machine.",
    )
    counted = ("DocumentsStarted", "DocumentsDuplicated", "DocumentsAssembled", "DocumentsFailed")
    billed = ("CharactersTranslated", "ComprehendUnits", "CharactersSpoken")
    watch.monitor_custom(
        human_readable_name="Documents",
        alarm_friendly_name="Documents",
        metric_groups=[
            CustomMetricGroup(title="Documents", metrics=[watch.metric(n) for n in counted]),
            CustomMetricGroup(
                title="At work",
                metrics=[
                    watch.metric("RunningExecutions", "Maximum"),
                    CustomMetricWithAlarm(
                        metric=watch.metric("OldestExecutionAge", "Maximum", period=AGE_PERIOD),
                        alarm_friendly_name="OldestExecution",
                        add_alarm={"Late": too_old},
                    ),
                ],
            ),
            CustomMetricGroup(title="Billed text", metrics=[watch.metric(n) for n in billed]),
            CustomMetricGroup(title="Billed audio", metrics=[watch.metric("AudioSecondsBilled")]),
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
