"""The stage that asks Comprehend about every text, in batches. Pure."""

from typing import Any

from stacks.service_chain.chain.asl import (
    BACKOFF,
    GIVEN,
    INPUT,
    ITEM,
    States,
    call,
    choose,
    for_each,
    for_each_line,
    invoke,
    jsonata,
    members,
    spliced,
    started,
)
from stacks.service_chain.chain.failure import RECORDS, ChildFailure
from stacks.service_chain.chain.pace import wait_for_turn
from stacks.service_chain.settings import ServiceChain

MERGE_SECONDS = 600
REDACT_SECONDS = 300

UNPROCESSED = "ItemsUnprocessed"

# What batches are searched for: as our files name it, and as Comprehend's operations do.
BATCH_NOUNS = {"sentiment": "Sentiment", "entities": "Entities", "key_phrases": "KeyPhrases"}


def analyze(settings: ServiceChain, *, apart: int, next_: str) -> States:
    """Analyse all texts at once; what was found in each is put together at the end."""
    one = {
        "AnalyzeBatches": for_each_line(
            "work/<$states.input.document_id>/batches/<$states.input.language>.jsonl",
            {
                **members(GIVEN, "document_id", "attempt", "language", "language_code", "pii"),
                **members(ITEM, "n", "text", "texts"),
            },
            _analyze_batch(apart=apart),
            label="AnalyzeBatches",
            concurrency=settings.analyze_concurrency,
            Output=jsonata("$states.input"),
            next_="MergeInsights",
        ),
        "MergeInsights": invoke(
            "MergeInsights",
            members(GIVEN, "document_id", "language", "batches"),
            seconds=MERGE_SECONDS,
            catches=[],  # what is wrong here is caught around all languages
            output={
                **members(GIVEN, "document_id", "language", "pii"),
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
                **members(INPUT, "document_id", "attempt"),
                **members(ITEM, "language", "language_code", "pii", "batches"),
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
            members(GIVEN, "document_id", "language"),
            seconds=REDACT_SECONDS,
            catches=[],  # what is wrong here is caught around all languages
            output={
                **members(GIVEN, "insight"),
                "redaction": jsonata("$states.result.Payload"),
            },
            next_=None,
        ),
        "NotRedacted": {
            "Type": "Succeed",
            "Output": members(GIVEN, "insight"),
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
            "Branches": [*map(_batch_branch, BATCH_NOUNS), _pii_branch()],
            # Comprehend could not judge some of the texts: that may pass.
            "Retry": [{"ErrorEquals": [UNPROCESSED], **BACKOFF, "MaxAttempts": 2}],
            "Catch": [failure.catch],
            "Output": {},
            "End": True,
        },
        **failure.states(),
    }


def _batch_branch(operation: str) -> dict[str, Any]:
    noun = BATCH_NOUNS[operation]
    detect, complete = f"BatchDetect{noun}", f"{noun}Complete"
    unprocessed, put = f"{noun}Unprocessed", f"Put{noun}"
    states: States = {
        detect: call(
            "comprehend",
            f"batchDetect{noun}",
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
    return started(states)


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
    return started(states)


def _with_reply() -> dict[str, str]:
    return {**members(GIVEN, "document_id", "language", "n"), "reply": jsonata("$states.result")}


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
            "Body": {**members(GIVEN, "n", "reply"), "operation": operation},
            "ContentType": "application/json",
        },
        catches=[],
        next_=None,
    )
