"""Where all lies in the results bucket: every object key of the chain, written down once."""

from datetime import UTC, datetime


def media(document_id: str) -> str:
    """Name the copy of a recording that Transcribe reads."""
    return f"work/{document_id}/media"


def transcription(document_id: str, attempt: int) -> str:
    """Name what Transcribe writes in one attempt."""
    return f"work/{document_id}/transcription-{attempt}.json"


def text(document_id: str) -> str:
    """Name the text with its words' times and its language."""
    return f"work/{document_id}/text.json"


def chunks(document_id: str) -> str:
    """Name the lines that Translate is given, one at a time."""
    return f"work/{document_id}/chunks.jsonl"


def translated(document_id: str, language: str, number: int) -> str:
    """Name Translate's answer to one chunk."""
    return f"work/{document_id}/translated/{language}/{number}.json"


def batches(document_id: str, language: str) -> str:
    """Name the lines that Comprehend is given, one at a time."""
    return f"work/{document_id}/batches/{language}.jsonl"


def batch_facts(document_id: str, language: str) -> str:
    """Name what is to be known of a language's batches: which text they are of, how long."""
    return f"work/{document_id}/batches/{language}.json"


def replies(document_id: str, language: str, number: int, group: str) -> str:
    """Name Comprehend's answers to one group of operations on one batch."""
    return f"work/{document_id}/insights/{language}/{number}-{group}.json"


def speech_pieces(document_id: str, language: str) -> str:
    """Name the lines that Polly is given, one at a time."""
    return f"work/{document_id}/speech/{language}.jsonl"


def first_failure(document_id: str) -> str:
    """Name what the first child workflow to fail left behind."""
    return f"work/{document_id}/failure.json"


def transcript(document_id: str) -> str:
    """Name the transcript that is kept beside the result."""
    return f"transcripts/{document_id}.json"


def plain_text(document_id: str) -> str:
    """Name the document's text, as its reader gets it."""
    return f"texts/{document_id}.txt"


def translation(document_id: str, language: str) -> str:
    """Name the whole translation into a language."""
    return f"translations/{language}/{document_id}.txt"


def redacted(document_id: str, language: str) -> str:
    """Name the copy without what was flagged as personal."""
    return f"redacted/{language}/{document_id}.txt"


def insights(document_id: str, language: str) -> str:
    """Name the full lists of what Comprehend found."""
    return f"insights/{language}/{document_id}.json"


def speech(document_id: str, language: str) -> str:
    """Name the folder of what Polly speaks."""
    return f"speech/{language}/{document_id}/"


def document(document_id: str, event_time: str) -> str:
    """Name the result; ``event_time`` is ISO 8601, its UTC date the partition."""
    return f"documents/day={_day(event_time)}/{document_id}.json"


def failure(document_id: str, event_time: str) -> str:
    """Name the failure record; ``event_time`` is ISO 8601, its UTC date the partition."""
    return f"failures/day={_day(event_time)}/{document_id}.json"


def text_in(document_id: str, language: str, source: str) -> str:
    """Name the whole text in a language: the document's own, or its translation."""
    if language == source:
        return plain_text(document_id)
    return translation(document_id, language)


def uri(bucket: str, key: str) -> str:
    """Address an object as others do: ``s3://bucket/key``."""
    return f"s3://{bucket}/{key}"


def _day(event_time: str) -> str:
    at = datetime.fromisoformat(event_time)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.date().isoformat()
