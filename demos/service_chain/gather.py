"""Turn the objects that the chain wrote into plain values. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.service_chain.results import (
    Billed,
    Document,
    Failed,
    Found,
    Recording,
    Run,
    Segment,
    Version,
    Word,
)
from fixtures.speech.error_rate import word_error_rate
from fixtures.speech.error_rate import words as words_of

Json = Mapping[str, Any]
NEUTRAL = {"label": "NEUTRAL", "positive": 0.0, "negative": 0.0, "neutral": 0.0, "mixed": 0.0}
SHARES = ("positive", "negative", "neutral", "mixed")


def document_of(
    written: Json,
    objects: Mapping[str, str],
    insights: Mapping[str, Json],
    *,
    run: Run | None,
    recording: Recording | None,
    engines: Mapping[str, str],
    confidence: float = 0.0,
) -> Document:
    """Put a document together; ``objects`` and ``insights`` are what its URIs lead to.

    ``engines`` tells for each target language what translates into it from this document's;
    ``confidence`` is that from which a personal span counts.
    """
    given, billed, language = written["input"], written["billed"], written["language"]
    return Document(
        key=given["key"],
        document_id=written["document_id"],
        kind=given["kind"],
        language=language["base"] or "",
        language_source=language["source"] or "",
        language_score=language["score"],
        size_bytes=int(given["size_bytes"]),
        characters=int(written["characters"]),
        audio_seconds=written["audio_seconds"],
        versions=tuple(
            version_of(told, insights[told["insights_uri"]], objects, engines, confidence)
            for told in sorted(written["insights"], key=lambda t: not t["is_source"])
        ),
        billed=Billed(
            float(billed["audio_seconds"] or 0),
            int(billed["translated_characters"] or 0),
            int(billed["comprehend_units"] or 0),
            int(billed["speech_characters"] or 0),
        ),
        run=run,
        recording=recording,
        skipped=tuple(written["skipped_languages"]),
    )


def version_of(
    told: Json,
    full: Json,
    objects: Mapping[str, str],
    engines: Mapping[str, str],
    confidence: float,
) -> Version:
    """Put one language of a document together, all places as offsets into its text."""
    text = objects[told["text_uri"]]
    personal = full["pii"]
    redacted = told["redacted_uri"]
    return Version(
        language=told["language"],
        is_source=told["is_source"],
        engine="" if told["is_source"] else engines.get(told["language"], ""),
        text=text,
        sentiment=segment_of({"begin": 0, "end": len(text), **(full["sentiment"] or NEUTRAL)}),
        segments=tuple(map(segment_of, full["segments"])),
        entities=places(full["entities"], "type"),
        key_phrases=places(full["key_phrases"], None),
        pii=None
        if personal is None
        else tuple(
            Found(p["type"], p["begin"], p["end"], p["score"])
            for p in personal
            if p["score"] >= confidence
        ),
        redacted=None if redacted is None else objects[redacted],
    )


def segment_of(given: Json) -> Segment:
    """Read a stretch of sentiment."""
    shares = (float(given[name]) for name in SHARES)
    return Segment(int(given["begin"]), int(given["end"]), given["label"], *shares)


def places(things: Sequence[Json], kind: str | None) -> tuple[Found, ...]:
    """List every place of every thing, from the beginning of the text on."""
    found = [
        Found(thing[kind] if kind else "", begin, end, thing["score"])
        for thing in things
        for begin, end in thing["offsets"]
    ]
    return tuple(sorted(found, key=lambda f: (f.begin, f.end, f.type)))


def recording_of(
    sound: bytes, media_type: str, reference: str, text: str, words: Sequence[Json]
) -> Recording:
    """Put a recording beside what was heard in it."""
    return Recording(
        sound,
        media_type,
        reference,
        tuple(
            Word(
                float(w["start"]),
                float(w["end"]),
                None if w.get("confidence") is None else float(w["confidence"]),
                w["begin"],
                w["end_offset"],
                w.get("channel"),
            )
            for w in words
        ),
        len(words_of(reference)),
        word_error_rate(reference, text),
    )


def failed_of(written: Json, run: Run | None) -> Failed:
    """Read a failure record."""
    return Failed(
        key=written["input"]["key"],
        reason=written["reason"] or "",
        state=written["state"] or "",
        error=written["error"] or "",
        cause=written["cause"] or "",
        run=run,
    )
