"""The pipeline's definition: AWS's own requests, in an order in which each knows what it needs."""

import json
import re
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from model_training.metric_lines import METRICS as WRITTEN
from stacks.model_training.algorithms.table import algorithms
from stacks.model_training.algorithms.tuning import Tuning
from stacks.model_training.pipeline.definition import PARAMETERS, definition
from stacks.model_training.pipeline.plan import Experiments, Network
from stacks.model_training.settings import ModelTraining
from stacks.model_training.training_pipeline import METRICS
from stacks.settings import load_settings
from testing.training_plans import filled, named, plan, references, steps_of

OPERATIONS = {
    "Processing": ("CreateProcessingJob", {"ProcessingJobName": "j"}),
    "Training": ("CreateTrainingJob", {"TrainingJobName": "j"}),
    "Tuning": ("CreateHyperParameterTuningJob", {"HyperParameterTuningJobName": "j"}),
    "RegisterModel": ("CreateModelPackage", {}),
}
REFERENCE = re.compile(r"(Parameters|Steps|Execution)\.([\w]+)(?:\.(.+))?")


RANGES: dict[str, dict[str, Any]] = {
    "max_depth": {"from": 3, "to": 8},
    "eta": {"values": [0.05, 0.1]},
}
TUNING: dict[str, Any] = {
    "tuning": Tuning(6, 2, "Random", "validation:auc", RANGES),
    "hyperparameters": {},
}
LEARNS: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {}) for name in algorithms()},
    "a tuning of the script": ("script", TUNING),
    "a tuning of xgboost": ("xgboost", TUNING),
    "k-means with a bound": ("k-means", {"bounds": {"test:msd": 2.5}}),
    "pictures one by one": ("image-classification", {"form": "images"}),
    "pictures by a manifest": ("object-detection", {"form": "augmented-manifest", "mode": "Pipe"}),
}


@pytest.fixture(params=LEARNS)
def learned(request):
    name, asked = LEARNS[request.param]
    return lambda **changes: plan(name, asked, **changes)


@pytest.fixture(scope="module")
def model():
    client = boto3.client("sagemaker", region_name="eu-west-1")
    return client.meta.service_model


def test_each_step_is_a_request_that_sagemaker_takes(learned, model):
    for step in steps_of(definition(learned(network=Network(["subnet-1"], ["sg-1"])))):
        if step["Type"] == "Condition":
            continue
        operation, more = OPERATIONS[step["Type"]]
        shape = model.operation_model(operation).input_shape
        report = ParamValidator().validate({**filled(step["Arguments"]), **more}, shape)
        assert not report.has_errors(), (step["Name"], report.generate_report())


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


def test_each_step_refers_to_what_there_is_and_what_ran_before(learned):
    found = definition(learned())
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


def test_the_script_uses_all_that_an_execution_is_told():
    found = references(definition(plan()))
    assert {said.partition(".")[2] for said in found if said.startswith("Param")} == set(PARAMETERS)


def jobs_of(found):
    """Give of each job its network, volume and output, and its kind of instance."""
    for step in steps_of(found):
        arguments = step["Arguments"]
        if step["Type"] == "Processing":
            cluster = arguments["ProcessingResources"]["ClusterConfig"]
            yield arguments["NetworkConfig"], cluster, arguments["ProcessingOutputConfig"]
        elif step["Type"] in ("Training", "Tuning"):
            job = arguments.get("TrainingJobDefinition", arguments)
            yield job, job["ResourceConfig"], job["OutputDataConfig"]


def test_every_job_is_isolated_and_encrypted_whether_or_not_it_is_in_a_vpc(learned):
    for network in (Network([], []), Network(["subnet-1"], ["sg-1"])):
        found = list(jobs_of(definition(learned(network=network))))
        assert found
        for place, volume, output in found:
            assert place["EnableNetworkIsolation"] is True
            assert place["EnableInterContainerTrafficEncryption"] is True
            assert ("VpcConfig" in place) == bool(network.subnets)
            assert output["KmsKeyId"] == "arn:of:a:key"
            # The volumes of some instances are the host's, which takes no key.
            has_own = volume["InstanceType"].startswith("ml.g4dn.")
            assert volume.get("VolumeKmsKeyId") == (None if has_own else "arn:of:a:key")


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


@pytest.mark.parametrize(("name", "rows"), [(n, a.rows) for n, a in algorithms().items()])
def test_what_only_its_own_container_opens_is_neither_judged_nor_explained_here(name, rows):
    steps = list(named(definition(plan(name))))
    ours = ["Evaluate", "BetterThanChampion", "Explain", "Register"]
    wanted = {
        "script": ["Prepare", "Train", *ours],
        "label first": ["Prepare", "Train", "Pack", *ours],
        "dense": ["Prepare", "Train", "Register"],
        "own": ["Train", "Register"],
    }
    assert steps == wanted[name if name == "script" else rows]


def test_a_bound_is_held_by_the_end_that_is_the_best():
    for asked, compared in (
        ({"bounds": {"test:roc_auc_score": 0.7}}, ("GreaterThanOrEqualTo", 0.7)),
        ({"bounds": {"test:objective_loss": 0.4}}, ("LessThanOrEqualTo", 0.4)),
    ):
        condition = named(definition(plan("linear-learner", asked)))["GoodEnough"]["Arguments"]
        (found,) = condition["Conditions"]
        assert (found["Type"], found["RightValue"]) == compared
        (name,) = asked["bounds"]
        assert found["LeftValue"] == {"Get": f"Steps.Train.FinalMetricDataList['{name}'].Value"}
        assert [step["Name"] for step in condition["IfSteps"]] == ["Register"]


def test_the_best_of_a_tuning_goes_on_and_what_is_searched_is_not_given():
    found = named(definition(plan("script", TUNING)))
    job = found["Tune"]["Arguments"]
    assert job["HyperParameterTuningJobConfig"]["ResourceLimits"] == {
        "MaxParallelTrainingJobs": 2,
        "MaxNumberOfTrainingJobs": 6,
    }
    static = job["TrainingJobDefinition"]["StaticHyperParameters"]
    assert set(static) == {"sagemaker_program", "sagemaker_submit_directory"}
    assert "CheckpointConfig" not in job["TrainingJobDefinition"]
    best = {"Get": "Steps.Tune.BestTrainingJob.TrainingJobName"}
    (container,) = found["Register"]["Arguments"]["InferenceSpecification"]["Containers"]
    parts = container["ModelDataUrl"]["Std:Join"]["Values"]
    assert parts[1:] == [best, "output/model.tar.gz"]
    assert parts[0] == job["TrainingJobDefinition"]["OutputDataConfig"]["S3OutputPath"]


def test_a_grid_is_given_no_number_of_jobs():
    grid = Tuning(2, 1, "Grid", "validation:auc", {"eta": {"values": [0.1, 0.2]}})
    config = grid.request(algorithms()["xgboost"])
    assert config["ResourceLimits"] == {"MaxParallelTrainingJobs": 1}
    assert config["ParameterRanges"] == {
        "CategoricalParameterRanges": [{"Name": "eta", "Values": ["0.1", "0.2"]}]
    }


def test_a_search_does_not_look_at_the_rows_that_a_model_is_judged_by():
    tuning = Tuning(4, 1, "Random", "test:accuracy", {"k": {"from": 1, "to": 9}})
    for asked, split in (({}, "test"), ({"tuning": tuning}, "validation")):
        found = named(definition(plan("k-nn", asked)))
        step = found["Tune" if asked else "Train"]["Arguments"]
        given = step.get("TrainingJobDefinition", step)["InputDataConfig"]
        places = {c["ChannelName"]: c["DataSource"]["S3DataSource"]["S3Uri"] for c in given}
        assert f"Outputs['{split}']" in places["test"]["Get"]


def test_how_many_columns_there_are_the_job_that_prepares_has_counted():
    found = named(definition(plan("pca")))
    counted = found["Train"]["Arguments"]["HyperParameters"]["feature_dim"]["Std:Join"]
    assert counted["On"] == ""
    (figure,) = counted["Values"]
    assert figure["Std:JsonGet"]["Path"] == "feature_dim"
    (file,) = found["Prepare"]["PropertyFiles"]
    assert (file["OutputName"], file["FilePath"]) == ("columns", "columns.json")


def test_channels_are_in_the_algorithms_own_format():
    wanted = {
        "xgboost": {"train": "text/csv", "validation": "text/csv"},
        "random-cut-forest": {"train": "application/x-recordio-protobuf"},
        "seq2seq": dict.fromkeys(
            ("train", "validation", "vocab"), "application/x-recordio-protobuf"
        ),
    }
    for name, kinds in wanted.items():
        given = named(definition(plan(name)))["Train"]["Arguments"]["InputDataConfig"]
        assert {c["ChannelName"]: c["ContentType"] for c in given} == kinds
    asked = {"form": "csv"}
    (train,) = named(definition(plan("pca", asked)))["Train"]["Arguments"]["InputDataConfig"]
    assert train["ContentType"] == "text/csv;label_size=0"


def test_each_instance_of_a_forest_has_files_of_its_own():
    found = named(definition(plan("random-cut-forest", {"instances": 3})))
    (train,) = found["Train"]["Arguments"]["InputDataConfig"]
    assert train["DataSource"]["S3DataSource"]["S3DataDistributionType"] == "ShardedByS3Key"
    told = found["Prepare"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    assert told[told.index("--files") + 1] == "3"


def test_an_augmented_manifest_names_its_attributes_in_their_order():
    asked = {"form": "augmented-manifest", "mode": "Pipe"}
    given = named(definition(plan("object-detection", asked)))["Train"]["Arguments"]
    for channel in given["InputDataConfig"]:
        source = channel["DataSource"]["S3DataSource"]
        assert source["AttributeNames"] == ["source-ref", "bounding-box"]
        assert channel["RecordWrapperType"] == "RecordIO"
        assert source["S3Uri"] == f"s3://artifacts/data/{channel['ChannelName']}.manifest"


def test_executions_are_tracked_where_there_is_an_app():
    assert "MlflowConfig" not in definition(plan())
    tracked = definition(plan(experiments=Experiments("arn:of:an:app", "ModelTraining")))
    assert tracked["MlflowConfig"] == {
        "MlflowResourceArn": "arn:of:an:app",
        "MlflowExperimentName": "ModelTraining",
    }
