"""Write the result of a chain, once: the function's entry point."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import Logger

from runtime import settings
from runtime.publish_metrics import publish
from service_chain import object_keys
from service_chain.ask_aws import results
from service_chain.collector import collector_at_rest
from service_chain.document import document_of, listed, summary_of
from service_chain.personal_words import PersonalWords
from service_chain.storage import Storage, dumps

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
@collector_at_rest()
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write the document's record unless it is there, which is as good: it stays as it is."""
    storage = results()
    confidence = settings.number(
        os.environ, "REDACT_CONFIDENCE", at_least=0, at_most=1, default=0.5
    )
    document_id, event_time = event["input"]["document_id"], event["input"]["event_time"]
    names = [reply["language"] for reply in listed(event.get("insights"))]
    accounts = {
        name: storage.get_json(object_keys.insights(document_id, name)) for name in sorted(names)
    }
    personal = None
    if settings.boolean(os.environ, "REDACT", default=True):
        source = (event.get("language") or {}).get("base") or ""
        personal = personal_words(storage, document_id, source, accounts, confidence)
    finished_at = datetime.fromtimestamp(time.time(), UTC)
    document = document_of(
        event,
        accounts,
        bucket=storage.bucket,
        confidence=confidence,
        personal=personal,
        finished_at=f"{finished_at:%Y-%m-%dT%H:%M:%SZ}",
    )

    key = object_keys.document(document_id, event_time)
    status = "created" if storage.put_once(key, f"{dumps(document)}\n") else "exists"
    if status == "created":
        publish(
            {
                "DocumentsAssembled": 1,
                "AudioSecondsBilled": document["billed"]["audio_seconds"],
                "CharactersTranslated": document["billed"]["translated_characters"],
                "ComprehendUnits": document["billed"]["comprehend_units"],
                "CharactersSpoken": document["billed"]["speech_characters"],
            }
        )
    logger.info("document assembled", extra={"document_id": document_id, "status": status})
    return {"document_key": key, "status": status, "summary": summary_of(document, key)}


def personal_words(
    storage: Storage,
    document_id: str,
    source: str,
    accounts: Mapping[str, Mapping[str, Any]],
    confidence: float,
) -> PersonalWords:
    """Read what was flagged out of the texts themselves: it is written down nowhere else."""
    words = PersonalWords()
    for language, account in accounts.items():
        if any(entry["score"] >= confidence for entry in account["pii"] or ()):
            text = storage.get_text(object_keys.text_in(document_id, language, source))
            words.add_flagged(text, account["pii"], confidence)
    return words
