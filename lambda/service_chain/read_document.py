"""Read an object, or what Transcribe heard in it, into the text that the chain works on."""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.logging import Logger

from service_chain import decoding, object_keys
from service_chain.ask_aws import results
from service_chain.blanks import is_blank
from service_chain.failures import Incomplete, Reason, Refused
from service_chain.graphemes import composed
from service_chain.html_text import text_of_html
from service_chain.markdown_text import text_of_markdown
from service_chain.read_version import read_whole
from service_chain.storage import JSON, Storage
from service_chain.transcript import Transcript, base_of, transcript_of

logger = Logger()

# What Comprehend's DetectDominantLanguage takes is 100,000 bytes; a state's data is 256 KiB in all.
SAMPLE_BYTES = 4900


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read; ``raw`` is the transcript that it is from, if it is from one."""

    transcript: Transcript
    encoding: str | None = None
    raw: bytes | None = None


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write a document's text into the results bucket; give back its measures and a sample.

    Letters and accents that are apart are put together, so that all that follows finds what a
    reader sees. Raises Refused where the bytes are not what their beginning said or there is
    nothing to read in them, Incomplete where what Transcribe wrote is not there.
    """
    bucket = results()
    document_id = event["document_id"]
    reading = _read(event, bucket)
    heard = reading.transcript
    text = heard.text
    body = text.encode()
    language = base_of(heard.language_code) if heard.language_code else None
    seconds = heard.seconds if reading.raw is not None else None
    if reading.raw is not None:
        bucket.put(object_keys.transcript(document_id), reading.raw, JSON)
    bucket.put(object_keys.plain_text(document_id), body)
    bucket.put_json(
        object_keys.text(document_id),
        {
            "text": text,
            "language": language,
            "language_code": heard.language_code,
            "audio_seconds": seconds,
            "words": heard.words,
        },
    )
    measures = {
        "characters": len(text),
        "bytes": len(body),
        "empty": is_blank(text),
        "language": language,
        "language_code": heard.language_code,
        "language_score": heard.language_score,
        "encoding": reading.encoding,
        "audio_seconds": seconds,
        "words": len(heard.words),
    }
    logger.info("read", extra={"document_id": document_id, **measures})
    return {**measures, "sample": sample_of(text)}


def _read(event: dict[str, Any], bucket: Storage) -> Reading:
    if event["kind"] == "audio":
        key = object_keys.transcription(event["document_id"], event["attempt"])
        raw = bucket.find(key)
        if raw is None:
            raise Incomplete(f"what Transcribe heard is not there: {key}")
        return Reading(transcript_of(raw), raw=raw)
    data = read_whole(event["bucket"], event["key"], event["version_id"])
    encoding = event["encoding"]
    if encoding == decoding.ASCII:
        encoding = decoding.final_encoding(data)
    text = decoding.decode(data, encoding)
    if event["kind"] == "transcript":
        return Reading(transcript_of(text), encoding, raw=text.encode())
    match event["markup"]:
        case "html":
            text = text_of_html(text)
        case "markdown":
            text = text_of_markdown(text)
    if is_blank(text):
        raise Refused(Reason.EMPTY, "there is nothing to read in it but blanks")
    return Reading(Transcript(composed(text)), encoding)


def sample_of(text: str) -> str:
    """Cut a text's beginning to what a state may carry, at a character's end."""
    start = text[: 8 * SAMPLE_BYTES].lstrip() or text
    return start[:SAMPLE_BYTES].encode()[:SAMPLE_BYTES].decode(errors="ignore")
