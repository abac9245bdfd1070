"""Put the lines of a text where the state machine's maps read them, one per child workflow."""

from collections.abc import Sequence
from typing import Any

from service_chain import object_keys
from service_chain.batches import batches_of
from service_chain.chunks import chunks_of
from service_chain.insights import REPLY_GROUPS
from service_chain.languages import comprehend_code, has_pii_detection
from service_chain.speech import speech_pieces
from service_chain.stages import Stages
from service_chain.storage import Storage


def put_chunks(
    storage: Storage, stages: Stages, document_id: str, text: str, targets: Sequence[str]
) -> int:
    """Write a text's chunks for Translate, each with a key for every answer; count them."""
    lines = (
        {
            **chunk.line(),
            "reply_keys": {t: object_keys.translated(document_id, t, chunk.n) for t in targets},
        }
        for chunk in chunks_of(text, stages.chunk_bytes)
    )
    return storage.put_lines(object_keys.chunks(document_id), lines)


def put_batches(
    storage: Storage, stages: Stages, document_id: str, language: str, text: str, text_key: str
) -> list[dict[str, Any]]:
    """Write a text's batches for Comprehend; give back the one analysis that is due, or none.

    ``language_code`` is Comprehend's name for the language, ``pii`` whether personal data can be
    found in it. ``text_key`` is where the text lies, for those who come after.
    """
    code = comprehend_code(language)
    if code is None or not text.strip():
        return []
    pii = has_pii_detection(language)
    lines = (
        {
            **batch.line(),
            "reply_keys": {
                group: object_keys.replies(document_id, language, batch.n, group)
                for group in REPLY_GROUPS
            },
        }
        for batch in batches_of(text, stages.item_bytes, with_pii=pii)
    )
    key = object_keys.batches(document_id, language)
    count = storage.put_lines(key, lines)
    facts = {"text_key": text_key, "characters": len(text), "batches": count}
    storage.put_json(object_keys.batch_facts(document_id, language), facts)
    analysis = {"language": language, "language_code": code, "pii": pii}
    return [{**analysis, "batches": count, "batches_key": key}]


def put_speech(
    storage: Storage, stages: Stages, document_id: str, language: str, text: str
) -> dict[str, Any]:
    """Write a text's pieces for Polly where the language has a voice; count them."""
    if language not in stages.voices:
        return {"pieces": 0, "speech_characters": 0}
    pieces = list(speech_pieces(text))
    key = object_keys.speech_pieces(document_id, language)
    folder = object_keys.speech(document_id, language)
    lines = ({"n": n, "text": p, "key_prefix": f"{folder}{n}"} for n, p in enumerate(pieces))
    storage.put_lines(key, lines)
    characters = sum(map(len, pieces))
    return {"pieces": len(pieces), "pieces_key": key, "speech_characters": characters}
