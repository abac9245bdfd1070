"""What a machine of Step Functions asks of hosting and scaling; what a sandbox leaves behind."""

import json
import time
from contextlib import suppress
from pathlib import Path

from sandbox.host import client


def test_a_machine_makes_an_endpoint_scales_and_asks_it(
    run_task, container, model_data, hosting_role, unique, settled, contract
):
    name = unique("machine")
    calls = [
        (
            "sagemaker:createModel",
            {
                "ModelName": name,
                "PrimaryContainer": container(model_data(answer="asked")),
                "ExecutionRoleArn": hosting_role(),
                "EnableNetworkIsolation": True,
            },
            ("sagemaker:CreateModel", "iam:PassRole"),
        ),
        (
            "sagemaker:createEndpointConfig",
            {
                "EndpointConfigName": name,
                "ProductionVariants": [
                    {
                        "VariantName": "Only",
                        "ModelName": name,
                        "InitialInstanceCount": 2,
                        "InstanceType": "ml.m5.large",
                    }
                ],
            },
            ("sagemaker:CreateEndpointConfig",),
        ),
        (
            "sagemaker:createEndpoint",
            {"EndpointName": name, "EndpointConfigName": name},
            ("sagemaker:CreateEndpoint",),
        ),
    ]
    for action, arguments, rights in calls:
        for missing in rights:
            kept = [right for right in rights if right != missing]
            error, cause = run_task(action, arguments, "sts:GetCallerIdentity", *kept)
            assert (error != "SUCCEEDED", missing in cause) == (True, True), cause
        status, told = run_task(action, arguments, *rights)
        assert status == "SUCCEEDED", told
    assert settled(name)["EndpointStatus"] == "InService"
    scaled = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{name}/variant/Only",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    status, told = run_task(
        "applicationautoscaling:registerScalableTarget",
        {**scaled, "MinCapacity": 2, "MaxCapacity": 4},
        *("application-autoscaling:RegisterScalableTarget", "sagemaker:DescribeEndpoint"),
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    )
    assert status == "SUCCEEDED", told
    status, told = run_task(
        "sagemakerruntime:invokeEndpoint",
        {"EndpointName": name, "Body": [7], "ContentType": "application/json"},
        "sagemaker:InvokeEndpoint",
    )
    assert status == "SUCCEEDED", told
    assert json.loads(told["Body"])["rows"] == [7]
    status, told = run_task(
        "sagemaker:describeEndpoint", {"EndpointName": name}, "sagemaker:DescribeEndpoint"
    )
    assert (status, told["EndpointStatus"]) == ("SUCCEEDED", "InService")
    contract("application-autoscaling").deregister_scalable_target(**scaled)
    contract("sagemaker").delete_endpoint(EndpointName=name)


def test_no_container_outlives_its_sandbox(image, archive_of):
    with client.start(iam=False) as sandbox:
        s3, sagemaker = sandbox.client("s3"), sandbox.client("sagemaker")
        s3.create_bucket(Bucket="models")
        s3.put_object(Bucket="models", Key="model.tar.gz", Body=archive_of)
        role = sandbox.client("iam").create_role(RoleName="model", AssumeRolePolicyDocument="{}")
        sagemaker.create_model(
            ModelName="model",
            PrimaryContainer={
                "Image": image,
                "ModelDataUrl": "s3://models/model.tar.gz",
                "Environment": {
                    "SAGEMAKER_PROGRAM": "inference.py",
                    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                },
            },
            ExecutionRoleArn=role["Role"]["Arn"],
        )
        variant = {"VariantName": "v", "ModelName": "model", "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(
            EndpointConfigName="config",
            ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}],
        )
        sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
        sagemaker.get_waiter("endpoint_in_service").wait(
            EndpointName="endpoint", WaiterConfig={"Delay": 1}
        )
        running = containers_of(sandbox.server.pid)
        assert len(running) == 1
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in running):
        assert time.monotonic() < until
        time.sleep(0.05)


def containers_of(parent):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_child = (folder / "stat").read_text().rpartition(")")[2].split()[1] == str(parent)
            if is_child and b"model_server.py" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found
