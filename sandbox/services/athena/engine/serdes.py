"""Reading a data object as Hive's serdes do: text in, one row of cells per record out."""

import bz2
import datetime as dt
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.tables import Table
from sandbox.services.athena.engine.types import Type

Cell = str | None
_WHOLE = re.compile(r"[+-]?\d+")
_FRACTION = re.compile(r"([+-]?\d+)\.\d*")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_REAL = re.compile(r"\s*[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?\s*")
_RANGE = {"tinyint": 7, "smallint": 15, "integer": 31, "bigint": 63}
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z?")
_SHAPES = {
    "timestamp": re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?"),
    "decimal": re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)"),
}


def text_of(key: str, body: bytes) -> str:
    """Decode an object, decompressed by the ending of its key."""
    if key.endswith(".gz"):
        body = gzip.decompress(body)
    elif key.endswith(".bz2"):
        body = bz2.decompress(body)
    elif key.endswith((".snappy", ".lzo", ".zst", ".deflate")):
        raise not_carried(f"the compression of {key.rpartition('/')[2]}")
    return body.decode(errors="replace")


def lines_of(text: str) -> list[str]:
    r"""Split as Hadoop's line reader does: at \n, \r or \r\n and nothing else."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def rows(table: Table, text: str) -> Iterator[list[Cell]]:
    """Read every record of one object as cells in the order of the table's columns."""
    lines = lines_of(text)
    if table.serde in ("open_csv", "lazy"):
        lines = lines[int(table.properties.get("skip.header.line.count", 0) or 0) :]
    return _READERS[table.serde](table, lines)


def _padded(cells: list[Cell], width: int) -> list[Cell]:
    return cells[:width] + [None] * (width - len(cells))


# --- OpenCSVSerde: opencsv 2.3 on each line, so a quoted field cannot span lines


def split_csv(line: str, separator: str, quote: str, escape: str) -> list[str]:
    """Split a line as opencsv's CSVParser does, backslashes and stray quotes included."""
    fields, field, quoted, at, end = [], "", False, 0, len(line)
    while at < end:
        char = line[at]
        following = line[at + 1] if at + 1 < end else ""
        if char == escape:
            if quoted and following in (quote, escape) and following:
                field += following
                at += 1
        elif char == quote:
            if quoted and following == quote:
                field += quote
                at += 1
            else:
                inside = at > 2 and line[at - 1] != separator and following not in ("", separator)
                if inside:
                    field = "" if field and field.isspace() else field + char
                quoted = not quoted
        elif char == separator and not quoted:
            fields.append(field)
            field = ""
        else:
            field += char
        at += 1
    if quoted:
        raise AthenaError("HIVE_BAD_DATA", "Un-terminated quoted field at end of CSV line")
    return [*fields, field]


def _open_csv(table: Table, lines: list[str]) -> Iterator[list[Cell]]:
    options = table.options
    separator = options.get("separatorChar", ",")
    quote, escape = options.get("quoteChar", '"'), options.get("escapeChar", "\\")
    escape = "\\" if escape == quote else escape  # which doubles quotes anyway
    kinds = [kind for _, kind in table.columns]
    plain = all(k.name in ("varchar", "char") for k in kinds)
    for line in lines:
        if quote in line or escape in line:
            found = split_csv(line, separator, quote, escape)
        else:
            found = line.split(separator)
        cells = _padded(list(found), len(kinds))
        yield (
            cells
            if plain
            else [_csv_cell(c, k, i) for i, (c, k) in enumerate(zip(cells, kinds, strict=True))]
        )


def _bad(cell: str, index: int, why: str) -> AthenaError:
    return AthenaError(
        "HIVE_BAD_DATA", f"Error parsing field value '{cell}' for field {index}: {why}"
    )


def _csv_cell(cell: Cell, kind: Type, index: int) -> Cell:
    if cell is None or kind.name in ("varchar", "char"):
        return cell
    if kind.name in ("integer", "bigint"):
        if not _WHOLE.fullmatch(cell) or not _in_range(cell, kind):
            raise _bad(cell, index, f'For input string: "{cell}"')
        return cell
    if kind.name == "double":
        if not _REAL.fullmatch(cell):
            raise _bad(
                cell, index, "empty String" if not cell.strip() else f'For input string: "{cell}"'
            )
        return cell.strip().rstrip("fFdD")
    if kind.name == "boolean":
        if cell.lower() not in ("true", "false"):
            raise _bad(cell, index, f"not a boolean: {cell}")
        return cell.lower()
    if kind.name in ("date", "timestamp"):
        if not _WHOLE.fullmatch(cell):
            raise _bad(cell, index, f'For input string: "{cell}"')
        return _since_epoch(int(cell), kind)
    raise not_carried(f"a column of type {kind} with OpenCSVSerde (declare it string and cast)")


def _since_epoch(count: int, kind: Type) -> str:
    start = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    if kind.name == "date":
        return (start + dt.timedelta(days=count)).strftime("%Y-%m-%d")
    return (start + dt.timedelta(milliseconds=count)).strftime("%Y-%m-%d %H:%M:%S.%f")


def _in_range(cell: str, kind: Type) -> bool:
    limit: int = 2 ** _RANGE[kind.name]
    return -limit <= int(cell) < limit


# --- LazySimpleSerDe: what does not read as its type is NULL


def _lazy(table: Table, lines: list[str]) -> Iterator[list[Cell]]:
    options = table.options
    delimiter = options.get("field.delim") or options.get("serialization.format") or "\x01"
    delimiter = "\x01" if delimiter == "1" else delimiter
    escape = options.get("escape.delim", "")
    null = options.get("serialization.null.format", "\\N")
    inner = options.get("collection.delim", options.get("colelction.delim", "\x02"))
    pair = options.get("mapkey.delim", "\x03")
    kinds = [kind for _, kind in table.columns]
    for line in lines:
        found = _split_escaped(line, delimiter, escape)
        cells = _padded(list(found), len(kinds))
        yield [
            None if c is None or c == null else _lazy_cell(_cut(c, k), k, inner, pair)
            for c, k in zip(cells, kinds, strict=True)
        ]


def _split_escaped(line: str, delimiter: str, escape: str) -> list[str]:
    if not escape or escape not in line:
        return line.split(delimiter)
    fields, field, at = [], "", 0
    while at < len(line):
        if line[at] == escape and at + 1 < len(line):
            field += line[at + 1]
            at += 1
        elif line[at] == delimiter:
            fields.append(field)
            field = ""
        else:
            field += line[at]
        at += 1
    return [*fields, field]


def _lazy_cell(cell: str, kind: Type, inner: str, pair: str) -> Cell:
    if kind.name == "array":
        parts = cell.split(inner) if cell else []
        return json.dumps([_plain(p, kind.parts[0]) for p in parts])
    if kind.name == "map":
        pairs = (p.partition(pair) for p in cell.split(inner)) if cell else ()
        return json.dumps({k: _plain(v, kind.parts[1]) for k, _, v in pairs})
    if kind.name == "row":
        parts = cell.split(inner)
        named = zip(kind.fields, parts, kind.parts, strict=False)
        return json.dumps({n: _plain(p, k) for n, p, k in named})
    return _plain(cell, kind)


def _plain(cell: str, kind: Type) -> Cell:
    name = kind.name
    if name in ("varchar", "char"):
        return cell[: kind.numbers[0]] if kind.numbers else cell
    if kind.whole:
        return cell if _WHOLE.fullmatch(cell) and _in_range(cell, kind) else None
    if name == "date":
        return _rolled_over(cell)
    if name == "timestamp":
        return cell if _SHAPES[name].fullmatch(cell) and _is_moment(cell) else None
    if name in ("double", "real"):
        return cell.strip().rstrip("fFdD") if _REAL.fullmatch(cell) else None
    if name == "boolean":
        return cell if cell.lower() in ("true", "false") else None
    if name not in _SHAPES:
        raise not_carried(f"a column of type {kind} in text")
    return cell if _SHAPES[name].fullmatch(cell) else None


def _cut(cell: str, kind: Type) -> str:
    """Drop the fraction of a whole number, as Hive's LazyLong does."""
    found = _FRACTION.fullmatch(cell) if kind.whole else None
    return found[1] if found else cell


def _rolled_over(cell: str) -> Cell:
    """Read a date as java.sql.Date.valueOf does: 30 February is 2 March."""
    found = _DATE.fullmatch(cell)
    if found is None or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[3]) <= 31:
        return None
    first = dt.date(int(found[1]), int(found[2]), 1)
    return (first + dt.timedelta(days=int(found[3]) - 1)).isoformat()


def _is_moment(cell: str) -> bool:
    try:
        dt.datetime.fromisoformat(cell[:19])
    except ValueError:
        return False
    return True


# --- JSON serdes: a record is a line; keys match columns without regard to case


def _json(table: Table, lines: list[str]) -> Iterator[list[Cell]]:
    lenient = table.options.get("ignore.malformed.json", "false").lower() == "true"
    mapped = {
        k.partition(".")[2].lower(): v for k, v in table.options.items() if k.startswith("mapping.")
    }
    for line in lines:
        if not line.strip():
            continue
        record = _record(line, lenient)
        names = [mapped.get(name, name) for name, _ in table.columns]
        yield [
            _json_cell(record.get(name, record.get(name.lower())), kind, index)
            for index, (name, (_, kind)) in enumerate(zip(names, table.columns, strict=True))
        ]


def _record(line: str, lenient: bool) -> Mapping[str, Any]:
    try:
        record = json.loads(line, parse_float=str)
    except ValueError as error:
        if lenient:
            return {}
        message = f"Row is not a valid JSON Object - JSONException: {error}"
        raise AthenaError("HIVE_CURSOR_ERROR", message) from error
    if not isinstance(record, dict):
        if lenient:
            return {}
        raise AthenaError("HIVE_CURSOR_ERROR", "Row is not a valid JSON Object")
    return {**record, **{k.lower(): v for k, v in record.items()}}


def _json_cell(value: Any, kind: Type, index: int) -> Cell:
    if value is None:
        return None
    if kind.parts:
        shaped = _shaped(value, kind, index)
        return json.dumps(shaped, ensure_ascii=False)
    text = _scalar(value)
    if kind.name in ("varchar", "char"):
        return text
    if kind.name == "timestamp":
        if not _MOMENT.fullmatch(text):
            raise _bad(text, index, "Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff]")
        return text.replace("T", " ").removesuffix("Z")
    read = _plain(text, kind)
    if read is None:
        raise _bad(text, index, f'For input string: "{text}"')
    return read


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _shaped(value: Any, kind: Type, index: int) -> Any:
    if value is None:
        return None
    if kind.name == "array" and isinstance(value, list):
        return [_shaped(v, kind.parts[0], index) for v in value]
    if kind.name == "map" and isinstance(value, dict):
        return {k: _shaped(v, kind.parts[1], index) for k, v in value.items()}
    if kind.name == "row" and isinstance(value, dict):
        lowered = {k.lower(): v for k, v in value.items()}
        named = zip(kind.fields, kind.parts, strict=True)
        return {n: _shaped(lowered.get(n), k, index) for n, k in named}
    if kind.parts:
        raise _bad(_scalar(value), index, f"not a {kind}")
    return _json_cell(value, kind, index)


_READERS: dict[str, Callable[[Table, list[str]], Iterator[list[Cell]]]] = {
    "open_csv": _open_csv, "lazy": _lazy, "json": _json, "hive_json": _json,
}  # fmt: skip
