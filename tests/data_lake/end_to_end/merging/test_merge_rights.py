"""The job's role holds nothing that could be taken away unnoticed."""

from datetime import UTC, datetime

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits

ROLE = "CurationEnhancedMergeRecords"


def one_more_record(lake, number):
    (visit,) = visits(1, datetime.now(UTC), seed=9_000 + number)
    content = b"".join(csv_lines([Delivery(visit.visit)], list(VISITS)))
    lake.drop(f"retail_visits/merge-rights/{number}.csv", content)
    lake.settle()


def is_missed(lake, right):
    run_id = lake.start_merge(dataset="retail_visits", snapshot_days="0")
    return lake.is_refused(run_id, lake.outputs["MergeJobName"], right)


def test_whichever_action_is_taken_away_something_says_so(calm, rights, subtests):
    lake, found = calm, rights.of(ROLE)
    one_more_record(lake, 0)
    lake.merge(dataset="retail_visits")
    assert len(found) >= 24

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
