"""Put the lines of a text where the state machine's maps read them, one per child workflow."""

from typing import Any

from service_chain import object_keys
from service_chain.batches import batches_of
from service_chain.languages import comprehend_code, has_pii_detection
from service_chain.speech import speech_pieces
from service_chain.stages import Stages
from service_chain.storage import Storage


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
    lines = (batch.line() for batch in batches_of(text, stages.item_bytes))
    count = storage.put_lines(object_keys.batches(document_id, language), lines)
    facts = {"text_key": text_key, "characters": len(text), "batches": count}
    storage.put_json(object_keys.batch_facts(document_id, language), facts)
    pii = has_pii_detection(language)
    return [{"language": language, "language_code": code, "batches": count, "pii": pii}]


def put_speech(
    storage: Storage, stages: Stages, document_id: str, language: str, text: str
) -> dict[str, int]:
    """Write a text's pieces for Polly where the language has a voice; count them."""
    if language not in stages.voices:
        return {"pieces": 0, "speech_characters": 0}
    pieces = list(speech_pieces(text))
    lines = ({"n": n, "text": piece} for n, piece in enumerate(pieces))
    storage.put_lines(object_keys.speech_pieces(document_id, language), lines)
    return {"pieces": len(pieces), "speech_characters": sum(map(len, pieces))}
