"""The faults of the storm: a rule for each API that the architectures call. Pure."""

from collections.abc import Mapping
from typing import Any

Rules = list[dict[str, Any]]

# Each as the service says it when it is busy or in trouble; what it has done stays done.
THROTTLED = {
    "comprehend:BatchDetectEntities": "ThrottlingException",
    "comprehend:BatchDetectKeyPhrases": "ThrottlingException",
    "comprehend:BatchDetectSentiment": "ThrottlingException",
    "comprehend:DetectDominantLanguage": "ThrottlingException",
    "comprehend:DetectPiiEntities": "ThrottlingException",
    "dynamodb:BatchGetItem": "ThrottlingException",
    "dynamodb:BatchWriteItem": "ThrottlingException",
    "dynamodb:GetItem": "ThrottlingException",
    "dynamodb:PutItem": "ThrottlingException",
    "dynamodb:UpdateItem": "ThrottlingException",
    "lambda:InvokeFunction": "TooManyRequestsException",
    "rekognition:DetectFaces": "ThrottlingException",
    "sns:Publish": "ThrottledException",
    "states:ListExecutions": "ThrottlingException",
    "states:SendTaskSuccess": "ThrottlingException",
    "states:StartExecution": "ThrottlingException",
    "transcribe:StartTranscriptionJob": "LimitExceededException",
    "translate:TranslateText": "ThrottlingException",
}
BROKEN = {
    "s3:DeleteObjects": "InternalError",
    "s3:GetObject": "InternalError",
    "s3:GetObjectVersion": "InternalError",
    "s3:PutObject": "SlowDown",
}
# What services do by themselves: use a key, keep a log line, read and clear a queue. Nobody calls
# CloudWatch: metrics are log lines, so that a lost one is a lost metric.
BY_THEMSELVES = {
    "kms:Decrypt": "ThrottlingException",
    "kms:GenerateDataKey": "ThrottlingException",
    "logs:PutLogEvents": "ServiceUnavailableException",
    "sqs:DeleteMessage": "InternalError",
    "sqs:ReceiveMessage": "InternalError",
}
RATES: Mapping[str, float] = {
    **dict.fromkeys(THROTTLED, 0.05),
    **dict.fromkeys(BROKEN, 0.02),
    **dict.fromkeys(BY_THEMSELVES, 0.01),
    # Few calls, of which some have to be struck.
    **dict.fromkeys(("dynamodb:GetItem", "dynamodb:PutItem", "states:SendTaskSuccess"), 0.2),
    **dict.fromkeys(("states:ListExecutions", "transcribe:StartTranscriptionJob"), 0.2),
    **dict.fromkeys(("sqs:DeleteMessage", "sqs:ReceiveMessage"), 0.1),
    "s3:DeleteObjects": 0.2,
}


def storm() -> Rules:
    """List the rules, the same strikes in every run as far as calls come in the same order."""
    calls = {**THROTTLED, **BROKEN, **BY_THEMSELVES}
    rules: Rules = [
        {"action": action, "code": code, "rate": RATES[action], "seed": n}
        for n, (action, code) in enumerate(sorted(calls.items()))
    ]
    return [
        *rules,
        {"event": "eventbridge", "duplicate": 0.1, "shuffle": True, "seed": 101},
        {"event": "sqs", "duplicate": 0.05, "shuffle": True, "seed": 102},
        {"kill_function": "AnalyzeFaces", "action": "dynamodb:BatchWriteItem", "times": 1},
    ]


def name_of(rule: Mapping[str, Any]) -> str:
    """Say what a rule strikes."""
    if "kill_function" in rule:
        return f"kill of {rule['kill_function']} at {rule['action']}"
    return str(rule.get("action") or f"events to {rule['event']}")
