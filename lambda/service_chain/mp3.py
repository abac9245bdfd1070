"""The frames of an MP3, found by their headers."""

from collections.abc import Iterator
from dataclasses import dataclass

ID3_HEADER = 10
_FRAME_HEADER = 4
_MPEG_1, _RESERVED_VERSION = 3, 1
_LAYER_III = 1
_JOINT, _MONO = 1, 3
_MID_SIDE = 0x20
_CHECKSUM = 2
_SAMPLE_RATES = (44_100, 48_000, 32_000)
_SLOWER = {3: 1, 2: 2, 0: 4}  # MPEG 1, 2 and 2.5
_KBPS_MPEG_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_MPEG_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)

# So many in a row are no accident, neither in text nor in noise.
ENOUGH_FRAMES = 4
# A stream that was cut anywhere starts within a frame; the longest has 1,441 bytes.
_LONGEST_START = 8192


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame's header. Frames of one file agree in version and sample rate."""

    version: int
    sample_rate: int
    channels: int
    length: int


def frame_at(data: bytes, place: int) -> Frame | None:
    """Read a frame's header; None where there is none, or none of MPEG layer III."""
    header = data[place : place + _FRAME_HEADER]
    if len(header) < _FRAME_HEADER or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate, speed = header[2] >> 4, header[2] >> 2 & 3
    if version == _RESERVED_VERSION or layer != _LAYER_III or rate in {0, 15} or speed == 3:
        return None
    sample_rate = _SAMPLE_RATES[speed] // _SLOWER[version]
    is_first = version == _MPEG_1
    kbps = (_KBPS_MPEG_1 if is_first else _KBPS_MPEG_2)[rate]
    length = (144_000 if is_first else 72_000) * kbps // sample_rate + (header[2] >> 1 & 1)
    return Frame(version, sample_rate, 1 if header[3] >> 6 == _MONO else 2, length)


def tag_length(data: bytes) -> int:
    """Measure the ID3v2 tag that a file begins with, in bytes; 0 where there is none."""
    if data[:3] != b"ID3" or len(data) < ID3_HEADER:
        return 0
    flags, size = data[5], data[6:10]
    if any(byte & 0x80 for byte in size):
        return 0
    body = size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]
    has_footer = bool(flags & 0x10)
    return ID3_HEADER + body + (ID3_HEADER if has_footer else 0)


def first_frame(head: bytes, size: int, start: int) -> Frame | None:
    """Find the frame that a file of ``size`` bytes, known by its head, begins with at ``start``.

    What follows has to agree: more frames, or the end of the file.
    """
    frames = list(_chain(head, start))
    end = start + sum(frame.length for frame in frames)
    is_whole = end == size or head[end : end + 3] == b"TAG"  # ID3v1, at the end
    is_cut = len(frames) > 1 and end > len(head)
    return frames[0] if frames and (len(frames) >= ENOUGH_FRAMES or is_whole or is_cut) else None


def search_frame(head: bytes, start: int) -> Frame | None:
    """Find the first of many frames in a row, a little behind ``start``."""
    place = _search_place(head, start)
    return None if place is None else frame_at(head, place)


def frames(data: bytes) -> Iterator[tuple[Frame, bytes]]:
    """Yield the frames of a part of a stream, each with its own bytes, as far as they go on."""
    place = _search_place(data, 0)
    while place is not None and (frame := frame_at(data, place)) is not None:
        yield frame, data[place : place + frame.length]
        place += frame.length


def is_mid_side(frame: bytes) -> bool:
    """Tell whether a frame holds the sum and the difference of its channels, not left and right."""
    return frame[3] >> 6 == _JOINT and bool(frame[3] & _MID_SIDE)


def channel_bits(frame: Frame, data: bytes) -> tuple[int, ...] | None:
    """Read how many bits each channel takes, granule by granule; None where they are not there.

    ISO/IEC 11172-3, 2.4.1.7 (part2_3_length), and 13818-3 for half the sample rates.
    """
    is_first = frame.version == _MPEG_1
    start = _FRAME_HEADER + (0 if data[1] & 1 else _CHECKSUM)
    length, place, granules, size = (32, 20, 2, 59) if is_first else (17, 10, 1, 63)
    side = data[start : start + length]
    if frame.channels != 2 or len(side) < length:
        return None
    bits = int.from_bytes(side, "big")
    offsets = range(place, place + granules * 2 * size, size)
    return tuple(bits >> (8 * length - offset - 12) & 0xFFF for offset in offsets)


def _search_place(data: bytes, start: int) -> int | None:
    place = data.find(b"\xff", start)
    while 0 <= place < start + _LONGEST_START:
        if len(list(_chain(data, place))) >= ENOUGH_FRAMES:
            return place
        place = data.find(b"\xff", place + 1)
    return None


def _chain(head: bytes, place: int) -> Iterator[Frame]:
    first = frame = frame_at(head, place)
    for _ in range(ENOUGH_FRAMES):
        if frame is None or first is None:
            return
        if (frame.version, frame.sample_rate) != (first.version, first.sample_rate):
            return
        yield frame
        place += frame.length
        frame = frame_at(head, place)
