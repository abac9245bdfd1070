"""Why a mutant that nothing kills does no harm, or is none; what no line explains lacks a rule."""

import re
from typing import NamedTuple

HARMLESS, EQUIVALENT, MISSING = "harmless", "equivalent", "missing rule"


class Reason(NamedTuple):
    """What explains the survivors at some places, by a pattern of ``TYPE PROPERTY``."""

    place: str
    verdict: str
    why: str


NUMBERS = (
    "BatchSize|MaximumBatchingWindowInSeconds|ScalingConfig.*|MemorySize|Timeout|VisibilityTimeout"
    "|DelaySeconds|MessageRetentionPeriod|.*KmsDataKeyReusePeriodSeconds"
    "|RedrivePolicy.maxReceiveCount"
    "|MaximumEventAgeInSeconds|MaximumRetryAttempts|RetryPolicy.*|Targets.RetryPolicy.*"
    "|WorkGroupConfiguration.BytesScannedCutoffPerQuery|RetentionInDays|Threshold|Period"
    "|EvaluationPeriods|DatapointsToAlarm|.*DaysAfterInitiation|.*ExpirationInDays|.*NoncurrentDays"
)
REASONS = (
    Reason(r"\S+ Tags.*", HARMLESS, "a label; nothing is decided by it"),
    Reason(r"\S+ (.*\.)?(Description|Label|AlarmDescription|comment)", HARMLESS, "people read it"),
    Reason(r"\S+ (.*\.)?(Name|Id|Sid|[A-Za-z]+Name)", HARMLESS, "a name; who may use it is judged"),
    Reason(rf"\S+ ({NUMBERS})", HARMLESS, "how much, how long: the architecture's tests hold it"),
    Reason(r"AWS::Glue::(Table|Database|Partition) .*", HARMLESS, "what columns and files mean"),
    Reason(r"AWS::Athena::(NamedQuery|PreparedStatement) .*", HARMLESS, "text that somebody runs"),
    Reason(r"AWS::CloudWatch::Dashboard .*", HARMLESS, "a picture of measures"),
    Reason(
        r"AWS::CloudWatch::(Alarm|CompositeAlarm|AnomalyDetector) (?!AlarmActions).*",
        HARMLESS,
        "when an alarm rings: its tests hold that; that it is heard is REL6's",
    ),
    Reason(r"AWS::Logs::(MetricFilter|QueryDefinition) .*", HARMLESS, "it counts in logs"),
    Reason(
        r"AWS::Lambda::Function (Code|Handler|Layers|Architectures|Role|LoggingConfig\.LogFormat"
        r"|Environment).*",
        HARMLESS,
        "which code runs with which words: the architecture's tests run it",
    ),
    Reason(
        r"AWS::Lambda::LayerVersion .*", HARMLESS, "which code: the architecture's tests run it"
    ),
    Reason(
        r"AWS::Lambda::(EventSourceMapping|Alias|Version|EventInvokeConfig) .*",
        HARMLESS,
        "which function gets which events: who may is judged, and the tests run it",
    ),
    Reason(r"Custom::.*", HARMLESS, "what CDK's provider is told; its role is judged"),
    Reason(r"AWS::S3::Bucket NotificationConfiguration.*", HARMLESS, "who is told of objects"),
    Reason(
        r"AWS::S3::Bucket LifecycleConfiguration.*",
        HARMLESS,
        "when data goes: RET1 wants that it does",
    ),
    Reason(
        r"AWS::S3::Bucket LoggingConfiguration.*",
        HARMLESS,
        "S3 then keeps the log in the bucket itself",
    ),
    Reason(
        r"AWS::S3::Bucket OwnershipControls.*", EQUIVALENT, "bucket owner enforced is the default"
    ),
    Reason(
        r"\S+ \S*Statement\.Condition\.\w+Not\w+.*",
        HARMLESS,
        "whom a denial spares; what is allowed beside it is judged",
    ),
    Reason(
        r"AWS::StepFunctions::StateMachine LoggingConfiguration\.IncludeExecutionData",
        EQUIVALENT,
        "false is the default",
    ),
    Reason(
        r"AWS::KMS::Key KeyPolicy\.Statement\.Action",
        EQUIVALENT,
        "in the policy of a key every action is one of KMS; RES1 judges those of others",
    ),
    Reason(r"AWS::KMS::Key KeyPolicy", EQUIVALENT, "without one KMS writes the account's own"),
    Reason(
        r"AWS::KMS::Key KeyPolicy\.Statement\.Resource",
        EQUIVALENT,
        "in the policy of a key every resource is the key",
    ),
    Reason(
        r"\S+ \S*Statement\.Condition\.(ArnLike|StringEquals|ArnEquals)(\.aws:Source\w+)?",
        HARMLESS,
        "one of two bounds; ACC2 wants that one of them names the account",
    ),
    Reason(
        r"AWS::IAM::(Policy|Role|ManagedPolicy) \S*Statement\.Condition.*",
        HARMLESS,
        "it narrows what names its actions and resources; ACC1 judges these",
    ),
    Reason(
        r"AWS::(S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy) \S*Statement\.(Action|Resource"
        r"|Principal|Principal\.AWS)",
        EQUIVALENT,
        "to deny more, or all of what the policy is of, is what TLS1 wants",
    ),
    Reason(r"AWS::IAM::\w+ (Roles|PolicyName|Path)", EQUIVALENT, "no role has such a name"),
    Reason(
        r"AWS::\w+::\w+ (QueueArn|Queues|Topics|Bucket|TopicArn|FunctionName|EventBusName)",
        EQUIVALENT,
        "no resource has such a name: CloudFormation stops",
    ),
    Reason(r"AWS::Athena::WorkGroup .*", HARMLESS, "how queries run; ENC1 judges where to"),
    Reason(r"AWS::DynamoDB::Table .*", HARMLESS, "its keys: the architecture's tests use them"),
    Reason(r"AWS::Events::Rule .*", HARMLESS, "which events go where; ACC9 and REL1 judge targets"),
    Reason(r"AWS::Scheduler::Schedule .*", HARMLESS, "when what runs; ACC9 and REL1 judge targets"),
    Reason(
        r"AWS::StepFunctions::StateMachine (StateMachineType|RoleArn|Definition\w*).*",
        HARMLESS,
        "what the machine does: its tests run it, and REL3 and REL4 read it",
    ),
    Reason(r"AWS::SNS::(Topic|Subscription) .*", HARMLESS, "who is told; ENC1 and ACC9 judge it"),
    Reason(r"AWS::SQS::Queue .*", HARMLESS, "how a queue waits; ENC1 and REL1 judge the rest"),
)


def class_of(place: str) -> str:
    """Return the verdict on a survivor at this place."""
    found = (reason.verdict for reason in REASONS if re.fullmatch(reason.place, place))
    return next(found, MISSING)
