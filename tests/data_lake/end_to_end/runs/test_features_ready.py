"""From a file to the news that there is another training set, once for each content."""

import json

import pytest

from costs.data_lake_runs import TRANSITIONS


@pytest.fixture(scope="module")
def runner(deployed_runner):
    """Deploy a lake, and let one run make its tables of a few days."""
    with deployed_runner() as made:
        made.stock("first")
        made.rest()
        (first,) = made.executions().values()
        assert first["status"] == "SUCCEEDED", made.records()
        yield made


def test_files_become_a_training_set_that_is_told_of_once(calm, events):
    calm.stock("second", days=(1,), count=40)
    calm.rest()
    ((kind, detail),) = events()
    assert kind == "Features Ready"
    run = calm.executions()[detail["run"]]
    assert run["status"] == "SUCCEEDED"
    assert detail["table"] == f"{calm.outputs['DatabaseName']}.training_set"
    bucket, _, key = detail["manifest"].removeprefix("s3://").partition("/")
    manifest = json.loads(calm.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert bucket == calm.outputs["TransformedBucketName"]
    assert key == f"manifests/{detail['content_hash']}.json"
    assert detail["snapshot_id"] == str(manifest["snapshot_id"])

    # Again, with nothing new: nothing is evaluated, and nobody is told.
    again = calm.ended(calm.start())
    assert again["status"] == "SUCCEEDED", calm.records()
    assert "BuildFeatures" in calm.entered(again["executionArn"])
    entered = set(calm.entered(again["executionArn"]))
    assert "EvaluateTrainingSet" not in entered
    assert len(entered) == TRANSITIONS
    assert events() == []


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
