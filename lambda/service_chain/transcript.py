"""Read what Amazon Transcribe writes: the text, its language, and each word's place and time."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service_chain.failures import Reason, Refused
from service_chain.graphemes import composed
from service_chain.one_voice import is_one_voice

# A word stands right behind the one before, but for punctuation and a few that may be missing.
_SEARCH_CHARACTERS = 60


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
    results = _dict(_dict(document).get("results"))
    text = _dict(_first(results.get("transcripts"))).get("transcript")
    if not isinstance(text, str):
        raise _damaged("it has no results.transcripts[0].transcript")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
        raise _damaged("its text has a NUL or half a surrogate pair")
    text = composed(text)
    items = _dicts(results.get("items"))
    if once := _said_once(results):
        items, results = once, {**results, "channel_labels": None}
        text = _joined(items, " " if " " in text else "")
    language_code, language_score = _language(results)
    return Transcript(
        text=text,
        words=_words(text, items, results),
        language_code=language_code,
        language_score=language_score,
        seconds=max((_number(item.get("end_time")) or 0.0 for item in items), default=0.0),
    )


def base_of(language_code: str) -> str:
    """Shorten ``en-US`` to ``en``; Taiwan's Chinese is a language of its own to the services."""
    return language_code if language_code == "zh-TW" else language_code.partition("-")[0]


def _language(results: Mapping[str, Any]) -> tuple[str | None, float | None]:
    """Find the language that Transcribe identified; of several, the one spoken longest."""
    several = _dicts(results.get("language_codes"))
    longest = max(several, key=lambda one: _number(one.get("duration_in_seconds")) or 0, default={})
    code = results.get("language_code") or longest.get("language_code")
    if not isinstance(code, str) or not code:
        return None, None
    guesses = _dicts(results.get("language_identification"))
    scores = (_number(guess.get("score")) for guess in guesses if guess.get("code") == code)
    return code, next(scores, None)


def _words(
    text: str, items: list[dict[str, Any]], results: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Place the spoken items in the text.

    With several channels, nothing says that items come in the text's order: of the orders that
    there can be, the one that places most of them is right.
    """
    spoken = _spoken(items)
    channels = _channels(results)
    orders: list[Callable[[dict[str, Any]], Any]] = [
        lambda item: _number(item.get("start_time")) or 0.0,
        lambda item: (_channel(item, channels) or "", _number(item.get("start_time")) or 0.0),
    ]
    best = _placed(text, spoken)
    for order in orders:
        if len(best) == len(spoken):
            break
        best = max(best, _placed(text, sorted(spoken, key=order)), key=len)
    speakers = _speakers(results)
    return [_word(item, begin, end, channels, speakers) for item, begin, end in best]


def _placed(text: str, items: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], int, int]]:
    placed = []
    cursor = 0
    for item in items:
        begin = _find(text, _content(item), cursor)
        if begin is not None:
            cursor = begin + len(_content(item))
            placed.append((item, begin, cursor))
    return placed


def _find(text: str, word: str, start: int) -> int | None:
    """Find a word close behind ``start``, and not within a longer one."""
    end = start + len(word) + _SEARCH_CHARACTERS
    begin = text.find(word, start, end) if word else -1
    while begin >= 0:
        behind = begin + len(word)
        if not (_is_joined(text, begin) or _is_joined(text, behind)):
            return begin
        begin = text.find(word, begin + 1, end)
    return None


def _is_joined(text: str, place: int) -> bool:
    """Whether one word goes on at a place; where letters have no case, words need no space."""
    around = text[max(0, place - 1) : place + 1]
    return 0 < place < len(text) and around.isalnum() and all(map(_has_case_or_is_digit, around))


def _has_case_or_is_digit(character: str) -> bool:
    return character.isdecimal() or character.lower() != character.upper()


def _word(
    item: dict[str, Any],
    begin: int,
    end: int,
    channels: Mapping[tuple[str, str], str],
    speakers: Mapping[str, str],
) -> dict[str, Any]:
    word = {
        "text": _content(item),
        "start": _number(item.get("start_time")),
        "end": _number(item.get("end_time")),
        "confidence": _number(_dict(_first(item.get("alternatives"))).get("confidence")),
        "begin": begin,
        "end_offset": end,
    }
    if channel := _channel(item, channels):
        word["channel"] = channel
    speaker = item.get("speaker_label") or speakers.get(str(item.get("start_time")))
    if isinstance(speaker, str):
        word["speaker"] = speaker
    return word


def _said_once(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Take the items of one channel, and no channel's any more, where both have the same voice."""
    channels = [
        [{**item, "channel_label": None} for item in _dicts(channel.get("items"))]
        for channel in _dicts(_dict(results.get("channel_labels")).get("channels"))
    ]
    heard = [
        [(_number(item.get("start_time")) or 0.0, _content(item)) for item in _spoken(channel)]
        for channel in channels
    ]
    return channels[0] if is_one_voice(heard) else []


def _spoken(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in items if item.get("type") != "punctuation"]


def _joined(items: Iterable[Mapping[str, Any]], space: str) -> str:
    """Write items as a text, each word behind a space and each mark behind its word."""
    parts = (
        ("" if item.get("type") == "punctuation" else space) + _content(item) for item in items
    )
    return "".join(parts).removeprefix(space)


def _channels(results: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Map an item's start and content to its channel: only the newer output says it per item."""
    channels = _dicts(_dict(results.get("channel_labels")).get("channels"))
    return {
        (str(item.get("start_time")), _content(item)): str(channel.get("channel_label"))
        for channel in channels
        for item in _dicts(channel.get("items"))
    }


def _channel(item: dict[str, Any], channels: Mapping[tuple[str, str], str]) -> str | None:
    label = item.get("channel_label")
    if isinstance(label, str):
        return label
    return channels.get((str(item.get("start_time")), _content(item)))


def _speakers(results: Mapping[str, Any]) -> dict[str, str]:
    segments = _dicts(_dict(results.get("speaker_labels")).get("segments"))
    return {
        str(item.get("start_time")): str(item.get("speaker_label"))
        for segment in segments
        for item in _dicts(segment.get("items"))
    }


def _content(item: Mapping[str, Any]) -> str:
    content = _dict(_first(item.get("alternatives"))).get("content")
    return composed(content) if isinstance(content, str) else ""


def _number(value: object) -> float | None:
    """Read a number, which Transcribe writes as text."""
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _damaged(problem: str) -> Refused:
    return Refused(
        Reason.DAMAGED, f"it looks like a transcript of Amazon Transcribe, but {problem}"
    )
