"""A lake of its own for those who merge: what the other tests count in theirs stays as it is."""

import csv
import io
import json
import sys
import time
from contextlib import suppress

import pytest

from stacks.retail_demographics.contracts import offers
from testing.operator import Operator
from testing.rights import Rights

STAGE = "prod"
STACK, FACES = "DataLake", "RetailDemographics"
DISPOSABLE = {"removal.data_is_disposable": True, "removal.destroy_deletes_data": True}
SETTINGS = {
    **DISPOSABLE,
    "data_lake.run_on_arrival": False,
    "data_lake.demographics": True,  # which nobody hands over, unless a test has them handed over
    "data_lake.classification.transformed": "internal",  # so that rights to either key show
    "data_lake.large_file_bytes": 2_000_000,
    "data_lake.large_files_part_mib": 8,
}
# Spark 3.5 is not for newer Pythons.
collect_ignore_glob = ["test_*.py"] if sys.version_info >= (3, 13) else []


class Merger(Operator):
    """Also drops files into the raw zone, and merges what was made of them."""

    def drop(self, key, content):
        """Upload one file."""
        self.s3.put_object(Bucket=self.outputs["RawBucketName"], Key=key, Body=content)

    def settle(self, seconds=60):
        """Wait until every file is modeled, set aside or in the dead-letter queue."""
        self.wait_for(lambda: self.depth(self.outputs["QueueUrl"]) == 0, seconds)

    def written_by(self, key):
        """List what was modeled of a file."""
        (load,) = self.ask(f"SELECT written_keys FROM loads WHERE object_key = '{key}'")
        return load["written_keys"].strip("[]").split(", ")

    def start(self, job, **arguments):
        """Start a job, by its output; gives the run's id."""
        given = {f"--{name}": value for name, value in arguments.items()}
        return self.sandbox.client("glue").start_job_run(
            JobName=self.outputs[job], Arguments=given
        )["JobRunId"]

    def start_merge(self, **arguments):
        """Start the job that merges records into tables; gives the run's id."""
        return self.start("MergeJobName", **arguments)

    def ended_merge(self, run_id, job=None, seconds=600):
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

    def build(self, run, **arguments):
        """Build the training set; gives what the run's pointer says."""
        ended = self.ended_merge(
            self.start_build(run, **arguments), self.outputs["FeaturesJobName"]
        )
        assert ended["JobRunState"] == "SUCCEEDED", ended.get("ErrorMessage")
        return self.document(f"runs/{run}.json")

    def start_build(self, run, **arguments):
        """Start the job that builds the training set; gives the run's id."""
        return self.start("FeaturesJobName", run=run, **arguments)

    def document(self, key):
        """Read a document of the transformed zone."""
        found = self.s3.get_object(Bucket=self.outputs["TransformedBucketName"], Key=key)
        return json.loads(found["Body"].read())

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


@pytest.fixture(scope="module")
def lake(sandbox, assemblies):
    app = str(assemblies.build(only=[STACK], stage=STAGE, overrides=SETTINGS))
    yield Merger(sandbox, sandbox.deploy(STACK, app=app)[f"{STACK}-{STAGE}"])
    sandbox.destroy(STACK, app=app)  # others have another lake at this stage


@pytest.fixture
def faces(sandbox, assemblies):
    """Deploy who has faces and hands them over; gives a function that puts rows where it does."""
    handing = {**DISPOSABLE, "retail_demographics.hand_over_faces": True}
    app = str(assemblies.build(only=[FACES], stage=STAGE, overrides=handing))
    bucket = sandbox.deploy(FACES, app=app)[f"{FACES}-{STAGE}"]["ResultsBucketName"]
    handed = offers(stack_name=f"{FACES}-{STAGE}").detections

    def put(name, rows):
        written = io.StringIO(newline="")
        writer = csv.DictWriter(written, handed.columns)
        writer.writeheader()
        writer.writerows(rows)
        key = f"{handed.prefix}day=2026-01-01/{name}.csv"
        content = written.getvalue().encode()
        sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
        return f"s3://{bucket}/{handed.prefix}"

    yield put
    sandbox.destroy(FACES, app=app)


@pytest.fixture(scope="module")
def rights(lake):
    return Rights(lake.sandbox, f"{STACK}-{STAGE}")
