"""Pipelines: step after step with the rights of their role; what did not run is not said."""

import json
import time
from typing import Any

import pytest

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
OVER = ("Succeeded", "Failed", "Stopped")
SECONDS = 120
RIGHTS = (
    *("sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"),
    *("sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob"),
    *("sagemaker:StopProcessingJob", "sagemaker:CreateModelPackage", "sagemaker:AddTags"),
    *("iam:PassRole", "s3:GetObject", "s3:ListBucket"),
)
TRAIN = """\
import os
from pathlib import Path
Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(os.environ["SM_HP_DEPTH"])
"""
EVALUATE = """\
import json, sys
from pathlib import Path
model, report = map(Path, sys.argv[1:3])
assert list(model.glob("model.tar.gz"))
(report / "report.json").write_text(json.dumps({"metrics": {"auc": {"value": float(sys.argv[3])}}}))
"""


@pytest.fixture
def definition(put, code, role, bucket, unique):
    """Compose train → evaluate → register if good enough, else fail."""

    def compose(group: str = "none", *, train: str = TRAIN, **changes: Any) -> dict[str, Any]:
        job_role = role("s3:*", "logs:*")
        steps: list[dict[str, Any]] = [
            {
                "Name": "Train",
                "Type": "Training",
                "Arguments": {
                    "RoleArn": job_role,
                    "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
                    "HyperParameters": {
                        "sagemaker_program": "train.py",
                        "sagemaker_submit_directory": code(train),
                        "depth": {"Get": "Parameters.Depth"},
                    },
                    "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/{unique('pipeline')}"},
                    "ResourceConfig": {
                        "InstanceType": "ml.m5.large",
                        "InstanceCount": 1,
                        "VolumeSizeInGB": 5,
                    },
                    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
                },
                **changes,
            },
            {
                "Name": "Evaluate",
                "Type": "Processing",
                "Arguments": _evaluation(put, job_role, f"s3://{bucket}/{unique('report')}"),
                "PropertyFiles": [
                    {
                        "PropertyFileName": "Report",
                        "OutputName": "report",
                        "FilePath": "report.json",
                    }
                ],
            },
            {
                "Name": "GoodEnough",
                "Type": "Condition",
                "Arguments": {
                    "Conditions": [
                        {
                            "Type": "GreaterThanOrEqualTo",
                            "LeftValue": {
                                "Std:JsonGet": {
                                    "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"},
                                    "Path": "metrics.auc.value",
                                }
                            },
                            "RightValue": 0.7,
                        }
                    ],
                    "IfSteps": [_registration(group)],
                    "ElseSteps": [
                        {
                            "Name": "TooBad",
                            "Type": "Fail",
                            "Arguments": {
                                "ErrorMessage": {
                                    "Std:Join": {
                                        "On": " ",
                                        "Values": ["an AUC of", {"Get": "Parameters.Auc"}],
                                    }
                                }
                            },
                        }
                    ],
                },
            },
        ]
        parameters = [
            {"Name": "Depth", "Type": "Integer", "DefaultValue": 3},
            {"Name": "Auc", "Type": "Float", "DefaultValue": 0.9},
        ]
        return {"Version": "2020-12-01", "Parameters": parameters, "Steps": steps}

    return compose


def _evaluation(put, role, report):
    def given(name, uri, path):
        source = {"S3DataType": "S3Prefix", "S3InputMode": "File"}
        return {"InputName": name, "S3Input": {"S3Uri": uri, "LocalPath": path, **source}}

    return {
        "RoleArn": role,
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 5,
            }
        },
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/evaluate.py"],
            "ContainerArguments": [
                "/opt/ml/processing/model",
                "/opt/ml/processing/report",
                {"Get": "Parameters.Auc"},
            ],
        },
        "ProcessingInputs": [
            given("code", put(**{"evaluate.py": EVALUATE}), "/opt/ml/processing/code"),
            given(
                "model",
                {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"},
                "/opt/ml/processing/model",
            ),
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "report",
                    "S3Output": {
                        "S3Uri": report,
                        "LocalPath": "/opt/ml/processing/report",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
    }


def _registration(group):
    model = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    report = {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['report'].S3Output.S3Uri"}
    return {
        "Name": "Register",
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": group,
            "ModelApprovalStatus": "PendingManualApproval",
            "InferenceSpecification": {
                "Containers": [{"Image": IMAGE, "ModelDataUrl": model}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            "ModelMetrics": {
                "ModelQuality": {
                    "Statistics": {
                        "ContentType": "application/json",
                        "S3Uri": {
                            "Std:Join": {"On": "/", "Values": [report, "report.json"]},
                        },
                    }
                }
            },
            "MetadataProperties": {"GeneratedBy": {"Get": "Execution.PipelineExecutionArn"}},
        },
    }


@pytest.fixture
def pipeline(sagemaker, role, unique):
    """Make a pipeline of a definition; gives its name."""

    def make(document, *actions, **more):
        name = unique("pipeline")
        sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=json.dumps(document),
            RoleArn=role(*(actions or RIGHTS)),
            **more,
        )
        return name

    return make


@pytest.fixture
def executed(sagemaker):
    """Start a pipeline and wait for its end; gives its execution and its steps by name."""

    def run(name, **parameters):
        given = [{"Name": key, "Value": str(value)} for key, value in parameters.items()]
        arn = sagemaker.start_pipeline_execution(PipelineName=name, PipelineParameters=given)[
            "PipelineExecutionArn"
        ]
        return wait(sagemaker, arn)

    return run


def wait(sagemaker, arn):
    until = time.monotonic() + SECONDS
    while True:
        seen = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        if seen["PipelineExecutionStatus"] in OVER:
            break
        assert time.monotonic() < until, seen
        time.sleep(0.1)
    listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, MaxResults=100)
    return seen, {step["StepName"]: step for step in listed["PipelineExecutionSteps"]}


@pytest.fixture
def group(sagemaker, unique):
    name = unique("Group")
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    return name


def test_a_model_that_is_good_enough_is_registered(
    pipeline, executed, definition, group, sagemaker, packed, events
):
    name = pipeline(definition(group))
    found, steps = executed(name, Depth=7)
    assert found["PipelineExecutionStatus"] == "Succeeded", (found, steps)
    assert {name: step["StepStatus"] for name, step in steps.items()} == dict.fromkeys(
        ("Train", "Evaluate", "GoodEnough", "Register"), "Succeeded"
    )
    assert steps["GoodEnough"]["Metadata"]["Condition"]["Outcome"] == "True"
    package = sagemaker.describe_model_package(
        ModelPackageName=steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    )
    assert package["MetadataProperties"]["GeneratedBy"] == found["PipelineExecutionArn"]
    (container,) = package["InferenceSpecification"]["Containers"]
    assert packed(container["ModelDataUrl"]) == {"model.json": "7"}
    job = steps["Train"]["Metadata"]["TrainingJob"]["Arn"]
    execution = found["PipelineExecutionArn"].rpartition("/")[2]
    assert f":training-job/pipelines-{execution}-train-" in job
    tag = {"Key": "sagemaker:pipeline-execution-arn", "Value": found["PipelineExecutionArn"]}
    assert tag in sagemaker.list_tags(ResourceArn=job)["Tags"]
    seen = events(
        lambda event: (
            event["detail"].get("pipelineExecutionArn") == found["PipelineExecutionArn"]
            and event["detail"].get("currentPipelineExecutionStatus") == "Succeeded"
        )
    )
    assert seen["detail-type"] == "SageMaker Model Building Pipeline Execution Status Change"
    assert seen["detail"]["previousPipelineExecutionStatus"] == "Executing"
    assert seen["resources"] == [found["PipelineArn"], found["PipelineExecutionArn"]]
    step = events(lambda event: event["detail"].get("stepName") == "Train")
    assert step["detail-type"].endswith("Execution Step Status Change")


def test_a_model_that_is_too_bad_fails_the_pipeline_and_is_not_registered(
    pipeline, executed, definition, group, sagemaker
):
    found, steps = executed(pipeline(definition(group)), Auc=0.6)
    assert found["PipelineExecutionStatus"] == "Failed"
    assert found["FailureReason"] == "an AUC of 0.6"
    assert steps["TooBad"]["StepStatus"] == "Failed"
    assert "Register" not in steps
    named = {"ModelPackageGroupName": group}
    assert sagemaker.list_model_packages(**named)["ModelPackageSummaryList"] == []


def test_what_comes_after_a_step_that_failed_does_not_run(pipeline, executed, definition):
    found, steps = executed(pipeline(definition(train="raise ValueError('no rows')")))
    assert found["PipelineExecutionStatus"] == "Failed"
    assert "ValueError: no rows" in found["FailureReason"]
    assert list(steps) == ["Train"]


@pytest.mark.parametrize("lacking", ["sagemaker:AddTags", "iam:PassRole", "s3:GetObject"])
def test_a_pipeline_does_what_its_role_may(pipeline, executed, definition, lacking):
    found, _ = executed(pipeline(definition(), *({*RIGHTS} - {lacking})))
    assert found["PipelineExecutionStatus"] == "Failed"
    assert lacking in found["FailureReason"]


def test_one_token_starts_one_execution(pipeline, definition, sagemaker, refused):
    name = pipeline(definition(train="raise ValueError('x')"))
    start = {"PipelineName": name, "ClientRequestToken": "0123456789-0123456789-0123456789"}
    first = sagemaker.start_pipeline_execution(**start)["PipelineExecutionArn"]
    assert sagemaker.start_pipeline_execution(**start)["PipelineExecutionArn"] == first
    other = [{"Name": "Depth", "Value": "9"}]
    code, _ = refused(sagemaker.start_pipeline_execution, **start, PipelineParameters=other)
    assert code == "ConflictException"
    listed = sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
    assert [each["PipelineExecutionArn"] for each in listed] == [first]
    wait(sagemaker, first)


def test_a_cached_step_is_not_run_again(pipeline, executed, definition):
    name = pipeline(
        definition(CacheConfig={"Enabled": True, "ExpireAfter": "PT1H"}, train=TRAIN), *RIGHTS
    )
    first, _ = executed(name, Auc=0.1)
    _, steps = executed(name, Auc=0.1)
    hit = steps["Train"]["CacheHitResult"]["SourcePipelineExecutionArn"]
    assert hit == first["PipelineExecutionArn"]
    assert "CacheHitResult" not in steps["Evaluate"]
    _, others = executed(name, Auc=0.1, Depth=4)
    assert "CacheHitResult" not in others["Train"]


def test_a_throttled_step_is_tried_again_as_its_policy_says(pipeline, executed, definition, faults):
    policies = [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 2, "IntervalSeconds": 1}]
    throttled = {"action": "sagemaker:CreateTrainingJob", "code": "ThrottlingException"}
    looks = {"action": "sagemaker:DescribeTrainingJob", "code": "InternalFailure"}
    faults([{**throttled, "times": 2}, {**looks, "times": 4}])  # each call is made twice
    found, steps = executed(pipeline(definition(RetryPolicies=policies)), Auc=0.1)
    assert steps["Train"]["StepStatus"] == "Succeeded", found
    assert steps["Train"]["AttemptCount"] == 2
    faults([throttled])
    found, steps = executed(pipeline(definition()))
    assert "ThrottlingException" in found["FailureReason"]


def test_a_step_may_tune(pipeline, executed, definition):
    document = definition(train="import os; print(f'score={os.environ[\"SM_HP_DEPTH\"]};')")
    (train, *_), depths = document["Steps"], {"Name": "depth", "Values": ["1", "2"]}
    arguments = train["Arguments"]
    static = arguments.pop("HyperParameters")
    static.pop("depth")
    metric = {"Name": "score", "Regex": r"score=(\d+);"}
    algorithm = {**arguments["AlgorithmSpecification"], "MetricDefinitions": [metric]}
    tune = {
        "Name": "Tune",
        "Type": "Tuning",
        "Arguments": {
            "HyperParameterTuningJobConfig": {
                "Strategy": "Grid",
                "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
                "ResourceLimits": {"MaxParallelTrainingJobs": 2},
                "ParameterRanges": {"CategoricalParameterRanges": [depths]},
            },
            "TrainingJobDefinition": {
                **arguments,
                "AlgorithmSpecification": algorithm,
                "StaticHyperParameters": static,
            },
        },
    }
    best = {"Get": "Steps.Tune.BestTrainingJob.TunedHyperParameters.depth"}
    fail = {"Name": "Told", "Type": "Fail", "Arguments": {"ErrorMessage": best}}
    document["Steps"] = [tune, fail]
    verbs = (f"sagemaker:{verb}HyperParameterTuningJob" for verb in ("Create", "Describe"))
    found, steps = executed(pipeline(document, *verbs, "sagemaker:AddTags", "iam:PassRole"))
    assert found["FailureReason"] == "2", steps
    assert ":hyper-parameter-tuning-job/" in steps["Tune"]["Metadata"]["TuningJob"]["Arn"]


def test_a_step_may_make_a_model_of_what_was_trained(pipeline, executed, definition, sagemaker):
    document = definition()
    (train, *_) = document["Steps"]
    artifact = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    container = {"Image": IMAGE, "ModelDataUrl": artifact}
    arguments = {
        "ExecutionRoleArn": train["Arguments"]["RoleArn"],
        "PrimaryContainer": container,
        "EnableNetworkIsolation": True,
    }
    name = {"Get": "Steps.Model.ModelName"}
    document["Steps"] = [
        train,
        {"Name": "Model", "Type": "Model", "Arguments": arguments},
        {"Name": "Told", "Type": "Fail", "Arguments": {"ErrorMessage": name}},
    ]
    found, steps = executed(pipeline(document, *RIGHTS, "sagemaker:CreateModel"))
    assert steps["Model"]["StepStatus"] == "Succeeded", found
    shown = sagemaker.describe_model(ModelName=found["FailureReason"])
    assert shown["ModelArn"] == steps["Model"]["Metadata"]["Model"]["Arn"]
    trained = steps["Train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    assert trained in shown["PrimaryContainer"]["ModelDataUrl"].lower()


def test_a_stopped_execution_stops_its_job(pipeline, definition, sagemaker, eventually):
    name = pipeline(definition(train="import time; time.sleep(60)"))
    arn = sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]

    def job():
        listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        steps = listed["PipelineExecutionSteps"]
        return steps and (steps[0].get("Metadata") or {}).get("TrainingJob", {}).get("Arn")

    name = eventually(job).rpartition("/")[2]
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="s" * 32)
    found, steps = wait(sagemaker, arn)
    assert found["PipelineExecutionStatus"] == "Stopped"
    assert steps["Train"]["StepStatus"] == "Stopped"
    listed = sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"]
    assert [each["TrainingJobStatus"] for each in listed] == ["Stopped"]


def test_steps_that_do_not_wait_for_one_another_run_side_by_side(pipeline, executed, definition):
    document = definition(train="import time; time.sleep(1)")
    train = document["Steps"][0]
    document["Steps"] = [{**train, "Name": name} for name in ("A", "B")]
    found, steps = executed(pipeline(document))
    assert steps["A"]["StartTime"] < steps["B"]["EndTime"]
    assert steps["B"]["StartTime"] < steps["A"]["EndTime"]
    one = pipeline(document, ParallelismConfiguration={"MaxParallelExecutionSteps": 1})
    found, steps = executed(one)
    first, second = sorted(steps.values(), key=lambda step: step["StartTime"])
    assert first["EndTime"] <= second["StartTime"], found


def test_a_pipeline_is_changed_and_deleted(pipeline, definition, sagemaker, refused):
    name = pipeline(definition())
    arn = sagemaker.describe_pipeline(PipelineName=name)["PipelineArn"]
    sagemaker.update_pipeline(PipelineName=name, PipelineDescription="other")
    assert sagemaker.describe_pipeline(PipelineName=arn)["PipelineDescription"] == "other"
    code, message = refused(
        sagemaker.update_pipeline, PipelineName=name, PipelineDefinition='{"Version": "1"}'
    )
    assert (code, "Version is '1'" in message) == ("ValidationException", True)
    summaries = sagemaker.list_pipelines(PipelineNamePrefix=name)["PipelineSummaries"]
    assert [each["PipelineName"] for each in summaries] == [name]
    sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken="d" * 32)
    assert refused(sagemaker.describe_pipeline, PipelineName=name)[0] == "ResourceNotFound"


def _twice(document):
    document["Steps"].append(document["Steps"][0])


def _circle(document):
    document["Steps"][0]["DependsOn"] = ["Evaluate"]


WRONG = {
    "experiment": (
        lambda document: document.update(PipelineExperimentConfig={"ExperimentName": "x"}),
        "the sandbox keeps no experiments; PipelineExperimentConfig may be null",
    ),
    "twice": (_twice, "the name of a step has to be unique: Train"),
    "circle": (_circle, "steps depend on one another in a circle"),
    "type": (
        lambda document: document["Steps"][0].update(Type="EMR"),
        "step Train is of Type EMR; the sandbox carries out Training, Processing",
    ),
    "parameter": (
        lambda document: document["Parameters"].pop(),
        "refers to the parameter Auc, which is not there",
    ),
    "step": (
        lambda document: document["Steps"][0].update(DependsOn=["None"]),
        "step Train depends on None, which is not there",
    ),
    "member": (
        lambda document: document["Steps"][0]["Arguments"].update(Spot=True),
        "step Train: CreateTrainingJob has no Spot",
    ),
    "lacking": (
        lambda document: document["Steps"][0]["Arguments"].pop("RoleArn"),
        "step Train: CreateTrainingJob needs RoleArn",
    ),
    "condition": (
        lambda document: document["Steps"][2]["Arguments"]["Conditions"][0].update(Type="Like"),
        "a condition is of Type Like; allowed: Equals",
    ),
    "default": (
        lambda document: document["Parameters"][0].update(DefaultValue="x"),
        "DefaultValue of parameter Depth is 'x', which is no Integer",
    ),
    "retry": (
        lambda document: document["Steps"][0].update(
            RetryPolicies=[{"ExceptionType": ["Any"], "MaxAttempts": 1}]
        ),
        "tries again after Any",
    ),
    "expiry": (
        lambda document: document["Steps"][0].update(
            CacheConfig={"Enabled": True, "ExpireAfter": "1 day"}
        ),
        "ExpireAfter of step Train is 1 day",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_definition_that_cannot_be_carried_out_is_refused_by_name(
    pipeline, definition, refused, case
):
    change, said = WRONG[case]
    document = definition()
    change(document)
    code, message = refused(pipeline, document=document)
    assert code == "ValidationException"
    assert said in message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Other": "1"}, "Parameters [Other] are not defined"),
        ({"Depth": "deep"}, "Parameter [Depth] is 'deep', which is no Integer"),
    ],
    ids=["unknown", "no-number"],
)
def test_parameters_that_do_not_fit_are_refused(
    pipeline, definition, sagemaker, refused, given, said
):
    values = [{"Name": name, "Value": value} for name, value in given.items()]
    code, message = refused(
        sagemaker.start_pipeline_execution,
        PipelineName=pipeline(definition()),
        PipelineParameters=values,
    )
    assert code == "ValidationException"
    assert said in message
