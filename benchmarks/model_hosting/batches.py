"""A batch of rows, beside loops that ask the API for the same: rows a second."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from costs.markdown import table
from demos.demo import DISPOSABLE
from demos.model_hosting.caller import Caller
from demos.model_hosting.registry import Registry
from fixtures.served_model import rows_of, served_model
from sandbox.host import client
from sandbox.host.client import Sandbox
from sandbox.host.process import SandboxError

STACK = "ModelHosting"
ROWS = int(os.environ.get("BENCH_BATCH_ROWS", "200000"))
FILES = 4
BAD_OF = 1_000  # one record in so many is broken
ASKED = {1: 400, 100: 100}  # requests of each loop, by their rows
PATIENCE, POLL = 900.0, 0.1


class Taken(NamedTuple):
    """How many rows were told something, in which time."""

    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def report() -> tuple[str, str]:
    """Measure the loops and the batch in one sandbox; raises SandboxError where they differ."""
    rows = rows_of(ROWS, seed=3)
    with client.start() as sandbox:
        outputs = sandbox.deploy(STACK, context=DISPOSABLE, say=lambda line: None)[STACK]
        registry = Registry(sandbox, outputs["DeployStateMachineArn"])
        ended = registry.deployed(registry.register("first", served_model(1)))
        if ended != "SUCCEEDED":
            raise SandboxError(f"the model is not deployed: {ended}")
        caller = Caller(sandbox, outputs["ApiUrl"])
        loops = {size: _loop(caller, rows, size, count) for size, count in ASKED.items()}
        batch, job, told = _batch(sandbox, outputs, rows)
        _compare(caller, rows, told)
    return "A batch, and a loop over the API", written(loops, batch, job)


def _loop(caller: Caller, rows: Sequence[Mapping[str, Any]], size: int, count: int) -> Taken:
    caller.ask(rows[:size], key="warm")
    begun = time.monotonic()
    for number in range(count):
        start = number * size % (len(rows) - size)
        status, answer = caller.ask(rows[start : start + size], key="loop")
        if status != 200:
            raise SandboxError(f"the API answers {status}: {answer}")
    return Taken(size * count, time.monotonic() - begun)


def _batch(
    sandbox: Sandbox, outputs: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> tuple[Taken, Taken, list[Any]]:
    """Transform them; gives the time of the whole, that of the job alone, and the results."""
    s3, machines = sandbox.client("s3"), sandbox.client("stepfunctions")
    bucket, part = outputs["BatchesBucketName"], len(rows) // FILES
    for number in range(FILES):
        lines = [json.dumps(each) for each in rows[number * part : (number + 1) * part]]
        lines[::BAD_OF] = ["broken"] * len(lines[::BAD_OF])
        body = "\n".join(lines).encode()
        s3.put_object(Bucket=bucket, Key=f"incoming/bench/{number}.jsonl", Body=body)
    begun = time.monotonic()
    execution = machines.start_execution(
        stateMachineArn=outputs["BatchStateMachineArn"],
        input=json.dumps({"prefix": "incoming/bench/"}),
    )["executionArn"]
    while (found := machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if time.monotonic() > begun + PATIENCE:
            raise SandboxError(f"the batch has not ended within {PATIENCE:g} s")
        time.sleep(POLL)
    seconds = time.monotonic() - begun
    if found["status"] != "SUCCEEDED":
        raise SandboxError(f"the batch has {found['status']}: {found.get('cause')}")
    counts = json.loads(found["output"])
    bad = FILES * -(-part // BAD_OF)
    if (counts["rows"], counts["rejects"]) != (FILES * part, bad):
        raise SandboxError(f"the batch counts {counts}; there are {bad} bad of {FILES * part}")
    name = sandbox.client("sagemaker").list_transform_jobs(
        NameContains=f"{outputs['EndpointName']}-batch-"
    )["TransformJobSummaries"][0]["TransformJobName"]
    job = sandbox.client("sagemaker").describe_transform_job(TransformJobName=name)
    took = (job["TransformEndTime"] - job["TransformStartTime"]).total_seconds()
    first = s3.get_object(Bucket=bucket, Key=f"results/{counts['run']}/bench/0.jsonl")["Body"]
    told = [json.loads(line) for line in first.read().splitlines()[:100]]
    return Taken(counts["rows"], seconds), Taken(counts["rows"], took), told


def _compare(caller: Caller, rows: Sequence[Mapping[str, Any]], told: Sequence[Any]) -> None:
    """Hold results to what the API tells of the same rows."""
    asked = [{name: each[name] for name in rows[0]} for each in told]
    _, answer = caller.ask(asked, key="same")
    found = [each["SageMakerOutput"]["prediction"] for each in told]
    if any(abs(one - two) > 1e-6 for one, two in zip(found, answer["predictions"], strict=True)):
        raise SandboxError("the batch and the API tell different numbers of the same rows")


def written(loops: Mapping[int, Taken], batch: Taken, job: Taken) -> str:
    """Say it in Markdown."""
    named = {
        "A batch: screened, transformed, sifted, counted": batch,
        "Of that the job, with the start of its container": job,
        **{f"A loop over the API, {size} {'row' if size == 1 else 'rows'} a request": taken
           for size, taken in loops.items()},
    }  # fmt: skip
    rows = [
        [what, f"{taken.rows:,}", f"{taken.seconds:.1f}", f"{taken.rate:,.0f}"]
        for what, taken in named.items()
    ]
    ratios = " and ".join(
        f"{batch.rate / taken.rate:,.0f} times as many as the loop of {size}"
        for size, taken in loops.items()
    )
    return "\n\n".join(
        (
            f"{batch.rows:,} rows of three columns in {FILES} files of JSON Lines, one in "
            f"{BAD_OF:,} broken, through the machine of batches in a sandbox with IAM enforced; "
            "and one caller that signs each request. Both tell the same numbers, or the command "
            "fails; so it does unless rows are results plus rejects. In an account a job takes "
            "some minutes more until its instance is there.",
            table(["Way", "Rows", "Seconds", "Rows a second"], rows),
            f"The batch tells {ratios} in a second.",
        )
    )
