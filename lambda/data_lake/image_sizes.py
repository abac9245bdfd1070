"""How large an image is, by its header. Pure."""

from collections.abc import Callable, Iterator, Mapping

# Markers of JPEG that begin a frame: all of FFC0 to FFCF but tables and arithmetic's conditions.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length

Size = tuple[int, int]  # width and height, in pixels


class TornError(ValueError):
    """A header that ends before it tells the size, or tells none."""


def size_of(content_type: str, head: bytes) -> Size | None:
    """Read width and height from the first bytes of an image; None for a type that is not read.

    Raises TornError where the bytes end before the size, or it is 0.
    """
    read = _READERS.get(content_type)
    if read is None:
        return None
    try:
        width, height = read(head)
    except IndexError:
        raise TornError(f"{content_type}: it ends before its size") from None
    if not (width and height):
        raise TornError(f"{content_type}: it has no size")
    return width, height


def _png(head: bytes) -> Size:
    # https://www.w3.org/TR/png-3/#11IHDR
    if head[12:16] != b"IHDR":
        raise TornError("image/png: its first chunk is not IHDR")
    return _number(head, 16, 4), _number(head, 20, 4)


def _gif(head: bytes) -> Size:
    return _little(head, 6, 2), _little(head, 8, 2)


def _jpeg(head: bytes) -> Size:
    # https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.2
    for marker, at in _segments(head):
        if marker in _FRAMES:
            return _number(head, at + 5, 2), _number(head, at + 3, 2)
        if marker in (0xD9, 0xDA):  # the end, or a scan before any frame
            break
    raise TornError("image/jpeg: it has no frame")


def _segments(head: bytes) -> Iterator[tuple[int, int]]:
    """Yield each marker and where what follows it begins; raises IndexError at the end."""
    at = 2
    while True:
        if head[at] != 0xFF:
            raise TornError("image/jpeg: a segment does not begin with its marker")
        while head[at] == 0xFF:
            at += 1
        marker, at = head[at], at + 1
        yield marker, at
        at += 0 if marker in _ALONE else _number(head, at, 2)


def _webp(head: bytes) -> Size:
    # https://developers.google.com/speed/webp/docs/riff_container
    match head[12:16]:
        case b"VP8X":
            return 1 + _little(head, 24, 3), 1 + _little(head, 27, 3)
        case b"VP8 ":
            return _little(head, 26, 2) & 0x3FFF, _little(head, 28, 2) & 0x3FFF
        case b"VP8L":
            bits = _little(head, 21, 4)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise TornError("image/webp: its first chunk is none that tells a size")


def _number(head: bytes, at: int, length: int) -> int:
    return int.from_bytes(_cut(head, at, length))


def _little(head: bytes, at: int, length: int) -> int:
    return int.from_bytes(_cut(head, at, length), "little")


def _cut(head: bytes, at: int, length: int) -> bytes:
    if len(head) < at + length:
        raise IndexError(at)
    return head[at : at + length]


_READERS: Mapping[str, Callable[[bytes], Size]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
