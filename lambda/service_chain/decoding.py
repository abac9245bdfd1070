"""Turn bytes into text: the encoding is told by strict rules, and never guessed in silence."""

import codecs
import re
import unicodedata

from service_chain.failures import Reason, Refused

UTF_8 = "utf-8"
UTF_16_LE = "utf-16-le"
UTF_16_BE = "utf-16-be"
WINDOWS_1252 = "windows-1252"
# A beginning that tells nothing yet: what follows may be UTF-8 or Windows-1252.
ASCII = "ascii"

_ALLOWED = "allowed: UTF-8, UTF-16, Western European (Windows-1252); save it as UTF-8"
# The control characters that texts hold: tab, line ends, form feed, end of file, escape.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_CONTROL_CHARACTERS = frozenset("\t\n\v\f\r\x1a\x1b\x85")
# One strange byte in so many is a slip, more are a binary file.
_BYTES_PER_CONTROL = 100

_DECLARED = re.compile(
    rb"""<meta[^>]{1,200}charset\s*=\s*["']?\s*([\w-]{1,40})"""
    rb"""|^\s*<\?xml[^>]{1,200}encoding\s*=\s*["']([\w-]{1,40})""",
    re.IGNORECASE,
)
# A page may declare these; Python's names. Browsers read Latin-1 as Windows-1252, and so do we.
# https://encoding.spec.whatwg.org/#names-and-labels
_DECLARABLE = {
    **{f"windows-{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-1": WINDOWS_1252,
    "iso-8859-9": "cp1254",
    "windows-1252": WINDOWS_1252,
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "shift_jis": "cp932",
    "euc-jp": "euc-jp",
    "iso-2022-jp": "iso-2022-jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
}

_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_HIGH = re.compile(rb"[\x80-\xff]")
# Western words have accents here and there; in other alphabets such bytes stand side by side.
_HIGH_RUNS = re.compile(rb"[\xa1-\xff]{3,}")
# Signs of Windows-1252, in the middle of a word: letters in Central European code pages.
_SIGN_IN_WORD = re.compile(
    rb"[a-z][\x80\x82-\x84\x86-\x89\x8b\x95\x98\x99\x9b\xa1-\xa9\xac\xae-\xb1\xb3\xb4\xb6\xb8\xb9"
    rb"\xbb-\xbf\xd7\xf7](?=[a-z])"
)


def encoding_of(head: bytes, *, complete: bool) -> str:
    """Name the encoding of a text by its beginning, which may be cut within a character.

    Raises Refused where it is no text, or text in an encoding that nothing tells.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _not_text("it looks like UTF-32")
    for mark, encoding in (
        (codecs.BOM_UTF8, UTF_8),
        (codecs.BOM_UTF16_LE, UTF_16_LE),
        (codecs.BOM_UTF16_BE, UTF_16_BE),
    ):
        if head.startswith(mark):
            _check(_start(head, encoding, complete=complete))
            return encoding
    if b"\0" in head:
        return _utf_16_without_mark(head, complete=complete)
    if len(_CONTROLS.findall(head)) * _BYTES_PER_CONTROL > len(head):
        raise _not_text("it has control characters, as binary files have")
    if head.isascii():
        return UTF_8 if complete else ASCII
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(head, final=complete)
    except UnicodeDecodeError as error:
        return _declared(head, complete=complete) or _western(head, error.start)
    return UTF_8


def decode(data: bytes, encoding: str) -> str:
    """Decode a whole text as ``encoding_of`` told; a byte order mark at its start is no text.

    Raises Refused where any of it is not what its beginning said.
    """
    if encoding == ASCII:
        encoding = final_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(
            f"it begins as {encoding}, but is not from byte {error.start} on (cut or mixed?)"
        ) from None
    text = text.removeprefix("\ufeff")
    if (place := text.find("\0")) >= 0:
        raise _not_text(f"it has a NUL at character {place}, as binary files have")
    return text


def final_encoding(data: bytes) -> str:
    """Say what a text is that began in plain ASCII, by the rest of it."""
    try:
        data.decode(UTF_8)
    except UnicodeDecodeError as error:
        return _western(data, error.start)
    return UTF_8


def _start(head: bytes, encoding: str, *, complete: bool) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head, final=complete)
    except UnicodeDecodeError as error:
        raise _not_text(
            f"its byte order mark says {encoding}, but byte {error.start} is not"
        ) from None


def _check(text: str) -> None:
    controls = sum(character < " " and character not in _CONTROL_CHARACTERS for character in text)
    if "\0" in text or controls * _BYTES_PER_CONTROL > len(text):
        raise _not_text("it has control characters, as binary files have")


def _utf_16_without_mark(head: bytes, *, complete: bool) -> str:
    """Tell UTF-16 by its spaces, line ends and digits, of which every other byte is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    encoding = UTF_16_LE if odd > even else UTF_16_BE
    is_one_sided = max(even, odd) > 10 * min(even, odd)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=complete)
    except UnicodeDecodeError:
        text = ""
    if not is_one_sided or not _is_written(text) or _is_bytes_with_gaps(head):
        raise _not_text("it has NUL bytes, as binary files have")
    return encoding


def _is_written(text: str) -> bool:
    """Whether all characters are ones that somebody writes, but for a few that are too new."""
    odd = 0
    for character in text:
        category = unicodedata.category(character)
        if category == "Cc" and character not in _CONTROL_CHARACTERS:
            return False
        odd += category in {"Cn", "Co"}
    return bool(text) and odd * _BYTES_PER_CONTROL <= len(text)


def _is_bytes_with_gaps(head: bytes) -> bool:
    """Whether it is a text of bytes with a NUL now and then, which as UTF-16 would be Chinese."""
    rest = head.replace(b"\0", b"")
    gaps = len(head) - len(rest)
    try:
        rest.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(rest) and gaps * 3 < len(head)


def _declared(head: bytes, *, complete: bool) -> str | None:
    found = _DECLARED.search(head)
    label = (found[1] or found[2]).decode("ascii", "replace").lower() if found else ""
    encoding = _DECLARABLE.get(label)
    if encoding is None:
        return None
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=complete)
    except UnicodeDecodeError as error:
        raise _not_text(f"it declares {label}, but byte {error.start} is not") from None
    return encoding


def _western(data: bytes, wrong: int) -> str:
    """Accept Windows-1252 where the text looks like a language that is written in it."""
    if _has_surrogates(data):
        raise _not_text(f"it is UTF-8 with half a surrogate pair at byte {wrong}")
    lenient = data.decode(UTF_8, "replace")
    invalid = lenient.count("\ufffd")
    valid = sum(1 for _ in re.finditer("[^\0-\x7f\ufffd]", lenient))
    if valid * 5 >= invalid:
        raise _not_text(f"it is UTF-8 in most places, but not at byte {wrong} (cut or mixed?)")
    high = len(_HIGH.findall(data))
    runs = sum(len(run) for run in _HIGH_RUNS.findall(data))
    signs = len(_SIGN_IN_WORD.findall(data))
    looks_western = runs * 2 <= high and signs * 20 < high
    if _UNDEFINED.search(data) or _CONTROLS.search(data) or not looks_western:
        raise _not_text("it is in an encoding that nothing tells")
    return WINDOWS_1252


def _has_surrogates(data: bytes) -> bool:
    """Whether nothing but halves of surrogate pairs keeps it from being UTF-8.

    Programs that hold texts in UTF-16 write such bytes where they cut an emoji in two.
    """
    try:
        text = codecs.getincrementaldecoder(UTF_8)("surrogatepass").decode(data)
    except UnicodeDecodeError:
        return False
    return any("\ud800" <= character <= "\udfff" for character in text)


def _not_text(problem: str) -> Refused:
    return Refused(Reason.NOT_TEXT, f"{problem}; {_ALLOWED}")
