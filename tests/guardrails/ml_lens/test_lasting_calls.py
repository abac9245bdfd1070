"""ACC13."""

import json

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.existing_calls import machine
from guardrails.ml_lens.lasting_calls import RULE
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.sagemaker_requests import PIPELINE


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("aws-sdk:s3:putObject", 0),
        ("aws-sdk:s3:createBucket", 1),
        ("aws-sdk:dynamodb:createTable", 1),
        ("aws-sdk:sagemaker:createNotebookInstance", 1),
        ("sagemaker:createTrainingJob.sync", 0),
        ("sagemaker:createEndpoint", 0),
        ("aws-sdk:iam:attachRolePolicy", 1),
        ("aws-sdk:s3:putBucketPolicy", 1),
        ("aws-sdk:cloudwatchlogs:putResourcePolicy", 0),
        ("aws-sdk:secretsmanager:getSecretValue", 1),
        ("elasticmapreduce:createCluster.sync", 1),
    ],
)
def test_what_outlasts_an_execution_is_found(found_in, call, count):
    definition = machine(f"arn:x:states:::{call}", Name="n")
    assert len(found_in(RULE, one(MACHINE, DefinitionString=definition))) == count


def test_a_parameter_is_a_secret_if_it_is_decrypted(found_in):
    call = "arn:x:states:::aws-sdk:ssm:getParameter"
    for more, count in (({}, 0), ({"WithDecryption": True}, 1)):
        definition = machine(call, Name="n", **more)
        assert len(found_in(RULE, one(MACHINE, DefinitionString=definition))) == count


def test_a_pipeline_starts_no_open_cluster(found_in):
    for cluster, count in (({}, 1), ({"SecurityConfiguration": "s"}, 0)):
        body = {"Steps": [{"Name": "e", "Type": "EMR", "ClusterConfig": cluster}]}
        definition = {"PipelineDefinitionBody": json.dumps(body)}
        assert len(found_in(RULE, one(PIPELINE, PipelineDefinition=definition))) == count
