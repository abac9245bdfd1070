"""A folder of records becomes results and rejects; a batch that is stopped leaves nothing."""

import json
import uuid

import pytest

from model_training.media_types import JSON, JSON_LINES
from testing.bad_requests import BAD_REQUESTS, PERSONAL, ROW
from testing.model_archive import visits

BATCHES = "BatchesBucketName"
GOOD = json.dumps(ROW).encode()
OVER = ("SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT")


@pytest.fixture(scope="module")
def model(hosting, trainer):
    """Have a model that serves; gives its name."""
    arn = trainer.register()
    trainer.approve(arn)
    table = hosting.sandbox.client("dynamodb")

    def item():
        found = table.get_item(
            TableName=hosting.outputs["TurnsTableName"],
            Key={"entry": {"S": hosting.outputs["EndpointName"]}},
        )
        return found.get("Item", {})

    hosting.wait_for(lambda: item().get("package", {}).get("S") == arn, seconds=150)
    return item()["config"]["S"]


def start(hosting, **given):
    machines = hosting.sandbox.client("stepfunctions")
    return machines.start_execution(
        stateMachineArn=hosting.outputs["BatchStateMachineArn"], input=json.dumps(given)
    )["executionArn"]


def ended(hosting, execution):
    """Wait for an execution; gives its status and what it told."""
    machines = hosting.sandbox.client("stepfunctions")
    found = {}

    def is_over():
        found.update(machines.describe_execution(executionArn=execution))
        return found["status"] in OVER

    hosting.wait_for(is_over, seconds=150)
    return found["status"], json.loads(found.get("output") or "{}"), found.get("cause")


def there(hosting, prefix):
    """List what is there below a prefix, as nobody lists who looks for versions."""
    listed = hosting.s3.list_objects_v2(Bucket=hosting.outputs[BATCHES], Prefix=prefix)
    return sorted(each["Key"] for each in listed.get("Contents", ()))


def jobs(hosting):
    found = hosting.sandbox.client("sagemaker").list_transform_jobs(
        NameContains=f"{hosting.outputs['EndpointName']}-batch-", MaxResults=100
    )
    return {job["TransformJobName"]: job["TransformJobStatus"]
            for job in found["TransformJobSummaries"]}  # fmt: skip


def rows(hosting, key):
    return [json.loads(line) for line in hosting.download(BATCHES, key).splitlines()]


def bad_lines():
    """Make lines of all bodies that are bad in themselves, and not by how they are sent."""
    for kind in BAD_REQUESTS.values():
        if kind.content_type in (JSON, JSON_LINES) and kind.accept == "*/*":
            # Some have a good row beside the bad one.
            yield from (line for line in kind.body.split(b"\n") if line != GOOD)


def test_forty_kinds_of_bad_records_are_set_aside_and_the_others_are_transformed(
    hosting, trainer, model
):
    known = trainer.known()
    good = [json.dumps(row).encode() for row in known["rows"]]
    bad = [line for line in bad_lines() if line not in good]
    # Of those kinds that are many rows, a few stand for all.
    bad = [line for place, line in enumerate(bad) if bad.index(line) == place or place % 5000 == 0]
    assert len(set(bad)) >= 40
    mixed = [*good[:2], *bad, *good[2:]]
    folder = f"incoming/{uuid.uuid4().hex[:8]}"
    hosting.upload(BATCHES, f"{folder}/mixed.jsonl", b"\n".join(mixed))
    hosting.upload(BATCHES, f"{folder}/good.jsonl", b"\n".join(good) + b"\n")
    hosting.upload(BATCHES, f"{folder}/bad.jsonl", b"\xff\n{}\n")

    status, told, cause = ended(hosting, start(hosting, prefix=f"{folder}/"))
    assert status == "SUCCEEDED", (cause, hosting.sandbox.problems())
    name = folder.removeprefix("incoming/")
    rejects = rows(hosting, f"rejects/{told['run']}/{name}/mixed.jsonl.jsonl")
    results = rows(hosting, f"results/{told['run']}/{name}/mixed.jsonl")
    assert len(rejects) + len(results) == len(mixed)
    assert told["rows"] == told["results"] + told["rejects"] == len(mixed) + len(good) + 2

    # Every record is where its line says, whole; nothing of it is in the reason.
    by_line = {each["line"]: each for each in rejects}
    assert all(PERSONAL not in each["reason"] and each["reason"] for each in rejects)
    assert set(by_line) == set(range(3, len(bad) + 3))
    for each in results:
        row = {key: value for key, value in each.items() if key != "SageMakerOutput"}
        at = known["rows"].index(row)
        assert each["SageMakerOutput"]["prediction"] == pytest.approx(
            known["predictions"][at], abs=1e-6
        )
    assert len(results) == len(good)
    assert len(rows(hosting, f"rejects/{told['run']}/{name}/bad.jsonl.jsonl")) == 2
    report = json.loads(hosting.download(BATCHES, f"reports/{told['run']}.json"))
    assert (report["model"], report["rows"]) == (model, told["rows"])

    # Nothing is left, and the same again does nothing, by whichever name the model is known.
    assert there(hosting, "work/") == []
    assert set(jobs(hosting).values()) <= {"Completed"}
    before = jobs(hosting)
    again = ended(hosting, start(hosting, prefix=f"{folder}/", model=model))
    assert again[:2] == ("SUCCEEDED", {"run": told["run"]})
    assert jobs(hosting) == before
    assert len(hosting.keys(BATCHES, f"reports/{told['run']}")) == 1


def test_a_batch_that_is_stopped_leaves_no_job_and_no_work_and_can_be_begun_again(hosting, model):
    folder = f"incoming/{uuid.uuid4().hex[:8]}/"
    body = b"\n".join(json.dumps(row).encode() for row in visits(3000, seed=9))
    hosting.upload(BATCHES, f"{folder}a.jsonl", body)
    before = set(jobs(hosting))
    execution = start(hosting, prefix=folder)
    hosting.wait_for(lambda: set(jobs(hosting)) - before, seconds=60)
    (job,) = set(jobs(hosting)) - before
    machines = hosting.sandbox.client("stepfunctions")
    machines.stop_execution(executionArn=execution, error="Enough", cause="somebody said so")

    name = execution.rpartition(":")[2]

    def recorded():
        keys = hosting.keys("FailuresBucketName", "failed_batches/")
        return [key for key in keys if key.endswith(f"/{name}.json")]

    hosting.wait_for(recorded, seconds=120)
    record = json.loads(hosting.download("FailuresBucketName", recorded()[0]))
    assert (record["status"], record["error"]) == ("ABORTED", "Enough")
    assert jobs(hosting)[job] == "Stopped"
    assert there(hosting, "work/") == []

    status, told, cause = ended(hosting, start(hosting, prefix=folder))
    assert status == "SUCCEEDED", cause
    assert (told["rows"], told["rejects"]) == (3000, 0)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"prefix": "results/"}, "allowed: a prefix below incoming/"),
        ({"prefix": "incoming/", "model": "somebody-elses"}, "is not of this endpoint"),
    ],
    ids=["elsewhere", "somebody-elses"],
)
def test_a_batch_of_what_is_not_ours_fails_and_says_so(hosting, model, given, reason):
    hosting.upload(BATCHES, "incoming/one.jsonl", json.dumps(visits(1, seed=1)[0]).encode())
    status, _, cause = ended(hosting, start(hosting, **given))
    assert status == "FAILED"
    assert reason in str(cause)


def test_where_nothing_has_come_nothing_is_done(hosting, model):
    status, told, _ = ended(hosting, start(hosting, prefix="incoming/nobody/"))
    assert (status, set(told)) == ("SUCCEEDED", {"run"})
