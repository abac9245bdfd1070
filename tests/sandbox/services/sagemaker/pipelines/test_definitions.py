"""Definitions of pipelines: changed, deleted, and refused by name where nobody could run them."""

import pytest


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
    "tracked": (
        lambda document: document.update(MlflowConfig={"MlflowResourceArn": "arn:of:an:app"}),
        "it has MlflowConfig; allowed: Version, Metadata, Parameters",
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
