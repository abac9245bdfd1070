"""A lake of its own whose runs start by themselves, and somebody who looks at them."""

import json
import sys

import pytest

from testing.operator import Operator

STAGE = "prod"
STACK = "DataLake"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "data_lake.run_delay_seconds": 60,
    "data_lake.run_schedule": "rate(1 day)",
}
# Spark 3.5 is not for newer Pythons.
collect_ignore_glob = ["test_*.py"] if sys.version_info >= (3, 13) else []
OVER = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


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

    def ended(self, execution, seconds=120):
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

    def rest(self, seconds=180):
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


@pytest.fixture(scope="module")
def runner(sandbox, assemblies):
    """Deploy the lake."""
    app = str(assemblies.build(only=[STACK], stage=STAGE, overrides=SETTINGS))
    yield Runner(sandbox, sandbox.deploy(STACK, app=app)[f"{STACK}-{STAGE}"])
    sandbox.destroy(STACK, app=app)


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
    """Have the job run another script, until the end of the test: its role reads no other place."""
    job = calm.glue.get_job(JobName=calm.outputs["MergeJobName"])["Job"]
    bucket, _, key = job["Command"]["ScriptLocation"].removeprefix("s3://").partition("/")
    before = calm.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def use(script):
        calm.s3.put_object(Bucket=bucket, Key=key, Body=script.encode())

    yield use
    calm.rest()
    calm.s3.put_object(Bucket=bucket, Key=key, Body=before)
