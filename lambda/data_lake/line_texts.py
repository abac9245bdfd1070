"""Lines as text, ready to be cut into cells; a line that is none is set aside by its number."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace

from data_lake.lines import Block
from data_lake.reasons import Reason

_BOM = b"\xef\xbb\xbf"
CELL_MARK = chr(31)  # between cells, where quotes or a text may hold the delimiter


@dataclass(frozen=True, slots=True)
class LineTexts:
    """Lines joined by line ends: as they are, and with an empty one where one was set aside.

    ``problems`` says by a line's index why it was.
    """

    original: str
    text: str
    delimiter: str
    problems: Mapping[int, Reason]


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
    return LineTexts(original, text, "", problems)


def unquoted(lines: LineTexts, delimiter: str) -> LineTexts:
    """Take the quotes out of lines of CSV, where there are any.

    A record is one line, as it is to Athena's serdes: a quote that does not close would otherwise
    swallow every record behind it.
    """
    if '"' not in lines.text:
        return replace(lines, delimiter=delimiter)
    problems = dict(lines.problems)
    texts = []
    for index, line in enumerate(lines.text.split("\n")):
        if '"' not in line:
            texts.append(line.replace(delimiter, CELL_MARK))
            continue
        try:
            texts.append(CELL_MARK.join(cells_of(line, delimiter)))
        except csv.Error:
            texts.append("")
            problems[index] = Reason.MALFORMED
    return LineTexts(lines.original, "\n".join(texts), CELL_MARK, problems)


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def cells_of(line: str, delimiter: str) -> list[str]:
    """Cut one line of CSV into its cells; raises csv.Error for quotes that do not close."""
    return next(csv.reader((line,), delimiter=delimiter, strict=True), [])
