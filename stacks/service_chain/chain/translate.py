"""The stage that translates a text into every language wanted, piece by piece. Pure."""

from typing import Any

from stacks.service_chain.chain.asl import (
    INPUT,
    States,
    call,
    for_each,
    for_each_line,
    invoke,
    jsonata,
    spliced,
)
from stacks.service_chain.chain.failure import RECORDS, ChildFailure
from stacks.service_chain.chain.pace import wait_for_turn
from stacks.settings_service_chain import ServiceChain

ASSEMBLE_SECONDS = 600


def translate(settings: ServiceChain, *, apart: int, next_: str) -> States:
    """Translate into all languages at once; each translation is put together at the end."""
    one = {
        "TranslateChunks": for_each_line(
            "work/<$states.input.document_id>/chunks.jsonl",
            {
                "document_id": jsonata("$states.input.document_id"),
                "attempt": jsonata("$states.input.attempt"),
                "source": jsonata("$states.input.source"),
                "target": jsonata("$states.input.target"),
                "n": jsonata("$states.context.Map.Item.Value.n"),
                "text": jsonata("$states.context.Map.Item.Value.text"),
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
                "document_id": jsonata("$states.input.document_id"),
                "language": jsonata("$states.input.target"),
                "chunks": jsonata("$states.input.chunks"),
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
                "document_id": jsonata(f"{INPUT}.document_id"),
                "attempt": jsonata(f"{INPUT}.attempt"),
                "source": jsonata("$language.base"),
                "target": jsonata("$states.context.Map.Item.Value.language"),
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
                **{
                    name: jsonata(f"$states.input.{name}")
                    for name in ("document_id", "attempt", "target", "n")
                },
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
                "Body": {
                    name: jsonata(f"$states.input.{name}")
                    for name in ("n", "text", "source_language")
                },
                "ContentType": "application/json",
            },
            catches=[failure.catch],
            next_=None,
        ),
        **failure.states(),
    }
