"""Cut a document's text into what Translate and Comprehend take: the function's entry point."""

import os
from typing import Any

from aws_lambda_powertools.logging import Logger

from service_chain import object_keys
from service_chain.ask_aws import results
from service_chain.put_lines import put_batches, put_chunks, put_speech
from service_chain.stages import Stages

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write chunks and batches; say which translations and analyses are due.

    A target that is the source is passed through: the text is its own translation, and is spoken
    (``speak``) as a translation is. ``skipped_stages`` says which stage a language does not go
    through, and why: where Translate lacks the source there is no translation, and no failure.
    """
    stages, storage = Stages.read(os.environ), results()
    document_id, source = event["document_id"], event["language"]
    text: str = storage.get_json(object_keys.text(document_id))["text"]
    targets = list(dict.fromkeys(event.get("targets") or ()))
    others = stages.translations(source, targets)
    passed_through = source in targets

    chunks = 0
    if others and text.strip():
        chunks = put_chunks(storage, stages, document_id, text, others)
    speak = []
    if passed_through:
        storage.put(object_keys.translation(document_id, source), text)
        spoken = put_speech(storage, stages, document_id, source, text)
        speak = [{"language": source, **spoken}] if spoken["pieces"] else []
    analyze = []
    if stages.wants_source(is_target=passed_through):
        key = object_keys.plain_text(document_id)
        analyze = put_batches(storage, stages, document_id, source, text, key)

    skipped = stages.skipped(source, targets)
    skipped_stages = stages.skipped_stages(source, targets)
    logger.info(
        "text split",
        extra={"document_id": document_id, "chunks": chunks, "skipped_stages": skipped_stages},
    )
    return {
        "chunks": chunks,
        "chunks_key": object_keys.chunks(document_id),
        "first_failure_key": object_keys.first_failure(document_id),
        "translate": [{"language": target} for target in others] if chunks else [],
        "analyze": analyze,
        "skipped": skipped,
        "skipped_stages": skipped_stages,
        "passed_through": passed_through,
        "speak": speak,
    }
