"""Amazon States Language as plain dictionaries: the few shapes that machines are made of. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

State = dict[str, Any]
States = dict[str, State]

# What the execution was started with, from any state of the machine but those of a distributed map.
INPUT = "$states.context.Execution.Input"
STATE_INPUT = "$states.input"  # what the state before gave out
NOTHING: dict[str, Any] = {}

# AWS does not say how long a call may take; these are many times what one takes.
CALL_SECONDS = 60

# How Step Functions names each service in errors: by the class of its own client, which is Java's.
ERROR_PREFIXES: Mapping[str, str] = {
    "applicationautoscaling": "ApplicationAutoScaling",
    "cloudwatch": "CloudWatch",
    "comprehend": "Comprehend",
    "dynamodb": "DynamoDb",
    "emrserverless": "EmrServerless",
    "glue": "Glue",
    "polly": "Polly",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "sfn": "Sfn",
    "sns": "Sns",
    "ssm": "Ssm",
    "transcribe": "Transcribe",
    "translate": "Translate",
}
# What no second call changes. All else may pass: which errors a service has, and under which name
# they come, is known too little to list those that do.
FOR_GOOD: Mapping[str, Sequence[str]] = {
    "applicationautoscaling": (
        "LimitExceededException",
        "ObjectNotFoundException",
        "ValidationException",
    ),
    "cloudwatch": ("InvalidParameterValueException", "LimitExceededException"),
    "comprehend": (
        "BatchSizeLimitExceededException",
        "InvalidRequestException",
        "TextSizeLimitExceededException",
        "UnsupportedLanguageException",
    ),
    "dynamodb": ("ConditionalCheckFailedException", "ResourceNotFoundException"),
    "emrserverless": ("ResourceNotFoundException", "ValidationException"),
    "glue": ("EntityNotFoundException", "InvalidInputException"),
    "polly": (
        "InvalidS3BucketException",
        "InvalidS3KeyException",
        "InvalidSsmlException",
        "LanguageNotSupportedException",
        "TextLengthExceededException",
    ),
    "s3": ("NoSuchBucketException", "NoSuchKeyException"),
    "sagemaker": (
        "ConflictException",
        "ResourceInUseException",
        "ResourceLimitExceededException",
        "ResourceNotFoundException",
    ),
    "sfn": (
        "ExecutionAlreadyExistsException",
        "InvalidTokenException",
        "TaskDoesNotExistException",
        "TaskTimedOutException",
    ),
    "sns": ("AuthorizationErrorException", "InvalidParameterException", "NotFoundException"),
    "ssm": ("ParameterNotFoundException",),
    "transcribe": ("BadRequestException", "ConflictException", "NotFoundException"),
    "translate": (
        "DetectedLanguageLowConfidenceException",
        "InvalidRequestException",
        "ResourceNotFoundException",
        "TextSizeLimitExceededException",
        "UnsupportedLanguagePairException",
    ),
}

DENIED = "AccessDeniedException"
OUR_OWN_FAULT = ("States.QueryEvaluationError", "States.Permissions")

BACKOFF: Mapping[str, Any] = {
    "IntervalSeconds": 1,
    "BackoffRate": 2,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}
ATTEMPTS = 10  # about five minutes, in which a service in trouble may recover


def jsonata(expression: str) -> str:
    """Mark an expression, so that it is evaluated and not taken as text."""
    return f"{{% {expression} %}}"


def pick(source: str, *names: str) -> dict[str, str]:
    """Take these members of an object, each under its own name."""
    return {name: jsonata(f"{source}.{name}") for name in names}


def template(text: str) -> str:
    """Mark a text as an expression; what stands in ``<…>`` in it are expressions themselves.

    No quote may stand outside of those.
    """
    parts = text.replace("<", "' & ").replace(">", " & '")
    return jsonata(f"'{parts}'")


def error(service: str, name: str) -> str:
    """Name an error of a service as Retry and Catch match it."""
    return f"{ERROR_PREFIXES[service]}.{name}"


def retry(for_good: Sequence[str]) -> list[dict[str, Any]]:
    """Try again whatever may pass, with full jitter."""
    return [
        {"ErrorEquals": [*for_good, *OUR_OWN_FAULT], "MaxAttempts": 0},
        {"ErrorEquals": ["States.ALL"], **BACKOFF, "MaxAttempts": ATTEMPTS},
    ]


def catch(*errors: str, next_: str, assign: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Go on elsewhere after these errors, with the state's own input."""
    more = {"Assign": dict(assign)} if assign else {}
    return {
        "ErrorEquals": list(errors),
        **more,
        "Output": jsonata("$states.input"),
        "Next": next_,
    }


def next_or_end(next_: str | None) -> dict[str, Any]:
    """Say where to go, or that this is the end."""
    return {"Next": next_} if next_ else {"End": True}


def call(
    service: str,
    action: str,
    arguments: Mapping[str, Any],
    *,
    next_: str | None,
    catches: Sequence[Mapping[str, Any]],
    assign: Mapping[str, Any] | None = None,
    output: Any = NOTHING,
    seconds: int = CALL_SECONDS,
) -> State:
    """Call an action of an AWS service, by name as in ``comprehend``, ``batchDetectSentiment``."""
    names = [error(service, name) for name in (*FOR_GOOD[service], DENIED)]
    task = {
        "Type": "Task",
        "Resource": f"arn:${{Partition}}:states:::aws-sdk:{service}:{action}",
        "Arguments": dict(arguments),
        "TimeoutSeconds": seconds,
        "Retry": retry(names),
    }
    return task | outcome(next_, catches, assign, output)


def outcome(
    next_: str | None,
    catches: Sequence[Mapping[str, Any]],
    assign: Mapping[str, Any] | None,
    output: Any,
) -> State:
    """Say what comes of a task: what is caught, kept and handed on, and where to."""
    return {
        **({"Catch": list(catches)} if catches else {}),
        **({"Assign": dict(assign)} if assign else {}),
        "Output": output,
        **next_or_end(next_),
    }


def choose(*rules: tuple[str, str], otherwise: str) -> State:
    """Go to the state of the first condition that holds."""
    return {
        "Type": "Choice",
        "Choices": [{"Condition": jsonata(condition), "Next": next_} for condition, next_ in rules],
        "Default": otherwise,
    }


def start_of(states: States) -> str:
    """Name the first of these states."""
    return next(iter(states))
