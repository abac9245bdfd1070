"""Sound in the place of speech: one tone a word, so that length and rhythm follow the text."""

import importlib
import io
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Form:
    """How an audio format is written, and which sample rates Polly has for it."""

    container: str
    coding: str
    ending: str
    content_type: str
    rates: tuple[int, ...]


_RATES = (8000, 16000, 22050, 24000, 44100, 48000)
FORMS = {
    "mp3": Form("MP3", "MPEG_LAYER_III", "mp3", "audio/mpeg", _RATES),
    "ogg_vorbis": Form("OGG", "VORBIS", "ogg", "audio/ogg", _RATES),
    "ogg_opus": Form("OGG", "OPUS", "ogg", "audio/ogg", (48000,)),
    "pcm": Form("RAW", "PCM_16", "pcm", "audio/pcm", (8000, 16000)),
    "mulaw": Form("RAW", "ULAW", "mulaw", "audio/mulaw", (8000,)),
    "alaw": Form("RAW", "ALAW", "alaw", "audio/alaw", (8000,)),
}
_LOUDNESS = 0.2
_GAP_SECONDS = 0.02


def hum(text: str, form: Form, rate: int) -> bytes:
    """Write a tone for every word, higher or lower by its letters, longer for a longer word."""
    # Imported here: most sandboxes never speak.
    soundfile: Any = importlib.import_module("soundfile")
    numpy: Any = importlib.import_module("numpy")
    gap = numpy.zeros(int(rate * _GAP_SECONDS), "float32")
    into = io.BytesIO()
    order = "LITTLE" if form.container == "RAW" else "FILE"  # the others say it themselves
    with soundfile.SoundFile(
        into, "w", rate, 1, subtype=form.coding, endian=order, format=form.container
    ) as file:
        # Word by word: an Ogg encoder that is given minutes at once overflows its stack.
        for word in re.findall(r"\w+", text) or [""]:
            hertz = 220.0 + sum(map(ord, word)) % 24 * 20
            beat = numpy.arange(int(rate * min(0.03 + 0.01 * len(word), 0.2)))
            tone = _LOUDNESS * numpy.sin(beat * (2 * numpy.pi * hertz / rate))
            file.write(tone.astype("float32"))
            file.write(gap)
    return into.getvalue()
