"""The deployed rulesets, on tables that Spark made: good data pass, and nothing else does."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import PURCHASES, VISITS, csv_lines
from fixtures.retail.visits import visits

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
TABLES = ("retail_visits_enhanced", "retail_purchases_enhanced", "training_set")
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")


@pytest.fixture(scope="module")
def built(lake):
    """Give the lake with all of its tables made."""
    made = list(visits(300, YESTERDAY, seed=301))
    bought = [Delivery(each.purchase) for each in made if each.purchase]
    tills = {"delimiter": ";", "encoding": "windows-1252"}
    lines = {
        "retail_visits": csv_lines([Delivery(each.visit) for each in made], list(VISITS)),
        "retail_purchases": csv_lines(bought, PURCHASES, **tills),
    }
    for dataset, content in lines.items():
        lake.drop(f"{dataset}/quality/day.csv", b"".join(content))
    lake.settle()
    lake.merge()
    job = lake.outputs["FeaturesJobName"]
    run = lake.sandbox.client("glue").start_job_run(JobName=job)["JobRunId"]
    assert lake.ended_merge(run, job=job)["JobRunState"] == "SUCCEEDED"
    return lake


@pytest.fixture(scope="module")
def evaluate(built):
    """Hold a table to a ruleset, its own or another; gives the run, and the result if any."""
    glue = built.sandbox.client("glue")

    def run(table, ruleset=None):
        source = {"DatabaseName": built.outputs["DatabaseName"], "TableName": table}
        run_id = glue.start_data_quality_ruleset_evaluation_run(
            DataSource={"GlueTable": source},
            Role=built.outputs["QualityRoleArn"],
            RulesetNames=[ruleset or f"DataLake-prod-{table}"],
        )["RunId"]
        end = time.monotonic() + 60
        while (found := glue.get_data_quality_ruleset_evaluation_run(RunId=run_id))[
            "Status"
        ] not in OVER:
            assert time.monotonic() < end, found
            time.sleep(0.05)
        results = found.get("ResultIds") or [None]
        return found, results[0] and glue.get_data_quality_result(ResultId=results[0])

    return run


def bad(result):
    return [
        (each["Description"], each.get("EvaluationMessage"))
        for each in result["RuleResults"]
        if each["Result"] != "PASS"
    ]


@pytest.mark.parametrize("table", TABLES)
def test_what_the_jobs_make_of_good_records_holds(evaluate, table):
    run, result = evaluate(table)
    assert run["Status"] == "SUCCEEDED", run.get("ErrorString")
    assert bad(result) == []
    assert result["Score"] == 1.0


def test_a_table_that_is_not_what_it_should_be_does_not_hold(built, evaluate):
    glue, database = built.sandbox.client("glue"), built.outputs["DatabaseName"]
    wanted = "SELECT count(*) AS n FROM training_set WHERE label = 1"
    (row,) = built.ask(wanted)
    glue.create_data_quality_ruleset(
        Name="stricter",
        Ruleset=f'Rules = [ Mean "label" = 1, RowCount >= {row["n"]}, IsUnique "split" ]',
        TargetTable={"DatabaseName": database, "TableName": "training_set"},
    )
    # The role may evaluate the rulesets of its stack, and none beside them.
    run, _ = evaluate("training_set", "stricter")
    assert run["Status"] == "FAILED"
    assert "glue:GetDataQualityRuleset" in run["ErrorString"]
    rules = glue.get_data_quality_ruleset(Name="stricter")["Ruleset"]
    name = "DataLake-prod-training_set"
    before = glue.get_data_quality_ruleset(Name=name)["Ruleset"]
    glue.update_data_quality_ruleset(Name=name, Ruleset=rules)
    try:
        _, result = evaluate("training_set")
    finally:
        glue.update_data_quality_ruleset(Name=name, Ruleset=before)
        glue.delete_data_quality_ruleset(Name="stricter")
    assert [rule.split()[0] for rule, _ in bad(result)] == ["Mean", "IsUnique"]
