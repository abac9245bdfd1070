"""Read what Amazon Transcribe writes: the text, its language, and each word's place and time."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service_chain.failures import Reason, Refused
from service_chain.graphemes import composed
from service_chain.one_voice import is_one_voice
from service_chain.transcript_items import (
    as_dict,
    as_dicts,
    content_of,
    first,
    number_of,
    spoken_of,
)
from service_chain.word_places import words_of


@dataclass(frozen=True, slots=True)
class Transcript:
    """The text and its words; offsets of words count characters of the text."""

    text: str
    words: list[dict[str, Any]] = field(default_factory=list)
    language_code: str | None = None
    language_score: float | None = None
    seconds: float = 0.0


def transcript_of(data: bytes | str) -> Transcript:
    """Read a transcript, letters and accents put together.

    Raises Refused where it has not the form that Transcribe gives it.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise _damaged("it is not JSON, or only the beginning of it") from None
    results = as_dict(as_dict(document).get("results"))
    text = as_dict(first(results.get("transcripts"))).get("transcript")
    if not isinstance(text, str):
        raise _damaged("it has no results.transcripts[0].transcript")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
        raise _damaged("its text has a NUL or half a surrogate pair")
    text = composed(text)
    items = as_dicts(results.get("items"))
    if once := _said_once(results):
        items, results = once, {**results, "channel_labels": None}
        text = _joined(items, " " if " " in text else "")
    language_code, language_score = _language(results)
    return Transcript(
        text=text,
        words=words_of(text, items, results),
        language_code=language_code,
        language_score=language_score,
        seconds=max((number_of(item.get("end_time")) or 0.0 for item in items), default=0.0),
    )


def base_of(language_code: str) -> str:
    """Shorten ``en-US`` to ``en``; Taiwan's Chinese is a language of its own to the services."""
    return language_code if language_code == "zh-TW" else language_code.partition("-")[0]


def _language(results: Mapping[str, Any]) -> tuple[str | None, float | None]:
    """Find the language that Transcribe identified; of several, the one spoken longest."""
    several = as_dicts(results.get("language_codes"))
    longest = max(
        several, key=lambda one: number_of(one.get("duration_in_seconds")) or 0, default={}
    )
    code = results.get("language_code") or longest.get("language_code")
    if not isinstance(code, str) or not code:
        return None, None
    guesses = as_dicts(results.get("language_identification"))
    scores = (number_of(guess.get("score")) for guess in guesses if guess.get("code") == code)
    return code, next(scores, None)


def _said_once(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Take the items of one channel, and no channel's any more, where both have the same voice."""
    channels = [
        [{**item, "channel_label": None} for item in as_dicts(channel.get("items"))]
        for channel in as_dicts(as_dict(results.get("channel_labels")).get("channels"))
    ]
    heard = [
        [
            (number_of(item.get("start_time")) or 0.0, content_of(item))
            for item in spoken_of(channel)
        ]
        for channel in channels
    ]
    return channels[0] if is_one_voice(heard) else []


def _joined(items: Iterable[Mapping[str, Any]], space: str) -> str:
    """Write items as a text, each word behind a space and each mark behind its word."""
    parts = (
        ("" if item.get("type") == "punctuation" else space) + content_of(item) for item in items
    )
    return "".join(parts).removeprefix(space)


def _damaged(problem: str) -> Refused:
    return Refused(
        Reason.DAMAGED, f"it looks like a transcript of Amazon Transcribe, but {problem}"
    )
