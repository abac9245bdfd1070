"""AWS::S3::Bucket: the properties that the emulator drops, set through its own S3 API."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.serialize import create_serializer

from sandbox.core import emulator, service_models
from sandbox.services.s3.upstream import s3

Properties = Mapping[str, Any]


def install() -> None:
    """Finish every bucket that a template makes or changes."""
    emulator.after_create(
        "AWS::S3::Bucket",
        _finish,
        because="versioning, encryption, lifecycle and more of a bucket are dropped",
    )


def _finish(name: str, properties: Properties, _attributes: Properties) -> None:
    versioning = properties.get("VersioningConfiguration") or {}
    if versioning:
        s3._bucket_versioning[name] = versioning["Status"]
    if properties.get("ObjectLockEnabled"):
        s3._bucket_versioning[name] = "Enabled"
        s3._bucket_object_lock.setdefault(name, {"enabled": True, "default_retention": None})
    for prop, (operation, put, remove, translate) in _CONFIGURATIONS.items():
        value = properties.get(prop)
        if value:
            _put(name, prop, operation, put, translate(value))
        elif remove is not None:
            remove(name)
    acl = properties.get("AccessControl") or "Private"
    if acl != "Private":  # what a bucket is anyway, and what one without ACLs refuses to be told
        _put_acl(name, acl)


def _put_acl(name: str, canned: str) -> None:
    spelled = "".join(f"-{c.lower()}" if c.isupper() else c for c in canned).lstrip("-")
    status, _, body = s3._put_bucket_acl(name, b"", {"x-amz-acl": spelled})
    if status >= 300:
        raise ValueError(f"AWS::S3::Bucket.AccessControl was refused: {body.decode()}")


def _put(
    name: str, prop: str, operation: str, put: Callable[..., Any], parameters: Properties
) -> None:
    status, _, body = put(name, _serialized(operation, {"Bucket": name, **parameters}))
    if status >= 300:
        raise ValueError(f"AWS::S3::Bucket.{prop} was refused: {body.decode(errors='replace')}")


def _serialized(operation: str, parameters: Properties) -> bytes:
    """Spell a request's body as an SDK would, so that nothing can be left out on the way."""
    shape = service_models.model("s3").operation_model(operation)
    request = create_serializer("rest-xml").serialize_to_request(dict(parameters), shape)
    body: bytes = request["body"]
    return body


def _encryption(value: Properties) -> Properties:
    rules = []
    for rule in value["ServerSideEncryptionConfiguration"]:
        default = rule.get("ServerSideEncryptionByDefault")
        spelled: dict[str, Any] = {"BucketKeyEnabled": _flag(rule.get("BucketKeyEnabled", False))}
        if default:
            spelled["ApplyServerSideEncryptionByDefault"] = dict(default.items())
        rules.append(spelled)
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _lifecycle(value: Properties) -> Properties:
    return {"LifecycleConfiguration": {"Rules": [_lifecycle_rule(r) for r in value["Rules"]]}}


def _lifecycle_rule(rule: Properties) -> Properties:
    spelled: dict[str, Any] = {"Status": rule["Status"], "Filter": _lifecycle_filter(rule)}
    if rule.get("Id"):
        spelled["ID"] = rule["Id"]
    expiration = {
        api: convert(rule[prop])
        for prop, api, convert in (
            ("ExpirationInDays", "Days", int),
            ("ExpirationDate", "Date", str),
            ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker", _flag),
        )
        if rule.get(prop) is not None
    }
    if expiration:
        spelled["Expiration"] = expiration
    transitions = [*(rule.get("Transitions") or ()), *filter(None, [rule.get("Transition")])]
    if transitions:
        names = {"TransitionInDays": "Days", "TransitionDate": "Date"}
        spelled["Transitions"] = [_renamed(t, names) for t in transitions]
    if old := rule.get("NoncurrentVersionTransitions"):
        names = {"TransitionInDays": "NoncurrentDays"}
        spelled["NoncurrentVersionTransitions"] = [_renamed(t, names) for t in old]
    if days := rule.get("NoncurrentVersionExpirationInDays"):
        spelled["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(days)}
    if noncurrent := rule.get("NoncurrentVersionExpiration"):
        spelled["NoncurrentVersionExpiration"] = _renamed(noncurrent, {})
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        spelled["AbortIncompleteMultipartUpload"] = _renamed(abort, {})
    return spelled


def _lifecycle_filter(rule: Properties) -> Properties:
    parts: dict[str, Any] = {}
    if rule.get("Prefix") is not None:
        parts["Prefix"] = rule["Prefix"]
    for size in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if rule.get(size) is not None:
            parts[size] = int(rule[size])
    tags = [dict(tag.items()) for tag in rule.get("TagFilters") or ()]
    if len(tags) + len(parts) > 1:
        return {"And": parts | ({"Tags": tags} if tags else {})}
    return {"Tag": tags[0]} if tags else parts or {"Prefix": ""}


def _renamed(value: Properties, names: Mapping[str, str]) -> dict[str, Any]:
    """Give API names to properties; CloudFormation may spell their numbers as strings."""
    return {
        names.get(key, key): int(item) if str(item).isdigit() else item
        for key, item in value.items()
    }


def _logging(value: Properties) -> Properties:
    if not value.get("DestinationBucketName"):
        return {"BucketLoggingStatus": {}}
    enabled = {
        "TargetBucket": value["DestinationBucketName"],
        "TargetPrefix": value.get("LogFilePrefix") or "",
    }
    if layout := value.get("TargetObjectKeyFormat"):
        enabled["TargetObjectKeyFormat"] = dict(layout.items())
    return {"BucketLoggingStatus": {"LoggingEnabled": enabled}}


def _ownership(value: Properties) -> Properties:
    return {"OwnershipControls": {"Rules": [dict(rule.items()) for rule in value["Rules"]]}}


def _object_lock(value: Properties) -> Properties:
    lock: dict[str, Any] = {"ObjectLockEnabled": value.get("ObjectLockEnabled") or "Enabled"}
    if rule := value.get("Rule"):
        lock["Rule"] = {"DefaultRetention": _renamed(rule["DefaultRetention"], {})}
    return {"ObjectLockConfiguration": lock}


def _acceleration(value: Properties) -> Properties:
    return {"AccelerateConfiguration": {"Status": value["AccelerationStatus"]}}


def _tags(value: Any) -> Properties:
    return {"Tagging": {"TagSet": [{"Key": t["Key"], "Value": str(t["Value"])} for t in value]}}


def _flag(value: Any) -> bool:
    return str(value).lower() == "true"


# Property -> API operation that spells it, how it is put, how it is removed, its translation.
_CONFIGURATIONS: dict[
    str, tuple[str, Callable[..., Any], Callable[..., Any] | None, Callable[[Any], Properties]]
] = {
    "BucketEncryption": (
        "PutBucketEncryption",
        s3._put_bucket_encryption,
        s3._delete_bucket_encryption,
        _encryption,
    ),
    "LifecycleConfiguration": (
        "PutBucketLifecycleConfiguration",
        s3._put_bucket_lifecycle,
        s3._delete_bucket_lifecycle,
        _lifecycle,
    ),
    "LoggingConfiguration": (
        "PutBucketLogging",
        s3._put_bucket_logging,
        lambda name: s3._bucket_logging_config.pop(name, None),
        _logging,
    ),
    "OwnershipControls": (
        "PutBucketOwnershipControls",
        s3._put_bucket_ownership_controls,
        lambda name: s3._buckets[name].pop("_ownership_controls", None),
        _ownership,
    ),
    "ObjectLockConfiguration": (
        "PutObjectLockConfiguration",
        s3._put_object_lock_configuration,
        None,
        _object_lock,
    ),
    "AccelerateConfiguration": (
        "PutBucketAccelerateConfiguration",
        s3._put_bucket_accelerate,
        lambda name: s3._bucket_accelerate_config.pop(name, None),
        _acceleration,
    ),
    "Tags": ("PutBucketTagging", s3._put_bucket_tagging, s3._delete_bucket_tagging, _tags),
}
