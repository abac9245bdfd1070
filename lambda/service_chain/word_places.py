"""Where in a transcript's text each word stands that Transcribe heard."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service_chain.transcript_items import (
    as_dict,
    as_dicts,
    content_of,
    first,
    number_of,
    spoken_of,
)

# A word stands right behind the one before, but for punctuation and a few that may be missing.
_SEARCH_CHARACTERS = 60


def words_of(
    text: str, items: list[dict[str, Any]], results: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Place the spoken items in the text: each word's offsets, times, channel and speaker.

    With several channels, nothing says that items come in the text's order: of the orders that
    there can be, the one that places most of them is right.
    """
    spoken = spoken_of(items)
    channels = _channels(results)
    orders: list[Callable[[dict[str, Any]], Any]] = [
        lambda item: number_of(item.get("start_time")) or 0.0,
        lambda item: (_channel(item, channels) or "", number_of(item.get("start_time")) or 0.0),
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
        begin = _find(text, content_of(item), cursor)
        if begin is not None:
            cursor = begin + len(content_of(item))
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
        "text": content_of(item),
        "start": number_of(item.get("start_time")),
        "end": number_of(item.get("end_time")),
        "confidence": number_of(as_dict(first(item.get("alternatives"))).get("confidence")),
        "begin": begin,
        "end_offset": end,
    }
    if channel := _channel(item, channels):
        word["channel"] = channel
    speaker = item.get("speaker_label") or speakers.get(str(item.get("start_time")))
    if isinstance(speaker, str):
        word["speaker"] = speaker
    return word


def _channels(results: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Map an item's start and content to its channel: only the newer output says it per item."""
    channels = as_dicts(as_dict(results.get("channel_labels")).get("channels"))
    return {
        (str(item.get("start_time")), content_of(item)): str(channel.get("channel_label"))
        for channel in channels
        for item in as_dicts(channel.get("items"))
    }


def _channel(item: dict[str, Any], channels: Mapping[tuple[str, str], str]) -> str | None:
    label = item.get("channel_label")
    if isinstance(label, str):
        return label
    return channels.get((str(item.get("start_time")), content_of(item)))


def _speakers(results: Mapping[str, Any]) -> dict[str, str]:
    segments = as_dicts(as_dict(results.get("speaker_labels")).get("segments"))
    return {
        str(item.get("start_time")): str(item.get("speaker_label"))
        for segment in segments
        for item in as_dicts(segment.get("items"))
    }
