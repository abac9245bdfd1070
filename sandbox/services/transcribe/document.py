"""The JSON document that a transcription job leaves behind, in the shape of AWS's."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.services.transcribe.engine import Heard
from sandbox.services.transcribe.recognition import Word
from sandbox.services.transcribe.spelling import Spellings, written

LANGUAGE = "en-US"
# The engine is as sure of its mistakes as of the rest, so every word has the same even odds.
CONFIDENCE = "0.5"
SCORE = 1.0  # of the identified language: there is no other
SYNTHETIC = ("Confidence", "IdentifiedLanguageScore")

Item = dict[str, Any]


def document(
    job_name: str,
    account: str,
    heard: Heard,
    *,
    by_channel: bool,
    identified: bool,
    spellings: Spellings,
) -> dict[str, Any]:
    """Write what was heard as Transcribe does: one sentence, with a full stop, per segment."""
    items: list[Item] = []
    segments: list[Item] = []
    for heard_segment in heard.segments:
        words = written(heard_segment.words, spellings)
        label = {"channel_label": f"ch_{heard_segment.channel}"} if by_channel else {}
        sentence = [
            {"id": len(items) + n, **item, **label} for n, item in enumerate(_sentence(words))
        ]
        items += sentence
        segments.append(_segment(len(segments), words, sentence, label))
    text = " ".join(segment["transcript"] for segment in segments)
    results: dict[str, Any] = {"transcripts": [{"transcript": text}]}
    if identified:
        identification = [{"score": str(SCORE), "code": LANGUAGE}]
        results |= {"language_code": LANGUAGE, "language_identification": identification}
    if by_channel:
        results["channel_labels"] = _channel_labels(items, heard.channels)
    results |= {"items": items, "audio_segments": segments}
    return {"jobName": job_name, "accountId": account, "status": "COMPLETED", "results": results}


def _sentence(words: Sequence[Word]) -> list[Item]:
    spoken = [
        {
            "type": "pronunciation",
            "alternatives": [{"confidence": CONFIDENCE, "content": word.text}],
            "start_time": _seconds(word.start),
            "end_time": _seconds(word.end),
        }
        for word in words
    ]
    full_stop = {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": "."}]}
    return [*spoken, full_stop]


def _segment(
    number: int, words: Sequence[Word], items: Sequence[Item], label: Mapping[str, str]
) -> Item:
    return {
        "id": number,
        "transcript": " ".join(word.text for word in words) + ".",
        "start_time": _seconds(words[0].start),
        "end_time": _seconds(words[-1].end),
        **label,
        "items": [item["id"] for item in items],
    }


def _channel_labels(items: Sequence[Item], channels: int) -> dict[str, Any]:
    labels = [f"ch_{number}" for number in range(channels)]
    return {
        "channels": [
            {
                "channel_label": label,
                "items": [
                    {name: value for name, value in item.items() if name != "id"}
                    for item in items
                    if item["channel_label"] == label
                ],
            }
            for label in labels
        ],
        "number_of_channels": channels,
    }


def _seconds(time: float) -> str:
    return str(round(time, 2))
