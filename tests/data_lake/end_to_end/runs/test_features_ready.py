"""From a file to the news that there is another training set, once for each content."""

import json
import re

import pytest

from costs.data_lake_runs import TRANSITIONS
from demos.model_training.executions import Executions
from stacks.model_training.contracts import offers
from testing.operator import Operator
from testing.rights import Rights
from testing.toys.assembly import synthesize

STAGE = "prod"
DISPOSABLE = {"removal__data_is_disposable": "true", "removal__destroy_deletes_data": "true"}
HANDED_OVER = {"ssm:GetParameter", "s3:GetObject", "kms:Decrypt"}


class Trainer(Operator):
    """Somebody with the stack that the lake feeds, which comes and goes by itself."""

    def __init__(self, running, app):
        super().__init__(running, {})
        self._app = str(app)

    def come(self):
        """Deploy it, or deploy it again."""
        self.outputs = self.sandbox.deploy("Trainer", app=self._app)[f"Trainer-{STAGE}"]

    def leave(self):
        """Delete it."""
        self.sandbox.destroy("Trainer", app=self._app)

    def taken(self):
        """Read what it has taken, by content."""
        names = self.keys("ModelsBucketName")
        assert len(names) == len(set(names))  # nothing was written twice
        return {name: json.loads(self.download("ModelsBucketName", name)) for name in names}

    def told(self, detail):
        """Have its function told by hand; gives what it says, its errors too."""
        reply = self.sandbox.client("lambda").invoke(
            FunctionName=self.outputs["TakeFunctionName"], Payload=json.dumps({"detail": detail})
        )
        return reply["Payload"].read().decode()


@pytest.fixture(scope="module")
def trainer(sandbox, tmp_path_factory):
    """Deploy the stack that the lake feeds, before there is a lake."""
    folder = tmp_path_factory.mktemp("toys") / "trainer"
    made = Trainer(sandbox, synthesize(folder, "Trainer", stage=STAGE, **DISPOSABLE))
    made.come()
    yield made
    made.leave()


@pytest.fixture(scope="module")
def training(sandbox, assemblies):
    """Deploy the stack that trains, before there is a lake; gives what it executes."""
    settings = {
        "removal.data_is_disposable": True,
        "removal.destroy_deletes_data": True,
        "model_training.hyperparameters.num_round": 20,
        "model_training.least_auc": 0.0,
    }
    app = str(assemblies.build(only=["ModelTraining"], stage=STAGE, overrides=settings))
    offered, ssm = offers(stack_name=f"ModelTraining-{STAGE}"), sandbox.client("ssm")
    names = [offered.package_group.parameter, offered.model_files.bucket.parameter]
    # Tests of those who serve stand for this stack, under its names.
    others = ssm.get_parameters(Names=names)["Parameters"]
    for other in others:
        ssm.delete_parameter(Name=other["Name"])
    outputs = sandbox.deploy("ModelTraining", app=app)[f"ModelTraining-{STAGE}"]
    yield Executions(sandbox, outputs)
    sandbox.destroy("ModelTraining", app=app)
    for other in others:
        ssm.put_parameter(Name=other["Name"], Value=other["Value"], Type="String")


@pytest.fixture(scope="module")
def runner(deployed_runner, trainer, training, listener):
    """Deploy a lake, and let one run make its tables of a few days."""
    with deployed_runner() as made:
        made.stock("first")
        made.rest()
        (made.first,) = made.executions().values()
        assert made.first["status"] == "SUCCEEDED", made.records()
        made.heard_of_first, made.taken_of_first = listener(), trainer.taken()
        yield made


def manifest_of(lake, detail):
    """Read the manifest that an event tells of, where it says that it is."""
    bucket, _, key = detail["manifest"].removeprefix("s3://").partition("/")
    assert bucket == lake.outputs["TransformedBucketName"]
    assert key == f"manifests/{detail['content_hash']}.json"
    return json.loads(lake.s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def test_files_become_a_training_set_that_is_told_of_once(calm, events):
    ((kind, detail),) = calm.heard_of_first
    assert kind == "Features Ready"
    assert calm.first["name"] == detail["run"]
    assert detail["table"] == f"{calm.outputs['DatabaseName']}.training_set"
    assert detail["snapshot_id"] == manifest_of(calm, detail)["snapshot_id"]

    # Again, with nothing new: nothing is evaluated, and nobody is told.
    again = calm.ended(calm.start())
    assert again["status"] == "SUCCEEDED", calm.records()
    assert "BuildFeatures" in calm.entered(again["executionArn"])
    entered = set(calm.entered(again["executionArn"]))
    assert "EvaluateTrainingSet" not in entered
    assert len(entered) == TRANSITIONS
    assert events() == []


def test_who_was_there_before_the_lake_has_its_first_training_set(calm):
    ((_, detail),) = calm.heard_of_first
    assert calm.taken_of_first == {detail["content_hash"]: manifest_of(calm, detail)}


def test_a_model_is_trained_on_the_rows_of_the_snapshot_that_was_told_of(calm, training):
    """By its own news alone: files of Iceberg are read without Spark, and counted anew."""
    pytest.importorskip("xgboost")
    ((_, detail),) = calm.heard_of_first
    execution = training.wait(1)
    assert execution.status == "Succeeded", execution.reasons
    assert {"Prepare", "Train", "Evaluate", "Register"} <= execution.steps.keys()
    (package,) = training.packages()
    known = package["CustomerMetadataProperties"]
    told = {name: known[name] for name in ("content_hash", "manifest", "snapshot_id")}
    assert told == {name: detail[name] for name in told}
    evaluated = execution.reports["evaluation.json"]["candidate"]
    assert evaluated["rows"] == manifest_of(calm, detail)["rows"]["test"]


def test_whoever_hears_it_again_all_the_same_is_not_moved_by_it(calm, events, trainer):
    ((kind, detail),) = calm.heard_of_first
    before = trainer.taken()
    source = f"data_lake.DataLake-{STAGE}"
    again = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail)}
    calm.sandbox.client("events").put_events(Entries=[again])
    calm.come_to_rest()
    assert len(events()) == 1
    assert trainer.told(detail) == '"known already"'
    assert trainer.taken() == {detail["content_hash"]: manifest_of(calm, detail), **before}
    assert trainer.depth(trainer.outputs["UntakenQueueUrl"]) == 0


def test_it_reads_manifests_by_rights_that_it_needs_and_nothing_else(calm, trainer, subtests):
    ((_, detail),) = calm.heard_of_first
    rights = Rights(calm.sandbox, f"Trainer-{STAGE}")
    others = [r for r in rights.of("Take") if r.resource != trainer.outputs["KeyArn"]]
    found = [right for right in others if right.action in HANDED_OVER]
    assert sorted(right.action for right in found) == sorted(HANDED_OVER)
    for right in found:
        with subtests.test(right=str(right)), rights.without(right):
            assert rights.refusal(right).search(trainer.told(detail))

    # Neither the rows nor what became of runs, though its code were told to look there.
    functions, name = calm.sandbox.client("lambda"), trainer.outputs["TakeFunctionName"]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]
    bucket = calm.outputs["TransformedBucketName"]
    keys = {key.partition("/")[0]: key for key in calm.keys("TransformedBucketName")}
    assert {"manifests", "runs", "training_set"} <= keys.keys()
    changed = {**before["Variables"], "PREFIX": ""}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    try:
        for folder in ("runs", "training_set"):
            told = {"content_hash": folder, "manifest": f"s3://{bucket}/{keys[folder]}"}
            refused = rf"not authorized to perform: s3:GetObject on resource: \S+/{folder}/"
            assert re.search(refused, trainer.told(told))
    finally:
        functions.update_function_configuration(FunctionName=name, Environment=before)
    calm.sandbox.forget_problems()


def test_what_breaks_a_rule_or_could_not_be_told_of_is_told_of_by_the_next_that_can(
    calm, events, trainer
):
    name = next(
        each["Name"]
        for each in calm.glue.list_data_quality_rulesets()["Rulesets"]
        if each["Name"] == "DataLake-prod-training_set"
    )
    ruleset = calm.glue.get_data_quality_ruleset(Name=name)["Ruleset"]
    calm.glue.update_data_quality_ruleset(Name=name, Ruleset="Rules = [ RowCount > 1000000 ]")
    calm.stock("second", days=(1,), count=40)
    calm.rest()
    calm.glue.update_data_quality_ruleset(Name=name, Ruleset=ruleset)
    failed = newest(calm.records())
    assert (failed["state"], failed["error"]) == ("EvaluateTrainingSet", "QualityRefused")
    assert "RowCount > 1000000" in failed["cause"]
    assert [kind for kind, _ in events()] == ["Run Failed"]
    calm.wait_for(lambda: "DataLake-prod-RunFailed" in calm.ringing())

    # The rule is mended, and nobody can be told.
    calm.sandbox.faults([{"action": "events:PutEvents", "code": "AccessDeniedException"}])
    assert calm.ended(calm.start())["status"] == "FAILED"
    calm.rest()
    assert newest(calm.records())["state"] == "TellOfFeatures"
    calm.sandbox.faults([])
    assert events() == []

    # Nothing of the lake changes for whoever comes after it.
    trainer.leave()
    trainer.come()
    run = calm.ended(calm.start())
    assert run["status"] == "SUCCEEDED", calm.records()
    calm.rest()
    ((kind, detail),) = events()
    assert kind == "Features Ready"
    assert trainer.taken() == {detail["content_hash"]: manifest_of(calm, detail)}


def newest(records):
    return max(records.values(), key=lambda record: record["failed_at"])
