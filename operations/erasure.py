"""Take one person out of a lake: tables and snapshots, then every version of every object."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from operations.lake_objects import NAMES, LakeObjects, Person, Version
from operations.outcome import OperationError, Outcome
from operations.stack import buckets_of, outputs_of

FUNCTION, JOB = "EraseFunctionName", "EraseJobName"
MODELED, FAILURES = "ModeledBucketName", "FailuresBucketName"
AT_WORK = ("STARTING", "RUNNING", "STOPPING", "WAITING")
LOOK_SECONDS = 2.0  # between two looks at a run
TABLES, SCAN = "tables and snapshots", "scan of every version of every object"
NAMED = "names the person"


def erase(session: Any, stack: str, person: Person, *, dry_run: bool = False) -> dict[str, Outcome]:
    """Erase a person, and scan; gives what came of it by place, the scan's last.

    What names the person is found out, and kept in the lake, before anything is erased, until a
    scan finds nothing: so whoever is killed goes on the next time. Raises OperationError if the
    stack is no lake or a job of it runs, and what boto3 raises.
    """
    outputs = outputs_of(session, stack)
    if FUNCTION not in outputs:
        raise OperationError(f"stack {stack!r} has no output {FUNCTION}; name a lake's")
    _refuse_while_at_work(session, outputs)
    names = {bucket: name for name, bucket in outputs.items()}
    places = {names.get(bucket, bucket): bucket for bucket in buckets_of(session, stack)}
    lake = LakeObjects(session, outputs[FUNCTION], person)
    kept = lake.ask("begin")
    for _ in lake.each("find", outputs[MODELED], prefix=f"{person.dataset}/", only_latest=True):
        pass  # it adds to what is kept
    done: dict[str, Outcome] = {}
    if not dry_run:
        if JOB in outputs:
            done[TABLES] = _erase_from_tables(session, outputs[JOB], kept)
        for place, bucket in places.items():
            done[place] = _erased(lake.each("erase", bucket))
    done |= _scanned(lake, places, dry_run=dry_run)
    if dry_run or not done[SCAN].has_failed:
        for _ in lake.each("end", outputs[FAILURES], prefix=NAMES):
            pass  # no version of it is left
    return done


def _refuse_while_at_work(session: Any, outputs: Mapping[str, str]) -> None:
    """Make sure that no job reads what is to be erased, and writes it anew."""
    glue = session.client("glue")
    for name in (name for output, name in outputs.items() if output.endswith("JobName")):
        runs = glue.get_job_runs(JobName=name, MaxResults=50)["JobRuns"]
        if running := [run["Id"] for run in runs if run["JobRunState"] in AT_WORK]:
            raise OperationError(f"job {name!r} is at work ({running[0]}); wait for its end")


def _erase_from_tables(session: Any, job: str, kept: Mapping[str, Any]) -> Outcome:
    glue, outcome = session.client("glue"), Outcome()
    names = f"s3://{kept['bucket']}/{kept['key']}"
    run_id = glue.start_job_run(JobName=job, Arguments={"--names": names})["JobRunId"]
    while True:
        run = glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]
        if run["JobRunState"] not in AT_WORK:
            break
        time.sleep(LOOK_SECONDS)
    if run["JobRunState"] == "SUCCEEDED":
        outcome.done["run of the job"] += 1
    else:
        why = run.get("ErrorMessage", "its log says why")
        outcome.fail(OperationError(f"run {run_id} ended as {run['JobRunState']}: {why}"), 1)
    return outcome


def _erased(found: Iterable[Version]) -> Outcome:
    outcome = Outcome()
    for version in found:
        if why := version["why"]:
            outcome.fail(OperationError(why), 1)
        else:
            outcome.done["erased"] += 1
    return outcome


def _scanned(lake: LakeObjects, places: Mapping[str, str], *, dry_run: bool) -> dict[str, Outcome]:
    """Look into all that there is by now, or by dry run at what there is to erase."""
    done = {place: Outcome() for place in places} if dry_run else {}
    scan, before = Outcome(), lake.looked_into
    for place, bucket in places.items():
        for version in lake.each("look", bucket):
            why = version["why"] or NAMED
            if dry_run and not version["unreadable"]:
                done[place].done[why] += 1
            else:
                scan.fail(OperationError(f"{place}: {version['key']}: {why}"), 1)
    scan.done["looked into"] += lake.looked_into - before
    return {**done, SCAN: scan}
