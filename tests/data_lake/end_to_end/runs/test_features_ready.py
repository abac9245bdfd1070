"""From a file to the news that there is another training set, once for each content."""

import json

import pytest

from costs.data_lake_runs import TRANSITIONS
from testing.operator import Operator
from testing.toys.assembly import synthesize

STAGE = "prod"
DISPOSABLE = {"removal__data_is_disposable": "true", "removal__destroy_deletes_data": "true"}


class Trainer(Operator):
    """A toy that the contract alone tells of the lake: it keeps each manifest that it hears of."""

    def __init__(self, running, app):
        super().__init__(running, {})
        self._app = str(app)

    def deploy(self):
        """Deploy it."""
        self.outputs = self.sandbox.deploy("Trainer", app=self._app)[f"Trainer-{STAGE}"]

    def destroy(self):
        """Delete it, with all that it has."""
        self.sandbox.destroy("Trainer", app=self._app)

    def taken(self):
        """Read the manifests, each of which was written once, by their contents' hashes."""
        keys = self.keys("ModelsBucketName")
        assert len(keys) == len(set(keys))
        assert self.depth(self.outputs["UntakenQueueUrl"]) == 0
        return {key: json.loads(self.download("ModelsBucketName", key)) for key in keys}


@pytest.fixture(scope="module")
def trainer(sandbox, tmp_path_factory):
    """Deploy whoever learns of training sets, and take it away at the end."""
    folder = tmp_path_factory.mktemp("trainer") / "app"
    made = Trainer(sandbox, synthesize(folder, "Trainer", stage=STAGE, **DISPOSABLE))
    made.deploy()
    yield made
    made.destroy()


@pytest.fixture(scope="module")
def runner(deployed_runner, trainer):
    """Deploy a lake after who waits for its news, and let one run make tables of a few days."""
    with deployed_runner() as made:
        made.stock("first")
        made.rest()
        (first,) = made.executions().values()
        assert first["status"] == "SUCCEEDED", made.records()
        yield made


def test_who_was_there_before_the_lake_has_its_manifest(calm, trainer):
    ((content, manifest),) = trainer.taken().items()
    assert calm.manifest(content) == manifest
    assert manifest["content_hash"] == content


def test_files_become_a_training_set_that_is_told_of_once(calm, events, trainer):
    trainer.destroy()
    trainer.deploy()  # now it comes after the lake
    calm.stock("second", days=(1,), count=40)
    calm.rest()
    ((kind, detail),) = events()
    assert kind == "Features Ready"
    run = calm.executions()[detail["run"]]
    assert run["status"] == "SUCCEEDED"
    assert detail["table"] == f"{calm.outputs['DatabaseName']}.training_set"
    manifest = calm.manifest(detail["content_hash"])
    bucket = calm.outputs["TransformedBucketName"]
    assert detail["manifest"] == f"s3://{bucket}/manifests/{detail['content_hash']}.json"
    assert detail["snapshot_id"] == manifest["snapshot_id"]
    assert trainer.taken() == {detail["content_hash"]: manifest}

    # Again, with nothing new: nothing is evaluated, and nobody is told.
    again = calm.ended(calm.start())
    assert again["status"] == "SUCCEEDED", calm.records()
    assert "BuildFeatures" in calm.entered(again["executionArn"])
    entered = set(calm.entered(again["executionArn"]))
    assert "EvaluateTrainingSet" not in entered
    assert len(entered) == TRANSITIONS
    assert events() == []

    # Told of a second time, as whoever is killed in between may do: it is taken once.
    told = {"Source": f"data_lake.DataLake-{STAGE}", "DetailType": kind}
    bus = calm.sandbox.client("events")
    bus.put_events(Entries=[{**told, "Detail": json.dumps(detail)}])
    calm.rest()
    assert events() == [(kind, detail)]
    assert trainer.taken() == {detail["content_hash"]: manifest}


def test_what_a_run_made_and_could_not_tell_of_the_next_tells_of(calm, events):
    calm.stock("third", days=(2,), count=30)
    calm.sandbox.faults([{"action": "events:PutEvents", "code": "AccessDeniedException"}])
    calm.rest()
    failed = max(calm.records().values(), key=lambda record: record["failed_at"])
    assert failed["state"] == "TellOfFeatures"
    calm.sandbox.faults([])
    assert events() == []
    run = calm.ended(calm.start())
    assert [kind for kind, _ in events()] == ["Features Ready"]
    assert run["status"] == "SUCCEEDED"


def test_what_breaks_a_rule_is_told_of_to_nobody_and_rings(calm, events):
    name = next(
        each["Name"]
        for each in calm.glue.list_data_quality_rulesets()["Rulesets"]
        if each["Name"] == "DataLake-prod-training_set"
    )
    ruleset = calm.glue.get_data_quality_ruleset(Name=name)["Ruleset"]
    calm.glue.update_data_quality_ruleset(Name=name, Ruleset="Rules = [ RowCount > 1000000 ]")
    calm.stock("fourth", days=(3,), count=30)
    calm.rest()
    calm.glue.update_data_quality_ruleset(Name=name, Ruleset=ruleset)
    failed = max(calm.records().values(), key=lambda record: record["failed_at"])
    assert (failed["state"], failed["error"]) == ("EvaluateTrainingSet", "QualityRefused")
    assert "RowCount > 1000000" in failed["cause"]
    assert [kind for kind, _ in events()] == ["Run Failed"]
    calm.wait_for(lambda: "DataLake-prod-RunFailed" in calm.ringing())

    # Once the rule is mended, what was made is told of.
    run = calm.ended(calm.start())
    assert run["status"] == "SUCCEEDED", calm.records()
    assert [kind for kind, _ in events()] == ["Features Ready"]
