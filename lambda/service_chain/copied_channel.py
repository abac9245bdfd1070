"""Tell by its samples whether a recording's second channel is a copy of the first."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from service_chain import flac, mp3

WINDOWS = 8
WINDOW_BYTES = 64 * 1024

# PCM, floating point, A-law and mu-law, and what says so in more words: each sample by itself.
_PLAIN_CODECS = frozenset({1, 3, 6, 7, 0xFFFE})
_FORMAT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Sound:
    """Where the sound of a file lies, in bytes, and how many belong together.

    ``depth`` is how many bits a sample of a FLAC has.
    """

    media_format: str
    begin: int
    end: int
    frame_bytes: int = 1
    depth: int = 0

    def windows(self) -> Iterator[tuple[int, int]]:
        """Yield places to look at, from the beginning to the end: where each begins and ends."""
        step = max(WINDOW_BYTES, (self.end - self.begin) // WINDOWS)
        for place in range(self.begin, self.end, step):
            begin = place - (place - self.begin) % self.frame_bytes
            yield begin, min(begin + WINDOW_BYTES, self.end)


def sound_of(media_format: str, head: bytes, size: int) -> Sound | None:
    """Find the sound of a recording with two channels; None where its samples cannot be told."""
    if media_format == "mp3":
        return Sound("mp3", mp3.tag_length(head), size)
    if media_format == "flac":
        return Sound("flac", len(b"fLaC"), size, depth=flac.depth_of(head))
    return _wav(head, size) if media_format == "wav" else None


def is_copied(sound: Sound, data: bytes) -> bool | None:
    """Tell whether both channels are the same in a window; None for silence, which says nothing."""
    match sound.media_format:
        case "mp3":
            return _same_in_mp3(data)
        case "flac":
            return flac.same_channels(data, sound.depth)
    return _same_in_wav(sound, data)


def _wav(head: bytes, size: int) -> Sound | None:
    layout, place = b"", 12
    while place + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, place)
        place += 8
        if name == b"data":
            break
        if name == b"fmt ":
            layout = head[place : place + _FORMAT_BYTES]
        place += length + length % 2
    if len(layout) < _FORMAT_BYTES or head[place - 8 : place - 4] != b"data":
        return None
    codec, channels, _, _, frame_bytes, bits = struct.unpack("<HHIIHH", layout)
    if channels != 2 or codec not in _PLAIN_CODECS or frame_bytes != 2 * -(-bits // 8):
        return None
    end = size if length in {0, 0xFFFFFFFF} else min(size, place + length)
    return Sound("wav", place, end, frame_bytes) if frame_bytes else None


def _same_in_wav(sound: Sound, data: bytes) -> bool | None:
    width, frame = sound.frame_bytes // 2, sound.frame_bytes
    data = data[: len(data) // frame * frame]
    for byte in range(width):
        if data[byte::frame] != data[byte + width :: frame]:
            return False
    return True if len({data[at : at + width] for at in range(0, len(data), width)}) > 1 else None


def _same_in_mp3(data: bytes) -> bool | None:
    """Look whether there is nothing in the difference of the channels, which MP3 keeps apart."""
    heard = None
    for frame, header in mp3.frames(data):
        sizes = mp3.channel_bits(frame, header)
        if sizes is None or not any(sizes):
            continue
        if not mp3.is_mid_side(header) or any(sizes[1::2]):
            return False
        heard = True
    return heard
