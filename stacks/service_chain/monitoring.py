"""The charts and alarms about documents."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold

from stacks.shared.alarm import AlarmText
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
# What it means that an execution did not succeed, by machine.
ENDED_BADLY = {
    "Chain": AlarmText(
        severity="high",
        happened="A document failed for good, was given up or was stopped.",
        do="Its failure record says why: mend the file or the cause, then redrive.",
        heading="Failed documents",
    ),
    "Record": AlarmText(
        severity="high",
        happened="A document failed off the record: a redrive would miss it.",
        do="Mend what stopped the machine that records, then start its execution again.",
        heading="Failures off the record",
    ),
    "Resume": AlarmText(
        severity="low",
        happened="A document that waits for a transcription was not told of its end.",
        do="It looks for itself after a while; mend what the log of the machine names.",
        heading="Transcriptions that nobody told of",
    ),
}
TOO_OLD = AlarmText(
    severity="low",
    happened="A document is at work for longer than it should.",
    do="Look at its state among the running executions: a transcription, or its turn?",
    heading="Old documents",
)


def monitor_documents(monitoring: Monitoring, *, oldest_execution_minutes: int) -> None:
    """Chart what the functions count; raise an alarm when a document takes too long."""
    too_old = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=oldest_execution_minutes * 60,
        **monitoring.options("OldestDocument", TOO_OLD),
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
