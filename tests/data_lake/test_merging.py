"""What the stack promises of the job that merges records, and of what it is given."""

import ast
import json
import zipfile
from functools import partial
from pathlib import Path

import pytest

from data_lake.contract import newest_contracts
from stacks.shared import job_archive
from testing.templates import of_type, statements

STACK = "DataLake"
ROLE = "CurationEnhancedMergeRecordsRole"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


@pytest.fixture(scope="module")
def job(resources):
    return merge_of(resources("AWS::Glue::Job"))


def merge_of(jobs):
    (job,) = (job for name, job in jobs.items() if name.startswith("CurationEnhanced"))
    return job


def test_no_default_of_the_job_is_left_to_chance(job):
    assert job["GlueVersion"] == "5.1"
    assert (job["WorkerType"], job["NumberOfWorkers"]) == ("G.1X", 4)
    assert (job["Timeout"], job["MaxRetries"]) == (120, 0)
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 2}
    assert job["DefaultArguments"]["--enable-auto-scaling"] == "true"
    assert job["DefaultArguments"]["--job-bookmark-option"] == "job-bookmark-disable"
    assert not {name for name in job["DefaultArguments"] if "metrics" in name}


def test_the_job_waits_for_spare_capacity_where_it_is_told_to(variant):
    other = variant(STACK, overrides={"data_lake.merge_flex": True})
    job = merge_of(of_type(other, "AWS::Glue::Job"))
    assert job["ExecutionClass"] == "FLEX"
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 2}


def test_without_the_zone_there_is_nothing_of_it(variant):
    other = variant(STACK, overrides={"data_lake.enhanced": False})
    assert not [name for name in other["Resources"] if name.startswith("Curation")]
    assert not {"EnhancedBucketName", "MergeJobName"} & other["Outputs"].keys()


def test_the_job_knows_every_contract(job):
    tables = json.loads(as_text(job["DefaultArguments"]["--tables"]))
    contracts = newest_contracts()
    assert set(tables) == set(contracts)
    for name, contract in contracts.items():
        given = tables[name]
        assert tuple(given["key"]) == contract.key
        assert given["partition"] == contract.partition
        columns = [column.name for column in contract.columns]
        assert list(given["columns"])[: len(columns)] == columns


def as_text(value):
    """Join a text that holds references."""
    if isinstance(value, str):
        return value
    return "".join(part if isinstance(part, str) else "x" for part in value["Fn::Join"][1])


def test_the_job_reads_no_raw_file_and_is_the_only_writer_of_its_zone(found, resources):
    said = json.dumps(statements(found, role=ROLE))
    assert "Modeled" in said
    assert '"Raw' not in said
    assert '"Failures' not in said
    policies = resources("AWS::S3::BucketPolicy")
    (policy,) = (p for name, p in policies.items() if name.startswith("CurationEnhancedZone"))
    (deny,) = (s for s in policy["PolicyDocument"]["Statement"] if s.get("Sid") == "OnlyWriters")
    assert ROLE in json.dumps(deny["Condition"])


def test_log_groups_are_there_before_glue_would_make_them_for_ever(resources, job):
    groups = {
        as_text(group["LogGroupName"]): group
        for name, group in resources("AWS::Logs::LogGroup").items()
        if name.startswith("CurationEnhanced")
    }
    prefix, security = (
        job["DefaultArguments"]["--custom-logGroup-prefix"],
        job["SecurityConfiguration"],
    )
    wanted = {f"{prefix}/{security}-role/x/{kind}" for kind in ("output", "error")}
    assert set(groups) == wanted
    assert all(group["RetentionInDays"] and group["KmsKeyId"] for group in groups.values())


def test_what_ships_is_the_package_of_jobs_and_the_same_file_each_time(tmp_path):
    first, second = (job_archive.archived("data_lake", tmp_path / name) for name in "ab")
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = set(archive.namelist())
    modules = {path.name for path in (ROOT / "jobs" / "data_lake").glob("*.py")}
    assert names == {f"data_lake/{name}" for name in (*modules, "__init__.py")}


def test_what_the_job_imports_of_its_package_ships_with_it():
    modules = {path.stem: path for path in (ROOT / "jobs" / "data_lake").glob("*.py")}
    for entry in ("merge_records", "build_features", "erase_records"):
        assert imported_by(entry, modules) <= set(modules), entry


def test_what_models_parts_of_files_ships_with_what_functions_have(tmp_path):
    places = [ROOT / "jobs" / "data_lake", ROOT / "lambda" / "data_lake"]
    modules = {path.stem: path for place in places for path in place.glob("*.py")}
    with zipfile.ZipFile(
        job_archive.archived("data_lake", tmp_path, with_functions=True)
    ) as archive:
        shipped = {name.removesuffix(".py") for name in archive.namelist()}
    wanted = imported_by("model_large_file", modules)
    assert {f"data_lake/{name}" for name in wanted} <= shipped
    assert "model_file" in wanted
    assert "data_lake/contracts/retail_visits.v1.schema.json" in shipped


def imported_by(entry, modules):
    """List the modules of the package that one needs, and those that these need."""
    found, waiting = set(), [entry]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in modules:
            tree = ast.walk(ast.parse(modules[name].read_text(encoding="utf-8")))
            imported = {n.module for n in tree if isinstance(n, ast.ImportFrom) and n.module}
            waiting += [n.partition(".")[2] for n in imported if n.startswith("data_lake.")]
    return found
