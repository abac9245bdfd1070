"""When there is something to learn, start one execution of the pipeline: a function's entry."""

import json
import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.exceptions import BotoCoreError, ClientError

from model_training.execution_inputs import (
    Champion,
    UnusableManifestError,
    champion_files,
    folder_of,
    parameters,
    split_uri,
    token,
    training_files,
)
from model_training.wishes import UnreadableWishError, Wish, read_wish
from runtime import settings
from runtime.errors import failure_of
from runtime.publish_metrics import publish

OVER = ("Failed", "Stopped")
KNOWN = (UnreadableWishError, UnusableManifestError)
logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Deal with each message; hand back those that have to come again."""
    again, counted = [], {"started": 0, "already": 0, "nothing": 0, "refused": 0}
    for message in event["Records"]:
        try:
            counted[deal_with(read_wish(message["body"]))] += 1
        except (*KNOWN, ClientError, BotoCoreError) as error:
            counted["refused"] += 1
            said = str(error) if isinstance(error, KNOWN) else str(failure_of(error))
            logger.warning("not started", extra={"error": said, "message_id": message["messageId"]})
            again.append(message["messageId"])
    publish(
        {
            "ExecutionsStarted": counted["started"],
            "ExecutionsNotNeeded": counted["already"] + counted["nothing"],
            "WishesToComeAgain": counted["refused"],
        }
    )
    return {"batchItemFailures": [{"itemIdentifier": message} for message in again]}


def deal_with(wish: Wish) -> str:
    """Start an execution for a wish unless there is one; says what came of it."""
    uri = wish.manifest or newest_manifest()
    if uri is None:
        return "nothing"
    manifest = read_manifest(uri)
    content_hash = str(manifest["content_hash"])
    attempt = claim(content_hash, again=wish.again)
    if attempt is None:
        return "already"
    execution = start(manifest, uri, attempt, wish.reason)
    remember(content_hash, attempt, execution)
    logger.info("started", extra={"execution": execution, "reason": wish.reason})
    return "started"


def newest_manifest() -> str | None:
    """Find the manifest that the lake has written last; None if there is none, or no lake yet."""
    bucket = lake_bucket()
    if bucket is None:
        return None
    pages = (
        client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=bucket, Prefix=setting("MANIFESTS_PREFIX"))
    )
    found = [each for page in pages for each in page.get("Contents", ())]
    if not found:
        return None
    newest = max(found, key=lambda each: (each["LastModified"], each["Key"]))
    return f"s3://{bucket}/{newest['Key']}"


def read_manifest(uri: str) -> dict[str, Any]:
    """Read a manifest of the lake, and nothing from elsewhere."""
    bucket, key = split_uri(uri)
    if bucket != lake_bucket() or not key.startswith(setting("MANIFESTS_PREFIX")):
        raise UnusableManifestError("the manifest is not where the lake keeps its manifests")
    body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    found: dict[str, Any] = json.loads(body)
    return found


def lake_bucket() -> str | None:
    """Ask where the lake is; None while nobody has published it."""
    ssm = client("ssm")
    try:
        found: str = ssm.get_parameter(Name=setting("BUCKET_PARAMETER"))["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return None
    return found


def claim(content_hash: str, *, again: bool) -> int | None:
    """Tell which attempt at a content is to be started; None if there is nothing to start.

    An attempt that has no execution noted is started once more: by its token SageMaker knows it.
    """
    table, key = client("dynamodb"), {"entry": {"S": content_hash}}
    name = setting("EXECUTIONS_TABLE")
    try:
        table.put_item(
            TableName=name,
            Item={**key, "attempt": {"N": "1"}, "asked_at": {"S": now()}},
            ConditionExpression="attribute_not_exists(entry)",
        )
        return 1
    except table.exceptions.ConditionalCheckFailedException:
        item = table.get_item(TableName=name, Key=key, ConsistentRead=True)["Item"]
    attempt = int(item["attempt"]["N"])
    if "execution" not in item:
        return attempt
    if not again or status(item["execution"]["S"]) not in OVER:
        return None
    try:
        table.update_item(
            TableName=name,
            Key=key,
            UpdateExpression="SET attempt = :next, asked_at = :now REMOVE execution",
            ConditionExpression="attempt = :this AND attribute_exists(execution)",
            ExpressionAttributeValues={
                ":next": {"N": str(attempt + 1)},
                ":this": {"N": str(attempt)},
                ":now": {"S": now()},
            },
        )
    except table.exceptions.ConditionalCheckFailedException:
        return None  # somebody else was quicker, and starts it
    return attempt + 1


def status(execution: str) -> str:
    """Ask how an execution goes."""
    sagemaker = client("sagemaker")
    found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
    return str(found["PipelineExecutionStatus"])


def start(manifest: dict[str, Any], uri: str, attempt: int, reason: str) -> str:
    """Write what the execution is given, and start it; gives its ARN."""
    bucket, content_hash = setting("ARTIFACTS_BUCKET"), str(manifest["content_hash"])
    folder, champion = folder_of(content_hash, attempt), approved_last()
    files = training_files(manifest, uri)
    written = {
        "training.manifest": files.listed(),
        "champion.json": champion.document(),
        "champion.manifest": champion_files(bucket, folder, champion).listed(),
    }
    for name, body in written.items():
        client("s3").put_object(Bucket=bucket, Key=f"{folder}{name}", Body=body)
    begun = client("sagemaker").start_pipeline_execution(
        PipelineName=setting("PIPELINE_NAME"),
        PipelineExecutionDescription=reason,
        PipelineParameters=parameters(manifest, uri, bucket, folder),
        ClientRequestToken=token(content_hash, attempt),
    )
    return str(begun["PipelineExecutionArn"])


def approved_last() -> Champion:
    """Find the package that was approved last, which a new model has to be better than."""
    sagemaker = client("sagemaker")
    found = sagemaker.list_model_packages(
        ModelPackageGroupName=setting("PACKAGE_GROUP"),
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=1,
    )["ModelPackageSummaryList"]
    if not found:
        return Champion(None, None)
    arn = found[0]["ModelPackageArn"]
    described = sagemaker.describe_model_package(ModelPackageName=arn)
    (container,) = described["InferenceSpecification"]["Containers"]
    return Champion(arn, container["ModelDataUrl"])


def remember(content_hash: str, attempt: int, execution: str) -> None:
    """Note the execution of an attempt."""
    client("dynamodb").update_item(
        TableName=setting("EXECUTIONS_TABLE"),
        Key={"entry": {"S": content_hash}},
        UpdateExpression="SET execution = :execution",
        ConditionExpression="attempt = :attempt",
        ExpressionAttributeValues={
            ":execution": {"S": execution},
            ":attempt": {"N": str(attempt)},
        },
    )


def now() -> str:
    """Tell the time."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def setting(name: str) -> str:
    """Read a setting."""
    return settings.string(os.environ, name)


@cache
def client(service: str) -> Any:
    """Make one client for all invocations of an instance."""
    return boto3.client(service)
