"""Endpoints that answer: by whom, how their faults are told, and what is measured of it."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def servers(sandbox):
    """Count the containers that this sandbox runs, by what Linux tells."""

    def count():
        found = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                is_server = b"model_server.py" in (folder / "cmdline").read_bytes()
                found += is_server and parent == sandbox.server.pid
        return found

    return count


def test_an_endpoint_answers_as_its_handlers_do(sandbox, make_model, make_config, make_endpoint):
    name = make_endpoint(make_config(Only=make_model(answer="seven")))
    runtime = sandbox.client("sagemaker-runtime")
    reply = runtime.invoke_endpoint(
        EndpointName=name, Body=b"[1, 2]", ContentType="application/json"
    )
    assert json.loads(reply["Body"].read()) == {
        "answer": "seven",
        "rows": [1, 2],
        "environment": None,
    }
    assert reply["InvokedProductionVariant"] == "Only"
    assert reply["ContentType"] == "application/json"
    reply = runtime.invoke_endpoint(
        EndpointName=name, Body=b"1,2", ContentType="text/csv", Accept="text/csv"
    )
    assert (reply["Body"].read(), reply["ContentType"]) == (b"seven", "text/csv")


def test_an_endpoint_is_described_with_its_variants(
    contract, make_model, make_config, make_endpoint
):
    config = make_config(
        A={"ModelName": make_model(), "InitialVariantWeight": 3.0},
        B={"ModelName": make_model(), "InitialVariantWeight": 1.0},
    )
    name = make_endpoint(config)
    shown = contract("sagemaker").describe_endpoint(EndpointName=name)
    assert shown["EndpointConfigName"] == config
    assert [
        (v["VariantName"], v["CurrentWeight"], v["CurrentInstanceCount"])
        for v in shown["ProductionVariants"]
    ] == [("A", 3.0, 2), ("B", 1.0, 2)]
    listed = contract("sagemaker").list_endpoints(NameContains=name)["Endpoints"]
    assert [each["EndpointStatus"] for each in listed] == ["InService"]


def test_a_container_that_ends_fails_its_endpoint(
    sandbox, make_model, make_config, make_endpoint, settled, refused, eventually
):
    name = make_endpoint(make_config(Only=make_model(ends_at_load=True)), wait=False)
    shown = settled(name)
    assert shown["EndpointStatus"] == "Failed"
    assert shown["FailureReason"].startswith(
        "The primary container for production variant Only did not pass the ping health check."
    )
    code, _ = refused(
        sandbox.client("sagemaker-runtime").invoke_endpoint, EndpointName=name, Body=b"[]"
    )
    assert code == "ValidationError"
    logs = sandbox.client("logs")

    def said():
        group = f"/aws/sagemaker/Endpoints/{name}"
        return "what is wrong" in str(logs.filter_log_events(logGroupName=group)["events"])

    eventually(said)


def test_a_model_that_does_not_load_is_told_at_each_request(
    sandbox, make_model, make_config, make_endpoint
):
    name = make_endpoint(make_config(Only=make_model(fails_to_load="another release")))
    runtime = sandbox.client("sagemaker-runtime")
    for _ in range(2):
        with pytest.raises(runtime.exceptions.ModelError) as raised:
            runtime.invoke_endpoint(EndpointName=name, Body=b"[]", ContentType="application/json")
        assert raised.value.response["OriginalStatusCode"] == 500
        assert raised.value.response["OriginalMessage"].startswith("another release")


def test_a_handler_may_refuse_by_a_status_of_its_own(shared_endpoint, ask):
    for _ in range(2):
        with pytest.raises(ClientError, match=r"Received client error \(400\) from primary"):
            ask(shared_endpoint, ["refused"])
        assert ask(shared_endpoint, ["taken"])["rows"] == ["taken"]


def test_a_models_fault_is_told_with_its_status_and_words(
    sandbox, make_model, make_config, make_endpoint
):
    name = make_endpoint(make_config(Bad=make_model(raises="no such row")))
    runtime = sandbox.client("sagemaker-runtime")
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        runtime.invoke_endpoint(EndpointName=name, Body=b"[1]", ContentType="application/json")
    told = raised.value.response
    assert told["OriginalStatusCode"] == 500
    assert told["OriginalMessage"].startswith("no such row\nTraceback")
    assert told["Error"]["Message"].startswith(
        'Received server error (500) from primary with message "no such row'
    )
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        runtime.invoke_endpoint(EndpointName=name, Body=b"[1]", ContentType="image/png")
    told = raised.value.response
    assert told["OriginalStatusCode"] == 415
    assert told["Error"]["Message"].startswith("Received client error (415) from primary")


def test_a_container_that_dies_is_started_anew(
    sandbox, make_model, make_config, make_endpoint, ask
):
    config = make_config(Dies=make_model(exits=True), Lives=make_model())
    name = make_endpoint(config)
    for _ in range(2):
        with pytest.raises(ClientError, match="the model process exited"):
            ask(name, TargetVariant="Dies")
    assert ask(name, TargetVariant="Lives")["answer"] == "right"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"EndpointName": "none"}, "Endpoint none of account"),
        ({"TargetVariant": "none"}, "Variant none not found"),
        ({"TargetModel": "one.tar.gz"}, "TargetModel"),
        ({"TargetContainerHostname": "one"}, "TargetContainerHostname"),
        ({"InferenceComponentName": "one"}, "inference-component"),
        ({"Body": b" " * (25 * 1024**2 + 1)}, "exceeds the limit of 26214400 bytes"),
    ],
    ids=["endpoint", "variant", "model", "container", "component", "large"],
)
def test_what_no_variant_may_be_asked_is_refused(sandbox, refused, shared_endpoint, call, words):
    given = {"EndpointName": shared_endpoint, "Body": b"[]", **call}
    code, said = refused(sandbox.client("sagemaker-runtime").invoke_endpoint, **given)
    assert (code, words in said) == ("ValidationError", True), said


@pytest.fixture
def shared_endpoint(make_model, make_config, make_endpoint):
    return make_endpoint(make_config(Only=make_model()))


def test_the_images_server_takes_six_megabytes(sandbox, shared_endpoint):
    runtime = sandbox.client("sagemaker-runtime")
    with pytest.raises(runtime.exceptions.ModelError) as raised:
        runtime.invoke_endpoint(EndpointName=shared_endpoint, Body=b" " * (6 * 1024**2 + 1))
    assert raised.value.response["OriginalStatusCode"] == 413


def test_who_invokes_needs_the_right_on_that_endpoint(allowed_to, refused, shared_endpoint, arn):
    call = {"EndpointName": shared_endpoint, "Body": b"[1]", "ContentType": "application/json"}
    action, mine = "sagemaker:InvokeEndpoint", arn("sagemaker", f"endpoint/{shared_endpoint}")
    other = arn("sagemaker", "endpoint/other")
    code, said = refused(allowed_to("sagemaker-runtime", action, on=other).invoke_endpoint, **call)
    assert (code, mine in said) == ("AccessDeniedException", True), said
    allowed_to("sagemaker-runtime", action, on=mine).invoke_endpoint(**call)


def test_an_isolated_container_reaches_nothing(
    sandbox, make_model, make_config, make_endpoint, ask
):
    reaches = sandbox.server.port
    name = make_endpoint(
        make_config(
            Open=make_model(reaches=reaches),
            Isolated=make_model(reaches=reaches, more={"EnableNetworkIsolation": True}),
        )
    )
    assert ask(name, TargetVariant="Open") == {"reached": True}
    assert ask(name, TargetVariant="Isolated") == {"reached": False}


def statistic(sandbox, endpoint, variant, name, kind="Sum"):
    now = time.time() + 86_400
    found = sandbox.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=name,
        Dimensions=[
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant},
        ],
        StartTime=now - 5 * 86_400,
        EndTime=now + 5 * 86_400,
        Period=86_400 * 20,
        Statistics=[kind],
    )["Datapoints"]
    return sum(point[kind] for point in found)


def test_each_invocation_is_measured_by_its_variant(
    sandbox, make_model, make_config, make_endpoint, ask
):
    name = make_endpoint(make_config(Good=make_model(), Bad=make_model(raises="no")))
    for _ in range(3):
        ask(name, TargetVariant="Good")
    with pytest.raises(ClientError):
        ask(name, TargetVariant="Bad")
    seen = {
        (variant, metric): statistic(sandbox, name, variant, metric)
        for variant in ("Good", "Bad")
        for metric in ("Invocations", "Invocation5XXErrors", "Invocation4XXErrors")
    }
    assert seen == {
        ("Good", "Invocations"): 3,
        ("Good", "Invocation5XXErrors"): 0,
        ("Good", "Invocation4XXErrors"): 0,
        ("Bad", "Invocations"): 1,
        ("Bad", "Invocation5XXErrors"): 1,
        ("Bad", "Invocation4XXErrors"): 0,
    }
    assert statistic(sandbox, name, "Good", "InvocationsPerInstance") == 1.5
    assert statistic(sandbox, name, "Good", "ModelLatency", "Average") > 100  # microseconds


def test_weights_are_changed_live(
    contract, make_model, make_config, make_endpoint, ask, refused, servers
):
    name = make_endpoint(make_config(A=make_model(answer="a"), B=make_model(answer="b")))
    sagemaker = contract("sagemaker")
    before = servers()
    for variant, other in (("A", "B"), ("B", "A")):
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=name,
            DesiredWeightsAndCapacities=[
                {"VariantName": variant, "DesiredWeight": 1.0, "DesiredInstanceCount": 3},
                {"VariantName": other, "DesiredWeight": 0.0},
            ],
        )
        assert {ask(name)["answer"] for _ in range(10)} == {variant.lower()}
        assert ask(name, TargetVariant=other)["answer"] == other.lower()
    shown = sagemaker.describe_endpoint(EndpointName=name)["ProductionVariants"]
    assert [(v["CurrentWeight"], v["CurrentInstanceCount"]) for v in shown] == [(0, 3), (1, 3)]
    assert servers() == before
    for changes, words in (
        ([{"VariantName": "B", "DesiredWeight": 0.0}], "must be above 0"),
        ([{"VariantName": "C", "DesiredWeight": 1.0}], "Could not find variant C"),
        ([{"VariantName": "B", "DesiredInstanceCount": 0}], "cannot have 0 instances"),
    ):
        code, said = refused(
            sagemaker.update_endpoint_weights_and_capacities,
            EndpointName=name,
            DesiredWeightsAndCapacities=changes,
        )
        assert (code, words in said) == ("ValidationException", True), said


def test_traffic_is_split_by_weight(make_model, make_config, make_endpoint, ask):
    config = make_config(
        A={"ModelName": make_model(answer="a"), "InitialVariantWeight": 4.0},
        B={"ModelName": make_model(answer="b"), "InitialVariantWeight": 1.0},
    )
    name = make_endpoint(config)
    with ThreadPoolExecutor(4) as callers:
        seen = Counter(found["answer"] for found in callers.map(lambda _: ask(name), range(400)))
    assert 400 * 0.8 - 5 * 8 < seen["a"] < 400 * 0.8 + 5 * 8  # five standard deviations


def test_nothing_is_left_of_an_endpoint_that_is_deleted(
    contract, sandbox, make_model, make_config, make_endpoint, refused, eventually, servers
):
    before = servers()
    name = make_endpoint(make_config(Only=make_model()))
    assert servers() == before + 1
    contract("sagemaker").delete_endpoint(EndpointName=name)
    code, said = refused(contract("sagemaker").describe_endpoint, EndpointName=name)
    assert (code, "Could not find endpoint" in said) == ("ValidationException", True)
    code, _ = refused(
        sandbox.client("sagemaker-runtime").invoke_endpoint, EndpointName=name, Body=b"[]"
    )
    assert code == "ValidationError"
    eventually(lambda: servers() == before)
