"""Headers of recordings: as many channels and seconds as were recorded, or an honest blank."""

import struct

import pytest

from service_chain import channels, mp3
from service_chain.channels import Header
from service_chain.failures import Refused


def test_a_wav_tells_its_channels_and_seconds(make):
    for count in (1, 2, 6):
        data = make.wav(count)
        assert channels.wav(data[:1000], len(data)) == Header(count, 2.0)


def test_chunks_before_the_format_are_passed_over_odd_ones_with_their_padding(make):
    note = struct.pack("<4sI", b"LIST", 5) + b"notes\0"
    data = make.wav(2, before=note)
    assert channels.wav(data, len(data)) == Header(2, 2.0)


def test_a_format_behind_what_was_read_leaves_a_blank(make):
    data = make.wav(2, before=struct.pack("<4sI", b"bext", 5000) + bytes(5000))
    assert channels.wav(data[:4000], len(data)) == Header(None, None)


@pytest.mark.parametrize("said", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_stream_whose_length_was_not_known_ends_with_the_object(make, said):
    data = make.wav(1)
    place = data.index(b"data") + 4
    data = data[:place] + struct.pack("<I", said) + data[place + 4 :]
    assert channels.wav(data, len(data)) == Header(1, 2.0)


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\x04\0\0\0WAVE",
        b"RIFF\x04\0\0\0WAVEdata\x04\0\0\0abcd",
        b"RIFF\x04\0\0\0WAVEfmt \x10\0\0\0" + bytes(16) + b"data\x04\0\0\0abcd",
    ],
)
def test_a_wav_without_a_format_is_damaged(data):
    with pytest.raises(Refused, match="damaged: it looks like a WAV"):
        channels.wav(data, len(data))


def test_a_flac_tells_its_channels_and_seconds(make):
    for count in (1, 2, 8):
        assert channels.flac(make.flac(count)) == Header(count, 2.0)


@pytest.mark.parametrize("data", [b"fLaC", b"fLaC\x04" + bytes(60), b"fLaC\0" + bytes(60)])
def test_a_flac_without_stream_info_is_damaged(data):
    with pytest.raises(Refused, match="damaged: it looks like a FLAC"):
        channels.flac(data)


def test_an_ogg_tells_its_channels(make):
    assert channels.ogg(make.ogg(b"OpusHead\x01\x02" + bytes(9))) == Header(2)
    assert channels.ogg(make.ogg(b"\x01vorbis\0\0\0\0\x01" + bytes(9))) == Header(1)


def test_an_ogg_that_ends_in_its_header_is_damaged(make):
    for data in (b"OggS", make.ogg(b"OpusHead")[:36], make.ogg(b"OpusHead\x01\0" + bytes(9))):
        with pytest.raises(Refused, match="damaged: it looks like an Ogg"):
            channels.ogg(data)


@pytest.mark.parametrize(
    ("header", "frame"),
    [
        (b"\xff\xfb\x90\x44", mp3.Frame(3, 44_100, 2, 417)),
        (b"\xff\xfb\x92\xc4", mp3.Frame(3, 44_100, 1, 418)),
        (b"\xff\xfa\xe4\x04", mp3.Frame(3, 48_000, 2, 960)),
        (b"\xff\xf3\x40\xc4", mp3.Frame(2, 22_050, 1, 104)),
        (b"\xff\xe3\x18\xc4", mp3.Frame(0, 8_000, 1, 72)),
    ],
)
def test_frames_of_mp3_are_measured(header, frame):
    assert mp3.frame_at(header, 0) == frame


@pytest.mark.parametrize(
    "header",
    [
        *(b"\xff\xfb\x90", b"\xfe\xfb\x90\x44", b"\xff\xeb\x90\x44", b"\xff\xfd\x90\x44"),
        *(b"\xff\xff\x90\x44", b"\xff\xfb\x00\x44", b"\xff\xfb\xf0\x44", b"\xff\xfb\x9c\x44"),
        *(b"\xff\xf1\x50\x80", b"\xff\xfe\x41\x00"),
    ],
)
def test_other_bytes_are_no_frames(header):
    assert mp3.frame_at(header, 0) is None


def test_frames_have_to_follow_one_another(make):
    data = make.mp3(2)
    assert mp3.first_frame(data, len(data), 0)
    assert mp3.first_frame(data[:500], len(data), 0)
    assert mp3.first_frame(data[:417], 417, 0)
    assert mp3.first_frame(data[:417] + b"TAG" + bytes(125), 545, 0)
    assert mp3.first_frame(data[:400], 400, 0) is None
    assert mp3.first_frame(data[:417] + bytes(900), 1317, 0) is None
    other = b"\xff\xfb\x94\x44" + bytes(380)  # another sample rate
    assert mp3.first_frame(data[:417] + other * 5, 417 + 384 * 5, 0) is None
    assert mp3.search_frame(bytes(9000) + data, 0) is None


@pytest.mark.parametrize(
    ("tag", "length"),
    [
        (b"ID3\x04\0\0\0\0\x01\x00", 138),
        (b"ID3\x04\0\x10\0\0\x01\x00", 148),
        (b"ID3\x04\0\0\0\0\x80\x00", 0),
        (b"ID3\x04", 0),
        (b"TAG\x04\0\0\0\0\x01\x00", 0),
    ],
)
def test_a_tag_is_measured(tag, length):
    assert mp3.tag_length(tag) == length
