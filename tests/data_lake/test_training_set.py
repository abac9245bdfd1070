"""What the stack promises of the training set and of the job that builds it."""

import json
from functools import partial

import pytest

from stacks.data_lake.contracts import offers
from stacks.data_lake.training_table import FIRST_COLUMNS
from testing.templates import of_type, statements

STACK = "DataLake"
ROLE = "CurationTrainingSetBuildFeaturesRole"


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


def job_of(template):
    jobs = of_type(template, "AWS::Glue::Job")
    (job,) = (job for name, job in jobs.items() if name.startswith("CurationTrainingSet"))
    return job


def test_the_job_is_told_what_the_settings_say(found):
    job = job_of(found)
    told = job["DefaultArguments"]
    assert (job["GlueVersion"], job["WorkerType"], job["NumberOfWorkers"]) == ("5.1", "G.1X", 4)
    assert (job["Timeout"], job["MaxRetries"]) == (120, 0)
    assert (told["--window_days"], told["--label_minutes"]) == ("28", "60")
    assert (told["--validation_percent"], told["--test_percent"]) == ("15", "15")
    assert (told["--kept_days"], told["--snapshot_days"]) == ("90", "7")
    assert told["--visits"].endswith(".retail_visits_enhanced")
    assert told["--purchases"].endswith(".retail_purchases_enhanced")
    assert told["--code_version"] == "<asset>"


def test_one_run_at_a_time_is_taken(found):
    assert job_of(found)["ExecutionProperty"] == {"MaxConcurrentRuns": 1}


def test_what_a_run_left_is_deleted_once_no_run_can_be_that_old(found, variant):
    told = job_of(found)["DefaultArguments"]
    assert int(told["--sweep_minutes"]) >= 1440
    other = variant(STACK, overrides={"data_lake.features_minutes": 2000})
    job = job_of(other)
    assert job["Timeout"] == 2000
    assert int(job["DefaultArguments"]["--sweep_minutes"]) >= 2000


def test_the_job_waits_for_spare_capacity_where_it_is_told_to(variant):
    other = variant(STACK, overrides={"data_lake.features_flex": True})
    assert job_of(other)["ExecutionClass"] == "FLEX"


def test_the_job_reads_no_record_as_delivered_and_is_the_only_writer_of_its_zone(found, resources):
    said = json.dumps(statements(found, role=ROLE))
    assert '"Raw' not in said
    assert '"Failures' not in said
    assert "/loads*" in said  # of the modeled zone, and nothing beside
    assert "/retail_visits/*" in said
    policies = resources("AWS::S3::BucketPolicy")
    (policy,) = (p for name, p in policies.items() if name.startswith("CurationTrainingSetZone"))
    (deny,) = (s for s in policy["PolicyDocument"]["Statement"] if s.get("Sid") == "OnlyWriters")
    assert ROLE in json.dumps(deny["Condition"])


def test_the_template_makes_the_table_with_its_first_columns_and_parts_it_by_split(resources):
    (made,) = (
        table["OpenTableFormatInput"]["IcebergInput"]["IcebergTableInput"]
        for table in resources("AWS::Glue::Table").values()
        if table.get("Name") == "training_set"
    )
    fields = made["Schema"]["Fields"]
    iceberg = {"bigint": "long", "timestamp": "timestamptz"}
    assert {field["Name"]: field["Type"] for field in fields} == {
        name: iceberg.get(kind, kind) for name, kind in FIRST_COLUMNS.items()
    }
    (part,) = made["PartitionSpec"]["Fields"]
    (source,) = (field for field in fields if field["Id"] == part["SourceId"])
    assert (source["Name"], part["Transform"]) == ("split", "identity")
    # Where the job sweeps, and where no manifest lies.
    assert made["Location"]["Fn::Join"][1][-1] == "/training_set"


def test_the_job_changes_no_table_but_its_own(found):
    allowed = statements(found, role=ROLE)
    assert "CreateTable" not in json.dumps([each["Action"] for each in allowed])
    (statement,) = (s for s in allowed if "glue:UpdateTable" in s["Action"])
    said = json.dumps(statement["Resource"])
    assert "/training_set" in said
    assert "_enhanced" not in said


def test_the_bucket_of_the_manifests_is_published_as_the_contract_says(resources):
    (parameter,) = resources("AWS::SSM::Parameter").values()
    assert parameter["Name"] == offers(stack_name=STACK).manifests.bucket.parameter
    assert parameter["Value"]["Ref"].startswith("CurationTrainingSetZone")
