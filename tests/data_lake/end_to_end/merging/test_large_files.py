"""A file that is too large for the function: Spark models it, whole, once, and as the role may."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.retail.deliveries import CSV_FORMS, VISIT_FAULTS, deliveries
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits
from runtime.object_versions import ObjectVersion
from testing.page_commands import commands, typed
from testing.repeated_job import names, repeated

JOB = "LargeFilesJob"
MACHINE, ENDED, RULE = "LargeFilesModelLargeFile", "LargeFilesLargeFileEnded", "LargeFilesEnded"
TIMES = 40  # that the same lines come, until there is more than the function takes
LONG_AGO = datetime.now(UTC) - timedelta(days=40)
OVER = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


def dirty(seed):
    made = (each.visit for each in visits(2500, LONG_AGO, seed=seed))
    return list(deliveries(made, seed=seed, faults=VISIT_FAULTS, forms=CSV_FORMS, dirty=0.05))


def large(sent):
    header, *lines = b"".join(csv_lines(sent, list(VISITS))).splitlines(keepends=True)
    return header + b"".join(lines) * TIMES


class Spark:
    """What becomes of files that were handed over."""

    def __init__(self, lake):
        self.lake, self.states = lake, lake.sandbox.client("stepfunctions")
        self.machine = lake.outputs["LargeFilesMachineArn"]

    def executions(self):
        """List those of the machine, the newest first."""
        return self.states.list_executions(stateMachineArn=self.machine)["executions"]

    def over(self, before):
        """Wait until there is one more than before, and none is at work; gives it."""
        self.lake.wait_for(
            lambda: (
                len(found := self.executions()) > before
                and all(each["status"] in OVER for each in found)
            ),
            300,
        )
        return self.executions()[0]

    def drop(self, key, content):
        """Drop a file, and wait for what becomes of it."""
        before = len(self.executions())
        self.lake.drop(key, content)
        return self.over(before)

    def load(self, key):
        """Read the load record of a file."""
        return self.lake.ask(f"SELECT * FROM loads WHERE object_key = '{key}'")

    def failed(self):
        """Read the failure records."""
        return self.lake.ask("SELECT * FROM failed_files")


@pytest.fixture(scope="module")
def spark(lake):
    return Spark(lake)


@pytest.fixture
def small(spark):
    """Drop a file that the function models; gives what the job is told of it, as of some day."""
    sent = dirty(7)[:50]
    key = "retail_visits/small.csv"
    version = spark.lake.s3.put_object(
        Bucket=spark.lake.outputs["RawBucketName"],
        Key=key,
        Body=b"".join(csv_lines(sent, list(VISITS))),
    )["VersionId"]
    spark.lake.settle()

    def told(days, version=version):
        at = datetime.now(UTC) - timedelta(days=days)
        bucket = spark.lake.outputs["RawBucketName"]
        source = ObjectVersion(bucket, key, version, "e", "0", 1000, at)
        return json.dumps({"source": source.told, "part_bytes": 2**23})

    return told


def test_all_of_it_is_modeled_or_set_aside_by_lines_and_once(spark):
    sent, key = dirty(1), "retail_visits/large/all.csv"
    assert spark.drop(key, large(sent))["status"] == "SUCCEEDED"
    good = sum(each.is_good for each in sent)
    (load,) = spark.load(key)
    assert int(load["size_bytes"]) > 8 * 1024 * 1024
    counts = {name: int(load[f"records_{name}"]) for name in ("modeled", "set_aside", "repeated")}
    assert counts == {
        "modeled": good * TIMES,
        "set_aside": (len(sent) - good) * TIMES,
        "repeated": good * TIMES - len({d.record["visit_id"] for d in sent if d.is_good}),
    }
    where = f"source_id = '{load['source_id']}'"
    rows = spark.lake.ask(
        "SELECT count(*) AS n, count(DISTINCT source_line) AS lines, max(source_line) AS last, "
        f'count(DISTINCT "$path") AS objects FROM retail_visits_records WHERE {where}'
    )
    assert int(rows[0]["n"]) == int(rows[0]["lines"]) == counts["modeled"]
    assert int(rows[0]["objects"]) > len({d.record["entered_at"][:10] for d in sent if d.is_good})
    aside = spark.lake.ask(
        f"SELECT line_number, reason, column_name FROM quarantine WHERE {where} "
        "ORDER BY line_number"
    )
    bad = [(n, d) for n, d in enumerate(sent * TIMES, 2) if not d.is_good]
    assert [(int(r["line_number"]), r["reason"], r["column_name"] or "") for r in aside] == [
        (n, d.reason, d.column) for n, d in bad
    ]


def test_what_is_announced_again_starts_nothing_twice(spark):
    key = "retail_visits/large/again.csv"
    content = large(dirty(2))
    spark.drop(key, content)
    (load,), before = spark.load(key), len(spark.executions())
    record = {
        "eventName": "ObjectCreated:Put",
        "eventTime": load["arrived_at"].replace(" ", "T") + "Z",
        "s3": {
            "bucket": {"name": spark.lake.outputs["RawBucketName"]},
            "object": {"key": key, "size": len(content), "versionId": load["version_id"],
                       "eTag": "e", "sequencer": "0"},
        },
    }  # fmt: skip
    body = json.dumps({"Records": [record]})
    spark.lake.sqs.send_message(QueueUrl=spark.lake.outputs["QueueUrl"], MessageBody=body)
    spark.lake.settle()
    assert (len(spark.executions()), len(spark.load(key))) == (before, 1)


def test_one_that_fails_is_on_record_and_redriven(spark, rights):
    key = "retail_visits/large/failing.csv"
    (reading,) = [r for r in rights.of(JOB) if r.action == "s3:GetObjectVersion"]
    with rights.without(reading):
        ended = spark.drop(key, large(dirty(3)))
    assert (ended["status"], spark.load(key)) == ("FAILED", [])
    (record,) = spark.failed()
    assert (record["object_key"], record["state"], record["attempt"]) == (key, "ModelFile", "1")
    assert rights.refusal(reading).search(record["cause"])
    before = len(spark.executions())
    plan, do = (
        c.replace("DataLake", "DataLake-prod")
        for c in commands("data_lake.md", "Failed large files")
    )
    assert re.search(r"failed_files/ +1 +started again", typed(spark.lake.sandbox, plan))
    assert len(spark.executions()) == before
    assert re.search(r"failed_files/ +1 +started again", typed(spark.lake.sandbox, do))
    again = spark.over(before)
    assert (again["status"], again["name"][-2:]) == ("SUCCEEDED", "-2")
    assert (len(spark.load(key)), spark.failed()) == (1, [])


def test_one_that_is_stopped_is_on_record_by_who_hears_of_it(spark):
    spark.lake.sandbox.faults([{"action": "s3:PutObject", "resource": "*/loads/*", "delay": 30}])
    before = len(spark.executions())
    spark.lake.drop("retail_visits/large/stopped.csv", large(dirty(4)))
    spark.lake.wait_for(lambda: len(spark.executions()) > before)
    spark.states.stop_execution(executionArn=spark.executions()[0]["executionArn"])
    spark.lake.sandbox.faults([])
    spark.lake.come_to_rest(120)
    (record,) = spark.failed()
    assert (record["state"], record["error"]) == ("Execution", "States.ABORTED")
    assert record["object_key"] == "retail_visits/large/stopped.csv"


def test_whichever_right_of_the_job_is_taken_away_something_says_so(spark, rights, small, subtests):
    found = [
        r for r in rights.of(JOB) if not r.action.startswith("logs:") and "cdk-" not in r.resource
    ]
    assert len(found) == 9
    raw = spark.lake.outputs["RawBucketName"]
    with repeated(spark.lake, spark.lake.outputs["LargeFilesJobName"],
                  "data_lake.model_large_file") as job:  # fmt: skip
        for day, right in enumerate(found, 1):
            with subtests.test(right=str(right)):
                is_gone = right.action == "s3:ListBucket" and raw in right.resource
                file = small(day, "none") if is_gone else small(day)
                said = job.said_without(rights, right, ("--file", file))
                assert names(rights, right, said), said[-3000:]


def test_without_its_code_or_its_wheel_no_run_passes_unnoticed(spark, rights, small):
    code = [r for r in rights.of(JOB) if "cdk-" in r.resource]
    assert len(code) == 3
    for number, right in enumerate(code, 50):
        with rights.without(right):
            name = spark.lake.outputs["LargeFilesJobName"]
            run = spark.lake.ended_merge(
                spark.lake.start("LargeFilesJobName", file=small(number)), name
            )
        assert rights.refusal(right).search(run["ErrorMessage"])


def refused(spark, rights, right, key, seed):
    """Take a right away while a large file comes, and wait until something says so."""
    spark.lake.sandbox.forget_problems()

    def told():
        said = json.dumps(spark.lake.sandbox.problems()) + json.dumps(
            [each["cause"] for each in spark.failed()]
        )
        said += spark.lake.log()
        return rights.refusal(right).search(said.replace('\\"', '"'))

    with rights.without(right):
        spark.lake.drop(key, large(dirty(seed)))
        spark.lake.wait_for(told, 120)
    spark.lake.come_to_rest(300)


def test_the_function_needs_its_right_to_hand_a_file_over(spark, rights):
    (right,) = [r for r in rights.of("ModelFiles") if r.action == "states:StartExecution"]
    refused(spark, rights, right, "retail_visits/large/denied.csv", 5)


def test_the_machine_needs_its_right_to_the_job(spark, rights):
    (right,) = [r for r in rights.of(MACHINE) if r.action == "glue:StartJobRun"]
    refused(spark, rights, right, "retail_visits/large/denied-job.csv", 6)
