"""What the catalog makes of contracts is what the function writes."""

import json
from pathlib import Path

import duckdb
import pytest

from data_lake.contract import FILES, newest_contracts
from data_lake.verdicts import sql_type
from stacks.data_lake.datasets import CONTRACTS, datasets

# Hive's word for what the engine writes to Parquet.
HIVE = {
    "VARCHAR": "string",
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMPTZ": "timestamp",
}


def test_the_stack_reads_the_very_files_that_ship():
    assert CONTRACTS.resolve() == Path(str(FILES)).resolve()


@pytest.mark.parametrize("dataset", datasets(), ids=lambda dataset: dataset.name)
def test_a_table_has_the_types_that_the_function_writes(dataset):
    contract = newest_contracts()[dataset.name]
    for column in contract.columns:
        written = sql_type(column)
        wanted = HIVE.get(written, written.lower().replace(" ", ""))
        assert dataset.hive_columns[column.name] == wanted, column.name


@pytest.mark.parametrize("dataset", datasets(), ids=lambda dataset: dataset.name)
def test_a_view_has_its_columns_in_their_order(dataset):
    with duckdb.connect() as con:
        columns = ", ".join(f'"{name}" VARCHAR' for name in dataset.view_types)
        con.execute(f"CREATE TABLE {dataset.records} ({columns})")
        described = con.execute(f"DESCRIBE {dataset.view_sql}").fetchall()
    assert [row[0] for row in described] == [*dataset.view_types]


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path):
    schema = json.loads((CONTRACTS / "retail_visits.v1.schema.json").read_text(encoding="utf-8"))
    for version, column in ((1, "old"), (2, "new"), (10, "newest")):
        schema["$id"], schema["lake"]["version"] = f"retail_visits.v{version}", version
        changed = {**schema["properties"], column: {"type": "string"}}
        (tmp_path / f"retail_visits.v{version}.schema.json").write_text(
            json.dumps({**schema, "properties": changed})
        )
    (found,) = datasets(tmp_path)
    assert "newest" in found.types
    assert "old" not in found.types


def test_of_several_deliveries_a_view_takes_the_newest(tmp_path):
    (visits,) = (dataset for dataset in datasets() if dataset.name == "retail_visits")
    with duckdb.connect() as con:
        columns = ", ".join(f'"{name}" VARCHAR' for name in visits.view_types)
        con.execute(f"CREATE TABLE {visits.records} ({columns})")
        rows = [("v-1", "a", "2026-01-02"), ("v-1", "b", "2026-01-03"), ("v-2", "c", "2026-01-01")]
        for visit, store, arrived in rows:
            con.execute(
                f"INSERT INTO {visits.records} (visit_id, store, arrived_at) VALUES (?, ?, ?)",
                [visit, store, arrived],
            )
        kept = con.execute(f"SELECT visit_id, store FROM ({visits.view_sql}\n)").fetchall()
    assert sorted(kept) == [("v-1", "b"), ("v-2", "c")]
