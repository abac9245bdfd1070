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
JOBS = ("MergeJobName", "LargeFilesJobName", "FeaturesJobName")
MACHINES = ("StateMachineArn", "LargeFilesMachineArn")
OVER = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
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

    def stop_runs(self):
        """Stop what the machines are at."""
        for output in MACHINES:
            found = self.states.list_executions(
                stateMachineArn=self.outputs[output], statusFilter="RUNNING"
            )
            for execution in found["executions"]:
                self.states.stop_execution(executionArn=execution["executionArn"])

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
        for ruleset in made.glue.list_data_quality_rulesets()["Rulesets"]:
            made.glue.update_data_quality_ruleset(
                Name=ruleset["Name"], Ruleset="Rules = [ RowCount = 0 ]"
            )
        yield made


@pytest.fixture(scope="module")
def listener(sandbox):
    """Subscribe a queue to what the lake tells others, before there is one; gives what came."""
    bus, sqs, name = sandbox.client("events"), sandbox.client("sqs"), "listener"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
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
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    bus.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])

    def come():
        found = []
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                body = json.loads(message["Body"])
                found.append((body["detail-type"], body["detail"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    yield come
    bus.remove_targets(Rule=name, Ids=["queue"])
    bus.delete_rule(Name=name)
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def events(listener):
    """Give what the lake tells others from here on, by kind."""
    listener()
    return listener


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
        for output, script in zip(JOBS, (merge, merge, built), strict=True):
            before.setdefault(output, calm.script(output, script))

    yield use
    calm.rest()
    for output, script in before.items():
        calm.script(output, script)
