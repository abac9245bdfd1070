"""Trino's names of types, as a view tells them, and Hive's, as the catalog wants them. Pure."""

import re

TEXT, WHOLE, COUNT = "varchar", "integer", "bigint"
NUMBER, FLAG, MOMENT, DATE = "double", "boolean", "timestamp(3)", "date"
_PLAIN = {
    TEXT: "string",
    WHOLE: "int",
    COUNT: "bigint",
    NUMBER: "double",
    FLAG: "boolean",
    MOMENT: "timestamp",
    DATE: "date",
}
_DECIMAL = re.compile(r"decimal\(\d+,\d+\)")  # spelled alike by both
_NESTED = re.compile(r"(array|row)\((.*)\)")


def hive_type(trino: str) -> str:
    """Return ``array<struct<text:string>>`` for ``array(row(text varchar))``.

    Raises ValueError for a type that is not known here.
    """
    if trino in _PLAIN:
        return _PLAIN[trino]
    if _DECIMAL.fullmatch(trino):
        return trino
    nested = _NESTED.fullmatch(trino)
    if not nested:
        raise ValueError(f"{trino!r} is a type that no view has yet; allowed: {', '.join(_PLAIN)}")
    kind, inside = nested.groups()
    if kind == "array":
        return f"array<{hive_type(inside)}>"
    fields = (field.split(" ", 1) for field in _parts(inside))
    return f"struct<{','.join(f'{name}:{hive_type(of)}' for name, of in fields)}>"


def _parts(text: str) -> list[str]:
    """Split at the commas that stand in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
