"""What the stack promises of its Iceberg tables: made once, kept small, written by few."""

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from stacks.data_lake.datasets import (
    CONTRACTS,
    TRAINING_SET,
    datasets,
    first_datasets,
    table_of,
)
from testing.templates import of_type, statements

STACK = "DataLake"
ROLE = "CurationEnhancedOptimizersRole"


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


@pytest.fixture(scope="module")
def tables(resources):
    made = resources("AWS::Glue::Table").values()
    forms = {t["Name"]: t["OpenTableFormatInput"]["IcebergInput"] for t in made if "Name" in t}
    return {name: form["IcebergTableInput"] for name, form in forms.items()}


def test_every_data_set_has_a_table_of_its_first_contract_parted_by_day(tables):
    assert set(tables) == {*map(table_of, datasets()), TRAINING_SET}
    for dataset in first_datasets():
        given = tables[table_of(dataset)]
        fields = given["Schema"]["Fields"]
        assert [field["Name"] for field in fields] == list(dataset.hive_columns)
        assert [field["Id"] for field in fields] == list(range(1, len(fields) + 1))
        (part,) = given["PartitionSpec"]["Fields"]
        (source,) = (field for field in fields if field["Id"] == part["SourceId"])
        assert (source["Name"], part["Transform"]) == (dataset.partition, "day")


def test_a_second_contract_changes_nothing_that_cloudformation_would_carry_out(tmp_path):
    folder = Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))
    first = json.loads((folder / "retail_visits.v1.schema.json").read_text())
    first["$id"], first["lake"]["version"] = "retail_visits.v2", 2
    first["properties"]["staff"] = {"type": "integer", "description": "Who was there."}
    (folder / "retail_visits.v2.schema.json").write_text(json.dumps(first))
    assert first_datasets(folder) == first_datasets()
    (newest,) = (each for each in datasets(folder) if each.name == "retail_visits")
    assert "staff" in newest.hive_columns


def test_every_table_is_compacted_and_rid_of_orphans_and_of_snapshots_if_none_is_kept(
    resources, tables
):
    found = list(resources("AWS::Glue::TableOptimizer").values())
    kinds = {(json.dumps(each["TableName"]), each["Type"]) for each in found}
    assert len(found) == len(kinds) == 3 * len(tables) - 1
    configurations = [each["TableOptimizerConfiguration"] for each in found]
    assert all(each["Enabled"] for each in configurations)
    kept = {
        json.dumps(each["TableName"]): each["TableOptimizerConfiguration"]["RetentionConfiguration"]
        for each in found
        if each["Type"] == "retention"
    }
    days = {
        name: each["IcebergConfiguration"]["SnapshotRetentionPeriodInDays"]
        for name, each in kept.items()
    }
    assert set(days.values()) == {7}
    # What a manifest names stays, whether or not Glue leaves what is tagged: no age tells of it.
    assert not any("TrainingSet" in name for name in days)


def test_the_optimizers_rewrite_the_tables_of_their_zone_and_nothing_else(found):
    said = statements(found, role=ROLE)
    named = json.dumps([each["Resource"] for each in said])
    assert "CurationEnhancedZone" in named
    assert "Modeled" not in named
    assert '"Raw' not in named
    actions = json.dumps([each["Action"] for each in said])
    assert "CreateTable" not in actions
    assert "DeleteTable" not in actions
