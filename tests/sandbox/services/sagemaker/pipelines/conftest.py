"""A pipeline that trains, judges, and registers what is good enough; made and run."""

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
    """Make a pipeline of a definition, whose role has further rights or lacks one; its name."""

    def make(document, *further, lacking="", **more):
        name = unique("pipeline")
        sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=json.dumps(document),
            RoleArn=role(*({*RIGHTS, *further} - {lacking})),
            **more,
        )
        return name

    return make


@pytest.fixture
def executed(sagemaker, ended_execution):
    """Start a pipeline and wait for its end; gives its execution and its steps by name."""

    def run(name, **parameters):
        given = [{"Name": key, "Value": str(value)} for key, value in parameters.items()]
        arn = sagemaker.start_pipeline_execution(PipelineName=name, PipelineParameters=given)[
            "PipelineExecutionArn"
        ]
        return ended_execution(arn)

    return run


@pytest.fixture
def ended_execution(sagemaker):
    """Wait for the end of an execution; gives it and its steps by name."""

    def wait(arn):
        until = time.monotonic() + SECONDS
        while True:
            seen = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
            if seen["PipelineExecutionStatus"] in OVER:
                break
            assert time.monotonic() < until, seen
            time.sleep(0.1)
        listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, MaxResults=100)
        return seen, {step["StepName"]: step for step in listed["PipelineExecutionSteps"]}

    return wait


@pytest.fixture
def group(sagemaker, unique):
    name = unique("Group")
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    return name
