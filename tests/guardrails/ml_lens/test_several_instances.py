"""SMK8 on configurations and on what machines ask for."""

import json

import pytest

from guardrails.ml_lens.several_instances import RULE

CONFIG = "AWS::SageMaker::EndpointConfig"


def variant(**more):
    return {"VariantName": "v", "ModelName": "m", **more}


def config(*variants, **more):
    return {"It": {"Type": CONFIG, "Properties": {"ProductionVariants": [*variants], **more}}}


@pytest.mark.parametrize(
    "count", [None, 0, 1, "1", {"Ref": "Count"}], ids=["none", "0", "1", "text", "parameter"]
)
def test_a_variant_with_less_than_two_instances_is_found(found_in, count):
    more = {} if count is None else {"InitialInstanceCount": count}
    assert len(found_in(RULE, config(variant(InitialInstanceCount=2), variant(**more)))) == 1


def test_what_has_no_instances_or_answers_nobody_is_not(found_in):
    serverless = variant(ServerlessConfig={"MemorySizeInMB": 2048, "MaxConcurrency": 5})
    shadow = variant(InitialInstanceCount=1)
    pair = variant(InitialInstanceCount="2")
    assert found_in(RULE, config(serverless, pair, ShadowProductionVariants=[shadow])) == []


@pytest.mark.parametrize(("count", "findings"), [(2, 0), (1, 1), ("{% $count %}", 1)])
def test_what_a_machine_asks_for_is_read_too(found_in, count, findings):
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sagemaker:createEndpointConfig",
        "Arguments": {"ProductionVariants": [variant(InitialInstanceCount=count)]},
        "End": True,
    }
    machine = {"QueryLanguage": "JSONata", "StartAt": "Make", "States": {"Make": state}}
    resource = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"DefinitionString": json.dumps(machine)},
    }
    assert len(found_in(RULE, {"It": resource})) == findings
