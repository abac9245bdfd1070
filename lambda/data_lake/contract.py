"""What a data set promises: a JSON Schema, and how its files are laid out."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Self

# They ship beside this module: in a folder or, as a job of Glue has them, in a zip.
FILES = files("data_lake") / "contracts"
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
# Text whose bytes 0x0A are line ends and nothing else.
ENCODINGS = ("utf-8", "windows-1252", "iso-8859-1", "iso-8859-15")
# Of JSON Schema's keywords, those that are checked; any other is refused, not ignored.
_ROOT = {"$schema", "$id", "title", "description", "type", "required", "properties", "lake"}
_LAKE = {"version", "key", "partition", "encoding", "delimiter", "person"}
_ANY = {"type", "description", "unit"}
_KEYWORDS = {
    "string": _ANY | {"pattern", "minLength", "maxLength", "enum", "format", "timezone"},
    "integer": _ANY | {"minimum", "maximum"},
    "number": _ANY | {"minimum", "maximum", "multipleOf"},
    "boolean": _ANY,
}
# Columns that the lake adds to every record.
LINEAGE = ("source_id", "source_line", "arrived_at", "contract_version", "day")
DATASET = "dataset"  # where a record that is streamed names its data set: no column
# Folders and tables of the lake's own.
RESERVED = ("loads", "objects", "quarantine", "refused", "unknown")


class ContractError(ValueError):
    """A contract that promises what is not checked, or contradicts itself."""


class Kind(StrEnum):
    """The types of columns, whatever the format of a file."""

    TEXT = "text"
    INTEGER = "integer"  # 64 bits
    DECIMAL = "decimal"  # exact, 18 digits
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"  # microseconds, in UTC


_LOCAL = "local-date-time"  # not of JSON Schema, whose date-time has an offset
_FORMATS = {None: Kind.TEXT, "date-time": Kind.MOMENT, _LOCAL: Kind.MOMENT, "date": Kind.DATE}


@dataclass(frozen=True, slots=True)
class Column:
    """One property of the schema. ``scale`` counts a decimal's digits behind the point."""

    name: str
    kind: Kind
    required: bool
    scale: int = 0
    timezone: str = ""  # of a moment without an offset
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    min_length: int = 0
    max_length: int | None = None
    allowed: tuple[str, ...] = ()
    unit: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A data set's contract. ``key`` tells two records apart, ``partition`` gives the day.

    ``person`` is the column that names a person, "" where none does.
    """

    dataset: str
    version: int
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition: str
    encoding: str
    delimiter: str
    person: str = ""

    @classmethod
    def read(cls, schema: Mapping[str, Any]) -> Self:
        """Read a JSON Schema (draft 7); raises ContractError naming what is not understood."""
        lake = schema.get("lake", {})
        dataset, _, version = str(schema.get("$id", "")).partition(".v")
        _refuse(schema, _ROOT, "the contract")
        _refuse(lake, _LAKE, "lake")
        if not NAME.fullmatch(dataset) or version != str(lake.get("version")):
            raise ContractError(f"$id is {schema.get('$id')!r}; want name.v and lake.version")
        if dataset in RESERVED:
            raise ContractError(
                f"a data set is called {dataset!r}, which the lake keeps for itself"
            )
        required = schema.get("required", [])
        columns = tuple(
            _column(name, rules, required=name in required)
            for name, rules in schema["properties"].items()
        )
        found = cls(
            dataset=dataset,
            version=lake["version"],
            description=schema.get("description", ""),
            columns=columns,
            key=tuple(lake["key"]),
            partition=lake["partition"],
            encoding=lake.get("encoding", "utf-8"),
            delimiter=lake.get("delimiter", ","),
            person=lake.get("person", ""),
        )
        found._check(required)
        return found

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    def _check(self, required: Sequence[str]) -> None:
        names = {column.name for column in self.columns}
        persons = {self.person} - {""}
        if strangers := {*required, *self.key, self.partition, *persons} - names:
            raise ContractError(f"{sorted(strangers)} are no properties of {self.dataset}")
        if not self.key or not {*self.key, self.partition} <= set(required):
            raise ContractError("key and partition have to be named, and required")
        if self.column(self.partition).kind not in (Kind.MOMENT, Kind.DATE):
            raise ContractError(f"partition {self.partition!r} is neither date-time nor date")
        if self.encoding not in ENCODINGS:
            raise ContractError(f"encoding is {self.encoding!r}; allowed: {', '.join(ENCODINGS)}")
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n\x1f':
            raise ContractError(f"delimiter is {self.delimiter!r}; want one character")


def newest_contracts(folder: Traversable = FILES) -> dict[str, Contract]:
    """Read the contract of every data set, of each the newest version."""
    found: dict[str, Contract] = {}
    shipped = (path for path in folder.iterdir() if path.name.endswith(".schema.json"))
    for path in sorted(shipped, key=lambda path: path.name):
        contract = Contract.read(json.loads(path.read_text(encoding="utf-8")))
        if path.name != f"{contract.dataset}.v{contract.version}.schema.json":
            raise ContractError(f"{path.name} holds {contract.dataset}.v{contract.version}")
        known = found.get(contract.dataset)
        if known is None or known.version < contract.version:
            found[contract.dataset] = contract
    return found


def _column(name: str, rules: Mapping[str, Any], *, required: bool) -> Column:
    allowed = _KEYWORDS.get(str(rules.get("type")))
    if not NAME.fullmatch(name) or name in (*LINEAGE, DATASET):
        taken = (*LINEAGE, DATASET)
        raise ContractError(f"property {name!r}: want snake_case, and none of {taken}")
    if allowed is None:
        raise ContractError(f"{name}.type is {rules.get('type')!r}; want one of {[*_KEYWORDS]}")
    _refuse(rules, allowed, name)
    kind, scale = _kind(name, rules)
    if ("timezone" in rules) != (rules.get("format") == _LOCAL):
        raise ContractError(f"{name}: a timezone, and the format {_LOCAL}, need each other")
    return Column(
        name=name,
        kind=kind,
        required=required,
        scale=scale,
        timezone=rules.get("timezone", ""),
        minimum=rules.get("minimum"),
        maximum=rules.get("maximum"),
        pattern=rules.get("pattern", ""),
        min_length=rules.get("minLength", 0),
        max_length=rules.get("maxLength"),
        allowed=tuple(rules.get("enum", ())),
        unit=rules.get("unit", ""),
        description=rules.get("description", ""),
    )


def _kind(name: str, rules: Mapping[str, Any]) -> tuple[Kind, int]:
    if rules["type"] == "string":
        if rules.get("format") not in _FORMATS:
            raise ContractError(
                f"{name}.format is {rules['format']!r}; want one of {[*_FORMATS][1:]}"
            )
        kind = _FORMATS[rules.get("format")]
        checks_text = {"pattern", "minLength", "maxLength", "enum"} & rules.keys()
        if kind is not Kind.TEXT and checks_text:
            raise ContractError(f"{name} has a format and {sorted(checks_text)}; want one of both")
        return kind, 0
    if rules["type"] == "number" and "multipleOf" in rules:
        scale = round(-math.log10(rules["multipleOf"]))
        if not 0 <= scale <= 9 or not math.isclose(10.0**-scale, rules["multipleOf"]):
            raise ContractError(f"{name}.multipleOf: want 1, 0.1, 0.01 … 0.000000001")
        return Kind.DECIMAL, scale
    kinds = {"integer": Kind.INTEGER, "number": Kind.DOUBLE, "boolean": Kind.BOOLEAN}
    return kinds[rules["type"]], 0


def _refuse(found: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if unknown := sorted(found.keys() - allowed):
        raise ContractError(
            f"{where} has {unknown}, which nobody checks; allowed: {sorted(allowed)}"
        )
