"""CAST and TRY_CAST as Trino does them: strict about text, half up about numbers."""

from sandbox.services.athena.engine.errors import not_carried
from sandbox.services.athena.engine.types import Type, to_duckdb

_WHOLE = "[+-]?[0-9]+"
_REAL = r"\s*[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)[fFdD]?\s*"
_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"


def cast_text(text: str, source: Type, target: Type, tries: bool) -> str:
    """Write the cast of an expression in DuckDB; a failed TRY_CAST is NULL."""
    if (
        source.name == target.name
        and not target.parts
        and target.name not in ("decimal", "varchar")
    ):
        return text
    if source.parts and source.name == target.name and source.parts != target.parts:
        return _inside(text, source, target, tries)
    if source.name in ("varchar", "char"):
        return _from_text(text, target, tries)
    if source.name == "json":
        return _from_json(text, target, tries)
    if target.name in ("varchar", "char"):
        return _cut(_to_text(text, source), target)
    if target.name == "json":
        return f"to_json({text})"
    if target.name == "timestamp with time zone":
        return f"timezone('UTC', CAST({text} AS TIMESTAMP))"
    if source.name == "timestamp with time zone":
        if source.zone is None:
            raise not_carried("the cast of an instant whose time zone the query does not fix")
        text = f"timezone('{source.zone}', {text})"
    if target.whole and source.name in ("double", "real"):
        text = f"round({text})"
    return _plain(text, target, tries)


def _inside(text: str, source: Type, target: Type, tries: bool) -> str:
    if source.name == "array":
        inner = cast_text("e", source.parts[0], target.parts[0], tries)
        return f"list_transform({text}, lambda e: {inner})"
    for one, other in zip(source.parts, target.parts, strict=False):
        if one.name in ("varchar", "double", "real") and other.name != one.name:
            raise not_carried(f"the cast of {source} to {target}")
    return _plain(text, target, tries)


def _plain(text: str, target: Type, tries: bool) -> str:
    return f"{'TRY_CAST' if tries else 'CAST'}({text} AS {to_duckdb(target)})"


def _guarded(text: str, pattern: str, target: Type, tries: bool) -> str:
    # A text that DuckDB would read but Trino would not is spoilt, so that the cast fails.
    spoilt = "NULL" if tries else f"'not ' || {text}"
    read = f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN {text} ELSE {spoilt} END"
    return _plain(read, target, tries)


def _from_text(text: str, target: Type, tries: bool) -> str:
    if target.whole:
        return _guarded(text, _WHOLE, target, tries)
    if target.name in ("double", "real"):
        trimmed = f"regexp_replace({text}, '[fFdD]?\\s*$', '')"
        spoilt = "NULL" if tries else f"'not ' || {text}"
        read = f"CASE WHEN regexp_full_match({text}, '{_REAL}') THEN {trimmed} ELSE {spoilt} END"
        return _plain(read, target, tries)
    if target.name == "decimal":
        return _guarded(text, _DECIMAL, target, tries)
    if target.name == "boolean":
        return _guarded(text, "(?i)(t|true|1|f|false|0)", target, tries)
    parsers = {
        "date": "t_text_date", "timestamp": "t_text_timestamp",
        "timestamp with time zone": "t_text_instant",
    }  # fmt: skip
    if target.name in parsers:
        name = parsers[target.name]
        return f"{name.replace('t_', 't_try_', 1) if tries else name}({text})"
    if target.name in ("varchar", "char"):
        return _cut(text, target)
    if target.name == "varbinary":
        return f"encode({text})"
    if target.name == "json":
        return f"to_json({text})"
    return _plain(text, target, tries)


def _from_json(text: str, target: Type, tries: bool) -> str:
    if target.name == "varchar":
        return f"t_{'try_' if tries else ''}json_text(CAST({text} AS VARCHAR))"
    if target.numeric or target.name == "boolean":
        return _plain(f"({text} ->> '$')", target, tries)
    return _plain(text, target, tries)


def _to_text(text: str, source: Type) -> str:
    if source.name == "double":
        return f"t_double_text({text})"
    if source.name == "real":
        return f"t_real_text({text})"
    if source.name == "timestamp":
        return f"t_{_digits(source)}_text({text})"
    if source.name == "timestamp with time zone":
        if source.zone is None:
            raise not_carried("the text of an instant whose time zone the query does not fix")
        zoned = f"t_{_digits(source)}_text(timezone('{source.zone}', {text}))"
        return f"({zoned} || ' {source.zone}')"
    if source.interval:
        raise not_carried("the cast of an interval to varchar")
    return f"CAST({text} AS VARCHAR)"


def _digits(source: Type) -> str:
    return "us" if source.precision > 3 else "ms"


def _cut(text: str, target: Type) -> str:
    if not target.numbers:
        return text
    if target.name == "char":
        return f"rpad({text}, {target.numbers[0]}, ' ')"
    return f"substr({text}, 1, {target.numbers[0]})"
