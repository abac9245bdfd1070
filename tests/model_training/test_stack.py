"""What the stack of ModelTraining promises, however its template is spelled."""

import json
import re
from functools import partial

import pytest

from stacks.data_lake.contracts import offers as lake_offers
from stacks.model_training.contracts import offers
from stacks.settings import SettingsError, load_settings
from stacks.shared.images import registries, require_image
from testing.templates import of_type, readable, statements

STACK = "ModelTraining"
JOBS = ("PipelinePrepareRole", "PipelineTrainRole", "PipelineEvaluateRole")
GROUP, REMOVAL = "AWS::SageMaker::ModelPackageGroup", "AWS::CloudFormation::CustomResource"
REMOVING = "RemovalRemoveTrainingRole"
BOTH_KEYS = {"removal.data_is_disposable": True, "removal.destroy_deletes_data": True}


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


def actions(found, role):
    said = [statement["Action"] for statement in statements(found, role=role)]
    return {action for each in said for action in ([each] if isinstance(each, str) else each)}


@pytest.mark.golden
def test_the_template_is_the_reviewed_one(template, snapshot_json):
    assert snapshot_json == readable(template(STACK))


def test_jobs_may_call_nothing_but_their_files_logs_metrics_and_key(found):
    for role in JOBS:
        services = {action.partition(":")[0] for action in actions(found, role)}
        assert services == {"s3", "kms", "logs", "cloudwatch"}


def test_only_the_job_that_prepares_reads_the_lake(found):
    reading = {
        role: any("datalake" in json.dumps(s).lower() for s in statements(found, role=role))
        for role in JOBS
    }
    assert reading == dict(zip(JOBS, (True, False, False), strict=True))


def test_no_job_and_no_function_deletes(found):
    for role in (*JOBS, "PipelineRole", "StartingStartTrainingRole", REMOVING):
        found_here = {a for a in actions(found, role) if not a.startswith("sqs:")}
        assert not [action for action in found_here if "Delete" in action]


def one_of(found, kind):
    """Find the only resource of a type, whole."""
    (resource,) = [r for r in found["Resources"].values() if r["Type"] == kind]
    return resource


def test_models_stay_with_the_data_of_a_stack_whoever_turns_one_key_only(found, variant):
    one_key = variant(STACK, overrides={"removal.destroy_deletes_data": True})
    for each in (found, one_key):
        assert one_of(each, GROUP)["DeletionPolicy"] == "RetainExceptOnCreate"
        assert one_of(each, REMOVAL)["Properties"]["DeletesData"] == "false"
        assert not any("Delete" in action for action in actions(each, REMOVING))


def test_models_go_with_the_data_of_a_stack_once_both_keys_are_turned(variant):
    found = variant(STACK, overrides=BOTH_KEYS)
    assert one_of(found, GROUP)["DeletionPolicy"] == "Delete"
    assert one_of(found, REMOVAL)["Properties"]["DeletesData"] == "true"
    deleting = {action for action in actions(found, REMOVING) if "Delete" in action}
    assert deleting == {
        "sagemaker:DeleteModelPackage",
        "sagemaker:DeleteProcessingJob",
        "sagemaker:DeleteTrainingJob",
    }


def test_what_runs_is_ended_after_whoever_starts_it_and_before_what_it_runs_in(found):
    resources = found["Resources"]
    (removal,) = [name for name in resources if re.fullmatch("Removal[0-9A-F]{8}", name)]
    (pipeline,) = [n for n, r in resources.items() if r["Type"] == "AWS::SageMaker::Pipeline"]
    assert pipeline in resources[removal]["DependsOn"]
    (start,) = [
        name for name in resources if re.fullmatch("StartingStartTraining[0-9A-F]{8}", name)
    ]
    assert removal in resources[start]["DependsOn"]


def test_the_pipeline_hands_over_the_roles_of_its_jobs_and_to_sagemaker_alone(found):
    (passing,) = [
        s for s in statements(found, role="PipelineRole") if s["Action"] == "iam:PassRole"
    ]
    assert len(passing["Resource"]) == len(JOBS)
    assert passing["Condition"]["StringEquals"] == {
        "iam:PassedToService": "sagemaker.amazonaws.com"
    }


def test_what_starts_training_is_heard_of_this_account_only(resources):
    patterns = [
        rule["EventPattern"]
        for rule in resources("AWS::Events::Rule").values()
        if "EventPattern" in rule
    ]
    assert {p["detail-type"][0] for p in patterns} == {
        lake_offers(stack_name="DataLake").features_ready.detail_type,
        offers(stack_name=STACK).retraining.detail_type,
        "SageMaker Model Building Pipeline Execution Status Change",
    }
    assert all(p["account"] == [{"Ref": "AWS::AccountId"}] for p in patterns)


def test_a_schedule_is_a_setting(variant):
    found = variant(STACK, overrides={"model_training.train_schedule": "rate(7 days)"})
    said = [r.get("ScheduleExpression") for r in of_type(found, "AWS::Events::Rule").values()]
    assert "rate(7 days)" in said


def test_a_half_failed_batch_hands_back_only_its_failures(resources):
    (feed,) = resources("AWS::Lambda::EventSourceMapping").values()
    assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_others_find_group_and_models_by_what_is_published(resources):
    names = {p["Name"] for p in resources("AWS::SSM::Parameter").values()}
    offered = offers(stack_name=STACK)
    assert names == {offered.package_group.parameter, offered.model_files.bucket.parameter}


REFUSED = {
    "a retired image": ("image_tag", "1.5-1", "use 3.0-5 instead"),
    "an unknown image": ("image_tag", "9.9-9", "one of 3.0-5"),
    "Graviton": ("train_instance", "ml.m6g.large", "an instance of x86"),
    "a GPU": ("train_instance", "ml.g5.xlarge", "without accelerators"),
    "no hyperparameter": ("hyperparameters", {"depth": 3}, "depth is none"),
    "a hyperparameter beyond": ("hyperparameters", {"eta": 2.0}, "for eta a number above 0 to 1"),
    "half a network": ("subnets", ["subnet-0a"], "both or neither"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_by_name(name):
    key, value, words = REFUSED[name]
    with pytest.raises(SettingsError, match=words):
        load_settings(None, {f"model_training.{key}": value})


def test_a_region_without_the_image_is_refused_with_those_that_have_it():
    require_image("framework", "")
    require_image("framework", "eu-west-1")
    with pytest.raises(SettingsError, match=r"is mars-north-1, where .*allowed: af-south-1"):
        require_image("framework", "mars-north-1")


def test_every_registry_is_an_account():
    for group in registries().values():
        assert all(len(account) == 12 and account.isdecimal() for account in group.values())
