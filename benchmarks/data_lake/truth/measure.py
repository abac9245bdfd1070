"""Send a million visits through a deployed lake, and hold all that came out to the truth."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from rich.console import Console

from benchmarks.data_lake.truth.found import Found, rows
from benchmarks.data_lake.truth.page import told
from benchmarks.data_lake.truth.sent import Sender
from demos.data_lake.known import Foresight, foresight
from demos.data_lake.later import closed_at
from demos.data_lake.progress import Outputs, arrived, wait
from demos.data_lake.runs import Runs
from demos.demo import DISPOSABLE
from demos.deployed import dead_letters
from demos.stage import DemoError, Stage
from fixtures.retail.truth import Held, Truth
from sandbox.host.client import Sandbox, start
from sandbox.host.process import SandboxError
from stacks.data_lake.settings import DataLake
from stacks.settings import load_settings

STACK, PATIENCE = "DataLake", 1800.0  # seconds for each step
VISITS = int(os.environ.get("BENCH_VISITS", "1000000"))
# Who leaves after the first delivery has a label that is closed when the second one comes.
CONTEXT = {"data_lake.label_minutes": "30"}
TABLES = ("retail_visits", "retail_purchases")
TRAINING = (
    *("visit_id", "label"),
    *("store_visits", "store_receipts", "visitor_visits"),
)
OF_VISITS = ("visit_id", "store", "visitor", "entered_at", "seconds", "arrived_at")
OF_PURCHASES = ("receipt_id", "visit_id", "store", "paid_at", "arrived_at")


def report() -> tuple[str, str]:
    """Send, run, compare. Raises SandboxError if a single record is not as it should be."""
    stage, begun = Stage(Console(highlight=False), Path()), monotonic()
    with tempfile.TemporaryDirectory() as folder, start() as sandbox:
        truth = Truth(Path(folder))
        sender = Sender(truth, datetime.now(UTC) - timedelta(days=1), count=VISITS)
        try:
            stack, failures = deploy(sandbox, stage)
            send_and_run(sandbox, stack, sender, truth, stage)
            given_up = dead_letters(sandbox, stack)
        except DemoError as error:
            raise SandboxError(str(error)) from error
        with stage.phase("hold all to the truth"):
            found = Found(sandbox, stack, Path(folder))
            held, seen = compare(found, truth, failures)
    if given_up:
        raise SandboxError(f"{given_up} messages are in the dead-letter queue")
    text = told(held, seen, truth.files, monotonic() - begun)
    if seen.wrong or not seen.knowing or not all(each.is_right for each in held.values()):
        raise SandboxError(f"the lake is not what is true:\n\n{text}")
    return f"{VISITS:,} visits, held to the truth", text


def deploy(sandbox: Sandbox, stage: Stage) -> tuple[Outputs, str]:
    """Deploy the lake; gives its outputs, and the bucket of what failed."""
    sandbox.warm_spark()
    with stage.phase("deploy") as tell:
        made = sandbox.deploy(STACK, context={**DISPOSABLE, **CONTEXT}, say=tell)[STACK]
    return Outputs.of({**made, "ResultsBucketName": ""}), made["FailuresBucketName"]


def send_and_run(
    sandbox: Sandbox, stack: Outputs, sender: Sender, truth: Truth, stage: Stage
) -> None:
    """Deliver a tenth, which starts a run by itself; deliver the rest, and run by hand."""
    runs = Runs(sandbox, stack.state_machine_arn, patience=PATIENCE)
    with stage.phase("a first delivery, to modeled"):
        upload(sandbox, stack, sender.first())
        take_in(sandbox, stack, truth.files)
        left_at = arrived(sandbox, stack) + timedelta(seconds=1)
    with stage.phase("a run that files started: to enhanced and transformed"):
        runs.wait(stage)
    minutes = settings().label_minutes
    if sandbox.now() < (closed := closed_at(left_at, minutes)):
        raise DemoError(f"the labels of who left are open until {closed}: the run was too quick")
    with stage.phase("a second delivery of all the rest, to modeled"):
        upload(sandbox, stack, sender.second(left_at))
        take_in(sandbox, stack, truth.files)
    with stage.phase("a run by hand"):
        runs.wait(stage, runs.start())


def take_in(sandbox: Sandbox, stack: Outputs, files: int) -> None:
    """Wait until so many files have an outcome. Raises DemoError where some have none."""
    done = wait(sandbox, stack, files, 0, lambda _: None, PATIENCE)
    if done.files < files:
        raise DemoError(f"of {files} files {done.files} are modeled; {sandbox.problems()}")


def upload(sandbox: Sandbox, stack: Outputs, files: Iterator[tuple[str, bytes]]) -> None:
    """Put files into the raw zone, each when it is made."""
    s3 = sandbox.client("s3")
    for key, content in files:
        s3.put_object(Bucket=stack.raw_bucket_name, Key=key, Body=content)


def compare(found: Found, truth: Truth, failures: str) -> tuple[Mapping[str, Held], Foresight]:
    """Hold tables, quarantine and features to the truth."""
    tables = {name: found.table(f"{name}_enhanced") for name in TABLES}
    held = {f"{name}_enhanced": truth.hold_table(name, tables[name]) for name in TABLES}
    held["quarantine"] = truth.hold_quarantine(found.below(failures, "quarantine/"))
    seen = foresight(
        rows(found.table("training_set"), TRAINING),
        rows(tables["retail_visits"], OF_VISITS),
        rows(tables["retail_purchases"], OF_PURCHASES),
        settings().features_window_days,
        settings().label_minutes,
    )
    return held, seen


def settings() -> DataLake:
    """Read the settings that the lake is deployed with."""
    return load_settings(overrides=CONTEXT).of(DataLake)
