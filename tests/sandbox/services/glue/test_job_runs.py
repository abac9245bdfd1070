"""Job runs: they run, and say truly how it went."""

import json
import socket
import time
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

SECONDS = 120  # Java starts first, on a machine that may be busy
ARGUMENTS = """\
import sys
from awsglue.utils import getResolvedOptions
print(sorted(getResolvedOptions(sys.argv, ["day"]).items()))
"""
COUNT = """\
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
even = spark.range(1000).where("id % 2 = 0").count()
print("rows", even, spark.conf.get("spark.sql.shuffle.partitions"))
spark.conf.set("spark.sql.shuffle.partitions", "3")
spark.range(5).createOrReplaceTempView("left_over")
"""


def test_a_script_gets_its_arguments_the_runs_before_the_jobs(job, run, printed):
    name = job(ARGUMENTS, arguments={"--day": "monday", "--other": "x"})
    found = run(name, day="sunday")
    assert found["JobRunState"] == "SUCCEEDED"
    (line,) = printed(found)
    assert f"('JOB_NAME', '{name}')" in line
    assert "('day', 'sunday')" in line


def test_a_run_is_spark_and_leaves_nothing_to_the_next(job, run, printed):
    name = job(COUNT)
    first, second = run(name), run(name)
    assert printed(first)[-1] == printed(second)[-1] == "rows 500 8"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise ValueError('no such day')", "ValueError: no such day"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import os; os._exit(0)", "ended without a result"),
        ("import data_lake", "ModuleNotFoundError: No module named 'data_lake'"),
        ("from awsglue.context import GlueContext", "the sandbox has no awsglue.context"),
        (
            "import sys; from awsglue.utils import getResolvedOptions as o; o(sys.argv, ['day'])",
            "GlueArgumentError: the following arguments are required: --day",
        ),
    ],
)
def test_a_script_that_fails_fails_its_run_with_its_reason(job, run, script, said):
    found = run(job(script))
    assert found["JobRunState"] == "FAILED"
    assert said in found["ErrorMessage"]


def test_who_reads_without_the_right_to_fails(job, run, bucket, sandbox):
    script = (
        "from pyspark.sql import SparkSession\n"
        f"SparkSession.builder.getOrCreate().read.text('s3://{bucket}/secret/').count()\n"
    )
    sandbox.client("s3").put_object(Bucket=bucket, Key="secret/a.txt", Body=b"a\n")
    script_alone = f"arn:*:s3:::{bucket}/scripts/*"
    found = run(job(script, "s3:GetObject", "s3:ListBucket", on=script_alone))
    assert found["JobRunState"] == "FAILED"
    assert "AccessDenied" in found["ErrorMessage"]
    assert run(job(script, "s3:GetObject", "s3:ListBucket"))["JobRunState"] == "SUCCEEDED"


def test_the_roles_keys_are_what_a_script_calls_aws_with(job, run, printed):
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    (line,) = printed(run(job(script)))
    assert line.endswith("/GlueJobRunnerSession")


def test_iceberg_tables_are_those_of_the_catalog(job, run, bucket, iceberg, glue, unique, printed):
    database = unique("db").replace("-", "_")
    glue.create_database(DatabaseInput={"Name": database})
    script = f"""\
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
table = "glue_catalog.{database}.t"
spark.sql(f"create table if not exists {{table}} (id bigint) using iceberg "
          "location 's3://{bucket}/{database}/t'")
spark.sql(f"merge into {{table}} t using (select id from range(10)) u on t.id = u.id "
          "when matched then update set * when not matched then insert *")
print(spark.table(table).count(), spark.sql(f"select * from {{table}}.snapshots").count())
"""
    name = job(script, arguments=iceberg)
    assert [printed(run(name))[-1] for _ in range(2)] == ["10 1", "10 2"]
    parameters = glue.get_table(DatabaseName=database, Name="t")["Table"]["Parameters"]
    assert parameters["table_type"] == "ICEBERG"
    lacking = job(script, "s3:*", "glue:GetTable", "glue:GetDatabase", arguments=iceberg)
    assert "glue:UpdateTable" in run(lacking)["ErrorMessage"]


def test_a_stopped_run_is_stopped_and_a_second_one_does_not_begin_meanwhile(
    job, glue, ended, refused, eventually
):
    name = job("import time; time.sleep(60)")
    first = glue.start_job_run(JobName=name)["JobRunId"]
    code, _ = refused(glue.start_job_run, JobName=name)
    assert code == "ConcurrentRunsExceededException"
    eventually(
        lambda: glue.get_job_run(JobName=name, RunId=first)["JobRun"]["JobRunState"] == "RUNNING"
    )
    assert glue.batch_stop_job_run(JobName=name, JobRunIds=[first])["SuccessfulSubmissions"]
    assert ended(name, first)["JobRunState"] == "STOPPED"
    (error,) = glue.batch_stop_job_run(JobName=name, JobRunIds=[first])["Errors"]
    assert error["ErrorDetail"]["ErrorCode"] == "JobRunNotInTerminalStateException"


@pytest.mark.parametrize("uses_spark", [False, True])
def test_a_killed_run_takes_its_java_machine_along_only_if_it_used_spark(
    job, glue, ended, printed, uses_spark
):
    begin = "from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate()\n"
    tell = "import os, time\nprint('at', os.environ['PYSPARK_GATEWAY_PORT'], flush=True)\n"
    name = job((begin if uses_spark else "") + tell + "time.sleep(60)\n")
    run_id = glue.start_job_run(JobName=name)["JobRunId"]

    line, until = "", time.monotonic() + SECONDS
    while not line.startswith("at "):
        assert time.monotonic() < until
        time.sleep(0.1)
        with suppress(ClientError):  # the log has not begun
            line = printed({"Id": run_id})[-1]
    glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id])
    assert ended(name, run_id)["JobRunState"] == "STOPPED"
    with socket.socket() as probe:
        refused = probe.connect_ex(("127.0.0.1", int(line.removeprefix("at "))))
    assert bool(refused) is uses_spark


def test_a_failed_run_is_tried_again_as_often_as_its_job_says(job, run, glue, eventually):
    name = job("raise ValueError('again')", MaxRetries=1)
    first = run(name)
    second = eventually(
        lambda: [
            each
            for each in glue.get_job_runs(JobName=name)["JobRuns"]
            if each["JobRunState"] == "FAILED" and each["Attempt"] == 1
        ]
    )[0]
    assert second["PreviousRunId"] == first["Id"]
    assert len(glue.get_job_runs(JobName=name)["JobRuns"]) == 2


def test_the_end_of_a_run_is_an_event(sandbox, job, run, queue, unique, eventually):
    url, arn_ = queue()
    sandbox.client("sqs").set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": json.dumps(open_to_events(arn_))}
    )
    name, events = unique("rule"), sandbox.client("events")
    pattern = {"source": ["aws.glue"], "detail-type": ["Glue Job State Change"]}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn_}])
    found = run(job("raise ValueError('why')"))

    def received():
        messages = sandbox.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        details = [json.loads(m["Body"])["detail"] for m in messages.get("Messages", [])]
        return [each for each in details if each["jobRunId"] == found["Id"]]

    (detail,) = eventually(received)
    assert (detail["state"], detail["severity"]) == ("FAILED", "ERROR")
    assert "ValueError: why" in detail["message"]
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)


def open_to_events(arn_):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn_,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_replies_have_the_shape_of_the_api(contract, job, run):
    name = job("print('done')")
    client = contract("glue")
    found = run(name)
    client.get_job_run(JobName=name, RunId=found["Id"])
    client.get_job_runs(JobName=name)
    client.batch_stop_job_run(JobName=name, JobRunIds=[found["Id"], "jr_none"])
