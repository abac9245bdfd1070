"""Recordings of a few bytes, whose headers are as real ones."""

import struct


def wav(channels: int, *, before: bytes = b"", name: bytes = b"RIFF") -> bytes:
    """Write two seconds as RIFF, of one channel or more, with chunks before the format if any."""
    rate, seconds = 8000, 2
    layout = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    data = bytes(byte for n in range(channels) for byte in (n + 1, 2)) * rate * seconds
    chunks = before + struct.pack("<4sI", b"fmt ", 16) + layout
    chunks += struct.pack("<4sI", b"data", len(data)) + data
    return name + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def flac(channels: int) -> bytes:
    """Write the head of a FLAC file of two seconds."""
    packed = 16000 << 44 | (channels - 1) << 41 | 15 << 36 | 32000
    info = bytes(10) + packed.to_bytes(8, "big") + bytes(16)
    return b"fLaC" + b"\x80\0\0\x22" + info + b"\xff\xf8" + bytes(100)


def ogg(packet: bytes) -> bytes:
    """Write the first page of an Ogg file, with this packet in it."""
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(packet)]) + packet + bytes(100)


def mp3(channels: int, frames: int = 6) -> bytes:
    """Write frames of silence, each with its header."""
    # MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame.
    header = bytes([0xFF, 0xFB, 0x90, 0xC4 if channels == 1 else 0x44])
    return (header + b"\x55" * 413) * frames


def ebml(kind: bytes) -> bytes:
    """Write the head of a Matroska file of this kind."""
    return (
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82"
        + bytes([0x80 + len(kind)])
        + kind
        + bytes(50)
    )


def brands(major: bytes, *others: bytes) -> bytes:
    """Write the first box of an MPEG-4 file, which names what it is good for."""
    body = b"ftyp" + major + b"\0\0\x02\0" + b"".join(others)
    return struct.pack(">I", len(body) + 4) + body + b"\0\0\0\x08mdat" + bytes(50)
