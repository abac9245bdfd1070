"""The custom resources that the CDK brings along, without the Node and AWS CLI that theirs need."""

import io
import mimetypes
import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from sandbox.core import patching
from sandbox.core.emulator import add_resource_type
from sandbox.services.cloudformation.upstream import custom_resource
from sandbox.services.lambda_.upstream import lambda_svc
from sandbox.services.logs.upstream import cloudwatch_logs
from sandbox.services.s3.upstream import s3

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]
_EMPTY_ME = "aws-cdk:auto-delete-objects"
_RESPONSE_PAGE = "/_ministack/cfn-response/"


def install() -> None:
    """Handle what CDK constructs define behind the scenes, and let no other one hang."""
    add_resource_type(
        "Custom::S3AutoDeleteObjects",
        create=lambda logical_id, _properties, stack: (f"{stack}-{logical_id}", {}),
        update=lambda physical_id, _old, _new, _stack: (physical_id, {}),
        delete=lambda _physical_id, properties: empty(properties["BucketName"]),
    )
    add_resource_type(
        "Custom::CDKBucketDeployment",
        create=lambda logical_id, new, stack: (f"{stack}-{logical_id}", upload(new)),
        update=lambda physical_id, _old, new, _stack: (physical_id, upload(new)),
        delete=lambda _physical_id, properties: withdraw(properties),
    )
    add_resource_type(
        "Custom::LogRetention",
        create=lambda _logical_id, new, _stack: keep_logs(new),
        update=lambda _physical_id, _old, new, _stack: keep_logs(new),
        delete=lambda _physical_id, properties: forget_logs(properties),
    )
    patching.wrap(
        lambda_svc,
        "_execute_function_with_config_scope",
        _answer_for_the_dead,
        because="a custom resource whose function crashes fails at once, not after an hour",
    )


def _answer_for_the_dead(execute: Any) -> Any:
    """Fail a custom resource at once when its function crashed.

    AWS waits an hour for the answer that will never come; here nobody should.
    """

    def executed(func: dict[str, Any], event: Any) -> dict[str, Any]:
        result: dict[str, Any] = execute(func, event)
        url = event.get("ResponseURL", "") if isinstance(event, dict) else ""
        if result.get("error") and _RESPONSE_PAGE in url:
            body = result.get("body")
            reason = body.get("errorMessage") if isinstance(body, dict) else body
            custom_resource.deliver_response(
                url.rpartition("/")[2],
                {"Status": "FAILED", "Reason": f"its function failed: {reason}"},
            )
        return result

    return executed


def empty(bucket: str) -> None:
    """Delete every version and delete marker, if the bucket still asks for it by its tag."""
    if s3._bucket_tags.get(bucket, {}).get(_EMPTY_ME, "true") != "true":
        return
    for key, version in _versions(bucket):
        query = {"versionId": [version]} if version else {}
        _succeed(s3._delete_object(bucket, key, {}, query), f"delete {bucket}/{key}")


def _versions(bucket: str) -> list[tuple[str, str]]:
    held = s3._buckets.get(bucket)
    if held is None:
        return []
    versioned = [
        (key, str(version["version_id"]))
        for (name, key), versions in list(s3._object_versions.items())
        if name == bucket
        for version in versions
    ]
    known = {key for key, _ in versioned}
    return versioned + [(key, "") for key in held["objects"] if key not in known]


def upload(properties: Properties) -> dict[str, Any]:
    """Put the files of each source archive into the bucket, as `aws s3 sync` would."""
    if properties.get("DistributionId"):
        raise ValueError("the sandbox has no CloudFront cache to invalidate for BucketDeployment")
    bucket = properties["DestinationBucketName"]
    prefix = properties.get("DestinationBucketKeyPrefix", "").strip("/")
    prefix = f"{prefix}/" if prefix else ""
    metadata = _metadata(properties)
    written = set()
    for name, content in _files(properties):
        if not _wanted(name, properties):
            continue
        kind = mimetypes.guess_type(name)[0] or "binary/octet-stream"
        headers = {"content-type": kind, **metadata, "content-length": str(len(content))}
        _succeed(s3._put_object(bucket, prefix + name, content, headers), f"put {prefix}{name}")
        written.add(prefix + name)
    if _is_true(properties, "Prune", default=True):
        for key in list(s3._buckets[bucket]["objects"]):
            inside = key.startswith(prefix) and _wanted(key.removeprefix(prefix), properties)
            if inside and key not in written:
                _succeed(s3._delete_object(bucket, key, {}, {}), f"delete {key}")
    made: dict[str, Any] = {"DestinationBucketArn": properties.get("DestinationBucketArn", "")}
    if _is_true(properties, "OutputObjectKeys", default=True):
        made["SourceObjectKeys"] = properties["SourceObjectKeys"]
    return made


def withdraw(properties: Properties) -> None:
    """Remove what was deployed, unless it is to be retained (which is the CDK's default)."""
    bucket = properties["DestinationBucketName"]
    prefix = properties.get("DestinationBucketKeyPrefix", "").strip("/")
    held = s3._buckets.get(bucket)
    if held is None or _is_true(properties, "RetainOnDelete", default=True):
        return
    for key in list(held["objects"]):
        if not prefix or key.startswith(f"{prefix}/"):
            _succeed(s3._delete_object(bucket, key, {}, {}), f"delete {key}")


def _files(properties: Properties) -> Iterator[tuple[str, bytes]]:
    sources = zip(properties["SourceBucketNames"], properties["SourceObjectKeys"], strict=True)
    markers = properties.get("SourceMarkers") or []
    for number, (bucket, key) in enumerate(sources):
        archive = s3._get_object_data(bucket, key)
        if archive is None:
            raise ValueError(f"the source s3://{bucket}/{key} does not exist")
        if not _is_true(properties, "Extract", default=True):
            yield key, archive
            continue
        replaced = (markers[number] if number < len(markers) else None) or {}
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            for name in files.namelist():
                if not name.endswith("/"):
                    content = files.read(name)
                    for marker, value in replaced.items():
                        content = content.replace(marker.encode(), str(value).encode())
                    yield name, content


def _wanted(name: str, properties: Properties) -> bool:
    excluded = any(fnmatchcase(name, pattern) for pattern in properties.get("Exclude") or ())
    included = any(fnmatchcase(name, pattern) for pattern in properties.get("Include") or ())
    return included or not excluded


def _metadata(properties: Properties) -> dict[str, str]:
    user = properties.get("UserMetadata") or {}
    system = properties.get("SystemMetadata") or {}
    return {
        **{f"x-amz-meta-{name.lower().removeprefix('x-amz-meta-')}": v for name, v in user.items()},
        **{
            name: value for name, value in system.items() if name.startswith(("content-", "cache-"))
        },
    }


def keep_logs(properties: Properties) -> Made:
    """Make sure that a log group exists and expires."""
    name = properties["LogGroupName"]
    cloudwatch_logs._create_log_group({"logGroupName": name})  # one that exists is as good
    days = properties.get("RetentionInDays")
    if days:
        answer = cloudwatch_logs._put_retention_policy(
            {"logGroupName": name, "retentionInDays": int(days)}
        )
    else:
        answer = cloudwatch_logs._delete_retention_policy({"logGroupName": name})
    _succeed(answer, f"set the retention of {name}")
    return name, {"LogGroupName": name}


def forget_logs(properties: Properties) -> None:
    """Delete the log group if its removal policy says so."""
    if properties.get("RemovalPolicy") == "destroy":
        cloudwatch_logs._delete_log_group({"logGroupName": properties["LogGroupName"]})


def _is_true(properties: Properties, name: str, *, default: bool) -> bool:
    return str(properties.get(name, default)).lower() == "true"


def _succeed(answer: Any, what: str) -> None:
    if isinstance(answer, tuple) and answer[0] >= 300:
        body = answer[2]
        raise ValueError(f"cannot {what}: {body.decode() if isinstance(body, bytes) else body}")
