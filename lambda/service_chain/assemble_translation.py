"""Join a document's translated chunks into its translation: the function's entry point."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aws_lambda_powertools.logging import Logger

from service_chain import object_keys
from service_chain.ask_aws import results
from service_chain.chunks import assemble, has_long_blanks
from service_chain.failures import Incomplete
from service_chain.put_lines import put_batches, put_speech
from service_chain.read_parts import read_parts
from service_chain.stages import Stages
from service_chain.storage import Storage

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write the translation, and its lines for Comprehend and Polly.

    ``characters`` are those that were sent to Translate, which bills them, ``text_characters``
    those of the translation. Raises Incomplete where a chunk's translation is not there.
    """
    stages, storage = Stages.read(os.environ), results()
    document_id, language = event["document_id"], event["language"]
    lines = list(storage.lines(object_keys.chunks(document_id))) if event["chunks"] else []
    if len(lines) != event["chunks"]:
        problem = f"{len(lines)} chunks were written; want the {event['chunks']} of the split"
        raise Incomplete(problem)
    whole = ""
    if has_long_blanks(lines):
        whole = storage.get_json(object_keys.text(document_id))["text"]
    translation = assemble(
        lines, translated(storage, document_id, language, lines), language, whole
    )

    key = object_keys.translation(document_id, language)
    storage.put(key, translation)
    analyze = []
    if stages.wants_targets():
        analyze = put_batches(storage, stages, document_id, language, translation, key)
    spoken = put_speech(storage, stages, document_id, language, translation)
    logger.info(
        "translation assembled",
        extra={"document_id": document_id, "language": language, "chunks": len(lines)},
    )
    return {
        "language": language,
        "characters": sum(len(line["text"]) for line in lines),
        "text_characters": len(translation),
        "bytes": len(translation.encode()),
        "analyze": analyze,
        **spoken,
    }


def translated(
    storage: Storage, document_id: str, language: str, lines: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Read the translated text of each chunk, in order."""
    keys = [object_keys.translated(document_id, language, line["n"]) for line in lines]
    for line, body in zip(lines, read_parts(storage, keys), strict=True):
        if body is None:
            problem = f"chunk {line['n']} has no translation into {language}; want all {len(lines)}"
            raise Incomplete(problem)
        yield json.loads(body)["text"]
