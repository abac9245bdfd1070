"""Two stages live side by side; what is left when one goes depends on both deletion keys."""

import pytest

from fixtures.faces import draw_frame

STAGE = {"stage": "prod"}
NAME = "RetailDemographics-prod"
FRAME = draw_frame(5, faces=1, size=(320, 240), format="jpeg").image


def inventory(sandbox):
    """Name all that a stack of ours can leave behind."""
    listed = {
        "bucket": [b["Name"] for b in sandbox.client("s3").list_buckets()["Buckets"]],
        "queue": sandbox.client("sqs").list_queues().get("QueueUrls", []),
        "topic": [t["TopicArn"] for t in sandbox.client("sns").list_topics()["Topics"]],
        "table": sandbox.client("dynamodb").list_tables()["TableNames"],
        "function": names(sandbox, "lambda", "list_functions", "Functions", "FunctionName"),
        "layer": names(sandbox, "lambda", "list_layers", "Layers", "LayerName"),
        "log group": names(sandbox, "logs", "describe_log_groups", "logGroups", "logGroupName"),
        "role": names(sandbox, "iam", "list_roles", "Roles", "RoleName"),
        "alarm": names(sandbox, "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "database": names(sandbox, "glue", "get_databases", "DatabaseList", "Name"),
        "workgroup": names(sandbox, "athena", "list_work_groups", "WorkGroups", "Name"),
        "stack": [s["StackName"] for s in stacks(sandbox)],
    }
    return {f"{kind} {name}" for kind, found in listed.items() for name in found}


def names(sandbox, service, operation, member, name):
    """List one kind of resource."""
    return [found[name] for found in getattr(sandbox.client(service), operation)()[member]]


def stacks(sandbox):
    """List the stacks that exist."""
    found = sandbox.client("cloudformation").describe_stacks()["Stacks"]
    return [stack for stack in found if stack["StackStatus"] != "DELETE_COMPLETE"]


def put_a_frame(sandbox, outputs):
    """Leave something in both buckets, of several versions."""
    s3 = sandbox.client("s3")
    for bucket in (outputs["FramesBucketName"], outputs["ResultsBucketName"]):
        for _ in range(2):
            s3.put_object(Bucket=bucket, Key="no layout.jpg", Body=FRAME)


@pytest.mark.parametrize("both_keys", [True, False], ids=["both keys", "no key"])
def test_a_stage_beside_another_goes_and_leaves_what_it_should(shop, both_keys):
    sandbox = shop.sandbox
    before = inventory(sandbox)
    keys = {f"removal.{k}": "true" for k in ("data_is_disposable", "destroy_deletes_data")}
    context = {**STAGE, **(keys if both_keys else {})}
    outputs = sandbox.deploy("RetailDemographics", context=context)[NAME]
    assert outputs["DatabaseName"] != shop.outputs["DatabaseName"]
    assert set(outputs) == set(shop.outputs), "an output has one name in every stage"
    put_a_frame(sandbox, outputs)
    sandbox.destroy("RetailDemographics", context=context)

    left = inventory(sandbox) - before
    if both_keys:
        assert not left
        return
    assert {kept.split()[0] for kept in left} == {"bucket"}
    buckets = {kept.split()[1] for kept in left}
    assert buckets >= {outputs["FramesBucketName"], outputs["ResultsBucketName"]}
    versions = sandbox.client("s3").list_object_versions(Bucket=outputs["ResultsBucketName"])
    assert len(versions["Versions"]) >= 2, "data and its history stay"
