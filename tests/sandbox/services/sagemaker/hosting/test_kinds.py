"""Endpoints of other kinds: pipelines, several models, serverless, asynchronous, of a package."""

import io
import json
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

ADDING = """
import json
def model_fn(model_dir):
    return json.load(open(model_dir + "/model.json"))["answer"]
def input_fn(data, content_type):
    assert content_type == "application/json", content_type
    return json.loads(data)
def predict_fn(rows, model):
    return rows + [model]
def output_fn(rows, accept):
    return json.dumps(rows), "application/json"
"""


@pytest.fixture
def pipeline(contract, container, model_data, hosting_role, unique):
    """Make a model of containers that each add their word; gives its name."""

    def make(*words, **more):
        name = unique("pipeline")
        contract("sagemaker").create_model(
            ModelName=name,
            Containers=[
                {**container(model_data(handlers=ADDING, answer=word)), "ContainerHostname": word}
                for word in words
            ],
            ExecutionRoleArn=hosting_role(),
            **more,
        )
        return name

    return make


def test_a_pipeline_hands_each_answer_on(pipeline, make_config, make_endpoint, ask):
    name = make_endpoint(make_config(Only=pipeline("one", "two", "three")))
    assert ask(name, ["none"]) == ["none", "one", "two", "three"]


def test_containers_of_a_model_may_be_asked_directly(pipeline, make_config, make_endpoint, ask):
    direct = pipeline("one", "two", InferenceExecutionConfig={"Mode": "Direct"})
    name = make_endpoint(make_config(Only=direct))
    assert ask(name, ["none"], TargetContainerHostname="two") == ["none", "two"]
    with pytest.raises(ClientError, match="need TargetContainerHostname"):
        ask(name)


def boosted(constant):
    """Make an archive of a booster that tells nearly the same of any row."""
    import numpy
    import xgboost

    rows, target = numpy.array([[0.0], [1.0]]), numpy.full(2, float(constant))
    booster = xgboost.train(
        {"max_depth": 1, "base_score": float(constant)},
        xgboost.DMatrix(rows, target),
        num_boost_round=1,
    )
    raw = bytes(booster.save_raw("json"))
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        entry = tarfile.TarInfo("model.json")
        entry.size = len(raw)
        archive.addfile(entry, io.BytesIO(raw))
    return content.getvalue()


def test_several_models_are_loaded_as_they_are_asked_for(
    sandbox, contract, image, hosting_role, make_bucket, make_config, make_endpoint, unique
):
    bucket, name = make_bucket(), unique("several")
    for constant in (3, 7):
        body = boosted(constant)
        sandbox.client("s3").put_object(Bucket=bucket, Key=f"all/{constant}.tar.gz", Body=body)
    contract("sagemaker").create_model(
        ModelName=name,
        PrimaryContainer={
            "Image": image,
            "Mode": "MultiModel",
            "ModelDataUrl": f"s3://{bucket}/all/",
        },
        ExecutionRoleArn=hosting_role(),
    )
    endpoint = make_endpoint(make_config(Only=name))
    runtime = sandbox.client("sagemaker-runtime")

    def ask(model):
        reply = runtime.invoke_endpoint(
            EndpointName=endpoint, Body=b"0.5\n0.1", ContentType="text/csv", TargetModel=model
        )
        return [round(float(score)) for score in reply["Body"].read().split(b",")]

    assert [ask("3.tar.gz"), ask("7.tar.gz"), ask("3.tar.gz")] == [[3, 3], [7, 7], [3, 3]]
    with pytest.raises(ClientError, match="Failed to download model data"):
        ask("none.tar.gz")
    with pytest.raises(ClientError, match="need TargetModel"):
        runtime.invoke_endpoint(EndpointName=endpoint, Body=b"0.5", ContentType="text/csv")


def test_a_serverless_variant_answers_as_many_as_it_may(
    sandbox, contract, make_model, make_config, make_endpoint, ask
):
    serverless = {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}
    variant = {"ModelName": make_model(seconds=1), **serverless}
    name = make_endpoint(make_config(Only=variant))
    with ThreadPoolExecutor(2) as callers:
        waiting = callers.submit(ask, name)
        time.sleep(0.3)
        impatient = sandbox.client("sagemaker-runtime", retries={"total_max_attempts": 1})
        with pytest.raises(ClientError, match="ThrottlingException"):
            impatient.invoke_endpoint(EndpointName=name, Body=b"[1]")
        assert waiting.result()["answer"] == "right"
    (shown,) = contract("sagemaker").describe_endpoint(EndpointName=name)["ProductionVariants"]
    assert shown["CurrentServerlessConfig"]["MaxConcurrency"] == 1
    assert "CurrentInstanceCount" not in shown


@pytest.fixture
def asynchronous(make_bucket, make_model, make_config, make_endpoint):
    """Make an asynchronous endpoint; gives its name and bucket."""

    def make(topics=None, **of):
        bucket = make_bucket()
        output = {
            "S3OutputPath": f"s3://{bucket}/answers",
            "S3FailurePath": f"s3://{bucket}/failures",
            **({"NotificationConfig": topics} if topics else {}),
        }
        config = make_config(
            {"AsyncInferenceConfig": {"OutputConfig": output}}, Only=make_model(**of)
        )
        return make_endpoint(config), bucket

    return make


@pytest.mark.parametrize(
    ("of", "failure"),
    [
        ({}, None),
        ({"raises": "no such row"}, "no such row"),
        ({"seconds": 5}, "Your invocation timed out"),
    ],
    ids=["answered", "failed", "late"],
)
def test_an_asynchronous_answer_lies_in_s3_and_is_told(
    sandbox, asynchronous, queue, unique, eventually, of, failure
):
    sns, sqs, s3 = (sandbox.client(name) for name in ("sns", "sqs", "s3"))
    topic = sns.create_topic(Name=unique("told"))["TopicArn"]
    url, queue_arn = queue()
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    name, bucket = asynchronous({"SuccessTopic": topic, "ErrorTopic": topic}, **of)
    s3.put_object(Bucket=bucket, Key="asked.json", Body=b"[4]")
    runtime = sandbox.client("sagemaker-runtime")
    reply = runtime.invoke_endpoint_async(
        EndpointName=name,
        InputLocation=f"s3://{bucket}/asked.json",
        ContentType="application/json",
        InferenceId="mine",
        InvocationTimeoutSeconds=1 if failure else 60,
    )
    assert reply["InferenceId"] == "mine"

    def told():
        messages = sqs.receive_message(QueueUrl=url).get("Messages")
        return messages and json.loads(json.loads(messages[0]["Body"])["Message"])

    message = eventually(told)
    assert message["inferenceId"] == "mine"
    assert message["invocationStatus"] == ("Failed" if failure else "Completed")
    place = reply["FailureLocation" if failure else "OutputLocation"]
    assert message["responseParameters"]["outputLocation"] == place
    body = s3.get_object(Bucket=bucket, Key=place.split("/", 3)[3])["Body"].read()
    if failure:
        assert failure in body.decode()
    else:
        assert json.loads(body)["rows"] == [4]
    with pytest.raises(ClientError, match="is asynchronous"):
        runtime.invoke_endpoint(EndpointName=name, Body=b"[]")
    measured = sandbox.client("cloudwatch").list_metrics(
        Namespace="AWS/SageMaker", Dimensions=[{"Name": "EndpointName", "Value": name}]
    )["Metrics"]
    assert {metric["MetricName"] for metric in measured} - {"ModelLatency"} == {
        "ApproximateBacklogSize",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
    }


def test_an_approved_package_makes_a_model(
    contract, refused, container, model_data, hosting_role, unique, make_config, make_endpoint, ask
):
    sagemaker, group = contract("sagemaker"), unique("group")
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    given = container(model_data(answer="packed"))
    package = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={
            "Containers": [given],
            "SupportedContentTypes": ["application/json"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
    )["ModelPackageArn"]
    call = {
        "ModelName": unique("model"),
        "PrimaryContainer": {"ModelPackageName": package, "Environment": {"TOLD": "more"}},
        "ExecutionRoleArn": hosting_role(),
    }
    code, said = refused(sagemaker.create_model, **call)
    assert (code, "is PendingManualApproval" in said) == ("ValidationException", True), said
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    sagemaker.create_model(**call)
    name = make_endpoint(make_config(Only=call["ModelName"]))
    assert ask(name) == {"answer": "packed", "rows": [1], "environment": "more"}
