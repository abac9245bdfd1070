"""An approved model serves; a bad one does not, and nobody who asks meanwhile notices."""

import json
import time

import pytest

NAME = "ModelHosting"


def executions(hosting, status):
    """List the executions of the machine that ended so."""
    found = hosting.sandbox.client("stepfunctions").list_executions(
        stateMachineArn=hosting.outputs["DeployStateMachineArn"], statusFilter=status
    )
    return found["executions"]


def ends(hosting, trainer, arn, status):
    """Approve a version, and wait until its deployment has ended so."""
    before = len(executions(hosting, status))
    trainer.approve(arn)
    other = "FAILED" if status == "SUCCEEDED" else "SUCCEEDED"
    others = len(executions(hosting, other))
    hosting.wait_for(
        lambda: (
            len(executions(hosting, status)) > before or len(executions(hosting, other)) > others
        ),
        seconds=150,
    )
    found = executions(hosting, status)
    if len(found) == before:
        pytest.fail(f"it ended otherwise: {why(hosting, executions(hosting, other)[0])}")
    return found[0]


def why(hosting, execution):
    """Tell how an execution went."""
    machines = hosting.sandbox.client("stepfunctions")
    events = machines.get_execution_history(
        executionArn=execution["executionArn"], reverseOrder=True, maxResults=12
    )["events"]
    described = machines.describe_execution(executionArn=execution["executionArn"])
    failures = [hosting.download("FailuresBucketName", key)
                for key in hosting.keys("FailuresBucketName")[-1:]]  # fmt: skip
    return described.get("cause"), failures, hosting.sandbox.problems(), events[:3]


def version(arn):
    return arn.rpartition("/")[2]


def predicts(hosting, trainer):
    """Ask for the known rows; gives the answer, which has to tell what the model told."""
    time.sleep(1.1)  # by then the function looks again what serves
    known = trainer.known()
    status, told = hosting.predict(json.dumps({"rows": known["rows"], "key": "shopper"}).encode())
    assert status == 200, told
    assert told["predictions"] == pytest.approx(known["predictions"], abs=1e-6)
    return told


def test_an_approved_model_serves_and_a_bad_one_is_refused_unnoticed(hosting, trainer, assembly):
    first = trainer.register()
    ends(hosting, trainer, first, "SUCCEEDED")
    told = predicts(hosting, trainer)
    assert (told["variant"], told["model_version"]) == ("Champion", version(first))

    # Another library predicts otherwise, or a file was changed: known rows say so at the load.
    known = trainer.known()
    wrong = {**known, "predictions": [each / 2 for each in known["predictions"]]}
    bad = trainer.register(**{"known_rows.json": json.dumps(wrong).encode()})
    ends(hosting, trainer, bad, "FAILED")
    assert predicts(hosting, trainer)["model_version"] == version(first)
    (key,) = [k for k in hosting.keys("FailuresBucketName") if k.startswith("failed_deployments/")]
    record = json.loads(hosting.download("FailuresBucketName", key))
    assert (record["package"], record["error"]) == (bad, "ModelRefused")

    second = trainer.register()
    ends(hosting, trainer, second, "SUCCEEDED")
    assert predicts(hosting, trainer)["model_version"] == version(second)
    item = hosting.sandbox.client("dynamodb").get_item(
        TableName=hosting.outputs["TurnsTableName"],
        Key={"entry": {"S": hosting.outputs["EndpointName"]}},
    )["Item"]
    assert item["package"]["S"] == second
    assert item["package_before"]["S"] == first
    assert "holder" not in item

    # A second approval of what was overtaken is no deployment, and neither is the same again.
    endpoint = hosting.outputs["EndpointName"]
    targets = hosting.sandbox.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[f"endpoint/{endpoint}/variant/Champion"]
    )["ScalableTargets"]
    assert [(each["MinCapacity"], each["MaxCapacity"]) for each in targets] == [(2, 4)]

    hosting.sandbox.destroy(NAME, app=assembly)
    sagemaker = hosting.sandbox.client("sagemaker")
    assert not sagemaker.list_endpoints(NameContains=endpoint)["Endpoints"]
    assert not sagemaker.list_endpoint_configs(NameContains=endpoint)["EndpointConfigs"]
    assert not sagemaker.list_models(NameContains=endpoint)["Models"]
