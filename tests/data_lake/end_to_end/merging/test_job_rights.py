"""The roles of the jobs hold nothing that could be taken away unnoticed."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import PURCHASES, VISITS, csv_lines
from fixtures.retail.visits import visits
from operations.lake_objects import LakeObjects, Person
from testing.repeated_job import names, repeated

MERGE, FEATURES = "CurationEnhancedMergeRecords", "CurationTrainingSetBuildFeatures"
ERASE = "GovernanceErasureEraseRecords"
JOBS = {MERGE: "MergeJobName", FEATURES: "FeaturesJobName", ERASE: "EraseJobName"}
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
TILLS = {"delimiter": ";", "encoding": "windows-1252"}


@pytest.fixture(scope="module")
def merged(lake):
    """Merge a day of visits and receipts."""
    made = list(visits(200, YESTERDAY, seed=301, late=0.5))
    sent = [Delivery(each.visit) for each in made]
    bought = [Delivery(each.purchase) for each in made if each.purchase]
    lake.drop("retail_visits/rights/day.csv", b"".join(csv_lines(sent, list(VISITS))))
    lake.drop("retail_purchases/rights/day.csv", b"".join(csv_lines(bought, PURCHASES, **TILLS)))
    lake.settle()
    lake.merge()
    return lake


def of_job(rights, role):
    """Split what a job may do: what it takes to begin, and what it takes to do its work."""
    found = rights.of(role)
    begins = [r for r in found if r.action.startswith("logs:") or "cdk-" in r.resource]
    return begins, [right for right in found if right not in begins]


def one_more_record(lake, number):
    (visit,) = visits(1, datetime.now(UTC), seed=9_000 + number)
    content = b"".join(csv_lines([Delivery(visit.visit)], list(VISITS)))
    lake.drop(f"retail_visits/merge-rights/{number}.csv", content)
    lake.settle()


@pytest.mark.parametrize("role", JOBS)
def test_without_its_code_or_a_right_to_its_logs_no_run_passes_unnoticed(lake, rights, role):
    begins, _ = of_job(rights, role)
    code = [right for right in begins if right.action == "s3:GetObject"]
    logs = sorted({right.action for right in begins} - {"s3:GetObject"})
    assert (len(code), len(logs), len(begins)) == (2, 3, 8)
    for number, action in enumerate(logs):
        lacking = [code[number % 2], *(right for right in begins if right.action == action)]
        lake.sandbox.forget_problems()
        with rights.without(*lacking):
            run = lake.ended_merge(lake.start(JOBS[role]), lake.outputs[JOBS[role]])
        said = f"{run['ErrorMessage']} {lake.sandbox.problems()}"
        assert [str(r) for r in lacking if not rights.refusal(r).search(said)] == []


def test_whichever_right_of_the_merge_is_taken_away_something_says_so(merged, rights, subtests):
    _, found = of_job(rights, MERGE)
    with repeated(merged, merged.outputs[JOBS[MERGE]], "data_lake.merge_records") as job:
        for number, right in enumerate(found):
            if "retail_purchases" in right.resource:
                continue  # the same statement as that of the visits, by the same code
            with subtests.test(right=str(right)):
                one_more_record(merged, number)
                arguments = ("--dataset", "retail_visits", "--snapshot_days", "0")
                said = job.said_without(rights, right, arguments)
                assert names(rights, right, said), said[-3000:]


def test_whichever_right_of_the_features_is_taken_away_something_says_so(
    merged, faces, rights, subtests
):
    faces("one", [{"frame_id": "f-1", "store": "harbour"}])
    _, found = of_job(rights, FEATURES)
    of_others = [r.action for r in found if "retaildemographics" in r.resource.lower()]
    assert sorted(of_others) == ["s3:GetObject", "s3:ListBucket", "ssm:GetParameter"]
    # Of the other stack, of what it reads here, and of what it makes.
    assert sum(right.action == "kms:Decrypt" for right in found) == 3
    assert sum(right.action == "kms:GenerateDataKey" for right in found) == 1
    ages = ["--kept_days", "-1", "--snapshot_days", "0"]  # so that all goes that may
    with repeated(merged, merged.outputs[JOBS[FEATURES]], "data_lake.build_features") as job:
        for number, right in enumerate(found):
            with subtests.test(right=str(right)):  # other splits each time, so that all is done
                percent = {"validation": 10 + number // 10 * 6, "test": 10 + number % 10 * 4}
                splits = [part for k, v in percent.items() for part in (f"--{k}_percent", str(v))]
                arguments = ("--run", f"rights-{number}", *splits, *ages)
                said = job.said_without(rights, right, arguments)
                assert names(rights, right, said), said[-3000:]


@pytest.fixture
def persons(merged, monkeypatch):
    """Tell of persons who are in every table, one after the other, and where their names are."""
    for name, value in merged.sandbox.environment().items():
        monkeypatch.setenv(name, value)
    merged.build("persons")
    rows = merged.ask("SELECT DISTINCT visitor FROM training_set WHERE label = 1")

    def names():
        for row in rows:
            who = Person("retail_visits", "visitor", row["visitor"])
            objects = LakeObjects(boto3.session.Session(), merged.outputs["EraseFunctionName"], who)
            kept = objects.ask("begin")
            modeled = merged.outputs["ModeledBucketName"]
            for _ in objects.each("find", modeled, prefix="retail_visits/", only_latest=True):
                pass
            yield f"s3://{kept['bucket']}/{kept['key']}"

    return names()


def test_whichever_right_of_the_erasure_is_taken_away_something_says_so(
    merged, rights, persons, subtests
):
    _, found = of_job(rights, ERASE)
    with repeated(merged, merged.outputs[JOBS[ERASE]], "data_lake.erase_records") as job:
        for right in found:
            with subtests.test(right=str(right)):
                said = job.said_without(rights, right, ("--names", next(persons)))
                assert names(rights, right, said), said[-3000:]


def test_the_role_of_the_merge_reads_no_raw_file_and_no_reject(rights, lake):
    resources = " ".join(right.resource for right in rights.of(MERGE))
    assert lake.outputs["ModeledBucketName"] in resources
    assert lake.outputs["RawBucketName"] not in resources
    assert lake.outputs["FailuresBucketName"] not in resources
