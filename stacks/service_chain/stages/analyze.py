"""The stage that asks Comprehend about every text, in batches. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import ITEM, for_each, for_each_line, invoke, started
from stacks.service_chain.stages.capacity import languages_at_once, wait_for_room
from stacks.service_chain.stages.endings import CATCH_ALL, ChildFailure
from stacks.service_chain.stages.function_spec import LARGE_MIB, FunctionSpec
from stacks.service_chain.stages.rate_limit import TAKES_TURNS, acquire
from stacks.service_chain.stages.rights import Access, Unscoped
from stacks.service_chain.stages.stage import Stage
from stacks.settings import Quotas
from stacks.shared.asl import (
    BACKOFF,
    INPUT,
    STATE_INPUT,
    State,
    States,
    call,
    choose,
    jsonata,
    pick,
)

UNPROCESSED = "ItemsUnprocessed"

# How a batch is searched: what our files name it by, and Comprehend's operation.
BATCH_DETECT = {
    "sentiment": "BatchDetectSentiment",
    "key_phrases": "BatchDetectKeyPhrases",
    "entities": "BatchDetectEntities",
}


def analyze(settings: ServiceChain, quotas: Quotas) -> Stage | None:
    """Analyse all texts at once, and put together what was found in each; redact it, if wanted."""
    if not settings.analyzes:
        return None
    confidence = {"REDACT_CONFIDENCE": str(settings.redact_confidence)}
    merge = FunctionSpec(
        "MergeInsights",
        entry="merge_insights",
        timeout_seconds=600,
        memory_mib=LARGE_MIB,
        environment=confidence,
        access=Access(reads=("work/",), writes=("insights/",), needs_list_bucket=("Results",)),
    )
    redact = FunctionSpec(
        "Redact",
        entry="redact",
        timeout_seconds=300,
        memory_mib=LARGE_MIB,
        environment=confidence,
        access=Access(
            reads=("work/", "insights/", "texts/", "translations/"), writes=("redacted/",)
        ),
    )
    one = {
        "AnalyzeBatches": for_each_line(
            f"{STATE_INPUT}.batches_key",
            {
                **pick(STATE_INPUT, "document_id", "attempt", "first_failure_key"),
                **pick(STATE_INPUT, "language", "language_code", "pii"),
                **pick(ITEM, "n", "text", "texts", "reply_keys"),
            },
            _analyze_batch(settings, quotas),
            label="AnalyzeBatches",
            concurrency=settings.analyze_concurrency,
            Output=jsonata(STATE_INPUT),
            next_="MergeInsights",
        ),
        "MergeInsights": invoke(
            merge,
            pick(STATE_INPUT, "document_id", "language", "batches"),
            room=wait_for_room(settings),
            catches=[],  # what is wrong here is caught around all languages
            output={
                **pick(STATE_INPUT, "document_id", "language", "pii"),
                "insight": jsonata("$states.result.Payload"),
            },
            next_="CanRedact" if settings.redact else None,
        ),
        **(_redact(redact, settings) if settings.redact else {}),
    }

    def states(next_: str) -> States:
        return {
            "AnalyzeAll": for_each(
                "$append($split.analyze, $translations.analyze)",
                {
                    **pick(INPUT, "document_id", "attempt"),
                    **pick("$split", "first_failure_key"),
                    **pick(ITEM, "language", "language_code", "pii", "batches", "batches_key"),
                },
                one,
                MaxConcurrency=languages_at_once(settings),
                Assign={
                    "insights": jsonata("[$states.result.insight]"),
                    "redactions": jsonata("[$states.result.redaction]"),
                },
                Output={},
                Catch=[CATCH_ALL],
                next_=next_,
            )
        }

    detection = Unscoped(
        "Analyze",
        (
            *(f"comprehend:{name}" for name in BATCH_DETECT.values()),
            "comprehend:DetectPiiEntities",
        ),
        because="A text has no ARN, so Comprehend's detection has no resource to scope to.",
    )
    return Stage(
        states,
        functions=(merge, redact) if settings.redact else (merge,),
        maps=("AnalyzeBatches",),
        access=Access(reads=("work/",), writes=("work/",)),
        rights=(TAKES_TURNS, detection),
    )


def _redact(function: FunctionSpec, settings: ServiceChain) -> States:
    return {
        # Where nothing personal can be found, a copy would only seem to be redacted.
        "CanRedact": choose((f"{STATE_INPUT}.pii", "Redact"), otherwise="NotRedacted"),
        "Redact": invoke(
            function,
            pick(STATE_INPUT, "document_id", "language"),
            room=wait_for_room(settings),
            catches=[],  # what is wrong here is caught around all languages
            output={
                **pick(STATE_INPUT, "insight"),
                "redaction": jsonata("$states.result.Payload"),
            },
            next_=None,
        ),
        "NotRedacted": {
            "Type": "Succeed",
            "Output": pick(STATE_INPUT, "insight"),
        },
    }


def _analyze_batch(settings: ServiceChain, quotas: Quotas) -> States:
    failure = ChildFailure("Analysis")
    return {
        **acquire(
            "comprehend_batch",
            "Batch",
            quota=quotas.comprehend_batch_per_second,
            share=settings.quota_share,
            catches=[failure.catch],
            next_="DetectAll",
        ),
        "DetectAll": {
            "Type": "Parallel",
            "Branches": [_phrases_branch(), _names_branch()],
            # Comprehend could not judge some of the texts: that may pass.
            "Retry": [{"ErrorEquals": [UNPROCESSED], **BACKOFF, "MaxAttempts": 2}],
            "Catch": [failure.catch],
            "Output": {},
            "End": True,
        },
        **failure.states(),
    }


def _phrases_branch() -> dict[str, Any]:
    first, second = BATCH_DETECT["sentiment"], BATCH_DETECT["key_phrases"]
    states: States = {
        first: _detect_batch("sentiment", next_=second, assign=_first_reply("sentiment")),
        second: _detect_batch(
            "key_phrases", next_="PhrasesComplete", assign=_next_reply("key_phrases")
        ),
        **_put_replies("phrases", "Phrases"),
    }
    return started(states)


def _names_branch() -> dict[str, Any]:
    states: States = {
        BATCH_DETECT["entities"]: _detect_batch(
            "entities", next_="KnowsPii", assign=_first_reply("entities")
        ),
        "KnowsPii": choose((f"{STATE_INPUT}.pii", "DetectPii"), otherwise="NamesComplete"),
        "DetectPii": call(
            "comprehend",
            "detectPiiEntities",
            {
                "Text": jsonata(f"{STATE_INPUT}.text"),
                "LanguageCode": jsonata(f"{STATE_INPUT}.language_code"),
            },
            catches=[],
            assign=_next_reply("pii"),
            output=pick(STATE_INPUT, "n", "reply_keys"),
            next_="NamesComplete",
        ),
        **_put_replies("names", "Names"),
    }
    return started(states)


def _detect_batch(operation: str, *, next_: str, assign: Mapping[str, Any]) -> State:
    name = BATCH_DETECT[operation]
    return call(
        "comprehend",
        name[:1].lower() + name[1:],
        {
            "TextList": jsonata(f"{STATE_INPUT}.texts"),
            "LanguageCode": jsonata(f"{STATE_INPUT}.language_code"),
        },
        catches=[],
        assign=assign,
        output=jsonata(STATE_INPUT),
        next_=next_,
    )


def _first_reply(operation: str) -> dict[str, Any]:
    return {"replies": {operation: jsonata("$states.result")}}


def _next_reply(operation: str) -> dict[str, Any]:
    return {"replies": jsonata(f"$merge([$replies, {{'{operation}': $states.result}}])")}


def _put_replies(group: str, noun: str) -> States:
    """Keep all replies of a branch in one object, unless a text is missing in one of them."""
    complete, unprocessed, put = f"{noun}Complete", f"{noun}Unprocessed", f"Put{noun}"
    return {
        complete: choose(("$count($replies.*.ErrorList) > 0", unprocessed), otherwise=put),
        unprocessed: {
            "Type": "Fail",
            "Error": UNPROCESSED,
            "Cause": jsonata("$join($distinct($append([], $replies.*.ErrorList.ErrorCode)), ', ')"),
        },
        put: call(
            "s3",
            "putObject",
            {
                "Bucket": "${ResultsBucket}",
                "Key": jsonata(f"{STATE_INPUT}.reply_keys.{group}"),
                "Body": {**pick(STATE_INPUT, "n"), "replies": jsonata("$replies")},
                "ContentType": "application/json",
            },
            catches=[],
            next_=None,
        ),
    }
