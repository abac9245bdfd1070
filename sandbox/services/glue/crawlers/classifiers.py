"""What an object is: its format, how it is compressed, and the columns that it shows."""

import csv
import gzip
import io
import json
import re
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from sandbox.services.glue.crawlers.kinds import NOTHING, TEXT, Kind, merged, of_json, of_texts

MEBIBYTE, RECORDS = 2**20, 1000  # that a crawler reads of an object
_DELIMITERS = (",", "|", "\t", ";", "\x01")
_COLUMN = re.compile(r"[^\x00-\x1f]{1,149}")
UNKNOWN = "UNKNOWN"
# Hive knows no time zone, and one precision of moments.
_HIVE = {
    **{name: name for name in ("boolean", "tinyint", "smallint", "bigint", "float", "double")},
    **{"integer": "int", "varchar": "string", "blob": "binary", "date": "date", "uuid": "string"},
    **dict.fromkeys(
        ("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "timestamp with time zone"),
        "timestamp",
    ),
}


@dataclass(frozen=True)
class Classified:
    """An object as a crawler sees it."""

    format: str
    compression: str = "none"
    columns: Mapping[str, Kind] = field(default_factory=dict)
    records: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


def classify(body: bytes) -> Classified:
    """Look at the beginning of an object, with AWS's own classifiers in their order.

    https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html
    """
    if body[:4] == body[-4:] == b"PAR1":
        return _parquet(body)
    compression = "gzip" if body[:2] == b"\x1f\x8b" else "none"
    try:
        text = _text(_unpacked(body) if compression == "gzip" else body[:MEBIBYTE])
    except (UnicodeDecodeError, OSError, EOFError, zlib.error):
        return Classified(UNKNOWN, compression)
    found = _json(text) or _csv(text) or Classified(UNKNOWN)
    return Classified(found.format, compression, found.columns, found.records, found.options)


def _unpacked(body: bytes) -> bytes:
    with gzip.open(io.BytesIO(body)) as file:
        return file.read(MEBIBYTE)


def _text(head: bytes) -> str:
    """Decode whole lines."""
    if len(head) == MEBIBYTE:
        head = head[: head.rfind(b"\n") + 1]
    return head.decode("utf-8-sig")


def _parquet(body: bytes) -> Classified:
    with tempfile.TemporaryDirectory(prefix="crawl-") as folder:
        path = Path(folder) / "object.parquet"
        path.write_bytes(body)
        try:
            with duckdb.connect() as con:
                found = con.read_parquet(str(path))
                columns = dict(zip(found.columns, found.types, strict=True))
                counted = con.execute("SELECT count(*) FROM found").fetchone()
            kinds = {name.lower(): Kind(_hive(kind)) for name, kind in columns.items()}
        except (duckdb.Error, KeyError):
            return Classified(UNKNOWN)
    return Classified("parquet", "none", kinds, (counted or (0,))[0])


def _hive(kind: Any) -> str:
    """Spell a type of the engine as Hive does; raises KeyError for one that Hive has not."""
    inner = dict(kind.children) if kind.id in ("list", "struct", "map", "decimal") else {}
    match kind.id:
        case "list":
            return f"array<{_hive(inner['child'])}>"
        case "map":
            return f"map<{_hive(inner['key'])},{_hive(inner['value'])}>"
        case "struct":
            fields = (f"{name.lower()}:{_hive(each)}" for name, each in inner.items())
            return f"struct<{','.join(fields)}>"
        case "decimal":
            return f"decimal({inner['precision']},{inner['scale']})"
    return _HIVE[kind.id]


def _json(text: str) -> Classified | None:
    """Take a text for JSON Lines, or one document, if all of its records are objects."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    lines = [line for line in text.splitlines()[:RECORDS] if line.strip()]
    try:
        records = [json.loads(line) for line in lines]
    except ValueError:
        try:
            document = json.loads(text)
        except ValueError:
            return None
        records = document if isinstance(document, list) else [document]
    if len(records) == 1 and isinstance(records[0], list):
        records = records[0]
    if not records or not all(isinstance(record, dict) for record in records):
        return None
    columns: dict[str, Kind] = {}
    for record in records[:RECORDS]:
        columns = merged(columns, {name.lower(): of_json(v) for name, v in record.items()})
    return Classified("json", columns=columns, records=len(records))


def _csv(text: str) -> Classified | None:
    """Take a text for CSV, if it has two rows and columns at least, and every row as many."""
    for delimiter in _DELIMITERS:
        try:
            read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            rows = [row for row in islice(read, RECORDS) if row]
        except csv.Error:
            continue
        if len(rows) > 1 and len(rows[0]) > 1 and {len(row) for row in rows} == {len(rows[0])}:
            return _of_rows(rows, delimiter, quoted='"' in text)
    return None


def _of_rows(rows: list[list[str]], delimiter: str, *, quoted: bool) -> Classified:
    head, kinds = rows[0], [of_texts(column) for column in zip(*rows[1:], strict=True)]
    # A header differs from data: it is of texts, and something below it is not.
    has_header = (
        all(_COLUMN.fullmatch(name) and of_texts([name]) == TEXT for name in head)
        and len(set(head)) == len(head)
        and any(kind not in (TEXT, NOTHING) for kind in kinds)
    )
    if has_header:
        names = [name.strip().lower() for name in head]
    else:
        names = [f"col{number}" for number in range(len(head))]
        kinds = [of_texts(column) for column in zip(*rows, strict=True)]
    options = {"delimiter": delimiter, "areColumnsQuoted": str(quoted).lower()}
    options |= {"skip.header.line.count": "1"} if has_header else {}
    columns = dict(zip(names, kinds, strict=True))
    return Classified("csv", columns=columns, records=len(rows) - has_header, options=options)


def combined(found: Sequence[Classified]) -> Classified:
    """Put objects of one table together."""
    columns: dict[str, Kind] = {}
    for each in found:
        columns = merged(columns, each.columns)
    first, records = found[0], sum(each.records for each in found)
    return Classified(first.format, first.compression, columns, records, first.options)
