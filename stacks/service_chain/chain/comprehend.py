"""The stage that asks Comprehend about every text, in batches. Pure."""

from typing import Any

from stacks.service_chain.chain.asl import (
    BACKOFF,
    INPUT,
    States,
    call,
    choose,
    for_each,
    for_each_line,
    invoke,
    jsonata,
    spliced,
)
from stacks.service_chain.chain.failure import RECORDS, ChildFailure
from stacks.service_chain.chain.pace import wait_for_turn
from stacks.settings_service_chain import ServiceChain

MERGE_SECONDS = 600
REDACT_SECONDS = 300

UNPROCESSED = "ItemsUnprocessed"

BATCH_OPERATIONS = {
    "sentiment": ("Sentiment", "batchDetectSentiment"),
    "entities": ("Entities", "batchDetectEntities"),
    "key_phrases": ("KeyPhrases", "batchDetectKeyPhrases"),
}


def analyze(settings: ServiceChain, *, apart: int, next_: str) -> States:
    """Analyse all texts at once; what was found in each is put together at the end."""
    one = {
        "AnalyzeBatches": for_each_line(
            "work/<$states.input.document_id>/batches/<$states.input.language>.jsonl",
            {
                "document_id": jsonata("$states.input.document_id"),
                "attempt": jsonata("$states.input.attempt"),
                "language": jsonata("$states.input.language"),
                "language_code": jsonata("$states.input.language_code"),
                "pii": jsonata("$states.input.pii"),
                "n": jsonata("$states.context.Map.Item.Value.n"),
                "text": jsonata("$states.context.Map.Item.Value.text"),
                "texts": jsonata("$states.context.Map.Item.Value.texts"),
            },
            _analyze_batch(apart=apart),
            label="AnalyzeBatches",
            concurrency=settings.analyze_concurrency,
            Output=jsonata("$states.input"),
            next_="MergeInsights",
        ),
        "MergeInsights": invoke(
            "MergeInsights",
            {
                name: jsonata(f"$states.input.{name}")
                for name in ("document_id", "language", "batches")
            },
            seconds=MERGE_SECONDS,
            catches=[],  # what is wrong here is caught around all languages
            output={
                "document_id": jsonata("$states.input.document_id"),
                "language": jsonata("$states.input.language"),
                "pii": jsonata("$states.input.pii"),
                "insight": jsonata("$states.result.Payload"),
            },
            next_="CanRedact" if settings.redact else None,
        ),
        **(_redact() if settings.redact else {}),
    }
    return {
        "AnalyzeAll": for_each(
            "$append($split.analyze, $translations.analyze)",
            {
                "document_id": jsonata(f"{INPUT}.document_id"),
                "attempt": jsonata(f"{INPUT}.attempt"),
                **{
                    name: jsonata(f"$states.context.Map.Item.Value.{name}")
                    for name in ("language", "language_code", "pii", "batches")
                },
            },
            one,
            Assign={
                "insights": jsonata("[$states.result.insight]"),
                "redactions": jsonata("[$states.result.redaction]"),
            },
            Output={},
            Catch=[RECORDS],
            next_=next_,
        )
    }


def _redact() -> States:
    return {
        # Where nothing personal can be found, a copy would only seem to be redacted.
        "CanRedact": choose(("$states.input.pii", "Redact"), otherwise="NotRedacted"),
        "Redact": invoke(
            "Redact",
            {name: jsonata(f"$states.input.{name}") for name in ("document_id", "language")},
            seconds=REDACT_SECONDS,
            catches=[],  # what is wrong here is caught around all languages
            output={
                "insight": jsonata("$states.input.insight"),
                "redaction": jsonata("$states.result.Payload"),
            },
            next_=None,
        ),
        "NotRedacted": {
            "Type": "Succeed",
            "Output": {"insight": jsonata("$states.input.insight")},
        },
    }


def _analyze_batch(*, apart: int) -> States:
    failure = ChildFailure("Analysis")
    return {
        **wait_for_turn(
            "comprehend_batch",
            "Batch",
            apart=apart,
            next_="DetectAll",
            catches=[failure.catch],
        ),
        "DetectAll": {
            "Type": "Parallel",
            "Branches": [
                *(_batch_branch(noun, action, name) for name, (noun, action) in _operations()),
                _pii_branch(),
            ],
            # Comprehend could not judge some of the texts: that may pass.
            "Retry": [{"ErrorEquals": [UNPROCESSED], **BACKOFF, "MaxAttempts": 2}],
            "Catch": [failure.catch],
            "Output": {},
            "End": True,
        },
        **failure.states(),
    }


def _operations() -> list[tuple[str, tuple[str, str]]]:
    return list(BATCH_OPERATIONS.items())


def _batch_branch(noun: str, action: str, operation: str) -> dict[str, Any]:
    detect, complete, put = f"BatchDetect{noun}", f"{noun}Complete", f"Put{noun}"
    unprocessed = f"{noun}Unprocessed"
    states: States = {
        detect: call(
            "comprehend",
            action,
            {
                "TextList": jsonata("$states.input.texts"),
                "LanguageCode": jsonata("$states.input.language_code"),
            },
            catches=[],
            output=_with_reply(),
            next_=complete,
        ),
        complete: choose(("$count($states.input.reply.ErrorList) > 0", unprocessed), otherwise=put),
        unprocessed: {
            "Type": "Fail",
            "Error": UNPROCESSED,
            "Cause": jsonata(
                "$join($distinct($append([], $states.input.reply.ErrorList.ErrorCode)), ', ')"
            ),
        },
        put: _put(operation),
    }
    return {"StartAt": detect, "States": states}


def _pii_branch() -> dict[str, Any]:
    states: States = {
        "KnowsPii": choose(("$states.input.pii", "DetectPii"), otherwise="NoPii"),
        "DetectPii": call(
            "comprehend",
            "detectPiiEntities",
            {
                "Text": jsonata("$states.input.text"),
                "LanguageCode": jsonata("$states.input.language_code"),
            },
            catches=[],
            output=_with_reply(),
            next_="PutPii",
        ),
        "PutPii": _put("pii"),
        "NoPii": {"Type": "Succeed", "Output": {}},
    }
    return {"StartAt": "KnowsPii", "States": states}


def _with_reply() -> dict[str, str]:
    kept = {n: jsonata(f"$states.input.{n}") for n in ("document_id", "language", "n")}
    return {**kept, "reply": jsonata("$states.result")}


def _put(operation: str) -> dict[str, Any]:
    return call(
        "s3",
        "putObject",
        {
            "Bucket": "${ResultsBucket}",
            "Key": spliced(
                "work/<$states.input.document_id>/insights/<$states.input.language>"
                f"/<$string($states.input.n)>-{operation}.json"
            ),
            "Body": {
                "n": jsonata("$states.input.n"),
                "operation": operation,
                "reply": jsonata("$states.input.reply"),
            },
            "ContentType": "application/json",
        },
        catches=[],
        next_=None,
    )
