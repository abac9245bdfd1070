"""The pipeline's definition: AWS's own requests, in an order in which each knows what it needs."""

import json
import re
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from model_training.metric_lines import METRICS as WRITTEN
from stacks.model_training.pipeline.definition import PARAMETERS, definition
from stacks.model_training.pipeline.plan import Code, Jobs, Network, Plan
from stacks.model_training.settings import ModelTraining
from stacks.model_training.training_pipeline import METRICS
from stacks.settings import load_settings

OPERATIONS = {
    "Processing": ("CreateProcessingJob", {"ProcessingJobName": "j"}),
    "Training": ("CreateTrainingJob", {"TrainingJobName": "j"}),
    "RegisterModel": ("CreateModelPackage", {}),
}
REFERENCE = re.compile(r"(Parameters|Steps|Execution)\.([\w]+)(?:\.(.+))?")


def plan(**changes):
    told = {
        "bucket": "artifacts",
        "key": "arn:of:a:key",
        "manifests": "manifests",
        "rows": "training_set/data",
        "image": "account.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.0-5",
        "library": "3.0.5",
        "code": Code("s3://assets/modules.zip", "s3://assets/script.tar.gz"),
        **{
            phase: Jobs(f"arn:aws:iam::{'0' * 12}:role/{phase}", "ml.m5.large", 60)
            for phase in ("prepare", "train", "evaluate")
        },
        "network": Network([], []),
        "volume_gib": 30,
        "spot_minutes": 30,
        "hyperparameters": {"max_depth": 6},
        "metrics": METRICS,
        "package_group": "ModelTraining",
        "least_auc": 0.65,
        "least_gain": 0.0,
        "threshold": 0.5,
        "fewest": 50,
        "serving_instances": ["ml.m5.large"],
    }
    return Plan(**{**told, **changes})


def steps_of(found):
    for step in found["Steps"]:
        yield step
        yield from step["Arguments"].get("IfSteps", [])


def named(found):
    return {step["Name"]: step for step in steps_of(found)}


def filled(value):
    """Put texts where an execution would."""
    if isinstance(value, dict):
        if set(value) & {"Get", "Std:Join", "Std:JsonGet"}:
            return "s3://bucket/of/an/execution"
        return {name: filled(part) for name, part in value.items()}
    return [filled(part) for part in value] if isinstance(value, list) else value


def references(value):
    if isinstance(value, dict):
        if set(value) == {"Get"}:
            yield value["Get"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


@pytest.fixture(scope="module")
def model():
    client = boto3.client("sagemaker", region_name="eu-west-1")
    return client.meta.service_model


@pytest.mark.parametrize(
    "name", [n for n, s in named(definition(plan())).items() if "Cond" not in s["Type"]]
)
def test_each_step_is_a_request_that_sagemaker_takes(name, model):
    step = named(definition(plan(network=Network(["subnet-1"], ["sg-1"]))))[name]
    operation, more = OPERATIONS[step["Type"]]
    shape = model.operation_model(operation).input_shape
    report = ParamValidator().validate({**filled(step["Arguments"]), **more}, shape)
    assert not report.has_errors(), report.generate_report()


def test_every_instance_of_the_settings_is_one_that_its_use_takes(model):
    settings = load_settings().of(ModelTraining)
    serving = set(settings.serving_instances)
    used = {
        "TrainingInstanceType": {settings.train_instance},
        "ProcessingInstanceType": {settings.prepare_instance, settings.evaluate_instance},
        "ProductionVariantInstanceType": serving,
        "TransformInstanceType": serving,
    }
    for shape, kinds in used.items():
        assert kinds <= set(model.shape_for(shape).enum), shape


def test_each_step_refers_to_what_there_is_and_what_ran_before():
    found = definition(plan())
    seen: dict[str, Any] = {}
    for step in steps_of(found):
        if step["Type"] != "Condition":
            check = [step["Arguments"]]
        else:
            check = [step["Arguments"]["Conditions"]]
        for said in references(check):
            match = REFERENCE.fullmatch(said)
            assert match, said
            kind, name, rest = match.groups()
            if kind == "Parameters":
                assert name in PARAMETERS
            elif kind == "Steps":
                assert name in seen, said
                if output := re.search(r"Outputs\['(\w+)'\]", rest):
                    outputs = seen[name]["Arguments"]["ProcessingOutputConfig"]["Outputs"]
                    assert output[1] in [each["OutputName"] for each in outputs]
                if rest.startswith("PropertyFiles."):
                    files = [f["PropertyFileName"] for f in seen[name]["PropertyFiles"]]
                    assert rest.partition(".")[2] in files
        seen[step["Name"]] = step
    used = {said.partition(".")[2] for said in references(found) if said.startswith("Param")}
    assert used == set(PARAMETERS)


def test_every_job_is_isolated_and_encrypted_whether_or_not_it_is_in_a_vpc():
    for network in (Network([], []), Network(["subnet-1"], ["sg-1"])):
        for step in steps_of(definition(plan(network=network))):
            arguments = step["Arguments"]
            if step["Type"] == "Processing":
                place, volume = (
                    arguments["NetworkConfig"],
                    arguments["ProcessingResources"]["ClusterConfig"],
                )
                output = arguments["ProcessingOutputConfig"]
            elif step["Type"] == "Training":
                place, volume = arguments, arguments["ResourceConfig"]
                output = arguments["OutputDataConfig"]
            else:
                continue
            assert place["EnableNetworkIsolation"] is True
            assert place["EnableInterContainerTrafficEncryption"] is True
            assert ("VpcConfig" in place) == bool(network.subnets)
            assert volume["VolumeKmsKeyId"] == output["KmsKeyId"] == "arn:of:a:key"


def test_a_model_is_registered_only_if_it_is_good_and_better():
    condition = definition(plan(least_auc=0.7, least_gain=0.01))["Steps"][-1]
    compared = {
        c["LeftValue"]["Std:JsonGet"]["Path"]: (c["Type"], c["RightValue"])
        for c in condition["Arguments"]["Conditions"]
    }
    at_least = "GreaterThanOrEqualTo"
    assert compared == {"gate.auc": (at_least, 0.7), "gate.gain": (at_least, 0.01)}
    assert [s["Name"] for s in condition["Arguments"]["IfSteps"]] == ["Explain", "Register"]
    assert condition["Arguments"]["ElseSteps"] == []


def test_a_package_waits_for_approval_and_says_where_it_comes_from():
    arguments = named(definition(plan()))["Register"]["Arguments"]
    assert arguments["ModelApprovalStatus"] == "PendingManualApproval"
    known = arguments["CustomerMetadataProperties"]
    assert {"content_hash", "snapshot_id", "manifest", "execution", "code"} <= set(known)
    assert json.loads(arguments["ModelCard"]["ModelCardContent"])["intended_uses"]
    (container,) = arguments["InferenceSpecification"]["Containers"]
    assert container["Image"] == plan().image


def test_training_evaluation_and_serving_have_one_image():
    text = json.dumps(definition(plan()))
    assert set(re.findall(r"[\w./-]+/sagemaker-xgboost:[\w.-]+", text)) == {plan().image}


def test_spot_waits_longer_than_it_trains_and_on_demand_does_not_wait():
    training = named(definition(plan(spot_minutes=30)))["Train"]["Arguments"]
    assert training["EnableManagedSpotTraining"] is True
    assert training["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 3600,
        "MaxWaitTimeInSeconds": 5400,
    }
    on_demand = named(definition(plan(spot_minutes=0)))["Train"]["Arguments"]
    assert on_demand["EnableManagedSpotTraining"] is False
    assert "MaxWaitTimeInSeconds" not in on_demand["StoppingCondition"]
    assert "CheckpointConfig" in on_demand


def test_an_error_of_ours_is_not_tried_again():
    tried = {
        kind
        for step in steps_of(definition(plan()))
        for policy in step.get("RetryPolicies", [])
        for kind in policy["ExceptionType"]
    }
    assert tried
    assert "SageMaker.ALGORITHM_ERROR" not in tried
    assert "Step.UNKNOWN" not in tried


def test_the_metrics_are_those_that_the_script_writes():
    assert METRICS == WRITTEN
