"""How many channels a recording has, and how long it is, as far as its header tells."""

import struct
from dataclasses import dataclass

from service_chain.failures import Reason, Refused

_RIFF_HEADER = 12
_CHUNK_HEADER = 8
# A size of a RIFF chunk that means: look in the ds64 chunk, or: I did not know when I began.
_UNKNOWN_SIZE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Header:
    """What a header tells; None where it does not, or not within the first bytes."""

    channels: int | None = None
    seconds: float | None = None


def wav(head: bytes, size: int) -> Header:
    """Read a RIFF or RF64 file's header. Raises Refused where it can hold no sound."""
    channels = byte_rate = None
    place = _RIFF_HEADER
    while place + _CHUNK_HEADER <= len(head):
        name, length = struct.unpack_from("<4sI", head, place)
        place += _CHUNK_HEADER
        if name == b"fmt " and len(head) >= place + 16:
            _, channels, _, byte_rate, _, _ = struct.unpack_from("<HHIIHH", head, place)
            if not channels or not byte_rate:
                raise _damaged("a WAV whose header tells no channels or no rate")
        if name == b"data":
            if channels is None or not byte_rate:
                raise _damaged("a WAV with no format before its data")
            rest = size - place
            length = rest if length in {0, _UNKNOWN_SIZE} else min(length, rest)
            return Header(channels, round(length / byte_rate, 3))
        place += length + length % 2
    if place >= size and channels is None:
        raise _damaged("a WAV with no format in its header")
    return Header(channels)


def flac(head: bytes) -> Header:
    """Read a FLAC's STREAMINFO, which comes first. Raises Refused where it does not."""
    info = head[8:42]
    if len(info) < 34 or head[4] & 0x7F:
        raise _damaged("a FLAC with no STREAMINFO in its header")
    packed = int.from_bytes(info[10:18], "big")  # rate 20 bits, channels 3, depth 5, samples 36
    rate, channels, samples = packed >> 44, (packed >> 41 & 0x7) + 1, packed & (1 << 36) - 1
    if not rate:
        raise _damaged("a FLAC whose header tells no sample rate")
    return Header(channels, round(samples / rate, 3) if samples else None)


def ogg(head: bytes) -> Header | None:
    """Read the first packet of an Ogg: Opus or Vorbis; None for any other content."""
    if len(head) < 27:
        raise _damaged("an Ogg that ends in its header")
    packet = head[27 + head[26] :]
    for mark, place in ((b"OpusHead", 9), (b"\x01vorbis", 11)):
        if packet.startswith(mark):
            if len(packet) <= place or not packet[place]:
                raise _damaged("an Ogg whose header tells no channels")
            return Header(packet[place])
    return None


def _damaged(problem: str) -> Refused:
    return Refused(Reason.DAMAGED, f"it looks like {problem}")
