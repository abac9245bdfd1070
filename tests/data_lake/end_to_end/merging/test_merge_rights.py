"""The job's role holds nothing that could be taken away unnoticed."""

import re
import time
from datetime import UTC, datetime

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits

ROLE = "CurationEnhancedMergeRecords"
REFUSED = re.compile(
    "Failed to delete object|AccessDenied|Access Denied|Status Code: 403|not authorized to perform"
)


def one_more_record(lake, number):
    (visit,) = visits(1, datetime.now(UTC), seed=9_000 + number)
    content = b"".join(csv_lines([Delivery(visit.visit)], list(VISITS)))
    lake.drop(f"retail_visits/merge-rights/{number}.csv", content)
    lake.settle()


def is_missed(lake, right):
    """Merge, until the run fails, or Spark, which tries for minutes, or a problem tells why."""
    glue, job = lake.sandbox.client("glue"), lake.outputs["MergeJobName"]
    run_id = lake.start_merge(dataset="retail_visits", snapshot_days="0")
    while True:
        run = glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]
        is_over = run["JobRunState"] not in ("STARTING", "RUNNING")
        if run["JobRunState"] == "FAILED" or right.action in str(lake.sandbox.problems()):
            lake.ended_merge(run_id)
            return True
        if REFUSED.search(" ".join(lake.logged(run, "error"))):
            glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
            lake.ended_merge(run_id)
            return True
        if is_over:
            return False
        time.sleep(0.2)


def test_whichever_action_is_taken_away_something_says_so(calm, rights, subtests):
    lake, found = calm, rights.of(ROLE)
    one_more_record(lake, 0)
    lake.merge(dataset="retail_visits")
    assert len(found) >= 25

    for number, right in enumerate(found, start=1):
        if "retail_purchases" in right.resource:
            continue  # the same statement as that of the visits, by the same code
        with subtests.test(action=right.action, on=right.on):
            one_more_record(lake, number)
            lake.sandbox.forget_problems()
            with rights.without(right):
                assert is_missed(lake, right)


def test_the_role_reads_no_raw_file_and_no_reject(rights, lake):
    resources = " ".join(right.resource for right in rights.of(ROLE))
    assert lake.outputs["ModeledBucketName"] in resources
    assert lake.outputs["RawBucketName"] not in resources
    assert lake.outputs["FailuresBucketName"] not in resources
