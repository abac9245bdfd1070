"""Every right of the role that judges tables is needed, by tables of Iceberg without rows."""

import time

import pytest

from testing.rights import Rights

ROLE = "CurationQuality"
TABLES = ("retail_visits_enhanced", "retail_purchases_enhanced", "training_set")
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")


@pytest.fixture(scope="module")
def lake(deployed):
    """Deploy a lake, whose tables have no rows yet."""
    lake = deployed(stage="prod", **{"data_lake.enhanced": True})
    yield lake
    lake.sandbox.destroy("DataLake", app=lake.app)  # others have another lake at this stage


@pytest.fixture(scope="module")
def evaluate(lake):
    """Hold a table to the ruleset of the stack; gives the run."""
    glue = lake.sandbox.client("glue")

    def run(table):
        source = {"DatabaseName": lake.outputs["DatabaseName"], "TableName": table}
        run_id = glue.start_data_quality_ruleset_evaluation_run(
            DataSource={"GlueTable": source},
            Role=lake.outputs["QualityRoleArn"],
            RulesetNames=[f"DataLake-prod-{table}"],
        )["RunId"]
        end = time.monotonic() + 60
        while True:
            found = glue.get_data_quality_ruleset_evaluation_run(RunId=run_id)
            if found["Status"] in OVER:
                return found
            assert time.monotonic() < end, found
            time.sleep(0.05)

    return run


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_rows_is_judged_and_is_not_good(lake, evaluate, table):
    run = evaluate(table)
    assert run["Status"] == "SUCCEEDED", run.get("ErrorString")
    (result,) = run["ResultIds"]
    rules = lake.sandbox.client("glue").get_data_quality_result(ResultId=result)["RuleResults"]
    verdicts = {each["Description"]: each["Result"] for each in rules}
    (rows,) = (rule for rule in verdicts if rule.startswith("RowCount"))
    assert verdicts[rows] == "FAIL"


def test_whichever_right_of_the_role_is_taken_away_no_run_passes(lake, evaluate, subtests):
    rights = Rights(lake.sandbox, "DataLake-prod")
    found = rights.of(ROLE)
    assert len(found) >= 15
    for right in found:
        with subtests.test(action=right.action, on=right.on), rights.without(right):
            assert "FAILED" in {evaluate(table)["Status"] for table in TABLES}
