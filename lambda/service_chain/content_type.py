"""What an object is, told by its first bytes; its name only decides between kinds of text."""

import json
import re
from dataclasses import dataclass

from service_chain import channels, decoding, mp3, signatures
from service_chain.channels import Header
from service_chain.failures import Reason, Refused

HEAD_BYTES = 64 * 1024
ALLOWED = (
    "allowed: wav, mp3, mp4, m4a, flac, ogg, webm, amr, plain text, Markdown, HTML, "
    "Amazon Transcribe's JSON"
)

_EBML = b"\x1a\x45\xdf\xa3"
_DOC_TYPE = re.compile(rb"\x42\x82[\x80-\xff]([a-z]+)")
_MP4_BRANDS = re.compile(rb"iso\w|mp4\d|avc1|dash|M4V |M4VH|M4VP|f4v |msdh|MSNV|3g[pe2]\w|cmf\w")
_M4A_BRANDS = re.compile(rb"M4A |M4B |M4P ")
_FOREIGN_BRANDS = {
    b"qt  ": "a QuickTime video",
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"mif1": "a HEIF picture",
    b"avif": "an AVIF picture",
    b"crx ": "a raw picture",
}

_HTML_NAME = re.compile(r"\.(?:html?|xhtml)$", re.IGNORECASE)
_MARKDOWN_NAME = re.compile(r"\.(?:md|markdown|mdown|mkd)$", re.IGNORECASE)
_HTML_START = re.compile(
    r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
_XML_START = re.compile(r"<\?xml\s|<svg[\s>]", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_JSON_START = re.compile(r"\{\s*\"|\[\s*[\[{\"]")
_TRANSCRIPT = re.compile(
    r'"results"\s*:\s*\{\s*"(?:transcripts|items|language_codes?|language_identification'
    r'|channel_labels|speaker_labels|audio_segments|segments|topics|toxicity_detection)"'
)


@dataclass(frozen=True, slots=True)
class Content:
    """What an object is. ``encoding`` and ``markup`` are for text, the rest for sound."""

    kind: str
    media_format: str | None = None
    channels: int | None = None
    seconds: float | None = None
    encoding: str | None = None
    markup: str | None = None


def identify(head: bytes, size: int, name: str) -> Content:
    """Tell what an object of ``size`` bytes is by its first ``HEAD_BYTES`` and its name.

    Raises Refused, with what it looks like and what is allowed, for anything that we do not take.
    """
    if not size:
        raise Refused(Reason.EMPTY, "the object has no bytes")
    if sound := _sound(head, size):
        media_format, header = sound
        return Content("audio", media_format, header.channels, header.seconds)
    if (looks := signatures.name_of(head)) is not None:
        raise _unsupported(looks)
    try:
        encoding = decoding.encoding_of(head, complete=size <= len(head))
    except Refused:
        if (frame := mp3.search_frame(head, 0)) is not None:
            return Content("audio", "mp3", frame.channels)
        raise
    text = head.decode(decoding.ASCII if encoding == decoding.ASCII else encoding, "ignore")
    return _text(text.lstrip("\ufeff \t\r\n\f"), size <= len(head), name, encoding)


def _sound(head: bytes, size: int) -> tuple[str, Header] | None:
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return "wav", channels.wav(head, size)
    if head.startswith(b"fLaC"):
        return "flac", channels.flac(head)
    if head.startswith(b"OggS"):
        if (header := channels.ogg(head)) is None:
            raise _unsupported("an Ogg with neither Opus nor Vorbis in it")
        return "ogg", header
    if head.startswith(_EBML):
        return _matroska(head), Header()
    if head[4:8] == b"ftyp" and head[:2] == b"\0\0":
        return _mp4(head), Header()
    if head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "amr", Header(channels=1)
    if head.startswith(b"#!AMR"):
        raise _unsupported("an AMR recording with several channels")
    return _mp3(head, size)


def _matroska(head: bytes) -> str:
    found = _DOC_TYPE.search(head, 4, 4096)
    if found is None or found[1] != b"webm":
        raise _unsupported("a Matroska file" if found else "an EBML file of no known type")
    return "webm"


def _mp4(head: bytes) -> str:
    """Tell by the brands: the major one, and then those that it says it is compatible with."""
    length = int.from_bytes(head[:4], "big")
    listed = head[16 : min(length, len(head), 1024)]
    for brand in (head[8:12], *(listed[n : n + 4] for n in range(0, len(listed), 4))):
        if brand in _FOREIGN_BRANDS:
            raise _unsupported(_FOREIGN_BRANDS[brand])
        if _M4A_BRANDS.fullmatch(brand):
            return "m4a"
        if _MP4_BRANDS.fullmatch(brand):
            return "mp4"
    raise _unsupported("an MP4 of no known brand")


def _mp3(head: bytes, size: int) -> tuple[str, Header] | None:
    tag = mp3.tag_length(head)
    if not tag:
        frame = mp3.first_frame(head, size, 0)
        return ("mp3", Header(frame.channels)) if frame else None
    if tag >= size:
        raise Refused(Reason.DAMAGED, "it looks like an MP3 that ends in its ID3 tag")
    if tag >= len(head):
        return "mp3", Header()
    frame = mp3.first_frame(head, size, tag) or mp3.search_frame(head, tag)
    if frame is None:
        looks = "a FLAC" if head.startswith(b"fLaC", tag) else signatures.name_of(head[tag:])
        raise _unsupported(f"{looks or 'something other than MP3'} behind an ID3 tag")
    return "mp3", Header(frame.channels)


def _text(start: str, is_complete: bool, name: str, encoding: str) -> Content:
    if start.startswith("{") and _TRANSCRIPT.search(start):
        return Content("transcript", encoding=encoding)
    if _is_json(start, is_complete):
        raise _unsupported("JSON, but not Amazon Transcribe's")
    markup = "plain"
    if _HTML_START.match(start) or (_HTML_NAME.search(name) and _TAG.search(start)):
        markup = "html"
    elif _XML_START.match(start):
        raise _unsupported("XML")
    elif _MARKDOWN_NAME.search(name):
        markup = "markdown"
    return Content("text", encoding=encoding, markup=markup)


def _is_json(start: str, is_complete: bool) -> bool:
    if is_complete and start.startswith(("{", "[")):
        try:
            json.loads(start)
        except RecursionError:
            return True
        except ValueError:
            pass
        else:
            return True
    return bool(_JSON_START.match(start))


def _unsupported(looks: str) -> Refused:
    return Refused(Reason.UNSUPPORTED, f"it looks like {looks}; {ALLOWED}")
