"""What an object is, by its bytes and whatever it is called. Pure."""

import codecs
import hashlib
from dataclasses import dataclass

from data_lake.image_sizes import TornError, size_of

HEAD_BYTES = 1024 * 1024  # that are looked at for a type and an image's size
UNKNOWN, TEXT = "application/octet-stream", "text/plain"
# Where a type's first bytes are, and which; the longer ones of one beginning before the others.
_MAGIC = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "application/ogg"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = frozenset(range(32)) - {*b"\t\n\f\r\x1b"}  # that no text has
_NO_TEXT = str.maketrans("", "", "".join(map(chr, _CONTROLS)))


@dataclass(frozen=True, slots=True)
class Described:
    """What there is to say of an object's content; None is what is not known."""

    content_type: str
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    characters: int | None = None
    encoding: str | None = None


def type_of(head: bytes) -> str:
    """Name the type that first bytes are of; that of a text is told by all of its bytes."""
    found = (kind for at, magic, kind in _MAGIC if head.startswith(magic, at))
    return next(found, UNKNOWN)


class Content:
    """The content of one object, taken as it comes: memory is bounded, whatever its size."""

    def __init__(self) -> None:
        self._head, self._size, self._hash = b"", 0, hashlib.sha256()
        self._text = _Text()

    def take(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._size += len(chunk)
        self._hash.update(chunk)
        self._head += chunk[: HEAD_BYTES - len(self._head)]
        self._text.take(chunk)

    def described(self, size: int) -> Described:
        """Describe what was taken of an object of so many bytes: all of them, or the first.

        Raises TornError for an image that ends before it tells its size.
        """
        is_whole, kind = self._size == size, type_of(self._head)
        digest = self._hash.hexdigest() if is_whole else None
        if is_whole:
            self._text.take(b"", final=True)
        if kind == UNKNOWN and self._text.is_one:
            characters = self._text.characters if is_whole else None
            return Described(TEXT, digest, characters=characters, encoding=self._text.encoding)
        try:
            width, height = size_of(kind, self._head) or (None, None)
        except TornError:
            if len(self._head) == size:
                raise
            width = height = None  # further back than is looked
        return Described(kind, digest, width, height)


class _Text:
    """Bytes that may be a text: UTF-8, or UTF-16 with its mark, without control characters."""

    def __init__(self) -> None:
        self.is_one, self.characters, self.encoding = True, 0, "utf-8"
        self._begun = b""
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8-sig")()

    def take(self, chunk: bytes, *, final: bool = False) -> None:
        if not self.is_one:
            return
        if len(self._begun) < len(_UTF_16[0]):
            self._begun, chunk = self._begun + chunk, b""
            if len(self._begun) >= len(_UTF_16[0]) or final:
                chunk = self._begun
            if self._begun.startswith(_UTF_16):
                self.encoding = "utf-16"
                self._decoder = codecs.getincrementaldecoder(self.encoding)()
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self.is_one = False
            return
        self.characters += len(text)
        self.is_one = len(text.translate(_NO_TEXT)) == len(text)
