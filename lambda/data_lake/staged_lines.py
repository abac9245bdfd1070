"""Lines in a file of their own, which the engine reads several times as fast as a text."""

from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import Self

from data_lake.line_texts import LineTexts
from data_lake.lines import BLOCK_BYTES
from data_lake.literals import text
from data_lake.reasons import FileReason, SetAside

_LONGEST_LINE = 4 * BLOCK_BYTES  # a character of another encoding may have three bytes in UTF-8
_CONTROLS = tuple(map(chr, (30, 29, 28, *range(1, 9))))
_PRIVATE = tuple(map(chr, range(0x100000, 0x100040)))  # characters that mean nothing to anybody


@dataclass(frozen=True, slots=True)
class StagedLines:
    """A query for lines that are not blank, with ``n``, counted from 0 over all; ``delimiter``."""

    sql: str
    delimiter: str

    @classmethod
    def write(cls, lines: LineTexts, path: Path) -> Self:
        """Write lines to a file, over what is there. Raises SetAside where they hold every mark."""
        # An empty first line: what begins a file may be taken for a mark, or for a header.
        content = lines.text.encode() if lines.utf8 is None else lines.utf8
        with path.open("wb") as file:
            file.writelines((b"\n", content, b"\n"))
        # Each line is one cell, so what stands between cells must be nowhere.
        marks = chain(map("".join, product(_CONTROLS, repeat=3)), _PRIVATE)
        between = next((mark for mark in marks if mark not in lines.text), None)
        if between is None:
            raise SetAside(FileReason.UNKNOWN_FORMAT, "its lines hold every mark of ours")
        options = (
            f"columns = {{'line': 'VARCHAR'}}, delim = {text(between)}, quote = '', escape = '', "
            "comment = '', header = false, auto_detect = false, new_line = '\\n', "
            f"strict_mode = false, max_line_size = {_LONGEST_LINE}"
        )
        # Few lines begin with a blank, and so few have to be looked through.
        return cls(
            "(SELECT * FROM (SELECT line, row_number() OVER () - 2 AS n "  # noqa: S608 (our own path)
            f"FROM read_csv({text(str(path))}, {options})) "
            "WHERE line >= '!' OR trim(line) <> '')",
            lines.delimiter,
        )
