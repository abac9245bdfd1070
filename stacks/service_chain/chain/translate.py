"""The stage that translates a text into every language wanted, piece by piece. Pure."""

from typing import Any

from stacks.service_chain.chain.asl import (
    GIVEN,
    INPUT,
    ITEM,
    States,
    call,
    for_each,
    for_each_line,
    invoke,
    jsonata,
    members,
    spliced,
)
from stacks.service_chain.chain.failure import RECORDS, ChildFailure
from stacks.service_chain.chain.pace import wait_for_turn
from stacks.service_chain.settings import ServiceChain

ASSEMBLE_SECONDS = 600


def translate(settings: ServiceChain, *, apart: int, next_: str) -> States:
    """Translate into all languages at once; each translation is put together at the end."""
    one = {
        "TranslateChunks": for_each_line(
            "work/<$states.input.document_id>/chunks.jsonl",
            {
                **members(GIVEN, "document_id", "attempt", "source", "target"),
                **members(ITEM, "n", "text"),
            },
            _translate_chunk(settings, apart=apart),
            label="TranslateChunks",
            concurrency=settings.translate_concurrency,
            Output=jsonata("$states.input"),
            next_="AssembleTranslation",
        ),
        "AssembleTranslation": invoke(
            "AssembleTranslation",
            {
                **members(GIVEN, "document_id", "chunks"),
                "language": jsonata("$states.input.target"),
            },
            seconds=ASSEMBLE_SECONDS,
            catches=[],  # what is wrong here is caught around all languages
            output=jsonata("$states.result.Payload"),
            next_=None,
        ),
    }
    return {
        "TranslateAll": for_each(
            "$split.translate",
            {
                **members(INPUT, "document_id", "attempt"),
                "source": jsonata("$language.base"),
                "target": jsonata(f"{ITEM}.language"),
                "chunks": jsonata("$split.chunks"),
            },
            one,
            Assign={"translations": jsonata("$states.result")},
            Output={},
            Catch=[RECORDS],
            next_=next_,
        )
    }


def _translate_chunk(settings: ServiceChain, *, apart: int) -> States:
    failure = ChildFailure("Translation")
    request: dict[str, Any] = {
        "Text": jsonata("$states.input.text"),
        "SourceLanguageCode": jsonata("$states.input.source"),
        "TargetLanguageCode": jsonata("$states.input.target"),
    }
    if settings.terminology:
        request["TerminologyNames"] = [settings.terminology]
    return {
        **wait_for_turn(
            "translate_text",
            "Translate",
            apart=apart,
            next_="TranslateText",
            catches=[failure.catch],
        ),
        "TranslateText": call(
            "translate",
            "translateText",
            request,
            catches=[failure.catch],
            output={
                **members(GIVEN, "document_id", "attempt", "target", "n"),
                "text": jsonata("$states.result.TranslatedText"),
                "source_language": jsonata("$states.result.SourceLanguageCode"),
            },
            next_="PutTranslation",
        ),
        "PutTranslation": call(
            "s3",
            "putObject",
            {
                "Bucket": "${ResultsBucket}",
                "Key": spliced(
                    "work/<$states.input.document_id>/translated/<$states.input.target>"
                    "/<$string($states.input.n)>.json"
                ),
                "Body": members(GIVEN, "n", "text", "source_language"),
                "ContentType": "application/json",
            },
            catches=[failure.catch],
            next_=None,
        ),
        **failure.states(),
    }
