"""The lake as a person has it: deployed by the CDK CLI, IAM on, used by plain clients."""

import json
import sys
import time
from contextlib import suppress

import pytest

from testing.operator import Operator
from testing.rights import Rights

STACK = "DataLake"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "data_lake.enhanced": sys.version_info < (3, 13),  # Spark 3.5 is not for newer Pythons
}
collect_ignore_glob = [] if SETTINGS["data_lake.enhanced"] else ["test_merge*.py"]


class Keeper(Operator):
    """Also drops files into the raw zone, and sees to it that each is done with."""

    def drop(self, key, content):
        """Upload one file; returns its version."""
        bucket = self.outputs["RawBucketName"]
        return self.s3.put_object(Bucket=bucket, Key=key, Body=content)["VersionId"]

    def settle(self, seconds=60):
        """Wait until every file is modeled, set aside or in the dead-letter queue."""
        self.wait_for(lambda: self.depth(self.outputs["QueueUrl"]) == 0, seconds)

    def start_merge(self, **arguments):
        """Start the job that merges records into tables; gives the run's id."""
        given = {f"--{name}": value for name, value in arguments.items()}
        return self.sandbox.client("glue").start_job_run(
            JobName=self.outputs["MergeJobName"], Arguments=given
        )["JobRunId"]

    def ended_merge(self, run_id, job=None, seconds=240):
        """Wait for the end of a run; gives the run."""
        name, glue = job or self.outputs["MergeJobName"], self.sandbox.client("glue")
        end = time.monotonic() + seconds
        while True:
            run = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
            if run["JobRunState"] in ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT"):
                return run
            assert time.monotonic() < end, run
            time.sleep(0.2)

    def merge(self, **arguments):
        """Merge; gives what the run says of each data set."""
        run = self.ended_merge(self.start_merge(**arguments))
        assert run["JobRunState"] == "SUCCEEDED", run.get("ErrorMessage")
        return {each["dataset"]: each for each in self.said(run)}

    def said(self, run):
        """Read the reports of a run in its log."""
        lines = self.logged(run, "output")
        return [json.loads(line) for line in lines if line.startswith("{")]

    def logged(self, run, kind):
        """Read what a run printed, or what Spark logged meanwhile."""
        logs, group = self.sandbox.client("logs"), f"{run['LogGroupName']}/{kind}"
        with suppress(logs.exceptions.ResourceNotFoundException):
            found = logs.get_log_events(logGroupName=group, logStreamName=f"{run['Id']}-driver")
            return [event["message"] for event in found["events"]]
        return []

    def loads(self, key):
        """Read what became of the versions of a file."""
        return self.ask(f"SELECT * FROM loads WHERE object_key = '{key}'")


@pytest.fixture(scope="session")
def deployed(sandbox, assemblies):
    """Deploy the lake with other settings, at a stage; gives its keeper."""

    def deploy(stage="", **overrides):
        assembly = assemblies.build(only=[STACK], stage=stage, overrides={**SETTINGS, **overrides})
        name = f"{STACK}-{stage}" if stage else STACK
        return Keeper(sandbox, sandbox.deploy(STACK, app=str(assembly))[name])

    return deploy


@pytest.fixture(scope="session")
def lake(deployed):
    return deployed()


@pytest.fixture
def calm(lake):
    """Give the lake without faults left over from other tests, and leave none."""
    lake.sandbox.faults([])
    lake.sandbox.forget_problems()
    lake.settle()
    lake.forget_dead_letters()
    yield lake
    lake.sandbox.faults([])


@pytest.fixture
def drained(calm):
    """Give the lake with nothing left in its stream's buffers, and leave it so."""
    calm.come_to_rest()
    yield calm
    calm.sandbox.faults([])
    calm.come_to_rest()


@pytest.fixture(scope="session")
def rights(lake):
    return Rights(lake.sandbox, STACK)


@pytest.fixture
def administrator(lake):
    """Be somebody whose own policy allows everything: a client for S3."""
    iam, sts, name = lake.sandbox.client("iam"), lake.sandbox.client("sts"), "administrator"
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    root = {"AWS": sts.get_caller_identity()["Arn"]}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(allow))
    keys = sts.assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName=name)["Credentials"]
    yield lake.sandbox.client(
        "s3",
        credentials={
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        },
    )
    iam.delete_role_policy(RoleName=name, PolicyName="all")
    iam.delete_role(RoleName=name)


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
