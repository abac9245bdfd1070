"""Tags of SageMaker's resources, by their ARNs."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.core.upstream import responses
from sandbox.services.sagemaker import operations
from sandbox.services.sagemaker.operations import Request

_MOST = 50
_tags: Any = responses.AccountRegionScopedDict()


def install() -> None:
    """Serve the operations."""
    operations.add({"AddTags": _add, "ListTags": _list, "DeleteTags": _delete})
    operations.on_reset(_tags.clear)


def put(arn: str, given: Iterable[Mapping[str, str]] | None) -> None:
    """Add tags to a resource; raises ServiceError when there would be too many."""
    kept = {**of(arn), **{tag["Key"]: tag["Value"] for tag in given or ()}}
    if len(kept) > _MOST:
        raise operations.invalid(f"{arn} would have {len(kept)} tags; allowed: {_MOST}")
    if any(name.lower().startswith("aws:") for name in kept):
        raise operations.invalid("Tag keys that begin with aws: are reserved")
    _tags[arn] = kept


def of(arn: str) -> dict[str, str]:
    """Read the tags of a resource."""
    return dict(_tags.get(arn) or {})


def drop(arn: str) -> None:
    """Forget the tags of a resource that is gone."""
    _tags.pop(arn, None)


def _listed(arn: str) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in of(arn).items()]


def _add(request: Request) -> Request:
    put(request["ResourceArn"], request["Tags"])
    return {"Tags": _listed(request["ResourceArn"])}


def _list(request: Request) -> Request:
    found, start = _listed(request["ResourceArn"]), int(request.get("NextToken") or 0)
    most = int(request.get("MaxResults") or _MOST)
    shown: Request = {"Tags": found[start : start + most]}
    return shown | ({"NextToken": str(start + most)} if start + most < len(found) else {})


def _delete(request: Request) -> Request:
    arn = request["ResourceArn"]
    _tags[arn] = {name: v for name, v in of(arn).items() if name not in request["TagKeys"]}
    return {}
