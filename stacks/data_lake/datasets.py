"""The contracts of data sets as the catalog tells them: columns, keys and views. Pure."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stacks.shared.athena_types import COUNT, DATE, FLAG, MOMENT, NUMBER, TEXT, WHOLE, hive_type

# The very files that ship with the function, which judges records by them.
CONTRACTS = Path(__file__).parents[2] / "lambda" / "data_lake" / "contracts"
TRAINING_SET = "training_set"  # the Iceberg table that is made of those of the data sets
_LINEAGE = {
    "source_id": TEXT,
    "source_line": COUNT,
    "arrived_at": MOMENT,
    "contract_version": WHOLE,
}


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set: ``types`` are Trino's, by column."""

    name: str
    description: str
    types: Mapping[str, str]
    key: tuple[str, ...]
    partition: str  # the column whose day a record belongs to
    contract: Mapping[str, Mapping[str, Any]]  # what JSON Schema says of each column
    required: frozenset[str]

    @property
    def records(self) -> str:
        """Name the table of all records as delivered."""
        return f"{self.name}_records"

    @property
    def hive_columns(self) -> dict[str, str]:
        """Give the columns of that table, with Hive's types."""
        return {name: hive_type(kind) for name, kind in {**self.types, **_LINEAGE}.items()}

    @property
    def view_types(self) -> dict[str, str]:
        """Give the columns of the view, with Trino's types."""
        return {**self.types, **_LINEAGE, "day": TEXT}

    @property
    def view_sql(self) -> str:
        """Take each key once: of several deliveries the newest, whatever order they came in."""
        columns = ", ".join(_quoted(name) for name in self.view_types)
        return (
            f"-- {self.description} Each once.\n"  # noqa: S608 (checked names)
            f"SELECT {columns}\n"
            f"FROM (\n"
            f"    SELECT *, row_number() OVER (\n"
            f"        PARTITION BY {', '.join(map(_quoted, self.key))}\n"
            f"        ORDER BY arrived_at DESC, source_id, source_line\n"
            f"    ) AS delivery\n"
            f"    FROM {self.records}\n"
            f")\n"
            f"WHERE delivery = 1"
        )


def datasets(folder: Path = CONTRACTS) -> list[Dataset]:
    """Read the newest contract of every data set."""
    return [versions[max(versions)] for versions in _contracts(folder)]


def first_datasets(folder: Path = CONTRACTS) -> list[Dataset]:
    """Read the first contract of every data set, whose file has to stay for it."""
    return [versions[min(versions)] for versions in _contracts(folder)]


def _contracts(folder: Path) -> list[dict[int, Dataset]]:
    found: dict[str, dict[int, Dataset]] = {}
    for path in folder.glob("*.schema.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        name, version = schema["$id"].partition(".v")[0], schema["lake"]["version"]
        found.setdefault(name, {})[version] = _dataset(name, schema)
    return [versions for _, versions in sorted(found.items())]


def table_of(dataset: Dataset) -> str:
    """Name the Iceberg table of a data set."""
    return f"{dataset.name}_enhanced"


def _dataset(name: str, schema: Mapping[str, Any]) -> Dataset:
    return Dataset(
        name=name,
        description=schema["description"],
        types={column: _type(rules) for column, rules in schema["properties"].items()},
        key=tuple(schema["lake"]["key"]),
        partition=schema["lake"]["partition"],
        contract=schema["properties"],
        required=frozenset(schema.get("required", ())),
    )


def _quoted(name: str) -> str:
    """Write a name that may be a word of SQL."""
    return f'"{name}"'


def _type(rules: Mapping[str, Any]) -> str:
    match rules:
        case {"type": "number", "multipleOf": unit}:
            return f"decimal(18,{round(-math.log10(unit))})"
        case {"type": "string", "format": "date"}:
            return DATE
        case {"type": "string", "format": _}:
            return MOMENT
    return {"string": TEXT, "integer": COUNT, "number": NUMBER, "boolean": FLAG}[rules["type"]]
