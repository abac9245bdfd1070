"""Media files as the recognizer hears them: 16 kHz, 16 bits, one row of samples per channel."""

import io
from dataclasses import dataclass
from typing import Any

RATE = 16_000
DECODED = ("flac", "mp3", "ogg", "wav")
LEAST_SECONDS = 0.5
MOST_SECONDS = 4 * 60 * 60
_MOST_CHANNELS = 2
_SAMPLE_RATES = (8_000, 48_000)
_FLOATS: dict[str, Any] = {"dtype": "float32", "always_2d": True}
_PART = 4 * RATE  # samples that are decoded at a time, which a processor's cache holds
_INVALID = (
    "The data in your input media file isn't valid. "
    "Check the media file and try your request again."
)
_BOXES = {b"M4A ": "m4a", b"M4B ": "m4a"}  # any other ISO base media brand is MP4


class MediaError(Exception):
    """A file that cannot be transcribed; the message is the job's failure reason."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded audio: one array of 16-bit samples per channel."""

    channels: tuple[Any, ...]
    seconds: float
    media_format: str
    sample_rate: int


def media_format_of(content: bytes) -> str | None:
    """Tell a container by its first bytes, in the words of ``MediaFormat``."""
    match content[:4]:
        case b"RIFF" if content[8:12] == b"WAVE":
            return "wav"
        case b"fLaC":
            return "flac"
        case b"OggS":
            return "ogg"
        case b"\x1aE\xdf\xa3":
            return "webm"
        case b"#!AM":
            return "amr"
    if content[4:8] == b"ftyp":
        return _BOXES.get(content[8:12], "mp4")
    is_frame = len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
    return "mp3" if content[:3] == b"ID3" or is_frame else None


def decode(content: bytes, *, media_format: str | None, sample_rate: int | None) -> Sound:
    """Decode a file, given what the request says of it; raises `MediaError`."""
    found = media_format_of(content)
    if found is None:
        raise MediaError(_INVALID)
    if media_format not in (None, found) and {media_format, found} != {"mp4", "m4a"}:
        raise MediaError("The media format provided does not match the detected media format.")
    if found not in DECODED:
        raise MediaError(
            f"Unsupported media format: the sandbox's Transcribe cannot decode {found}; "
            f"it decodes {', '.join(DECODED)}"
        )
    samples, length, rate = _read(content, sample_rate)
    channels = tuple(samples[:, n] for n in range(samples.shape[1]))
    return Sound(channels, length / rate, found, rate)


def _read(content: bytes, told: int | None) -> tuple[Any, int, int]:
    """Give the samples at our rate, and how many there are at which rate in the file."""
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            rate = file.samplerate
            if file.frames > MOST_SECONDS * rate:
                raise MediaError(
                    "The input media file length is too large. "
                    "Check the length of the file and try your request again."
                )
            if rate == RATE:  # hours of it would be gigabytes, as anything but 16 bits
                parts = [_in_16_bits(part) for part in file.blocks(_PART, **_FLOATS)]
                samples = np.concatenate([np.empty((0, file.channels), "<i2"), *parts])
            else:
                samples = file.read(**_FLOATS).clip(-1, 1)
    except soundfile.LibsndfileError as error:
        raise MediaError(f"{_INVALID} ({error.error_string})") from error
    _check(samples, rate, told)
    if rate == RATE:
        return samples, len(samples), rate
    return _in_16_bits(_resampled(samples, rate)), len(samples), rate


def _in_16_bits(samples: Any) -> Any:
    return (samples.clip(-1, 1) * 32767).round().astype("<i2")


def _check(samples: Any, rate: int, told: int | None) -> None:
    if not _SAMPLE_RATES[0] <= rate <= _SAMPLE_RATES[1]:
        raise MediaError("Invalid sample rate for audio file.")
    if told not in (None, rate):
        raise MediaError("The sample rate provided does not match the detected sample rate.")
    if samples.shape[1] > _MOST_CHANNELS:
        raise MediaError("Invalid number of channels: number of channels too large.")
    if len(samples) < LEAST_SECONDS * rate:
        raise MediaError(
            "The input media file length is too small. "
            "Check the length of the file and try your request again."
        )


def _resampled(samples: Any, rate: int) -> Any:
    import soxr

    return soxr.resample(samples, rate, RATE)
