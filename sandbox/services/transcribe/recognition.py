"""Words and their times, heard by PocketSphinx: where somebody speaks, and what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.services.transcribe.media import RATE, MediaError, Sound

_FRAMES_PER_SECOND = 100  # of the acoustic model
_PAUSE_SECONDS = 0.3  # silence that ends a segment
_MOST_STATES = 5_000  # followed at once: a third faster than the default of 30,000, no worse
_ALTERNATIVE = re.compile(r"\(\d+\)$")  # "the(2)": the dictionary's second pronunciation
_NOT_SPEECH = ("<", "[", "+")  # silence, breath, noise


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is spoken, with its begin and end in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Segment:
    """What one channel says between two pauses."""

    channel: int
    words: tuple[Word, ...]


class Recognizer:
    """Hears one file, in the American English that PocketSphinx brings.

    What a decoder has heard changes how it hears on, so each file has one of its own: the same
    file is the same transcript, whatever came before it. It takes 0.2 s and 120 MB to load, and
    nothing where nobody speaks.
    """

    @cached_property
    def _decoder(self) -> Any:
        from pocketsphinx import Decoder

        return Decoder(samprate=RATE, maxhmmpf=_MOST_STATES, loglevel="FATAL")

    def hear(self, sound: Sound, *, by_channel: bool) -> list[Segment]:
        """Recognize each channel by itself, or all of them mixed; in the order of speaking."""
        if not by_channel:
            segments = self._segments(0, _mixed(sound.channels))
        elif len(sound.channels) < 2:
            raise MediaError(
                "Channel identification needs a media file with two channels; this one has one."
            )
        else:
            segments = [
                s for n, heard in enumerate(sound.channels) for s in self._segments(n, heard)
            ]
        return sorted(segments, key=lambda segment: (segment.words[0].start, segment.channel))

    def _segments(self, channel: int, samples: Any) -> list[Segment]:
        pcm = _sounding(samples).tobytes()
        heard = ((start, self._words(start, spoken)) for start, spoken in _spoken(pcm))
        return [Segment(channel, words) for _, words in heard if words]

    def _words(self, start: float, pcm: bytes) -> tuple[Word, ...]:
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        return tuple(
            Word(
                _ALTERNATIVE.sub("", heard.word),
                start + heard.start_frame / _FRAMES_PER_SECOND,
                start + (heard.end_frame + 1) / _FRAMES_PER_SECOND,
            )
            for heard in self._decoder.seg() or ()
            if not heard.word.startswith(_NOT_SPEECH)
        )


def _mixed(channels: tuple[Any, ...]) -> Any:
    """Average the channels, as a player with one loudspeaker does."""
    if len(channels) == 1:
        return channels[0]
    total = sum(channel.astype("int32") for channel in channels)
    return (total // len(channels)).astype("<i2")


def _sounding(samples: Any) -> Any:
    """Leave off the digital silence at the end, but for the second that ends what was said."""
    end = len(samples)
    while end > 0 and not samples[max(end - RATE, 0) : end].any():
        end -= RATE
    return samples[: max(end, 0) + RATE]


def _spoken(pcm: bytes) -> Iterator[tuple[float, bytes]]:
    """Cut 16-bit audio at its pauses; gives each stretch of speech and, before it, its begin."""
    from pocketsphinx import Endpointer, Vad

    listener = Endpointer(window=_PAUSE_SECONDS, vad_mode=Vad.LOOSE, sample_rate=RATE)
    size, start, speech = listener.frame_bytes, 0.0, b""
    for begin in range(0, len(pcm), size):
        frame = pcm[begin : begin + size]
        was_speaking = listener.in_speech
        is_last = begin + size >= len(pcm)
        heard = listener.end_stream(frame) if is_last else listener.process(frame)
        if heard is None:
            continue
        if not was_speaking:
            start, speech = listener.speech_start, b""
        speech += heard
        if not listener.in_speech:
            yield start, speech
