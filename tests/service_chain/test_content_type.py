"""Kinds of content: told by the bytes, whatever the name says, and refused with what they are."""

import hashlib
import io
import json
import tarfile
import zipfile
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service_chain.content_type import HEAD_BYTES, identify
from service_chain.failures import Refused

ID3 = b"ID3\x04\0\0\0\0\x01\x00" + bytes(128)
TRANSCRIPT = {
    "jobName": "job",
    "accountId": "x",
    "results": {"transcripts": [{"transcript": "Hi."}], "items": []},
    "status": "COMPLETED",
}


def look(data, name="object", size=None):
    return identify(data[:HEAD_BYTES], len(data) if size is None else size, name)


def refusal(data, name="object"):
    with pytest.raises(Refused) as refused:
        look(data, name)
    return str(refused.value)


def test_recordings_are_told_by_their_bytes(make):
    recordings = {
        "wav": make.wav(2),
        "flac": make.flac(1),
        "ogg": make.ogg(b"OpusHead\x01\x02" + bytes(9)),
        "mp3": make.mp3(2),
        "webm": make.ebml(b"webm"),
        "mp4": make.brands(b"isom", b"iso2", b"mp41"),
        "m4a": make.brands(b"M4A ", b"mp42", b"isom"),
        "amr": b"#!AMR\n" + bytes(40),
    }
    for media_format, data in recordings.items():
        for name in ("a.txt", "a.pdf", f"a.{media_format}", "", "weird/Ünï:code\n"):
            content = look(data, name)
            assert (content.kind, content.media_format) == ("audio", media_format)
            assert (content.encoding, content.markup) == (None, None)


@pytest.mark.parametrize("brand", [b"mp42", b"M4V ", b"dash", b"3gp4", b"avc1", b"iso6", b"f4v "])
def test_mp4_has_many_brands(make, brand):
    assert look(make.brands(brand)).media_format == "mp4"


def test_an_unknown_major_brand_may_be_compatible_with_a_known_one(make):
    assert look(make.brands(b"XYZ1", b"abcd", b"mp42")).media_format == "mp4"
    assert look(make.brands(b"XYZ1", b"M4A ")).media_format == "m4a"
    assert "an MP4 of no known brand" in refusal(make.brands(b"XYZ1", b"abcd"))


def test_both_kinds_of_amr_are_known():
    assert look(b"#!AMR-WB\n" + bytes(40)).channels == 1
    assert "several channels" in refusal(b"#!AMR_MC1.0\n" + bytes(40))


def test_large_wav_is_known(make):
    for name in (b"RF64", b"BW64"):
        assert look(make.wav(1, name=name)).media_format == "wav"


def test_mp3_is_told_behind_a_tag_and_from_anywhere_in_a_stream(make):
    assert look(ID3 + make.mp3(1)).channels == 1
    assert look(ID3 + bytes(300) + make.mp3(1)).media_format == "mp3"
    assert look(make.mp3(2, frames=9)[200:]).media_format == "mp3"
    cover = b"ID3\x04\0\0\0\x10\0\0" + bytes(HEAD_BYTES)
    assert look(cover, size=10**6).media_format == "mp3"
    assert "damaged: it looks like an MP3 that ends in its ID3 tag" in refusal(cover)


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (ID3 + b"fLaC" + bytes(50), "a FLAC behind an ID3 tag"),
        (ID3 + b"\xff\xf1\x50\x80" + bytes(50), "an AAC recording (ADTS) behind an ID3 tag"),
        (ID3 + b"anything at all", "something other than MP3 behind an ID3 tag"),
    ],
)
def test_a_tag_alone_makes_no_mp3(data, looks):
    assert refusal(data).startswith(f"unsupported: it looks like {looks}; allowed: wav, mp3")


def zipped(name):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, "content")
    return data.getvalue()


def tarred():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("file"), None)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
        (zipped("word/document.xml"), "a Word document (docx)"),
        (zipped("xl/workbook.xml"), "an Excel workbook (xlsx)"),
        (zipped("notes.txt"), "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"GIF89a\x01\0", "a GIF picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP picture"),
        (b"RIFF\x10\0\0\0AVI LIST", "an AVI video"),
        (b"RIFF\x10\0\0\0RMIDdata", "a RIFF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "an old Office document"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "a gzip archive"),
        (b"FORM\0\0\0\x10AIFFCOMM", "an AIFF recording"),
        (b"{\\rtf1\\ansi hello}", "an RTF document"),
        (b"%!PS-Adobe-3.0\n", "a PostScript document"),
        (b"\xff\xf1\x50\x80\x02\x1f\xfc", "an AAC recording (ADTS)"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "a Matroska file"),
        (b"\x1a\x45\xdf\xa3\x93", "an EBML file of no known type"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a QuickTime video"),
        (b"\0\0\0\x14ftypheic\0\0\0\0mif1", "a HEIC picture"),
        (b"OggS\0\x02" + bytes(20) + b"\x01\x10Speex   1.2.0", "an Ogg with neither Opus nor"),
        (tarred(), "a tar archive"),
        (b'{"any": "json"}', "JSON, but not Amazon Transcribe's"),
        (b'[{"a": 1}, {"b": 2}]', "JSON, but not Amazon Transcribe's"),
        (b'{"Participants": [{"a": 1}', "JSON, but not Amazon Transcribe's"),
        (b"\n{}", "JSON, but not Amazon Transcribe's"),
        (b"[" * 5000 + b"]" * 5000, "JSON, but not Amazon Transcribe's"),
        (b'<?xml version="1.0"?><feed/>', "XML"),
        (b"<svg viewBox='0 0 1 1'></svg>", "XML"),
    ],
)
def test_what_we_do_not_take_is_called_by_its_name(data, looks):
    for name in ("a.txt", "a.wav", "a"):
        assert refusal(data, name).startswith(f"unsupported: it looks like {looks}")
    assert "allowed: wav, mp3, mp4, m4a, flac, ogg, webm, amr, plain text" in refusal(data)


@pytest.mark.parametrize(
    "text",
    [
        *("PDFs are nice", "RIFF is a word", "FORM your own opinion", "This is WEBP", "caffeine"),
        *("I watch AVI movies", "ID3 tags", "OK", "BZh is odd", "MZ", "x", "{a brace}", "[1] note"),
        *("abcdftypisom", ".snd", "#!/bin/sh\necho", "PAR1 of a tale", "MThd", '"quoted"', "<3"),
        *("12:00 [Music] hello", "{", "[", "a,b\n1,2\n", "%PDF", "#!AM"),
    ],
)
def test_words_that_look_like_marks_are_words(text):
    content = look(text.encode())
    assert (content.kind, content.encoding, content.markup) == ("text", "utf-8", "plain")


def test_a_text_in_utf_16_is_no_mp3():
    for text in ("ÿûÿû" * 500, "plain words " * 50):
        for encoding in ("utf-16-le", "utf-16-be"):
            mark = "\ufeff".encode(encoding)
            assert look(mark + text.encode(encoding)).encoding == encoding


@pytest.mark.parametrize(
    ("data", "name", "markup"),
    [
        (b"# Title", "a.txt", "plain"),
        (b"# Title", "a", "plain"),
        (b"# Title", "notes/READ ME.MD", "markdown"),
        (b"# Title", "a.markdown", "markdown"),
        (b"# Title", "a.md.txt", "plain"),
        (b"<!DOCTYPE html><p>x", "a.txt", "html"),
        (b"\xef\xbb\xbf \n<!-- c --><HTML lang=en>", "a.md", "html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">', "a", "html"),
        (b"<p>a fragment</p>", "a.HTM", "html"),
        (b"<p>a fragment</p>", "a.txt", "plain"),
        (b"no tag: 1 < 2 > 0", "a.html", "plain"),
    ],
)
def test_markup_is_told_by_name_and_content(data, name, markup):
    content = look(data, name)
    assert (content.kind, content.markup) == ("text", markup)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_transcript_is_told_by_its_form(indent, encoding):
    data = json.dumps(TRANSCRIPT, indent=indent).encode(encoding)
    for name in ("call.json", "call.txt"):
        content = look(data, name)
        assert (content.kind, content.markup) == ("transcript", None)


def test_a_long_transcript_is_told_by_its_beginning():
    long = {**TRANSCRIPT, "results": {"items": [{"type": "x" * HEAD_BYTES}], "transcripts": []}}
    assert look(json.dumps(long).encode()).kind == "transcript"
    assert look(json.dumps(TRANSCRIPT).encode()[:-30]).kind == "transcript"


def test_no_bytes_are_refused_as_empty():
    assert refusal(b"") == "empty: the object has no bytes"


@given(st.binary(max_size=3000), st.text(max_size=9), st.integers(0, 3))
@example(b"RIFF\0\0\0\0WAVE", "", 0)
@example(b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff", "", 0)
@example(b"fLaC", "", 0)
@example(b"OggS", "", 0)
@example(b"ID3", "", 0)
def test_no_bytes_are_too_strange(data, name, missing):
    marks = [b"", b"RIFF1234WAVE", b"ID3\4\0\0\0\0\0\1", b"OggS", b"fLaC", b"\xff\xfb\x90\x44"]
    for mark in marks:
        head = mark + data
        with suppress(Refused):
            assert identify(head, len(head) + missing, name).kind in {"audio", "text", "transcript"}


def test_noise_is_refused():
    for seed in range(20):
        assert refusal(hashlib.shake_128(bytes([seed])).digest(HEAD_BYTES)).startswith("not_text: ")
