"""Tags of components and deployments, by their ARNs."""

from collections.abc import Mapping
from typing import Any

from sandbox.core.upstream import responses

Request = Mapping[str, Any]
_tags: Any = responses.AccountRegionScopedDict()
forget = _tags.clear


def of(arn: str) -> dict[str, str]:
    """Read the tags of a resource."""
    return dict(_tags.get(arn) or {})


def put(arn: str, given: Mapping[str, str] | None) -> None:
    """Add tags to a resource."""
    _tags[arn] = {**of(arn), **(given or {})}


def drop(arn: str) -> None:
    """Forget the tags of a resource that is gone."""
    _tags.pop(arn, None)


def tag(request: Request) -> dict[str, Any]:
    """Carry out ``TagResource``."""
    put(request["resourceArn"], request["tags"])
    return {}


def untag(request: Request) -> dict[str, Any]:
    """Carry out ``UntagResource``."""
    kept = of(request["resourceArn"])
    _tags[request["resourceArn"]] = {
        name: value for name, value in kept.items() if name not in request["tagKeys"]
    }
    return {}


def list_tags(request: Request) -> dict[str, Any]:
    """Carry out ``ListTagsForResource``."""
    return {"tags": of(request["resourceArn"])}
