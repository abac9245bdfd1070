"""A lake of its own whose runs start by themselves, and somebody who looks at them."""

import json
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import PURCHASES, VISITS, csv_lines
from fixtures.retail.visits import visits
from testing.operator import Operator

STAGE = "prod"
STACK = "DataLake"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "data_lake.run_delay_seconds": 900,  # longer than what a test drops takes to arrive
    "data_lake.run_schedule": "rate(1 day)",
    "data_lake.fewest_training_rows": 50,
}
# Spark 3.5 is not for newer Pythons.
collect_ignore_glob = ["test_*.py"] if sys.version_info >= (3, 13) else []
JOBS = ("MergeJobName", "FeaturesJobName")
OVER = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


# What a job does that has made nothing yet but tables.
EMPTY_TABLES = """
import boto3, json, sys, uuid
def option(name):
    return sys.argv[sys.argv.index(name) + 1]
names, place = [option("--training_set")], option("--transformed")
glue = boto3.client("glue")
for name in names:
    _, database, table = name.split(".")
    try:
        glue.get_table(DatabaseName=database, Name=table)
        continue  # which the template made
    except glue.exceptions.EntityNotFoundException:
        pass
    location = place + table.removesuffix("_enhanced")
    field = {"id": 1, "name": "visit_id", "required": False, "type": "string"}
    metadata = {
        "format-version": 2, "table-uuid": str(uuid.uuid4()), "location": location,
        "last-sequence-number": 0, "last-updated-ms": 0, "last-column-id": 1,
        "schemas": [{"type": "struct", "schema-id": 0, "fields": [field]}],
        "current-schema-id": 0, "partition-specs": [{"spec-id": 0, "fields": []}],
        "default-spec-id": 0, "last-partition-id": 999,
        "sort-orders": [{"order-id": 0, "fields": []}], "default-sort-order-id": 0,
        "properties": {}, "snapshots": [], "snapshot-log": [], "metadata-log": [],
    }
    bucket, _, folder = location.removeprefix("s3://").partition("/")
    key = folder + "/metadata/00000-0.metadata.json"
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(metadata))
    glue.create_table(DatabaseName=database, TableInput={
        "Name": table, "TableType": "EXTERNAL_TABLE",
        "Parameters": {"table_type": "ICEBERG", "metadata_location": f"s3://{bucket}/{key}"},
        "StorageDescriptor": {
            "Columns": [{"Name": "visit_id", "Type": "string"}], "Location": location,
        },
    })
"""
# What the job says that builds features: of nothing, or of something new each time.
BUILT = """
import boto3, json, sys
run = sys.argv[sys.argv.index("--run") + 1]
pointer = {"manifest": None, "content_hash": None, "snapshot_id": None, "changed": False}
if IS_NEW:
    pointer = {"manifest": "s3://m", "content_hash": run, "snapshot_id": "7", "changed": True}
bucket = sys.argv[sys.argv.index("--transformed") + 1].removeprefix("s3://").rstrip("/")
boto3.client("s3").put_object(Bucket=bucket, Key=f"runs/{run}.json", Body=json.dumps(pointer))
"""


class Runner(Operator):
    """Starts runs of the lake, and looks how they went."""

    def __init__(self, running, outputs):
        super().__init__(running, outputs)
        self.states, self.glue = running.client("stepfunctions"), running.client("glue")
        self.machine = outputs["StateMachineArn"]

    def drop(self, key, content):
        """Upload one file."""
        self.s3.put_object(Bucket=self.outputs["RawBucketName"], Key=key, Body=content)

    def start(self, **given):
        """Start a run by hand; gives its ARN."""
        return self.states.start_execution(stateMachineArn=self.machine, input=json.dumps(given))[
            "executionArn"
        ]

    def seen(self, execution):
        """Describe a run."""
        return self.states.describe_execution(executionArn=execution)

    def ended(self, execution, seconds=600):
        """Wait for the end of a run; gives it."""
        self.wait_for(lambda: self.seen(execution)["status"] in OVER, seconds)
        return self.seen(execution)

    def executions(self):
        """List all runs, by name."""
        pages = self.states.get_paginator("list_executions").paginate(stateMachineArn=self.machine)
        return {each["name"]: each for page in pages for each in page["executions"]}

    def entered(self, execution):
        """List the states that a run went through."""
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=execution)
        return [
            event["stateEnteredEventDetails"]["name"]
            for page in pages
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]

    def merges(self):
        """List the runs of the job, the newest first."""
        return self.glue.get_job_runs(JobName=self.outputs["MergeJobName"])["JobRuns"]

    def rest(self, seconds=600):
        """Wait until no run is at work or waits."""
        self.wait_for(lambda: all(e["status"] in OVER for e in self.executions().values()), seconds)
        self.come_to_rest(seconds)

    def records(self):
        """Read the failure records, by run."""
        rows = self.ask("SELECT * FROM failed_runs")
        return {row["run"]: row for row in rows}

    def ringing(self):
        """Name the alarms that ring."""
        found = self.sandbox.client("cloudwatch").describe_alarms(StateValue="ALARM")
        return {alarm["AlarmName"] for alarm in found["MetricAlarms"]}

    def states_of_job(self, output):
        """List how the runs of a job, by its output, went, the newest first."""
        runs = self.glue.get_job_runs(JobName=self.outputs[output])["JobRuns"]
        return [run["JobRunState"] for run in runs]

    def script(self, output, script):
        """Put another script where a job has its own, as its role reads no other; gives that."""
        job = self.glue.get_job(JobName=self.outputs[output])["Job"]
        bucket, _, key = job["Command"]["ScriptLocation"].removeprefix("s3://").partition("/")
        before = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        self.s3.put_object(Bucket=bucket, Key=key, Body=script)
        return before

    def stop_jobs(self):
        """Stop what the jobs are at."""
        for output in JOBS:
            for run in self.glue.get_job_runs(JobName=self.outputs[output])["JobRuns"]:
                if run["JobRunState"] == "RUNNING":
                    self.glue.batch_stop_job_run(JobName=run["JobName"], JobRunIds=[run["Id"]])

    def stock(self, name, days=(3, 2, 1), count=60):
        """Drop what happened in the shops on some days before today."""
        tills = {"delimiter": ";", "encoding": "windows-1252"}
        for ago in days:
            day = datetime.now(UTC) - timedelta(days=ago)
            made = list(visits(count, day, seed=700 + ago))
            sent = [Delivery(each.visit) for each in made]
            bought = [Delivery(each.purchase) for each in made if each.purchase]
            lines = {
                "retail_visits": csv_lines(sent, list(VISITS)),
                "retail_purchases": csv_lines(bought, PURCHASES, **tills),
            }
            for dataset, content in lines.items():
                self.drop(f"{dataset}/{name}-{ago}.csv", b"".join(content))
        # In real time: the run that waits for more files goes on waiting for these.
        end = time.monotonic() + 300
        while self.depth(self.outputs["QueueUrl"]):
            assert time.monotonic() < end
            time.sleep(0.2)
        time.sleep(1)  # the last events are on their way


@pytest.fixture(scope="session")
def deployed_runner(sandbox, assemblies):
    """Deploy the lake; gives its runner, and takes the lake away at the end."""

    @contextmanager
    def deploy(**overrides):
        app = str(assemblies.build(only=[STACK], stage=STAGE, overrides={**SETTINGS, **overrides}))
        try:
            yield Runner(sandbox, sandbox.deploy(STACK, app=app)[f"{STACK}-{STAGE}"])
        finally:  # others have another lake at this stage, whatever became of this one
            sandbox.destroy(STACK, app=app)

    return deploy


@pytest.fixture(scope="module")
def runner(deployed_runner):
    """Deploy a lake whose jobs are none: its tables are empty, and that is what its rules want."""
    with deployed_runner() as made:
        own = made.script(JOBS[1], EMPTY_TABLES)
        try:
            made.glue.start_job_run(JobName=made.outputs[JOBS[1]])
            made.wait_for(lambda: made.states_of_job(JOBS[1]) == ["SUCCEEDED"])
            for ruleset in made.glue.list_data_quality_rulesets()["Rulesets"]:
                made.glue.update_data_quality_ruleset(
                    Name=ruleset["Name"], Ruleset="Rules = [ RowCount = 0 ]"
                )
            yield made
        finally:  # it is an asset, which the next lake has as it finds it
            made.script(JOBS[1], own)


@pytest.fixture
def events(runner):
    """Subscribe a queue to what the lake tells others; gives what came, by kind."""
    bus, name = runner.sandbox.client("events"), "listener"
    url = runner.sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = runner.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = arn["Attributes"]["QueueArn"]
    source = f"data_lake.{STACK}-{STAGE}"
    rule = bus.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))["RuleArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    runner.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    bus.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])

    def come():
        found = []
        while got := runner.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in got:
                body = json.loads(message["Body"])
                found.append((body["detail-type"], body["detail"]))
                runner.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    yield come
    bus.remove_targets(Rule=name, Ids=["queue"])
    bus.delete_rule(Name=name)
    runner.sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def calm(runner):
    """Give the lake at rest, without faults, and leave it so."""
    runner.sandbox.faults([])
    runner.rest()
    runner.sandbox.forget_problems()
    yield runner
    runner.sandbox.faults([])
    runner.rest()


@pytest.fixture
def scripted(calm):
    """Have the jobs run other scripts, until the end of the test."""
    before: dict[str, bytes] = {}

    def use(merge, *, is_new=False, features=None):
        built = features or BUILT.replace("IS_NEW", str(is_new))
        for output, script in zip(JOBS, (merge, built), strict=True):
            before.setdefault(output, calm.script(output, script))

    yield use
    calm.rest()
    for output, script in before.items():
        calm.script(output, script)
