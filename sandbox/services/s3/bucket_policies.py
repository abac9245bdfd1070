"""A bucket's policy, refused where S3 refuses it, in S3's words."""

import json
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners
from sandbox.services.s3.policy_actions import OF_BUCKETS, OF_OBJECTS
from sandbox.services.s3.upstream import s3

_TYPE = "AWS::S3::BucketPolicy"
_BECAUSE = "S3 takes no policy about another bucket or with an action that does not exist"
_PREFIX = re.compile(r"arn:[a-z-]+:s3:::")


def install() -> None:
    """Judge policies that come by API and by template."""
    patching.wrap(s3, "_put_bucket_policy", _judged, because=_BECAUSE)
    for verb, properties_at in (("create", 1), ("update", 2)):
        patching.wrap_item(
            provisioners,
            "_RESOURCE_HANDLERS",
            (_TYPE, verb),
            _judged_template(properties_at),
            because=_BECAUSE,
        )


def refusal(bucket: str, policy: Any) -> str | None:
    """Say why S3 would not take a policy for a bucket."""
    if not isinstance(policy, dict):
        return "Policies must be valid JSON and the first byte must be '{'"
    statements = _listed(policy.get("Statement"))
    if not statements or not all(isinstance(one, dict) for one in statements):
        return "Missing required field Statement"
    found = (_of_statement(bucket, statement) for statement in statements)
    return next(filter(None, found), None)


def _of_statement(bucket: str, statement: Mapping[str, Any]) -> str | None:
    for field, *others in (
        ("Effect",),
        ("Principal", "NotPrincipal"),
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
    ):
        if not any(statement.get(name) for name in (field, *others)):
            return f"Missing required field {field}"
    if statement["Effect"] not in ("Allow", "Deny"):
        return "Invalid effect: " + str(statement["Effect"])
    resources = _listed(statement.get("Resource") or statement.get("NotResource"))
    kinds = [_kind(bucket, resource) for resource in resources]
    if None in kinds:
        return "Policy has invalid resource"
    for action in _listed(statement.get("Action") or statement.get("NotAction")):
        meant = _meant(str(action))
        if not any(meant.values()):
            return "Policy has invalid action"
        if "Action" in statement and not any(meant[kind] for kind in "".join(map(str, kinds))):
            return "Action does not apply to any resource(s) in statement"
    return None


def _kind(bucket: str, resource: Any) -> str | None:
    """Tell whether a resource is the bucket (b), objects of it (o) or both; None: another's."""
    if resource == "*":
        return "bo"
    if not _PREFIX.match(str(resource)):
        return None
    name, slash, _ = _PREFIX.sub("", str(resource), count=1).partition("/")
    if not fnmatchcase(bucket, name.replace("[", "[[]")):
        return None
    return "o" if slash else "bo" if name.endswith("*") else "b"


def _meant(action: str) -> dict[str, bool]:
    """Tell whether an action, perhaps with wildcards, exists for objects and for buckets."""
    if action == "*":
        return {"o": True, "b": True}
    service, _, name = action.lower().partition(":")
    known = {"o": OF_OBJECTS, "b": OF_BUCKETS}
    return {
        kind: service == "s3" and any(fnmatchcase(one.lower(), name) for one in names)
        for kind, names in known.items()
    }


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return None


def _judged(original: Callable[..., Any]) -> Callable[..., Any]:
    def put(bucket: str, body: bytes) -> Any:
        if bucket in s3._buckets and (why := refusal(bucket, _parsed(body))):
            return s3._error("MalformedPolicy", why, 400)
        return original(bucket, body)

    return put


def _judged_template(properties_at: int) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def judged(*arguments: Any) -> Any:
            properties = arguments[properties_at]
            policy = properties.get("PolicyDocument")
            policy = policy if isinstance(policy, dict) else _parsed(policy)
            if why := refusal(str(properties.get("Bucket")), policy):
                raise ValueError(f"{why} (Service: S3, Status Code: 400, MalformedPolicy)")
            return original(*arguments)

        return judged

    return make
