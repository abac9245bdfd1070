"""The stack with other algorithms: what it then has, and what its roles may."""

import json

import pytest

from app import build_app
from guardrails import ALL_PACKS
from stacks.settings import SettingsError
from testing.templates import of_type, statements
from testing.training_plans import ASKED, GPU

STACK = "ModelTraining"
SEARCHED = {
    "algorithm": "k-nn",
    "hyperparameters": {"sample_size": 500},
    "tuning_jobs": 6,
    "tuning_ranges": {"k": {"from": 1, "to": 20}},
    "mlflow": True,
    "training_minutes": 40,
    "spot_minutes": 20,
}
PICTURES = {
    "algorithm": "object-detection",
    "hyperparameters": ASKED["object-detection"],
    "train_instance": GPU,
}


def overrides(told):
    found = {f"model_training.{name}": value for name, value in told.items()}
    return {**found, "guardrails.packs": list(ALL_PACKS)}


@pytest.fixture(scope="module")
def searched(variant):
    return variant(STACK, overrides=overrides(SEARCHED))


@pytest.fixture(scope="module")
def pictures(variant):
    return variant(STACK, overrides=overrides(PICTURES))


def body_of(template):
    (pipeline,) = of_type(template, "AWS::SageMaker::Pipeline").values()
    return json.dumps(pipeline["PipelineDefinition"]["PipelineDefinitionBody"])


def actions_of(statement):
    found = statement["Action"]
    return {found} if isinstance(found, str) else set(found)


def accounts(template):
    return sorted(len(m["eu-west-1"]["Account"]) for m in template["Mappings"].values())


def test_an_app_keeps_its_artifacts_in_a_folder_of_its_own_and_registers_nothing(searched):
    (app,) = of_type(searched, "AWS::SageMaker::MlflowApp").values()
    assert app["ModelRegistrationMode"] == "AutoModelRegistrationDisabled"
    assert "/experiments" in json.dumps(app["ArtifactStoreUri"])
    assert "MlflowAppArn" in searched["Outputs"]
    said = statements(searched, role="ExperimentsRole")
    objects = [s for s in said if "s3:PutObject" in s["Action"]]
    assert all("/experiments/*" in json.dumps(s["Resource"]) for s in objects)
    assert not [s for s in said if "Delete" in json.dumps(s["Action"])]
    assert "MlflowConfig" in body_of(searched)


def test_a_search_may_make_tuning_jobs_and_no_training_job_itself(searched):
    said = [s for s in statements(searched, role="PipelineRole") if "sagemaker" in json.dumps(s)]
    actions = set[str]().union(*(actions_of(statement) for statement in said))
    assert "sagemaker:CreateHyperParameterTuningJob" in actions
    assert "sagemaker:CreateTrainingJob" not in actions
    assert not [a for a in actions if a.startswith("sagemaker-mlflow:Delete")]


def test_what_people_bring_is_read_by_the_job_that_trains_and_there_is_no_other(pictures):
    roles = [name for name in of_type(pictures, "AWS::IAM::Role") if name.startswith("Pipeline")]
    assert len(roles) == 2
    said = json.dumps(statements(pictures, role="PipelineTrainRole"))
    assert "/data/*" in said
    assert "training_set" not in said


def test_images_are_of_the_groups_that_the_algorithm_and_our_jobs_are_in(searched, pictures):
    assert accounts(searched) == [12, 12]
    assert accounts(pictures) == [12]
    assert "/knn:1" in body_of(searched)
    assert "/object-detection:1" in body_of(pictures)
    assert "sagemaker-xgboost" not in body_of(pictures)


def test_a_region_without_the_image_is_refused_before_anything_is_built(monkeypatch, tmp_path):
    monkeypatch.setenv("CDK_DEFAULT_REGION", "ap-south-2")
    asked = overrides({**SEARCHED, "algorithm": "k-nn"})
    with pytest.raises(SettingsError, match=r"ap-south-2, where the image of model_training\.algo"):
        build_app(outdir=str(tmp_path), only=[STACK], overrides=asked)
