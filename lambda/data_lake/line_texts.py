"""Lines as text, ready to be cut into cells; a line that is none is set aside by its number."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace

from data_lake.lines import Block
from data_lake.reasons import Reason

_BOM = b"\xef\xbb\xbf"
_MARKS = tuple(map(chr, (31, 30, 29, 28, *range(1, 9))))
CELL_MARK = _MARKS[0]  # between cells, where quotes or a text may hold the delimiter


@dataclass(frozen=True, slots=True)
class LineTexts:
    """Lines joined by line ends: as they are, and with an empty one where one was set aside.

    ``problems`` says by a line's index why it was, ``utf8`` the text again, if it is known.
    """

    original: str
    text: str
    delimiter: str
    problems: Mapping[int, Reason]
    utf8: bytes | None = None


def decoded(block: Block, encoding: str) -> LineTexts:
    """Decode lines; what has no meaning in the encoding is set aside, line by line.

    A mark of UTF-8 at the very beginning is dropped, and so is a carriage return at a line's end.
    """
    content = block.content if block.offset else block.content.removeprefix(_BOM)
    problems: dict[int, Reason] = {}
    try:
        original = text = content.decode(encoding)
    except UnicodeDecodeError:
        lines = content.split(b"\n")
        originals = [line.decode(encoding, "backslashreplace") for line in lines]
        problems = {n: Reason.NOT_TEXT for n, line in enumerate(lines) if not _is(line, encoding)}
        original = "\n".join(originals)
        text = "\n".join("" if n in problems else line for n, line in enumerate(originals))
    if "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    if "\r" in text:  # amid a line, where some readers end one
        parts = text.split("\n")
        problems |= {n: Reason.MALFORMED for n, line in enumerate(parts) if "\r" in line}
        text = "\n".join("" if n in problems else line for n, line in enumerate(parts))
    as_came = encoding == "utf-8" and text is original
    return LineTexts(original, text, "", problems, content if as_came else None)


def unquoted(lines: LineTexts, delimiter: str) -> LineTexts:
    """Take the quotes out of lines of CSV, where there are any.

    A record is one line, as it is to Athena's serdes: a quote that does not close would otherwise
    swallow every record behind it.
    """
    if '"' not in lines.text:
        return replace(lines, delimiter=delimiter)
    text, problems = lines.text, dict(lines.problems)
    mark = next((mark for mark in _MARKS if mark not in text), CELL_MARK)
    pieces, index, taken = [], 0, 0
    while (quote := text.find('"', taken)) >= 0:
        begin = text.rfind("\n", 0, quote) + 1
        end = text.find("\n", quote)
        end = len(text) if end < 0 else end
        index += text.count("\n", taken, begin)
        pieces.append(text[taken:begin].replace(delimiter, mark))
        try:
            pieces.append(mark.join(cells_of(text[begin:end], delimiter)))
        except csv.Error:
            problems[index] = Reason.MALFORMED
        taken = end
    pieces.append(text[taken:].replace(delimiter, mark))
    return LineTexts(lines.original, "".join(pieces), mark, problems)


def original(line: bytes, encoding: str, *, first: bool) -> str:
    """Write a line as it came, as text; the ``first`` one of a file without its mark."""
    return (line.removeprefix(_BOM) if first else line).decode(encoding, "backslashreplace")


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def cells_of(line: str, delimiter: str) -> list[str]:
    """Cut one line of CSV into its cells; raises csv.Error for quotes that do not close."""
    return next(csv.reader((line,), delimiter=delimiter, strict=True), [])
