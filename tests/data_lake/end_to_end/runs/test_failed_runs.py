"""A run that fails is on record, rings, and comes to the same result once it is redriven."""

import re

from testing.page_commands import commands, typed


def test_a_job_that_fails_for_a_reason_is_on_record_and_redriven(scripted, calm, events):
    scripted("raise ValueError('no such column')")
    before = len(calm.merges())
    run = calm.ended(calm.start())
    assert (run["status"], run["error"]) == ("FAILED", "RunFailed")
    assert len(calm.merges()) == before + 2  # tried twice
    record = calm.records()[run["name"]]
    assert record["state"] == "MergeRecords"
    assert record["cause"] == "ValueError: no such column"
    assert events() == [
        ("Run Failed", {"run": run["name"], "state": "MergeRecords", "error": "States.TaskFailed"})
    ]
    calm.wait_for(lambda: "DataLake-prod-RunFailed" in calm.ringing())

    # Others may be on record, too: one run is all that any of them needs.
    scripted("print('merged')")
    known = set(calm.executions())
    plan, do = (
        c.replace("DataLake", "DataLake-prod") for c in commands("data_lake.md", "Failed runs")
    )
    assert re.search(r"failed_runs/ +\d+ +started again", typed(calm.sandbox, plan))
    assert set(calm.executions()) == known
    assert re.search(r"failed_runs/ +\d+ +started again", typed(calm.sandbox, do))
    calm.rest()
    (again,) = set(calm.executions()) - known
    assert calm.executions()[again]["status"] == "SUCCEEDED"
    assert not calm.records()


def test_a_job_that_is_killed_once_is_run_again_by_itself(scripted, calm):
    scripted("import time; time.sleep(600)")
    run = calm.start()
    calm.wait_for(lambda: "RUNNING" in calm.states_of_job("MergeJobName"))
    scripted("print('merged')")
    killed = calm.merges()[0]
    calm.glue.batch_stop_job_run(JobName=killed["JobName"], JobRunIds=[killed["Id"]])
    assert calm.ended(run)["status"] == "SUCCEEDED"
    assert [each["JobRunState"] for each in calm.merges()[:2]] == ["SUCCEEDED", "STOPPED"]


def test_a_failure_that_cannot_be_written_down_is_recorded_by_who_hears_of_it(scripted, calm):
    scripted("raise ValueError('no')")
    calm.sandbox.faults(
        [{"action": "s3:PutObject", "resource": "*/failed_runs/*", "code": "AccessDenied",
          "status": 403, "times": 1}]
    )  # fmt: skip
    run = calm.ended(calm.start())
    assert (run["status"], run["error"]) == ("FAILED", "States.TaskFailed")
    calm.rest()
    record = calm.records()[run["name"]]
    assert (record["state"], record["error"]) == ("Execution", "States.TaskFailed")
    assert "ValueError: no" in record["cause"]
