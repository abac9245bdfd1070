"""The deployed job: modeled records in Iceberg tables, each once, against what is true of them."""

import json
from collections import Counter
from datetime import UTC, datetime
from functools import partial

import pytest
from botocore.exceptions import ClientError

from fixtures.retail.deliveries import CSV_FORMS, VISIT_FAULTS, Delivery, deliveries
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits

NOW = datetime.now(UTC)


def drop(lake, name, sent):
    lake.drop(f"retail_visits/merge/{name}.csv", b"".join(csv_lines(sent, list(VISITS))))
    lake.settle()


@pytest.fixture(scope="module")
def spark_reads(lake):
    """Make a job of somebody else's that prints the table; gives its rows."""
    iam, glue = lake.sandbox.client("iam"), lake.sandbox.client("glue")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "glue.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    actions = ["s3:Get*", "s3:List*", "glue:Get*", "kms:Decrypt", "logs:*"]
    rights = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document(trust))["Role"]
    iam.put_role_policy(RoleName="reader", PolicyName="all", PolicyDocument=document(rights))
    job = glue.get_job(JobName=lake.outputs["MergeJobName"])["Job"]
    bucket = "scripts-of-readers"
    lake.s3.create_bucket(Bucket=bucket)
    lake.s3.put_object(Bucket=bucket, Key="read.py", Body=READ.encode())
    names = ("--conf", "--datalake-formats")
    glue.create_job(
        Name="reader",
        Role=role["Arn"],
        GlueVersion="5.1",
        Command={"Name": "glueetl", "ScriptLocation": f"s3://{bucket}/read.py"},
        DefaultArguments={name: job["DefaultArguments"][name] for name in names},
    )

    def read():
        database = lake.outputs["DatabaseName"]
        run_id = glue.start_job_run(
            JobName="reader", Arguments={"--table": f"{database}.retail_visits_enhanced"}
        )["JobRunId"]
        run = lake.ended_merge(run_id, job="reader")
        assert run["JobRunState"] == "SUCCEEDED", run.get("ErrorMessage")
        return lake.said(run)

    yield read
    glue.delete_job(JobName="reader")
    iam.delete_role_policy(RoleName="reader", PolicyName="all")
    iam.delete_role(RoleName="reader")


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


READ = """\
import sys
from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession
table = getResolvedOptions(sys.argv, ["table"])["table"]
spark = SparkSession.builder.getOrCreate()
for line in spark.table(f"glue_catalog.{table}").select("visit_id", "seconds").toJSON().collect():
    print(line)
"""


def counted(found):
    """Count the rows of each id."""
    return Counter(row["visit_id"] for row in found)


def test_every_good_record_is_merged_once_late_and_corrected_ones_too(calm, spark_reads):
    lake = calm
    day = [each.visit for each in visits(400, NOW, seed=91, late=0.1)]
    made = partial(deliveries, faults=VISIT_FAULTS, forms=CSV_FORMS, dirty=0.05, repeated=0.05)
    sent = list(made(day[:300], seed=7))
    drop(lake, "first", sent)
    assert lake.merge()["retail_visits"]["changed"] > 0
    good = {d.record["visit_id"] for d in sent if d.is_good}
    found = spark_reads()
    assert Counter(row["visit_id"] for row in found if row["visit_id"] in good) == Counter(good)

    # Late records of days that were merged before, and a correction of one that was.
    late = [Delivery(visit) for visit in day[300:]]
    corrected = {**next(d.record for d in sent if d.is_good), "seconds": 43_000}
    drop(lake, "second", [*late, Delivery(corrected)])
    report = lake.merge(dataset="retail_visits")["retail_visits"]
    assert report["changed"] == len(late) + 1
    found = spark_reads()
    (seconds,) = (r["seconds"] for r in found if r["visit_id"] == corrected["visit_id"])
    assert seconds == 43_000
    in_view = lake.ask("SELECT visit_id FROM retail_visits")
    assert counted(found) == counted(in_view)

    # Again: nothing to do, and no snapshot of it.
    again = lake.merge()
    assert {each["changed"] for each in again.values()} == {0}
    assert again["retail_visits"]["snapshot"] == report["snapshot"]


def test_two_runs_at_once_put_no_record_in_twice(calm, spark_reads):
    lake = calm
    drop(lake, "raced", [Delivery(each.visit) for each in visits(50, NOW, seed=92)])
    runs = [lake.start_merge(dataset="retail_visits") for _ in range(2)]
    ended = [lake.ended_merge(run) for run in runs]
    assert [run["JobRunState"] for run in ended] == ["SUCCEEDED"] * 2
    in_view = lake.ask("SELECT visit_id FROM retail_visits")
    assert counted(spark_reads()) == counted(in_view)


def test_past_days_are_merged_anew_when_a_wrong_file_was_taken_out(calm, spark_reads):
    lake = calm
    (visit,) = (each.visit for each in visits(1, NOW, seed=93))
    drop(lake, "right", [Delivery(visit)])
    drop(lake, "wrong", [Delivery({**visit, "seconds": 42_000})])
    lake.merge(dataset="retail_visits")
    for key in lake.written_by("retail_visits/merge/wrong.csv"):
        lake.s3.delete_object(Bucket=lake.outputs["ModeledBucketName"], Key=key)
    day = visit["entered_at"][:10]
    report = lake.merge(dataset="retail_visits", days=f"{day}/{day}")["retail_visits"]
    assert report["changed"] == 1
    (row,) = (row for row in spark_reads() if row["visit_id"] == visit["visit_id"])
    assert row["seconds"] == visit["seconds"]
    again = lake.merge(dataset="retail_visits", days=f"{day}/{day}")["retail_visits"]
    assert (again["changed"], again["snapshot"]) == (0, report["snapshot"])


def test_nobody_else_writes_to_the_enhanced_zone(calm, administrator):
    with pytest.raises(ClientError, match="AccessDenied"):
        administrator.put_object(
            Bucket=calm.outputs["EnhancedBucketName"], Key="retail_visits/a", Body=b""
        )
